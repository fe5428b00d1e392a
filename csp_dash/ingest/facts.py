"""The one shape in which every reader hands over what it took from official files.

A *fact* is one figure at the finest grain that the project keeps. Columns of a facts frame:

==============  =============  =====================================================================
column          type           meaning
==============  =============  =====================================================================
series          text           stable slug of what is counted, unique within its source
area            text           GSS code (E05… ward, E09… borough, E12000007 London)
start           date           first day of the period
finish          date           last day of the period, inclusive
numerator       float          the figure; null = published as missing or suppressed
denominator     float or null  what a published proportion or rate is out of (1, 100000, offences …)
flag            text or null   why a figure needs care (`suppressed`, `short_month`, `published_rate` …)
vintage         text or null   edition of the official file that the figure came from: the month that it reaches
                               (YYYY-MM); null = the file does not tell, so it may be of any time since the period
==============  =============  =====================================================================

Zero rows may be left out where `Coverage.zero_fill` is true: the warehouse writes them back for
every covered period. A period that is not covered is *missing*, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from csp_dash.ingest.errors import BadInput

FACT_COLUMNS = ("series", "area", "start", "finish", "numerator", "denominator", "flag", "vintage")
KEY = ("series", "area", "start", "finish")


@dataclass(frozen=True)
class Coverage:
    """Which periods a source covers for a series and kind of area.

    `first` and `last` are months (YYYY-MM), `missing` lists the months between them that the
    publisher or the extract lacks. `series` may be "*": every series of the source.
    """

    source: str
    series: str
    area_kind: str
    first: str
    last: str
    missing: tuple[str, ...] = ()
    zero_fill: bool = False


def month_end(starts: pd.Series) -> pd.Series:
    """Last day of the month of each date."""
    return (pd.to_datetime(starts) + pd.offsets.MonthEnd(0)).dt.date


def day_text(days: pd.Series) -> pd.Series:
    """Days as text (YYYY-MM-DD), whether they are held as dates, times or text; pandas would write them one by one."""
    held = pa.array(days, from_pandas=True)
    if pa.types.is_timestamp(held.type):
        held = held.cast(pa.date32())
    return pd.Series(held.cast(pa.string()).to_pandas().array, index=days.index, name=days.name, dtype="str")


def month_text(days: pd.Series) -> pd.Series:
    """The months of days as text (YYYY-MM)."""
    return day_text(days).str[:7]


def fact_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Order, type and check a facts frame; refuse duplicates, negatives and unknown columns."""
    surplus = set(frame.columns) - set(FACT_COLUMNS)
    if surplus:
        raise BadInput(f"facts have unknown columns: {', '.join(sorted(surplus))}")
    frame = frame.reindex(columns=list(FACT_COLUMNS)).copy()
    for column in ("start", "finish"):
        frame[column] = pd.to_datetime(frame[column]).dt.date
    for column in ("numerator", "denominator"):
        frame[column] = pd.to_numeric(frame[column]).astype("float64")
    frame["area"] = frame["area"].str.strip()
    for column in ("series", "area", "flag", "vintage"):  # typed even where every row is empty
        frame[column] = frame[column].astype("str")
    twice = frame[frame.duplicated(list(KEY), keep=False)]
    if len(twice):
        raise BadInput(f"{len(twice)} facts share a key; the first is {twice.iloc[0][list(KEY)].to_dict()}")
    if (frame["numerator"] < 0).any():
        raise BadInput(f"a negative figure: {frame[frame['numerator'] < 0].iloc[0].to_dict()}")
    return frame.sort_values(list(KEY), kind="stable").reset_index(drop=True)


def write_parquet(frame: pd.DataFrame, path: Path, *, order_by: tuple[str, ...]) -> None:
    """Write a frame as Parquet so that the same rows always give the same bytes.

    One thread and a total order make DuckDB's writer deterministic.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.register("frame", pa.Table.from_pandas(frame, preserve_index=False))
        order = ", ".join(f'"{name}"' for name in order_by)
        target = str(path).replace("'", "''")
        connection.execute(
            f"COPY (SELECT * FROM frame ORDER BY {order}) TO '{target}'"
            " (FORMAT PARQUET, COMPRESSION ZSTD, COMPRESSION_LEVEL 19, ROW_GROUP_SIZE 500000)"
        )


def need(folder: Path, pattern: str) -> list[Path]:
    """Files under `folder` that match a glob, sorted; a clear refusal when there are none."""
    found = sorted(path for path in folder.glob(pattern) if path.is_file())
    if not found:
        raise BadInput(
            f"No file matches '{pattern}' in {folder}. Put the official file there, or pass the right folder to --from."
        )
    return found


KINDS = {"E05": "ward", "E09": "borough", "E12": "region", "E01": "lsoa"}


def area_kind(areas: pd.Series) -> pd.Series:
    """Kind of area of each GSS code."""
    return areas.astype(str).str[:3].map(KINDS)
