"""The search of the plan and methods pages. What is typed is looked up on this machine and stands in no URL."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.panels import finder
from csp_dash.ui.components import plain
from csp_dash.ui.frame import Visit, page


def box(visit: Visit) -> str:
    """Where words are typed; empty again in another part."""
    typed = st.text_input(
        "Search the plan, sources and methods",
        key=f"search-{visit.page}-{visit.filters.part}",
        placeholder="Search the plan, sources and methods",
        label_visibility="collapsed",
        icon=":material/search:",
        max_chars=80,
        width=380,
    )
    return (typed or "").strip()


def hits(visit: Visit, typed: str) -> None:
    """What has the words that were typed, each with a link to its place."""
    if not typed:
        return
    found = finder.find(visit.store.panel(finder.index, Filters()), typed)
    with st.container(border=True, gap="xsmall", key="on-screen-found"):
        if not found.number:
            st.markdown(
                f"Nothing here has \u201c{plain(typed)}\u201d. Try fewer words, or another one for it: "
                "a measure, a source, a board, a law."
            )
            return
        more = f" The best {len(found.hits)} stand here: add a word to narrow them."
        count = wording.capital(wording.counted(found.number, "places"))
        st.caption(f"{count} found." + more * (found.number > len(found.hits)))
        for hit in found.hits:
            _hit(visit, hit)


def _hit(visit: Visit, hit: finder.Hit) -> None:
    st.page_link(
        page(hit.entry.page),
        label=f"**{plain(hit.entry.title)}** · {hit.entry.kind}",
        query_params=replace(visit.filters, part=hit.entry.part).to_params(),
    )
    if hit.around:
        st.caption(plain(hit.around))
