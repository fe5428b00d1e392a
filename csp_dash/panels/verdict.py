"""The verdict on a change, shared by tile, title, evidence, answer and board."""

from __future__ import annotations

from dataclasses import dataclass, replace

from csp_dash.analytics import narrate
from csp_dash.analytics.compare import Change, crossed
from csp_dash.analytics.state import State, state
from csp_dash.domain.enums import Compare
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Month
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import Selection, compare

LATE = 12
"""Months behind the newest figures after which a series has ended: what it says is told in the past."""


@dataclass(frozen=True)
class Verdict:
    """`ends` is the last month (`May 2021`) of a series that ended. `level` says where the figure stands on the level
    before the plan, where that reads otherwise than the change: `still 61% above 2019/20`."""

    state: State
    sentence: str
    ends: str
    level: str

    @property
    def past(self) -> bool:
        return bool(self.ends)


def verdict(data: Dataset, question: Selection, found: Change | None) -> Verdict:
    """The verdict on the change of a question's figure."""
    indicator = question.indicator
    last = question.have.span.last if question.have else None
    ends = last.short if last is not None and ended(question.as_at or data.newest, last) else ""
    level = "" if ends else _level(data, question, found)
    return Verdict(
        state(found, indicator.direction, indicator.read(not found or (found.absolute or 0) >= 0), ends=ends),
        "There are no figures for this measure here."
        if question.have is None
        else narrate.tile(found, past=bool(ends), level=level),
        ends,
        level,
    )


def ended(newest: Month, last: Month) -> bool:
    """Whether figures that stop in a month stopped long before the newest ones."""
    return newest - last > LATE


def live(data: Dataset, indicator: Indicator) -> bool:
    """Whether a measure has real figures of the borough that go on."""
    have = data.have(indicator, AreaKind.BOROUGH) if indicator.counts_in_headlines else None
    return have is not None and not ended(data.newest, have.span.last)


def _level(data: Dataset, question: Selection, found: Change | None) -> str:
    """The level before the plan (or before a declared break) where a change that counts goes the other way."""
    if found is None or not found.detectable or not found.absolute or question.compare is Compare.BASELINE:
        return ""
    _, on = compare(data, replace(question, compare=Compare.BASELINE))
    if on is None or on.before.span == found.before.span:
        return ""
    if on.refusal:
        return _before_break(data, question, found, on)
    return narrate.level(on) if on.absolute and on.absolute * found.absolute < 0 else ""


def _before_break(data: Dataset, question: Selection, found: Change, on: Change) -> str:
    """The last such period before the declared break that keeps a figure from the baseline."""
    cut = crossed(on.now.span, on.before.span, question.breaks)
    if cut is None or cut.start is None or found.now.numerator is None:
        return ""
    span = found.now.span
    if span.months % 12 == 0:
        span = span.shifted(Month.of(cut.start).plus(-1) - span.last)
    while span.last >= Month.of(cut.start):
        span = span.shifted(-12)
    was = data.window(question.indicator, question.kind, question.areas, span)
    now_value, was_value = found.now.value(found.kind), was.value(found.kind)
    if not was.whole or now_value is None or was_value is None or (now_value - was_value) * (found.absolute or 0) >= 0:
        return ""
    return narrate.before_break(replace(found, before=was), cut.start)
