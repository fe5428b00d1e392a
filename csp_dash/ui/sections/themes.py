"""Scorecard and themes on a priority page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from csp_dash.domain import wording
from csp_dash.domain.enums import Trust
from csp_dash.domain.plan import Priority, Theme
from csp_dash.panels.panel import Panel
from csp_dash.panels.themes import (
    hate_crime_strands,
    night_time_economy,
    paired_measures,
    stop_search_ethnicity,
    survey_ranks,
)
from csp_dash.panels.tile import Tile, tile
from csp_dash.ui import components, render, url_state
from csp_dash.ui.frame import Visit
from csp_dash.ui.sections import maps, outcomes


def scorecard(visit: Visit, priority: Priority) -> None:
    """Every measure of a priority with its state and its finding, theme by theme, each linked to the explore page."""
    components.section("Every measure, and whether it changed", "measures")
    for theme in priority.themes:
        lines = [_line(visit, slug) for slug in theme.measures if _official(visit, slug)]
        if lines:
            st.markdown(f"**{theme.title}**\n" + "\n".join(lines))


def _official(visit: Visit, slug: str) -> bool:
    item = visit.catalogue.indicators[slug]
    return item.counts_in_headlines and visit.store.data.shows(item)


def _line(visit: Visit, slug: str) -> str:
    item = visit.store.panel(tile, render.view_of(visit, slug))
    return (
        f"- {components.chip(item.state)} {components.measure_link(visit.filters, item.indicator, item.subject)}: **{item.figure}**{wording.of(item.figure, item.unit).removeprefix(item.figure)}, "
        f"{item.period}. {item.words}".rstrip()
        + (
            f" *{'Figures' if item.indicator.trust is Trust.PARTNER else 'Open figures'} end in {item.ends}.*"
            if item.ends
            else ""
        )
    )


def themes(visit: Visit, priority: Priority) -> None:
    """One theme at a time in depth: its question, its measures over time and place, and what nobody publishes."""
    components.section("Look closer", "themes")
    names = {theme.id: theme for theme in priority.themes}
    present = visit.catalogue.theme_of(visit.filters.indicator)
    chosen = present.id if present and present.id in names else next(iter(names))
    key = f"theme-{visit.page}"
    kept = st.session_state.get(f"{key}-kept")
    if kept in names and (present is None or present.id not in names):
        chosen = kept  # a theme without measures of its own has no place in the URL
    st.session_state[key] = chosen
    st.segmented_control(
        "Theme",
        list(names),
        required=True,
        key=key,
        on_change=_keep_theme,
        args=(key, {theme.id: _lead(visit, theme) for theme in priority.themes}),
        format_func=lambda name: names[name].title,
        label_visibility="collapsed",
        wrap=True,
    )
    theme = names[chosen]
    components.section(theme.question, depth=3)
    measured = [slug for slug in theme.measures if visit.catalogue.indicators[slug].measured]
    render.trends(visit, *measured)
    for name in theme.pictures:
        DRAWN[name](visit, theme)
    outcomes.awaiting(visit, [visit.catalogue.indicators[slug] for slug in theme.measures])


def _lead(visit: Visit, theme: Theme) -> str:
    """The measure that stands for a theme in the URL: its first that has figures."""
    return next((slug for slug in theme.measures if visit.catalogue.indicators[slug].measured), "")


def _keep_theme(key: str, leads: dict[str, str]) -> None:
    chosen = st.session_state[key]
    st.session_state[f"{key}-kept"] = "" if leads[chosen] else chosen
    url_state.choose(indicator=leads[chosen])


def _map(visit: Visit, theme: Theme) -> None:
    maps.maps(visit, *theme.measures)


def _boroughs(visit: Visit, theme: Theme) -> None:
    """Where the borough stands in London, for the theme's measure in view, else for its first."""
    there = [slug for slug in theme.measures if _official(visit, slug)]
    if there:
        render.ranked(visit, visit.filters.indicator if visit.filters.indicator in there else there[0])


def _pair(visit: Visit, theme: Theme) -> None:
    """The theme's measure in view that is neither good nor bad in itself, else its first such one."""
    there = [slug for slug in theme.measures if visit.catalogue.indicators[slug].pair and _official(visit, slug)]
    if there:
        pair_panel(visit, visit.filters.indicator if visit.filters.indicator in there else there[0])


def pair_panel(visit: Visit, slug: str) -> None:
    """A measure that is neither good nor bad in itself, beside the outcome or confidence that it is read with."""
    found = visit.store.panel(paired_measures.pair, render.view_of(visit, slug))
    with st.container(border=True):
        components.title(found.title)
        st.caption(found.why)
        with st.grid(2, min_column_width=260, gap="medium"):
            _half(found.first)
            if found.second is not None:
                _half(found.second)
        st.markdown(f"**{found.reading}**")
        st.markdown("\n".join(f"- {line}" for line in found.readings))
        if found.awaiting:
            st.caption(found.awaiting)


def _half(item: Tile) -> None:
    with st.container(gap="xsmall"):
        components.tile_face(item)
        components.tile_words(item)
        components.why(item.reasons)


def _drawn(build: Callable[..., Panel], key: str) -> Callable[[Visit, Theme], None]:
    def draw(visit: Visit, theme: Theme) -> None:
        render.picture_panel(visit, visit.store.panel(build, render.view_of(visit, _first(theme))), key)

    return draw


def _first(theme: Theme) -> str:
    return next(iter(theme.measures), "")


DRAWN: dict[str, Callable[[Visit, Theme], None]] = {
    "map": _map,
    "boroughs": _boroughs,
    "pair": _pair,
    "groups": _drawn(stop_search_ethnicity.groups, "groups"),
    "night": _drawn(night_time_economy.night, "night"),
    "strands": _drawn(hate_crime_strands.strands, "strands"),
    "ranks": _drawn(survey_ranks.ranks, "ranks"),
}
