"""The measurements as a file of tables: `bench/results.md`."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.crowd import Crowd
from bench.first_view import FirstView
from bench.views import Cost, Costs

FILE = Path(__file__).with_name("results.md")
APP, BASE, SEVERAL, EMPTY = "app", "base", "workers", "empty"
"""The servers: this commit, the other one, this one in several processes, the empty page."""
UNSTEADY = 0.3  # of the median, between the quartiles, from which a ratio of two times says little


@dataclass
class Results:
    """What was measured. Lists stay empty where it was not; `not_held` says why, a sentence each."""

    about: str
    empty: Cost
    warm: Costs
    cold: Costs
    crowds: list[Crowd] = field(default_factory=list)
    soak: dict[str, tuple[float, float, int]] = field(default_factory=dict)  # MB before and after, and visits between
    first: list[FirstView] = field(default_factory=list)
    budget: list[str] = field(default_factory=list)
    not_held: list[str] = field(default_factory=list)


def text(made: Results) -> str:
    """The whole file, as Markdown."""
    parts = [
        "# What pages and crowds cost",
        made.about,
        "Servers take turns in one run on one machine, with the driver on the same processors: compare within a table, and"
        " ratios only across runs.",
        "## Budget",
        _list(made.budget) or "Every page is within its budget (`bench/budget.toml`).",
        "## What this run could not hold",
        _list([*made.not_held, *unsteady(made), *overrun(made.crowds)]) or "Nothing that it knows of.",
        "## One viewer",
        f"The empty page takes {made.empty.processor * 1000:.1f} ms of processor and {made.empty.size / 1000:.1f} kB a run.",
        _pages("Warm: a view that has just been seen", made.warm, made.empty),
        _pages("Cold: a view that nobody has seen", made.cold, made.empty),
        "## Crowds",
        _crowds(made.crowds) or "Not measured.",
        "`unended` visits had not ended when the crowd was sent home; they count with what they had waited.",
        "## Memory over a soak",
        _soak(made.soak) or "Not measured.",
        "## First view in Chromium",
        _first(made.first) or "Not measured.",
    ]
    return "\n\n".join(parts) + "\n"


def unsteady(made: Results) -> list[str]:
    """A sentence where the times of warm runs scatter too much to be compared."""
    spreads = [cost.spread for costs in made.warm.values() for cost in costs.values()]
    wide = sum(spread > UNSTEADY for spread in spreads)
    return [f"Times of warm runs scatter by more than {UNSTEADY:.0%} in {wide} of {len(spreads)} rows."] if wide else []


def overrun(crowds: Iterable[Crowd]) -> list[str]:
    """A sentence for each crowd of which some failed, or more waited at its end than had been served."""
    said = []
    for one in crowds:
        name = f"{one.viewers} viewers ({'mixed' if one.mixed else 'default'}) of '{one.server}'"
        if one.failed:
            said.append(f"{name}: {one.failed} could not be served at all.")
        if one.unended > one.visits:
            said.append(f"{name}: more waited at the end than had been served, so its waiting is longer than it says.")
    return said


def _pages(title: str, costs: Costs, empty: Cost) -> str:
    ours, base = costs[APP], costs.get(BASE, {})
    head = ["page", "processor ms", "times empty", "ms", "kB", *(["of base: processor", "ms", "kB"] if base else [])]
    rows = []
    for page, cost in ours.items():
        times = cost.processor / empty.processor
        row = [
            page,
            f"{cost.processor * 1000:.0f}",
            f"{times:.0f}",
            f"{cost.seconds * 1000:.0f}",
            f"{cost.size / 1000:.0f}",
        ]
        if page in base:
            row += [_ratio(getattr(cost, what), getattr(base[page], what)) for what in ("processor", "seconds", "size")]
        rows.append(row)
    if base:
        middle = [
            f"{statistics.geometric_mean([getattr(cost, what) / getattr(base[page], what) for page, cost in ours.items() if page in base and getattr(cost, what) and getattr(base[page], what)]):.2f}"
            for what in ("processor", "seconds", "size")
        ]
        rows.append(["all (geometric mean)", "", "", "", "", *middle])
    return f"### {title}\n\n{_table(head, rows)}"


def _crowds(crowds: Sequence[Crowd]) -> str:
    known = {(one.server, one.mixed, one.viewers): one for one in crowds}
    head = [
        "crowd",
        "server",
        "visits/s",
        "p50 s",
        "p95 s",
        "unended",
        "failed",
        "MB",
        "of app: visits/s",
        "p50",
        "p95",
    ]
    rows = []
    for one in sorted(crowds, key=lambda item: (item.mixed, item.viewers, item.server)):
        ours = known.get((APP, one.mixed, one.viewers))
        row = [
            f"{one.viewers} {'mixed' if one.mixed else 'default'}",
            one.server,
            f"{one.rate:.1f}",
            f"{one.median:.2f}",
        ]
        row += [f"{one.late:.2f}", str(one.unended), str(one.failed), f"{one.memory:.0f}"]
        if ours and one.server != APP:
            row += [_ratio(one.rate, ours.rate), _ratio(one.median, ours.median), _ratio(one.late, ours.late)]
        rows.append(row + [""] * (len(head) - len(row)))
    return _table(head, rows) if rows else ""


def _soak(soak: dict[str, tuple[float, float, int]]) -> str:
    rows = [[name, f"{first:.0f}", f"{last:.0f}", str(visits)] for name, (first, last, visits) in soak.items()]
    return _table(["server", "MB before", "MB after", "visits"], rows) if rows else ""


def _first(views: Sequence[FirstView]) -> str:
    least = {one.kind: one for one in views if one.server == EMPTY}
    rows = [
        [one.kind, one.server, one.page, f"{one.seconds:.2f}", f"{one.kilobytes:.0f}", _ratio(one.seconds, least[one.kind].seconds),
         _ratio(one.kilobytes, least[one.kind].kilobytes)]
        for one in views
    ]  # fmt: skip
    return _table(["on", "server", "page", "s", "kB", "of empty: s", "kB"], rows) if rows else ""


def _ratio(one: float, other: float) -> str:
    return f"{one / other:.2f}" if other else "-"


def _list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
