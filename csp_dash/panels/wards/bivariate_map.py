"""Bivariate map panel: ward rates with deprivation, density or another measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from csp_dash.analytics import alt_text, palette, rates
from csp_dash.analytics.bivariate import bivariate
from csp_dash.domain import wording
from csp_dash.domain.enums import Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.maps import plotly_map
from csp_dash.maps.shading import by_colour
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import tabled
from csp_dash.panels.panel import Panel
from csp_dash.panels.wards.choropleth import by_ward, ward_frame

Values = dict[str, float]
IMD = "imd2019_score"
KEY = tuple(reversed(palette.BIVARIATE))  # as it is drawn: the highest row first


@dataclass(frozen=True)
class Second:
    """What a measure can be set beside: a name, its unit, and the wards' values."""

    name: str
    unit: str
    values: Callable[[Dataset, Filters], Values]


@dataclass(frozen=True)
class TwoAtOnce:
    """The map, and its key: labels of the columns (the measure) and the rows (the other), low to high."""

    picture: Panel
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    across: str
    down: str


def _rates(slug: str) -> Callable[[Dataset, Filters], Values]:
    def values(data: Dataset, view: Filters) -> Values:
        frame = ward_frame(data, by_ward(data, replace(view, indicator=slug, measure=Measure.RATE)))
        return dict(zip(frame["area"], frame["value"].astype(float), strict=True))

    return values


def _deprivation(data: Dataset, view: Filters) -> Values:
    return {code: value for code, value in data.places.place_measure(IMD).items() if code in data.wards}


def _density(data: Dataset, view: Filters) -> Values:
    return {code: data.people[code] / data.places.square_kilometres[code] for code in data.wards}


SECONDS = {
    "deprivation": Second("Deprivation", "average score, IMD 2019", _deprivation),
    "density": Second("Residents per km²", "residents per km² of land, Census 2021", _density),
    "asb": Second("Antisocial behaviour", "incidents per 1,000 residents", _rates("asb")),
    "violence_with_injury": Second(
        "Violence with injury", "offences per 1,000 residents", _rates("violence_with_injury")
    ),
}


def seconds(data: Dataset, view: Filters) -> tuple[str, ...]:
    """What the view's measure can be set beside on this instance."""
    found = []
    for name in SECONDS:
        item = data.catalogue.indicators.get(name)
        if name != view.indicator and (item is None or data.have(item, AreaKind.WARD)):
            found.append(name)
    return tuple(found)


def two_at_once(data: Dataset, view: Filters, second: str) -> TwoAtOnce:
    """The wards of a view in thirds of its measure and of one of `SECONDS`."""
    other = SECONDS[second]
    if second in data.catalogue.indicators:
        theirs = by_ward(data, replace(view, indicator=second))
        other = replace(other, unit=other.unit + rates.a_year(theirs.months))
    question = by_ward(data, replace(view, measure=Measure.RATE))
    frame = ward_frame(data, question)
    x = {code: float(v) for code, v in zip(frame["area"], frame["value"], strict=True) if not pd.isna(v)}
    y = {code: v for code, v in other.values(data, view).items() if v == v}
    found = bivariate(x, y)
    words = {
        code: f"{wording.rate(x[code])} {question.unit}<br>{other.name}: {wording.number_or_rate(round(y[code], 1))} {other.unit}"
        for code in data.wards
        if code in x and code in y
    }
    colours = {code: colour for code, colour in found.colours.items() if found.cells.get(code) is not None}
    both = [data.names[code] for code, cell in found.cells.items() if cell == (2, 2)]
    title = f"{question.subject} and {wording.inside(other.name)}"
    if found.reason:
        title += ": too little to compare"
    elif both:
        title += f": {wording.listed(both)} {'is' if len(both) == 1 else 'are'} among the highest third in both"
    else:
        title += ": no ward is among the highest third in both"
    told = "" if found.reason else _together(found.rho or 0.0, 1.0 if found.p_value is None else found.p_value)
    table = pd.DataFrame(
        {
            "Ward": [data.names[code] for code in words],
            wording.capital(question.unit): [wording.rate(x[code]) for code in words],
            f"{other.name} ({other.unit})": [wording.number_or_rate(round(y[code], 1)) for code in words],
        }
    )
    raw = pd.DataFrame({"area": list(words), "value": [x[c] for c in words], "other": [y[c] for c in words]}).assign(
        unit=question.unit, other_measure=other.name, other_unit=other.unit
    )
    picture = Panel(
        indicator=question.indicator,
        title=title,
        caption=f"{wording.capital(question.unit)}, {question.period}, and {wording.inside(other.name)} ({other.unit}), in thirds of the wards.",
        figure=plotly_map.figure(
            data.places.ward_outlines,
            by_colour(data.wards, colours, words, ()),
            context=data.places.context,
            selected=view.wards,
            identity=f"two-{view.indicator}",
        ),
        alt=f"{alt_text.map_alt(question.subject, frame, data.names, measure=question.unit, period=question.period)} {title}.",
        evidence=tabled(data, question, table, raw, f"{question.indicator.slug}-and-{second.replace('_', '-')}"),
        sentence=told or found.reason,
        remark="Two measures that are high in the same wards need not have anything to do with each other.",
        empty=bool(found.reason),
    )
    return TwoAtOnce(picture, found.x_labels, found.y_labels, wording.capital(question.unit), other.name)


def _together(correlation: float, p_value: float) -> str:
    if p_value >= 0.05:
        return f"Ward by ward the two do not go together more than chance would have it (Spearman {correlation:+.2f})."
    way = "high in the same wards" if correlation > 0 else "high in different wards"
    return f"The two tend to be {way} (Spearman {correlation:+.2f}, {wording.odds(p_value)} by chance)."
