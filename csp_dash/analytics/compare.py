"""Comparison of a figure with another period or area, and the reasons for refusing one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from csp_dash.analytics.intervals import ALPHA, RateRatio, rate_ratio, ratio_of_ratios, two_shares
from csp_dash.analytics.rates import Rate
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind
from csp_dash.domain.indicator import Event
from csp_dash.domain.periods import Span

FEW = 30
"""Of fewer events no percentage is shown: one more or less would move it by points."""


@dataclass(frozen=True, slots=True)
class Window:
    """A period's figure: numerator and denominator summed over the `periods` that are there of those `expected`."""

    span: Span
    numerator: float | None
    denominator: float | None = None
    periods: int = 0
    expected: int = 0

    @property
    def whole(self) -> bool:
        return self.numerator is not None and self.expected > 0 and self.periods >= self.expected

    def value(self, kind: Kind = Kind.COUNT) -> float | None:
        """Count, share (0 to 1) or published rate; None where it cannot be worked out."""
        if self.numerator is None:
            return None
        if kind is not Kind.PROPORTION:
            return self.numerator
        return self.numerator / self.denominator if self.denominator else None

    @property
    def few(self) -> bool:
        """Whether this is a share of so few cases that it is told as `n of m` and not in percent."""
        return self.denominator is not None and 1 < self.denominator < FEW


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a figure between two periods.

    `absolute` is in the figure's unit (percentage points for shares); `percent` is None for shares and on a base of
    zero. `low` and `high` bound the percent change (shares: the change in points) with 95% confidence, `number` that of
    counts in number. Where the figures are `few`, no percentage is shown anywhere. `p_value` is
    None where the figure was published without its base, so that chance cannot be judged. `dispersion` is how much
    more the months scatter than chance; it has widened the test. With a `rate` the counts are written as rates; published shares are `in_percent`. With a
    `refusal` (a sentence) nothing else is filled.
    """

    now: Window
    before: Window
    kind: Kind = Kind.COUNT
    absolute: float | None = None
    percent: float | None = None
    p_value: float | None = None
    low: float | None = None
    high: float | None = None
    detectable: bool = False
    refusal: str | None = None
    note: str = ""
    base: float | None = None
    dispersion: float = 1.0
    rate: Rate | None = None
    in_percent: bool = False
    number: tuple[float, float] | None = None

    @property
    def tested(self) -> bool:
        return self.p_value is not None

    @property
    def few(self) -> bool:
        """Whether the figures are too small for a percentage: counts under 30, or a share of fewer than 30 cases."""
        if self.kind is Kind.PROPORTION:
            return self.now.few or self.before.few
        if self.kind is not Kind.COUNT or self.now.numerator is None or self.before.numerator is None:
            return False
        return min(self.now.numerator, self.before.numerator) < FEW


def change(
    now: Window,
    before: Window,
    *,
    kind: Kind = Kind.COUNT,
    breaks: Sequence[Event] = (),
    base: float | None = None,
    dispersion: float = 1.0,
    rate: Rate | None = None,
    in_percent: bool = False,
) -> Change:
    """Compare a period with an earlier one.

    `breaks` are the indicator's declared breaks; every one given counts. `base` is the number of people or interviews
    behind a share that was published without its denominator. `dispersion` (see `analytics.dispersion`) widens the
    test of counts, which `rate` says how to write; `in_percent` says that published numbers are shares. Never raises on data: it refuses in words.
    """
    refusal = _refusal(now, before, kind, breaks)
    if refusal:
        return Change(now, before, kind, refusal=refusal, base=base)
    if kind is Kind.PROPORTION:
        return _share_change(now, before, base)
    one, zero = float(now.numerator or 0), float(before.numerator or 0)
    percent = 100 * (one - zero) / zero if zero else None
    note = "" if zero else "The earlier period had none, so there is no percentage."
    if kind is Kind.RATE:
        return Change(now, before, kind, one - zero, percent, note=note, base=base, in_percent=in_percent)
    ratio = rate_ratio(one, zero, dispersions=(dispersion, dispersion))
    return Change(
        now,
        before,
        kind,
        absolute=one - zero,
        percent=percent,
        p_value=ratio.p_value,
        low=100 * (ratio.low - 1) if zero else None,
        high=100 * (ratio.high - 1) if zero else None,
        detectable=ratio.p_value < ALPHA,
        note=note,
        base=base,
        dispersion=dispersion,
        rate=rate,
        number=_in_number(one + zero, ratio),
    )


@dataclass(frozen=True, slots=True)
class Against:
    """A figure here beside the same figure elsewhere, over the same period.

    `ours` and `theirs` are rates per `per` or shares in percent; `ratio` (rates) or `points` (shares) is the gap, with
    its 95% interval. `p_value` is None where chance cannot be judged. Where a count is `few`, the gap is not told in
    percent. With a `refusal` nothing else is filled.
    """

    ours: float | None = None
    theirs: float | None = None
    ratio: float | None = None
    points: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    refusal: str | None = None
    few: bool = False

    @property
    def detectable(self) -> bool:
        return self.p_value is not None and self.p_value < ALPHA


def against(
    ours: Window,
    theirs: Window,
    *,
    kind: Kind = Kind.COUNT,
    people: tuple[float, float] | None = None,
    per: float = 1000,
    rest: Window | None = None,
    rest_people: float | None = None,
    bases: tuple[float, float] | None = None,
    dispersions: tuple[float, float] = (1.0, 1.0),
) -> Against:
    """Hold a figure against another place's for the same period.

    Counts need `people` (ours, theirs) and become rates. Where the other place holds ours inside it (London), `rest`
    is what is left of it without ours, `rest_people` its people, and the test is against that: a place is not compared
    with itself. Shares are tested on their denominators, or on the numbers of interviews in `bases` where they were
    published without; then what is left cannot be worked out, and the other place is taken whole.
    """
    for window, where in ((ours, "here"), (theirs, "there")):
        if window.numerator is None or not window.whole:
            return Against(refusal=f"There is no whole figure {where} for {window.span.long_words}.")
    if ours.span != theirs.span:
        return Against(refusal=f"{ours.span.words} is not held against {theirs.span.words}.")
    if kind is Kind.COUNT:
        if people is None or min(people) <= 0:
            return Against(refusal="Counts of places of different size say little without their population.")
        other, others = (rest, rest_people or 0.0) if rest else (theirs, people[1])
        if other.numerator is None or others <= 0:
            return Against(refusal="There is nothing left to compare with.")
        one, zero = float(ours.numerator or 0), float(other.numerator)
        found = rate_ratio(one, zero, exposures=(people[0], others), dispersions=dispersions)
        return Against(
            per * one / people[0],
            per * float(theirs.numerator or 0) / people[1],
            ratio=found.ratio,
            low=found.low,
            high=found.high,
            p_value=found.p_value,
            few=min(one, float(theirs.numerator or 0)) < FEW,
        )
    if kind is Kind.RATE:
        return Against(ours.numerator, theirs.numerator)
    share, other_share = ours.value(kind), theirs.value(kind)
    if share is None or other_share is None:
        return Against(refusal="There were no cases to take a share of.")
    if bases is None and (ours.few or theirs.few):
        return Against(refusal=f"A share of fewer than {FEW} cases says too little.")
    tested = other_share
    n1, n0 = bases or (ours.denominator, theirs.denominator)
    if rest is not None and bases is None and rest.value(kind) is not None:
        tested, n0 = float(rest.value(kind) or 0), rest.denominator
    if not n1 or not n0 or min(n1, n0) <= 1 or not (0 <= share <= 1 and 0 <= tested <= 1):
        return Against(100 * share, 100 * other_share, points=100 * (share - other_share))
    gap = two_shares(share, n1, tested, n0)
    return Against(
        100 * share,
        100 * other_share,
        points=100 * (share - other_share),
        low=100 * gap.low,
        high=100 * gap.high,
        p_value=gap.p_value,
    )


def changed_apart(ours: Change, theirs: Change) -> RateRatio | None:
    """Whether a count changed differently here and there; None where either was refused, is no count or had none."""
    for one in (ours, theirs):
        if one.refusal or one.kind is not Kind.COUNT or not one.now.numerator or not one.before.numerator:
            return None
    return ratio_of_ratios(
        (float(ours.now.numerator or 0), float(ours.before.numerator or 0)),
        (float(theirs.now.numerator or 0), float(theirs.before.numerator or 0)),
        dispersions=(ours.dispersion, theirs.dispersion),
    )


def crossed(now: Span, before: Span, breaks: Sequence[Event]) -> Event | None:
    """The first declared break that lies between the start of one period and the end of the other."""
    start = min(before.first.first_day, now.first.first_day)
    finish = max(before.last.last_day, now.last.last_day)
    for event in sorted((e for e in breaks if e.start), key=lambda e: str(e.start)):
        days = [event.start] + ([event.finish + timedelta(days=1)] if event.finish else [])
        if any(day is not None and start < day <= finish for day in days):
            return event
    return None


def _refusal(now: Window, before: Window, kind: Kind, breaks: Sequence[Event]) -> str | None:
    for window in (now, before):
        if window.numerator is None or window.periods == 0:
            return f"There is no figure for {window.span.long_words}."
        if not window.whole:
            return (
                f"Only {window.periods} of the {window.expected} months of {window.span.long_words} have figures, "
                "so it is not compared."
            )
        if kind is Kind.PROPORTION and not window.denominator:
            return f"There were no cases to take a share of in {window.span.long_words}."
    if now.span.months != before.span.months:
        return f"A period of {_months(now.span.months)} cannot be compared with one of {_months(before.span.months)}."
    if now.span.months % 12 and now.span.first.month != before.span.first.month:
        return f"{now.span.words} and {before.span.words} are different times of year, so they are not compared."
    if before.span == now.span:
        return f"{wording.capital(now.span.long_words)} is the baseline itself, so there is nothing to compare it with."
    if before.span.last >= now.span.first:
        return f"{before.span.words} does not lie wholly before {now.span.words}, so they are not compared."
    event = crossed(now.span, before.span, breaks)
    if event:
        return f"Figures before and after {_when(event)} ({event.title}) are not comparable."
    return None


def _share_change(now: Window, before: Window, base: float | None) -> Change:
    one, zero = now.value(Kind.PROPORTION), before.value(Kind.PROPORTION)
    if one is None or zero is None:
        raise AssertionError("refused before")
    points = 100 * (one - zero)
    n1, n0 = (base, base) if base else (now.denominator, before.denominator)
    known = n1 is not None and n0 is not None and min(n1, n0) > 1 and 0 <= one <= 1 and 0 <= zero <= 1
    if not known or n1 is None or n0 is None:
        note = "It was published without its base, so chance cannot be judged."
        return Change(now, before, Kind.PROPORTION, points, note=note, base=base)
    gap = two_shares(one, n1, zero, n0)
    return Change(
        now,
        before,
        Kind.PROPORTION,
        absolute=points,
        p_value=gap.p_value,
        low=100 * gap.low,
        high=100 * gap.high,
        detectable=gap.p_value < ALPHA,
        base=n1,
    )


def _in_number(both: float, ratio: RateRatio) -> tuple[float, float]:
    """The interval of a ratio of two counts as one of their difference, given their sum, as the test takes it."""
    low, high = (1.0 if math.isinf(one) else (one - 1) / (one + 1) for one in (ratio.low, ratio.high))
    return both * low, both * high


def _when(event: Event) -> str:
    return f"{event.start:%B %Y}" if event.start else "an undated change"


def _months(number: int) -> str:
    return f"{number} month" if number == 1 else f"{number} months"
