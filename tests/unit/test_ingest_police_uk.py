"""police.uk readers: figures worked out from the official files, and small samples for each quirk."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from csp_dash.ingest import police_uk
from csp_dash.ingest.facts import BadInput, Taken
from csp_dash.ingest.police_uk import BOROUGH, COUNT_COLUMNS, STREET_COLUMNS, WARDS

OFFICIAL = Path(os.environ.get("CSP_DASH_OFFICIAL", Path(__file__).resolve().parents[3] / "shared" / "data"))
needs_official = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official files are not here")


def write_csv(path: Path, header: tuple[str, ...], rows: list[list[object]], encoding: str = "utf-8") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding=encoding) as handle:
        csv.writer(handle).writerows([list(header), *rows])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Look-ups of both editions: LSOA 21/11 number i -> ward i; E01000005 differs between editions."""
    new = [[f"E010000{i:02d}", "n", WARDS[i]] for i in range(20)] + [["E01099999", "elsewhere", "E05000001"]]
    old = [[f"E019000{i:02d}", "n", WARDS[i]] for i in range(20)] + [["E01000005", "n", WARDS[6]]]
    place = tmp_path / "02_lsoa_lookups"
    write_csv(place / "LSOA21_WD25_LAD25_bestfit_TH.csv", ("LSOA21CD", "LSOA21NM", "WD25CD"), new, "utf-8-sig")
    write_csv(place / "LSOA11_WD21_LAD21_bestfit_TH.csv", ("LSOA11CD", "LSOA11NM", "WD21CD"), old, "utf-8-sig")
    return tmp_path


def counts(source: Path, rows: list[list[object]], header: tuple[str, ...] = COUNT_COLUMNS) -> None:
    write_csv(source / "03_police_uk" / "TH_lsoa_month_category_2024-01_2024-04.csv", header, rows)


def count_row(lsoa: str, category: str, month: int, n: object) -> list[object]:
    return [lsoa, "Tower Hamlets 001A", "Tower Hamlets", category, 2024, month, n]


def street_row(crime_id: str, month: str, lsoa: str, outcome: str = "", kind: str = "Burglary") -> list[object]:
    force = "Metropolitan Police Service"
    name = "Tower Hamlets 001A" if lsoa else ""
    return [crime_id, month, force, force, "-0.03", "51.53", "On or near Old Road", lsoa, name, kind, outcome, ""]


def street(source: Path, month: str, rows: list[list[object]], header: tuple[str, ...] = STREET_COLUMNS) -> None:
    write_csv(source / "03_police_uk" / "met_street_burglary_TH" / f"{month}-metropolitan-street.csv", header, rows)


def figures(taken: Taken, series: str, area: str) -> dict[str, float]:
    facts = taken.facts[(taken.facts["series"] == series) & (taken.facts["area"] == area)]
    return {str(start)[:7]: n for start, n in zip(facts["start"], facts["numerator"], strict=True)}


# --- counts by LSOA, month and category


def test_ward_and_borough_are_sums_of_lsoas_and_a_gap_is_missing_not_zero(source: Path) -> None:
    asb = "Anti-social behaviour"
    counts(
        source,
        [
            count_row("E01000000", asb, 1, 3),
            count_row("E01000001", asb, 1, 4),
            count_row("E01000000", asb, 2, 1),
            count_row("E01000000", "Burglary", 4, 2),
        ],
    )
    taken = police_uk.read_counts(source)
    assert figures(taken, "asb", WARDS[0]) == {"2024-01": 3, "2024-02": 1}
    assert figures(taken, "asb", BOROUGH) == {"2024-01": 7, "2024-02": 1}
    assert figures(taken, "pu_burglary", BOROUGH) == {"2024-04": 2}
    assert {(c.area_kind, c.first, c.last, c.missing, c.zero_fill) for c in taken.coverage} == {
        ("ward", "2024-01", "2024-04", ("2024-03",), True),
        ("borough", "2024-01", "2024-04", ("2024-03",), True),
    }
    january = taken.facts[taken.facts["start"] == date(2024, 1, 1)]
    assert set(january["finish"]) == {date(2024, 1, 31)}
    assert set(taken.facts["vintage"]) == {"2024-04"}


def test_an_lsoa_without_a_ward_still_counts_for_the_borough(source: Path) -> None:
    counts(source, [count_row("E01000000", "Drugs", 1, 3), count_row("E01077777", "Drugs", 1, 2)])
    taken = police_uk.read_counts(source)
    assert figures(taken, "pu_drugs", BOROUGH) == {"2024-01": 5}
    assert taken.facts[taken.facts["area"] != BOROUGH]["numerator"].sum() == 3
    assert taken.tables["lsoa_month"]["ward"].isna().sum() == 1


@pytest.mark.parametrize(
    ("rows", "header", "words"),
    [
        ([count_row("E01000000", "Jaywalking", 1, 3)], COUNT_COLUMNS, "Jaywalking"),
        ([count_row("E01000000", "Drugs", 1, "3.5")], COUNT_COLUMNS, "whole numbers"),
        ([count_row("E01000000", "Drugs", 13, 1)], COUNT_COLUMNS, "2024-13"),
        ([count_row("E01000000", "Drugs", 1, 1)] * 2, COUNT_COLUMNS, "twice"),
        ([["E01000000", "x", "Hackney", "Drugs", 2024, 1, 1]], COUNT_COLUMNS, "no row for Tower Hamlets"),
        ([count_row("E01000000", "Drugs", 1, 1)], ("LSOA", *COUNT_COLUMNS[1:]), "unknown header"),
    ],
)
def test_bad_counts_are_refused_by_name(
    source: Path, rows: list[list[object]], header: tuple[str, ...], words: str
) -> None:
    counts(source, rows, header)
    with pytest.raises(BadInput, match=words) as refusal:
        police_uk.read_counts(source)
    assert "TH_lsoa_month_category" in str(refusal.value)


def test_missing_files_are_refused(tmp_path: Path, source: Path) -> None:
    with pytest.raises(BadInput, match="03_police_uk"):
        police_uk.read_counts(source)
    with pytest.raises(BadInput, match="02_lsoa_lookups"):
        police_uk.lsoa_to_ward(tmp_path / "nowhere")


# --- look-up


def test_lookup_joins_both_editions_and_the_newer_one_wins(source: Path) -> None:
    wards = police_uk.lsoa_to_ward(source)
    assert wards["E01900003"] == WARDS[3]
    assert wards["E01000005"] == WARDS[5]
    assert "E01099999" not in wards


def test_lookup_that_loses_a_ward_is_refused(source: Path) -> None:
    rows = [[f"E010000{i:02d}", "n", WARDS[i]] for i in range(19)]
    write_csv(source / "02_lsoa_lookups" / "LSOA21_WD25_LAD25_bestfit_TH.csv", ("LSOA21CD", "LSOA21NM", "WD25CD"), rows)
    with pytest.raises(BadInput, match="E05009336"):
        police_uk.lsoa_to_ward(source)


# --- street files


def test_repeated_ids_are_one_offence_and_blank_ids_are_all_kept(source: Path) -> None:
    month, lsoa = "2011-05", "E01000001"
    street(
        source,
        month,
        [
            street_row("", month, lsoa),
            street_row("", month, lsoa),
            street_row("a", month, lsoa, "Under investigation"),
            street_row("a", month, lsoa, "Under investigation"),
            street_row("b", month, lsoa, "Under investigation"),
            street_row("b", month, lsoa, "Offender sent to prison"),
        ],
    )
    street(source, "2011-07", [street_row("a", "2011-07", lsoa)])
    rows, files, tally = police_uk.burglary_rows(source)
    assert len(files) == 2
    assert tally == {"rows": 7, "repeats": 2, "no_place": 0, "no_ward": 0}
    taken = police_uk.read_burglary(source)
    assert figures(taken, "pu_burglary", BOROUGH) == {"2011-05": 4, "2011-07": 1}
    assert taken.coverage[0].missing == ("2011-06",)
    assert taken.tables["snap_point"].to_dict("records") == [
        {"lon": -0.03, "lat": 51.53, "street": "Old Road", "lsoa": lsoa, "ward": WARDS[1], "year": 2011, "n": 5}
    ]
    assert taken.tables["lsoa_month"]["n"].sum() == len(rows) == 5


def test_both_lsoa_editions_in_one_month_lose_no_row(source: Path) -> None:
    month = "2022-05"
    street(source, month, [street_row("a", month, "E01900003"), street_row("b", month, "E01000003")])
    taken = police_uk.read_burglary(source)
    assert figures(taken, "pu_burglary", WARDS[3]) == {month: 2}


def test_rows_of_other_places_other_crimes_and_no_place_are_left_out(source: Path) -> None:
    month = "2022-05"
    away = street_row("d", month, "E01099999")
    away[8] = "Hackney 001A"
    street(
        source,
        month,
        [
            street_row("a", month, "E01000003"),
            street_row("b", month, "E01000003", kind="Robbery"),
            street_row("c", month, ""),
            away,
        ],
    )
    rows, _, tally = police_uk.burglary_rows(source)
    assert len(rows) == 1
    assert tally["no_place"] == 1


def test_a_street_file_under_the_wrong_name_or_header_is_refused(source: Path) -> None:
    street(source, "2022-05", [street_row("a", "2022-06", "E01000003")])
    with pytest.raises(BadInput, match="another month"):
        police_uk.read_burglary(source)
    street(source, "2022-05", [street_row("a", "2022-05", "E01000003")], ("ID", *STREET_COLUMNS[1:]))
    with pytest.raises(BadInput, match="lacks \\['Crime ID'\\]"):
        police_uk.read_burglary(source)


def test_a_month_far_below_its_neighbours_is_short() -> None:
    months = police_uk.month_names("2022-09", "2023-03")
    totals = pd.Series([650, 590, 600, 181, 820, 580, 620], index=months)
    assert police_uk.short_months(totals) == {"2022-12"}
    assert police_uk.short_months(totals.where(totals != 181, 400)) == set()


# --- the official files


@needs_official
def test_official_counts() -> None:
    taken = police_uk.read_counts(OFFICIAL)
    # TH_lsoa_month_category_2023-07_2026-03.csv: crime_count summed with awk
    assert taken.facts[taken.facts["area"] == BOROUGH]["numerator"].sum() == 125_706
    assert taken.facts[taken.facts["area"] != BOROUGH]["numerator"].sum() == 125_706
    asb = figures(taken, "asb", BOROUGH)
    assert (asb["2023-07"], asb["2025-07"], asb["2026-03"]) == (1060, 1295, 810)
    assert "2023-09" not in asb
    assert taken.coverage[0].missing == ("2023-09",)
    assert taken.tables["lsoa_month"]["ward"].isna().sum() == 0
    assert taken.facts["series"].nunique() == 14
    assert taken.facts["flag"].isna().all()


@needs_official
def test_official_burglary() -> None:
    rows, files, tally = police_uk.burglary_rows(OFFICIAL)
    assert files[0].name.startswith("2010-12")
    assert tally["no_ward"] == 0
    # met_street_burglary_TH 2022: 2,200 rows of which 2,178 distinct Crime IDs; 2011: blank IDs
    years = rows["month"].str[:4].value_counts()
    assert years["2022"] == 2178
    assert years["2010"] == 193
    assert len(set(rows["lsoa"])) <= 188


@needs_official
def test_official_lookup_has_all_lsoas_of_both_editions() -> None:
    wards = police_uk.lsoa_to_ward(OFFICIAL)
    assert len(wards) == 169 + 144 - 119  # LSOA 2021, LSOA 2011, codes in both
    assert set(wards.values()) == set(WARDS)
    assert wards["E01004239"] == "E05009321"  # E05009322 in the 2011 look-up
