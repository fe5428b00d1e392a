"""How a figure was made, as a short table, for any page."""

from __future__ import annotations

import streamlit as st

from csp_dash.analytics import palette
from csp_dash.domain.filters import Filters
from csp_dash.panels.about import how_made as panel
from csp_dash.ui import components
from csp_dash.ui.frame import Visit

ROW = f"border-bottom:1px solid {palette.HAIRLINE};padding:0.2rem 0.9rem 0.2rem 0;text-align:left;vertical-align:top"


def how_made(visit: Visit, view: Filters) -> None:
    """What the figure of a view is made of, what gives the same number elsewhere, and a link to its publisher."""
    made = visit.store.panel(panel.how_made, view)
    rows = "".join(
        f'<tr><th scope="row" style="{ROW};font-weight:600;width:8rem">{components.safe(label)}</th>'
        f'<td style="{ROW};overflow-wrap:anywhere">{components.safe(text)}</td></tr>'
        for label, text in made.lines
    )
    st.html(f'<table style="font-size:0.85rem;line-height:1.4;border-collapse:collapse;width:100%">{rows}</table>')
    if made.commands:
        st.caption("The same number on the command line" + (", ward by ward" if len(made.commands) > 1 else ""))
        st.code("\n".join(made.commands), language=None, wrap_lines=True)
    if made.url:
        st.caption(f"Publisher: [{components.plain(made.source)}]({made.url})")
