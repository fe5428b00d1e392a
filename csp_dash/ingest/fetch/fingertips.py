"""Fetcher for Fingertips (OHID): indicators of public health as one CSV file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from csp_dash.ingest.fetch.client import Client
from csp_dash.ingest.fetch.download import attempt, download
from csp_dash.ingest.fetch.publishers import Outcome, Planned, State, Task, address


def planned(task: Task) -> Iterator[Planned]:
    for table in task.publisher.details["table"]:
        yield Planned("GET", _address(task, table), table["file"])


def fetched(task: Task, client: Client) -> Iterator[Outcome]:
    """A file for each declared set of indicators."""
    for table in task.publisher.details["table"]:

        def work(table: Mapping[str, Any] = table) -> State:
            return download(client, task.publisher, _address(task, table), task.folder / table["file"], "csv")

        yield attempt(task.publisher.source, table["file"], work)


def _address(task: Task, table: Mapping[str, Any]) -> str:
    return address(task.publisher.base, table["path"], table["parameters"])
