"""A whole ingest: files in, a release or a refusal out, and the live release untouched until then."""

from __future__ import annotations

import errno
import json
import re
import shutil
import threading
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from support import sample_files as shapes

from csp_dash.catalogue import Catalogue, parse
from csp_dash.cli.main import main
from csp_dash.ingest import pipeline
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import month_text
from csp_dash.ingest.files.checksum import sha256
from csp_dash.ingest.files.formats import formats
from csp_dash.ingest.geography import build
from csp_dash.ingest.readers import nox_illustrative, readers
from csp_dash.ingest.returns import reader as returns
from csp_dash.panels.dataset import Dataset
from csp_dash.warehouse import Busy, CheckFailed, Releases, Snapshot, input_archive
from csp_dash.warehouse.snapshot import ROOT

TH = "E09000030"
TODAY = date(2026, 5, 20)
NEXT = {"202603": ("2026-03", 1.0), "202604": ("2026-03", 1.02)}


@dataclass(frozen=True)
class Taken:
    """A file, the cache folder in which it was taken in, and what came of it."""

    file: Path
    cache: Path
    outcome: pipeline.Outcome


@pytest.fixture
def releases(tmp_path: Path, data: Dataset, request: pytest.FixtureRequest) -> Releases:
    """The bundled release alone; for a test that begins `after` the first month, what stands then."""
    if "after" in request.fixturenames:
        return Releases(request.getfixturevalue("after").cache)
    (tmp_path / "cache").mkdir()
    shutil.copy(data.warehouse.path, tmp_path / "cache")  # or each test would make it anew
    return Releases(tmp_path / "cache")


@pytest.fixture(scope="module")
def first_month(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, data: Dataset) -> Taken:
    """One month more than the bundled release, taken in once for all tests that only begin from it."""
    scratch = tmp_path_factory.mktemp("first-month")
    (scratch / "cache").mkdir()
    shutil.copy(data.warehouse.path, scratch / "cache")
    file = shapes.mps_borough(scratch / "whatever.txt", NEXT)
    say: list[str] = []
    kept = Releases(scratch / "cache")
    return Taken(file, kept.cache, pipeline.ingest([file], catalogue, kept, say=say.append, today=TODAY))


@pytest.fixture
def after(first_month: Taken, tmp_path: Path) -> Taken:
    """A copy of what stands after the first month, for one test alone."""
    shutil.copytree(first_month.cache, tmp_path / "cache")
    return replace(first_month, file=Path(shutil.copy(first_month.file, tmp_path)), cache=tmp_path / "cache")


@pytest.fixture
def take(catalogue: Catalogue, releases: Releases):
    def ingest(*paths: Path, **more: object) -> pipeline.Outcome:
        return pipeline.ingest(list(paths), catalogue, releases, say=lambda sentence: None, today=TODAY, **more)  # type: ignore[arg-type]

    return ingest


def figure(releases: Releases, source: str, series: str, area: str, month: str) -> float | None:
    facts = pd.read_parquet(releases.live().path(f"data/facts/{source}.parquet"))
    rows = facts[(facts["series"] == series) & (facts["area"] == area) & (month_text(facts["start"]) == month)]
    return None if rows.empty else float(rows["numerator"].iloc[0])


def test_every_format_has_one_reader():
    read = [name for reader in (*readers(), returns, build) for name in reader.FORMATS]
    assert sorted(read) == sorted(set(read)), "two readers take one format"
    assert {form.id for form in formats()} == set(read)


def test_every_reader_has_its_own_turn():
    assert [reader.PLACE for reader in readers()] == list(range(1, len(readers()) + 1))


def test_every_source_has_one_reader_or_is_reference():
    given = [name for reader in (*readers(), nox_illustrative) for name in reader.SOURCES]
    assert sorted(given) == sorted(set(given)), "two readers give one source"
    declared = [parse.source(path) for path in (ROOT / "csp_dash" / "catalogue" / "sources").glob("*.toml")]
    assert set(given) == {source.id for source in declared if not source.reference}
    for path in (ROOT / "data" / "facts").glob("*.parquet"):
        assert path.stem in given, "facts that no reader says it gives"


def test_a_new_month_becomes_a_release_with_a_report(after: Taken, releases: Releases, tmp_path: Path):
    before = figure(Releases(tmp_path / "none"), "mps_borough", "burglary_home", TH, "2026-03")
    outcome = after.outcome
    assert outcome.new and releases.live_name() == outcome.release and outcome.release.startswith("2026-04-")
    assert before is not None
    assert figure(releases, "mps_borough", "burglary_home", TH, "2026-04") == round(before * 1.02)
    assert figure(releases, "mps_borough", "burglary_home", TH, "2026-03") == before
    assert "(London, boroughs): Apr 2026, " in outcome.report and "## What was revised\n\nNothing." in outcome.report
    live = releases.live()
    live.check()
    intake = pd.read_parquet(live.path("data/tables/intake.parquet"))
    mine = intake[intake["file"] == "whatever.txt"].iloc[0]
    assert mine["rows"] == mine["accepted"] + mine["rejected"] + mine["out_of_area"] > 800
    assert live.about.took_in == ("whatever.txt",)


def test_what_a_file_does_not_speak_of_stays_byte_for_byte(after: Taken, releases: Releases):
    bundled = Snapshot.open()
    live = releases.live()
    touched = {"mps_borough", "mps_borough_whole"}
    for name, sum in bundled.files.items():
        if name.startswith(("data/facts/", "geo/")) and Path(name).stem not in touched:
            assert live.files[name] == sum, name


def test_the_same_file_again_is_nothing_new(take, after: Taken, releases: Releases):
    again = take(after.file)
    assert after.outcome.new and not again.new and again.release == after.outcome.release
    assert len([item for item in releases.all() if not item.bundled]) == 1


def test_a_revised_figure_is_told_with_old_and_new(take, after: Taken, releases: Releases, tmp_path: Path):
    old = figure(releases, "mps_borough", "shoplifting", TH, "2026-04")
    outcome = take(shapes.mps_borough(tmp_path / "b.csv", {**NEXT, "202604": ("2026-03", 1.1)}))
    new = figure(releases, "mps_borough", "shoplifting", TH, "2026-04")
    assert old is not None and new is not None and new > old
    change = pd.read_parquet(releases.live().path("data/tables/release_change.parquet"))
    row = change[
        (change["series"] == "shoplifting") & (change["area"] == TH) & (change["source"] == "mps_borough")
    ].iloc[0]
    assert (row["kind"], row["old"], row["new"]) == ("revised", old, new)
    assert "| place | period | was | is | by |" in outcome.report


def test_a_month_that_is_passed_over_is_told(take, after: Taken, releases: Releases, tmp_path: Path):
    stub = {"202604": ("2026-03", 1.02), "202605": ("2026-03", 0.1)}
    outcome = take(shapes.mps_borough(tmp_path / "b.csv", stub))
    assert figure(releases, "mps_borough", "burglary_home", TH, "2026-05") is None
    assert "Worth knowing:\n\n- b.csv: 2026-05 has " in outcome.report and "it was passed over.\n" in outcome.report


def test_what_is_said_while_files_are_taken_in_has_no_names_of_ours(
    catalogue: Catalogue, releases: Releases, tmp_path: Path
):
    said: list[str] = []
    shapes.mps_borough(tmp_path / "a.csv", NEXT)
    shapes.pas(tmp_path / "b.csv", "31/03/2024", 0.6)
    shapes.fingertips(tmp_path / "c.csv", [2020])  # of a source that no release has yet
    (tmp_path / "d.csv").write_text("indicator,period,area_code,count\nnox_sightings,2026-03,E09000030,5\n")
    files = [tmp_path / f"{name}.csv" for name in "abcd"]
    pipeline.ingest(files, catalogue, releases, say=said.append, today=TODAY)
    assert any(line.startswith(f"{catalogue.sources['pas'].title}: ") for line in said)
    assert f"{catalogue.indicators['nox_sightings'].title}: partner return: 1 figure" in said
    assert not [line for line in said if re.match("[a-z]", line)], (
        "a title begins with a capital, a name of ours does not"
    )
    said.clear()
    pipeline.ingest(files, catalogue, releases, say=said.append, today=TODAY)
    assert said[-1] == f"Nothing new: these files change no figure of the live release {releases.live_name()}."


def test_an_older_file_changes_no_figure_and_is_told(take, releases: Releases, tmp_path: Path):
    outcome = take(shapes.mps_borough(tmp_path / "old.csv", {"202501": ("2025-01", 3.0), "202502": ("2025-02", 3.0)}))
    bundled, live = Snapshot.open(), releases.live()
    differ = {name for name in bundled.files if live.files[name] != bundled.files[name] and "/cards/" not in name}
    # what each published file gave is kept, so that revisions can be looked up
    assert differ <= {
        f"data/tables/{name}.parquet" for name in ("vintage_total", "intake", "rejected", "release_change")
    }
    assert "## What stayed as it was" in outcome.report and "Jan 2025 to Feb 2025" in outcome.report


def test_months_that_skip_are_refused(take, releases: Releases, tmp_path: Path):
    before = releases.live().release
    skips = {"202601": ("2026-01", 0.5), "202602": ("2026-02", 0.5), "202604": ("2026-03", 1.0)}
    with pytest.raises(BadInput, match="skip"):
        take(shapes.mps_borough(tmp_path / "a.csv", skips))
    assert releases.live().release == before and not list(releases.folder.glob(".making-*"))


def test_a_short_month_stays_out_until_it_is_accepted(take, releases: Releases, tmp_path: Path):
    short = shapes.mps_borough(tmp_path / "a.csv", {"202603": ("2026-03", 1.0), "202604": ("2026-03", 0.45)})
    outcome = take(short, shapes.pas(tmp_path / "b.csv", "31/03/2024", 0.6))
    assert outcome.new and outcome.release.startswith("2026-03-"), "the other file is in"
    assert figure(releases, "pas", "pas_fair_treatment", TH, "2023-04") == 0.6
    assert figure(releases, "mps_borough", "burglary_home", TH, "2026-04") is None
    coverage = pd.read_csv(releases.live().path("data/coverage.csv"), dtype=str)
    assert set(coverage.loc[coverage["source"].str.startswith("mps_borough"), "last"]) == {"2026-03", "2024-01"}
    keys = [f"short_month:{source}:2026-04" for source in ("mps_borough", "mps_borough_whole")]
    assert all(f"--accept {key} --because" in outcome.report for key in keys)
    assert "April 2026 was left out, since it does not seem to be a whole month" in outcome.report
    accepted = take(short, accept=dict.fromkeys(keys, "the force confirmed the fall"))
    assert accepted.new and "the force confirmed the fall" in accepted.report
    assert figure(releases, "mps_borough", "burglary_home", TH, "2026-04") is not None
    assert releases.live().about.accepted == dict.fromkeys(keys, "the force confirmed the fall")


def test_a_preferred_file_gets_in_with_its_reason(take, releases: Releases, tmp_path: Path):
    """A month of burglaries with one fewer than the live release has: left as it was, unless it is preferred."""
    month, n = "2024-08", int(figure(releases, "police_uk_burglary", "pu_burglary", TH, "2024-08") or 0)
    burglary = ("Burglary", "E01004239")
    path = shapes.street(tmp_path / "august.csv", month, [burglary] * (n - 1))
    with pytest.raises(BadInput, match=r"none of the files handed in is called 'juli.csv'; they are august.csv"):
        take(path, prefer={"juli.csv": "why"})
    other = shapes.mps_borough(tmp_path / "mps.csv", NEXT)
    with pytest.raises(BadInput, match=r"mps.csv is of a kind whose age is known"):
        take(path, other, prefer={"mps.csv": "why"})
    outcome = take(path, prefer={"august.csv": "The force withdrew a repeat."})
    assert figure(releases, "police_uk_burglary", "pu_burglary", TH, month) == n - 1
    assert "## Files that were preferred\n\n- august.csv: The force withdrew a repeat." in outcome.report
    assert releases.live().about.preferred == {"august.csv": "The force withdrew a repeat."}
    again = take(shapes.street(path, month, [burglary] * (n - 2)))
    assert not again.new and figure(releases, "police_uk_burglary", "pu_burglary", TH, month) == n - 1


def test_history_is_not_rewritten_unasked(take, releases: Releases, tmp_path: Path):
    months = {f"{month:%Y%m}": (f"{month:%Y-%m}", 1.3) for month in pd.period_range("2024-04", "2026-03", freq="M")}
    months["202604"] = ("2026-03", 1.0)
    with pytest.raises(CheckFailed, match="settled_month_moved"):
        take(shapes.mps_borough(tmp_path / "a.csv", months))


def test_a_mix_of_zips_folders_and_files(take, releases: Releases, tmp_path: Path):
    folder = tmp_path / "sent" / "deep"
    folder.mkdir(parents=True)
    shapes.pas(folder / "survey.csv", "31/3/2024", 0.66)
    inner = shapes.mps_borough(tmp_path / "inner.csv", NEXT)
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as made:
        made.write(inner, "x/y.csv")
    take(tmp_path / "archive.zip", tmp_path / "sent")
    assert figure(releases, "pas", "pas_fair_treatment", TH, "2023-04") == 0.66
    intake = pd.read_parquet(releases.live().path("data/tables/intake.parquet"))
    assert {"archive.zip!x/y.csv", "deep/survey.csv"} <= set(intake["file"])


def test_rejected_rows_are_kept_with_their_file_and_line(take, releases: Releases, tmp_path: Path, capsys, monkeypatch):
    lsoa = pd.read_csv(shapes.ROOT / "geo" / "lsoa_ward.csv", dtype=str)["lsoa"].iloc[-1]
    kinds = ["Anti-social behaviour", "Burglary", "Robbery", "Drugs", "Public order", "Vehicle crime"] * 640
    path = shapes.street(tmp_path / "met.csv", "2026-04", [(kind, lsoa) for kind in kinds])
    lines = path.read_text().splitlines()
    right = lines[5]
    lines[5] = lines[5].replace("-0.05,51.52", ",").replace(f"{lsoa},Tower Hamlets 001A", ",")
    lines.append(lines[7].replace(f"{lsoa},Tower Hamlets 001A", "E01000001,City of London 001A"))
    path.write_text("\n".join(lines) + "\n")
    take(path)
    rejected = pd.read_parquet(releases.live().path("data/tables/rejected.parquet"))
    mine = rejected[rejected["file"] == "met.csv"]
    assert mine[["line", "reason"]].to_numpy().tolist() == [[6, "no place is given"]]
    intake = pd.read_parquet(releases.live().path("data/tables/intake.parquet")).set_index("file").loc["met.csv"]
    assert (intake["rows"], intake["accepted"], intake["rejected"], intake["out_of_area"]) == (3841, 3839, 1, 1)
    monkeypatch.setenv("CSP_DASH_CACHE", str(releases.cache))
    assert main(["rejected"]) == 0
    assert "met.csv,6," in capsys.readouterr().out
    path.write_text(
        "\n".join([*lines[:5], right, *lines[6:]]) + "\n"
    )  # put right, and handed in again under the same name
    take(path)
    rejected = pd.read_parquet(releases.live().path("data/tables/rejected.parquet"))
    assert len(rejected) and "met.csv" not in set(rejected["file"])


def test_a_file_put_right_is_told_even_where_no_figure_changes_but_the_same_file_is_nothing_new(
    take, releases: Releases, tmp_path: Path
):
    """The row that was left out is of another place once it is put right."""
    lsoa = pd.read_csv(shapes.ROOT / "geo" / "lsoa_ward.csv", dtype=str)["lsoa"].iloc[-1]
    kinds = ["Anti-social behaviour", "Burglary", "Robbery", "Drugs", "Public order", "Vehicle crime"] * 640
    path = shapes.street(tmp_path / "met.csv", "2026-04", [(kind, lsoa) for kind in kinds])
    lines = path.read_text().splitlines()
    elsewhere = lines[7].replace(f"{lsoa},Tower Hamlets 001A", "E01000001,City of London 001A")
    path.write_text(
        "\n".join([*lines, elsewhere.replace("-0.05,51.52", ",").replace("E01000001,City of London 001A", ",")])
    )
    first = take(path)
    assert not take(path).new
    facts = {name: sum for name, sum in releases.live().files.items() if name.startswith("data/facts/")}
    path.write_text("\n".join([*lines, elsewhere]))
    second = take(path)
    assert second.new and second.release != first.release
    assert facts == {name: sum for name, sum in releases.live().files.items() if name.startswith("data/facts/")}
    rejected = pd.read_parquet(releases.live().path("data/tables/rejected.parquet"))
    assert "met.csv" not in set(rejected["file"])
    assert not take(path).new


def test_a_file_that_is_not_there_is_said(take, tmp_path: Path):
    with pytest.raises(BadInput, match="There is no file or folder"):
        take(tmp_path / "nothing.csv")


def test_figures_of_a_period_that_has_not_begun_are_refused(take, releases: Releases, tmp_path: Path):
    path = shapes.pas(tmp_path / "survey.csv", "31/3/2062", 0.66)
    with pytest.raises(BadInput, match=r"survey\.csv: figures are given for April 2061, which has not begun"):
        take(path)
    assert releases.live().release == Snapshot.open().release


def test_a_file_of_which_nothing_could_be_used_is_told(catalogue: Catalogue, releases: Releases, tmp_path: Path):
    path = tmp_path / "elsewhere.csv"
    path.write_text(f"{shapes.STREET}\n,2024-01,City,City,-1.5,53.8,On or near X,E01011229,Leeds 001A,Drugs,,\n")
    told: list[str] = []
    done = pipeline.ingest([path], catalogue, releases, say=told.append)
    assert not done.new and any(line.startswith("elsewhere.csv: none of its 1 rows could be used.") for line in told)


def test_stopping_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def stopped(*arguments: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "ingest", stopped)
    assert main(["ingest", "a.csv"]) == 130
    assert capsys.readouterr().err == "Stopped. The live release is as it was.\n"


def test_a_full_disk_leaves_the_live_release(take, releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = shapes.mps_borough(tmp_path / "a.csv", NEXT)

    def full(*arguments: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pipeline, "write_parquet", full)
    with pytest.raises(BadInput, match="no room left on the disk"):
        take(path)
    assert releases.live().release == Snapshot.open().release and not list(releases.folder.glob(".making-*"))


# --- the files themselves -------------------------------------------------------------------------


def test_the_files_are_kept_and_named_by_the_release_and_those_after_it(take, releases: Releases, tmp_path: Path):
    first = shapes.mps_borough(tmp_path / "first.csv", NEXT)
    sums = [sha256(first)]
    told = {"source": "london_datastore", "sha256": sums[0], "url": "https://example.org/first.csv"}
    (tmp_path / "first.csv.card.json").write_text(json.dumps(told))
    before = first.read_bytes()
    take(first)
    assert releases.live().about.inputs == (sums[0],)
    first.write_text("written over")
    card = releases.inputs.get(sums[0])
    assert card is not None and (releases.inputs.folder / sums[0]).read_bytes() == before
    assert (card.name, card.formats, card.kept, card.fetched) == ("first.csv", ("mps_borough",), True, told)
    (source,) = card.sources
    assert source["source"] == "mps_borough" and source["publisher"].startswith("Metropolitan Police Service")
    assert "Government Licence" in source["licence"] and source["url"].startswith("https://")
    with zipfile.ZipFile(tmp_path / "second.zip", "w") as archive:
        archive.write(shapes.pas(tmp_path / "x.csv", "31/3/2024", 0.66), "x.csv")
    take(tmp_path / "second.zip", copy=False)
    sums.insert(0, sha256(tmp_path / "second.zip"))
    assert releases.live().about.inputs == tuple(sums)
    noted = releases.inputs.get(sums[0])
    assert noted is not None and not noted.kept and not (releases.inputs.folder / sums[0]).exists()
    assert releases.prune_inputs() == []
    releases.rollback("bundled")
    releases.prune(0)
    assert [item.name for item in releases.prune_inputs()] == ["first.csv"]
    assert not list(releases.inputs.folder.iterdir())


def test_a_release_that_cannot_be_read_keeps_all_files(after: Taken, releases: Releases):
    (releases.live().root / "release.json").write_text("{")
    assert releases.prune_inputs() == [] and len(list(releases.inputs.folder.iterdir())) == 2


def test_a_disk_that_is_full_when_a_file_is_kept_leaves_the_live_release(
    take, releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(path: Path, target: Path) -> str:
        target.write_bytes(path.read_bytes()[:1000])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(input_archive, "_copied", full)
    with pytest.raises(BadInput, match="no room left on the disk"):
        take(shapes.mps_borough(tmp_path / "a.csv", NEXT))
    assert releases.live().release == Snapshot.open().release
    assert not list(releases.folder.glob(".making-*")) and not list(releases.inputs.folder.iterdir())


# --- taking turns ---------------------------------------------------------------------------------


def test_two_ingests_at_once_take_turns_or_refuse(take, releases: Releases, tmp_path: Path):
    path = shapes.mps_borough(tmp_path / "a.csv", NEXT)
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        with releases.lock():
            held.set()
            go.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    other = Releases(releases.cache)
    try:
        with pytest.raises(Busy), other.lock():
            pass
    finally:
        go.set()
        holder.join()
    assert take(path).new


# --- the command line ----------------------------------------------------------------------------


def test_the_commands_of_a_refresh(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("CSP_DASH_CACHE", str(releases.cache))
    path = shapes.mps_borough(tmp_path / "a.csv", NEXT)
    assert main(["ingest", str(path)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("# Release 2026-04-") and "is live" in err
    assert main(["value", "shoplifting", "--from", "2026-04", "--to", "2026-04"]) == 0
    assert '"vintage": "2026-04"' in capsys.readouterr().out
    assert main(["report"]) == 0 and capsys.readouterr().out.startswith("# Release 2026-04-")
    assert main(["inputs"]) == 0
    out, err = capsys.readouterr()
    assert out.split()[:2] == ["a.csv", sha256(path)] and f"{path.stat().st_size:,} bytes" in out and not err
    assert main(["inputs", "--to", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "a.csv").read_bytes() == path.read_bytes()
    assert "Copied 1 file" in capsys.readouterr().err
    assert main(["inputs", "--to", str(tmp_path / "out")]) == 2 and "is there already" in capsys.readouterr().err
    assert main(["inputs", "bundled"]) == 0 and "only the names" in capsys.readouterr().err
    assert main(["inputs", "2020-01-none"]) == 2 and "There is no release" in capsys.readouterr().err
    assert main(["releases"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == 2 and " live " in listed[0] and "bundled" in listed[1]
    assert main(["rollback"]) == 0 and Snapshot.open().release in capsys.readouterr().out
    assert main(["value", "shoplifting", "--from", "2026-04", "--to", "2026-04"]) == 2
    capsys.readouterr()
    assert main(["prune", "--keep", "0"]) == 0
    out = capsys.readouterr().out
    assert "Removed: 2026-04-" in out and "1 file that no other release was made from" in out
    assert main(["rollback"]) == 2 and "bundled" in capsys.readouterr().err
    assert main(["ingest", str(path), "--accept", "stub_month"]) == 2
    assert "--because" in capsys.readouterr().err
    assert main(["ingest", str(path), "--accept", "no_such_check", "--because", "x"]) == 2
    assert "There is no check 'no_such_check'" in capsys.readouterr().err
