"""Funnel limits against the Poisson tails they stand for, over-dispersion by hand and on made-up boroughs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_dash.analytics.funnel import COLUMNS, LEFT, LIMITS, Band, Funnel, funnel
from csp_dash.analytics.intervals import poisson_ci


def wards(*rows: tuple[object, object]) -> pd.DataFrame:
    return pd.DataFrame(
        [(f"W{place}", *row) for place, row in enumerate(rows)], columns=["area", "numerator", "exposure"]
    )


def counts_of_chance(expected: float) -> list[float]:
    """The limits of chance alone as counts: low95, high95, low998, high998."""
    plain = Funnel(pd.DataFrame(), rate=1.0, tau2=0.0, phi=1.0, overdispersed=False)
    edges = plain.limits([expected]).iloc[0]
    return [expected * float(edges[name]) for name in LIMITS]


def test_by_hand() -> None:
    found = funnel(wards((30, 1000), (10, 1000), (20, 1000)))
    assert found.rate == pytest.approx(0.02)
    assert list(found.frame) == COLUMNS
    assert found.frame["expected"].tolist() == pytest.approx([20, 20, 20])
    assert found.frame["ratio"].tolist() == pytest.approx([1.5, 0.5, 1.0])
    # z = sqrt(20) (ln 1.5, ln 0.5, 0) = 1.813296, -3.099849, 0; tenths: -2.479879 and 1.450637
    phi = (1.450637**2 + 2.479879**2) / 3 / 0.678655
    assert found.phi == pytest.approx(phi, abs=1e-4)
    # W = 60, sum of squares 1200: (3 phi - 2) / (60 - 20)
    assert found.tau2 == pytest.approx((3 * phi - 2) / 40, abs=1e-5)
    assert found.overdispersed
    wide = math.exp(1.959964 * math.sqrt(1 / 20 + found.tau2))
    assert found.frame["high95"].tolist() == pytest.approx([wide] * 3, rel=1e-5)
    assert found.frame["low95"].tolist() == pytest.approx([1 / wide] * 3, rel=1e-5)
    widest = math.exp(3.090232 * math.sqrt(1 / 20 + found.tau2))
    assert found.frame["high998"].tolist() == pytest.approx([widest] * 3, rel=1e-5)
    assert found.frame["z"][0] == pytest.approx(math.log(1.5) / math.sqrt(1 / 20 + found.tau2))
    assert found.frame["band"].tolist() == [Band.USUAL] * 3


def test_what_drawing_in_leaves_of_a_bell_curve() -> None:
    z = np.random.default_rng(5).normal(size=400_000)
    assert np.mean(np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2) == pytest.approx(LEFT, abs=0.005)


@given(st.integers(2, 300), st.floats(0.5, 250))
def test_beyond_the_limits_is_where_the_counts_own_interval_leaves_the_whole_out(count: int, expected: float) -> None:
    least, most, _, _ = counts_of_chance(expected)
    low, high = poisson_ci(count)
    if min(abs(low - expected), abs(high - expected)) > 1e-6:
        assert (count > most) == (low > expected)
        assert (count < least) == (high < expected)


def test_the_interval_of_a_mean_is_not_a_limit() -> None:
    """Five are expected: 11 or more have a chance of 1.4%, one or none of 4.0% (Seaton and Manktelow 2012)."""
    least, most, _, _ = counts_of_chance(5)
    low, high = poisson_ci(5)
    assert 10 < most < 11 < high
    assert 0 < least < 1 < low


def test_curves_are_in_the_unit_of_the_rate_and_pass_through_the_wards_limits() -> None:
    found = funnel(wards((400, 9000), (150, 8000), (260, 12_000), (90, 3000), (700, 15_000)))
    curves = found.limits(found.frame["exposure"])
    for name in LIMITS:
        assert (curves[name] / found.rate).tolist() == pytest.approx(found.frame[name].tolist())
    many = found.limits(np.linspace(500, 50_000, 60))
    assert many["exposure"].is_monotonic_increasing
    assert many["high95"].is_monotonic_decreasing and many["low95"].is_monotonic_increasing
    assert (many["low998"] <= many["low95"]).all() and (many["high95"] <= many["high998"]).all()
    assert (many["low95"] < found.rate).all() and (found.rate < many["high95"]).all()


@pytest.mark.parametrize(("expected", "spread"), [(150, 0.1), (1500, 0.3)])
def test_one_ward_in_twenty_lies_beyond_95_by_chance_where_wards_are_spread(expected: float, spread: float) -> None:
    rng = np.random.default_rng(20)
    beyond = far = 0
    boroughs = 300
    for _ in range(boroughs):
        people = 10_000 * np.exp(rng.normal(0, 0.3, 20))
        counts = rng.poisson(people / 10_000 * expected * np.exp(rng.normal(0, spread, 20)))
        band = funnel(wards(*zip(counts.tolist(), people.tolist(), strict=True))).frame["band"]
        beyond += int((band != Band.USUAL).sum())
        far += int(band.isin([Band.WELL_ABOVE, Band.WELL_BELOW]).sum())
    # 6,000 wards: the standard error is 0.3 points where wards are independent, and somewhat more as limits are shared
    assert 0.037 < beyond / (20 * boroughs) < 0.060
    assert far / (20 * boroughs) < 0.010


@pytest.mark.parametrize("spread", [0.15, 0.5])
def test_the_spread_is_found_again(spread: float) -> None:
    rng = np.random.default_rng(8)
    people = rng.uniform(2000, 9000, 2000)
    counts = rng.poisson(0.1 * people * np.exp(rng.normal(0, spread, 2000)))
    found = funnel(wards(*zip(counts.tolist(), people.tolist(), strict=True)))
    assert math.sqrt(found.tau2) == pytest.approx(spread, rel=0.08)


def test_one_outlier_does_not_hide_itself() -> None:
    rng = np.random.default_rng(4)
    calm = [(int(n), 1000.0) for n in rng.poisson(200 * np.exp(rng.normal(0, 0.1, 19)))]
    once, twice = funnel(wards(*calm, (1000, 1000.0))), funnel(wards(*calm, (2000, 1000.0)))
    assert once.frame["band"].iloc[-1] == twice.frame["band"].iloc[-1] == Band.WELL_ABOVE


@given(
    st.lists(
        st.tuples(st.integers(0, 500) | st.none() | st.just(math.nan), st.floats(0.01, 1e5) | st.just(0.0) | st.none()),
        max_size=12,
    )
)
def test_limits_are_never_narrower_than_chance_and_bands_follow_them(rows: list[tuple[object, object]]) -> None:
    found = funnel(wards(*rows))
    calm = Funnel(found.frame, found.rate, 0.0, found.phi, False).limits(found.frame["exposure"].to_numpy(dtype=float))
    for row, (_, plain) in zip(found.frame.itertuples(index=False), calm.iterrows(), strict=True):
        if math.isnan(row.low95):
            assert row.band is None
            continue
        assert row.low998 <= row.low95 <= 1 <= row.high95 <= row.high998
        assert row.low95 * found.rate <= plain["low95"] * (1 + 1e-9)
        assert row.high95 * found.rate >= plain["high95"] * (1 - 1e-9)
        if row.band is not None:
            assert (row.band == Band.USUAL) == (row.low95 <= row.ratio <= row.high95)
            assert (row.band in (Band.WELL_BELOW, Band.WELL_ABOVE)) == (not row.low998 <= row.ratio <= row.high998)


def test_what_is_missing_has_no_band_and_no_part_in_the_whole() -> None:
    known = funnel(wards((30, 1000), (50, 1000))).frame
    found = funnel(wards((30, 1000), (math.nan, 1000), (50, 1000), (7, 0), (7, None)))
    assert found.rate == pytest.approx(0.04)
    assert [band is None for band in found.frame["band"]] == [False, True, False, True, True]
    assert found.frame.loc[1, "expected"] == pytest.approx(40)
    assert found.frame.loc[[1, 3, 4], ["ratio", "z"]].isna().all(axis=None)
    assert found.frame.loc[[0, 2], "z"].tolist() == pytest.approx(known["z"].tolist())
    nullable = wards((30, 1000), (50, 1000), (1, 1)).astype({"numerator": "Int64"})
    nullable.loc[2, "numerator"] = pd.NA
    assert funnel(nullable).rate == pytest.approx(0.04)


def test_one_area_no_area_and_no_offence() -> None:
    one = funnel(wards((30, 1000)))
    assert one.frame["ratio"].tolist() == [1.0] and one.frame["band"].tolist() == [None]
    none = funnel(wards((0, 1000), (0, 2000)))
    assert none.rate == 0 and none.frame["band"].tolist() == [None, None] and not none.overdispersed
    assert none.limits([500])[LIMITS].isna().all(axis=None)
    empty = funnel(wards())
    assert empty.frame.empty and math.isnan(empty.rate) and list(empty.frame) == COLUMNS
    nought = funnel(wards((0, 1000), (90, 1000), (110, 1000))).frame
    assert nought["ratio"][0] == 0 and math.isfinite(nought["z"][0])


def test_negative_counts_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'W1' has a negative numerator"):
        funnel(wards((3, 10), (-1, 10)))
    with pytest.raises(ValueError, match="'W0' has a negative exposure"):
        funnel(wards((3, -10), (1, 10)))
