"""Closed sets of words that the catalogue, the URL and the pages share."""

from enum import StrEnum


class Direction(StrEnum):
    """Which way is better. Declared for each indicator, never inferred from its name."""

    LOWER = "lower"
    HIGHER = "higher"
    AMBIGUOUS = "ambiguous"


class Trust(StrEnum):
    """Where a figure stands: published officially, supplied by a partner who answers for it, stated by the plan, made up
    for show, or not yet supplied."""

    OFFICIAL = "official"
    PARTNER = "partner"
    PLAN = "plan"
    ILLUSTRATIVE = "illustrative"
    AWAITING = "awaiting"

    @property
    def words(self) -> str:
        """How it is named on screen, in exports and in answers: `official`, `partner return`, ..."""
        return "partner return" if self is Trust.PARTNER else self.value

    @property
    def real(self) -> bool:
        """Whether its figures count: in headlines, targets, comparisons and scores."""
        return self in (Trust.OFFICIAL, Trust.PARTNER)


class Kind(StrEnum):
    """How an indicator's figure is made: a count, a proportion of a denominator, or a rate as published."""

    COUNT = "count"
    PROPORTION = "proportion"
    RATE = "rate"


class Frequency(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ONCE = "once"


class Measure(StrEnum):
    """What the reader asks to see."""

    COUNT = "count"
    RATE = "rate"


class Compare(StrEnum):
    """What a figure is compared with."""

    PREVIOUS = "previous"
    BASELINE = "baseline"
    LONDON = "london"
    SIMILAR = "similar"


class Shade(StrEnum):
    """What a ward map is shaded by. All but the first two are of counts only."""

    COUNT = "count"
    RATE = "rate"
    HOUSEHOLD = "household"
    AREA = "area"
    SHARE = "share"
    CHANGE = "change"
    UNUSUAL = "unusual"


class FigureKind(StrEnum):
    """The place that a figure of the plan has in the catalogue."""

    INDICATOR = "indicator"
    PLAN = "plan"
    TARGET = "target"
    SURVEY = "survey"
    CONTEXT = "context"
