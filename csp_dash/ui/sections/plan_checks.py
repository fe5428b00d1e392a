"""Plan page: its claims, held against official data and against its own numbers."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from csp_dash.domain.enums import FigureKind
from csp_dash.domain.filters import Filters
from csp_dash.domain.plan import Contradiction
from csp_dash.panels.plan import plan_checks, plan_claims
from csp_dash.ui import components
from csp_dash.ui.frame import Visit
from csp_dash.ui.sections import parts

GROUPS = {"differs": "Differs", "agrees": "Agrees", "nearest": "Only the nearest measure is open"}
CLAIMS = {"change": "Changes", "opinion": "What people said"}


def checked(visit: Visit, item: str) -> None:
    """The plan's claims held against today's official series."""
    found = visit.store.panel(plan_checks.table, Filters())
    components.title(found.title)
    st.caption(found.caption)
    st.table(found.table, hide_index=True, border="horizontal", alt=found.title)
    st.download_button(
        "Download this table (CSV)",
        found.csv,
        "plan-checked.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def reasons(visit: Visit, item: str) -> None:
    """Why each checked claim agrees or differs, a verdict at a time; the claim that the address opens comes first."""
    cards = visit.store.panel(plan_checks.table, Filters()).cards
    held = [card.group for card in cards]
    groups = {name: f"{title} ({held.count(name)})" for name, title in GROUPS.items() if name in held}
    opened = next((card for card in cards if card.figure == item), None)
    parts.unknown(item, item in groups or opened is not None, "claim", "the first group is shown")
    chosen = parts.one_of("reasons", groups, opened.group if opened else item, "Verdict")
    shown = [card for card in cards if card.group == chosen]
    with st.grid(2, min_column_width=330):
        for card in sorted(shown, key=lambda card: card is not opened):
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"{card.verdict} **{card.claim}**")
                st.markdown(f"Plan {card.plan}, official data now {card.now}. **{card.real}**")
                st.caption(card.why)
                _touched(visit, card.contradictions)


def _touched(visit: Visit, items: Iterable[Contradiction]) -> None:
    """Links to the register for a figure that the plan contradicts."""
    links = [
        f"[{components.entry(item)}]({components.way('plan', visit.filters, components.register(item.number))})"
        for item in items
    ]
    if links:
        st.caption(f"The plan does not agree with itself here: {'; '.join(links)}")


def claimed(visit: Visit, item: str) -> None:
    """The claims that no open series can be held against, each with what can be said of it."""
    found = visit.store.panel(plan_claims.claims, Filters())
    parts.unknown(item, item in CLAIMS, "group", "changes are shown")
    opinions = parts.one_of("claims", CLAIMS, item, "Kind of claim") == "opinion"
    lines = [
        f"- **{claim.figure.name}, {claim.said}** (p{claim.figure.page}): **{claim.verdict}.** {claim.why}"
        for claim in found
        if (claim.figure.kind is FigureKind.SURVEY) is opinions
    ]
    st.markdown("\n".join(lines))
