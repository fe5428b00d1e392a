"""Seasons against planted ones, against noise without any, and against values worked out by hand."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kruskal

from csp_dash.analytics import seasonal
from csp_dash.analytics.seasonal import level_change
from csp_dash.domain.periods import Month

PLANTED = np.array([0.85, 0.80, 0.95, 1.0, 1.05, 1.1, 1.2, 1.1, 1.05, 1.05, 0.95, 0.9])


def days(number: int, first: str = "2016-04-01") -> list[date]:
    return [moment.date() for moment in pd.date_range(first, periods=number, freq="MS")]


def planted(number: int, level: float = 400, seed: int = 1, growth: float = 0.0) -> tuple[list[date], list[float]]:
    starts = days(number)
    mean = [level * math.exp(growth * place) * PLANTED[day.month - 1] for place, day in enumerate(starts)]
    return starts, [float(value) for value in np.random.default_rng(seed).poisson(mean)]


def test_planted_factors_are_found_whatever_the_first_month_and_the_trend() -> None:
    for seed, growth in ((1, 0.0), (2, 0.005), (3, -0.004)):
        starts, values = planted(96, seed=seed, growth=growth)
        found = seasonal.seasons(starts, values)
        assert found is not None
        assert found.months == 96
        assert found.factors == pytest.approx(tuple(PLANTED / PLANTED.mean()), abs=0.06)
        assert found.p_value < 1e-6
        assert found.strength > 0.7
        assert np.mean(found.factors) == pytest.approx(1, abs=1e-12)
        assert found.of(date(2030, 7, 19)) == found.factors[6]


def test_noise_without_seasons_is_rarely_called_seasonal() -> None:
    starts, draw = days(96), np.random.default_rng(11)
    called = sum(seasonal.seasons(starts, draw.poisson(200, 96).tolist()) is not None for _ in range(400))
    # the nominal share is 4 of 400; 12 or more would be a one-in-a-thousand surprise at that share
    assert called < 12


def test_the_test_holds_no_season_of_its_own() -> None:
    # seasons of the same size at random in every year are noise, not seasons
    starts, draw = days(120), np.random.default_rng(5)
    called = 0
    for _ in range(60):
        shuffled = np.concatenate([draw.permutation(PLANTED) for _ in range(10)])
        called += seasonal.seasons(starts, (400 * shuffled).tolist()) is not None
    assert called < 8


def test_a_small_season_does_not_count_however_sure() -> None:
    starts = days(120)
    small = 1 + 0.02 * np.sin(2 * np.pi * np.arange(12) / 12)
    values = [100_000 * small[day.month - 1] for day in starts]
    noise = np.random.default_rng(3).normal(1, 0.001, 120)
    assert seasonal.seasons(starts, list(np.array(values) * noise)) is None
    large = 1 + 0.05 * np.sin(2 * np.pi * np.arange(12) / 12)
    assert seasonal.seasons(starts, [100_000 * large[d.month - 1] * n for d, n in zip(starts, noise, strict=True)])


@pytest.mark.parametrize("number, level, expected", [(47, 400, False), (48, 400, True), (96, 15, False)])
def test_too_few_months_or_too_few_a_month(number: int, level: float, expected: bool) -> None:
    starts, values = planted(number, level)
    assert (seasonal.seasons(starts, values) is not None) is expected
    assert seasonal.decompose(starts, values).empty is not (number >= 48 and level >= 20)


def test_a_zero_in_the_run_is_refused_and_one_before_the_run_is_not() -> None:
    starts, values = planted(96)
    assert seasonal.seasons(starts, [*values[:50], 0, *values[51:]]) is None
    assert seasonal.seasons(starts, [0, math.nan, *values[2:]]) is not None
    assert seasonal.seasons([], []) is None
    assert seasonal.seasons(starts, [200.0] * 96) is None


def test_the_run_is_the_last_without_a_gap() -> None:
    starts, values = planted(140)
    found = seasonal.seasons(starts, [*values[:60], None, *values[61:]])
    assert found == seasonal.seasons(starts[61:], values[61:])
    assert found is not None and found.months == 79
    left_out = seasonal.seasons(starts[:60] + starts[61:], values[:60] + values[61:])
    assert left_out == found
    assert seasonal.seasons(starts, values) == seasonal.seasons(starts[20:], values[20:])
    assert seasonal.seasons(starts, [*values[:-2], math.nan, None]) == seasonal.seasons(starts[18:138], values[18:138])


def test_last_run_by_hand() -> None:
    starts = days(6, "2024-10-01")
    assert seasonal.last_run(starts, [1, 2, None, 4, 5, math.nan])[0] == starts[3:5]
    assert list(seasonal.last_run(starts, [1, 2, 3, 4, 5, 6], most=2)[1]) == [5, 6]
    assert list(seasonal.last_run(starts, [1, 2, 3, 4, 5, 6], since=date(2025, 1, 1))[1]) == [4, 5, 6]
    assert seasonal.last_run(starts, [None] * 6)[0] == []
    with pytest.raises(ValueError):
        seasonal.last_run(starts, [1, 2])


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(48, 130), st.floats(30, 3000))
def test_the_parts_make_up_the_value(seed: int, number: int, level: float) -> None:
    starts, values = planted(number, level, seed)
    frame = seasonal.decompose(starts, values)
    kept = min(number, 120)
    assert list(frame.columns) == ["start", "value", "trend", "seasonal", "remainder"]
    assert list(frame["start"].dt.date) == starts[-kept:]
    assert (frame["trend"] * frame["seasonal"] * frame["remainder"]).tolist() == pytest.approx(values[-kept:])
    by_month = frame.groupby(frame["start"].dt.month)["seasonal"]
    assert (by_month.max() - by_month.min()).max() < 1e-9
    assert by_month.first().mean() == pytest.approx(1)
    found = seasonal.seasons(starts, values)
    if found is not None:
        assert by_month.first().tolist() == pytest.approx(list(found.factors))
        rest = np.log(frame["value"] / frame["trend"])
        again = kruskal(*[part for _, part in rest.groupby(frame["start"].dt.month)]).pvalue
        assert found.p_value == pytest.approx(again)
        both = np.log(frame["remainder"] * frame["seasonal"])
        assert found.strength == pytest.approx(max(0, 1 - np.log(frame["remainder"]).var() / both.var()))
        assert sum(found.of(d) for d in starts[-12:]) == pytest.approx(12)


def test_the_trend_is_in_the_values_unit() -> None:
    starts, values = planted(96, 500)
    trend = seasonal.decompose(starts, values)["trend"]
    assert trend.mean() == pytest.approx(500 * PLANTED.mean(), rel=0.02)
    empty = seasonal.decompose([], [])
    assert empty.empty and list(empty.columns) == ["start", "value", "trend", "seasonal", "remainder"]
    assert empty["start"].dtype == seasonal.decompose(starts, values)["start"].dtype


def made_up(tries: int, change: float = 0.0) -> list[list[float]]:
    """Ten years of 200 a month with a season and scatter, whose level moves by `change` (log) evenly over the last year."""
    draw = np.random.default_rng(11)
    months = np.arange(120)
    level = 200 * np.exp(0.15 * np.sin(2 * np.pi * months / 12) + change * np.clip((months - 107) / 12, 0, 1))
    return draw.poisson(level, (tries, 120)).astype(float).tolist()


def test_the_interval_of_the_levels_change_holds_the_truth_about_as_often_as_it_says() -> None:
    starts = [Month(2016, 4).plus(n).first_day for n in range(120)]
    found = [level_change(starts, values) for values in made_up(300)]
    held = sum(one is not None and one.low <= 0 <= one.high for one in found) / len(found)
    assert 0.90 < held < 0.98
    assert sum(one is not None and one.detectable for one in found) == len(found) - round(held * len(found))


def test_a_level_that_moves_is_seen() -> None:
    starts = [Month(2016, 4).plus(n).first_day for n in range(120)]
    found = [level_change(starts, values) for values in made_up(40, change=0.3)]
    assert sum(one is not None and one.low > 0 for one in found) > 36
    assert level_change(starts[:20], made_up(1)[0][:20]) is None
