"""What a file is, by its content and never by its name; or, in a sentence, what is wrong with it.

Only the head of a file is read, and a little of its end; archives are read as they stand. So neither time nor memory
grows with the size of a file. What the formats are stands in formats.toml.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import json
import lzma
import os
import re
import tarfile
import tomllib
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO, cast

import openpyxl
import pyarrow.parquet as pq

HEAD = 65_536
"""Bytes that are read of a file to know it."""
SAMPLE, TITLE_ROWS = 50, 30
"""Rows of a sheet that are read, and rows that may stand above the header."""
LARGEST = 64_000_000
"""Bytes that are read whole at most: of a packed file inside another, or to count rows."""
MOST_MEMBERS, MOST_RATIO, MOST_BYTES = 5_000, 400, 64_000_000_000
"""Files in an archive, how many times its size it may unpack to, and to how much, before it is refused."""
HOME, HOME_NAME = "E09000030", "tower hamlets"
DOCUMENTS = (".md", ".txt", ".rst", ".docx", ".html", ".prj", ".cpg", ".qpj", ".xml", ".pdf", ".toml", ".yml")
PARTS_OF_A_SHAPE = (".shp", ".shx", ".dbf", ".prj", ".sbn", ".sbx", ".cpg", ".qpj", ".shp.xml")
MONTH = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])")
YEAR = re.compile(r"(?:19|20)\d{2}")
BOROUGH_COLUMN = re.compile(
    r"(lookup)?borough(name|snt)?|incgeoborough(code|name)|lad\d\d(cd|nm)|localauthority(onscode)?"
    r"|localauthoritydistrict(code|name)\d{4}|lsoaname|lsoa\d\dnm"
)
WORDS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
UNWRITTEN = ("Cc", "Cs")
"""Kinds of letters that a name cannot be shown with: control characters, and bytes that are no letters."""
PACKED = (b"PK", b"PAR1", b"\x1f\x8b", b"\xfd7zXZ")
AGAIN = "Download it again"
NO_ROWS = "It has a header and no rows."


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
    """`path` as given (`outer.zip!inner.csv` inside an archive, where `inside` has the names within it, outermost first);
    `format` is empty where there is a `problem`, a sentence.

    `period` and `rows` are told where they are cheap to know. The rest is what it takes to read the table: in which row
    (from 0) its header stands and with which cells, what separates its columns, its encoding, its sheet. `note` is worth
    knowing and stops nothing. A text that is no table has the format `document`. `damaged` tells a file that cannot be
    read, or was clearly meant to be one that is known, from one that is merely unknown.
    """

    path: str
    format: str = ""
    title: str = ""
    publisher: str = ""
    period: str = ""
    note: str = ""
    problem: str = ""
    rows: int | None = None
    damaged: bool = False
    header: int = 0
    columns: tuple[str, ...] = ()
    mark: str = ""
    encoding: str = ""
    sheet: str = ""
    inside: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The file on disk: `path` without what lies inside it. A name may hold a "!" itself."""
        return self.path.removesuffix("".join(f"!{name}" for name in self.inside))


class _Unreadable(Exception):
    """Why a file cannot be read, as the end of a sentence that begins with its name."""


class _Unknown(_Unreadable):
    """It can be read, but has no format that is known."""


class _Near(_Unknown):
    """It has no format that is known, and was clearly meant to be of one."""


@cache
def formats() -> tuple[Format, ...]:
    """The declared formats."""
    with (Path(__file__).parent / "formats.toml").open("rb") as handle:
        rows = tomllib.load(handle)["format"]
    return tuple(Format(**{**row, "headers": tuple(map(tuple, row["headers"]))}) for row in rows)


def recognise(paths: Iterable[Path]) -> list[Found]:
    """What each file is, in order; folders are walked, archives are looked into."""
    return [
        found for path in paths for file in _files(path) for found in _guarded(_shown(file), _opened(file), file.name)
    ]


def lines(found: Sequence[Found]) -> list[str]:
    """A line a file, then what they came to."""
    told = []
    for item in found:
        period = f", {item.period}" if item.period else ""
        rows = "" if item.rows is None else f", {item.rows:,} rows"
        publisher = f" ({item.publisher})" if item.publisher else ""
        told.append(f"{item.path}: {item.problem or f'{item.title}{publisher}{period}{rows}. {item.note}'.rstrip()}")
    tables = [item for item in found if item.format != "document"]
    return [*told, f"{sum(not item.problem for item in tables)} of {len(tables)} files recognised."]


# --- files and archives ----------------------------------------------------------------------------


def _files(path: Path) -> Iterator[Path]:
    """The files of a folder in order; links to folders are not followed, and one that may not be read is given as it is."""
    if not path.is_dir():
        yield path
        return
    shut: list[Path] = []
    for top, folders, names in os.walk(path, onerror=lambda fault: shut.append(Path(str(fault.filename)))):
        folders[:] = sorted(name for name in folders if not _aside(name))
        yield from (Path(top) / name for name in sorted(names) if not _aside(name))
    yield from shut


def _aside(name: str) -> bool:
    """Hidden files, caches, the cards beside downloads, and what Windows, Excel and a Mac put beside files and into zips."""
    parts = [part for part in Path(name).parts if part != ".."]
    left = name.endswith(".card.json") or Path(name).name.lower() in ("thumbs.db", "desktop.ini")
    return left or any(part.startswith((".", "__", "~$")) for part in parts)


def _shown(path: Path | str) -> str:
    """A path as text that can be written down."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(one) in UNWRITTEN else one for one in str(path))


def _guarded(name: str, work: Iterator[Found], file: str) -> Iterator[Found]:
    """What a reader finds, and a sentence in place of whatever breaks it."""
    short = _shown(Path(file.replace("\\", "/")).name)
    try:
        yield from work
    except _Unreadable as fault:
        if isinstance(fault, _Unknown) and short.lower().endswith(DOCUMENTS):
            yield Found(name, "document", "A document, not data")
        else:
            yield Found(
                name, problem=f"{short} {fault}.", damaged=isinstance(fault, _Near) or not isinstance(fault, _Unknown)
            )
    except NotImplementedError:
        yield Found(name, problem=f"{short} is packed in a way that is not read here. Unpack it first.", damaged=True)
    except Exception as fault:  # a damaged file may break any library in any way
        why = (str(fault).splitlines() or [type(fault).__name__])[0][:120].rstrip(".")
        yield Found(name, problem=f"{short} is cut short or damaged ({why}). {AGAIN}.", damaged=True)


def _member(archive: str, member: str, work: Iterator[Found]) -> Iterator[Found]:
    """What is found in a file of an archive, which bears the name `member` there."""
    for found in _guarded(f"{archive}!{member}", work, member):
        yield replace(found, inside=(member, *found.inside))


def _opened(path: Path) -> Iterator[Found]:
    if _shown(path) != str(path):
        raise _Unreadable(
            "has a name that cannot be written down, with a line break or broken letters in it. Rename it"
        )
    try:
        if path.exists() and not path.is_file():
            raise _Unreadable("cannot be read: it is no ordinary file, or a folder without the right to look into it")
        handle = path.open("rb")
    except OSError as fault:
        raise _Unreadable(f"cannot be read ({fault.strerror or fault}). Look at its path and rights") from None
    with handle:
        yield from _looked_at(str(path), handle, depth=0, near=True)


def _looked_at(name: str, handle: IO[bytes], *, depth: int, near: bool) -> Iterator[Found]:
    """What an open file is; `near` where its end is as quick to reach as its head."""
    head = handle.read(HEAD)
    if not head:
        raise _Unreadable(f"is empty. {AGAIN}")
    if head.startswith(b"PK"):
        yield from _zipped(name, handle, depth)
    elif head.startswith((b"\x1f\x8b", b"\xfd7zXZ")) or head[257:262] == b"ustar":
        yield from _packed(name, handle, head, depth)
    elif head.startswith(b"PAR1"):
        yield _parquet(name, handle)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        locked = "EncryptedPackage".encode("utf-16-le") in head + _tail(handle)
        raise _Unreadable(
            "is locked with a password. Unlock it and save it without one"
            if locked
            else "is an old Excel file (.xls). Open it and save it as .xlsx or CSV"
        )
    elif head.startswith(b"%PDF"):
        yield Found(name, "document", "A document, not data")
    elif head.startswith(b"\x00\x00\x27\x0a"):
        raise _Unreadable("is one part of a shapefile. Zip all its parts together")
    elif head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        yield _json(name, head, handle if near else None)
    else:
        yield _text(name, head, handle if near else None)


def _tail(handle: IO[bytes]) -> bytes:
    """The end of a file, beyond its head."""
    size = handle.seek(0, io.SEEK_END)
    handle.seek(max(HEAD, size - HEAD))
    return handle.read()


def _zipped(name: str, handle: IO[bytes], depth: int) -> Iterator[Found]:
    if depth > 1:
        raise _Unreadable("is a zip in a zip in a zip. Unpack the outer ones first")
    size = handle.seek(0, io.SEEK_END)
    with zipfile.ZipFile(handle) as archive:
        members = [member for member in archive.infolist() if not member.is_dir() and not _aside(member.filename)]
        names = {member.filename for member in members}
        unpacked = sum(member.file_size for member in members)
        if len(members) > MOST_MEMBERS or unpacked > min(MOST_BYTES, MOST_RATIO * size + HEAD):
            raise _Unreadable("would unpack to far more than it holds: it may be a zip bomb, so it was not opened")
        if any(member.flag_bits & 1 for member in members):
            raise _Unreadable("is locked with a password. Unlock it and save it without one")
        if "word/document.xml" in names:
            yield Found(name, "document", "A document, not data")
        elif "xl/workbook.xml" in names:
            texts = sum(member.file_size for member in members if member.filename.endswith("sharedStrings.xml"))
            if unpacked > 40 * LARGEST or texts > 5 * LARGEST:  # texts are held in memory, rows are not
                raise _Unreadable("is too large a workbook to be opened here. Save its sheet as CSV")
            yield _workbook(name, handle)
        elif "mimetype" in names or "xl/workbook.bin" in names:
            raise _Unreadable("is a spreadsheet of a kind that is not read here. Save it as .xlsx or CSV")
        elif not members:
            raise _Unreadable(f"is a zip with nothing in it. {AGAIN}")
        else:
            shapes = [member for member in members if member.filename.lower().endswith(".shp")]
            for shape in shapes:
                inside = f"{name}!{shape.filename}"
                yield from _member(name, shape.filename, _shapefile(inside, archive, shape.filename))
            for member in members:
                if not (shapes and member.filename.lower().endswith(PARTS_OF_A_SHAPE)):
                    inside = f"{name}!{member.filename}"
                    yield from _member(name, member.filename, _from_zip(inside, archive, member, depth))


def _from_zip(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, depth: int) -> Iterator[Found]:
    with archive.open(member) as inner:
        yield from _inside(name, inner, member.file_size, depth)


def _inside(name: str, stream: IO[bytes], size: int, depth: int) -> Iterator[Found]:
    """A file in an archive: its head, or all of it where it must be read from its end."""
    head = stream.read(HEAD)
    whole = head.startswith((*PACKED, b"{"))
    if whole and size > LARGEST:
        raise _Unreadable("is too large to be read inside another file. Take it out first")
    kept = head + stream.read(LARGEST) if whole else head
    yield from _looked_at(name, io.BytesIO(kept), depth=depth + 1, near=whole)


def _packed(name: str, handle: IO[bytes], head: bytes, depth: int) -> Iterator[Found]:
    """A .gz or .xz, or a tar, packed or not; a tar is read once from front to back."""
    size = handle.seek(0, io.SEEK_END)
    handle.seek(0)
    if head[257:262] == b"ustar":
        yield from _tarred(name, handle, size, depth)
        return
    with gzip.GzipFile(fileobj=handle) if head.startswith(b"\x1f\x8b") else lzma.LZMAFile(handle) as opened:
        stream = cast(IO[bytes], opened)
        head = stream.read(HEAD)
        if head[257:262] == b"ustar":
            stream.seek(0)
            yield from _tarred(name, stream, size, depth)
        elif head.startswith(PACKED):
            raise _Unreadable("is packed twice. Unpack it once")
        else:
            yield from _looked_at(name, io.BytesIO(head), depth=depth, near=False)


def _tarred(name: str, stream: IO[bytes], size: int, depth: int) -> Iterator[Found]:
    with tarfile.open(fileobj=cast(IO[bytes], Bounded(stream, size)), mode="r|") as archive:
        for member in archive:
            inner = archive.extractfile(member) if member.isfile() and not _aside(member.name) else None
            if inner is not None:
                inside = f"{name}!{member.name}"
                yield from _member(name, member.name, _inside(inside, inner, member.size, depth))


class Bomb(_Unreadable):
    """It unpacks to far more than it holds."""


class Bounded(io.RawIOBase):
    """A stream that is given up once it has unpacked to more than a file of `size` bytes may."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self.stream, self.left = stream, min(MOST_RATIO * size + HEAD, MOST_BYTES)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        block = self.stream.read(size)
        self.left -= len(block)
        if self.left < 0:
            raise Bomb("unpacks to far more than it holds: it may be a bomb, so it was left")
        return block


# --- kinds of table --------------------------------------------------------------------------------


def _shapefile(name: str, archive: zipfile.ZipFile, shape: str) -> Iterator[Found]:
    """Outlines, by the columns of the table beside them (.dbf)."""
    table = next((one for one in archive.namelist() if one.lower() == f"{shape[:-4]}.dbf".lower()), None)
    if table is None:
        raise _Unreadable("has no table beside it (.dbf). Zip all its parts together")
    with archive.open(table) as inner:
        head = inner.read(HEAD)
    if len(head) < 65:
        raise _Unreadable(f"has a table beside it that is cut short (.dbf). {AGAIN}")
    ends = range(32, int.from_bytes(head[8:10], "little") - 31, 32)
    columns = [head[at : at + 11].split(b"\0")[0].decode("latin-1") for at in ends]
    form, _ = _fit([columns], shapes=True)
    rows = int.from_bytes(head[4:8], "little")
    yield Found(name, form.id, form.title, form.publisher, rows=rows, columns=tuple(columns))


def _parquet(name: str, handle: IO[bytes]) -> Found:
    """By the names of its columns; its period by what the file says of its month column."""
    about = pq.ParquetFile(handle)
    columns = about.schema_arrow.names
    form, _ = _fit([columns], shapes=False)
    months = []
    if form.month in columns and about.metadata.num_columns == len(columns):
        groups = [about.metadata.row_group(at) for at in range(about.metadata.num_row_groups)]
        ends = [group.column(columns.index(form.month)).statistics for group in groups]
        months = [_month(str(end)) for one in ends if one is not None and one.has_min_max for end in (one.min, one.max)]
    period = _span(_header_months(columns) or months)
    return Found(
        name, form.id, form.title, form.publisher, period, rows=about.metadata.num_rows, columns=tuple(columns)
    )


def _workbook(name: str, handle: IO[bytes]) -> Found:
    """The first sheet with a header that is known; titles above it and merged cells are no harm."""
    handle.seek(0)
    book = openpyxl.load_workbook(handle, read_only=True, data_only=True)
    fault = _Unknown(f"has no sheets. {AGAIN}")
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some programs write a size that is wrong
        cells = sheet.iter_rows(max_row=SAMPLE, values_only=True)
        ragged = [["" if cell is None else str(cell) for cell in row] for row in cells]
        width = max((len(row) for row in ragged), default=0)
        rows = [row + [""] * (width - len(row)) for row in ragged]
        # a cell that is merged with the one above it is empty here
        filled = [
            [b or a for a, b in zip(above, row, strict=False)] for above, row in zip([[], *rows], rows, strict=False)
        ]
        for header in (rows, filled):
            try:
                form, at = _fit(header[:TITLE_ROWS], shapes=False, body=rows)
            except _Unknown as other:
                fault = other if len(str(other)) > len(str(fault)) else fault
                continue
            return replace(
                _made(name, form, [*header[: at + 1], *rows[at + 1 :]], at, whole=len(rows) < SAMPLE),
                note=_joined(f"Sheet '{sheet.title}', header in row {at + 1}.", "" if rows[at + 1 :] else NO_ROWS),
                sheet=sheet.title,
            )
    raise fault


def _json(name: str, head: bytes, handle: IO[bytes] | None) -> Found:
    """The properties of the shapes of a GeoJSON or TopoJSON file, wherever in it the first of them stand."""
    raw = head
    if handle is not None and b'"properties"' not in raw:
        raw += handle.read(LARGEST)  # TopoJSON may name its areas at the end
    text = raw.decode("utf-8-sig", errors="replace")
    if '"properties"' not in text or not re.search(r'"type"\s*:\s*"(FeatureCollection|Topology)"', text):
        raise _Unknown("is JSON without outlines, which is not read here")
    keys: list[list[str]] = []
    for match in re.finditer(r'"properties"\s*:\s*(?=\{)', text):
        try:
            keys.append(list(json.JSONDecoder().raw_decode(text, match.end())[0]))
        except json.JSONDecodeError:
            break
    form, at = _fit(keys[:TITLE_ROWS], shapes=True)
    rows = len(keys) - at if len(head) < HEAD else None
    return Found(name, form.id, form.title, form.publisher, rows=rows, columns=tuple(keys[at]))


def _text(name: str, head: bytes, handle: IO[bytes] | None) -> Found:
    """A table of text, whatever separates its columns."""
    whole = len(head) < HEAD
    text, encoding, note = _decoded(head)
    if re.match(r"\s*(<!--.*?-->\s*)*(<!doctype html|<html|<head|<body|<\?xml|<error)", text[:2000], re.I | re.S):
        raise _Near(f"is a web page or an error message, saved in place of the file. {AGAIN}")
    if not whole:
        if not re.search(r"[\r\n]", text):
            raise _Unreadable(
                f"begins with a line of more than {HEAD:,} bytes, so it is no table that is known here. {AGAIN}"
            )
        text = text[: text.rfind("\n") + 1] or text
    tail = "" if whole or handle is None or encoding.startswith("utf-16") else _tail(handle).decode(encoding, "replace")
    fault: _Unknown | None = None
    for mark in sorted(",;\t|", key=lambda one: -max(line.count(one) for line in [*text.splitlines()[:SAMPLE], ""])):
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), HEAD))
        try:
            form, at = _fit(rows[:TITLE_ROWS], shapes=False, body=rows)
        except _Unknown as other:
            fault = fault or other
            continue
        ends = list(csv.reader(io.StringIO(tail.partition("\n")[2], newline=""), delimiter=mark))
        found = _made(name, form, rows, at, ends, whole=whole)
        if handle is not None and not whole and not encoding.startswith("utf-16"):
            found = replace(found, rows=_counted(handle, at + 1))
        return replace(found, note=_joined(found.note, note), mark=mark, encoding=encoding)
    raise fault or _Unknown("is of no format that is known here")


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
    """A text, its encoding, and a note where that is not UTF-8."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="ignore"), "utf-16", "It is in UTF-16."
    for name, zeros in (("utf-16-le", head[1:2000:2]), ("utf-16-be", head[0:2000:2])):
        if len(head) > 3 and zeros.count(0) > 0.9 * len(zeros):
            return head.decode(name, errors="ignore"), name, "It is in UTF-16."
    if b"\x00" in head:
        at = head.index(b"\x00")
        if at < 200 or re.search(rb"[\x01-\x08\x0e-\x1f]", head[:at]):
            raise _Unreadable("is no text and of no kind that is known here")
        line = head[:at].count(b"\n") + 1
        raise _Unreadable(f"has zero bytes in line {line}, which no text has: it is damaged or half written. {AGAIN}")
    try:
        return head.decode("utf-8-sig"), "utf-8", ""
    except UnicodeDecodeError as fault:
        if fault.start > len(head) - 4 and len(head) == HEAD:  # a letter that the cut went through
            return head[: fault.start].decode("utf-8-sig"), "utf-8", ""
        line = head[: fault.start].count(b"\n") + 1
    note = f"It is in Windows-1252, not UTF-8 (line {line}): look at its apostrophes and accents."
    return head.decode("cp1252", errors="replace"), "cp1252", note


# --- headers ---------------------------------------------------------------------------------------


def _folded(column: str) -> str:
    return re.sub(r"[^a-z0-9#]", "", column.lower())


def _columns(row: Sequence[str]) -> set[str]:
    """The columns of a header, folded; WD24CD stands for WD##CD too."""
    own = {_folded(cell) for cell in row}
    return own | {re.sub(r"\d\d(?=(cd|nm)$)", "##", key) for key in own}


def _fit(rows: Sequence[Sequence[str]], *, shapes: bool, body: Sequence[Sequence[str]] = ()) -> tuple[Format, int]:
    """The format that one of the first rows is the header of, and which row: the one with most columns, then the first."""
    best: tuple[int, Format | None, int] = (0, None, 0)
    for at, row in enumerate(rows):
        own, months = _columns(row), bool(_header_months(row))
        for form in formats():
            if form.shapes is not shapes or (form.months and not months):
                continue
            size = max((len(header) for header in form.headers if {_folded(c) for c in header} <= own), default=0)
            if form.where:
                size = size + 1 if size and _holds(form, row, body[at + 1 :]) else 0
            if size > best[0]:
                best = (size, form, at)
    _, fit, at = best
    if fit is None:
        raise _nearest(rows, shapes)
    return fit, at


def _holds(form: Format, header: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether one of the first rows has a value that the format asks for."""
    column, pattern = form.where
    return any(re.fullmatch(pattern, value) for value in _values(column, header, body))


def _values(column: str, header: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    place = next((at for at, cell in enumerate(header) if _folded(cell) == _folded(column)), None)
    return [] if place is None else [row[place].strip() for row in body if len(row) > place]


def _nearest(rows: Sequence[Sequence[str]], shapes: bool) -> _Unknown:
    """What to say: the format that a file comes nearest to, the column that it lacks, and in which line."""
    best: tuple[float, Format, list[str], list[str], int] | None = None
    for at, row in enumerate(rows):
        own = _columns(row)
        for form in (one for one in formats() if one.shapes is shapes):
            for header in form.headers:
                missing = [column for column in header if _folded(column) not in own]
                share = 1 - len(missing) / len(header)
                if share >= 0.5 and (missing or form.months) and (best is None or share > best[0]):
                    strange = [cell for cell in row if cell and _folded(cell) not in {_folded(c) for c in header}]
                    best = (share, form, missing, strange, at + 1)
    if best is None:
        return _Unknown(
            "is of no format that is known here: its columns fit none of the published ones."
            " Look at whether it is the right file"
        )
    _, near, missing, strange, line = best
    if not missing:
        return _Near(
            f"looks like “{near.title}” but line {line} has no columns of months, written as 202404. Write"
            f" them so, or take the file as it is published"
        )
    close = difflib.get_close_matches(_folded(missing[0]), map(_folded, strange), n=1, cutoff=0.4)
    now = next((cell.strip() for cell in strange if close and _folded(cell) == close[0]), "")
    instead = f"; perhaps it is now called '{now}'" if now else ""
    return _Near(
        f"looks like “{near.title}” but line {line} has no column '{missing[0]}'{instead}. Put the column back, or ask for the format to be declared"
    )


# --- what is worth telling -------------------------------------------------------------------------


def _joined(*notes: str) -> str:
    return " ".join(note for note in notes if note)


def _made(
    name: str,
    form: Format,
    rows: Sequence[Sequence[str]],
    at: int,
    ends: Sequence[Sequence[str]] = (),
    *,
    whole: bool,
) -> Found:
    """What is told of a table: `rows` from its top, the header at `at`, and `ends` from its end."""
    header = rows[at]
    body = [row for row in rows[at + 1 :] if any(row)]
    months = [_month(value) for value in _values(form.month, header, [*body, *ends])] if form.month else []
    known = _span(_header_months(header) or months)
    period = known if whole or ends or _header_months(header) or not known else f"from {known[:7]}"
    place = f"Its header is in row {at + 1}." if at else ""
    note = _joined(place, _elsewhere(header, [*body, *ends], whole) if body else NO_ROWS)
    return Found(
        name,
        form.id,
        form.title,
        form.publisher,
        period,
        note,
        rows=len(body) if whole else None,
        header=at,
        columns=tuple(cell.strip() for cell in header),
    )


def _elsewhere(header: Sequence[str], body: Sequence[Sequence[str]], whole: bool) -> str:
    """A note where no row is of this borough: all rows are known, or those that are name one other borough only."""
    places = set()
    for column in (cell for cell in header if BOROUGH_COLUMN.fullmatch(_folded(cell))):
        values = set(filter(None, _values(column, header, body)))
        small = _folded(column).startswith("lsoa")  # "Tower Hamlets 012A"
        places |= {value[:-5] for value in values if re.search(r" \d{3}[A-Z]$", value)} if small else values
    if not places or any(place == HOME or place.lower().startswith(HOME_NAME) for place in places):
        return ""
    names = sorted(place for place in places if not re.fullmatch(r"[EW]\d{8}", place)) or sorted(places)
    one = len({name.lower() for name in names}) == 1
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"None of its rows is of Tower Hamlets (they name {', '.join(names[:3])}{more})." if whole or one else ""


def _header_months(header: Sequence[str]) -> list[str]:
    """Months, else years, that are columns."""
    cells = [cell.strip() for cell in header]
    years = [cell for cell in cells if YEAR.fullmatch(cell)]
    return [f"{cell[:4]}-{cell[4:]}" for cell in cells if MONTH.fullmatch(cell)] or (years if len(years) > 2 else [])


def _month(text: str) -> str:
    """YYYY-MM of a date as publishers write them: 2024-03…, 31/3/2015, 01 Jan 2019, Jan-03; else ""."""
    if found := re.match(r"((?:19|20)\d{2})-(0[1-9]|1[0-2])(?!\d)", text):
        return f"{found[1]}-{found[2]}"
    if found := re.match(r"\d{1,2}/(\d{1,2})/((?:19|20)\d{2})", text):
        return f"{found[2]}-{int(found[1]):02d}"
    if (found := re.match(r"(?:\d{1,2} )?([A-Za-z]{3})[a-z]*[- ]((?:20)?\d{2})$", text)) and found[1].lower() in WORDS:
        return f"{int(found[2]) % 100 + 2000}-{WORDS.index(found[1].lower()) + 1:02d}"
    return ""


def _span(months: Iterable[str]) -> str:
    known = sorted(filter(None, months))
    return " to ".join(dict.fromkeys((known[0], known[-1]))) if known else ""
