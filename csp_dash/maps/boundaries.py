"""Boundaries of areas with their names and label points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from csp_dash.maps.labels import Label, Ring, place, strewn

TILE = 512
NARROW, SMALL = 312, 11


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Outlines (WGS84 GeoJSON whose features carry `properties.code`) and what is known of each area.

    `names` are full; `short` may have a line break; `labels` say how and where a name is written. `spots` are points
    strewn over each area, so that a click anywhere in it is near one. `box` is west, south, east, north. Shared between sessions: never change it.
    """

    geojson: dict[str, Any]
    codes: tuple[str, ...]
    names: Mapping[str, str]
    short: Mapping[str, str]
    labels: Mapping[str, Label]
    spots: Mapping[str, Ring]
    box: tuple[float, float, float, float]

    def rings(self, code: str) -> list[Ring]:
        """Every ring of an area, holes included."""
        return rings_of(self._geometry(code))

    def shape(self, code: str) -> BaseGeometry:
        """An area as a shape, in degrees."""
        return shapely.geometry.shape(self._geometry(code))

    def _geometry(self, code: str) -> Mapping[str, Any]:
        for feature in self.geojson["features"]:
            if feature["properties"]["code"] == code:
                found: Mapping[str, Any] = feature["geometry"]
                return found
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class View:
    """Where a map looks so that a box fits."""

    longitude: float
    latitude: float
    zoom: float


def boundaries(geojson: Mapping[str, Any], areas: pd.DataFrame) -> Boundaries:
    """Join outlines to the `areas` frame (code, name; short, label_lon, label_lat where known).

    ValueError names a code that has an outline but no row.
    """
    rows = {str(row["code"]): row for row in areas.to_dict("records")}
    codes = tuple(str(feature["properties"]["code"]) for feature in geojson["features"])
    unknown = [code for code in codes if code not in rows]
    if unknown:
        raise ValueError(f"No name is known for the outline of {', '.join(unknown)}.")
    names = {code: str(rows[code]["name"]) for code in codes}
    short = {}
    points: dict[str, tuple[float, float]] = {}
    for feature in geojson["features"]:
        code = str(feature["properties"]["code"])
        brief = rows[code].get("short")
        short[code] = str(brief).replace("|", "\n") if isinstance(brief, str) and brief else names[code]
        lon, lat = (float(rows[code].get(column, math.nan)) for column in ("label_lon", "label_lat"))
        known = math.isfinite(lon) and math.isfinite(lat)
        points[code] = (lon, lat) if known else centre(rings_of(feature["geometry"]))
    outlines = {str(f["properties"]["code"]): rings_of(f["geometry"]) for f in geojson["features"]}
    texts = {code: list(dict.fromkeys([short[code], short[code].replace("\n", " ")])) for code in codes}
    labels = place(outlines, texts, points, width=NARROW, size=SMALL)
    spots = strewn(outlines, points)
    return Boundaries(dict(geojson), codes, names, short, labels, spots, box_of(geojson))


def box_of(geojson: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """West, south, east, north of all outlines. ValueError when there are none."""
    corners = [point for feature in geojson["features"] for ring in rings_of(feature["geometry"]) for point in ring]
    if not corners:
        raise ValueError("There are no outlines to draw.")
    lons, lats = zip(*corners, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def centre(rings: Sequence[Ring]) -> tuple[float, float]:
    """The centre of gravity of the largest ring."""
    ring = max(rings, key=lambda r: abs(_area(r)))
    area = _area(ring)
    if area == 0:
        lons, lats = zip(*ring, strict=True)
        return sum(lons) / len(lons), sum(lats) / len(lats)
    lon = lat = 0.0
    for (x1, y1), (x2, y2) in _sides(ring):
        cross = x1 * y2 - x2 * y1
        lon += (x1 + x2) * cross
        lat += (y1 + y2) * cross
    return lon / (6 * area), lat / (6 * area)


def fit(box: tuple[float, float, float, float], width: int, height: int, *, edge: int = 10) -> View:
    """The Web Mercator view in which a box fits a picture of that size (pixels) with an edge around it."""
    west, south, east, north = box
    across = (east - west) / 360 * TILE
    up, down = _mercator(north), _mercator(south)
    tall = (up - down) / (2 * math.pi) * TILE
    room = max(1, width - 2 * edge), max(1, height - 2 * edge)
    scale = min(room[0] / across if across else math.inf, room[1] / tall if tall else math.inf)
    middle = math.degrees(2 * math.atan(math.exp((up + down) / 2)) - math.pi / 2)
    return View((west + east) / 2, middle, math.log2(scale) if math.isfinite(scale) else 14.0)


def rings_of(geometry: Mapping[str, Any]) -> list[Ring]:
    """Every ring of a Polygon or MultiPolygon, holes included."""
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[(float(p[0]), float(p[1])) for p in ring] for part in parts for ring in part]


def _sides(ring: Ring) -> Iterable[tuple[tuple[float, float], tuple[float, float]]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def _area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in _sides(ring)) / 2


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
