"""Grid of small maps, one a period, on one colour scale.

The maps are SVG inside images: where pages clean HTML, bare SVG elements are taken out and images are not. Behind the
areas there is nothing, so that they stand on a light page and on a dark one alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from urllib.parse import quote

import numpy as np
import shapely

from csp_dash.analytics import palette
from csp_dash.analytics.classes import NO_DATA
from csp_dash.maps.boundaries import Boundaries, rings_of
from csp_dash.maps.plotly_map import EMPTY
from csp_dash.maps.shading import Shading

Outlines = Mapping[str, str]

DEGREE = 111_320.0  # metres of latitude
TOLERANCE = 40.0  # metres
ACROSS = 600  # steps of a drawing's wider side: ten metres each for this borough, three to a pixel
EDGE = 8  # room for the outline of a chosen area
BORDER, CHOSEN = 4, 10
NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?")
# Two columns or more on a phone, never more than six: seven times 15% and the gaps are more than all.
CELLS = "display:grid;grid-template-columns:repeat(auto-fill,minmax(max(125px,15%),1fr));gap:0.6rem 0.5rem"


def grid(boundaries: Boundaries, years: Sequence[tuple[str, Shading]], *, chosen: Sequence[str] = ()) -> str:
    """HTML: a grid of small maps, one a period of `years` (label, shading) in that order, as many in a row as fit.

    `chosen` areas are outlined. The shadings must share one scale of colours; its key is drawn elsewhere. A period
    without any value says so. Without periods there is a sentence and no map. KeyError where an area has no fill.
    """
    if not years:
        return f"<p>{EMPTY}</p>"
    outlines, size = _outlines(boundaries)
    cells = "".join(_cell(boundaries, outlines, size, period, shading, chosen) for period, shading in years)
    return f'<div style="{CELLS}">{cells}</div>'


def _cell(
    boundaries: Boundaries,
    outlines: Outlines,
    size: tuple[int, int],
    period: str,
    shading: Shading,
    chosen: Sequence[str],
) -> str:
    """One map over its period. The words have no colour of their own: they take the page's."""
    said = f"{period}: {NO_DATA}" if shading.empty else period
    return (
        '<figure style="margin:0;break-inside:avoid">'
        f'<img alt="{escape(_words(boundaries, period, shading))}" src="{_picture(outlines, size, shading, chosen)}" '
        f'width="{size[0]}" height="{size[1]}" style="display:block;width:100%;height:auto">'
        f'<figcaption style="text-align:center;font-size:0.85rem">{escape(said)}</figcaption></figure>'
    )


def _picture(outlines: Outlines, size: tuple[int, int], shading: Shading, chosen: Sequence[str]) -> str:
    """The areas of one colour in one path, which is shorter; the chosen ones last, so that their outlines lie on top."""
    groups: dict[tuple[bool, str], str] = {}
    for code, path in outlines.items():
        group = code in chosen, shading.fills[code]
        groups[group] = groups.get(group, "") + path
    ring = f" stroke='{palette.SELECTED}' stroke-width='{CHOSEN}'"
    areas = "".join(
        f"<path fill='{colour}'{ring if picked else ''} d='{path}'/>"
        for (picked, colour), path in sorted(groups.items(), key=lambda group: group[0][0])
    )
    drawing = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {size[0]} {size[1]}' stroke='{palette.OUTLINE}' "
        f"stroke-width='{BORDER}' stroke-linejoin='round'>{areas}</svg>"
    )
    return "data:image/svg+xml," + quote(drawing, safe=" ='/:,.-")


def _outlines(boundaries: Boundaries) -> tuple[Outlines, tuple[int, int]]:
    """A path for each area, in steps of the drawing, and the drawing's width and height.

    The outlines are made simpler together, so that shared borders stay shared.
    """
    west, south, east, north = boundaries.box
    squeeze = math.cos(math.radians((south + north) / 2))
    metres = np.array([DEGREE * squeeze, -DEGREE])  # down, as drawings go
    shapes = {
        str(f["properties"]["code"]): shapely.geometry.shape(f["geometry"]) for f in boundaries.geojson["features"]
    }
    flat = [
        shapely.transform(shapes[code], lambda points: (points - [west, north]) * metres) for code in boundaries.codes
    ]
    wide, tall = (east - west) * metres[0], (south - north) * metres[1]
    step = max(wide, tall) / ACROSS
    simple = shapely.coverage_simplify(flat, TOLERANCE)
    paths = {
        code: "".join(_path(ring, step) for ring in rings_of(shapely.geometry.mapping(shape)))
        for code, shape in zip(boundaries.codes, simple, strict=True)
    }
    return paths, (round(wide / step) + 2 * EDGE, round(tall / step) + 2 * EDGE)


def _path(ring: Sequence[tuple[float, float]], step: float) -> str:
    """A closed path in whole steps, each point told from the one before; nothing where too little is left to fill."""
    points = [(round(x / step) + EDGE, round(y / step) + EDGE) for x, y in ring]
    moves = [(x - a, y - b) for (a, b), (x, y) in pairwise(points) if (x, y) != (a, b)]
    if len(moves) < 3:
        return ""
    told = "".join(
        f"{x if x < 0 or not place else f' {x}'}{y if y < 0 else f' {y}'}" for place, (x, y) in enumerate(moves[:-1])
    )
    return f"M{points[0][0]} {points[0][1]}l{told}z"


def _words(boundaries: Boundaries, period: str, shading: Shading) -> str:
    """`2019: highest in Bow East, 12.1 per 1,000 people`: the area of the highest class with the greatest number."""
    ranks = {colour: rank for rank, (colour, label) in enumerate(shading.legend) if label != NO_DATA}
    known = [code for code in boundaries.codes if shading.fills[code] in ranks and shading.words[code] != NO_DATA]
    if shading.empty or not known:
        return f"{period}: {NO_DATA}"
    highest = max(known, key=lambda code: (ranks[shading.fills[code]], _number(shading.words[code])))
    return f"{period}: highest in {boundaries.names[highest]}, {shading.words[highest]}"


def _number(words: str) -> float:
    """The first number in words; minus infinity where there is none."""
    found = NUMBER.search(words)
    return float(found[0].replace(",", "").replace("−", "-")) if found else -math.inf
