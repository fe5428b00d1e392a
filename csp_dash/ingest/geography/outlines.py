"""Outlines for maps: clipped to land, generalised with shared borders, written as GeoJSON.

All work is done on the British National Grid (EPSG:27700, metres); files are written in EPSG:4326.
The way between the two is spelt out (seven-parameter shift, good to about two metres) rather than left
to whatever grid files a machine happens to hold, so that every machine writes the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry
from shapely.ops import polylabel

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.columns import column_of
from csp_dash.ingest.files.source_file import SourceFile

DECIMALS = 5
"""Decimals of a degree in the files that are drawn: about a metre."""

FINE_DECIMALS = 6
"""Decimals of a degree in the files that points are placed by: about a tenth of a metre."""

GRID_METRES = 0.1
"""Source outlines are snapped to this grid before they are cut, so that cut borders still match."""

MOST_DIFFERENCE = 0.01
"""Share of its area by which an outline may differ from another of the same place."""

LABEL_STRETCH = 2.4
"""A label is wider than high; label points look for room that is this many times as wide as high."""

_TO_GRID = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3"
    " +step +proj=cart +ellps=WGS84 +step +inv +proj=helmert +x=446.448 +y=-125.157 +z=542.06"
    " +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 +convention=position_vector"
    " +step +inv +proj=cart +ellps=airy +step +proj=pop +v_3"
    " +step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
)

DEGREES = (-9.0, 49.0, 3.0, 61.0)
GRID = (1_000.0, 1_000.0, 700_000.0, 1_300_000.0)
"""Where Great Britain lies (west, south, east, north), in degrees and in metres on the British National Grid."""

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


def to_degrees(shapes: Outlines, decimals: int = DECIMALS) -> Outlines:
    """Metres on the British National Grid to degrees (EPSG:4326), rounded, exteriors anticlockwise."""

    def rounded(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(points, decimals) + 0.0

    moved = _moved(shapes, inverse=True)
    return {
        code: shapely.orient_polygons(shapely.remove_repeated_points(shapely.transform(shape, rounded)))
        for code, shape in moved.items()
    }


@dataclass(frozen=True)
class Kind:
    """A kind of area, and the columns (as `column_of` takes them) that files have its codes, names and borough in."""

    word: str
    code: str
    name: str
    borough: str
    gss: str


KINDS = {
    "ward_outlines": Kind(
        "ward", r"wardcode|wd\d\dcd|gsscode", r"name|wardname|wd\d\dnm", r"lagsscode|lbgsscode|lad\d\dcd", "E05"
    ),
    "lsoa_outlines": Kind("small area", r"lsoa(11|21)cd", r"lsoa(11|21)nm", r"lad\d\dcd", "E01"),
    "borough_outlines": Kind("borough", r"lad\d\dcd|gsscode", r"lad\d\dnm|name", "", "E09"),
}


@dataclass(frozen=True)
class Layer:
    """The outlines of a file: its features (code, name, borough; borough is "" where the file does not tell) and, in
    metres, the shapes of those that were asked for. `located` says whether the file tells in which coordinates it is."""

    entry: SourceFile
    column: str
    rows: pd.DataFrame
    shapes: Outlines
    located: bool

    @property
    def names(self) -> dict[str, str]:
        return dict(zip(self.rows["code"], self.rows["name"], strict=True))

    @property
    def points(self) -> int:
        """Corner points of the shapes: the more, the finer."""
        return int(sum(len(shapely.get_coordinates(shape)) for shape in self.shapes.values()))


def read_layer(entry: SourceFile, wanted: Iterable[str]) -> Layer:
    """The features of a file of outlines, and the shapes of those with the wanted codes.

    Raises BadInput when the file cannot be read, has no column of codes, repeats a code or lacks a shape.
    """
    kind = KINDS[entry.format]
    table = _features(entry, ignore_geometry=True)
    columns = {
        name: column_of(table.columns, pattern) if pattern else ""
        for name, pattern in (("code", kind.code), ("name", kind.name), ("borough", kind.borough))
    }
    if not columns["code"]:
        raise BadInput(f"{entry.name} has no column with the codes of {kind.word}s; it has {', '.join(table.columns)}.")
    rows = pd.DataFrame(
        {name: table[column].fillna("").astype(str).str.strip() if column else "" for name, column in columns.items()},
        index=table.index,
    )
    twice = rows["code"][rows["code"].duplicated() & rows["code"].ne("")]
    if len(twice):
        raise BadInput(f"{entry.name} has more than one outline of {twice.iloc[0]}. Leave one of them.")
    mine = rows["code"][rows["code"].isin(set(wanted))]
    shapes: Outlines = {}
    located = False
    if len(mine):
        quoted = ", ".join(
            "'" + str(value).replace("'", "''") + "'" for value in table.loc[mine.index, columns["code"]]
        )
        found = _features(entry, where=f'"{columns["code"]}" in ({quoted})')
        found["code"] = found[columns["code"]].astype(str).str.strip()
        found = found.sort_values("code")
        empty = found["code"][found.geometry.isna() | found.geometry.is_empty]
        if len(empty):
            raise BadInput(f"{entry.name} has no outline for {empty.iloc[0]}. Download it again.")
        shapes, located = _in_metres(found, entry)
    return Layer(entry, columns["code"], rows, shapes, located)


def _features(entry: SourceFile, **options: object) -> gpd.GeoDataFrame:
    try:
        return gpd.read_file(entry.gdal, **options)
    except (OSError, RuntimeError, ValueError) as fault:
        why = (str(fault).splitlines() or [type(fault).__name__])[0][:160].rstrip(".")
        raise BadInput(f"{entry.name} cannot be read as outlines ({why}). Download it again.") from None


def _in_metres(found: gpd.GeoDataFrame, entry: SourceFile) -> tuple[Outlines, bool]:
    """Shapes by code on the British National Grid, and whether the file says in which coordinates they are.

    GeoJSON that says nothing passes for degrees, so what the numbers can be counts for more than what they are said to be.
    """
    crs, degrees = found.crs, _within(found, DEGREES)
    if crs is not None and not crs.is_geographic and "British National Grid" not in crs.name:
        found, crs, degrees = found.to_crs(4326), CRS(4326), True
    elif not degrees and not _within(found, GRID):
        x, y = found.geometry.iloc[0].representative_point().coords[0]
        swapped = _within(found, (DEGREES[1], DEGREES[0], DEGREES[3], DEGREES[2]))
        how = (
            "latitude stands before longitude" if swapped else "they are neither degrees nor the British National Grid"
        )
        raise BadInput(
            f"{entry.name} has its outlines at places such as {x:.9g}, {y:.9g}: {how}. Save it anew with longitude and latitude"
            " (EPSG:4326), or with eastings and northings (EPSG:27700)."
        )
    shapes: Outlines = dict(zip(found["code"], found.geometry, strict=True))
    return to_grid(shapes) if degrees else shapes, crs is not None and crs.is_geographic == degrees


def _within(found: gpd.GeoDataFrame, bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = found.total_bounds
    return bool(bounds[0] <= west and bounds[1] <= south and east <= bounds[2] and north <= bounds[3])


def cores(shapes: Outlines, allowance: float) -> Outlines:
    """Outlines without a strip of `allowance` metres along their borders; whole where little would be left."""
    shrunk = {code: shapely.buffer(shape, -allowance) for code, shape in shapes.items()}
    return {code: core if core.area > shapes[code].area / 10 else shapes[code] for code, core in shrunk.items()}


def differs(code: str, shape: BaseGeometry, held: Outlines) -> str:
    """How an outline differs from that of the same place which is held, as the end of a sentence, or "".

    It must cover the core of the place and reach into the core of no other, to 99%: borders may lie a little apart,
    since publishers generalise outlines, and some stop at mean high water, others in the middle of a river.
    """
    covered = shapely.intersection(shape, held[code]).area / held[code].area
    if covered < 1 - MOST_DIFFERENCE:
        return f"it covers {covered:.0%} of the place that is known under this code"
    strays = sum(shapely.intersection(shape, other).area for name, other in held.items() if name != code) / shape.area
    return f"{strays:.0%} of it lies in other places" if strays > MOST_DIFFERENCE else ""


def fine(shapes: Outlines, tolerance: float, what: str) -> Outlines:
    """Outlines in degrees by which points are placed: hardly generalised, borders shared."""
    if not shapely.coverage_is_valid(list(shapes.values())):
        shapes = clean(shapes)
    return checked(to_degrees(generalise(shapes, tolerance), FINE_DECIMALS), what)


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
