"""Plan page: what each priority aims at and wants, how it is delivered, and who answers for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd
import streamlit as st

from csp_dash.analytics.state import State
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.plan import Board, Priority
from csp_dash.panels.tile import tile
from csp_dash.ui import components, render
from csp_dash.ui.frame import CARDS, Visit, page
from csp_dash.ui.sections import outcomes, parts

ORDER = "DA\u2197\u2198C?E"
"""Letters of states, worst first."""
SHORT = {"C": "no change found", "E": "ended"}


def aims(visit: Visit, item: str) -> None:
    """Why a priority is one, what it aims at, how it is delivered, and by whom."""
    priority = _chosen(visit, "priorities", item)
    st.markdown(f"*{'; '.join(priority.focus)}*" if priority.focus else "")
    left, right = st.columns(2, gap="large")
    with left:
        _bullets("Why it is a priority", priority.why)
        _bullets("Aims", priority.aims)
    with right:
        _bullets("How it is delivered", priority.delivery)
        names = [visit.catalogue.boards[board] for board in priority.boards]
        _bullets("Boards", [f"{board.title}. {board.note}".strip() for board in names])
    _figures(visit, priority)


def wanted(visit: Visit, item: str) -> None:
    """The outcomes that a priority wants, and what measures each."""
    priority = _chosen(visit, "outcomes", item)
    with st.grid(2, min_column_width=330):
        for outcome in priority.outcomes:
            with st.container(border=True, height="stretch", gap="xsmall"):
                way = f", {outcome.direction.value} is better" if outcome.direction else ""
                st.markdown(f"**{outcome.text}** (p{outcome.page}{way})")
                outcomes.outcome_measures(visit, priority.slug, outcome)
    _figures(visit, priority)


def _chosen(visit: Visit, part: str, item: str) -> Priority:
    """The priority that the address opens, or the first, under its title."""
    wanting = {slug: priority for slug, priority in visit.catalogue.priorities.items() if priority.outcomes}
    names = {slug: f"{one.number or ''} {one.short}".strip() for slug, one in wanting.items()}
    parts.unknown(item, item in names, "priority", "the first is shown")
    priority = wanting[parts.one_of(part, names, item, "Priority")]
    number = f"Priority {priority.number}: " if priority.number else "Across all four: "
    components.title(f"{number}{priority.title}")
    return priority


def _figures(visit: Visit, priority: Priority) -> None:
    if priority.slug in CARDS:
        st.page_link(
            page(priority.slug),
            label=f"Open the figures for {priority.short}",
            icon=":material/arrow_forward:",
            query_params=visit.filters.elsewhere().to_params(),
        )


def _bullets(title: str, lines: Iterable[str]) -> None:
    lines = list(lines)
    if lines:
        st.markdown(f"**{title}**\n" + "\n".join(f"- {line}" for line in lines))


def boards(visit: Visit, item: str) -> None:
    """All boards with the states of what each answers for, and one of them in full."""
    held = visit.catalogue.boards
    parts.unknown(item, item in held, "board", "the first is shown")
    st.table(
        pd.DataFrame([_line(visit, board) for board in held.values()]),
        hide_index=True,
        border="horizontal",
        alt="Boards with the states of their measures, what they await and their targets",
    )
    chosen = held[parts.one_of("boards", {name: board.title for name, board in held.items()}, item, "Board")]
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{chosen.title}** (p{chosen.page})")
        if chosen.note:
            st.caption(chosen.note)
        _answers_for(visit, chosen.id)


def _line(visit: Visit, board: Board) -> dict[str, str]:
    states = [state for _, state in _measured(visit, board.id)]
    return {
        "Board": f"{board.title} (p{board.page})",
        "Its measures now": _counts(states) or "none",
        "Awaiting": str(len(outcomes.asked_for(_items(visit, board.id)))),
        "Targets": str(len(_targets(visit, board.id))),
    }


def _counts(states: Sequence[State]) -> str:
    """How many measures are in each state, worst first."""
    number = Counter(state.mark for state in states)
    first = {state.mark: state for state in reversed(states)}
    return " ".join(
        f":{components.TONES[first[mark].tone]}-badge[{mark} {number[mark]} {SHORT.get(mark, first[mark].word.lower())}]"
        for mark in sorted(number, key=ORDER.index)
    )


def _items(visit: Visit, board: str) -> list[Indicator]:
    return [item for item in visit.catalogue.indicators.values() if item.place.board == board]


def _measured(visit: Visit, board: str) -> list[tuple[Indicator, State]]:
    """A board's measures that this instance shows, with their states."""
    return [
        (item, visit.store.panel(tile, render.view_of(visit, item.slug)).state)
        for item in _items(visit, board)
        if item.counts_in_headlines and visit.store.data.shows(item)
    ]


def _targets(visit: Visit, board: str) -> list[str]:
    figures = visit.catalogue.figures
    return [target.title for target in visit.catalogue.targets if figures[target.figure].board == board]


def _answers_for(visit: Visit, board: str) -> None:
    lines = [
        f"- {components.chip(state)} {components.measure_link(visit.filters, item)}"
        for item, state in _measured(visit, board)
    ]
    waiting = outcomes.asked_for(_items(visit, board))
    if waiting:
        lines.append(f"- Awaiting: {', '.join(waiting)}.")
    if due := _targets(visit, board):
        lines.append(f"- [Targets]({components.way('plan', visit.filters, 'targets')}): {'; '.join(due)}.")
    st.markdown("\n".join(lines) if lines else "No measure of the plan is placed with it.")
