"""A measure that is neither good nor bad in itself, read together with an outcome or with confidence."""

from __future__ import annotations

from dataclasses import dataclass, replace

from csp_dash.analytics import narrate, wording
from csp_dash.domain.catalogue import Indicator
from csp_dash.domain.filters import Filters
from csp_dash.domain.months import Month
from csp_dash.domain.words import BOROUGH, AreaKind, Compare, Frequency, Kind
from csp_dash.packs.data import Data
from csp_dash.packs.tile import Tile, tile

APART = "Their figures are not of the same months, so the two stand side by side and are not read together."


@dataclass(frozen=True)
class Pair:
    """`first` is the reports, `second` what they are read with, over the newest 12 months that both have.

    `second` is None where it has no real figures; `reading` says what the two show together, `awaiting` who holds the
    outcome that nobody publishes and what the plan says of it.
    """

    title: str
    why: str
    first: Tile
    second: Tile | None
    readings: tuple[str, ...]
    reading: str
    awaiting: str


def pair(data: Data, view: Filters) -> Pair:
    """The pair of a view's indicator, over the same months where both have figures for them."""
    indicator = data.catalogue.indicators[view.indicator]
    other = data.catalogue.indicators[indicator.pair]
    own = replace(view, wards=(), compare=Compare.PREVIOUS)
    shared = _shared(data, indicator, other, own)
    first, second = _tiles(data, indicator, other, shared or own)
    name = _name(other)
    reading = narrate.together(
        wording.inside(indicator.title),
        first.change,
        name,
        second.change if second else None,
        other.direction,
        indicator.falls,
    )
    if shared and first.change and first.change.refusal:
        first, second = _tiles(data, indicator, other, own)
    if _apart(first, second):
        reading = APART
    rising = first.change is None or (first.change.absolute or 0) >= 0
    worrying, welcome = indicator.read(rising)
    way = "rise" if rising else "fall"
    waiting = data.catalogue.indicators.get(indicator.pair_awaiting)
    return Pair(
        title=f"{indicator.short}, read together with {name}",
        why=indicator.pair_why,
        first=first,
        second=second,
        readings=(
            f"The worrying reading of a {way}: {worrying}.",
            f"The welcome reading of a {way}: {welcome}.",
        ),
        reading=reading,
        awaiting=_awaiting(data, waiting) if waiting else "" if second else _awaiting(data, other),
    )


def _tiles(data: Data, one: Indicator, other: Indicator, view: Filters) -> tuple[Tile, Tile | None]:
    second = tile(data, replace(view, indicator=other.slug)) if other.counts_in_headlines and data.have(other) else None
    return tile(data, replace(view, indicator=one.slug)), second


def _shared(data: Data, one: Indicator, other: Indicator, view: Filters) -> Filters | None:
    """The view over the newest 12 months that both have, where one ends earlier and the reader chose no period."""
    have, their = data.have(one, AreaKind.BOROUGH), data.have(other, AreaKind.BOROUGH)
    if (
        have is None
        or their is None
        or not other.counts_in_headlines
        or have.span.last == their.span.last
        or view.period != "12m"
    ):
        return None
    last = min(have.span.last, their.span.last)
    if other.frequency is not Frequency.MONTH:  # a survey's twelve months end with a quarter
        known = data.series(other, (BOROUGH,)).dropna(subset=["numerator"])
        ends = [end for end in (Month.of(moment.date()) for moment in known["finish"]) if end <= last]
        if not ends:
            return None
        last = ends[-1]
    return replace(view, period="custom", first=last.plus(-11), last=last)


def _apart(first: Tile, second: Tile | None) -> bool:
    """Whether the two changes are of different months, so that neither can explain the other."""
    if second is None or first.change is None or second.change is None:
        return False
    return first.change.now.span != second.change.now.span


def _name(item: Indicator) -> str:
    """How a measure is named inside a sentence."""
    title = wording.inside(item.title)
    return f"the share of {title}" if item.kind is Kind.PROPORTION else title


def _awaiting(data: Data, item: Indicator) -> str:
    said = data.catalogue.said_of(item.slug)
    plan = f" The plan gives {said}." if said else ""
    why = "it is not in this release" if item.supplies else "nobody publishes it openly"
    return f"{item.title}: {why}; {item.holder} holds it.{plan}"
