"""Hot spots among small areas, tested for spatial clustering beyond chance.

What they cannot say. A hot spot is a neighbourhood, not an area: it says that an area's neighbours are high, and that
with the area itself they are above the average. Outlines are drawn for the census, not for the streets, and other
outlines would give other hot spots. Areas with few residents have unsteady rates, which no test here weighs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.stats import false_discovery_control
from shapely.geometry.base import BaseGeometry

TOUCH = 2.0
FEWEST = 30
SURE = 0.05
PERMUTATIONS = 9_999
SEED = 2021
NOISE_MAPS, NOISE_MAPS_COLOURED = 1_000, 25
"""Made-up maps of pure noise, and those on which anything was hot or cold: `make proof` measures them again."""
NEAR = 1e-9
HOT, COLD = "hot", "cold"
HIGH_HIGH, LOW_LOW = "high among high", "low among low"
HIGH_LOW, LOW_HIGH = "high among low", "low among high"
NEW, PERSISTENT, FADING = "new", "persistent", "fading"
COLUMNS = ["area", "value", "z", "p", "q", "kind", "quadrant", "moran", "moran_p", "moran_q", "moran_kind"]

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Which areas are neighbours of which.

    `links` has every area, in alphabetical order, with its neighbours; whoever is a neighbour has a neighbour. `joined`
    are the areas that touched none and were joined to the nearest. `parts` is how many pieces the whole falls into when
    one walks from neighbour to neighbour; 1 is one connected whole.
    """

    links: Mapping[str, tuple[str, ...]]
    joined: tuple[str, ...]
    parts: int

    @property
    def count(self) -> int:
        """The number of pairs of neighbours."""
        return sum(len(others) for others in self.links.values()) // 2


@dataclass(frozen=True, slots=True)
class HotSpots:
    """What `hot_spots` found: `tested` areas, or 0 and the `reason`, a sentence (empty where they were tested).

    `frame` has one row an area, in alphabetical order. Columns: area; value; z (Gi*, in standard deviations); p, q
    (of Gi*, two-sided; q is adjusted for the number of areas); kind (`hot`, `cold` or empty); quadrant (the area among
    its neighbours: `high among high` and so on); moran (local Moran's I); moran_p, moran_q; moran_kind (the quadrant
    where moran_q is under 0.05, or empty). Untested areas have NaN and empty texts.
    """

    frame: pd.DataFrame
    tested: int
    reason: str = ""


def neighbours(outlines: Mapping[str, BaseGeometry]) -> Neighbours:
    """Neighbours of areas whose outlines (in metres) come within two metres of each other, at a corner or along a side.

    That is Queen contiguity with room for outlines that are rounded to about a metre. An area that touches none (an
    island between docks) is joined to the nearest one, both ways; of areas equally near, to the first by name. One area
    alone has no neighbour. ValueError, with its name, for an outline without any extent.
    """
    areas = sorted(outlines)
    shapes = np.array([outlines[area] for area in areas], dtype=object)
    for area, shape in zip(areas, shapes, strict=True):
        if shape is None or shape.is_empty:
            raise ValueError(f"'{area}' has no outline.")
    found: dict[str, set[str]] = {area: set() for area in areas}
    if len(areas) > 1:
        one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=TOUCH)
        for here, there in zip(one.tolist(), other.tolist(), strict=True):
            if here != there:
                found[areas[here]].add(areas[there])
                found[areas[there]].add(areas[here])
    joined = tuple(area for area in areas if not found[area] and len(areas) > 1)
    for area in joined:
        away = shapely.distance(shapes, outlines[area])
        away[areas.index(area)] = math.inf
        nearest = areas[int(np.argmin(away))]
        found[area].add(nearest)
        found[nearest].add(area)
    return Neighbours({area: tuple(sorted(found[area])) for area in areas}, joined, _parts(found))


def hot_spots(
    values: Mapping[str, float | None], links: Neighbours, *, permutations: int = PERMUTATIONS, seed: int = SEED
) -> HotSpots:
    """Test every area's neighbourhood for high and for low values (counts or rates; all areas must have one).

    z is Getis and Ord's Gi* (Ord and Getis 1995, Geographical Analysis 27: 286-306): the sum over the area and its
    neighbours, less what the mean would give, over its standard deviation: (sum w x - xbar sum w) / (s sqrt((n sum w²
    - (sum w)²) / (n - 1))). Weights are binary, 1 for each neighbour and for the area itself: then z is a z score. With
    weights shared out over neighbours it is the same score, but esda 2.9 works out its variance as if they were binary,
    and its z are some three times too small.

    p is by permutation, given the area's own value (Anselin 1995, Geographical Analysis 27: 93-115): the neighbours'
    sum against the sums of as many others drawn at random, `permutations` times, the same draws for every area. It is
    two-sided, since both hot and cold are asked for: twice the smaller tail, ties in both. esda's p is one-sided, takes
    the tail after seeing it, and leaves ties out of the lower tail: of 144 areas, 14 with five offences and the rest
    with none, dealt at random, it finds 71 cold. It also seeds numpy's global generator, which all sessions share.
    Hence it is the tests' yardstick only. q is Benjamini and Hochberg's (1995, JRSS B 57: 289-300) over all areas. An
    area is hot where q is under 0.05, its neighbours lie in the upper tail and z is above 0; cold likewise.

    The least p of 9,999 permutations is 1/5,000 (1/10,000 a side). A single area among 169 needs 0.05/169 = 1/3,380,
    which can be reached; beyond 250 areas it could not be, only several together, and more permutations are needed.

    Local Moran's I (Anselin 1995) is the area's score times the mean of its neighbours' scores, by the sample variance.
    Given the area's own value, it is in its tail exactly when the neighbours' sum is, so moran_p is p, except at the
    very mean, where I is 0 and p is 1. What it adds is the quadrant: whether the area itself is above the mean, and
    whether its neighbours are.

    On pure noise (NOISE_MAPS of 144 areas, Poisson counts of 2 and log-normal rates by turns) 2.5% of maps had any hot
    or cold spot, 1.8% a hot one. The same seed gives the same answer, whatever the order of the areas. With
    fewer than 30 areas, a missing value or outline, or no variation nothing is tested, and the reason says so.
    """
    areas = sorted(values)
    numbers = np.array([math.nan if (v := values[area]) is None else float(v) for area in areas], dtype=float)
    reason = _reason(areas, numbers, links)
    frame = pd.DataFrame({"area": pd.Series(areas, dtype=object), "value": numbers})
    if reason:
        untested = {name: "" if name.endswith(("kind", "quadrant")) else math.nan for name in COLUMNS[2:]}
        return HotSpots(frame.assign(**untested)[COLUMNS], 0, reason)
    index = {area: place for place, area in enumerate(areas)}
    linked = [np.array([index[other] for other in links.links[area]], dtype=int) for area in areas]
    scores = (numbers - numbers.mean()) / numbers.std()
    around = np.array([scores[others].sum() for others in linked])
    degree = np.array([len(others) for others in linked])
    upper, lower = _tails(scores, around, degree, permutations, seed)
    p = np.minimum(1.0, 2 * np.minimum(upper, lower))
    q = false_discovery_control(p)
    n, w = len(areas), degree + 1.0
    spread = np.sqrt(w * (n - w) / (n - 1))
    z = np.divide(scores + around, spread, out=np.zeros(n), where=spread > 0)
    sure = q < SURE
    hot, cold = sure & (upper < lower) & (z > 0), sure & (lower < upper) & (z < 0)
    moran_p = np.where(np.abs(scores) < NEAR, 1.0, p)
    moran_q = false_discovery_control(moran_p)
    quadrant = np.where(
        scores > 0, np.where(around > 0, HIGH_HIGH, HIGH_LOW), np.where(around > 0, LOW_HIGH, LOW_LOW)
    ).astype(object)
    frame = frame.assign(
        z=z,
        p=p,
        q=q,
        kind=np.where(hot, HOT, np.where(cold, COLD, "")).astype(object),
        quadrant=quadrant,
        moran=(n - 1) / n * scores * around / np.maximum(degree, 1),
        moran_p=moran_p,
        moran_q=moran_q,
        moran_kind=np.where(moran_q < SURE, quadrant, ""),
    )
    return HotSpots(frame[COLUMNS], n)


def course(now: HotSpots, before: HotSpots) -> dict[str, str]:
    """What became of hot spots, by area: `new`, `persistent`, `fading` (hot before, not now) or empty.

    All are empty where either of the two was not tested: nothing is new when nobody looked before.
    """
    areas = sorted({*now.frame["area"], *before.frame["area"]})
    if not (now.tested and before.tested):
        return dict.fromkeys(areas, "")
    hot, was = (set(one.frame.loc[one.frame["kind"] == HOT, "area"]) for one in (now, before))
    words = {(True, False): NEW, (True, True): PERSISTENT, (False, True): FADING}
    return {area: words.get((area in hot, area in was), "") for area in areas}


def _tails(scores: Numbers, around: Numbers, degree: Places, permutations: int, seed: int) -> tuple[Numbers, Numbers]:
    """For each area the share of draws whose sum is at least, and at most, its neighbours' (the observed one counted).

    A draw puts all areas in random order; without the area itself, the first of them are its neighbours in that draw.
    """
    n = len(scores)
    place = np.random.default_rng(seed).permuted(np.tile(np.arange(n), (permutations, 1)), axis=1)
    order = np.empty_like(place)
    np.put_along_axis(order, place, np.arange(n)[None, :], axis=1)
    first = scores[order[:, : int(degree.max()) + 1]]
    running = np.concatenate([np.zeros((permutations, 1)), first.cumsum(axis=1)], axis=1)
    upper, lower = np.empty(n), np.empty(n)
    for area, (own, observed, number) in enumerate(zip(scores, around, degree, strict=True)):
        drawn = np.where(place[:, area] < number, running[:, number + 1] - own, running[:, number])
        upper[area] = (1 + (drawn >= observed - NEAR).sum()) / (1 + permutations)
        lower[area] = (1 + (drawn <= observed + NEAR).sum()) / (1 + permutations)
    return upper, lower


def _reason(areas: list[str], numbers: Numbers, links: Neighbours) -> str:
    if len(areas) < FEWEST:
        return f"Hot spots are tested among {FEWEST} areas or more, and there are {len(areas)}."
    unplaced = len(set(areas) ^ set(links.links))
    if unplaced:
        return f"{_areas(unplaced)} a figure or an outline but not both, so hot spots were not tested."
    missing = int((~np.isfinite(numbers)).sum())
    if missing:
        return f"{_areas(missing)} no figure, so hot spots were not tested."
    if np.ptp(numbers) <= NEAR * np.abs(numbers).max():
        return "All areas have the same figure, so there are no hot spots."
    return ""


def _areas(number: int) -> str:
    return "One area has" if number == 1 else f"{number:,} areas have"


def _parts(links: Mapping[str, set[str]]) -> int:
    left, parts = set(links), 0
    while left:
        parts += 1
        edge = {left.pop()}
        while edge:
            edge = {other for area in edge for other in links[area]} & left
            left -= edge
    return parts
