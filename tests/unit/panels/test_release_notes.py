"""What the methods page tells of a release: what it changed, the files, the rows left out; less of it to the public."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from support import releases as new_release

from csp_dash.catalogue import Catalogue
from csp_dash.domain.filters import Filters
from csp_dash.domain.settings import Settings
from csp_dash.panels.about import release_notes
from csp_dash.panels.dataset import Dataset
from csp_dash.warehouse import ReleaseInfo, Releases, Snapshot

TODAY, ANY = date(2026, 5, 20), Filters()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release with a story, published."""
    folder = tmp_path_factory.mktemp("changes")
    kept = Releases(folder)
    about = ReleaseInfo(
        made="2026-05-19T08:05:00+00:00",
        took_in=("ward.csv",),
        accepted={"stub_month": "A short month."},
        preferred={"july.csv": "Repeats were withdrawn."},
        set_aside={"Jones.csv": "Jones.csv, line 2: 'Smarch' is no month."},
        read_as={"police_uk: Break-in": "Burglary", "stop_search: Sent home": "new"},
    )
    with kept.making() as new:
        new_release.write(new, tables=new_release.story())
        kept.publish(new, about)
    return folder


def opened(cache: Path, catalogue: Catalogue, **settings: bool) -> Dataset:
    return Dataset(Releases(cache).live(), catalogue, Settings(cache=str(cache), **settings))


@pytest.fixture(scope="module")
def partner(cache: Path, catalogue: Catalogue) -> Dataset:
    return opened(cache, catalogue)


@pytest.fixture(scope="module")
def public(cache: Path, catalogue: Catalogue) -> Dataset:
    return opened(cache, catalogue, public=True, illustrative=False)


def test_how_the_release_was_made(partner: Dataset):
    found = release_notes.changes(partner, ANY, TODAY)
    assert found.told == (
        f"Release {partner.release} was made on 19 May 2026 at 08:05 (UTC) by adding 1 file to release"
        f" {Snapshot.open().release}.",
        "One check did not hold (stub month) and was accepted, because: A short month.",
        "In the files of police_uk, the new word Break-in was read as Burglary.",
        "In the files of stop_search, the new word Sent home counts as a category of its own.",
        "The figures of july.csv were preferred to those that were here before, because: Repeats were withdrawn.",
    )


def test_what_is_new_and_what_was_revised(partner: Dataset):
    found = release_notes.changes(partner, ANY, TODAY)
    assert found.new.table.to_dict("records") == [
        {"Source": "MPS recorded crime: ward level", "Places": "wards", "Periods": "Mar 2026", "Figures": 640}
    ]
    assert found.revised.table.to_dict("records") == [
        {"Measure": "Total recorded offences", "Place": "Tower Hamlets", "Period": "Mar 2026",
         "Change": "2,965 to 3,965 (+1,000)"},
        {"Measure": "Burglary", "Place": "Westminster", "Period": "Mar 2026", "Change": "200 to not given (-200)"},
    ]  # fmt: skip
    assert found.revised.sentence == (
        "3 figures of the release before were changed (1 no longer given), 1 of them for Tower Hamlets or its wards."
        " All are in the CSV, among them 1 figure that no measure uses."
    )
    assert list(pd.read_csv(io.StringIO(found.revised.csv))["by"]) == [-200, 1000, 1]


def revisions(partner: Dataset, rows: list[tuple[str, str, str, str, float, float]]) -> release_notes.Listed:
    """What is told of revised figures given as source, series, indicator, area, old and new, of March 2026."""
    names = ["source", "series", "indicator", "area", "old", "new"]
    month = {"kind": "revised", "start": pd.Timestamp("2026-03-01"), "finish": pd.Timestamp("2026-03-31")}
    return release_notes._revised(partner, pd.DataFrame(rows, columns=names).assign(**month))


def test_revised_figures_of_the_borough_come_first_and_the_largest_of_the_others_next(partner: Dataset):
    elsewhere = [
        (new_release.SOURCE, "tno", "total_offences", f"E090000{at:02}", 100.0, 100.0 + at) for at in range(1, 30)
    ]
    home = [(new_release.SOURCE, "burglary_business", "burglary", new_release.AREA, 5.0, 6.0)]
    found = revisions(partner, [*elsewhere, *home])
    assert len(found.table) == release_notes.LARGEST
    assert found.table["Place"].iloc[0] == "Tower Hamlets"
    assert list(found.table["Change"].iloc[1:3]) == ["100 to 129 (+29)", "100 to 128 (+28)"]
    assert found.sentence == (
        "30 figures of the release before were changed, 1 of them for Tower Hamlets or its wards."
        " 20 are shown: Tower Hamlets and its wards first, then the largest changes. All are in the CSV."
    )
    assert len(pd.read_csv(io.StringIO(found.csv))) == 30


def test_a_part_of_a_measure_is_named_as_that_part(partner: Dataset):
    row = (new_release.SOURCE, "burglary_business", "burglary", new_release.AREA, 5.0, 6.0)
    assert list(revisions(partner, [row]).table["Measure"]) == ["Burglary (burglary business)"]
    whole = (new_release.SOURCE, "tno", "total_offences", new_release.AREA, 5.0, 6.0)
    assert list(revisions(partner, [whole]).table["Measure"]) == ["Total recorded offences"]


def test_figures_that_no_measure_uses_are_in_the_csv_alone(partner: Dataset):
    found = revisions(partner, [("mps_borough", "some_series", "", new_release.AREA, 5.0, 6.0)])
    assert found.table.empty and len(pd.read_csv(io.StringIO(found.csv))) == 1
    assert found.sentence == (
        "1 figure of the release before was changed. All are in the CSV, among them 1 figure that no measure uses."
    )


def test_a_new_quarter_reaches_to_its_last_month(partner: Dataset):
    quarters = pd.DataFrame(
        {
            "source": "return_hate_referrals",
            "area": "borough",
            "start": pd.to_datetime(["2025-10-01", "2026-01-01"]),
            "finish": pd.to_datetime(["2025-12-31", "2026-03-31"]),
            "new": [1.0, 1.0],
        }
    )
    (row,) = release_notes._new(partner, quarters).table.to_dict("records")
    assert row["Periods"] == "Oct 2025 to Mar 2026"
    assert row["Places"] == "the borough", "partners speak of this one alone"


def test_what_is_missing_late_and_due(partner: Dataset):
    found = release_notes.changes(partner, ANY, TODAY)
    assert "Mar 2019 to May 2021, Jan 2022" in set(found.missing.table["Months"])
    assert any(line.startswith("MPS recorded crime: ward level: figures to April 2026 ") for line in found.late)
    assert not [line for line in found.due if "ward level" in line]
    early = release_notes.changes(partner, ANY, date(2026, 4, 12))
    assert any("MPS recorded crime: ward level, to April 2026." in line for line in early.due)


def test_the_bundled_release_says_that_it_is(data: Dataset):
    found = release_notes.changes(data, ANY, TODAY)
    assert "came with the software" in found.told[0]
    assert found.new.table.empty and found.revised.table.empty
    assert "no period" in found.new.sentence.lower() and "no figure" in found.revised.sentence.lower()


def test_every_file_with_its_rows(partner: Dataset):
    found = release_notes.intake(partner, ANY)
    assert found.sentence.startswith("2 files with 112 rows: 101 accepted, 5 left out with a reason, 6 ")
    row = found.table.set_index("File").loc["ward.csv"].to_dict()
    assert row["Rows"] == row["Accepted"] + row["Left out"] + row["Out of area"] == 100
    assert row["Period"] == "Apr 2025 to Mar 2026"
    assert len(found.alt) > 10 and partner.release in found.csv


def test_files_that_this_release_added_stand_at_the_top_after_those_set_aside(partner: Dataset):
    found = release_notes.intake(partner, ANY)
    assert list(found.table["File"]) == ["Jones.csv", "ward.csv", "council.xlsx"], (
        "not by the alphabet of what they are"
    )
    assert found.sentence.endswith(
        " The 1 file that this release added stands at the top. 1 file was handed in with them and set aside."
    )
    assert found.table["Note"].iloc[0] == "Set aside: Jones.csv, line 2: 'Smarch' is no month."
    assert found.table["Rows"].iloc[0] == 0 and "Smarch" in found.csv


def test_rows_left_out_by_reason_with_all_of_them_in_the_csv(partner: Dataset):
    found = release_notes.left_out(partner, ANY)
    assert next(zip(found.table["Reason"], found.table["Rows"], strict=True)) == ("The ward is not known", 3)
    assert found.sentence.startswith("5 rows were not used.")
    assert found.table["First"].iloc[0] == "ward.csv, line 3"
    rows = pd.read_csv(io.StringIO(release_notes.left_out_csv(partner)))
    assert list(rows.columns) == ["file", "line", "column", "value", "reason", "release"]
    assert len(rows) == found.table["Rows"].sum() == 5


def test_the_public_is_told_no_value_and_nothing_of_partners_rows(public: Dataset):
    found = release_notes.left_out(public, ANY)
    assert found.table["Rows"].sum() == 4
    rows = pd.read_csv(io.StringIO(release_notes.left_out_csv(public)))
    assert list(rows.columns) == ["file", "line", "column", "reason", "release"] and len(rows) == 4
    told = release_notes.intake(public, ANY)
    assert told.sentence.endswith("1 file was handed in with them and set aside.")
    assert "Partner return 1" in set(told.table["File"]), "not what the partner called it"
    assert "council.xlsx" not in told.csv
    everything = " ".join([found.table.to_csv(), release_notes.left_out_csv(public), told.table.to_csv(), told.csv])
    assert "Jones" not in everything and "no whole number" not in everything and "smarch" not in everything.lower()


def test_the_public_is_told_no_revision_of_what_it_is_not_shown(public: Dataset, partner: Dataset):
    measures = set(release_notes.changes(public, ANY, TODAY).revised.table["Measure"])
    assert measures == {"Total recorded offences", "Burglary"}
    ward, hidden = "E05009317", ("nox_illustrative", "nox_sightings", "nox_sightings", new_release.AREA, 1.0)
    part = ("mps_ward", "homicide", "violence_all", ward, 1.0)
    assert release_notes._tells(partner, *part) and not release_notes._tells(public, *part), (
        "a part of a measure that is shown"
    )
    for told in (
        ("mps_ward", "shoplifting", "shoplifting", ward, 1.0),
        ("mps_borough_whole", "homicide", "homicide", new_release.AREA, 1.0),
    ):
        assert release_notes._tells(public, *told)
    assert release_notes._tells(partner, *hidden) and not release_notes._tells(public, *hidden)


def test_what_a_return_withholds_now_is_not_told_as_it_was(partner: Dataset):
    row = ("return_pspo_breaches", "pspo_breaches", "pspo_breaches", "E05009317")
    assert release_notes._tells(partner, *row, 3.0) and not release_notes._tells(partner, *row, float("nan"))


def test_sources_of_hidden_measures_are_not_named(public: Dataset, partner: Dataset):
    assert release_notes.hidden_sources(partner) == set()
    assert release_notes.hidden_sources(public) == {"nox_illustrative"}


def test_every_csv_names_sources_with_who_answers_for_them(partner: Dataset):
    name = "MPS recorded crime: ward level (Metropolitan Police Service, through the London Datastore)"
    files = pd.read_csv(io.StringIO(release_notes.intake(partner, ANY).csv)).set_index("file")
    assert files.loc["ward.csv", "source_name"] == name
    rows = pd.read_csv(io.StringIO(release_notes.changes(partner, ANY, TODAY).revised.csv))
    assert name in set(rows["source_name"])


def test_the_day_of_taking_in_is_that_of_the_releases_card(partner: Dataset):
    card = partner.snapshot.path("data/cards/mps_ward.toml")
    assert f"retrieved = {release_notes.taken_in_on(partner, 'mps_ward')}" in card.read_text(encoding="utf-8")
    assert not partner.snapshot.path("data/cards/tfl_stations.toml").exists()
    assert release_notes.taken_in_on(partner, "tfl_stations") == partner.catalogue.sources["tfl_stations"].retrieved
