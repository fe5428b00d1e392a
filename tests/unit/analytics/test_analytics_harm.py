"""Harm by hand, its order against the plain one, and what is refused."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_dash.analytics.harm import harm, totals

WEIGHTS = pd.DataFrame(
    {"label": ["Homicide", "Burglary", "Theft"], "mean": [5475.0, 20.0, 2.5], "median": [5475.0, 10.0, 1.0]}
)


def counts(**rows: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame([{"label": label, "now": now, "before": before} for label, (now, before) in rows.items()])


def test_by_hand() -> None:
    found = harm(counts(Theft=(2000, 1000), Burglary=(500, 800), Homicide=(2, 1)), WEIGHTS)
    assert found["label"].tolist() == ["Theft", "Burglary", "Homicide"]
    assert found["share"].tolist() == pytest.approx([79.936, 19.984, 0.0799], abs=1e-3)
    assert found["harm_mean"].tolist() == [5000, 10000, 10950]
    assert found["harm_median"].tolist() == [2000, 5000, 10950]
    assert found["harm_mean_before"].tolist() == [2500, 16000, 5475]
    assert found["harm_median_before"].tolist() == [1000, 8000, 5475]
    assert found["harm_mean_share"].tolist() == pytest.approx([19.268, 38.536, 42.197], abs=1e-3)
    assert found["harm_median_share"].tolist() == pytest.approx([11.142, 27.855, 61.003], abs=1e-3)
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["rank_mean"].tolist() == found["rank_median"].tolist() == [3, 2, 1]
    assert totals(found) == pytest.approx(
        {
            "offences": 100 * (2502 - 1801) / 1801,
            "harm_mean": 100 * (25950 - 23975) / 23975,
            "harm_median": 100 * (17950 - 14475) / 14475,
        }
    )


def test_mean_and_median_may_rank_apart() -> None:
    found = harm(counts(Theft=(900, 0), Burglary=(100, 0)), WEIGHTS)
    assert found["rank_mean"].tolist() == [1, 2]
    assert found["rank_median"].tolist() == [2, 1]
    assert all(math.isnan(value) for value in totals(found).values())


def test_nothing_happened() -> None:
    found = harm(counts(Theft=(0, 0), Burglary=(0, 4)), WEIGHTS)
    assert found[["share", "harm_mean_share", "harm_median_share"]].isna().all(axis=None)
    assert found["rank"].tolist() == [1, 1]
    assert totals(found) == {"offences": -100, "harm_mean": -100, "harm_median": -100}


def test_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no weight for 'Arson'"):
        harm(counts(Theft=(1, 1), Arson=(1, 1)), WEIGHTS)
    with pytest.raises(ValueError, match="no weight for 'Theft'"):
        harm(counts(Theft=(1, 1)), WEIGHTS.assign(median=[1, 1, math.nan]))
    with pytest.raises(ValueError, match="more than one weight for 'Theft'"):
        harm(counts(Theft=(1, 1)), pd.concat([WEIGHTS, WEIGHTS]))
    for bad in (math.nan, -1):
        with pytest.raises(ValueError, match="'Theft' needs a count"):
            harm(counts(Theft=(1, bad)), WEIGHTS)


@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 9000)), min_size=3, max_size=3))
def test_equal_weights_change_nothing(rows: list[tuple[int, int]]) -> None:
    flat = WEIGHTS.assign(mean=7.0, median=3.0)
    found = harm(counts(**dict(zip(WEIGHTS["label"], rows, strict=True))), flat)
    assert found["rank"].tolist() == found["rank_mean"].tolist() == found["rank_median"].tolist()
    whole = totals(found)
    assert whole["harm_mean"] == pytest.approx(whole["offences"], nan_ok=True)
    assert found["harm_mean_share"].tolist() == pytest.approx(found["share"].tolist(), nan_ok=True)
    if sum(now for now, _ in rows):
        assert found["harm_median_share"].sum() == pytest.approx(100)
