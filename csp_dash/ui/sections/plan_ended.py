"""How the plan ended: every outcome and target with its verdict, and the measures that it rests on one click away."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from csp_dash.analytics.target import Standing
from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.domain.plan import Priority
from csp_dash.panels.plan.ended import TARGET, Ended, Part, Row, Shown
from csp_dash.panels.plan.ended import ended as how_it_ended
from csp_dash.ui import components, markup, state_table
from csp_dash.ui.frame import Visit

HEADS = (("", "Outcome or target"), ("", "What the figures say"), ("states", "Verdict"))
TONES = {Standing.MET: "good", Standing.MISSED: "bad"}
PARTS = {Part.FOR: "good", Part.AGAINST: "bad"}


def ended(visit: Visit, item: str = "") -> None:
    """Met, missed or cannot be judged: the answer, the rule, then one row each by priority."""
    found = visit.store.panel(how_it_ended, Filters())
    with st.container(key="verdict"):
        st.markdown(components.plain(found.answer))
    st.caption(components.plain(found.rule))
    html = _table(visit, found, silent=False)
    if number := sum(row.silent for row in found.rows):
        label = f"{wording.counted(number, 'outcomes')} of which no open figure tells, each with who holds it"
        html += state_table.fold(label, _table(visit, found, silent=True))
    state_table.show(html)
    if found.promises:
        st.caption(components.plain(found.promises))


def _table(visit: Visit, found: Ended, *, silent: bool) -> str:
    """The rows of which figures tell something, or those of which none does, by priority."""
    body = ""
    for priority, rows in found.groups:
        if chosen := [row for row in rows if row.silent is silent]:
            body += markup.group(_title(priority), len(HEADS)) + "".join(_row(visit, row) for row in chosen)
    what = "Outcomes of which no open figure tells" if silent else "Outcomes and targets of the plan"
    return state_table.table(HEADS, body, f"{what}, each with its verdict", "roomy")


def _title(priority: Priority) -> str:
    return f"{priority.number} {priority.title}" if priority.number else priority.title


def _row(visit: Visit, row: Row) -> str:
    text = f"Target: {row.text}" if row.kind == TARGET else row.text
    html = components.safe(row.why)
    if row.shown:
        label = wording.counted(len(row.shown), "measures")
        html += state_table.fold(label, state_table.lines(_line(visit, one) for one in row.shown))
    return state_table.row(
        f"{components.safe(text)} <small>p{row.page}</small>",
        state_table.html_cell(html, "wide"),
        state_table.html_cell(state_table.mark(row.standing.word, TONES.get(row.standing, "")), "states verdict"),
    )


def _line(visit: Visit, one: Shown) -> str:
    """A measure with both figures, and what they say of the outcome."""
    view = replace(visit.filters, indicator=one.indicator.slug, lens="")
    figures = f": {one.start} ({one.baseline}) to {one.end} ({one.period}), {one.moved}" if one.start else ""
    says = one.why or f"{wording.capital(one.part.value)}."
    name = state_table.link(one.indicator.short, components.way("explore", view))
    return f"{name}{components.safe(figures)}. {state_table.mark(says, PARTS.get(one.part, ''))}"
