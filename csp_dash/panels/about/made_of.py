"""What the figures of a measure are made of, in words: above and below the line."""

from __future__ import annotations

from csp_dash.domain.enums import Kind
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.wording import PERCENT

NO_CASES = "1, as the publisher gives the share without the people or cases behind it"


def numerator(item: Indicator, *, cases: bool) -> str:
    """What is counted. `cases`: whether the publisher gives the cases behind a share."""
    if item.kind is Kind.COUNT:
        return item.unit
    if item.kind is Kind.RATE:
        return "the rate as its publisher gives it"
    return f"{_whole(item)} that meet the definition" if cases else "the share as published, from 0 to 1"


def denominator(item: Indicator, *, cases: bool, rated: bool) -> str:
    """What the numerator is divided by. `rated`: whether a count is shown as a rate."""
    if item.kind is Kind.COUNT:
        return "residents at the 2021 Census" if rated else "none: a count"
    if item.kind is Kind.RATE:
        return f"{item.per:,}, which the published rate is per: nothing is left to divide"
    return _whole(item) if cases else NO_CASES


def _whole(item: Indicator) -> str:
    """What a share is a share of: `searches` of `percent of searches`."""
    return item.unit.removeprefix(PERCENT).removeprefix("of ")
