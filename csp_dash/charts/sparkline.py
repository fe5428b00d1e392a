"""A sparkline: the course of a measure in a line without axes, as HTML.

A line without an area: it does not begin at nought. An image, as in `small_multiples`; a chart library would be half a
megabyte more to load, and a chart to set up for each tile.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import quote

from csp_dash.analytics import palette

WIDTH, HEIGHT, EDGE = 200, 40, 3


def sparkline(values: Sequence[float]) -> str:
    """HTML of the course from the lowest to the highest of `values`, oldest first; empty for fewer than two.

    The picture has no words: whoever shows it says in text what it shows.
    """
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    reach = (high - low) or 1.0
    across = WIDTH / (len(values) - 1)
    points = [
        (round(place * across), round(HEIGHT - EDGE - (value - low) / reach * (HEIGHT - 2 * EDGE)))
        for place, value in enumerate(values)
    ]
    steps = " ".join(f"{x - a} {y - b}" for (a, b), (x, y) in pairwise(points))
    course = f"M0 {points[0][1]}l{steps}"
    drawing = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none' fill='none'>"
        f"<path d='{course}' stroke='{palette.SLATE}' stroke-width='2' stroke-linejoin='round' vector-effect='non-scaling-stroke'/>"
        "</svg>"
    )
    source = "data:image/svg+xml," + quote(drawing, safe=" ='/:,.-")
    return f'<img class="spark" alt="" src="{source}" style="display:block;width:100%;height:{HEIGHT}px">'
