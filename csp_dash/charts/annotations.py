"""Annotations of a time axis: breaks and events by name, cautions by letter.

A name that is worth a glance stands on top of its line. A caution would crowd the picture, so it gets a letter under
the axis, with a strip as long as it lasts; the page lists the letters in words (`lettered`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from string import ascii_lowercase
from textwrap import wrap

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts.base import Style, flags, rounded, spread, text_width
from csp_dash.domain.indicator import Event
from csp_dash.domain.periods import Month

NAMED = ("break", "event")
NAME = "events"
LINE_OF_HOVER = 46
AXIS = 34
LEAST = 160


def lettered(events: Sequence[Event], first: date, last: date) -> tuple[tuple[str, Event], ...]:
    """The events that fall on an axis from `first` to `last`, by date, each with its letter (empty for a named one).

    `first` and `last` are the dates of the first and the last value. What is not dated never falls on the axis. What
    began before does only where it is a caution that lasts into it.
    """
    dated = [(day, event) for event in dict.fromkeys(events) if (day := _day(event, first, last))]
    found = [event for _, event in sorted(dated, key=lambda pair: (pair[0], pair[1].id))]
    cautions = [event for event in found if event.kind not in NAMED]
    letters = {event: ascii_lowercase[n % 26] * (n // 26 + 1) for n, event in enumerate(cautions)}
    return tuple((letters.get(event, ""), event) for event in found)


def draw(
    drawing: Drawing,
    events: Sequence[Event],
    first: date,
    last: date,
    *,
    low: float,
    high: float,
    style: Style,
    tall: int,
    right: int,
) -> tuple[int, float]:
    """Draw the events on a figure `tall` pixels high whose values run from `low` to `high`.

    Returns the top margin that the names need, and where the y axis has to begin: below `low` where letters need
    room under it. `right` is the figure's right margin. Every event has an unseen point with its words, at the top of
    its line where it is named and on its letter otherwise; names have them too, as they stand outside the plot.
    """
    shown = lettered(events, first, last)
    room = max(LEAST, style.labels - right - AXIS)
    named = [event for letter, event in shown if not letter]
    cautions = [(letter, event) for letter, event in shown if letter]
    top = _names(drawing, named, first, last, room, right, style)
    points = [(event.start, high, event) for event in named if event.start]
    lane = 0.0
    if cautions:
        pixels = style.small * 1.9
        lane = (high - low) * pixels / max(pixels, tall - top - AXIS - pixels)
        points += _letters(drawing, cautions, first, last, low, lane, room, style)
    for letter, event in shown:
        if event.start and event.start > first:  # what began earlier has no place to start from
            # Named lines stop where the values do, so that they never cross a letter.
            _line(drawing, event.start, not letter, 0 if letter else lane / (high - low + lane), style)
    if points:
        drawing.add_scatter(
            x=[str(day) for day, _, _ in points],
            y=[rounded(place) for _, place, _ in points],
            mode="markers",
            marker={"size": style.small, "opacity": 0, "color": palette.SLATE},
            hovertext=[hover(event) for _, _, event in points],
            hovertemplate="%{hovertext}<extra></extra>",
            cliponaxis=False,
            name=NAME,
        )
    return top, low - lane


def hover(event: Event) -> str:
    """Title, date and text, in lines short enough for a phone."""
    title = "<br>".join(wrap(event.title, LINE_OF_HOVER))
    parts = [f"<b>{title}</b>", when(event), *wrap(event.text, LINE_OF_HOVER)]
    return "<br>".join(part for part in parts if part)


def when(event: Event) -> str:
    """`23 March 2020 to 19 July 2021`, `June 2022`, `from 1 March 2019`, `31 March 2024`; empty where undated."""
    start, finish = event.start, event.finish
    if start is None:
        return ""
    if finish is None:
        return _words(start) if event.kind == "event" else f"from {_words(start)}"
    if start.day == 1 and finish == Month.of(finish).last_day:
        months = [Month.of(start).words, Month.of(finish).words]
        return " to ".join(dict.fromkeys(months))
    return f"{_words(start)} to {_words(finish)}"


def _words(day: date) -> str:
    return f"{day.day} {Month.of(day).words}"


def _day(event: Event, first: date, last: date) -> date | None:
    """Where on the axis an event stands; None where it does not."""
    start, finish = event.start, event.finish
    if start is None or start > last:
        return None
    if start > first:
        return start
    return first if event.kind not in NAMED and finish is not None and finish > first else None


def _names(
    drawing: Drawing, named: Sequence[Event], first: date, last: date, room: float, right: int, style: Style
) -> int:
    """Dotted lines with their short names on top, in as many rows as they need; returns the top margin."""
    if not named:
        return 10
    days = [event.start for event in named if event.start]
    widths = [text_width(event.short, style.small) for event in named]
    hung = flags(_spots(days, first, last, room), widths, -40, room + right)
    step = int(style.small * 1.45)
    for event, day, flag in zip(named, days, hung, strict=True):
        drawing.add_annotation(
            x=str(day),
            y=1,
            yref="paper",
            yshift=2 + step * flag.row,
            xshift={"center": 0, "right": 3, "left": -3}[flag.side],
            yanchor="bottom",
            xanchor={"center": "center", "right": "left", "left": "right"}[flag.side],
            text=event.short,
            hovertext=hover(event),
            showarrow=False,
            font={"size": style.small},
            opacity=0.85,
        )
    return 10 + step * (max(flag.row for flag in hung) + 1)


def _letters(
    drawing: Drawing,
    cautions: Sequence[tuple[str, Event]],
    first: date,
    last: date,
    low: float,
    lane: float,
    room: float,
    style: Style,
) -> list[tuple[date, float, Event]]:
    """Letters in a lane under the values, apart from each other, and strips for what lasts; returns where they are."""
    days = [day for _, event in cautions if (day := _day(event, first, last))]
    spots = _spots(days, first, last, room)
    moved = spread(spots, style.small * 1.3, 0, room)
    height = low - 0.66 * lane
    found = []
    for (letter, event), day, spot, place in zip(cautions, days, spots, moved, strict=True):
        if event.finish:
            drawing.add_shape(
                type="rect",
                x0=str(day),
                x1=str(min(event.finish, last)),
                y0=rounded(low - 0.08 * lane),
                y1=rounded(low - 0.28 * lane),
                layer="below",
                line={"width": 0},
                fillcolor=palette.faint(palette.SLATE, 0.4),
            )
        drawing.add_annotation(
            x=str(day),
            y=rounded(height),
            xshift=round(place - spot),
            text=letter,
            showarrow=False,
            borderpad=1,
            bgcolor=palette.faint(palette.SLATE, 0.2),
            font={"size": style.small},
        )
        found.append((first + (last - first) * (place / room), height, event))
    return found


def _spots(days: Sequence[date], first: date, last: date, room: float) -> list[float]:
    """Days as pixels from the left of a plot `room` wide."""
    return [(day - first).days / max(1, (last - first).days) * room for day in days]


def _line(drawing: Drawing, day: date, named: bool, foot: float, style: Style) -> None:
    drawing.add_shape(
        type="line",
        x0=str(day),
        x1=str(day),
        y0=rounded(foot),
        y1=1,
        yref="paper",
        layer="below",
        line={
            "color": palette.SLATE if named else palette.faint(palette.SLATE, 0.6),
            "width": max(1, style.line / 3) if named else max(0.8, style.line / 4),
            "dash": "dot",
        },
    )
