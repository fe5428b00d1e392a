"""The scorecard of a priority: every measure, theme by theme, with those that ended or have no figures apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

from csp_dash.domain.filters import Filters
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.plan import Priority
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan.answers import listed
from csp_dash.panels.tile import Tile, tile
from csp_dash.panels.verdict import live


@dataclass(frozen=True)
class Group:
    """A theme of the plan and its measures in the plan's order."""

    title: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Scorecard:
    """`groups` are what is looked at first: measures whose figures go on, or where none does, all that have figures.

    `ended` stopped before; `without` have no official figures in this release (awaiting and illustrative ones).
    """

    groups: tuple[Group, ...]
    ended: tuple[Tile, ...]
    without: tuple[Indicator, ...]

    @property
    def slugs(self) -> tuple[str, ...]:
        """Every measure on the scorecard, in its order."""
        shown = [item.indicator.slug for group in self.groups for item in group.tiles]
        return (*shown, *(item.indicator.slug for item in self.ended), *(item.slug for item in self.without))


def scorecard(data: Dataset, view: Filters, slug: str) -> Scorecard:
    """The scorecard of the priority of that name; of a view with a board, of what it answers for, if it does for any."""
    priority = data.catalogue.priorities[slug]
    known = data.catalogue.indicators
    own_board = {own for own in priority.indicators if known[own].place.board == view.board}
    within = own_board or set(priority.indicators)
    real = {own for own in within if _official(data, known[own])}
    going = {own for own in real if live(data, known[own])} or real

    def told(own: str) -> Tile:
        return tile(data, replace(view, indicator=own, lens="", board=""))

    groups = [
        Group(theme.title, tuple(told(own) for own in theme.measures if own in going)) for theme in priority.themes
    ]
    listed = [own for theme in priority.themes for own in theme.measures if own in within]
    return Scorecard(
        tuple(group for group in groups if group.tiles),
        tuple(told(own) for own in listed if own in real - going),
        tuple(known[own] for own in listed if own not in real and _listed(data, known[own])),
    )


def _official(data: Dataset, item: Indicator) -> bool:
    return item.counts_in_headlines and data.shows(item) and data.have(item) is not None


def _listed(data: Dataset, item: Indicator) -> bool:
    """Whether a measure without official figures is named: made-up ones only where the instance shows them."""
    return data.shows(item) or not item.measured


@dataclass(frozen=True)
class Line:
    """A priority's headline measures in the plan table: `tiles` go on, `ended` do not."""

    priority: Priority
    tiles: tuple[Tile, ...]
    ended: tuple[Tile, ...]


def plan_table(data: Dataset, view: Filters) -> tuple[Line, ...]:
    """The whole plan: the borough's total, then each priority with its headline measures.

    Of a view with a board: the measures that the board answers for, headlines or not, with the borough's total.
    """
    lines = []
    for priority in data.catalogue.priorities.values():
        told = [tile(data, replace(view, indicator=own, lens="", board="")) for own in listed(data, view, priority)]
        if told:
            lines.append(
                Line(priority, tuple(item for item in told if not item.ends), tuple(item for item in told if item.ends))
            )
    return tuple(lines)
