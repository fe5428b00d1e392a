"""Whole grids run in `make proof`. `make test` takes a sample of each: another one at every commit, the same one for all.

`@pytest.mark.grid(12)` on a test with many cases lets 12 of them run. Inside a test, `sample(cases, 12, "name")` does it;
what a test says of the number of its cases is `at_least(60)`, which a sample is not held to.
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
INSIDE: dict[str, tuple[int, int]] = {}
"""The same of the samples that tests took themselves."""


def sample(cases: Iterable[Case], most: int, name: str) -> list[Case]:
    """So many of the cases, in their order; all of them in a proof."""
    every = list(cases)
    kept = range(len(every))
    if not PROOF and len(every) > most:
        kept = sorted(random.Random(f"{SEED} {name}").sample(kept, most))  # type: ignore[assignment]
    INSIDE[name] = (len(kept), len(every))
    return [every[place] for place in kept]


def at_least(whole: int) -> int:
    """How many cases a test must have seen: more than so many in a proof, more than none in a sample."""
    return whole if PROOF else 0


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
        counts[name] = INSIDE.pop(name)
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


def pytest_sessionfinish(session: pytest.Session) -> None:
    counts = session.config.stash.setdefault(COUNTS, {})
    counts |= INSIDE
    if hasattr(session.config, "workeroutput"):  # of pytest-xdist: what a worker tells the run
        session.config.workeroutput["grids"] = counts


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: pytest.Item) -> None:
    told = getattr(node, "workeroutput", {}).get("grids", {})
    counts = node.config.stash.setdefault(COUNTS, {})
    counts |= {name: tuple(pair) for name, pair in told.items()}


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
