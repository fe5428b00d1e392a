"""Source files of an ingest: detected, and able to be opened again, inside archives too."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, cast

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.checksum import sha256
from csp_dash.ingest.files.detect import Bomb, Bounded, recognise
from csp_dash.ingest.files.detected import Detected, in_sheet


@dataclass(frozen=True)
class SourceFile:
    """A recognised file, a sheet of one, or either inside an archive.

    `path` is the file on disk and `sha256` its checksum (members of one archive share it), `inside` the names within
    archives, outermost first, and `root` the folder that was asked for, from which its name is told. `state` is the size
    and time of the file on disk when it was recognised: one that has changed since is not read.
    """

    found: Detected
    path: Path
    sha256: str = ""
    inside: tuple[str, ...] = ()
    root: Path | None = None
    state: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """As people are told it: `folder/outer.zip!inner.csv`, from the folder that was asked for, and its sheet."""
        return in_sheet(self.file, self.found.sheet)

    @property
    def file(self) -> str:
        """The same without the sheet."""
        near = self.root is not None and self.path != self.root and self.path.is_relative_to(self.root)
        shown = self.path.relative_to(self.root).as_posix() if near and self.root is not None else self.path.name
        return "!".join([shown, *self.inside])

    @property
    def short(self) -> str:
        """The last part of its name."""
        return Path(self.inside[-1] if self.inside else self.path.name).name

    @property
    def format(self) -> str:
        return self.found.format

    @property
    def size(self) -> int:
        """Bytes of the file on disk."""
        return self.path.stat().st_size

    @property
    def gdal(self) -> str:
        """A path that geopandas can open."""
        where = self.path.resolve().as_posix()
        if not self.inside:
            return f"/vsigzip/{where}" if where.lower().endswith(".gz") else where
        with self.path.open("rb") as handle:
            if handle.read(2) == b"PK":
                return "/".join([f"/vsizip/{{{where}}}", *self.inside])
        raise BadInput(f"{self.name} lies in an archive that maps cannot be read from. Unpack it first.")

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Its bytes, unpacked as they are read."""
        self._look_unchanged()
        try:
            with self.path.open("rb") as handle:
                yield from _within(handle, self.inside, self.size)
        except Bomb as fault:
            raise BadInput(f"{self.name} {fault}.") from None
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, tarfile.TarError, lzma.LZMAError) as fault:
            self._look_unchanged()
            why = (str(fault).splitlines() or [type(fault).__name__])[0]
            raise BadInput(f"{self.name} cannot be read to its end ({why}). Download it again.") from None
        self._look_unchanged()

    def _look_unchanged(self) -> None:
        if self.state is not None and _state(self.path) != self.state:
            raise BadInput(
                f"{self.name} was changed while it was being read. Wait until whatever writes it is done, and try again."
            )


def _state(path: Path) -> tuple[int, int]:
    """Size and time of a file; zeros for one that is gone."""
    try:
        about = path.stat()
    except OSError:
        return 0, 0
    return about.st_size, about.st_mtime_ns


def _within(handle: IO[bytes], inside: tuple[str, ...], size: int, packed: bool = False) -> Iterator[IO[bytes]]:
    """One stream: that of the innermost file. `size` is that of the file on disk, `packed` whether it is a stream of a .gz or .xz."""
    start = handle.read(262)
    handle.seek(0)
    if inside and start.startswith(b"PK"):
        with zipfile.ZipFile(handle) as archive, archive.open(inside[0]) as member:
            whole = cast(zipfile.ZipExtFile, member).peek(4).startswith((b"PK", b"PAR1"))
            # read from its end, so taken into memory: recognising it has looked at its size
            yield from _within(io.BytesIO(member.read()) if whole else member, inside[1:], size)
    elif start.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=handle) as unpacked:
            yield from _within(cast(IO[bytes], unpacked), inside, size, packed=True)
    elif start.startswith(b"\xfd7zXZ"):
        with lzma.LZMAFile(handle) as opened:
            yield from _within(cast(IO[bytes], opened), inside, size, packed=True)
    elif inside and start[257:262] == b"ustar":
        with tarfile.open(fileobj=handle, mode="r:") as tape:
            part = tape.extractfile(inside[0])
            if part is None:
                raise tarfile.TarError(f"it holds no file {inside[0]}")
            yield from _within(part, inside[1:], size, packed)
    else:
        yield cast(IO[bytes], Bounded(handle, size)) if packed else handle


def entries(paths: Iterable[Path]) -> tuple[list[SourceFile], list[Detected]]:
    """The tables and outlines among files, folders and archives; and what is none, with its problem, or a document.

    A workbook gives each of its sheets that is known. Files of the same bytes count once.
    """
    taken: list[SourceFile] = []
    others: list[Detected] = []
    seen: dict[tuple[str, tuple[str, ...], str], str] = {}
    for path in paths:
        sums: dict[str, tuple[str, tuple[int, int]]] = {}
        for found in recognise([path]):
            if found.problem or found.format == "document":
                others.append(found)
                continue
            if found.file not in sums:
                try:
                    sums[found.file] = _summed(Path(found.file))
                except BadInput as fault:
                    others.append(replace(found, problem=str(fault), damaged=True))
                    continue
            sum, state = sums[found.file]
            entry = SourceFile(found, Path(found.file), sum, found.inside, path if path.is_dir() else None, state)
            key = (entry.sha256, entry.inside, found.sheet)
            if key in seen:
                others.append(Detected(found.path, "document", f"The same bytes as {seen[key]}", sheet=found.sheet))
                continue
            seen[key] = entry.name
            taken.append(entry)
    return taken, others


def _summed(path: Path) -> tuple[str, tuple[int, int]]:
    """The checksum of a file, and its state before that was made."""
    state = _state(path)
    try:
        return sha256(path), state
    except OSError as fault:
        raise BadInput(
            f"{path.name} cannot be read any more ({fault.strerror or fault}). Look at whether it is still there."
        ) from None
