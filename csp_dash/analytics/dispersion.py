"""Dispersion: how much more monthly counts vary than a Poisson process. It widens every test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from csp_dash.analytics.control_chart import SCREEN

MONTHS = 120
FEWEST = 12
# The mean square of normal steps that lie within SCREEN of their mean size, over that of all of them.
_EDGE = SCREEN * math.sqrt(2 / math.pi)
LEFT = 1 - 2 * _EDGE * float(norm.pdf(_EDGE)) / (1 - 2 * float(norm.sf(_EDGE)))


@dataclass(frozen=True, slots=True)
class Dispersion:
    """`value` is 1 where months scatter as chance would have it, and never less. `months` is what it rests on.

    `known` is False where there were too few months to tell; `value` is then 1.
    """

    value: float
    months: int
    known: bool = True


CHANCE = Dispersion(1.0, 0, known=False)


def dispersion(counts: Sequence[float | None], factors: Sequence[float] | None = None) -> Dispersion:
    """The dispersion of a monthly count series from the steps between its neighbouring months.

    For independent Poisson months a step's square over the two months' sum is 1 on average, whatever their level; the
    mean of that over the series estimates the dispersion (von Neumann's successive differences, 1941, Annals of
    Mathematical Statistics 12: 367-395, scaled as quasi-Poisson). Slow rises and falls hardly touch it. Steps beyond
    3.267 of the mean are left out, as they are from XmR limits, so that a single shock does not count as scatter; what
    that takes from an ordinary series' mean square (7% for normal steps) is put back. `factors` are
    seasonal factors month by month: the season is no scatter. The latest 120 months are used; under 12 steps are too
    few to tell.
    """
    values = np.array([math.nan if v is None else float(v) for v in counts], dtype=float)[-MONTHS:]
    season = np.ones(len(values)) if factors is None else np.array(factors, dtype=float)[-MONTHS:]
    level = values / season
    steps = np.abs(np.diff(level))
    expected = (level[1:] + level[:-1]) / 2 * (1 / season[1:] + 1 / season[:-1])
    known = ~np.isnan(steps) & (expected > 0)
    if known.sum() < FEWEST:
        return Dispersion(1.0, int(known.sum()), known=False)
    sizes = steps[known] / np.sqrt(expected[known])
    kept = sizes[sizes <= SCREEN * sizes.mean()]
    return Dispersion(max(1.0, float((kept**2).mean()) / LEFT), int(known.sum()))
