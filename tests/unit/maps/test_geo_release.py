"""The bundled places: outlines without gaps, land as measured, surroundings where they are, households that can be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from support import ROOT
from support.independent_counts import Second

from csp_dash.catalogue import load
from csp_dash.ingest.context import Context
from csp_dash.ingest.geography.map_context import STRAY, road_line

GEO = ROOT / "geo"


def metres(name: str) -> Any:
    return geopandas.read_file(GEO / f"{name}.geojson").to_crs(27700)


@pytest.fixture(scope="module")
def wards() -> Any:
    return metres("wards").set_index("code")


@pytest.fixture(scope="module")
def around() -> Any:
    return metres("context")


def test_twenty_wards_without_a_gap_or_an_overlap(wards: Any, second: Second):
    assert len(wards) == 20 and dict(wards["name"]) == second.names
    degrees = geopandas.read_file(GEO / "wards.geojson").geometry.to_numpy()
    assert shapely.is_valid(degrees).all() and shapely.coverage_is_valid(degrees)
    whole = shapely.union_all(degrees)
    assert whole.geom_type == "Polygon" and not whole.interiors, "one piece, no hole"
    assert sum(shape.area for shape in degrees) == pytest.approx(whole.area, rel=1e-9)


def test_small_areas_lie_in_the_borough_without_gap_or_overlap(wards: Any):
    degrees = geopandas.read_file(GEO / "lsoas.geojson").geometry.to_numpy()
    assert len(degrees) == 169 and shapely.coverage_is_valid(degrees)
    lsoas, land = shapely.union_all(metres("lsoas").geometry), shapely.union_all(wards.geometry)
    assert lsoas.symmetric_difference(land).area / land.area < 0.02


def test_every_small_area_lies_in_the_ward_that_it_is_given(wards: Any):
    """By best fit, which goes by where people live: nearly all of most, and a part of each."""
    lookup = pd.read_csv(GEO / "lsoa_ward.csv", dtype=str)
    ward_of = lookup[lookup["edition"] == "2021"].set_index("lsoa")["ward"]
    shares = {
        code: shape.intersection(wards.geometry[ward_of[code]]).area / shape.area
        for code, shape in metres("lsoas").set_index("code").geometry.items()
    }
    assert min(shares.values()) > 0.1, min(shares, key=shares.__getitem__)
    assert sum(share > 0.5 for share in shares.values()) > 0.9 * len(shares)


def test_the_land_of_a_ward_is_what_was_measured(wards: Any, second: Second):
    for code, shape in wards.geometry.items():
        assert shape.area / 1e6 == pytest.approx(second.land[code], rel=0.005), code


def test_label_points_lie_in_their_wards(wards: Any, second: Second):
    rows = second.areas[second.areas["kind"] == "ward"].set_index("code")
    points = geopandas.GeoSeries(
        geopandas.points_from_xy(rows["label_lon"].astype(float), rows["label_lat"].astype(float)), rows.index, crs=4326
    ).to_crs(27700)
    for code, point in points.items():
        assert wards.geometry[code].contains(point), code


def test_water_and_wards_do_not_overlap(wards: Any):
    water = shapely.union_all(metres("water").geometry)
    assert water.area > 1e6
    for code, shape in wards.geometry.items():
        assert shape.intersection(water).area < 2_000, code


def test_stations_and_roads_are_those_of_the_borough(wards: Any, around: Any):
    land = shapely.union_all(wards.geometry)
    stations = around[around["kind"] == "station"]
    assert len(stations) >= 30 and stations["name"].is_unique
    assert stations.geometry.distance(land).max() < 1_500
    assert stations.geometry.within(land.buffer(1)).sum() >= 20
    roads = around[around["kind"] == "road"]
    assert {"A11", "A13"} <= set(roads["name"]) and roads["name"].is_unique
    assert roads.geometry.length.between(300, 6_000).all()
    for name, road in zip(roads["name"], roads.geometry, strict=True):
        assert road.intersection(land.buffer(50)).length / road.length > 0.9, name
        assert road.is_simple, f"{name} doubles back"
    assert set(around["kind"]) <= {"road", "station", "park", "name"}
    assert "http" not in (GEO / "context.geojson").read_text("utf-8")


def test_well_known_stations_stand_where_they_are(around: Any):
    """National grid references that anyone can look up."""
    points = around[around["kind"] == "station"].set_index("name").geometry
    for name, east, north in (
        ("Whitechapel", 534_700, 181_800),
        ("Mile End", 536_500, 182_600),
        ("Bow Road", 537_300, 182_700),
    ):
        found = [point for known, point in points.items() if known == name or known.startswith(f"{name} (")]
        assert found, name
        assert found[0].distance(shapely.Point(east, north)) < 300, name


def test_surroundings_are_compact_and_have_names():
    collection = json.loads((GEO / "context.geojson").read_text("utf-8"))
    for feature in collection["features"]:
        assert feature["properties"]["name"].strip() == feature["properties"]["name"] != ""
    assert (GEO / "context.geojson").stat().st_size < 30_000


# --- a road through map points -------------------------------------------------------------------


def test_a_road_leaves_out_a_point_that_strays_from_it():
    straight = np.array([[x, 3.0 * (x // 100 % 2)] for x in range(0, 1100, 100)], dtype=float)
    stray = np.array([[450.0, 400.0]])
    line = shapely.LineString(road_line([straight, stray]))
    assert line.distance(shapely.Point(450, 400)) > STRAY
    assert line.length == pytest.approx(1000, rel=0.02)
    assert shapely.LineString(road_line([straight])).equals(line)


def test_a_road_keeps_a_bend_and_the_order_of_its_streets():
    bent = np.array([[x, 0.0] for x in range(0, 600, 50)] + [[550.0 + step * 45, step * 25.0] for step in range(1, 8)])
    line = shapely.LineString(road_line([bent[9:], bent[:9]]))
    assert max(line.distance(shapely.Point(point)) for point in bent) < 15
    xs = [x for x, _ in line.coords]
    assert xs in (sorted(xs), sorted(xs, reverse=True)) and len(xs) < len(bent), "simplified"


# --- households ----------------------------------------------------------------------------------


def test_households_are_those_of_twenty_wards_and_hold_their_residents(second: Second):
    assert set(second.homes.index) == set(second.names) and len(second.homes) == 20
    size = second.residents / second.homes
    assert size.between(1.5, 4.5).all(), size.to_dict()
    # ONS Census 2021: Tower Hamlets had 120,500 households with at least one resident and 310,300 residents.
    assert second.homes.sum() == pytest.approx(120_500, rel=0.01)
    assert second.residents.sum() == pytest.approx(310_300, rel=0.001)
    population = pd.read_csv(GEO / "population.csv")
    kept = population[population["base"] == "census_2021_households"]
    assert len(kept) == 20 and kept["source"].str.contains("Census 2021").all() and kept["area"].is_unique


# --- outlines that points are placed by ----------------------------------------------------------


def test_points_are_placed_in_wards_that_reach_into_the_river_and_in_small_areas(tmp_path: Path):
    context = Context(load(), GEO, tmp_path)
    wards, small = context.ward_shapes, context.lsoa_shapes
    assert list(wards.columns) == ["ward", "geometry"] and list(small.columns) == ["lsoa", "geometry"]
    assert len(wards) == 20 and len(small) == 169 and wards.crs.to_epsg() == small.crs.to_epsg() == 4326
    assert set(small["lsoa"]) == {code for code, ward in context.lsoa_wards.items() if code in set(small["lsoa"])}
    for shapes in (wards, small):
        assert shapely.coverage_is_valid(shapes.geometry.to_numpy()), "no overlap, no gap between neighbours"
        corners = shapely.get_coordinates(shapes.geometry.to_numpy())
        assert (abs(corners - corners.round(6)) < 1e-12).all()
    land = metres("wards").geometry.area.sum()
    river = wards.to_crs(27700).geometry.area.sum() - land
    assert 1_500_000 < river < 2_500_000, "half of the Thames along the borough"
    size = sum((GEO / f"{name}_places.geojson").stat().st_size for name in ("ward", "lsoa"))
    assert size < 400_000


def test_a_point_falls_into_the_ward_that_is_drawn_around_it(wards: Any, tmp_path: Path):
    """Random points on land, more than 15 m from a border as it is drawn, which is generalised."""
    chance = np.random.default_rng(7)
    west, south, east, north = wards.total_bounds
    spots = geopandas.GeoDataFrame(
        geometry=shapely.points(chance.uniform(west, east, 4000), chance.uniform(south, north, 4000)), crs=27700
    )
    drawn = wards[["geometry"]].set_geometry(wards.geometry.buffer(-15)).reset_index()
    inside = spots.sjoin(drawn, predicate="within")[["geometry", "code"]]
    placed = inside.to_crs(4326).sjoin(Context(load(), GEO, tmp_path).ward_shapes, how="left", predicate="within")
    assert len(placed) == len(inside) > 1000
    assert (placed["code"] == placed["ward"]).all()
