"""Detection of file formats by content, with the reason where a file cannot be used.

Only the head of a file is read, and a little of its end; archives are read as they stand. So neither time nor memory
grows with the size of a file, but for the time that an OpenDocument workbook takes: all its sheets are one text. What the
formats are stands in formats.toml.
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import re
import tarfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, cast

from csp_dash.ingest.files.detected import Detected
from csp_dash.ingest.files.formats import AGAIN, LOCKED, SAVE_ANEW, Near, Unknown, Unreadable
from csp_dash.ingest.files.sniffers import HEAD, LARGEST, json_text, outlines, parquet, shapefile, table, tail, workbook

MOST_MEMBERS, MOST_RATIO, MOST_BYTES = 5_000, 400, 64_000_000_000
"""Files in an archive, how many times its size it may unpack to, and to how much, before it is refused."""
DOCUMENTS = (".md", ".txt", ".rst", ".docx", ".html", ".prj", ".cpg", ".qpj", ".xml", ".pdf", ".toml", ".yml")
PARTS_OF_A_SHAPE = (".shp", ".shx", ".dbf", ".prj", ".sbn", ".sbx", ".cpg", ".qpj", ".shp.xml")
UNWRITTEN = ("Cc", "Cs")
"""Kinds of letters that a name cannot be shown with: control characters, and bytes that are no letters."""
PACKED = (b"PK", b"PAR1", b"\x1f\x8b", b"\xfd7zXZ")
OPEN_DOCUMENT, MANIFEST = "application/vnd.oasis.opendocument.", "META-INF/manifest.xml"


def recognise(paths: Iterable[Path]) -> list[Detected]:
    """What each file is, in order; folders are walked, archives and the sheets of workbooks are looked into."""
    return [
        found for path in paths for file in _files(path) for found in _guarded(_shown(file), _opened(file), file.name)
    ]


def lines(found: Sequence[Detected]) -> list[str]:
    """A line a file, then what they came to."""
    told = []
    for item in found:
        period = f", {item.period}" if item.period else ""
        rows = "" if item.rows is None else f", {item.rows:,} rows"
        publisher = f" ({item.publisher})" if item.publisher else ""
        told.append(f"{item.name}: {item.problem or f'{item.title}{publisher}{period}{rows}. {item.note}'.rstrip()}")
    tables = {item.path for item in found if item.format != "document"}
    wrong = {item.path for item in found if item.problem}
    return [*told, f"{len(tables - wrong)} of {len(tables)} files recognised."]


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


def _guarded(name: str, work: Iterator[Detected], file: str) -> Iterator[Detected]:
    """What a reader finds, and a sentence in place of whatever breaks it."""
    short = _shown(Path(file.replace("\\", "/")).name)
    try:
        yield from work
    except Unreadable as fault:
        if isinstance(fault, Unknown) and short.lower().endswith(DOCUMENTS):
            yield Detected(name, "document", "A document, not data")
        else:
            yield Detected(
                name, problem=f"{short} {fault}.", damaged=isinstance(fault, Near) or not isinstance(fault, Unknown)
            )
    except NotImplementedError:
        yield Detected(
            name, problem=f"{short} is packed in a way that is not read here. Unpack it first.", damaged=True
        )
    except Exception as fault:  # a damaged file may break any library in any way
        why = (str(fault).splitlines() or [type(fault).__name__])[0][:120].rstrip(".")
        yield Detected(name, problem=f"{short} is cut short or damaged ({why}). {AGAIN}.", damaged=True)


def _member(archive: str, member: str, work: Iterator[Detected]) -> Iterator[Detected]:
    """What is found in a file of an archive, which bears the name `member` there."""
    for found in _guarded(f"{archive}!{member}", work, member):
        yield replace(found, inside=(member, *found.inside))


def _opened(path: Path) -> Iterator[Detected]:
    if _shown(path) != str(path):
        raise Unreadable("has a name that cannot be written down, with a line break or broken letters in it. Rename it")
    try:
        if path.exists() and not path.is_file():
            raise Unreadable("cannot be read: it is no ordinary file, or a folder without the right to look into it")
        handle = path.open("rb")
    except OSError as fault:
        raise Unreadable(f"cannot be read ({fault.strerror or fault}). Look at its path and rights") from None
    with handle:
        yield from _looked_at(str(path), handle, depth=0, near=True)


def _looked_at(name: str, handle: IO[bytes], *, depth: int, near: bool) -> Iterator[Detected]:
    """What an open file is; `near` where its end is as quick to reach as its head."""
    head = handle.read(HEAD)
    if not head:
        raise Unreadable(f"is empty. {AGAIN}")
    if head.startswith(b"PK"):
        yield from _zipped(name, handle, depth)
    elif head.startswith((b"\x1f\x8b", b"\xfd7zXZ")) or head[257:262] == b"ustar":
        yield from _packed(name, handle, head, depth)
    elif head.startswith(b"PAR1"):
        yield parquet(name, handle)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        locked = "EncryptedPackage".encode("utf-16-le") in head + tail(handle)
        raise Unreadable(LOCKED if locked else f"is an old Excel file (.xls). {SAVE_ANEW}")
    elif head.startswith(b"%PDF"):
        yield Detected(name, "document", "A document, not data")
    elif head.startswith(b"\x00\x00\x27\x0a"):
        raise Unreadable("is one part of a shapefile. Zip all its parts together")
    elif head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        yield outlines(name, head, handle if near else None)
    elif re.match(rb"\s*\[\s*[{\]]", head.removeprefix(b"\xef\xbb\xbf")):
        raise json_text(head)
    else:
        yield table(name, head, handle if near else None)


def _zipped(name: str, handle: IO[bytes], depth: int) -> Iterator[Detected]:
    if depth > 1:
        raise Unreadable("is a zip in a zip in a zip. Unpack the outer ones first")
    size = handle.seek(0, io.SEEK_END)
    with zipfile.ZipFile(handle) as archive:
        members = [member for member in archive.infolist() if not member.is_dir() and not _aside(member.filename)]
        names = {member.filename for member in members}
        unpacked = sum(member.file_size for member in members)
        if len(members) > MOST_MEMBERS or unpacked > min(MOST_BYTES, MOST_RATIO * size + HEAD):
            raise Unreadable("would unpack to far more than it holds: it may be a zip bomb, so it was not opened")
        if any(member.flag_bits & 1 for member in members):
            raise Unreadable(LOCKED)
        kind = archive.read("mimetype")[:80].decode("latin-1") if "mimetype" in names else ""
        if "word/document.xml" in names or kind.startswith(f"{OPEN_DOCUMENT}text"):
            yield Detected(name, "document", "A document, not data")
        elif "xl/workbook.xml" in names or kind.startswith(f"{OPEN_DOCUMENT}spreadsheet"):
            texts = sum(member.file_size for member in members if member.filename.endswith("sharedStrings.xml"))
            if unpacked > 40 * LARGEST or texts > 5 * LARGEST:  # texts are held in memory, rows are not
                raise Unreadable("is too large a workbook to be opened here. Save its sheet as CSV")
            if MANIFEST in names and b"encryption-data" in archive.read(MANIFEST):
                raise Unreadable(LOCKED)
            yield from workbook(name, handle)
        elif kind or "xl/workbook.bin" in names:
            raise Unreadable(f"is of a kind that is not read here. {SAVE_ANEW}")
        elif not members:
            raise Unreadable(f"is a zip with nothing in it. {AGAIN}")
        else:
            shapes = [member for member in members if member.filename.lower().endswith(".shp")]
            for shape in shapes:
                inside = f"{name}!{shape.filename}"
                yield from _member(name, shape.filename, shapefile(inside, archive, shape.filename))
            for member in members:
                if not (shapes and member.filename.lower().endswith(PARTS_OF_A_SHAPE)):
                    inside = f"{name}!{member.filename}"
                    yield from _member(name, member.filename, _from_zip(inside, archive, member, depth))


def _from_zip(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, depth: int) -> Iterator[Detected]:
    with archive.open(member) as inner:
        yield from _inside(name, inner, member.file_size, depth)


def _inside(name: str, stream: IO[bytes], size: int, depth: int) -> Iterator[Detected]:
    """A file in an archive: its head, or all of it where it must be read from its end."""
    head = stream.read(HEAD)
    whole = head.startswith((*PACKED, b"{"))
    if whole and size > LARGEST:
        raise Unreadable("is too large to be read inside another file. Take it out first")
    kept = head + stream.read(LARGEST) if whole else head
    yield from _looked_at(name, io.BytesIO(kept), depth=depth + 1, near=whole)


def _packed(name: str, handle: IO[bytes], head: bytes, depth: int) -> Iterator[Detected]:
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
            raise Unreadable("is packed twice. Unpack it once")
        else:
            yield from _looked_at(name, io.BytesIO(head), depth=depth, near=False)


def _tarred(name: str, stream: IO[bytes], size: int, depth: int) -> Iterator[Detected]:
    with tarfile.open(fileobj=cast(IO[bytes], Bounded(stream, size)), mode="r|") as archive:
        for member in archive:
            inner = archive.extractfile(member) if member.isfile() and not _aside(member.name) else None
            if inner is not None:
                inside = f"{name}!{member.name}"
                yield from _member(name, member.name, _inside(inside, inner, member.size, depth))


class Bomb(Unreadable):
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
