"""Archive of the official files that releases were made from.

    <cache>/inputs/<sha256>         the file, byte for byte, read-only
    <cache>/inputs/<sha256>.json    its card: what it was called, where it came from, when it was taken in

A copy and never a link, since whoever writes into the file that was handed in would write into a link too. Under its
final name a file is whole. Who keeps or removes files has the turn of the releases.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from csp_dash.warehouse import atomic
from csp_dash.warehouse.snapshot import SnapshotError

BLOCK = 1 << 20
SUM = re.compile(r"[0-9a-f]{64}")


class InputError(SnapshotError):
    """A file cannot be kept or handed out. The text says which, and what to do."""


@dataclass(frozen=True)
class Input:
    """The card of a file. `size` is in bytes, `taken_in` a time in UTC (ISO 8601).

    `formats` are what it was recognised as, several for an archive. `sources` are those that it gives figures to, each
    with publisher, licence and url. `fetched` is the card of the download, where it was one. `kept` says whether there is
    a copy.
    """

    sha256: str
    name: str
    size: int
    taken_in: str
    formats: tuple[str, ...] = ()
    sources: tuple[Mapping[str, str], ...] = ()
    fetched: Mapping[str, Any] = field(default_factory=dict)
    kept: bool = True


class Inputs:
    """The kept files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, sha256: str) -> Input | None:
        """The card of a file, where there is one that can be read. `kept` is true only where the copy is there."""
        try:
            card = Input(**json.loads(self._card(sha256).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        copy = self.folder / sha256
        there = card.kept and copy.is_file() and copy.stat().st_size == card.size
        return replace(card, formats=tuple(card.formats), sources=tuple(card.sources), kept=there)

    def keep(self, path: Path, card: Input) -> None:
        """Copy a file under its checksum, or only write its card where that is not `kept`. What is there stays as it is.

        Raises OSError where there is no room, InputError where its bytes are no longer those of its checksum.
        """
        before = self.get(card.sha256)
        if before is not None and (before.kept or not card.kept):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / card.sha256
        if card.kept:
            with _beside(target) as beside:
                if _copied(path, beside) != card.sha256:
                    raise InputError(
                        f"{card.name} was changed while it was being taken in. Nothing was changed here. Wait until"
                        " whatever writes it is done, and try again."
                    )
                beside.chmod(0o444)
                beside.replace(target)
        atomic.put(json.dumps(asdict(card), indent=1, ensure_ascii=False) + "\n", self._card(card.sha256))

    def export(self, card: Input, target: Path) -> None:
        """Write a kept file to `target`, in a folder that is made where need be.

        InputError where it is there already or cannot be written, or where the copy was altered.
        """
        if target.exists():
            raise InputError(f"{target} is there already and stays as it is. Name another folder.")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with _beside(target) as beside:
                if _copied(self.folder / card.sha256, beside) != card.sha256:
                    raise InputError(
                        f"The copy of {card.name} ({card.sha256}) was altered since it was taken in. Get the file from"
                        " its publisher again."
                    )
                beside.replace(target)
        except OSError as fault:
            raise InputError(
                f"{card.name} cannot be copied to {target.parent} ({fault.strerror or fault}). Name another folder, or"
                " make room there."
            ) from None

    def prune(self, named: Collection[str]) -> list[Input]:
        """Remove the files that are not `named`, and what was left half copied. The cards of those removed."""
        gone = []
        for sha256 in self._sums() - set(named):
            card = self.get(sha256)
            if card is not None and card.kept:
                gone.append(card)
            _remove(self.folder / sha256)
            _remove(self._card(sha256))
        self.clear()
        return sorted(gone, key=lambda card: card.name)

    def clear(self) -> None:
        """Remove what was left half copied."""
        for left in self.folder.glob(".*"):
            _remove(left)

    def _sums(self) -> set[str]:
        names = (path.name.removesuffix(".json") for path in self.folder.glob("*"))
        return {name for name in names if SUM.fullmatch(name)}

    def _card(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.json"


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.chmod(0o600)  # Windows removes no file that is read-only
        path.unlink()


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A file to write beside its place; removed unless it was moved there."""
    beside = target.with_name(f".{target.name}-{secrets.token_hex(6)}")
    try:
        yield beside
        atomic.fsync(target.parent)
    finally:
        _remove(beside)


def _copied(path: Path, target: Path) -> str:
    """Copy a file block by block, have it on the disk, and return the checksum of what was copied."""
    digest = hashlib.sha256()
    with path.open("rb") as given, target.open("xb") as made:
        while block := given.read(BLOCK):
            digest.update(block)
            made.write(block)
        made.flush()
        os.fsync(made.fileno())
    return digest.hexdigest()
