"""Releases: kept side by side, one of them live, switched by replacing one small file.

    <cache>/current                 the name of the live release; absent, or `bundled`: the snapshot of the checkout
    <cache>/releases/<name>/        a whole snapshot with release.json and report.md
    <cache>/releases/.making-*/     a release that is being made, or what is left of one that was cut off
    <cache>/inputs/                 the official files that they were made from: see inputs

A folder under its final name is whole and never changes. Whoever is killed at any moment leaves the old release live, or
the new one. Readers need no lock; makers take turns.
"""

from __future__ import annotations

import logging
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from csp_dash.catalogue import Catalogue, load
from csp_dash.warehouse import atomic
from csp_dash.warehouse.build import database, declared, folder_of, release_of
from csp_dash.warehouse.input_archive import Input, Inputs
from csp_dash.warehouse.lock import FolderLock
from csp_dash.warehouse.snapshot import ABOUT, ROOT, ReleaseInfo, Snapshot, SnapshotError

LOG = logging.getLogger(__name__)
BUNDLED = "bundled"
REPORT = "report.md"
NAME = re.compile(r"\w[\w.-]{0,100}")
UNSHOWN = ("data/cards/", "data/tables/intake.", "data/tables/release_change.")
"""Files of a snapshot that tell of its making. Two releases that differ in them alone show the same. The list of rows that
were left out is none of them: who puts a file right wants to see its faults gone, even where no figure changed."""


class ReleaseError(SnapshotError):
    """A release cannot be made, found or swapped in. The text says why, and what to do; the live one is untouched."""


class NothingNew(ReleaseError):
    """What was made shows the same figures as the live release."""


class Busy(ReleaseError):
    """Another process is making a release. The text says which, and since when."""


@dataclass(frozen=True)
class Release:
    """A kept release. `size` is in bytes; `trouble` says why it cannot be used, where that is so."""

    name: str
    about: ReleaseInfo
    size: int
    live: bool
    bundled: bool
    trouble: str = ""


class Releases:
    """The releases in a cache folder. Safe to share between threads, and between processes."""

    def __init__(self, cache: str | Path = "", root: Path = ROOT) -> None:
        self.cache = folder_of(cache)
        self.folder = self.cache / "releases"
        self.pointer = self.cache / "current"
        self.root = root
        self.inputs = Inputs(self.cache / "inputs")
        self._turn = FolderLock(self.folder)

    # --- reading -------------------------------------------------------------------------------------

    def stamp(self) -> tuple[int, str]:
        """Differs whenever another release became live; cheap enough to look at every second."""
        try:
            return self.pointer.stat().st_mtime_ns, self.pointer.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return 0, ""

    def live(self) -> Snapshot:
        """The live release. Where the pointer is unusable that is the bundled one, and the log says so."""
        snapshot, trouble = self._look()
        if trouble:
            LOG.warning("%s", trouble)
        return snapshot

    def live_name(self) -> str:
        return self._look()[0].release

    def get(self, name: str) -> Snapshot:
        """A release by name, or `bundled`; ReleaseError names those that there are."""
        bundled = Snapshot.open(self.root)
        if name in (BUNDLED, bundled.release):
            return bundled
        if name not in self._names():
            known = ", ".join([*self._names(), f"{bundled.release} ({BUNDLED})"])
            raise ReleaseError(f"There is no release '{name}'. Those that are kept: {known}.")
        return Snapshot.open(self.folder / name)

    def all(self) -> list[Release]:
        """Every kept release, the newest first, the bundled one last."""
        live = self._look()[0]
        bundled = Snapshot.open(self.root)
        kept = [self._told(name, live) for name in self._names()]
        size = sum(path.stat().st_size for path in map(bundled.path, bundled.files) if path.exists())
        last = Release(bundled.release, ReleaseInfo(), size, live.root == self.root, bundled=True)
        return [*sorted(kept, key=lambda item: item.about.made, reverse=True), last]

    def notices(self) -> list[str]:
        """What whoever looks after the releases should know, a sentence each."""
        live, trouble = self._look()
        told = [trouble] if trouble else []
        bundled = Snapshot.open(self.root)
        grew_from = live.about.grew_from
        if grew_from and grew_from != bundled.release:
            told.append(
                f"The live release {live.release} grew from the bundled snapshot {grew_from}, but this checkout brings"
                f" {bundled.release}. To show that one: python -m csp_dash rollback {BUNDLED}, then take in again what"
                " is newer than it. Until then the live release stays."
            )
        return told

    def _look(self) -> tuple[Snapshot, str]:
        """The live release, and why it is not the one that the pointer names, where that is so."""
        name = self.stamp()[1].strip()
        if name in ("", BUNDLED):
            return Snapshot.open(self.root), ""
        try:
            if not NAME.fullmatch(name):
                raise ReleaseError("it names no release")
            snapshot = self.get(name)
            _ = snapshot.about
            return snapshot, ""
        except SnapshotError as fault:
            bundled = Snapshot.open(self.root)
            reason = str(fault).splitlines()[0]
            return bundled, (
                f"The release that {self.pointer} names cannot be used ({reason}) Shown is the bundled snapshot"
                f" {bundled.release}. Choose a release with `python -m csp_dash rollback`."
            )

    def _names(self) -> list[str]:
        with suppress(OSError):
            return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and NAME.fullmatch(path.name))
        return []

    def _told(self, name: str, live: Snapshot) -> Release:
        folder = self.folder / name
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        about, trouble = ReleaseInfo(), ""
        try:
            about = Snapshot.open(folder).about
        except SnapshotError as fault:
            trouble = str(fault)
        return Release(name, about, size, live.root == folder, False, trouble)

    # --- making --------------------------------------------------------------------------------------

    @contextmanager
    def lock(self, wait: float = 0) -> Iterator[None]:
        """Take the turn of a maker, waiting up to `wait` seconds; Busy where another has it.

        The operating system gives the turn back when its holder dies. May be taken again by the thread that has it.
        """
        try:
            first = self._turn.take(wait)
        except TimeoutError:
            raise Busy(
                f"{self._turn.holder()} is making a release. Wait until it has ended and try again; ingest and refresh"
                " wait by themselves with --wait SECONDS."
            ) from None
        except OSError as fault:
            raise self._cannot_write(fault) from None
        try:
            if first:
                self._clear()
            yield
        finally:
            self._turn.leave()

    @contextmanager
    def making(self) -> Iterator[Path]:
        """A new folder beside the releases, to make one in; removed at the end unless it was published."""
        with self.lock():
            beside = self.folder / f".making-{secrets.token_hex(6)}"
            try:
                beside.mkdir()
            except OSError as fault:
                raise self._cannot_write(fault) from None
            try:
                yield beside
            finally:
                shutil.rmtree(beside, ignore_errors=True)

    def is_news(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot shows anything that the live release does not: another figure, or other rows left out."""
        return _shown(snapshot) != _shown(self._look()[0])

    def publish(self, folder: Path, about: ReleaseInfo) -> Snapshot:
        """Make what lies in a folder of `making` the live release.

        `about` tells what was taken in and accepted; when it was made and what it grew from is added here. Raises
        NothingNew where it shows what the live release shows, SnapshotError where it is not whole.
        """
        with self.lock():
            live = self._look()[0]
            snapshot = Snapshot.open(folder)
            snapshot.check()
            if not self.is_news(snapshot):
                raise NothingNew(
                    f"Nothing new: these files hold no figure that the live release {live.release} does not show."
                )
            if not NAME.fullmatch(snapshot.release):
                raise ReleaseError(f"'{snapshot.release}' cannot be the name of a release.")
            try:
                return self._put_in_place(snapshot, self._signed(about, live))
            except OSError as fault:
                raise self._cannot_write(fault) from None

    def rollback(self, to: str = "", catalogue: Catalogue | None = None) -> Snapshot:
        """Make an earlier release live again: the parent of the live one, any kept one, or `bundled`.

        Its database is made, and its checks run, before it is swapped in. Raises ReleaseError where there is none such,
        SnapshotError where it cannot be used.
        """
        with self.lock():
            live = self._look()[0]
            target = self.get(to or self._parent(live))
            if target.root == live.root:
                raise ReleaseError(f"Release {target.release} is live already.")
            database(target, declared(target, catalogue or load()), self.cache)
            try:
                self._point(BUNDLED if target.root == self.root else target.release)
            except OSError as fault:
                raise self._cannot_write(fault) from None
            return target

    def prune(self, keep: int = 5) -> list[str]:
        """Remove all but the newest releases with their databases; never the live one nor its parent. The names removed."""
        with self.lock():
            live = self._look()[0]
            stays = {live.release, live.about.parent}
            made_here = [item for item in self.all() if not item.bundled]
            stays |= {item.name for item in made_here[: max(keep, 0)]}
            gone = [item.name for item in made_here if item.name not in stays]
            try:
                for name in gone:
                    aside = self.folder / f".making-{secrets.token_hex(6)}"
                    (self.folder / name).replace(aside)  # half a release is never seen under its name
                    shutil.rmtree(aside, ignore_errors=True)
                    for made in self.cache.glob("csp-*.duckdb"):
                        if release_of(made) == name:
                            made.unlink(missing_ok=True)
            except OSError as fault:
                raise self._cannot_write(fault) from None
            return gone

    def prune_inputs(self) -> list[Input]:
        """Remove the kept official files that no kept release names, and return their cards.

        Where a release cannot be read nobody knows what it names, so nothing is removed.
        """
        with self.lock():
            kept = self.all()
            if any(item.trouble for item in kept):
                return []
            try:
                return self.inputs.prune({sha256 for item in kept for sha256 in item.about.inputs})
            except OSError as fault:
                raise self._cannot_write(fault) from None

    def _parent(self, live: Snapshot) -> str:
        if live.root == self.root:
            raise ReleaseError("The bundled snapshot is live, and nothing came before it. Name a release to go to.")
        parent = live.about.parent
        if parent not in (*self._names(), Snapshot.open(self.root).release):
            raise ReleaseError(
                f"The release before {live.release}, {parent or 'which is not known'}, is not kept any more."
                f" Name another: {', '.join([*(name for name in self._names() if name != live.release), BUNDLED])}."
            )
        return parent

    def _signed(self, about: ReleaseInfo, live: Snapshot) -> ReleaseInfo:
        root = live.about.grew_from or Snapshot.open(self.root).release
        made = about.made or datetime.now(UTC).isoformat(timespec="seconds")
        inputs = tuple(dict.fromkeys([*about.inputs, *live.about.inputs]))
        read_as = {**live.about.read_as, **about.read_as}
        return replace(about, made=made, parent=live.release, grew_from=root, inputs=inputs, read_as=read_as)

    def _put_in_place(self, snapshot: Snapshot, about: ReleaseInfo) -> Snapshot:
        """On the disk first, then under its name, then live: in this order whatever is cut off is harmless."""
        if snapshot.release == Snapshot.open(self.root).release:
            self._point(BUNDLED)
            return Snapshot.open(self.root)
        (snapshot.root / ABOUT).write_text(about.to_json(), encoding="utf-8")
        if about.report:
            (snapshot.root / REPORT).write_text(about.report, encoding="utf-8")
        atomic.settle(snapshot.root)
        target = self.folder / snapshot.release
        if target.exists() and not _whole(target):
            target.replace(self.folder / f".making-{secrets.token_hex(6)}")
        if not target.exists():
            snapshot.root.replace(target)
            atomic.fsync(self.folder)
        self._point(snapshot.release)
        return Snapshot.open(target)

    def _point(self, name: str) -> None:
        atomic.put(f"{name}\n", self.pointer)

    def _clear(self) -> None:
        """Remove what killed makers left. Only who has the turn may: nobody else is making anything then."""
        for left in self.folder.glob(".making-*"):
            shutil.rmtree(left, ignore_errors=True)
        for left in self.cache.glob(".current-*"):
            left.unlink(missing_ok=True)
        self.inputs.clear()

    def _cannot_write(self, fault: OSError) -> ReleaseError:
        return ReleaseError(
            f"The release cannot be written in {self.cache} ({fault.strerror or fault}). The live release is untouched."
            " Make room, or make that folder writable, or set CSP_DASH_CACHE to another."
        )


def _shown(snapshot: Snapshot) -> dict[str, str]:
    return {name: found for name, found in snapshot.files.items() if not name.startswith(UNSHOWN)}


def _whole(folder: Path) -> bool:
    try:
        snapshot = Snapshot.open(folder)
        snapshot.check()
        _ = snapshot.about
    except SnapshotError:
        return False
    return snapshot.release == folder.name
