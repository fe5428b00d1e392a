"""People met sleeping rough in London over a year, from the annual tables of CHAIN: source `chain`.

Series `rough_sleeping_chain`: people whom outreach workers met at least once in the financial year, each counted once in
an area. Somebody met in two boroughs counts in both, so boroughs add up to more than London, and years are never added.

Areas: the 33 London authorities, as far as the file names them, and London. Rows of other places (the riverside, buses,
Heathrow) and of notes are out of area. Read from the first table of the workbook that has one row an area and one column a
year, written as 2023/24; other tables of areas in it are only counted. A figure that is withheld is null, flag `suppressed`.
"""

from __future__ import annotations

import re

import pandas as pd

from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import fact_frame
from csp_dash.ingest.files.columns import table
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.geography.place_names import PLACES
from csp_dash.ingest.readers.common import editions, figures, one_a_book, refuse

PLACE = 11
FORMATS = ("chain",)
SOURCE = "chain"
SOURCES = (SOURCE,)
COLUMNS = {"area": "place"}
YEAR = re.compile(r"((?:19|20)\d{2})[/_-](?:20)?(\d{2})")


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """`chain`. Raises BadInput with the file, the line, the fault and the remedy."""
    return editions(SOURCE, _first_of_each(entries, context), context, _read_file)


def _first_of_each(entries: list[SourceFile], context: Context) -> list[SourceFile]:
    """Of each workbook the first table with years, or its first one where none has any."""
    first, others = one_a_book(entries, lambda entry: not any(map(_year, entry.found.columns)))
    each(others, lambda entry: _count(entry, context))
    return first


def _count(entry: SourceFile, context: Context) -> None:
    frame = table(entry, context.ledger, COLUMNS)
    known = int(frame["place"].map(folded).isin(PLACES).sum())
    context.ledger.count(entry, rows=len(frame), accepted=known, out_of_area=len(frame) - known, source=SOURCE)
    context.ledger.note(entry, "No measure uses it.")


def _read_file(entry: SourceFile, context: Context) -> pd.DataFrame:
    frame = table(entry, context.ledger, COLUMNS)
    years = _years(entry, frame)
    rows = frame.assign(area=frame["place"].map(folded).map(PLACES))
    rows = rows[rows["area"].notna()]
    context.ledger.count(entry, rows=len(frame), accepted=len(rows), out_of_area=len(frame) - len(rows), source=SOURCE)
    refuse(entry, rows, rows["area"].duplicated(), "place", "Area", "stands in two rows")
    finish = {column: pd.Timestamp(year + 1, 3, 31) for column, year in years.items()}
    parts = []
    for column, year in years.items():
        people = figures(entry, rows, column, column, whole=True)
        flag = people.isna().map({True: "suppressed", False: None})
        parts.append(
            rows[["area"]].assign(
                series="rough_sleeping_chain", start=pd.Timestamp(year, 4, 1), finish=finish[column], numerator=people,
                denominator=None, flag=flag, vintage=max(finish.values()).strftime("%Y-%m"),
            )
        )  # fmt: skip
    return fact_frame(pd.concat(parts, ignore_index=True))


def _year(column: str) -> re.Match[str] | None:
    return YEAR.fullmatch(column.strip())


def _years(entry: SourceFile, frame: pd.DataFrame) -> dict[str, int]:
    """Columns that are financial years, and the year in which each begins."""
    years = {str(name): match for name in frame.columns if (match := _year(str(name)))}
    begun = {name: int(match[1]) for name, match in years.items() if (int(match[1]) + 1) % 100 == int(match[2])}
    if not begun or len(set(begun.values())) < len(years):
        raise BadInput(
            f"{entry.name} has {'a year twice, or one that is none' if begun else 'no column that is a year, such as 2023/24'}."
            " Use the first table of the annual workbook as it is published."
        )
    return begun
