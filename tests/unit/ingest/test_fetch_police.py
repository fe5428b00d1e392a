"""data.police.uk: months, areas that are halved, archives, and answers as rows of the archive's files."""

from __future__ import annotations

import csv
import itertools
import random
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, Polygon
from support import ROOT
from support.replay.publishers import MONTHS, as_json, bases, crime, open_police, search, zipped
from support.replay.server import Asked, Replay, Reply, served

from csp_dash.domain.periods import Month
from csp_dash.ingest.fetch import ClientSettings, Outcome, fetch
from csp_dash.ingest.fetch.borough_outline import halves, outline, small_areas, words
from csp_dash.ingest.fetch.police_api import archives
from csp_dash.ingest.fetch.police_api_rows import SEARCHES, STREET
from csp_dash.ingest.fetch.publishers import publisher
from csp_dash.ingest.files.detect import recognise

GEO = ROOT / "geo"
QUICK = ClientSettings(per_second=500, tries=3, wait=0.01, longest=1, timeout=(5, 20))
CRIMES, STOPS = "/api/crimes-street/all-crime", "/api/stops-street"
DETAILS = publisher("police_uk", {}).details
OUTSIDE = {"latitude": "51.600000", "longitude": "-0.300000", "street": {"id": 1, "name": "On or near Far Away"}}


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay() as server:
        open_police(server)
        yield server


def run(
    replay: Replay, folder: Path, since: str = "2026-09", said: list[str] | None = None, points: Path | None = None
) -> list[Outcome]:
    return fetch(
        ["police_uk"],
        folder=folder,
        since=since,
        today=date(2026, 11, 24),
        geo=GEO,
        points=points,
        bases=bases(replay),
        say=(said if said is not None else []).append,
        manners=QUICK,
    )


def states(outcomes: Sequence[Outcome]) -> dict[str, str]:
    return {outcome.name: outcome.state for outcome in outcomes}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def shape(asked: Asked) -> Polygon:
    corners = [tuple(map(float, corner.split(","))) for corner in asked.form["poly"].split(":")]
    return Polygon([(lon, lat) for lat, lon in corners])


def spot(one: dict[str, Any]) -> Point:
    return Point(float(one["location"]["longitude"]), float(one["location"]["latitude"]))


# --- the files of a month ----------------------------------------------------------------------------


def test_a_month_is_a_street_file_and_a_search_file_with_the_official_headers(replay: Replay, tmp_path: Path):
    told = run(replay, tmp_path)
    street, stops = (
        tmp_path / "police_uk" / f"2026-09-all-forces-{kind}.csv" for kind in ("street", "stop-and-search")
    )
    assert states(told) == {street.name: "new", stops.name: "new"}
    assert street.read_text(encoding="utf-8").splitlines()[0] == (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
        "Last outcome category,Context"
    )
    assert rows(street)[0] == {
        "Crime ID": f"{1:064x}",
        "Month": "2026-09",
        "Reported by": "All forces (data.police.uk API)",
        "Falls within": "All forces (data.police.uk API)",
        "Longitude": "-0.056600",
        "Latitude": "51.529100",
        "Location": "On or near Globe Road",
        "LSOA code": "E01004198",
        "LSOA name": "Tower Hamlets 002B",
        "Crime type": "Burglary",
        "Last outcome category": "Under investigation",
        "Context": "",
    }
    assert stops.read_text(encoding="utf-8").splitlines() == [
        "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
        "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
        "Outcome linked to object of search,Removal of more than just outer clothing",
        "Person search,2026-09-05T12:00:00+00:00,False,,51.528383,-0.016473,Male,18-24,"
        "Asian/Asian British - Bangladeshi,Asian,Misuse of Drugs Act 1971 (section 23),Controlled drugs,Arrest,True,False",
    ]


def test_the_files_are_recognised_as_the_publishers_own(replay: Replay, tmp_path: Path):
    run(replay, tmp_path)
    found = recognise(sorted((tmp_path / "police_uk").glob("*.csv")))
    assert [(item.format, item.period) for item in found] == [
        ("police_uk_stop_and_search", "2026-09"),
        ("police_uk_street", "2026-09"),
    ]


def test_the_headers_are_those_of_the_official_files(official: Path):
    street = next((official / "03_police_uk" / "city_of_london_street").glob("*.csv"))
    stops = next((official / "03_police_uk" / "met_stop_and_search_TH").glob("2024-*.csv"))
    for path, header in ((street, STREET), (stops, SEARCHES)):
        assert path.read_text(encoding="utf-8").splitlines()[0] == ",".join(header)


def test_the_categories_are_the_words_of_the_official_files(official: Path):
    known = set()
    for path in (official / "03_police_uk" / "city_of_london_street").glob("202*.csv"):
        known |= {row["Crime type"] for row in rows(path)}
    assert known == set(DETAILS["categories"].values())


def test_every_month_from_the_first_on_is_asked_for_with_the_outline(replay: Replay, tmp_path: Path):
    told = run(replay, tmp_path, since="2026-07")
    assert [asked.form["date"] for asked in replay.log if asked.path == CRIMES] == ["2026-07", "2026-08", "2026-09"]
    assert len(told) == 6
    asked = next(asked for asked in replay.log if asked.path == CRIMES)
    assert asked.method == "POST"
    assert len(asked.form["poly"]) < 20_000
    wards = gpd.read_file(GEO / "wards.geojson").union_all()
    assert shape(asked).symmetric_difference(wards).area < 0.003 * wards.area


def test_the_same_answer_in_another_order_gives_the_same_bytes(replay: Replay, tmp_path: Path):
    crimes = [crime(number, category=kind) for number, kind in enumerate(sorted(DETAILS["categories"]))]
    stops = [search(f"2026-09-{day:02d}T10:00:00+00:00") for day in range(1, 20)]
    for name in ("a", "b"):
        random.Random(name).shuffle(crimes)
        random.Random(name).shuffle(stops)
        replay.on(CRIMES, as_json(list(crimes)))
        replay.on(STOPS, as_json(list(stops)))
        run(replay, tmp_path / name)
    for kind in ("street", "stop-and-search"):
        one, two = (tmp_path / name / "police_uk" / f"2026-09-all-forces-{kind}.csv" for name in ("a", "b"))
        assert one.read_bytes() == two.read_bytes()
        assert len(rows(one)) in (len(crimes), len(stops))


def test_a_month_of_the_present_edition_is_not_asked_for_again(replay: Replay, tmp_path: Path):
    run(replay, tmp_path)
    posted = len([asked for asked in replay.log if asked.method == "POST"])
    assert set(states(run(replay, tmp_path)).values()) == {"unchanged"}
    assert len([asked for asked in replay.log if asked.method == "POST"]) == posted


def test_a_new_edition_is_asked_for_again_and_what_was_restated_is_told(replay: Replay, tmp_path: Path):
    run(replay, tmp_path)
    replay.on("/api/crime-last-updated", as_json({"date": "2026-12-01"}))
    restated = crime(1, outcome_status={"category": "Offender given a caution", "date": "2026-11"})
    replay.on(CRIMES, as_json([crime(2), restated]))
    assert list(states(run(replay, tmp_path)).values()) == ["changed", "unchanged"]


def test_an_interrupted_run_goes_on_with_the_months_that_are_missing(replay: Replay, tmp_path: Path):
    def broken(asked: Asked) -> Reply:
        return Reply(b"", 500) if asked.form["date"] == "2026-08" else as_json([crime(1, asked.form["date"])])

    replay.on(CRIMES, broken)
    told = run(replay, tmp_path, since="2026-07")
    assert states(told)["2026-08-all-forces-street.csv"] == "failed"
    assert not (tmp_path / "police_uk" / "2026-08-all-forces-street.csv").exists()
    assert states(told)["2026-09-all-forces-street.csv"] == "new"
    replay.log.clear()
    open_police(replay)
    told = run(replay, tmp_path, since="2026-07")
    assert states(told)["2026-08-all-forces-street.csv"] == "new"
    assert [(asked.path, asked.form["date"]) for asked in replay.log if asked.method == "POST"] == [(CRIMES, "2026-08")]


def test_searches_wait_until_the_force_has_published_them(replay: Replay, tmp_path: Path):
    replay.on("/api/crimes-street-dates", as_json([{"date": "2026-09", "stop-and-search": ["city-of-london"]}]))
    assert states(run(replay, tmp_path)) == {"2026-09-all-forces-street.csv": "new"}
    assert STOPS not in replay.paths()


def test_a_month_that_the_list_lacks_is_told(replay: Replay, tmp_path: Path):
    held = [{"date": month, "stop-and-search": []} for month in ("2026-07", "2026-09")]
    replay.on("/api/crimes-street-dates", as_json(held))
    told = states(run(replay, tmp_path, since="2026-07"))
    assert told["2026-08"] == "failed"
    assert told["2026-09-all-forces-street.csv"] == "new"


def test_nothing_new_is_told(replay: Replay, tmp_path: Path):
    said: list[str] = []
    assert run(replay, tmp_path, since="2026-10", said=said) == []
    assert said == ["police_uk: nothing from 2026-10 on is published yet; the last month is 2026-09."]


@pytest.mark.parametrize("path", ["/api/crime-last-updated", "/api/crimes-street-dates"])
@pytest.mark.parametrize("body", [b"[]", b"{}", b"null", b'[{"month": "x"}]', b'{"date": 5}'])
def test_a_list_of_another_shape_is_told(replay: Replay, tmp_path: Path, path: str, body: bytes):
    replay.on(path, Reply(body))
    (told,) = run(replay, tmp_path)
    assert (told.name, told.state) == ("all files", "failed")
    assert f"{path} is not of the shape that is documented" in told.why


# --- answers that are wrong --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (as_json([]), "holds nothing for 2026-09"),
        (as_json({"error": "x"}), "not of the shape that is documented"),
        (as_json([1, 2]), "not of the shape that is documented"),
        (as_json([crime(1, category="witchcraft")]), "the category 'witchcraft' is not known here"),
        (as_json([crime(1, "2026-08")]), "2026-09 was asked for, but a crime of 2026-08 came"),
        (Reply(b"<html>Sorry</html>"), "a web page or an error message, not JSON"),
        (Reply(as_json([crime(1)]).body[:-9]), "JSON that is cut short or damaged"),
        (Reply(b"", 404), r"answered 404"),
        (Reply(b"", 502), r"in 3 tries: it answered 502"),
    ],
)
def test_a_month_that_fails_leaves_no_file_and_keeps_the_one_of_before(
    replay: Replay, tmp_path: Path, reply: Reply, why: str
):
    path = tmp_path / "police_uk" / "2026-09-all-forces-street.csv"
    replay.on(CRIMES, reply)
    told = run(replay, tmp_path)[0]
    assert (told.name, told.state) == (path.name, "failed")
    assert why in told.why or why in told.why.replace("\n", " ")
    assert not path.exists()
    open_police(replay)
    run(replay, tmp_path)
    before = path.read_bytes()
    replay.on("/api/crime-last-updated", as_json({"date": "2026-12-01"}))
    replay.on(CRIMES, reply)
    assert run(replay, tmp_path)[0].state == "failed"
    assert path.read_bytes() == before


def test_searches_of_another_month_are_refused_but_summer_time_is_known(replay: Replay, tmp_path: Path):
    replay.on(STOPS, as_json([search("2026-08-31T23:30:00+00:00")]))
    assert run(replay, tmp_path)[1].state == "new"
    replay.on(STOPS, as_json([search("2026-08-31T22:30:00+00:00")]))
    told = run(replay, tmp_path / "other")[1]
    assert (told.state, "no search of that month came" in told.why) == ("failed", True)


@pytest.mark.parametrize(
    ("other", "column", "value"),
    [
        ({"outcome": False, "outcome_object": {"id": "", "name": ""}}, "Outcome", "A no further action disposal"),
        ({"outcome": "", "outcome_object": None}, "Outcome", ""),
        ({"outcome": "x", "outcome_object": {"name": "Community resolution"}}, "Outcome", "Community resolution"),
        ({"outcome_linked_to_object_of_search": None}, "Outcome linked to object of search", ""),
        ({"operation": True, "operation_name": "Blunt"}, "Policing operation", "Blunt"),
        ({"location": None}, "Latitude", ""),
        ({"self_defined_ethnicity": None}, "Self-defined ethnicity", ""),
    ],
)
def test_what_a_search_lacks_is_blank(replay: Replay, tmp_path: Path, other: dict[str, Any], column: str, value: str):
    replay.on(STOPS, as_json([search("2026-09-05T12:00:00+00:00", **other)]))
    run(replay, tmp_path)
    (row,) = rows(tmp_path / "police_uk" / "2026-09-all-forces-stop-and-search.csv")
    assert row[column] == value


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        ({"outcome_status": None}, {"Last outcome category": ""}),
        (
            {"persistent_id": "", "category": "anti-social-behaviour"},
            {"Crime ID": "", "Crime type": "Anti-social behaviour"},
        ),
        ({"category": "violent-crime"}, {"Crime type": "Violence and sexual offences"}),
        ({"location": None}, {"Longitude": "", "Latitude": "", "LSOA code": "", "Location": ""}),
        ({"location": OUTSIDE}, {"Longitude": "-0.300000", "LSOA code": "", "LSOA name": ""}),
    ],
)
def test_what_a_crime_lacks_is_blank(replay: Replay, tmp_path: Path, other: dict[str, Any], wanted: dict[str, str]):
    replay.on(CRIMES, as_json([crime(1, **other)]))
    run(replay, tmp_path)
    (row,) = rows(tmp_path / "police_uk" / "2026-09-all-forces-street.csv")
    assert {column: row[column] for column in wanted} == wanted


def test_like_crimes_and_searches_are_all_kept_but_one_number_is_one_crime(replay: Replay, tmp_path: Path):
    like = [crime(number, persistent_id="", category="anti-social-behaviour") for number in (1, 2, 3, 3)]
    replay.on(CRIMES, as_json(like))
    replay.on(STOPS, as_json([search("2026-09-05T12:00:00+00:00")] * 3))
    run(replay, tmp_path)
    assert len(rows(tmp_path / "police_uk" / "2026-09-all-forces-street.csv")) == 3
    assert len(rows(tmp_path / "police_uk" / "2026-09-all-forces-stop-and-search.csv")) == 3


# --- areas -------------------------------------------------------------------------------------------


def scattered(number: int) -> list[dict[str, Any]]:
    """Crimes all over the borough, on six decimals."""
    wards = gpd.read_file(GEO / "wards.geojson").union_all()
    west, south, east, north = wards.bounds
    luck = random.Random(3)
    found: list[dict[str, Any]] = []
    for at in itertools.count(1):
        where = {"longitude": f"{luck.uniform(west, east):.6f}", "latitude": f"{luck.uniform(south, north):.6f}"}
        one = crime(at, location={**where, "street": {"id": at, "name": "On or near"}})
        if wards.contains(spot(one)):
            found.append(one)
        if len(found) == number:
            return found
    raise AssertionError


def test_an_area_with_too_many_crimes_is_halved_until_it_has_few_enough(replay: Replay, tmp_path: Path):
    all_of_them = scattered(300)

    def most(asked: Asked) -> Reply:
        inside = [one for one in all_of_them if shape(asked).contains(spot(one))]
        return Reply(b"", 503) if len(inside) > 100 else as_json(inside)

    replay.on(CRIMES, most)
    assert run(replay, tmp_path)[0].state == "new"
    asked = [asked for asked in replay.log if asked.path == CRIMES]
    assert 5 <= len(asked) <= 13  # a halving is no retry: nothing was asked for twice
    assert len({one.form["poly"] for one in asked}) == len(asked)
    got = rows(tmp_path / "police_uk" / "2026-09-all-forces-street.csv")
    sent = {one["persistent_id"] for one in all_of_them if shape(asked[0]).contains(spot(one))}
    assert len(got) == len(sent)
    assert {row["Crime ID"] for row in got} == sent


def test_searches_are_halved_too_and_none_is_counted_twice(replay: Replay, tmp_path: Path):
    stops = [{**search("2026-09-05T12:00:00+00:00"), "location": one["location"]} for one in scattered(120)]

    def most(asked: Asked) -> Reply:
        inside = [one for one in stops if shape(asked).covers(spot(one))]
        return Reply(b"", 503) if len(inside) > 50 else as_json(inside)

    replay.on(STOPS, most)
    assert run(replay, tmp_path)[1].state == "new"
    whole = shape(next(asked for asked in replay.log if asked.path == STOPS))
    wanted = sum(whole.covers(spot(one)) for one in stops)
    assert len(rows(tmp_path / "police_uk" / "2026-09-all-forces-stop-and-search.csv")) == wanted


def test_a_service_that_is_down_is_not_halved_for_ever(replay: Replay, tmp_path: Path):
    replay.on(CRIMES, Reply(b"", 503))
    told = run(replay, tmp_path)[0]
    assert (told.state, "in 3 tries: it answered 503" in told.why) == ("failed", True)
    asked = [asked for asked in replay.log if asked.path == CRIMES]
    assert len(asked) == DETAILS["most_splits"] + 3


def test_halves_make_up_the_whole_and_their_border_lies_off_the_grid_of_points():
    (whole,) = outline(GEO, 5, 450)
    for area in (whole, *halves(whole)):
        parts = halves(area)
        assert sum(part.area for part in parts) == pytest.approx(area.area)
        for one, other in itertools.combinations(parts, 2):
            assert one.intersection(other).area == 0
            shared = one.intersection(other)
            corners = [corner for line in getattr(shared, "geoms", [shared]) for corner in line.coords]
            for lon, lat in corners:
                assert any(abs(value * 1e6 % 1 - 0.5) < 1e-3 for value in (lon, lat))
    west, south, east, north = whole.bounds
    tall = halves(whole)[0].bounds
    assert ((tall[2] - tall[0]) < 0.7 * (east - west)) or ((tall[3] - tall[1]) < 0.7 * (north - south))


def test_an_outline_is_simplified_until_it_has_few_enough_corners():
    for most in (450, 100, 40):
        (area,) = outline(GEO, 5, most)
        assert len(area.exterior.coords) <= most
        assert words(area).count(":") == len(area.exterior.coords) - 2


def test_the_small_area_of_a_point():
    areas = gpd.read_file(GEO / "lsoa_places.geojson").to_crs(27700)
    whole = areas.union_all()
    east = max(whole.exterior.coords)  # due east of the easternmost corner nothing is nearer
    spots = [Point(east[0] + metres, east[1]) for metres in (40, 80)]
    inside = areas.geometry.iloc[7].representative_point()
    degrees = gpd.GeoSeries([inside, *spots], crs=27700).to_crs(4326)
    points = [(f"{point.x:.6f}", f"{point.y:.6f}") for point in degrees]
    found = small_areas(set(points), GEO, 60)
    assert found[points[0]] == (areas["code"].iloc[7], areas["name"].iloc[7])
    assert found[points[1]][0] in set(areas.loc[areas.distance(Point(east)) < 1, "code"])
    assert points[2] not in found
    assert small_areas(set(), GEO, 60) == {}


def test_a_point_goes_where_the_publisher_has_put_it_most_often(tmp_path: Path):
    areas = gpd.read_file(GEO / "lsoa_places.geojson")
    spot = areas.geometry.iloc[7].representative_point()
    lon, lat = round(spot.x, 6), round(spot.y, 6)
    one, other = areas["code"].iloc[3], areas["code"].iloc[5]
    told = [(one, 2), (one, 2), (other, 3), ("E01004000", 9)]  # the last is of an edition that is not drawn any more
    table = tmp_path / "told.parquet"
    pd.DataFrame([(lon, lat, *row) for row in told], columns=["lon", "lat", "lsoa", "n"]).to_parquet(table)
    point = (f"{lon:.6f}", f"{lat:.6f}")
    assert small_areas({point}, GEO, 60, table) == {point: (one, areas["name"].iloc[3])}
    assert small_areas({point}, GEO, 60)[point][0] == areas["code"].iloc[7]
    assert small_areas({point}, GEO, 60, tmp_path / "none.parquet") == small_areas({point}, GEO, 60)


def test_a_crime_of_the_service_goes_where_the_files_have_put_its_point(replay: Replay, tmp_path: Path):
    run(replay, tmp_path / "before")
    name = "police_uk/2026-09-all-forces-street.csv"
    before = rows(tmp_path / "before" / name)
    point = before[0]["Longitude"], before[0]["Latitude"]
    areas = gpd.read_file(GEO / "lsoa_places.geojson")
    other = areas[areas["code"] != before[0]["LSOA code"]].iloc[0]
    told = {"lon": [float(point[0])], "lat": [float(point[1])], "lsoa": [other["code"]], "n": [1]}
    pd.DataFrame(told).to_parquet(tmp_path / "told.parquet")
    run(replay, tmp_path / "after", points=tmp_path / "told.parquet")
    for row, was in zip(rows(tmp_path / "after" / name), before, strict=True):
        wanted = (other["code"], other["name"]) if (row["Longitude"], row["Latitude"]) == point else None
        assert (row["LSOA code"], row["LSOA name"]) == (wanted or (was["LSOA code"], was["LSOA name"]))


def test_the_small_areas_agree_with_those_of_the_official_files(official: Path, tmp_path: Path):
    """Each month from July 2023 on, when the files had come to the codes of 2021, without its own codes: wards of the rows
    by outlines alone, and by what the other months tell of their points first."""
    files = sorted((official / "03_police_uk" / "met_street_burglary_TH").glob("*.csv"))
    every = [pd.DataFrame(rows(path)) for path in files]
    whole = pd.concat(every, ignore_index=True).rename(columns={"LSOA code": "lsoa", "Month": "month"})
    editions = pd.read_csv(GEO / "lsoa_ward.csv", dtype=str).sort_values("edition")
    wards = editions.drop_duplicates("lsoa", keep="last").set_index("lsoa")["ward"]
    whole = whole[whole["lsoa"].isin(wards.index) & (whole["Longitude"] != "")]
    whole = whole.assign(lon=whole["Longitude"].astype(float), lat=whole["Latitude"].astype(float), n=1)
    wrong = {"outlines": 0, "told": 0}
    tested = whole[whole["month"] >= "2023-07"]
    for month, mine in tested.groupby("month"):
        whole.loc[whole["month"] != month, ["lon", "lat", "lsoa", "n"]].to_parquet(tmp_path / "told.parquet")
        points = list(zip(mine["Longitude"], mine["Latitude"], strict=True))
        for how, table in (("outlines", None), ("told", tmp_path / "told.parquet")):
            found = small_areas(set(points), GEO, 60, table)
            codes = [found[point][0] for point in points]
            wrong[how] += sum(wards[code] != wards[own] for code, own in zip(codes, mine["lsoa"], strict=True))
    assert len(tested) > 2500
    assert 0.01 < wrong["outlines"] / len(tested) < 0.025
    assert wrong["told"] / len(tested) < 0.005


# --- archives ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "first", "wanted"),
    [
        ("2023-10", "2023-10", []),
        ("2024-01", "2023-10", []),
        ("2023-09", "2023-10", ["2023-09"]),
        ("2020-10", "2023-10", ["2023-09"]),
        ("2020-09", "2023-10", ["2023-09", "2020-09"]),
        ("2010-12", "2023-10", ["2023-09", "2020-09", "2017-09", "2014-09", "2013-12"]),
        ("2009-01", "2023-10", ["2023-09", "2020-09", "2017-09", "2014-09", "2013-12"]),
        ("2011-01", "2014-01", ["2013-12"]),
        ("2011-05", "2012-05", ["2013-12"]),
    ],
)
def test_as_few_archives_as_will_do(since: str, first: str, wanted: list[str]):
    found = archives(Month.parse(since), Month.parse(first), DETAILS)
    assert [str(month) for month in found] == wanted
    reach = {month.plus(-back) for month in found for back in range(36 if str(month) != "2013-12" else 37)}
    start = max(Month.parse(since), Month.parse("2010-12"))
    assert all(start.plus(step) in reach for step in range(Month.parse(first) - start))


def test_older_months_come_as_archives_that_are_resumed_and_not_sent_again(replay: Replay, tmp_path: Path):
    held = [{"date": month, "stop-and-search": []} for month in MONTHS[-2:]]
    replay.on("/api/crimes-street-dates", as_json(held))
    body = zipped("2026-07/2026-07-metropolitan-street.csv", "a,b\n" + "1,2\n" * 50_000)
    path = "/data/archive/2026-07.zip"
    replay.on(path, Reply(body, headers={"ETag": '"z"'}, fault="reset"), served(body, etag='"z"'))
    told = run(replay, tmp_path, since="2026-06")
    assert states(told)["2026-07-archive.zip"] == "new"
    assert (tmp_path / "police_uk" / "2026-07-archive.zip").read_bytes() == body
    assert len([asked for asked in replay.log if asked.path == path and "range" in asked.headers]) == 1
    assert [asked.form["date"] for asked in replay.log if asked.path == CRIMES] == MONTHS[-2:]
    assert states(run(replay, tmp_path, since="2026-06"))["2026-07-archive.zip"] == "unchanged"
    assert replay.log[-1].headers["if-none-match"] == '"z"'
