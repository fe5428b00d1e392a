"""A sparkline: the course of a measure as a line without axes, in SVG.

All sparklines stand on one time axis, with a hairline where the plan begins, so that how current a series is can be seen
before it is read. Each has a scale of its own, which spans at least `LEAST_SPAN` of its mean: a flat series looks flat.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

STEP, HEIGHT, EDGE = 3, 60, 7
LEAST_SPAN = 0.3

Points = Sequence[tuple[int, float | None]]


def sparkline(points: Points, months: int, begin: int | None = None) -> str:
    """SVG of `points` (months from the axis's start, value) on an axis of `months`; empty for fewer than two values.

    A missing value (None) breaks the line. `begin` is the month of the hairline. The picture has no words: whoever shows
    it says in text what it shows. Colours come from the page's style sheet (`.spark`).
    """
    values = [value for _, value in points if value is not None]
    if len(values) < 2:
        return ""
    mean = sum(values) / len(values)
    reach = max(max(values) - min(values), LEAST_SPAN * abs(mean)) or 1.0
    low = (max(values) + min(values) - reach) / 2
    dots: list[tuple[int, int] | None] = [
        None if value is None else (month * STEP, round(HEIGHT - EDGE - (value - low) / reach * (HEIGHT - 2 * EDGE)))
        for month, value in points
    ]
    wide = max(months, 1) * STEP
    hairline = "" if begin is None else f'<path class="begin" d="M{begin * STEP} 0V{HEIGHT}"/>'
    x, y = [dot for dot in dots if dot][-1]
    return (
        f'<svg class="spark" viewBox="{-2 * STEP} 0 {wide + 4 * STEP} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f'{hairline}<path class="course" d="{_path(dots)}"/><path class="end" d="M{x} {y}h0"/></svg>'
    )


def _path(dots: Sequence[tuple[int, int] | None]) -> str:
    """The line in short relative steps, begun anew after a missing value."""
    parts = []
    for before, dot in pairwise([None, *dots]):
        if dot is None:
            continue
        parts.append(f"M{dot[0]} {dot[1]}" if before is None else f"l{dot[0] - before[0]} {dot[1] - before[1]}")
    return "".join(parts)
