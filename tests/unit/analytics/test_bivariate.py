"""Nine cells by hand, the laws of thirds, and the rank correlation against scipy and against every permutation."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from csp_dash.analytics.bivariate import LEVELS, bivariate
from csp_dash.analytics.palette import BIVARIATE, MISSING

X = {"a": 3.0, "b": 11.0, "c": 12.4, "d": 15.0, "e": 18.7, "f": 40.0}
Y = {"a": 9.0, "b": 2.0, "c": 5.0, "d": 4.0, "e": 8.0, "f": 1.0}


def test_by_hand() -> None:
    found = bivariate(X, Y)
    assert found.x_edges == (12.0, 18.0) and found.y_edges == (4.0, 8.0)
    assert found.x_labels == ("under 12", "12 to 18", "18 and over")
    assert found.cells == {"a": (0, 2), "b": (0, 0), "c": (1, 1), "d": (1, 1), "e": (2, 2), "f": (2, 0)}
    assert found.colours["a"] == BIVARIATE[2][0] and found.colours["f"] == BIVARIATE[0][2]
    assert found.areas == 6 and found.reason == ""
    assert len(LEVELS) == len(found.y_labels) == 3


def test_labels_share_their_decimals() -> None:
    tenths = dict(zip("abcdef", (0.1, 2.3, 2.6, 2.9, 31, 44), strict=True))
    assert bivariate(tenths, Y).x_labels == ("under 2.5", "2.5 to 20.0", "20.0 and over")
    thousands = dict(zip("abcdef", (900, 990, 1100, 1900, 2300, 4000), strict=True))
    assert bivariate(thousands, Y).x_labels == ("under 1,000", "1,000 to 2,000", "2,000 and over")


VALUES = st.lists(st.one_of(st.integers(0, 12).map(float), st.floats(0, 500)), min_size=6, max_size=60)


@given(VALUES, st.randoms())
def test_laws_of_thirds(numbers: list[float], order: object) -> None:
    x = {f"A{place:02}": number for place, number in enumerate(numbers)}
    shuffled = list(numbers)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    y = dict(zip(x, shuffled, strict=True))
    found = bivariate(x, y)
    if len(set(numbers)) < 3:
        assert found.reason and set(found.cells.values()) == {None} and set(found.colours.values()) == {MISSING}
        return
    assert found.x_edges == found.y_edges and found.x_edges[0] < found.x_edges[1]
    columns = {area: cell[0] for area, cell in found.cells.items() if cell is not None}
    assert len(columns) == len(numbers)
    low, high = found.x_edges
    for area, value in x.items():  # the rounded numbers put nobody in another third: ties together, order kept
        assert columns[area] == (value >= low) + (value >= high)
    assert set(columns.values()) == {0, 1, 2}
    if len(set(numbers)) == len(numbers):
        sizes = [list(columns.values()).count(third) for third in range(3)]
        assert max(sizes) - min(sizes) <= 1
    # no other two cuts are nearer to thirds
    ordered, n = sorted(numbers), len(numbers)
    cuts = [place for place in range(1, n) if ordered[place - 1] < ordered[place]]
    at = sum(number < low for number in numbers), sum(number < high for number in numbers)
    nearest = min(abs(a - n / 3) + abs(b - 2 * n / 3) for a in cuts for b in cuts if a < b)
    assert abs(at[0] - n / 3) + abs(at[1] - 2 * n / 3) == pytest.approx(nearest)


@given(st.permutations(sorted(X)))
def test_the_order_of_areas_does_not_matter(order: list[str]) -> None:
    assert bivariate({area: X[area] for area in order}, Y) == bivariate(X, Y)


def test_turning_the_measures_over_turns_the_grid_over() -> None:
    one, other = bivariate(X, Y), bivariate(Y, X)
    assert {area: cell and cell[::-1] for area, cell in one.cells.items()} == other.cells
    assert one.rho == pytest.approx(other.rho)


def test_many_noughts_stay_together() -> None:
    noughts = dict(zip("abcdefgh", (0, 0, 0, 0, 0, 1, 2, 3), strict=True))
    found = bivariate(noughts, dict(zip("abcdefgh", range(8), strict=True)))
    assert [found.cells[area] for area in "abcde"] == [(0, found.cells[area][1]) for area in "abcde"]  # type: ignore[index]
    assert {found.cells[area][0] for area in "fgh"} == {1, 2}  # type: ignore[index]


def test_areas_without_both_have_no_cell_and_no_part_in_the_thirds() -> None:
    found = bivariate(X | {"g": 1000.0, "h": math.nan, "i": None}, Y | {"h": 3.0, "j": -50.0, "i": 1.0})
    assert [found.cells[area] for area in "ghij"] == [None] * 4
    assert {found.colours[area] for area in "ghij"} == {MISSING}
    assert {area: found.cells[area] for area in X} == bivariate(X, Y).cells
    assert found.x_edges == (12.0, 18.0) and found.areas == 6


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ({}, {}, "none have both"),
        ({"a": 1.0}, {"a": 2.0}, "one has both"),
        ({area: X[area] for area in "abcde"}, Y, "5 have both"),
        (dict.fromkeys(X, 2.0), Y, "same value"),
        (X, dict.fromkeys(X, 2.0), "same value"),
        ({area: float(area > "c") for area in X}, Y, "two different values"),
    ],
)
def test_what_makes_no_grid_has_a_reason(x: dict[str, float], y: dict[str, float], words: str) -> None:
    found = bivariate(x, y)
    assert words in found.reason and found.reason.endswith(".")
    assert set(found.cells) == {*x, *y} and not any(found.cells.values())
    assert (found.x_edges, found.y_labels, found.rho, found.p_value) == ((), (), None, None)


def test_spearman_against_scipy_and_every_permutation() -> None:
    found = bivariate(X, Y)
    x, y = (np.array([measure[area] for area in sorted(X)]) for measure in (X, Y))
    expected = spearmanr(x, y).statistic
    assert found.rho == pytest.approx(expected)
    every = np.array([spearmanr(x, np.array(drawn)).statistic for drawn in permutations(y)])
    tail = min((every <= expected + 1e-9).mean(), (every >= expected - 1e-9).mean())
    assert found.p_value == pytest.approx(min(1, 2 * tail))


@pytest.mark.parametrize("strength", [0.0, 0.5])
def test_spearman_of_many_areas_is_near_scipys_approximation(strength: float) -> None:
    rng = np.random.default_rng(12)
    one = np.round(rng.normal(size=60), 1)
    other = np.round(strength * one + rng.normal(size=60), 1)
    names = [f"A{place:02}" for place in range(60)]
    found = bivariate(dict(zip(names, one, strict=True)), dict(zip(names, other, strict=True)))
    expected = spearmanr(one, other)
    assert found.rho == pytest.approx(expected.statistic)
    assert found.p_value is not None
    assert found.p_value == pytest.approx(expected.pvalue, abs=0.02)
    assert (found.p_value < 0.05) == (strength > 0)
