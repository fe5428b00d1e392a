"""Reader of OpenDocument workbooks (.ods), row by row in bounded memory.

Such a file writes a row or a cell once and says how often it is repeated, and most programs fill a sheet up to its last
row and column that way. So blanks are only counted until something follows them.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import groupby, islice, repeat
from typing import IO
from xml.etree.ElementTree import XMLParser

from csp_dash.ingest.files.formats import Unreadable

UNSAVED = "\0formula"
"""Stands in a cell that holds a formula without a saved value. No text in a workbook can have a zero byte."""
MOST_COLUMNS, MOST_CELLS = 16_384, 50_000_000
"""Columns of a row, and cells of a sheet, that a file may ask to be repeated to before it is refused."""
BLOCK = 1 << 16
ERROR = re.compile(r"#(REF!|DIV/0!|VALUE!|NAME\?|NUM!|N/A|NULL!)|Err:\d+")
OFFICE, TABLE, TEXT, DRAW = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text", "drawing")
)
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
BLANKS = {f"{TEXT}s": " ", f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}

Row = tuple[str, int, list[str]]
"""The name of its sheet, how often it stands there, and its cells up to the last that is not blank."""


class OpenDocument:
    """A workbook of LibreOffice and others, and what government offices publish their tables as."""

    def __init__(self, handle: IO[bytes]) -> None:
        self.parts = zipfile.ZipFile(handle)

    def heads(self, most: int) -> Iterator[tuple[str, list[list[str]]]]:
        """Each sheet that is not blank, with so many of its first rows."""
        for name, rows in groupby(self._rows(), key=lambda row: row[0]):
            yield name, [[cell.replace(UNSAVED, "") for cell in row] for row in islice(_repeated(rows), most)]

    def rows(self, sheet: str) -> Iterator[list[str]]:
        for name, rows in groupby(self._rows(), key=lambda row: row[0]):
            if name == sheet:
                yield from _repeated(rows)
                return

    def _rows(self) -> Iterator[Row]:
        """The rows of all sheets as they are written."""
        found = _Rows()
        parser = XMLParser(target=found)
        with self.parts.open("content.xml") as stream:
            while block := stream.read(BLOCK):
                parser.feed(block)
                yield from found.done
                found.done.clear()
        parser.close()


def _repeated(rows: Iterable[Row]) -> Iterator[list[str]]:
    """Rows as often as they stand in the sheet, without the blank ones at its end."""
    blank = cells = 0
    for _, times, row in rows:
        if not row:
            blank += times
            continue
        cells += blank + times * len(row)
        if cells > MOST_CELLS:
            raise Unreadable("repeats its cells to far more than a table has: it may be a bomb, so it was left")
        yield from repeat([], blank)
        yield from repeat(row, times)
        blank = 0


class _Rows:
    """What an XML parser calls: `done` gets each row once it has ended."""

    def __init__(self) -> None:
        self.done: list[Row] = []
        self.sheet, self.times = "", 1
        self.row: list[str] = []
        self.blank = 0
        self.cell: dict[str, str] | None = None
        self.texts: list[str] = []
        self.aside = 0
        """How deep in a comment or a drawing, whose text is not that of the cell that it lies in."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.aside or (self.cell is not None and (tag == f"{OFFICE}annotation" or tag.startswith(DRAW))):
            self.aside += 1
        elif tag == f"{TABLE}table":
            self.sheet = attributes.get(f"{TABLE}name", "")
        elif tag == f"{TABLE}table-row":
            self.row, self.blank, self.times = [], 0, int(attributes.get(f"{TABLE}number-rows-repeated", 1))
        elif tag in CELLS:
            self.cell, self.texts = attributes, []
        elif tag == f"{TEXT}p" and self.texts:
            self.texts.append("\n")
        elif tag in BLANKS:
            self.texts.append(BLANKS[tag] * int(attributes.get(f"{TEXT}c", 1)))

    def data(self, text: str) -> None:
        if self.cell is not None and not self.aside:
            self.texts.append(text)

    def end(self, tag: str) -> None:
        if self.aside:
            self.aside -= 1
        elif tag in CELLS and self.cell is not None:
            value = _value(self.cell, "".join(self.texts)) if tag == CELLS[0] else ""
            times = int(self.cell.get(f"{TABLE}number-columns-repeated", 1))
            self.cell = None
            if not value:
                self.blank += times
                return
            if len(self.row) + self.blank + times > MOST_COLUMNS:
                raise Unreadable(f"has a row of more than {MOST_COLUMNS:,} columns, which is no table")
            self.row += [""] * self.blank + [value] * times
            self.blank = 0
        elif tag == f"{TABLE}table-row":
            self.done.append((self.sheet, self.times, self.row))

    def close(self) -> None:
        """Asked for by the parser at the end."""


def _value(cell: dict[str, str], text: str) -> str:
    """What a cell says, by the kind that it is of; `text` is what it shows."""
    kind = cell.get(f"{OFFICE}value-type", "")
    if not kind and not text and f"{TABLE}formula" in cell:
        return UNSAVED
    if ERROR.fullmatch(text):
        return text
    if kind in ("float", "percentage", "currency"):
        return written(float(cell[f"{OFFICE}value"]))
    if kind == "date":
        return cell[f"{OFFICE}date-value"].replace("T", " ").removesuffix(" 00:00:00")
    if kind == "boolean":
        return cell[f"{OFFICE}boolean-value"].capitalize()
    return text or cell.get(f"{OFFICE}string-value", "")


def written(value: object) -> str:
    """A value as text: whole numbers without a point, days as YYYY-MM-DD, "" for none."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix(" 00:00:00") if hasattr(value, "isoformat") else str(value)
