"""Kill an ingest at random moments and look that the app still serves: `python -m bench.killed FILES... --times 50`.

Each round starts from the bundled release, starts an ingest in a process of its own, and kills it (SIGKILL) at a moment
drawn evenly from the time that a whole ingest takes. After each kill the live release must be the old one or the new one,
whole, and a viewer of the running app must see a page without an exception. At the end one ingest is let through.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.client import viewer
from bench.server import ROOT, BenchError, Server
from csp_dash.catalogue import load
from csp_dash.warehouse import Releases, database, declared


def start(files: list[str], cache: Path) -> subprocess.Popen[bytes]:
    """An ingest in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "csp_dash", "ingest", *files],
        cwd=ROOT,
        env=os.environ | {"CSP_DASH_CACHE": str(cache)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _back(releases: Releases, old: str) -> None:
    """Make the bundled release live, and forget what was made since: each round starts from nothing."""
    if releases.live_name() != old:
        releases.rollback("bundled")
    releases.prune(0)
    releases.prune_inputs()


async def seen(server: Server) -> None:
    """One viewer's run of the overview; BenchError where it shows an exception."""
    async with viewer(server.port, "") as one:
        await one.run()


def main(arguments: list[str] | None = None) -> int:
    """0 when every round left a release that works and the last ingest went through."""
    parser = argparse.ArgumentParser(prog="python -m bench.killed", description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args(arguments)
    draw = random.Random(asked.seed)
    files = [str(Path(name).resolve()) for name in asked.files]
    with tempfile.TemporaryDirectory(prefix="csp-dash-bench-") as name:
        folder = Path(name)
        cache = folder / "built"
        releases = Releases(cache)
        old = releases.live_name()
        database(releases.live(), declared(releases.live(), load()), cache)
        begun = time.perf_counter()
        if start(files, cache).wait():
            print("The ingest does not go through even when it is left alone.", file=sys.stderr)
            return 1
        whole = time.perf_counter() - begun
        new = releases.live_name()
        if new == old:
            print("These files make no new release: nothing would be proven.", file=sys.stderr)
            return 1
        print(f"A whole ingest takes {whole:.1f} s and makes {new} of {old}. Seed {asked.seed}.")
        came = {old: 0, new: 0}
        with Server("app", "app.py", folder) as app:
            for turn in range(asked.times):
                _back(releases, old)
                maker = start(files, cache)
                time.sleep(draw.uniform(0, whole))
                os.killpg(maker.pid, signal.SIGKILL)
                maker.wait()
                live = releases.live()
                live.check()
                came[live.release] += 1  # a KeyError here: neither the old nor the new
                try:
                    asyncio.run(seen(app))
                except BenchError as fault:
                    print(f"After kill {turn + 1} the app failed: {fault}", file=sys.stderr)
                    return 1
            _back(releases, old)
            last = start(files, cache).wait()
            halves = releases.folder.glob(".making-*"), cache.glob(".current-*"), releases.inputs.folder.glob(".*")
            left = [path.name for each in halves for path in each]
        done = last == 0 and releases.live_name() == new and not left
        print(
            f"{asked.times} kills: {came[old]} left the old release live, {came[new]} the new one; the app served after each."
            f" The next ingest {'went through and left nothing lying about' if done else f'did NOT go through ({last}, {left})'}."
        )
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
