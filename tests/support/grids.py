"""Whole grids run in `make proof`. `make test` takes a sample of each: another one at every commit, the same one for all.

`@pytest.mark.grid(12)` on a test with many cases lets 12 of them run. Inside a test, `sample(cases, 12, "name")` does it.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

import pytest

from support import ROOT

Case = TypeVar("Case")
PROOF = bool(os.environ.get("CSP_DASH_PROOF"))
COUNTS = pytest.StashKey[dict[str, tuple[int, int]]]()
"""Cases that run, and cases that there are, of each grid."""


def _commit() -> str:
    try:
        said = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return said.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "0"


SEED = os.environ.get("CSP_DASH_SEED") or _commit()


def sample(cases: Iterable[Case], most: int, name: str) -> list[Case]:
    """So many of the cases, in their order; all of them in a proof."""
    every = list(cases)
    if PROOF or len(every) <= most:
        return every
    kept = random.Random(f"{SEED} {name}").sample(range(len(every)), most)
    return [every[place] for place in sorted(kept)]


def choose(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item], dict[str, tuple[int, int]]]:
    """The tests that run, those that are left out, and the counts of each grid."""
    grids: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("grid"):
            grids[item.nodeid.partition("[")[0]].append(item)
    out: set[str] = set()
    counts = {}
    for name, own in grids.items():
        marker = own[0].get_closest_marker("grid")
        assert marker is not None
        kept = sample(sorted(item.nodeid for item in own), marker.args[0], name)
        counts[name] = (len(kept), len(own))
        out |= {item.nodeid for item in own} - set(kept)
    return (
        [item for item in items if item.nodeid not in out],
        [item for item in items if item.nodeid in out],
        counts,
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items[:], left, counts = choose(items)
    config.stash[COUNTS] = counts
    if left:
        config.hook.pytest_deselected(items=left)
    if hasattr(config, "workeroutput"):  # of pytest-xdist: what a worker tells the run
        config.workeroutput["grids"] = counts


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: pytest.Item) -> None:
    node.config.stash[COUNTS] = {
        name: tuple(pair) for name, pair in getattr(node, "workeroutput", {}).get("grids", {}).items()
    }


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How much of the grids ran, and what did not run for want of something."""
    counts = config.stash.get(COUNTS, {})
    ran, there = (sum(pair[place] for pair in counts.values()) for place in (0, 1))
    if there > ran:
        terminalreporter.write_line(
            f"Of {len(counts)} grids {ran:,} of {there:,} cases ran (seed {SEED}); `make proof` runs them all."
        )
    reasons: dict[str, int] = defaultdict(int)
    for report in terminalreporter.stats.get("skipped", []):
        reasons[str(report.longrepr[2]).removeprefix("Skipped: ")] += 1
    for reason, number in sorted(reasons.items()):
        terminalreporter.write_line(f"{number} did not run: {reason}.")
