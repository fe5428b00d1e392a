"""Limits, rules, averages and records against small series worked out by hand."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pytest

from csp_dash.analytics import signal
from csp_dash.domain.catalogue import Event
from csp_dash.domain.months import Month, Span
from csp_dash.domain.words import Kind


def series(values: list[float], first: str = "2020-04-01", under: list[float] | None = None) -> pd.DataFrame:
    starts = pd.date_range(first, periods=len(values), freq="MS")
    return pd.DataFrame(
        {
            "area": "E09000030",
            "start": starts,
            "finish": starts + pd.offsets.MonthEnd(0),
            "numerator": pd.array(values, dtype="float64"),
            "denominator": under or [math.nan] * len(values),
            "flag": None,
        }
    )


def test_limits_by_hand() -> None:
    # mean 12; moving ranges 2, 4, 6, 4: mean 4, none above 13.068
    found = signal.limits([10, 12, 8, 14, 16 - 0])
    ranges = [2, 4, 6, 2]
    assert found is not None
    assert found.centre == 12
    assert found.upper == pytest.approx(12 + 2.66 * sum(ranges) / 4, abs=1e-9)
    assert found.lower == pytest.approx(12 - 2.66 * 3.5, abs=1e-9)


def test_wild_ranges_are_screened_out() -> None:
    values = [10, 11] * 10 + [200] + [10, 11] * 10
    found = signal.limits(values)
    # 39 ranges of 1 (10 to 11), then 11 to 200 (189) and 200 to 10 (190); the two wild ones go
    assert found is not None
    assert found.upper - found.centre == pytest.approx(2.66, abs=1e-9)


def test_no_range_is_taken_across_a_gap() -> None:
    found = signal.limits([10, 12, None, 40, 42])
    assert found is not None
    assert found.upper - found.centre == pytest.approx(2.66 * 2, abs=1e-9)
    assert found.points == 4


def test_the_lower_limit_stops_at_zero() -> None:
    found = signal.limits([0, 3, 0, 4, 1])
    assert found is not None and found.lower == 0


@pytest.mark.parametrize("values", [[], [1], [1, 2], [None, None, None], [1, None, 2, None, 3]])
def test_too_little_has_no_limits(values: list[float | None]) -> None:
    assert signal.limits(values) is None


BAND = signal.Limits(centre=10, lower=4, upper=16, points=24)


def test_rules() -> None:
    assert signal.rules([10, 17, 10, 3], BAND) == ["", "beyond", "", "beyond"]
    assert signal.rules([11, 12, 11, 12, 11, 12, 11], BAND) == ["run"] * 7
    assert signal.rules([11, 12, 11, 12, 11, 12], BAND) == [""] * 6
    assert signal.rules([10, 11, 10, 11, 10, 11, 10, 11], BAND) == [""] * 8
    rising = [5, 6, 7, 8, 9, 10, 11, 12]
    assert signal.rules(rising, BAND)[1:] == ["drift"] * 7
    assert signal.rules([15, 10, 15], BAND) == ["near", "", "near"]
    assert signal.rules([15, 10, 5], BAND) == [""] * 3


def test_a_gap_ends_a_run() -> None:
    assert "run" not in signal.rules([11, 12, 11, 12, None, 11, 12, 11], BAND)


def test_trend_columns_and_average() -> None:
    frame = signal.trend(series([float(n) for n in range(1, 15)]))
    assert list(frame.columns) == [
        "start",
        "value",
        "smooth",
        "signal",
        "rule",
        "missing",
        "lower",
        "centre",
        "upper",
    ]
    assert frame["smooth"].isna().tolist() == [True] * 11 + [False] * 3
    assert frame["smooth"].iloc[11] == pytest.approx(6.5)
    assert frame["upper"].isna().all() and not frame["signal"].any()


def test_the_average_needs_all_twelve_months() -> None:
    values = [10.0] * 30
    values[14] = math.nan
    frame = signal.trend(series(values))
    assert frame["missing"].sum() == 1
    assert frame["smooth"].notna().tolist() == [False] * 11 + [True] * 3 + [False] * 12 + [True] * 4


def test_rates_and_shares() -> None:
    rate = signal.trend(series([5.0] * 12), people=2500)
    assert rate["value"].iloc[0] == pytest.approx(2)
    assert rate["smooth"].iloc[-1] == pytest.approx(2)
    # the average of a share is over all its cases, not over the months' shares
    share = signal.trend(series([1.0] * 11 + [30.0], under=[10.0] * 11 + [40.0]), kind=Kind.PROPORTION)
    assert share["value"].iloc[-1] == pytest.approx(75)
    assert share["smooth"].iloc[-1] == pytest.approx(100 * 41 / 150)
    none = signal.trend(series([0.0], under=[0.0]), kind=Kind.PROPORTION)
    assert none["missing"].all()
    with pytest.raises(ValueError, match="population"):
        signal.trend(series([1.0]), people=0)


def test_the_default_baseline_is_three_years_that_end_a_year_ago() -> None:
    days = [Month(2010, 4).plus(n).first_day for n in range(192)]
    assert signal.baseline_of(days) == Span(Month(2022, 4), Month(2025, 3))
    assert signal.baseline_of(days[:23]) is None
    assert signal.baseline_of(days[:24]) == Span(Month(2010, 4), Month(2011, 3))
    assert signal.baseline_of([]) is None


def test_signals_are_told_from_the_baseline_on() -> None:
    values = [10.0, 12.0] * 18 + [50.0] + [10.0, 12.0] * 5 + [10.0]
    frame = signal.trend(series(values))
    assert frame.loc[frame["rule"] == "beyond", "value"].tolist() == [50.0]
    earlier = signal.trend(series([90.0, *values]))
    assert not earlier["signal"].iloc[0] and math.isnan(earlier["upper"].iloc[0])


def test_the_band_does_not_reach_across_a_break() -> None:
    cut = Event("b", "Break", "Break", "break", "", date(2022, 4, 1))
    frame = signal.trend(series([10.0, 12.0] * 24), baseline=Span(Month(2020, 4), Month(2021, 3)), breaks=[cut])
    assert frame.loc[frame["start"] >= "2022-04-01", "upper"].isna().all()
    assert frame.loc[frame["start"] < "2022-04-01", "upper"].notna().all()
    default = signal.trend(series([10.0, 12.0] * 24), breaks=[cut])
    assert default.loc[default["upper"].notna(), "start"].min() == pd.Timestamp("2022-04-01")


def test_an_empty_series() -> None:
    frame = signal.trend(series([]))
    assert frame.empty and "smooth" in frame
    assert signal.rolling(series([])) == []
    assert signal.record(series([])) is None


def test_record_looks_at_every_total_in_between() -> None:
    falling = series([float(100 - n) for n in range(72)])
    found = signal.record(falling)
    assert found is not None
    assert (found.kind, found.since, found.total) == ("lowest", None, sum(100 - n for n in range(60, 72)))
    # low, then five high years, then low again: lowest since the first year
    since = signal.record(series([5.0] * 12 + [20.0] * 60 + [6.0] * 12))
    assert since is not None and since.kind == "lowest"
    assert since.since == Span(Month(2020, 4), Month(2021, 3))
    assert signal.record(series([5.0, 6.0] * 36)) is None


def test_record_stays_on_its_side_of_a_gap_or_break() -> None:
    values = [float(100 - n) for n in range(96)]
    values[10] = math.nan
    found = signal.record(series(values))
    assert found is not None and found.first.first == Month(2021, 3)
    values[70] = math.nan
    assert signal.record(series(values)) is None
    cut = Event("b", "Break", "Break", "break", "", date(2022, 4, 1))
    broken = signal.record(series([float(100 - n) for n in range(96)]), breaks=[cut])
    assert broken is not None and broken.first.first == Month(2022, 4)


def test_rolling_totals() -> None:
    assert signal.rolling(series([1.0] * 14)) == [12.0, 12.0, 12.0]
