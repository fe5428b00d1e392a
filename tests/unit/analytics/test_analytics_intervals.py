"""Intervals and tests against scipy and statsmodels, against sums done by hand, and the laws that they keep."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.stats import beta, binomtest, norm, poisson
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from statsmodels.stats.rates import test_poisson_2indep as poisson_2indep

from csp_dash.analytics import intervals

NEAR = 1e-9


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


def test_a_rate_needs_a_population() -> None:
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


def odds_as_share(ratio: float) -> float:
    """A ratio as a share of both: well conditioned where the ratio is huge or infinite."""
    return 1.0 if math.isinf(ratio) else ratio / (1 + ratio)


counts = st.integers(0, 5000)
exposures = st.tuples(st.floats(0.01, 1e6), st.floats(0.01, 1e6))
scatters = st.tuples(st.floats(1, 30), st.floats(1, 30))


@given(counts, counts, exposures, scatters)
@example(5, 0, (1.0, 1.0), (1.0, 1.0))
@example(0, 5, (3.0, 1.0), (1.0, 2.0))
@example(1, 40_000, (310_300.0, 8_500_000.0), (1.0, 25.0))
def test_the_interval_leaves_one_out_exactly_when_the_test_says_so(
    x1: int, x0: int, exposures: tuple[float, float], scatters: tuple[float, float]
) -> None:
    assume(x1 + x0 > 0)
    found = intervals.rate_ratio(x1, x0, exposures=exposures, dispersions=scatters)
    assume(abs(found.p_value - 0.05) > 1e-9)
    assert (found.p_value < 0.05) is (not found.low <= 1 <= found.high)
    assert found.low <= found.ratio <= found.high
    assert 0 <= found.p_value <= 1


@given(counts, counts, exposures, scatters)
def test_swapping_the_two_turns_the_ratio_over(
    x1: int, x0: int, exposures: tuple[float, float], scatters: tuple[float, float]
) -> None:
    assume(x1 + x0 > 0)
    one = intervals.rate_ratio(x1, x0, exposures=exposures, dispersions=scatters)
    two = intervals.rate_ratio(x0, x1, exposures=exposures[::-1], dispersions=scatters[::-1])
    assert two.p_value == pytest.approx(one.p_value, rel=1e-9, abs=1e-15)
    for left, right in ((one.ratio, two.ratio), (one.low, two.high), (one.high, two.low)):
        scale = exposures[0] / scatters[0] / (exposures[1] / scatters[1])
        assert odds_as_share(left * scale) == pytest.approx(1 - odds_as_share(right / scale), abs=1e-9)


@given(counts, counts, exposures, scatters, st.sampled_from([1 / 12, 0.5, 3, 1000]))
def test_only_the_proportion_of_the_exposures_matters(
    x1: int, x0: int, exposures: tuple[float, float], scatters: tuple[float, float], times: float
) -> None:
    assume(x1 + x0 > 0)
    one = intervals.rate_ratio(x1, x0, exposures=exposures, dispersions=scatters)
    two = intervals.rate_ratio(x1, x0, exposures=(times * exposures[0], times * exposures[1]), dispersions=scatters)
    assert (two.ratio, two.low, two.high, two.p_value) == pytest.approx(
        (one.ratio, one.low, one.high, one.p_value), rel=1e-6, abs=1e-15
    )


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_without_scatter_it_is_the_exact_binomial_test(x1: int, x0: int) -> None:
    assume(x1 + x0 > 0)
    found, test = intervals.rate_ratio(x1, x0), binomtest(x1, x1 + x0, 0.5)
    ci = test.proportion_ci(0.95, method="exact")
    assert found.p_value == pytest.approx(test.pvalue, rel=NEAR, abs=1e-15)
    assert odds_as_share(found.low) == pytest.approx(ci.low, abs=NEAR)
    assert odds_as_share(found.high) == pytest.approx(ci.high, abs=NEAR)
    assert math.isinf(found.high) is (x0 == 0)


@given(st.integers(0, 800), st.integers(0, 800), st.floats(0.1, 10))
def test_unequal_exposures_are_an_uneven_coin(x1: int, x0: int, exposure: float) -> None:
    assume(x1 + x0 > 0)
    found = intervals.rate_ratio(x1, x0, exposures=(exposure, 1.0))
    even = exposure / (exposure + 1)
    tails = [binomtest(x1, x1 + x0, even, alternative=way).pvalue for way in ("less", "greater")]
    assert found.p_value == pytest.approx(min(1, 2 * min(tails)), rel=1e-7, abs=1e-15)
    ci = binomtest(x1, x1 + x0, even).proportion_ci(0.95, method="exact")
    assert odds_as_share(found.low * exposure) == pytest.approx(ci.low, abs=NEAR)
    assert odds_as_share(found.high * exposure) == pytest.approx(ci.high, abs=NEAR)
    if x0:
        assert found.ratio == pytest.approx(x1 / exposure / x0)


@given(st.integers(1, 500), st.integers(1, 500), st.floats(1, 10))
def test_the_same_scatter_of_both_divides_both_counts(x1: int, x0: int, phi: float) -> None:
    found = intervals.rate_ratio(x1, x0, dispersions=(phi, phi))
    low, high = beta.ppf(0.025, x1 / phi, x0 / phi + 1), beta.ppf(0.975, x1 / phi + 1, x0 / phi)
    assume(high < 1 - 1e-6)
    assert (found.ratio, found.low, found.high) == pytest.approx((x1 / x0, low / (1 - low), high / (1 - high)))


@given(st.integers(1, 500), st.integers(1, 5000), exposures, st.tuples(st.floats(1, 5), st.floats(1, 5)))
def test_the_scatter_of_each_divides_its_count_and_its_exposure(
    x1: int, x0: int, exposures: tuple[float, float], scatters: tuple[float, float]
) -> None:
    found = intervals.rate_ratio(x1, x0, exposures=exposures, dispersions=scatters)
    assert found.ratio == pytest.approx(x1 / exposures[0] / (x0 / exposures[1])), "the scatter does not move the ratio"
    # as many events less surely known are fewer events over less exposure
    fewer = intervals.rate_ratio(
        x1 / scatters[0],
        x0 / scatters[1],
        exposures=(exposures[0] / scatters[0], exposures[1] / scatters[1]),
    )
    assert fewer.p_value == pytest.approx(found.p_value, rel=1e-6, abs=1e-15)
    assert (fewer.ratio, fewer.low) == pytest.approx((found.ratio, found.low), rel=1e-6)
    low = beta.ppf(0.025, x1 / scatters[0], x0 / scatters[1] + 1)
    scale = exposures[1] / scatters[1] / (exposures[0] / scatters[0])
    assert found.low == pytest.approx(low / (1 - low) * scale, rel=1e-6)


@given(st.integers(0, 2000), st.integers(0, 2000), st.floats(1, 20), st.floats(1, 5))
def test_more_scatter_never_makes_a_change_surer(x1: int, x0: int, phi: float, more: float) -> None:
    assume(x1 + x0 > 0)
    one = intervals.rate_ratio(x1, x0, dispersions=(phi, phi))
    two = intervals.rate_ratio(x1, x0, dispersions=(more * phi, more * phi))
    assert two.p_value >= one.p_value - 1e-9
    assert two.low <= one.low + 1e-9 and two.high * (1 + 1e-9) >= one.high


@pytest.mark.parametrize(("x1", "x0", "exposure"), [(1200, 1000, 1.0), (2739, 3243, 1.0), (560, 18_000, 0.035)])
def test_large_counts_agree_with_a_score_test(x1: int, x0: int, exposure: float) -> None:
    score = poisson_2indep(x1, exposure, x0, 1, method="score", compare="ratio").pvalue
    found = intervals.rate_ratio(x1, x0, exposures=(exposure, 1.0)).p_value
    assert found == pytest.approx(score, abs=0.01)


@pytest.mark.parametrize(
    ("exposures", "dispersions", "words"),
    [((0, 1), (1, 1), "exposure"), ((1, -2), (1, 1), "exposure"), ((1, 1), (1, 0.99), "never under 1")],
)
def test_what_no_ratio_can_be_made_of_is_refused(
    exposures: tuple[float, float], dispersions: tuple[float, float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        intervals.rate_ratio(3, 4, exposures=exposures, dispersions=dispersions)


def test_a_count_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be nan"):
        intervals.rate_ratio(math.nan, 4)


def test_a_ratio_of_ratios_by_hand() -> None:
    # 80 after 100 here, 950 after 1,000 there: 0.8 / 0.95; variance 1/80 + 1/100 + 1/950 + 1/1000
    found = intervals.ratio_of_ratios((80, 100), (950, 1000))
    error = math.sqrt(0.0125 + 0.01 + 1 / 950 + 0.001)
    assert found.ratio == pytest.approx(0.8 / 0.95)
    assert found.low == pytest.approx(0.8 / 0.95 * math.exp(-1.959963984540054 * error))
    assert found.high == pytest.approx(0.8 / 0.95 * math.exp(1.959963984540054 * error))
    assert found.p_value == pytest.approx(math.erfc(abs(math.log(0.8 / 0.95)) / error / math.sqrt(2)))
    wide = intervals.ratio_of_ratios((80, 100), (950, 1000), dispersions=(2, 5))
    error = math.sqrt(2 * 0.0225 + 5 * (1 / 950 + 0.001))
    assert wide.p_value == pytest.approx(math.erfc(abs(math.log(0.8 / 0.95)) / error / math.sqrt(2)))


@given(*[st.integers(1, 5000)] * 4)
def test_a_ratio_of_ratios_is_an_odds_ratio(a: int, b: int, c: int, d: int) -> None:
    found = intervals.ratio_of_ratios((a, b), (c, d))
    table = Table2x2([[a, b], [c, d]], shift_zeros=False)
    assert found.ratio == pytest.approx(table.oddsratio)
    assert (found.low, found.high) == pytest.approx(table.oddsratio_confint(0.05))
    assert found.p_value == pytest.approx(table.oddsratio_pvalue(), rel=1e-6, abs=1e-15)
    assert (found.p_value < 0.05) is not (found.low <= 1 <= found.high) or abs(found.p_value - 0.05) < 1e-9
    back = intervals.ratio_of_ratios((c, d), (a, b))
    assert back.ratio == pytest.approx(1 / found.ratio) and back.p_value == pytest.approx(found.p_value)


def test_places_that_changed_alike_are_not_apart() -> None:
    found = intervals.ratio_of_ratios((90, 100), (900, 1000))
    assert found.ratio == pytest.approx(1) and found.p_value == pytest.approx(1)


@pytest.mark.parametrize("zero", range(4))
def test_a_ratio_of_ratios_with_none_of_anything_says_nothing(zero: int) -> None:
    a, b, c, d = (0 if place == zero else 9 for place in range(4))
    found = intervals.ratio_of_ratios((a, b), (c, d))
    assert math.isnan(found.ratio) and found.p_value == 1 and (found.low, found.high) == (0, math.inf)
    with pytest.raises(ValueError, match="cannot be -9"):
        intervals.ratio_of_ratios((-9, 9), (9, 9))


def test_none_and_none_is_no_change() -> None:
    found = intervals.rate_ratio(0, 0)
    assert math.isnan(found.ratio)
    assert found.p_value == 1


def test_equal_extremes_are_no_difference() -> None:
    assert intervals.two_shares(1, 50, 1, 60).p_value == 1


@given(st.integers(2, 400), st.integers(2, 400), st.data())
def test_two_shares_against_statsmodels(n1: int, n0: int, data: st.DataObject) -> None:
    x1, x0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))
    assume(0 < x1 + x0 < n1 + n0)
    found = intervals.two_shares(x1 / n1, n1, x0 / n0, n0)
    assert found.p_value == pytest.approx(proportions_ztest([x1, x0], [n1, n0])[1], rel=1e-7, abs=1e-15)
    low, high = confint_proportions_2indep(x1, n1, x0, n0, method="wald", compare="diff")
    assert (found.low, found.high) == pytest.approx((low, high), abs=NEAR)


@pytest.mark.parametrize("dispersion", [1.0, 1.7, 2.4, 7.8])
@pytest.mark.parametrize("before", [30, 131, 966, 34701])
def test_smallest_detectable_counts_are_the_edges(before: int, dispersion: float) -> None:
    low, high = intervals.smallest_detectable_count(before, dispersion)

    def p(count: int) -> float:
        return intervals.rate_ratio(count, before, dispersions=(dispersion, dispersion)).p_value

    assert before < high
    if low is None:
        assert p(0) >= 0.05
    else:
        assert p(low) < 0.05 <= p(low + 1)
    assert p(high) < 0.05 <= p(high - 1)


@given(st.integers(0, 3000), st.floats(1, 15))
def test_every_count_between_the_edges_is_within_chance(before: int, dispersion: float) -> None:
    low, high = intervals.smallest_detectable_count(before, dispersion)
    for count in {0 if low is None else low + 1, before, high - 1}:
        if count + before:
            assert intervals.rate_ratio(count, before, dispersions=(dispersion, dispersion)).p_value >= 0.05
    beyond = [high, high + 1, 3 * high] + ([] if low is None else [low, low // 2, 0])
    for count in beyond:
        assert intervals.rate_ratio(count, before, dispersions=(dispersion, dispersion)).p_value < 0.05


def test_few_events_cannot_be_seen_to_fall() -> None:
    assert intervals.smallest_detectable_count(3)[0] is None
    assert intervals.smallest_detectable_count(0) == (None, 6)
    assert intervals.smallest_detectable_count(6)[0] == 0, "2 x 0.5 ** 6 is under 0.05"
    assert intervals.smallest_detectable_count(5)[0] is None, "2 x 0.5 ** 5 is not"
    assert intervals.smallest_detectable_count(10, 2)[0] is None, "a scatter of two makes ten count as five"


def test_the_fair_treatment_target_cannot_be_seen_in_a_year() -> None:
    assert intervals.smallest_detectable_points(0.65, 400) == pytest.approx(6.6, abs=0.05)
    assert intervals.smallest_detectable_points(0.65, 400, power=0.8) == pytest.approx(9.4, abs=0.05)


@pytest.mark.parametrize(("p", "n", "power"), [(0.65, 400, 0.8), (0.1, 200, 0.9), (0.5, 224, 0.5)])
def test_the_true_change_that_a_survey_would_show(p: float, n: float, power: float) -> None:
    found = intervals.smallest_detectable_points(p, n, power=power)
    effect = found / 100 / math.sqrt(p * (1 - p))  # in standard deviations of one answer
    assert NormalIndPower().power(effect, n, 0.05, alternative="two-sided") == pytest.approx(power, abs=1e-3)
    plain = intervals.smallest_detectable_points(p, n)
    assert plain == pytest.approx(100 * norm.ppf(0.975) * math.sqrt(2 * p * (1 - p) / n))
    assert found >= plain - 1e-9
    with pytest.raises(ValueError, match="base above zero"):
        intervals.smallest_detectable_points(p, 0)
