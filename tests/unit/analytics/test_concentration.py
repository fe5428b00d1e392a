"""Concentration by hand, the generalised Gini by brute force, and the laws of the curve."""

from __future__ import annotations

import math
from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_dash.analytics.concentration import concentration


def ordinary(counts: list[int]) -> float:
    """Gini's coefficient as the mean difference of all pairs over twice the mean."""
    x = np.array(counts, dtype=float)
    return float(np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean()))


def evenest_area(places: int, offences: int) -> float:
    """Area under the Lorenz curve of offences spread as evenly as the generalised curve has it: one a place."""
    return min(1.0, offences / places) / 2


def lorenz_gini(counts: list[int]) -> float:
    """The generalised coefficient from the areas of its curves: what is lost of the most even area, over that area."""
    n, c = len(counts), sum(counts)
    held = np.concatenate([[0], np.sort(counts).cumsum()]) / c
    under = float(((held[1:] + held[:-1]) / 2).sum()) / n
    return (evenest_area(n, c) - under) / evenest_area(n, c)


@pytest.mark.parametrize(("places", "offences"), [(2, 1), (2, 5), (3, 3), (4, 3), (5, 2), (6, 4), (5, 9)])
def test_brute_force_over_every_way_to_spread_offences(places: int, offences: int) -> None:
    """0 exactly at the most even spread and nowhere else (where there are no more offences than places)."""
    found = {}
    for spread in combinations_with_replacement(range(places), offences):
        counts = [spread.count(place) for place in range(places)]
        found[tuple(sorted(counts))] = (concentration(counts).gini, counts)
    values = {spread: gini for spread, (gini, _) in found.items()}
    evenest, most = min(values, key=lambda spread: values[spread]), max(values, key=lambda spread: values[spread])
    assert max(evenest) - min(evenest) <= 1
    assert most == (0,) * (places - 1) + (offences,)
    assert values[most] == pytest.approx(1 - 1 / min(places, offences))
    if offences <= places:
        assert values[evenest] == pytest.approx(0, abs=1e-12)
        assert sum(gini < 1e-9 for gini in values.values()) == 1
    for gini, counts in found.values():
        if offences >= places:
            assert gini == pytest.approx(ordinary(counts))
        else:
            assert gini < ordinary(counts)


COUNTS = st.lists(st.integers(0, 40), min_size=2, max_size=40).filter(any)


@given(COUNTS, st.randoms())
def test_laws(counts: list[int], order: object) -> None:
    found = concentration(counts)
    assert found.gini is not None and 0 <= found.gini < 1
    if sum(counts) >= len(counts):
        assert found.gini == pytest.approx(ordinary(counts), abs=1e-9)
    shuffled = list(counts)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert concentration(shuffled).gini == pytest.approx(found.gini, abs=1e-12)
    # half: enough, and one place fewer is not
    ordered = sorted(counts, reverse=True)
    assert found.half is not None
    assert 2 * sum(ordered[: found.half]) >= sum(counts) > 2 * sum(ordered[: found.half - 1])
    # the curve runs from corner to corner, never falls, never steepens, and lies over the diagonal
    curve = found.curve
    assert curve.iloc[0].tolist() == [0, 0] and curve.iloc[-1].tolist() == [1, 1] and len(curve) == len(counts) + 1
    steps = np.diff(curve["offences_share"])
    assert (steps >= -1e-12).all() and (np.diff(steps) <= 1e-12).all()
    assert (curve["offences_share"] >= curve["places_share"] - 1e-12).all()


@given(COUNTS)
def test_it_is_the_area_between_the_curve_and_that_of_the_most_even_spread(counts: list[int]) -> None:
    assert concentration(counts).gini == pytest.approx(lorenz_gini(counts), abs=1e-9)


def test_what_cannot_be_told_has_a_sentence() -> None:
    none = concentration([0, 0, 0])
    assert (none.places, none.total, none.half, none.half_share, none.gini) == (3, 0, None, None, None)
    assert none.curve.empty and list(none.curve) == ["places_share", "offences_share"]
    assert none.note == "No offence was recorded, so there is nothing to be concentrated."
    one = concentration([5])
    assert (one.half, one.half_share, one.gini) == (1, 100, None) and "alone" in one.note
    for nothing in ([], [math.nan, None]):
        assert concentration(nothing).places == 0 and "No place has a known count." in concentration(nothing).note


def test_places_without_a_known_count_are_left_out_and_counted() -> None:
    found = concentration([1, math.nan, 0, 6, None, 3])
    assert found.gini == pytest.approx(0.5) and found.places == 4
    assert found.note == "2 places without a known count are left out."
    assert concentration([1, 2, None]).note == "One place without a known count is left out."


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be -2"):
        concentration([1, -2])
