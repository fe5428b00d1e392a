"""Files that are set aside while the rest goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support import ROOT
from support import sample_files as shapes

from csp_dash.catalogue import Catalogue
from csp_dash.cli import data as data_commands
from csp_dash.cli.main import main
from csp_dash.ingest import pipeline
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.files.source_file import SourceFile, entries
from csp_dash.ingest.readers import police_uk
from csp_dash.panels.dataset import Dataset
from csp_dash.warehouse import Releases, Snapshot

PAGE = "<!doctype html><html><body>Service unavailable</body></html>"
LSOA = "E01004201"
#: The crime types of today, each of which a whole month has.
TYPES = [
    kind
    for kind, series in police_uk.CATEGORIES.items()
    if kind not in ("Public disorder and weapons", "Violent crime")
]


@pytest.fixture
def releases(tmp_path: Path, data: Dataset, monkeypatch: pytest.MonkeyPatch) -> Releases:
    (tmp_path / "cache").mkdir()
    shutil.copy(data.warehouse.path, tmp_path / "cache")  # or each test would make it anew
    monkeypatch.setenv("CSP_DASH_CACHE", str(tmp_path / "cache"))
    return Releases(tmp_path / "cache")


# --- the whole way ---------------------------------------------------------------------------------


def test_what_cannot_be_used_is_set_aside_and_told(
    releases: Releases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    sent = tmp_path / "sent"
    sent.mkdir()
    (sent / "page.csv").write_text(PAGE)
    shapes.street(sent / "met.csv", "2026-04", [(kind, LSOA) for kind in TYPES * 250])
    shapes.street(sent / "renamed.csv", "2026-05", [(kind, LSOA) for kind in (*TYPES[1:], "Phone theft") * 250])
    shapes.pas(sent / "late.csv", "31/03/2062", 0.6)
    shapes.pas(sent / "good.csv", "31/03/2024", 0.6)
    assert main(["ingest", str(sent)]) == 3
    out, err = capsys.readouterr()
    aside = {"page.csv": "is a web page", "renamed.csv": "'Phone theft' is a word", "late.csv": "has not begun"}
    about = releases.live().about
    assert set(about.set_aside) == set(aside) and set(about.took_in) == {"met.csv", "good.csv"}
    last = err.splitlines()[-len(aside) - 1 :]
    assert last[0] == f"Release {releases.live_name()} is live."
    section = out.partition("## What was set aside\n")[2].partition("## ")[0]
    for name, why in aside.items():
        assert why in about.set_aside[name]
        assert any(line.startswith(f"Set aside: {name}") and why in line for line in last), last
        assert f"- {name}" in section and why in section
    sums = {item.name for sha in about.inputs if (item := releases.inputs.get(sha))}
    assert sums == {"met.csv", "good.csv"}
    assert main(["ingest", str(sent / "met.csv"), str(sent / "page.csv")]) == 3
    told = capsys.readouterr().err
    assert "Nothing new" in told and "Set aside: page.csv is a web page" in told


def test_a_page_among_good_files_refuses_them_where_that_is_asked(releases: Releases, tmp_path: Path, capsys):
    shapes.pas(tmp_path / "sent.csv", "31/03/2024", 0.6)
    (tmp_path / "page.csv").write_text(PAGE)
    assert main(["ingest", "--strict", str(tmp_path / "sent.csv"), str(tmp_path / "page.csv")]) == 2
    assert "page.csv is a web page" in capsys.readouterr().err
    assert releases.live().release == Snapshot.open().release


@pytest.mark.parametrize(
    ("fetched", "aside", "status"), [(0, {"a.csv": "why"}, 3), (2, {"a.csv": "why"}, 2), (0, {}, 0)]
)
def test_the_exit_status_of_a_refresh(
    fetched: int, aside: dict[str, str], status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys
):
    monkeypatch.setattr(data_commands, "_fetch", lambda *arguments: fetched)
    taken_in: list[object] = []

    def ingest(paths: list[Path], *arguments: object, **more: object) -> pipeline.Outcome:
        taken_in.append((paths, more["strict"]))
        return pipeline.Outcome("2026-04-x", True, "# Report", aside)

    monkeypatch.setattr(pipeline, "ingest", ingest)
    assert main(["refresh", "--strict", "--to-folder", str(tmp_path)]) == status
    assert taken_in == [([tmp_path], True)]
    assert ("Set aside: a.csv: why" in capsys.readouterr().err) == bool(aside)


# --- telling a file from its fellows ---------------------------------------------------------------


class Files:
    """A reader of files that counts how often it is asked; `refuse` says of a file, among others, why it is wrong."""

    def __init__(self, refuse: Callable[[list[SourceFile]], None]) -> None:
        self.refuse, self.read = refuse, 0

    def __call__(self, mine: list[SourceFile]) -> list[object]:
        self.read += len(mine)
        self.refuse(mine)
        return list(mine)


@pytest.fixture
def files(tmp_path: Path) -> list[SourceFile]:
    shapes.pas(tmp_path / "a.csv", "31/03/2024", 0.6)
    (one,), _ = entries([tmp_path / "a.csv"])
    return [replace(one, path=tmp_path / f"{at}.csv") for at in range(500)]


def _aside(read: Files, mine: list[SourceFile], catalogue: Catalogue) -> tuple[list[SourceFile], dict[str, str]]:
    aside = pipeline._Aside(strictly=False)
    context = Context(catalogue, ROOT / "geo", ROOT / "nowhere")
    _, left = pipeline._without_refused(read, mine, context, aside)  # type: ignore[arg-type]
    return left, aside.why


def test_half_of_five_hundred_files_are_told_apart_in_two_readings(files: list[SourceFile], catalogue: Catalogue):
    def one(entry: SourceFile) -> None:
        if int(entry.path.stem) % 2:
            raise BadInput(f"{entry.name} is odd.")

    read = Files(lambda mine: each(mine, one))  # type: ignore[arg-type,return-value]
    left, why = _aside(read, files, catalogue)
    assert left == files[::2] and len(why) == 250 and why["7.csv"] == "7.csv is odd." and read.read == 750


def test_faults_that_only_show_together_cost_a_few_readings(files: list[SourceFile], catalogue: Catalogue):
    def differ(mine: list[SourceFile]) -> None:
        if len(mine) > 1:
            raise BadInput("Two of these files differ.", *mine[:2])

    read = Files(differ)
    left, why = _aside(read, files, catalogue)
    assert left == [] and len(why) == 500 and read.read <= pipeline.MOST_READINGS * len(files)


def test_where_the_file_at_fault_is_not_told_all_of_the_reader_are_set_aside(
    files: list[SourceFile], catalogue: Catalogue
):
    def refuse(mine: list[SourceFile]) -> None:
        if mine:
            raise BadInput("Two facts share a key.")

    left, why = _aside(Files(refuse), files[:3], catalogue)
    assert left == [] and why == dict.fromkeys(("0.csv", "1.csv", "2.csv"), "Two facts share a key.")


def test_a_workbook_goes_with_all_its_sheets(files: list[SourceFile], catalogue: Catalogue):
    sheets = [replace(files[0], found=replace(files[0].found, sheet=name)) for name in ("One", "Two")]

    def refuse(mine: list[SourceFile]) -> None:
        if sheets[0] in mine:
            raise BadInput("0.csv, sheet 'One' is damaged.", sheets[0])

    left, why = _aside(Files(refuse), [*sheets, files[1]], catalogue)
    assert left == [files[1]] and why == {"0.csv": "0.csv, sheet 'One' is damaged."}
