"""Intervals and tests for counts, rates and shares. Everything is 95% two-sided."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import beta, binomtest, chi2, norm

LEVEL = 0.95
Z = float(norm.ppf(0.5 + LEVEL / 2))


def byar(x: float) -> tuple[float, float]:
    """Byar's approximation to the interval of a Poisson count.

    Breslow and Day (1987), Statistical Methods in Cancer Research II, page 69. ValueError for a negative count.
    """
    _not_negative(x)
    low = x * (1 - 1 / (9 * x) - Z / (3 * math.sqrt(x))) ** 3 if x > 0 else 0.0
    y = x + 1
    return low, y * (1 - 1 / (9 * y) + Z / (3 * math.sqrt(y))) ** 3


def poisson_ci(x: float) -> tuple[float, float]:
    """Exact interval of a Poisson count by the chi-squared distribution (Garwood 1936, Biometrika 28: 437-442)."""
    _not_negative(x)
    tail = (1 - LEVEL) / 2
    low = float(chi2.ppf(tail, 2 * x)) / 2 if x > 0 else 0.0
    return low, float(chi2.ppf(1 - tail, 2 * (x + 1))) / 2


def poisson_rate_ci(x: float, people: float, per: float = 1000) -> tuple[float, float]:
    """Interval of a rate per `per` people: exact under ten events, Byar's from ten on (public-health practice)."""
    if people <= 0:
        raise ValueError("A rate needs a population above zero.")
    low, high = poisson_ci(x) if x < 10 else byar(x)
    return low * per / people, high * per / people


def wilson(p: float, n: float) -> tuple[float, float]:
    """Wilson's score interval of a share `p` (0 to 1) seen in `n` (Wilson 1927, JASA 22: 209-212)."""
    if n <= 0:
        raise ValueError("A share needs a base above zero.")
    if not 0 <= p <= 1:
        raise ValueError(f"A share lies between 0 and 1, not {p}.")
    centre = p + Z * Z / (2 * n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    under = 1 + Z * Z / n
    return max(0.0, (centre - half) / under), min(1.0, (centre + half) / under)


@dataclass(frozen=True, slots=True)
class RateRatio:
    """Ratio of two counts over equal periods; `high` may be infinite, `ratio` is NaN for 0 out of 0."""

    ratio: float
    low: float
    high: float
    p_value: float


def rate_ratio(x1: float, x0: float) -> RateRatio:
    """Compare a count with an earlier one of an equal period.

    Given their sum, the later count is binomial with a half chance (Przyborowski and Wilenski 1940, Biometrika 31:
    313-323): the p-value is that exact test's, the interval is Clopper and Pearson's (1934) turned into a ratio. The
    two agree: the interval leaves 1 out exactly when p is under 0.05.
    """
    _not_negative(x1)
    _not_negative(x0)
    one, zero = round(x1), round(x0)
    total = one + zero
    if total == 0:
        return RateRatio(math.nan, 0.0, math.inf, 1.0)
    tail = (1 - LEVEL) / 2
    low = float(beta.ppf(tail, one, zero + 1)) if one else 0.0
    high = float(beta.ppf(1 - tail, one + 1, zero)) if zero else 1.0
    return RateRatio(
        ratio=one / zero if zero else math.inf,
        low=low / (1 - low),
        high=high / (1 - high) if high < 1 else math.inf,
        p_value=float(binomtest(one, total, 0.5).pvalue),
    )


@dataclass(frozen=True, slots=True)
class ShareDifference:
    """Difference of two shares, as shares (0.05 is five percentage points)."""

    difference: float
    low: float
    high: float
    p_value: float


def two_shares(p1: float, n1: float, p0: float, n0: float) -> ShareDifference:
    """Two-proportion z-test (pooled) with the unpooled interval of the difference (Fleiss 1981, chapter 2)."""
    for p, n in ((p1, n1), (p0, n0)):
        if n <= 0:
            raise ValueError("A share needs a base above zero.")
        if not 0 <= p <= 1:
            raise ValueError(f"A share lies between 0 and 1, not {p}.")
    pooled = (p1 * n1 + p0 * n0) / (n1 + n0)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
    gap = p1 - p0
    p_value = 2 * float(norm.sf(abs(gap) / spread)) if spread else 1.0
    half = Z * math.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    return ShareDifference(gap, gap - half, gap + half, p_value)


def smallest_detectable_count(before: float) -> tuple[int | None, int]:
    """The nearest lower and higher counts that differ from `before` by more than chance (p under 0.05).

    The lower is None where even zero would not.
    """
    base = round(before)
    _not_negative(base)
    return _edge(base, down=True), _edge(base, down=False) or 0


def smallest_detectable_points(p: float, n: float) -> float:
    """The smallest change of a share, in percentage points, that two samples of `n` tell from chance."""
    if n <= 0:
        raise ValueError("A share needs a base above zero.")
    return 100 * Z * math.sqrt(2 * p * (1 - p) / n)


def _edge(base: int, *, down: bool) -> int | None:
    def beyond(count: int) -> bool:
        total = count + base
        return total > 0 and float(binomtest(count, total, 0.5).pvalue) < 1 - LEVEL

    if down:
        if not beyond(0) or base == 0:
            return None
        low, high = 0, base
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if beyond(middle) else (low, middle)
        return low
    low, high = base, base + 8
    while not beyond(high):
        low, high = high, 2 * high + 8
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if beyond(middle) else (middle, high)
    return high


def _not_negative(x: float) -> None:
    if not x >= 0:
        raise ValueError(f"A count cannot be {x}.")
