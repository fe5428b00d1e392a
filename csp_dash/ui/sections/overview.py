"""Overview page: the verdict, the whole plan as a table, the ward map, and what lies behind them in a line each."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from csp_dash.analytics.target import Standing
from csp_dash.domain.enums import Measure, Trust
from csp_dash.domain.filters import Filters
from csp_dash.panels import course
from csp_dash.panels.plan import answers
from csp_dash.panels.plan import targets as judged
from csp_dash.panels.plan.scorecard import Line, plan_table
from csp_dash.panels.themes import contribution, crime_harm
from csp_dash.ui import components, markup, render, url_state
from csp_dash.ui.frame import CARDS, Visit, page
from csp_dash.ui.live import live
from csp_dash.ui.sections import open_data, ward_views

TOTAL = "borough"
"""The priority that stands for the whole borough."""


def verdict(visit: Visit) -> None:
    """What the whole plan's figures say, and what got worse outside the headlines."""
    found = visit.store.panel(answers.overall, replace(render.view_of(visit, ""), board=visit.filters.board))
    with st.container(key="verdict"):
        st.markdown(render.placed(visit, found.verdict))
    if found.besides:
        links = [
            f"[{name}]({components.way(slug, replace(visit.filters, indicator=measure))}) ({moved})"
            for measure, slug, name, moved in found.worse
        ]
        with st.container(key="verdict-more"):
            st.markdown(found.besides.format(*links))


def plan(visit: Visit) -> None:
    """The whole plan: each priority's headline measures. A row leads to its measure."""
    lines = visit.store.panel(plan_table, replace(render.view_of(visit, ""), board=visit.filters.board))
    homes = {item.indicator.slug: _home(line) for line in lines for item in (*line.tiles, *line.ended)}
    links = {
        slug: components.way(home, replace(visit.filters, indicator=slug, lens="")) for slug, home in homes.items()
    }
    axis = course.axis(visit.store.data)
    lines = tuple(sorted(lines, key=lambda line: line.priority.slug != TOTAL))
    body = "".join(_line(visit, line, axis, links) for line in lines)
    board = visit.catalogue.boards.get(visit.filters.board)
    label = f"Measures of the {board.title}, by priority" if board else "The plan: every headline measure, by priority"
    lead = '<th role="columnheader" scope="col">Priority</th>'
    head = markup.head("Measure" if board else "Headline measure", markup.period(visit.filters), axis, lead)
    table = markup.table(head, body, label, "plan")
    chosen = live(f"{table}{_note()}", "plan-table")
    if chosen in homes:
        url_state.leave(indicator=chosen, lens="")
        st.switch_page(page(homes[chosen]), query_params=replace(visit.filters, indicator=chosen, lens="").to_params())


def _home(line: Line) -> str:
    """The page of a priority; the whole borough's measures are explored."""
    return line.priority.slug if line.priority.slug in CARDS else "explore"


def _line(visit: Visit, line: Line, axis: course.Axis, links: dict[str, str]) -> str:
    ended = len(line.ended) and not line.tiles
    rows = markup.rows(
        (*line.tiles, *line.ended), axis, links, _aims(visit), rated=visit.filters.measure is Measure.RATE
    )
    count = len(line.tiles) + len(line.ended)
    number = f"<b>{line.priority.number}</b> " if line.priority.number else ""
    title = "All together" if line.priority.slug == TOTAL else line.priority.short
    href = components.way(_home(line), visit.filters)
    name = f'<th role="rowheader" scope="rowgroup" rowspan="{count}" class="priority"><a href="{href}">{number}{escape(title)}</a></th>'
    first = rows.replace('<th role="rowheader"', f'{name}<th role="rowheader"', 1)
    return first.replace("<tr ", f'<tr data-first="{"ended" if ended else "yes"}" ', 1)


def _aims(visit: Visit) -> dict[str, str]:
    """How the target of a measure stands."""
    return {
        one.target.indicator: one.standing.word.lower()
        for one in visit.store.panel(judged.targets, Filters())
        if one.target.indicator
    }


def _note() -> str:
    return (
        '<p class="note">Change on the year before unless you choose otherwise, bold where chance would not explain it. '
        "Lines: 12 months each, on a scale of their own; upright: the plan begins. A improving, D worsening, "
        "C no detectable change, ↗ ↘ can be read two ways, E figures have ended.</p>"
    )


def ward_map(visit: Visit) -> None:
    """The ward map of one measure, with a switch for those that the plan maps."""
    catalogue = visit.catalogue
    shown = [
        slug
        for slug in catalogue.overview_map
        if visit.store.data.have(catalogue.indicators[slug], "ward")
        and visit.store.data.shows(catalogue.indicators[slug])
    ]
    if not shown:
        return
    present = visit.filters.indicator if visit.filters.indicator in shown else shown[0]
    st.session_state["overview-map"] = present

    def keep() -> None:
        url_state.choose(indicator=st.session_state["overview-map"])

    st.segmented_control(
        "Measure on the map",
        shown,
        required=True,
        key="overview-map",
        on_change=keep,
        format_func=lambda slug: _called(visit, slug),
        label_visibility="collapsed",
        wrap=True,
    )
    ward_views.on_overview(visit, present)


def _called(visit: Visit, slug: str) -> str:
    name = visit.catalogue.overview_map[slug]
    return f"{name}, illustrative" if visit.catalogue.indicators[slug].trust is Trust.ILLUSTRATIVE else name


def below(visit: Visit) -> None:
    """What moved most, the targets, and where the harm is: a line each, with the way to the whole."""
    whole = visit.catalogue.priorities[TOTAL].headlines[0]
    view = render.view_of(visit, whole)
    moved = visit.store.panel(contribution.by_part, view)
    harm = visit.store.panel(crime_harm.volume_harm, render.view_of(visit, ""))
    found = visit.store.panel(judged.targets, Filters())
    unknown = sum(one.standing is Standing.UNKNOWN for one in found)
    told = [
        ("What moved most", moved.title, components.way("explore", replace(view, lens="moved")), "All kinds"),
        (
            "The plan’s targets",
            judged.summary(found, unknown),
            components.way("plan", visit.filters, "targets"),
            "Each target",
        ),
        (
            "Where the harm is",
            harm.picture.title,
            components.way("explore", replace(view, lens="harm")),
            "How it is weighed",
        ),
    ]
    with st.container(key="below"), st.grid(3, min_column_width=190, gap="medium"):
        for title, text, way, label in told:
            with st.container(gap="xsmall"):
                st.markdown(f"**{title}**  \n{text}. [{label}]({way})")
    open_data.download(visit)
