"""Loads every declaration, and has them checked against one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from csp_dash.catalogue import parse
from csp_dash.catalogue.catalogue import Catalogue
from csp_dash.catalogue.read import CatalogueError, Table, rows, toml
from csp_dash.catalogue.validation import cross_check, known
from csp_dash.domain.filters import OldWard
from csp_dash.domain.indicator import Indicator, Place
from csp_dash.domain.plan import Board, Check, Contact, Contradiction, OwnNumbers, Passage, PlanFigure

HERE = Path(__file__).parent
Item = TypeVar("Item")
Key = TypeVar("Key", str, int)


def _all(kind: type[Item], table: Table, key: str) -> tuple[Item, ...]:
    """What the tables under a key declare, where they are laid out like it."""
    return tuple(one.declared(kind) for one in table.tables(key))


def _by(key: Callable[[Item], Key], items: Iterable[Item], what: str) -> dict[Key, Item]:
    found: dict[Key, Item] = {}
    for item in items:
        if key(item) in found:
            raise CatalogueError(f"{what}: '{key(item)}' is declared twice")
        found[key(item)] = item
    return found


def read(folder: Path = HERE, plan_folder: Path | None = None) -> Catalogue:
    """Read and check all declarations in a folder; CatalogueError names the file and the key at fault.

    `plan_folder` holds the files of another plan than the folder's own: plan.toml, plan_figures.csv, checks.toml,
    contradictions.toml and passages.toml.
    """
    of_plan = plan_folder or folder
    plan = toml(of_plan / "plan.toml")
    term = parse.term(plan.table("term"))
    found = {path.stem: parse.indicator(path, term.baseline) for path in sorted((folder / "indicators").glob("*.toml"))}
    found |= _placed(plan, found)
    priorities = _by(lambda item: item.slug, map(parse.priority, plan.tables("priority")), "plan.toml priority")
    order = [slug for priority in priorities.values() for slug in priority.indicators]
    known("plan.toml", order, found, "indicator")
    unplaced = [slug for slug in found if slug not in order]
    if unplaced:
        raise CatalogueError(f"plan.toml: indicator '{unplaced[0]}' stands in no priority's list 'indicators'")
    sources = {path.stem: parse.source(path) for path in sorted((folder / "sources").glob("*.toml"))}
    offered = _only_offered(found.values())
    checks = toml(of_plan / "checks.toml")
    contradictions = _all(Contradiction, toml(of_plan / "contradictions.toml"), "contradiction")
    catalogue = plan.declared(
        Catalogue,
        term=term,
        indicators={slug: found[slug] for slug in dict.fromkeys(order)},
        sources={name: source for name, source in sources.items() if name not in offered},
        events=_by(lambda item: item.id, map(parse.event, toml(folder / "events.toml").tables("event")), "events.toml"),
        priorities=priorities,
        boards=_by(lambda item: item.id, _all(Board, plan, "board"), "plan.toml board"),
        figures=_by(
            lambda item: item.id,
            (row.declared(PlanFigure) for row in rows(of_plan / "plan_figures.csv")),
            "plan_figures.csv",
        ),
        targets=tuple(map(parse.target, plan.tables("target"))),
        checks=_all(Check, checks, "check"),
        own_numbers=_all(OwnNumbers, checks, "own_numbers"),
        contradictions=_by(lambda item: item.number, contradictions, "contradictions.toml"),
        contacts=_all(Contact, plan, "contact"),
        passages=_all(Passage, toml(of_plan / "passages.toml"), "passage"),
        harm=parse.harm(toml(folder / "harm.toml")),
        redirects={row.take("old", str): row.take("new", str) for row in rows(folder / "redirects.csv")},
        old_wards={
            row.take("code", str): OldWard(row.take("name", str), tuple(row.take("present", str, "").split()))
            for row in rows(folder / "old_wards.csv")
        },
        offered={name: source for name, source in sources.items() if name in offered},
    )
    cross_check(catalogue)
    return catalogue


def _placed(plan: Table, found: Mapping[str, Indicator]) -> dict[str, Indicator]:
    """The indicators that a plan places elsewhere than their own files do, with that place."""
    places = {row.take("indicator", str): row.declared(Place) for row in plan.tables("place")}
    known("plan.toml place", places, found, "indicator")
    return {slug: replace(found[slug], place=place) for slug, place in places.items()}


def _only_offered(items: Iterable[Indicator]) -> set[str]:
    """Sources that a [[supply]] names and no [[data]]."""
    items = list(items)
    named = {supply.feed.source for item in items for supply in item.supplies}
    return named - {source for item in items for source in item.sources}


@cache
def load() -> Catalogue:
    """The project's own catalogue, read once."""
    return read()
