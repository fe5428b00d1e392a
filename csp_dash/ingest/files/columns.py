"""Columns of published tables: found by normalised names, read as text, counts or months.

`table` knows columns by their whole folded names. `named` asks for each by a regular expression that the whole folded
name must match: `wd\\d\\dcd` finds "WD24CD".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import Coverage
from csp_dash.ingest.files.dates import month
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE, frame

MOST = 10_000_000
"""No count of offences comes near to this."""


def refuse_malformed(entry: SourceFile, ledger: Ledger) -> None:
    """A published table with a row of too few or too many columns is damaged."""
    wrong = ledger.account(entry).lines
    if wrong:
        first = wrong[0].iloc[0]
        raise BadInput(
            f"{entry.name}, line {first['line']} {first['reason']}. The file is damaged or cut short; download it again."
        )


def renamed(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The columns in `names` (folded name -> name here) under their names here, stripped of spaces; the first of two counts."""
    found: dict[str, str] = {}
    for column in frame.columns:
        name = names.get(folded(str(column)), "")
        if name and name not in found.values():
            found[str(column)] = name
    surplus = [column for column in frame.columns if column in found.values() and column not in found]
    frame = frame.drop(columns=surplus).rename(columns=found)
    for name in found.values():
        frame[name] = frame[name].str.strip()
    return frame


def table(entry: SourceFile, ledger: Ledger, names: Mapping[str, str]) -> pd.DataFrame:
    """All rows of a published table as text, corrected, its columns under the names used here, and `line`.

    Raises BadInput for a row with too few or too many columns.
    """
    rows = frame(entry, ledger)
    refuse_malformed(entry, ledger)
    return renamed(rows, names)


def whole_numbers(frame: pd.DataFrame, columns: Sequence[str], entry: SourceFile) -> pd.DataFrame:
    """The columns as whole numbers, thousands marked with commas or not.

    Refuses blanks, text, fractions, negatives and numbers that no count can be.
    """
    return pd.DataFrame({column: _counts(frame, column, entry) for column in columns}, index=frame.index)


def _counts(frame: pd.DataFrame, column: str, entry: SourceFile) -> NDArray[np.int64]:
    try:  # the plain case, in a fifth of the time
        counts = np.asarray(pa.array(frame[column], pa.string()).cast(pa.int64()))
        if not len(counts) or (counts.min() >= 0 and counts.max() <= MOST):
            return counts
    except pa.ArrowInvalid:
        pass
    texts = frame[column].astype("str")
    thousands = texts.str.fullmatch(r"\d{1,3}(,\d{3})+")
    numbers = pd.to_numeric(texts.mask(thousands, texts.str.replace(",", "")), errors="coerce")
    wrong = numbers.isna() | ~numbers.between(0, MOST) | (numbers % 1 != 0)
    if wrong.any():
        at = int(wrong.to_numpy().argmax())
        raise BadInput(
            f"{entry.name}, line {frame[LINE].iloc[at]}, column '{column}': '{frame[column].iloc[at]}' is not a"
            f" count from 0 to {MOST:,}. The file is damaged or cut short; download it again."
        )
    return numbers.to_numpy().astype(np.int64)


def month_columns(entry: SourceFile) -> dict[str, str]:
    """Columns such as 202404, Apr-24 or 2024-04-01 -> months such as 2024-04.

    Refuses what stands among them and is no month, and months that skip, repeat or are out of order.
    """
    names = [cell.strip() for cell in entry.found.columns]
    months = [month(name) for name in names]
    at = [place for place, found in enumerate(months) if found or re.fullmatch(r"\d{5,}", names[place])]
    if not any(months):
        raise BadInput(f"{entry.name} has no columns of months such as 202404 or Apr-24. Take the file as published.")
    own = range(at[0], at[-1] + 1)
    for place in own:
        if not months[place]:
            raise BadInput(
                f"{entry.name}, line {entry.found.header + 1}: '{names[place]}' stands in column {place + 1}, among the months,"
                " and is no month such as 202404, Apr-24 or 2024-04-01. Put it right, or take the file as published."
            )
    first, last = names[own[0]], names[own[-1]]
    if [months[place] for place in own] != [
        str(one) for one in pd.period_range(months[own[0]], months[own[-1]], freq="M")
    ]:
        raise BadInput(
            f"{entry.name}: its month columns skip, repeat or are out of order (first {first}, last {last})."
            " Download the file again."
        )
    if months[own[-1]] > f"{date.today():%Y-%m}":
        raise BadInput(
            f"{entry.name} has a column for {last}, a month that is still to come. Take the file as published."
        )
    return {names[place]: months[place] for place in own}


def month_coverage(source: str, series: str, kinds: Iterable[str], months: Iterable[str]) -> list[Coverage]:
    """Coverage of months whose zero rows are left out, a row a kind of area."""
    have = sorted(set(months))
    missing = set(map(str, pd.period_range(have[0], have[-1], freq="M"))) - set(have)
    return [Coverage(source, series, kind, have[0], have[-1], tuple(sorted(missing)), True) for kind in kinds]


# --- columns asked for by a pattern -----------------------------------------------------------------


def column_of(columns: Iterable[object], pattern: str) -> str:
    """The first column of that name, or ""."""
    return next((str(name) for name in columns if re.fullmatch(pattern, folded(str(name)))), "")


def named(entry: SourceFile, ledger: Ledger, wanted: Mapping[str, str]) -> pd.DataFrame:
    """A table under our own names: those of `wanted` whose column the file has, text without blanks at its ends, and
    `line`.
    """
    rows = frame(entry, ledger)
    found = {name: column_of(rows.columns[:-1], pattern) for name, pattern in wanted.items()}
    taken = {name: rows[column].str.strip() for name, column in found.items() if column}
    return pd.DataFrame({**taken, LINE: rows[LINE]})


def has(entry: SourceFile, rows: pd.DataFrame, **columns: str) -> None:
    """Refuse a table that lacks a column, which is given with what it is called: `people="Persons_All-Ages"`."""
    for name, called in columns.items():
        if name not in rows.columns:
            raise BadInput(f"{entry.name} has no column '{called}'. Put the column back, or download it again.")


def bad_cell(entry: SourceFile, rows: pd.DataFrame, wrong: pd.Series, column: str, called: str, what: str) -> None:
    """Refuse a table with a wrong cell; `wrong` marks rows, `what` says what should stand there."""
    if wrong.any():
        first = rows[wrong].iloc[0]
        raise BadInput(
            f"{entry.name}, line {first[LINE]}, column '{called}': '{first[column]}' is not {what}."
            " Correct the cell, or download the file again."
        )


def numbers(entry: SourceFile, rows: pd.DataFrame, column: str, called: str) -> pd.Series:
    """A column as numbers of at least zero; thousands may be marked with commas."""
    values = pd.to_numeric(rows[column].str.replace(",", ""), errors="coerce")
    bad_cell(entry, rows, values.isna() | values.lt(0), column, called, "a number of at least 0")
    return values
