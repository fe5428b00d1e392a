"""Rendering of panels: title, picture, sentence, table, source and link."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from csp_dash.domain import wording
from csp_dash.domain.enums import Frequency, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.plan import Priority
from csp_dash.panels.panel import Panel
from csp_dash.panels.plan import answers
from csp_dash.panels.selection import select
from csp_dash.panels.themes import crime_harm
from csp_dash.panels.tile import Tile, tile
from csp_dash.panels.trends import comparisons as compared
from csp_dash.panels.wards import ranking
from csp_dash.ui import components, url_state
from csp_dash.ui.chart import chart
from csp_dash.ui.filter_sheet import filter_sheet
from csp_dash.ui.frame import Visit

MAP_HEIGHT = 520


def view_of(visit: Visit, slug: str) -> Filters:
    """The visit's view of one indicator, without the fields that a panel does not depend on."""
    return replace(visit.filters, indicator=slug, lens="", since=None, board="", beside="", part="")


def heading(visit: Visit, slug: str) -> None:
    """The page's question, small; the answer in one sentence, large; and the filters."""
    priority = visit.catalogue.priorities[slug]
    question(visit, priority.question)
    with st.container(key="verdict"):
        st.markdown(placed(visit, answer(visit, priority, "#measures")))


def placed(visit: Visit, sentence: str) -> str:
    """A verdict with the wards that it is of, where the view is of some."""
    wards = wording.listed([visit.words.wards[code] for code in visit.filters.wards])
    return f"In {wards}: {wording.inside(sentence)}" if wards else sentence


def question(visit: Visit, text: str) -> None:
    """The page's question with the view in words beside it, which opens the filters."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small", key="question"
    ):
        st.title(text, anchor=False)
        filter_sheet(visit)


def as_chosen(visit: Visit) -> Visit:
    """The visit of a part of a page that runs by itself: with the address as it is now.

    Where a choice in it changed more than the measure and how it is looked at, the whole page is drawn anew.
    """
    now = url_state.present()
    if replace(visit.filters, indicator=now.indicator, lens=now.lens, shade=now.shade, beside=now.beside) != now:
        st.rerun()
    return replace(visit, filters=now)


def answer(visit: Visit, priority: Priority, link: str) -> str:
    """The answer to a priority's question; `link` leads to all its measures."""
    return visit.store.panel(
        answers.answer, replace(view_of(visit, ""), board=visit.filters.board), priority.slug, link
    )


def tiles(visit: Visit, priority: Priority) -> tuple[Tile, ...]:
    """The headline tiles of a priority, in the plan's order."""
    return tuple(
        visit.store.panel(tile, view_of(visit, slug)) for slug in answers.headlines(visit.store.data, priority)
    )


def picture_panel(visit: Visit, picture: Panel, key: str, view: Filters | None = None) -> None:
    """Any picture with its finding, its words, its table and its source."""
    with st.container(border=True):
        title(picture)
        if picture.empty:
            st.info(
                picture.sentence or "There are no figures for this choice. Choose another period, place or measure."
            )
            return
        if isinstance(picture.figure, str):
            st.html(picture.figure)
        else:
            chart(picture.figure, key=key, alt=picture.alt)
        components.legend(picture.legend)
        if picture.sentence:
            st.markdown(picture.sentence)
        if picture.remark:
            st.caption(picture.remark)
        components.foot(picture.evidence, visit.release, view or visit.filters, key)


def comparisons(visit: Visit, slug: str) -> None:
    """A measure compared in every like-for-like way, a card each; refusals in words."""
    view = view_of(visit, slug)
    found = visit.store.panel(compared.comparisons, view)
    with st.container(border=True):
        components.title(found.title)
        st.caption("Like for like only: whole periods, the same months, no declared break between them.")
        with st.grid(2, min_column_width=280):
            for way in found.ways:
                with st.container(border=True, height="stretch", gap="xsmall"):
                    st.markdown(f"**{way.name}**")
                    components.badge(way.state)
                    st.markdown(way.sentence)
                    if way.range:
                        st.caption(f"Likely range of the change (95%): {way.range}")
        st.markdown("\n".join(f"- {line}" for line in found.elsewhere))
        st.download_button(
            "Download the comparisons (CSV)",
            found.csv,
            found.filename,
            "text/csv",
            key=f"compared-{slug}",
            on_click="ignore",
            icon=":material/download:",
        )


def harm_panel(visit: Visit, kept: Filters | None = None) -> None:
    """Volume beside harm for the borough, with the index that weighed it; its link is to `kept`, or to the harm alone."""
    view = view_of(visit, "")
    found = visit.store.panel(crime_harm.volume_harm, view)
    picture_panel(visit, found.picture, "volume-harm", kept or view)
    with st.expander("How harm is weighed, and what is left out", icon=":material/scale:"):
        st.markdown(
            f"{found.index.method} Source: [{found.index.title}]({found.index.url}), {found.index.as_at}. {found.index.source}"
        )
        st.markdown("\n".join(f"- **{what}** left out: {why}" for what, why in found.index.excluded))
        st.markdown(
            "\n".join(
                f"- {kind.label}: mean {kind.mean:g} days, median {kind.median:g} days" for kind in found.index.classes
            )
        )


def ranked(visit: Visit, slug: str, *, mapped: bool = False) -> None:
    """Tower Hamlets among London's boroughs, as bars and, where `mapped`, on a map beside them."""
    view = view_of(visit, slug)
    picture = visit.store.panel(ranking.boroughs, view)
    if picture.empty:
        return
    with st.container(border=True):
        title(picture)
        left, right = st.columns([3, 2], gap="large") if mapped else (st.container(), None)
        with left:
            chart(picture.figure, key=f"rank-{slug}", alt=picture.alt)
        if right is not None:
            london = visit.store.panel(ranking.borough_map, view)
            with right:
                chart(london.figure, key=f"london-{slug}", alt=london.alt)
                components.legend(london.legend)
        components.foot(picture.evidence, visit.release, pinned(visit, view), f"rank-{slug}")


def title(picture: Panel) -> None:
    """A picture's finding, with the word that stands on everything made up."""
    if picture.indicator.trust is Trust.ILLUSTRATIVE:
        components.illustrative()
    components.title(picture.title)
    if picture.caption:
        st.caption(picture.caption)


def pinned(visit: Visit, view: Filters) -> Filters:
    """The view with its period written out, for a link that keeps it."""
    if visit.catalogue.indicators[view.indicator].frequency is not Frequency.MONTH:  # they keep to periods of their own
        return view
    question = select(visit.store.data, view)
    return view.pinned(question.span) if question.span else view
