"""Gi* and local Moran against esda and against the formulae; what noise does; what was planted; the real outlines."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from shapely.geometry import box, shape
from support import ROOT
from support.cells import dealt, grid, planted

from csp_dash.analytics.hotspots import (
    COLD,
    COLUMNS,
    HIGH_HIGH,
    HOT,
    LOW_HIGH,
    LOW_LOW,
    NEW,
    HotSpots,
    Neighbours,
    course,
    hot_spots,
    neighbours,
)

SIX, TWELVE = grid(6), grid(12)


def weights(links: Neighbours) -> Any:
    from libpysal.weights import W  # noqa: PLC0415 - slow to import, and only these tests need it

    return W({area: list(others) for area, others in links.links.items()}, silence_warnings=True)


@pytest.mark.parametrize("seed", [1, 2])
def test_scores_are_those_of_the_formula_written_out(seed: int) -> None:
    x = np.random.default_rng(seed).gamma(2, 10, 36)
    found = hot_spots(dealt(SIX, x), SIX, permutations=99).frame
    cells = list(SIX.links)
    w = np.array([[float(b in SIX.links[a]) for b in cells] for a in cells])
    star = w + np.eye(36)
    n, xbar, s = 36, x.mean(), math.sqrt((x**2).mean() - x.mean() ** 2)
    weight, squared = star.sum(axis=1), (star**2).sum(axis=1)
    z = (star @ x - xbar * weight) / (s * np.sqrt((n * squared - weight**2) / (n - 1)))
    assert found["z"].to_numpy() == pytest.approx(z, abs=1e-9)
    shared = star / weight[:, None]  # weights shared out over neighbours give the very same score
    row = (shared @ x - xbar) / (s * np.sqrt((n * (shared**2).sum(axis=1) - 1) / (n - 1)))
    assert row == pytest.approx(z, abs=1e-9)
    moran = (x - xbar) / x.var(ddof=1) * ((w / w.sum(axis=1)[:, None]) @ (x - xbar))
    assert found["moran"].to_numpy() == pytest.approx(moran, abs=1e-9)


def test_scores_and_chances_are_those_of_esda() -> None:
    from esda.getisord import G_Local  # noqa: PLC0415 - it takes over a second to import
    from esda.moran import Moran_Local  # noqa: PLC0415

    values = dealt(SIX, np.random.default_rng(9).gamma(2, 10, 36))
    found = hot_spots(values, SIX).frame
    y = np.array(list(values.values()))
    state = np.random.get_state()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gi = G_Local(y, weights(SIX), transform="B", star=True, permutations=9999, n_jobs=1, seed=5)
        moran = Moran_Local(y, weights(SIX), permutations=9999, n_jobs=1, seed=5)
    np.random.set_state(state)  # esda seeds the generator that everybody shares
    assert found["z"].to_numpy() == pytest.approx(gi.Zs, abs=1e-9)
    assert found["moran"].to_numpy() == pytest.approx(moran.Is, abs=1e-9)
    words = {1: HIGH_HIGH, 2: LOW_HIGH, 3: LOW_LOW, 4: "high among low"}
    assert found["quadrant"].tolist() == [words[q] for q in moran.q]
    # both are counts of 9,999 draws: four standard errors of their difference, twice over for two sides
    for theirs in (gi.p_sim, moran.p_sim):
        room = 2 * 4 * np.sqrt(2 * theirs * (1 - theirs) / 9999) + 4e-4
        assert (np.abs(found["p"].to_numpy() - np.minimum(1, 2 * theirs)) < room).all()


@given(st.lists(st.floats(0, 1000), min_size=36, max_size=36), st.randoms())
@settings(max_examples=40)
def test_order_scale_and_unit_do_not_matter(numbers: list[float], order: Any) -> None:
    values = dealt(SIX, np.round(numbers, 3))
    found = hot_spots(values, SIX, permutations=199)
    shuffled = list(values.items())
    order.shuffle(shuffled)
    turned = list(SIX.links.items())
    order.shuffle(turned)
    again = hot_spots(dict(shuffled), Neighbours(dict(turned), (), 1), permutations=199)
    assert again.frame.equals(found.frame) and again.reason == found.reason
    if found.tested:
        moved = hot_spots({cell: 1000 - 2 * value for cell, value in values.items()}, SIX, permutations=199).frame
        assert moved["z"].to_numpy() == pytest.approx(-found.frame["z"].to_numpy(), abs=1e-6)
        assert moved["p"].to_numpy() == pytest.approx(found.frame["p"].to_numpy())
        swap = {HOT: COLD, COLD: HOT, "": ""}
        assert moved["kind"].tolist() == [swap[kind] for kind in found.frame["kind"]]


def test_the_seed_makes_it_repeatable_and_other_seeds_differ_little() -> None:
    one, same, other = (hot_spots(planted(TWELVE), TWELVE, permutations=999, seed=seed).frame for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one["p"].equals(other["p"])
    assert (one["p"] - other["p"]).abs().max() < 0.25  # five standard errors
    assert one["z"].equals(other["z"])


def test_others_random_numbers_are_left_alone() -> None:
    np.random.seed(1)
    expected = np.random.random(3).tolist()
    np.random.seed(1)
    hot_spots(planted(TWELVE), TWELVE, permutations=99)
    assert np.random.random(3).tolist() == expected


def test_among_many_noughts_a_nought_is_not_cold() -> None:
    """Where nine areas of ten have none, neighbours without any are what chance would deal."""
    few = dealt(TWELVE, np.random.default_rng(6).permutation([5.0] * 14 + [0.0] * 130))
    found = hot_spots(few, TWELVE).frame
    assert not (found["kind"] == COLD).any()
    empty = [all(few[other] == 0 for other in TWELVE.links[cell]) for cell in found["area"]]
    assert sum(empty) > 20 and found.loc[empty, "p"].min() > 0.5


def test_a_planted_cluster_is_found_and_nothing_else() -> None:
    found = hot_spots(planted(TWELVE), TWELVE)
    hot = set(found.frame.loc[found.frame["kind"] == HOT, "area"])
    inside = {f"{r:02}{c:02}" for r, c in product(range(4), repeat=2)}
    # a cell in the outer corner of the cluster, and the ring around it, may fall either way
    assert {f"{r:02}{c:02}" for r, c in product(range(3), repeat=2)} <= hot
    assert hot <= {f"{r:02}{c:02}" for r, c in product(range(5), repeat=2)}
    assert found.tested == 144 and found.reason == ""
    frame = found.frame.set_index("area")
    assert (frame.loc[sorted(hot & inside), "moran_kind"] == HIGH_HIGH).all()
    assert frame.loc["0101", "p"] == 2 / 10_000
    assert (frame["q"] >= frame["p"]).all()


def test_a_single_neighbourhood_can_reach_significance_with_the_usual_permutations() -> None:
    """The brightest test that can be: one cell's eight neighbours are the eight highest of 169."""
    links = grid(13)
    values = dealt(links, np.linspace(0, 1, 169))
    ring = links.links["0606"]
    values |= dict.fromkeys(ring, 100.0)
    found = hot_spots(values, links).frame.set_index("area")
    assert found.loc["0606", "kind"] == HOT and found.loc["0606", "quadrant"] == LOW_HIGH
    assert found.loc["0606", "moran_kind"] == LOW_HIGH
    # so low itself that it and its neighbours together lie under the average: no hot spot, and yet no chance
    hollow = hot_spots(values | {"0606": -2000.0}, links).frame.set_index("area").loc["0606"]
    assert hollow["q"] < 0.05 and hollow["z"] < 0 and hollow["kind"] == "" and hollow["moran_kind"] == LOW_HIGH


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (dict.fromkeys(TWELVE.links, 4.0), "same figure"),
        (dealt(TWELVE, range(144)) | {"0000": math.nan}, "One area has no figure"),
        (dealt(TWELVE, range(144)) | {"0000": None, "0001": math.inf}, "2 areas have no figure"),
        (dealt(TWELVE, range(144)) | {"ZZ": 3.0}, "One area has a figure or an outline but not both"),
        ({"0000": 1.0}, "there are 1"),
        ({}, "there are 0"),
    ],
)
def test_what_cannot_be_tested_has_a_reason(values: Mapping[str, float | None], words: str) -> None:
    found = hot_spots(values, TWELVE, permutations=99)
    assert found.tested == 0 and words in found.reason and found.reason.endswith(".")
    assert list(found.frame) == COLUMNS and len(found.frame) == len(values)
    assert (found.frame[["kind", "quadrant", "moran_kind"]] == "").all(axis=None)
    assert found.frame[["z", "p", "q", "moran", "moran_p", "moran_q"]].isna().all(axis=None)


def test_fewer_than_thirty_areas_are_not_tested() -> None:
    five = grid(5)
    assert "30 areas or more" in hot_spots(dealt(five, range(25)), five).reason
    assert hot_spots(dealt(SIX, range(36)), SIX, permutations=99).tested == 36


def test_nothing_is_new_where_nobody_looked() -> None:
    calm = dealt(TWELVE, np.random.default_rng(3).normal(20, 2, 144))
    here, none = (hot_spots(values, TWELVE, permutations=5999) for values in (planted(TWELVE), calm))
    assert set(course(here, none).values()) == {NEW, ""}
    untested = hot_spots(dict.fromkeys(TWELVE.links, 1.0), TWELVE)
    assert set(course(here, untested).values()) == set(course(untested, here).values()) == {""}
    assert isinstance(untested, HotSpots) and len(course(here, untested)) == 144


def test_neighbours_touch_within_two_metres_at_sides_and_corners() -> None:
    outlines = {
        "a": box(0, 0, 100, 100),
        "b": box(101.5, 0, 200, 100),  # a gap of a metre and a half
        "c": box(100, 101, 200, 200),  # meets a at a corner
        "d": box(0, 103, 90, 200),  # three metres off a, ten off c
        "e": box(500, 500, 600, 600),
    }
    found = neighbours(outlines)
    assert found.links == {"a": ("b", "c", "d"), "b": ("a", "c"), "c": ("a", "b", "e"), "d": ("a",), "e": ("c",)}
    assert found.joined == ("d", "e")
    assert (found.count, found.parts) == (5, 1)
    assert neighbours(dict(reversed(outlines.items()))) == found


def test_pieces_one_area_and_outlines_without_extent() -> None:
    pairs = {name: box(x, 0, x + 10, 10) for name, x in (("a", 0), ("b", 10), ("c", 500), ("d", 510))}
    assert neighbours(pairs).parts == 2 and neighbours(pairs).joined == ()
    alone = neighbours({"a": box(0, 0, 1, 1)})
    assert alone.links == {"a": ()} and alone.joined == () and alone.count == 0
    assert neighbours({}).parts == 0
    with pytest.raises(ValueError, match="'b' has no outline"):
        neighbours({"a": box(0, 0, 1, 1), "b": shapely.Polygon()})


def test_the_real_small_areas_are_one_connected_whole() -> None:
    metres = Transformer.from_crs(4326, 27700, always_xy=True)
    features = json.loads((ROOT / "geo" / "lsoas.geojson").read_text(encoding="utf-8"))["features"]
    outlines = {
        feature["properties"]["code"]: shapely.transform(
            shape(feature["geometry"]), metres.transform, interleaved=False
        )
        for feature in features
    }
    found = neighbours(outlines)
    assert len(found.links) == 169
    assert all(found.links.values())
    assert found.parts == 1 and found.joined == ()
    assert all(area in found.links[other] for area, others in found.links.items() for other in others)
    assert 169 * 4 / 2 < found.count < 169 * 7 / 2  # small areas have some four to seven neighbours
    share = {area: outline.centroid.x for area, outline in outlines.items()}
    eastern = hot_spots(share, found, permutations=5999).frame
    assert (eastern["moran_kind"] == HIGH_HIGH).sum() > 30  # figures that rise to the east lie together
