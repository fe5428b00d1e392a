"""Methods page: every measure, and all facts of one."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from csp_dash.domain import wording
from csp_dash.domain.enums import Direction, Trust
from csp_dash.domain.filters import Filters
from csp_dash.panels.about import methods_tables
from csp_dash.panels.export import csv_text
from csp_dash.ui import components, url_state
from csp_dash.ui.components import plain
from csp_dash.ui.frame import Visit, page
from csp_dash.ui.sections import parts

BETTER = {
    Direction.LOWER: "lower is better",
    Direction.HIGHER: "higher is better",
    Direction.AMBIGUOUS: "can be read two ways",
}
SLUG = "Name in links"


def definitions(visit: Visit, item: str) -> None:
    """Every measure, a priority at a time: what it counts, its direction and period; and all facts of one."""
    rows = visit.store.panel(methods_tables.measures, Filters())
    opened = rows[rows[SLUG] == item]
    groups = {slug: one.short for slug, one in visit.catalogue.priorities.items() if slug in set(rows["priority"])}
    parts.unknown(item, item in groups or len(opened) > 0, "measure", "those of the first priority are listed")
    group = parts.one_of("measures", groups, opened["priority"].iloc[0] if len(opened) else item, "Priority")
    listed = rows[rows["priority"] == group]
    _choose(listed, item)
    if len(opened):
        _facts(visit, opened.to_dict("records")[0])
        _all(visit, group, groups[group])
        return
    st.caption(f"Figures are {Trust.OFFICIAL.words} unless said otherwise.")
    st.markdown("\n".join(_line(visit, row) for row in listed.to_dict("records")))
    st.download_button(
        "Download all measures (CSV)",
        csv_text(rows),
        "measures.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _choose(listed: pd.DataFrame, item: str) -> None:
    """One of the measures listed, to be shown with all its facts."""
    titles = dict(zip(listed[SLUG], listed["Measure"], strict=True))
    st.session_state["measure-facts"] = item if item in titles else None
    st.selectbox(
        "All facts of one measure",
        list(titles),
        index=None,
        format_func=lambda slug: titles[slug],
        placeholder="All facts of one measure",
        label_visibility="collapsed",
        key="measure-facts",
        on_change=lambda: url_state.choose(part=f"measures.{st.session_state['measure-facts']}"),
        width=460,
    )


def _all(visit: Visit, group: str, title: str) -> None:
    st.page_link(
        page(visit.page),
        label=f"All measures: {title}",
        icon=":material/arrow_back:",
        query_params=replace(visit.filters, part=f"measures.{group}").to_params(),
    )


def _facts(visit: Visit, row: dict[Hashable, Any]) -> None:
    item = visit.catalogue.indicators[row[SLUG]]
    sources = [
        f"[{visit.catalogue.sources[name].title}]({components.way('methods', visit.filters, f'sources.{name}')})"
        for name in item.sources
    ]
    notes = [visit.catalogue.events[name] for name in (*item.caveats, *item.breaks)]
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{item.title}.** {item.plain}")
        st.markdown(
            f"- {wording.capital(BETTER[item.direction])}\n- Standing: {row['Standing']}\n- Figures: {row['Figures']}\n"
            f"- Source: {', '.join(sources) or plain(item.holder)}\n- Name in links: `{item.slug}`"
        )
        st.markdown("\n".join(f"- **{note.title}.** {note.text}" for note in notes))
        st.markdown(components.measure_link(visit.filters, item, "Its figures"))


def _line(visit: Visit, row: dict[Hashable, Any]) -> str:
    item = visit.catalogue.indicators[row[SLUG]]
    facts = [BETTER[item.direction], row["Figures"] if row["Figures"] != "none" else "no figures yet"]
    facts += [row["Standing"]] * (item.trust is not Trust.OFFICIAL)
    return f"- **{components.measure_link(visit.filters, item)}.** {item.plain} :small[{wording.capital(' · '.join(facts))}]"
