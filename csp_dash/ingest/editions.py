"""Which edition gives a figure: one rule for the readers and for the release.

Publishers replace a file month after month, so several files, and the live release, may speak for the same figures. An
*edition* is what one of them says of a *unit*: the figures that are taken whole from one edition, such as a month of a kind
of area, or one figure. A frame of editions has the columns of the unit and

==========  ==============================================================================================
`rank`      which kind of edition is preferred, the highest first; it may be absent where all are alike
`edition`   how new it is: the month to which the file reaches (YYYY-MM); empty where that cannot be known
`rows`      how many records it has of the unit: where an edition is not known, the most count; it may be absent
`file`      number of the file; of two alike the last one counts. The live release is LIVE
==========  ==============================================================================================

The rules themselves are `sql/editions.sql` and `sql/editions_disagree.sql`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from csp_dash.ingest.errors import BadInput, Named

SQL = Path(__file__).with_name("sql")
LIVE = -1
"""`file` of the live release: a file as new as the live figures replaces them."""


def chosen(rows: pd.DataFrame, unit: Sequence[str]) -> pd.DataFrame:
    """The rows of the edition that gives their unit, in the order that they came; `unit` names the columns of the unit."""
    found = ask(SQL / "editions.sql", edition=_numbered(rows, unit=unit))
    return rows.iloc[found["id"]]


def refuse_differences(
    rows: pd.DataFrame,
    figure: Sequence[str],
    value: Sequence[str],
    files: Sequence[Named],
    words: Callable[[pd.Series], str],
) -> None:
    """Raise BadInput where two files of equal rank and edition differ in a figure.

    `figure` names the columns that tell one figure from another, `value` those in which files must agree, `files` the
    files by number; `words` names the figure of a row. A figure that a file lacks is no difference, unless the column
    `needed` says how many files must have it.
    """
    numbered = _numbered(rows, unit=figure, value=value)
    path = SQL / "editions_disagree.sql"
    found = ask(path, edition=numbered.assign(needed=rows["needed"].to_numpy() if "needed" in rows.columns else 1))
    sentence = _text(path).splitlines()[0].removeprefix("-- ")
    faults: dict[Hashable, str] = {}
    for at, numbers in zip(found["id"], found["files"], strict=True):
        own, row = [files[number] for number in numbers], rows.iloc[at]
        if not faults.keys() >= set(own):
            names = " and ".join(file.name for file in own)
            told = sentence.format(files=names, edition=row["edition"], figure=words(row))
            faults |= {file: told for file in own if file not in faults}
    if faults:
        raise BadInput.of(faults)


def ask(path: Path, **frames: pd.DataFrame) -> pd.DataFrame:
    """The answer of a SQL file to these relations."""
    with duckdb.connect() as connection:
        for name, frame in frames.items():
            connection.register(name, pa.Table.from_pandas(frame, preserve_index=False))  # 30 times quicker
        return connection.execute(_text(path)).df()


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _numbered(rows: pd.DataFrame, **groups: Sequence[str]) -> pd.DataFrame:
    """Rows as the SQL files take them: `id` is a row's place, each of `groups` one number for the columns that it names."""
    numbers = {
        name: rows.groupby(list(columns), dropna=False, sort=True).ngroup().to_numpy()
        for name, columns in groups.items()
    }
    own = {name: rows[name].to_numpy() if name in rows.columns else 0 for name in ("rank", "rows", "file")}
    return pd.DataFrame({"id": range(len(rows)), **numbers, **own, "edition": rows["edition"].fillna("").to_numpy()})
