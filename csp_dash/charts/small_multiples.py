"""Small multiples: many small line charts on one scale, as HTML.

The lines are SVG inside images: where pages clean HTML, bare SVG elements are taken out and images are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import groupby, pairwise
from urllib.parse import quote

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.charts.base import EMPTY, short
from csp_dash.domain.periods import Month
from csp_dash.domain.wording import number_or_rate

WIDTH, HEIGHT, EDGE = 300, 130, 10
NO_FIGURE = "no figure"


@dataclass(frozen=True, slots=True)
class Scale:
    """The one scale that every chart is drawn to."""

    first: date
    last: date
    high: float

    def at(self, day: date, value: float) -> tuple[int, int]:
        """A point of the drawing."""
        across = (day - self.first).days / max(1, (self.last - self.first).days)
        return (
            round(EDGE + across * (WIDTH - 2 * EDGE)),
            round(HEIGHT - EDGE - value / self.high * (HEIGHT - 2 * EDGE)),
        )


def grid(frame: pd.DataFrame, *, unit: str, chosen: Sequence[str] = ()) -> str:
    """HTML: a grid of small charts, one an area of `frame` (area, name, start, value), as many in a row as fit.

    Every chart runs from nought to the highest value of all and over all the months, so that heights can be compared
    from chart to chart; the note below says so with `unit` (plural, `offences a month`). Areas keep the frame's order,
    `chosen` ones come first and are outlined. Missing months break a line. Values should be smoothed or rolling ones.
    """
    known = frame.dropna(subset=["value"])
    if known.empty:
        return f"<p>{EMPTY}</p>"
    days = pd.to_datetime(known["start"])
    scale = Scale(days.min().date(), days.max().date(), max(0.0, float(known["value"].max())) or 1.0)
    order = [str(area) for area in dict.fromkeys(frame["area"])]
    order = [area for area in chosen if area in order] + [area for area in order if area not in chosen]
    areas = frame["area"].astype(str)
    charts = "".join(_chart(frame[areas == area].sort_values("start"), scale, area in chosen) for area in order)
    note = (
        f"Every chart runs from 0 to {number_or_rate(short(scale.high))} {unit} "
        f"and from {Month.of(scale.first).words} to {Month.of(scale.last).words}."
    )
    return (
        '<div style="display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:0.5rem">'
        f'{charts}</div><p style="font-size:0.85rem;margin:0.6rem 0 0">{escape(note)}</p>'
    )


def _chart(rows: pd.DataFrame, scale: Scale, chosen: bool) -> str:
    name = str(rows["name"].iloc[0])
    known = rows.dropna(subset=["value"])
    points = [
        None if pd.isna(value) else scale.at(moment.date(), float(value))
        for moment, value in zip(pd.to_datetime(rows["start"]), rows["value"], strict=True)
    ]
    values = [number_or_rate(short(float(value))) for value in known["value"]]
    edge = f"2px solid {palette.SELECTED}" if chosen else f"1px solid {palette.faint(palette.SLATE, 0.35)}"
    return (
        '<figure style="display:flex;flex-direction:column;justify-content:space-between;margin:0;'
        f'padding:0.4rem 0.5rem 0.2rem;border:{edge};border-radius:0.4rem">'
        '<figcaption style="display:flex;justify-content:space-between;gap:0.4rem;font-size:0.85rem;line-height:1.25">'
        f"<span>{f'<b>{escape(name)}</b>' if chosen else escape(name)}</span>"
        f"<b>{values[-1] if values else NO_FIGURE}</b></figcaption>"
        f'<img alt="{escape(_words(name, known, values))}" src="{_picture(points)}" width="{WIDTH}" height="{HEIGHT}" '
        'style="display:block;width:100%;height:auto"></figure>'
    )


def _picture(points: Sequence[tuple[int, int] | None]) -> str:
    """The course between gaps over a line at nought, with a grey dot where it starts and a larger one at its end."""
    known = [point for point in points if point is not None]
    runs = [list(run) for there, run in groupby(points, key=lambda point: point is not None) if there]
    course = "".join(_path([point for point in run if point is not None]) for run in runs)
    ends = zip([known[0], known[-1]], (palette.SLATE, palette.LINE), (6, 8), strict=True) if known else ()
    dots = "".join(f"<circle cx='{x}' cy='{y}' r='{size}' fill='{colour}'/>" for (x, y), colour, size in ends)
    drawing = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' fill='none'>"
        f"<path d='M{EDGE} {HEIGHT - EDGE}H{WIDTH - EDGE}' stroke='{palette.SLATE}' stroke-opacity='.5' stroke-width='2'/>"
        f"<path d='{course}' stroke='{palette.LINE}' stroke-width='4' stroke-linejoin='round' stroke-linecap='round'/>"
        f"{dots}</svg>"
    )
    return "data:image/svg+xml," + quote(drawing, safe=" ='/:,.-")


def _path(run: Sequence[tuple[int, int]]) -> str:
    """A path through points, each step told from the one before, which is shorter."""
    steps = [f"{x - a} {y - b}" for (a, b), (x, y) in pairwise(run)]
    return f"M{run[0][0]} {run[0][1]}" + (f"l{' '.join(steps)}" if steps else "h0")


def _words(name: str, known: pd.DataFrame, values: Sequence[str]) -> str:
    """`Bow East: 12.1 in Mar 2026, from 10.2 in Mar 2022`."""
    if not values:
        return f"{name}: {NO_FIGURE}"
    months = [Month.of(moment.date()).short for moment in pd.to_datetime(known["start"])]
    end = f"{name}: {values[-1]} in {months[-1]}"
    return end if len(values) == 1 else f"{end}, from {values[0]} in {months[0]}"
