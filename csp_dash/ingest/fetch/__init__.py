"""Fetches what is new from each publisher into a folder of downloads, ready to be ingested.

Publishers, their addresses and what is wanted from each stand in publishers.toml. Every file lies in a folder of its
source, with a card beside it that says where it came from. Nothing here runs while the dashboard is being looked at.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Protocol

from csp_dash.domain.periods import Month
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.fetch import arcgis, fingertips, london_datastore, nomis, ons_postcodes, police_api
from csp_dash.ingest.fetch.client import Client, ClientSettings
from csp_dash.ingest.fetch.publishers import Outcome, Planned, Task, publisher, sources
from csp_dash.warehouse import FolderLock

__all__ = ["SOURCES", "ClientSettings", "Outcome", "fetch", "since_newest"]

SOURCES: tuple[str, ...] = sources()
RESTATED = 3
"""How many of the newest months are fetched again, since publishers restate them."""


class _Source(Protocol):
    def planned(self, task: Task) -> Iterator[Planned]: ...

    def fetched(self, task: Task, client: Client) -> Iterator[Outcome]: ...


_MODULES: dict[str, _Source] = {
    "police_uk": police_api,
    "london_datastore": london_datastore,
    "ons_geography": arcgis,
    "postcodes": ons_postcodes,
    "nomis": nomis,
    "fingertips": fingertips,
}


def since_newest(newest: Month | str) -> str:
    """The month to fetch from when the live release reaches to `newest`: three months are fetched again."""
    month = Month.parse(newest) if isinstance(newest, str) else newest
    return str(month.plus(1 - RESTATED))


def fetch(
    wanted: Sequence[str],
    *,
    folder: Path,
    since: str,
    today: date,
    geo: Path,
    points: Path | None = None,
    wait: float = 0,
    bases: Mapping[str, str] | None = None,
    dry_run: bool = False,
    say: Callable[[str], None] = print,
    manners: ClientSettings | None = None,
) -> list[Outcome]:
    """Fetch the sources named in `wanted` (all when it is empty) into `folder`, and say a line for each file.

    `since` is the first month (YYYY-MM) of sources that are published by month; the others bring what is newest. `geo`
    is the folder that holds wards.geojson and lsoa_places.geojson, `points` the table of map points whose small area the
    publisher has told before. `bases` puts other addresses in place of the publishers' own, by source. Two runs into one
    folder take turns: `wait` is how many seconds the other is waited for. A dry run sends nothing and says what would be asked. A source or file that fails stops no other:
    it is an outcome whose state is `failed`. Raises BadInput where what was asked for makes no sense, or another run has
    the folder.
    """
    names = _known(wanted)
    first = _month(since, today)
    tasks = [Task(publisher(name, bases or {}), folder / name, first, today, geo, say, points) for name in names]
    if dry_run:
        return [outcome for task in tasks for outcome in _plan(task)]
    outcomes: list[Outcome] = []
    with _turn(folder, wait), Client(manners or ClientSettings()) as client:
        for task in tasks:
            outcomes += _run(task, client)
    for outcome in outcomes:
        say(outcome.line)
    return outcomes


def _run(task: Task, client: Client) -> Iterator[Outcome]:
    """The outcomes of a source. What stops it before it comes to its files, such as its list, is one more outcome."""
    try:
        yield from _MODULES[task.publisher.source].fetched(task, client)
    except (BadInput, OSError) as fault:
        yield Outcome(task.publisher.source, "all files", "failed", str(fault))


def _plan(task: Task) -> Iterator[Outcome]:
    for one in _MODULES[task.publisher.source].planned(task):
        task.say(f"{task.publisher.source}: {one.method} {one.address} ({one.why})")
        yield Outcome(task.publisher.source, f"{one.method} {one.address}", "planned", one.why)


def _known(wanted: Sequence[str]) -> list[str]:
    for name in wanted:
        if name not in SOURCES:
            close = difflib.get_close_matches(name, SOURCES, n=2, cutoff=0.5)
            hint = f"Did you mean {' or '.join(close)}? " if close else ""
            raise BadInput(f"There is no source '{name}'. {hint}The sources are: {', '.join(SOURCES)}.")
    return list(dict.fromkeys(wanted)) or list(SOURCES)


def _month(since: str, today: date) -> Month:
    try:
        month = Month.parse(since)
    except ValueError as fault:
        raise BadInput(str(fault)) from None
    if month > Month.of(today):
        raise BadInput(f"{month} has not come yet. Pass a month up to {Month.of(today)} to --since.")
    return month


@contextmanager
def _turn(folder: Path, wait: float) -> Iterator[None]:
    turn = FolderLock(folder)
    try:
        turn.take(wait)
    except TimeoutError:
        raise BadInput(
            f"{turn.holder()} is fetching into {folder}. Wait until it has ended and try again, let this one wait for it"
            " with --wait SECONDS, or name another folder."
        ) from None
    except OSError as fault:
        raise BadInput(f"{folder} cannot be used as a folder of downloads ({fault.strerror}).") from None
    try:
        yield
    finally:
        turn.leave()
