"""Ward map panel: map, finding, table and downloads."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pandas as pd

from csp_dash.analytics import alt_text
from csp_dash.analytics.small_numbers import MARK, few
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind, Measure, Shade, Trust
from csp_dash.domain.filters import Filters
from csp_dash.maps import deck_map, plotly_map, print_map
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import Evidence, area_rows, evidence
from csp_dash.panels.export import number
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import ILLUSTRATIVE
from csp_dash.panels.wards.choropleth import Shaded, shaded

# As many names as stay clear of each other in type that is read from six metres.
WALL_NAMES = 4
CLASSES = (
    "The classes are natural breaks (Fisher and Jenks), moved to the nearest round numbers that part the same wards."
)
HEADS = {
    Shade.COUNT: "Count",
    Shade.RATE: "Per 1,000",
    Shade.HOUSEHOLD: "Per 1,000",
    Shade.AREA: "Per km²",
    Shade.SHARE: "Share %",
    Shade.CHANGE: "Change %",
    Shade.UNUSUAL: "× expected",
}
DECIMALS = {Shade.SHARE: 1, Shade.CHANGE: 0, Shade.AREA: 1}
OUTLINES = "GLA ward boundaries, generalised. Contains OS data © Crown copyright and database right"
LICENCE = "Open Government Licence v3.0"


@dataclass(frozen=True)
class WardMap:
    """The map as a picture, and its numbers: `table` is sortable, with one row a ward in the order of `codes`."""

    picture: Panel
    shaded: Shaded
    table: pd.DataFrame
    codes: tuple[str, ...]


def ward_map(data: Dataset, view: Filters) -> WardMap:
    """The ward map of a view's indicator. Chosen wards are outlined; all 20 are always shaded."""
    made = shaded(data, view)
    figure = plotly_map.figure(
        data.places.ward_outlines,
        made.shading,
        context=data.places.context,
        selected=view.wards,
        follow=True,
        identity=view.indicator,
    )
    drawn = picture(data, view, made, figure)
    ordered = made.frame.sort_values("value", ascending=False, na_position="last")
    return WardMap(drawn, made, _table(data, made, ordered), tuple(ordered["area"]))


def wall(data: Dataset, view: Filters) -> Panel:
    """The same map for the big screen: rates, and names that are read from afar."""
    asked = replace(view, measure=Measure.RATE, shade=None)
    made = shaded(data, asked)
    named = set(made.frame.nlargest(WALL_NAMES, "value")["area"])
    figure = plotly_map.figure(
        data.places.ward_outlines,
        made.shading,
        context=data.places.context,
        size=18,
        named=named,
        identity=view.indicator,
    )
    figure.update_layout(height=None)
    return picture(data, asked, made, figure)


def to_zoom(data: Dataset, view: Filters) -> Panel:
    """The same map to zoom and move in, for those who look closer."""
    made = shaded(data, view)
    deck = deck_map.deck(
        data.places.ward_outlines,
        made.shading,
        context=data.places.context,
        selected=view.wards,
        width=700,
        basemap=data.settings.basemap,
    )
    return picture(data, view, made, deck)


def picture(data: Dataset, view: Filters, made: Shaded, figure: object) -> Panel:
    """A ward map of any kind with its finding, words and evidence."""
    question = made.question
    title = _title(made)
    return Panel(
        indicator=question.indicator,
        title=title,
        caption=f"{wording.capital(made.unit)}, by ward, {question.period}.",
        figure=figure,
        alt=alt_text.map_alt(
            question.subject, made.frame, data.names, measure=made.unit, period=question.period, finding=title
        ),
        evidence=_evidence(data, made),
        sentence=CLASSES if made.shade not in (Shade.CHANGE, Shade.UNUSUAL) else "",
        remark=made.remark,
        legend=made.shading.legend,
        empty=made.empty,
    )


def _evidence(data: Dataset, made: Shaded) -> Evidence:
    told = evidence(data, made.question, area_rows(made.question, made.frame), "by-ward", "Ward", unit=made.unit)

    def show() -> pd.DataFrame:
        ordered = made.frame.sort_values("value", ascending=False, na_position="last")
        return pd.DataFrame(
            {"Ward": _names(data, made, ordered), "Code": ordered["area"], _head("Figure", made): ordered["label"]}
        )

    return replace(told, show=show)


def _names(data: Dataset, made: Shaded, frame: pd.DataFrame) -> list[str]:
    span = made.question.span
    return [data.name_then(code, span.last) if span else data.names[code] for code in frame["area"]]


def _table(data: Dataset, made: Shaded, ordered: pd.DataFrame) -> pd.DataFrame:
    """Ward and its numbers as numbers, so that a column can be sorted."""
    table = pd.DataFrame({"Ward": _names(data, made, ordered)})
    if made.shade is not Shade.COUNT or made.question.indicator.kind is Kind.PROPORTION:
        table["Count"] = ordered["numerator"].to_list()
    table[_head(HEADS[made.shade], made)] = ordered["value"].astype(float).round(DECIMALS.get(made.shade, 2)).to_list()
    if made.shade is Shade.RATE:
        table[MARK] = [MARK if few(None if pd.isna(n) else float(n)) else "" for n in ordered["numerator"]]
    return table


def _head(name: str, made: Shaded) -> str:
    """A column's head; over made-up figures it says so, and over a figure per year of a period that is none."""
    if made.unit.endswith(" a year") and name.startswith("Per"):
        name = f"{name} a year"
    return f"{name} ({ILLUSTRATIVE.lower()})" if made.question.indicator.trust is Trust.ILLUSTRATIVE else name


def geojson(data: Dataset, view: Filters) -> bytes:
    """Outlines and figures of the wards as GeoJSON, with the source and the licence."""
    made = shaded(data, view)
    question = made.question
    rows = {row["area"]: row for row in made.frame.to_dict("records")}
    told = _evidence(data, made)
    features = []
    for feature in data.places.ward_outlines.geojson["features"]:
        code = str(feature["properties"]["code"])
        row = rows[code]
        properties = {
            "code": code,
            "name": data.names[code],
            "name_then": data.name_then(code, question.span.last) if question.span else data.names[code],
            "indicator": question.indicator.slug,
            "from": str(question.span.first) if question.span else None,
            "to": str(question.span.last) if question.span else None,
            "value": None if pd.isna(row["value"]) else number(round(row["value"], 4)),
            "unit": made.unit,
            "numerator": None if pd.isna(row["numerator"]) else number(row["numerator"]),
            "words": row["label"],
            "fill": made.shading.fills[code],
        }
        features.append({"type": "Feature", "properties": properties, "geometry": feature["geometry"]})
    found = {
        "type": "FeatureCollection",
        "title": _title(made),
        "source": f"{told.source}. Outlines: {OUTLINES}",
        "licence": LICENCE,
        "release": data.release,
        "features": features,
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def _title(made: Shaded) -> str:
    """The finding as a title; made-up figures have none."""
    illustrative = made.question.indicator.trust is Trust.ILLUSTRATIVE
    return made.question.subject if illustrative else f"{made.question.subject}: {made.finding}"


def image(data: Dataset, view: Filters, form: print_map.Form) -> bytes:
    """The map as a picture file for a paper: finding, key, scale, source, as-at date."""
    made = shaded(data, view)
    question = made.question
    told = _evidence(data, made)
    as_at = f" Figures to {told.as_at}." if told.as_at else ""
    return print_map.render(
        data.places.ward_outlines,
        made.shading,
        title=_title(made),
        caption=f"{wording.capital(made.unit)}, by ward, {question.period}.",
        source=f"Source: {told.source}.{as_at} Release {data.release}. {OUTLINES}. Stations: powered by TfL Open Data.",
        context=data.places.context,
        selected=view.wards,
        form=form,
    )
