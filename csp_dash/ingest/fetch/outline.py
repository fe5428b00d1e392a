"""The borough's outline as the police service takes it, the halves of an area, and the small area of a point."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import MultiPolygon, Polygon, box

from csp_dash.ingest.facts import BadInput

METRES, DEGREES = 27700, 4326
Point = tuple[str, str]
"""Longitude and latitude, as the service writes them."""


def _read(path: Path, needs: Collection[str]) -> gpd.GeoDataFrame:
    try:
        frame = gpd.read_file(path)
    except Exception as fault:  # the reader of outlines raises many kinds
        raise BadInput(
            f"The outlines in {path} cannot be read ({str(fault)[:120]}). Make the snapshot anew."
        ) from fault
    missing = [name for name in needs if name not in frame.columns]
    if missing:
        raise BadInput(f"The outlines in {path} have no property '{missing[0]}'. Make the snapshot anew.")
    return frame


def _parts(shape: Polygon | MultiPolygon) -> list[Polygon]:
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    return [part for part in parts if isinstance(part, Polygon) and part.area > 0]


def outline(geo: Path, tolerance: float, most_points: int) -> list[Polygon]:
    """The outline of all wards together, simplified by at least `tolerance` metres until it has few enough points."""
    whole = _read(geo / "wards.geojson", ["code"]).to_crs(METRES).union_all()
    while True:
        simple = whole.simplify(tolerance)
        if sum(len(part.exterior.coords) for part in _parts(simple)) <= most_points:
            return _parts(gpd.GeoSeries([simple], crs=METRES).to_crs(DEGREES).iloc[0])
        tolerance *= 1.5


def halves(area: Polygon) -> list[Polygon]:
    """An area cut in two across its longer side.

    The cut lies half a millionth of a degree off the grid of six decimals on which the service places its points, so no
    point lies on it and none is counted in both halves.
    """
    west, south, east, north = area.bounds
    if (east - west) * 0.62 > north - south:  # a degree of longitude is 0.62 of one of latitude here
        cut = round((west + east) / 2, 6) + 5e-7
        sides = (box(west - 1, south - 1, cut, north + 1), box(cut, south - 1, east + 1, north + 1))
    else:
        cut = round((south + north) / 2, 6) + 5e-7
        sides = (box(west - 1, south - 1, east + 1, cut), box(west - 1, cut, east + 1, north + 1))
    return [part for side in sides for part in _parts(area.intersection(side))]


def words(area: Polygon) -> str:
    """The corners of an area as `latitude,longitude:latitude,longitude:…`."""
    return ":".join(f"{lat:.7f},{lon:.7f}" for lon, lat in area.exterior.coords[:-1])


def small_areas(points: Collection[Point], geo: Path, nearest: float) -> dict[Point, tuple[str, str]]:
    """Code and name of the small area (LSOA) that each point lies in; a point that is far from all is left out.

    A point outside every outline goes to the nearest within `nearest` metres: outlines are generalised and points are
    moved to the middle of streets, some of which are borders. A point on a border goes to the lower code. So about one
    point in nine, always on a street that is a border, is given to another small area than the archive gives it to.
    """
    areas = _read(geo / "lsoas.geojson", ["code", "name"])[["code", "name", "geometry"]]
    spots = pd.DataFrame(sorted(points), columns=["lon", "lat"])
    shapes = gpd.points_from_xy(spots["lon"].astype(float), spots["lat"].astype(float))
    frame = gpd.GeoDataFrame(spots, geometry=shapes, crs=DEGREES)
    inside = gpd.sjoin(frame, areas, predicate="intersects")
    outside = frame.loc[frame.index.difference(inside.index)].to_crs(METRES)
    near = gpd.sjoin_nearest(outside, areas.to_crs(METRES), max_distance=nearest)
    columns = ["lon", "lat", "code", "name"]
    found = pd.concat([inside[columns], near[columns]]).sort_values("code").drop_duplicates(["lon", "lat"])
    return {(row[0], row[1]): (row[2], row[3]) for row in found.itertuples(index=False)}
