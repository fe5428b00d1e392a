"""Outlines for maps: clip to land, generalise with shared borders kept, round, write as GeoJSON.

All work is done on the British National Grid (EPSG:27700, metres); files are written in EPSG:4326.
The way between the two is spelt out (seven-parameter shift, good to about two metres) rather than left
to whatever grid files a machine happens to hold, so that every machine writes the same bytes.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry
from shapely.ops import polylabel

from csp_dash.ingest.facts import BadInput

DECIMALS = 5
"""Decimals of a degree in the files: about a metre."""

GRID_METRES = 0.1
"""Source outlines are snapped to this grid before they are cut, so that cut borders still match."""

LABEL_STRETCH = 2.4
"""A label is wider than high; label points look for room that is this many times as wide as high."""

_TO_GRID = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3"
    " +step +proj=cart +ellps=WGS84 +step +inv +proj=helmert +x=446.448 +y=-125.157 +z=542.06"
    " +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 +convention=position_vector"
    " +step +inv +proj=cart +ellps=airy +step +proj=pop +v_3"
    " +step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
)

Outlines = dict[str, BaseGeometry]
"""Outline by area code."""


def _moved(shapes: Outlines, inverse: bool) -> Outlines:
    transformer = Transformer.from_pipeline(_TO_GRID)

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        direction = "INVERSE" if inverse else "FORWARD"
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1], direction=direction))

    return {code: shapely.transform(shape, move) for code, shape in shapes.items()}


def to_grid(shapes: Outlines) -> Outlines:
    """Degrees (EPSG:4326) to metres on the British National Grid."""
    return _moved(shapes, inverse=False)


def to_degrees(shapes: Outlines) -> Outlines:
    """Metres on the British National Grid to degrees (EPSG:4326), rounded to `DECIMALS`, exteriors anticlockwise."""

    def rounded(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(points, DECIMALS) + 0.0

    moved = _moved(shapes, inverse=True)
    return {
        code: shapely.orient_polygons(shapely.remove_repeated_points(shapely.transform(shape, rounded)))
        for code, shape in moved.items()
    }


def read_outlines(path: Path, code_column: str) -> tuple[gpd.GeoDataFrame, Outlines]:
    """Rows and outlines (by code, in the file's own coordinates) of a GeoJSON file or a zipped shapefile.

    Raises BadInput when the file cannot be read, has no such column, or repeats a code.
    """
    target = str(path)
    try:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                target = f"/vsizip/{path}/" + next(name for name in archive.namelist() if name.endswith(".shp"))
        rows = gpd.read_file(target)
    except (OSError, StopIteration, zipfile.BadZipFile, RuntimeError) as error:
        raise BadInput(f"{path.name} cannot be read as outlines ({error}). Put the official file back.") from error
    if code_column not in rows.columns:
        raise BadInput(f"{path.name} has no column '{code_column}'; it has {', '.join(rows.columns)}.")
    if rows[code_column].duplicated().any():
        raise BadInput(f"{path.name} repeats a code in column '{code_column}'.")
    rows = rows.sort_values(code_column).reset_index(drop=True)
    return rows, dict(zip(rows[code_column], rows.geometry, strict=True))


def _polygons_only(shape: BaseGeometry, least: float) -> BaseGeometry:
    """The polygons of a shape that are larger than `least` square metres."""
    kept = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > least]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def clip(shapes: Outlines, land: BaseGeometry, *, least: float = 5.0) -> Outlines:
    """The part of each outline on land; crumbs under `least` square metres are dropped."""
    whole = shapely.set_precision(land, GRID_METRES)
    cut = {
        code: shapely.intersection(shapely.set_precision(shape, GRID_METRES), whole, grid_size=GRID_METRES)
        for code, shape in shapes.items()
    }
    return {code: _polygons_only(shape, least) for code, shape in cut.items()}


def fill(shapes: Outlines, land: BaseGeometry) -> Outlines:
    """Give each strip of land that no outline covers to the outline with which it shares most border."""
    whole = shapely.set_precision(land, GRID_METRES)
    codes = list(shapes)
    covered = shapely.union_all(list(shapes.values()), grid_size=GRID_METRES)
    grown = dict(shapes)
    strips = [
        part
        for part in shapely.get_parts(shapely.difference(whole, covered, grid_size=GRID_METRES))
        if part.geom_type == "Polygon"
    ]
    for strip in sorted(strips, key=lambda part: (-part.area, part.bounds)):
        shared = [shapely.length(shapely.intersection(strip, shapes[code])) for code in codes]
        nearest = codes[int(np.argmax(shared))]
        grown[nearest] = shapely.union(grown[nearest], strip, grid_size=GRID_METRES)
    return {code: _polygons_only(shape, 1.0) for code, shape in grown.items()}


def clean(shapes: Outlines, width: float = 1.5) -> Outlines:
    """Draw together border points nearer than `width` metres, so that no spike is too thin to survive rounding."""
    cleaned = shapely.coverage_clean(list(shapes.values()), snapping_distance=width)
    return {code: _polygons_only(shape, 1.0) for code, shape in zip(shapes, cleaned, strict=True)}


def _matched(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """Where one side of a border has a corner that the other side passes straight through, add it there too."""
    loose = shapely.coverage_invalid_edges(shapes)
    corners = shapely.MultiPoint(shapely.get_coordinates(loose))
    return [
        shape if edge.is_empty else shapely.snap(shape, corners, 2 * GRID_METRES)
        for shape, edge in zip(shapes, loose, strict=True)
    ]


def generalise(shapes: Outlines, tolerance: float) -> Outlines:
    """Simplify outlines together, so that a border between two areas stays one line. Tolerance in metres."""
    codes = list(shapes)
    sources = _matched(list(shapes.values()))
    if not shapely.coverage_is_valid(sources):
        raise BadInput("The outlines overlap, or their borders do not match, before they are generalised.")
    return dict(zip(codes, shapely.coverage_simplify(sources, tolerance), strict=True))


def checked(degrees: Outlines, what: str) -> Outlines:
    """The same outlines, or BadInput when one is broken or two overlap."""
    broken = [code for code, shape in degrees.items() if not shape.is_valid or shape.is_empty]
    if broken:
        raise BadInput(f"Generalising left broken outlines among the {what}: {', '.join(broken)}.")
    if not shapely.coverage_is_valid(list(degrees.values())):
        raise BadInput(f"Generalising left gaps or overlaps among the {what}.")
    return degrees


def area_error(degrees: Outlines, source: Outlines) -> dict[str, float]:
    """Difference in area between written outlines and their sources (metres), as a share of the source."""
    back = to_grid(degrees)
    return {code: back[code].area / shape.area - 1 for code, shape in source.items()}


def label_point(shape: BaseGeometry) -> tuple[float, float]:
    """Longitude and latitude at which a wide label has most room inside an outline given in metres."""
    largest = max(shapely.get_parts(shape), key=lambda part: float(part.area))

    def stretched(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.multiply(points, [1.0, LABEL_STRETCH], dtype=np.float64)

    spot = polylabel(shapely.transform(largest, stretched), tolerance=5.0)
    point = shapely.Point(spot.x, spot.y / LABEL_STRETCH)
    if not largest.contains(point):
        point = largest.representative_point()
    placed = _moved({"label": point}, inverse=True)["label"]
    return round(float(placed.x), DECIMALS), round(float(placed.y), DECIMALS)


def write_geojson(shapes: Outlines, names: dict[str, str], path: Path) -> None:
    """Write outlines as compact GeoJSON, sorted by code, with the properties code and name."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": names[code]},
            "geometry": shapely.geometry.mapping(shapes[code]),
        }
        for code in sorted(shapes)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")
