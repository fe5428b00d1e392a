"""Bivariate map classes: each area falls into one of nine cells by its third of either measure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.stats import permutation_test, rankdata

from csp_dash.analytics.classes import roundest
from csp_dash.analytics.palette import BIVARIATE, MISSING

LEVELS = ("low", "middle", "high")
FEWEST = 6
PERMUTATIONS = 9999
SEED = 2021

Cell = tuple[int, int]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bivariate:
    """What `bivariate` found.

    `x_edges` and `y_edges` are two cut points each; a value on an edge belongs to the third above it. `x_labels` and
    `y_labels` say the thirds in numbers, low to high, beside the words in `LEVELS`. `cells` has every area's (column,
    row), column by x and row by y, 0 to 2 from low to high, or None where either measure is missing; `colours` what to
    draw it in. `rho` is Spearman's rank correlation of the `areas` that have both, `p_value` its chance. Where it could
    not be made, `reason` is a sentence, all cells are None, and edges, labels and correlation are not there.
    """

    cells: Mapping[str, Cell | None]
    colours: Mapping[str, str]
    areas: int
    x_edges: tuple[float, ...] = ()
    y_edges: tuple[float, ...] = ()
    x_labels: tuple[str, ...] = ()
    y_labels: tuple[str, ...] = ()
    rho: float | None = None
    p_value: float | None = None
    reason: str = field(default="")


def bivariate(x: Mapping[str, float | None], y: Mapping[str, float | None]) -> Bivariate:
    """A grid of three by three over the areas that have both measures.

    Each measure is cut as near to thirds of those areas as it can be with equal values in one third, at the number
    between with the fewest digits. Colours are `palette.BIVARIATE`. The p-value is two-sided, by permutation (9,999
    draws, or all of them where there are fewer; Good 2005, Permutation, Parametric and Bootstrap Tests of Hypotheses).
    It takes areas as independent. Neighbours are alike, so that it is too small for small areas, and a correlation
    between areas says nothing of the people in them.

    Needs six areas with both measures, and three different values of each.
    """
    both = sorted(area for area in {*x, *y} if _known(x.get(area)) and _known(y.get(area)))
    across, up = (np.array([measure[area] for area in both], dtype=float) for measure in (x, y))
    reason = ""
    if len(both) < FEWEST:
        reason = f"Two measures are shown together for {FEWEST} areas or more, and {_have(len(both))} both."
    elif min(len(set(across)), len(set(up))) == 1:
        reason = "All areas have the same value of one measure, so there is no pattern to show."
    elif min(len(set(across)), len(set(up))) < len(LEVELS):
        reason = "One of the measures has only two different values, which makes no low, middle and high."
    cells: dict[str, Cell | None] = dict.fromkeys(sorted({*x, *y}))
    colours = dict.fromkeys(cells, MISSING)
    if reason:
        return Bivariate(cells, colours, len(both), reason=reason)
    x_edges, y_edges = _edges(across), _edges(up)
    columns, rows = (np.searchsorted(edges, v, side="right") for edges, v in ((x_edges, across), (y_edges, up)))
    for area, column, row in zip(both, columns.tolist(), rows.tolist(), strict=True):
        cells[area] = column, row
        colours[area] = BIVARIATE[row][column]
    rho, p_value = _spearman(across, up)
    return Bivariate(cells, colours, len(both), x_edges, y_edges, _labels(x_edges), _labels(y_edges), rho, p_value)


def _edges(values: Numbers) -> tuple[float, float]:
    """Two cut points nearest to thirds, each between two different values."""
    ordered = np.sort(values)
    cuts = [place for place in range(1, len(ordered)) if ordered[place - 1] < ordered[place]]
    third = len(ordered) / 3
    one, other = min(
        combinations(cuts, 2), key=lambda pair: (round(abs(pair[0] - third) + abs(pair[1] - 2 * third), 9), pair)
    )
    return (
        roundest(float(ordered[one - 1]), float(ordered[one])),
        roundest(float(ordered[other - 1]), float(ordered[other])),
    )


def _labels(edges: tuple[float, float]) -> tuple[str, ...]:
    places = next((n for n in range(7) if all(abs(round(edge, n) - edge) < 1e-9 for edge in edges)), 6)
    low, high = (f"{edge:,.{places}f}" for edge in edges)
    return f"under {low}", f"{low} to {high}", f"{high} and over"


def _spearman(x: Numbers, y: Numbers) -> tuple[float, float]:
    one, other = ((ranks - ranks.mean()) / ranks.std() for ranks in (rankdata(x), rankdata(y)))
    found = permutation_test(
        (one,),
        lambda drawn, axis: (drawn * other).mean(axis=axis),
        permutation_type="pairings",
        vectorized=True,
        n_resamples=PERMUTATIONS,
        rng=np.random.default_rng(SEED),
    )
    return float(found.statistic), float(found.pvalue)


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _have(number: int) -> str:
    return "one has" if number == 1 else f"{number or 'none'} have"
