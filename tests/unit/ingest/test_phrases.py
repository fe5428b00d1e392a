"""How the making of a release is put in words, wherever it is told."""

from __future__ import annotations

from datetime import date

import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.catalogue.release_view import supplied
from csp_dash.ingest.release import phrases
from csp_dash.ingest.release.schedule import Due


def test_how_long_something_is_late_is_as_exact_as_it_matters():
    words = {days: phrases.ago(days) for days in (1, 59, 60, 364, 1094, 1095)}
    assert words == {1: "1 day", 59: "59 days", 60: "2 months", 364: "12 months", 1094: "36 months", 1095: "3 years"}


def test_runs_of_months_are_spans():
    assert phrases.months(["2021-06", "2020-12", "2021-01", "2020-11"]) == "Nov 2020 to Jan 2021, Jun 2021"
    assert phrases.span("2025", "") == "2025" and phrases.span("2024-25", "2024-25") == "2024-25"
    assert (
        phrases.span("2025-04", "2025-06") == "Apr 2025 to Jun 2025"
        and phrases.span("2025-04", "2025-04") == "Apr 2025"
    )
    assert phrases.span("1801-12", "") == "1801-12", "what is no month of records stays as it is"


def test_a_file_of_several_sources_is_told_by_the_titles_of_all(catalogue: Catalogue):
    assert phrases.title(catalogue, "mps_ward, not_declared") == "MPS recorded crime: ward level, not declared"
    assert phrases.title(catalogue, "") == ""
    assert phrases.named(catalogue, "pas") == (
        "Public Attitude Survey: borough results (Mayor's Office for Policing and Crime (MOPAC), through the London Datastore)"
    )


def test_a_return_is_named_with_the_partner_that_holds_it(catalogue: Catalogue):
    held = supplied(catalogue, {"return_hate_referrals": frozenset({"hate_referrals"})})
    item = catalogue.indicators["hate_referrals"]
    assert phrases.named(held, "return_hate_referrals") == f"{item.title}: partner return ({item.holder})"


def test_a_part_of_a_measure_is_named_as_that_part(catalogue: Catalogue):
    source = "mps_borough_whole"
    assert phrases.measure(catalogue, "burglary", source, "burglary_business") == "Burglary (burglary business)"
    assert phrases.measure(catalogue, "total_offences", source, "tno") == "Total recorded offences"


def test_a_new_quarter_reaches_to_its_last_month_and_kinds_of_places_share_a_line(catalogue: Catalogue):
    frame = pd.DataFrame(
        {
            "source": ["return_x", "return_x", "mps_ward", "mps_ward"],
            "area": ["borough", "borough", "ward", "lsoa"],
            "start": pd.to_datetime(["2025-10-01", "2026-01-01", "2026-03-01", "2026-03-01"]),
            "finish": pd.to_datetime(["2025-12-31", "2026-03-31", "2026-03-31", "2026-03-31"]),
            "new": [1, 2, 20, 30],
        }
    )
    assert phrases.spans(catalogue, frame) == [
        phrases.Line("MPS recorded crime: ward level", ("small areas", "wards"), "Mar 2026", 50),
        phrases.Line("return x", ("the borough",), "Oct 2025 to Mar 2026", 3),  # partners speak of this one alone
    ]


def test_what_is_late_and_what_is_awaited(catalogue: Catalogue):
    owed = [
        Due("mps_ward", date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 10), ""),
        Due("return_x", date(2026, 3, 31), date(2026, 6, 30), date(2026, 7, 30), ""),
    ]
    today = date(2026, 5, 20)
    assert phrases.late(catalogue, owed, today) == [
        "MPS recorded crime: ward level: figures to April 2026 are usually out by 10 May 2026, 10 days ago. Those here reach"
        " March 2026."
    ]
    assert phrases.awaited(catalogue, owed, today) == ["30 July 2026: return x, to June 2026."]


def test_what_is_not_given_is_no_figure():
    assert phrases.figures(pd.DataFrame({"numerator": [3.0, 0.0, None]})) == "2 figures (1 not given)"
    assert phrases.figures(pd.DataFrame({"numerator": [3.0]})) == "1 figure"


def test_files_whose_figures_are_held_already_are_named():
    intake = pd.DataFrame({"file": ["a.csv", "b.csv"], "accepted": [9, 9], "idle": [9, 2]})
    assert phrases.held_already(intake) == ["b.csv: the live release has the figures of its 7 rows already."]


def test_the_sheets_of_a_workbook_are_one_file_and_notes_name_theirs():
    files = ["a.xlsx, sheet 'One'", "a.xlsx, sheet 'Two'", "b.zip!c.csv", "b.zip!d.csv"]
    notes = ["Its header is in row 2.", None, "Odd.", "Odd."]
    intake = pd.DataFrame(
        {"file": files, "note": notes, "rows": 1, "accepted": 1, "idle": 0, "rejected": 0, "out_of_area": 0}
    )
    assert (
        phrases.sums(intake)
        == "3 files, 4 rows: 4 gave figures, 0 accepted without a figure, 0 rejected, 0 out of area."
    )
    assert phrases.sums(intake.iloc[:1]).startswith("1 file, 1 row: ")
    assert phrases.notes(intake) == [
        "a.xlsx, sheet 'One': Its header is in row 2.",
        "b.zip!c.csv and 1 more: Odd.",
    ]
