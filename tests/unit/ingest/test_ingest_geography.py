"""Places: the committed geo/ folder always; files made from it; the official files when they are there."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from support import ROOT

from csp_dash.catalogue import load
from csp_dash.domain.geography import AUTHORITIES, TOWER_HAMLETS
from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.corrections import Correction
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile, entries
from csp_dash.ingest.geography import build, outlines
from csp_dash.ingest.geography.place_names import declared_wards
from csp_dash.warehouse import Snapshot

GEO = ROOT / "geo"
WARDS = {f"E050093{number}" for number in range(17, 37)}
LAYERS = {
    "wards": 60_000,
    "lsoas": 200_000,
    "boroughs": 80_000,
    "water": 30_000,
    "ward_places": 80_000,
    "lsoa_places": 320_000,
}
FOLDERS = ("01_boundaries", "02_lsoa_lookups", "07_population_imd")
Run = Callable[..., "Done"]


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


@pytest.mark.parametrize("name", ["wards", "lsoas", "boroughs", "water"])
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
    with pytest.raises(BadInput, match=r"overlap"):
        outlines.generalise({"a": shapely.box(0, 0, 100, 100), "b": shapely.box(50, 0, 200, 100)}, 5)


@dataclass
class Done:
    """What a run made of some files."""

    context: Context
    entries: list[SourceFile]
    taken: list[Extract]

    @property
    def intake(self) -> pd.DataFrame:
        return self.context.ledger.intake().set_index("file")

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.context.geo / f"{name}.csv", dtype=str, keep_default_na=False)

    def changed(self) -> list[str]:
        """Files that differ from those of the bundled release."""
        return self.changed_but("")

    def changed_but(self, aside: str) -> list[str]:
        made = self.context.geo
        names = sorted(path.name for path in GEO.iterdir() if path.name != aside)
        return [name for name in names if (GEO / name).read_bytes() != (made / name).read_bytes()]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Read files; beside the bundled release unless `alone`. Every row must be accounted for."""

    def go(*paths: Path, alone: bool = False, corrections: tuple[Correction, ...] = ()) -> Done:
        base = None if alone else Base(Snapshot.open(ROOT))
        context = Context(load(), tmp_path / "new-geo", tmp_path / "scratch", base, Ledger(corrections))
        found, others = entries(paths)
        assert not [other for other in others if other.problem], others
        mine = [entry for entry in found if entry.format in build.FORMATS]
        assert mine or not paths, "none of the files is of places"
        taken = build.write(mine, context)
        context.ledger.close(mine)
        return Done(context, mine, taken)

    return go


def lookup_rows(edition: str = "2021") -> pd.DataFrame:
    """lsoa, ward, name of ward, as the bundled look-up has them."""
    rows = table("lsoa_ward").astype(str)
    names = dict(zip(table("areas")["code"], table("areas")["name"], strict=True))
    rows = rows[rows["edition"] == edition]
    return rows.assign(ward_name=rows["ward"].map(names))[["lsoa", "ward", "ward_name"]].reset_index(drop=True)


def lookup_file(path: Path, rows: pd.DataFrame, columns: tuple[str, ...], borough: str = "E09000030") -> Path:
    """A look-up as the Office for National Statistics publishes it; `columns` are those of lsoa, ward, name, borough."""
    frame = rows.assign(borough=borough)
    frame.columns = list(columns)
    frame.to_csv(path, index=False, encoding="utf-8-sig")
    return path


WD24 = ("LSOA21CD", "WD24CD", "WD24NM", "LAD24CD")


def nomis(
    path: Path, people: dict[str, int], *, cell: str = "C2021_RESTYPE_3", total: str = "Total: All usual residents"
) -> Path:
    """A table of the Census as Nomis gives it, every cell quoted, two cells a place."""
    rows = []
    for code, number in people.items():
        for name, value in ((total, number), ("Lives in a household", number - 10)):
            rows.append(("2021", code, "x", name, "Value", str(value)))
    columns = ["DATE", "GEOGRAPHY_CODE", "GEOGRAPHY_NAME", f"{cell}_NAME", "MEASURES_NAME", "OBS_VALUE"]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False, quoting=1)
    return path


def census() -> dict[str, int]:
    rows = table("population")
    rows = rows[(rows["base"] == "census_2021") & rows["area"].isin(WARDS)]
    return {str(code): int(people) for code, people in zip(rows["area"], rows["people"], strict=True)}


def iod_rows() -> pd.DataFrame:
    wide = table("measures").pivot(index="area", columns="measure", values="value")
    wide = wide.loc[wide["iod2025_rank"].notna(), ["iod2025_rank", "iod2025_decile"]].astype(int)
    frame = wide.reset_index()
    frame.insert(1, "district", "E09000030")
    stem = "Index of Multiple Deprivation (IMD)"
    frame.columns = [
        "LSOA code (2021)",
        "Local Authority District code (2024)",
        f"{stem} Rank (where 1 is most deprived)",
        f"{stem} Decile (where 1 is most deprived 10% of LSOAs)",
    ]
    return frame


def deprivation_files(folder: Path) -> list[Path]:
    """Indices of 2019 of boroughs and wards, as in the bundled release."""
    wide = table("measures").pivot(index="area", columns="measure", values="value").reset_index()
    boroughs = wide[wide["area"].str.startswith("E09")]
    one = pd.DataFrame(
        {
            "Local Authority District code (2019)": boroughs["area"],
            "Local Authority District name (2019)": "x",
            "IMD - Average score ": boroughs["imd2019_score"],
        }
    )
    wards = wide[wide["area"].str.startswith("E05")]
    two = pd.DataFrame(
        {
            "Ward Code": wards["area"],
            "IMD average score": wards["imd2019_score"],
            "IMD Extent %": wards["imd2019_extent"],
        }
    )
    one.to_csv(folder / "b.csv", index=False)
    two.to_csv(folder / "w.csv", index=False)
    return [folder / "b.csv", folder / "w.csv"]


def moved(shapes: gpd.GeoDataFrame, metres: float) -> gpd.GeoDataFrame:
    away = shapes.to_crs(27700)
    return away.set_geometry(away.geometry.translate(metres)).to_crs(4326)


# --- a release to add to -------------------------------------------------------------------------


def test_without_files_the_places_stay(run: Run) -> None:
    done = run()
    assert done.taken == [] and done.changed() == []


@pytest.mark.parametrize(
    "columns",
    [WD24, ("LSOA21CD", "WD25CD", "WD25NM", "LAD25CD"), ("lsoa21cd", "wd30cd", "wd30nm", "lad30cd")],
)
def test_a_lookup_of_any_vintage_that_agrees_is_noted(run: Run, tmp_path: Path, columns: tuple[str, ...]) -> None:
    path = lookup_file(tmp_path / "any name.csv", lookup_rows(), columns)
    done = run(path)
    row = done.intake.loc["any name.csv"]
    assert (row["rows"], row["accepted"], row["out_of_area"]) == (169, 169, 0)
    assert "agrees with the look-up that is held" in row["note"]
    assert done.taken == [] and done.changed() == []


def test_a_lookup_without_a_borough_is_known_by_its_names(run: Run, tmp_path: Path) -> None:
    rows = lookup_rows("2011")
    rows["name"] = [f"Tower Hamlets {number:03}A" for number in range(len(rows))]
    rows.columns = ["LSOA11CD", "WD20CD", "WD20NM", "LSOA11NM"]
    rows.loc[len(rows)] = ["E01000001", "E05009288", "Aldersgate", "City of London 001A"]
    rows.to_excel(tmp_path / "x.xlsx", index=False)
    row = run(tmp_path / "x.xlsx").intake.loc["x.xlsx, sheet 'Sheet1'"]
    assert (row["rows"], row["accepted"], row["out_of_area"]) == (145, 144, 1)


def test_a_lookup_that_differs_is_refused(run: Run, tmp_path: Path) -> None:
    rows = lookup_rows()
    rows.loc[2, ["ward", "ward_name"]] = ["E05009336", "Whitechapel"]
    path = lookup_file(tmp_path / "new.csv", rows, WD24)
    with pytest.raises(BadInput, match=r"new.csv, line 4: E0\d+ lies in E05009336, but is in E0\d+ .* build --from"):
        run(path)


def test_a_lookup_to_other_wards_is_refused(run: Run, tmp_path: Path) -> None:
    rows = lookup_rows()
    rows.loc[1, "ward"] = "E05000580"
    with pytest.raises(BadInput, match=r"line 3, column 'WD13CD': E05000580 is none of today's 20 wards"):
        run(lookup_file(tmp_path / "old.csv", rows, ("LSOA21CD", "WD13CD", "WD13NM", "LAD13CD")))


def test_a_ward_name_that_is_not_declared_is_refused(run: Run, tmp_path: Path) -> None:
    """Quirk 24: the council's own list calls Canary Wharf Millwall."""
    rows = lookup_rows()
    rows.loc[rows["ward"] == "E05009323", "ward_name"] = "Millwall"
    with pytest.raises(BadInput, match=r"'Millwall'.*ward_names.csv"):
        run(lookup_file(tmp_path / "x.csv", rows, WD24))


def test_quirk_24_every_style_of_a_ward_name_is_known() -> None:
    wards = declared_wards().set_index("code")
    known = {code: {row["name"], *row["also"].split(";")} for code, row in wards.iterrows()}
    assert {"Bethnal Green", "Bethnal Green East"} <= known["E05009317"]
    assert {"St Peter's", "St. Peter's", "St Peter's (Tower Hamlets)", "Bethnal Green West"} <= known["E05009331"]
    assert {"St Dunstan's", "St. Dunstan's", "St Dunstans"} <= known["E05009329"]
    assert {"St. Katharine's", "St Katharines", "St Katharine's & Wapping"} <= known["E05009330"]
    assert "Millwall" not in set().union(*known.values())


def test_a_lookup_of_another_borough_is_out_of_area(run: Run, tmp_path: Path) -> None:
    rows = pd.DataFrame({"lsoa": ["E01001748"], "ward": ["E05009367"], "ward_name": ["Brownswood"]})
    done = run(lookup_file(tmp_path / "x.csv", rows, WD24, borough="E09000012"))
    row = done.intake.loc["x.csv"]
    assert (row["rows"], row["accepted"], row["out_of_area"]) == (1, 0, 1)
    assert done.taken == [] and done.changed() == []


def test_trailing_spaces_and_windows_line_ends_do_no_harm(run: Run, tmp_path: Path) -> None:
    path = lookup_file(tmp_path / "x.csv", lookup_rows().map(lambda cell: f"{cell} "), WD24)
    text = path.read_text("utf-8-sig").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert run(path).intake.loc["x.csv", "accepted"] == 169


def test_windows_1252_is_read_and_noted(run: Run, tmp_path: Path) -> None:
    rows = lookup_rows()
    rows["note"] = "é"
    rows["borough"] = "E09000030"
    rows.columns = ["LSOA21CD", "WD24CD", "WD24NM", "LSOA21NMW", "LAD24CD"]
    rows.to_csv(tmp_path / "x.csv", index=False, encoding="cp1252")
    row = run(tmp_path / "x.csv").intake.loc["x.csv"]
    assert row["accepted"] == 169 and "Windows-1252" in row["note"]


@pytest.mark.parametrize("cell", ["", "Bow East", "E0100419"])
def test_a_code_that_is_none_is_refused_with_its_line(run: Run, tmp_path: Path, cell: str) -> None:
    rows = lookup_rows()
    rows.loc[5, "lsoa"] = cell
    with pytest.raises(BadInput, match=rf"x.csv, line 7, column 'LSOA21CD': '{cell}' is not a code"):
        run(lookup_file(tmp_path / "x.csv", rows, WD24))


def test_a_small_area_with_two_wards_is_refused(run: Run, tmp_path: Path) -> None:
    rows = lookup_rows()
    rows = pd.concat([rows, rows.head(1).assign(ward="E05009336", ward_name="Whitechapel")])
    with pytest.raises(BadInput, match=r"line 171.*two wards"):
        run(lookup_file(tmp_path / "x.csv", rows, WD24))


def test_a_header_without_rows_changes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("LSOA21CD,WD24CD,WD24NM,LAD24CD\n")
    (tmp_path / "b.csv").write_text("LSOA21CD,Persons_All-Ages\n")
    nomis(tmp_path / "c.csv", {})
    (tmp_path / "d.csv").write_text(",".join(f'"{name}"' for name in iod_rows().columns) + "\n")
    done = run(*(tmp_path / f"{name}.csv" for name in "abcd"))
    assert len(done.intake) == 4 and (done.intake["rows"] == 0).all()
    assert done.taken == [] and done.changed() == []


# --- populations ---------------------------------------------------------------------------------


def test_quirk_30_the_census_of_the_wards_as_nomis_quotes_it(run: Run, tmp_path: Path) -> None:
    done = run(nomis(tmp_path / "x.csv", census() | {"E05009367": 8_000}))
    row = done.intake.loc["x.csv"]
    assert (row["rows"], row["accepted"], row["out_of_area"]) == (42, 40, 2)
    assert "none that differs" in row["note"]
    assert done.taken == [] and done.changed() == []


def test_the_census_of_the_wards_as_the_whole_table_ts001_is_published(run: Run, tmp_path: Path) -> None:
    people = census() | {"E05009336": 20_000, "E05009367": 8_000}
    whole = pd.DataFrame({"date": 2021, "geography": "x", "geography code": list(people)})
    whole["Residence type: Total; measures: Value"] = list(people.values())
    whole["Residence type: Lives in a household; measures: Value"] = 1
    whole.to_csv(tmp_path / "x.csv", index=False, quoting=1)
    done = run(tmp_path / "x.csv")
    row = done.intake.loc["x.csv"]
    assert (row["rows"], row["accepted"], row["out_of_area"]) == (21, 20, 1) and "1 revised" in row["note"]
    held = done.table("population").set_index(["area", "base"])["people"]
    assert held["E05009336", "census_2021"] == "20000"
    whole.iloc[1:].to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(BadInput, match=r"x\.csv"):
        run(tmp_path / "x.csv")


def test_a_figure_that_was_revised_replaces_the_one_that_is_held(run: Run, tmp_path: Path) -> None:
    done = run(nomis(tmp_path / "x.csv", census() | {"E05009336": 20_000}))
    assert done.changed() == ["population.csv"]
    assert [(item.source, len(item.facts), [e.name for e in item.inputs]) for item in done.taken] == [
        ("ons_boundaries", 0, ["x.csv"])
    ]
    before, after = pd.read_csv(GEO / "population.csv", dtype=str), done.table("population")
    differs = before.ne(after)
    assert differs.to_numpy().sum() == 1
    row = after[differs.any(axis=1)].iloc[0]
    assert (row["area"], row["base"], row["people"]) == ("E05009336", "census_2021", "20000")
    assert "1 revised" in done.intake.loc["x.csv", "note"]


def test_totals_of_another_table_of_the_census_do_not_replace_those_of_ts001(run: Run, tmp_path: Path) -> None:
    people = {code: number + 3 for code, number in census().items()}
    done = run(nomis(tmp_path / "x.csv", people, cell="C2021_AGE_19", total="Total: All usual residents"))
    assert done.changed() == [] and "TS001 are held" in done.intake.loc["x.csv", "note"]


def test_a_table_of_households_is_no_population(run: Run, tmp_path: Path) -> None:
    done = run(nomis(tmp_path / "x.csv", census(), cell="C2021_DEP_6", total="Total: All households"))
    assert done.changed() == [] and "No measure uses it" in done.intake.loc["x.csv", "note"]


@pytest.mark.parametrize("cell", ["n/a", "", "-5", "21 090"])
def test_a_population_that_is_no_number_is_refused(run: Run, tmp_path: Path, cell: str) -> None:
    path = nomis(tmp_path / "x.csv", census())
    frame = pd.read_csv(path, dtype=str)
    frame.loc[2, "OBS_VALUE"] = cell
    frame.to_csv(path, index=False, quoting=1)
    with pytest.raises(BadInput, match=rf"x.csv, line 4, column 'OBS_VALUE': '{cell}' is not a number"):
        run(path)


def test_a_census_table_without_a_ward_is_refused(run: Run, tmp_path: Path) -> None:
    people = census()
    people.pop("E05009336")
    with pytest.raises(BadInput, match=r"expected 20 areas, found 19; first difference E05009336"):
        run(nomis(tmp_path / "x.csv", people))


def mid_year(path: Path, edition: str, people: int = 1_000, **more: object) -> Path:
    rows = lookup_rows(edition)
    column = f"LSOA{edition[2:]}CD"
    pd.DataFrame({column: rows["lsoa"], "Persons_All-Ages": people, **more}).to_csv(path, index=False)
    return path


def test_mid_year_estimates_of_any_year_are_added_up_by_ward(run: Run, tmp_path: Path) -> None:
    done = run(mid_year(tmp_path / "x.csv", "2021", Year="mid-2022"))
    rows = done.table("population")
    new = rows[rows["base"] == "mid_2022"].set_index("area")["people"].astype(int)
    assert len(new) == 169 + 20 + 1 and new["E09000030"] == 169_000
    count = lookup_rows().groupby("ward").size()
    assert (new[sorted(WARDS)] == count[sorted(WARDS)] * 1000).all()
    assert len(rows) == len(table("population")) + 190, "nothing else changed"
    assert "190 new" in done.intake.loc["x.csv", "note"]


def test_the_year_of_estimates_without_one_is_known_by_the_published_total(run: Run, tmp_path: Path) -> None:
    rows = lookup_rows("2011")
    people = pd.Series(1_000, index=rows.index)
    people[0] += 317_705 - people.sum()
    done = run(mid_year(tmp_path / "x.csv", "2011", people=people))  # type: ignore[arg-type]
    new = done.table("population").query("base == 'mid_2018_pre_rebase'")
    assert new.set_index("area").loc["E09000030", "people"] == "317705"
    assert set(new["source"]) == {"ONS mid-2018 estimates of LSOAs 2011, before rebasing to Census 2021"}


def test_estimates_of_no_known_year_are_refused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"of which year.*144,000.*Add a column 'Year'"):
        run(mid_year(tmp_path / "mid2016.csv", "2011"))


def test_estimates_with_a_year_that_is_none_are_refused(run: Run, tmp_path: Path) -> None:
    years = ["2022"] * 168 + ["last"]
    with pytest.raises(BadInput, match=r"x.csv, line 170, column 'Year': 'last' is not a year"):
        run(mid_year(tmp_path / "x.csv", "2021", Year=years))


def test_estimates_that_lack_a_small_area_are_refused(run: Run, tmp_path: Path) -> None:
    path = mid_year(tmp_path / "x.csv", "2021", Year=2022)
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    with pytest.raises(BadInput, match=r"expected 169 areas, found 168"):
        run(path)


# --- deprivation ---------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [60, 80, 200])
def test_deprivation_of_2025_with_its_header_whole_or_cut_short(run: Run, tmp_path: Path, length: int) -> None:
    frame = iod_rows()
    frame.columns = [name[:length] for name in frame.columns]
    frame.loc[len(frame)] = ["E01000001", "E09000001", 20_000, 6]
    frame.to_csv(tmp_path / "x.csv", index=False)
    done = run(tmp_path / "x.csv")
    row = done.intake.loc["x.csv"]
    assert (row["rows"], row["accepted"], row["out_of_area"]) == (170, 169, 1)
    assert "none that differs" in row["note"] and done.changed() == []


def test_deprivation_of_2025_that_was_revised_changes_its_wards_too(run: Run, tmp_path: Path) -> None:
    frame = iod_rows()
    first = frame.index[frame.iloc[:, 3] > 2][0]
    frame.iloc[first, 3] = 1
    frame.to_csv(tmp_path / "x.csv", index=False)
    done = run(tmp_path / "x.csv")
    assert done.changed() == ["measures.csv"]
    before, after = table("measures").astype({"value": str}), done.table("measures")
    both = before.merge(after, on=["area", "measure"], suffixes=("_old", "_new"))
    both = both[pd.to_numeric(both["value_old"]) != pd.to_numeric(both["value_new"])]
    assert set(both["measure"]) == {"iod2025_decile", "iod2025_lsoas_deprived"} and len(before) == len(after)


def test_a_workbook_with_titles_above_its_header(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["About this file"])
    sheet = book.create_sheet("IMD25")
    sheet.append(["Indices of Deprivation 2025"])
    sheet.append([])
    frame = iod_rows()
    for row in [list(frame.columns), *frame.to_numpy().tolist()]:
        sheet.append(row)
    book.save(tmp_path / "x.xlsx")
    row = run(tmp_path / "x.xlsx").intake.loc["x.xlsx, sheet 'IMD25'"]
    assert (row["rows"], row["accepted"]) == (169, 169) and "none that differs" in row["note"]
    code, right = str(frame.iloc[6, 0]), str(frame.iloc[6, 3])
    sheet.cell(10, 4, 14)
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(BadInput, match=r"x.xlsx, sheet 'IMD25', line 10, column 'Index.*: '14' is not from 1 to 10"):
        run(tmp_path / "x.xlsx")
    fix = Correction("iod_2025", {"LSOA code (2021)": code}, str(frame.columns[3]), right, "a slip", "2026-11-24")
    done = run(tmp_path / "x.xlsx", corrections=(fix,))
    assert (
        done.changed() == [] and len(done.intake) == 1 and "a slip" in done.intake.loc["x.xlsx, sheet 'IMD25'", "note"]
    )


def test_each_sheet_of_a_workbook_is_read_for_what_it_holds(run: Run, tmp_path: Path) -> None:
    """Scores, and another table that has the same header and of which no measure is made."""
    boroughs, wards = deprivation_files(tmp_path)
    frame = pd.read_csv(boroughs)
    with pd.ExcelWriter(tmp_path / "x.xlsx") as book:
        frame.rename(columns={frame.columns[-1]: "Income - Average score"}).to_excel(
            book, sheet_name="Income", index=False
        )
        pd.DataFrame({"Contents": ["Income", "Scores"]}).to_excel(book, sheet_name="Contents", index=False)
        frame.to_excel(book, sheet_name="Scores", index=False)
        pd.read_csv(wards).to_excel(book, sheet_name="Wards", index=False)
    done = run(tmp_path / "x.xlsx")
    assert sorted(done.intake.index) == [f"x.xlsx, sheet '{name}'" for name in ("Income", "Scores", "Wards")]
    assert "No measure uses it" in done.intake.loc["x.xlsx, sheet 'Income'", "note"]
    assert done.intake["accepted"].sum() == 33 + 33 + 20 and done.changed() == []


def test_parquet_with_lower_case_names(run: Run, tmp_path: Path) -> None:
    frame = iod_rows()
    frame.columns = [name.lower() for name in frame.columns]
    frame.to_parquet(tmp_path / "x.parquet")
    assert run(tmp_path / "x.parquet").intake.loc["x.parquet", "accepted"] == 169


def test_a_file_of_2025_without_the_overall_index_is_only_counted(run: Run, tmp_path: Path) -> None:
    frame = iod_rows().iloc[:, :2].assign(**{"Income Score (rate)": "0.1"})
    frame.to_csv(tmp_path / "x.csv", index=False)
    done = run(tmp_path / "x.csv")
    assert done.intake.loc["x.csv", "accepted"] == 169 and done.changed() == []
    assert "No measure uses it" in done.intake.loc["x.csv", "note"]


def test_deprivation_of_2019_of_boroughs_and_wards(run: Run, tmp_path: Path) -> None:
    boroughs, wards = deprivation_files(tmp_path)
    with boroughs.open("a") as more:
        more.write("E08000025,Birmingham,38.067\n")
    with wards.open("a") as more:
        more.write("E05000026,28.1,0.3\n")
    done = run(boroughs, wards)
    assert done.intake.loc["b.csv", ["rows", "accepted", "out_of_area"]].tolist() == [34, 33, 1]
    assert done.intake.loc["w.csv", ["rows", "accepted", "out_of_area"]].tolist() == [21, 20, 1]
    assert done.changed() == []


def test_a_score_that_is_no_number_names_its_cell(run: Run, tmp_path: Path) -> None:
    boroughs, _ = deprivation_files(tmp_path)
    text = boroughs.read_text().splitlines()
    text[3] = text[3].rsplit(",", 1)[0] + ",high"
    boroughs.write_text("\n".join(text))
    with pytest.raises(BadInput, match=r"b.csv, line 4, column 'IMD - Average score': 'high' is not a number"):
        run(boroughs)


def test_two_files_that_differ_are_refused(run: Run, tmp_path: Path) -> None:
    nomis(tmp_path / "a.csv", census())
    nomis(tmp_path / "b.csv", census() | {"E05009336": 20_000})
    with pytest.raises(BadInput, match=r"a.csv and b.csv differ about census_2021 E05009336: 18841 and 20000"):
        run(tmp_path / "a.csv", tmp_path / "b.csv")


def test_a_declared_correction_is_applied_and_noted(run: Run, tmp_path: Path) -> None:
    path = nomis(tmp_path / "x.csv", census() | {"E05009336": 14_881})
    where = {"GEOGRAPHY_CODE": "E05009336", "OBS_VALUE": "14881"}
    fix = Correction("census_2021_nomis", where, "OBS_VALUE", "18841", "two digits were swapped", "2026-11-24")
    done = run(path, corrections=(fix,))
    assert done.changed() == [] and "two digits were swapped" in done.intake.loc["x.csv", "note"]


# --- outlines held against a release -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("wards", "WD24CD"),
        ("ward_places", "wardcode"),
        ("lsoas", "LSOA21CD"),
        ("lsoa_places", "lsoa21cd"),
        ("boroughs", "LAD23CD"),
    ],
)
@pytest.mark.parametrize("crs", [4326, 27700, 3857])
def test_outlines_of_the_same_places_are_noted(run: Run, tmp_path: Path, name: str, column: str, crs: int) -> None:
    shapes = moved(layer(name), 5).to_crs(crs).rename(columns={"code": column})
    shapes.to_file(tmp_path / "x.geojson")
    done = run(tmp_path / "x.geojson")
    row = done.intake.loc["x.geojson"]
    assert row["rows"] == row["accepted"] == len(shapes)
    assert "agree with those that are held" in row["note"]
    assert done.taken == [] and done.changed() == []


@pytest.mark.filterwarnings("ignore:.crs. was not provided")
@pytest.mark.parametrize("suffix", ["geojson", "shp"])
def test_eastings_and_northings_without_a_word_of_their_grid_are_read(run: Run, tmp_path: Path, suffix: str) -> None:
    shapes = layer("wards").to_crs(27700).rename(columns={"code": "WD24CD"})
    unsaid(shapes, tmp_path / f"x.{suffix}")
    name = f"x.{suffix}"
    if suffix == "shp":
        name = "x.zip!x.shp"
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            for part in [path for path in tmp_path.glob("x.*") if path.suffix in (".shp", ".shx", ".dbf")]:
                archive.write(part, part.name)
    done = run(tmp_path / name.partition("!")[0])
    row = done.intake.loc[name]
    assert row["accepted"] == 20 and done.changed() == []
    assert "agree with those that are held" in row["note"] and "does not say in which coordinates" in row["note"]


@pytest.mark.parametrize(
    ("matrix", "told"),
    [
        ([0, 1, 1, 0, 0, 0], "latitude stands before longitude"),
        ([1e6, 0, 0, 1e6, 0, 0], "neither degrees nor the British National Grid"),
        ([1, 0, 0, 1, 40, 0], "neither degrees nor the British National Grid"),
    ],
)
def test_outlines_with_other_numbers_are_refused_in_words(
    run: Run, tmp_path: Path, matrix: list[float], told: str
) -> None:
    shapes = layer("wards").rename(columns={"code": "WD24CD"})
    unsaid(shapes.set_geometry(shapes.geometry.affine_transform(matrix)), tmp_path / "x.geojson")
    with pytest.raises(BadInput, match=rf"x.geojson has its outlines at places such as .*: .*{told}.*EPSG:27700"):
        run(tmp_path / "x.geojson")


def unsaid(shapes: gpd.GeoDataFrame, path: Path) -> None:
    """Write outlines without a word of their coordinates, as a hand-made export has them."""
    if path.suffix == ".geojson":
        shapes = shapes.set_crs(4326, allow_override=True)  # which is what such a file passes for
    else:
        shapes = shapes.set_crs(None, allow_override=True)
    shapes.to_file(path)


@pytest.mark.parametrize(("name", "column"), [("wards", "WD24CD"), ("lsoas", "LSOA21CD"), ("boroughs", "LAD23CD")])
def test_outlines_elsewhere_are_refused(run: Run, tmp_path: Path, name: str, column: str) -> None:
    moved(layer(name), 150).rename(columns={"code": column}).to_file(tmp_path / "x.geojson")
    with pytest.raises(
        BadInput, match=r"x.geojson: the outline of .* differs from the one that is held: .*build --from"
    ):
        run(tmp_path / "x.geojson")


def test_wards_that_exchanged_their_codes_are_refused(run: Run, tmp_path: Path) -> None:
    shapes = layer("wards").rename(columns={"code": "WD24CD"})
    shapes["WD24CD"] = shapes["WD24CD"].replace({"E05009317": "E05009331", "E05009331": "E05009317"})
    shapes.to_file(tmp_path / "x.geojson")
    with pytest.raises(BadInput, match=r"ward E05009317 differs.*covers 0% of the place"):
        run(tmp_path / "x.geojson")


def test_a_ward_that_took_over_its_neighbour_is_refused(run: Run, tmp_path: Path) -> None:
    shapes = layer("wards").rename(columns={"code": "WD24CD"}).set_index("WD24CD")
    shapes.loc["E05009317", "geometry"] = shapely.union_all(
        shapes.loc[["E05009317", "E05009334"], "geometry"].to_numpy()
    )
    shapes.loc[["E05009317"]].reset_index().to_file(tmp_path / "x.geojson")
    with pytest.raises(BadInput, match=r"E05009317 differs.* of it lies in other places"):
        run(tmp_path / "x.geojson")


@pytest.mark.parametrize("borough", ["E09000030", None])
def test_a_new_ward_of_the_borough_is_refused(run: Run, tmp_path: Path, borough: str | None) -> None:
    shapes = layer("wards").rename(columns={"code": "WD27CD"})
    shapes["WD27CD"] = shapes["WD27CD"].replace({"E05009317": "E05099999"})
    if borough:
        shapes["LAD27CD"] = borough
    shapes.to_file(tmp_path / "x.geojson")
    with pytest.raises(BadInput, match=r"E05099999.* is a ward of Tower Hamlets that is not known here"):
        run(tmp_path / "x.geojson")


def test_a_zipped_shapefile_of_wards_in_metres_with_those_of_others(run: Run, tmp_path: Path) -> None:
    shapes = layer("ward_places").to_crs(27700).rename(columns={"code": "GSS_CODE", "name": "NAME"})
    shapes["DISTRICT"], shapes["LAGSSCODE"] = "Tower Hamlets", "E09000030"
    other = shapes.head(1).assign(GSS_CODE="E05009367", DISTRICT="Hackney", LAGSSCODE="E09000012")
    other = other.set_geometry(other.geometry.translate(0, 5_000))
    folder = tmp_path / "shape"
    folder.mkdir()
    pd.concat([shapes, other]).to_file(folder / "w.shp")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for part in folder.iterdir():
            archive.write(part, f"Some folder/{part.name}")
    row = run(tmp_path / "x.zip").intake.iloc[0]
    assert (row["rows"], row["accepted"], row["out_of_area"]) == (21, 20, 1)


def test_outlines_of_small_areas_of_2011_are_only_counted(run: Run, tmp_path: Path) -> None:
    shapes = layer("lsoas").rename(columns={"code": "LSOA11CD"})
    old = set(lookup_rows("2011")["lsoa"])
    shapes.to_file(tmp_path / "x.geojson")
    row = run(tmp_path / "x.geojson").intake.loc["x.geojson"]
    assert row["accepted"] == len(old & set(shapes["LSOA11CD"])) == 119 and row["out_of_area"] == 50
    assert "No measure uses it" in row["note"]


def test_a_code_that_stands_twice_among_outlines_is_refused(run: Run, tmp_path: Path) -> None:
    shapes = layer("wards").rename(columns={"code": "WD24CD"})
    pd.concat([shapes, shapes.tail(1)]).to_file(tmp_path / "x.geojson")
    with pytest.raises(BadInput, match=r"more than one outline of E05009336"):
        run(tmp_path / "x.geojson")


def test_a_place_without_an_outline_is_refused(run: Run, tmp_path: Path) -> None:
    shapes = layer("wards").rename(columns={"code": "WD24CD"})
    shapes.loc[3, "geometry"] = None
    shapes.to_file(tmp_path / "x.geojson")
    with pytest.raises(BadInput, match=rf"no outline for {shapes.loc[3, 'WD24CD']}"):
        run(tmp_path / "x.geojson")


def test_outlines_that_are_cut_short_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.geojson"
    layer("wards").rename(columns={"code": "WD24CD"}).to_file(path)
    path.write_bytes(path.read_bytes()[:20_000])
    found, _ = entries([path])
    context = Context(load(), tmp_path / "geo", tmp_path / "scratch", Base(Snapshot.open(ROOT)))
    with pytest.raises(BadInput, match=r"x.geojson cannot be read as outlines"):
        build.write(found, context)


# --- no release to add to ------------------------------------------------------------------------


def test_census_boroughs_must_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (build.HERE / "census_2021_boroughs.csv").read_text(encoding="utf-8")
    (tmp_path / "census_2021_boroughs.csv").write_text(text.replace("310300\n", "319300\n", 1), encoding="utf-8")
    monkeypatch.setattr(build, "HERE", tmp_path)
    with pytest.raises(BadInput, match=r"adds up to"):
        build.census_boroughs()


def test_what_is_missing_is_named_with_its_publisher(run: Run, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        run(lookup_file(tmp_path / "x.csv", lookup_rows(), WD24), alone=True)
    for need in (build.NEED_WARDS, build.NEED_LSOAS, build.NEED_BOROUGHS, build.NEED_CENSUS, build.NEED_IOD):
        assert need in str(refusal.value)
    assert build.NEED_2021 not in str(refusal.value)


@pytest.fixture
def few(official: Path, tmp_path: Path) -> Path:
    """A folder with no more than it takes to make the places."""
    folder = tmp_path / "few"
    folder.mkdir()
    for number, name in enumerate(
        (
            "01_boundaries/London-wards-2018_ESRI.zip",
            "01_boundaries/lbth_wards_2022.geojson",
            "01_boundaries/London_Borough_Excluding_MHW_ESRI.zip",
            "02_lsoa_lookups/lbth_lsoa2021_GLA_LB_LSOA2021.geojson",
            "02_lsoa_lookups/LSOA11_WD21_LAD21_bestfit_TH.csv",
            "02_lsoa_lookups/LSOA21_WD24_LAD24_bestfit_TH.csv",
            "07_population_imd/TH_LSOA11_mid2019_population.csv",
            "07_population_imd/TH_LSOA11_mid2020_population.csv",
            "07_population_imd/TH_IoD2025_IMD.csv",
            "07_population_imd/lbth-ward-population-2021_nomis_TS001.csv",
        )
    ):
        shutil.copyfile(official / name, folder / f"{number}{Path(name).suffix}")
    deprivation_files(folder)
    return folder


def test_names_and_folders_of_files_do_not_matter(run: Run, few: Path) -> None:
    done = run(few, alone=True)
    assert done.changed_but("context.geojson") == []
    assert [item.source for item in done.taken] == ["ons_boundaries"] and len(done.taken[0].inputs) == 12


@pytest.mark.parametrize(
    ("drop", "need"),
    [
        ("b.csv", build.NEED_BOROUGH_IMD),
        ("4.csv", build.NEED_2011),
        ("5.csv", build.NEED_2021),
    ],
)
def test_each_needed_kind_is_missed(run: Run, few: Path, drop: str, need: str) -> None:
    (few / drop).unlink()
    with pytest.raises(BadInput) as refusal:
        run(few, alone=True)
    assert need in str(refusal.value)


def test_another_table_of_the_census_serves_where_there_is_no_ts001(run: Run, few: Path) -> None:
    nomis(few / "9.csv", census(), cell="C2021_AGE_19")
    rows = run(few, alone=True).table("population")
    rows = rows[(rows["base"] == "census_2021") & rows["area"].isin(WARDS)]
    assert set(rows["source"]) == {"ONS Census 2021 (Nomis)"}
    assert dict(zip(rows["area"], rows["people"].astype(int), strict=True)) == census()


def test_the_newest_edition_of_a_lookup_counts(run: Run, few: Path) -> None:
    rows = lookup_rows()
    rows.loc[0, ["ward", "ward_name"]] = ["E05009336", "Whitechapel"]
    lookup_file(few / "old.csv", rows, ("LSOA21CD", "WD23CD", "WD23NM", "LAD23CD"))
    done = run(few, alone=True)
    assert done.changed_but("context.geojson") == []
    assert "Not used" in done.intake.loc["old.csv", "note"]
    lookup_file(few / "new.csv", rows, ("LSOA21CD", "WD26CD", "WD26NM", "LAD26CD"))
    assert "lsoa_ward.csv" in run(few, alone=True).changed_but("context.geojson")


def test_outlines_are_chosen_by_what_they_hold(run: Run, few: Path, official: Path) -> None:
    """The generalised files, and the same wards under former names, change nothing."""
    for name in (
        "01_boundaries/london_boroughs_ONS_LAD22_BGC.geojson",
        "01_boundaries/lbth_wards_GLA_2018.geojson",
        "01_boundaries/lbth-wards-2022.topo.json",
        "02_lsoa_lookups/lbth_lsoa2021_ONS_gen20.geojson",
        "02_lsoa_lookups/lbth_lsoa2011_ONS_gen20.geojson",
    ):
        shutil.copyfile(official / name, few / f"a{Path(name).name}")
    done = run(few, alone=True)
    assert done.changed_but("context.geojson") == []
    assert len(done.taken[0].inputs) == 12


def test_one_file_of_wards_is_enough(run: Run, few: Path) -> None:
    """Wards whose borders do not match the boroughs' give no gap: strips of land go to the ward along which they lie."""
    (few / "0.zip").unlink()
    done = run(few, alone=True)
    shapes = gpd.read_file(done.context.geo / "wards.geojson")
    assert shapely.coverage_is_valid(shapes.geometry.to_numpy())
    whole = shapely.union_all(shapes.geometry.to_numpy())
    assert whole.geom_type == "Polygon" and not whole.interiors
    land = done.table("measures").query("measure == 'area_km2'").set_index("area")["value"].astype(float)
    assert land[sorted(WARDS)].sum() == pytest.approx(land["E09000030"], abs=0.001)


def test_wards_that_differ_between_two_files_are_refused(run: Run, few: Path) -> None:
    shapes = gpd.read_file(few / "1.geojson")
    shapes["wardcode"] = shapes["wardcode"].replace({"E05009317": "E05009331", "E05009331": "E05009317"})
    shapes.to_file(few / "1.geojson")
    with pytest.raises(BadInput, match=r"Ward E05009317 differs between .* and 1.geojson"):
        run(few, alone=True)


def test_odd_inputs_are_refused(run: Run, few: Path) -> None:
    census_file = few / "9.csv"
    whole = census_file.read_text(encoding="utf-8")
    census_file.write_text("\n".join(whole.splitlines()[:-1]) + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"expected 20 areas, found 19"):
        run(few, alone=True)
    census_file.write_text(whole, encoding="utf-8")
    boroughs = (few / "b.csv").read_text()
    (few / "b.csv").write_text("\n".join(boroughs.splitlines()[:-1]) + "\n")
    with pytest.raises(BadInput, match=r"Average scores .* expected 33 areas, found 32"):
        run(few, alone=True)


# --- all official files --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The places made from all official files alone."""
    folder = tmp_path_factory.mktemp("whole")
    context = Context(load(), folder / "geo", folder / "scratch")
    found, others = entries([official / name for name in FOLDERS])
    assert not [other for other in others if other.problem]
    mine = [entry for entry in found if entry.format in build.FORMATS]
    taken = build.write(mine, context)
    return Done(context, mine, taken)


def test_same_input_gives_the_committed_bytes(whole: Done) -> None:
    names = sorted(path.name for path in whole.context.geo.iterdir())
    tables = ("areas", "lsoa_ward", "measures", "population")
    assert names == sorted([f"{name}.geojson" for name in LAYERS] + [f"{name}.csv" for name in tables])
    assert whole.changed_but("context.geojson") == []


def test_every_row_of_every_official_file_is_accounted_for(whole: Done) -> None:
    whole.context.ledger.close(whole.entries)
    intake = whole.intake
    assert len(intake) == len(whole.entries) >= 30
    assert (intake["rows"] == intake["accepted"] + intake["rejected"] + intake["out_of_area"]).all()
    assert (intake["rows"] > 0).all() and (intake["accepted"] > 0).all() and (intake["rejected"] == 0).all()
    assert intake.loc["LSOA21_WD25_LAD25_bestfit_EW.csv.gz", ["rows", "accepted"]].tolist() == [35_672, 169]
    wards = "London wards id2019 summary measures.xlsx, sheet 'wards_id_summary'"
    assert intake.loc[wards, ["rows", "accepted"]].tolist() == [633, 20]
    sheets = intake[intake.index.str.startswith("ID 2019 for London.xlsx")]
    assert sheets["rows"].sum() == 24_274 and sheets["accepted"].sum() == 819
    unused = sheets["note"].str.contains("No measure uses it.")
    assert (
        list(sheets.index[~unused]) == ["ID 2019 for London.xlsx, sheet 'Borough summary measures'"]
        and len(sheets) == 8
    )


def test_official_files_agree_with_the_release(official: Path, run: Run) -> None:
    done = run(*(official / name for name in FOLDERS))
    assert done.taken == [] and done.changed() == []


def test_generalised_wards_keep_their_area(whole: Done) -> None:
    layers = [outlines.read_layer(entry, AUTHORITIES) for entry in whole.entries if entry.format == "borough_outlines"]
    land = build._boroughs(layers).shapes[TOWER_HAMLETS]
    found = [outlines.read_layer(entry, WARDS) for entry in whole.entries if entry.format == "ward_outlines"]
    _, source, placing = build._wards(found, land, declared_wards())
    errors = outlines.area_error(layer("wards").set_index("code").geometry.to_dict(), source)
    assert set(errors) == WARDS
    assert max(map(abs, errors.values())) < build.MOST_AREA_ERROR
    fine = outlines.area_error(layer("ward_places").set_index("code").geometry.to_dict(), placing.shapes)
    assert max(map(abs, fine.values())) < 0.0001


def test_similar_boroughs(official: Path, measures: pd.DataFrame, population: pd.DataFrame) -> None:
    archive = official / "01_boundaries" / "London_Borough_Excluding_MHW_ESRI.zip"
    rows = gpd.read_file(entries([archive])[0][0].gdal)
    names = dict(zip(rows["GSS_CODE"], rows["NAME"], strict=True))
    inner = set(rows.loc[rows["ONS_INNER"] == "T", "GSS_CODE"])
    nearest = build.similar_boroughs(measures, population, inner)
    assert [names[code] for code in nearest["code"]] == [
        "Islington",
        "Newham",
        "Southwark",
        "Lambeth",
        "Hackney",
    ]
    assert nearest["distance"].is_monotonic_increasing
    assert set(load().similar) == set(nearest["code"]), "the catalogue declares what the rule finds"


def test_points_of_searches_fall_into_the_wards_of_the_published_outlines(official: Path) -> None:
    """Generalising moves no official point of a stop and search into another ward."""
    folder = official / "03_police_uk" / "met_stop_and_search_TH"
    parts = [pd.read_csv(path, usecols=["Latitude", "Longitude"]) for path in sorted(folder.glob("*.csv"))]
    points = pd.concat(parts).dropna().drop_duplicates().reset_index(drop=True)
    assert len(points) > 2_000
    spots = gpd.GeoDataFrame(points, geometry=gpd.points_from_xy(points["Longitude"], points["Latitude"]), crs=4326)
    published = gpd.read_file(official / "01_boundaries" / "lbth_wards_2022.geojson")
    exact = spots.sjoin(published, how="left", predicate="within")["wardcode"]
    placed = spots.sjoin(layer("ward_places"), how="left", predicate="within")["code"]
    assert (exact.fillna("") == placed.fillna("")).all()
