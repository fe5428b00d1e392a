"""London Datastore, ONS geography, postcodes, Nomis and Fingertips: their shapes, their pages and their own kinds of fault."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from support.replay.publishers import (
    FINGERTIPS,
    NOMIS_HEADER,
    as_json,
    bases,
    features,
    item,
    layer,
    open_all,
    zipped,
)
from support.replay.publishers import nomis as table_of
from support.replay.server import Replay, Reply, served

from csp_dash.domain.periods import Month
from csp_dash.ingest.fetch import ClientSettings, Outcome, arcgis, fetch, nomis
from csp_dash.ingest.fetch.client import Client, ResponseError
from csp_dash.ingest.fetch.london_datastore import pick
from csp_dash.ingest.fetch.ons_postcodes import newest
from csp_dash.ingest.fetch.publishers import Publisher, Task, publisher
from csp_dash.ingest.files.detect import recognise

QUICK = ClientSettings(per_second=500, tries=2, wait=0.01, longest=1, timeout=(5, 20))
CRIME = "/api/dataset/mps-recorded-crime-geographic-breakdown-exy3m"
WARDS = "/Wards_December_2024_Boundaries_UK_BGC/FeatureServer/0/query"
LOOKUP = "/LSOA21_WD25_LAD25_EW_LU_v2/FeatureServer/0/query"
TS001 = "/api/v01/dataset/NM_2021_1.data.csv"


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay() as server:
        open_all(server)
        yield server


@pytest.fixture
def run(replay: Replay, tmp_path: Path) -> Any:
    """Fetches one source; outcomes by name of file."""

    def work(source: str) -> dict[str, Outcome]:
        told = fetch(
            [source],
            folder=tmp_path,
            since="2026-07",
            today=date(2026, 11, 24),
            geo=tmp_path,
            bases=bases(replay),
            say=lambda line: None,
            manners=QUICK,
        )
        return {outcome.name: outcome for outcome in told}

    return work


def states(told: dict[str, Outcome]) -> dict[str, str]:
    return {name: outcome.state for name, outcome in told.items()}


def resource(title: str, **other: str) -> dict[str, str]:
    return {"title": title, "format": "csv", "url": "/x.csv", **other}


# --- London Datastore --------------------------------------------------------------------------------


def test_every_file_of_the_datastore_comes_under_a_name_of_its_own(run: Any):
    told = run("london_datastore")
    assert set(states(told).values()) == {"new"}
    assert len(told) == 13
    assert set(states(run("london_datastore")).values()) == {"unchanged"}


@pytest.mark.parametrize("key", ["resources as a list", "resources by id", "addresses without a host"])
def test_the_list_may_have_several_shapes(replay: Replay, run: Any, key: str):
    answer = json.loads(replay.routes[CRIME](None).body)
    rows = list(answer["resources"].values())
    if "host" in key:
        rows = [{**row, "url": row["url"].removeprefix(replay.url)} for row in rows]
    answer["resources"] = {str(at): row for at, row in enumerate(rows)} if "id" in key else rows
    replay.on(CRIME, as_json(answer))
    assert run("london_datastore")["mps-ward-level-crime-recent.csv"].state == "new"


def test_a_dataset_is_found_under_an_older_name(replay: Replay, run: Any):
    replay.routes["/api/dataset/exy3m"] = replay.routes.pop(CRIME)
    assert run("london_datastore")["mps-borough-level-crime-recent.csv"].state == "new"
    assert replay.paths()[:2] == [CRIME, "/api/dataset/exy3m"]


def test_a_dataset_that_is_gone_fails_its_files_and_no_others(replay: Replay, run: Any):
    del replay.routes[CRIME]
    told = run("london_datastore")
    assert told["mps-lsoa-level-crime-recent.csv"].state == "failed"
    assert "recorded_crime_summary answered 404" in told["mps-lsoa-level-crime-recent.csv"].why
    assert told["lfb-incidents-recent.xlsx"].state == "new"


def test_a_list_of_another_shape_is_told(replay: Replay, run: Any):
    replay.on(CRIME, as_json({"title": "x"}))
    assert "has no list of resources" in run("london_datastore")["mps-ward-level-crime-recent.csv"].why


def test_a_title_that_is_not_there_is_told_with_those_that_are(replay: Replay, run: Any):
    replay.on(CRIME, as_json({"resources": [resource("Something else")]}))
    why = run("london_datastore")["mps-ward-level-crime-recent.csv"].why
    assert why == (
        "No CSV file of the dataset has a title like 'ward level crime.*most recent 24'. It holds: Something else."
    )


def test_of_several_files_the_newest_is_taken():
    one, two = (
        resource("Knife A", temporal_coverage_to="2026-02-28"),
        resource("Knife B", temporal_coverage_to="2026-03-31"),
    )
    assert pick([one, two], "knife", "csv") is two
    assert pick([two, one], "knife", "csv") is two
    assert pick([one, {**two, "format": "spreadsheet"}], "knife", "csv") is one
    assert pick([{"title": "Knife", "url": "https://x/knife.csv"}], "knife", "csv")["title"] == "Knife"
    with pytest.raises(ResponseError, match="It holds: none"):
        pick([], "knife", "csv")


def test_a_check_hash_that_is_held_saves_the_request(replay: Replay, run: Any):
    replay.on("/x.csv", served(b"a,b\n1,2\n"))
    rows = [resource("MPS Ward Level Crime (most recent 24 months)", check_hash="abc")]
    replay.on(CRIME, as_json({"resources": rows}))
    states_of = [run("london_datastore")["mps-ward-level-crime-recent.csv"].state for _ in range(2)]
    assert states_of == ["new", "unchanged"]
    assert replay.paths().count("/x.csv") == 1


def test_a_web_page_in_place_of_a_file_is_refused(replay: Replay, run: Any):
    run("london_datastore")
    path = next(path for path in replay.routes if path.startswith("/download/mps-recorded"))
    replay.on(path, Reply(b"<!doctype html><title>Sign in</title>"))
    told = run("london_datastore")
    assert sum(outcome.state == "failed" for outcome in told.values()) == 1
    assert "is a web page or an error message, not CSV. Try again later. The file of before is kept." in "".join(
        outcome.why for outcome in told.values()
    )


# --- ONS geography -----------------------------------------------------------------------------------


def test_outlines_are_geojson_and_look_ups_are_csv(run: Any, tmp_path: Path):
    assert set(states(run("ons_geography")).values()) == {"new"}
    folder = tmp_path / "ons_geography"
    files = sorted([*folder.glob("*.geojson"), *folder.glob("*.csv")])
    assert {path.name: found.format for path, found in zip(files, recognise(files), strict=True)} == {
        "ons-wards-2024.geojson": "ward_outlines",
        "ons-lsoas-2021.geojson": "lsoa_outlines",
        "ons-boroughs-2024.geojson": "borough_outlines",
        "ons-lsoa-2011-to-2021.csv": "lookup_lsoa_2011_2021",
        "ons-lsoa-2021-to-ward-2025.csv": "lookup_lsoa_ward",
    }
    assert len(gpd.read_file(folder / "ons-wards-2024.geojson")) == 3


def test_what_is_asked_of_a_layer(replay: Replay, run: Any):
    run("ons_geography")
    asked = [one.query for one in replay.log if one.path == WARDS]
    assert asked[0] == {"where": "LAD24CD='E09000030'", "returnCountOnly": "true", "f": "json"}
    assert asked[1] == {
        "where": "LAD24CD='E09000030'",
        "outFields": "*",
        "orderByFields": "WD24CD",
        "resultOffset": "0",
        "resultRecordCount": "1000",
        "outSR": "4326",
        "f": "geojson",
    }
    lookup = [one.query for one in replay.log if one.path == LOOKUP][1]
    assert (lookup["f"], lookup["returnGeometry"]) == ("json", "false")


@pytest.mark.parametrize("path", [WARDS, LOOKUP])
def test_pages_follow_until_the_limit_is_no_longer_exceeded(replay: Replay, run: Any, tmp_path: Path, path: str):
    columns = "WD24CD,WD24NM,LAD24CD" if path == WARDS else "LSOA21CD,WD25CD,LAD25CD"
    replay.on(path, layer(columns, 7, path == WARDS, at_once=3))
    run("ons_geography")
    offsets = [one.query["resultOffset"] for one in replay.log if one.path == path and "resultOffset" in one.query]
    assert offsets == ["0", "3", "6"]
    if path == WARDS:
        assert len(gpd.read_file(tmp_path / "ons_geography" / "ons-wards-2024.geojson")) == 7
    else:
        with (tmp_path / "ons_geography" / "ons-lsoa-2021-to-ward-2025.csv").open(newline="") as handle:
            read = list(csv.reader(handle))
        assert read[0] == ["LSOA21CD", "WD25CD", "LAD25CD"]
        assert [row[0] for row in read[1:]] == [f"LSOA21CD{number:02d}" for number in range(7)]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (
            as_json({"error": {"code": 400, "message": "Invalid query", "details": ["'LAD24CD' is no field"]}}),
            "answered with an error: 400 Invalid query ('LAD24CD' is no field)",
        ),
        (as_json({"error": "down"}), "answered with an error: down"),
        (as_json({"count": 0, "features": []}), "counts 0 rows but sent 0"),
        (as_json({"count": 4, "features": features("WD24CD,WD24NM,LAD24CD", 3, True)}), "counts 4 rows but sent 3"),
        (
            as_json({"count": 1, "features": features("WD23CD,WD23NM", 1, True)}),
            "no column 'WD24CD'. It has: WD23CD, WD23NM",
        ),
        (
            as_json(
                {"count": 1, "features": [{"properties": {"WD24CD": 1, "WD24NM": 2, "LAD24CD": 3}, "geometry": None}]}
            ),
            "a row without an outline",
        ),
        (as_json({"count": 1}), "has no rows"),
        (as_json([]), "not of the shape that is documented"),
        (Reply(b"<html></html>"), "a web page or an error message, not JSON"),
    ],
)
def test_a_layer_that_fails_is_told_and_leaves_no_file(
    replay: Replay, run: Any, tmp_path: Path, reply: Reply, why: str
):
    replay.on(WARDS, reply)
    told = run("ons_geography")
    assert told["ons-wards-2024.geojson"].state == "failed"
    assert why in told["ons-wards-2024.geojson"].why
    assert not (tmp_path / "ons_geography" / "ons-wards-2024.geojson").exists()
    assert told["ons-boroughs-2024.geojson"].state == "new"


def test_every_layer_has_what_is_read_here():
    for one in publisher("ons_geography", {}).details["layer"]:
        assert set(one) == {"file", "service", "where", "order", "needs", "outlines"}
        assert set(one["order"].split(",")) <= {*one["needs"]}


# --- postcodes ---------------------------------------------------------------------------------------


def test_the_newest_directory_is_fetched_and_kept_under_its_edition(replay: Replay, run: Any, tmp_path: Path):
    editions = [item("February 2026", "old"), item("May 2026", "aa11"), item("November 2025", "older")]
    replay.on("/search", as_json({"results": editions}))
    assert states(run("postcodes")) == {"onspd-2026-05.zip": "new"}
    assert replay.log[0].query["q"] == '"ONS Postcode Directory" AND owner:ONSGeography_data'
    assert (replay.log[0].query["sortField"], replay.log[0].query["sortOrder"]) == ("modified", "desc")
    (found,) = recognise([tmp_path / "postcodes" / "onspd-2026-05.zip"])
    assert found.format == "postcodes"
    assert states(run("postcodes")) == {"onspd-2026-05.zip": "unchanged"}


def test_guides_and_other_kinds_of_item_are_passed_over():
    details = publisher("postcodes", {}).details
    items = [
        item("May 2026", "guide", title="ONS Postcode Directory (May 2026) User Guide", kind="PDF"),
        item("Smarch 2026", "odd"),
        item("August 2026", "layer", kind="Feature Service"),
        item("February 2026", "good"),
        {"id": "x"},
        "nonsense",
    ]
    assert newest(items, details) == ("2026-02", "good")
    assert newest([], details) is None


def test_a_search_that_finds_nothing_is_told(replay: Replay, run: Any):
    replay.on("/search", as_json({"results": []}))
    (told,) = run("postcodes").values()
    assert (told.name, told.state) == ("all files", "failed")
    assert "found none" in told.why


def test_a_directory_that_breaks_off_is_resumed(replay: Replay, run: Any):
    body = zipped("Data/ONSPD_MAY_2026_UK.csv", "pcds,doterm,oslaua,osward,lsoa21\n" + "E1 1AA,,E,E,E\n" * 20_000)
    replay.on(
        "/content/items/aa11/data",
        Reply(body, headers={"ETag": '"m"'}, fault="reset"),
        served(body, etag='"m"'),
    )
    assert states(run("postcodes")) == {"onspd-2026-05.zip": "new"}
    assert replay.log[-1].headers["if-range"] == '"m"'


# --- Nomis -------------------------------------------------------------------------------------------


def test_a_census_table_is_recognised(run: Any, tmp_path: Path):
    assert states(run("nomis")) == {"census-2021-ts001-wards.csv": "new"}
    (found,) = recognise([tmp_path / "nomis" / "census-2021-ts001-wards.csv"])
    assert (found.format, found.rows) == ("census_2021_nomis", 20)


def test_what_is_asked_of_nomis(replay: Replay, run: Any, official: Path):
    run("nomis")
    assert replay.log[0].query == {
        "date": "latest",
        "geography": "641730979...641730998",
        "c2021_restype_3": "0",
        "measures": "20100",
        "RecordOffset": "0",
        "RecordLimit": "25000",
    }
    with (official / "07_population_imd" / "lbth-ward-population-2021_nomis_TS001.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert sorted(int(row["GEOGRAPHY"]) for row in rows) == list(range(641730979, 641730999))
    assert {row["MEASURES"] for row in rows} == {"20100"}
    assert set(nomis.NEEDS) <= set(rows[0])


def paged(replay: Replay, folder: Path, page: int) -> str:
    """Brings the census table in pages of so many rows."""
    declared = publisher("nomis", {"nomis": replay.url})
    short = Publisher("nomis", declared.base, declared.name, declared.licence, {**declared.details, "page": page})
    task = Task(short, folder, Month(2026, 7), date(2026, 11, 24), folder, print)
    with Client(QUICK) as client:
        (told,) = nomis.fetched(task, client)
    return told.why or told.state


@pytest.mark.parametrize(("rows", "offsets"), [(20, ["0", "8", "16"]), (16, ["0", "8"]), (3, ["0"])])
def test_pages_of_nomis_stand_under_one_header(replay: Replay, tmp_path: Path, rows: int, offsets: Sequence[str]):
    replay.on(TS001, table_of(rows))
    assert paged(replay, tmp_path, 8) == "new"
    assert [asked.query["RecordOffset"] for asked in replay.log] == offsets
    lines = (tmp_path / "census-2021-ts001-wards.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] + "\r\n" == NOMIS_HEADER or lines[0] == NOMIS_HEADER.strip()
    assert len([line for line in lines if line]) == rows + 1
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>Busy</html>", "is a web page or an error message, not CSV"),
        (b"Error: geography not found", "has no column 'GEOGRAPHY_CODE'. It begins 'Error: geography not found'"),
        (NOMIS_HEADER.encode(), "sent no rows after 0"),
        (NOMIS_HEADER.encode() + b'"2021","Ward","E05009317","Val', "cut short or damaged"),
        (NOMIS_HEADER.encode() + b'"2021","Ward","E05009317","Value",5,0,many\r\n', "cut short or damaged"),
        (NOMIS_HEADER.encode() + b'"2021","Ward","E05009317","Value",5,0,1\r\n' * 3, "counts 1 rows but 3 came"),
    ],
)
def test_a_census_table_that_is_wrong_is_refused(replay: Replay, run: Any, tmp_path: Path, body: bytes, why: str):
    replay.on(TS001, Reply(body))
    told = run("nomis")["census-2021-ts001-wards.csv"]
    assert told.state == "failed"
    assert why in told.why
    assert not (tmp_path / "nomis" / "census-2021-ts001-wards.csv").exists()


# --- Fingertips --------------------------------------------------------------------------------------


def test_indicators_of_treatment_are_recognised(replay: Replay, run: Any, tmp_path: Path):
    assert states(run("fingertips")) == {"treatment-completion.csv": "new"}
    assert replay.log[0].query["indicator_ids"] == "90244,90245,92447"
    (found,) = recognise([tmp_path / "fingertips" / "treatment-completion.csv"])
    assert found.format == "fingertips"


def test_indicators_without_rows_are_refused(replay: Replay, run: Any):
    replay.on("/api/all_data/csv/by_indicator_id", Reply(FINGERTIPS.splitlines(keepends=True)[0].encode()))
    assert "has a header and no rows" in run("fingertips")["treatment-completion.csv"].why


def test_errors_of_arcgis_are_errors_wherever_it_is_asked(replay: Replay):
    replay.on("/a", as_json({"error": {"code": 498, "message": "Invalid Token"}}))
    with Client(QUICK) as client, pytest.raises(ResponseError, match="498 Invalid Token"):
        arcgis.ask(client, f"{replay.url}/a")
