"""Intervals and tests for counts, rates and shares. Everything is 95% two-sided.

The distributions are taken from `scipy.special`: one number at a time, `scipy.stats` spends fifty times as long on checking it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import betainc, betaincc, betaincinv, gammaincinv, ndtr, ndtri

ALPHA = 0.05
LEVEL = 1 - ALPHA
Z = float(ndtri(0.5 + LEVEL / 2))
BYAR_FROM = 10
"""Of fewer events the interval of a rate is exact."""
UNDER = "A dispersion is never under 1."


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
    tail = ALPHA / 2
    low = float(gammaincinv(x, tail)) if x > 0 else 0.0
    return low, float(gammaincinv(x + 1, 1 - tail))


def poisson_rate_ci(x: float, people: float, per: float = 1000) -> tuple[float, float]:
    """Interval of a rate per `per` people: exact under ten events, Byar's from ten on (public-health practice)."""
    if people <= 0:
        raise ValueError("A rate needs a population above zero.")
    low, high = poisson_ci(x) if x < BYAR_FROM else byar(x)
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
    """Ratio of two rates (of two counts, where exposures are equal); `high` may be infinite, `ratio` NaN for 0 out of 0."""

    ratio: float
    low: float
    high: float
    p_value: float


def rate_ratio(
    x1: float,
    x0: float,
    *,
    exposures: tuple[float, float] = (1.0, 1.0),
    dispersions: tuple[float, float] = (1.0, 1.0),
) -> RateRatio:
    """Compare the count `x1` with `x0`, each over its exposure (people, months).

    Given their sum, the first count is binomial (Przyborowski and Wilenski 1940, Biometrika 31: 313-323): the p-value
    doubles the smaller tail, the interval is Clopper and Pearson's (1934) turned into a ratio, so that it leaves 1 out
    exactly when p is under 0.05. With equal exposures and no over-dispersion this is the exact binomial test. Where
    months scatter more than chance (dispersion above 1), counts and exposures are divided by it first: quasi-Poisson
    scaling (McCullagh and Nelder 1989, Generalized Linear Models, 6.2), carried into the exact test.
    ValueError for a negative count, an exposure of nought or a dispersion under 1.
    """
    _not_negative(x1)
    _not_negative(x0)
    if min(exposures) <= 0:
        raise ValueError("An exposure must be above zero.")
    if min(dispersions) < 1:
        raise ValueError(UNDER)
    one, zero = x1 / dispersions[0], x0 / dispersions[1]
    e1, e0 = exposures[0] / dispersions[0], exposures[1] / dispersions[1]
    if one + zero == 0:
        return RateRatio(math.nan, 0.0, math.inf, 1.0)
    tail = ALPHA / 2
    low = float(betaincinv(one, zero + 1, tail)) if one else 0.0
    high = float(betaincinv(one + 1, zero, 1 - tail)) if zero else 1.0
    scale = e0 / e1
    return RateRatio(
        ratio=one / zero * scale if zero else math.inf,
        low=low / (1 - low) * scale,
        high=high / (1 - high) * scale if high < 1 else math.inf,
        p_value=_doubled_tail(one, zero, e1 / (e1 + e0)),
    )


def _doubled_tail(one: float, zero: float, even: float) -> float:
    """Twice the chance of so many of `one + zero` or more, or of so few or fewer, where each is the first with `even`."""
    as_many = float(betainc(one, zero + 1, even)) if one else 1.0
    as_few = float(betaincc(one + 1, zero, even)) if zero else 1.0
    return min(1.0, 2 * min(as_many, as_few))


def ratio_of_ratios(
    ours: tuple[float, float],
    theirs: tuple[float, float],
    *,
    dispersions: tuple[float, float] = (1.0, 1.0),
) -> RateRatio:
    """Whether one place changed differently from another: (now / before) here over (now / before) there.

    The logarithm is taken as normal with variance phi (1/now + 1/before) summed over both places (Woolf 1955, Annals
    of Human Genetics 19: 251-253, with quasi-Poisson scaling). NaN with p = 1 where any count is nought.
    """
    for count in (*ours, *theirs):
        _not_negative(count)
    if min(*ours, *theirs) == 0:
        return RateRatio(math.nan, 0.0, math.inf, 1.0)
    log = math.log(ours[0] / ours[1]) - math.log(theirs[0] / theirs[1])
    spread = math.sqrt(dispersions[0] * (1 / ours[0] + 1 / ours[1]) + dispersions[1] * (1 / theirs[0] + 1 / theirs[1]))
    return RateRatio(
        math.exp(log), math.exp(log - Z * spread), math.exp(log + Z * spread), 2 * float(ndtr(-abs(log) / spread))
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
    p_value = 2 * float(ndtr(-abs(gap) / spread)) if spread else 1.0
    half = Z * math.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    return ShareDifference(gap, gap - half, gap + half, p_value)


def smallest_detectable_count(before: float, dispersion: float = 1.0) -> tuple[int | None, int]:
    """The nearest lower and higher counts that differ from `before` by more than chance (p under 0.05).

    The lower is None where even zero would not.
    """
    base = round(before)
    _not_negative(base)
    if dispersion < 1:
        raise ValueError(UNDER)
    return _edge(base, dispersion, down=True), _edge(base, dispersion, down=False) or 0


def smallest_detectable_points(p: float, n: float, *, power: float | None = None) -> float:
    """The smallest change of a share, in percentage points, that two samples of `n` tell from chance.

    Without `power` it is the change that would just be significant once seen; with a `power` (0.8) it is the true
    change that such a survey would show as significant in that share of tries (Fleiss 1981, chapter 3).
    """
    if n <= 0:
        raise ValueError("A share needs a base above zero.")
    width = Z + (float(ndtri(power)) if power else 0.0)
    return 100 * width * math.sqrt(2 * p * (1 - p) / n)


def _edge(base: int, dispersion: float, *, down: bool) -> int | None:
    def beyond(count: int) -> bool:
        if count + base == 0:
            return False
        return _doubled_tail(count / dispersion, base / dispersion, 0.5) < ALPHA

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
