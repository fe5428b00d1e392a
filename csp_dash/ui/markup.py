"""Tiles and tables of measures as HTML, for `ui.live` and the style sheet. All text in it is escaped here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from csp_dash.analytics.state import State
from csp_dash.charts.sparkline import sparkline
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind, Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.indicator import Indicator
from csp_dash.panels.course import Axis
from csp_dash.panels.tile import Tile

SHORT = {"No detectable change": "No change"}
"""A state where a column is narrow; the whole of it is its tooltip."""


def tiles(items: Iterable[Tile], axis: Axis, links: dict[str, str]) -> str:
    """Headline measures abreast: name, figure, course, state and change. A click chooses the measure."""
    return f'<div class="tiles">{"".join(_tile(item, axis, links) for item in items)}</div>'


def _tile(item: Tile, axis: Axis, links: dict[str, str]) -> str:
    slug = item.indicator.slug
    note = f"to {item.ends}" if item.ends else item.until
    return (
        f'<a class="tile{" ended" if item.ends else ""}" data-choose="{slug}" href="{links[slug]}">'
        f'<span class="name">{escape(item.title)}{_note(note)}</span>'
        f'<span class="middle"><span class="figure">{escape(item.figure)}</span>{_course(item, axis)}</span>'
        f'<span class="foot">{chip(item.state, past=bool(item.ends))}{_change(item)}</span></a>'
    )


def face(item: Tile, axis: Axis) -> str:
    """One measure by itself: name, figure, course, what the figure is, state and change. Nothing in it is chosen."""
    return (
        f'<div class="face"><div class="tile{" ended" if item.ends else ""}">'
        f'<span class="name">{escape(item.title)}</span>'
        f'<span class="middle"><span class="figure">{escape(item.figure)}</span>{_course(item, axis)}</span>'
        f'<span class="period">{escape(wording.capital(item.unit))}, {escape(item.period)}</span>'
        f'<span class="foot">{chip(item.state, brief=False, past=bool(item.ends))}{_change(item)}</span></div></div>'
    )


def rows(
    items: Iterable[Tile],
    axis: Axis,
    links: dict[str, str],
    targets: dict[str, str] | None = None,
    *,
    rated: bool = False,
) -> str:
    """Table rows of measures: name, figure, course, change, state. Each row can be chosen."""
    return "".join(_row(item, axis, links, (targets or {}).get(item.indicator.slug, ""), rated) for item in items)


def _row(item: Tile, axis: Axis, links: dict[str, str], target: str, rated: bool) -> str:
    slug = item.indicator.slug
    note = f"to {item.ends}" if item.ends else item.until or _unit(item, rated)
    note = ", ".join(part for part in (item.whose.replace("all of Tower Hamlets", "whole borough"), note) if part)
    return (
        f'<tr role="row" data-choose="{slug}"{" class=ended" if item.ends else ""}>'
        f'<th role="rowheader" scope="row"><a href="{links[slug]}">{escape(item.indicator.short)}</a>{_note(note)}'
        f"{f'<span class=aim>target: {escape(target)}</span>' if target else ''}</th>"
        f'<td role="cell" class="figure">{escape(item.figure)}</td>'
        f'<td role="cell" class="line">{_course(item, axis)}</td>'
        f'<td role="cell" class="change">{_change(item)}</td>'
        f'<td role="cell" class="state">{chip(item.state, past=bool(item.ends))}</td></tr>'
    )


def names(items: Iterable[Indicator], links: dict[str, str], mark: dict[str, str]) -> str:
    """Table rows of measures without official figures: the name, and in `mark` what stands in place of figures."""
    return "".join(
        f'<tr role="row" data-choose="{item.slug}" class="ended"><th role="rowheader" scope="row" colspan="3">'
        f'<a href="{links[item.slug]}">{escape(item.short)}</a></th>'
        f'<td role="cell" colspan="2" class="why">{mark.get(item.slug, "")}</td></tr>'
        for item in items
    )


def table(head: str, body: str, label: str, kind: str) -> str:
    """A table with a label for those who do not see it; `kind` is its class."""
    return (
        f'<table role="table" class="{kind}" aria-label="{escape(label)}"><thead role="rowgroup">{head}</thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )


def period(view: Filters) -> str:
    """The head of the column of figures: their period, or that they are rates."""
    if view.measure is Measure.RATE:
        return "Per 1,000"
    return {"12m": "12 months", "24m": "24 months", "1m": "Month"}.get(view.period, "Figure")


def head(first: str, period: str, axis: Axis, leading: str = "") -> str:
    """The heads of the columns that `rows` fills; `leading` are heads before them."""
    return (
        f'<tr role="row">{leading}<th role="columnheader" scope="col">{escape(first)}</th>'
        f'<th role="columnheader" scope="col" class="figure">{escape(period)}</th>'
        f'<th role="columnheader" scope="col" class="line"><span class="years"><span>{axis.first.year}</span>'
        f"<span>{axis.first.plus(axis.months).year}</span></span></th>"
        '<th role="columnheader" scope="col" class="change">Change</th>'
        '<th role="columnheader" scope="col" class="state">State</th></tr>'
    )


def group(title: str, columns: int = 5) -> str:
    """A row that names the measures below it."""
    return f'<tr role="row" class="group"><th role="rowheader" colspan="{columns}" scope="colgroup">{escape(title)}</th></tr>'


def fold(summary: str, inside: str) -> str:
    """What is one click away."""
    return f"<details><summary>{escape(summary)}</summary>{inside}</details>"


def chip(state: State, *, brief: bool = True, past: bool = False) -> str:
    """A state as letter and word, tinted where the change is beyond chance; of ended figures in the past tense."""
    if past:
        word = state.word.rsplit(": ", 1)[-1]
        return f'<span class="chip"><b>E</b>{escape(word)}</span>'
    tone = {"good": "good", "bad": "bad"}.get(state.tone, "moved" if not state.letter else "")
    word = SHORT.get(state.word, state.word) if brief else state.word
    return (
        f'<span class="chip {tone}" title="{escape(state.word)}"><b aria-hidden="{"true" if not state.letter else "false"}">'
        f"{escape(state.mark)}</b>{escape(word)}</span>"
    )


def badge(text: str) -> str:
    """The mark of what is made up."""
    return f'<span class="chip made-up">{escape(text)}</span>'


def _course(item: Tile, axis: Axis) -> str:
    return sparkline(item.course, axis.months, axis.begin)


def _change(item: Tile) -> str:
    if item.ends:  # told in the past, by its state alone
        return ""
    return f'<span class="delta{" strong" if item.beyond_chance else ""}">{escape(item.moved)}</span>'


def _note(text: str) -> str:
    return f" <small>{escape(text)}</small>" if text else ""


def _unit(item: Tile, rated: bool) -> str:
    """What a figure is where the column's head does not say it: `per 100,000`, `one night`, `a count` among rates."""
    unit = item.unit
    if item.indicator.one_night:
        return "one night"
    if item.indicator.kind is Kind.COUNT:
        return "a count" if rated and "per " not in unit else ""
    place = unit.find("per ")
    return " ".join(unit[place:].split()[:2]) if place > 0 else ""
