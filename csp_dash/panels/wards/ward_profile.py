"""Ward profile: every measure that a ward has figures of, how it changed, and how its rate stands beside the borough's."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from csp_dash.analytics import rates
from csp_dash.analytics.compare import Change
from csp_dash.analytics.funnel import Band
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind, Measure, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Span
from csp_dash.panels.course import Course, course
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import Selection, against_before
from csp_dash.panels.verdict import Verdict, verdict
from csp_dash.panels.wards.choropleth import HIGH, LOW, by_ward, unusual

ROWS = 4
"""The measures that stand on the page itself, the first of the declared ones; the others are one step away."""
FEWEST_A_MONTH = 2
"""Fewer than this many a month are told for the whole period: "about 0 a month" would say that there are none."""
SHARES = {"violence_all": ("violence_with_injury", "with an injury")}
"""A measure that tells how much of it a part is: the part, and what it is called beside the figure."""

Moved = Literal["more", "fewer", "same", "unknown"]
Beside = Literal["higher", "lower", "same", ""]


@dataclass(frozen=True)
class Line:
    """One measure of a ward in its newest 12 months.

    `name` is the measure's inside a sentence. `pace` is its figure, as (words before, number, words after), and `share`
    what of it a part is. `moved` is the change beyond chance; `beside` where the rate lies, by the funnel's 95% limits,
    empty where there is no rate.
    """

    indicator: Indicator
    name: str
    count: float | None
    pace: tuple[str, str, str]
    share: str
    period: str
    words: str
    moved: Moved
    beside: Beside
    course: Course
    verdict: Verdict

    @property
    def ended(self) -> bool:
        return self.verdict.past


def profile(data: Dataset, view: Filters) -> tuple[Line, ...]:
    """What the police and other services recorded in the first ward of the view, the declared measures first."""
    known = data.catalogue.indicators
    official = [slug for slug, item in known.items() if item.counts_in_headlines and item.trust is not Trust.PARTNER]
    return _lines(data, view, dict.fromkeys([*data.catalogue.ward_profile, *official]))


def returned(data: Dataset, view: Filters) -> tuple[Line, ...]:
    """The same of the measures that partners gave figures of by ward."""
    return _lines(data, view, [slug for slug, item in data.catalogue.indicators.items() if item.trust is Trust.PARTNER])


def rows(data: Dataset, lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines that stand on the page itself."""
    first = list(data.catalogue.ward_profile)[:ROWS]
    return tuple(line for line in lines if line.indicator.slug in first)


def holds(whole: Indicator, part: Indicator) -> bool:
    """Whether a measure's ward figures are among those that another adds up."""
    its, mine = whole.feed(AreaKind.WARD), part.feed(AreaKind.WARD)
    return bool(its and mine and its.source == mine.source and set(mine.series) < set(its.series))


def _lines(data: Dataset, view: Filters, slugs: Iterable[str]) -> tuple[Line, ...]:
    items = [data.catalogue.indicators[slug] for slug in slugs]
    return tuple(
        _line(data, replace(view, indicator=item.slug, period="12m", first=None, last=None), view.wards[0])
        for item in items
        if item.kind is Kind.COUNT and item.trust is not Trust.ILLUSTRATIVE and data.have(item, AreaKind.WARD)
    )


def _line(data: Dataset, view: Filters, ward: str) -> Line:
    item = data.catalogue.indicators[view.indicator]
    question = by_ward(data, replace(view, measure=Measure.RATE if item.has_rate else Measure.COUNT))
    here = replace(question, areas=(ward,), wanted=(ward,))
    change = _change(data, here)
    count = change.now.numerator if change is not None and change.now.whole else None
    told = verdict(data, here, change)
    return Line(
        indicator=item,
        name=data.catalogue.ward_profile.get(item.slug, wording.inside(item.short)),
        count=count,
        pace=_pace(count, question.span),
        share=_share(data, item, here, count),
        period=question.period,
        words=_words(data, here, count),
        moved=_moved(change),
        beside=_beside(data, question, ward) if count is not None else "",
        course=course(data, here),
        verdict=told,
    )


def _change(data: Dataset, here: Selection) -> Change | None:
    if here.span is None or here.before is None:
        return None
    now, before = (data.window(here.indicator, here.kind, here.areas, span) for span in (here.span, here.before))
    return against_before(data, here, now, before)


def _moved(change: Change | None) -> Moved:
    if change is None or change.refusal or not change.tested or change.absolute is None:
        return "unknown"
    if not change.detectable or not change.absolute:
        return "same"
    return "more" if change.absolute > 0 else "fewer"


def _pace(count: float | None, span: Span | None) -> tuple[str, str, str]:
    """A figure as a resident counts: `about 64 a month`, `3 in 12 months`."""
    if count is None or span is None:
        return ("", "No figure", "for this ward")
    if count / span.months < FEWEST_A_MONTH:
        return ("", wording.number(count), f"in {wording.counted(span.months, 'months')}")
    return ("about", _a_month(count, span), "a month")


def _a_month(count: float, span: Span) -> str:
    return f"{math.floor(count / span.months + 0.5):,}"


def _share(data: Dataset, item: Indicator, here: Selection, count: float | None) -> str:
    slug, name = SHARES.get(item.slug, ("", ""))
    part = data.catalogue.indicators.get(slug)
    if part is None or count is None or here.span is None or data.have(part, AreaKind.WARD) is None:
        return ""
    found = data.window(part, AreaKind.WARD, here.areas, here.span)
    if not found.whole or not found.numerator or found.numerator / here.span.months < FEWEST_A_MONTH:
        return ""
    return f"{_a_month(found.numerator, here.span)} {name}"


def _beside(data: Dataset, question: Selection, ward: str) -> Beside:
    """Where the ward's rate lies around the borough's; the same for all wards, so it is worked out once a release."""
    if not question.indicator.has_rate:
        return ""

    def bands() -> dict[str, object]:
        frame = unusual(data, question).chance.frame
        return dict(zip(frame["area"].astype(str), frame["band"], strict=True))

    band = data.once(("ward bands", question.indicator.slug), bands).get(ward)
    if not isinstance(band, str):
        return ""
    return "higher" if Band(band) in HIGH else "lower" if Band(band) in LOW else "same"


def _words(data: Dataset, here: Selection, count: float | None) -> str:
    """The count, and its rate beside that of all wards, in a sentence."""
    if count is None or here.span is None:
        return f"The figures of {data.names[here.areas[0]]} are missing for {here.period}."
    item = here.indicator
    text = f"{wording.counted(count, item.unit)} in {here.span.long_words}"
    people = data.people.get(here.areas[0])
    if item.has_rate and people:
        every = item.per * rates.yearly(here.months)
        whole = data.window(item, AreaKind.WARD, data.wards, here.span).numerator
        everyone = sum(data.people[code] for code in data.wards)
        beside = f" (all wards together: {wording.rate(every * whole / everyone)})" if whole is not None else ""
        text += f": {wording.rate(every * count / people)} for every {item.per:,} residents{beside}"
    return f"{wording.capital(text)}."
