"""Panels: a question in words, the answer in words, one picture, its table, its source, its link."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from csp_dash.domain.catalogue import Indicator, Priority, Target
from csp_dash.domain.filters import Filters
from csp_dash.domain.words import AreaKind, FigureKind, Frequency, Trust
from csp_dash.packs import findings, ranking, trend, ward_map
from csp_dash.packs.asked import asked
from csp_dash.packs.picture import Picture
from csp_dash.packs.tile import Tile, tile
from csp_dash.ui import marks
from csp_dash.ui.frame import Visit, page

CHART = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "doubleClick": False}
MAP_HEIGHT = 520


def view_of(visit: Visit, slug: str) -> Filters:
    """The visit's view of one indicator, without the fields that a panel does not depend on."""
    return replace(visit.filters, indicator=slug)


def heading(visit: Visit, slug: str) -> None:
    """Where we are in the plan, the page's question, and its answer in one sentence."""
    priority = visit.catalogue.priorities[slug]
    boards = ", ".join(visit.catalogue.boards[board].title for board in priority.boards)
    where = f"Priority {priority.number} of 4" if priority.number else "Across all priorities"
    st.caption(f"{where.upper()} · {boards} · plan page {priority.page}")
    st.title(priority.question, anchor=False)
    st.markdown(f"**{findings.answer(tiles(visit, priority))}**")
    about(visit)


def tiles(visit: Visit, priority: Priority) -> tuple[Tile, ...]:
    """The headline tiles of a priority, in the plan's order."""
    return tuple(visit.store.panel(tile, view_of(visit, slug)) for slug in priority.headlines)


def about(visit: Visit) -> None:
    """The view in words, so that a phone or a print says what is shown."""
    view = visit.filters
    place = " and ".join(visit.words.wards[code] for code in view.wards) or "Tower Hamlets"
    period = {
        "12m": "latest 12 months of each measure",
        "24m": "latest 24 months of each measure",
        "plan": "April 2021 to March 2024",
        "since": "since April 2021",
        "base": "2019/20",
        "all": "all years",
    }.get(view.period) or f"{view.first.words} to {view.last.words}"  # type: ignore[union-attr]
    against = {"previous": "the period before", "london": "London", "similar": "similar boroughs"}[view.compare.value]
    shown = "rates per 1,000 residents" if view.measure.value == "rate" else "counts"
    st.caption(f"Showing {shown} for {place}, {period}, compared with {against}.")


def headlines(visit: Visit, *slugs: str) -> None:
    """Headline tiles. Illustrative measures have no place here; the catalogue refuses them."""
    with st.grid(4, min_column_width=190):
        for slug in slugs:
            if visit.settings.shows(visit.catalogue.indicators[slug].trust, False):
                _tile(visit.store.panel(tile, view_of(visit, slug)))


def _tile(item: Tile) -> None:
    with st.container(border=True, height="stretch", gap="small"):
        marks.tile_face(item)
        st.caption(" ".join(part for part in (item.sentence, item.reading, item.other, item.fallback) if part))


def trends(visit: Visit, *slugs: str) -> None:
    """Trend panels, two in a row where there is room."""
    shown = [slug for slug in slugs if visit.settings.shows(visit.catalogue.indicators[slug].trust, False)]
    with st.grid(2, min_column_width=420, gap="medium"):
        for slug in shown:
            trend_panel(visit, slug)


def trend_panel(visit: Visit, slug: str) -> None:
    """A measure over time."""
    view = view_of(visit, slug)
    picture = visit.store.panel(trend.trend, view)
    with st.container(border=True, height="stretch"):
        _title(picture)
        st.plotly_chart(picture.figure, key=f"trend-{slug}", config=CHART, alt=picture.alt)
        if picture.remark:
            st.caption(picture.remark)
        marks.foot(picture.evidence, visit.release, _pinned(visit, view), f"trend-{slug}", picture.sentence)


def maps(visit: Visit, *slugs: str) -> None:
    """One ward map with a choice of measure, and the wards ranked beside it."""
    catalogue = visit.catalogue
    shown = [slug for slug in slugs if visit.store.data.have(catalogue.indicators[slug], AreaKind.WARD)]
    if not shown:
        return
    st.subheader("Where is it?", anchor="map")
    slug = visit.filters.indicator if visit.filters.indicator in shown else shown[0]
    if len(shown) > 1:
        key = f"map-choice-{visit.page}"
        st.session_state[key] = slug
        st.segmented_control(
            "Measure on the map",
            shown,
            required=True,
            key=key,
            on_change=_keep_indicator,
            args=(key,),
            format_func=lambda name: catalogue.indicators[name].short,
            label_visibility="collapsed",
            wrap=True,
        )
    map_panel(visit, slug)


def _keep_indicator(key: str) -> None:
    """The measure on the map is part of the view, so that a link keeps it."""
    st.session_state["f_indicator"] = st.session_state[key]


def map_panel(visit: Visit, slug: str, *, zoom: bool = False) -> None:
    """The ward map of one measure with its table. `zoom` offers the map to zoom and move in."""
    view = view_of(visit, slug)
    picture = visit.store.panel(ward_map.ward_map, view)
    with st.container(border=True):
        _title(picture)
        closer = zoom and not picture.empty and st.toggle("Zoom and move in the map", key=f"zoom-{visit.page}")
        left, right = st.columns([3, 2], gap="large")
        with left:
            if picture.empty:
                st.info("There are no ward figures for this choice. Choose another period or measure.")
            elif closer:
                deck = visit.store.panel(ward_map.zoomable, view).figure
                st.pydeck_chart(deck, height=MAP_HEIGHT, key=f"zoomed-{slug}", alt=picture.alt)
                marks.legend(picture.legend)
            else:
                st.plotly_chart(picture.figure, key=f"map-{slug}", config=CHART, alt=picture.alt)
                marks.legend(picture.legend)
        with right:
            st.table(
                picture.evidence.table.head(20), hide_index=True, border="horizontal", alt=f"{picture.title}, all wards"
            )
        if picture.remark:
            st.caption(picture.remark)
        marks.foot(picture.evidence, visit.release, _pinned(visit, view), f"map-{slug}")


def ranked(visit: Visit, slug: str, *, mapped: bool = False) -> None:
    """Tower Hamlets among London's boroughs, as bars and, where `mapped`, on a map beside them."""
    view = replace(view_of(visit, slug), wards=())
    picture = visit.store.panel(ranking.boroughs, view)
    if picture.empty:
        return
    with st.container(border=True):
        _title(picture)
        left, right = st.columns([3, 2], gap="large") if mapped else (st.container(), None)
        left.plotly_chart(picture.figure, key=f"rank-{slug}", config=CHART, alt=picture.alt)
        if right is not None:
            london = visit.store.panel(ranking.borough_map, view)
            with right:
                st.plotly_chart(london.figure, key=f"london-{slug}", config=CHART, alt=london.alt)
                marks.legend(london.legend)
        marks.foot(picture.evidence, visit.release, _pinned(visit, view), f"rank-{slug}")


def _title(picture: Picture) -> None:
    if picture.indicator.trust is Trust.ILLUSTRATIVE:
        marks.illustrative()
    st.markdown(f"##### {picture.title}")
    st.caption(picture.caption)


def _pinned(visit: Visit, view: Filters) -> Filters:
    question = asked(visit.store.data, view)
    if question.span is None or question.indicator.frequency is not Frequency.MONTH:
        return view
    return view.pinned(question.span)


def outcomes(visit: Visit, slug: str) -> None:
    """What the plan wants here, what measures it, and what nobody publishes yet."""
    priority = visit.catalogue.priorities[slug]
    st.subheader("What the plan wants, and what shows it", anchor="outcomes")
    _targets(visit, slug)
    with st.grid(3, min_column_width=300):
        for outcome in priority.outcomes:
            with st.container(border=True, height="stretch"):
                st.markdown(f"**{outcome.text}**")
                items = [item for item in visit.catalogue.of_priority(slug) if item.place.outcome == outcome.id]
                measured = [item.short for item in items if item.trust is Trust.OFFICIAL]
                waiting = [item.short for item in items if item.trust is Trust.AWAITING]
                if measured:
                    st.markdown("Measured by " + ", ".join(measured) + ".")
                if waiting:
                    st.markdown("Awaiting " + ", ".join(waiting) + ".")
                if not items:
                    st.markdown("No measure is declared. " + outcome.measures)
                st.caption(f"Plan, page {outcome.page}")
    awaiting(visit, slug)


def _targets(visit: Visit, slug: str) -> None:
    for target in visit.catalogue.targets:
        if visit.catalogue.figures[target.figure].priority == slug:
            target_card(target)


def target_card(target: Target) -> None:
    """A target of the plan with its standing in words: none of them has a baseline to judge it by."""
    with st.container(border=True, height="stretch"):
        st.badge("? Cannot be judged", icon=":material/help:", color="gray")
        st.markdown(f"**Target: {target.title}.** {target.why_unjudged}")
        readings = f" The plan's words may mean: {'; '.join(target.readings)}." if len(target.readings) > 1 else ""
        st.caption(f"Baseline {target.baseline}.{readings} Plan, page {target.page}.")


def awaiting(visit: Visit, slug: str) -> None:
    """Indicators without open data: who holds them, and the plan's own figure."""
    items = [item for item in visit.catalogue.of_priority(slug) if item.trust is Trust.AWAITING]
    if not items:
        return
    with st.expander(
        f"{len(items)} measures that nobody publishes openly: who holds them, and the plan's figure",
        icon=":material/hourglass_empty:",
    ):
        st.markdown("\n".join(_awaiting_line(visit, item) for item in items))


def _awaiting_line(visit: Visit, item: Indicator) -> str:
    said = [
        f"{figure.value} {figure.unit}{', ' + figure.period if figure.period else ''} (plan p{figure.page})"
        for figure in visit.catalogue.figures_of(item.slug)
        if figure.kind is not FigureKind.TARGET
    ]
    return f"- **{item.title}.** Held by {item.holder}. " + (
        "The plan gives " + "; ".join(said) + "." if said else "The plan gives no figure."
    )


def delivery(visit: Visit, slug: str) -> None:
    """What is being done: residents trust action more than maps."""
    priority = visit.catalogue.priorities[slug]
    with st.expander("What the partnership said it would do", icon=":material/handshake:"):
        st.markdown("\n".join(f"- {line}" for line in priority.delivery))
        st.caption(f"In our words, from page {priority.page} of the plan on")
        st.page_link(page("plan"), label="The whole plan", icon=":material/menu_book:")
