"""What a file is, by its content and never by its name; or, in a sentence, what is wrong with it.

Only the head of a file is read, and zips are read as they stand, so that the size of a file does not matter.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import json
import lzma
import re
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import openpyxl
import pyarrow.parquet as pq
import pyogrio

HEAD = 65_536
"""Bytes that are read of a file to know it."""
TITLE_ROWS = 30
"""Rows above the header that a spreadsheet may have."""
MOST_MEMBERS, MOST_RATIO = 5_000, 400
"""Files in a zip, and how many times its size it may unpack to, before it is refused."""
MONTH = re.compile(r"^(19|20)\d{2}(0[1-9]|1[0-2])$")
DATED = re.compile(r"((?:19|20)\d{2})-(0[1-9]|1[0-2])")
DOCUMENTS = (".md", ".txt", ".pdf", ".docx", ".html", ".prj", ".cpg", ".qpj", ".xml")
PARTS_OF_A_SHAPE = (".shp", ".shx", ".dbf", ".prj", ".sbn", ".sbx", ".cpg", ".qpj", ".xml")


@dataclass(frozen=True, slots=True)
class Format:
    """A published shape of file: see formats.toml. `where` is a column and a pattern that one of its first values fits."""

    id: str
    title: str
    publisher: str
    headers: tuple[tuple[str, ...], ...]
    month: str = ""
    where: tuple[str, ...] = ()
    months: bool = False
    shapes: bool = False
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """`path` as given (`outer.zip!inner.csv` inside a zip); `format` is empty where there is a `problem`, a sentence.

    `period` is what the header or the first rows tell of it. `note` is worth knowing and stops nothing.
    """

    path: str
    format: str = ""
    title: str = ""
    publisher: str = ""
    period: str = ""
    note: str = ""
    problem: str = ""


class _Unreadable(Exception):
    """Why a file cannot be read, as the end of a sentence that begins with its name."""


@cache
def formats() -> tuple[Format, ...]:
    """The declared formats."""
    with (Path(__file__).parent / "formats.toml").open("rb") as handle:
        rows = tomllib.load(handle)["format"]
    return tuple(Format(**{**row, "headers": tuple(map(tuple, row["headers"]))}) for row in rows)


def recognise(paths: Iterable[Path]) -> list[Found]:
    """What each file is, in order; folders are walked, zips are looked into, documents are left out."""
    return [found for path in paths for file in _files(path) for found in _outer(file)]


def lines(found: Sequence[Found]) -> list[str]:
    """A line a file, then what they came to."""
    told = []
    for item in found:
        what = (
            item.problem
            or f"{item.title} ({item.publisher}){f', {item.period}' if item.period else ''}. {item.note}".rstrip()
        )
        told.append(f"{item.path}: {what}")
    known = sum(not item.problem for item in found)
    return [*told, f"{known} of {len(found)} files recognised."]


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        hidden = {part for part in path.rglob("*") if part.name.startswith((".", "__"))}
        for file in sorted(path.rglob("*")):
            own = file.relative_to(path).parts
            if file.is_file() and file not in hidden and not any(part.startswith((".", "__")) for part in own):
                yield file
    else:
        yield path


def _outer(path: Path) -> Iterator[Found]:
    name = str(path)
    if path.suffix.lower() in DOCUMENTS and path.suffix.lower() not in (".html", ".txt"):
        return
    try:
        with path.open("rb") as handle:
            yield from _stream(name, handle, path)
    except OSError as fault:
        yield Found(
            name, problem=f"{path.name} cannot be read ({fault.strerror or fault}). Look at its path and rights."
        )


def _stream(name: str, handle: IO[bytes], path: Path | None) -> Iterator[Found]:
    """What an open file is; `path` is where it lies on disk, where it does."""
    short = name.rsplit("!", 1)[-1].rsplit("/", 1)[-1]
    head = handle.read(HEAD)
    try:
        if not head:
            raise _Unreadable("is empty. Download it again")
        if head.startswith(b"PK"):
            yield from _zipped(name, handle, path)
        elif head.startswith(b"\x1f\x8b"):
            handle.seek(0)
            with gzip.open(handle) as inner:
                yield _text(name, inner.read(HEAD))
        elif head.startswith(b"\xfd7zXZ"):
            handle.seek(0)
            yield from _tarred(name, handle)
        elif head.startswith(b"PAR1"):
            handle.seek(0)
            yield _fitted(name, [pq.ParquetFile(handle).schema_arrow.names], shapes=False)
        elif head.startswith(b"\xd0\xcf\x11\xe0"):
            raise _Unreadable("is an old Excel file (.xls). Open it and save it as .xlsx or CSV")
        else:
            text = head
            if head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"{") and len(head) == HEAD and path is not None:
                handle.seek(-min(HEAD, path.stat().st_size - HEAD), io.SEEK_END)  # TopoJSON names its areas at the end
                text = head + handle.read()
            yield _text(name, text)
    except _Unreadable as fault:
        yield Found(name, problem=f"{short} {fault}.")
    except (EOFError, gzip.BadGzipFile, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, OSError) as fault:
        yield Found(name, problem=f"{short} is cut short or damaged ({fault}). Download it again.")
    except (ValueError, KeyError) as fault:
        yield Found(name, problem=f"{short} cannot be read ({fault}). Download it again.")


# --- zips ------------------------------------------------------------------------------------------


def _zipped(name: str, handle: IO[bytes], path: Path | None) -> Iterator[Found]:
    handle.seek(0)
    with zipfile.ZipFile(handle) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        names = {member.filename for member in members}
        if "xl/workbook.xml" in names:
            yield _workbook(name, handle)
            return
        packed = sum(member.compress_size for member in members) or 1
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_RATIO * packed + HEAD:
            raise _Unreadable("would unpack to far more than it holds: it may be a zip bomb, so it was not opened")
        if any(member.flag_bits & 1 for member in members):
            raise _Unreadable("is locked with a password. Unlock it and save it without one")
        if any(entry.lower().endswith(".shp") for entry in names):
            yield _shapefile(name, path, sorted(entry for entry in names if entry.lower().endswith(".shp")))
        for member in members:
            if member.filename.lower().endswith((*PARTS_OF_A_SHAPE, *DOCUMENTS)):
                continue
            with archive.open(member) as inner:
                yield from _stream(f"{name}!{member.filename}", io.BytesIO(_whole_if_packed(inner)), None)


def _whole_if_packed(inner: IO[bytes]) -> bytes:
    """The head of a member; all of it where it is itself packed, since those are read from their end."""
    head = inner.read(HEAD)
    return head + inner.read() if head.startswith((b"PK", b"PAR1")) else head


def _tarred(name: str, handle: IO[bytes]) -> Iterator[Found]:
    with tarfile.open(fileobj=handle, mode="r|xz") as archive:
        for member in archive:
            inner = archive.extractfile(member) if member.isfile() else None
            if inner is not None:
                yield _text(f"{name}!{member.name}", inner.read(HEAD))


def _shapefile(name: str, path: Path | None, shapes: Sequence[str]) -> Found:
    if path is None:
        raise _Unreadable("is a shapefile inside another zip. Unpack the outer one first")
    columns = [list(pyogrio.read_info(f"/vsizip/{path.resolve()}/{shape}")["fields"]) for shape in shapes]
    return _fitted(name, columns, shapes=True)


def _workbook(name: str, handle: IO[bytes]) -> Found:
    """The first sheet with a header that is known; a title row above it is no harm."""
    handle.seek(0)
    book = openpyxl.load_workbook(io.BytesIO(handle.read()), read_only=True, data_only=True)
    fault = _Unreadable("has no sheets. Download it again")
    for sheet in book.worksheets:
        rows = [
            ["" if cell is None else str(cell) for cell in row]
            for row in sheet.iter_rows(max_row=TITLE_ROWS, values_only=True)
        ]
        try:
            return _fitted(name, rows, shapes=False, body=rows)
        except _Unreadable as other:
            fault = other
    raise fault


# --- text ------------------------------------------------------------------------------------------


def _text(name: str, head: bytes) -> Found:
    if not head:
        raise _Unreadable("is empty. Download it again")
    text, note = _decoded(head)
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype html", "<html")):
        raise _Unreadable("is a web page, perhaps an error page saved in place of the file. Download it again")
    if text.lstrip().startswith("{"):
        return _json(name, text)
    sample = text.splitlines()[: TITLE_ROWS + 20]
    fault: _Unreadable | None = None
    for mark in sorted(",;\t", key=lambda one: -max((line.count(one) for line in sample), default=0)):
        rows = list(csv.reader(sample, delimiter=mark))
        try:
            found = _fitted(name, rows[:TITLE_ROWS], shapes=False, body=rows)
        except _Unreadable as other:
            fault = fault or other
            continue
        return _noted(found, note) if note else found
    raise fault or _Unreadable("is empty. Download it again")


def _decoded(head: bytes) -> tuple[str, str]:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="ignore"), "It is in UTF-16."
    try:
        return head.decode("utf-8-sig"), ""
    except UnicodeDecodeError as fault:
        if fault.start > len(head) - 4:  # a letter that the cut went through
            return head[: fault.start].decode("utf-8-sig"), ""
    if b"\x00" in head[:1000]:
        raise _Unreadable("is no text and of no kind that is known here")
    return head.decode(
        "cp1252", errors="replace"
    ), "It is in Windows-1252, not UTF-8: look at its apostrophes and accents."


def _json(name: str, text: str) -> Found:
    """The properties of the first shape of a GeoJSON or TopoJSON file."""
    if '"properties"' not in text or not re.search(r'"type"\s*:\s*"(FeatureCollection|Topology)"', text):
        raise _Unreadable("is JSON without outlines, which is not read here")
    keys = []
    decoder = json.JSONDecoder()
    for match in re.finditer(r'"properties"\s*:\s*(?=\{)', text):
        try:
            keys.append(list(decoder.raw_decode(text, match.end())[0]))
        except json.JSONDecodeError:
            break
    return _fitted(name, keys[:TITLE_ROWS], shapes=True)


# --- headers ---------------------------------------------------------------------------------------


def _folded(column: str) -> str:
    return re.sub(r"[^a-z0-9]", "", column.lower())


def _fitted(name: str, rows: Sequence[Sequence[str]], *, shapes: bool, body: Sequence[Sequence[str]] = ()) -> Found:
    """The format that one of the first rows is the header of; else what comes nearest and what it lacks."""
    best: tuple[int, Format | None, int] = (0, None, 0)
    for at, row in enumerate(rows):
        own = {_folded(cell) for cell in row}
        for form in formats():
            if form.shapes is not shapes or (form.months and not any(MONTH.match(cell.strip()) for cell in row)):
                continue
            size = max((len(header) for header in form.headers if {_folded(c) for c in header} <= own), default=0)
            if form.where:
                size = size + 1 if size and _holds(form, row, body[at + 1 :]) else 0
            if size > best[0]:
                best = (size, form, at)
    _, fit, at = best
    if fit is None:
        raise _Unreadable(_nearest(rows, shapes))
    note = f"Its header is in row {at + 1}." if at and not shapes else ""
    if body and len(body) <= at + 1:
        note = f"{note} It has a header and no rows.".strip()
    return Found(name, fit.id, fit.title, fit.publisher, _period(fit, rows[at], body[at + 1 :]), note)


def _holds(form: Format, header: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether one of the first rows has a value that the format asks for."""
    column, pattern = form.where
    place = next((i for i, cell in enumerate(header) if _folded(cell) == _folded(column)), None)
    return place is not None and any(len(row) > place and re.fullmatch(pattern, row[place]) for row in body)


def _nearest(rows: Sequence[Sequence[str]], shapes: bool) -> str:
    """The end of a sentence: the format that a file comes nearest to, and the column that it lacks."""
    best: tuple[float, Format, str, list[str]] | None = None
    for row in rows:
        own = {_folded(cell): cell for cell in row if cell}
        for form in (one for one in formats() if one.shapes is shapes):
            for header in form.headers:
                missing = [column for column in header if _folded(column) not in own]
                share = 1 - len(missing) / len(header)
                if share >= 0.5 and missing and (best is None or share > best[0]):
                    strange = [cell for key, cell in own.items() if key not in {_folded(c) for c in header}]
                    best = (share, form, missing[0], strange)
    if best is None:
        return "is of no format that is known here. Its columns fit none of the published ones"
    _, near, lacks, strange = best
    close = difflib.get_close_matches(lacks, strange, n=1, cutoff=0.4)
    instead = f"; perhaps it is now called '{close[0]}'" if close else ""
    return f"looks like “{near.title}” but has no column '{lacks}'{instead}. Put the column back, or ask for the format to be declared"


def _period(form: Format, header: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """Months that are columns, from first to last; else the month of the first row."""
    months = sorted(cell.strip() for cell in header if MONTH.match(cell.strip()))
    if months:
        return " to ".join(dict.fromkeys(f"{month[:4]}-{month[4:]}" for month in (months[0], months[-1])))
    place = next((i for i, cell in enumerate(header) if form.month and _folded(cell) == _folded(form.month)), None)
    if place is None or not body or len(body[0]) <= place:
        return ""
    dated = DATED.search(body[0][place])
    return f"from {dated[1]}-{dated[2]}" if dated else ""


def _noted(found: Found, note: str) -> Found:
    return Found(found.path, found.format, found.title, found.publisher, found.period, f"{found.note} {note}".strip())
