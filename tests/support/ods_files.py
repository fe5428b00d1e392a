"""OpenDocument workbooks (.ods), written by hand since no library here writes them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

Cell = str | float | date | None
Sheets = Mapping[str, Sequence[Sequence[Cell]]]
NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"), ("draw", "drawing"))
)
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return raw.getvalue()


def ods(sheets: Sheets) -> bytes:
    return ods_of("".join(table(name, "".join(map(row, rows))) for name, rows in sheets.items()))


def ods_of(tables: str, *, kind: str = ODS, manifest: str = "") -> bytes:
    """A workbook of tables that are written out."""
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f'<?xml version="1.0"?><office:document-content {NAMES}>{body}</office:document-content>'
    return zipped(
        {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>"}
    )


def table(name: str, rows: str) -> str:
    """A sheet, filled up to its last row and column as office programs do."""
    rest = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    return f"<table:table table:name={quoteattr(name)}>{rows}{rest}</table:table>"


def row(cells: Sequence[Cell], times: int = 1) -> str:
    rest = '<table:table-cell table:number-columns-repeated="16000"/>'
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(map(cell, cells))}{rest}</table:table-row>'


def cell(value: Cell, more: str = "") -> str:
    if value is None:
        return "<table:table-cell/>"
    kind, own = "string", ""
    if isinstance(value, int | float):
        kind, own = "float", f'office:value="{value}"'
    elif isinstance(value, date):
        kind, own = "date", f'office:date-value="{value.isoformat()}"'
    shown = escape(str(value))
    return f'<table:table-cell {more} office:value-type="{kind}" {own}><text:p>{shown}</text:p></table:table-cell>'
