"""What leaves the dashboard as CSV: no text that a spreadsheet would run, counts without decimals, numbers as numbers."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from support import ROOT

from csp_dash.panels.export import csv_text, number


def cell(value: object) -> str:
    """What a spreadsheet reads of a value in a column of its own."""
    return list(csv.reader(io.StringIO(csv_text(pd.DataFrame({"c": [value, value]})))))[1][0]


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://example.org","41")',
        "+44 20 7364 5000",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1:A9)",
        " =1+1",
        "\t=1+1",
        "\n=1+1",
        "\uff1d1+1",
        "-a",
    ],
)
def test_a_text_that_would_run_as_a_formula_is_shown_as_text(text: str):
    assert cell(text) == f"'{text}"


def test_no_line_end_within_a_text_begins_a_row():
    assert cell("a\r=1+1") == "a\n=1+1" and cell("\r=1+1") == "'\n=1+1" and cell("a\r\nb") == "a\nb"


@pytest.mark.parametrize(
    "text", ["Bow East", "St Dunstan's", "-5", "-1,204.5", "+12%", "-", "", "2026-03", "a=b", "<5"]
)
def test_numbers_and_plain_words_stay_as_they_are(text: str):
    assert cell(text) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (190.0, "190"),
        (-3.0, "-3"),
        (0.0, "0"),
        (-2.5, "-2.5"),
        (0.1 + 0.2, "0.3"),
        (100 * 0.58, "58"),
        (float("nan"), ""),
        (None, ""),
    ],
)
def test_counts_have_no_decimals_and_numbers_below_zero_stay_numbers(value: float | None, written: str):
    assert cell(value) == written


def test_a_column_keeps_counts_beside_rates_and_days_as_days():
    frame = pd.DataFrame(
        {"n": [190.0, 13.5, None], "day": pd.to_datetime(["2026-03-01"] * 3), "in": [1, 2, 3]}, index=[7, 7, 9]
    )
    assert csv_text(frame) == "n,day,in\n190,2026-03-01,1\n13.5,2026-03-01,2\n,2026-03-01,3\n"


def test_a_frame_without_rows_has_its_header():
    assert csv_text(pd.DataFrame(columns=["file", "line"])) == "file,line\n"


def test_a_whole_number_is_one_in_json_too():
    assert repr(number(190.0)) == "190" and repr(number(12.25)) == "12.25"


def test_every_csv_that_leaves_the_dashboard_is_written_in_this_one_way():
    rooms = [path for room in ("cli", "panels", "ui") for path in (ROOT / "csp_dash" / room).rglob("*.py")]
    others = [path.name for path in [*rooms, *(ROOT / "pages").glob("*.py")] if ".to_csv(" in path.read_text()]
    assert others == ["export.py"]
