"""Measure the dashboard on this machine: `python -m bench`. Ratios within one run are what counts; times are this machine's."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from websockets.exceptions import WebSocketException

from bench import changes, pages, report, settings
from bench.server import ROOT, BenchError, Server

LIMIT = 420  # seconds for all of it


async def measure(folder: Path) -> None:
    """Print the tables as they come, then write the file."""
    begun = time.perf_counter()
    with Server("app", "app.py", folder) as app:
        runs = await pages.record(app, folder)
        with Server("twin", "bench/twin_app.py", folder) as twin:
            costs, empty = await pages.against_twin(app, twin, runs)
            moved = await changes.measure(app, twin, runs)
        print(report.pages(costs, empty), report.maps(moved), report.first(costs), sep="\n\n", flush=True)
        with Server("defaults", "app.py", folder, *settings.DEFAULTS, module="bench.unfrozen") as defaults:
            loads = await settings.compare(app, defaults)
    print("", report.settings(loads), sep="\n")
    seconds = time.perf_counter() - begun
    kept = report.write(costs, empty, moved, loads, seconds)
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    print(f"\nTook {seconds:.0f} s on {os.cpu_count()} processors (load {load}). Kept in {kept.relative_to(ROOT)}.")


async def bounded(folder: Path) -> None:
    """The measurement within the limit of time."""
    async with asyncio.timeout(LIMIT):
        await measure(folder)


def main() -> int:
    """Run all measurements; 0 when they were made, 1 with the reason when they could not be."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the servers are ended then too
    with tempfile.TemporaryDirectory(prefix="csp-dash-bench-") as name:
        folder = Path(name)
        ready = subprocess.run(  # makes the database, and says what is wrong with the bundled data
            [sys.executable, "-m", "csp_dash", "status"],
            cwd=ROOT,
            env=os.environ | {"CSP_DASH_CACHE": str(folder / "built")},
            capture_output=True,
            text=True,
        )
        if ready.returncode:
            print(f"No measurement: {ready.stderr.strip()}", file=sys.stderr)
            return 1
        try:
            asyncio.run(bounded(folder))
        except KeyboardInterrupt:
            print("Stopped.", file=sys.stderr)
        except TimeoutError as fault:
            _say(f"a run, or the whole, did not end in time (the limit is {LIMIT} s).", fault)
        except (BenchError, OSError, WebSocketException, NotImplementedError) as fault:
            _say(f"{fault}", fault)
        except ExceptionGroup as group:  # viewers at once: one reason is enough
            _say(f"{group.exceptions[0]}", group)
        else:
            return 0
    return 1


def _say(reason: str, fault: Exception) -> None:
    print("\n".join([f"No measurement: {reason}", *getattr(fault, "__notes__", [])]), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
