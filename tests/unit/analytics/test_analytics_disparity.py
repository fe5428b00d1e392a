"""Disparity by hand and against exact tests; unknowns never raise."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2_contingency
from scipy.stats.contingency import relative_risk
from statsmodels.stats.proportion import proportion_confint

from csp_dash.analytics.disparity import disparity, find_gap

MAYBE = st.one_of(st.none(), st.just(math.nan), st.integers(0, 400_000))


def groups(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["group", "stops", "people", "found"])


THREE = groups(("White", 900, 120_000, 270), ("Asian", 1400, 140_000, 350), ("Mixed", 19, 15_000, 0))


def test_by_hand() -> None:
    found = disparity(THREE, "White").set_index("group")
    assert found["rate"].tolist() == pytest.approx([7.5, 10, 1.26667], abs=1e-4)
    assert found["ratio"].tolist() == pytest.approx([1, 4 / 3, 0.168889], abs=1e-5)
    # sqrt(1/1400 + 1/900) = 0.0427245; times 1.959964 = 0.0837385
    assert found.loc["Asian", "low"] == pytest.approx(4 / 3 * math.exp(-0.0837385), abs=1e-5)
    assert found.loc["Asian", "high"] == pytest.approx(4 / 3 * math.exp(0.0837385), abs=1e-5)
    assert found.loc["White", ["low", "high", "p_value"]].isna().all()
    assert found["find_rate"].tolist() == pytest.approx([30, 25, 0])
    for group, (finds, stops) in {"Asian": (350, 1400), "Mixed": (0, 19)}.items():
        low, high = proportion_confint(finds, stops, method="wilson")
        assert found.loc[group, ["find_low", "find_high"]].tolist() == pytest.approx([100 * low, 100 * high], abs=1e-9)
    assert found["few"].tolist() == [False, False, True]
    assert disparity(groups(("White", 20, 1, 1)), "White")["few"].tolist() == [False]


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1000, 90_000), st.integers(1000, 90_000))
def test_p_value_is_the_exact_conditional_one(a: int, b: int, people_a: int, people_b: int) -> None:
    found = disparity(groups(("A", a, people_a, 0), ("B", b, people_b, 0)), "B").iloc[0]
    chances = binom.pmf(range(a + b + 1), a + b, people_a / (people_a + people_b))
    assert found["p_value"] == pytest.approx(chances[chances <= chances[a] * (1 + 1e-7)].sum(), rel=1e-6, abs=1e-12)
    assert found["low"] < found["ratio"] < found["high"]
    # with many residents a rate ratio's interval is that of a risk ratio
    risk = relative_risk(a, 10**6 * people_a, b, 10**6 * people_b).confidence_interval()
    assert (found["low"], found["high"]) == pytest.approx((risk.low, risk.high), rel=1e-4)


def test_swapping_the_reference_turns_the_ratio_over() -> None:
    one = disparity(THREE, "White").set_index("group").loc["Asian"]
    other = disparity(THREE, "Asian").set_index("group").loc["White"]
    assert other["ratio"] == pytest.approx(1 / one["ratio"])
    assert other["low"] == pytest.approx(1 / one["high"])
    assert other["p_value"] == pytest.approx(one["p_value"])


def test_unknowns_are_nan() -> None:
    frame = groups(("White", 900, 120_000, 270), ("Not stated", 400, None, 90), ("None", 0, 900, 0), ("?", None, 9, 1))
    found = disparity(frame, "White").set_index("group")
    assert found.loc["Not stated", ["people", "rate", "ratio", "low", "high", "p_value"]].isna().all()
    assert found.loc["Not stated", "find_rate"] == 22.5
    assert found.loc["None", "rate"] == 0
    assert found.loc["None", ["ratio", "low", "high", "p_value", "find_rate", "find_low"]].isna().all()
    assert found.loc["?", ["stops", "rate", "ratio", "find_rate"]].isna().all()
    assert found.loc[["None", "?"], "few"].all()
    for absent in (disparity(THREE, "Black"), disparity(THREE.assign(stops=0), "White")):
        assert absent[["ratio", "low", "high", "p_value"]].isna().all(axis=None)
    assert disparity(groups(("A", 10, 100, 11)), "A")[["find_rate", "find_low"]].isna().all(axis=None)
    assert disparity(THREE.iloc[:0], "White").empty and find_gap(THREE.iloc[:0], "White").empty


@given(st.lists(st.tuples(st.sampled_from("AB"), MAYBE, MAYBE, MAYBE), max_size=4))
def test_no_data_raise(rows: list[tuple[object, ...]]) -> None:
    assert len(disparity(groups(*rows), "A")) == len(find_gap(groups(*rows), "A")) == len(rows)


def test_find_gap_is_the_chi_squared_test_of_two_shares() -> None:
    found = find_gap(THREE, "White").set_index("group")
    assert found.loc["Asian", "gap"] == pytest.approx(-5)
    expected = chi2_contingency([[350, 1050], [270, 630]], correction=False).pvalue
    assert found.loc["Asian", "p_value"] == pytest.approx(expected)
    assert found.loc["Asian", "low"] < -5 < found.loc["Asian", "high"] < 0
    assert found.loc["White"].isna().all()
    assert find_gap(THREE.assign(found=[None, 350, 0]), "White")["p_value"].isna().all()
    assert find_gap(THREE.assign(stops=[100, 1400, 19]), "White")["gap"].isna().all()
