"""Days as text, whichever way they are held."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from csp_dash.ingest.facts import day_text, month_text

DAYS = [date(2011, 12, 31), date(2026, 4, 1), date(2024, 2, 29)]
HELD = {
    "dates": pd.Series(DAYS, index=[7, 3, 9]),
    "times": pd.to_datetime(pd.Series(DAYS, index=[7, 3, 9])),
    "text": pd.Series([str(day) for day in DAYS], index=[7, 3, 9]),
}


@pytest.mark.parametrize("days", HELD.values(), ids=HELD)
def test_days_and_months_are_written_in_the_rows_that_they_stand_in(days: pd.Series) -> None:
    assert day_text(days).to_dict() == {7: "2011-12-31", 3: "2026-04-01", 9: "2024-02-29"}
    assert month_text(days[days.index > 3]).to_dict() == {7: "2011-12", 9: "2024-02"}


@pytest.mark.parametrize("days", HELD.values(), ids=HELD)
def test_what_is_missing_stays_missing_and_nothing_is_text(days: pd.Series) -> None:
    assert day_text(days.reindex([3, 5])).isna().tolist() == [False, True]
    none = month_text(days.iloc[:0])
    assert none.tolist() == [] and none.dtype == "str"
