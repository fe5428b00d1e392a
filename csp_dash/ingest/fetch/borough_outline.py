"""The borough's outline in the form that the police API takes, its halves, and the LSOA of a point."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import MultiPolygon, Polygon, box

from csp_dash.ingest.errors import BadInput

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


def small_areas(
    points: Collection[Point], geo: Path, nearest: float, told: Path | None = None
) -> dict[Point, tuple[str, str]]:
    """Code and name of the small area (LSOA of 2021) that each point lies in; a point that is far from all is left out.

    The publisher moves points to the middle of streets, some of which are borders. So a point whose small area its own
    files have told (the table `told`) goes there, to the one that was told most often. Any other goes to the outline that
    it lies in, on a border to the lower code, and outside of all to the nearest within `nearest` metres.

    Of the Metropolitan Police's burglaries from July 2023 to September 2024, placed as if each month had come last of
    all, 0.4% come to another ward than the files say; by outlines alone 1.9% do.
    """
    areas = _read(geo / "lsoa_places.geojson", ["code", "name"])[["code", "name", "geometry"]]
    spots = pd.DataFrame(sorted(points), columns=["lon", "lat"])
    shapes = gpd.points_from_xy(spots["lon"].astype(float), spots["lat"].astype(float))
    frame = gpd.GeoDataFrame(spots, geometry=shapes, crs=DEGREES)
    known = _told(told, set(areas["code"]))
    codes = pd.Series([known.get((point.x, point.y), "") for point in frame.geometry], index=frame.index, dtype="str")
    named = frame.assign(code=codes)[codes != ""].merge(areas[["code", "name"]], on="code")
    others = frame[codes == ""]
    inside = gpd.sjoin(others, areas, predicate="intersects")
    outside = others.loc[others.index.difference(inside.index)].to_crs(METRES)
    near = gpd.sjoin_nearest(outside, areas.to_crs(METRES), max_distance=nearest)
    columns = ["lon", "lat", "code", "name"]
    found = pd.concat([named[columns], inside[columns], near[columns]])
    found = found.sort_values("code").drop_duplicates(["lon", "lat"])
    return {(row[0], row[1]): (row[2], row[3]) for row in found.itertuples(index=False)}


def _told(path: Path | None, codes: Collection[str]) -> dict[tuple[float, float], str]:
    """The small area that was told most often for a point, of those that there are; of two the lower code."""
    if path is None or not path.exists():
        return {}
    rows = pd.read_parquet(path, columns=["lon", "lat", "lsoa", "n"])
    sums = rows[rows["lsoa"].isin(codes)].groupby(["lon", "lat", "lsoa"], as_index=False).agg({"n": "sum"})
    sums = sums.sort_values(["n", "lsoa"], ascending=[False, True]).drop_duplicates(["lon", "lat"])
    return dict(zip(zip(sums["lon"], sums["lat"], strict=True), sums["lsoa"], strict=True))
