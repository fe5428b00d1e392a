"""A page that is read in parts: the search, the way to each part, and the part that the address names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from csp_dash.domain.filters import NO_PART
from csp_dash.ui import components, url_state
from csp_dash.ui.frame import CARDS, Visit, page, tell, titled
from csp_dash.ui.sections import search


@dataclass(frozen=True)
class Part:
    """A part with an address of its own. `draw` is also told which thing in it the address opens, or nothing."""

    id: str
    title: str
    draw: Callable[[Visit, str], None]


def show(visit: Visit, question: str, parts: Sequence[Part]) -> None:
    """The page's question, and the part that the address names, or the first, which answers it."""
    name, _, item = visit.filters.part.partition(".")
    part = next((part for part in parts if part.id == name), None)
    if name and part is None:
        tell([NO_PART.format(f"\u201c{name}\u201d")])
        item = ""
    part = part or parts[0]
    named = [] if part is parts[0] else [part.title]
    titled(visit, *named, CARDS[visit.page].title)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small", key="question"
    ):
        st.title(question, anchor=False)
        typed = search.box(visit)
    search.hits(visit, typed)
    _ways(visit, parts, part)
    with st.container(key="part"):
        components.section(part.title)
    part.draw(visit, item)


def _ways(visit: Visit, parts: Sequence[Part], shown: Part) -> None:
    """A link to each part; that of the part on the screen is its name alone."""
    with st.container(horizontal=True, key="on-screen-parts", gap="xsmall"):
        for part in parts:
            if part is shown:
                st.markdown(f"**{part.title}**", width="content")
                continue
            st.page_link(
                page(visit.page),
                label=part.title,
                query_params=replace(visit.filters, part=part.id).to_params(),
                width="content",
            )


def one_of(part: str, options: Mapping[str, str], item: str, label: str) -> str:
    """Which group of a part is shown: a choice that the address keeps. The first where `item` names none."""
    key = f"group-{part}"
    st.session_state[key] = chosen = item if item in options else next(iter(options))
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=lambda: url_state.choose(part=f"{part}.{st.session_state[key]}"),
        required=True,
        label_visibility="collapsed",
    )
    return chosen


def unknown(item: str, known: bool, thing: str, instead: str) -> None:
    """That the address opens a thing which is not there, and what stands in its place."""
    if item and not known:
        tell([f"There is no {thing} called \u201c{item}\u201d here, so {instead}."])
