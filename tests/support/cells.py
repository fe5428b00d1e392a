"""Made-up maps: a square of cells with a figure each."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from csp_dash.analytics.hotspots import Neighbours


def grid(side: int) -> Neighbours:
    """Queen neighbours of a square of cells; `0203` is in row 2 and column 3."""
    cells = list(product(range(side), repeat=2))
    found = {
        f"{r:02}{c:02}": tuple(
            f"{a:02}{b:02}" for a, b in cells if (a, b) != (r, c) and abs(a - r) <= 1 and abs(b - c) <= 1
        )
        for r, c in cells
    }
    return Neighbours(found, (), 1)


def dealt(links: Neighbours, numbers: Any) -> dict[str, float]:
    """One figure a cell, in order."""
    return dict(zip(links.links, (float(n) for n in numbers), strict=True))


def planted(links: Neighbours) -> dict[str, float]:
    """A calm map with a high corner of four by four cells."""
    calm = dealt(links, np.random.default_rng(3).normal(20, 2, len(links.links)))
    return {cell: value + (15 if int(cell[:2]) < 4 and int(cell[2:]) < 4 else 0) for cell, value in calm.items()}
