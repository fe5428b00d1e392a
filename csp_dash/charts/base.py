"""The layout that every chart shares: type sizes, the empty figure, labels that do not overlap."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.domain.wording import number_or_rate

EMPTY = "No data for this choice"
GLYPH = 0.56


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes in pixels for one reading distance."""

    text: int
    tick: int
    small: int
    value: int
    line: float
    dot: float
    signal: float
    height: int
    labels: int


PAGE = Style(text=14, tick=13, small=12, value=19, line=2.9, dot=4.5, signal=7, height=320, labels=330)
WALL = Style(text=28, tick=26, small=26, value=40, line=7, dot=9, signal=16, height=720, labels=1400)


def empty(*, height: int = PAGE.height, size: int = PAGE.text, text: str = EMPTY) -> Drawing:
    """A figure that says, in its middle, that there is nothing to draw."""
    figure = Drawing()
    figure.add_annotation(text=text, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False, font={"size": size})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return dress(figure, height=height)


def dress(
    figure: Drawing,
    *,
    height: int,
    left: int = 0,
    right: int = 0,
    top: int = 8,
    bottom: int = 8,
    size: int = PAGE.text,
    identity: str = "still",
) -> Drawing:
    """The layout of every figure: no title, no legend, no drag, see-through; text and grid take the theme's colours.

    `identity` keeps the reader's view while figures of one panel follow each other.
    """
    figure.update_layout(
        height=height,
        margin={"l": left, "r": right, "t": top, "b": bottom, "pad": 4},
        showlegend=False,
        dragmode=False,
        paper_bgcolor=palette.CLEAR,
        plot_bgcolor=palette.CLEAR,
        uirevision=identity,
        font={"size": size, "color": palette.TEXT},
        hoverlabel={"align": "left", "font": {"size": max(13, size - 2), "color": palette.TEXT}},
        title={"text": ""},
    )
    figure.update_xaxes(fixedrange=True, tickfont={"color": palette.TEXT})
    figure.update_yaxes(fixedrange=True, tickfont={"color": palette.TEXT})
    return figure


def text_width(text: str, size: float) -> float:
    """Roughly how wide a line of text is, in pixels; the widest of several lines."""
    lines = re.sub(r"<[^>]*>", "", text.replace("<br>", "\n")).split("\n")
    return max(len(line) for line in lines) * size * GLYPH


def wrapped(name: str, most: int = 14) -> str:
    """A long name on two lines, broken near its middle."""
    if len(name) <= most or " " not in name:
        return name
    spaces = [place for place, letter in enumerate(name) if letter == " "]
    middle = min(spaces, key=lambda place: abs(place - len(name) / 2))
    return f"{name[:middle]}<br>{name[middle + 1 :]}"


def ticks(high: float, most: int = 5) -> list[float]:
    """At most `most` round values from zero that span up to `high`, zero included."""
    if not high > 0:
        return [0.0, 1.0]
    rough = high / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * power for unit in (1, 2, 2.5, 5, 10) if unit * power >= rough * (1 - 1e-9))
    return [round(step * place, 10) for place in range(int(high / step + 1e-9) + 1)]


def spread(places: Sequence[float], gap: float, low: float = -math.inf, high: float = math.inf) -> list[float]:
    """Move label positions apart by at least `gap`, as little as need be, keeping their order and within bounds."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    clusters: list[tuple[float, list[int]]] = []

    def within(centre: float, size: int) -> float:
        half = gap * (size - 1) / 2
        return min(max(centre, low + half), high - half) if high - low >= 2 * half else centre

    for index in order:
        centre, members = within(places[index], 1), [index]
        # Bounds count before clusters are compared: one that is pushed back from an edge may push the next.
        while clusters and centre - gap * len(members) / 2 < clusters[-1][0] + gap * len(clusters[-1][1]) / 2:
            members = clusters.pop()[1] + members
            centre = within(sum(places[i] for i in members) / len(members), len(members))
        clusters.append((centre, members))
    moved = list(places)
    for centre, members in clusters:
        for rank, index in enumerate(members):
            moved[index] = centre + gap * (rank - (len(members) - 1) / 2)
    return moved


@dataclass(frozen=True, slots=True)
class Flag:
    """Where a label hangs on its vertical line: `left` of it, `right` of it or in its `center`; and in which row."""

    side: str
    row: int


def flags(places: Sequence[float], widths: Sequence[float], low: float, high: float) -> list[Flag]:
    """Hang labels (places in pixels from the left) in the fewest rows in which none covers another or sticks out."""
    best: tuple[float, list[Flag]] | None = None
    sides = ("center", "right", "left") if len(places) <= 6 else ("center",)
    for choice in product(sides, repeat=len(places)):
        ends: list[float] = []
        found = []
        price = 0.0
        for side, place, width in zip(choice, places, widths, strict=True):
            left = place - {"center": width / 2, "right": -3, "left": width + 3}[side]
            price += 10 * max(0.0, low - left, left + width - high) + (side != "center")
            row = next((r for r, end in enumerate(ends) if left >= end), len(ends))
            if row == len(ends):
                ends.append(0)
            ends[row] = left + width + 10
            found.append(Flag(side, row))
        price += 100 * len(ends)
        if best is None or price < best[0]:
            best = price, found
    return best[1] if best else []


def begins(low: float, high: float, ends: Sequence[float], widths: Sequence[float], plot: float) -> float:
    """Where an axis from `low` to `high` has to begin so that labels fit on the left of `ends`, inside the plot.

    `widths` are the labels' and `plot` is the plot's on a narrow screen, both in pixels; wider screens have room over.
    """
    shares = [min(wide / plot, 0.7) for wide in widths]
    return min([low, *((end - share * high) / (1 - share) for end, share in zip(ends, shares, strict=True))])


def rounded(value: float | None, digits: int = 5) -> float | None:
    """A number with few significant digits, so that figures stay small; None for a missing one."""
    if value is None or not math.isfinite(value):
        return None
    if value == 0:
        return 0.0
    return round(float(value), max(0, digits - 1 - math.floor(math.log10(abs(value)))))


def short(value: float) -> float:
    """A value as it is written in a picture: whole from 20 on."""
    return float(round(value)) if abs(value) >= 20 else value


def places(marks: Sequence[float]) -> str:
    """The number format with as many decimals as the marks of an axis need."""
    return f",.{max((len(f'{mark:.6f}'.rstrip('0').split('.')[1]) for mark in marks), default=0)}f"


def signed(value: float, digits: int = 3) -> str:
    """A change with its sign: `+45`, `-120`, `-2.5`, `0`."""
    size = number_or_rate(rounded(abs(value), digits) or 0.0) if abs(value) < 100 else number_or_rate(round(abs(value)))
    return size if size == "0" else f"{'-' if value < 0 else '+'}{size}"


def years(first: date, last: date) -> list[str]:
    """The Januaries to name on a time axis: about six at most."""
    found = list(range(first.year if first.month == 1 else first.year + 1, last.year + 1))
    if not found:
        return [str(first)]
    step = next(step for step in (1, 2, 3, 5, 10, 20, 50) if len(found) / step <= 6)
    return [f"{year}-01-01" for year in found if year % step == 0] or [f"{found[0]}-01-01"]
