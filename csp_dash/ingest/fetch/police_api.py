"""Fetcher for data.police.uk: street-level crime and stop and search by month, and archives.

The service answers in JSON and holds the last three years. Its answers are written as the CSV files that the archive
publishes, so that both are read by the same readers. Rows are sorted: the same answer gives the same bytes.

What the answers lack, the files lack: they do not say which force reported a crime, so one name stands for all; and
they hold no crime without a place.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shapely.geometry import Polygon
from tqdm import tqdm

from csp_dash.domain.periods import Month
from csp_dash.ingest.fetch import download_cards
from csp_dash.ingest.fetch.borough_outline import halves, outline, words
from csp_dash.ingest.fetch.client import Client, ResponseError
from csp_dash.ingest.fetch.download import attempt, download
from csp_dash.ingest.fetch.police_api_rows import SEARCHES, STREET, Record, searches, street, table
from csp_dash.ingest.fetch.publishers import Outcome, Planned, State, Task, address

TOO_MANY = 503
"""How the service says that an area holds more crimes than it will send at once; also how it says that it is down."""


def planned(task: Task) -> Iterator[Planned]:
    base = task.publisher.base
    yield Planned("GET", f"{base}/api/crime-last-updated", "when the publisher last changed anything")
    yield Planned("GET", f"{base}/api/crimes-street-dates", "which months it holds: a list that is needed first")
    yield Planned(
        "POST", f"{base}/api/crimes-street/all-crime", f"crimes of each month from {task.since} that it holds"
    )
    yield Planned("POST", f"{base}/api/stops-street", f"searches of each month from {task.since} that it holds")
    yield Planned("GET", f"{base}/data/archive/YYYY-MM.zip", "an archive for each three years before those, if any")


def fetched(task: Task, client: Client) -> Iterator[Outcome]:
    """A file a month and kind; months whose files are of the publisher's present edition are not asked for again."""
    base, details = task.publisher.base, task.publisher.details
    edition = _told(client.json("GET", f"{base}/api/crime-last-updated"), base)
    held = _held(client.json("GET", f"{base}/api/crimes-street-dates"), base)
    first, last = min(held), max(held)
    for archive in archives(task.since, first, details):
        yield _archive(task, client, archive)
    if task.since > last:
        task.say(f"{task.publisher.source}: nothing from {task.since} on is published yet; the last month is {last}.")
        return
    areas = outline(task.geo, details["tolerance_metres"], details["most_points"])
    start = max(task.since, first)
    months = [start.plus(step) for step in range(last - start + 1)]
    for month in tqdm(months, desc="data.police.uk", unit="month", leave=False, file=sys.stderr, disable=None):
        if month not in held:
            yield Outcome(task.publisher.source, str(month), "failed", "the publisher's list of months lacks it")
            continue
        yield _month(task, client, month, areas, edition, "street")
        if details["force"] in held[month]:
            yield _month(task, client, month, areas, edition, "stop-and-search")


def archives(since: Month, first: Month, details: Mapping[str, Any]) -> list[Month]:
    """The archives that hold the months from `since` to the one before `first`, newest first.

    An archive bears the name of the last of its months.
    """
    oldest, reach = Month.parse(details["first_archive"]), details["archive_months"]
    since = max(since, Month.parse(details["first_month"]))
    found = []
    month = first.plus(-1)
    while month >= since:
        found.append(max(month, oldest))
        month = month.plus(-reach) if month > oldest else since.plus(-1)
    return found


def _archive(task: Task, client: Client, month: Month) -> Outcome:
    name = f"{month}-archive.zip"
    url = f"{task.publisher.base}/data/archive/{month}.zip"
    return attempt(
        task.publisher.source, name, lambda: download(client, task.publisher, url, task.folder / name, "zip")
    )


def _month(task: Task, client: Client, month: Month, areas: Sequence[Polygon], edition: str, kind: str) -> Outcome:
    """One file of a month: `street` or `stop-and-search`."""
    name = f"{month}-all-forces-{kind}.csv"
    target = task.folder / name
    path = "api/crimes-street/all-crime" if kind == "street" else "api/stops-street"
    url = f"{task.publisher.base}/{path}"

    def work() -> State:
        before = download_cards.read(target)
        if before and edition and before.edition == edition:
            return "unchanged"
        records = [one for area in areas for one in _within(client, url, month, area, task.publisher.details)]
        if not records:
            raise ResponseError(
                f"{url} holds nothing for {month}, which cannot be right for a whole borough. Try again later."
            )
        rows = (
            street(records, month, task.publisher.details, task.geo, task.points)
            if kind == "street"
            else searches(records, month)
        )
        body = table(STREET if kind == "street" else SEARCHES, rows)
        noted = address(task.publisher.base, path, {"date": str(month)})
        return download_cards.keep(body, target, task.publisher, noted, edition=edition)

    return attempt(task.publisher.source, name, work)


def _within(
    client: Client, url: str, month: Month, area: Polygon, details: Mapping[str, Any], splits: int = 0
) -> list[Record]:
    """What the service holds within an area. An area with too much in it is halved, and its halves in turn."""
    data = {"date": str(month), "poly": words(area)}
    further = splits < details["most_splits"]
    try:
        answer = client.json("POST", url, data=data, final=(TOO_MANY,) if further else ())
    except ResponseError as fault:
        if fault.status != TOO_MANY or not further:
            raise
        return [one for half in halves(area) for one in _within(client, url, month, half, details, splits + 1)]
    if not isinstance(answer, list) or not all(isinstance(one, dict) for one in answer):
        raise _strange(url)
    return answer


def _told(answer: Any, base: str) -> str:
    if not isinstance(answer, dict) or not isinstance(answer.get("date"), str):
        raise _strange(f"{base}/api/crime-last-updated")
    return str(answer["date"])


def _held(answer: Any, base: str) -> dict[Month, list[str]]:
    """The months that the service holds, and the forces that published searches for each."""
    try:
        held = {Month.parse(one["date"]): list(one.get("stop-and-search") or ()) for one in answer}
    except (TypeError, KeyError, ValueError, AttributeError):
        held = {}
    if not held:
        raise _strange(f"{base}/api/crimes-street-dates")
    return held


def _strange(url: str) -> ResponseError:
    return ResponseError(
        f"The answer of {url} is not of the shape that is documented. Look whether the service has changed."
    )
