"""Fetcher for the newest postcode directory of the Office for National Statistics."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from typing import Any

from csp_dash.ingest.fetch.arcgis import ask
from csp_dash.ingest.fetch.client import Client, ResponseError
from csp_dash.ingest.fetch.download import attempt, download
from csp_dash.ingest.fetch.publishers import Outcome, Planned, Task, address


def planned(task: Task) -> Iterator[Planned]:
    yield Planned("GET", _search(task), "the list of editions, which is needed first")
    yield Planned("GET", f"{task.publisher.base}/content/items/…/data", "the newest of them")


def fetched(task: Task, client: Client) -> Iterator[Outcome]:
    """One file, named after its edition."""
    results = ask(client, _search(task)).get("results")
    found = newest(results if isinstance(results, list) else [], task.publisher.details)
    if found is None:
        raise ResponseError("The search for the postcode directory found none. Look at its pattern in publishers.toml.")
    edition, item = found
    name = f"onspd-{edition}.zip"
    url = f"{task.publisher.base}/content/items/{item}/data"
    yield attempt(task.publisher.source, name, lambda: download(client, task.publisher, url, task.folder / name, "zip"))


def newest(results: Sequence[Any], details: Any) -> tuple[str, str] | None:
    """Edition (YYYY-MM) and id of the newest directory. The search sorts by change, and old editions are changed too."""
    names = list(calendar.month_name)
    found = []
    for one in results:
        fits = isinstance(one, dict) and re.fullmatch(details["title"], str(one.get("title", "")).strip())
        if fits and one.get("type") == details["type"] and fits["month"] in names and one.get("id"):
            found.append((f"{fits['year']}-{names.index(fits['month']):02d}", str(one["id"])))
    return max(found, default=None)


def _search(task: Task) -> str:
    parameters = {"q": task.publisher.details["search"], "sortField": "modified", "sortOrder": "desc"}
    return address(task.publisher.base, "search", {**parameters, "num": "50", "f": "json"})
