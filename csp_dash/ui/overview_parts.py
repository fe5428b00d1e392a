"""Parts of the overview: the borough's headline, then each priority with its answer and its measures."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from csp_dash.domain.catalogue import Priority
from csp_dash.packs import findings
from csp_dash.packs.tile import Tile
from csp_dash.ui import marks, panels
from csp_dash.ui.frame import CARDS, Visit, page


def priorities(visit: Visit) -> None:
    """Each priority: its question, the answer, its headline measures with state, and the way in."""
    for priority in visit.catalogue.priorities.values():
        if priority.slug in CARDS:
            _priority(visit, priority)


def _priority(visit: Visit, priority: Priority) -> None:
    tiles = panels.tiles(visit, priority)
    with st.container(border=True):
        where = f"PRIORITY {priority.number}" if priority.number else "ACROSS ALL PRIORITIES"
        st.caption(where)
        st.markdown(f"#### {priority.title}")
        st.markdown(f"**{findings.answer(tiles)}**")
        with st.grid(4, min_column_width=215, gap="medium"):
            for item in tiles:
                _measure(item)
        st.page_link(
            page(priority.slug), label=f"See {priority.short}", icon=":material/arrow_forward:",
            query_params=visit.filters.to_params(),
        )


def _measure(item: Tile) -> None:
    with st.container(gap="xsmall"):
        st.metric(item.title, item.figure, chart_data=list(item.spark) or None, delta_description=f"{item.unit}, {item.period}")
        marks.badge(item.state)
        st.caption(item.sentence)


def targets(visit: Visit) -> None:
    """The plan's numeric targets, each with its standing in words."""
    st.subheader("The plan's targets", anchor="targets")
    st.caption("The plan states four, none with a baseline. Saying so is more honest than a colour.")
    rows = [
        {
            "Target": target.title,
            "Status": ":gray-badge[? Cannot be judged]",
            "Why": target.why_unjudged,
            "Plan page": str(target.page),
        }
        for target in visit.catalogue.targets
    ]
    st.table(pd.DataFrame(rows), hide_index=True, border="horizontal", alt="The plan's targets and their status")
