"""Benchmark against London or similar boroughs: level and change, each with its test."""

from __future__ import annotations

from dataclasses import replace

from csp_dash.analytics import narrate, rates
from csp_dash.analytics.compare import Against, Change, Window, against, changed_apart
from csp_dash.domain import wording
from csp_dash.domain.enums import Compare, Kind
from csp_dash.domain.geography import BOROUGHS, LONDON
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import Selection, against_before


def held_by(data: Dataset, question: Selection, compare: Compare | str) -> bool:
    """Whether the comparator has figures of the measure at all."""
    other = data.comparator(compare)
    if other is None or data.have(question.indicator, other[1]) is None:
        return False
    return not data.series(question.indicator, other[2]).empty


def beside(data: Dataset, question: Selection, compare: Compare | str, now: Window | None, found: Change | None) -> str:
    """The sentences for a comparator; empty where the comparison is with the figure's own past."""
    other = data.comparator(compare)
    if other is None:
        return ""
    name, kind, areas = other
    indicator = question.indicator
    if question.span is None or now is None or not held_by(data, question, compare):
        return f"{wording.capital(name)}: no figures to compare with."
    if indicator.kind is Kind.COUNT and not indicator.has_rate:
        return f"{wording.capital(name)}: not compared, because counts of places of different size say little."
    there = replace(question, kind=kind, areas=areas, place=name)
    theirs = data.window(indicator, kind, areas, question.span)
    unit = rates.per_people("", indicator.per, question.months)
    level = narrate.held(name, hold(data, question, there, now, theirs), indicator.kind, unit)
    if found is None or found.refusal or question.before is None:
        return level
    before = data.window(indicator, kind, areas, question.before)
    their_change = against_before(data, there, theirs, before)
    rest = against_before(data, there, without(theirs, now, areas), without(before, found.before, areas))
    gap = changed_apart(found, rest)
    return f"{level} {narrate.apart(name, found, their_change, gap)}" if gap else level


def without(theirs: Window, ours: Window, areas: tuple[str, ...]) -> Window:
    """Another place's figure; where that place is London, which holds us, what is left of it without ours."""
    if LONDON not in areas or theirs.numerator is None:
        return theirs
    denominator = theirs.denominator
    if denominator is not None and ours.denominator is not None:
        denominator -= ours.denominator
    return replace(theirs, numerator=theirs.numerator - (ours.numerator or 0), denominator=denominator)


def hold(data: Dataset, here: Selection, there: Selection, now: Window, theirs: Window) -> Against:
    """The level here against the level there, with the scatter of both."""
    indicator = here.indicator
    ours, others = data.people_of(here.areas), data.people_of(there.areas)
    inside = LONDON in there.areas
    count = len(BOROUGHS) if inside else len(there.areas)
    return against(
        now,
        theirs,
        kind=indicator.kind,
        people=(float(ours), float(others)) if ours and others else None,
        per=indicator.per * rates.yearly(here.months),
        rest=without(theirs, now, there.areas) if inside else None,
        rest_people=float(others - ours) if ours and others else None,
        bases=(float(indicator.base), float(indicator.base * count)) if indicator.base else None,
        dispersions=(
            data.noise(indicator, here.areas).dispersion.value,
            data.noise(indicator, there.areas).dispersion.value,
        ),
    )
