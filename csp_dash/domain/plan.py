"""What the catalogue declares of the plan, as frozen values: priorities, themes, boards, figures, checks.

A field without a default must be declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from csp_dash.domain.enums import Direction, FigureKind, Trust
from csp_dash.domain.indicator import Baseline
from csp_dash.domain.periods import Span
from csp_dash.domain.quoted import stated


@dataclass(frozen=True, slots=True)
class Term:
    """The months that a plan is for, and the baseline of every measure that declares none of its own."""

    span: Span
    baseline: Baseline

    @property
    def years(self) -> str:
        """`2021-24`."""
        return f"{self.span.first.year}-{self.span.last.year % 100:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An outcome that the plan wants, in our words. `direction` may be None where the plan states none."""

    id: str
    text: str
    page: int
    direction: Direction | None = None
    measures: str = ""


class ThemePicture(StrEnum):
    """A picture that a theme may ask for, beyond the tiles and trends of its measures."""

    MAP = "map"  # wards, by the theme's measures that have ward figures
    BOROUGHS = "boroughs"  # rank among London boroughs of the theme's first measure
    PAIR = "pair"  # an ambiguous measure beside the one it is read with
    GROUPS = "groups"  # stop and search by self-defined ethnicity
    NIGHT = "night"  # the night-time economy by ward
    STRANDS = "strands"  # strands of hate crime side by side
    RANKS = "ranks"  # positive outcomes beside the offences


@dataclass(frozen=True, slots=True)
class Theme:
    """A part of a priority that its page goes into. `measures` are slugs in reading order, awaiting ones included.

    `basket` are the indicators that the theme's own picture is made of.
    """

    id: str
    title: str
    question: str
    measures: tuple[str, ...] = ()
    pictures: tuple[ThemePicture, ...] = ()
    basket: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """A priority of the plan, or one of the two pages beside them. Every indicator stands in exactly one theme."""

    slug: str
    number: int | None = None
    title: str
    short: str
    question: str
    page: int
    boards: tuple[str, ...]
    focus: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    aims: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...]
    delivery: tuple[str, ...] = ()
    headlines: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    id: str
    title: str
    note: str = ""
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFigure:
    """A figure that the plan states, with its page."""

    id: str
    kind: FigureKind
    indicator: str = ""
    priority: str
    outcome: str = ""
    board: str = ""
    theme: str
    name: str
    value: str
    unit: str
    comparison: str = ""
    period: str = ""
    direction: Direction
    page: int
    target: str = ""
    rating: str = ""
    trust: Trust
    base: str = ""
    holder: str = ""
    contradictions: tuple[int, ...] = ()
    note: str = ""

    @property
    def words(self) -> str:
        """The figure with its unit, as the plan states it; a rise with its sign, as a fall has."""
        told = stated(self.value, self.unit)
        rise = self.comparison.startswith("change") and told[:1].isdigit() and self.value != "0"
        return f"+{told}" if rise else told


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One claim of the plan to hold against today's official series.

    `measure` is level, change (percent between two periods), survey (a published proportion) or rank.
    Periods are `YYYY-MM` months, inclusive. `why` explains a difference in words. `same` is False where only a
    nearby measure is open.
    """

    figure: str
    indicator: str
    measure: Literal["level", "change", "survey", "rank"]
    first: str
    last: str
    prior_first: str = ""
    prior_last: str = ""
    why: str
    same: bool = True


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """A change that the plan states in percent (`figure`) and in number (`added`), so that both counts follow."""

    figure: str
    added: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    number: int
    title: str
    text: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where to report or get help (plan p29)."""

    group: str
    title: str
    how: str
    link: str = ""
    page: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A titled paragraph of the plan in our words, with its page: legislation, principles, links, feedback."""

    section: str
    title: str
    text: str
    page: int


@dataclass(frozen=True, slots=True)
class HarmClass:
    """A class of crime with one weight. Counts of `indicators` add up; `mean` and `median` are days of imprisonment."""

    label: str
    indicators: tuple[str, ...]
    mean: float
    median: float


@dataclass(frozen=True, slots=True)
class HarmIndex:
    """Weights by which offences are added up as harm. `as_at` is the edition; `excluded` holds (what, why)."""

    title: str
    source: str
    url: str
    as_at: str
    method: str
    excluded: tuple[tuple[str, str], ...]
    classes: tuple[HarmClass, ...]
