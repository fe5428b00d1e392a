"""Loads every declaration, and has them checked against one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TypeVar

from csp_dash.catalogue import parse
from csp_dash.catalogue.catalogue import Catalogue
from csp_dash.catalogue.read import CatalogueError, rows, toml
from csp_dash.catalogue.validation import cross_check, known
from csp_dash.domain.filters import OldWard
from csp_dash.domain.indicator import Indicator

HERE = Path(__file__).parent
Item = TypeVar("Item")


def _by(key: Callable[[Item], str], items: Iterable[Item], what: str) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for item in items:
        if key(item) in found:
            raise CatalogueError(f"{what}: '{key(item)}' is declared twice")
        found[key(item)] = item
    return found


def read(folder: Path = HERE) -> Catalogue:
    """Read and check all declarations in a folder; CatalogueError names the file and the key at fault."""
    plan = toml(folder / "plan.toml")
    found = {path.stem: parse.indicator(path) for path in sorted((folder / "indicators").glob("*.toml"))}
    priorities = _by(lambda item: item.slug, map(parse.priority, plan.tables("priority")), "plan.toml priority")
    order = [slug for priority in priorities.values() for slug in priority.indicators]
    known("plan.toml", order, found, "indicator")
    unplaced = [slug for slug in found if slug not in order]
    if unplaced:
        raise CatalogueError(f"plan.toml: indicator '{unplaced[0]}' stands in no priority's list 'indicators'")
    sources = {path.stem: parse.source(path) for path in sorted((folder / "sources").glob("*.toml"))}
    offered = _only_offered(found.values())
    contradictions = map(parse.contradiction, toml(folder / "contradictions.toml").tables("contradiction"))
    catalogue = Catalogue(
        indicators={slug: found[slug] for slug in dict.fromkeys(order)},
        sources={name: source for name, source in sources.items() if name not in offered},
        events=_by(lambda item: item.id, map(parse.event, toml(folder / "events.toml").tables("event")), "events.toml"),
        priorities=priorities,
        boards=_by(lambda item: item.id, map(parse.board, plan.tables("board")), "plan.toml board"),
        figures=_by(lambda item: item.id, map(parse.figure, rows(folder / "plan_figures.csv")), "plan_figures.csv"),
        targets=tuple(map(parse.target, plan.tables("target"))),
        checks=tuple(map(parse.check, toml(folder / "checks.toml").tables("check"))),
        own_numbers=tuple(map(parse.own_numbers, toml(folder / "checks.toml").tables("own_numbers"))),
        contradictions={
            int(number): item
            for number, item in _by(lambda item: str(item.number), contradictions, "contradictions.toml").items()
        },
        contacts=tuple(map(parse.contact, plan.tables("contact"))),
        passages=tuple(map(parse.passage, toml(folder / "passages.toml").tables("passage"))),
        harm=parse.harm(toml(folder / "harm.toml")),
        redirects={table.text("old"): table.text("new") for table in rows(folder / "redirects.csv")},
        old_wards={
            table.text("code"): OldWard(table.text("name"), tuple(table.text("present", "").split()))
            for table in rows(folder / "old_wards.csv")
        },
        similar=plan.texts("similar"),
        similar_reason=plan.text("similar_reason"),
        offered={name: source for name, source in sources.items() if name in offered},
    )
    plan.end()
    cross_check(catalogue)
    return catalogue


def _only_offered(items: Iterable[Indicator]) -> set[str]:
    """Sources that a [[supply]] names and no [[data]]."""
    items = list(items)
    named = {supply.feed.source for item in items for supply in item.supplies}
    return named - {source for item in items for source in item.sources}


@cache
def load() -> Catalogue:
    """The project's own catalogue, read once."""
    return read()
