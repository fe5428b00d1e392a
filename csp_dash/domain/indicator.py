"""What the catalogue declares of an indicator and its source, as frozen values. A field without a default must be declared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from csp_dash.domain.enums import Direction, Frequency, Kind, Trust
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.periods import Month, Span
from csp_dash.domain.quoted import stated

Denominator = Literal["residents", "offences", "respondents", "searches", "published", "none"]


@dataclass(frozen=True, slots=True)
class Feed:
    """Where an indicator's figures for some kinds of area come from: series of one source, added up.

    `unlisted` are series of categories that the source's reader does not list; a release that has them adds them up too.
    """

    areas: tuple[AreaKind, ...]
    source: str
    series: tuple[str, ...]
    denominator_series: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Return:
    """What a partner's return of an indicator looks like.

    `areas` are the kinds of area that it may give figures for, the borough always among them. `split` names up to two
    columns that divide a count (type, channel); `words` holds the allowed values of those that have a closed list.
    `plain` takes the place of the indicator's own sentence once figures are there, where that one would be untrue.
    """

    areas: tuple[AreaKind, ...] = (AreaKind.BOROUGH,)
    split: tuple[str, ...] = ()
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    plain: str = ""

    def allowed(self, split: str) -> tuple[str, ...]:
        """The closed list of values of a split; empty where any will do."""
        return dict(self.words).get(split, ())


@dataclass(frozen=True, slots=True)
class Supply:
    """Official figures that a release may hold or lack: where it holds every series, the indicator has this feed."""

    feed: Feed
    trust: Trust = Trust.OFFICIAL

    @property
    def needed(self) -> frozenset[str]:
        """The series that have to be there."""
        return frozenset((*self.feed.series, *self.feed.denominator_series))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An indicator's place in the plan. `page` is the plan's own page number."""

    priority: str
    outcome: str = ""
    board: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """The months that a measure starts from. `why` is a phrase; `page` is the plan's, where the plan names them."""

    span: Span
    why: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class SmallAreas:
    """The police.uk category that stands for an indicator by small area (LSOA): its series and its name in a sentence.

    `sensitive` is a category that a public instance does not show, whatever the indicator.
    """

    series: str
    name: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One measure. `unit` is plural and lower case; `per` applies to rates on a population.

    `plain` says in one resident's sentence what is counted. `readings` gives, for an ambiguous
    direction, what a rise may mean: (the worrying reading, the welcome reading); `falls` the same of a fall. Such a measure is read
    together with `pair`, a measure whose good direction is known; `pair_awaiting` is the one that would
    tell more, had it been supplied. `events` names what happened, to be drawn on its charts. `parts` are the measures
    that it is made of, none of them overlapping, where it has such. `one_night` is a count of a single night. `asks` is the return that a partner can hand in, and
    `supplies` the official figures that would do, while the indicator has no real figures of its own.
    """

    slug: str
    title: str
    short: str
    plain: str
    unit: str
    kind: Kind
    denominator: Denominator
    per: int = 1
    frequency: Frequency
    direction: Direction
    trust: Trust
    place: Place
    baseline: Baseline
    feeds: tuple[Feed, ...]
    caveats: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    falls: tuple[str, ...] = ()
    holder: str = ""
    sensitive: bool = False
    households: bool = False
    base: int | None = None
    events: tuple[str, ...] = ()
    pair: str = ""
    pair_why: str = ""
    pair_awaiting: str = ""
    parts: tuple[str, ...] = ()
    small_areas: SmallAreas | None = None
    one_night: bool = False
    asks: Return | None = None
    supplies: tuple[Supply, ...] = ()

    def feed(self, kind: AreaKind | str) -> Feed | None:
        """The feed for a kind of area, or None where there are no figures for it."""
        return next((feed for feed in self.feeds if kind in feed.areas), None)

    def read(self, rising: bool) -> tuple[str, ...]:
        """What a rise or a fall may mean: the worrying reading, the welcome one."""
        return self.readings if rising else self.falls

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(feed.source for feed in self.feeds))

    @property
    def has_rate(self) -> bool:
        """Whether a rate per 1,000 residents makes sense."""
        return self.kind is Kind.COUNT and self.denominator == "residents"

    @property
    def measured(self) -> bool:
        return bool(self.feeds)

    @property
    def counts_in_headlines(self) -> bool:
        """Illustrative figures never feed a headline or a score; a partner's do as official ones do."""
        return self.measured and self.trust.real


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publisher's dataset, as the source card shows it. `retrieved` is None where only the release knows the day.

    `reference` is a source that places, the plan or maps rest on, and no reader of figures gives.
    """

    id: str
    title: str
    publisher: str
    url: str
    licence: str
    attribution: str
    retrieved: date | None = None
    geography: str
    method: str
    caveats: tuple[str, ...] = ()
    updates: str = ""
    reference: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something with a date that figures should be read against. `kind` is break, event or caveat."""

    id: str
    title: str
    short: str
    kind: Literal["break", "event", "caveat"]
    text: str
    start: date | None = None
    finish: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a target's words may mean. `how` is points (above the start), percent (above the start) or level (the value
    itself); `start` is the period that it starts from."""

    words: str
    how: Literal["points", "percent", "level"]
    start: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A numeric target of the plan. `readings` lists what the plan's words may mean.

    `due` is the month by which it is to be reached. `volume` is the measure whose cases a share is taken of, for what
    the data could show at best where the share itself is not open. `lacking` says which figures are missing, as long as
    the indicator has none.
    """

    figure: str
    indicator: str = ""
    title: str
    value: float
    unit: str
    readings: tuple[Reading, ...]
    baseline: str
    page: int
    why_unjudged: str
    due: Month
    volume: str = ""
    lacking: str = ""

    @property
    def words(self) -> str:
        """What is to be reached, with its unit."""
        return stated(f"{self.value:g}", self.unit)
