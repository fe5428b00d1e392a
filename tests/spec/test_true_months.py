"""The rule for short months lets true months in, and holds back what is not half a month."""

from __future__ import annotations

import pytest

from bench.short_months import MONTH, walk
from csp_dash.ingest.context import Base
from csp_dash.warehouse import Snapshot

FEW = ("mps_homicide", "stop_search")
"""Sources with too few cases, or too unsteady, for 45% of a month to be improbable."""


@pytest.fixture(scope="module")
def months():
    return walk(Base(Snapshot.open())).groupby(MONTH)[["short", "found"]].any()


def test_one_true_month_in_a_hundred_at_most_would_be_held_back(months):
    assert len(months) > 1500 and months["short"].mean() <= 0.01


def test_45_percent_of_a_month_would_be_held_back(months):
    steady = months[~months.index.get_level_values("source").isin(FEW)]
    assert steady["found"].mean() >= 0.98
