"""Outcomes and delivery on a priority page."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from csp_dash.analytics.target import Standing
from csp_dash.domain.enums import Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.plan import Outcome
from csp_dash.panels.plan import targets as judged
from csp_dash.panels.tile import tile
from csp_dash.ui import components, render
from csp_dash.ui.frame import Visit, page

STANDINGS = {
    Standing.MET: (":material/check_circle:", "green"),
    Standing.ON: (":material/trending_up:", "green"),
    Standing.OFF: (":material/trending_down:", "orange"),
    Standing.MISSED: (":material/cancel:", "orange"),
    Standing.UNKNOWN: (":material/help:", "gray"),
}


def below(visit: Visit, slug: str) -> None:
    """Under the measures, each one step away: what the plan wants here, and what the partnership said it would do."""
    priority = visit.catalogue.priorities[slug]
    for found in visit.store.panel(judged.targets, Filters()):
        if visit.catalogue.figures[found.target.figure].priority == slug:
            target_line(found)
    wanted = st.expander(
        f"What the plan wants here, and what shows it ({len(priority.outcomes)} outcomes)",
        icon=":material/flag:",
        key=f"wanted-{slug}",
        on_change="rerun",
    )
    if wanted.open:
        with wanted, st.grid(3, min_column_width=280):
            for outcome in priority.outcomes:
                with st.container(border=True, height="stretch"):
                    st.markdown(f"**{outcome.text}**")
                    outcome_measures(visit, slug, outcome)
                    st.caption(f"Plan, page {outcome.page}")
    delivery(visit, slug)


def outcome_measures(visit: Visit, slug: str, outcome: Outcome) -> None:
    """What measures an outcome, each with its state and a link; that nothing does is said."""
    items = [item for item in visit.catalogue.of_priority(slug) if item.place.outcome == outcome.id]
    measured = [item for item in items if item.counts_in_headlines and visit.store.data.shows(item)]
    waiting = asked_for(items)
    for item in measured:
        found = visit.store.panel(tile, render.view_of(visit, item.slug))
        st.markdown(f"{components.chip(found.state)} {components.measure_link(visit.filters, item, found.subject)}")
    if waiting:
        st.markdown("Awaiting " + ", ".join(waiting) + ".")
    if not measured:
        st.markdown(f":material/visibility_off: **No measure on this page.** {outcome.measures}")


def target_line(found: judged.Judged) -> None:
    """A target of the plan with its standing in one line; opened, its readings."""
    target = found.target
    with st.expander(
        f"**Target: {target.title}, {target.words}: {found.standing.word.lower()}**", icon=STANDINGS[found.standing][0]
    ):
        target_words(found)


def target_card(found: judged.Judged) -> None:
    """A target of the plan with its standing, what each reading of its words gives, and what the data could show."""
    target = found.target
    with st.container(border=True, height="stretch"):
        st.badge(found.standing.value, icon=STANDINGS[found.standing][0], color=STANDINGS[found.standing][1])  # type: ignore[arg-type]
        st.markdown(f"**Target: {target.title}, {target.words}**")
        target_words(found)


def target_words(found: judged.Judged) -> None:
    """Why a target is not judged, each reading of its words, and what the data could show."""
    target = found.target
    st.markdown(f"{target.why_unjudged} {target.lacking}".strip())
    st.markdown("\n".join(f"- {line}" for line in found.readings))
    if found.limits:
        st.markdown(found.limits)
    st.caption(f"Baseline {target.baseline}. Due by {target.due.words}. Plan, page {target.page}.")


def asked_for(items: Iterable[Indicator]) -> list[str]:
    """Short names of those without figures that a partner is asked for: nobody publishes them."""
    return [item.short for item in items if item.trust is Trust.AWAITING and item.asks]


def awaiting_card(visit: Visit, item: Indicator) -> None:
    """An awaiting measure by itself: what it is, who holds it, the plan's figure, and how it gets figures."""
    with st.container(border=True):
        components.section(item.title)
        st.markdown(item.plain)
        st.badge("No figures yet", icon=":material/hourglass_empty:", color=components.TONES["unknown"])
        lines = [
            f"**Held by:** {item.holder}",
            f"**The plan's figure:** {visit.catalogue.said_of(item.slug) or 'it gives none'}",
            f"**How it gets figures:** {_becomes_real(item)}",
        ]
        st.markdown("\n".join(f"- {line}" for line in lines))


def _becomes_real(item: Indicator) -> str:
    if item.asks:
        return "its holder sends a return, a small spreadsheet that the partnership gives out; it then appears here."
    return "it is published by its holder, and appears here when a release takes that file in."


def delivery(visit: Visit, slug: str) -> None:
    """What is being done: residents trust action more than maps."""
    priority = visit.catalogue.priorities[slug]
    with st.expander("What the partnership said it would do", icon=":material/handshake:"):
        st.markdown("\n".join(f"- {line}" for line in priority.delivery))
        st.caption(f"In our words, from page {priority.page} of the plan on")
        st.page_link(
            page("plan"), label="The whole plan", icon=":material/menu_book:", query_params=visit.filters.to_params()
        )
