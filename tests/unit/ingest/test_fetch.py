"""A whole run: every source, a dry run, what is said at the end, and what is refused before anything is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support import ROOT
from support.replay.publishers import bases, open_all
from support.replay.server import Replay, Reply

from csp_dash.domain.periods import Month
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.fetch import SOURCES, ClientSettings, Outcome, fetch, since_newest
from csp_dash.ingest.fetch.publishers import publisher
from csp_dash.ingest.files.detect import recognise

GEO = ROOT / "geo"
QUICK = ClientSettings(per_second=500, tries=2, wait=0.01, longest=1, timeout=(5, 20))


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay() as server:
        open_all(server)
        yield server


def run(replay: Replay, folder: Path, *wanted: str, **options: Any) -> tuple[list[Outcome], list[str]]:
    """Outcomes and what was said."""
    said: list[str] = []
    given: dict[str, Any] = {"since": "2026-08", "today": date(2026, 11, 24), "bases": bases(replay), **options}
    told = fetch(wanted, folder=folder, geo=GEO, say=said.append, manners=QUICK, **given)
    return told, said


def bodies(folder: Path) -> dict[Path, bytes]:
    """Every file but the cards, whose times differ, and what tells who has the folder."""
    found = (path for path in folder.rglob("[!.]*") if path.is_file() and not path.name.endswith(".card.json"))
    return {path: path.read_bytes() for path in found}


def test_everything_is_fetched_and_a_second_run_changes_nothing(replay: Replay, tmp_path: Path):
    told, said = run(replay, tmp_path)
    assert {outcome.state for outcome in told} == {"new"}
    assert {outcome.source for outcome in told} == set(SOURCES)
    assert said == [outcome.line for outcome in told]
    assert "police_uk: 2026-09-all-forces-street.csv: new" in said
    before = bodies(tmp_path)
    again, _ = run(replay, tmp_path)
    assert {outcome.state for outcome in again} == {"unchanged"}
    assert bodies(tmp_path) == before


def test_every_file_is_recognised_and_has_a_card_that_fits(replay: Replay, tmp_path: Path):
    told, _ = run(replay, tmp_path)
    files = [tmp_path / outcome.source / outcome.name for outcome in told]
    assert [found.path for found in recognise(files) if found.problem] == []
    for path, outcome in zip(files, told, strict=True):
        card = json.loads(path.with_name(f"{path.name}.card.json").read_text(encoding="utf-8"))
        assert card["source"] == outcome.source
        assert card["url"].startswith(replay.url)
        assert card["bytes"] == path.stat().st_size
        assert card["publisher"] and card["licence"]
    assert len(list(tmp_path.rglob("[!.]*.*"))) == 2 * len(files)


def test_one_source_that_fails_stops_no_other(replay: Replay, tmp_path: Path):
    replay.on("/api/crimes-street-dates", Reply(b"", 500))
    replay.on("/api/v01/dataset/NM_2021_1.data.csv", Reply(b"<html>"))
    told, said = run(replay, tmp_path, "police_uk", "nomis", "fingertips")
    assert [(outcome.source, outcome.state) for outcome in told] == [
        ("police_uk", "failed"),
        ("nomis", "failed"),
        ("fingertips", "new"),
    ]
    assert [outcome.failed for outcome in told] == [True, True, False]
    assert said[0].startswith("police_uk: all files: failed: ")


def test_a_dry_run_sends_nothing_and_says_what_would_be_asked(replay: Replay, tmp_path: Path):
    told, said = run(replay, tmp_path / "made", dry_run=True)
    assert replay.log == []
    assert not (tmp_path / "made").exists()
    assert {outcome.state for outcome in told} == {"planned"}
    assert {outcome.source for outcome in told} == set(SOURCES)
    assert len(said) == len(told)
    assert (
        f"police_uk: GET {replay.url}/api/crimes-street-dates (which months it holds: a list that is needed first)"
        in said
    )
    assert any("POST" in line and "from 2026-08" in line for line in said)
    assert any("TS001" in line or "ts001" in line for line in said)
    assert sum("needed first" in line for line in said) == 7


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("polis_uk", "There is no source 'polis_uk'. Did you mean police_uk?"),
        ("postcode", "Did you mean postcodes?"),
        ("polis", " or police_uk? The sources are"),
        ("weather", "There is no source 'weather'. The sources are: police_uk, london_datastore,"),
    ],
)
def test_an_unknown_source_is_refused_with_those_that_are_near(replay: Replay, tmp_path: Path, wanted: str, why: str):
    with pytest.raises(BadInput) as caught:
        run(replay, tmp_path, "nomis", wanted)
    assert why in str(caught.value)
    assert replay.log == []


@pytest.mark.parametrize(
    ("since", "why"), [("2026-13", "is not a month"), ("", "is not a month"), ("2027-01", "not come yet")]
)
def test_a_month_that_makes_no_sense_is_refused(replay: Replay, tmp_path: Path, since: str, why: str):
    with pytest.raises(BadInput, match=why):
        run(replay, tmp_path, since=since)


def test_a_folder_that_is_none_is_refused(replay: Replay, tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="cannot be used as a folder of downloads"):
        run(replay, tmp_path / "file")
    (tmp_path / "nomis").write_text("x")
    told, _ = run(replay, tmp_path, "nomis", "fingertips")
    assert [outcome.state for outcome in told] == ["failed", "new"]
    assert told[0].why.startswith("It could not be written")


def test_outlines_that_are_missing_are_told(replay: Replay, tmp_path: Path):
    told = fetch(
        ["police_uk"],
        folder=tmp_path,
        since="2026-09",
        today=date(2026, 11, 24),
        geo=tmp_path,
        bases=bases(replay),
        say=lambda line: None,
        manners=QUICK,
    )
    assert [outcome.state for outcome in told] == ["failed"]
    assert "wards.geojson cannot be read" in told[0].why


def test_an_address_may_come_from_the_environment(replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CSP_DASH_FETCH_BASE_NOMIS", f"{replay.url}/")
    told, _ = run(replay, tmp_path, "nomis", bases=None)
    assert [outcome.state for outcome in told] == ["new"]
    monkeypatch.setenv("CSP_DASH_FETCH_BASE_NOMIS", "ftp://x")
    with pytest.raises(BadInput, match="The address of nomis is 'ftp://x'"):
        run(replay, tmp_path, "nomis", bases=None)


HOLDER = """
import sys, time
from pathlib import Path
from csp_dash.warehouse import FolderLock
turn = FolderLock(Path(sys.argv[1]))
turn.take()
print("taken", flush=True)
time.sleep(float(sys.argv[2]))
turn.leave()
"""


@contextmanager
def another_run(folder: Path, seconds: float) -> Iterator[int]:
    """Another process that has the folder for some seconds; its number."""
    other = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder), str(seconds)], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None and other.stdout.readline() == b"taken\n"
        yield other.pid
    finally:
        other.kill()
        other.communicate()


def test_a_second_run_into_one_folder_refuses_and_names_the_first(replay: Replay, tmp_path: Path):
    with another_run(tmp_path, 60) as number:
        with pytest.raises(BadInput, match=rf"process \(number {number}, since .*--wait"):
            run(replay, tmp_path, "nomis")
        assert replay.log == [] and not (tmp_path / "nomis").exists()
        told, _ = run(replay, tmp_path / "another", "nomis")
        assert [outcome.state for outcome in told] == ["new"]
    told, _ = run(replay, tmp_path, "nomis")  # its holder was killed
    assert [outcome.state for outcome in told] == ["new"]


def test_a_second_run_that_waits_goes_on_when_the_first_has_ended(replay: Replay, tmp_path: Path):
    with another_run(tmp_path, 0.5):
        told, _ = run(replay, tmp_path, "nomis", wait=60)
    assert [outcome.state for outcome in told] == ["new"]


def test_three_months_are_fetched_again():
    assert since_newest("2026-03") == "2026-01"
    assert since_newest(Month(2026, 1)) == "2025-11"


def test_every_publisher_is_declared_with_what_could_not_be_checked():
    assert SOURCES == ("police_uk", "london_datastore", "ons_geography", "postcodes", "nomis", "fingertips")
    assert not any(name.startswith("CSP_DASH_FETCH") for name in os.environ)
    for source in SOURCES:
        one = publisher(source, {})
        assert one.base.startswith("https://")
        assert one.name and one.licence and one.details["note"]


def test_the_same_source_twice_is_one(replay: Replay, tmp_path: Path):
    told, _ = run(replay, tmp_path, "nomis", "nomis")
    assert len(told) == 1
