"""Context layers of maps: water, parks, main roads and stations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from csp_dash.maps.boundaries import rings_of
from csp_dash.maps.labels import Ring

SIMPLER = 0.00012  # degrees: some ten metres, a pixel of a map
KILOMETRE = 1 / 111.32  # of a degree of latitude


@dataclass(frozen=True, slots=True)
class Place:
    """A named point."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Line:
    """A named line through points of longitude and latitude."""

    name: str
    points: Ring


@dataclass(frozen=True, slots=True)
class Context:
    """`water` and `parks` are rings in degrees. `named` are places whose names are written, such as the river."""

    water: tuple[Ring, ...] = ()
    parks: tuple[Ring, ...] = ()
    roads: tuple[Line, ...] = ()
    stations: tuple[Place, ...] = ()
    named: tuple[Place, ...] = ()


def context(box: tuple[float, float, float, float], *collections: Mapping[str, Any]) -> Context:
    """Context from GeoJSON whose features carry `name` and `kind` (park, road, station or name; water without).

    Water is cut off a box's width beyond the box (west, south, east, north); what does not reach the box is left out.
    """
    west, south, east, north = box
    wide, tall = (east - west), (north - south) / 4
    near = shapely.box(west, south, east, north)
    water: list[Ring] = []
    parks: list[Ring] = []
    roads: list[Line] = []
    stations: list[Place] = []
    named: list[Place] = []
    for feature in (one for collection in collections for one in collection["features"]):
        name, shape = feature["properties"]["name"], feature["geometry"]
        kind = feature["properties"].get("kind", "water")
        if kind == "water":
            cut = shapely.clip_by_rect(
                shapely.geometry.shape(shape), west - wide, south - tall, east + wide, north + tall
            ).simplify(SIMPLER)
            water += [
                ring
                for part in shapely.get_parts(cut)
                if part.intersects(near)
                for ring in rings_of(shapely.geometry.mapping(part))
            ]
        elif kind == "park":
            parks += rings_of(shape)
        elif kind == "road":
            roads.append(Line(name, [(float(x), float(y)) for x, y in shape["coordinates"]]))
        else:
            place = Place(name, float(shape["coordinates"][0]), float(shape["coordinates"][1]))
            (stations if kind == "station" else named).append(place)
    return Context(tuple(water), tuple(parks), tuple(roads), tuple(stations), tuple(named))
