"""Fetcher for the London Datastore: files of a dataset by the pattern of their title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote, urljoin

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.fetch.client import Client, ResponseError
from csp_dash.ingest.fetch.content_checks import Kind
from csp_dash.ingest.fetch.download import attempt, download
from csp_dash.ingest.fetch.publishers import Outcome, Planned, State, Task

Resource = Mapping[str, Any]


def planned(task: Task) -> Iterator[Planned]:
    for dataset in task.publisher.details["dataset"]:
        url = _list_of(task, dataset["names"][0])
        wanted = ", ".join(one["file"] for one in dataset["files"])
        yield Planned(
            "GET", url, f"the list of its files, which is needed first; then, where their titles fit: {wanted}"
        )


def fetched(task: Task, client: Client) -> Iterator[Outcome]:
    """A file for each pattern. Where the list of a dataset fails, so do all its files."""
    for dataset in task.publisher.details["dataset"]:
        try:
            url, resources = _resources(task, client, dataset["names"])
        except BadInput as fault:
            yield from (Outcome(task.publisher.source, one["file"], "failed", str(fault)) for one in dataset["files"])
            continue
        for wanted in dataset["files"]:

            def work(wanted: Mapping[str, str] = wanted, url: str = url, held: Sequence[Resource] = resources) -> State:
                one = pick(held, wanted["title"], wanted["format"])
                where = urljoin(url, str(one.get("url") or ""))
                kind = cast(Kind, wanted["format"])
                target = task.folder / wanted["file"]
                return download(client, task.publisher, where, target, kind, edition=str(one.get("check_hash") or ""))

            yield attempt(task.publisher.source, wanted["file"], work)


def pick(resources: Sequence[Resource], title: str, form: str) -> Resource:
    """The newest file whose title fits the pattern and whose format is the one wanted."""
    fit = [one for one in resources if re.search(title, str(one.get("title") or ""), re.I) and form in _format(one)]
    if not fit:
        held = "; ".join(sorted(str(one.get("title")) for one in resources)) or "none"
        raise ResponseError(f"No {form.upper()} file of the dataset has a title like '{title}'. It holds: {held}.")
    return max(fit, key=_age)


def _format(one: Resource) -> str:
    """The format as declared, else the end of the address."""
    return str(one.get("format") or str(one.get("url") or "").rpartition(".")[2]).lower()


def _age(one: Resource) -> tuple[str, str]:
    return (
        str(one.get("temporal_coverage_to") or ""),
        str(one.get("timestamp") or one.get("modified") or one.get("check_timestamp") or ""),
    )


def _list_of(task: Task, name: str) -> str:
    return f"{task.publisher.base}/api/dataset/{quote(name)}"


def _resources(task: Task, client: Client, names: Sequence[str]) -> tuple[str, list[Resource]]:
    """The files of a dataset under the first of its names that is known, and the address of the list."""
    for name in names:
        url = _list_of(task, name)
        try:
            answer = client.json("GET", url)
        except ResponseError as fault:
            if fault.status == 404 and name != names[-1]:
                continue
            raise
        held = answer.get("resources") if isinstance(answer, dict) else None
        rows = list(held.values()) if isinstance(held, dict) else held
        if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
            raise ResponseError(f"The answer of {url} has no list of resources. Look whether the service has changed.")
        return url, rows
    raise ResponseError("No name of the dataset is declared.")
