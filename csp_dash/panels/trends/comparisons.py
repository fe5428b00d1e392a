"""Comparisons panel: a measure compared in every like-for-like way."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from csp_dash.analytics import narrate
from csp_dash.analytics.compare import Change
from csp_dash.analytics.state import State
from csp_dash.domain import wording
from csp_dash.domain.enums import Compare, Frequency, Kind
from csp_dash.domain.filters import Filters
from csp_dash.panels.benchmark import beside, held_by
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.export import csv_text
from csp_dash.panels.selection import Selection, compare, select
from csp_dash.panels.verdict import verdict

WAYS = (
    ("Latest month, on the same month a year before", "1m", Compare.PREVIOUS),
    ("Financial year to date, on the same months a year before", "fytd", Compare.PREVIOUS),
    ("Latest 12 months, on the 12 before", "12m", Compare.PREVIOUS),
    ("Latest 12 months, on the baseline", "12m", Compare.BASELINE),
)
OWN = (
    ("Newest figure, on the one a year before", "12m", Compare.PREVIOUS),
    (
        "Newest figure, on the baseline",
        "12m",
        Compare.BASELINE,
    ),
)


@dataclass(frozen=True)
class Way:
    """One comparison. `change` is None where there are no figures; `sentence` is whole in any case."""

    name: str
    period: str
    before: str
    figures: str
    movement: str
    range: str
    sentence: str
    state: State
    change: Change | None


@dataclass(frozen=True)
class Comparisons:
    """Every comparison in time, then how the newest 12 months stand beside London and similar boroughs."""

    title: str
    ways: tuple[Way, ...]
    elsewhere: tuple[str, ...]
    csv: str
    filename: str


def comparisons(data: Dataset, view: Filters) -> Comparisons:
    """The comparisons of a view's indicator and places. A period that the reader chose comes first."""
    indicator = data.catalogue.indicators[view.indicator]
    ways = list(WAYS if indicator.frequency is Frequency.MONTH else OWN)
    if indicator.frequency is Frequency.MONTH and view.period not in ("12m", "1m", "fytd"):
        ways.insert(0, ("The period chosen, on the same months before", view.period, Compare.PREVIOUS))
    found = tuple(_way(data, view, *way) for way in ways)
    question = select(data, replace(view, period="12m", compare=Compare.PREVIOUS))
    now, moved = compare(data, question)
    others = [other for other in (Compare.LONDON, Compare.SIMILAR) if question.have and held_by(data, question, other)]
    elsewhere = tuple(beside(data, question, other, now, moved) for other in others)
    frame = pd.DataFrame([_row(way, indicator.slug, question, data.release) for way in found])
    return Comparisons(
        f"{question.subject}: every comparison",
        found,
        elsewhere,
        csv_text(frame),
        f"{indicator.slug}-comparisons.csv",
    )


def _way(data: Dataset, view: Filters, name: str, period: str, against: Compare) -> Way:
    question = select(data, replace(view, period=period, compare=against))
    now, found = compare(data, question)
    indicator = question.indicator
    kind = indicator.kind
    told = found is not None and not found.refusal
    held = verdict(data, question, found)
    return Way(
        name=name,
        period=question.span.words if question.span else "",
        before=question.before.words if question.before else "",
        figures=narrate.both(found).removeprefix("from ")
        if told and found
        else (wording.figure(now.value(kind), kind) if now else "no figure"),
        movement=narrate.movement(found) if told and found else "not compared",
        range=narrate.likely(found) if told and found else "",
        sentence=held.sentence,
        state=held.state,
        change=found,
    )


def _unit(found: Change | None) -> str:
    """What the interval is in."""
    if found is None or not found.tested:
        return ""
    return "points" if found.kind is Kind.PROPORTION else "number" if found.few else "percent"


def _row(way: Way, slug: str, question: Selection, release: str) -> dict[str, object]:
    found = way.change
    low, high = (found.number if found.few and found.number else (found.low, found.high)) if found else (None, None)
    return {
        "indicator": slug,
        "area": "+".join(question.areas),
        "area_name": question.place,
        "comparison": way.name,
        "period": way.period,
        "before_period": way.before,
        "now": found.now.numerator if found else None,
        "before": found.before.numerator if found else None,
        "now_denominator": found.now.denominator if found else None,
        "before_denominator": found.before.denominator if found else None,
        "change": found.absolute if found else None,
        "percent": found.percent if found and not found.few else None,
        "low": low,
        "high": high,
        "interval_in": _unit(found),
        "p_value": found.p_value if found else None,
        "dispersion": found.dispersion if found else None,
        "state": way.state.label,
        "words": way.sentence,
        "release": release,
    }
