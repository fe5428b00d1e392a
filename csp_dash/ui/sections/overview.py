"""Overview page: the headline, then each priority with its answer and measures."""

from __future__ import annotations

import streamlit as st

from csp_dash.domain.filters import Filters
from csp_dash.domain.plan import Priority
from csp_dash.panels.plan import answers
from csp_dash.panels.plan import targets as judged
from csp_dash.panels.themes import contribution
from csp_dash.panels.tile import Tile
from csp_dash.ui import components, render
from csp_dash.ui.frame import CARDS, Visit, page
from csp_dash.ui.sections import outcomes


def glance(visit: Visit) -> None:
    """The whole plan on one card: each priority with the state of its headline measures."""
    with st.container(border=True, height="stretch"):
        components.title("The plan at a glance")
        for priority in _shown(visit):
            number = f"{priority.number} " if priority.number else ""
            st.page_link(
                page(priority.slug), label=f"**{number}{priority.short}**", query_params=visit.filters.to_params()
            )
            st.markdown(
                " ".join([*(_chip(item) for item in render.tiles(visit, priority)), *_besides(visit, priority)])
            )
        st.caption(
            "A improving · D worsening · C no detectable change · ↗ ↘ rising or falling, which can be read two ways · "
            "? cannot tell · E figures end earlier. Each measure's newest 12 months against the year before, unless you choose otherwise."
        )


def _besides(visit: Visit, priority: Priority) -> list[str]:
    """A chip for the measures that got worse and are no headline, so that the card leaves nothing out."""
    worse = visit.store.panel(answers.worse_besides, render.view_of(visit, ""), priority.slug)
    return (
        [f":{components.TONES['bad']}-badge[D {worse} other {'measure' if worse == 1 else 'measures'}]"]
        if worse
        else []
    )


def _shown(visit: Visit) -> list[Priority]:
    return [priority for priority in visit.catalogue.priorities.values() if priority.slug in CARDS]


def _chip(item: Tile) -> str:
    tone = "gray" if item.ends else components.TONES[item.state.tone]
    return f":{tone}-badge[{item.state.mark} {item.title}{f', to {item.ends}' if item.ends else ''}]"


def priorities(visit: Visit) -> None:
    """Each priority: its answer, its headline measures with state, and the way in."""
    for priority in _shown(visit):
        _priority(visit, priority)


def _priority(visit: Visit, priority: Priority) -> None:
    tiles = render.tiles(visit, priority)
    with st.container(border=True):
        where = f"PRIORITY {priority.number}" if priority.number else "ACROSS ALL PRIORITIES"
        st.caption(f"{where} · plan page {priority.page}")
        st.page_link(
            page(priority.slug),
            label=f"**{priority.title}**",
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params=visit.filters.to_params(),
        )
        link = f"{priority.slug}{components.link(visit.filters)}#measures"
        st.markdown(f"**{render.answer(visit, priority, link)}**")
        with st.grid(4, min_column_width=185, gap="medium"):
            for item in tiles:
                _measure(item)


def _measure(item: Tile) -> None:
    with st.container(gap="xsmall"):
        components.tile_face(item)
        components.tile_words(item)


def what_moved(visit: Visit) -> None:
    """Which kinds of offence made the borough's total move."""
    components.section("What made the total move, and where the harm is", "moved")
    whole = visit.catalogue.priorities["borough"].headlines[0]
    view = render.view_of(visit, whole)
    render.picture_panel(visit, visit.store.panel(contribution.by_part, view), "what-moved", view)


def targets(visit: Visit) -> None:
    """The plan's numeric targets, each with its standing in words."""
    components.section("The plan's targets", "targets")
    with st.grid(2, min_column_width=320):
        for found in visit.store.panel(judged.targets, Filters()):
            outcomes.target_card(found)
