"""Map context (`geo/context.geojson`): main roads, stations, parks and names.

Features carry `kind` (road, station, park, name) and `name`. Roads are drawn through the map points that police.uk
places on their streets, a point every 100 metres or so: good enough to know a road by, not to measure it.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

HERE = Path(__file__).parent
STRAY = 70.0
"""Metres that a point may lie off the line between its neighbours before it is taken for another road of that name."""
TOLERANCE = 12.0
"""Metres: how strongly a road's line is simplified."""
DECIMALS = 5
METRES = np.array([111_320 * np.cos(np.radians(51.515)), 111_320.0])

Points = NDArray[np.float64]


def road_line(streets: list[Points]) -> Points:
    """One line (metres) through the points of a road's streets, along the road; strays are left out."""
    whole = np.unique(np.vstack(streets), axis=0)
    centre = whole.mean(axis=0)
    along = np.linalg.svd(whole - centre)[2][0]
    ordered = whole[np.argsort((whole - centre) @ along, kind="stable")]
    kept = [ordered[0]]
    for before, here, after in zip(ordered, ordered[1:], ordered[2:], strict=False):
        if shapely.LineString([before, after]).distance(shapely.Point(here)) <= STRAY:
            kept.append(here)
    kept.append(ordered[-1])
    line = shapely.LineString(kept).simplify(TOLERANCE)
    return np.asarray(line.coords)


def roads(points: pd.DataFrame) -> list[dict[str, object]]:
    """Features of the declared main roads. `points`: street, lon, lat."""
    found = []
    for row in pd.read_csv(HERE / "main_roads.csv", comment="#").to_dict("records"):
        own = [
            points.loc[points["street"] == street, ["lon", "lat"]].to_numpy() for street in row["streets"].split(";")
        ]
        if sum(map(len, own)) < 2:
            continue
        line = road_line([part * METRES for part in own if len(part)]) / METRES
        found.append(_feature("road", str(row["road"]), "LineString", np.round(line, DECIMALS).tolist()))
    return found


def named() -> list[dict[str, object]]:
    """Stations and names that are kept by hand, with their sources at the head of each file."""
    found = []
    for kind in ("station", "name"):
        rows = pd.read_csv(HERE / f"{kind}s.csv", comment="#").to_dict("records")
        found += [_feature(kind, str(row["name"]), "Point", [row["lon"], row["lat"]]) for row in rows]
    return found


def write(points: pd.DataFrame, path: Path) -> None:
    """Write roads (from police.uk's map points), stations and names as compact GeoJSON."""
    features = [*roads(points), *named()]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


def _feature(kind: str, name: str, shape: str, coordinates: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"kind": kind, "name": name},
        "geometry": {"type": shape, "coordinates": coordinates},
    }
