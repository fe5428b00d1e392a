"""Ward figures for every period of a length, and the map classes that these share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from csp_dash.analytics import rates
from csp_dash.analytics.classes import Classes, classify
from csp_dash.domain.enums import Frequency, Kind, Measure
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.periods import Month, Span
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import Selection

QUARTER = 3
LENGTHS = (1, QUARTER, rates.YEAR)
"""The periods, in months, that a map steps through; quarters are those of the calendar."""
SAMPLE = 300


@dataclass(frozen=True)
class Steps:
    """Every period of a length: `values` has a row a period and a column a ward; `classes` hold for all of them."""

    spans: tuple[Span, ...]
    values: pd.DataFrame
    classes: Classes


def rolled(data: Dataset, question: Selection, months: int) -> Steps:
    """The wards' figures period by period, in the question's measure; those with a missing month have no values."""
    item = question.indicator
    if question.have is None or item.kind is not Kind.COUNT or item.frequency is not Frequency.MONTH:
        return Steps((), pd.DataFrame(columns=list(data.wards)), Classes((), (), ()))
    return data.once(("rolled", item.slug, question.measure, months), lambda: _made(data, question, months))


def _made(data: Dataset, question: Selection, months: int) -> Steps:
    sums = data.by_month(question.indicator, AreaKind.WARD).rolling(months, min_periods=months).sum()
    if months == QUARTER:
        sums = sums[[month.month % 3 == 0 for month in sums.index]]
    known = sums.dropna(how="all")  # a period in between that has a missing month stays, without values
    sums = sums.loc[known.index[0] : known.index[-1]] if len(known) else known
    if question.measure is Measure.RATE:
        scale = question.indicator.per * rates.yearly(months)
        sums = sums * scale / pd.Series({code: data.people[code] for code in sums.columns})
    lasts = [Month(last.year, last.month) for last in sums.index]
    # Natural breaks of thousands of values take seconds; those of as many of their quantiles are the same to a reader.
    values = pd.Series(sums.to_numpy().ravel()).dropna()
    sample = values.quantile([place / SAMPLE for place in range(SAMPLE + 1)], interpolation="nearest")
    spans = tuple(Span(last.plus(1 - months), last) for last in lasts)
    return Steps(spans, sums, _classify(question, sample, months))


def classes_of(data: Dataset, question: Selection, values: pd.Series) -> Classes:
    """The classes of a question's map: those of all periods of its length where a map steps through such, else its own."""
    shared = rolled(data, question, question.months).classes if question.months in LENGTHS else None
    if shared is None or not shared.labels:
        return _classify(question, values, question.months)
    return replace(shared, missing=bool(values.isna().any()))


def _classify(question: Selection, values: pd.Series, months: int) -> Classes:
    """Legible classes: whole numbers for counts."""
    rate = question.measure is Measure.RATE
    whole = not rate and question.indicator.kind is Kind.COUNT
    return classify(values, whole=whole, suffix=rates.a_year(months) if rate else "")
