"""What is said of two measures side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from csp_dash.analytics.correlation import Correlation
from csp_dash.domain import wording
from csp_dash.domain.indicator import Indicator
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import Evidence, tabled
from csp_dash.panels.selection import Selection


def names(both: Sequence[Selection]) -> str:
    one, other = both
    return f"{one.indicator.short} and {wording.inside(other.indicator.short)}"


def title(both: Sequence[Selection], found: Correlation, together: str, apart: str) -> str:
    """The finding as a title; `together` and `apart` are what the two do, as verbs."""
    if found.reason:
        return f"{names(both)}: too few figures of both to compare"
    if not found.told:
        return f"{names(both)}: no connection that can be told from chance"
    return f"{names(both)} {together if found.rho > 0 else apart}"


def measured(found: Correlation, what: str, period: str) -> str:
    """The correlation in numbers, or why there is none."""
    if found.reason:
        return found.reason
    low, high = f"{found.low:+.2f}".replace("-", "−"), f"{found.high:+.2f}".replace("-", "−")
    rho = f"{found.rho:+.2f}".replace("-", "−")
    sure = "" if found.told else " The interval takes in nought, so there may be no connection at all."
    return (
        f"Spearman's rank correlation: {rho} (95% interval {low} to {high}), of {found.pairs} {what}, {period}.{sure}"
    )


def in_common(data: Dataset, both: Sequence[Selection]) -> str:
    """That two measures have cases in common, where one is counted in the other."""
    one, other = (question.indicator for question in both)
    for whole, part in ((one, other), (other, one)):
        if part.slug in _counted_in(data, whole):
            verb = wording.agree(part.short, "is", "are")
            return f"{part.short} {verb} counted in {wording.inside(whole.short)}, so the two have cases in common."
    return ""


def _counted_in(data: Dataset, whole: Indicator) -> set[str]:
    """The measures that a total is made of, with those that these are made of."""
    parts = set(whole.parts)
    return parts.union(*(_counted_in(data, data.catalogue.indicators[slug]) for slug in parts))


def percent_sign(question: Selection) -> str:
    return "%" if question.unit.startswith(wording.PERCENT) else ""


def evidence_of(
    data: Dataset, both: Sequence[Selection], shown: pd.DataFrame, raw: pd.DataFrame, name: str
) -> Evidence:
    """The figures of both with the sources of both."""
    one, other = both
    raw = raw.assign(measure=one.indicator.slug, other_measure=other.indicator.slug)
    told = tabled(data, one, shown, raw, f"{one.indicator.slug}-beside-{other.indicator.slug}-{name}")
    theirs = tabled(data, other, shown, raw, name)
    notes = tuple(dict.fromkeys([*told.notes, *theirs.notes]))
    if theirs.source == told.source:
        return replace(told, notes=notes)
    as_at = told.as_at if theirs.as_at == told.as_at else f"{told.as_at} and {theirs.as_at}"
    source, name = (f"{mine}; {its}" for mine, its in ((told.source, theirs.source), (told.title, theirs.title)))
    return replace(
        told, source=source, title=name, url="", as_at=as_at, notes=notes
    )  # one address would be untrue of two
