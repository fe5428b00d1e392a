"""The catalogue: all declarations together, with look-ups."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from csp_dash.catalogue.held_back import held_back
from csp_dash.domain.enums import FigureKind
from csp_dash.domain.filters import OldWard
from csp_dash.domain.indicator import Event, Indicator, Source, Target
from csp_dash.domain.plan import (
    Board,
    Check,
    Contact,
    Contradiction,
    HarmIndex,
    OwnNumbers,
    Passage,
    PlanFigure,
    Priority,
    Term,
    Theme,
    ThemePicture,
)


@dataclass(frozen=True)
class Catalogue:
    """Everything that is declared. Mappings keep the order of declaration, which is the order on screen.

    `offered` holds the sources that only a [[supply]] names: a release may lack them, so no page speaks of them.
    """

    term: Term
    indicators: dict[str, Indicator]
    sources: dict[str, Source]
    events: dict[str, Event]
    priorities: dict[str, Priority]
    boards: dict[str, Board]
    figures: dict[str, PlanFigure]
    targets: tuple[Target, ...]
    checks: tuple[Check, ...]
    own_numbers: tuple[OwnNumbers, ...]
    contradictions: dict[int, Contradiction]
    contacts: tuple[Contact, ...]
    passages: tuple[Passage, ...]
    harm: HarmIndex
    redirects: dict[str, str]
    old_wards: dict[str, OldWard]
    similar: tuple[str, ...]
    ward_profile: dict[str, str]
    overview_map: dict[str, str]
    similar_reason: str
    offered: dict[str, Source] = field(default_factory=dict)

    @cached_property
    def held_back(self) -> frozenset[str]:
        """Measures that a public instance shows for the borough only."""
        return held_back(self.indicators)

    def resolve(self, slug: str) -> str | None:
        """The slug of an indicator, following a rename; None where nothing has that name."""
        slug = self.redirects.get(slug, slug)
        return slug if slug in self.indicators else None

    def of_priority(self, slug: str) -> tuple[Indicator, ...]:
        return tuple(item for item in self.indicators.values() if item.place.priority == slug)

    def basket(self, picture: ThemePicture) -> tuple[str, ...]:
        """The indicators that a theme's own picture is made of."""
        themes = (theme for priority in self.priorities.values() for theme in priority.themes)
        return next((theme.basket for theme in themes if picture in theme.pictures), ())

    def theme_of(self, slug: str) -> Theme | None:
        """The theme that an indicator stands in; None where nothing has that slug."""
        themes = (theme for priority in self.priorities.values() for theme in priority.themes)
        return next((theme for theme in themes if slug in theme.measures), None)

    def figures_of(self, indicator: str) -> tuple[PlanFigure, ...]:
        return tuple(figure for figure in self.figures.values() if figure.indicator == indicator)

    def said_of(self, indicator: str) -> str:
        """The plan's own figures of an indicator that are no targets, each with its page; empty where it has none."""
        return "; ".join(
            f"{one.words}{', ' + one.period if one.period else ''} (plan p{one.page})"
            for one in self.figures_of(indicator)
            if one.kind is not FigureKind.TARGET
        )

    def notes_of(self, indicator: Indicator) -> tuple[Event, ...]:
        """Breaks, events and caveats that touch an indicator, its own before its sources'."""
        names = [*indicator.breaks, *indicator.events, *indicator.caveats]
        for source in indicator.sources:
            names += self.sources[source].caveats
        return tuple(self.events[name] for name in dict.fromkeys(names))
