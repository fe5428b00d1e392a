"""Hexagons of equal size over published map points: where records lie, never at whose door."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pydeck as pdk

from csp_dash.analytics import palette
from csp_dash.analytics.classes import Classes, classify
from csp_dash.analytics.wording import counted
from csp_dash.maps import layers
from csp_dash.maps.boundaries import Boundaries, fit

RADIUS = 150
METRES = 111_320.0
TOOLTIP = "{label}"


def hexagons(points: pd.DataFrame, *, radius: float = RADIUS) -> pd.DataFrame:
    """Add up points (lon, lat, n) in hexagons `radius` metres from centre to corner.

    Returns lon, lat (of the centre), n, places (how many points lie in it). The grid is fixed, so that two periods
    can be compared.
    """
    if points.empty:
        return pd.DataFrame({"lon": [], "lat": [], "n": [], "places": []})
    squeeze = METRES * math.cos(math.radians(51.51))
    x, y = points["lon"].astype(float) * squeeze, points["lat"].astype(float) * METRES
    across, up = math.sqrt(3) * radius, 1.5 * radius
    q = (math.sqrt(3) / 3 * x - y / 3) / radius
    r = (2 / 3 * y) / radius
    cells = [_nearest(a, b) for a, b in zip(q, r, strict=True)]
    work = pd.DataFrame({"cell": cells, "n": points["n"].astype(float).to_numpy()})
    found = work.groupby("cell", sort=True)["n"].agg(["sum", "size"]).reset_index()
    return pd.DataFrame(
        {
            "lon": [across * (q + r / 2) / squeeze for q, r in found["cell"]],
            "lat": [up * r / METRES for _, r in found["cell"]],
            "n": found["sum"].astype(float),
            "places": found["size"].astype(int),
        }
    )


def classes_of(cells: pd.DataFrame, number: int = 5) -> Classes:
    """Legible classes of the hexagons' counts."""
    return classify(cells["n"], number, whole=True)


def deck(
    boundaries: Boundaries,
    points: pd.DataFrame,
    *,
    classes: Classes | None = None,
    radius: float = RADIUS,
    unit: str = "offences",
    water: Mapping[str, Any] | None = None,
    width: int = 520,
    height: int = 520,
    columns: bool = False,
) -> pdk.Deck:
    """Hexagons over ward outlines. `points`: lon, lat, n. `columns` raises them by count and tilts the view."""
    cells = hexagons(points, radius=radius)
    shades = classes or classes_of(cells)
    rows = [
        {
            "position": [round(row["lon"], 5), round(row["lat"], 5)],
            "n": row["n"],
            "fill": [*palette.rgb(shades.colour(row["n"])), 225],
            "label": f"{counted(row['n'], unit)} at {counted(row['places'], 'map points')}",
        }
        for row in cells.to_dict("records")
    ]
    tallest = max((row["n"] for row in rows), default=1.0) or 1.0
    stack = [layers.ground(boundaries.box)]
    if water is not None:
        stack.append(layers.backdrop("water", water, palette.SKY, layers.WATER))
    stack.append(layers.backdrop("ground", boundaries.geojson, palette.SLATE, 0.1))
    stack.append(
        pdk.Layer(
            "ColumnLayer",
            id="hexagons",
            data=rows,
            get_position="position",
            get_fill_color="fill",
            get_elevation="n",
            elevation_scale=1500 / tallest if columns else 0,
            disk_resolution=6,
            radius=radius * 0.97,
            angle=30,
            extruded=columns,
            stroked=False,
            pickable=True,
            auto_highlight=True,
            highlight_color=[*palette.rgb(palette.ORANGE), 120],
        )
    )
    stack.append(layers.outlines("wards", boundaries.geojson, palette.SLATE, 1))
    view = fit(boundaries.box, width, height)
    return layers.deck(stack, view, width=width, height=height, tooltip=TOOLTIP, pitch=45 if columns else 0)


def _nearest(q: float, r: float) -> tuple[int, int]:
    """The hexagon (axial coordinates) that a place falls in: rounding in cube coordinates."""
    s = -q - r
    a, b, c = round(q), round(r), round(s)
    off = abs(a - q), abs(b - r), abs(c - s)
    if off[0] > off[1] and off[0] > off[2]:
        a = -b - c
    elif off[1] > off[2]:
        b = -a - c
    return a, b
