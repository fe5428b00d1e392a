"""A ward map through time: one step after another in the same classes, and years side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import pandas as pd

from csp_dash.analytics import alt, wording
from csp_dash.analytics.classes import Classes
from csp_dash.domain.filters import Filters
from csp_dash.domain.months import Month, Span
from csp_dash.domain.words import AreaKind, Kind, Measure, Trust
from csp_dash.maps import sheet, year_grid
from csp_dash.maps.shading import by_class
from csp_dash.packs.asked import Asked, value_words
from csp_dash.packs.data import Data
from csp_dash.packs.evidence import area_rows, evidence
from csp_dash.packs.picture import Picture
from csp_dash.packs.shades import by_ward, classes_of


class Grain(StrEnum):
    """How long a step is."""

    YEAR = "12 months"
    QUARTER = "Quarter"
    MONTH = "Month"


LENGTH = {Grain.YEAR: 12, Grain.QUARTER: 3, Grain.MONTH: 1}
YEARS = 16
SAMPLE = 300


@dataclass(frozen=True)
class Steps:
    """Every step of a length: `values` has a row a step and a column a ward; `classes` hold for all of them."""

    spans: tuple[Span, ...]
    values: pd.DataFrame
    classes: Classes


def steps(data: Data, view: Filters, grain: Grain) -> Steps:
    """The wards' figures step by step, by count or rate; steps with a missing month have no values.

    12 months roll on month by month; quarters are those of the calendar.
    """
    rate = rated(data, view)
    return data.once(("steps", view.indicator, rate, grain), lambda: _made(data, view, grain, rate))


def _made(data: Data, view: Filters, grain: Grain, rate: bool) -> Steps:
    question = by_ward(data, replace(view, measure=Measure.RATE if rate else Measure.COUNT))
    if question.have is None or question.indicator.kind is not Kind.COUNT:
        return Steps((), pd.DataFrame(columns=list(data.wards)), classes_of(question, pd.Series(dtype=float)))
    months = data.by_month(question.indicator, AreaKind.WARD)
    length = LENGTH[grain]
    sums = months.rolling(length, min_periods=length).sum()
    if grain is Grain.QUARTER:
        sums = sums[[month.month % 3 == 0 for month in sums.index]]
    known = sums.dropna(how="all")  # a step in between that has a missing month stays, without values
    sums = sums.loc[known.index[0] : known.index[-1]] if len(known) else known
    if rate:
        sums = sums * question.indicator.per / pd.Series({code: data.people[code] for code in sums.columns})
    lasts = [Month(last.year, last.month) for last in sums.index]
    # Natural breaks of thousands of values take seconds; those of as many of their quantiles are the same to a reader.
    values = pd.Series(sums.to_numpy().ravel()).dropna()
    sample = values.quantile([place / SAMPLE for place in range(SAMPLE + 1)], interpolation="nearest")
    spans = tuple(Span(last.plus(1 - length), last) for last in lasts)
    return Steps(spans, sums, classes_of(question, sample))


def rated(data: Data, view: Filters) -> bool:
    """Whether the steps are rates: where the view asks for rates and the measure has them."""
    item = data.catalogue.indicators[view.indicator]
    return view.measure is Measure.RATE and item.has_rate and item.trust is not Trust.ILLUSTRATIVE


def label(span: Span) -> str:
    """A step's name: `March 2026`, `Jan to Mar 2026`, `12 months to March 2026`."""
    if span.months == 12:
        return f"12 months to {span.last.words}"
    return span.last.words if span.months == 1 else f"{span.first.short.split()[0]} to {span.last.short}"


def moment(data: Data, view: Filters, grain: Grain) -> Picture:
    """The map at the step that the view's period is."""
    found = steps(data, view, grain)
    spans = {span: place for place, span in enumerate(found.spans)}
    span = view.span(found.spans[-1])
    place = spans.get(span, len(found.spans) - 1)
    span = found.spans[place]
    question = _question(data, view, span)
    frame = _frame(data, question, found.values.iloc[place])
    shading = by_class(data.wards, frame, found.classes)
    finding = alt.map_title(frame, data.names, measure=_what(question), unit=question.indicator.unit)
    if finding.startswith(("No ", "Every ")):
        finding = wording.inside(finding)
    made_up = question.indicator.trust is Trust.ILLUSTRATIVE
    title = question.subject if made_up else f"{question.subject}: {finding}"
    return Picture(
        indicator=question.indicator,
        title=title,
        caption=f"{wording.capital(question.unit)}, by ward, {label(span)}. The same classes at every step.",
        figure=sheet.figure(
            data.ward_outlines, shading, context=data.context, selected=view.wards, identity=f"time-{view.indicator}"
        ),
        alt=alt.map_alt(question.subject, frame, data.names, measure=question.unit, period=label(span), finding=title),
        evidence=evidence(data, question, area_rows(question, frame), f"by-ward-{span.first}-{span.last}", "Ward"),
        legend=shading.legend,
        empty=shading.empty,
    )


def years(data: Data, view: Filters) -> Picture:
    """Up to 16 years side by side, each ending in the newest month, in one scale of colours: for screen and print."""
    found = steps(data, view, Grain.YEAR)
    last = len(found.spans) - 1
    places = sorted(range(last, -1, -12)[:YEARS])
    question = _question(data, view, found.spans[last] if found.spans else None)
    made, parts = [], []
    for place in places:
        frame = _frame(data, _question(data, view, found.spans[place]), found.values.iloc[place])
        made.append((f"to {found.spans[place].last.short}", by_class(data.wards, frame, found.classes)))
        parts += area_rows(replace(question, span=found.spans[place]), frame)
    shading = made[-1][1] if made else by_class(data.wards, pd.DataFrame(columns=["area", "value"]), found.classes)
    return Picture(
        indicator=question.indicator,
        title=f"{question.subject}, year by year",
        caption=f"{wording.capital(question.unit)}, by ward, each 12 months. The same classes in every map.",
        figure=year_grid.grid(data.ward_outlines, made, chosen=view.wards) if made else "",
        alt=f"Small maps of {question.subject}, one for each 12 months.",
        evidence=evidence(data, question, parts, "by-ward-and-year", "Ward"),
        legend=shading.legend,
        empty=not made,
    )


def _question(data: Data, view: Filters, span: Span | None) -> Asked:
    measure = Measure.RATE if rated(data, view) else Measure.COUNT
    return replace(by_ward(data, replace(view, measure=measure)), span=span)


def _what(question: Asked) -> str:
    return "rates" if question.measure is Measure.RATE else "numbers"


def _frame(data: Data, question: Asked, values: pd.Series) -> pd.DataFrame:
    rate = question.measure is Measure.RATE
    rows = []
    for code in data.wards:
        value = values.get(code)
        known = None if value is None or pd.isna(value) else float(value)
        people = data.people.get(code)
        count = known if not rate or known is None or people is None else known * people / question.indicator.per
        rows.append(
            {
                "area": code,
                "name": data.names[code],
                "value": float("nan") if known is None else known,
                "label": f"{value_words(question, known)} {question.unit}",
                "numerator": None if count is None else round(count, 6),
                "denominator": None,
            }
        )
    return pd.DataFrame(rows)
