"""Recorded crime of the Metropolitan Police by small area (LSOA) and month: the table `lsoa_month`, and no facts.

Input: the wide files of the London Datastore, a row an LSOA and minor category, a column a month; all of London or a
part. Unit: recorded offences, in the series of `mps_categories.csv`. Only small areas of Tower Hamlets are kept, told by
their codes; rows of others are out of area and their cells are not looked at. The files count fewer offences than the
ward files, since an offence without a place on the map has no small area.

A month comes whole from one file: the one that reaches furthest. A first or last month with under a fifth of the
offences of the month beside it, or of the live release's, is a stub and passed over. A file that reaches less far than
the live table gives only the months that it lacks.

The file is read as a stream, so that memory grows with the borough's rows alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from csp_dash.domain.geography import TOWER_HAMLETS
from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.editions import LIVE, chosen
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import FACT_COLUMNS, month_text
from csp_dash.ingest.files import tables
from csp_dash.ingest.files.columns import month_columns, refuse_malformed, renamed, whole_numbers
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.readers.mps_recorded_crime import STUB_SHARE, meanings, note_new, without_twins

PLACE = 3
FORMATS = ("mps_lsoa",)
SOURCE = "mps_lsoa"
SOURCES = (SOURCE,)
COLUMNS = ("source", "series", "lsoa", "ward", "start", "n")
HEADER_NAMES = {
    "lsoacode": "lsoa",
    "lsoaname": "name",
    "borough": "borough",
    "lookupboroughname": "borough",
    "majorcategory": "major",
    "group": "major",
    "minorcategory": "minor",
    "subgroup": "minor",
}
LEAST_SHARE = 0.5
"""Share of the borough's small areas that a file must name; with fewer it is a cut, whose gaps would seem to be zeros."""

_HERE = {folded(TOWER_HAMLETS), folded("Tower Hamlets")}


@dataclass
class Small:
    """One file. `cells`: columns lsoa, series, month (YYYY-MM) and n, rows above zero, without the months in `stubs`."""

    entry: SourceFile
    months: list[str]
    cells: pd.DataFrame
    stubs: list[str]

    @property
    def reach(self) -> str:
        return self.months[-1]

    @property
    def kind(self) -> str:
        return "files of small areas"

    def figures(self) -> pd.Series:
        return self.cells.set_index(["lsoa", "series", "month"])["n"]


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """The table `lsoa_month` of source `mps_lsoa`. Raises BadInput with the file, the line, the fault and the remedy."""
    live = _live(context.base)
    files: list[Small] = []
    for file in each(entries, lambda entry: _read_file(entry, live, context)):
        if file is not None:
            files = without_twins(files, file, context.ledger)
    spoken = [
        (month, file.reach, at) for at, file in enumerate(files) for month in file.months if month not in file.stubs
    ]
    spoken += [(month, max(live), LIVE) for month in live]
    given = chosen(pd.DataFrame(spoken, columns=["month", "edition", "file"]), ["month"])
    if (given["file"] == LIVE).all():
        return []
    cells = pd.concat([file.cells.assign(file=at) for at, file in enumerate(files)], ignore_index=True)
    cells = cells.merge(given, on=["file", "month"])
    rows = cells.assign(
        source=SOURCE,
        ward=cells["lsoa"].map(context.lsoa_wards),
        start=pd.to_datetime(cells["month"] + "-01").dt.date,
    )
    rows = rows[list(COLUMNS)].sort_values(list(COLUMNS), ignore_index=True)
    facts = pd.DataFrame(columns=list(FACT_COLUMNS))
    return [Extract(SOURCE, facts, [], [file.entry for file in files], {"lsoa_month": rows})]


def _live_rows(base: Base) -> pd.DataFrame:
    rows = base.table("lsoa_month").reindex(columns=list(COLUMNS))
    return rows[rows["source"] == SOURCE]


def _live(base: Base | None) -> dict[str, int]:
    """Month -> offences in the borough, as the live table has them."""
    rows = _live_rows(base) if base is not None else pd.DataFrame()
    if rows.empty:
        return {}
    totals = rows.groupby(month_text(rows["start"]))["n"].sum()
    return {str(month): int(n) for month, n in totals.items()}


def _read_file(entry: SourceFile, live: dict[str, int], context: Context) -> Small | None:
    """The borough's rows of one file, melted. None where it has none."""
    columns = month_columns(entry)
    frame, rows = _rows_of_borough(entry, context)
    context.ledger.count(entry, rows=rows, accepted=len(frame), out_of_area=rows - len(frame), source=SOURCE)
    if frame.empty:
        if rows:
            context.ledger.note(entry, "None of its rows is of Tower Hamlets, so nothing was taken from it.")
        return None
    named = frame["lsoa"].nunique()
    if named < LEAST_SHARE * len(context.lsoa_wards):
        raise BadInput(
            f"{entry.name} names {named} small areas of Tower Hamlets, so the others would seem to have no crime."
            " Take the whole file as it is published."
        )
    twice = frame[frame.duplicated(["lsoa", "major", "minor"])]
    if len(twice):
        row = twice.iloc[0]
        raise BadInput(
            f"{entry.name}, line {row[tables.LINE]}: it holds two rows for {row['lsoa']} / {row['major']} / {row['minor']}."
            " Download the file again."
        )
    _, told = meanings(frame, entry, context, _live_rows)
    numbers = whole_numbers(frame, list(columns), entry).rename(columns=columns)
    note_new(
        entry,
        frame,
        told["series"],
        numbers,
        frame["lsoa"].notna(),
        context,
        "are kept by small area, which no measure shows",
    )
    wide = numbers.assign(lsoa=frame["lsoa"], series=told["series"])
    long = wide.melt(["lsoa", "series"], var_name="month", value_name="n")
    cells = long.groupby(["lsoa", "series", "month"], as_index=False)["n"].sum()
    months = list(columns.values())
    stubs = _stubs(cells.groupby("month")["n"].sum(), months, live)
    for month in stubs:
        context.ledger.note(entry, f"{month} is no whole month, so it was passed over.")
    kept = cells[(cells["n"] > 0) & (cells["series"] != "") & ~cells["month"].isin(stubs)]
    return Small(entry, months, kept.reset_index(drop=True), stubs)


def _rows_of_borough(entry: SourceFile, context: Context) -> tuple[pd.DataFrame, int]:
    """The rows of the borough's small areas, and how many rows the file has."""
    parts: list[pd.DataFrame] = []
    rows = 0
    for batch in tables.batches(entry, context.ledger):
        rows += batch.num_rows
        parts.append(_of_borough(batch, entry, context))
    refuse_malformed(entry, context.ledger)
    return (pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["lsoa"])), rows


def _of_borough(batch: pa.RecordBatch, entry: SourceFile, context: Context) -> pd.DataFrame:
    frame = renamed(batch.to_pandas(), HEADER_NAMES)
    codes = frame["lsoa"].str.upper()
    mine = codes.isin(context.lsoa_wards)
    here = [name for name in frame["borough"].unique() if folded(name) in _HERE]
    lost = ~mine & codes.ne("") & frame["borough"].isin(here)
    if lost.any():
        row = frame[lost].iloc[0]
        raise BadInput(
            f"{entry.name}, line {row[tables.LINE]}: '{row['lsoa']}' is given as a small area of Tower Hamlets, but no"
            " look-up of small areas to wards has it. Take in the newest look-up first."
        )
    return frame[mine].assign(lsoa=codes[mine])


def _stubs(totals: pd.Series, months: list[str], live: dict[str, int]) -> list[str]:
    """The first or last month, where it has far fewer offences than the month beside it or the live release's."""
    found = []
    for at, beside in ((0, 1), (-1, -2)):
        rivals = [live.get(months[at], 0), int(totals[months[beside]]) if len(months) > 1 else 0]
        if totals[months[at]] < STUB_SHARE * max(rivals) and months[at] not in found:
            found.append(months[at])
    return found
