"""Ward map as SVG text: follows the theme, needs no script, prints, and each ward can be focused and chosen."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from html import escape
from itertools import pairwise

from csp_dash.analytics import palette
from csp_dash.maps.boundaries import Boundaries
from csp_dash.maps.context import Context
from csp_dash.maps.labels import Ring
from csp_dash.maps.shading import Shading

WIDTH = 780
"""Units across; a map is shown about half as many pixels wide."""
TYPE = 24
ROOM = 8


def drawing(
    boundaries: Boundaries,
    shading: Shading,
    *,
    label: str,
    context: Context | None = None,
    numbers: Mapping[str, str] | None = None,
    strong: Collection[str] = (),
    selected: Collection[str] = (),
) -> str:
    """Draw the areas in their colours, each with its words as a tooltip; `label` says what the map shows.

    `numbers` stand in place of names (ranks that a list beside the map explains). `strong` are written bold, `selected`
    outlined. An area is an element with `data-choose`, its GSS code. Colours of `palette.RAMP` follow the theme.
    """
    west, south, east, north = boundaries.box
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * ROOM) / ((east - west) * squeeze)
    tall = round((north - south) * scale) + 2 * ROOM

    def spot(lon: float, lat: float) -> tuple[int, int]:
        return round((lon - west) * squeeze * scale) + ROOM, round((north - lat) * scale) + ROOM

    def path(rings: Sequence[Ring]) -> str:
        return "".join(_ring([spot(lon, lat) for lon, lat in ring]) for ring in rings)

    water = f'<path class="river" d="{path(context.water)}"/>' if context is not None else ""
    areas, names, lines = [], [], []
    for code in boundaries.codes:
        told = f"{boundaries.names[code]}: {shading.words[code]}"
        shape = path(boundaries.rings(code))
        areas.append(
            f'<path data-choose="{code}" tabindex="0" role="button" aria-label="{escape(told)}" {_fill(shading.fills[code])} '
            f'd="{shape}"><title>{escape(told)}</title></path>'
        )
        if code in selected:
            lines.append(f'<path class="selected" d="{shape}"/>')
        place = boundaries.labels[code]
        x, y = spot(place.lon, place.lat)
        text = numbers[code] if numbers is not None else place.text
        names.append(_name(text, x, y, shading.fills[code], code in strong))
    return (
        f'<svg class="ward-map{"" if numbers is None else " ranks"}" viewBox="0 0 {WIDTH} {tall}" role="group" aria-label="{escape(label)}">'
        f"{water}{''.join(areas)}{''.join(lines)}{''.join(names)}</svg>"
    )


def _ring(points: Sequence[tuple[int, int]]) -> str:
    """A closed ring in short relative steps, without those that do not move."""
    steps = [(x - a, y - b) for (a, b), (x, y) in pairwise(points)]
    moves = " ".join(f"{dx} {dy}" for dx, dy in steps if dx or dy)
    return f"M{points[0][0]} {points[0][1]}l{moves}z".replace(" -", "-") if moves else ""


def _step(fill: str) -> int | None:
    """Which colour of the ramp a fill is."""
    return palette.RAMP.index(fill) if fill in palette.RAMP else None


def _fill(fill: str) -> str:
    step = _step(fill)
    if step is not None:
        return f'style="fill:var(--map-{step})"'
    return 'style="fill:var(--missing)"' if fill == palette.MISSING else f'style="fill:{fill}"'


def _name(text: str, x: int, y: int, fill: str, strong: bool) -> str:
    """A name centred on a place, edged in its area's colour where it spills over."""
    step = _step(fill)
    ink = (
        f"var(--map-ink-{step})" if step is not None else "var(--ink)" if fill == palette.MISSING else palette.ink(fill)
    )
    edge = f"var(--map-{step})" if step is not None else "var(--missing)" if fill == palette.MISSING else fill
    lines = text.split("\n")
    top = y - (len(lines) - 1) * TYPE * 0.52 + TYPE * 0.35
    spans = "".join(
        f'<tspan x="{x}" y="{round(top + place * TYPE * 1.04)}">{escape(line)}</tspan>'
        for place, line in enumerate(lines)
    )
    return (
        f'<text{" class=strong" if strong else ""} aria-hidden="true" style="fill:{ink};stroke:{edge}">{spans}</text>'
    )
