"""Density of map points: hexagons of equal size (H3), or a smoothed surface."""

from __future__ import annotations

import math
from enum import StrEnum
from itertools import pairwise
from typing import Any

import h3
import numpy as np
import numpy.typing as npt
import pandas as pd
import pydeck as pdk
import shapely
from contourpy import contour_generator
from scipy.ndimage import gaussian_filter
from shapely.geometry.base import BaseGeometry

from csp_dash.analytics import palette
from csp_dash.analytics.classes import Classes, classify
from csp_dash.domain.wording import counted
from csp_dash.maps import deck_layers
from csp_dash.maps.boundaries import Boundaries, fit
from csp_dash.maps.context import Context

RESOLUTION = 9
"""Of the H3 grid, which is fixed for the whole earth: cells of about 0.1 square kilometres."""
SPREAD, CELL = 200.0, 50.0  # metres: how far one point is smeared out, and the grid on which
TOOLTIP = "{label}"
Numbers = npt.NDArray[np.float64]
NARROW, WIDE = 320, 620  # pixels


class Style(StrEnum):
    """How points are drawn."""

    HEXAGONS = "hexagons"
    COLUMNS = "columns"
    SMOOTHED = "smoothed"


def hexagons(points: pd.DataFrame, resolution: int = RESOLUTION) -> pd.DataFrame:
    """Add up points (lon, lat, n) in H3 cells: cell, n, places (how many points), most (at the busiest point)."""
    if points.empty:
        return pd.DataFrame({"cell": [], "n": [], "places": [], "most": []})
    cells = [h3.latlng_to_cell(lat, lon, resolution) for lon, lat in zip(points["lon"], points["lat"], strict=True)]
    work = pd.DataFrame({"cell": cells, "n": points["n"].astype(float).to_numpy()})
    return work.groupby("cell", as_index=False, sort=True).agg(n=("n", "sum"), places=("n", "size"), most=("n", "max"))


def across(lat: float, lon: float) -> float:
    """The width in metres, from side to side, of the hexagon at a place; it varies over the earth."""
    area = h3.cell_area(h3.latlng_to_cell(lat, lon, RESOLUTION), unit="m^2")
    return math.sqrt(2 * float(area) / math.sqrt(3))


def classes_of(cells: pd.DataFrame, number: int = 5) -> Classes:
    """Legible classes of the hexagons' counts."""
    return classify(cells["n"], number, whole=True)


def deck(
    boundaries: Boundaries,
    points: pd.DataFrame,
    *,
    style: Style = Style.HEXAGONS,
    unit: str = "offences",
    context: Context | None = None,
    moving: bool = False,
    height: int = 520,
) -> pdk.Deck:
    """Points (lon, lat, n) over ward outlines. Columns are raised by count and the view is tilted.

    A deck cannot refit to its frame, so one that stands still is made for the narrowest: a phone's.
    """
    stack = [deck_layers.ground(boundaries.box)]
    if context is not None:
        stack.append(deck_layers.flat("water", context.water, palette.WATER, deck_layers.WATER))
    outlines = [ring for code in boundaries.codes for ring in boundaries.rings(code)]
    stack.append(
        _smooth(boundaries, points, unit) if style is Style.SMOOTHED else _cells(points, unit, style is Style.COLUMNS)
    )
    stack.append(deck_layers.lines("wards", outlines, palette.SLATE, 1))
    if context is not None:
        stack += deck_layers.between(context)
    tilt = 45 if style is Style.COLUMNS else 0
    width = WIDE if moving else NARROW
    view = fit(boundaries.box, width, height)
    return deck_layers.deck(stack, view, width=width, height=height, tooltip=TOOLTIP, pitch=tilt, moving=moving)


def _cells(points: pd.DataFrame, unit: str, raised: bool) -> pdk.Layer:
    cells = hexagons(points)
    classes = classes_of(cells)
    tallest = float(cells["n"].max()) if len(cells) else 1.0
    rows = [
        {
            "polygon": [[round(lon, 5), round(lat, 5)] for lat, lon in h3.cell_to_boundary(row["cell"])],
            "n": row["n"],
            "fill": [*palette.rgb(classes.colour(row["n"])), 225],
            "label": pinned(row["n"], int(row["places"]), row["most"], unit),
        }
        for row in cells.to_dict("records")
    ]
    return pdk.Layer(
        "PolygonLayer",
        id="hexagons",
        data=rows,
        get_polygon="polygon",
        get_fill_color="fill",
        get_elevation="n",
        elevation_scale=1500 / tallest if raised else 0,
        extruded=raised,
        stroked=False,
        pickable=True,
        auto_highlight=True,
        highlight_color=[*palette.rgb(palette.ORANGE), 120],
    )


def surface(points: pd.DataFrame) -> tuple[Numbers, Numbers, Numbers]:
    """Points (lon, lat, n) smoothed by a Gaussian kernel of `SPREAD` metres: longitudes and latitudes of a grid of
    `CELL` metres, and points per square kilometre there (rows go north)."""
    if points.empty:
        return np.zeros(2), np.zeros(2), np.zeros((2, 2))
    lat = float(points["lat"].mean())
    metres = np.array([111_320 * math.cos(math.radians(lat)), 111_320.0])
    where = points[["lon", "lat"]].to_numpy() * metres
    low, high = where.min(axis=0) - 4 * SPREAD, where.max(axis=0) + 4 * SPREAD
    edges = [np.arange(low[i], high[i] + CELL, CELL) for i in (0, 1)]
    counts, _, _ = np.histogram2d(where[:, 0], where[:, 1], bins=edges, weights=points["n"].astype(float))
    dense = gaussian_filter(counts, SPREAD / CELL, mode="constant").T / (CELL / 1000) ** 2
    middles = [(axis[:-1] + CELL / 2) / metres[i] for i, axis in enumerate(edges)]
    return middles[0], middles[1], dense


def classes_of_surface(boundaries: Boundaries, points: pd.DataFrame) -> Classes:
    """Legible classes of the smoothed density on land, where there is one point per square kilometre or more."""
    lon, lat, dense = surface(points)
    inside = shapely.contains_xy(_land(boundaries), *np.meshgrid(lon, lat))
    known = dense[inside & (dense >= 1)]
    return classify(np.quantile(known, np.linspace(0, 1, 300)).tolist() if len(known) else [])


def _land(boundaries: Boundaries) -> BaseGeometry:
    return shapely.union_all([boundaries.shape(code) for code in boundaries.codes])


def _smooth(boundaries: Boundaries, points: pd.DataFrame, unit: str) -> pdk.Layer:
    """Bands of equal density, cut off at the edge of the borough: nothing is known of what lies beyond."""
    lon, lat, dense = surface(points)
    classes = classes_of_surface(boundaries, points)
    land = _land(boundaries)
    bands = contour_generator(lon, lat, dense, fill_type="OuterOffset")
    levels = [1.0, *classes.edges, max(float(dense.max()), 1.0) + 1]
    rows = []
    for place, (low, high) in enumerate(pairwise(levels)):
        found: Any = bands.filled(low, high)  # corners of every band, and where its rings begin
        corners, offsets = found
        for ring, cuts in zip(corners, offsets, strict=True):
            outer, *holes = [ring[a:b] for a, b in pairwise(cuts)]
            inside = shapely.intersection(shapely.make_valid(shapely.Polygon(outer, holes)), land)
            rows += [
                {
                    "polygon": [
                        np.round(np.asarray(one.coords), 5).tolist() for one in (part.exterior, *part.interiors)
                    ],
                    "fill": [*palette.rgb(classes.colours[place]), 215],
                    "label": f"{classes.labels[place]} {unit} per km²",
                }
                for part in shapely.get_parts(inside)
                if part.geom_type == "Polygon" and not part.is_empty
            ]
    return pdk.Layer(
        "PolygonLayer",
        id="smoothed",
        data=rows,
        get_polygon="polygon",
        get_fill_color="fill",
        stroked=False,
        pickable=True,
    )


def pinned(total: float, places: int, most: float, unit: str) -> str:
    """`180 burglaries at 9 map points; 142 of them are pinned to one point`."""
    said = f"{counted(total, unit)} at {counted(places, 'map points')}"
    if places > 1 and most >= total / 2 and total >= 10:
        said += f"; {most:,.0f} of the {total:,.0f} are pinned to one point"
    return said
