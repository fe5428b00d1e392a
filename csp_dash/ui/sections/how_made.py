"""How a figure was made, as a short table, for any page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from csp_dash.domain.filters import Filters
from csp_dash.panels.about import how_made as panel
from csp_dash.ui import components
from csp_dash.ui.frame import Visit


def how_made(visit: Visit, view: Filters) -> None:
    """What the figure of a view is made of, what gives the same number elsewhere, and a link to its publisher."""
    made = visit.store.panel(panel.how_made, view)
    components.table(
        pd.DataFrame(made.lines, columns=["How it was made", ""]),
        "How the figure was made: what was counted, from what",
    )
    if made.commands:
        st.caption("The same number on the command line" + (", ward by ward" if len(made.commands) > 1 else ""))
        st.code("\n".join(made.commands), language=None, wrap_lines=True)
    if made.url:
        st.caption(f"[{components.plain(made.source)}]({made.url})")
