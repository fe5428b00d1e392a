"""Rank correlation of two measures, with how sure it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import spearmanr

from csp_dash.analytics.intervals import Z

FEWEST = 8
"""Pairs of values under which no correlation is given: its interval would take in nearly everything."""
MOST = 1 - 1e-12


@dataclass(frozen=True, slots=True)
class Correlation:
    """Spearman's rho of `pairs` pairs of values with its interval; `reason` says why there is none, and then they are 0."""

    pairs: int
    rho: float = 0.0
    low: float = 0.0
    high: float = 0.0
    reason: str = ""

    @property
    def told(self) -> bool:
        """Whether it can be told from none at all."""
        return not self.reason and not self.low <= 0 <= self.high


def correlation(x: Sequence[float], y: Sequence[float], what: str) -> Correlation:
    """The rank correlation of two lists of the same length; `what` names the pairs in the plural.

    The interval is Fisher's, with the standard error of Bonett and Wright (2000, Psychometrika 65:23-28), which is made
    for ranks. It takes the pairs as independent.
    """
    pairs = len(x)
    if pairs < FEWEST:
        there = "there is one" if pairs == 1 else f"there are {pairs or 'none'}"
        return Correlation(pairs, reason=f"It takes at least {FEWEST} {what} that are known of both, and {there}.")
    if min(len(set(x)), len(set(y))) == 1:
        return Correlation(pairs, reason=f"One of the two is the same in all {what}, so there is nothing to compare.")
    rho = float(spearmanr(x, y).statistic)
    middle = math.atanh(max(-MOST, min(MOST, rho)))
    half = Z * math.sqrt((1 + rho**2 / 2) / (pairs - 3))
    return Correlation(pairs, rho, math.tanh(middle - half), math.tanh(middle + half))
