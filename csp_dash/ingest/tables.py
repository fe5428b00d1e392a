"""Opens any recognised table as rows of text, each with its line: whole, or as a stream that memory does not grow with.

Rows with too many or too few columns go to the ledger as rejected. Rows with nothing in them are passed over.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import IO, cast

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from csp_dash.ingest.facts import BadInput
from csp_dash.ingest.intake import Entry
from csp_dash.ingest.ledger import Ledger

BLOCK = 1 << 22
MOST_ROWS = 5_000_000
"""Rows that a table may have to be read whole."""
LINE = "line"


def frame(entry: Entry, ledger: Ledger) -> pd.DataFrame:
    """All rows as text, "" for blanks, and `line`: the line in the file, or the row of the sheet."""
    parts, rows = [], 0
    for batch in batches(entry, ledger):
        parts.append(batch)
        rows += batch.num_rows
        if rows > MOST_ROWS:
            raise BadInput(
                f"{entry.name} has more than {MOST_ROWS:,} rows, far more than a table of this kind. Look at whether it is"
                " the right file."
            )
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in _names(entry.found.columns)}).assign(line=0)
    return cast(pd.DataFrame, pa.Table.from_batches(parts).to_pandas().fillna(""))


def batches(entry: Entry, ledger: Ledger) -> pa.RecordBatchReader:
    """The same as a stream of Arrow batches. It can be read once."""
    columns = _names(entry.found.columns)
    schema = pa.schema([*((name, pa.string()) for name in columns), (LINE, pa.int64())])
    if entry.found.sheet:
        rows = _sheet(entry, columns)
    elif entry.found.mark:
        rows = _text(entry, columns, ledger)
    else:
        rows = _parquet(entry)
    return pa.RecordBatchReader.from_batches(schema, _filled(rows, schema))


def _names(cells: tuple[str, ...]) -> list[str]:
    """Names of columns: as they stand, made unique, and given where there is none."""
    names: list[str] = []
    for at, cell in enumerate(cells, 1):
        name = cell.strip() or f"column_{at}"
        names.append(name if name not in names and name != LINE else f"{name}_{at}")
    return names


def _filled(rows: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Batches without the rows that hold nothing."""
    for batch in rows:
        empty: pa.Array | None = None
        for name in schema.names[:-1]:
            blank = pc.equal(batch.column(name), "")
            empty = blank if empty is None else pc.and_(empty, blank)
            if not pc.any(empty).as_py():
                empty = None
                break
        kept = batch if empty is None else batch.filter(pc.invert(empty))
        yield kept.cast(schema)


def _parquet(entry: Entry) -> Iterator[pa.RecordBatch]:
    with entry.opened() as handle:
        line = 1
        for batch in pq.ParquetFile(handle).iter_batches():
            texts = [pc.fill_null(column.cast(pa.string()), "") for column in batch.columns]
            lines = pa.array(np.arange(line, line + batch.num_rows), pa.int64())
            line += batch.num_rows
            yield pa.RecordBatch.from_arrays([*texts, lines], names=[*_names(tuple(batch.schema.names)), LINE])


def _text(entry: Entry, columns: list[str], ledger: Ledger) -> Iterator[pa.RecordBatch]:
    """A text of any separator and encoding."""
    wrong: list[int] = []

    def malformed(row: pacsv.InvalidRow) -> str:
        number = int(row.number)
        wrong.append(number)
        if row.text.strip():
            ledger.malformed(entry, number, row.text, f"has {row.actual_columns} columns, not {row.expected_columns}")
        return "skip"

    with entry.opened() as handle:
        stream = _Utf8(handle, entry, ledger)
        try:
            reader = pacsv.open_csv(
                stream,
                read_options=pacsv.ReadOptions(
                    column_names=columns, skip_rows=entry.found.header + 1, use_threads=False, block_size=BLOCK
                ),
                parse_options=pacsv.ParseOptions(
                    delimiter=entry.found.mark,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=malformed,
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types={name: pa.string() for name in columns}, strings_can_be_null=False, check_utf8=False
                ),
            )
        except pa.ArrowInvalid as fault:
            if "Empty CSV" in str(fault) or "skip" in str(fault):
                return  # a header and no rows
            raise BadInput(f"{entry.name} cannot be read as a table ({_first(fault)}). Download it again.") from None
        good, first = 0, entry.found.header + 2
        while True:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                return
            except (pa.ArrowInvalid, EOFError) as fault:
                raise BadInput(
                    f"{entry.name} cannot be read beyond line {first + good + len(wrong)} ({_first(fault)}). Download it again."
                ) from None
            at = np.arange(good, good + batch.num_rows)
            good += batch.num_rows
            # a row that was passed over pushes the lines of those below it down
            skipped = np.sort(np.array(wrong, dtype=np.int64)) - first
            lines = first + at + np.searchsorted(skipped - np.arange(len(skipped)), at, side="right")
            yield pa.RecordBatch.from_arrays([*batch.columns, pa.array(lines, pa.int64())], names=[*columns, LINE])


def _first(fault: BaseException) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0][:160].rstrip(".")


class _Utf8(io.RawIOBase):
    """Bytes of any encoding as UTF-8. In a file that says UTF-8, a letter that is none is read as Windows-1252."""

    def __init__(self, handle: IO[bytes], entry: Entry, ledger: Ledger) -> None:
        self.handle, self.entry, self.ledger = handle, entry, ledger
        self.line, self.told, self.left = 1, False, b""
        encoding = entry.found.encoding or "utf-8"
        self.plain = encoding == "utf-8"
        self.decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self.start = True

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while True:
            block = self.handle.read(BLOCK if size is None or size < 0 else max(size, 1 << 16))
            done = not block
            made = self._utf8(block, done)
            if self.start and made:
                made, self.start = made.removeprefix(b"\xef\xbb\xbf"), False
            if made or done:
                return made

    def _utf8(self, block: bytes, done: bool) -> bytes:
        if not self.plain:
            return self.decoder.decode(block, done).encode()
        block = self.left + block
        self.left = b""
        try:
            block.decode("utf-8")
        except UnicodeDecodeError as fault:
            if not done and fault.end == len(block) and len(block) - fault.start < 4:  # a letter cut in two
                block, self.left = block[: fault.start], block[fault.start :]
                return self._utf8(block, done)
            if not self.told:
                self.told = True
                line = self.line + block[: fault.start].count(b"\n")
                self.ledger.note(
                    self.entry, f"From line {line} on, letters that are not UTF-8 were read as Windows-1252."
                )
            block = block.decode("utf-8", errors="csp-windows-1252").encode()
        self.line += block.count(b"\n")
        return block


def _windows(fault: UnicodeError) -> tuple[str, int]:
    assert isinstance(fault, UnicodeDecodeError)
    return fault.object[fault.start : fault.end].decode("cp1252", errors="replace"), fault.end


codecs.register_error("csp-windows-1252", _windows)


def _sheet(entry: Entry, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """Rows of a workbook's sheet. A formula counts as the value that was saved with it, and is refused without one."""
    with entry.opened() as handle:
        body = io.BytesIO(handle.read())
    book = openpyxl.load_workbook(body, read_only=True, data_only=True)
    asked = entry.found.header + 2
    width = len(columns)
    rows = list(book[entry.found.sheet].iter_rows(min_row=asked, max_col=width, values_only=True))
    if any(cell is None for row in rows for cell in row):
        _refuse_formulas(entry, body, rows, asked, width)
    for start in range(0, len(rows), 50_000):
        part = rows[start : start + 50_000]
        texts = [
            pa.array([_cell(row[at]) if at < len(row) else "" for row in part], pa.string()) for at in range(width)
        ]
        lines = pa.array(range(asked + start, asked + start + len(part)), pa.int64())
        yield pa.RecordBatch.from_arrays([*texts, lines], names=[*columns, LINE])


def _refuse_formulas(entry: Entry, body: io.BytesIO, rows: list[tuple[object, ...]], asked: int, width: int) -> None:
    sheet = openpyxl.load_workbook(body, read_only=True, data_only=False)[entry.found.sheet]
    for saved, cells in zip(rows, sheet.iter_rows(min_row=asked, max_col=width), strict=False):
        for value, cell in zip(saved, cells, strict=False):
            if value is None and isinstance(cell.value, str) and cell.value.startswith("="):
                raise BadInput(
                    f"{entry.name}, sheet '{entry.found.sheet}', cell {cell.coordinate} holds a formula without a saved value."
                    " Open the file in Excel, let it calculate, and save it; or replace the formula by its value."
                )


def _cell(value: object) -> str:
    """A cell as text: whole numbers without a point, dates as YYYY-MM-DD."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix(" 00:00:00") if hasattr(value, "isoformat") else str(value)
