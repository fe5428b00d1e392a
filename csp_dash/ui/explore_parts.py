"""Parts of the explore page: choose any indicator, see it over time, by ward, among boroughs, and take it away."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from csp_dash.domain.catalogue import Indicator
from csp_dash.domain.words import AreaKind, Measure, Trust
from csp_dash.packs import density, small_areas
from csp_dash.packs.asked import asked, real_figure
from csp_dash.packs.tile import tile
from csp_dash.ui import marks, panels
from csp_dash.ui.frame import Visit

DEFAULT = "burglary"


def choose(visit: Visit) -> Indicator:
    """Any measured indicator of this instance, grouped by the plan's order."""
    shown = [
        slug for slug, item in visit.catalogue.indicators.items() if item.measured and visit.store.data.shows(item)
    ]
    names = {slug: _name(visit, visit.catalogue.indicators[slug]) for slug in shown}
    present = visit.filters.indicator if visit.filters.indicator in names else DEFAULT
    st.session_state["explore_choice"] = present

    def keep() -> None:
        st.session_state["f_indicator"] = st.session_state["explore_choice"]

    st.selectbox("Measure", shown, format_func=names.__getitem__, key="explore_choice", on_change=keep)
    return visit.catalogue.indicators[present]


def _name(visit: Visit, item: Indicator) -> str:
    priority = visit.catalogue.priorities[item.place.priority]
    mark = ", illustrative" if item.trust is Trust.ILLUSTRATIVE else ""
    return f"{item.title} ({priority.short}{mark})"


def card(visit: Visit, item: Indicator) -> None:
    """What the measure is, where it stands, and how far to trust it."""
    view = panels.view_of(visit, item.slug)
    left, right = st.columns([1, 2], gap="large")
    if item.trust is Trust.ILLUSTRATIVE:  # made-up figures are never written large
        with left:
            st.markdown(f"**{item.title}**")
            marks.illustrative()
        right.markdown(f"**{real_figure(visit.store.data, asked(visit.store.data, view))}**")
    else:
        found = visit.store.panel(tile, view)
        with left:
            marks.tile_face(found)
        right.markdown(f"**{found.sentence}** {found.reading} {found.other} {found.fallback}")
    with right:
        st.markdown(item.plain)
        if item.readings:
            st.markdown(f"A rise may mean that {item.readings[0]}; it may also mean that {item.readings[1]}.")
        place = visit.catalogue.priorities[item.place.priority]
        board = visit.catalogue.boards.get(item.place.board)
        standing = [
            f"{item.trust.value} figures",
            f"better when {item.direction.value}"
            if item.direction.value != "ambiguous"
            else "no direction is better in itself",
        ]
        st.caption(
            " · ".join(
                [
                    *standing,
                    place.title,
                    *([board.title] if board else []),
                    *([f"plan page {item.place.page}"] if item.place.page else []),
                ]
            )
        )


def pictures(visit: Visit, item: Indicator) -> None:
    """The trend, the ward map where there are ward figures, and the boroughs where they can be compared."""
    panels.trend_panel(visit, item.slug)
    if visit.store.data.have(item, AreaKind.WARD):
        panels.map_panel(visit, item.slug, zoom=True)
    panels.ranked(visit, item.slug, mapped=True)
    if item.slug in small_areas.SERIES:
        small(visit, item)
    if item.slug in ("burglary", "burglary_home", "burglary_business"):
        points(visit)


def small(visit: Visit, item: Indicator) -> None:
    """The measure by LSOA."""
    st.subheader("Below the ward: by small area", anchor="small")
    view = replace(panels.view_of(visit, item.slug), wards=(), measure=Measure.COUNT)
    picture = visit.store.panel(small_areas.small_areas, view)
    with st.container(border=True):
        st.markdown(f"##### {picture.title}")
        st.caption(picture.caption)
        if picture.empty:
            return
        st.plotly_chart(picture.figure, key="small-areas", config=panels.CHART, alt=picture.alt)
        marks.legend(picture.legend)
        st.warning(picture.remark, icon=":material/location_off:")
        marks.foot(picture.evidence, visit.release, view, "small-areas")


def points(visit: Visit) -> None:
    """Burglary by police.uk map point, as hexagons, with the warning that points are not addresses."""
    st.subheader("Below the ward: burglary by map point", anchor="points")
    picture = visit.store.panel(density.hexagons, replace(visit.filters, indicator="burglary", wards=()))
    with st.container(border=True):
        st.markdown(f"##### {picture.title}")
        st.caption(picture.caption)
        st.pydeck_chart(picture.figure, height=panels.MAP_HEIGHT, key="hexagons", alt=picture.alt)
        marks.legend(picture.legend)
        st.warning(picture.remark, icon=":material/location_off:")
        marks.foot(picture.evidence, visit.release, visit.filters, "hexagons")
