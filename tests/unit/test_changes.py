"""What the methods page tells of a release: what it changed, the files, the rows left out; less of it to the public."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import new_release
import pandas as pd
import pytest

from csp_dash.catalogue import Catalogue
from csp_dash.domain.filters import Filters
from csp_dash.domain.settings import Settings
from csp_dash.packs import changes
from csp_dash.packs.data import Data
from csp_dash.warehouse import About, Releases, Snapshot

TODAY, ANY = date(2026, 5, 20), Filters()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release with a story, published."""
    folder = tmp_path_factory.mktemp("changes")
    kept = Releases(folder)
    about = About(made="2026-05-19T08:05:00+00:00", took_in=("ward.csv",), accepted={"stub_month": "A short month."})
    with kept.making() as new:
        new_release.write(new, tables=new_release.story())
        kept.publish(new, about)
    return folder


def opened(cache: Path, catalogue: Catalogue, **settings: bool) -> Data:
    return Data(Releases(cache).live(), catalogue, Settings(cache=str(cache), **settings))


@pytest.fixture(scope="module")
def partner(cache: Path, catalogue: Catalogue) -> Data:
    return opened(cache, catalogue)


@pytest.fixture(scope="module")
def public(cache: Path, catalogue: Catalogue) -> Data:
    return opened(cache, catalogue, public=True, illustrative=False)


def test_how_the_release_was_made(partner: Data):
    found = changes.changes(partner, ANY, TODAY)
    assert found.told == (
        f"Release {partner.release} was made on 19 May 2026 at 08:05 (UTC) by adding 1 file to release"
        f" {Snapshot.open().release}.",
        "The check stub_month failed and was accepted: A short month.",
    )


def test_what_is_new_and_what_was_revised(partner: Data):
    found = changes.changes(partner, ANY, TODAY)
    assert found.new.table.to_dict("records") == [
        {"Source": "MPS recorded crime: ward level", "Places": "ward", "Periods": "Mar 2026", "Figures": 640}
    ]
    assert found.revised.table.to_dict("records") == [
        {"Measure": "Total recorded offences", "Place": "Tower Hamlets", "From": "March 2026", "Was": "2,965",
         "Is": "3,965", "By": "+1,000"},
        {"Measure": "Burglary", "Place": "Westminster", "From": "March 2026", "Was": "200", "Is": "not given",
         "By": "-200"},
        {"Measure": "some series", "Place": "Bethnal Green East", "From": "March 2026", "Was": "3", "Is": "4",
         "By": "+1"},
    ]  # fmt: skip
    assert found.revised.sentence == "3 figures of the release before were changed (1 no longer given)."
    assert list(pd.read_csv(io.StringIO(found.revised.csv))["by"]) == [-200, 1000, 1]


def test_what_is_missing_late_and_due(partner: Data):
    found = changes.changes(partner, ANY, TODAY)
    assert "Mar 2019 to May 2021, Jan 2022" in set(found.missing.table["Months"])
    assert any(line.startswith("MPS recorded crime: ward level: figures to April 2026 ") for line in found.late)
    assert not [line for line in found.due if "ward level" in line]
    early = changes.changes(partner, ANY, date(2026, 4, 12))
    assert any("MPS recorded crime: ward level, to April 2026." in line for line in early.due)


def test_the_bundled_release_says_that_it_is(data: Data):
    found = changes.changes(data, ANY, TODAY)
    assert "came with the software" in found.told[0]
    assert found.new.table.empty and found.revised.table.empty
    assert "no period" in found.new.sentence.lower() and "no figure" in found.revised.sentence.lower()


def test_every_file_with_its_rows(partner: Data):
    found = changes.intake(partner, ANY)
    assert found.sentence.startswith("2 files with 112 rows: 101 accepted, 5 left out with a reason, 6 ")
    row = found.table.set_index("File").loc["ward.csv"].to_dict()
    assert row["Rows"] == row["Accepted"] + row["Left out"] + row["Out of area"] == 100
    assert row["Period"] == "Apr 2025 to Mar 2026"
    assert len(found.alt) > 10 and partner.release in found.csv


def test_rows_left_out_by_reason_with_all_of_them_in_the_csv(partner: Data):
    found = changes.left_out(partner, ANY)
    assert next(zip(found.table["Reason"], found.table["Rows"], strict=True)) == ("The ward is not known", 3)
    assert found.table["First"].iloc[0] == "ward.csv, line 3"
    rows = pd.read_csv(io.StringIO(changes.left_out_csv(partner)))
    assert list(rows.columns) == ["file", "line", "column", "value", "reason", "release"]
    assert len(rows) == found.table["Rows"].sum() == 5


def test_the_public_is_told_no_value_and_nothing_of_partners_rows(public: Data):
    found = changes.left_out(public, ANY)
    assert found.table["Rows"].sum() == 4
    rows = pd.read_csv(io.StringIO(changes.left_out_csv(public)))
    assert list(rows.columns) == ["file", "line", "column", "reason", "release"] and len(rows) == 4
    told = changes.intake(public, ANY)
    assert "council.xlsx" in set(told.table["File"]), "a file's name may be known"
    everything = " ".join([found.table.to_csv(), changes.left_out_csv(public), told.table.to_csv(), told.csv])
    assert "Jones" not in everything and "no whole number" not in everything and "smarch" not in everything


def test_the_public_is_told_no_revision_of_what_it_is_not_shown(public: Data, partner: Data):
    measures = set(changes.changes(public, ANY, TODAY).revised.table["Measure"])
    assert measures == {"Total recorded offences", "Burglary"}
    sensitive = next(slug for slug, item in partner.catalogue.indicators.items() if item.sensitive and item.measured)
    for place, area, told in (("ward", "E05009317", False), ("borough", new_release.AREA, True)):
        assert changes._shown(public, sensitive, area) is told, place
        assert changes._shown(partner, sensitive, area)
    without = Settings(illustrative=False)
    hidden = next(slug for slug, item in partner.catalogue.indicators.items() if item.trust.value == "illustrative")
    assert changes._shown(partner, hidden, new_release.AREA) and without.illustrative is False
    assert not changes._shown(public, hidden, new_release.AREA)


def test_sources_of_hidden_measures_are_not_named(public: Data, partner: Data):
    assert changes.hidden_sources(partner) == set()
    assert changes.hidden_sources(public) == {"nox_illustrative"}


def test_runs_of_months_are_spans():
    assert changes._months(["2021-06", "2020-12", "2021-01", "2020-11"]) == "Nov 2020 to Jan 2021, Jun 2021"
    assert changes._span("2025", "") == "2025" and changes._span("2024-25", "2024-25") == "2024-25"
