"""Paired measures panel: an ambiguous measure beside the outcome that it is read with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from csp_dash.analytics import narrate
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind
from csp_dash.domain.filters import Filters
from csp_dash.domain.indicator import Indicator
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.tile import Tile, tile


@dataclass(frozen=True)
class Pair:
    """`first` is the reports, `second` what they are read with, each with the figure, period and state of its own tile.

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


def pair(data: Dataset, view: Filters) -> Pair:
    """The pair of a view's indicator: today's figures of both, read together where they are of the same months."""
    indicator = data.catalogue.indicators[view.indicator]
    other = data.catalogue.indicators[indicator.pair]
    first, second = tile(data, view), None
    if other.counts_in_headlines and data.have(other):
        first, second = _with_figures(data, view, first, tile(data, replace(view, indicator=other.slug)))
    name = _name(other)
    rising = first.change is None or (first.change.absolute or 0) >= 0
    worrying, welcome = indicator.read(rising)
    way = "rise" if rising else "fall"
    waiting = data.catalogue.indicators.get(indicator.pair_awaiting)
    return Pair(
        title=f"{first.title}, read together with {name}",
        why=indicator.pair_why,
        first=first,
        second=second,
        readings=(
            f"The worrying reading of a {way}: {worrying}.",
            f"The welcome reading of a {way}: {welcome}.",
        ),
        reading=narrate.together(
            wording.inside(first.subject),
            first.change,
            second.named(name) if second else name,
            second.change if second else None,
            other.direction,
            indicator.falls,
        ),
        awaiting=_awaiting(data, waiting) if waiting else "" if second else _awaiting(data, other),
    )


def _with_figures(data: Dataset, view: Filters, first: Tile, second: Tile) -> tuple[Tile, Tile]:
    """Where only one of two has a figure for the period, the other is shown at its newest, with its own date."""
    if (first.number is None) is (second.number is None):
        return first, second
    own = replace(view, period="12m", first=None, last=None)
    if first.number is None:
        return tile(data, own), second
    return first, tile(data, replace(own, indicator=second.indicator.slug))


def _name(item: Indicator) -> str:
    """How a measure is named inside a sentence."""
    title = wording.inside(item.title)
    return f"the share of {title}" if item.kind is Kind.PROPORTION else title


def _awaiting(data: Dataset, item: Indicator) -> str:
    said = data.catalogue.said_of(item.slug)
    plan = f" The plan gives {said}." if said else ""
    why = "it is not in this release" if item.supplies else "nobody publishes it openly"
    return f"{item.title}: {why}. Held by {item.holder}.{plan}"
