"""Ward map with its list: where a measure is highest, by count or rate, for overview and priority pages."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from csp_dash.analytics.small_numbers import MARK, few
from csp_dash.domain import wording
from csp_dash.domain.enums import Measure, Shade, Trust
from csp_dash.domain.filters import Filters
from csp_dash.maps import svg_map
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import value_words
from csp_dash.panels.wards.choropleth import Shaded, by_ward, shaded, ward_frame
from csp_dash.panels.wards.ward_map import picture

TOP = 3


@dataclass(frozen=True)
class Ward:
    """A ward in the list: its rank, figure, the rate beside it (empty where there is none), and its share of the highest."""

    code: str
    rank: int | None
    name: str
    figure: str
    rate: str
    share: float


@dataclass(frozen=True)
class WardList:
    """`named` and `numbered` are the map with names, and with the ranks of the list, as SVG; `rate_head` heads the rates."""

    panel: Panel
    named: str
    numbered: str
    wards: tuple[Ward, ...]
    figure_head: str
    rate_head: str


def ward_list(data: Dataset, view: Filters) -> WardList:
    """The map and list of a view's indicator. Chosen wards are outlined; all 20 are always there."""
    made = shaded(data, view)
    wards = _wards(data, view, made)
    top = [ward.code for ward in wards if ward.rank is not None and ward.rank <= TOP]
    panel = picture(data, view, made, None)

    def draw(numbers: dict[str, str] | None) -> str:
        return svg_map.drawing(
            data.places.ward_outlines,
            made.shading,
            label=panel.alt,
            context=data.places.context,
            numbers=numbers,
            strong=top,
            selected=view.wards,
        )

    ranks = {ward.code: "" if ward.rank is None else str(ward.rank) for ward in wards}
    rated = any(ward.rate for ward in wards)
    per = f"Per {made.question.indicator.per:,}" if rated else ""
    return WardList(panel, draw(None), draw(ranks), wards, _head(made), per)


def _head(made: Shaded) -> str:
    heads = {Shade.SHARE: "Share", Shade.CHANGE: "Change", Shade.UNUSUAL: "× expected", Shade.AREA: "Per km²"}
    if made.shade in (Shade.RATE, Shade.HOUSEHOLD):
        return f"Per {made.question.indicator.per:,}"
    return heads.get(made.shade) or wording.capital(made.question.indicator.unit.removeprefix("percent "))


def _wards(data: Dataset, view: Filters, made: Shaded) -> tuple[Ward, ...]:
    """Highest first. A rate on few cases carries its mark."""
    frame = made.frame.sort_values("value", ascending=False, na_position="last", kind="stable")
    highest = frame["value"].max()
    beside = _rates(data, view) if made.shade is Shade.COUNT and made.question.indicator.has_rate else {}
    found = []
    ranks = frame["value"].rank(ascending=False, method="min")
    for row, rank in zip(frame.to_dict("records"), ranks, strict=True):
        value = None if pd.isna(row["value"]) else float(row["value"])
        found.append(
            Ward(
                code=str(row["area"]),
                rank=None if value is None else int(rank),
                name=data.names[str(row["area"])],
                figure=_figure(made, value),
                rate=beside.get(str(row["area"]), ""),
                share=max(0.0, value / highest) if value is not None and highest > 0 else 0.0,
            )
        )
    return tuple(found)


def _figure(made: Shaded, value: float | None) -> str:
    if value is None:
        return wording.NO_FIGURE
    if made.shade is Shade.CHANGE:
        return f"{wording.signed(round(value))}%"
    if made.shade is Shade.SHARE:
        return wording.percent(value)
    if made.shade in (Shade.COUNT, Shade.RATE):
        return value_words(made.question, value)
    return wording.rate(value)


def _rates(data: Dataset, view: Filters) -> dict[str, str]:
    if data.catalogue.indicators[view.indicator].trust is Trust.ILLUSTRATIVE:
        return {}
    question = by_ward(data, replace(view, measure=Measure.RATE))
    frame = ward_frame(data, question)
    return {
        code: "" if pd.isna(value) else value_words(question, float(value)) + (f" {MARK}" if few(number) else "")
        for code, value, number in zip(frame["area"], frame["value"], frame["numerator"], strict=True)
    }
