"""Recognition of file types by their first bytes: text, workbook, Parquet, shapefile, GeoJSON."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import IO

import pyarrow.parquet as pq

from csp_dash.ingest.files.detected import Detected, joined, made, month, span
from csp_dash.ingest.files.formats import AGAIN, SAVE_ANEW, Near, Unknown, Unreadable, fit, header_months, publication
from csp_dash.ingest.files.workbooks import opened

HEAD = 65_536
"""Bytes that are read of a file to know it."""
SAMPLE, TITLE_ROWS = 50, 30
"""Rows of a sheet that are read, and rows that may stand above the header."""
LARGEST = 64_000_000
"""Bytes that are read whole at most: of a packed file inside another, or to count rows."""

ARCHIVE = "Take the CSV files of data.police.uk/data instead"
ANSWERS = (
    ("stop and searches", ("object_of_search", "datetime"), f"{ARCHIVE}, or run `python -m csp_dash fetch police_uk`"),
    ("outcomes of crimes", ("category", "crime", "date"), ARCHIVE),
    (
        "street-level crimes",
        ("category", "location_type", "month"),
        f"{ARCHIVE}, or run `python -m csp_dash fetch police_uk`",
    ),
)
"""Answers of the police API by their fields, and what to take in instead."""
EXPORTED = {
    "a table saved as a web page (HTML)": r"\A\s*<(?!\?xml).*<table|\A\s*<table",
    "a workbook in the old XML form of Excel": r"\A\s*<\?xml.*urn:schemas-microsoft-com:office:spreadsheet",
    "a workbook saved as a web archive (MHTML)": r"\AMIME-Version:.*multipart/related",
}
"""Tables in disguise, by how their text begins."""


def tail(handle: IO[bytes]) -> bytes:
    """The end of a file, beyond its head."""
    size = handle.seek(0, io.SEEK_END)
    handle.seek(max(HEAD, size - HEAD))
    return handle.read()


def shapefile(name: str, archive: zipfile.ZipFile, shape: str) -> Iterator[Detected]:
    """Outlines, by the columns of the table beside them (.dbf)."""
    beside = next((one for one in archive.namelist() if one.lower() == f"{shape[:-4]}.dbf".lower()), None)
    if beside is None:
        raise Unreadable("has no table beside it (.dbf). Zip all its parts together")
    with archive.open(beside) as inner:
        head = inner.read(HEAD)
    if len(head) < 65:
        raise Unreadable(f"has a table beside it that is cut short (.dbf). {AGAIN}")
    ends = range(32, int.from_bytes(head[8:10], "little") - 31, 32)
    columns = [head[at : at + 11].split(b"\0")[0].decode("latin-1") for at in ends]
    form, _ = fit([columns], shapes=True)
    rows = int.from_bytes(head[4:8], "little")
    yield Detected(name, form.id, form.title, form.publisher, rows=rows, columns=tuple(columns))


def parquet(name: str, handle: IO[bytes]) -> Detected:
    """By the names of its columns; its period by what the file says of its month column."""
    about = pq.ParquetFile(handle)
    columns = about.schema_arrow.names
    form, _ = fit([columns], shapes=False)
    months = []
    if form.month in columns and about.metadata.num_columns == len(columns):
        groups = [about.metadata.row_group(at) for at in range(about.metadata.num_row_groups)]
        ends = [group.column(columns.index(form.month)).statistics for group in groups]
        months = [month(str(end)) for one in ends if one is not None and one.has_min_max for end in (one.min, one.max)]
    period = span(header_months(columns, months=form.months) or months)
    return Detected(
        name, form.id, form.title, form.publisher, period, rows=about.metadata.num_rows, columns=tuple(columns)
    )


def workbook(name: str, handle: IO[bytes]) -> Iterator[Detected]:
    """Each sheet with a header that is known; the others beside it are passed over, and one that comes near is told."""
    fault, known = Unknown(f"has no sheets. {AGAIN}"), False
    near: list[Detected] = []
    titles: list[list[str]] = []
    for sheet, rows in opened(handle).heads(SAMPLE):
        titles += rows
        try:
            found = _sheet(name, rows)
        except Unknown as other:
            fault = other if len(str(other)) > len(str(fault)) else fault
            if isinstance(other, Near):
                near.append(Detected(name, "document", "Not a known table", note=f"It {other}.", sheet=sheet))
            continue
        known = True
        yield replace(found, sheet=sheet)
    if not known:
        yield _without(name, titles, fault)
    else:
        yield from near


def _without(name: str, rows: list[list[str]], fault: Unknown) -> Detected:
    """What is told of a publication that has nothing on the borough. Raises the fault for anything else."""
    found = publication(rows)
    if found is None:
        raise fault
    return Detected(name, "document", found.title, found.publisher, note=found.why)


def _sheet(name: str, ragged: list[list[str]]) -> Detected:
    """A table with titles above its header, or merged cells in it."""
    width = max((len(row) for row in ragged), default=0)
    rows = [row + [""] * (width - len(row)) for row in ragged]
    # a cell that is merged with the one above it is empty here
    filled = [[b or a for a, b in zip(above, row, strict=False)] for above, row in zip([[], *rows], rows, strict=False)]
    try:
        header = rows
        form, at = fit(header[:TITLE_ROWS], shapes=False, body=rows)
    except Unknown as fault:
        header = filled
        try:
            form, at = fit(header[:TITLE_ROWS], shapes=False, body=rows)
        except Unknown as other:
            raise max(fault, other, key=lambda one: len(str(one))) from None
    return made(name, form, [*header[: at + 1], *rows[at + 1 :]], at, whole=len(rows) < SAMPLE)


def json_text(head: bytes) -> Unknown:
    """What is said of JSON that is no outlines."""
    for what, fields, instead in ANSWERS:
        if all(f'"{field}"'.encode() in head for field in fields):
            return Near(f"is JSON of the police API ({what}), which is not read here. {instead}")
    return Unknown("is JSON without outlines, which is not read here. Take the file as CSV")


def outlines(name: str, head: bytes, handle: IO[bytes] | None) -> Detected:
    """The properties of the shapes of a GeoJSON or TopoJSON file, wherever in it the first of them stand."""
    raw = head
    if handle is not None and b'"properties"' not in raw:
        raw += handle.read(LARGEST)  # TopoJSON may name its areas at the end
    text = raw.decode("utf-8-sig", errors="replace")
    if '"properties"' not in text or not re.search(r'"type"\s*:\s*"(FeatureCollection|Topology)"', text):
        raise json_text(head)
    keys: list[list[str]] = []
    for match in re.finditer(r'"properties"\s*:\s*(?=\{)', text):
        try:
            keys.append(list(json.JSONDecoder().raw_decode(text, match.end())[0]))
        except json.JSONDecodeError:
            break
    form, at = fit(keys[:TITLE_ROWS], shapes=True)
    rows = len(keys) - at if len(head) < HEAD else None
    return Detected(name, form.id, form.title, form.publisher, rows=rows, columns=tuple(keys[at]))


def table(name: str, head: bytes, handle: IO[bytes] | None) -> Detected:
    """A table of text, whatever separates its columns."""
    whole = len(head) < HEAD
    text, encoding, note = _decoded(head)
    if kind := next((kind for kind, look in EXPORTED.items() if re.search(look, text, re.I | re.S)), ""):
        raise Near(f"is {kind}, as some systems export it under the name of an Excel file. {SAVE_ANEW}")
    if re.match(r"\s*(<!--.*?-->\s*)*(<!doctype html|<html|<head|<body|<\?xml|<error)", text[:2000], re.I | re.S):
        raise Near(f"is a web page or an error message, saved in place of the file. {AGAIN}")
    if not whole:
        if not re.search(r"[\r\n]", text):
            raise Unreadable(
                f"begins with a line of more than {HEAD:,} bytes, so it is no table that is known here. {AGAIN}"
            )
        text = text[: text.rfind("\n") + 1] or text
    last = "" if whole or handle is None or encoding.startswith("utf-16") else tail(handle).decode(encoding, "replace")
    fault: Unknown | None = None
    for mark in sorted(",;\t|", key=lambda one: -max(line.count(one) for line in [*text.splitlines()[:SAMPLE], ""])):
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), HEAD))
        try:
            form, at = fit(rows[:TITLE_ROWS], shapes=False, body=rows)
        except Unknown as other:
            fault = fault or other
            continue
        ends = list(csv.reader(io.StringIO(last.partition("\n")[2], newline=""), delimiter=mark))
        found = made(name, form, rows, at, ends, whole=whole)
        if handle is not None and not whole and not encoding.startswith("utf-16"):
            found = replace(found, rows=_counted(handle, at + 1))
        return replace(found, note=joined(found.note, note), mark=mark, encoding=encoding)
    return _without(name, [[text]], fault or Unknown("is of no format that is known here"))


def _counted(handle: IO[bytes], above: int) -> int | None:
    """Rows below the header, where the file is small enough to be read once more; a line end in quotes ends no row."""
    if handle.seek(0, io.SEEK_END) > LARGEST:
        return None
    handle.seek(0)
    ends, quoted, last = 0, False, b""
    while block := handle.read(1 << 20):
        for at, part in enumerate(block.split(b'"')):
            quoted = quoted ^ bool(at)
            ends += 0 if quoted else part.count(b"\n")
        last = block[-1:]
    return ends + (last != b"\n") - above


def _decoded(head: bytes) -> tuple[str, str, str]:
    """A text, its encoding, and a note where that is not UTF-8.

    Publishers use these encodings and no others. A guess among all there are is wrong where letters beyond ASCII are few:
    it takes one pound sign in 64 KB for a Polish letter (Windows-1250).
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="ignore"), "utf-16", "It is in UTF-16."
    for name, zeros in (("utf-16-le", head[1:2000:2]), ("utf-16-be", head[0:2000:2])):
        if len(head) > 3 and zeros.count(0) > 0.9 * len(zeros):
            return head.decode(name, errors="ignore"), name, "It is in UTF-16."
    if b"\x00" in head:
        at = head.index(b"\x00")
        if at < 200 or re.search(rb"[\x01-\x08\x0e-\x1f]", head[:at]):
            raise Unreadable("is no text and of no kind that is known here")
        line = head[:at].count(b"\n") + 1
        raise Unreadable(f"has zero bytes in line {line}, which no text has: it is damaged or half written. {AGAIN}")
    try:
        return head.decode("utf-8-sig"), "utf-8", ""
    except UnicodeDecodeError as fault:
        if fault.start > len(head) - 4 and len(head) == HEAD:  # a letter that the cut went through
            return head[: fault.start].decode("utf-8-sig"), "utf-8", ""
        line = head[: fault.start].count(b"\n") + 1
    note = f"It is in Windows-1252, not UTF-8 (line {line}): look at its apostrophes and accents."
    return head.decode("cp1252", errors="replace"), "cp1252", note
