"""What became of the rows of a file: reasons that can be read alone, and the period that a file is of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from csp_dash.ingest.files.detected import Detected
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile


def entry(period: str = "", name: str = "a.csv") -> SourceFile:
    return SourceFile(Detected(name, "pas", "A survey", period=period), Path(name), "0" * 64)


@pytest.mark.parametrize(
    ("column", "reason", "told"),
    [
        ("count", "is no whole number", "the count is no whole number"),
        ("area_code", "is no official code", "the area code is no official code"),
        ("Postcode", "stands in the file already", "the Postcode stands in the file already"),
        ("", "has 3 columns, not 5", "the row has 3 columns, not 5"),
        ("LSOA code", "no place is given", "no place is given"),
    ],
)
def test_every_reason_can_be_read_alone(column: str, reason: str, told: str):
    ledger = Ledger()
    ledger.reject(entry(), pd.DataFrame({"line": [2], "column": [column], "value": ["x"], "reason": [reason]}))
    assert ledger.rejected()["reason"].tolist() == [told]


def period(ledger: Ledger) -> tuple[str, str]:
    (row,) = ledger.intake().to_dict("records")
    return row["first"], row["last"]


def taken(*inputs: SourceFile) -> Extract:
    facts = pd.DataFrame(
        {"start": [date(2025, 4, 1), date(2025, 7, 1)], "finish": [date(2025, 6, 30), date(2025, 9, 30)]}
    )
    return Extract("s", facts, [], list(inputs))


@pytest.mark.parametrize(
    ("recognised", "told"),
    [
        ("2014 to 2022", ("2014", "2022")),
        ("2025-05", ("2025-05", "2025-05")),
        ("from 2025-03", ("2025-03", "2025-09")),
        ("", ("2025-04", "2025-09")),
    ],
)
def test_a_file_that_does_not_say_its_period_has_that_of_its_figures(recognised: str, told: tuple[str, str]):
    ledger, only = Ledger(), entry(recognised)
    ledger.count(only, rows=1, accepted=1)
    ledger.cover(taken(only))
    assert period(ledger) == told


def test_files_that_gave_figures_together_have_no_period_of_their_own():
    ledger, one = Ledger(), entry()
    ledger.count(one, rows=1, accepted=1)
    ledger.cover(taken(one, entry(name="b.csv")))
    assert period(ledger) == ("", "")


def test_a_period_that_a_reader_tells_wins_and_grows():
    ledger, one = Ledger(), entry("2025-01")
    ledger.count(one, rows=1, accepted=1)
    ledger.covers(one, "2025-04", "2025-06")
    ledger.covers(one, "2024-10", "2024-12")
    assert period(ledger) == ("2024-10", "2025-06")
