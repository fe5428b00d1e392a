"""Fetcher for Nomis: Census tables, at most 25,000 rows a request."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from csp_dash.ingest.fetch import content_checks, download_cards
from csp_dash.ingest.fetch.client import Client, ResponseError
from csp_dash.ingest.fetch.download import attempt
from csp_dash.ingest.fetch.publishers import Outcome, Planned, State, Task, address

NEEDS = ("GEOGRAPHY_CODE", "OBS_VALUE", "RECORD_COUNT")


def planned(task: Task) -> Iterator[Planned]:
    for table in task.publisher.details["table"]:
        yield Planned("GET", _page(task, table, 0), f"{table['file']}, page by page")


def fetched(task: Task, client: Client) -> Iterator[Outcome]:
    """A CSV file for each table, with all its pages under one header."""
    for table in task.publisher.details["table"]:

        def work(table: Mapping[str, Any] = table) -> State:
            body = _table(task, client, table)
            return download_cards.keep(body, task.folder / table["file"], task.publisher, _page(task, table, 0))

        yield attempt(task.publisher.source, table["file"], work)


def _page(task: Task, table: Mapping[str, Any], offset: int) -> str:
    limits = {"RecordOffset": str(offset), "RecordLimit": str(task.publisher.details["page"])}
    path = f"api/v01/dataset/{table['dataset']}.data.csv"
    return address(task.publisher.base, path, {**table["parameters"], **limits})


def _table(task: Task, client: Client, table: Mapping[str, Any]) -> bytes:
    """Every page of a table, as many rows as the publisher counts."""
    whole, rows, total = b"", 0, 1
    while rows < total:
        url = _page(task, table, rows)
        page = client.body("GET", url)
        count, total = _counted(url, page)
        if not count:
            raise ResponseError(f"{url} sent no rows after {rows:,}. Try again later.")
        whole += page.rstrip(b"\r\n") + b"\n" if not whole else page.partition(b"\n")[2].rstrip(b"\r\n") + b"\n"
        rows += count
    if rows != total:
        raise ResponseError(f"{url} counts {total:,} rows but {rows:,} came. Try again later.")
    return whole


def _counted(url: str, page: bytes) -> tuple[int, int]:
    """Rows of a page, and of the whole table as the page says; a page that is no such table is refused."""
    if content_checks.page(page):
        raise ResponseError(f"The answer of {url} is a web page or an error message, not CSV. Try again later.")
    text = page.decode("utf-8-sig", errors="replace")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    header = next(csv.reader(io.StringIO(text, newline="")), [])
    missing = [name for name in NEEDS if name not in header]
    if missing:
        raise ResponseError(f"The answer of {url} has no column '{missing[0]}'. It begins '{text[:80].strip()}'.")
    counts = {row["RECORD_COUNT"] or "" for row in rows}
    if any(not count.isdigit() for count in counts) or len(counts) > 1:
        raise ResponseError(f"The answer of {url} is cut short or damaged: it does not say how many rows there are.")
    return len(rows), int(counts.pop()) if counts else 0
