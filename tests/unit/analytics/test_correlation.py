"""Rank correlation: scipy's rho, an interval that holds the truth as often as it says, a sentence where there is too little."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from csp_dash.analytics.correlation import FEWEST, correlation


def test_the_correlation_is_scipys_and_lies_in_its_interval():
    rng = np.random.default_rng(4)
    for _ in range(20):
        x, y = rng.normal(size=(2, 20))
        found = correlation(x.tolist(), y.tolist(), "wards")
        assert found.rho == pytest.approx(spearmanr(x, y).statistic)
        assert -1 <= found.low <= found.rho <= found.high <= 1 and found.pairs == 20


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng, rho = np.random.default_rng(11), 0.6
    truth = 6 / np.pi * np.arcsin(rho / 2)  # Spearman's rho of a bivariate normal with Pearson's
    held = 0
    for _ in range(600):
        x = rng.normal(size=20)
        y = rho * x + np.sqrt(1 - rho**2) * rng.normal(size=20)
        found = correlation(x.tolist(), y.tolist(), "wards")
        held += found.low <= truth <= found.high
    assert 0.92 <= held / 600 <= 0.98


def test_what_is_told_is_what_the_interval_parts_from_nought():
    ranks = [float(place) for place in range(20)]
    assert correlation(ranks, ranks, "wards").told and correlation(ranks, ranks[::-1], "wards").rho == pytest.approx(-1)
    shuffled = np.random.default_rng(1).permutation(ranks).tolist()
    assert not correlation(ranks, shuffled, "wards").told


def test_too_little_is_said_in_a_sentence():
    few = [1.0] * (FEWEST - 1)
    assert f"{FEWEST} wards" in correlation(few, few, "wards").reason
    assert "there is one" in correlation([1.0], [2.0], "wards").reason
    assert "none" in correlation([], [], "yearly changes").reason
    level = correlation([3.0] * 20, list(map(float, range(20))), "wards")
    assert "the same" in level.reason and not level.told
