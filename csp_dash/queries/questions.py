"""One typed function for each file in `sql/`, with the columns that it returns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from csp_dash.domain.periods import Span
from csp_dash.warehouse import Warehouse

SHAPES: dict[str, tuple[str, ...]] = {
    "areas": ("code", "kind", "name", "short", "parent", "former", "label_lon", "label_lat"),
    "availability": ("indicator", "area_kind", "first", "last", "periods", "source", "vintage", "missing"),
    "coverage_gaps": ("source", "area_kind", "series", "missing"),
    "figures": (
        "area",
        "area_kind",
        "monthly",
        "start",
        "finish",
        "numerator",
        "denominator",
        "flag",
        "source",
        "vintage",
        "is_gap",
    ),
    "intake": (
        "file",
        "format",
        "title",
        "source",
        "first",
        "last",
        "rows",
        "accepted",
        "rejected",
        "out_of_area",
        "note",
    ),
    "lsoa_window": ("lsoa", "ward", "n", "months"),
    "place_measures": ("area", "measure", "value", "source"),
    "populations": ("area", "people"),
    "postcodes": ("postcode", "ward"),
    "rejected": ("file", "format", "line", "column", "value", "reason"),
    "rejections": ("format", "title", "reason", "column", "rows", "files", "first_file", "first_line"),
    "release_changes": ("kind", "source", "series", "indicator", "area", "start", "finish", "old", "new"),
    "small_area_months": ("area", "start", "finish", "n", "source"),
    "snap_points": ("lon", "lat", "street", "ward", "n"),
    "status": ("source", "indicators", "first", "last", "rows"),
    "streets": ("street", "ward"),
    "stop_search_breakdown": ("ethnicity", "object", "outcome", "n"),
    "vintages": ("vintage", "source", "fy", "months", "total"),
}


SQL = Path(__file__).parent / "sql"


@cache
def _text(question: str) -> str:
    return (SQL / f"{question}.sql").read_text(encoding="utf-8")


def _ask(warehouse: Warehouse, question: str, **params: object) -> pd.DataFrame:
    frame = warehouse.ask(_text(question), **params)  # type: ignore[arg-type]
    if tuple(frame.columns) != SHAPES[question]:
        raise TypeError(f"queries/sql/{question}.sql returns {list(frame.columns)}, not {list(SHAPES[question])}")
    return frame


def areas(warehouse: Warehouse) -> pd.DataFrame:
    """Every area: code, kind, names, parent, where its label stands (degrees)."""
    return _ask(warehouse, "areas")


def availability(warehouse: Warehouse) -> pd.DataFrame:
    """First and last day, number of periods and missing months of each indicator and kind of area."""
    return _ask(warehouse, "availability")


def coverage_gaps(warehouse: Warehouse) -> pd.DataFrame:
    """Months (YYYY-MM) that a source lacks between its first and its last, by kind of area; series "*" means all."""
    return _ask(warehouse, "coverage_gaps")


def figures(warehouse: Warehouse, *, indicator: str) -> pd.DataFrame:
    """All periods of an indicator for every area; a missing month is a row that `is_gap`, without a numerator."""
    return _ask(warehouse, "figures", indicator=indicator)


def intake(warehouse: Warehouse) -> pd.DataFrame:
    """The files that were taken in, with their rows read, accepted, rejected and out of area."""
    return _ask(warehouse, "intake")


def lsoa_window(warehouse: Warehouse, *, series: str, span: Span) -> pd.DataFrame:
    """Offences or incidents by LSOA in a period, with the number of months that have figures."""
    return _ask(warehouse, "lsoa_window", series=series, first=span.first.first_day, last=span.last.last_day)


def place_measures(warehouse: Warehouse) -> pd.DataFrame:
    """Fixed measures of places, such as area in km2 and deprivation scores."""
    return _ask(warehouse, "place_measures")


def populations(warehouse: Warehouse, *, base: str) -> pd.DataFrame:
    """Residents of each area on a named base, for example `census_2021`."""
    return _ask(warehouse, "populations", base=base)


def postcodes(warehouse: Warehouse) -> pd.DataFrame:
    """Live postcodes of the borough with their wards; no rows where no directory was taken in."""
    return _ask(warehouse, "postcodes")


def rejected(warehouse: Warehouse) -> pd.DataFrame:
    """Every row that was left out: file, line, column, value, reason."""
    return _ask(warehouse, "rejected")


def rejections(warehouse: Warehouse) -> pd.DataFrame:
    """Rows that were left out, counted by kind of file and reason, with the place of the first."""
    return _ask(warehouse, "rejections")


def release_changes(warehouse: Warehouse) -> pd.DataFrame:
    """What this release changed. `new` rows give a kind of area and a number of figures, the others one figure, old and new."""
    return _ask(warehouse, "release_changes")


def small_area_months(warehouse: Warehouse, *, series: str) -> pd.DataFrame:
    """Offences or incidents of a police.uk category by LSOA and month, noughts included."""
    return _ask(warehouse, "small_area_months", series=series)


def snap_points(warehouse: Warehouse, *, first_year: int, last_year: int) -> pd.DataFrame:
    """Burglaries counted by the map point that police.uk moved them to (degrees)."""
    return _ask(warehouse, "snap_points", first_year=first_year, last_year=last_year)


def status(warehouse: Warehouse) -> pd.DataFrame:
    """Rows and period of each source in the release."""
    return _ask(warehouse, "status")


def streets(warehouse: Warehouse) -> pd.DataFrame:
    """Street names with the ward that their police.uk map points lie in; a long street has a row for each ward."""
    return _ask(warehouse, "streets")


def stop_search_breakdown(warehouse: Warehouse, *, span: Span, wards: Sequence[str] = ()) -> pd.DataFrame:
    """Stops by self-defined ethnicity, object of search and outcome; no wards means the whole borough."""
    return _ask(
        warehouse, "stop_search_breakdown", first=span.first.first_day, last=span.last.last_day, wards=list(wards)
    )


def vintages(warehouse: Warehouse, *, series: str, area: str) -> pd.DataFrame:
    """What each published file gave as a financial year's total: how a figure was revised."""
    return _ask(warehouse, "vintages", series=series, area=area)
