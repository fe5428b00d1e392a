"""Forecasts: no look ahead, errors by hand, ranges that hold, and when there is none."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from csp_dash.analytics import forecast as module
from csp_dash.analytics.forecast import Forecast, NoForecast, forecast

SEASON = 1 + 0.3 * np.sin(2 * np.pi * np.arange(12) / 12)


def days(number: int, first: str = "2015-04-01") -> list[date]:
    return [moment.date() for moment in pd.date_range(first, periods=number, freq="MS")]


def drifting(number: int, seed: int, level: float = 300, step: float = 0.08) -> list[float]:
    """Counts whose level takes small random steps, so that what was there last matters more than last year."""
    draw = np.random.default_rng(seed)
    mean = level * np.exp(np.cumsum(draw.normal(0, step, number))) * np.resize(SEASON, number)
    return [float(value) for value in draw.poisson(mean)]


def shown(seed: int, number: int = 120, **kwargs: float) -> tuple[list[float], Forecast]:
    values = drifting(number, seed, **kwargs)
    found = forecast(days(number), values)
    assert isinstance(found, Forecast), found
    return values, found


def test_the_frame() -> None:
    _, found = shown(5)
    frame = found.frame
    assert list(frame.columns) == ["start", "middle", "low50", "high50", "low80", "high80"]
    assert frame["start"].dt.date.tolist() == days(12, "2025-04-01")
    inside = ["low80", "low50", "middle", "high50", "high80"]
    assert (frame[inside].diff(axis=1).iloc[:, 1:] > 0).all(axis=None)
    assert (frame[inside] >= 0).all(axis=None)
    width = (frame["high80"] - frame["low80"]) / frame["middle"]
    assert (width.diff().dropna() > -1e-9).all()
    assert found.total[0] == pytest.approx(frame["middle"].sum())
    assert frame["low80"].sum() < found.total[1] < found.total[0] < found.total[2] < frame["high80"].sum()
    assert found.origins == 24
    assert found.error < found.naive_error


def test_the_season_and_the_last_level_are_carried_on() -> None:
    draw = np.random.default_rng(2)
    values = (400 * np.resize(SEASON, 120) * draw.normal(1, 0.01, 120)).tolist()
    ahead = module._ahead(np.array(values))
    assert ahead == pytest.approx(400 * SEASON, rel=0.03)


def test_the_ranges_hold_on_series_not_seen() -> None:
    months50, months80, totals, number = 0, 0, 0, 0
    for seed in range(40):
        values = drifting(132, 100 + seed)
        found = forecast(days(120), values[:120])
        if isinstance(found, NoForecast):
            continue
        number += 1
        came = np.array(values[120:])
        frame = found.frame
        months50 += int(((came >= frame["low50"]) & (came <= frame["high50"])).sum())
        months80 += int(((came >= frame["low80"]) & (came <= frame["high80"])).sum())
        totals += int(found.total[1] <= came.sum() <= found.total[2])
    assert number >= 25
    assert 0.38 < months50 / number / 12 < 0.66
    assert 0.66 < months80 / number / 12 < 0.92
    assert 0.6 < totals / number < 0.97


def test_closer_totals_do_not_excuse_worse_months() -> None:
    actual = np.array([[10.0, 30.0], [30.0, 10.0]])
    trial = module._Trial(middle=np.full((2, 2), 20.0), naive=actual + 1, actual=actual)
    # totals: 0 against 2 of 40; months: 10 of 20 against 1 of 20
    words = module._refusal(trial, trial.totals_off(trial.middle), trial.totals_off(trial.naive))
    assert "missed single months by 50.0% on average" in words and "missed by 5.0%." in words
    better = module._Trial(middle=actual, naive=actual + 1, actual=actual)
    assert module._refusal(better, 0.0, 5.0) == ""
    assert "total by 5.0%" in module._refusal(better, 5.0, 5.0)


@pytest.mark.parametrize(
    "number, gap, since, months",
    [(71, None, None, 71), (120, 60, None, 59), (120, None, date(2020, 4, 1), 60), (0, None, None, 0)],
)
def test_too_short(number: int, gap: int | None, since: date | None, months: int) -> None:
    values: list[float | None] = [*drifting(120, 1)[:number]]
    if gap is not None:
        values[gap] = None
    found = forecast(days(number), values, since=since)
    assert isinstance(found, NoForecast)
    assert found.reason.endswith(f"there are {months}.")
    assert math.isnan(found.error) and found.origins == 0


def test_only_months_after_a_break_are_used() -> None:
    values, found = shown(5, 115)
    cut = 30
    other = [value * 7 for value in values[:cut]] + values[cut:]
    starts = days(115)
    after = forecast(starts, other, since=starts[cut])
    alone = forecast(starts[cut:], values[cut:])
    assert isinstance(after, Forecast) and isinstance(alone, Forecast)
    assert after.total == alone.total and after.error == alone.error
    assert after.origins < found.origins


def test_ten_years_are_enough_and_missing_months_at_the_end_are_passed_over() -> None:
    values = drifting(150, 1)
    long, short = forecast(days(150), values), forecast(days(150)[30:], values[30:])
    assert type(long) is type(short)
    assert (long.error, long.naive_error) == (short.error, short.naive_error)
    values, found = shown(5)
    late = forecast(days(122), [*values, None, math.nan])
    assert isinstance(late, Forecast)
    assert late.frame["start"].equals(found.frame["start"])


def test_too_few_a_month() -> None:
    few = forecast(days(96), np.random.default_rng(1).poisson(8, 96).astype(float).tolist())
    assert isinstance(few, NoForecast) and "10 or more a month" in few.reason
    gone = forecast(days(96), [*drifting(84, 1), *[0.0] * 12])
    assert isinstance(gone, NoForecast) and gone.reason.endswith("and 0.0 in the last year.")


def test_zeros_do_not_stop_it() -> None:
    values = drifting(120, 1, level=60, step=0.03)
    values[40] = values[77] = 0
    found = forecast(days(120), values)
    assert math.isfinite(found.error)
    assert found.origins == 24


def test_four_times_the_counts_are_four_times_the_forecast() -> None:
    values, found = shown(5)
    other = forecast(days(120), [4 * value for value in values])
    assert isinstance(other, Forecast)
    assert other.total == pytest.approx(tuple(4 * part for part in found.total), rel=1e-3)
    assert other.error == pytest.approx(found.error, rel=1e-3)


def test_a_new_level_is_taken_up_by_a_fifth_a_month() -> None:
    values = np.array([100.0] * 117 + [144.0] * 3)
    # roots of 10 and then 12: after three months 0.8 cubed of the step is still to come
    assert np.sqrt(module._ahead(values)).mean() == pytest.approx(12 - 2 * 0.8**3, abs=0.1)


def test_size_and_quantile_by_hand() -> None:
    misses = np.array([[0.1, 0.4, 0.1, 0.5]])
    # with neighbours (edges doubled): 0.2, 0.2, 1/3, 1.1/3
    assert module._size(misses) == pytest.approx([0.2, 0.2, 1 / 3, 1.1 / 3])
    assert module._size(np.array([[0.9, 0.1, 0.1, 0.1]]))[-1] == pytest.approx(1.9 / 3)
    ranked = np.arange(1.0, 25.0)
    assert module._quantile(ranked, 0.8) == 20  # 0.8 x 25
    assert module._quantile(ranked, 0.5) == 13  # 12.5 rounded up
    assert module._quantile(np.array([3.0]), 0.8) == 3
