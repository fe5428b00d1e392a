"""Files that are set aside while the rest goes on, and new words of publishers."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from support import ROOT
from support import sample_files as shapes
from support.ingest import take

from csp_dash.catalogue import Catalogue
from csp_dash.catalogue.release_view import supplied
from csp_dash.cli import data as data_commands
from csp_dash.cli.main import main
from csp_dash.ingest import pipeline
from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import month_text
from csp_dash.ingest.files import categories
from csp_dash.ingest.files.normalise import slug
from csp_dash.ingest.files.source_file import SourceFile, entries
from csp_dash.ingest.readers import mps_recorded_crime, police_uk, stop_search
from csp_dash.panels.dataset import Dataset
from csp_dash.warehouse import Releases, Snapshot

TH = "E09000030"
NEXT = {"202603": ("2026-03", 1.0), "202604": ("2026-03", 1.02)}
PAGE = "<!doctype html><html><body>Service unavailable</body></html>"
LSOA = "E01004201"
#: The crime types of today, each of which a whole month has.
TYPES = [
    kind
    for kind, series in police_uk.CATEGORIES.items()
    if kind not in ("Public disorder and weapons", "Violent crime")
]
BOATS = {
    "MajorText": "BURGLARY",
    "MinorText": "BURGLARY OF A BOAT",
    "BoroughName": "Tower Hamlets",
    "202603": 0,
    "202604": 7,
}


@pytest.fixture
def releases(tmp_path: Path, data: Dataset, monkeypatch: pytest.MonkeyPatch) -> Releases:
    (tmp_path / "cache").mkdir()
    shutil.copy(data.warehouse.path, tmp_path / "cache")  # or each test would make it anew
    monkeypatch.setenv("CSP_DASH_CACHE", str(tmp_path / "cache"))
    return Releases(tmp_path / "cache")


@pytest.fixture(scope="module")
def base() -> Base:
    return Base(Snapshot.open(ROOT))


# --- the whole way ---------------------------------------------------------------------------------


def test_a_new_word_stops_nothing(releases: Releases, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    sent = tmp_path / "sent"
    sent.mkdir()
    crime = shapes.mps_borough(sent / "crime.csv", NEXT)
    shapes.with_row(crime, **BOATS)
    shapes.with_row(crime, **(BOATS | {"MinorText": "BURGLARY - HOUSEBOATS", "202604": 5}))
    (sent / "page.csv").write_text(PAGE)
    shapes.street(sent / "met.csv", "2026-04", [(kind, LSOA) for kind in TYPES * 250])
    shapes.street(sent / "renamed.csv", "2026-05", [(kind, LSOA) for kind in (*TYPES[1:], "Phone theft") * 250])
    shapes.pas(sent / "late.csv", "31/03/2062", 0.6)
    shapes.pas(sent / "good.csv", "31/03/2024", 0.6)
    declared = "source,word,as\nmps_recorded_crime,burglary / burglary - houseboats,BURGLARY / RES BURGLARY OF A HOME\n"
    (releases.cache / "categories.csv").write_text(declared)
    live = releases.live()
    assert main(["ingest", str(sent)]) == 3
    out, err = capsys.readouterr()
    assert releases.live_name() != live.release and releases.live_name().startswith("2026-04-")
    # the files that were set aside, with why, in the final lines, the report and the record
    aside = {
        "page.csv": "is a web page",
        "renamed.csv": "'Phone theft' is new, and may be the new name of",
        "late.csv": "has not begun",
    }
    about = releases.live().about
    assert set(about.set_aside) == set(aside) and set(about.took_in) == {"crime.csv", "met.csv", "good.csv"}
    last = err.splitlines()[-len(aside) - 1 :]
    assert last[0] == f"Release {releases.live_name()} is live."
    section = out.partition("## What was set aside\n")[2].partition("## ")[0]
    for name, why in aside.items():
        assert why in about.set_aside[name]
        assert any(line.startswith(f"Set aside: {name}") and why in line for line in last), last
        assert f"- {name}" in section and why in section
    sums = {item.name for sha in about.inputs if (item := releases.inputs.get(sha))}
    assert sums == {"crime.csv", "met.csv", "good.csv"}
    # the new category counts in the total of its group and of all; the declared one in the category that it is
    facts = {name: _facts(releases, name) for name in ("mps_borough", "mps_borough_whole")}
    before = pd.read_parquet(live.path("data/facts/mps_borough.parquet"))
    homes = _one(before, "burglary_home", "2026-03")
    assert _one(facts["mps_borough"], "burglary_home", "2026-04") == round(homes * 1.02) + 5
    assert _one(facts["mps_borough"], "burglary_unlisted", "2026-04") == 7
    own = facts["mps_borough"]
    month = own[(own["area"] == TH) & (own["start"].astype(str) == "2026-04-01")]
    assert _one(facts["mps_borough_whole"], "tno", "2026-04") == month["numerator"].sum()
    assert main(["value", "burglary", "--from", "2026-04", "--to", "2026-04"]) == 0
    burglary = month[month["series"].str.startswith("burglary_")]["numerator"].sum()
    assert json.loads(capsys.readouterr().out)["value"] == burglary
    assert (
        "The category 'BURGLARY / BURGLARY OF A BOAT' is new. Its offences (7, of which 7 in Tower Hamlets) count"
        in out
    )
    assert "add the line mps_recorded_crime,BURGLARY / BURGLARY OF A BOAT,<the known one> to categories.csv" in out
    assert "'BURGLARY / BURGLARY - HOUSEBOATS' was read as 'BURGLARY / RES BURGLARY OF A HOME'" in out
    assert about.read_as == {
        "mps_recorded_crime: BURGLARY / BURGLARY - HOUSEBOATS": "BURGLARY / RES BURGLARY OF A HOME"
    }
    # the figures are not news again, and what is wrong is still said
    assert main(["ingest", str(crime), str(sent / "page.csv")]) == 3
    told = capsys.readouterr().err
    assert "Nothing new" in told and "Set aside: page.csv is a web page" in told


def _facts(releases: Releases, source: str) -> pd.DataFrame:
    return pd.read_parquet(releases.live().path(f"data/facts/{source}.parquet"))


def _one(facts: pd.DataFrame, series: str, month: str) -> float:
    rows = facts[(facts["series"] == series) & (facts["area"] == TH) & (month_text(facts["start"]) == month)]
    return float(rows["numerator"].iloc[0])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--strict"], "The category 'BURGLARY / BURGLARY OF A BOAT' is not in mps_categories.csv"),
        ([], "the category 'ARSON IN SPACE / BURGLARY OF A BOAT' is of a group that is not known"),
    ],
    ids=["strict", "nothing left"],
)
def test_refused_whole(
    options: list[str], says: str, releases: Releases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    major = "BURGLARY" if options else "ARSON IN SPACE"
    crime = shapes.with_row(shapes.mps_borough(tmp_path / "a.csv", NEXT), **(BOATS | {"MajorText": major}))
    assert main(["ingest", str(crime), *options]) == 2
    out, err = capsys.readouterr()
    assert says.lower() in err.lower() and out == ""
    assert releases.live().release == Snapshot.open().release and not list(releases.folder.glob(".making-*"))


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


# --- words of the readers --------------------------------------------------------------------------


def test_a_known_category_that_is_gone_may_be_the_one_that_is_new(tmp_path: Path, base: Base):
    path = shapes.mps_borough(tmp_path / "a.csv", NEXT)
    path.write_text(path.read_text().replace("SHOPLIFTING", "THEFT FROM A SHOP"))
    with pytest.raises(BadInput, match=r"'THEFT / THEFT FROM A SHOP' is new, and may be the new name of 'SHOPLIFTING'"):
        take(mps_recorded_crime, tmp_path, path, base=base)


def test_a_new_crime_type_is_kept_and_told(tmp_path: Path, base: Base):
    path = shapes.street(tmp_path / "a.csv", "2026-04", [(kind, LSOA) for kind in [*TYPES * 30, "Phone theft"]])
    read = take(police_uk, tmp_path, path, base=base)
    facts = read["police_uk"].facts
    assert facts.loc[(facts["series"] == "pu_phone_theft") & (facts["area"] == TH), "numerator"].tolist() == [1]
    assert facts.loc[(facts["series"] == "pu_burglary") & (facts["area"] == TH), "numerator"].tolist() == [30]
    assert "The crime type 'Phone theft' is new. Its offences in Tower Hamlets (1) are kept" in read.note("a.csv")


def test_totals_take_in_the_unlisted_series_that_a_release_has(catalogue: Catalogue):
    held = {"mps_ward": frozenset({"burglary_home", "burglary_unlisted", "robbery_unlisted"})}
    found = supplied(catalogue, held)
    added = {
        slug: set(feed.series) - set(catalogue.indicators[slug].feeds[at].series)
        for slug, item in found.indicators.items()
        for at, feed in enumerate(item.feeds)
        if feed.series != catalogue.indicators[slug].feeds[at].series
    }
    assert added == {
        "total_offences": {"burglary_unlisted", "robbery_unlisted"},
        "burglary": {"burglary_unlisted"},
        "robbery": {"robbery_unlisted"},
    }
    assert supplied(found, held) == found and supplied(catalogue, {}) is catalogue


def test_every_group_of_recorded_offences_counts_in_the_total_of_a_ward(catalogue: Catalogue):
    with mps_recorded_crime.CATEGORIES.open(encoding="utf-8") as handle:
        groups = {slug(row["major"]) for row in csv.DictReader(handle) if row["style"].startswith("upper")}
    (feed,) = [feed for feed in catalogue.indicators["total_offences"].feeds if feed.source == "mps_ward"]
    assert set(feed.unlisted) == {f"{group}{mps_recorded_crime.UNLISTED}" for group in {*groups, "new_group"}}


SEARCH = "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,Outcome linked to object of search,Removal of more than just outer clothing"


def _searches(path: Path, outcomes: list[str]) -> Path:
    rows = [
        f"Person search,2026-04-{at % 28 + 1:02d}T12:00:00+00:00,,,51.5155,-0.0628,Male,18-24,White - English,White,x,Controlled drugs,{outcome},,"
        for at, outcome in enumerate(outcomes)
    ]
    path.write_text("\n".join([SEARCH, *rows]) + "\n")
    return path


def test_a_new_outcome_counts_as_a_search(tmp_path: Path, base: Base):
    path = _searches(tmp_path / "a.csv", ["Arrest"] * 499 + ["Sent home"] * 20)
    read = take(stop_search, tmp_path, path, base=base)
    facts = read["stop_search"].facts.query("area == @TH").set_index("series")["numerator"]
    assert facts.to_dict() == {"stops": 519, "stops_found": 499, "stops_arrest": 499}
    assert "'Sent home' in the column 'Outcome' is new. Its searches in Tower Hamlets (20) count" in read.note("a.csv")
    _searches(path, ["Arrest"] * 499 + ["Sent home"] * 60)
    with pytest.raises(
        BadInput, match=r"a\.csv, line 501, column 'Outcome': 'Sent home' is a word that no rule covers"
    ):
        take(stop_search, tmp_path, path, base=base)


def test_declared_words_are_read_as_those_that_are_known(tmp_path: Path, base: Base, catalogue: Catalogue):
    met = shapes.street(tmp_path / "met.csv", "2026-04", [(kind, LSOA) for kind in [*TYPES * 30, "Break-in"]])
    found = _searches(tmp_path / "stops.csv", ["Arrest"] * 100 + ["Sent home"] * 60 + ["Taken in"] * 60)
    words = {"police_uk": {"breakin": "Burglary"}, "stop_search": {"senthome": "new", "takenin": "Arrest"}}
    good, _ = entries([met, found])
    context = Context(catalogue, ROOT / "geo", tmp_path / "scratch", base, categories=words)
    (crime, _) = police_uk.read(good[:1], context)
    facts = crime.facts[(crime.facts["series"] == "pu_burglary") & (crime.facts["area"] == TH)]
    assert facts["numerator"].tolist() == [31] and "pu_break_in" not in set(crime.facts["series"])
    (stops,) = stop_search.read(good[1:], context)
    arrests = stops.facts[(stops.facts["series"] == "stops_arrest") & (stops.facts["area"] == TH)]
    assert arrests["numerator"].tolist() == [160]
    assert context.ledger.words_read_as() == {
        "police_uk: Break-in": "Burglary", "stop_search: Sent home": "new", "stop_search: Taken in": "Arrest",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("word,as\n", "line 1: the columns should be source,word,as"),
        ("source,word,as\npolice_uk,Break-in\n", "line 2 should fill source, word, as"),
        ("source,word,as\nmet,Break-in,Burglary\n", "line 2: there is no source 'met' here. Write one of mps_recorded_crime"),
        ("source,word,as\npolice_uk,A,new\npolice_uk,a,new\n", "line 3: 'a' stands in an earlier line too"),
        ("source,word,as\n\npolice_uk,Break-in,Burglery\n", "line 3: 'Burglery' is no word that police_uk knows"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_a_sentence(text: str, says: str, releases: Releases, tmp_path: Path, capsys):
    (releases.cache / "categories.csv").write_text(text)
    shapes.pas(tmp_path / "a.csv", "31/03/2024", 0.6)
    assert main(["ingest", str(tmp_path / "a.csv")]) == 2
    err = capsys.readouterr().err
    assert f"{releases.cache / 'categories.csv'}" in err and says in err and err.count("\n") == 1


def test_a_declaration_may_be_written_by_excel(tmp_path: Path):
    path = tmp_path / categories.FILE
    path.write_bytes('\ufeffSource,Word,As\r\nstop_search,"Let off, at once",Arrest\r\n'.encode())
    found = categories.declared(path, {"stop_search": stop_search.knows})
    assert found == {"stop_search": {"letoffatonce": "Arrest"}}
