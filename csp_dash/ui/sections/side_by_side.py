"""A measure beside another: the choice of the second, both over time, both over the wards."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from csp_dash.domain.filters import Filters
from csp_dash.domain.indicator import Indicator
from csp_dash.panels.wards import side_by_side as panels
from csp_dash.ui import render, url_state
from csp_dash.ui.frame import Visit, tell


def side_by_side(visit: Visit, item: Indicator) -> None:
    """Two measures with their correlation; the URL keeps the second."""
    data = visit.store.data
    view = render.view_of(visit, item.slug)
    asked = replace(view, beside=visit.filters.beside)
    second = panels.second_of(data, asked)
    if not second:
        st.info("No other measure here has figures to stand beside it.")
        return
    _choose(visit, asked, second)
    if asked.beside not in ("", second):
        other = visit.catalogue.indicators[asked.beside].title
        tell([f"{other}: there are no other figures of it to set beside {item.title}, so another measure is shown."])
    found = visit.store.panel(panels.side_by_side, view, second)
    kept = replace(view, lens="both", beside=second)
    with st.grid(2, min_column_width=360, gap="medium"):
        render.picture_panel(visit, found.over_time, "beside-time", kept)
        render.picture_panel(visit, found.over_wards, "beside-wards", kept)


def _choose(visit: Visit, view: Filters, second: str) -> None:
    """The second measure, from all that can stand beside the first."""
    items = visit.catalogue.indicators
    st.session_state["beside_choice"] = second

    def keep() -> None:
        url_state.choose(beside=st.session_state["beside_choice"])

    st.selectbox(
        f"Set {items[view.indicator].short} beside",
        panels.seconds(visit.store.data, view),
        key="beside_choice",
        on_change=keep,
        format_func=lambda slug: items[slug].title,
        width=480,
    )
