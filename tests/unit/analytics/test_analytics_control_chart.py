"""Limits, rules, averages and records against small series worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binom, nbinom, poisson

from csp_dash.analytics import control_chart
from csp_dash.analytics.seasonal import Seasons
from csp_dash.domain.enums import Kind
from csp_dash.domain.indicator import Event
from csp_dash.domain.periods import Month, Span


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


def test_no_range_is_taken_across_a_gap() -> None:
    found = control_chart.limits([10, 12, None, 40, 42])
    assert found is not None
    assert found.upper - found.centre == pytest.approx(2.66 * 2, abs=1e-9)
    assert found.points == 4


def test_the_lower_limit_stops_at_zero() -> None:
    found = control_chart.limits([0, 3, 0, 4, 1])
    assert found is not None and found.lower == 0


@pytest.mark.parametrize("values", [[], [1], [1, 2], [None, None, None], [1, None, 2, None, 3]])
def test_too_little_has_no_limits(values: list[float | None]) -> None:
    assert control_chart.limits(values) is None


BAND = control_chart.Limits(centre=10, lower=4, upper=16, points=24)


def test_rules() -> None:
    assert control_chart.rules([10, 17, 10, 3], BAND) == ["", "beyond", "", "beyond"]
    assert control_chart.rules([11, 12, 11, 12, 11, 12, 11], BAND) == ["run"] * 7
    assert control_chart.rules([11, 12, 11, 12, 11, 12], BAND) == [""] * 6
    assert control_chart.rules([10, 11, 10, 11, 10, 11, 10, 11], BAND) == [""] * 8
    rising = [5, 6, 7, 8, 9, 10, 11, 12]
    assert control_chart.rules(rising, BAND)[1:] == ["drift"] * 7
    assert control_chart.rules([15, 10, 15], BAND) == ["near", "", "near"]
    assert control_chart.rules([15, 10, 5], BAND) == [""] * 3


def test_a_gap_ends_a_run() -> None:
    assert "run" not in control_chart.rules([11, 12, 11, 12, None, 11, 12, 11], BAND)


def test_trend_columns_and_average() -> None:
    frame = control_chart.trend(series([float(n) for n in range(1, 15)]))
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
    frame = control_chart.trend(series(values))
    assert frame["missing"].sum() == 1
    assert frame["smooth"].notna().tolist() == [False] * 11 + [True] * 3 + [False] * 12 + [True] * 4


def test_rates_and_shares() -> None:
    rate = control_chart.trend(series([5.0] * 12), people=2500)
    assert rate["value"].iloc[0] == pytest.approx(2)
    assert rate["smooth"].iloc[-1] == pytest.approx(2)
    # the average of a share is over all its cases, not over the months' shares
    share = control_chart.trend(series([1.0] * 11 + [30.0], under=[10.0] * 11 + [40.0]), kind=Kind.PROPORTION)
    assert share["value"].iloc[-1] == pytest.approx(75)
    assert share["smooth"].iloc[-1] == pytest.approx(100 * 41 / 150)
    none = control_chart.trend(series([0.0], under=[0.0]), kind=Kind.PROPORTION)
    assert none["missing"].all()
    with pytest.raises(ValueError, match="population"):
        control_chart.trend(series([1.0]), people=0)


def test_the_default_baseline_is_three_years_that_end_a_year_ago() -> None:
    days = [Month(2010, 4).plus(n).first_day for n in range(192)]
    assert control_chart.baseline_of(days) == Span(Month(2022, 4), Month(2025, 3))
    assert control_chart.baseline_of(days[:23]) is None
    assert control_chart.baseline_of(days[:24]) == Span(Month(2010, 4), Month(2011, 3))
    assert control_chart.baseline_of([]) is None


def test_signals_are_told_from_the_baseline_on() -> None:
    values = [10.0, 12.0] * 18 + [50.0] + [10.0, 12.0] * 5 + [10.0]
    frame = control_chart.trend(series(values))
    assert frame.loc[frame["rule"] == "beyond", "value"].tolist() == [50.0]
    earlier = control_chart.trend(series([90.0, *values]))
    assert not earlier["signal"].iloc[0] and math.isnan(earlier["upper"].iloc[0])


def test_the_band_does_not_reach_across_a_break() -> None:
    cut = Event("b", "Break", "Break", "break", "", date(2022, 4, 1))
    frame = control_chart.trend(series([10.0, 12.0] * 24), baseline=Span(Month(2020, 4), Month(2021, 3)), breaks=[cut])
    assert frame.loc[frame["start"] >= "2022-04-01", "upper"].isna().all()
    assert frame.loc[frame["start"] < "2022-04-01", "upper"].notna().all()
    default = control_chart.trend(series([10.0, 12.0] * 24), breaks=[cut])
    assert default.loc[default["upper"].notna(), "start"].min() == pd.Timestamp("2022-04-01")


def test_an_empty_series() -> None:
    frame = control_chart.trend(series([]))
    assert frame.empty and "smooth" in frame
    assert control_chart.smooth(series([])).tolist() == []
    assert control_chart.record(series([])) is None


def test_record_looks_at_every_total_in_between() -> None:
    falling = series([float(100 - n) for n in range(72)])
    found = control_chart.record(falling)
    assert found is not None
    assert (found.kind, found.since, found.total) == ("lowest", None, sum(100 - n for n in range(60, 72)))
    # low, then five high years, then low again: lowest since the first year
    since = control_chart.record(series([5.0] * 12 + [20.0] * 60 + [6.0] * 12))
    assert since is not None and since.kind == "lowest"
    assert since.since == Span(Month(2020, 4), Month(2021, 3))
    assert control_chart.record(series([5.0, 6.0] * 36)) is None


def test_record_stays_on_its_side_of_a_gap_or_break() -> None:
    values = [float(100 - n) for n in range(96)]
    values[10] = math.nan
    found = control_chart.record(series(values))
    assert found is not None and found.first.first == Month(2021, 3)
    values[70] = math.nan
    assert control_chart.record(series(values)) is None
    cut = Event("b", "Break", "Break", "break", "", date(2022, 4, 1))
    broken = control_chart.record(series([float(100 - n) for n in range(96)]), breaks=[cut])
    assert broken is not None and broken.first.first == Month(2022, 4)


def test_a_year_s_average_is_there_where_all_its_months_are() -> None:
    found = control_chart.smooth(series([float(n) for n in range(26)])).tolist()
    assert np.isnan(found[:11]).all() and found[11:13] == [5.5, 6.5] and found[-1] == sum(range(14, 26)) / 12
    gap = [1.0] * 30
    gap[12] = math.nan
    found = control_chart.smooth(series(gap)).tolist()
    assert [math.isnan(value) for value in found] == [True] * 11 + [False] + [True] * 12 + [False] * 6
    assert found[11] == found[-1] == 1.0


def test_the_average_of_a_share_is_that_of_its_cases() -> None:
    """Not the mean of twelve percentages: a month of few cases counts little."""
    frame = series([1.0] * 11 + [90.0]).assign(denominator=[10.0] * 11 + [90.0])
    assert control_chart.smooth(frame, Kind.PROPORTION)[-1] == pytest.approx(100 * 101 / 200)
    drawn = control_chart.trend(frame, kind=Kind.PROPORTION)["smooth"]
    assert drawn.iloc[-1] == pytest.approx(100 * 101 / 200), "the same in the trend and in the course"


# ---- exact limits for small counts


@pytest.mark.parametrize("mean", [0.25, 1, 4, 12, 19])
def test_exact_limits_are_quantiles_of_poisson(mean: float) -> None:
    found = control_chart.exact_limits([mean - 0.25, mean + 0.25] * 18)
    assert found is not None
    assert found == control_chart.Limits(mean, poisson.ppf(0.00135, mean), poisson.ppf(0.99865, mean), 36)
    assert poisson.cdf(found.lower - 1, mean) < 0.00135 and poisson.sf(found.upper, mean) <= 0.00135


@pytest.mark.parametrize(("mean", "ratio"), [(1, 1.5), (4, 2), (4, 3.7), (15, 1.02)])
def test_exact_limits_of_scattered_months_are_quantiles_of_the_negative_binomial(mean: float, ratio: float) -> None:
    found = control_chart.exact_limits([mean] * 36, ratio)
    spread = nbinom(mean / (ratio - 1), 1 / ratio)
    assert spread.mean() == pytest.approx(mean) and spread.var() == pytest.approx(ratio * mean)
    assert found == control_chart.Limits(mean, spread.ppf(0.00135), spread.ppf(0.99865), 36)
    plain = control_chart.exact_limits([mean] * 36)
    assert plain is not None and found is not None and found.upper >= plain.upper and found.lower <= plain.lower


@given(st.lists(st.integers(0, 19).map(float), min_size=3, max_size=60), st.floats(1, 10))
@example([0.0] * 12, 1.0)
@example([0.0] * 11 + [1.0], 10.0)
def test_exact_limits_leave_out_at_most_27_months_of_ten_thousand(months: list[float], ratio: float) -> None:
    found = control_chart.exact_limits(months, ratio)
    assert found is not None and 0 <= found.lower <= found.upper
    mean = sum(months) / len(months)
    assert found.centre == pytest.approx(mean)
    if mean:
        spread = nbinom(mean / (ratio - 1), 1 / ratio) if ratio > 1.01 else poisson(mean)
        assert spread.cdf(found.lower - 1) + spread.sf(found.upper) <= 0.0027 + 1e-12
    else:
        assert (found.lower, found.upper) == (0, 0)


def test_exact_limits_pass_over_what_is_missing() -> None:
    assert control_chart.exact_limits([4, None, 4, math.nan, 4]) == control_chart.exact_limits([4, 4, 4])
    assert control_chart.exact_limits([4, None, 4, math.nan]) is None


def test_counts_from_twenty_a_month_on_get_moving_range_limits() -> None:
    small, large = [4.0, 6.0] * 18, [10.0, 40.0] * 18
    exact, room = control_chart.exact_limits(small, 2), control_chart.next_count(small, 2)
    assert exact is not None and room is not None
    assert control_chart.usual_range(small, 2) == replace(exact, upper=max(exact.upper, room.upper))
    assert 0 <= room.upper - exact.upper <= 1, "three years are nearly as good as knowing the mean"
    assert control_chart.usual_range(large, 2) == control_chart.limits(large)
    assert control_chart.usual_range([*large[:9], None, *large[9:]]) == control_chart.limits(
        [*large[:9], None, *large[9:]]
    )
    assert control_chart.usual_range([]) is None and control_chart.usual_range([None, math.nan]) is None
    assert control_chart.usual_range([3.0, 4.0]) is None


@pytest.mark.parametrize("level", [0, 1, 3, 12, 25, 400])
def test_a_flat_series_and_one_more_is_no_signal(level: int) -> None:
    frame = control_chart.trend(series([float(level)] * 47 + [level + 1.0]))
    assert frame["upper"].notna().any() and not frame["signal"].any()
    falling = control_chart.trend(series([level + 1.0] * 47 + [float(level)]))
    assert not falling["signal"].any()


def test_one_event_after_three_years_of_none_is_no_signal_and_three_are() -> None:
    assert not control_chart.trend(series([0.0] * 35 + [1.0]))["signal"].any()
    assert control_chart.trend(series([0.0] * 47 + [3.0]))["rule"].iloc[-1] == control_chart.BEYOND
    share = control_chart.trend(series([0.0] * 47 + [1.0], under=[5.0] * 48), kind=Kind.PROPORTION)
    assert share["upper"].notna().any() and not share["signal"].any()
    whole = control_chart.trend(series([0.0] * 47 + [5.0], under=[5.0] * 48), kind=Kind.PROPORTION)
    assert whole["rule"].iloc[-1] == control_chart.BEYOND


@given(st.lists(st.integers(0, 60).map(float), min_size=3, max_size=60), st.floats(1, 6))
def test_the_usual_range_is_never_narrower_than_chance(months: list[float], ratio: float) -> None:
    found = control_chart.usual_range(months, ratio)
    mean, cases = (sum(months) + 0.5) / len(months), len(months)
    chance = nbinom(mean * cases, cases / (cases + 1))  # a Poisson count whose mean is known from so many months
    assert found is not None
    assert chance.sf(found.upper) <= 0.00135 + 1e-9
    assert found.lower == 0 or chance.cdf(found.lower - 1) <= 0.00135 + 1e-9


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 40)), min_size=24, max_size=60))
@example(
    [(0, 1)] * 10 + [(0, 6), (6, 9)] + [(0, 1)] * 12
)  # 6 of 9 is the limit itself, and 600 / 9 is not 100 * (6 / 9)
def test_a_share_beyond_its_range_is_beyond_chance(months: list[tuple[int, int]]) -> None:
    over, under = [float(min(pair)) for pair in months], [float(pair[1]) for pair in months]
    frame = control_chart.trend(series(over, under=under), kind=Kind.PROPORTION)
    last = control_chart.baseline_of([moment.date() for moment in frame["start"]])
    assert last is not None
    inside = [last.first.first_day <= moment.date() <= last.last.first_day for moment in frame["start"]]
    cases = sum(all_ for all_, kept in zip(under, inside, strict=True) if kept)
    mean = (sum(one for one, kept in zip(over, inside, strict=True) if kept) + 0.5) / (cases + 1)
    for place in frame.index[frame["rule"] == control_chart.BEYOND]:
        one, all_ = over[place], under[place]
        tail = (
            binom.sf(one - 1, all_, mean)
            if frame["value"][place] > frame["centre"][place]
            else binom.cdf(one, all_, mean)
        )
        assert tail <= 0.00135 + 1e-9


def false_alarms(seed: int, find: object, mean: float = 4, tries: int = 1500) -> float:
    """The share of months beyond limits that were worked out on the three years before, where nothing changes."""
    draw = np.random.default_rng(seed)
    beyond = 0
    for months in draw.poisson(mean, (tries, 48)).astype(float).tolist():
        band = find(months[:36])  # type: ignore[operator]
        beyond += sum(rule == "beyond" for rule in control_chart.rules(months[36:], band))
    return beyond / (12 * tries)


def test_exact_limits_seldom_cry_wolf_and_moving_ranges_do_it_more() -> None:
    exact, ranges = false_alarms(17, control_chart.usual_range), false_alarms(17, control_chart.limits)
    assert exact < 0.005, "and so well under 2% of months"
    assert ranges > 3 * exact
    assert ranges > 0.0027 * 2


def test_few_events_that_double_are_seen() -> None:
    draw = np.random.default_rng(3)
    seen = 0
    for months in draw.poisson([4] * 36 + [12] * 12, (200, 48)).astype(float).tolist():
        band = control_chart.usual_range(months[:36])
        assert band is not None
        seen += "beyond" in control_chart.rules(months[36:], band)
    assert seen > 195


def test_the_trend_of_few_events_has_exact_limits_with_its_scatter() -> None:
    values = [2.0, 6.0] * 24
    for ratio in (1.0, 3.0):
        frame = control_chart.trend(series(values), dispersion=ratio)
        band = control_chart.exact_limits(values[:36], ratio)
        assert band is not None
        assert set(frame["upper"]) == {band.upper} and set(frame["lower"]) == {band.lower}
    rates = control_chart.trend(series(values), dispersion=3.0, people=2000, per=1000)
    assert rates["upper"].iloc[-1] == pytest.approx(band.upper / 2)
    assert rates["centre"].iloc[-1] == pytest.approx(2)
    assert rates["lower"].iloc[-1] == pytest.approx(band.lower / 2)


def test_shares_and_published_rates_have_moving_range_limits_however_small() -> None:
    under = [100.0] * 48
    share = control_chart.trend(series([2.0, 6.0] * 24, under=under), kind=Kind.PROPORTION)
    assert share["upper"].iloc[-1] == pytest.approx(4 + 2.66 * 4)
    rate = control_chart.trend(series([2.0, 6.0] * 24), kind=Kind.RATE, dispersion=3)
    assert rate["upper"].iloc[-1] == pytest.approx(4 + 2.66 * 4)


# ---- a band that follows the season

FACTORS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.25, 1.15, 1.0, 0.9, 0.7)
SEASONS = Seasons(FACTORS, 0.0001, 0.9, 96)


def seasonal(level: list[float]) -> list[float]:
    """Months from April on, each with its month's factor."""
    return [value * FACTORS[(3 + place) % 12] for place, value in enumerate(level)]


def test_the_band_follows_the_season() -> None:
    level = [90.0, 120.0] * 24
    frame = control_chart.trend(series(seasonal(level)), seasons=SEASONS)
    plain = control_chart.limits(level[:36])
    assert plain is not None
    for place, moment in enumerate(frame["start"]):
        factor = FACTORS[moment.month - 1]
        assert frame["lower"][place] == pytest.approx(plain.lower * factor)
        assert frame["centre"][place] == pytest.approx(plain.centre * factor)
        assert frame["upper"][place] == pytest.approx(plain.upper * factor)
    assert frame["value"].tolist() == seasonal(level), "the values stay as they were counted"
    assert not frame["signal"].any()
    assert frame["upper"].nunique() > 6


def test_a_high_month_of_a_high_season_is_no_signal_and_of_a_low_one_is() -> None:
    level = [100.0, 110.0] * 24
    for place, month in ((40, 8), (44, 12)):  # August and December of the last year
        raised = seasonal(level)
        raised[place] = 135.0
        frame = control_chart.trend(series(raised), seasons=SEASONS)
        assert frame["start"][place].month == month
        assert (frame["rule"][place] == control_chart.BEYOND) is (month == 12)
    without = control_chart.trend(series(seasonal(level)))
    assert without["signal"].any(), "the season alone makes signals where it is not taken out"


def test_small_seasonal_counts_are_judged_on_their_adjusted_values() -> None:
    level = [6.0, 10.0] * 24
    frame = control_chart.trend(series(seasonal(level)), seasons=SEASONS, dispersion=1.0)
    band = control_chart.exact_limits(level[:36])
    assert band is not None
    factor = FACTORS[frame["start"].iloc[-1].month - 1]
    assert frame["upper"].iloc[-1] == pytest.approx(band.upper * factor)
    assert frame["lower"].iloc[-1] == pytest.approx(band.lower * factor)


@given(st.lists(st.integers(0, 400).map(float), min_size=24, max_size=72), st.booleans())
def test_a_signal_beyond_is_a_value_beyond_its_band(values: list[float], with_seasons: bool) -> None:
    frame = control_chart.trend(series(values), seasons=SEASONS if with_seasons else None)
    drawn = frame[frame["upper"].notna()]
    edge = 1e-9 * (1 + drawn["value"])
    beyond = (drawn["value"] > drawn["upper"] + edge) | (drawn["value"] < drawn["lower"] - edge)
    near = (drawn["value"] - drawn["upper"]).abs().le(edge) | (drawn["value"] - drawn["lower"]).abs().le(edge)
    assert ((drawn["rule"] == control_chart.BEYOND) == beyond)[~near].all()
    assert (frame["signal"] == (frame["rule"] != "")).all()
    assert not frame.loc[frame["upper"].isna(), "signal"].any()
    assert (drawn["lower"] <= drawn["centre"]).all() and (drawn["centre"] <= drawn["upper"]).all()


@given(st.lists(st.integers(0, 400).map(float), min_size=24, max_size=72), st.floats(0.5, 5000))
def test_a_rate_signals_where_its_count_does(values: list[float], people: float) -> None:
    count, rate = control_chart.trend(series(values)), control_chart.trend(series(values), people=1000 * people)
    same = (rate["upper"] - count["upper"] / people).abs().fillna(0) < 1e-6 * (1 + count["upper"].fillna(0))
    assert same.all()
    clear = count["value"].sub(count["upper"]).abs().gt(1e-6) & count["value"].sub(count["lower"]).abs().gt(1e-6)
    assert ((count["rule"] == control_chart.BEYOND) == (rate["rule"] == control_chart.BEYOND))[
        clear | count["upper"].isna()
    ].all()
