"""Fire readers: the incident records, the extract of fires in homes, the old wards."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from support.ingest import Read, bundled, live, same, take

from csp_dash.domain.geography import LONDON, TOWER_HAMLETS, WARDS
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.corrections import Correction
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.source_file import entries
from csp_dash.ingest.readers import lfb_fires
from csp_dash.ingest.release.merge import merge

HACKNEY = "E09000012"
#: The fire brigade's own 39 columns.
HEADER = [
    "IncidentNumber",
    "DateOfCall",
    "CalYear",
    "TimeOfCall",
    "HourOfCall",
    "IncidentGroup",
    "StopCodeDescription",
    "SpecialServiceType",
    "PropertyCategory",
    "PropertyType",
    "AddressQualifier",
    "Postcode_full",
    "Postcode_district",
    "UPRN",
    "USRN",
    "IncGeo_BoroughCode",
    "IncGeo_BoroughName",
    "ProperCase",
    "IncGeo_WardCode",
    "IncGeo_WardName",
    "IncGeo_WardNameNew",
    "Easting_m",
    "Northing_m",
    "Easting_rounded",
    "Northing_rounded",
    "Latitude",
    "Longitude",
    "FRS",
    "IncidentStationGround",
    "FirstPumpArriving_AttendanceTime",
    "FirstPumpArriving_DeployedFromStation",
    "SecondPumpArriving_AttendanceTime",
    "SecondPumpArriving_DeployedFromStation",
    "NumStationsWithPumpsAttending",
    "NumPumpsAttending",
    "PumpCount",
    "PumpMinutesRounded",
    "Notional Cost (£)",
    "NumCalls",
]
JANUARY = date(2020, 1, 1)


def record(number: str, day: str = "01 Jan 2020", borough: str = TOWER_HAMLETS, **cells: str) -> dict[str, str]:
    """A fire in a home of the first ward, unless `cells` say otherwise."""
    usual = {
        "IncidentNumber": number,
        "DateOfCall": day,
        "IncidentGroup": "Fire",
        "StopCodeDescription": "Primary Fire",
        "PropertyCategory": "Dwelling",
        "PropertyType": "House - single occupancy ",
        "UPRN": "1.00022E+11",
        "IncGeo_BoroughCode": borough,
        "IncGeo_BoroughName": "SOMEWHERE",
        "IncGeo_WardCode": WARDS[0] if borough == TOWER_HAMLETS else "E05000001",
    }
    return usual | cells


def city(month: str = "Jan 2020", but: str = TOWER_HAMLETS) -> list[dict[str, str]]:
    """A fire in each of the other London authorities, so that the file is London's."""
    codes = [f"E09{number:06d}" for number in range(1, 34)]
    return [record(f"{month}-{code}", f"02 {month}", code) for code in codes if code != but]


def write(path: Path, rows: list[dict[str, str]], header: list[str] = HEADER) -> Path:
    with path.open("w", newline="", encoding="utf-8-sig") as handle:
        writer = csv.DictWriter(handle, header, restval="", lineterminator="\r\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def records(folder: Path, rows: list[dict[str, str]], name: str = "any name.csv", **more: object) -> Read:
    return take(lfb_fires, folder, write(folder / name, rows), **more)  # type: ignore[arg-type]


def extract(path: Path, rows: list[tuple[str, str, str | None]], *, whole: bool = True) -> Path:
    """An extract of fires in homes as Parquet; `whole` adds a fire a month in each other authority but Hackney's own."""
    columns = ("date", "borough", "ward", "easting_rounded", "northing_rounded", "property_type")
    months = sorted({row[0][:7] for row in rows if row[0][:2] == "20"})
    others = [
        (f"{month}-15", f"E09{number:06d}", None)
        for month in months
        for number in range(1, 34)
        if whole and f"E09{number:06d}" not in (TOWER_HAMLETS, HACKNEY)
    ]
    cells = [(*row, 1.0, 2.0, "House") for row in [*rows, *others]]
    pd.DataFrame(cells, columns=list(columns)).to_parquet(path)
    return path


def n(taken: Extract, series: str, area: str, start: date = JANUARY) -> float:
    facts = taken.facts
    mine = facts[(facts["series"] == series) & (facts["area"] == area) & (facts["start"] == start)]
    return float(mine["numerator"].sum())


# --- incident records ------------------------------------------------------------------------------


def test_all_primary_secondary_and_home_fires_by_ward_borough_and_london(tmp_path: Path) -> None:
    rows = [
        record("1"),
        record("2", StopCodeDescription="Secondary Fire", PropertyCategory="Outdoor"),
        record("3", StopCodeDescription="Chimney Fire", IncGeo_WardCode=f"{WARDS[1]} "),
        record("4", IncidentGroup="False Alarm"),
        record("5", IncidentGroup="Special Service"),
        record("6", borough="E07000207"),
        *city(),
    ]
    got = records(tmp_path, rows, "fires.csv")
    taken = got["lfb_incidents"]
    here = {series: n(taken, series, TOWER_HAMLETS) for series in lfb_fires.SERIES["lfb_incidents"]}
    assert here == {"fires_all": 3, "primary_fires": 1, "secondary_fires": 1, "dwelling_fires": 2}
    assert [n(taken, "fires_all", area) for area in (WARDS[0], WARDS[1], HACKNEY, LONDON)] == [2, 1, 1, 35]
    assert n(got["lfb_dwelling_fires"], "dwelling_fires", TOWER_HAMLETS) == 2
    assert {(row.area_kind, row.zero_fill, row.first) for row in taken.coverage} == {
        (kind, True, "2020-01") for kind in ("ward", "borough", "region")
    }
    assert got.account("fires.csv") == (38, 35, 0, 3)
    assert "2 incidents were no fires" in got.note("fires.csv")


@pytest.mark.parametrize(
    "day",
    [
        "31 Jan 2020",
        "31-Jan-20",
        "31-Jan-2020",
        "31/01/2020",
        "31/01/2020 09:30:00",
        "2020-01-31",
        "2020-01-31 00:00:00",
    ],
)
def test_quirk_28_days_in_every_form_and_trailing_spaces(tmp_path: Path, day: str) -> None:
    rows = [record("1", f" {day} ", IncGeo_BoroughCode=f"{TOWER_HAMLETS} ", PropertyCategory="Dwelling "), *city()]
    assert n(records(tmp_path, rows)["lfb_dwelling_fires"], "dwelling_fires", WARDS[0]) == 1


def test_what_cannot_be_placed_or_dated_is_rejected_with_its_line(tmp_path: Path) -> None:
    rows = [
        *city(), *city("Feb 2020"), record("1"),
        record("2", "31 Feb 2020"),
        record("3", ""),
        record("4", "01 Jan 1919"),
        record("5", "01 Jan 2062"),
        record("5", borough=""),
        record("6", borough="TOWER HAMLETS"),
        record("7", borough="E09000034"),
        record("1", "02 Jan 2020"),
        record("8", IncidentGroup=""),
    ]  # fmt: skip
    with pytest.raises(BadInput, match=r"8 of 73 rows are wrong.*line 67, column 'DateOfCall': '31 Feb 2020'"):
        records(tmp_path, rows, "bad.csv")
    got = records(tmp_path, [*rows, *(record(f"good {i}") for i in range(100))], "mostly good.csv")
    assert got.rejected() == [
        (67, "DateOfCall", "31 Feb 2020", "it is not a date"),
        (68, "DateOfCall", "", "no date is given"),
        (69, "DateOfCall", "01 Jan 1919", "the records begin in 2009"),
        (70, "DateOfCall", "01 Jan 2062", "the day is still to come"),
        (71, "IncGeo_BoroughCode", "", "no borough is given"),
        (72, "IncGeo_BoroughCode", "TOWER HAMLETS", "it is not the code of a borough"),
        (73, "IncGeo_BoroughCode", "E09000034", "no London borough has this code"),
        (74, "IncidentNumber", "1", "the same incident again"),
        (75, "IncidentGroup", "", "no kind of incident is given"),
    ]
    assert n(got["lfb_incidents"], "fires_all", TOWER_HAMLETS) == 101
    assert got.account("mostly good.csv") == (174, 165, 9, 0)


def test_parquet_with_lower_case_names_in_another_order(tmp_path: Path) -> None:
    frame = pd.DataFrame([record("1"), *city()]).iloc[:, ::-1].rename(columns=str.lower)
    frame.to_parquet(tmp_path / "fires.parquet")
    got = take(lfb_fires, tmp_path, tmp_path / "fires.parquet")
    assert n(got["lfb_incidents"], "fires_all", LONDON) == 33


def test_former_ward_codes_give_the_borough_figures_and_no_ward_ones(tmp_path: Path) -> None:
    rows = [
        *(record(f"a{i}", IncGeo_WardCode="E05000575") for i in range(2)), *city(),
        *(record(f"b{i}", "03 Feb 2020") for i in range(3)),
        record("b9", "03 Feb 2020", IncGeo_WardCode=""), *city("Feb 2020"),
    ]  # fmt: skip
    got = records(tmp_path, rows, "old.csv")
    taken = got["lfb_incidents"]
    assert n(taken, "fires_all", TOWER_HAMLETS) == 2
    february = date(2020, 2, 1)
    assert (n(taken, "fires_all", TOWER_HAMLETS, february), n(taken, "fires_all", WARDS[0], february)) == (4, 3)
    covered = {row.area_kind: (row.first, row.last) for row in taken.coverage}
    assert covered == {
        "ward": ("2020-02", "2020-02"),
        "borough": ("2020-01", "2020-02"),
        "region": ("2020-01", "2020-02"),
    }
    assert "E05000575" in got.note("old.csv")


def test_a_month_without_any_fire_in_london_is_missing(tmp_path: Path) -> None:
    taken = records(tmp_path, [record("1"), *city(), record("2", "01 Mar 2020"), *city("Mar 2020")])["lfb_incidents"]
    assert all(row.missing == ("2020-02",) for row in taken.coverage)


def test_a_file_cut_to_some_boroughs_is_refused_and_one_of_elsewhere_gives_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds fires of 1 of London's 33 authorities"):
        records(tmp_path, [record("1")])
    got = records(tmp_path, [record("1", borough=HACKNEY)], "hackney.csv")
    assert got.taken == {} and got.account("hackney.csv") == (1, 0, 0, 1)
    assert "no fires of Tower Hamlets" in got.note("hackney.csv")


def test_a_header_and_no_rows_gives_nothing(tmp_path: Path) -> None:
    got = records(tmp_path, [], "empty.csv")
    assert got.taken == {} and got.account("empty.csv") == (0, 0, 0, 0)


def test_a_lacking_column_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [record("1")], [name for name in HEADER if name != "PropertyCategory"])
    taken, others = entries([path])
    assert not taken and "has no column 'PropertyCategory'" in others[0].problem


def test_a_month_comes_whole_from_the_file_that_reaches_furthest(tmp_path: Path) -> None:
    write(tmp_path / "b early.csv", [record("1"), record("2"), *city()])
    write(tmp_path / "a late.csv", [record("1"), *city(), record("3", "01 Feb 2020"), *city("Feb 2020")])
    taken = take(lfb_fires, tmp_path, tmp_path)["lfb_incidents"]
    assert n(taken, "fires_all", TOWER_HAMLETS) == 1
    assert set(taken.facts["vintage"]) == {"2020-02"}


def test_two_files_that_reach_as_far_must_agree(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", [record("1"), *city()])
    write(tmp_path / "b.csv", [*city(), record("1 bis")])
    assert n(take(lfb_fires, tmp_path, tmp_path)["lfb_incidents"], "fires_all", TOWER_HAMLETS) == 1
    write(tmp_path / "b.csv", [*city(), record("1"), record("2")])
    with pytest.raises(BadInput, match=r"a.csv and b.csv both reach to 2020-01, and differ"):
        take(lfb_fires, tmp_path, tmp_path)


def test_a_declared_correction_is_applied(tmp_path: Path) -> None:
    rows = [record("1", borough="E09000099"), record("2"), *city()]
    wrong = Correction(
        "lfb_incidents", {"IncidentNumber": "1"}, "IncGeo_BoroughCode", TOWER_HAMLETS, "a slip", "2026-11-24"
    )
    got = records(tmp_path, rows, "slip.csv", corrections=(wrong,))
    assert n(got["lfb_incidents"], "fires_all", TOWER_HAMLETS) == 2
    assert "a slip" in got.note("slip.csv")


# --- the extract of fires in homes -----------------------------------------------------------------


def test_the_extract_by_ward_borough_and_london(tmp_path: Path) -> None:
    rows: list[tuple[str, str, str | None]] = [
        ("2020-01-31", TOWER_HAMLETS, WARDS[0]),
        ("2020-01-01", TOWER_HAMLETS, WARDS[1]),
        ("2020-01-01", HACKNEY, None),
        ("2020-03-01", TOWER_HAMLETS, WARDS[0]),
    ]
    taken = take(lfb_fires, tmp_path, extract(tmp_path / "homes.parquet", rows))["lfb_dwelling_fires"]
    found = [n(taken, "dwelling_fires", area) for area in (WARDS[0], TOWER_HAMLETS, HACKNEY, LONDON)]
    assert found == [1, 2, 1, 3 + 31]
    assert {row.area_kind for row in taken.coverage} == {"ward", "borough", "region"}
    assert all(row.missing == ("2020-02",) and row.zero_fill for row in taken.coverage)


def test_a_cut_of_the_extract_counts_only_beside_the_whole(tmp_path: Path) -> None:
    mine: list[tuple[str, str, str | None]] = [("2020-01-31", TOWER_HAMLETS, WARDS[0])]
    cut = extract(tmp_path / "cut.parquet", mine, whole=False)
    with pytest.raises(BadInput, match="1 of London's 33"):
        take(lfb_fires, tmp_path, cut)
    extract(tmp_path / "whole.parquet", mine)
    got = take(lfb_fires, tmp_path, tmp_path)
    assert got.account("cut.parquet") == (1, 1, 0, 0)
    assert "whole.parquet" in got.note("cut.parquet")
    extract(cut, [*mine, ("2020-01-30", TOWER_HAMLETS, WARDS[0])], whole=False)
    with pytest.raises(BadInput, match=r"cut\.parquet holds fires of 1"):
        take(lfb_fires, tmp_path, tmp_path)


def test_bad_rows_of_the_extract(tmp_path: Path) -> None:
    bad: list[tuple[str, str, str | None]] = [("2020-01-01", "TOWER HAMLETS", WARDS[0]), ("yesterday", HACKNEY, None)]
    got = take(lfb_fires, tmp_path, extract(tmp_path / "bad.parquet", [("2020-01-01", TOWER_HAMLETS, WARDS[0]), *bad]))
    assert [(column, reason) for _, column, _, reason in got.rejected()] == [
        ("borough", "it is not the code of a borough"),
        ("date", "it is not a date"),
    ]


def test_incident_records_carry_on_where_the_extract_ended(tmp_path: Path) -> None:
    before = take(lfb_fires, tmp_path, extract(tmp_path / "homes.parquet", [("2019-12-01", TOWER_HAMLETS, WARDS[0])]))
    base = live(tmp_path / "live", "lfb_dwelling_fires", before["lfb_dwelling_fires"].facts)
    (tmp_path / "live" / "data" / "tables").mkdir()
    (tmp_path / "live" / "data" / "coverage.csv").write_text(
        "source,series,area_kind,first,last,missing,zero_fill\nlfb_dwelling_fires,*,borough,2019-12,2019-12,,true\n"
    )
    got = records(tmp_path, [record("1"), record("2", PropertyCategory="Outdoor"), *city()])
    done = merge(got.taken.values(), base)
    here = done.facts["lfb_dwelling_fires"]
    assert here[here["area"] == TOWER_HAMLETS]["numerator"].tolist() == [1, 1]
    (row,) = done.coverage[
        (done.coverage["source"] == "lfb_dwelling_fires") & (done.coverage["area_kind"] == "borough")
    ].to_dict("records")
    assert (row["first"], row["last"], row["missing"]) == ("2019-12", "2020-01", "")


# --- the old wards ---------------------------------------------------------------------------------


def atlas(path: Path, wards: int = 17, value: str = "2.0") -> Path:
    header = ["Codes", "New Code", "Borough", "Names", "Fires; Deliberate Fires; 2005", "Fires; Deliberate Fires; 2006"]
    header.append("Fires; Deliberate Fires per 1,000 population; 2005")
    body = [["00BG", f"E050005{i}", "Tower Hamlets", f"café {i}", value, "1.0", "9.9"] for i in range(wards)]
    body.append(["00AM", "E05000231", "Hackney", "Brownswood", "3", "4", "0.1"])
    with path.open("w", newline="", encoding="latin-1") as handle:
        csv.writer(handle).writerows([header, *body])
    return path


def test_old_wards_are_a_table_and_only_their_sum_is_a_fact(tmp_path: Path) -> None:
    """Quirk 30: Latin-1, two sets of codes."""
    got = take(lfb_fires, tmp_path, atlas(tmp_path / "atlas.csv"))
    taken = got["ward_atlas_fires"]
    assert set(taken.facts["area"]) == {TOWER_HAMLETS}
    assert taken.facts["numerator"].tolist() == [34, 17]
    assert set(taken.facts["flag"]) == {"old_wards"}
    assert taken.facts["finish"].tolist() == [date(2005, 12, 31), date(2006, 12, 31)]
    old = taken.tables["old_ward_fires"]
    assert len(old) == 34 and "café 0" in set(old["ward_name"])
    assert not set(old["ward_code"]) & set(WARDS)
    assert got.account("atlas.csv") == (18, 17, 0, 1)


@pytest.mark.parametrize(
    ("wards", "value", "words"),
    [
        (16, "2.0", "holds 16"),
        (17, "n/a", "line 2, column 'Fires; Deliberate Fires; 2005': 'n/a' is not a count"),
        (17, "2.5", "'2.5' is not a count"),
        (17, "-", "the borough has no sum"),
    ],
)
def test_bad_atlas(tmp_path: Path, wards: int, value: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        take(lfb_fires, tmp_path, atlas(tmp_path / "atlas.csv", wards, value))


# --- the official files ----------------------------------------------------------------------------


def test_official_fires(official: Path, tmp_path: Path) -> None:
    got = take(lfb_fires, tmp_path, official / "06_lfb")
    dwelling, old = got["lfb_dwelling_fires"], got["ward_atlas_fires"]
    facts = dwelling.facts
    # LFB_dwelling_fires_london parquet: 90,146 rows; TH_LFB_dwelling_fires csv: 3,816 rows, 313 of 2009
    assert facts[facts["area"] == LONDON]["numerator"].sum() == 90_146
    assert facts[facts["area"] == TOWER_HAMLETS]["numerator"].sum() == 3816
    assert facts[facts["area"].isin(WARDS)]["numerator"].sum() == 3816
    first_year = facts[(facts["area"] == TOWER_HAMLETS) & (facts["finish"] <= date(2009, 12, 31))]
    assert first_year["numerator"].sum() == 313
    assert {(row.first, row.last, row.missing) for row in dwelling.coverage} == {("2009-01", "2024-08", ())}
    # Ward Atlas csv, column 2005 of the 17 wards added up by hand
    by_hand = 79 + 94 + 101 + 48 + 100 + 153 + 124 + 163 + 69 + 126 + 114 + 116 + 71 + 73 + 58 + 90 + 54
    assert n(old, "deliberate_fires", TOWER_HAMLETS, date(2005, 1, 1)) == by_hand
    assert n(old, "deliberate_fires", TOWER_HAMLETS, date(2014, 1, 1)) == 335
    assert same(facts, bundled("lfb_dwelling_fires")) and same(old.facts, bundled("ward_atlas_fires"))


def test_official_files_are_accounted_for(official: Path, tmp_path: Path) -> None:
    got = take(lfb_fires, tmp_path, official / "06_lfb")
    accounts = {name: got.account(name) for name in got.context.ledger.intake()["file"]}
    assert accounts == {
        "LFB_dwelling_fires_london_2009-2024_reduced.parquet": (90_146, 90_146, 0, 0),
        "TH_LFB_dwelling_fires_2009-2024_reduced.csv": (3816, 3816, 0, 0),
        "LFB_incident_records_sample500_official39cols.csv": (500, 0, 0, 500),  # Hounslow alone
        "TH_ward_atlas_deliberate_fires_2005-2014_OLD_wards.csv": (17, 17, 0, 0),
    }
    assert "lfb_incidents" not in got.taken
