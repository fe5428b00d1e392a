"""Why accepted rows give no figure, where their reader cannot know it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from csp_dash.ingest.files.detected import Detected
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.release import idle_rows

DAYS = [date(2026, 3, 1), date(2026, 4, 1)]
STAYED = pd.DataFrame(
    {"source": "s", "area_kind": ["ward", "ward", "borough"], "start": ["2026-03-01", "2026-04-01", "2026-03-01"]}
)


def entry(name: str) -> SourceFile:
    return SourceFile(Detected(name, "pas", "A survey"), Path(name), "0" * 64)


def item(*inputs: SourceFile, area: str = "E05009317", tables: bool = False) -> Extract:
    facts = pd.DataFrame({"area": area, "start": DAYS}) if area else pd.DataFrame()
    return Extract("s", facts, [], list(inputs), {"outcome": pd.DataFrame({"n": [1]})} if tables else {})


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def told(ledger: Ledger, taken: list[Extract], *entries: SourceFile) -> list[tuple[int, str]]:
    for one in entries:
        ledger.count(one, rows=10, accepted=10)
    idle_rows.note(ledger, taken, entries, STAYED)
    return list(ledger.intake()[["idle", "note"]].itertuples(index=False, name=None))


def test_a_file_from_which_nothing_was_taken(ledger: Ledger):
    used, other = entry("a.csv"), entry("b.csv")
    assert told(ledger, [item(used, area="E09000030")], used, other) == [
        (0, ""),
        (10, f"10 accepted rows give no figure: {idle_rows.UNUSED}."),
    ]


def test_a_file_whose_periods_all_stayed(ledger: Ledger):
    assert told(ledger, [item(entry("a.csv"))], entry("a.csv")) == [
        (10, f"10 accepted rows give no figure: {idle_rows.STAYED}.")
    ]


def test_a_table_of_which_one_period_is_new_gives_figures_with_every_row(ledger: Ledger):
    assert told(ledger, [item(entry("a.csv"), area="E09000030")], entry("a.csv")) == [(0, "")]


def test_records_of_the_months_that_stayed(ledger: Ledger):
    records = entry("a.csv")
    ledger.account(records).months = {"2026-03": 4, "2026-04": 6}
    assert told(ledger, [item(records, area="E09000030")], records) == [
        (4, f"4 accepted rows give no figure: {idle_rows.STAYED}.")
    ]


def test_what_is_kept_and_no_measure_counts(ledger: Ledger):
    assert told(ledger, [item(entry("a.csv"), area="", tables=True)], entry("a.csv")) == [
        (10, f"10 accepted rows give no figure: {idle_rows.KEPT}.")
    ]


def test_a_reason_that_the_reader_gave_stands_and_no_row_has_two(ledger: Ledger):
    records = entry("a.csv")
    ledger.count(records, rows=0, accepted=0)
    ledger.account(records).accepted = ledger.account(records).rows = 3
    ledger.idle(records, "of the reader", 2)
    ledger.idle(records, "of another")
    ledger.idle(records, "too late")
    assert ledger.intake()[["idle", "note"]].to_numpy().tolist() == [
        [3, "2 accepted rows give no figure: of the reader. 1 accepted row gives no figure: of another."]
    ]
