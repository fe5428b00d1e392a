"""The kept table of error rates is what a simulation gives, and says what the tests are worth."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from csp_dash.analytics import power

KEPT_TRIES, TRIES = 2000, 150
CELLS = ["stable", "fall10", "fall20", "fall30"]
KEYS = ["volume", "month", "dispersion", "rule"]


@pytest.fixture(scope="module")
def kept() -> pd.DataFrame:
    return power.table()


@pytest.fixture(scope="module")
def again() -> pd.DataFrame:
    return power.simulate(TRIES, seed=77)


def rows(frame: pd.DataFrame, rule: str, dispersion: float | None = None) -> pd.DataFrame:
    chosen = frame[frame["rule"] == rule]
    return chosen if dispersion is None else chosen[chosen["dispersion"] == dispersion]


def test_the_table_covers_every_volume_and_rule(kept: pd.DataFrame, again: pd.DataFrame) -> None:
    assert list(kept.columns) == list(again.columns) == [*KEYS, *CELLS]
    pd.testing.assert_frame_equal(kept[KEYS], again[KEYS])
    assert len(kept) == len(power.VOLUMES) * (3 + 4)
    assert kept[CELLS].min().min() >= 0 and kept[CELLS].max().max() <= 100


def test_a_new_simulation_gives_the_kept_rates(kept: pd.DataFrame, again: pd.DataFrame) -> None:
    for column in CELLS:
        for place, (one, two) in enumerate(zip(kept[column] / 100, again[column] / 100, strict=True)):
            pooled = (KEPT_TRIES * one + TRIES * two) / (KEPT_TRIES + TRIES)
            error = math.sqrt(pooled * (1 - pooled) * (1 / KEPT_TRIES + 1 / TRIES))
            assert abs(one - two) <= 4 * error + 0.01, (column, kept.loc[place, KEYS].tolist(), one, two)


def test_together_the_new_rates_lie_about_the_kept_ones(kept: pd.DataFrame, again: pd.DataFrame) -> None:
    # single cells have room of several points; a table of another method would be off on average
    for rule in (power.TEST, power.TEST_NAIVE, power.LIMIT, power.RULES):
        gap = (rows(again, rule)[CELLS] - rows(kept, rule)[CELLS]).to_numpy().mean()
        assert abs(gap) < 1.5, rule


def test_the_same_seed_gives_the_same_table() -> None:
    pd.testing.assert_frame_equal(power.simulate(3, seed=5), power.simulate(3, seed=5))


def test_a_test_that_knows_no_scatter_cries_wolf_far_more_often(kept: pd.DataFrame) -> None:
    naive, honest = rows(kept, power.TEST_NAIVE), rows(kept, power.TEST, 2.0)
    assert set(naive["dispersion"]) == {2.0}
    assert (naive["stable"] > 12).all()
    assert (naive["stable"].to_numpy() > 2 * honest["stable"].to_numpy()).all()
    # in theory, at large counts: a standard normal times the root of two, beyond 1.96
    expected = 100 * math.erfc(1.959963984540054 / math.sqrt(2) / math.sqrt(2))
    assert naive["stable"].iloc[0] == pytest.approx(expected, abs=3)


def test_larger_falls_are_seen_more_often(kept: pd.DataFrame) -> None:
    for rule in (power.TEST, power.TEST_NAIVE, power.RULES):
        for cells in rows(kept, rule)[CELLS].to_numpy().tolist():
            assert cells == sorted(cells), rule
    large = rows(kept, power.LIMIT)
    for cells in large.loc[large["month"] >= 50, CELLS].to_numpy().tolist():
        assert cells[1:] == sorted(cells[1:])


def test_larger_counts_show_a_fall_more_often(kept: pd.DataFrame) -> None:
    for scatter in power.DISPERSIONS:
        for column in CELLS[1:]:
            cells = rows(kept, power.TEST, scatter)[column].tolist()
            assert cells == sorted(cells, reverse=True), "from the largest volume to the smallest"


def test_scatter_costs_power(kept: pd.DataFrame) -> None:
    for column in CELLS[1:]:
        calm, wild = (rows(kept, power.TEST, scatter)[column].to_numpy() for scatter in power.DISPERSIONS)
        assert (wild <= calm + 2).all()


def test_power_of_the_test_agrees_with_the_normal_formula(kept: pd.DataFrame) -> None:
    # log ratio of two Poisson years of 50 a month, the second a fifth lower
    found = rows(kept, power.TEST, 1.0).set_index("month")
    for month in (50.0, 200.0):
        for fall, column in ((0.1, "fall10"), (0.2, "fall20"), (0.3, "fall30")):
            error = math.sqrt(1 / (12 * month) + 1 / (12 * month * (1 - fall)))
            z = -math.log(1 - fall) / error - 1.959963984540054
            expected = 100 * 0.5 * math.erfc(-z / math.sqrt(2))
            assert found.loc[month, column] == pytest.approx(expected, abs=6), (month, column)


def test_single_months_say_little_where_events_are_few(kept: pd.DataFrame) -> None:
    few = rows(kept, power.LIMIT)
    few = few[few["month"] <= 10]
    assert (few["stable"] < 5).all() and (few["fall20"] < 6).all()
