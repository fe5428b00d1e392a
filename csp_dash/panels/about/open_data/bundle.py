"""The zip of the open figures: every table as CSV and as Parquet, the data dictionary, and a file to read first.

One release gives the same bytes whenever it is made: rows have an order, and no file tells a time.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import IO

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from csp_dash.analytics import rates
from csp_dash.domain.enums import Frequency
from csp_dash.panels.about.open_data import dictionary, package, tables
from csp_dash.panels.about.open_data.dictionary import Table
from csp_dash.panels.about.open_data.package import Resource
from csp_dash.panels.about.open_data.tables import Reaches
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.export import cell

LONG_AGO = (1980, 1, 1, 0, 0, 0)
TYPES = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "date": pa.date32()}
BYTES_A_FIGURE = 10
"""What a figure takes in the zip, in both forms; measured, and held to by a test."""
_TURN = Lock()


@dataclass(frozen=True, slots=True)
class Contents:
    """What the download holds, told before it is made. `size` is about what it will have, in bytes."""

    filename: str
    measures: int
    size: int

    @property
    def megabytes(self) -> int:
        """The size in whole megabytes, one at least."""
        return max(1, round(self.size / 1e6))


def contents(data: Dataset) -> Contents:
    """What is in the download of a release."""
    return data.once("open data contents", lambda: _contents(data))


def _contents(data: Dataset) -> Contents:
    shown = tables.measures(data)
    across = pd.Series(data.kinds).value_counts()
    figures = sum(
        (have.span.months if item.frequency is Frequency.MONTH else have.span.months // rates.YEAR + 1)
        * int(across[kind])
        for item in shown
        for kind in tables.kinds(data, item)
        if (have := data.have(item, kind))
    )
    return Contents(f"open-figures-{data.release}.zip", len(shown), round(BYTES_A_FIGURE * figures))


def archive(data: Dataset) -> bytes:
    """The zip, made when it is first asked for; however many ask at once, once for each open release."""
    with _TURN:
        return data.once("open data", lambda: _made(data))


def _made(data: Dataset) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as into:
        writer = _Writer(into, data.release)
        of_measures, of_sources = Reaches(), Reaches()
        places: set[str] = set()
        writer.table(dictionary.OBSERVATIONS, _passing(_observations(data, of_measures), of_sources, places))
        writer.table(dictionary.SMALL_AREAS, _passing(tables.by_small_area(data), of_sources, places))
        sources = tables.sources(data, of_sources)
        writer.table(dictionary.INDICATORS, [tables.indicators(data, of_measures)])
        writer.table(dictionary.NOTES, [tables.notes(data)])
        writer.table(dictionary.AREAS, [tables.areas(data, places)])
        writer.table(dictionary.SOURCES, [sources])
        writer.table(dictionary.PLAN, [tables.plan_figures(data)])
        described = package.descriptor(data, writer.written, sources)
        writer.text("datapackage.json", json.dumps(described, indent=1, ensure_ascii=False) + "\n")
        writer.text("README.txt", package.readme(data, writer.written, sources))
    return body.getvalue()


def _observations(data: Dataset, reaches: Reaches) -> Iterator[pd.DataFrame]:
    for item in tables.measures(data):
        rows = tables.observations(data, item)
        reaches.add(item.slug, rows)
        reaches[item.slug].cases = tables.gives_cases(rows)
        yield rows


def _passing(frames: Iterable[pd.DataFrame], reaches: Reaches, places: set[str]) -> Iterator[pd.DataFrame]:
    """The frames as they come, while their sources and places are noted."""
    for frame in frames:
        for name, rows in frame.groupby("source"):
            reaches.add(str(name), rows)
        places.update(frame["area"].unique())
        yield frame


class _Writer:
    """Writes tables into a zip, and keeps what a descriptor tells of them."""

    def __init__(self, into: zipfile.ZipFile, release: str) -> None:
        self.written: list[Resource] = []
        self._into = into
        self._release = release

    def table(self, table: Table, frames: Iterable[pd.DataFrame]) -> None:
        """A table in both forms, a frame at a time, so that all of it is never in memory."""
        schema = pa.schema(
            [pa.field(field.name, TYPES[field.type], nullable=not field.required) for field in table.fields],
            metadata={"release": self._release},
        )
        parquet, rows = io.BytesIO(), 0
        with (
            self._entry(f"csv/{table.name}.csv", zipfile.ZIP_DEFLATED) as (entry, csv),
            pa_csv.CSVWriter(entry, schema.remove_metadata(), write_options=_AS_CSV) as as_csv,
            pq.ParquetWriter(parquet, schema, compression="zstd") as as_parquet,
        ):
            for frame in frames:
                part = pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False)
                as_parquet.write_table(part)
                as_csv.write_table(_harmless(part.replace_schema_metadata()))
                rows += part.num_rows
        self.written.append(csv.resource(table, rows))
        with self._entry(f"parquet/{table.name}.parquet", zipfile.ZIP_STORED) as (entry, kept):
            entry.write(parquet.getbuffer())
        self.written.append(kept.resource(table, rows))

    def text(self, name: str, text: str) -> None:
        with self._entry(name, zipfile.ZIP_DEFLATED) as (entry, _):
            entry.write(text.encode())

    @contextmanager
    def _entry(self, name: str, how: int) -> Iterator[tuple[pa.PythonFile, _Counted]]:
        info = zipfile.ZipInfo(name, LONG_AGO)
        info.compress_type, info.external_attr, info.create_system = how, 0o644 << 16, 3
        with self._into.open(info, "w") as handle:
            counted = _Counted(name, handle)
            yield pa.PythonFile(counted, "w"), counted


_AS_CSV = pa_csv.WriteOptions(quoting_style="needed", quoting_header="needed")


class _Counted(io.RawIOBase):
    """A file in the zip, with the size and checksum of what is written to it."""

    def __init__(self, name: str, handle: IO[bytes]) -> None:
        self._name, self._handle = name, handle
        self._bytes, self._sum = 0, sha256()

    def writable(self) -> bool:
        return True

    def write(self, part: object, /) -> int:
        piece = bytes(part)  # type: ignore[call-overload]
        self._bytes += len(piece)
        self._sum.update(piece)
        return self._handle.write(piece)

    def resource(self, table: Table, rows: int) -> Resource:
        return Resource(table, self._name, rows, self._bytes, self._sum.hexdigest())


def _harmless(table: pa.Table) -> pa.Table:
    """The table with its texts as CSV gives them: none that a spreadsheet would run."""
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            coded = table.column(place).combine_chunks().dictionary_encode()
            words = pa.array([cell(word) for word in coded.dictionary.to_pylist()], pa.string())
            table = table.set_column(place, field, words.take(coded.indices))
    return table
