"""Legible classes, colours and the small-number mark."""

from __future__ import annotations

import math

import mapclassify
import numpy as np
import pandas as pd
import pytest

from csp_dash.analytics import palette
from csp_dash.analytics.classes import breaks, classify, roundest
from csp_dash.analytics.small_numbers import few


def test_nothing_lies_between_equals() -> None:
    with pytest.raises(ValueError):
        roundest(2, 2)


def test_labels_are_words_a_reader_keeps() -> None:
    found = classify([0.9, 1.4, 2.2, 3.9, 5.5, 7.0, 8.4, 12.0, 15.5, 22.0])
    assert found.labels[0].startswith("under ")
    assert found.labels[-1].endswith(" and over")
    assert len(found.labels) == len(found.colours) == len(found.edges) + 1 == 5
    assert all(len(label) <= 12 for label in found.labels)


def test_whole_numbers_do_not_share_an_edge() -> None:
    found = classify([0, 0, 0, 3, 4, 9, 9, 30], 4, whole=True)
    assert found.labels[0] == "none"
    assert found.label(3) == found.label(4)
    assert all(edge == int(edge) for edge in found.edges)
    middle = found.labels[1].split(" to ")
    assert int(middle[1]) == found.edges[1] - 1


def test_ties_one_value_and_none() -> None:
    assert classify([3, 3, 3]).labels == ("3",)
    assert len(classify([1, 1, 2, 2]).labels) == 2
    empty = classify([None, math.nan])
    assert empty.labels == () and empty.missing
    assert empty.colour(4) == palette.MISSING and empty.label(4) == "no data"
    assert classify([]).missing is False


def test_missing_has_its_own_colour() -> None:
    found = classify([1, 2, 3, None])
    assert found.missing
    assert found.colour(None) == palette.MISSING
    assert found.index(math.nan) is None


@pytest.mark.parametrize("scale", [0.001, 1.0, 1000.0, 1e6])
def test_every_value_has_the_class_of_its_label(scale: float) -> None:
    values = [scale * v for v in (0.4, 1.1, 2.7, 3.3, 8.8, 9.1, 14.0, 31.0)]
    found = classify(values)
    assert sorted({found.index(v) for v in values if found.index(v) is not None}) == list(range(len(found.labels)))


def test_marks_are_seen_on_both_pages() -> None:
    for colour in {palette.LINE, palette.SIGNAL, palette.COMPARATOR, palette.DOT, *palette.SERIES}:
        for page in (palette.PAGE_LIGHT, palette.PAGE_DARK):
            assert palette.contrast(colour, page) >= 2.95, (colour, page)


def test_names_are_readable_on_every_class() -> None:
    for steps in range(1, 7):
        shades = palette.ramp(steps)
        assert len(set(shades)) == steps
        lights = [palette.luminance(shade) for shade in shades]
        assert lights == sorted(lights, reverse=True)
        assert all(palette.contrast(palette.ink(shade), shade) >= 4.5 for shade in shades)


def test_colours_are_read_and_refused() -> None:
    assert palette.rgb("#12436D") == (18, 67, 109)
    assert palette.faint("#000000", 0.5) == "rgba(0,0,0,0.5)"
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    with pytest.raises(ValueError):
        palette.rgb("navy")


def frame(*numbers: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"start": "2020-01-01", "numerator": numbers, "denominator": 100.0, "flag": [None] * len(numbers)}
    )


def test_few() -> None:
    assert [few(n) for n in (None, 0, 1, 19, 20)] == [False, False, True, True, False]


@pytest.mark.filterwarnings("ignore:Numba not installed")
@pytest.mark.parametrize("seed", range(40))
def test_natural_breaks_are_those_of_mapclassify_ties_and_all(seed: int) -> None:
    pick = np.random.default_rng(seed)
    size = int(pick.choice([6, 20, 33, 120]))
    kinds = (pick.integers(0, 9, size), pick.integers(0, 4000, size), pick.lognormal(2, 1, size), pick.random(size))
    values = np.sort(kinds[seed % 4].astype(float))
    number = min(2 + seed % 5, len(set(values.tolist())))
    assert breaks(values.tolist(), number) == mapclassify.FisherJenks(values, k=number).bins.tolist()
