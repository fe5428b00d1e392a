"""The pictures of a theme, beyond the trends and maps of its measures."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from csp_dash.domain.plan import Theme
from csp_dash.panels import course
from csp_dash.panels.panel import Panel
from csp_dash.panels.themes import (
    hate_crime_strands,
    night_time_economy,
    paired_measures,
    stop_search_ethnicity,
    survey_ranks,
)
from csp_dash.panels.tile import Tile
from csp_dash.ui import components, render
from csp_dash.ui.frame import Visit


def _official(visit: Visit, slug: str) -> bool:
    item = visit.catalogue.indicators[slug]
    return item.counts_in_headlines and visit.store.data.shows(item)


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
            _half(visit, found.first)
            if found.second is not None:
                _half(visit, found.second)
        st.markdown(f"**{found.reading}**")
        st.markdown("\n".join(f"- {line}" for line in found.readings))
        if found.awaiting:
            st.caption(found.awaiting)


def _half(visit: Visit, item: Tile) -> None:
    with st.container(gap="xsmall"):
        components.tile_face(item, course.axis(visit.store.data), f"half-{item.indicator.slug}")
        components.tile_words(item)
        components.why(item.reasons)


def _drawn(build: Callable[..., Panel], key: str) -> Callable[[Visit, Theme], None]:
    def draw(visit: Visit, theme: Theme) -> None:
        render.picture_panel(visit, visit.store.panel(build, render.view_of(visit, _first(theme))), key)

    return draw


def _first(theme: Theme) -> str:
    return next(iter(theme.measures), "")


DRAWN: dict[str, Callable[[Visit, Theme], None]] = {
    "pair": _pair,
    "groups": _drawn(stop_search_ethnicity.groups, "groups"),
    "night": _drawn(night_time_economy.night, "night"),
    "strands": _drawn(hate_crime_strands.strands, "strands"),
    "ranks": _drawn(survey_ranks.ranks, "ranks"),
}
