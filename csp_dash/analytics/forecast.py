"""Forecast of a monthly count for 12 months, given only where it beat last year's figures on past dates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from statsmodels.tsa.forecasting.stl import STLForecast
from statsmodels.tsa.holtwinters import SimpleExpSmoothing

from csp_dash.analytics.seasonal import TREND, YEAR, Numbers, last_run
from csp_dash.domain.periods import Month

FEWEST = 72
SMALLEST = 10.0
TRAINING = 36
STEP = 3
ORIGINS = 24
SMOOTHING = 0.2
RANGES = {"50": 0.5, "80": 0.8}


@dataclass(frozen=True, slots=True)
class Forecast:
    """Twelve months ahead.

    `frame` has a row a month: start, middle, low50, high50, low80, high80 (none under 0). `error` is how far the
    forecasts from `origins` past dates were off the following twelve months' total, in percent of that total;
    `naive_error` is the same for last year's figures again. `total` is the twelve months' total: middle, low80, high80.
    """

    frame: pd.DataFrame
    error: float
    naive_error: float
    origins: int
    total: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class NoForecast:
    """Why there is no forecast, in a sentence. The errors are as in `Forecast`, NaN where nothing was tried."""

    reason: str
    error: float = math.nan
    naive_error: float = math.nan
    origins: int = 0


@dataclass(frozen=True, slots=True)
class _Trial:
    """What was foretold at past dates and what came: a row a date, a column a month ahead."""

    middle: Numbers
    naive: Numbers
    actual: Numbers

    def totals_off(self, said: Numbers) -> float:
        gap = np.abs(said.sum(axis=1) - self.actual.sum(axis=1))
        return 100 * float(gap.sum() / self.actual.sum())

    def months_off(self, said: Numbers) -> float:
        return 100 * float(np.abs(said - self.actual).sum() / self.actual.sum())


def forecast(
    starts: Sequence[date], values: Sequence[float | None], *, since: date | None = None
) -> Forecast | NoForecast:
    """Forecast the twelve months after the last known one.

    Uses the last unbroken run of months, at most ten years and none before `since` (a declared break): at least six
    years with ten or more a month on average, in the last year too. The model is an unchanging season taken off by
    STL and simple exponential smoothing of the rest, on square roots, which steady the scatter of counts and allow
    for zeros (Cleveland et al. 1990, Journal of Official Statistics 6: 3-73; Hyndman and Athanasopoulos 2021,
    Forecasting: Principles and Practice, 13.1). The smoothing is held at 0.2 and no rise or fall is carried forward:
    on 250 series of London's other boroughs both did better than fitting them to each series.

    Back-test: from every third month of the past, 24 at most, the model is fitted on nothing but the months before
    (at least three years) and held against the twelve that came. The dates overlap, so they say less than their
    number suggests. Months of the coronavirus period are not left out. Errors are summed over the dates and divided
    by what came. Where the model was not closer than last year's figures again, for the year's total and month by
    month, there is no forecast. Since only the better trials are shown, the gain that they show is on the high side.

    Ranges are the back-test's own misses, relative to the forecast on the scale of square roots: their size by month
    ahead is levelled so that it never shrinks with distance, and 50% and 80% of the misses, in that measure, lie
    inside. The total's range comes from the totals' own misses. For 300 series of other boroughs at twelve dates
    from 2017 to 2025, 1,920 forecasts were shown: 54% of months fell in the 50% range, 81% in the 80% range, and 81%
    of totals in theirs, but only 61% of the totals of 2020. They missed the total by 12.4% on average, last year's
    figures by 13.2%.

    ValueError where `starts` and `values` differ in length.
    """
    days, run = last_run(starts, values, since=since)
    if len(run) < FEWEST:
        return NoForecast(
            f"A forecast needs {FEWEST} months in a row that can be compared with one another; there are {len(run)}."
        )
    usual, lately = float(run.mean()), float(run[-YEAR:].mean())
    if min(usual, lately) < SMALLEST:
        return NoForecast(
            f"A forecast needs {SMALLEST:.0f} or more a month on average, in the last year too; "
            f"there were {usual:.1f}, and {lately:.1f} in the last year."
        )
    trial = _back_test(run)
    error, naive = trial.totals_off(trial.middle), trial.totals_off(trial.naive)
    origins = len(trial.actual)
    refusal = _refusal(trial, error, naive)
    if refusal:
        return NoForecast(refusal, error, naive, origins)
    middle = _ahead(run)
    misses = _misses(trial.middle, trial.actual)
    size = _size(misses)
    first = Month.of(days[-1])
    frame = pd.DataFrame({"start": pd.to_datetime([first.plus(1 + place).first_day for place in range(YEAR)])})
    frame["start"] = frame["start"].astype("datetime64[us]")
    frame["middle"] = middle
    for name, share in RANGES.items():
        frame[f"low{name}"], frame[f"high{name}"] = _range(middle, size * _quantile(misses / size, share))
    whole = float(middle.sum())
    miss = _quantile(_misses(trial.middle.sum(axis=1), trial.actual.sum(axis=1)), RANGES["80"])
    low, high = _range(np.array([whole]), np.array([miss]))
    return Forecast(frame, error, naive, origins, (whole, float(low[0]), float(high[0])))


def _ahead(run: Numbers) -> Numbers:
    """The model's middle for the twelve months after a run."""
    roots = np.sqrt(run)
    fit = STLForecast(
        roots,
        SimpleExpSmoothing,
        model_kwargs={"initialization_method": "known", "initial_level": roots[:YEAR].mean()},
        period=YEAR,
        seasonal=10 * len(run) + 1,
        seasonal_deg=0,
        trend=TREND,
    ).fit(fit_kwargs={"smoothing_level": SMOOTHING, "optimized": False})
    return np.asarray(np.maximum(fit.forecast(YEAR), 0) ** 2, dtype=float)


def _back_test(run: Numbers) -> _Trial:
    origins = range(len(run) - YEAR, TRAINING - 1, -STEP)[:ORIGINS]
    return _Trial(
        np.array([_ahead(run[:origin]) for origin in origins]),
        np.array([run[origin - YEAR : origin] for origin in origins]),
        np.array([run[origin : origin + YEAR] for origin in origins]),
    )


def _refusal(trial: _Trial, error: float, naive: float) -> str:
    """Why the model is no better than last year's figures, or an empty text."""
    month, naive_month = trial.months_off(trial.middle), trial.months_off(trial.naive)
    if not error < naive:
        what, ours, theirs = "the next twelve months' total", error, naive
    elif not month < naive_month:
        what, ours, theirs = "single months", month, naive_month
    else:
        return ""
    return (
        f"No forecast is shown: tried on {len(trial.actual)} past dates, it missed {what} by {ours:.1f}% on average, "
        f"and last year's figures again missed by {theirs:.1f}%."
    )


def _misses(said: Numbers, actual: Numbers) -> Numbers:
    """Size of each miss relative to the forecast, on the scale of square roots."""
    root = np.sqrt(np.maximum(said, 1.0))
    return np.asarray(np.abs(np.sqrt(actual) - root) / root, dtype=float)


def _size(misses: Numbers) -> Numbers:
    """Mean miss by month ahead, averaged with its neighbours and never falling."""
    mean = np.pad(misses.mean(axis=0), 1, mode="edge")
    smooth = (mean[:-2] + mean[1:-1] + mean[2:]) / 3
    return np.maximum(np.maximum.accumulate(smooth), 1e-9)


def _quantile(misses: Numbers, share: float) -> float:
    """The miss that `share` of them stay within, with room for the one to come (split conformal prediction)."""
    ranked = np.sort(misses, axis=None)
    return float(ranked[min(len(ranked), math.ceil((len(ranked) + 1) * share)) - 1])


def _range(middle: Numbers, reach: Numbers) -> tuple[Numbers, Numbers]:
    return middle * np.maximum(0, 1 - reach) ** 2, middle * (1 + reach) ** 2
