"""What a trend says about months that lack something."""

from __future__ import annotations

import pandas as pd
import pytest

from csp_dash.panels.trends import trend


def frame(**flags: str | None) -> pd.DataFrame:
    """Months (`m2026_01`) with their flags."""
    starts = [pd.Timestamp(f"{name[1:].replace('_', '-')}-01") for name in flags]
    return pd.DataFrame({"start": starts, "flag": list(flags.values())})


@pytest.mark.parametrize(
    ("flagged", "told"),
    [
        (frame(m2026_01=None, m2026_02=None), ""),
        (frame(m2026_01="short_month", m2026_02=None), ""),
        (frame(m2026_01=None, m2026_02="forces_missing"), "In February 2026 the City of London Police or the British"),
        (
            frame(m2026_01="forces_missing", m2026_02=None, m2026_03="forces_missing,short_month"),
            "In 2 months from January 2026 to March 2026 the City of London Police or the British Transport Police are not counted:",
        ),
    ],
)
def test_months_without_the_other_forces_are_told(flagged: pd.DataFrame, told: str):
    found = trend._without_forces(flagged)
    assert found.startswith(told) and bool(found) == bool(told)
