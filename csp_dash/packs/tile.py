"""A tile: measure, period, figure, sparkline, state, one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from csp_dash.analytics import narrate, signal
from csp_dash.analytics.compare import Change
from csp_dash.analytics.state import State, state
from csp_dash.domain.catalogue import Indicator
from csp_dash.domain.filters import Filters
from csp_dash.domain.words import Direction, Frequency, Kind, Measure
from csp_dash.packs.asked import Asked, asked, compare, value, value_words
from csp_dash.packs.data import Data

MOST_POINTS = 60


@dataclass(frozen=True)
class Tile:
    """`figure` is written large; `number` is the same, unrounded; `spark` holds 12-month totals, oldest first.

    `ends` is the last month (`May 2021`) where the open figures stopped more than a year before the newest ones.
    """

    indicator: Indicator
    title: str
    period: str
    place: str
    figure: str
    number: float | None
    unit: str
    spark: tuple[float, ...]
    state: State
    sentence: str
    reading: str
    other: str
    change: Change | None
    fallback: str
    ends: str


def tile(data: Data, view: Filters) -> Tile:
    """The tile of a view's indicator."""
    question = asked(data, view)
    now, found = compare(data, question)
    number = value(data, question, now)
    indicator = question.indicator
    return Tile(
        indicator=indicator,
        title=indicator.short,
        period=question.period,
        place=question.place,
        figure=value_words(question, number),
        number=number,
        unit=question.unit,
        spark=_spark(data, question),
        state=state(found, indicator.direction, indicator.readings),
        sentence="There are no figures for this measure here." if question.have is None else narrate.tile(found),
        reading=_reading(question, found),
        other=_other(data, view, question, number),
        change=found,
        fallback=question.fallback,
        ends=_ends(data, question),
    )


def _ends(data: Data, question: Asked) -> str:
    if question.have is None or data.newest - question.have.span.last <= 12:
        return ""
    return question.have.span.last.short


def _reading(question: Asked, found: Change | None) -> str:
    """Both readings of a change that is neither good nor bad in itself; empty for any other."""
    ambiguous = question.indicator.direction is Direction.AMBIGUOUS
    if not ambiguous or found is None or not found.detectable or not found.absolute:
        return ""
    if found.absolute < 0:
        return "This may mean that less of it happens, or that less of it is reported."
    worrying, welcome = question.indicator.readings
    return f"This may mean that {worrying}, or that {welcome}."


def _spark(data: Data, question: Asked) -> tuple[float, ...]:
    frame = data.series(question.indicator, question.areas)
    if frame.empty:
        return ()
    if question.indicator.frequency is not Frequency.MONTH:
        return tuple(float(number) for number in frame["numerator"].dropna())[-MOST_POINTS:]
    if question.indicator.kind is Kind.PROPORTION:
        drawn = signal.trend(frame, kind=Kind.PROPORTION)["smooth"].dropna()
        return tuple(float(number) for number in drawn)[-MOST_POINTS:]
    return tuple(signal.rolling(frame))[-MOST_POINTS:]


def _other(data: Data, view: Filters, question: Asked, number: float | None) -> str:
    """How the figure stands against London or similar boroughs, as rates; empty where that was not asked."""
    against = data.comparator(view.compare)
    if against is None or question.span is None:
        return ""
    name, kind, areas = against
    if number is None or data.have(question.indicator, kind) is None:
        return f"{name}: no figures to compare with."
    theirs = data.window(question.indicator, kind, areas, question.span)
    if question.indicator.kind is Kind.COUNT:
        if not question.indicator.has_rate:
            return f"{name}: not compared, because counts of places of different size say little."
        there, here = data.people_of(areas), data.people_of(question.areas)
        window = data.window(question.indicator, question.kind, question.areas, question.span)
        if not there or not here or theirs.numerator is None or not theirs.whole or window.numerator is None:
            return f"{name}: no figures to compare with."
        ours_rate, their_rate = 1000 * window.numerator / here, 1000 * theirs.numerator / there
        gap = (
            ""
            if not their_rate
            else f", {narrate.percent(100 * (ours_rate / their_rate - 1))} {'higher' if ours_rate >= their_rate else 'lower'} here"
        )
        return f"{narrate.rate(ours_rate)} per 1,000 residents here; {name} {narrate.rate(their_rate)}{gap}."
    their_value = _their_value(question, theirs.numerator, theirs.denominator)
    if their_value is None:
        return f"{name}: no figures to compare with."
    return f"{name}: {value_words(question, their_value)}."


def _their_value(question: Asked, numerator: float | None, denominator: float | None) -> float | None:
    if numerator is None:
        return None
    if question.indicator.kind is Kind.PROPORTION:
        return 100 * numerator / denominator if denominator else None
    return numerator if question.measure is Measure.COUNT else None
