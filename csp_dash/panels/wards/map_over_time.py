"""Map over time panel: a ward map for each step, in the same classes."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import pandas as pd

from csp_dash.analytics import alt_text, rates
from csp_dash.domain import wording
from csp_dash.domain.enums import Measure, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Span
from csp_dash.domain.plan import Term
from csp_dash.maps import plotly_map, year_grid
from csp_dash.maps.shading import by_class
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import area_rows, evidence
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import Selection, value_words
from csp_dash.panels.wards.choropleth import by_ward, yearly
from csp_dash.panels.wards.rolling_windows import LENGTHS, Steps, rolled


class Grain(StrEnum):
    """How long a step is."""

    YEAR = "12 months"
    QUARTER = "Quarter"
    MONTH = "Month"


LENGTH = dict(zip((Grain.MONTH, Grain.QUARTER, Grain.YEAR), LENGTHS, strict=True))
YEARS = 16


def steps(data: Dataset, view: Filters, grain: Grain) -> Steps:
    """The wards' figures step by step, by count or rate.

    12 months roll on month by month; quarters are those of the calendar.
    """
    measure = Measure.RATE if rated(data, view) else Measure.COUNT
    return rolled(data, by_ward(data, replace(view, measure=measure)), LENGTH[grain])


def rated(data: Dataset, view: Filters) -> bool:
    """Whether the steps are rates: where the view asks for rates and the measure has them."""
    item = data.catalogue.indicators[view.indicator]
    return view.measure is Measure.RATE and item.has_rate and item.trust is not Trust.ILLUSTRATIVE


def label(span: Span) -> str:
    """A step's name: `March 2026`, `Jan to Mar 2026`, `12 months to March 2026`."""
    if span.months == 12:
        return f"12 months to {span.last.words}"
    return span.last.words if span.months == 1 else f"{span.first.short.split()[0]} to {span.last.short}"


def moment(data: Dataset, view: Filters, grain: Grain) -> Panel:
    """The map at the step that the view's period is."""
    found = steps(data, view, grain)
    place, span = _step(view, found, data.catalogue.term)
    question = _question(data, view, span)
    frame = _frame(data, question, found.values.iloc[place] if span else pd.Series(dtype=float))
    when = label(span) if span else question.period
    shading = by_class(data.wards, frame, found.classes)
    finding = alt_text.map_title(frame, data.names, measure=_what(question), unit=question.indicator.unit)
    if finding.startswith(("No ", "Every ")):
        finding = wording.inside(finding)
    made_up = question.indicator.trust is Trust.ILLUSTRATIVE
    title = question.subject if made_up else f"{question.subject}: {finding}"
    return Panel(
        indicator=question.indicator,
        title=title,
        caption=f"{wording.capital(question.unit)}, by ward, {when}. The same classes at every step.",
        figure=plotly_map.figure(
            data.places.ward_outlines,
            shading,
            context=data.places.context,
            selected=view.wards,
            identity=f"time-{view.indicator}",
        ),
        alt=alt_text.map_alt(question.subject, frame, data.names, measure=question.unit, period=when, finding=title),
        evidence=evidence(data, question, area_rows(question, frame), "by-ward-through-time", "Ward"),
        legend=shading.legend,
        empty=shading.empty,
    )


def _step(view: Filters, found: Steps, term: Term) -> tuple[int, Span | None]:
    """The step that a view's period is, else the newest; its span is None where no step is whole."""
    if not found.spans:
        return 0, None
    spans = {span: place for place, span in enumerate(found.spans)}
    place = spans.get(view.span(found.spans[-1], term), len(found.spans) - 1)
    return place, found.spans[place]


def years(data: Dataset, view: Filters) -> Panel:
    """Up to 16 years side by side, each ending in the newest month, in one scale of colours: for screen and print."""
    found = steps(data, view, Grain.YEAR)
    last = len(found.spans) - 1
    places = sorted(range(last, -1, -12)[:YEARS])
    question = _question(data, view, found.spans[last] if found.spans else None)
    made, parts = [], []
    for place in places:
        frame = _frame(data, _question(data, view, found.spans[place]), found.values.iloc[place])
        made.append((f"to {found.spans[place].last.short}", by_class(data.wards, frame, found.classes)))
        parts.append(area_rows(replace(question, span=found.spans[place]), frame))
    shading = made[-1][1] if made else by_class(data.wards, pd.DataFrame(columns=["area", "value"]), found.classes)
    return Panel(
        indicator=question.indicator,
        title=f"{question.subject}, year by year",
        caption=f"{wording.capital(question.unit)}, by ward, each 12 months. The same classes in every map.",
        figure=year_grid.grid(data.places.ward_outlines, made, chosen=view.wards) if made else "",
        alt=f"Small maps of {wording.inside(question.subject)}, one for each 12 months.",
        evidence=evidence(
            data, question, lambda: [row for rows in parts for row in rows()], "by-ward-and-year", "Ward"
        ),
        legend=shading.legend,
        empty=not made,
    )


def _question(data: Dataset, view: Filters, span: Span | None) -> Selection:
    measure = Measure.RATE if rated(data, view) else Measure.COUNT
    return replace(by_ward(data, replace(view, measure=measure)), span=span)


def _what(question: Selection) -> str:
    return yearly(question, "rates") if question.measure is Measure.RATE else "numbers"


def _frame(data: Dataset, question: Selection, values: pd.Series) -> pd.DataFrame:
    rate = question.measure is Measure.RATE
    rows = []
    for code in data.wards:
        value = values.get(code)
        known = None if value is None or pd.isna(value) else float(value)
        people = data.people.get(code)
        count = known
        if rate and known is not None and people is not None:
            count = known * people / question.indicator.per / rates.yearly(question.months)
        rows.append(
            {
                "area": code,
                "name": data.names[code],
                "value": float("nan") if known is None else known,
                "label": wording.of(value_words(question, known), question.unit),
                "numerator": None if count is None else round(count, 6),
                "denominator": None,
            }
        )
    return pd.DataFrame(rows)
