"""The course of a measure since before the plan: what its sparkline draws."""

from __future__ import annotations

import math

import pandas as pd

from csp_dash.analytics import control_chart
from csp_dash.domain.enums import Frequency, Kind
from csp_dash.domain.filters import PLAN
from csp_dash.domain.periods import Month
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import Selection

START = Month(2019, 4)
"""The first month on the time axis that all sparklines share: the year before the plan is its baseline."""
BEGIN = PLAN.first - START
"""The month of the axis in which the plan begins."""

Course = tuple[tuple[int, float | None], ...]


def axis(data: Dataset) -> int:
    """How many months the axis is long: it ends with the newest figures."""
    return data.newest - START


def course(data: Dataset, question: Selection) -> Course:
    """(months from the axis's start, value) of the areas of a question, oldest first; None where a month is missing.

    Monthly counts and shares are those of the 12 months that end then; others are as published.
    """
    return data.lately(("course", question.indicator.slug, question.areas), lambda: _course(data, question))


def _course(data: Dataset, question: Selection) -> Course:
    frame = data.series(question.indicator, question.areas)
    if frame.empty:
        return ()
    values = _values(frame, question)
    places = [Month.of(day) - START for day in frame["finish"]]
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
