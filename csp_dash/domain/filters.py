"""What the reader asked to see: the view that a URL names and a copied link restores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from csp_dash.domain.enums import Compare, Measure, Shade
from csp_dash.domain.periods import Month, Span, year_to_date

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
BOROUGH_INSTEAD = "the whole borough is shown"
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
KEYS = ("indicator", "ward", "from", "to", "period", "measure", "compare", "view", "map")
"""The parameters of a URL, in the order of `Filters.to_params`. Others, such as a mail's tracking marks, are let be."""


@dataclass(frozen=True, slots=True)
class OldWard:
    """A ward of the borders before May 2014: its name, and the present wards that carry it on."""

    name: str
    present: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that a URL may use: indicator slugs (with renames), ward codes with their names, and former ward codes."""

    indicators: Mapping[str, str]
    wards: Mapping[str, str]
    old_wards: Mapping[str, OldWard] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """What was not understood of a parameter, and what is shown instead, as a sentence.

    That of an `indicator` is open at its end: what stands in its place is the page's to say.
    """

    parameter: str
    text: str


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

        return cls.understood(params, words)[0]

    @classmethod
    def understood(cls, params: Mapping[str, Sequence[str]], words: Vocabulary) -> tuple[Filters, tuple[Note, ...]]:
        """As `from_params`, with what was not understood, each thing once and in the order of the parameters."""

        def one(name: str) -> str:
            values = params.get(name) or ()
            return str(values[0]).strip() if values else ""

        notes: list[Note] = []

        def note(parameter: str, text: str) -> None:
            notes.append(Note(parameter, text))

        indicator = words.indicators.get(one("indicator"), "")
        if one("indicator") and not indicator:
            note("indicator", f"There is no measure called {_quoted(one('indicator'))}")
        wards = _wards([str(code).strip() for code in params.get("ward") or ()], words, note)
        period, first, last = _period(one, "from" in params or "to" in params, note)
        measure, compare = _word(Measure, one("measure")), _word(Compare, one("compare"))
        if measure is None:
            note("measure", f"{_quoted(one('measure'))} is neither a count nor a rate, so counts are shown.")
        if compare is None:
            note("compare", f"Nothing called {_quoted(one('compare'))} to compare with, so it is the year before.")
        lens = one("view")
        if lens not in LENSES:
            note("view", f"There is no view called {_quoted(lens)}, so the figures are shown over time and place.")
            lens = ""
        shade = one("map")
        if shade and shade not in list(Shade):
            note("map", f"Maps cannot be shaded by {_quoted(shade)}, so they are shaded by the count or rate.")
        for name in params:
            if name not in KEYS and (meant := get_close_matches(name.lower(), KEYS, 1, 0.75)):
                note(name, f"{_quoted(name)} is not read in a link, so it is left out: write \u201c{meant[0]}\u201d.")
        view = cls(
            indicator=indicator,
            wards=wards,
            measure=measure or Measure.COUNT,
            compare=compare or Compare.PREVIOUS,
            period=period,
            first=first,
            last=last,
            lens=lens,
            shade=Shade(shade) if shade in SHADES else None,
        )
        return view, tuple(notes)

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


Tell = Callable[[str, str], None]


def _wards(asked: Sequence[str], words: Vocabulary, note: Tell) -> tuple[str, ...]:
    """The wards of a view. Former codes lead to the present wards; all wards together are the borough."""
    codes = [code for code in dict.fromkeys(asked) if code]
    now = {
        code: [ward for ward in words.old_wards[code].present if ward in words.wards]
        for code in codes
        if code in words.old_wards
    }
    found = tuple(dict.fromkeys(ward for code in codes for ward in now.get(code, [code]) if ward in words.wards))
    wards = () if len(found) == len(words.wards) > MOST_AREAS else found[:MOST_AREAS]
    so = "it is left out" if wards else BOROUGH_INSTEAD
    odd = [_quoted(code) for code in codes if code not in words.wards and code not in now]
    if odd:
        note("ward", f"Tower Hamlets has no ward {_joined(odd[:MOST_AREAS])}, so {so}.")
    for code, present in now.items():
        then = f"{code} is {words.old_wards[code].name} as it was before May 2014"
        names = _joined([words.wards[ward] for ward in present])
        note(
            "ward",
            f"{then}; what has its name today is shown: {names}."
            if names
            else f"{then}; no ward has its name today, so {so}.",
        )
    if wards and len(found) > MOST_AREAS:
        more = _joined([words.wards[code] for code in found[MOST_AREAS:]])
        note("ward", f"Four wards can be shown together, so this is without {more}.")
    return tuple(sorted(wards))


def _period(one: Callable[[str], str], bounded: bool, note: Tell) -> tuple[str, Month | None, Month | None]:
    """The period with the first and last month of one that was chosen."""
    first, last = _month(one("from")), _month(one("to"))
    period = one("period")
    if first and last and first <= last:
        if period and period != "custom":
            note("period", f"The link gives two periods. The period shown is {first.words} to {last.words}.")
        return "custom", first, last
    known = period in PERIODS and (period != "custom" or bounded)
    instead = period if known and period != "custom" else "12m"
    so = f"so the period shown is \u201c{PERIODS[instead]}\u201d."
    if bounded:
        if first and last:
            note("from", f"{first.words} to {last.words} runs backwards, {so}")
        else:
            odd = [
                f"{_quoted(one(name))} is no month" for name in ("from", "to") if one(name) and not _month(one(name))
            ]
            note("from", f"{_joined(odd) or 'The period lacks its first or last month'}, {so}")
    if period and not known:
        note("period", f"There is no period called {_quoted(period)}, {so}")
    return instead, None, None


def _joined(names: Sequence[str]) -> str:
    """Names as in a sentence: `one`, `one and two`, `one, two and three`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _quoted(text: str) -> str:
    """What somebody wrote in a URL, short and in one line."""
    shown = "".join(sign for sign in text if sign.isprintable())
    return f"\u201c{shown[:40]}\u2026\u201d" if len(shown) > 40 else f"\u201c{shown}\u201d"


def _month(text: str) -> Month | None:
    try:
        return Month.parse(text)
    except ValueError:
        return None


Word = TypeVar("Word", bound=StrEnum)


def _word(kind: type[Word], text: str) -> Word | None:
    """A word of a kind; the kind's first where nothing is asked, None where it is no such word."""
    if not text:
        return next(iter(kind))
    return kind(text) if text in list(kind) else None
