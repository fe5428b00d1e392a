"""The course of a measure since before the plan: what its sparkline draws."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from csp_dash.analytics import control_chart
from csp_dash.domain.enums import Frequency, Kind
from csp_dash.domain.periods import Month
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import Selection

Course = tuple[tuple[int, float | None], ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """The time axis that all sparklines share: its `first` month, its length in months, and the month in which the plan begins."""

    first: Month
    months: int
    begin: int


def axis(data: Dataset) -> Axis:
    """From the plan's baseline year to the newest figures."""
    term = data.catalogue.term
    first = term.baseline.span.first
    return Axis(first, data.newest - first, term.span.first - first)


def course(data: Dataset, question: Selection) -> Course:
    """(months from the axis's start, value) of the areas of a question, oldest first; None where a month is missing.

    Monthly counts and shares are those of the 12 months that end then; others are as published.
    """
    return data.lately(("course", question.indicator.slug, question.areas), lambda: _course(data, question))


def _course(data: Dataset, question: Selection) -> Course:
    frame = data.series(question.indicator, question.areas)
    if frame.empty:
        return ()
    first = axis(data).first
    values = _values(frame, question)
    places = [Month.of(day) - first for day in frame["finish"]]
    found = [
        (place, None if math.isnan(value) else value) for place, value in zip(places, values, strict=True) if place >= 0
    ]
    while found and found[0][1] is None:
        del found[0]
    return tuple(found)


def _values(frame: pd.DataFrame, question: Selection) -> list[float]:
    share = question.indicator.kind is Kind.PROPORTION
    if question.indicator.frequency is Frequency.MONTH:
        kind = Kind.PROPORTION if share else Kind.COUNT
        return list(map(float, control_chart.smooth(frame, kind)))
    drawn = frame["numerator"] / frame["denominator"] if share else frame["numerator"]
    return [float(value) for value in drawn.astype(float)]
