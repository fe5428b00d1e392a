"""Answers of the police API as rows of the files that data.police.uk publishes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from csp_dash.domain.periods import Month
from csp_dash.ingest.fetch.borough_outline import small_areas
from csp_dash.ingest.fetch.client import ResponseError

STREET = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
)
SEARCHES = (
    "Type",
    "Date",
    "Part of a policing operation",
    "Policing operation",
    "Latitude",
    "Longitude",
    "Gender",
    "Age range",
    "Self-defined ethnicity",
    "Officer-defined ethnicity",
    "Legislation",
    "Object of search",
    "Outcome",
    "Outcome linked to object of search",
    "Removal of more than just outer clothing",
)
LONDON = ZoneInfo("Europe/London")
Record = Mapping[str, Any]
Row = tuple[str, ...]


def table(header: Row, rows: Iterable[Row]) -> bytes:
    """A CSV file with its rows sorted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(sorted(rows))
    return out.getvalue().encode()


def street(
    records: Sequence[Record], month: Month, details: Mapping[str, Any], geo: Path, points: Path | None
) -> list[Row]:
    """Crimes as rows of the archive's street file; a crime that came twice, by its number, is one."""
    crimes = list({one.get("id", f"no number {index}"): one for index, one in enumerate(records)}.values())
    placed = small_areas({_point(one) for one in crimes} - {("", "")}, geo, details["nearest_metres"], points)
    rows: list[Row] = []
    for one in crimes:
        category = str(one.get("category"))
        if category not in details["categories"]:
            raise ResponseError(f"{month}: the category '{category}' is not known here. Add it to publishers.toml.")
        if one.get("month") != str(month):
            raise ResponseError(f"{month} was asked for, but a crime of {one.get('month')} came. Try again later.")
        point = _point(one)
        code, name = placed.get(point, ("", ""))
        rows.append(
            (
                _text(one.get("persistent_id")),
                str(month),
                details["all_forces"],
                details["all_forces"],
                *point,
                _text(_inner(one, "location", "street", "name")),
                code,
                name,
                details["categories"][category],
                _text(_inner(one, "outcome_status", "category")),
                _text(one.get("context")),
            )
        )
    return rows


def searches(records: Sequence[Record], month: Month) -> list[Row]:
    """Searches as rows of the archive's stop-and-search file. They bear no number, so like rows are all kept."""
    if str(month) not in {_london_month(one) for one in records}:
        raise ResponseError(f"{month} was asked for, but no search of that month came. Try again later.")
    rows: list[Row] = []
    for one in records:
        longitude, latitude = _point(one)
        rows.append(
            (
                _text(one.get("type")),
                _text(one.get("datetime")),
                _text(one.get("operation")),
                _text(one.get("operation_name")),
                latitude,
                longitude,
                _text(one.get("gender")),
                _text(one.get("age_range")),
                _text(one.get("self_defined_ethnicity")),
                _text(one.get("officer_defined_ethnicity")),
                _text(one.get("legislation")),
                _text(one.get("object_of_search")),
                _outcome(one),
                _text(one.get("outcome_linked_to_object_of_search")),
                _text(one.get("removal_of_more_than_outer_clothing")),
            )
        )
    return rows


def _outcome(one: Record) -> str:
    """The outcome in words. The service writes `false` where nothing came of a search."""
    told = _inner(one, "outcome_object", "name") or one.get("outcome")
    return "A no further action disposal" if told is False else _text(told)


def _london_month(one: Record) -> str:
    try:
        when = datetime.fromisoformat(str(one.get("datetime")))
    except ValueError:
        raise ResponseError(f"A search has the time '{one.get('datetime')}', which cannot be read.") from None
    return f"{when.astimezone(LONDON):%Y-%m}"


def _point(one: Record) -> tuple[str, str]:
    """Longitude and latitude as they are written; both empty where either is missing."""
    point = _text(_inner(one, "location", "longitude")), _text(_inner(one, "location", "latitude"))
    return point if all(point) else ("", "")


def _inner(one: Any, *keys: str) -> Any:
    for key in keys:
        one = one.get(key) if isinstance(one, Mapping) else None
    return one


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
