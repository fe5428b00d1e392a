"""Seasonal chart: one line a year over the same twelve months."""

from __future__ import annotations

from typing import Any

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts.base import PAGE, Style, dress, empty, places, rounded, spread, text_width, ticks
from csp_dash.domain.periods import Month
from csp_dash.domain.wording import measured

EARLIER = 8
APRIL = 4
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def figure(
    frame: pd.DataFrame,
    *,
    unit: str,
    rate: str = "",
    style: Style = PAGE,
    height: int | None = None,
    identity: str = "seasons",
    fiscal: bool = False,
) -> Drawing:
    """Draw months of `frame` (start, value) as one line a year: the latest strong, the one before, up to eight faint.

    `unit` is the plural unit of counts; `rate` (`per 1,000 residents`) says that the values are rates. `fiscal` years
    run from April to March. Missing months break a line, and a year that is not over is a shorter one.
    """
    tall = height or style.height
    years = _years(frame, fiscal)
    if not years:
        return empty(height=tall, size=style.text)
    latest = max(years)
    drawn = sorted(year for year in years if latest - year <= EARLIER + 1)
    high = max(value for year in drawn for value in years[year] if value is not None) or 1.0
    marks = ticks(high)
    top_value = max(high * 1.06, marks[-1])
    drawing = Drawing()
    for year in drawn:
        _line(drawing, year, years[year], latest - year, fiscal, unit, rate, style)
    named = [year for year in drawn if latest - year <= 1]
    right = int(max(text_width(f"<b>{_name(year, fiscal)}</b>", style.text) for year in named)) + 14
    top = 12
    _labels(drawing, named, years, fiscal, (tall - top - 34) / top_value, style, max(160, style.labels - right - 34))
    drawing.update_xaxes(
        range=[-0.4, 11.4],
        tickvals=list(range(0, 12, 2)),
        ticktext=[_months(fiscal)[place] for place in range(0, 12, 2)],
        tickfont={"size": style.tick},
        showgrid=False,
        zeroline=False,
        tickangle=0,
        ticks="",
    )
    drawing.update_yaxes(
        range=[0, top_value],
        tickvals=marks,
        tickfont={"size": style.tick},
        tickformat=places(marks),
        zeroline=False,
        showline=False,
    )
    drawing.update_layout(hovermode="closest", hoverdistance=40)
    return dress(drawing, height=tall, right=right, top=top, size=style.text, identity=identity)


def _years(frame: pd.DataFrame, fiscal: bool) -> dict[int, list[float | None]]:
    """Twelve values a year, by the year in which it begins; None where missing."""
    found: dict[int, list[float | None]] = {}
    for moment, value in zip(frame["start"], frame["value"], strict=True):
        if pd.isna(value):
            continue
        year, place = moment.year, moment.month - 1
        if fiscal:
            year, place = year - (moment.month < APRIL), (moment.month - APRIL) % 12
        found.setdefault(year, [None] * 12)[place] = float(value)
    return found


def _line(
    drawing: Drawing,
    year: int,
    values: list[float | None],
    age: int,
    fiscal: bool,
    unit: str,
    rate: str,
    style: Style,
) -> None:
    colour, width = (
        (palette.LINE, style.line)
        if age == 0
        else (palette.SLATE, style.line * 0.75)
        if age == 1
        else (palette.faint(palette.SLATE, 0.4), style.line * 0.4)
    )
    last = max(place for place, value in enumerate(values) if value is not None)
    padded = [None, *values, None]
    alone = [padded[place] is None and padded[place + 2] is None for place in range(12)]
    dots = [style.line * 2.2 if age == 0 else style.line * 1.6 if single else 0.1 for single in alone]
    drawing.add_scatter(
        x=list(range(last + 1)),
        y=[rounded(value) for value in values[: last + 1]],
        mode="lines+markers",
        line={"color": colour, "width": width},
        marker={
            "size": [round(size, 1) for size in dots[: last + 1]],
            "color": colour,
            "opacity": 1,
            "line": {"width": 0},
        },
        connectgaps=False,
        hovertext=[
            "" if value is None else _hover(year, place, value, fiscal, unit, rate)
            for place, value in enumerate(values[: last + 1])
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        name=_name(year, fiscal),
        cliponaxis=False,
    )


def _hover(year: int, place: int, value: float, fiscal: bool, unit: str, rate: str) -> str:
    month = Month(year, APRIL if fiscal else 1).plus(place)
    return f"{month.words}: {measured(value, unit, rate)}"


def _labels(
    drawing: Drawing,
    named: list[int],
    years: dict[int, list[float | None]],
    fiscal: bool,
    scale: float,
    style: Style,
    room: float,
) -> None:
    """Name the latest two years where they end: apart from each other, or clear of the lines that go on.

    `scale` is the pixels of one unit, `room` the plot's width in pixels on a narrow screen.
    """
    ends = {year: max(p for p, value in enumerate(years[year]) if value is not None) for year in named}
    pixels = [(years[year][ends[year]] or 0) * scale for year in named]
    height = style.text * 1.3
    together = len(named) == 2 and ends[named[0]] == ends[named[1]]
    placed = spread(pixels, height, 0) if together else pixels
    for year, pixel, place in zip(named, pixels, placed, strict=True):
        shift = place - pixel
        if ends[year] < 11 and not together:
            wide = text_width(_name(year, fiscal), style.text) / room * 11.8 + 0.4
            shift = _clear(years, year, ends[year], pixel, wide, scale, height)
        name = _name(year, fiscal)
        drawing.add_annotation(
            x=ends[year],
            y=rounded(years[year][ends[year]]),
            text=f"<b>{name}</b>" if year == named[-1] else name,
            font={"size": style.text, **({"color": palette.LINE} if year == named[-1] else {})},
            showarrow=False,
            xanchor="left",
            xshift=round(style.line * 2.2),
            yshift=round(shift),
        )


def _clear(
    years: dict[int, list[float | None]], year: int, end: int, pixel: float, wide: float, scale: float, height: float
) -> float:
    """How far to move a name up or down so that the fewest of the other lines run through it."""
    others = [values for other, values in years.items() if year - EARLIER - 1 <= other != year]
    points = [
        (before + (after - before) * part / 4) * scale
        for values in others
        for place in range(end, min(11, end + round(wide) + 1))
        for part in range(5)
        if (before := values[place]) is not None and (after := values[place + 1]) is not None
    ]

    def price(shift: float) -> Any:
        return sum(abs(pixel + shift - point) < height * 0.6 for point in points), abs(shift)

    shifts = [step * height / 2 for step in range(-8, 9)]
    return min((shift for shift in shifts if pixel + shift > height / 2), key=price, default=0.0)


def _months(fiscal: bool) -> list[str]:
    return [NAMES[(place + APRIL - 1) % 12] for place in range(12)] if fiscal else list(NAMES)


def _name(year: int, fiscal: bool) -> str:
    return f"{year}/{(year + 1) % 100:02d}" if fiscal else str(year)
