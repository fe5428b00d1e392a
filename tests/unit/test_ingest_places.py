"""Places: the committed geo/ folder always; the official files when they are there."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from csp_dash.catalogue import load
from csp_dash.ingest import outlines, places
from csp_dash.ingest.facts import BadInput
from csp_dash.ingest.workbook import read_sheet

ROOT = Path(__file__).resolve().parents[2]
GEO = ROOT / "geo"
OFFICIAL = Path(os.environ.get("CSP_DASH_OFFICIAL", ROOT.parent / "shared" / "data"))
WARDS = {f"E050093{number}" for number in range(17, 37)}
LAYERS = {"wards": 60_000, "lsoas": 200_000, "boroughs": 80_000, "water": 30_000}

with_official_files = pytest.mark.skipif(
    not (OFFICIAL / "01_boundaries").is_dir(), reason="official files are not here"
)


def layer(name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(GEO / f"{name}.geojson")


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(GEO / f"{name}.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    return table("areas")


@pytest.fixture(scope="module")
def population() -> pd.DataFrame:
    return table("population")


@pytest.fixture(scope="module")
def measures() -> pd.DataFrame:
    return table("measures")


@pytest.mark.parametrize("name", LAYERS)
def test_outlines_are_sound_and_small(name: str) -> None:
    path = GEO / f"{name}.geojson"
    shapes = layer(name)
    assert path.stat().st_size <= LAYERS[name]
    assert shapes.is_valid.all() and not shapes.is_empty.any()
    assert shapely.coverage_is_valid(shapes.geometry.to_numpy())
    assert list(shapes["code"]) == sorted(shapes["code"])
    parts = shapely.get_parts(shapes.geometry.to_numpy())
    assert all(part.exterior.is_ccw for part in parts), "RFC 7946: exterior rings run anticlockwise"
    assert all(not ring.is_ccw for part in parts for ring in part.interiors)
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    assert all(set(feature["properties"]) == {"code", "name"} for feature in features)


@pytest.mark.parametrize("name", ["wards", "lsoas"])
def test_borough_has_no_gap_inside(name: str) -> None:
    union = shapely.union_all(layer(name).geometry.to_numpy())
    assert union.geom_type == "Polygon"
    assert len(union.interiors) == 0


@pytest.mark.parametrize("name", LAYERS)
def test_no_slivers(name: str) -> None:
    metres = outlines.to_grid(dict(enumerate(shapely.get_parts(layer(name).geometry.to_numpy()))))  # type: ignore[arg-type]
    assert all(part.area > 1_000 for part in metres.values())


def test_coordinates_have_five_decimals() -> None:
    points = shapely.get_coordinates(layer("wards").geometry.to_numpy())
    assert (abs(points - points.round(5)) < 1e-12).all()
    assert (points[:, 0].min(), points[:, 0].max()) == (
        pytest.approx(-0.0795, abs=0.002),
        pytest.approx(0.009, abs=0.002),
    )


def test_codes_and_kinds(areas: pd.DataFrame) -> None:
    assert areas.groupby("kind").size().to_dict() == {"ward": 20, "borough": 33, "region": 1, "lsoa": 169}
    assert areas["code"].is_unique
    for kind, name in (("ward", "wards"), ("lsoa", "lsoas"), ("borough", "boroughs")):
        mine = areas[areas["kind"] == kind]
        assert set(mine["code"]) == set(layer(name)["code"])
        assert dict(zip(mine["code"], mine["name"], strict=True)) == dict(layer(name)[["code", "name"]].to_numpy())
    assert set(areas.loc[areas["kind"] == "ward", "code"]) == WARDS
    assert set(areas.loc[areas["kind"] == "lsoa", "parent"]) == WARDS


def test_todays_names_and_former_ones(areas: pd.DataFrame) -> None:
    by_code = areas.set_index("code")
    assert by_code.loc["E05009317", "name"] == "Bethnal Green East"
    assert by_code.loc["E05009317", "also"].split(";") == ["Bethnal Green"]
    assert by_code.loc["E05009331", "name"] == "Bethnal Green West"
    assert "St Peter's" in by_code.loc["E05009331", "also"].split(";")
    assert by_code.loc["E05009323", "name"] == "Canary Wharf"
    wards = areas[areas["kind"] == "ward"]
    assert (wards["short"].str.replace("|", " ") == wards["name"]).all()
    every = [name for row in wards.itertuples() for name in {row.name, *row.also.split(";")} - {""}]
    assert len(every) == len(set(every)), "a name must point to one ward only"


@pytest.mark.parametrize(("kind", "name"), [("ward", "wards"), ("lsoa", "lsoas"), ("borough", "boroughs")])
def test_label_points_lie_inside(areas: pd.DataFrame, kind: str, name: str) -> None:
    shapes = layer(name).set_index("code").geometry
    mine = areas[areas["kind"] == kind]
    outside = [
        r.code for r in mine.itertuples() if not shapes[r.code].contains(shapely.Point(r.label_lon, r.label_lat))
    ]
    assert outside == []


def test_every_lsoa_has_one_ward() -> None:
    lookup = table("lsoa_ward")
    assert lookup.groupby("edition").size().to_dict() == {2011: 144, 2021: 169}
    assert not lookup.duplicated(["lsoa", "edition"]).any()
    assert set(lookup["ward"]) == WARDS


def test_populations(population: pd.DataFrame) -> None:
    assert not population.duplicated(["area", "base"]).any()
    census = population[population["base"] == "census_2021"].set_index("area")["people"]
    assert census[sorted(WARDS)].sum() == 310_313
    assert census["E09000030"] == 310_300
    assert census["E12000007"] == 8_799_800
    assert abs(census[census.index.str.startswith("E09")].sum() - 8_799_800) <= 33 * 50
    assert census.min() > 0
    borough = population[population["area"] == "E09000030"].set_index("base")["people"]
    assert borough["plan_2020"] == 331_620
    for base, total in (("mid_2019_pre_rebase", 324_745), ("mid_2020_pre_rebase", 331_969)):
        rows = population[population["base"] == base].set_index("area")["people"]
        assert rows["E09000030"] == total
        assert rows[sorted(WARDS)].sum() == total
        assert rows[rows.index.str.startswith("E01")].sum() == total


def test_measures(measures: pd.DataFrame) -> None:
    assert not measures.duplicated(["area", "measure"]).any()
    assert (measures["source"] != "").all()
    land = measures[measures["measure"] == "area_km2"].set_index("area")["value"]
    assert land["E09000030"] == pytest.approx(19.778, abs=0.001)
    assert land[sorted(WARDS)].sum() == pytest.approx(land["E09000030"], abs=0.001)
    assert land[land.index.str.startswith("E01")].sum() == pytest.approx(land["E09000030"], abs=0.001)
    assert land[land.index.str.startswith("E09")].sum() == pytest.approx(land["E12000007"], abs=0.001)
    scores = measures[measures["measure"] == "imd2019_score"].set_index("area")["value"]
    assert scores["E09000030"] == 27.913
    assert len(scores) == 33 + 20
    deciles = measures[measures["measure"] == "iod2025_decile"]["value"]
    assert len(deciles) == 169 and deciles.between(1, 10).all()
    groups = measures[measures["measure"].str.startswith("pop_")]["value"].sum()
    assert groups == pytest.approx(310_313, rel=0.001)


def test_wards_and_water_share_borders() -> None:
    every = [*layer("wards").geometry, *layer("water").geometry]
    assert shapely.coverage_is_valid(every)


def test_fill_gives_a_strip_to_its_longest_neighbour() -> None:
    shapes = {"a": shapely.box(0, 0, 100, 100), "b": shapely.box(100, 0, 300, 100)}
    grown = outlines.fill(shapes, shapely.box(0, 0, 300, 104))
    assert grown["b"].area == pytest.approx(200 * 100 + 300 * 4)
    assert grown["a"].area == pytest.approx(100 * 100)


def test_overlapping_outlines_are_refused() -> None:
    with pytest.raises(BadInput, match="overlap"):
        outlines.generalise({"a": shapely.box(0, 0, 100, 100), "b": shapely.box(50, 0, 200, 100)}, 5)


def test_census_boroughs_must_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (places.HERE / "census_2021_boroughs.csv").read_text(encoding="utf-8")
    (tmp_path / "census_2021_boroughs.csv").write_text(text.replace("310300\n", "319300\n", 1), encoding="utf-8")
    monkeypatch.setattr(places, "HERE", tmp_path)
    with pytest.raises(BadInput, match="adds up to"):
        places.census_boroughs()


def test_unknown_ward_name_is_refused() -> None:
    lookup = pd.DataFrame({"ward": ["E05009323"], "ward_name": ["Millwall"]})
    with pytest.raises(BadInput, match="Millwall"):
        places._check_names(lookup, places.declared_wards())


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="LSOA11_WD21"):
        places.write(tmp_path, tmp_path / "geo")


def test_workbook_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_text("no workbook")
    with pytest.raises(BadInput, match="not a readable"):
        read_sheet(path, "a")


def copy_inputs(target: Path) -> None:
    for folder in ("01_boundaries", "02_lsoa_lookups", "07_population_imd"):
        shutil.copytree(OFFICIAL / folder, target / folder, copy_function=shutil.copyfile)
        (target / folder).chmod(0o755)


@with_official_files
def test_same_input_gives_the_committed_bytes(tmp_path: Path) -> None:
    inputs = places.write(OFFICIAL, tmp_path)
    assert len(inputs) == 12 and all(path.is_file() for path in inputs)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(
        [f"{name}.geojson" for name in LAYERS] + [f"{t}.csv" for t in ("areas", "lsoa_ward", "measures", "population")]
    )
    different = [name for name in names if (tmp_path / name).read_bytes() != (GEO / name).read_bytes()]
    assert different == []


@with_official_files
def test_generalised_wards_keep_their_area() -> None:
    inputs: list[Path] = []
    _, _, boroughs = places._boroughs(OFFICIAL, inputs)
    source = places._wards(OFFICIAL, inputs, boroughs[places.BOROUGH], places.declared_wards())
    written = layer("wards").set_index("code").geometry.to_dict()
    errors = outlines.area_error(written, source)
    assert set(errors) == WARDS
    assert max(map(abs, errors.values())) < places.MOST_AREA_ERROR


@with_official_files
def test_similar_boroughs(measures: pd.DataFrame, population: pd.DataFrame) -> None:
    names, inner, _ = places._boroughs(OFFICIAL, [])
    nearest = places.similar_boroughs(measures, population, inner)
    assert [names[code] for code in nearest["code"]] == [
        "Islington",
        "Newham",
        "Southwark",
        "Lambeth",
        "Hackney",
    ]
    assert nearest["distance"].is_monotonic_increasing
    assert set(load().similar) == set(nearest["code"]), "the catalogue declares what the rule finds"


@with_official_files
def test_odd_inputs_are_refused(tmp_path: Path) -> None:
    copy_inputs(tmp_path)
    census = tmp_path / "07_population_imd" / "lbth-ward-population-2021_nomis_TS001.csv"
    whole = census.read_text(encoding="utf-8")
    census.write_text("\n".join(whole.splitlines()[:-1]) + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match="expected 20 areas, found 19"):
        places.write(tmp_path, tmp_path / "geo")
    census.write_text(whole.replace("OBS_VALUE", "VALUE"), encoding="utf-8")
    with pytest.raises(BadInput, match="no column 'OBS_VALUE'"):
        places.write(tmp_path, tmp_path / "geo")
    census.write_text(whole, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "01_boundaries" / "London-wards-2018_ESRI.zip", "w") as archive:
        archive.writestr("readme.txt", "no outlines")
    with pytest.raises(BadInput, match="cannot be read as outlines"):
        places.write(tmp_path, tmp_path / "geo")
