"""A headline tile: measure, period, figure, sparkline, state and one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from csp_dash.analytics import control_chart, narrate
from csp_dash.analytics.compare import Change
from csp_dash.analytics.state import State
from csp_dash.domain.enums import Direction, Frequency
from csp_dash.domain.filters import Filters
from csp_dash.domain.indicator import Indicator
from csp_dash.panels.benchmark import beside
from csp_dash.panels.course import Course, course
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import Selection, compare, select, value, value_words
from csp_dash.panels.verdict import verdict


@dataclass(frozen=True)
class Tile:
    """`title` and `subject` (the short and the whole name) say `whose` the figures are where it is not the area asked for.

    `figure` is written large; `number` is the same, unrounded; `course` is what its sparkline draws. `ends` is the
    last month (`May 2021`) where the open figures stopped more than a year before the newest ones, `until` (`to Feb`) where they only lag. `other` is how it
    stands beside London or similar boroughs, where the view asks for that.
    """

    indicator: Indicator
    title: str
    subject: str
    whose: str
    period: str
    place: str
    figure: str
    number: float | None
    unit: str
    course: Course
    state: State
    sentence: str
    reading: str
    other: str
    change: Change | None
    fallback: str
    ends: str
    until: str = ""
    reasons: tuple[str, ...] = ()

    def named(self, text: str) -> str:
        """A name of the measure with whose figures they are, where that is not the area asked for."""
        return f"{text} ({self.whose})" if self.whose else text

    @property
    def moved(self) -> str:
        """The change as a table has room for it."""
        return narrate.brief(self.change)

    @property
    def beyond_chance(self) -> bool:
        return bool(self.change and self.change.detectable)

    @property
    def words(self) -> str:
        """What every drawing of the tile says under its figure."""
        return " ".join(part for part in (self.sentence, self.reading, self.other) if part)


def tile(data: Dataset, view: Filters) -> Tile:
    """The tile of a view's indicator."""
    question = select(data, view)
    now, found = compare(data, question)
    number = value(data, question, now)
    indicator = question.indicator
    told = verdict(data, question, found)
    few = (now.numerator or 0, now.denominator or 0) if now and now.few else None
    return Tile(
        indicator=indicator,
        title=question.named(indicator.short),
        subject=question.subject,
        whose=question.whose,
        period=question.period,
        place=question.place,
        figure=narrate.cases(*few) if few else value_words(question, number),
        number=number,
        unit=question.unit,
        course=course(data, question),
        state=told.state,
        sentence=told.sentence,
        reading=_reading(question, found),
        other=beside(data, question, view.compare, now, found),
        change=found,
        fallback=question.fallback,
        ends=told.ends,
        until=_until(data, question, told.ends),
        reasons=_reasons(data, question, found),
    )


def _until(data: Dataset, question: Selection, ends: str) -> str:
    """The last month of figures that go on, but not to the newest month of all."""
    have = question.have
    if have is None or ends or have.span.last == data.newest or question.indicator.frequency is not Frequency.MONTH:
        return ""
    last = have.span.last
    return f"to {last.short if last.year != data.newest.year else last.short[:-5]}"


def _reasons(data: Dataset, question: Selection, found: Change | None) -> tuple[str, ...]:
    """Why the tile has its state, and what the latest months say by themselves."""
    indicator = question.indicator
    noise = data.noise(indicator, question.areas)
    signals = ""
    if indicator.frequency is Frequency.MONTH and question.have is not None:
        signals = data.lately(("signals", indicator.slug, question.areas), lambda: _signals(data, question))
    return tuple(narrate.reasons(found, indicator.direction, seasonal=noise.seasons is not None, signals=signals))


def _signals(data: Dataset, question: Selection) -> str:
    indicator, noise = question.indicator, data.noise(question.indicator, question.areas)
    drawn = control_chart.trend(
        data.series(indicator, question.areas),
        kind=indicator.kind,
        breaks=question.breaks,
        seasons=noise.seasons,
        dispersion=noise.dispersion.value,
    )
    return narrate.signals_sentence(drawn)


def _reading(question: Selection, found: Change | None) -> str:
    """Both readings of a change that is neither good nor bad in itself; empty for any other."""
    ambiguous = question.indicator.direction is Direction.AMBIGUOUS
    if not ambiguous or found is None or not found.detectable or not found.absolute:
        return ""
    worrying, welcome = question.indicator.read(found.absolute > 0)
    return f"This may mean that {worrying}, or that {welcome}."
