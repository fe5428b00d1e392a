"""Intervals and tests against scipy and against sums done by hand."""

from __future__ import annotations

import math

import pytest
from scipy.stats import binomtest, chi2, poisson

from csp_dash.analytics import intervals

NEAR = 1e-9


def test_byar_by_hand() -> None:
    # 10 * (1 - 1/90 - z/(3*sqrt(10)))^3 and 11 * (1 - 1/99 + z/(3*sqrt(11)))^3 with z = 1.959963984540054
    low, high = intervals.byar(10)
    z = 1.959963984540054
    assert low == pytest.approx(10 * (1 - 1 / 90 - z / (3 * 10**0.5)) ** 3, abs=NEAR)
    assert high == pytest.approx(11 * (1 - 1 / 99 + z / (3 * 11**0.5)) ** 3, abs=NEAR)
    assert (round(low, 2), round(high, 2)) == (4.79, 18.39)


def test_the_plans_69_modern_slavery_offences() -> None:
    low, high = intervals.byar(69)
    assert (round(low), round(high)) == (54, 87)


@pytest.mark.parametrize("x", [0, 1, 5, 18, 240])
def test_exact_poisson_interval_has_its_tails(x: int) -> None:
    low, high = intervals.poisson_ci(x)
    assert poisson.cdf(x, high) == pytest.approx(0.025, abs=NEAR)
    if x:
        assert poisson.sf(x - 1, low) == pytest.approx(0.025, abs=NEAR)
    else:
        assert low == 0


def test_rate_interval_is_exact_for_few_and_byars_for_many() -> None:
    assert intervals.poisson_rate_ci(3, 1500)[1] == pytest.approx(chi2.ppf(0.975, 8) / 2 / 1.5, abs=NEAR)
    assert intervals.poisson_rate_ci(50, 2000)[0] == pytest.approx(intervals.byar(50)[0] / 2, abs=NEAR)
    with pytest.raises(ValueError, match="population"):
        intervals.poisson_rate_ci(3, 0)


def test_negative_counts_are_refused() -> None:
    for make in (intervals.byar, intervals.poisson_ci):
        with pytest.raises(ValueError, match="cannot be"):
            make(-1)
    with pytest.raises(ValueError, match="cannot be"):
        intervals.rate_ratio(-1, 2)


def test_zero_has_a_lower_limit_of_zero() -> None:
    assert intervals.byar(0)[0] == 0
    assert intervals.wilson(0, 20)[0] == 0
    assert intervals.wilson(1, 20)[1] == pytest.approx(1)


@pytest.mark.parametrize(("hits", "n"), [(186, 224), (119, 224), (0, 12), (12, 12)])
def test_wilson_against_scipy(hits: int, n: int) -> None:
    expected = binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert intervals.wilson(hits / n, n) == pytest.approx((expected.low, expected.high), abs=NEAR)


@pytest.mark.parametrize(("p", "n"), [(1.2, 10), (-0.1, 10), (0.5, 0)])
def test_wilson_refuses_nonsense(p: float, n: float) -> None:
    with pytest.raises(ValueError):
        intervals.wilson(p, n)


@pytest.mark.parametrize(("x1", "x0"), [(69, 18), (2864, 3113), (34657, 34701), (5, 0), (0, 5), (3, 3)])
def test_rate_ratio_against_scipy(x1: int, x0: int) -> None:
    found = intervals.rate_ratio(x1, x0)
    test = binomtest(x1, x1 + x0, 0.5)
    ci = test.proportion_ci(0.95, method="exact")
    assert found.p_value == pytest.approx(test.pvalue, abs=NEAR)
    assert found.low == pytest.approx(ci.low / (1 - ci.low), rel=NEAR)
    if x0:
        assert found.high == pytest.approx(ci.high / (1 - ci.high), rel=NEAR)
    else:
        assert math.isinf(found.high)


@pytest.mark.parametrize("x0", [4, 20, 100, 966])
def test_interval_and_test_agree(x0: int) -> None:
    for x1 in range(0, 2 * x0 + 20):
        found = intervals.rate_ratio(x1, x0)
        assert (found.p_value < 0.05) is not (found.low <= 1 <= found.high), (x1, x0)


def test_none_and_none_is_no_change() -> None:
    found = intervals.rate_ratio(0, 0)
    assert math.isnan(found.ratio)
    assert found.p_value == 1


def test_two_shares_by_hand() -> None:
    # 83% and 65% of 400: pooled 0.74, standard error sqrt(0.74*0.26*2/400) = 0.0310161, z = 5.8034
    found = intervals.two_shares(0.65, 400, 0.83, 400)
    z = 0.18 / math.sqrt(0.74 * 0.26 * 2 / 400)
    assert found.p_value == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-9)
    half = 1.959963984540054 * math.sqrt(0.65 * 0.35 / 400 + 0.83 * 0.17 / 400)
    assert (found.low, found.high) == pytest.approx((-0.18 - half, -0.18 + half), abs=NEAR)


def test_equal_extremes_are_no_difference() -> None:
    assert intervals.two_shares(1, 50, 1, 60).p_value == 1


@pytest.mark.parametrize("before", [6, 30, 966, 34701])
def test_smallest_detectable_counts_are_the_edges(before: int) -> None:
    low, high = intervals.smallest_detectable_count(before)
    assert low is not None
    assert intervals.rate_ratio(low, before).p_value < 0.05 <= intervals.rate_ratio(low + 1, before).p_value
    assert intervals.rate_ratio(high, before).p_value < 0.05 <= intervals.rate_ratio(high - 1, before).p_value


def test_few_events_cannot_be_seen_to_fall() -> None:
    assert intervals.smallest_detectable_count(3)[0] is None
    assert intervals.smallest_detectable_count(0) == (None, 6)


def test_the_fair_treatment_target_cannot_be_seen_in_a_year() -> None:
    assert intervals.smallest_detectable_points(0.65, 400) == pytest.approx(6.6, abs=0.05)
