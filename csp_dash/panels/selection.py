"""A selection: the indicator, areas, period and comparison that a view stands for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from csp_dash.analytics import rates
from csp_dash.analytics.compare import Change, Window, change
from csp_dash.analytics.rates import Rate
from csp_dash.domain import wording
from csp_dash.domain.enums import Compare, Frequency, Kind, Measure, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.domain.indicator import Event, Indicator
from csp_dash.domain.periods import Month, Span
from csp_dash.domain.plan import Term
from csp_dash.panels.dataset import Availability, Dataset

ILLUSTRATIVE = "Illustrative, not real data"
# A survey or a yearly figure has one newest period, whichever of these is asked for.
NEWEST = ("12m", "24m", "fytd", "1m")


@dataclass(frozen=True)
class Selection:
    """`have` is None where the indicator has no figures at all for these areas on this instance.

    `areas` are those shown, `wanted` those asked for: where a measure has no figures for these, `whose` names the others.
    `as_at` is the last month whose figures count, where that is not the newest.
    """

    indicator: Indicator
    kind: AreaKind
    areas: tuple[str, ...]
    place: str
    have: Availability | None
    span: Span | None
    measure: Measure
    breaks: tuple[Event, ...]
    wanted: tuple[str, ...]
    compare: Compare | str = Compare.PREVIOUS
    as_at: Month | None = None

    @property
    def before(self) -> Span | None:
        """What the period is compared with: the same months a year or more before, or of the measure's baseline."""
        if self.span is None:
            return None
        return (
            self.span.within(self.indicator.baseline.span) if self.compare is Compare.BASELINE else self.span.before()
        )

    @property
    def whose(self) -> str:
        """The area of the figures in words, where it is not the one asked for; else empty."""
        if self.areas == self.wanted:
            return ""
        return f"all of {self.place}" if self.areas == (TOWER_HAMLETS,) else self.place

    def named(self, text: str) -> str:
        """A name or a unit with the area that it is of, where that is not the one asked for."""
        return f"{text} ({self.whose})" if self.whose else text

    @property
    def fallback(self) -> str:
        """Why another area than the one asked for is shown; empty where it is that one."""
        return (
            f"There are no ward figures for this measure: this is {self.whose}."
            if self.whose and self.asks_wards
            else ""
        )

    @property
    def asks_wards(self) -> bool:
        return self.wanted != (TOWER_HAMLETS,)

    @property
    def subject(self) -> str:
        """The indicator's name, with whose figures they are; an illustrative one says so wherever its name stands."""
        made_up = self.indicator.trust is Trust.ILLUSTRATIVE
        return self.named(f"{self.indicator.title} ({ILLUSTRATIVE.lower()})" if made_up else self.indicator.title)

    @property
    def unit(self) -> str:
        """What a value is: `offences`, `offences per 1,000 residents`, `offences per 1,000 residents a year`."""
        if self.rated:
            return rates.per_people(self.indicator.unit, self.indicator.per, self.months)
        return self.indicator.unit

    @property
    def unit_a_month(self) -> str:
        """What a month's value is, in a series of months."""
        unit = rates.per_people(self.indicator.unit, self.indicator.per) if self.rated else self.indicator.unit
        return f"{unit} a month"

    @property
    def rated(self) -> bool:
        return self.measure is Measure.RATE

    @property
    def as_counts(self) -> Selection:
        return replace(self, measure=Measure.COUNT)

    @property
    def as_rates(self) -> Selection:
        return replace(self, measure=Measure.RATE)

    @property
    def months(self) -> int:
        """How long the period is; a year where there is none."""
        return self.span.months if self.span else rates.YEAR

    @property
    def period(self) -> str:
        """The period in words, at the grain of the indicator."""
        if self.span is None:
            return "no figures"
        if self.indicator.one_night:
            return f"one night, autumn {self.span.last.year}"
        return f"12 months to {self.span.last.words}" if self.span.months == 12 else self.span.words


def select(data: Dataset, view: Filters, *, whole: bool = False) -> Selection:
    """Make a view concrete. The view names a known indicator. `whole`: for the borough, whichever wards it asks for."""
    indicator = data.catalogue.indicators[view.indicator]
    kind, areas = data.level(indicator, () if whole else view.wards)
    have = data.have(indicator, kind)
    span = period_of(view, have, data.catalogue.term)
    if have and span and indicator.frequency is not Frequency.MONTH:
        span = _own_period(
            data, indicator, areas, Span(have.span.last, have.span.last) if view.period in NEWEST else span
        )
    rate = view.measure is Measure.RATE and indicator.has_rate and data.people_of(areas) is not None
    return Selection(
        indicator=indicator,
        kind=kind,
        areas=areas,
        place=data.place_words(areas),
        have=have,
        span=span,
        measure=Measure.RATE if rate else Measure.COUNT,
        breaks=tuple(data.catalogue.events[name] for name in indicator.breaks),
        wanted=view.wards or (TOWER_HAMLETS,),
        compare=view.compare,
    )


def select_as_at(data: Dataset, view: Filters, month: Month) -> Selection:
    """The borough's question as the figures up to a month answer it: its period is the newest year that ends by then."""
    question = replace(select(data, view, whole=True), as_at=month)
    if question.have is None or question.have.span.first > month:
        return replace(question, have=None, span=None)
    known = Span(question.have.span.first, min(question.have.span.last, month))
    have = replace(question.have, span=known)
    span = period_of(replace(view, period="12m"), have, data.catalogue.term)
    if question.indicator.frequency is not Frequency.MONTH:
        span = _own_period(data, question.indicator, question.areas, known)
    return replace(question, have=have, span=span)


def period_of(view: Filters, have: Availability | None, term: Term) -> Span | None:
    """The period of a view, of a series that may have begun less than twelve months ago."""
    if have is None:
        return None
    return have.span if view.period == "12m" and have.span.months < 12 else view.span(have.span, term)


def _own_period(data: Dataset, indicator: Indicator, areas: tuple[str, ...], span: Span) -> Span:
    """The newest quarter, survey or year that ends inside a period; the period itself where none does.

    A figure of one night stands for the twelve months that end with it.
    """
    periods = data.lately(("periods", indicator.slug, areas), lambda: _periods(data, indicator, areas))
    inside = [own for own in periods if span.first <= own.last <= span.last]
    if not inside:
        return span
    newest = max(inside, key=lambda own: own.last)
    return newest if newest.months > 1 else Span(newest.last.plus(-11), newest.last)


def _periods(data: Dataset, indicator: Indicator, areas: tuple[str, ...]) -> tuple[Span, ...]:
    """The periods for which some areas have figures."""
    frame = data.series(indicator, areas)
    known = frame["numerator"].notna().tolist()
    return tuple(
        Span(Month.of(start), Month.of(finish))
        for start, finish, there in zip(frame["start"], frame["finish"], known, strict=True)
        if there
    )


def real_figure(data: Dataset, question: Selection) -> str:
    """What is real about a made-up series: the plan's own figures."""
    said = [
        f"{item.words} in {item.period} (plan p{item.page})"
        for item in data.catalogue.figures_of(question.indicator.slug)
    ]
    return f"The only real figure is the plan's: {'; '.join(said)}." if said else "No figure here is real."


def base(question: Selection) -> float | None:
    """Interviews or cases behind a published share, where its denominator was not published."""
    return float(question.indicator.base) if question.indicator.base else None


def compare(data: Dataset, question: Selection) -> tuple[Window | None, Change | None]:
    """The period's figure and its change on the period before; both None without figures."""
    if question.span is None or question.before is None:
        return None, None
    now = data.window(question.indicator, question.kind, question.areas, question.span)
    before = data.window(question.indicator, question.kind, question.areas, question.before)
    return now, against_before(data, question, now, before)


def against_before(data: Dataset, question: Selection, now: Window, before: Window) -> Change:
    """The change between two windows of a question's areas, tested with their own scatter, written in its measure."""
    indicator = question.indicator
    return change(
        now,
        before,
        kind=indicator.kind,
        breaks=question.breaks,
        base=base(question),
        dispersion=data.noise(indicator, question.areas, question.as_at).dispersion.value
        if indicator.kind is Kind.COUNT
        else 1.0,
        rate=rate_of(data, question),
        in_percent=indicator.kind is Kind.RATE and indicator.unit.startswith(wording.PERCENT),
    )


def rate_of(data: Dataset, question: Selection) -> Rate | None:
    """How the counts of a question are written as rates; None where they are not."""
    people = data.people_of(question.areas) if question.rated else None
    return Rate(float(people), question.indicator.per) if people else None


def value(data: Dataset, question: Selection, window: Window | None) -> float | None:
    """A window's figure in the measure asked for: count, rate per 1,000 and year, percent, or a rate as published."""
    if window is None or window.numerator is None or not window.whole:
        return None
    if question.rated:
        rate = rate_of(data, question)
        return rate.of(window.numerator, window.span.months) if rate else None
    if question.indicator.kind is Kind.PROPORTION:
        share = window.value(Kind.PROPORTION)
        return None if share is None else 100 * share
    return window.numerator


def area_value(data: Dataset, question: Selection, code: str, window: Window) -> float | None:
    """As `value`, for one area of the kind."""
    return value(data, replace(question, areas=(code,)), window)


def value_words(question: Selection, number: float | None) -> str:
    """A value as it is written large: `2,342`, `7.5`, `65%`, `no figure`."""
    if number is None:
        return wording.NO_FIGURE
    if question.indicator.kind is Kind.PROPORTION:
        return wording.percent(number)
    if question.rated or question.indicator.kind is Kind.RATE:
        return wording.rate(number) + ("%" if question.unit.startswith(wording.PERCENT) else "")
    return wording.number(number)
