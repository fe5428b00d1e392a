"""What changed since a month: the answer, the measures that changed state, and what else is new, late or revised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from csp_dash.analytics.state import State
from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month
from csp_dash.panels.about import release_notes
from csp_dash.panels.plan.changes_since import Changes, Row, changes_since, choices
from csp_dash.panels.plan.since_release import since_release
from csp_dash.ui import components, frame, markup, state_table, url_state
from csp_dash.ui.frame import Visit


def show(visit: Visit) -> None:
    """The whole page: answer, choices, table, then what else is new."""
    found = visit.store.panel(changes_since, Filters(since=visit.filters.since, board=visit.filters.board))
    if found.told:
        frame.tell([found.told])
    with st.container(key="question"):
        st.title(f"What changed since {found.since.words}?", anchor=False)
    with st.container(key="verdict"):
        st.markdown(components.plain(found.answer))
    if found.still:
        st.markdown(components.plain(found.still))
    _choices(visit, found)
    if found.turned or found.neither or found.still_worse or found.same:
        _table(visit, found)
    _besides(visit, found)


def _choices(visit: Visit, found: Changes) -> None:
    state = st.session_state
    state["changed-since"], state["changed-board"] = str(found.since), visit.filters.board
    boards = {"": "Every board", **visit.words.boards}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Since",
            [*map(str, choices(visit.store.data))],
            format_func=lambda text: Month.parse(text).words,
            key="changed-since",
            on_change=lambda: url_state.choose(since=Month.parse(state["changed-since"])),
            width=200,
        )
        st.selectbox(
            "Measures of",
            list(boards),
            format_func=lambda board: boards[board],
            key="changed-board",
            on_change=lambda: url_state.choose(board=state["changed-board"]),
            width=360,
        )


def _table(visit: Visit, found: Changes) -> None:
    """One table: what changed state, worse first; what is worsening still; the rest folded."""
    heads = (
        ("", "Measure, whole borough"),
        ("number", f"12 months to {found.since.short}"),
        ("number", f"to {found.newest.short}"),
        ("number", "Moved by"),
        ("states", "On the year before, then"),
        ("states", "On the year before, now"),
    )
    groups = (("Changed state", found.turned), ("Worsening then and now", found.still_worse))
    body = "".join(markup.group(title, len(heads)) + _rows(visit, found, rows) for title, rows in groups if rows)
    html = (
        state_table.table(heads, body, "Measures that changed state, and those that are worsening still")
        if body
        else ""
    )
    folded = (("changed state, neither for better nor worse", found.neither), ("in the same state as then", found.same))
    for what, rows in folded:
        if rows:
            label = f"{wording.counted(len(rows), 'measures')} {what}"
            html += state_table.fold(label, state_table.table(heads, _rows(visit, found, rows), label))
    state_table.show(html)
    st.caption(
        "A state is the verdict on 12 months against the 12 before, told with the figures to that month as they stand today. "
        "The two years overlap, so the change from then to now is not tested."
    )


def _rows(visit: Visit, found: Changes, rows: Iterable[Row]) -> str:
    return "".join(_row(visit, found, row) for row in rows)


def _row(visit: Visit, found: Changes, row: Row) -> str:
    view = replace(visit.filters, indicator=row.indicator.slug, lens="")
    return state_table.row(
        state_table.link(row.indicator.short, components.way("explore", view), row.note),
        state_table.cell(row.then, "number", found.since.short),
        state_table.cell(row.now, "number now", "now"),
        state_table.cell(row.moved, "number change"),
        state_table.html_cell(f"{_mark(row.was)} {_by(row.by_then)}", "states first"),
        state_table.html_cell(f'<span aria-hidden="true">\u2192</span> {_mark(row.state)} {_by(row.by_now)}', "states"),
    )


def _by(change: str) -> str:
    """The change on the year before that a state is the verdict on."""
    return f"<small>{components.safe(change)}</small>" if change else ""


def _mark(state: State) -> str:
    tone = {"good": "good", "bad": "bad"}.get(state.tone, "" if state.letter else "moved")
    return state_table.mark(f"{state.mark} {markup.SHORT.get(state.word, state.word)}", tone, state.word)


def _besides(visit: Visit, found: Changes) -> None:
    """New months, new and ended series, what is late, and what an earlier release said otherwise."""
    lines = [found.months, *found.series, _late(visit)]
    before = visit.store.panel(since_release, Filters(since=visit.filters.since, board=visit.filters.board))
    lines.append(
        before.sentence
        if before
        else "No earlier release is kept here, so it cannot be told which figures were revised since."
    )
    way = components.way("methods", visit.filters, "changes")
    st.caption("\n".join(f"- {components.plain(line)}" for line in lines if line) + f" [Release notes]({way})")
    if before is None or before.revised.empty:
        return
    with st.expander("Figures that were revised, the largest changes first", icon=":material/edit_note:"):
        components.table(before.revised, "Figures of the borough that were revised: period, what it was, what it is")
        st.download_button(
            "Download all of them (CSV)",
            before.csv,
            "figures-revised-since.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
        )


def _late(visit: Visit) -> str:
    late = visit.store.panel(release_notes.changes, Filters(), datetime.now(UTC).date()).late
    if not late:
        return "Nothing is late by its usual day of publication."
    sources = wording.counted(len(late), "sources")
    return f"Late: {sources} {'is' if len(late) == 1 else 'are'} behind the usual day of publication."
