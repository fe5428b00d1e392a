"""Every view that a reader can ask for, and every text that its panels show: what tests of words and scope walk over."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property, partial
from typing import Any

import pandas as pd

from csp_dash.analytics.drawing import Drawing
from csp_dash.analytics.state import State
from csp_dash.domain.enums import Compare, Frequency, Kind, Measure, Shade, Trust
from csp_dash.domain.filters import PERIODS, Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Month
from csp_dash.panels import tile
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import Evidence
from csp_dash.panels.themes import contribution, paired_measures
from csp_dash.panels.trends import comparisons, decomposition, forecast, trend, year_on_year
from csp_dash.panels.wards import (
    bivariate_map,
    funnel,
    map_over_time,
    rank_changes,
    ranking,
    small_areas,
    ward_card,
    ward_map,
    ward_trends,
)
from csp_dash.panels.wards.map_over_time import Grain

BOROUGH: tuple[str, ...] = ()
WARD = ("E05009336",)
WARDS = ("E05009318", "E05009336")
CUSTOM = (Month(2022, 1), Month(2022, 8))
"""A chosen period that is no year."""
BEFORE_ALL = (Month(2004, 1), Month(2004, 12))
"""A year of which hardly anything has figures."""

Builder = Callable[[Dataset, Filters], Any]


def _always(data: Dataset, item: Indicator) -> bool:
    return True


def _counted(data: Dataset, item: Indicator) -> bool:
    return _real(data, item) and item.frequency is Frequency.MONTH and item.kind is Kind.COUNT


def _real(data: Dataset, item: Indicator) -> bool:
    return item.trust is not Trust.ILLUSTRATIVE


def _paired(data: Dataset, item: Indicator) -> bool:
    return bool(item.pair) and item.counts_in_headlines


def _by_ward(data: Dataset, item: Indicator) -> bool:
    return data.have(item, AreaKind.WARD) is not None


def _real_by_ward(data: Dataset, item: Indicator) -> bool:
    return _real(data, item) and _by_ward(data, item)


def _in_parts(data: Dataset, item: Indicator) -> bool:
    return _real(data, item) and item.kind is Kind.COUNT and bool(item.parts)


def _ranked(data: Dataset, item: Indicator) -> bool:
    return _real(data, item) and ranking.ranked(data, item)


PANELS: dict[str, tuple[Builder, Callable[[Dataset, Indicator], bool]]] = {
    "tile": (tile.tile, _real),
    "trend": (trend.trend, _always),
    "wall": (trend.wall, _real),
    "pair": (paired_measures.pair, _paired),
    "comparisons": (comparisons.comparisons, _real),
    "ward map": (ward_map.ward_map, _by_ward),
    "map to zoom": (ward_map.to_zoom, _by_ward),
    "wall map": (ward_map.wall, _real_by_ward),
    "ward cards": (ward_card.ward_cards, _real_by_ward),
    "years": (year_on_year.year_on_year, _counted),
    "parts": (decomposition.decomposition, _counted),
    "ahead": (forecast.forecast, _counted),
    "small multiples": (ward_trends.small_multiples, _real_by_ward),
    "ranked wards": (ranking.wards, _real_by_ward),
    "boroughs": (ranking.boroughs, _ranked),
    "borough map": (ranking.borough_map, _ranked),
    "moved by part": (contribution.by_part, _in_parts),
    "moved by ward": (contribution.by_ward, _real_by_ward),
    "below the ward": (small_areas.below_ward, small_areas.shown),
    "through time": (partial(map_over_time.moment, grain=Grain.YEAR), _by_ward),
    "years side by side": (map_over_time.years, _by_ward),
    "funnel": (funnel.funnel_chart, _real_by_ward),
    "ranks that move": (rank_changes.rank_moves, _real_by_ward),
    "two at once": (partial(bivariate_map.two_at_once, second="deprivation"), _real_by_ward),
    "two wards": (ward_card.versus, _real_by_ward),
}
"""Each panel of a measure with its builder, and the measures that have it."""

FIRST = ("tile", "trend")
"""The panels that stand on most pages, and are walked in every view."""
HEAVY = ("below the ward", "small multiples", "borough map", "boroughs", "ranks that move")
"""The panels that take longest to draw, and differ least from view to view."""


@dataclass(frozen=True)
class Said:
    """One panel of one view: what its builder made, and all its texts for the screen (its CSV is apart)."""

    panel: str
    view: Filters
    made: Any

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Titles, captions, sentences, alt texts, cells, and the words inside pictures, without their markup."""
        return tuple(_texts(self.made))

    @property
    def where(self) -> str:
        """For the message of a test: the panel and its address."""
        return f"{self.panel} {self.view.to_params()}"


def shown(data: Dataset) -> list[str]:
    """Every measure that has figures on this instance."""
    return [slug for slug, item in data.catalogue.indicators.items() if item.measured and data.shows(item)]


def views(
    data: Dataset,
    *,
    slugs: Iterable[str] | None = None,
    places: Iterable[tuple[str, ...]] = (BOROUGH, WARD, WARDS),
    periods: Iterable[str] = tuple(PERIODS),
    measures: Iterable[Measure] = tuple(Measure),
    compares: Iterable[Compare] = (Compare.PREVIOUS,),
) -> Iterator[Filters]:
    """Every measure, each for the whole borough, a ward and two wards, in every period, as count and as rate."""
    places, periods, measures, compares = tuple(places), tuple(periods), tuple(measures), tuple(compares)
    for slug in shown(data) if slugs is None else slugs:
        for wards in places:
            for period in periods:
                first, last = CUSTOM if period == "custom" else (None, None)
                for measure in measures:
                    if measure is Measure.RATE and not data.catalogue.indicators[slug].has_rate:
                        continue
                    for compare in compares:
                        yield Filters(slug, wards, measure, compare, period, first, last)


def said(data: Dataset, view: Filters, panels: Iterable[str] = tuple(PANELS)) -> Iterator[Said]:
    """The panels that a view has."""
    item = data.catalogue.indicators[view.indicator]
    for name in panels:
        build, fits = PANELS[name]
        if fits(data, item) and (name != "two wards" or len(view.wards) == 2):
            yield Said(name, view, build(data, view))


def asked_for(data: Dataset, slug: str) -> Iterator[tuple[Filters, tuple[str, ...]]]:
    """What is asked of a measure: its first panels in every view, the others in those that differ in kind."""
    for view in views(data, slugs=[slug]):
        if view.measure is Measure.COUNT or view.period in ("12m", "1m", "plan", "custom"):
            yield view, FIRST if view.wards != WARDS or view.period in ("12m", "plan") else FIRST[:1]
    rest = tuple(name for name in PANELS if name not in FIRST)
    light = tuple(name for name in rest if name not in HEAVY)
    for view in views(data, slugs=[slug], places=(WARD,), periods=("12m", "plan", "custom")):
        if view.measure is Measure.COUNT or view.period == "12m":
            yield view, rest if view.period == "12m" else light
    for view in views(data, slugs=[slug], places=(BOROUGH, WARDS), periods=("12m",), measures=(Measure.COUNT,)):
        yield view, light
    first, last = BEFORE_ALL
    yield Filters(slug, WARD, period="custom", first=first, last=last), tuple(PANELS)
    for view in views(data, slugs=[slug], places=(BOROUGH, WARD), periods=("12m",), compares=list(Compare)[1:]):
        yield view, (*FIRST, "pair")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        text = _plain(value)
        if text:
            yield text
    elif isinstance(value, State):
        yield value.label
    elif isinstance(value, Drawing):
        yield from _in_figure(value)
    elif isinstance(value, pd.DataFrame):
        yield from (str(head) for head in value.columns)
        yield from (cell for column in value.columns for cell in value[column] if isinstance(cell, str))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts(item)
    elif is_dataclass(value) and not type(value).__module__.startswith("csp_dash.domain"):
        hidden = ("csv", "filename", "url", "codes", "frame")
        for field in fields(value):
            if field.name not in hidden:
                yield from _texts(getattr(value, field.name))
        if isinstance(value, Evidence):
            yield from _texts(value.table)


def _in_figure(figure: Drawing) -> Iterator[str]:
    """Annotations, labels, hovers, names and titles of axes."""
    for note in figure.layout.get("annotations", ()):
        yield from _texts(note.get("text", ""))
    for name, axis in figure.layout.items():
        if "axis" in name and isinstance(axis, dict):
            yield from _texts((axis.get("title") or {}).get("text", ""))
            yield from _texts([text for text in axis.get("ticktext", ()) or () if isinstance(text, str)])
    for trace in figure.data:
        for part in ("name", "text", "hovertext"):
            held = trace.get(part)
            yield from _texts([held] if isinstance(held, str) else [text for text in _list(held) if text])


def _list(held: Any) -> list[str]:
    return [text for text in held if isinstance(text, str)] if held is not None else []


def _plain(text: str) -> str:
    """Without tags, entities and the marks of Markdown's badges."""
    text = re.sub(r"<br\s*/?>", " / ", text)
    text = html.unescape(re.sub(r"<[^>]+>", " ", text)) if "<" in text else text
    return re.sub(r"\s+", " ", text).strip()


def view_of(slug: str, shade: Shade, **more: object) -> Filters:
    """The view that a reader has after choosing a shade."""
    measure = Measure.RATE if shade is Shade.RATE else Measure.COUNT
    asked_for = None if shade in (Shade.COUNT, Shade.RATE) else shade
    return Filters(indicator=slug, measure=measure, shade=asked_for, **more)  # type: ignore[arg-type]
