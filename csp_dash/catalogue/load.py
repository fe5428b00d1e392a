"""Loads every declaration, checks them against one another, and answers look-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from csp_dash.catalogue.read import CatalogueError, Table, rows, toml
from csp_dash.domain.catalogue import (
    Board,
    Check,
    Contact,
    Contradiction,
    Event,
    Feed,
    Indicator,
    Outcome,
    Passage,
    Place,
    PlanFigure,
    Priority,
    Source,
    Target,
)
from csp_dash.domain.words import AreaKind, Direction, FigureKind, Frequency, Kind, Trust

HERE = Path(__file__).parent
DENOMINATORS = ("residents", "offences", "respondents", "searches", "published", "none")
Item = TypeVar("Item")


@dataclass(frozen=True)
class Catalogue:
    """Everything that is declared. Mappings keep the order of declaration, which is the order on screen."""

    indicators: dict[str, Indicator]
    sources: dict[str, Source]
    events: dict[str, Event]
    priorities: dict[str, Priority]
    boards: dict[str, Board]
    figures: dict[str, PlanFigure]
    targets: tuple[Target, ...]
    checks: tuple[Check, ...]
    contradictions: dict[int, Contradiction]
    contacts: tuple[Contact, ...]
    passages: tuple[Passage, ...]
    redirects: dict[str, str]
    similar: tuple[str, ...]
    similar_reason: str

    def resolve(self, slug: str) -> str | None:
        """The slug of an indicator, following a rename; None where nothing has that name."""
        slug = self.redirects.get(slug, slug)
        return slug if slug in self.indicators else None

    def of_priority(self, slug: str) -> tuple[Indicator, ...]:
        return tuple(item for item in self.indicators.values() if item.place.priority == slug)

    def figures_of(self, indicator: str) -> tuple[PlanFigure, ...]:
        return tuple(figure for figure in self.figures.values() if figure.indicator == indicator)

    def notes_of(self, indicator: Indicator) -> tuple[Event, ...]:
        """Caveats and breaks that touch an indicator, its own before its sources'."""
        names = [*indicator.breaks, *indicator.caveats]
        for source in indicator.sources:
            names += self.sources[source].caveats
        return tuple(self.events[name] for name in dict.fromkeys(names))


def _indicator(path: Path) -> Indicator:
    table = toml(path)
    place = table.table("plan")
    feeds = []
    for data in table.tables("data"):
        feeds.append(
            Feed(
                areas=tuple(
                    AreaKind(kind) if kind in list(AreaKind) else _bad_area(data, kind) for kind in data.texts("areas")
                ),
                source=data.text("source"),
                series=data.texts("series"),
                denominator_series=data.texts("denominator_series", []),
            )
        )
        data.end()
    indicator = Indicator(
        slug=path.stem,
        title=table.text("title"),
        short=table.text("short"),
        plain=table.text("plain"),
        unit=table.text("unit"),
        kind=table.word("kind", Kind),
        denominator=table.text("denominator"),
        per=table.take("per", int, 1),
        frequency=table.word("frequency", Frequency),
        direction=table.word("direction", Direction),
        trust=table.word("trust", Trust),
        place=Place(
            place.text("priority"), place.text("outcome", ""), place.text("board", ""), place.take("page", int, None)
        ),
        feeds=tuple(feeds),
        caveats=table.texts("caveats", []),
        breaks=table.texts("breaks", []),
        readings=table.texts("readings", []),
        holder=table.text("holder", ""),
        sensitive=table.take("sensitive", bool, False),
        base=table.take("base", int, None),
    )
    place.end()
    table.end()
    where = path.name
    if indicator.denominator not in DENOMINATORS:
        raise CatalogueError(f"{where}: 'denominator' should be one of {', '.join(DENOMINATORS)}")
    if indicator.direction is Direction.AMBIGUOUS and indicator.measured and len(indicator.readings) != 2:
        raise CatalogueError(f"{where}: 'readings' should give two readings, because the direction is ambiguous")
    if indicator.trust is Trust.AWAITING and (indicator.feeds or not indicator.holder):
        raise CatalogueError(f"{where}: an awaiting indicator names its 'holder' and has no [[data]]")
    if indicator.trust in (Trust.OFFICIAL, Trust.ILLUSTRATIVE) and not indicator.feeds:
        raise CatalogueError(f"{where}: trust '{indicator.trust}' needs [[data]]")
    return indicator


def _bad_area(table: Table, kind: str) -> AreaKind:
    raise table.fail("areas", f"has '{kind}'; it should hold {', '.join(AreaKind)}")


def _source(path: Path) -> Source:
    table = toml(path)
    source = Source(
        id=path.stem,
        title=table.text("title"),
        publisher=table.text("publisher"),
        url=table.text("url"),
        licence=table.text("licence"),
        attribution=table.text("attribution"),
        retrieved=table.day("retrieved"),
        geography=table.text("geography"),
        method=table.text("method"),
        caveats=table.texts("caveats", []),
        updates=table.text("updates", ""),
    )
    table.end()
    return source


def _event(table: Table) -> Event:
    event = Event(
        id=table.text("id"),
        title=table.text("title"),
        short=table.text("short"),
        kind=table.text("kind"),
        text=table.text("text"),
        start=table.day("start", None),
        finish=table.day("finish", None),
        url=table.text("url", ""),
    )
    table.end()
    if event.kind not in ("break", "event", "caveat"):
        raise table.fail("kind", "should be break, event or caveat")
    if event.kind != "caveat" and event.start is None:
        raise table.fail("start", "is missing: a break or event has a date")
    return event


def _outcome(table: Table) -> Outcome:
    way = table.text("direction", "")
    outcome = Outcome(
        id=table.text("id"),
        text=table.text("text"),
        page=table.take("page", int),
        direction=Direction(way) if way else None,
        measures=table.text("measures", ""),
    )
    table.end()
    return outcome


def _priority(table: Table) -> Priority:
    priority = Priority(
        slug=table.text("slug"),
        number=table.take("number", int, None),
        title=table.text("title"),
        short=table.text("short"),
        question=table.text("question"),
        page=table.take("page", int),
        boards=table.texts("boards"),
        focus=table.texts("focus", []),
        why=table.texts("why", []),
        aims=table.texts("aims", []),
        outcomes=tuple(_outcome(item) for item in table.tables("outcome")),
        delivery=table.texts("delivery", []),
        headlines=table.texts("headlines", []),
        trends=table.texts("trends", []),
        maps=table.texts("maps", []),
        indicators=table.texts("indicators", []),
    )
    table.end()
    return priority


def _board(table: Table) -> Board:
    board = Board(table.text("id"), table.text("title"), table.text("note", ""), table.take("page", int))
    table.end()
    return board


def _target(table: Table) -> Target:
    target = Target(
        figure=table.text("figure"),
        indicator=table.text("indicator", ""),
        title=table.text("title"),
        value=table.take("value", float),
        unit=table.text("unit"),
        readings=table.texts("readings"),
        baseline=table.text("baseline"),
        page=table.take("page", int),
        why_unjudged=table.text("why_unjudged"),
    )
    table.end()
    return target


def _check(table: Table) -> Check:
    check = Check(
        figure=table.text("figure"),
        indicator=table.text("indicator"),
        measure=table.text("measure"),
        first=table.text("first"),
        last=table.text("last"),
        prior_first=table.text("prior_first", ""),
        prior_last=table.text("prior_last", ""),
        why=table.text("why"),
        same=table.take("same", bool, True),
    )
    table.end()
    if check.measure not in ("level", "change", "survey", "rank"):
        raise table.fail("measure", "should be level, change, survey or rank")
    return check


def _contradiction(table: Table) -> Contradiction:
    item = Contradiction(
        table.take("number", int), table.text("title"), table.text("text"), tuple(table.take("pages", list))
    )
    table.end()
    return item


def _contact(table: Table) -> Contact:
    contact = Contact(
        table.text("group"),
        table.text("title"),
        table.text("how"),
        table.text("link", ""),
        table.take("page", int),
        table.text("note", ""),
    )
    table.end()
    return contact


def _passage(table: Table) -> Passage:
    passage = Passage(table.text("section"), table.text("title"), table.text("text"), table.take("page", int))
    table.end()
    return passage


def _figure(table: Table) -> PlanFigure:
    numbers = table.text("contradictions", "")
    figure = PlanFigure(
        id=table.text("id"),
        kind=table.word("kind", FigureKind),
        indicator=table.text("indicator", ""),
        priority=table.text("priority"),
        outcome=table.text("outcome", ""),
        board=table.text("board", ""),
        theme=table.text("theme"),
        name=table.text("name"),
        value=table.text("value"),
        unit=table.text("unit"),
        comparison=table.text("comparison", ""),
        period=table.text("period", ""),
        direction=table.word("direction", Direction),
        page=int(table.text("page")),
        target=table.text("target", ""),
        rating=table.text("rating", ""),
        trust=table.word("trust", Trust),
        base=table.text("base", ""),
        holder=table.text("holder", ""),
        contradictions=tuple(int(number) for number in numbers.split(";") if number),
        note=table.text("note", ""),
    )
    table.end()
    return figure


def _by(key: Callable[[Item], str], items: Iterable[Item], what: str) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for item in items:
        if key(item) in found:
            raise CatalogueError(f"{what}: '{key(item)}' is declared twice")
        found[key(item)] = item
    return found


def _known(where: str, names: Iterable[str], known: Iterable[object], what: str) -> None:
    known = set(known)
    for name in names:
        if name and name not in known:
            raise CatalogueError(f"{where}: unknown {what} '{name}'")


def read(folder: Path = HERE) -> Catalogue:
    """Read and check all declarations in a folder; CatalogueError names the file and the key at fault."""
    plan = toml(folder / "plan.toml")
    found = {path.stem: _indicator(path) for path in sorted((folder / "indicators").glob("*.toml"))}
    priorities = _by(lambda item: item.slug, map(_priority, plan.tables("priority")), "plan.toml priority")
    order = [slug for priority in priorities.values() for slug in priority.indicators]
    _known("plan.toml", order, found, "indicator")
    unplaced = [slug for slug in found if slug not in order]
    if unplaced:
        raise CatalogueError(f"plan.toml: indicator '{unplaced[0]}' stands in no priority's list 'indicators'")
    catalogue = Catalogue(
        indicators={slug: found[slug] for slug in dict.fromkeys(order)},
        sources={path.stem: _source(path) for path in sorted((folder / "sources").glob("*.toml"))},
        events=_by(lambda item: item.id, map(_event, toml(folder / "events.toml").tables("event")), "events.toml"),
        priorities=priorities,
        boards=_by(lambda item: item.id, map(_board, plan.tables("board")), "plan.toml board"),
        figures=_by(lambda item: item.id, map(_figure, rows(folder / "plan_figures.csv")), "plan_figures.csv"),
        targets=tuple(map(_target, plan.tables("target"))),
        checks=tuple(map(_check, toml(folder / "checks.toml").tables("check"))),
        contradictions={
            int(number): item
            for number, item in _by(
                lambda item: str(item.number),
                map(_contradiction, toml(folder / "contradictions.toml").tables("contradiction")),
                "contradictions.toml",
            ).items()
        },
        contacts=tuple(map(_contact, plan.tables("contact"))),
        passages=tuple(map(_passage, toml(folder / "passages.toml").tables("passage"))),
        redirects={table.text("old"): table.text("new") for table in rows(folder / "redirects.csv")},
        similar=plan.texts("similar"),
        similar_reason=plan.text("similar_reason"),
    )
    plan.end()
    _cross_check(catalogue)
    return catalogue


def _cross_check(catalogue: Catalogue) -> None:
    for item in catalogue.indicators.values():
        where = f"{item.slug}.toml"
        _known(where, [item.place.priority], catalogue.priorities, "priority")
        _known(where, [item.place.board], catalogue.boards, "board")
        _known(where, [*item.caveats, *item.breaks], catalogue.events, "caveat or break")
        for name in item.breaks:
            if catalogue.events[name].kind != "break":
                raise CatalogueError(f"{where}: 'breaks' names '{name}', which is no break")
        kinds = [kind for feed in item.feeds for kind in feed.areas]
        if len(kinds) != len(set(kinds)):
            raise CatalogueError(f"{where}: two [[data]] tables give the same kind of area")
        _known(where, item.sources, catalogue.sources, "source")
        outcomes = [outcome.id for outcome in catalogue.priorities[item.place.priority].outcomes]
        _known(where, [item.place.outcome], outcomes, "outcome")
        if item.slug not in catalogue.priorities[item.place.priority].indicators:
            raise CatalogueError(f"{where}: priority '{item.place.priority}' does not list it under 'indicators'")
    for source in catalogue.sources.values():
        _known(f"{source.id}.toml", source.caveats, catalogue.events, "caveat")
    for priority in catalogue.priorities.values():
        where = f"plan.toml priority '{priority.slug}'"
        _known(where, priority.boards, catalogue.boards, "board")
        _known(where, [*priority.headlines, *priority.trends, *priority.maps], catalogue.indicators, "indicator")
        for slug in priority.headlines:
            if not catalogue.indicators[slug].counts_in_headlines:
                raise CatalogueError(f"{where}: '{slug}' cannot be a headline; its trust is not official")
        for slug in priority.maps:
            if catalogue.indicators[slug].feed(AreaKind.WARD) is None:
                raise CatalogueError(f"{where}: '{slug}' cannot be a map; it has no ward figures")
    for figure in catalogue.figures.values():
        where = f"plan_figures.csv '{figure.id}'"
        _known(where, [figure.indicator], catalogue.indicators, "indicator")
        _known(where, [figure.priority], catalogue.priorities, "priority")
        _known(where, [figure.board], catalogue.boards, "board")
        _known(where, map(str, figure.contradictions), map(str, catalogue.contradictions), "contradiction")
    for target in catalogue.targets:
        _known("plan.toml target", [target.figure], catalogue.figures, "figure")
        _known("plan.toml target", [target.indicator], catalogue.indicators, "indicator")
    for check in catalogue.checks:
        _known("checks.toml", [check.figure], catalogue.figures, "figure")
        _known("checks.toml", [check.indicator], catalogue.indicators, "indicator")
    _known("redirects.csv", catalogue.redirects.values(), catalogue.indicators, "indicator")


@cache
def load() -> Catalogue:
    """The project's own catalogue, read once."""
    return read()
