"""The command line: one number as JSON, a sentence where there is none, the state of the release, building."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from support import ROOT

from csp_dash.catalogue import Catalogue
from csp_dash.cli import common
from csp_dash.cli.main import main
from csp_dash.ingest import pipeline
from csp_dash.panels.dataset import Dataset
from csp_dash.warehouse import ReleaseInfo, Snapshot

KEYS = [
    "indicator", "area", "from", "to", "numerator", "denominator", "value", "unit", "trust", "source", "vintage", "release",
]  # fmt: skip
TOWER_HAMLETS, LONDON, WHITECHAPEL = "E09000030", "E12000007", "E05009336"


class Command:
    """Runs the command in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def answer(self, text: str) -> dict[str, Any]:
        """The one JSON object that is printed."""
        code = main(["value", *text.split()])
        out, err = self.capsys.readouterr()
        assert (code, err) == (0, "")
        assert out.endswith("\n") and out.count("\n") == 1, "one object on one line"
        found: dict[str, Any] = json.loads(out)
        return found

    def refusal(self, *arguments: str) -> str:
        """The sentence of a command that cannot answer."""
        code = main([*arguments])
        out, err = self.capsys.readouterr()
        assert code == 2
        assert out == "", "nothing that a program could take for an answer"
        assert err.count("\n") == 1 and "Traceback" not in err and len(err) > 20
        return err


@pytest.fixture(scope="module")
def own_database(data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command opens a database of its own, as it does in a process of its own."""
    folder = tmp_path_factory.mktemp("command")
    shutil.copy(data.warehouse.path, folder)
    return folder


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, own_database: Path) -> Command:
    monkeypatch.setenv("CSP_DASH_CACHE", str(own_database))
    return Command(capsys)


# --- real figures, worked out from the official files without this project's code -----------------

RAW = "04_mps_recorded_crime/raw_csv/"
FIGURES = [
    # borough_hist_201004-202201.csv, all rows of Tower Hamlets, 201904 to 202003
    (f"total_offences --area {TOWER_HAMLETS} --from 2019-04 --to 2020-03", 34_693, None, 34_693),
    # borough_24m_202404-202603.csv, MajorText BURGLARY, 202504 to 202603
    ("burglary --from 2025-04 --to 2026-03", 2_364, None, 2_364),
    # the same, all rows of the file
    (f"burglary --area {LONDON} --from 2025-04 --to 2026-03", 47_798, None, 47_798),
    # the same, all of Tower Hamlets; and MinorText SHOPLIFTING
    ("total_offences --from 2025-04 --to 2026-03", 36_984, None, 36_984),
    ("shoplifting --from 2025-04 --to 2026-03", 3_198, None, 3_198),
    # ward_25m_202403-202603, E05009336, VIOLENCE WITH INJURY; residents: lbth-ward-population-2021_nomis_TS001.csv
    (f"violence_with_injury --area {WHITECHAPEL} --from 2025-04 --to 2026-03", 214, None, 214),
    (f"violence_with_injury --area {WHITECHAPEL} --from 2025-04 --to 2026-03 --measure rate", 214, 18_841, 11.3582),
    # TH_lsoa_month_category_2023-07_2026-03.csv, Anti-social behaviour
    ("asb --from 2025-04 --to 2026-03", 10_931, None, 10_931),
    # TH_MPS_MonthlyCrimeDashboard_Knife_202203-202602.csv, Borough, Knife Crime: Positive Outcomes of Offences
    ("knife_positive_outcomes --from 2025-03 --to 2026-02", 101, 577, 17.5043),
    ("knife_offences --from 2025-03 --to 2026-02", 577, None, 577),
    # PAS_Dashboard_Borough_201412-202312.csv, Relied on to be there, 31/3/2017 and 30/9/2020
    ("pas_relied_on --from 2016-04 --to 2017-03", 0.83, 1, 83),
    ("pas_relied_on --from 2019-10 --to 2020-09 --measure proportion", 0.65, 1, 65),
    # MPS Monthly Crime Other Crime Borough Level Off Type_201004-202105.csv, Homophobic, 201904 to 202003
    ("hate_homophobic --from 2019-04 --to 2020-03", 145, None, 145),
    # TH_LFB_dwelling_fires_2009-2024_reduced.csv, rows of 2019
    ("dwelling_fires --from 2019-01 --to 2019-12", 200, None, 200),
    (f"dwelling_fires --area {WHITECHAPEL} --from 2019-01 --to 2019-12", 9, None, 9),
    # TH_MPS_vawg-offences_201401-202602.csv.gz, count of 2025
    ("vawg_offences --from 2025-01 --to 2025-12", 5_585, None, 5_585),
    # MHCLG_rough_sleeping_snapshot_2010-2022_TH.csv, 2022: one night in November
    ("rough_sleeping --from 2022-11 --to 2022-11", 21, None, 21),
    # DfE_LAIT_youth_justice_TH_London_England.csv, FirstYJS, 2024
    ("youth_fte --from 2024-01 --to 2024-12", 96, 100_000, 96),
    # met_stop_and_search_TH/2023-04 to 2023-12, rows
    ("stop_search --from 2023-04 --to 2023-12", 4_723, None, 4_723),
]


@pytest.mark.parametrize(("text", "numerator", "denominator", "value"), FIGURES, ids=[text for text, *_ in FIGURES])
def test_one_number_is_that_of_the_official_file(
    command: Command, text: str, numerator: float, denominator: float | None, value: float
):
    found = command.answer(text)
    assert list(found) == KEYS
    assert (found["numerator"], found["denominator"], found["value"]) == (numerator, denominator, value)
    assert found["trust"] == "official"
    assert found["release"] == Snapshot.open(ROOT).release
    words = text.split()
    assert found["indicator"] == words[0]
    assert (found["from"], found["to"]) == (words[words.index("--from") + 1], words[words.index("--to") + 1])


def test_each_reason_is_of_the_option_before_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    given: list[dict[str, Any]] = []
    done = pipeline.Outcome("r", False, "", {})
    monkeypatch.setattr(pipeline, "ingest", lambda *_, **more: given.append(more) or done)
    words = "ingest x.csv --prefer x.csv --because A --accept stub_month --because B --prefer y.csv --because C"
    assert main(words.split()) == 0
    assert given[0]["prefer"] == {"x.csv": "A", "y.csv": "C"} and given[0]["accept"] == {"stub_month": "B"}
    for short in (words.rsplit(maxsplit=2)[0], "ingest x.csv --prefer x.csv", "ingest x.csv --because A"):
        assert main(short.split()) == 2
        assert "--prefer FILE needs its own --because" in capsys.readouterr().err
    assert len(given) == 1


def test_a_figure_of_unknown_edition_reaches_to_its_own_period(command: Command):
    found = command.answer("stop_search --from 2024-01 --to 2024-06")
    assert (found["source"], found["vintage"]) == ("stop_search", "2024-06")


def test_the_citation_names_source_file_and_unit(command: Command):
    found = command.answer("total_offences --from 2019-04 --to 2020-03")
    assert found["source"].startswith("mps_borough") and found["vintage"] == "2022-01" and found["unit"] == "offences"
    rate = command.answer(f"burglary --area {WHITECHAPEL} --from 2025-04 --to 2026-03 --measure rate")
    assert rate["source"] == "mps_ward" and rate["unit"] == "offences per 1,000 residents"
    assert command.answer("pas_trust --from 2023-01 --to 2023-12")["unit"] == "percent"


def test_the_plans_526_is_marked_illustrative(command: Command):
    found = command.answer("nox_sightings --from 2020-09 --to 2020-09")
    assert found["value"] == 526 and found["trust"] == "illustrative" and found["source"] == "nox_illustrative"


# --- no answer -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("burglery --from 2025-04 --to 2026-03", ["burglery", "burglary"]),
        ("../../etc/passwd --from 2025-04 --to 2026-03", ["There is no indicator"]),
        ("burglary --area E05000999 --from 2025-04 --to 2026-03", ["E05000999", "E09000030"]),
        ("burglary --area Whitechapel --from 2025-04 --to 2026-03", ["Whitechapel", "E05009336"]),
        ("pas_trust --area E05009336 --from 2023-01 --to 2023-12", ["ward", "borough"]),
        ("asb --from 2015-04 --to 2016-03", ["2015-04", "2023-07", "2026-03"]),
        ("asb --from 2023-07 --to 2024-06", ["11", "12", "2023-09"]),
        ("burglary --from 2025-10 --to 2026-09", ["6", "12", "2026-03"]),
        ("hate_homophobic --from 2025-04 --to 2026-03", ["2021-05"]),
        ("burglary --from 2025-4 --to 2026-03", ["2025-4", "YYYY-MM"]),
        ("burglary --from 2026-03 --to 2025-04", ["2026-03", "2025-04"]),
        ("burglary --from yesterday --to today", ["yesterday", "YYYY-MM"]),
        ("county_lines --from 2025-04 --to 2026-03", ["county_lines"]),
        ("community_triggers --from 2025-04 --to 2026-03", ["Council"]),
        ("pas_trust --from 2023-01 --to 2023-12 --measure rate", ["rate", "proportion"]),
        ("pas_trust --from 2023-01 --to 2023-12 --measure count", ["count", "proportion"]),
        ("burglary --from 2025-04 --to 2026-03 --measure proportion", ["proportion", "count"]),
        ("nox_sightings --from 2025-04 --to 2026-03 --measure rate", ["rate"]),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_refused_with_what_does(command: Command, text: str, says: list[str]):
    sentence = command.refusal("value", *text.split())
    for words in says:
        assert words in sentence, sentence


def test_codes_of_places_may_be_typed_in_any_case(command: Command, capsys: pytest.CaptureFixture[str]):
    asked = "burglary --from 2025-04 --to 2026-03 --area"
    assert command.answer(f"{asked} {WHITECHAPEL.lower()}") == command.answer(f"{asked} {WHITECHAPEL}")
    assert main(["compare", "burglary", "--ward", WHITECHAPEL.lower()]) == 0
    assert f"burglary,{WHITECHAPEL},Whitechapel," in capsys.readouterr().out


def test_rejected_rows_are_those_of_the_newest_ingest_unless_all_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    rows = pd.DataFrame(
        {"file": ["old.csv", "new.csv"], "line": [2, 3], "column": "count", "value": ["-5", "=1+1"], "reason": "x"}
    )
    rows.to_parquet(tmp_path / "rejected.parquet")
    live = SimpleNamespace(
        root=ROOT, path=lambda name: tmp_path / Path(name).name, about=ReleaseInfo(took_in=("new.csv",))
    )
    monkeypatch.setattr(common, "releases", lambda: SimpleNamespace(live=lambda: live))
    assert main(["rejected"]) == 0
    out, err = capsys.readouterr()
    assert out == "file,line,column,value,reason\nnew.csv,3,count,'=1+1,x\n"
    assert "1 more: --all" in err
    assert main(["rejected", "--all"]) == 0
    assert capsys.readouterr() == ("file,line,column,value,reason\nold.csv,2,count,-5,x\nnew.csv,3,count,'=1+1,x\n", "")
    live.about = ReleaseInfo()  # the bundled release is the work of one ingest
    assert main(["rejected"]) == 0
    assert capsys.readouterr().out.count("\n") == 3


def test_made_up_figures_are_not_compared(command: Command):
    assert "made up" in command.refusal("compare", "nox_sightings")


@pytest.mark.parametrize(
    "text",
    [
        "pas_trust --from 2016-04 --to 2026-03",
        "pas_trust --from 2023-07 --to 2023-12",
        "youth_fte --from 2010-01 --to 2026-03",
        "rough_sleeping --from 2015-04 --to 2026-03",
    ],
)
def test_a_survey_or_a_years_figure_is_not_passed_off_as_that_of_another_period(command: Command, text: str):
    """It stands for its own twelve months or night: either the answer names those, or there is none."""
    words = text.split()
    code = main(["value", *words])
    out, err = command.capsys.readouterr()
    if code == 0:
        found = json.loads(out)
        assert (found["from"], found["to"]) != (words[2], words[4]), (
            f"{found['value']} is not the figure of these months"
        )
    else:
        assert code == 2 and len(err) > 20


def test_every_awaiting_indicator_is_refused_with_its_holder(command: Command, catalogue: Catalogue):
    waiting = [item for item in catalogue.indicators.values() if item.trust.value == "awaiting"]
    assert len(waiting) >= 10
    for item in waiting:
        sentence = command.refusal("value", item.slug, "--from", "2025-04", "--to", "2026-03")
        assert item.holder in sentence


def test_a_wrong_word_on_the_command_line_is_exit_2(capsys: pytest.CaptureFixture[str]):
    for words in (
        [],
        ["valeu"],
        ["value", "burglary"],
        ["value", "burglary", "--from", "2025-04", "--to", "2026-03", "--measure", "x"],
    ):
        assert main(words) == 2
        out, err = capsys.readouterr()
        assert out == "" and "Usage: python -m csp_dash" in err


def test_a_wrong_setting_or_cache_folder_is_a_sentence(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    asked = ("value", "burglary", "--from", "2025-04", "--to", "2026-03")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CSP_DASH_CACHE", str(tmp_path / "file" / "cache"))
    assert "CSP_DASH_CACHE" in command.refusal(*asked)
    monkeypatch.setenv("CSP_DASH_PROFILE", "open")
    assert "CSP_DASH_PROFILE" in command.refusal(*asked)


def test_status_names_the_release_and_every_source(command: Command, catalogue: Catalogue):
    assert main(["status"]) == 0
    out, err = command.capsys.readouterr()
    lines = out.splitlines()
    assert err == "" and lines[0] == f"release {Snapshot.open(ROOT).release}"
    found = {line.split()[0]: line.split()[1:] for line in lines[2:]}
    cards = {path.stem for path in (ROOT / "data" / "facts").glob("*.parquet")}
    assert set(found) == cards
    assert {source for item in catalogue.indicators.values() for source in item.sources} <= set(found)
    assert found["mps_ward"][:2] == ["2010-04-01", "2026-03-31"]
    assert all(int(row[2].replace(",", "")) > 0 for row in found.values())


# --- building ------------------------------------------------------------------------------------


def content(root: Path) -> dict[str, str]:
    """Checksum of every file of a snapshot."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("data", "geo")
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and not {"built", "templates"} & set(path.parts)
    }


def test_a_build_from_nowhere_leaves_the_snapshot_as_it_was(command: Command, tmp_path: Path):
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("built"))
    shutil.copytree(ROOT / "geo", tmp_path / "geo")
    before = content(tmp_path)
    sentence = command.refusal("build", "--from", str(tmp_path / "nowhere"), "--to", str(tmp_path))
    assert "nowhere" in sentence and "--from" in sentence
    assert content(tmp_path) == before


def test_a_build_from_an_empty_folder_is_a_sentence(command: Command, tmp_path: Path):
    (tmp_path / "official").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "kept.txt").write_text("kept")
    sentence = command.refusal("build", "--from", str(tmp_path / "official"), "--to", str(tmp_path))
    assert "None of these files holds figures" in sentence
    assert [path.name for path in tmp_path.iterdir() if path.name != "official"] == ["data"]
    assert (tmp_path / "data" / "kept.txt").read_text() == "kept"


def test_a_build_into_a_folder_that_is_not_there_is_a_sentence(command: Command, tmp_path: Path):
    (tmp_path / "official").mkdir()
    sentence = command.refusal("build", "--from", str(tmp_path / "official"), "--to", str(tmp_path / "gone"))
    assert "gone" in sentence


def test_the_same_files_make_the_same_bytes_as_those_bundled(command: Command, official: Path, tmp_path: Path):
    assert main(["build", "--from", str(official), "--to", str(tmp_path)]) == 0
    out, _ = command.capsys.readouterr()
    assert f"release {Snapshot.open(ROOT).release}" in out
    assert content(tmp_path) == content(ROOT)


# --- every open figure ---------------------------------------------------------------------------


def test_open_data_writes_the_zip_where_it_is_told(command: Command, tmp_path: Path):
    target = tmp_path / "figures.zip"
    assert main(["open-data", "-o", str(target)]) == 0
    assert command.capsys.readouterr().out == f"{target}\n"
    with zipfile.ZipFile(target) as found:
        assert found.testzip() is None and "datapackage.json" in found.namelist()


def test_open_data_says_where_it_cannot_write(command: Command, tmp_path: Path):
    assert "cannot be written" in command.refusal("open-data", "-o", str(tmp_path / "no" / "such" / "figures.zip"))
