"""The dispersion: one where chance alone moves the months, as planted where more does, unmoved by what is no scatter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import truncnorm

from csp_dash.analytics.dispersion import CHANCE, MONTHS, dispersion

MANY = 400
SEASON = [0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.25, 1.1, 1.0, 0.9, 0.75]


def poisson(mean: float, seed: int, months: int = 120, tries: int = MANY) -> list[list[float]]:
    return np.random.default_rng(seed).poisson(mean, (tries, months)).astype(float).tolist()  # type: ignore[no-any-return]


def scattered(mean: float, ratio: float, seed: int, months: int = 120, tries: int = MANY) -> list[list[float]]:
    """Negative binomial months with that variance over mean."""
    draw = np.random.default_rng(seed).negative_binomial(mean / (ratio - 1), 1 / ratio, (tries, months))
    return draw.astype(float).tolist()  # type: ignore[no-any-return]


def average(runs: list[list[float]]) -> float:
    return float(np.mean([dispersion(run).value for run in runs]))


@pytest.mark.parametrize("mean", [0.5, 4, 50, 3000])
def test_months_that_only_chance_moves(mean: float) -> None:
    # values under 1 are lifted to 1, so the average lies a little above; one series alone strays by about 0.15
    values = [dispersion(run).value for run in poisson(mean, seed=int(mean) + 1)]
    assert 1 <= np.mean(values) <= 1.12
    assert np.quantile(values, 0.99) < 1.6
    assert np.mean(np.array(values) == 1) > 0.2


@pytest.mark.parametrize(("mean", "least"), [(4, 2.4), (50, 2.8), (3000, 2.8)])
def test_months_that_scatter_three_times_as_much(mean: float, least: float) -> None:
    # leaving out the wildest steps takes some of the scatter with it, and few events a month more of it
    assert least <= average(scattered(mean, 3, seed=7)) <= 3.2


def test_more_scatter_gives_more_dispersion() -> None:
    found = [average(scattered(50, ratio, seed=3)) for ratio in (1.5, 2, 4, 8)]
    assert found == sorted(found)
    assert all(0.8 * ratio <= value <= 1.1 * ratio for ratio, value in zip((1.5, 2, 4, 8), found, strict=True))


@pytest.mark.parametrize("after", [25, 100, 200])
def test_a_shift_of_level_hardly_moves_it(after: float) -> None:
    shifts = [
        [*before[:60], *now[60:]] for before, now in zip(poisson(50, seed=1), poisson(after, seed=2), strict=True)
    ]
    assert average(shifts) <= average(poisson(50, seed=1)) + 0.1
    # the variance about the mean would say much more
    assert np.var(shifts[0]) / np.mean(shifts[0]) > 4


def test_a_slow_rise_hardly_moves_it() -> None:
    means = np.linspace(50, 150, 120)
    runs = np.random.default_rng(5).poisson(means, (MANY, 120)).astype(float).tolist()
    assert average(runs) <= 1.12


@pytest.mark.parametrize("shock", [0, 200, 2000])
def test_a_single_shock_hardly_moves_it(shock: float) -> None:
    runs = poisson(50, seed=4)
    struck = [[*run[:70], float(shock), *run[71:]] for run in runs]
    assert average(struck) <= average(runs) + 0.05


def test_the_season_is_no_scatter_once_it_is_known() -> None:
    factors = (SEASON * 10)[:120]
    runs = np.random.default_rng(6).poisson(400 * np.array(factors), (MANY, 120)).astype(float).tolist()
    known = float(np.mean([dispersion(run, factors).value for run in runs]))
    assert 1 <= known <= 1.12
    assert average(runs) > 3


def test_the_season_leaves_the_scatter_in_place() -> None:
    factors = np.array((SEASON * 10)[:120])
    draw = np.random.default_rng(8)
    runs = draw.negative_binomial(400 * factors / 2, 1 / 3, (MANY, 120)).astype(float)
    assert 2.6 <= float(np.mean([dispersion(run.tolist(), factors.tolist()).value for run in runs])) <= 3.2


# What leaving out steps beyond 3.267 of the mean takes from a normal step's mean square is put back.
EDGE = 3.267 * math.sqrt(2 / math.pi)
LEFT = float(truncnorm(-EDGE, EDGE).var())


def test_by_hand() -> None:
    # steps of 6 between 7 and 13: 36 over 20, each
    found = dispersion([7.0, 13.0] * 10)
    assert (found.value, found.months, found.known) == (pytest.approx(36 / 20 / LEFT), 19, True)
    # with seasonal factors 0.5 and 1.5 the levels are 14 and 26/3: step 16/3, variance of it level x (1/0.5 + 1/1.5)
    level = (14 + 26 / 3) / 2
    seasonal = dispersion([7.0, 13.0] * 10, [0.5, 1.5] * 10)
    assert seasonal.value == pytest.approx(max(1, (16 / 3) ** 2 / (level * (2 + 2 / 3)) / LEFT))
    wide = dispersion([7.0, 43.0] * 10, [0.5, 1.5] * 10)
    assert wide.value == pytest.approx((43 / 1.5 - 14) ** 2 / ((14 + 43 / 1.5) / 2 * (2 + 2 / 3)) / LEFT)


def test_too_few_months_cannot_tell() -> None:
    wild = [1.0, 90.0] * 6
    assert not dispersion(wild).known and dispersion(wild).value == 1
    assert dispersion([*wild, 1.0]).known and dispersion([*wild, 1.0]).value > 10
    assert dispersion([]).value == 1 and not dispersion([]).known
    assert not dispersion([0.0] * 100).known, "months without an event say nothing"
    assert CHANCE.value == 1 and not CHANCE.known


def test_missing_months_are_passed_over_and_no_step_leads_across_them() -> None:
    assert dispersion([5.0, None] * 60).months == 0, "alternate gaps leave no neighbours at all"
    gaps = [7.0, 13.0] * 10
    assert dispersion([*gaps[:9], math.nan, *gaps[10:]]).months == 17
    # the step from one level to nine times as much is not seen, for a gap lies between
    steady = [100.0, 130.0] * 10
    apart: list[float | None] = [*steady, None, *[9 * value for value in steady]]
    assert dispersion(apart).months == 38
    assert dispersion(apart).value == pytest.approx((900 / 230 + 81 * 900 / (9 * 230)) / 2 / LEFT)


def test_only_the_latest_ten_years_speak() -> None:
    calm, wild = [7.0, 13.0] * 60, [1.0, 200.0] * 30
    assert MONTHS == 120
    assert dispersion([*wild, *calm]) == dispersion(calm)
    assert dispersion([*wild, *calm], [1.0] * 180) == dispersion(calm)


counts = st.one_of(st.integers(0, 5000).map(float), st.none(), st.just(math.nan))


@given(st.lists(counts, max_size=150))
@example([0.0] * 20)
@example([5.0] * 20)
def test_never_under_one_and_always_a_number(months: list[float | None]) -> None:
    found = dispersion(months)
    assert found.value >= 1 and math.isfinite(found.value)
    assert 0 <= found.months <= min(119, max(0, len(months) - 1))
    assert found.known is (found.months >= 12)
    if not found.known:
        assert found.value == 1


@given(st.lists(counts, min_size=20, max_size=100))
def test_the_direction_of_time_does_not_matter(months: list[float | None]) -> None:
    assert dispersion(months[::-1]).value == pytest.approx(dispersion(months).value)


@given(st.lists(st.integers(1, 500).map(float), min_size=20, max_size=100), st.integers(2, 9))
def test_counting_every_event_several_times_multiplies_it(months: list[float], times: int) -> None:
    one, more = dispersion(months).value, dispersion([times * count for count in months]).value
    assert more >= one - 1e-9
    if one > 1:
        assert more == pytest.approx(times * one)


@given(st.lists(st.integers(1, 500).map(float), min_size=20, max_size=100))
def test_factors_of_one_are_no_season(months: list[float]) -> None:
    assert dispersion(months, [1.0] * len(months)) == dispersion(months)
