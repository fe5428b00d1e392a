"""The measures of a ward as rows for a resident, in HTML for `ui.live` and the style sheet. All text in it is escaped here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from csp_dash.charts.sparkline import sparkline
from csp_dash.domain import wording
from csp_dash.panels.course import Axis
from csp_dash.panels.wards.ward_profile import Line

MOVES = {
    "more": ("↑", "more than a year ago"),
    "fewer": ("↓", "fewer than a year ago"),
    "same": ("→", "about the same as a year ago"),
    "unknown": ("?", "cannot be compared with a year ago"),
}
BESIDE = {
    "higher": "higher than the borough",
    "lower": "lower than the borough",
    "same": "about the same as the borough",
}
ALONG = "and as the borough"
"""After a change that is about the same too."""


def rows(lines: Iterable[Line], axis: Axis, links: dict[str, str], label: str) -> str:
    """A row a measure: name, pace, course, change, and how it stands beside the borough. A row chooses its measure."""
    return (
        f'<ul class="ward-rows" aria-label="{escape(label)}">{"".join(_row(line, axis, links) for line in lines)}</ul>'
    )


def _row(line: Line, axis: Axis, links: dict[str, str]) -> str:
    slug = line.indicator.slug
    before, number, after = line.pace
    share = f", {line.share}" if line.share else ""
    return (
        f'<li data-choose="{slug}"{" class=ended" if line.ended else ""}>'
        f'<a class="name" href="{escape(links[slug])}">{escape(wording.capital(line.name))}</a>'
        f'<span class="pace">{escape(before)} <b>{escape(number)}</b> {escape(after + share)}</span>'
        f'<span class="line">{sparkline(line.course, axis.months, axis.begin)}</span>'
        f'<span class="foot">{_move(line)}</span></li>'
    )


def _move(line: Line) -> str:
    """The change, and the borough. Of ended figures only when they end: what they say is past."""
    if line.ended:
        return f'<span class="move">figures end in {escape(line.verdict.ends)}</span>'
    arrow, word = MOVES[line.moved]
    beside = BESIDE.get(line.beside, "")
    along = line.moved == line.beside == "same"
    return (
        f'<span class="move {tone(line)}"><i aria-hidden="true">{arrow}</i>{escape(word)}</span> '
        f'<span class="beside{" along" if along else ""}">{escape(ALONG if along else beside)}</span>'
    )


def tone(line: Line) -> str:
    """The colour of a change: good or bad where the measure has a direction, plain where it can be read two ways."""
    if line.moved not in ("more", "fewer"):
        return ""
    return {"good": "good", "bad": "bad"}.get(line.verdict.state.tone, "moved")
