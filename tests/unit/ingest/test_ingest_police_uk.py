"""police.uk street-level crime: the official files against the release, and small samples for each quirk and fault."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import Workbook
from support.ingest import ROOT, Read, bundled, same, take

from csp_dash.domain.geography import TOWER_HAMLETS
from csp_dash.ingest.context import Base
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.fetch.police_api_rows import STREET
from csp_dash.ingest.files.checksum import sha256
from csp_dash.ingest.files.corrections import Correction
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.source_file import entries
from csp_dash.ingest.readers import police_uk
from csp_dash.ingest.readers.police_uk import ALL_FORCES, CITY, METROPOLITAN, TRANSPORT
from csp_dash.ingest.release.merge import merge
from csp_dash.warehouse import Snapshot

API = "All forces (data.police.uk API)"
ASB = "Anti-social behaviour"
ONLY_2011, ONLY_2021, MOVED = "E01004197", "E01035691", "E01004239"
"""Small areas of the 2011 edition only, of the 2021 edition only, and one whose ward differs between them."""
WARD_2011, WARD_2021, WARD_MOVED = "E05009331", "E05009326", "E05009321"
HACKNEY = "E01001721"
COUNT_HEADER = ("lsoa_code", "lsoa_name", "borough", "category", "year", "month", "crime_count")
Row = tuple[object, ...]


def body(header: Iterable[str], rows: Iterable[Row], end: str = "\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows([tuple(header), *rows])
    return out.getvalue()


def crime(
    ident: str = "",
    month: str = "2022-05",
    lsoa: str = MOVED,
    kind: str = "Burglary",
    *,
    outcome: str = "",
    force: str = METROPOLITAN,
    lon: str = "-0.03",
    lat: str = "51.53",
    street: str = "On or near Old Road",
    name: str | None = None,
) -> Row:
    """A row of a street file."""
    place = ("Hackney 001A" if lsoa == HACKNEY else "Tower Hamlets 001A" if lsoa else "") if name is None else name
    return (ident, month, force, force, lon, lat, street, lsoa, place, kind, outcome, "")


def whole(month: str, force: str = METROPOLITAN, n: int = 2, lsoa: str = MOVED) -> list[Row]:
    """A month with antisocial behaviour: n incidents, n burglaries, n robberies."""
    kinds = (ASB, "Burglary", "Robbery")
    return [
        crime("" if kind == ASB else f"{force}{month}{kind}{at}", month, lsoa, kind, force=force)
        for kind in kinds
        for at in range(n)
    ]


def count(lsoa: str, kind: str, month: object, n: object, borough: str = "Tower Hamlets") -> Row:
    return (lsoa, f"{borough} 001A", borough, kind, 2024, month, n)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Read]:
    """Read files given as name and content: rows of a street file, text or bytes."""

    def run(*files: tuple[str, object], base: Base | None = None, **more: object) -> Read:
        paths = []
        for name, content in files:
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = content if isinstance(content, str | bytes) else body(STREET, content)  # type: ignore[arg-type]
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            paths.append(path)
        return take(police_uk, tmp_path, *paths, base=base, **more)  # type: ignore[arg-type]

    return run


def live(folder: Path, run: Read, base: Base | None = None) -> Base:
    """The release that a run makes of a live one."""
    made = merge(run.taken.values(), base)
    files = []
    for kind, frames in (("facts", made.facts), ("tables", made.tables)):
        for name, rows in frames.items():
            path = folder / "data" / kind / f"{name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            rows.to_parquet(path)
            files.append(path)
    files.append(folder / "data/coverage.csv")
    made.coverage.to_csv(files[-1], index=False)
    return Base(Snapshot(folder, "live", {path.relative_to(folder).as_posix(): "" for path in files}))


def figures(taken: Extract | pd.DataFrame, series: str, area: str = TOWER_HAMLETS) -> dict[str, float]:
    facts = taken if isinstance(taken, pd.DataFrame) else taken.facts
    facts = facts[(facts["series"] == series) & (facts["area"] == area)]
    return {str(start)[:7]: n for start, n in zip(facts["start"], facts["numerator"], strict=True)}


def flags(taken: Extract) -> dict[str, str]:
    facts = taken.facts.dropna(subset=["flag"])
    return {str(start)[:7]: flag for start, flag in zip(facts["start"], facts["flag"], strict=True)}


# --- counts by LSOA, month and category


def test_ward_and_borough_are_sums_of_lsoas_and_a_gap_is_missing_not_zero(read):
    rows = [
        count(ONLY_2011, ASB, 1, 3),
        count(ONLY_2021, ASB, 1, 4),
        count(ONLY_2011, ASB, 2, 1),
        count(ONLY_2011, "Burglary", 4, 2),
    ]
    run = read(("counts.csv", body(COUNT_HEADER, rows)))
    taken = run["police_uk"]
    assert figures(taken, "asb", WARD_2011) == {"2024-01": 3, "2024-02": 1}
    assert figures(taken, "asb") == {"2024-01": 7, "2024-02": 1}
    assert figures(taken, "pu_burglary") == {"2024-04": 2}
    assert {(c.area_kind, c.first, c.last, c.missing, c.zero_fill) for c in taken.coverage} == {
        ("ward", "2024-01", "2024-04", ("2024-03",), True),
        ("borough", "2024-01", "2024-04", ("2024-03",), True),
    }
    january = taken.facts[taken.facts["start"] == date(2024, 1, 1)]
    assert set(january["finish"]) == {date(2024, 1, 31)}
    assert set(taken.facts["vintage"]) == {"2024-04"}
    assert run.account("counts.csv") == (4, 4, 0, 0)


def test_an_lsoa_without_a_ward_still_counts_for_the_borough(read):
    rows = [count(ONLY_2011, "Drugs", 1, 3), count("E01077777", "Drugs", 1, 2)]
    taken = read(("counts.csv", body(COUNT_HEADER, rows)))["police_uk"]
    assert figures(taken, "pu_drugs") == {"2024-01": 5}
    assert taken.facts[taken.facts["area"] != TOWER_HAMLETS]["numerator"].sum() == 3
    assert taken.tables["lsoa_month"]["ward"].isna().sum() == 1


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([count(MOVED, "Jaywalking", 1, 3)], "line 2, column 'category': 'Jaywalking' is a word that no rule covers"),
        (
            [count(MOVED, "Drugs", 1, 3), count(MOVED, "Drugs", 2, "3.5")],
            "line 3, column 'crime_count': '3.5' is not a w",
        ),
        ([count(MOVED, "Drugs", 13, 1)], "column 'year and month': '2024-13' is no month"),
        ([count(MOVED, "Drugs", "2024-01", 1)], "is no month"),
        ([count(MOVED, "Drugs", 1, 1)] * 2, "line 3, column 'lsoa_code': 'E01004239' stands twice"),
    ],
)
def test_bad_counts_are_refused_with_file_line_and_column(read, rows: list[Row], words: str):
    with pytest.raises(BadInput, match=words) as refusal:
        read(("sent by mail.csv", body(COUNT_HEADER, rows)))
    assert str(refusal.value).startswith("sent by mail.csv, line ")


def test_quirk_31_a_month_that_a_file_has_of_other_boroughs_only_is_not_spoken_for(read):
    months = {name: body(COUNT_HEADER, rows) for name, rows in {
        "2024-08.csv": [count(MOVED, "Drugs", 8, 1), count(HACKNEY, "Drugs", 8, 5, "Hackney")],
        "2024-09.csv": [count(HACKNEY, "Drugs", 9, 5, "Hackney")],
        "2024-10.csv": [count(MOVED, "Drugs", 10, 1)],
    }.items()}  # fmt: skip
    run = read(*months.items())
    assert run["police_uk"].coverage[0].missing == ("2024-09",)
    assert run.account("2024-08.csv") == (2, 1, 0, 1) and run.account("2024-09.csv") == (1, 0, 0, 1)
    assert "None of its rows is of Tower Hamlets" in run.note("2024-09.csv")


def test_a_month_of_counts_in_two_files_counts_once(read):
    small = body(COUNT_HEADER, [count(MOVED, "Drugs", 1, 1)])
    large = body(COUNT_HEADER, [count(MOVED, "Drugs", 1, 2), count(HACKNEY, "Drugs", 1, 2, "Hackney")])
    run = read(("small.csv", small), ("large.csv", large))
    assert figures(run["police_uk"], "pu_drugs") == {"2024-01": 2}
    assert [entry.name for entry in run["police_uk"].inputs] == ["large.csv"]
    assert run.account("small.csv") == (1, 0, 1, 0)
    assert run.rejected() == [(2, "Month", "2024-01 of large.csv", "another file gives this force and month")]


def test_the_services_own_crimes_come_before_counts_that_others_made(read):
    counts = body(COUNT_HEADER, [count(MOVED, "Drugs", month, 9) for month in (1, 2)])
    crimes = [crime("a", "2024-01", kind="Drugs", force=API)]
    run = read(("a.csv", counts), ("b.csv", crimes))
    assert figures(run["police_uk"], "pu_drugs") == {"2024-01": 1, "2024-02": 9}
    assert run.account("a.csv") == (2, 1, 1, 0)


def test_parquet_with_lower_case_names(tmp_path: Path):
    frame = pd.DataFrame([crime("a"), crime("b", kind=ASB)], columns=list(STREET))
    frame = frame.rename(columns=lambda name: name.lower().replace(" ", "_"))
    frame.to_parquet(tmp_path / "x.parquet")
    run = take(police_uk, tmp_path, tmp_path / "x.parquet")
    assert figures(run["police_uk"], "asb") == {"2022-05": 1}


# --- street files: what counts as one offence


def test_quirks_1_and_2_repeated_ids_are_one_offence_and_blank_ids_are_all_kept(read):
    may = [
        crime("", "2011-05"),
        crime("", "2011-05"),
        crime("a", "2011-05", outcome="Under investigation"),
        crime("a", "2011-05", outcome="Under investigation"),
        crime("b", "2011-05", outcome="Under investigation"),
        crime("b", "2011-05", outcome="Offender sent to prison"),
    ]
    run = read(("x.csv", may), ("y.csv", [crime("a", "2011-07")]))
    taken = run["police_uk_burglary"]
    assert figures(taken, "pu_burglary") == {"2011-05": 4, "2011-07": 1}
    assert run.rejected() == [
        (5, "Crime ID", "a", "the same row again"),
        (7, "Crime ID", "b", "the same offence again, with another outcome"),
    ]
    assert run.account("x.csv") == (6, 4, 2, 0)
    assert taken.coverage[0].missing == ("2011-06",)
    assert taken.tables["lsoa_month"]["n"].sum() == 5
    points = taken.tables["snap_point"]
    assert points[["lon", "lat", "street", "lsoa", "ward", "month", "n"]].values.tolist() == [
        [-0.03, 51.53, "Old Road", MOVED, WARD_MOVED, "2011-05", 4],
        [-0.03, 51.53, "Old Road", MOVED, WARD_MOVED, "2011-07", 1],
    ]


def test_quirk_3_like_rows_of_antisocial_behaviour_are_all_kept_even_with_an_identifier(read):
    run = read(("x.csv", [crime("", kind=ASB), crime("", kind=ASB), crime("i", kind=ASB), crime("i", kind=ASB)]))
    assert figures(run["police_uk"], "asb") == {"2022-05": 4}


def test_quirk_4_rows_without_a_place_are_rejected(read):
    nowhere = crime("a", lsoa="", lon="", lat="", street="No Location")
    run = read(("x.csv", [crime("b"), nowhere]))
    assert run.rejected() == [(3, "LSOA code", "", "no place is given")]
    assert run.account("x.csv") == (2, 1, 1, 0)


def test_a_row_without_a_place_of_a_force_from_elsewhere_is_out_of_area(read):
    essex = [crime("a", lsoa="", lon="", lat="", force="Essex Police"), crime("b", force="Essex Police", kind=ASB)]
    run = read(("x.csv", essex))
    assert run.account("x.csv") == (2, 1, 0, 1)
    assert run["police_uk"].tables["lsoa_month"]["source"].tolist() == ["street:Essex Police"]


def test_quirk_5_both_lsoa_editions_in_one_month_lose_no_row_and_the_newer_one_wins(read):
    rows = [crime("a", lsoa=ONLY_2011), crime("b", lsoa=ONLY_2021), crime("c", lsoa=MOVED)]
    taken = read(("x.csv", rows))["police_uk_burglary"]
    found = {ward: figures(taken, "pu_burglary", ward) for ward in (WARD_2011, WARD_2021, WARD_MOVED)}
    assert list(found.values()) == [{"2022-05": 1}] * 3
    assert figures(taken, "pu_burglary") == {"2022-05": 3}


def test_quirk_6_force_is_not_borough(read):
    city = [crime("a", kind=ASB, force=CITY), crime("b", lsoa=HACKNEY, force=CITY)]
    run = read(("city.csv", city))
    assert run.account("city.csv") == (2, 1, 0, 1)
    assert len(run["police_uk"].facts) == 0 and run["police_uk"].coverage == []
    assert run["police_uk"].tables["lsoa_month"]["source"].tolist() == ["street:City of London Police"]


def test_an_lsoa_that_no_look_up_has_counts_for_the_borough_by_its_name(read):
    taken = read(("x.csv", [crime("a", lsoa="E01099998"), crime("b")]))["police_uk_burglary"]
    assert figures(taken, "pu_burglary") == {"2022-05": 2}
    assert taken.facts[taken.facts["area"] != TOWER_HAMLETS]["numerator"].sum() == 1


def test_quirk_7_outcomes_of_any_words_do_no_harm(read):
    rows = [crime(str(at), outcome=words) for at, words in enumerate(("", "Never heard of", "Local resolution"))]
    assert figures(read(("x.csv", rows))["police_uk_burglary"], "pu_burglary") == {"2022-05": 3}


def test_quirk_8_line_ends_and_a_byte_order_mark_make_no_difference(read, tmp_path: Path):
    rows = [crime("a"), crime("b", kind=ASB)]
    plain = read(("x.csv", body(STREET, rows)))["police_uk"].facts
    for text in (body(STREET, rows, "\r\n"), "\ufeff" + body(STREET, rows, "\r\n"), body(STREET, rows).rstrip("\n")):
        assert same(read(("x.csv", text))["police_uk"].facts, plain)


def test_windows_1252_and_spaces_after_codes(read):
    rows = [crime("a", lsoa=f"{MOVED} ", street="On or near Café St James’s"), crime("b", kind=ASB)]
    run = read(("x.csv", body(STREET, rows).encode("cp1252")))
    assert run["police_uk_burglary"].tables["snap_point"]["street"].tolist() == ["Café St James’s"]
    assert figures(run["police_uk_burglary"], "pu_burglary", WARD_MOVED) == {"2022-05": 1}


def test_quirk_10_a_location_is_often_a_kind_of_place(read):
    rows = [crime("a", street="On or near Supermarket"), crime("b", street="Police Station")]
    points = read(("x.csv", rows))["police_uk_burglary"].tables["snap_point"]
    assert points["street"].tolist() == ["Police Station", "Supermarket"]


def test_a_file_of_burglaries_alone_says_nothing_of_other_crime(read):
    rows = [crime("a"), crime("b", kind="Robbery"), crime("c", lsoa=HACKNEY)]
    run = read(("x.csv", rows))
    assert list(run.taken) == ["police_uk_burglary"]
    assert run.account("x.csv") == (3, 1, 1, 1)
    assert run.rejected() == [
        (3, "Crime type", "Robbery", "the month lacks antisocial behaviour, so only its burglaries are taken")
    ]
    assert "without antisocial behaviour" in run.note("x.csv")


def test_two_files_of_one_force_and_month_count_once(read):
    run = read(("small.csv", [crime("a")]), ("large.csv", [crime("a"), crime("b"), crime("c", lsoa=HACKNEY)]))
    assert figures(run["police_uk_burglary"], "pu_burglary") == {"2022-05": 2}
    assert run.account("small.csv") == (1, 0, 1, 0) and run.account("large.csv") == (3, 2, 0, 1)
    assert run.rejected() == [(2, "Month", "2022-05 of large.csv", "another file gives this force and month")]


def test_of_two_files_with_the_same_offences_the_longer_one_gives_them(read):
    long = [crime("a"), crime("b", lsoa=HACKNEY)]
    for names in (("a.csv", "b.csv"), ("b.csv", "a.csv")):
        run = read((names[0], [crime("a")]), (names[1], long))
        assert [entry.name for entry in run["police_uk_burglary"].inputs] == [names[1]]


def test_several_forces_and_months_in_one_file_are_told_by_the_rows(read):
    rows = [*whole("2024-01"), *whole("2024-02"), *whole("2024-02", CITY, 1), *whole("2024-02", TRANSPORT, 1)]
    taken = read(("2019-07-kent-street.csv", rows))["police_uk"]
    assert figures(taken, "asb") == {"2024-01": 2, "2024-02": 4}
    assert flags(taken) == {"2024-01": "forces_missing"}
    assert taken.coverage[0].zero_fill and (taken.coverage[0].first, taken.coverage[0].last) == ("2024-01", "2024-02")


def test_rows_of_a_force_that_give_no_figure_say_why(read, tmp_path: Path):
    early = read(("early.csv", whole("2026-04", TRANSPORT)))
    assert (early.account("early.csv"), early.idle("early.csv")) == ((6, 6, 0, 0), 6)
    assert "6 accepted rows give no figure: they are kept until the Metropolitan Police's whole file" in early.note(
        "early.csv"
    )
    later = read(("met.csv", whole("2026-04")), base=live(tmp_path / "a", early))
    assert later.idle("met.csv") == 0 and figures(later["police_uk"], "pu_robbery") == {"2026-04": 4}
    told = read(("all.csv", whole("2026-04", ALL_FORCES)), ("met.csv", whole("2026-04")))
    assert (told.idle("all.csv"), told.idle("met.csv")) == (0, 4), "its two burglaries count in a source of their own"
    assert "the counts of all forces that police.uk gives stand" in told.note("met.csv")


def test_a_whole_archive_is_read_member_by_member(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "latest.zip", "w", zipfile.ZIP_DEFLATED) as made:
        for month in ("2024-01", "2024-02"):
            for force, name in ((METROPOLITAN, "metropolitan"), (CITY, "city-of-london"), (TRANSPORT, "btp")):
                made.writestr(f"{month}/{month}-{name}-street.csv", body(STREET, whole(month, force, 3)))
            kent = [crime(str(at), month, HACKNEY, force="Kent Police", name="Dover 001A") for at in range(50)]
            made.writestr(f"{month}/{month}-kent-street.csv", body(STREET, kent))
    run = take(police_uk, tmp_path, tmp_path / "latest.zip")
    assert figures(run["police_uk"], "pu_robbery") == {"2024-01": 9, "2024-02": 9}
    assert figures(run["police_uk_burglary"], "pu_burglary") == {"2024-01": 3, "2024-02": 3}
    assert run.account("2024-02-kent-street.csv") == (50, 0, 0, 50)
    assert flags(run["police_uk"]) == {}


def test_names_of_categories_of_the_first_years(read):
    kinds = ("Violent crime", "Public disorder and weapons", "Other crime", "Other theft")
    rows = [
        crime(f"{month}{kind}", month, kind=kind, lsoa=ONLY_2011)
        for month in ("2011-08", "2013-04", "2013-05")
        for kind in (*kinds, ASB)
    ]
    taken = read(("x.csv", rows))["police_uk"]
    months = {series: sorted(figures(taken, series)) for series in taken.facts["series"].unique() if series != "asb"}
    assert months == {
        "pu_violence_and_sexual_offences": ["2011-08", "2013-04", "2013-05"],
        "pu_public_disorder_and_weapons": ["2011-08", "2013-04", "2013-05"],
        "pu_other_crime_to_2011_08": ["2011-08"],
        "pu_other_crime": ["2013-04", "2013-05"],
        "pu_other_theft_to_2013_04": ["2011-08", "2013-04"],
        "pu_other_theft": ["2013-05"],
    }


# --- street files: places and faults


def test_a_point_without_an_lsoa_is_placed(read):
    inside = crime("a", lsoa="", lon="-0.0655", lat="51.5160", kind=ASB)  # Whitechapel
    outside = crime("b", lsoa="", lon="-0.1276", lat="51.5072", kind=ASB)  # Charing Cross
    run = read(("x.csv", [inside, outside, crime("c", kind=ASB)]))
    assert run.account("x.csv") == (3, 2, 0, 1)
    table = run["police_uk"].tables["lsoa_month"]
    assert table["lsoa"].str.startswith("E01").all() and table["ward"].notna().all()
    assert "E05009336" in set(table["ward"])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (crime("x", month="2022-13"), ("Month", "2022-13", "it is no month such as 2024-03")),
        (crime("x", month="Mer-22"), ("Month", "Mer-22", "it is no month such as 2024-03")),
        (crime("x", month="14/05/2022"), ("Month", "14/05/2022", "it is no month such as 2024-03")),
        (crime("x", month=""), ("Month", "", "it is no month such as 2024-03")),
        (crime("x", month="2062-05"), ("Month", "2062-05", "the month is still to come")),
        (crime("x", month="2002-05"), ("Month", "2002-05", "the records begin in December 2010")),
        (crime("x", force=""), ("Falls within", "", "no force is named")),
        (crime("x", lon="west"), ("Longitude", "west", "the longitude is no number")),
        (crime("x", lat=""), ("Latitude", "", "the latitude is no number")),
        (crime("x", lon="51.53", lat="-0.03"), ("Longitude", "51.53", "longitude and latitude are swapped")),
        (crime("x", lsoa="", lon="51.53", lat="-0.03"), ("Longitude", "51.53", "longitude and latitude are swapped")),
    ],
)
def test_a_bad_row_is_rejected_with_line_column_value_and_reason(read, wrong: Row, told: tuple[str, str, str]):
    good = [crime(str(at)) for at in range(60)]
    run = read(("x.csv", [*good, wrong]))
    assert run.rejected() == [(62, *told)]
    assert figures(run["police_uk_burglary"], "pu_burglary") == {"2022-05": 60}


def test_an_offence_with_an_lsoa_but_no_point_counts_and_is_no_map_point(read):
    taken = read(("x.csv", [crime("a", lon="", lat=""), crime("b")]))["police_uk_burglary"]
    assert figures(taken, "pu_burglary") == {"2022-05": 2}
    assert taken.tables["snap_point"]["n"].tolist() == [1]


def test_bad_rows_of_other_places_do_not_matter(read):
    away = [crime(str(at), month="May-22", lsoa=HACKNEY, kind="Jaywalking") for at in range(9)]
    assert read(("x.csv", [crime("a"), *away])).account("x.csv") == (10, 1, 0, 9)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [crime("a"), *(crime(str(at), month="Mer-22") for at in range(9))],
            "9 of 10 rows are wrong.*line 3, column 'Month'",
        ),
        ([crime(str(at), lon="51.53", lat="-0.03") for at in range(9)], "longitude and latitude are swapped"),
        ([crime(str(at), lsoa="", lon="51.5", lat="-0.03") for at in range(9)], "longitude and latitude are swapped"),
    ],
)
def test_a_file_with_too_many_bad_rows_is_refused(read, rows: list[Row], words: str):
    with pytest.raises(BadInput, match=words) as refusal:
        read(("x.csv", rows))
    assert str(refusal.value).startswith("x.csv: ")


def test_a_file_that_is_mostly_without_places_is_not_refused(read):
    run = read(("x.csv", [crime("a"), *(crime(str(at), lsoa="", lon="", lat="") for at in range(50))]))
    assert run.account("x.csv") == (51, 1, 50, 0)


def test_months_that_a_spreadsheet_wrote_anew_are_read(read):
    run = read(("x.csv", [crime(str(at), month=text) for at, text in enumerate(["2022-05", "May-22", "01/05/2022"])]))
    assert run.rejected() == [] and run.account("x.csv") == (3, 3, 0, 0)
    facts = run["police_uk_burglary"].facts
    assert facts["start"].astype(str).unique().tolist() == ["2022-05-01"] and facts["numerator"].max() == 3


def test_an_unknown_category_is_refused_with_its_line(read):
    with pytest.raises(BadInput, match=r"x.csv, line 3, column 'Crime type': 'Jaywalking' is a word"):
        read(("x.csv", [crime("a"), crime("b", kind="Jaywalking")]))


def test_rows_with_too_few_columns_are_rejected_and_counted(read):
    text = body(STREET, [crime(str(at)) for at in range(60)]) + "abc,2022-05,cut\n"
    assert read(("x.csv", text)).account("x.csv") == (61, 60, 1, 0)
    with pytest.raises(BadInput, match="rows are wrong"):
        read(("x.csv", text + "cut\n" * 9))


def test_a_header_alone_speaks_for_nothing(read):
    run = read(("x.csv", body(STREET, [])), ("y.csv", [crime("a")]))
    assert run.account("x.csv") == (0, 0, 0, 0)
    assert read(("x.csv", body(STREET, []))).taken == {}


def test_a_file_of_another_borough_takes_nothing_and_says_so(read):
    run = read(("x.csv", [crime(str(at), lsoa=HACKNEY, kind=ASB) for at in range(9)]))
    assert run.taken == {} and run.account("x.csv") == (9, 0, 0, 9)
    assert "None of its rows is of Tower Hamlets" in run.note("x.csv")


def test_a_column_that_is_missing_or_renamed_is_told(tmp_path: Path):
    header = ["Crime category" if name == "Crime type" else name for name in STREET]
    (tmp_path / "x.csv").write_text(body(header, [crime("a")]))
    _, (found,) = entries([tmp_path / "x.csv"])
    assert "no column 'Crime type'; perhaps it is now called 'Crime category'" in found.problem


def test_columns_that_older_files_lack_are_not_needed(read):
    without = [at for at, name in enumerate(STREET) if name not in ("Reported by", "LSOA name", "Context")]
    rows = [tuple(row[at] for at in without) for row in (crime("a"), crime("b", lsoa="E01077777"))]
    run = read(("x.csv", body([STREET[at] for at in without], rows)))
    assert run.account("x.csv") == (2, 1, 0, 1)


def test_a_workbook_with_title_rows(tmp_path: Path):
    book = Workbook()
    for row in [("Crimes in May",), (), STREET, crime("a"), crime("b", kind=ASB)]:
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    run = take(police_uk, tmp_path, tmp_path / "x.xlsx")
    assert figures(run["police_uk"], "asb") == {"2022-05": 1}
    assert run.account("x.xlsx") == (2, 2, 0, 0)


def test_a_packed_file(tmp_path: Path):
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(body(STREET, [crime("a")]).encode()))
    assert figures(take(police_uk, tmp_path, tmp_path / "x.csv.gz")["police_uk_burglary"], "pu_burglary") == {
        "2022-05": 1
    }


def test_declared_corrections_come_before_judging(read):
    put_right = Correction(
        "police_uk_street", {"Crime ID": "b"}, "LSOA code", MOVED, "The notice says so.", "2026-01-01"
    )
    rows = [crime("a"), crime("b", lsoa="", lon="", lat="")]
    run = read(("x.csv", rows), corrections=(put_right,))
    assert run.account("x.csv") == (2, 2, 0, 0) and "The notice says so" in run.note("x.csv")


def test_points_cleaned_by_others_are_accounted_for_and_not_used(read):
    text = "month,type,location_type,longitude,latitude\n" + "1,drugs,,-0.0083,51.499\n" * 3
    run = read(("points.csv", text))
    assert run.taken == {} and run.account("points.csv") == (3, 0, 0, 3)
    assert "no figures are taken" in run.note("points.csv")


# --- editions


ALL_THE_SAME = 'To take it in all the same, name it with --prefer and say why with --because "...".'


def burglaries(month: str, n: int) -> list[Row]:
    return [crime(f"{month}-{at}", month) for at in range(n)]


def archive(folder: Path, months: dict[str, list[Row]], suffix: str = "-metropolitan-street.csv") -> Path:
    """A zip as the publisher lays it out, a folder a month."""
    path = folder / f"{max(months)}{suffix[:4]}.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for month, rows in months.items():
            packed.writestr(f"{month}/{month}{suffix}", body(STREET, rows))
    return path


def vintage(taken: Extract | pd.DataFrame) -> dict[str, str]:
    facts = taken if isinstance(taken, pd.DataFrame) else taken.facts
    return {str(start)[:7]: v for start, v in zip(facts["start"], facts["vintage"].fillna(""), strict=True)}


def test_an_old_copy_beside_a_new_month_does_no_harm_and_is_told(read, tmp_path: Path):
    base = live(tmp_path / "1", read(("july.csv", burglaries("2022-07", 20)), ("june.csv", burglaries("2022-06", 9))))
    run = read(("old.csv", burglaries("2022-07", 18)), ("new.csv", burglaries("2024-10", 12)), base=base)
    assert figures(run["police_uk_burglary"], "pu_burglary") == {"2024-10": 12}
    assert run.note("old.csv").endswith(
        "Of burglaries it gave fewer rows than the live release for July 2022 (18 against 20): left as it was. "
        + ALL_THE_SAME
    )
    assert "fewer rows" not in run.note("new.csv")
    done = merge(run.taken.values(), base)
    assert figures(done.facts["police_uk_burglary"], "pu_burglary") == {"2022-06": 9, "2022-07": 20, "2024-10": 12}
    assert done.tables["snap_point"].groupby("month")["n"].sum().to_dict() == {
        "2022-06": 9, "2022-07": 20, "2024-10": 12,
    }  # fmt: skip


@pytest.mark.parametrize("n", [21, 20])
def test_a_corrected_month_alone_gets_in_with_as_many_rows_or_more(read, tmp_path: Path, n: int):
    archived = archive(tmp_path, {"2022-07": burglaries("2022-07", 20), "2022-08": burglaries("2022-08", 5)})
    base = live(tmp_path / "1", take(police_uk, tmp_path, archived))
    run = read(("july.csv", burglaries("2022-07", n)), base=base)
    assert figures(run["police_uk_burglary"], "pu_burglary") == {"2022-07": n}
    # as many rows are taken to be the same edition, so that the same month again is nothing new
    assert vintage(run["police_uk_burglary"]) == {"2022-07": "2022-08" if n == 20 else ""}


def test_a_file_of_many_poorer_months_is_told_in_one_sentence(read, tmp_path: Path):
    months = [f"2022-{at:02d}" for at in range(1, 6)]
    base = live(tmp_path / "1", read(("all.csv", [row for month in months for row in burglaries(month, 3)])))
    run = read(("old.csv", [row for month in months for row in burglaries(month, 2)]), base=base)
    assert run.taken == {}
    told = "January 2022 (2 against 3), February 2022 (2 against 3), March 2022 (2 against 3) and 2 more months"
    assert f"for {told}: left as they were." in run.note("old.csv")


def test_an_archive_is_of_its_newest_month(read, tmp_path: Path):
    months = {f"2022-{at:02d}": burglaries(f"2022-{at:02d}", 20) for at in (6, 7, 8)}
    base = live(tmp_path / "1", take(police_uk, tmp_path, archive(tmp_path, months)))
    assert set(vintage(base.facts("police_uk_burglary")).values()) == {"2022-08"}
    fewer = {month: rows[:-1] for month, rows in months.items()}
    newer = archive(tmp_path, {**fewer, "2022-09": burglaries("2022-09", 4)})
    run = take(police_uk, tmp_path, newer, base=base)
    assert figures(run["police_uk_burglary"], "pu_burglary") == {
        "2022-06": 19,
        "2022-07": 19,
        "2022-08": 19,
        "2022-09": 4,
    }
    again = live(tmp_path / "2", run, base)
    older = take(police_uk, tmp_path, archive(tmp_path, months), base=again)
    assert older.taken == {}, "more rows, and known to be older"
    assert older.note("2022-06-metropolitan-street.csv").endswith(
        f"Of burglaries it reaches to August 2022, and the live release has newer figures of its months: left as they were. {ALL_THE_SAME}"
    )


@pytest.mark.parametrize("months", [("2022-07",), ("2022-05", "2022-07")], ids=["one month", "months that skip"])
def test_an_archive_that_may_have_been_put_together_does_not_tell_its_age(tmp_path: Path, months: tuple[str, ...]):
    packed = archive(tmp_path, {month: burglaries(month, 2) for month in months})
    assert set(vintage(take(police_uk, tmp_path, packed)["police_uk_burglary"]).values()) == {""}


def test_the_card_of_a_download_tells_its_age(read, tmp_path: Path):
    base = live(tmp_path / "1", read(("counts.csv", body(COUNT_HEADER, [count(MOVED, "Drugs", m, 9) for m in (1, 2)]))))
    assert vintage(base.facts("police_uk")) == {"2024-01": "2024-02", "2024-02": "2024-02"}
    path = tmp_path / "2024-01-all-forces-street.csv"
    path.write_text(body(STREET, [crime(str(at), "2024-01", kind="Drugs", force=API) for at in range(8)]))
    assert take(police_uk, tmp_path, path, base=base).taken == {}, "eight of unknown age against nine"
    card = {"sha256": sha256(path), "edition": "2024-05-01"}
    path.with_name(f"{path.name}.card.json").write_text(json.dumps(card))
    run = take(police_uk, tmp_path, path, base=base)
    assert figures(run["police_uk"], "pu_drugs") == {"2024-01": 8} and vintage(run["police_uk"]) == {
        "2024-01": "2024-05"
    }
    path.with_name(f"{path.name}.card.json").write_text(json.dumps({**card, "sha256": "of other bytes"}))
    assert take(police_uk, tmp_path, path, base=base).taken == {}


def test_a_preferred_file_gives_its_months_and_no_others(read, tmp_path: Path):
    base = live(tmp_path / "1", read(("a.csv", [*burglaries("2022-07", 9), *burglaries("2022-08", 9)])))
    files = ("july.csv", burglaries("2022-07", 7)), ("august.csv", burglaries("2022-08", 7))
    run = read(*files, base=base, prefer="july.csv")
    assert figures(run["police_uk_burglary"], "pu_burglary") == {"2022-07": 7}
    run = read(("july.csv", burglaries("2022-07", 7)), ("other.csv", burglaries("2022-07", 8)), prefer="july.csv")
    assert figures(run["police_uk_burglary"], "pu_burglary") == {"2022-07": 7}, "also among files"


def test_of_a_whole_month_with_fewer_burglaries_the_rest_is_taken(read, tmp_path: Path):
    base = live(tmp_path / "1", read(("burglaries.csv", burglaries("2024-01", 6))))
    run = read(("met.csv", whole("2024-01", n=5)), base=base)
    assert list(run.taken) == ["police_uk"] and figures(run["police_uk"], "asb") == {"2024-01": 5}
    assert "Of burglaries it gave fewer rows than the live release for January 2024 (5 against 6)" in run.note(
        "met.csv"
    )


def test_a_force_with_fewer_rows_leaves_its_month_and_another_is_added(read, tmp_path: Path):
    base = live(tmp_path / "1", read(("met.csv", whole("2024-01", n=3))))
    run = read(("old.csv", whole("2024-01", n=2)), ("city.csv", whole("2024-01", CITY, 1)), base=base)
    assert figures(run["police_uk"], "asb") == {"2024-01": 4}
    assert "It gave fewer rows than the live release for January 2024 (6 against 9)" in run.note("old.csv")


def test_a_preferred_force_is_told_that_the_service_comes_first(read, tmp_path: Path):
    base = live(tmp_path / "1", read(("api.csv", whole("2024-01", API, 5))))
    run = read(("met.csv", whole("2024-01", n=3)), base=base, prefer="met.csv")
    assert len(run["police_uk"].facts) == 0 and "this file changes nothing" in run.note("met.csv")


# --- added to a live release


def test_a_later_file_of_another_force_is_added_to_the_month(read, tmp_path: Path):
    first = live(tmp_path / "1", read(("met.csv", whole("2024-01", n=3))))
    second = read(("city.csv", whole("2024-01", CITY, 2)), base=first)
    assert figures(second["police_uk"], "asb") == {"2024-01": 5}
    assert flags(second["police_uk"]) == {"2024-01": "forces_missing"}
    third = read(("btp.csv", whole("2024-01", TRANSPORT, 1)), base=live(tmp_path / "2", second, first))
    assert figures(third["police_uk"], "asb") == {"2024-01": 6} and flags(third["police_uk"]) == {}
    done = merge(third.taken.values(), live(tmp_path / "3", third, live(tmp_path / "2", second, first)))
    table = done.tables["lsoa_month"].groupby("source")["n"].sum().to_dict()
    assert table == {
        "police_uk": 18,
        "police_uk_burglary": 3,
        "street:Metropolitan Police Service": 9,
        "street:City of London Police": 6,
        "street:British Transport Police": 3,
    }


def test_the_metropolitan_file_may_come_after_the_city(read, tmp_path: Path):
    base = live(tmp_path / "1", read(("city.csv", whole("2024-01", CITY, 2))))
    assert figures(read(("met.csv", whole("2024-01", n=3)), base=base)["police_uk"], "asb") == {"2024-01": 5}


def test_what_the_service_said_of_a_month_is_not_replaced_by_a_sum_of_forces(read, tmp_path: Path):
    base = live(tmp_path / "1", read(("api.csv", whole("2024-01", API, 5))))
    run = read(("met.csv", whole("2024-01", n=3)), base=base)
    assert figures(run["police_uk"], "asb") == {}
    assert set(run["police_uk"].tables["lsoa_month"]["source"]) == {"street:Metropolitan Police Service"}
    assert figures(merge(run.taken.values(), base).facts["police_uk"], "asb") == {"2024-01": 5}


def test_what_the_service_says_later_replaces_the_sum(read, tmp_path: Path):
    base = live(tmp_path / "1", read(("met.csv", whole("2024-01", n=3))))
    run = read(("api.csv", whole("2024-01", API, 5)), base=base)
    assert figures(merge(run.taken.values(), base).facts["police_uk"], "asb") == {"2024-01": 5}


def test_an_older_archive_adds_a_force_and_takes_nothing_back(read, tmp_path: Path):
    new = [*whole("2024-01", n=5), *whole("2024-06", n=5)]
    base = live(tmp_path / "1", read(("new.csv", new)))
    run = read(("old.csv", [*whole("2024-01", n=2), *whole("2024-01", CITY, 1)]), base=base)
    assert figures(run["police_uk"], "asb") == {"2024-01": 6}
    done = merge(run.taken.values(), base)
    assert figures(done.facts["police_uk"], "asb") == {"2024-01": 6, "2024-06": 5}
    own = done.tables["lsoa_month"]
    assert own.loc[own["source"] == f"street:{METROPOLITAN}", "n"].sum() == 30
    assert figures(done.facts["police_uk_burglary"], "pu_burglary") == {"2024-01": 5, "2024-06": 5}


def test_a_month_replaces_its_map_points_and_no_others(read, tmp_path: Path):
    base = live(tmp_path / "1", read(("a.csv", [crime("a", "2024-01"), crime("b", "2024-02")])))
    run = read(("b.csv", [crime("b", "2024-02"), crime("c", "2024-02")]), base=base)
    points = merge(run.taken.values(), base).tables["snap_point"]
    assert dict(zip(points["month"], points["n"], strict=True)) == {"2024-01": 1, "2024-02": 2}


def test_a_short_month_is_told_by_the_months_around_it_in_the_live_release(read, tmp_path: Path):
    around = [row for at in (1, 2, 3, 5, 6) for row in whole(f"2024-{at:02d}", API, 20)]
    base = live(tmp_path / "1", read(("a.csv", around)))
    run = read(("b.csv", whole("2024-04", API, 4)), base=base)
    assert flags(run["police_uk"]) == {"2024-04": "short_month"}


def test_a_month_far_below_its_neighbours_is_short() -> None:
    months = police_uk.month_names("2022-09", "2023-03")
    totals = pd.Series([650, 590, 600, 181, 820, 580, 620], index=months)
    assert police_uk.short_months(totals) == {"2022-12"}
    assert police_uk.short_months(totals.where(totals != 181, 400)) == set()
    assert police_uk.short_months(totals[["2022-12"]], totals) == {"2022-12"}
    assert police_uk.short_months(totals[["2022-11"]], totals) == set()


# --- the official files


@pytest.fixture(scope="module")
def everything(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Read:
    """All files of the folder but the packed counts of all London."""
    paths = sorted(path for path in (official / "03_police_uk").iterdir() if path.suffix != ".xz")
    return take(police_uk, tmp_path_factory.mktemp("official"), *paths)


def test_official_files_give_the_figures_of_the_release(everything: Read):
    for source in ("police_uk", "police_uk_burglary"):
        assert same(everything[source].facts, bundled(source))
    counts, burglary = everything["police_uk"], everything["police_uk_burglary"]
    # TH_lsoa_month_category_2023-07_2026-03.csv: crime_count summed with awk
    assert sum(counts.facts.loc[counts.facts["area"] == TOWER_HAMLETS, "numerator"]) == 125_706
    asb = figures(counts, "asb")
    assert (asb["2023-07"], asb["2025-07"], asb["2026-03"]) == (1060, 1295, 810)
    assert counts.coverage[0].missing == ("2023-09",) and burglary.coverage[0].missing == ()
    assert (burglary.coverage[0].first, burglary.coverage[0].last) == ("2010-12", "2024-09")


def test_official_files_give_the_tables_of_the_release(everything: Read):
    keys = ["source", "series", "lsoa", "ward", "start"]
    made = pd.concat([item.tables["lsoa_month"] for item in everything.taken.values()]).astype({"start": str})
    held = pd.read_parquet(ROOT / "data/tables/lsoa_month.parquet").astype({"start": str})
    sources = ["police_uk", "police_uk_burglary"]
    both = held[held["source"].isin(sources)].merge(made[made["source"].isin(sources)], on=keys, how="outer")
    assert len(both) == 54_122 and (both["n_x"] == both["n_y"]).all()
    # rows of the City of London's 54 files with an LSOA of Tower Hamlets, one of each Crime ID
    assert made.loc[made["source"] == f"street:{CITY}", "n"].sum() == 643
    points = everything["police_uk_burglary"].tables["snap_point"]
    assert points["n"].sum() == 35_766
    assert (
        len(points.assign(year=points["month"].str[:4]).drop_duplicates(["lon", "lat", "street", "lsoa", "year"]))
        == 14_357
    )


def test_all_forces_and_months_in_one_file_give_the_same(official: Path, tmp_path: Path):
    folders = ("met_street_burglary_TH", "city_of_london_street")
    files = sorted(path for folder in folders for path in (official / "03_police_uk" / folder).glob("*.csv"))
    lines = [line for path in files for line in path.read_text().splitlines()[1:]]
    (tmp_path / "all.csv").write_text("\n".join([",".join(STREET), *lines]))
    run = take(police_uk, tmp_path, tmp_path / "all.csv")
    assert same(run["police_uk_burglary"].facts, bundled("police_uk_burglary"))


def test_every_row_of_the_official_files_is_accounted_for(everything: Read):
    intake = everything.context.ledger.intake()
    assert (intake["rows"] == intake["accepted"] + intake["rejected"] + intake["out_of_area"]).all()
    assert len(intake) == 220 + 2 + 1 + 2
    reasons = everything.context.ledger.rejected()["reason"].value_counts()
    assert reasons["the same row again"] == 319  # quirk 2: exact repeats with an identifier
    assert reasons["no place is given"] == 2_263
    superseded = reasons[reasons.index == "another file gives this force and month"]
    assert superseded.sum() == 383, "2021-03 and 2024-03 are there twice, filtered and whole"


def test_quirk_9_offences_are_counted_by_their_lsoa_also_where_the_point_lies_outside(everything: Read):
    """Four map points of the borough's LSOAs lie outside its wards."""
    points = everything["police_uk_burglary"].tables["snap_point"].drop_duplicates(["lon", "lat"])
    spots = gpd.GeoDataFrame(points, geometry=gpd.points_from_xy(points["lon"], points["lat"]), crs=4326)
    outside = ~spots.within(everything.context.ward_shapes.union_all())
    assert (len(points), outside.sum()) == (3_262, 4)
    assert points["ward"].notna().all()
