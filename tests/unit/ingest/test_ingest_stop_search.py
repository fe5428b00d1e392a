"""Stop and search: the official files against the release, and small samples for time zone, wording, gaps and points."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box
from support.ingest import ROOT, Read, bundled, live, same, take

from csp_dash.domain.geography import TOWER_HAMLETS, WARDS
from csp_dash.ingest.context import Base
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.fetch.police_api_rows import SEARCHES
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.readers import stop_search

NFA = "A no further action disposal"
NOWHERE, ELSEWHERE = ("", ""), ("-0.1276", "51.5072")
Row = tuple[object, ...]


@cache
def point(ward: str) -> tuple[str, str]:
    """A point in a ward."""
    shapes = gpd.read_file(ROOT / "geo" / "ward_places.geojson").set_index("code")
    spot = shapes.loc[ward, "geometry"].representative_point()
    return str(round(spot.x, 6)), str(round(spot.y, 6))


def search(
    when: str = "2019-01-10T12:00:00+00:00",
    outcome: str = NFA,
    *,
    at: str | tuple[str, str] = WARDS[0],
    ethnicity: str = "White - Irish",
    thing: str = "Controlled drugs",
) -> Row:
    """A row of a file; `at` is a ward or a longitude and latitude."""
    lon, lat = point(at) if isinstance(at, str) else at
    person = ("Male", "18-24", ethnicity, "White", "law", thing, outcome, "", "")
    return ("Person search", when, "False", "", lat, lon, *person)


def body(rows: list[Row], header: tuple[str, ...] = SEARCHES) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Read]:
    """Read files given as name and rows, or text."""

    def run(*files: tuple[str, object], base: Base | None = None, prefer: str = "") -> Read:
        paths = []
        for name, content in files:
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else body(content), encoding="utf-8")  # type: ignore[arg-type]
            paths.append(path)
        return take(stop_search, tmp_path, *paths, base=base, prefer=prefer)

    return run


def fact(taken: Extract, series: str, area: str, start: date) -> tuple[float, float]:
    facts = taken.facts
    row = facts[(facts["series"] == series) & (facts["area"] == area) & (facts["start"] == start)]
    return row["numerator"].item(), row["denominator"].item()


def stops(taken: Extract, area: str = TOWER_HAMLETS) -> dict[str, float]:
    rows = taken.facts[(taken.facts["series"] == "stops") & (taken.facts["area"] == area)]
    return {str(start)[:7]: n for start, n in zip(rows["start"], rows["numerator"], strict=True)}


# --- months


def test_quirk_14_summer_time_puts_a_late_utc_evening_into_the_next_month(read):
    rows = [search("2018-03-31T23:00:00+00:00"), search("2018-04-30T22:59:00+00:00")]
    assert stops(read(("x.csv", rows))["stop_search"]) == {"2018-04": 2}


def test_the_month_is_told_by_the_dates_and_not_by_the_name(read):
    rows = [search("2018-12-10T12:00:00+00:00")] * 3
    assert stops(read(("2011-01-kent-stop-and-search.csv", rows))["stop_search"]) == {"2018-12": 3}


def test_several_months_in_one_file_are_each_its_own(read):
    rows = [search(f"2024-0{month}-10T12:00:00+00:00") for month in (1, 2, 3) for _ in range(3)]
    assert stops(read(("x.csv", rows))["stop_search"]) == {"2024-01": 3, "2024-02": 3, "2024-03": 3}


def test_a_short_month_beside_full_ones_in_one_file_is_a_month(read):
    full = [search("2018-04-10T12:00:00+00:00")] * 60
    short = [search(f"2018-03-{day}T12:00:00+00:00") for day in (10, 20, 25)]
    assert stops(read(("x.csv", [*short, *full]))["stop_search"]) == {"2018-03": 3, "2018-04": 60}


def test_a_stray_search_of_a_month_that_no_file_gives_is_rejected(read):
    december = [search("2018-12-10T12:00:00+00:00")] * 9
    stray = search("2018-11-30T23:30:00+00:00")  # in winter London time is UTC
    run = read(("x.csv", [*december, stray]))
    assert stops(run["stop_search"]) == {"2018-12": 9}
    assert run.rejected() == [(11, "Date", str(stray[1]), "it is of a month of which no file is here")]
    assert run.account("x.csv") == (10, 9, 1, 0)


def test_a_stray_search_counts_where_another_file_gives_its_month(read):
    december = [search("2018-12-10T12:00:00+00:00")] * 9
    november = [search("2018-11-10T12:00:00+00:00")] * 9
    run = read(("a.csv", [*december, search("2018-11-30T23:30:00+00:00")]), ("b.csv", november))
    assert stops(run["stop_search"]) == {"2018-11": 10, "2018-12": 9}


def test_a_month_in_two_files_counts_once_with_the_strays_of_the_one_that_gives_it(read):
    stray, own = search("2018-11-30T23:30:00+00:00"), [search("2018-12-10T12:00:00+00:00")] * 9
    november = [search("2018-11-10T12:00:00+00:00")] * 9
    run = read(("a.csv", [*own, stray]), ("b.csv", [*own, own[0], stray]), ("c.csv", november))
    assert stops(run["stop_search"]) == {"2018-11": 10, "2018-12": 10}
    assert run.account("a.csv") == (10, 0, 10, 0)
    assert {reason for *_, reason in run.rejected()} == {"another file gives this month"}
    assert {value[value.index(" of ") :] for *_, value, _ in run.rejected()} == {" of b.csv", " of c.csv"}


def test_a_file_of_another_force_does_not_replace_a_month_of_the_live_release(read, tmp_path: Path):
    base = live(tmp_path / "live", "stop_search", read(("a.csv", [search()] * 50))["stop_search"].facts)
    run = read(("city.csv", [search()] * 9), base=base)
    assert run.taken == {} and run.account("city.csv") == (9, 0, 9, 0)
    assert {reason for *_, reason in run.rejected()} == {"far fewer than the live release has for this month"}
    assert stops(read(("city.csv", [search()] * 9), base=base, prefer="city.csv")["stop_search"]) == {"2019-01": 9}


def test_a_month_with_fewer_searches_than_the_live_release_is_left_and_told(read, tmp_path: Path):
    base = live(tmp_path / "live", "stop_search", read(("a.csv", [search()] * 50))["stop_search"].facts)
    run = read(("old.csv", [search()] * 40), ("new.csv", [search("2019-03-10T12:00:00+00:00")] * 9), base=base)
    assert stops(run["stop_search"]) == {"2019-03": 9}
    assert set(run["stop_search"].tables["stop_search"]["start"].astype(str)) == {"2019-03-01"}
    assert "It gave fewer rows than the live release for January 2019 (40 against 50): left as it was." in run.note(
        "old.csv"
    )
    assert stops(read(("b.csv", [search()] * 50), base=base)["stop_search"]) == {"2019-01": 50}
    assert stops(read(("b.csv", [search()] * 40), base=base, prefer="b.csv")["stop_search"]) == {"2019-01": 40}


def test_months_without_a_file_or_without_points_are_missing(read):
    files = {
        "a.csv": [search("2016-05-10T12:00:00+00:00", at=NOWHERE)],
        "b.csv": [search("2016-06-10T12:00:00+00:00")],
        "c.csv": [],
        "d.csv": [search("2016-09-10T12:00:00+00:00")],
    }
    run = read(*files.items())
    coverage = run["stop_search"].coverage[0]
    assert (coverage.first, coverage.last, coverage.missing) == ("2016-06", "2016-09", ("2016-07", "2016-08"))
    assert [entry.name for entry in run["stop_search"].inputs] == ["b.csv", "d.csv"]


def test_quirk_17_a_short_month_is_told_by_the_months_around_it_in_the_live_release(read, tmp_path: Path):
    months = [f"2022-{at:02d}" for at in range(7, 13)]
    rows = [search(f"{month}-10T12:00:00+00:00") for month in months for _ in range(20)]
    held = read(("a.csv", rows))["stop_search"].facts
    base = live(tmp_path / "live", "stop_search", held[held["start"] != date(2022, 10, 1)])
    facts = read(("b.csv", [search("2022-10-10T12:00:00+00:00")] * 8), base=base)["stop_search"].facts
    assert set(facts["flag"]) == {"short_month"}


# --- figures


def test_find_rate_has_all_stops_below_and_zero_wards_are_written(read):
    rows = [search(), search(outcome="Arrest"), search(outcome="Community resolution"), search(outcome="", at=WARDS[1])]
    taken = read(("x.csv", rows))["stop_search"]
    january = date(2019, 1, 1)
    assert fact(taken, "stops_found", WARDS[0], january) == (2, 3)
    assert fact(taken, "stops_arrest", WARDS[0], january) == (1, 3)
    assert fact(taken, "stops_found", WARDS[1], january) == (0, 1)  # a blank outcome is not a find
    assert fact(taken, "stops_found", WARDS[19], january) == (0, 0)
    assert fact(taken, "stops_found", TOWER_HAMLETS, january) == (2, 4)
    assert taken.facts.loc[taken.facts["series"] == "stops", "denominator"].isna().all()


def test_quirk_15_exact_repeats_are_kept(read):
    run = read(("x.csv", [search()] * 3))
    assert stops(run["stop_search"], WARDS[0]) == {"2019-01": 3}
    assert run["stop_search"].tables["stop_search"]["n"].tolist() == [3]


def test_quirk_16_coarse_objects_and_old_words_before_2018(read):
    old = "Articles for use in criminal damage"
    before = search(
        "2017-12-10T12:00:00+00:00",
        "Nothing found - no further action",
        thing=old,
        ethnicity="White - White British (W1)",
    )
    after = search("2018-01-10T12:00:00+00:00", thing=old, ethnicity="Chinese or other ethnic group - Chinese (O1)")
    table = read(("a.csv", [before]), ("b.csv", [after]))["stop_search"].tables["stop_search"].sort_values("start")
    assert table["object"].tolist() == ["Not split before 2018", old]
    assert set(table["outcome"]) == {"No further action"}
    assert table["ethnicity"].tolist() == ["White", "Asian"]


@pytest.mark.parametrize(
    ("words", "group"),
    [
        ("Asian/Asian British - Bangladeshi", "Asian"),
        ("Asian or Asian British - Bangladeshi (A3)", "Asian"),
        ("Black/African/Caribbean/Black British - African", "Black"),
        ("Mixed - White and Asian (M3)", "Mixed"),
        ("White - Gypsy or Irish Traveller", "White"),
        ("Other ethnic group - Arab", "Other"),
        ("Other ethnic group - Not stated", "Not stated"),
        ("", "Not stated"),
        ("Martian", None),
    ],
)
def test_ethnic_groups(words: str, group: str | None) -> None:
    assert stop_search.ethnic_group(words) == group


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"outcome": "Let off"}, "line 3, column 'Outcome': 'Let off' is a word that no rule covers"),
        ({"thing": "Bananas"}, "line 3, column 'Object of search': 'Bananas'"),
        ({"ethnicity": "Martian"}, "line 3, column 'Self-defined ethnicity': 'Martian'"),
    ],
)
def test_unknown_words_are_refused(read, change: dict[str, str], words: str):
    with pytest.raises(BadInput, match=words) as refusal:
        read(("x.csv", [search(), search(**change)]))  # type: ignore[arg-type]
    assert str(refusal.value).startswith("x.csv, ")
    away = search(at=ELSEWHERE, **change)  # type: ignore[arg-type]
    assert read(("x.csv", [search(), away])).account("x.csv") == (2, 1, 0, 1)


# --- points and faults


def test_quirk_12_the_columns_of_the_point_may_stand_in_any_order(read):
    header = tuple(reversed(SEARCHES))
    rows = [tuple(reversed(search()))]
    assert stops(read(("x.csv", body(rows, header)))["stop_search"], WARDS[0]) == {"2019-01": 1}


def test_quirk_12_swapped_values_are_a_fault(read):
    swapped = search(at=tuple(reversed(point(WARDS[0]))))  # type: ignore[arg-type]
    run = read(("x.csv", [*[search()] * 60, swapped]))
    assert run.account("x.csv") == (61, 60, 1, 0)
    assert run.rejected() == [(62, "Latitude", point(WARDS[0])[0], "latitude and longitude are swapped")]
    with pytest.raises(BadInput, match=r"4 of 4 rows are wrong.*latitude and longitude are swapped"):
        read(("x.csv", [swapped] * 4))


def test_quirk_13_a_file_without_any_place_is_not_refused_and_covers_nothing(read):
    run = read(("x.csv", [search("2015-07-10T12:00:00+00:00", at=NOWHERE)] * 30))
    assert run.taken == {} and run.account("x.csv") == (30, 0, 30, 0)
    assert "30 of its 30 searches have no place (100%)." in run.note("x.csv")
    assert run.rejected()[0] == (2, "Latitude", "", "no place is given")


def test_points_outside_are_out_of_area_and_those_absent_are_rejected(read):
    run = read(("x.csv", [search(), search(at=ELSEWHERE), search(at=NOWHERE)]))
    assert run.account("x.csv") == (3, 1, 1, 1)
    assert "1 of its 3 searches have no place (33%)." in run.note("x.csv")


def test_a_file_with_points_of_another_area_alone_is_out_of_area_whole(read):
    run = read(("kent.csv", [search(at=("0.52", "51.27")), search(at=NOWHERE), search(at=("x", "51.27"))]))
    assert run.taken == {} and run.account("kent.csv") == (3, 0, 0, 3)
    assert "None of its rows is of Tower Hamlets" in run.note("kent.csv")


def test_a_point_on_a_line_that_two_wards_share_counts_once():
    wards = gpd.GeoDataFrame({"ward": ["b", "a"]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs=4326)
    points = pd.DataFrame({"lon": [1.0, 0.5, 3.0, None], "lat": [0.5, 0.5, 0.5, 0.5]})
    assert stop_search.points_to_wards(points, wards).where(lambda ward: ward.notna(), "").tolist() == [
        "a",
        "b",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (search("10/01/2019 12:00"), ("Date", "10/01/2019 12:00", "the date cannot be read")),
        (search("10 January 2019"), ("Date", "10 January 2019", "the date cannot be read")),
        (search(""), ("Date", "", "the date cannot be read")),
        (search(at=("west", "51.5")), ("Longitude", "west", "the longitude is no number")),
        (search(at=("-0.05", "")), ("Latitude", "", "the latitude is no number")),
    ],
)
def test_a_bad_row_is_rejected_with_line_column_value_and_reason(read, wrong: Row, told: tuple[str, str, str]):
    run = read(("x.csv", [*[search()] * 60, wrong]))
    assert run.rejected() == [(62, *told)] and run.account("x.csv") == (61, 60, 1, 0)


def test_a_file_with_too_many_bad_dates_is_refused(read):
    with pytest.raises(BadInput, match=r"x.csv: 9 of 10 rows are wrong.*line 3, column 'Date': '10/01/2019'"):
        read(("x.csv", [search(), *[search("10/01/2019")] * 9]))


def test_a_header_alone_takes_nothing(read):
    assert read(("x.csv", [])).taken == {}


# --- the official files


@pytest.fixture(scope="module")
def everything(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Read:
    folder = official / "03_police_uk"
    paths = (folder / "met_stop_and_search_TH", folder / "unfiltered_whole_months")
    return take(stop_search, tmp_path_factory.mktemp("official"), *paths)


def test_official_files_give_the_release(everything: Read):
    taken = everything["stop_search"]
    assert same(taken.facts, bundled("stop_search"))
    table = taken.tables["stop_search"].astype({"start": str})
    held = pd.read_parquet(ROOT / "data/tables/stop_search.parquet").astype({"start": str})
    both = held.merge(table, on=["ward", "start", "ethnicity", "object", "outcome"], how="outer")
    assert (both["n_x"] == both["n_y"]).all()


def test_official_stops(everything: Read):
    taken = everything["stop_search"]
    facts = taken.facts
    # met_stop_and_search_TH: 40,554 rows in 71 files with rows (wc -l), all in a ward
    assert sum(stops(taken).values()) == taken.tables["stop_search"]["n"].sum() == 40_554
    # 2018-04 file: 662 rows, 486 of them without further action, 92 arrests
    assert fact(taken, "stops_found", TOWER_HAMLETS, date(2018, 4, 1)) == (662 - 486, 662)
    assert fact(taken, "stops_arrest", TOWER_HAMLETS, date(2018, 4, 1)) == (92, 662)
    short = {str(start)[:7] for start in facts[facts["flag"] == "short_month"]["start"]}
    assert short == {"2018-02", "2018-03", "2022-12"}
    coverage = taken.coverage[0]
    assert (coverage.first, coverage.last, len(coverage.missing)) == ("2016-06", "2024-08", 28)
    assert {"2019-03", "2021-05", "2022-01"} <= set(coverage.missing)


def test_all_months_in_one_file_give_the_same(official: Path, tmp_path: Path):
    files = sorted((official / "03_police_uk" / "met_stop_and_search_TH").glob("*.csv"))
    lines = [line for path in files for line in path.read_text().splitlines()[1:]]
    (tmp_path / "all.csv").write_text("\n".join([",".join(SEARCHES), *lines]))
    assert same(take(stop_search, tmp_path, tmp_path / "all.csv")["stop_search"].facts, bundled("stop_search"))


def test_every_row_of_the_official_files_is_accounted_for(everything: Read):
    intake = everything.context.ledger.intake()
    assert intake[["rows", "accepted", "rejected", "out_of_area"]].sum().tolist() == [53_414, 40_554, 1_746, 11_114]
    # all of London, April 2018: 12,860 searches, 1,084 without a point, and the same 662 as the borough's own file
    whole = everything.account("2018-04-metropolitan-stop-and-search.csv.gz")
    part = everything.account("2018-04-metropolitan-stop-and-search.csv")
    assert whole[0] == 12_860 and part[0] == 662 and sorted((whole[1], part[1])) == [0, 662]
