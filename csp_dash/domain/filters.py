"""What the reader asked to see: the view that a URL names and a copied link restores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from csp_dash.domain.months import Month, Span, year_to_date
from csp_dash.domain.words import Compare, Measure, Shade

PLAN = Span(Month(2021, 4), Month(2024, 3))
PERIODS = {
    "12m": "Latest 12 months",
    "fytd": "Financial year to date",
    "1m": "Latest month",
    "24m": "Latest 24 months",
    "plan": "Plan period, 2021-24",
    "since": "Since the plan began",
    "base": "2019/20, before the plan",
    "all": "All years",
    "custom": "Choose months",
}
LENSES = {
    "": "Over time and place",
    "compare": "Every comparison",
    "years": "Year on year",
    "parts": "Level and season",
    "map": "On the map",
    "wards": "Ward by ward",
    "boroughs": "Among boroughs",
    "moved": "What made it move",
    "ahead": "Next 12 months",
    "small": "Below the ward",
    "harm": "Volume and harm",
}
# Those that the count or rate of the whole view does not say already.
SHADES = tuple(shade for shade in Shade if shade not in (Shade.COUNT, Shade.RATE))
MOST_AREAS = 4


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that a URL may use: indicator slugs (with renames) and ward codes with their names."""

    indicators: Mapping[str, str]
    wards: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filters:
    """A view. `wards` empty means the whole borough; `first` and `last` belong to a custom period.

    `lens` is how the explore page looks at the figures (see `LENSES`). `shade` is what maps are shaded by, where that
    is not simply the count or rate of `measure`.
    """

    indicator: str = ""
    wards: tuple[str, ...] = ()
    measure: Measure = Measure.COUNT
    compare: Compare = Compare.PREVIOUS
    period: str = "12m"
    first: Month | None = None
    last: Month | None = None
    lens: str = ""
    shade: Shade | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, Sequence[str]], words: Vocabulary) -> Filters:
        """Read URL parameters. Never raises: what is not understood falls back to the default."""

        def one(name: str) -> str:
            values = params.get(name) or ()
            return str(values[0]).strip() if values else ""

        wards = tuple(dict.fromkeys(code for code in map(str, params.get("ward") or ()) if code in words.wards))
        first, last = _month(one("from")), _month(one("to"))
        period = one("period")
        if first and last and first <= last:
            period = "custom"
        else:
            first = last = None
            period = period if period in PERIODS and period != "custom" else "12m"
        return cls(
            indicator=words.indicators.get(one("indicator"), ""),
            wards=tuple(sorted(wards[:MOST_AREAS])),
            measure=_word(Measure, one("measure"), Measure.COUNT),
            compare=_word(Compare, one("compare"), Compare.PREVIOUS),
            period=period,
            first=first,
            last=last,
            lens=one("view") if one("view") in LENSES else "",
            shade=Shade(one("map")) if one("map") in SHADES else None,
        )

    def to_params(self) -> dict[str, list[str]]:
        """The canonical URL parameters: fixed order, defaults left out, wards repeated."""
        params: dict[str, list[str]] = {}
        if self.indicator:
            params["indicator"] = [self.indicator]
        if self.wards:
            params["ward"] = list(self.wards)
        if self.period == "custom" and self.first and self.last:
            params["from"], params["to"] = [str(self.first)], [str(self.last)]
        elif self.period not in ("12m", "custom"):
            params["period"] = [self.period]
        if self.measure is not Measure.COUNT:
            params["measure"] = [self.measure.value]
        if self.compare is not Compare.PREVIOUS:
            params["compare"] = [self.compare.value]
        if self.lens:
            params["view"] = [self.lens]
        if self.shade:
            params["map"] = [self.shade.value]
        return params

    def span(self, have: Span) -> Span:
        """The period asked for, of a series that has figures over `have`.

        The latest month, 12 or 24 months and the financial year to date end where the series ends, so that each
        measure is shown at its newest.
        """
        match self.period:
            case "24m":
                return Span(have.last.plus(-23), have.last)
            case "1m":
                return Span(have.last, have.last)
            case "fytd":
                return year_to_date(have.last)
            case "plan":
                return PLAN
            case "since":
                return Span(PLAN.first, max(have.last, PLAN.first))
            case "base":
                return Span(Month(2019, 4), Month(2020, 3))
            case "all":
                return have
            case "custom" if self.first and self.last:
                return Span(self.first, self.last)
        return Span(have.last.plus(-11), have.last)

    def pinned(self, span: Span) -> Filters:
        """The same view with its period written out, so that a link keeps it when newer data arrive."""
        return replace(self, period="custom", first=span.first, last=span.last)


def _month(text: str) -> Month | None:
    try:
        return Month.parse(text)
    except ValueError:
        return None


Word = TypeVar("Word", bound=StrEnum)


def _word(kind: type[Word], text: str, default: Word) -> Word:
    return kind(text) if text in list(kind) else default
