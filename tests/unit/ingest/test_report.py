"""The report of an ingest in words, with the periods, names and ages of the methods page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from csp_dash.catalogue import Catalogue
from csp_dash.catalogue.release_view import supplied
from csp_dash.domain.geography import TOWER_HAMLETS
from csp_dash.ingest.release.merge import COVERAGE, Merged
from csp_dash.ingest.release.report import CHANGE, markdown

NAMES = {TOWER_HAMLETS: "Tower Hamlets", "E09000012": "Hackney"}
TODAY = date(2026, 9, 1)
NO_CHANGE = pd.DataFrame(columns=list(CHANGE))
INTAKE = pd.DataFrame(
    {
        "file": ["x"],
        "title": ["Kind"],
        "rows": [9],
        "accepted": [7],
        "rejected": [1],
        "idle": [2],
        "out_of_area": [1],
        "note": ["Odd."],
    }
)
REJECTED = pd.DataFrame({"file": ["x"], "line": [4], "column": ["c"], "value": ["v"], "reason": ["no place is given"]})
QUARTERS = pd.DataFrame(
    {"start": [date(2025, 10, 1), date(2026, 1, 1)], "finish": [date(2025, 12, 31), date(2026, 3, 31)]}
)


@pytest.fixture
def merged() -> Merged:
    """A release with two quarters of a return and a month of boroughs."""
    month = pd.DataFrame({"start": [date(2026, 3, 1)], "finish": [date(2026, 3, 31)]})
    coverage = [("mps_ward", "*", kind, "2026-01", "2026-05", "2026-02;2026-03", "true") for kind in ("ward", "lsoa")]
    return Merged(
        {"return_hate_referrals": QUARTERS, "mps_borough_whole": month}, pd.DataFrame(coverage, columns=list(COVERAGE))
    )


def text(merged: Merged, catalogue: Catalogue, change: pd.DataFrame = NO_CHANGE) -> str:
    held = supplied(catalogue, {"return_hate_referrals": frozenset({"hate_referrals"})})
    return markdown("r", merged, change, INTAKE, REJECTED, held, NAMES, {"stub_month": "so it is"}, TODAY)


def rows(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(CHANGE))


def test_what_was_read_and_accepted(merged: Merged, catalogue: Catalogue):
    report = text(merged, catalogue)
    for words in (
        "Made on 1 September 2026.",
        "1 file, 9 rows: 5 gave figures, 2 accepted without a figure, 1 rejected, 1 out of area.",
        "| kind of file | files | rows | gave figures | accepted without a figure | rejected | out of area |",
        "| Kind | 1 | 9 | 5 | 2 | 1 | 1 |",
        "- 1: no place is given (first: x, line 4)",
        "Worth knowing:\n\n- x: Odd.\n",
        "## Checks that were accepted\n\n- `stub_month`: so it is\n",
        "## What was revised\n\nNothing.\n",
    ):
        assert words in report, words


def test_new_quarters_reach_to_the_end_of_the_last(merged: Merged, catalogue: Catalogue):
    new = [("new", "return_hate_referrals", "", "", "borough", day, None, 1.0) for day in QUARTERS["start"]]
    title = catalogue.indicators["hate_referrals"].title
    assert f"- {title}: partner return (the borough): Oct 2025 to Mar 2026, 2 figures\n" in text(
        merged, catalogue, rows(*new)
    )


def test_revised_figures_are_told_by_measures_those_of_the_borough_first(merged: Merged, catalogue: Catalogue):
    day, source = date(2026, 3, 1), "mps_borough_whole"
    change = rows(
        ("revised", source, "tno", "total_offences", "E09000012", day, 2000.0, 2500.0),
        ("revised", source, "burglary_business", "burglary", TOWER_HAMLETS, day, 11.0, 12.0),
        ("gone", source, "raw_name", "", TOWER_HAMLETS, day, 5.0, None),
    )
    report = text(merged, catalogue, change)
    assert "3 figures of the release before were changed (1 no longer given), 1 of them for Tower Hamlets" in report
    assert "among them 1 figure that no measure uses." in report and "raw" not in report
    assert [line for line in report.splitlines() if "| Mar 2026 |" in line] == [
        "| Burglary (burglary business) | Tower Hamlets | Mar 2026 | 11 | 12 | +1 |",
        "| Total recorded offences | Hackney | Mar 2026 | 2,000 | 2,500 | +500 |",
    ]


def test_a_revised_quarter_is_told_whole(merged: Merged, catalogue: Catalogue):
    name = "return_hate_referrals"
    change = rows(("revised", name, "hate_referrals", "hate_referrals", TOWER_HAMLETS, date(2026, 1, 1), 5.0, 6.0))
    assert "| Tower Hamlets | Jan 2026 to Mar 2026 | 5 | 6 | +1 |" in text(merged, catalogue, change)


def test_what_stayed_is_told_with_its_whole_period(merged: Merged, catalogue: Catalogue):
    kept = pd.DataFrame(
        {"source": "return_hate_referrals", "area_kind": "borough", "start": ["2025-10-01", "2026-01-01"]}
    )
    report = text(replace(merged, kept=kept), catalogue)
    assert "## What stayed as it was" in report and "partner return (the borough): Oct 2025 to Mar 2026\n" in report


def test_missing_months_are_spans_and_late_figures_have_their_age(merged: Merged, catalogue: Catalogue):
    report = text(merged, catalogue)
    assert report.count("Feb 2026 to Mar 2026") == 1, "kinds of places share a line"
    assert "- MPS recorded crime: ward level (wards, small areas): Feb 2026 to Mar 2026\n" in report
    assert "are usually out by 10 May 2026, 4 months ago. Those here reach March 2026." in report
