"""Published tables by the names of their columns, whatever the vintage.

Names of columns are compared as recognising compares them: without case, spaces or punctuation. A column is asked for
by a regular expression that its whole name in that form must match: `wd\\d\\dcd` finds "WD24CD".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from csp_dash.ingest.context import Context
from csp_dash.ingest.facts import BadInput
from csp_dash.ingest.intake import Entry
from csp_dash.ingest.names import folded
from csp_dash.ingest.tables import LINE, frame


def column_of(columns: Iterable[object], pattern: str) -> str:
    """The first column of that name, or ""."""
    return next((str(name) for name in columns if re.fullmatch(pattern, folded(str(name)))), "")


def named(entry: Entry, context: Context, wanted: Mapping[str, str]) -> pd.DataFrame:
    """A table under our own names: those of `wanted` whose column the file has, text without blanks at its ends, and
    `line`.
    """
    rows = frame(entry, context.ledger)
    found = {name: column_of(rows.columns[:-1], pattern) for name, pattern in wanted.items()}
    taken = {name: rows[column].str.strip() for name, column in found.items() if column}
    return pd.DataFrame({**taken, LINE: rows[LINE]})


def has(entry: Entry, rows: pd.DataFrame, **columns: str) -> None:
    """Refuse a table that lacks a column, which is given with what it is called: `people="Persons_All-Ages"`."""
    for name, called in columns.items():
        if name not in rows.columns:
            raise BadInput(f"{entry.name} has no column '{called}'. Put the column back, or download it again.")


def bad_cell(entry: Entry, rows: pd.DataFrame, wrong: pd.Series, column: str, called: str, what: str) -> None:
    """Refuse a table with a wrong cell; `wrong` marks rows, `what` says what should stand there."""
    if wrong.any():
        first = rows[wrong].iloc[0]
        raise BadInput(
            f"{entry.name}, line {first[LINE]}, column '{called}': '{first[column]}' is not {what}."
            " Correct the cell, or download the file again."
        )


def numbers(entry: Entry, rows: pd.DataFrame, column: str, called: str) -> pd.Series:
    """A column as numbers of at least zero; thousands may be marked with commas."""
    values = pd.to_numeric(rows[column].str.replace(",", ""), errors="coerce")
    bad_cell(entry, rows, values.isna() | values.lt(0), column, called, "a number of at least 0")
    return values
