"""Priority page: the answer, headline tiles, the scorecard, and beside it the detail of the chosen measure."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from csp_dash.domain.enums import Measure
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.plan import Priority
from csp_dash.panels import course
from csp_dash.panels.plan.scorecard import Scorecard, scorecard
from csp_dash.panels.tile import Tile
from csp_dash.ui import components, markup, render, url_state
from csp_dash.ui.frame import Visit
from csp_dash.ui.live import live
from csp_dash.ui.sections import detail, outcomes

TILES = 4


def show(visit: Visit) -> None:
    """Draw the priority that has the page's name."""
    priority = visit.catalogue.priorities[visit.page]
    render.heading(visit, priority.slug)
    measures(visit, priority)
    outcomes.below(visit, priority.slug)


@st.fragment
def measures(visit: Visit, priority: Priority) -> None:
    """Tiles, scorecard and detail. A choice in them draws them anew, and nothing else of the page."""
    visit = render.as_chosen(visit)
    found = visit.store.panel(scorecard, replace(render.view_of(visit, ""), board=visit.filters.board), priority.slug)
    tiles = _tiles(visit, found, priority)
    item = _present(visit, found, tiles)
    links = {slug: components.link(replace(visit.filters, indicator=slug, lens="")) for slug in found.slugs}
    axis = course.axis(visit.store.data)

    def choose(slug: str) -> None:
        url_state.choose(indicator=slug, lens=_kept(visit, slug))

    live(markup.tiles(tiles, axis, links), "tiles", chosen=[item.slug], on_choose=choose)
    with st.container(key="master"):
        left, right = st.columns([49, 51], gap="medium")
        with left:
            html = _scorecard(visit, found, axis, links)
            live(html, "scorecard", chosen=[item.slug], on_choose=choose)
        with right:
            _by_name(visit, found, item)
            detail.detail(visit, item, detail.views(visit, item))


def _tiles(visit: Visit, found: Scorecard, priority: Priority) -> tuple[Tile, ...]:
    """The headlines that are on the scorecard; where a board has none of them, its first measures."""
    stand = tuple(item for item in render.tiles(visit, priority) if item.indicator.slug in found.slugs)
    return stand or tuple(item for group in found.groups for item in group.tiles)[:TILES]


def _present(visit: Visit, found: Scorecard, tiles: tuple[Tile, ...]) -> Indicator:
    """The measure in view: the link's where it is on the scorecard, else the first headline."""
    known = visit.catalogue.indicators
    asked = visit.filters.indicator
    if asked in found.slugs:
        return known[asked]
    return tiles[0].indicator if tiles else known[found.slugs[0]]


def _kept(visit: Visit, slug: str) -> str:
    """The view that a newly chosen measure is shown in: the same, where it has that."""
    lens = url_state.present().lens
    return lens if lens in detail.views(visit, visit.catalogue.indicators[slug]) else ""


def _by_name(visit: Visit, found: Scorecard, item: Indicator) -> None:
    """The measures as a list, for the narrow screens where the scorecard stands below."""
    names = visit.catalogue.indicators

    def keep(slug: str) -> None:
        url_state.choose(indicator=slug, lens=_kept(visit, slug))

    key, changed = url_state.control(f"measure-{visit.page}", item.slug, keep)
    with st.container(key="by-name"):
        st.selectbox(
            "Measure",
            found.slugs,
            key=key,
            on_change=changed,
            format_func=lambda slug: names[slug].title,
            label_visibility="collapsed",
        )


def _scorecard(visit: Visit, found: Scorecard, axis: course.Axis, links: dict[str, str]) -> str:
    rated = visit.filters.measure is Measure.RATE
    body = "".join(
        markup.group(group.title) + markup.rows(group.tiles, axis, links, rated=rated) for group in found.groups
    )
    head = markup.head("Measure", markup.period(visit.filters), axis)
    html = markup.table(head, body, "Every measure of this priority", "scorecard")
    if found.ended:
        last = [int(item.ends[-4:]) for item in found.ended]
        when = f"{min(last)} to {max(last)}" if min(last) < max(last) else f"in {last[0]}"
        inside = markup.table("", markup.rows(found.ended, axis, links), "Measures whose figures ended", "scorecard")
        html += markup.fold(f"{len(found.ended)} whose figures ended, {when}", inside)
    if found.without:
        mark = {item.slug: markup.badge("illustrative") if item.measured else _holder(item) for item in found.without}
        inside = markup.table(
            "", markup.names(found.without, links, mark), "Measures without official figures", "scorecard"
        )
        html += markup.fold(f"{len(found.without)} without official figures in this release", inside)
    return html


def _holder(item: Indicator) -> str:
    return f"<small>{components.safe(item.holder)}</small>"
