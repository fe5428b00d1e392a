"""Sheets of workbooks (.xlsx, .ods) as rows of text.

A cell is text as publishers mean it: whole numbers without a point, days as YYYY-MM-DD, errors such as #REF! as they
stand. A formula counts as the value that was saved with it; where none was, its cell is UNSAVED. A cell that is merged
with the one above it or to its left is empty.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Protocol

import openpyxl

from csp_dash.ingest.files.opendocument import UNSAVED, OpenDocument, written

FORMULA = re.compile(rb"<(\w{1,20}:)?f[ >/]")
BLOCK = 1 << 22

Rows = Iterator[list[str]]


class Book(Protocol):
    """A workbook, as long as its file is open. A damaged one may break the libraries in any way as its rows are read."""

    def heads(self, most: int) -> Iterator[tuple[str, list[list[str]]]]:
        """Each sheet by name, with so many of its first rows."""

    def rows(self, sheet: str) -> Rows:
        """All rows of a sheet from its top, however long each is. Unreadable where they are far too many."""


def opened(handle: IO[bytes]) -> Book:
    """The workbook that an open file holds."""
    with zipfile.ZipFile(handle) as parts:
        names = parts.namelist()
    return _Excel(handle) if "xl/workbook.xml" in names else OpenDocument(handle)


class _Excel:
    """A workbook of Excel since 2007."""

    def __init__(self, handle: IO[bytes]) -> None:
        self.handle = handle
        self.book = self._opened(data_only=True)

    def _opened(self, *, data_only: bool) -> openpyxl.Workbook:
        book = openpyxl.load_workbook(self.handle, read_only=True, data_only=data_only)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs write a size that is wrong
        return book

    def heads(self, most: int) -> Iterator[tuple[str, list[list[str]]]]:
        for sheet in self.book.worksheets:
            yield (
                sheet.title,
                [[written(cell) for cell in row] for row in sheet.iter_rows(max_row=most, values_only=True)],
            )

    def rows(self, sheet: str) -> Rows:
        saved = self.book[sheet].iter_rows(values_only=True)
        if not self._calculates():
            for row in saved:
                yield [written(cell) for cell in row]
            return
        formulas = self._opened(data_only=False)[sheet].iter_rows(values_only=True)
        for row, meant in zip(saved, formulas, strict=True):
            yield [_saved(cell, formula) for cell, formula in zip(row, meant, strict=True)]

    def _calculates(self) -> bool:
        """Whether any sheet holds a formula; most workbooks hold none, and need not be read twice."""
        self.handle.seek(0)
        with zipfile.ZipFile(self.handle) as parts:
            for name in parts.namelist():
                if name.startswith("xl/worksheets/"):
                    with parts.open(name) as sheet:
                        end = b""
                        while block := sheet.read(BLOCK):
                            if FORMULA.search(end + block):
                                return True
                            end = block[-40:]
        return False


def _saved(value: object, formula: object) -> str:
    return UNSAVED if value is None and isinstance(formula, str) and formula.startswith("=") else written(value)
