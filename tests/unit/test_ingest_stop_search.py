"""Stop and search reader: official figures, and small samples for time zone, wording, gaps and points."""

from __future__ import annotations

import csv
import json
import os
from datetime import date
from pathlib import Path

import pytest

from csp_dash.ingest import stop_search
from csp_dash.ingest.facts import BadInput, Taken
from csp_dash.ingest.police_uk import BOROUGH, WARDS

OFFICIAL = Path(os.environ.get("CSP_DASH_OFFICIAL", Path(__file__).resolve().parents[3] / "shared" / "data"))
needs_official = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official files are not here")
NFA = "A no further action disposal"


def square(i: int) -> dict[str, object]:
    ring = [[i, 50], [i + 1, 50], [i + 1, 51], [i, 51], [i, 50]]
    return {
        "type": "Feature",
        "properties": {"wardcode": WARDS[i], "name": f"ward {i}"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Twenty wards as a row of squares, ward i from longitude i to i + 1."""
    place = tmp_path / "01_boundaries"
    place.mkdir()
    collection = {"type": "FeatureCollection", "features": [square(i) for i in range(20)]}
    (place / "lbth_wards_2022.geojson").write_text(json.dumps(collection), encoding="utf-8")
    return tmp_path


def search(
    when: str,
    outcome: str = NFA,
    *,
    lon: object = 0.5,
    lat: object = 50.5,
    ethnicity: str = "White - Irish",
    thing: str = "Controlled drugs",
) -> list[object]:
    return [
        "Person search",
        when,
        "False",
        "",
        lat,
        lon,
        "Male",
        "18-24",
        ethnicity,
        "White",
        "law",
        thing,
        outcome,
        "",
        "",
    ]


def month(source: Path, name: str, rows: list[list[object]], header: tuple[str, ...] = stop_search.COLUMNS) -> None:
    path = source / "03_police_uk" / "met_stop_and_search_TH" / f"{name}-metropolitan-stop-and-search.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([list(header), *rows])


def read(source: Path) -> Taken:
    (taken,) = stop_search.read(source)
    return taken


def fact(taken: Taken, series: str, area: str, start: date) -> tuple[float, float]:
    facts = taken.facts
    row = facts[(facts["series"] == series) & (facts["area"] == area) & (facts["start"] == start)]
    return row["numerator"].item(), row["denominator"].item()


def test_summer_time_puts_a_late_utc_evening_into_the_next_month(source: Path) -> None:
    month(source, "2018-04", [search("2018-03-31T23:00:00+00:00"), search("2018-04-30T22:59:00+00:00")])
    assert fact(read(source), "stops", BOROUGH, date(2018, 4, 1))[0] == 2


def test_a_date_outside_its_file_is_refused(source: Path) -> None:
    month(source, "2018-12", [search("2018-11-30T23:30:00+00:00")])  # winter: London time is UTC
    with pytest.raises(BadInput, match="2018-12-metropolitan"):
        stop_search.read(source)


def test_find_rate_has_all_stops_below_and_zero_wards_are_written(source: Path) -> None:
    when = "2019-01-10T12:00:00+00:00"
    rows = [search(when), search(when, "Arrest"), search(when, "Community resolution"), search(when, "", lon=1.5)]
    month(source, "2019-01", rows)
    taken = read(source)
    january = date(2019, 1, 1)
    assert fact(taken, "stops_found", WARDS[0], january) == (2, 3)
    assert fact(taken, "stops_arrest", WARDS[0], january) == (1, 3)
    assert fact(taken, "stops_found", WARDS[1], january) == (0, 1)  # a blank outcome is not a find
    assert fact(taken, "stops_found", WARDS[19], january) == (0, 0)
    assert fact(taken, "stops_found", BOROUGH, january) == (2, 4)
    assert taken.facts.loc[taken.facts["series"] == "stops", "denominator"].isna().all()


def test_exact_repeats_are_kept(source: Path) -> None:
    month(source, "2022-08", [search("2022-08-10T12:00:00+00:00")] * 3)
    taken = read(source)
    assert fact(taken, "stops", WARDS[0], date(2022, 8, 1))[0] == 3
    assert taken.tables["stop_search"]["n"].tolist() == [3]


def test_points_outside_or_absent_are_left_out_and_a_shared_line_counts_once(source: Path) -> None:
    when = "2019-01-10T12:00:00+00:00"
    rows = [search(when, lon=1.0), search(when, lon=30.0), search(when, lon="", lat="")]
    month(source, "2019-01", rows)
    kept, _, tally = stop_search.searches(source)
    assert tally == {"no_point": 1, "outside": 1}
    assert kept["ward"].tolist() == [WARDS[0]]


def test_months_without_a_file_or_without_points_are_missing(source: Path) -> None:
    month(source, "2016-05", [search("2016-05-10T12:00:00+00:00", lon="", lat="")])
    month(source, "2016-06", [search("2016-06-10T12:00:00+00:00")])
    month(source, "2016-07", [])
    month(source, "2016-09", [search("2016-09-10T12:00:00+00:00")])
    coverage = read(source).coverage[0]
    assert (coverage.first, coverage.last, coverage.missing) == ("2016-06", "2016-09", ("2016-07", "2016-08"))


def test_coarse_objects_and_old_words_before_2018(source: Path) -> None:
    old = "Articles for use in criminal damage"
    month(
        source,
        "2017-12",
        [
            search(
                "2017-12-10T12:00:00+00:00",
                "Nothing found - no further action",
                thing=old,
                ethnicity="White - White British (W1)",
            )
        ],
    )
    month(
        source,
        "2018-01",
        [search("2018-01-10T12:00:00+00:00", thing=old, ethnicity="Chinese or other ethnic group - Chinese (O1)")],
    )
    table = read(source).tables["stop_search"]
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
    [({"outcome": "Let off"}, "Let off"), ({"thing": "Bananas"}, "Bananas"), ({"ethnicity": "Martian"}, "Martian")],
)
def test_unknown_words_are_refused(source: Path, change: dict[str, str], words: str) -> None:
    month(source, "2019-01", [search("2019-01-10T12:00:00+00:00", **change)])  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=words):
        stop_search.read(source)


def test_unknown_header_and_wrong_outlines_are_refused(source: Path) -> None:
    month(source, "2019-01", [], ("Kind", *stop_search.COLUMNS[1:]))
    with pytest.raises(BadInput, match="unknown header"):
        stop_search.read(source)
    collection = {"type": "FeatureCollection", "features": [square(0)]}
    (source / "01_boundaries" / "lbth_wards_2022.geojson").write_text(json.dumps(collection), encoding="utf-8")
    with pytest.raises(BadInput, match="20 wards"):
        stop_search.read(source)


@needs_official
def test_official_stops() -> None:
    taken = read(OFFICIAL)
    facts = taken.facts
    stops = facts[facts["series"] == "stops"]
    # met_stop_and_search_TH: 40,554 rows in 71 files with rows (wc -l), all in a ward
    assert stops[stops["area"] == BOROUGH]["numerator"].sum() == 40_554
    assert stops[stops["area"] != BOROUGH]["numerator"].sum() == 40_554
    assert taken.tables["stop_search"]["n"].sum() == 40_554
    # 2018-04 file: 662 rows, 486 of them without further action, 92 arrests
    assert fact(taken, "stops_found", BOROUGH, date(2018, 4, 1)) == (662 - 486, 662)
    assert fact(taken, "stops_arrest", BOROUGH, date(2018, 4, 1)) == (92, 662)
    short = {str(start)[:7] for start in facts[facts["flag"] == "short_month"]["start"]}
    assert short == {"2018-02", "2018-03", "2022-12"}
    coverage = taken.coverage[0]
    assert (coverage.first, coverage.last, len(coverage.missing)) == ("2016-06", "2024-08", 28)
    assert {"2019-03", "2021-05", "2022-01"} <= set(coverage.missing)
