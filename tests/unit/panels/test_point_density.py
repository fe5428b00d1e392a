"""Burglary by map point: nothing is lost, nothing is at an address, and each style says what it shows."""

from __future__ import annotations

import io
import json
from typing import Any

import h3
import pandas as pd
import pytest
from support import ROOT

from csp_dash.domain.filters import Filters
from csp_dash.maps import point_density as maps
from csp_dash.maps.point_density import Style
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.panel import Panel
from csp_dash.panels.wards import point_density

YEARS = (2021, 2023)


def drawn(data: Dataset, *, moving: bool) -> dict[Style, Panel]:
    return {style: point_density.map_points(data, Filters(indicator="burglary"), style, moving) for style in Style}


@pytest.fixture(scope="module")
def pictures(data: Dataset) -> dict[Style, Panel]:
    return drawn(data, moving=False)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """The three newest whole years of the file, a row a map point."""
    every = pd.read_parquet(ROOT / "data" / "tables" / "snap_point.parquet")
    inside = every[every["month"].str[:4].astype(int).between(*YEARS)]
    return inside.groupby(["lon", "lat"], as_index=False)["n"].sum()


def layers(picture: Panel) -> dict[str, Any]:
    return {layer["id"]: layer for layer in json.loads(picture.figure.to_json())["layers"]}


def test_the_years_are_the_newest_whole_ones(pictures: dict[Style, Panel]):
    every = pd.read_parquet(ROOT / "data" / "tables" / "snap_point.parquet")
    assert int(every["month"].max()[:4]) in (YEARS[1], YEARS[1] + 1), "2024 is not whole"
    for picture in pictures.values():
        assert f"{YEARS[0]} to {YEARS[1]}" in picture.caption and f"{YEARS[0]} to {YEARS[1]}" in picture.alt


@pytest.mark.parametrize("style", [Style.HEXAGONS, Style.COLUMNS])
def test_hexagons_hold_every_offence_of_the_points(pictures: dict[Style, Panel], table: pd.DataFrame, style: Style):
    rows = layers(pictures[style])["hexagons"]["data"]
    assert sum(row["n"] for row in rows) == table["n"].sum()
    cells = [h3.latlng_to_cell(lat, lon, 9) for lon, lat in zip(table["lon"], table["lat"], strict=True)]
    wanted = table["n"].groupby(pd.Series(cells, index=table.index)).sum()
    assert sorted(row["n"] for row in rows) == sorted(wanted) and all(len(row["polygon"]) == 6 for row in rows)
    middles = {
        h3.latlng_to_cell(sum(p[1] for p in row["polygon"]) / 6, sum(p[0] for p in row["polygon"]) / 6, 9): row["n"]
        for row in rows
    }
    assert middles == wanted.to_dict(), "each on its own cell"
    half = next(n for n in range(1, len(wanted)) if 2 * wanted.nlargest(n).sum() >= wanted.sum())
    assert pictures[style].title == f"Half of the burglaries fell in {half} of {len(wanted)} hexagons"


def test_the_points_are_said_to_be_no_addresses(pictures: dict[Style, Panel], table: pd.DataFrame):
    for picture in pictures.values():
        assert "not an address" in picture.remark
        assert f"{table['n'].sum():,}" in picture.remark and f"{len(table):,}" in picture.remark
        assert "pinned to a single point" in picture.remark


def test_a_hexagon_whose_records_are_pinned_says_so(pictures: dict[Style, Panel], table: pd.DataFrame):
    cells = pd.Series(
        [h3.latlng_to_cell(lat, lon, 9) for lon, lat in zip(table["lon"], table["lat"], strict=True)], index=table.index
    )
    by_cell = table["n"].groupby(cells).agg(["sum", "max", "size"])
    wanted = by_cell[(by_cell["size"] > 1) & (by_cell["sum"] >= 10) & (2 * by_cell["max"] >= by_cell["sum"])]
    said = [row["label"] for row in layers(pictures[Style.HEXAGONS])["hexagons"]["data"] if "pinned" in row["label"]]
    assert len(said) == len(wanted) > 0
    assert {text.split("; ")[1].split(" of the")[0] for text in said} == {f"{n:,.0f}" for n in wanted["max"]}


def test_each_style_is_drawn_and_said(pictures: dict[Style, Panel]):
    assert set(pictures) == set(Style)
    flat, raised, smooth = (layers(pictures[style]) for style in Style)
    assert not flat["hexagons"]["extruded"] and raised["hexagons"]["extruded"]
    assert "hexagons" not in smooth and smooth["smoothed"]["data"]
    assert "moothed" in pictures[Style.SMOOTHED].caption and "km²" in pictures[Style.SMOOTHED].caption
    assert "moothed" not in pictures[Style.HEXAGONS].caption
    for style, picture in pictures.items():
        assert style.value in picture.alt and picture.legend and not picture.empty
        text = picture.figure.to_json()
        assert "http" not in text and len(text) < 150_000, (style, len(text))


def test_the_smoothed_surface_is_the_same_offences(data: Dataset, table: pd.DataFrame, pictures: dict[Style, Panel]):
    _, _, dense = maps.surface(table)
    assert dense.sum() * (maps.CELL / 1000) ** 2 == pytest.approx(table["n"].sum(), rel=0.002)
    fills = {tuple(row["fill"][:3]) for row in layers(pictures[Style.SMOOTHED])["smoothed"]["data"]}
    assert fills == {
        tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) for colour, _ in pictures[Style.SMOOTHED].legend
    }
    west, south, east, north = data.places.ward_outlines.box
    for row in layers(pictures[Style.SMOOTHED])["smoothed"]["data"]:
        for ring in row["polygon"]:
            assert all(west - 1e-4 <= x <= east + 1e-4 and south - 1e-4 <= y <= north + 1e-4 for x, y in ring)


def test_only_a_map_to_move_in_takes_the_wheel(data: Dataset, pictures: dict[Style, Panel]):
    for style, picture in drawn(data, moving=True).items():
        assert json.loads(picture.figure.to_json())["views"][0]["controller"] is True
        assert json.loads(pictures[style].figure.to_json())["views"][0]["controller"] is False
        assert picture.title == pictures[style].title and picture.evidence.csv == pictures[style].evidence.csv


def test_the_file_holds_the_points(pictures: dict[Style, Panel], table: pd.DataFrame):
    rows = pd.read_csv(io.StringIO(pictures[Style.HEXAGONS].evidence.csv))
    assert rows["n"].sum() == table["n"].sum() and len(rows) == len(table)
    assert set(rows["first_year"]) == {YEARS[0]} and set(rows["last_year"]) == {YEARS[1]}
