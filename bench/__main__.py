"""Measure the dashboard: `python -m bench`, or beside another commit in the same run: `python -m bench --base COMMIT`.

Writes `bench/results.md`. The exit status is 1 where a page outgrows `bench/budget.toml`, 2 where nothing was measured.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Error as BrowserError
from websockets.exceptions import WebSocketException

from bench import budget, crowd, first_view, report, views
from bench.report import APP, BASE, EMPTY, SEVERAL, Results
from bench.server import ROOT, BenchError, Server

LIMIT, LIMIT_WITH_BASE = 600, 1500  # seconds for all of it
SEED = 7
SOAK = 20.0  # seconds
SOAK_VIEWERS = 20
FIRST_VIEWS = 60.0  # seconds that are kept for first views in a browser, for each commit
BUSY = 0.5  # others' processes waiting for each processor, from which the machine is not ours


@contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Path]:
    """The files of another commit, beside, while the block lasts. BenchError where git knows no such commit."""
    place = folder / BASE
    made = subprocess.run(
        ["git", "worktree", "add", "--detach", str(place), commit], cwd=ROOT, capture_output=True, text=True
    )
    if made.returncode:
        raise BenchError(made.stderr.strip())
    try:
        yield place
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(place)], cwd=ROOT, capture_output=True)


def pages(*roots: Path) -> list[str]:
    """The pages that all of these commits have."""
    return sorted(set.intersection(*({path.stem for path in (root / "pages").glob("*.py")} for root in roots)))


async def one_viewer(servers: Sequence[Server], empty: Server, names: list[str], about: str) -> Results:
    """What a viewer's view costs, and whether that is within the budget."""
    least = await views.empty(empty)
    own = [name for name in names if name not in views.FIXED]
    made = Results(about, least, await views.warm(servers, names), await views.cold(servers, own, SEED))
    made.budget = budget.outgrown(budget.measured(made.warm[APP], made.cold[APP], least), budget.read())
    return made


async def crowds(servers: Sequence[Server], names: list[str], made: Results, until: float) -> None:
    """Every crowd of each server, in turns, as long as there is time; then a soak."""
    for mixed in (False, True):
        for viewers, seconds in crowd.SIZES.items():
            needed = len(servers) * (seconds + 5)
            if time.monotonic() + needed + len(servers) * SOAK > until:
                made.not_held.append(f"There was no time for {viewers} viewers ({'mixed' if mixed else 'default'}).")
                continue
            for server in servers:
                made.crowds.append(await crowd.watch(server, names, viewers, mixed, seconds, SEED))
    for server in servers:
        if time.monotonic() + SOAK > until:
            made.not_held.append(f"There was no time for a soak of '{server.name}'.")
            continue
        before = server.memory()
        seen = await crowd.watch(server, names, SOAK_VIEWERS, False, SOAK, SEED + 1)
        made.soak[server.name] = (before, server.memory(), seen.visits)


def measure(folder: Path, base: str, stack: ExitStack, until: float) -> Results:
    """Start the servers, and measure all of it in turns."""
    load = os.getloadavg()[0]
    processors = len(os.sched_getaffinity(0))
    other = stack.enter_context(checked_out(base, folder)) if base else None
    names = pages(ROOT, *([other] if other else []))
    empty = stack.enter_context(Server(EMPTY, "bench/empty_app.py", folder))
    single = [stack.enter_context(Server(APP, "app.py", folder))]
    if other:
        single.append(stack.enter_context(Server(BASE, "app.py", folder, root=other)))
    about = f"This commit{f' and {base}' if base else ''}, on {processors} processors."
    made = asyncio.run(one_viewer(single, empty, names, about))
    if load > BUSY * processors:
        made.not_held.append(
            f"Others used the machine when it began (a load of {load:.1f} on {processors} processors)."
        )
    number = max(2, processors)
    several = stack.enter_context(Server(SEVERAL, "", folder, workers=number))
    asyncio.run(crowd.acquaint(several, names, number))
    asyncio.run(crowds([*single, several], names, made, until - FIRST_VIEWS * len(single)))
    try:
        made.first.extend(first_view.measure(single, empty))
    except (FileNotFoundError, BrowserError) as fault:
        made.not_held.append(f"First views in a browser: {str(fault).splitlines()[0]}")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run all measurements and write the file."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--base", default="", help="a commit to measure in the same run")
    base = parser.parse_args(arguments).base
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the servers are ended then too
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="csp-dash-bench-") as name, ExitStack() as stack:
            made = measure(Path(name), base, stack, begun + (LIMIT_WITH_BASE if base else LIMIT) - 60)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 2
    except (BenchError, OSError, WebSocketException) as fault:
        print("\n".join([f"No measurement: {fault}", *getattr(fault, "__notes__", [])]), file=sys.stderr)
        return 2
    report.FILE.write_text(report.text(made), encoding="utf-8")
    print(report.text(made))
    print(f"Took {time.monotonic() - begun:.0f} s. Kept in {report.FILE.relative_to(ROOT)}.")
    return 1 if made.budget else 0


if __name__ == "__main__":
    sys.exit(main())
