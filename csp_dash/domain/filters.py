"""The reader's view: indicator, wards, period, measure and comparison, as a URL names them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from difflib import get_close_matches
from typing import Any

from csp_dash.domain import wording
from csp_dash.domain.enums import Compare, Measure, Shade
from csp_dash.domain.periods import Month, Span, year_to_date
from csp_dash.domain.plan import Term


@dataclass(frozen=True, slots=True)
class Named:
    """A value that a reader can choose: as its control calls it, and in the sentence that says what is shown.

    Both may speak of the plan's dates: `{years}`, `{span}`, `{first}`, `{baseline}`.
    """

    label: str
    words: str

    def of(self, term: Term) -> Named:
        """With the dates of a plan."""
        dates = {
            "years": term.years,
            "span": term.span.words,
            "first": term.span.first.words,
            "baseline": term.baseline.span.words,
        }
        return Named(self.label.format_map(dates), self.words.format_map(dates))


PERIODS = {
    "12m": Named("Latest 12 months", "latest 12 months of each measure"),
    "fytd": Named("Financial year to date", "financial year to date of each measure"),
    "1m": Named("Latest month", "latest month of each measure"),
    "24m": Named("Latest 24 months", "latest 24 months of each measure"),
    "plan": Named("Plan period, {years}", "{span}"),
    "since": Named("Since the plan began", "since {first}"),
    "base": Named("{baseline}, before the plan", "{baseline}"),
    "all": Named("All years", "all years"),
    "custom": Named("Choose months", ""),
}
MEASURES = {
    Measure.COUNT: Named("Count", "counts"),
    Measure.RATE: Named("Rate per 1,000", "yearly rates per 1,000 residents, counts where there is no rate,"),
}
BESIDE = "beside each figure that is published there too, in rates"
COMPARISONS = {
    Compare.PREVIOUS: Named("The year before", "the period before"),
    Compare.BASELINE: Named("The baseline, mostly {baseline}", "the baseline"),
    Compare.LONDON: Named("London", f"the period before; London stands {BESIDE}"),
    Compare.SIMILAR: Named("Similar boroughs", f"the period before; similar boroughs stand {BESIDE}"),
}
BOROUGH_INSTEAD = "the whole borough is shown"
LENSES = {
    "": "Trend",
    "map": "Wards",
    "boroughs": "Boroughs",
    "figures": "Figures",
    "notes": "Notes",
    "pair": "Read with",
    "groups": "By ethnicity",
    "night": "At night",
    "strands": "Strands",
    "ranks": "Ranks",
    "compare": "Every comparison",
    "years": "Year on year",
    "parts": "Level and season",
    "wards": "Ward by ward",
    "time": "The map through time",
    "unusual": "Unusual wards",
    "two": "Two measures on one map",
    "both": "Beside another measure",
    "moved": "What made it move",
    "ahead": "Next 12 months",
    "small": "Below the ward",
    "harm": "Volume and harm",
}
SHADES = {
    Shade.HOUSEHOLD: "Per 1,000 households",
    Shade.AREA: "Per km²",
    Shade.SHARE: "Share of the borough",
    Shade.CHANGE: "Change on the period before",
    Shade.UNUSUAL: "How unusual",
}
"""What maps can be shaded by beside the count or rate of the whole view."""
MOST_AREAS = 4


@dataclass(frozen=True, slots=True)
class Field:
    """A choice of the view, declared here alone: its key in a URL, its name in `Filters`, and its values.

    The first value is the default and is left out of URLs; `also` are other words for it. `more` are values that the
    vocabulary names: they may be written as their code or their name, in any case. `unknown` is said of any
    other word, which stands for its `{}`.
    """

    key: str
    name: str
    values: Mapping[Any, object]
    unknown: str
    also: tuple[str, ...] = ()
    more: Callable[[Vocabulary], Mapping[str, str]] = lambda words: {}

    @property
    def default(self) -> Any:
        return next(iter(self.values))

    def read(self, text: str, words: Vocabulary, note: Tell) -> Any:
        """The value that a URL's word stands for."""
        if not text or text in self.also:
            return self.default
        for value in self.values:
            if value is not None and text == str(value):
                return value
        for code, name in self.more(words).items():
            if text.casefold() in (code.casefold(), name.casefold()):
                return code
        note(self.key, self.unknown.format(_quoted(text)))
        return self.default


@dataclass(frozen=True, slots=True)
class MonthField(Field):
    """A choice of a month, written as `YYYY-MM`."""

    def read(self, text: str, words: Vocabulary, note: Tell) -> Any:
        """The month that a URL's word stands for."""
        month = _month(text)
        if text and month is None:
            note(self.key, self.unknown.format(_quoted(text)))
        return month or self.default


Tell = Callable[[str, str], None]
FIELDS = (
    Field("measure", "measure", MEASURES, "{} is neither a count nor a rate, so counts are shown."),
    Field(
        "compare",
        "compare",
        COMPARISONS,
        "Nothing called {} to compare with, so it is the year before.",
        more=lambda words: words.boroughs,
    ),
    Field("view", "lens", LENSES, "There is no view called {}, so the figures are shown over time and place."),
    Field(
        "map",
        "shade",
        {None: "Count or rate", **SHADES},
        "Maps cannot be shaded by {}, so they are shaded by the count or rate.",
        also=(Shade.COUNT, Shade.RATE),
    ),
    MonthField(
        "since",
        "since",
        {None: "Three months before the newest figures"},
        "{} is no month, so changes are told since three months before the newest figures.",
    ),
    Field(
        "board",
        "board",
        {"": "Every board"},
        "The plan has no board called {}, so the measures of every board are shown.",
        more=lambda words: words.boards,
    ),
)
PART = re.compile(r"[a-z0-9_]{1,40}(\.[a-z0-9_]{1,40})?")
"""A part of a page, and after a point the thing in it that is opened: `boards`, `sources.pas`."""
NO_PART = "There is no part called {} here, so the first is shown."
KEYS = ("indicator", "ward", "from", "to", "period", *(field.key for field in FIELDS), "beside", "part")
"""The parameters of a URL, in the order of `Filters.to_params`. Others, such as a mail's tracking marks, are let be."""


@dataclass(frozen=True, slots=True)
class OldWard:
    """A ward of the borders before May 2014: its name, and the present wards that carry it on."""

    name: str
    present: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that a URL may use: indicator slugs (with renames), ward codes with their names, former ward codes, and the
    codes of London's other boroughs and of the plan's boards with their names. `term` gives the dates of the plan."""

    indicators: Mapping[str, str]
    wards: Mapping[str, str]
    term: Term
    old_wards: Mapping[str, OldWard] = attribute(default_factory=dict)
    boroughs: Mapping[str, str] = attribute(default_factory=dict)
    boards: Mapping[str, str] = attribute(default_factory=dict)

    def period(self, name: str) -> Named:
        """A period as this plan calls it."""
        return PERIODS[name].of(self.term)

    def comparison(self, with_what: str) -> Named:
        """What figures are compared with, as it is called."""
        if borough := self.boroughs.get(with_what):
            return Named(borough, f"the period before; {borough} stands {BESIDE}")
        return COMPARISONS[Compare(with_what)].of(self.term)


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
    is not simply the count or rate of `measure`. `compare` may also be the code of another borough. `since` is the month
    from which changes are told, `board` the one whose measures are shown, `beside` the measure that the indicator is looked
    at with: None and empty where nothing is chosen.
    `part` is which part of a page is read (see `PART`); each page that is read in parts knows its own.
    """

    indicator: str = ""
    wards: tuple[str, ...] = ()
    measure: Measure = Measure.COUNT
    compare: Compare | str = Compare.PREVIOUS
    period: str = "12m"
    first: Month | None = None
    last: Month | None = None
    lens: str = ""
    shade: Shade | None = None
    since: Month | None = None
    board: str = ""
    beside: str = ""
    part: str = ""

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
        beside = words.indicators.get(one("beside"), "")
        if one("beside") and not beside:
            note("beside", f"There is no measure called {_quoted(one('beside'))} to set beside, so another one is.")
        wards = _wards([str(code).strip() for code in params.get("ward") or ()], words, note)
        period, first, last = _period(one, "from" in params or "to" in params, words, note)
        chosen = {field.name: field.read(one(field.key), words, note) for field in FIELDS}
        part = one("part").lower()
        if part and not PART.fullmatch(part):
            note("part", NO_PART.format(_quoted(one("part"))))
            part = ""
        for name in params:
            if name not in KEYS and (meant := get_close_matches(name.lower(), KEYS, 1, 0.75)):
                note(name, f"{_quoted(name)} is not read in a link, so it is left out: write \u201c{meant[0]}\u201d.")
        view = cls(
            indicator=indicator,
            wards=wards,
            period=period,
            first=first,
            last=last,
            beside=beside,
            part=part,
            **chosen,
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
        for field in FIELDS:
            value = getattr(self, field.name)
            if value != field.default:
                params[field.key] = [str(value)]
        if self.beside:
            params["beside"] = [self.beside]
        if self.part:
            params["part"] = [self.part]
        return params

    def elsewhere(self) -> Filters:
        """The same view for a link to another page, which has parts of its own."""
        return replace(self, part="")

    def sentence(self, place: str, words: Vocabulary) -> str:
        """The view in words, so that a phone or a print says what is shown."""
        term = words.term
        period = words.period(self.period).words or self.span(term.span, term).words
        shown, compared = MEASURES[self.measure].words, words.comparison(self.compare).words
        return f"Showing {shown} for {place}, {period}, compared with {compared}."

    def brief(self, place: str, words: Vocabulary) -> str:
        """The view in as few words as a button has room for: `Whole borough, counts, latest 12 months on the year before`."""
        period = wording.inside(words.period(self.period).label)
        if self.period == "custom" and self.first and self.last:
            period = Span(self.first, self.last).words
        shown = "rates" if self.measure is Measure.RATE else "counts"
        label = words.comparison(self.compare).label
        against = "on " + wording.inside(label)
        if self.compare not in (Compare.PREVIOUS, Compare.BASELINE):
            beside = wording.inside(label) if self.compare is Compare.SIMILAR else label
            against = f"on the year before, beside {beside}"
        return f"{place}, {shown}, {period} {against}"

    def span(self, have: Span, term: Term) -> Span:
        """The period asked for, of a series that has figures over `have`; `term` gives the dates of the plan.

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
                return term.span
            case "since":
                return Span(term.span.first, max(have.last, term.span.first))
            case "base":
                return term.baseline.span
            case "all":
                return have
            case "custom" if self.first and self.last:
                return Span(self.first, self.last)
        return Span(have.last.plus(-11), have.last)

    def pinned(self, span: Span) -> Filters:
        """The same view with its period written out, so that a link keeps it when newer data arrive."""
        return replace(self, period="custom", first=span.first, last=span.last)


def _wards(asked: Sequence[str], words: Vocabulary, note: Tell) -> tuple[str, ...]:
    """The wards of a view. Former codes lead to the present wards; all wards together are the borough."""
    known = {*words.wards, *words.old_wards}
    codes = list(dict.fromkeys(code.upper() if code.upper() in known else code for code in asked if code))
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


def _period(
    one: Callable[[str], str], bounded: bool, words: Vocabulary, note: Tell
) -> tuple[str, Month | None, Month | None]:
    """The period with the first and last month of one that was chosen."""
    first, last = _month(one("from")), _month(one("to"))
    period = one("period")
    if first and last and first <= last:
        if period and period != "custom":
            note("period", f"The link gives two periods. The period shown is {first.words} to {last.words}.")
        return "custom", first, last
    known = period in PERIODS and (period != "custom" or bounded)
    instead = period if known and period != "custom" else "12m"
    so = f"so the period shown is \u201c{words.period(instead).label}\u201d."
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
