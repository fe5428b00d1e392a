"""The places of a release: outlines, what stands around them, streets and postcodes. Each is read when it is first asked for."""

from __future__ import annotations

import json
import math
import re
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from csp_dash import queries
from csp_dash.analytics.hotspots import Neighbours, neighbours
from csp_dash.maps.boundaries import Boundaries, boundaries
from csp_dash.maps.context import Context, context
from csp_dash.warehouse import Snapshot, Warehouse


class Places:
    """Outlines and names of places of one release. `areas` is the answer of `queries.areas`. Safe to share."""

    def __init__(self, snapshot: Snapshot, warehouse: Warehouse, areas: pd.DataFrame) -> None:
        self._snapshot = snapshot
        self._warehouse = warehouse
        self._areas = areas
        self._wards = frozenset(areas.loc[areas["kind"] == "ward", "code"])

    @cached_property
    def streets(self) -> tuple[tuple[str, str], ...]:
        """Street names with their ward's code, in order of the alphabet."""
        rows = queries.streets(self._warehouse).to_dict("records")
        return tuple((_cased(str(row["street"])), str(row["ward"])) for row in rows if row["ward"] in self._wards)

    @cached_property
    def postcodes(self) -> dict[str, str]:
        """Ward by postcode, written without blanks in capitals; empty where no directory was taken in."""
        rows = queries.postcodes(self._warehouse)
        return {code.replace(" ", ""): ward for code, ward in zip(rows["postcode"], rows["ward"], strict=True)}

    def knows_postcodes(self) -> bool:
        """Whether a directory of postcodes was taken in."""
        return bool(self.postcodes)

    def ward_of_postcode(self, typed: str) -> str | None:
        """The ward of a postcode however it is typed, or None where it is no live one of the borough."""
        return self.postcodes.get("".join(typed.split()).upper())

    @cached_property
    def ward_outlines(self) -> Boundaries:
        return self._outlines("wards", "ward")

    @cached_property
    def borough_outlines(self) -> Boundaries:
        return self._outlines("boroughs", "borough")

    @cached_property
    def lsoa_outlines(self) -> Boundaries:
        return self._outlines("lsoas", "lsoa")

    @cached_property
    def lsoa_links(self) -> Neighbours:
        """Which small areas are neighbours, for the tests of hot spots."""
        outlines = self.lsoa_outlines
        flat = {code: shapely.transform(outlines.shape(code), _metres) for code in outlines.codes}
        return neighbours(flat)

    @cached_property
    def context(self) -> Context:
        """Water, main roads, stations and parks around the wards."""
        return context(self.ward_outlines.box, self._geojson("water"), self._geojson("context"))

    @cached_property
    def square_kilometres(self) -> dict[str, float]:
        """Land area by area code."""
        return self.place_measure("area_km2")

    def place_measure(self, name: str) -> dict[str, float]:
        """A fixed measure of places (deprivation, land) by area code."""
        rows = queries.place_measures(self._warehouse)
        rows = rows[rows["measure"] == name]
        return {str(area): float(value) for area, value in zip(rows["area"], rows["value"], strict=True)}

    def _outlines(self, name: str, kind: str) -> Boundaries:
        return boundaries(self._geojson(name), self._areas[self._areas["kind"] == kind])

    def _geojson(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._snapshot.path(f"geo/{name}.geojson").read_text(encoding="utf-8"))
        return found


def _cased(street: str) -> str:
    """`St Paul's Way`: the source writes a capital after the apostrophe, and in the little words of a name."""
    return re.sub(r"(?<=[a-z]['’])S\b", "s", street).replace("-By-", "-by-")


def _metres(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Degrees as metres, near enough within one borough."""
    return np.multiply(points, [111_320 * math.cos(math.radians(51.515)), 111_320.0], dtype=np.float64)
