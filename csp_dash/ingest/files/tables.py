"""Tables of source files as rows of text with line numbers, whole or as a stream.

Rows with too many or too few columns go to the ledger as rejected. Rows with nothing in them are passed over.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import IO, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from numpy.typing import NDArray
from openpyxl.utils import get_column_letter

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.corrections import Correction
from csp_dash.ingest.files.formats import Unreadable
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.opendocument import UNSAVED
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.workbooks import Book, opened

BLOCK = 1 << 22
MOST_LINES = 100
"""Lines that one value may cover. More are a quotation mark that was never closed."""
MOST_MALFORMED = 10_000
"""Malformed rows that are kept, unless there are more good ones than that."""
MOST_ROWS = 5_000_000
"""Rows that a table may have to be read whole."""
SHEET_CELLS = 400_000
"""Cells of a sheet that are held at a time."""
LINE = "line"


def frame(entry: SourceFile, ledger: Ledger) -> pd.DataFrame:
    """All rows as text, "" for blanks, and `line`: the line in the file, or the row of the sheet.

    Declared corrections are made, and noted with the entry.
    """
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


def batches(entry: SourceFile, ledger: Ledger) -> pa.RecordBatchReader:
    """The same as a stream of Arrow batches. It can be read once."""
    columns = _names(entry.found.columns)
    schema = pa.schema([*((name, pa.string()) for name in columns), (LINE, pa.int64())])
    if entry.found.sheet:
        rows = _sheet(entry, columns)
    elif entry.found.mark:
        rows = _text(entry, columns, ledger)
    else:
        rows = _parquet(entry)
    rows = _filled(rows, schema)
    if own := [item for item in ledger.corrections if item.format == entry.format]:
        rows = _corrected(rows, own, entry, ledger)
    return pa.RecordBatchReader.from_batches(schema, rows)


def _corrected(
    rows: Iterator[pa.RecordBatch], own: Sequence[Correction], entry: SourceFile, ledger: Ledger
) -> Iterator[pa.RecordBatch]:
    changed = [0] * len(own)
    for batch in rows:
        for at, item in enumerate(own):
            batch, times = item.apply(batch)
            changed[at] += times
        yield batch
    for item, times in zip(own, changed, strict=True):
        if times:
            ledger.note(entry, item.told(times))


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


def _parquet(entry: SourceFile) -> Iterator[pa.RecordBatch]:
    with entry.opened() as handle:
        line = 1
        try:
            for batch in pq.ParquetFile(handle).iter_batches():
                texts = [pc.fill_null(column.cast(pa.string()), "") for column in batch.columns]
                lines = pa.array(np.arange(line, line + batch.num_rows), pa.int64())
                line += batch.num_rows
                yield pa.RecordBatch.from_arrays([*texts, lines], names=[*_names(tuple(batch.schema.names)), LINE])
        except pa.ArrowException as fault:
            raise BadInput(
                f"{entry.name} cannot be read beyond row {line} ({_first(fault)}). Download it again."
            ) from None


def _text(entry: SourceFile, columns: list[str], ledger: Ledger) -> Iterator[pa.RecordBatch]:
    """A text of any separator and encoding."""
    wrong: list[tuple[int, str, str]] = []  # malformed rows since the last batch: which row of the file, text, why

    def malformed(row: pacsv.InvalidRow) -> str:
        columns = "1 column" if row.actual_columns == 1 else f"{row.actual_columns} columns"
        wrong.append((int(row.number), row.text, f"has {columns}, not {row.expected_columns}"))
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
            raise BadInput(_broken(entry, entry.found.header + 2, fault)) from None
        place = _Place(entry)
        while True:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                break
            except (pa.ArrowInvalid, EOFError) as fault:
                raise BadInput(_broken(entry, place.line, fault)) from None
            lines, bad = place.lines(batch, wrong, look=stream.quoted)
            ledger.malformed(entry, bad)
            _refuse_other_table(entry, ledger, place)
            yield pa.RecordBatch.from_arrays([*batch.columns, pa.array(lines, pa.int64())], names=[*columns, LINE])
        _, bad = place.lines(None, wrong, look=stream.quoted)
        ledger.malformed(entry, bad)
        if place.ends_malformed and not stream.ended:
            raise BadInput(
                f"{entry.name} breaks off in line {place.line - 1}, in the middle of a row: it is cut short. Download it again, or"
                " take that line out if it is a note."
            )


class _Place:
    """Where in a file its rows stand. A row may have line ends in quotes, and then covers several lines."""

    def __init__(self, entry: SourceFile) -> None:
        self.entry = entry
        self.line = entry.found.header + 2
        self.row = entry.found.header + 2
        self.read = 0
        self.ends_malformed = False

    def lines(
        self, batch: pa.RecordBatch | None, known: list[tuple[int, str, str]], *, look: bool
    ) -> tuple[NDArray[np.int64], list[tuple[int, str, str]]]:
        """The lines of the good rows of a batch, and the malformed rows among and right after them with theirs, which are
        taken out of those that are `known`: the reader may be ahead."""
        good = 0 if batch is None else batch.num_rows
        wrong = [item for at, item in enumerate(known) if item[0] - self.row - at <= good]
        del known[: len(wrong)]
        more = np.zeros(good, dtype=np.int64)
        if look and batch is not None:
            for column in batch.columns:
                more += np.asarray(pc.count_substring(column, "\n"))
        breaks = np.zeros(good + len(wrong), dtype=np.int64)
        bad = np.array([number - self.row for number, _, _ in wrong], dtype=np.int64)
        is_bad = np.zeros(len(breaks), dtype=bool)
        is_bad[bad] = True
        breaks[is_bad] = [text.count("\n") for _, text, _ in wrong]
        breaks[~is_bad] = more
        at = self.line + np.arange(len(breaks)) + np.concatenate([[0], np.cumsum(breaks)])[: len(breaks)]
        if len(breaks) and breaks.max() > MOST_LINES:
            raise BadInput(
                f"{self.entry.name}, line {at[breaks.argmax()]}: a quotation mark opens there and does not close for more than"
                f" {MOST_LINES} lines. Put it right, or download the file again."
            )
        self.line += len(breaks) + int(breaks.sum())
        self.row += len(breaks)
        self.read += good
        if len(breaks):
            self.ends_malformed = bool(is_bad[-1]) and wrong[-1][1].strip() != ""
        told = [(int(at[row]), text, why) for row, (_, text, why) in zip(bad, wrong, strict=True) if text.strip()]
        return at[~is_bad], told


def _refuse_other_table(entry: SourceFile, ledger: Ledger, place: _Place) -> None:
    """Rows that are not of the table by the thousand: no use to keep each of them."""
    account = ledger.account(entry)
    if account.rows > max(MOST_MALFORMED, place.read):
        first = account.lines[0].iloc[0]
        raise BadInput(
            f"{entry.name}: {account.rows:,} rows have more or fewer columns than its header. The first is line {first['line']}, which"
            f" {first['reason']}. Download the file again."
        )


def _broken(entry: SourceFile, line: int, fault: BaseException) -> str:
    if "straddling" in str(fault):
        return (
            f"{entry.name}, line {line} does not end within {BLOCK >> 20} million bytes: a quotation mark that opens there"
            " never closes, or the file is damaged. Put it right, or download the file again."
        )
    return f"{entry.name} cannot be read beyond line {line} ({_first(fault)}). Download it again."


def _first(fault: BaseException) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0][:160].rstrip(".")


class _Utf8(io.RawIOBase):
    """Bytes of any encoding as UTF-8. In a file that says UTF-8, a letter that is none is read as Windows-1252."""

    def __init__(self, handle: IO[bytes], entry: SourceFile, ledger: Ledger) -> None:
        self.handle, self.entry, self.ledger = handle, entry, ledger
        self.line, self.told, self.left = 1, False, b""
        encoding = entry.found.encoding or "utf-8"
        self.plain = encoding == "utf-8"
        self.decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self.start = True
        self.quoted, self.ended = False, True

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while True:
            block = self.handle.read(BLOCK if size is None or size < 0 else max(size, 1 << 16))
            done = not block
            made = self._utf8(block, done)
            if self.start and made:
                made, self.start = made.removeprefix(b"\xef\xbb\xbf"), False
            if made:
                self._look_at(made)
            if made or done:
                return made

    def _look_at(self, made: bytes) -> None:
        """Whether values may be in quotes, and the file has ended with a line; no text has zero bytes."""
        self.quoted = self.quoted or b'"' in made
        self.ended = made.endswith((b"\n", b"\r"))
        if b"\0" in made:
            line = self.line + made[: made.index(b"\0")].count(b"\n") - (made.count(b"\n") if self.plain else 0)
            where = f" in line {line}" if self.plain else ""
            raise BadInput(
                f"{self.entry.name} has zero bytes{where}, which no text has: it is damaged or half written. Download it again."
            )

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


def _sheet(entry: SourceFile, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """Rows of a workbook's sheet. A formula counts as the value that was saved with it, and is refused without one."""
    line, width = entry.found.header + 2, len(columns)
    with _book(entry) as book:
        rows = islice(book.rows(entry.found.sheet), line - 1, None)
        while part := list(islice(rows, max(1, SHEET_CELLS // width))):
            _refuse_formulas(entry, part, line, width)
            texts = [pa.array([row[at] if at < len(row) else "" for row in part], pa.string()) for at in range(width)]
            lines = pa.array(range(line, line + len(part)), pa.int64())
            line += len(part)
            yield pa.RecordBatch.from_arrays([*texts, lines], names=[*columns, LINE])


@contextmanager
def _book(entry: SourceFile) -> Iterator[Book]:
    """A workbook to read from. BadInput for whatever is damaged in it."""
    with entry.opened() as handle:
        body = io.BytesIO(handle.read())
    try:
        yield opened(body)
    except BadInput:
        raise
    except Unreadable as fault:
        raise BadInput(f"{entry.name} {fault}.") from None
    except Exception as fault:  # a damaged workbook may break the libraries in any way
        raise BadInput(
            f"{entry.file} is a workbook that cannot be read to its end ({_first(fault)}). Download it again, or open it in"
            " Excel and save it anew."
        ) from None


def _refuse_formulas(entry: SourceFile, rows: list[list[str]], line: int, width: int) -> None:
    for at, row in enumerate(rows, line):
        if UNSAVED in row[:width]:
            raise BadInput(
                f"{entry.name}, cell {get_column_letter(row.index(UNSAVED) + 1)}{at} holds a formula without a saved value."
                " Open the file in Excel, let it calculate, and save it; or replace the formula by its value."
            )
