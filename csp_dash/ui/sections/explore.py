"""Explore page: choice of a measure, its card, and ways of looking at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from csp_dash.domain import wording
from csp_dash.domain.enums import Frequency, Kind, Measure, Trust
from csp_dash.domain.filters import LENSES, Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.maps.point_density import Style
from csp_dash.panels import course
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import real_figure, select
from csp_dash.panels.themes import contribution
from csp_dash.panels.tile import tile
from csp_dash.panels.trends import decomposition, forecast, year_on_year
from csp_dash.panels.wards import choropleth, point_density, ranking, small_areas, ward_trends
from csp_dash.ui import components, render, url_state
from csp_dash.ui.frame import Visit, tell, titled
from csp_dash.ui.sections import detail, maps, open_data, outcomes
from csp_dash.ui.sections.side_by_side import side_by_side

DEFAULT = "burglary"
POINTS = ("burglary", "burglary_home", "burglary_business")


def choose(visit: Visit) -> Indicator | None:
    """Any measure of this instance with figures, grouped by the plan's order; None where the link asks for another.

    An awaiting measure that a link asks for shows its own card. No measure's figures stand in for another's.
    """
    catalogue = visit.catalogue
    shown = [slug for slug, item in catalogue.indicators.items() if item.measured and visit.store.data.shows(item)]
    asked_for = visit.filters.indicator
    unknown = any(note.parameter == "indicator" for note in visit.notes)
    present = None if unknown else asked_for or DEFAULT
    slugs = shown if present is None or present in shown else [present, *shown]
    names = {slug: _name(visit, catalogue.indicators[slug]) for slug in slugs}
    st.session_state["explore_choice"] = present

    def keep() -> None:
        url_state.choose(indicator=st.session_state["explore_choice"])

    st.selectbox(
        "Measure",
        slugs,
        index=None,
        format_func=names.__getitem__,
        key="explore_choice",
        on_change=keep,
        placeholder="Choose a measure",
    )
    if present is None:
        return None
    item = catalogue.indicators[present]
    titled(visit, item.title)
    if present not in shown:
        outcomes.awaiting_card(visit, item)
        return None
    if visit.filters.measure is Measure.RATE and not item.has_rate:
        tell(
            [
                f"{item.title} {wording.agree(item.title, 'has', 'have')} no rate per 1,000 residents, so it is shown as it is counted."
            ]
        )
    return item


def _name(visit: Visit, item: Indicator) -> str:
    priority = visit.catalogue.priorities[item.place.priority]
    mark = f", {item.trust.value}" if item.trust in (Trust.ILLUSTRATIVE, Trust.AWAITING) else ""
    return f"{item.title} ({priority.short}{mark})"


def look(visit: Visit, item: Indicator) -> None:
    """What the measure is, and beside it one way of looking at it at a time; the URL keeps which."""
    left, right = st.columns([24, 76], gap="medium")
    with left:
        _card(visit, item)
    with right:
        measure(visit, item)


@st.fragment
def measure(visit: Visit, item: Indicator) -> None:
    """The measure as it is looked at. Another way of looking draws this anew, and nothing else of the page."""
    visit = render.as_chosen(visit)
    asked = visit.filters.indicator
    if asked and asked != item.slug:
        st.rerun()
    offered = tuple(lens for lens in LENSES if fits(visit, item, lens))
    present = visit.filters.lens if visit.filters.lens in offered else ""
    first = tuple(lens for lens in offered if lens in detail.FIRST or lens == present)
    more = [lens for lens in offered if lens not in detail.FIRST]
    if more:
        _more(more, present)
    detail.detail(visit, item, first, DRAWN)


def _more(more: list[str], present: str) -> None:
    """The rarer ways of looking, in a list."""
    shown = present if present in more else None
    key, changed = url_state.control("more-views", shown, lambda lens: url_state.choose(lens=lens or ""))
    st.selectbox(
        "More ways to look at it",
        more,
        index=None,
        key=key,
        on_change=changed,
        format_func=LENSES.__getitem__,
        label_visibility="collapsed",
        placeholder="More ways to look at it: comparisons, season, what made it move ...",
    )


def _card(visit: Visit, item: Indicator) -> None:
    """Where the measure stands, what it counts, and how far to trust it."""
    view = render.view_of(visit, item.slug)
    if item.trust is Trust.ILLUSTRATIVE:  # made-up figures are never written large
        components.illustrative()
        st.markdown(f"**{real_figure(visit.store.data, select(visit.store.data, view))}**")
    else:
        found = visit.store.panel(tile, view)
        components.tile_face(found, course.axis(visit.store.data), item.slug)
        st.caption(f"{found.words} {found.fallback}".rstrip())
    st.markdown(item.plain)
    standing = [
        f"[Partner return]({components.way('methods', visit.filters, 'standing')}) by {item.holder}"
        if item.trust is Trust.PARTNER
        else f"{item.trust.words.capitalize()} figures",
        f"better when {item.direction.value}"
        if item.direction.value != "ambiguous"
        else "no direction is better in itself",
    ]
    st.caption(" · ".join(standing))
    open_data.download(visit)


def fits(visit: Visit, item: Indicator, lens: str) -> bool:
    """Whether a way of looking has anything to show for a measure; made-up figures are given no verdicts."""
    if lens in detail.FIRST or lens in detail.PICTURES:
        return lens in detail.views(visit, item)
    if lens == "time":
        return visit.store.data.have(item, AreaKind.WARD) is not None
    if item.trust is Trust.ILLUSTRATIVE:
        return False
    if lens in ("unusual", "two"):
        shadings = choropleth.offered(visit.store.data, render.view_of(visit, item.slug))
        mapped = visit.store.data.have(item, AreaKind.WARD) is not None and len(shadings) > 1
        return mapped and (lens == "unusual" or item.has_rate)
    if lens == "small":
        return small_areas.shown(visit.store.data, item)
    if lens == "ahead" and _ended(visit, item):
        return False
    if lens in ("years", "parts", "ahead"):
        return item.frequency is Frequency.MONTH and item.kind is Kind.COUNT
    if lens == "wards":
        return visit.store.data.have(item, AreaKind.WARD) is not None
    if lens == "moved":
        return item.kind is Kind.COUNT and (bool(item.parts) or visit.store.data.have(item, AreaKind.WARD) is not None)
    return True


def _ended(visit: Visit, item: Indicator) -> bool:
    """Whether the open figures stopped too long ago to say anything of what comes next."""
    have = visit.store.data.have(item, AreaKind.BOROUGH)
    return have is None or visit.store.data.newest - have.span.last > 12


def _compare(visit: Visit, item: Indicator) -> None:
    render.comparisons(visit, item.slug)


def _wards(visit: Visit, item: Indicator) -> None:
    view = render.view_of(visit, item.slug)
    kept = replace(view, lens="wards")
    render.picture_panel(visit, visit.store.panel(ward_trends.small_multiples, view), "lens-multiples", kept)
    if item.has_rate:
        render.picture_panel(visit, visit.store.panel(ranking.wards, view), "lens-wards", kept)


def _boroughs(visit: Visit, item: Indicator) -> None:
    render.ranked(visit, item.slug, mapped=True)


def _moved(visit: Visit, item: Indicator) -> None:
    view = render.view_of(visit, item.slug)
    kept = replace(view, lens="moved")
    if item.parts:
        render.picture_panel(visit, visit.store.panel(contribution.by_part, view), "lens-parts", kept)
    if visit.store.data.have(item, AreaKind.WARD):
        render.picture_panel(visit, visit.store.panel(contribution.by_ward, view), "lens-moved-wards", kept)


def _small(visit: Visit, item: Indicator) -> None:
    small(visit, item)
    if item.slug in POINTS:
        points(visit)


def _map(visit: Visit, item: Indicator) -> None:
    maps.map_panel(visit, item.slug, zoom=True)


def _over_time(visit: Visit, item: Indicator) -> None:
    maps.over_time(visit, item.slug)


def _unusual(visit: Visit, item: Indicator) -> None:
    maps.unusual(visit, item.slug)


def _two(visit: Visit, item: Indicator) -> None:
    maps.two_at_once(visit, item.slug)


def _harm(visit: Visit, item: Indicator) -> None:
    render.harm_panel(visit, replace(render.view_of(visit, item.slug), lens="harm"))


def _simple(build: Callable[..., Panel], lens: str) -> Callable[[Visit, Indicator], None]:
    def draw(visit: Visit, item: Indicator) -> None:
        view = render.view_of(visit, item.slug)
        render.picture_panel(visit, visit.store.panel(build, view), f"lens-{lens}", replace(view, lens=lens))

    return draw


DRAWN: dict[str, Callable[[Visit, Indicator], None]] = {
    "years": _simple(year_on_year.year_on_year, "years"),
    "parts": _simple(decomposition.decomposition, "parts"),
    "ahead": _simple(forecast.forecast, "ahead"),
    "compare": _compare,
    "map": _map,
    "time": _over_time,
    "unusual": _unusual,
    "two": _two,
    "wards": _wards,
    "boroughs": _boroughs,
    "both": side_by_side,
    "moved": _moved,
    "small": _small,
    "harm": _harm,
}


def small(visit: Visit, item: Indicator) -> None:
    """The measure by LSOA: counts, tested hot spots, and how concentrated it is."""
    components.section("Below the ward: by small area", "small")
    view = replace(render.view_of(visit, item.slug), measure=Measure.COUNT)
    found = visit.store.panel(small_areas.below_ward, view)
    kept = replace(view, lens="small")
    st.warning(found.counts.remark, icon=":material/location_off:")
    with st.grid(2, min_column_width=420, gap="medium"):
        render.picture_panel(visit, replace(found.counts, remark=""), "small-areas", kept)
        render.picture_panel(visit, replace(found.hot, remark=""), "hot-spots", kept)
        render.picture_panel(visit, found.concentration, "concentrated", kept)


def points(visit: Visit) -> None:
    """Burglary by police.uk map point, as hexagons or smoothed, with the warning that points are not addresses."""
    components.section("Below the ward: burglary by map point", "points")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        style = st.segmented_control(
            "Draw the map points as",
            list(Style),
            default=Style.HEXAGONS,
            required=True,
            key="point-style",
            format_func=lambda name: name.capitalize(),
        )
        closer = st.toggle("Zoom and move in the map", key="zoom-points")
    view = Filters(indicator="burglary", lens="small")
    picture = visit.store.panel(point_density.map_points, view, Style(style or Style.HEXAGONS), closer)
    with st.container(border=True):
        components.title(picture.title)
        st.caption(picture.caption)
        st.pydeck_chart(picture.figure, height=render.MAP_HEIGHT, key="hexagons", alt=picture.alt)
        components.legend(picture.legend)
        st.warning(picture.remark, icon=":material/location_off:")
        components.foot(picture.evidence, visit.release, view, "hexagons")
