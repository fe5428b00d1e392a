"""Builds the database of a release from its snapshot and the catalogue."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import duckdb
import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.catalogue.release_view import supplied
from csp_dash.warehouse.atomic import no_room
from csp_dash.warehouse.checks import SQL, CheckFailed, failures, refuse_unknown, tables
from csp_dash.warehouse.connection import connect, release_in
from csp_dash.warehouse.shape import refuse_older
from csp_dash.warehouse.snapshot import ROOT, Snapshot, SnapshotError

STEPS = ("areas", "facts", "observation", "narrow", "snap_years", "availability")


def folder_of(cache: str | Path = "") -> Path:
    """The folder for what is made here: the one that is set, else data/built."""
    return Path(cache) if cache else ROOT / "data" / "built"


def fingerprint(catalogue: Catalogue) -> str:
    """Changes whenever the declarations or the build's own SQL change, so that a stale database is never opened."""
    digest = hashlib.sha256(repr(catalogue).encode())
    for path in sorted(SQL.rglob("*.sql")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def database(
    snapshot: Snapshot,
    catalogue: Catalogue,
    cache: str | Path = "",
    *,
    accepted: frozenset[str] = frozenset(),
    live: Path | None = None,
    being_made: bool = False,
) -> Path:
    """Path of the database for this snapshot and catalogue, made first where it is not there yet.

    `accepted` names checks whose failure is accepted, beside those that the release itself records. For a release that is
    `being_made` every check runs, even where its database is there already, and those that compare hold it against the
    database `live` (with nothing, where there is none). Where a database is only made again, those are left out.

    Raises CheckFailed with every check that failed, and SnapshotError with a sentence when the snapshot is damaged or the
    cache folder cannot be written. An interrupted build leaves only a temporary file, which the next build removes.
    """
    snapshot.check()
    being_made = being_made or live is not None
    folder = folder_of(cache)
    target = folder / f"csp-{snapshot.release}-{fingerprint(catalogue)}.duckdb"
    if not being_made and target.exists() and _opens(target):
        return target
    refuse_unknown(accepted)
    accepted |= set(snapshot.about.accepted)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear(folder, snapshot)
        with tempfile.TemporaryDirectory(prefix="making-", dir=folder) as beside:
            made = Path(beside) / "new.duckdb"
            _make(made, snapshot, catalogue)
            found = failures(made, accepted, live, being_made)
            if found:
                raise CheckFailed(found, snapshot.mend, being_made)
            made.replace(target)
    except OSError as fault:
        raise SnapshotError(
            no_room(fault, folder)
            or f"The database cannot be made in {folder} ({fault.strerror or fault})."
            " Make that folder writable, or set CSP_DASH_CACHE to a folder that is."
        ) from None
    except duckdb.Error as fault:
        if full := no_room(fault, folder):
            raise SnapshotError(full) from None
        refuse_older(snapshot)
        reason = str(fault).splitlines()[0]
        raise SnapshotError(f"The database cannot be made from the snapshot: {reason}. {snapshot.mend}") from None
    return target


def held(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """The series of each source that a snapshot has facts of. SnapshotError where they cannot be read."""
    files = [str(path) for path in snapshot.under("data/facts")]
    if not files:
        return {}
    try:
        with duckdb.connect() as connection:
            rows = connection.execute((SQL / "held" / "series.sql").read_text(encoding="utf-8"), [files]).fetchall()
    except (duckdb.Error, OSError) as fault:
        raise SnapshotError(f"The facts cannot be read: {str(fault).splitlines()[0]}. {snapshot.mend}") from None
    return {str(source): frozenset(map(str, series)) for source, series in rows}


def declared(snapshot: Snapshot, catalogue: Catalogue) -> Catalogue:
    """The catalogue as a release has it: with the measures that its sources supply."""
    return supplied(catalogue, held(snapshot))


def release_of(made: Path) -> str:
    """The release that a database is of, by the name of its file."""
    return made.stem[len("csp-") : -len("-12345678")]


def _clear(folder: Path, snapshot: Snapshot) -> None:
    """Remove what is a day old and of no use: what killed starts left, and databases of releases that are gone.

    A kept release keeps its newest database, so that going back to it is quick.
    """
    for left in folder.glob("making-*"):
        if _old(left):
            shutil.rmtree(left, ignore_errors=True)
    kept = {path.name for path in (folder / "releases").glob("[!.]*")} - {snapshot.release}
    with suppress(SnapshotError):
        kept |= {Snapshot.open().release} - {snapshot.release}
    for made in sorted(folder.glob("csp-*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True):
        if release_of(made) in kept:
            kept.discard(release_of(made))
        elif _old(made):
            with suppress(OSError):  # a server on Windows still holds it
                made.unlink()


def _old(path: Path) -> bool:
    return path.stat().st_mtime < time.time() - 86400


def _opens(path: Path) -> bool:
    try:
        with connect(path) as connection:
            return bool(release_in(connection))
    except (duckdb.Error, ValueError):
        return False


def _feeds(catalogue: Catalogue) -> pd.DataFrame:
    rows = [
        (item.slug, kind.value, feed.source, series, role, item.frequency.value)
        for item in catalogue.indicators.values()
        for feed in item.feeds
        for kind in feed.areas
        for role, names in (("numerator", feed.series), ("denominator", feed.denominator_series))
        for series in names
    ]
    return pd.DataFrame(rows, columns=["indicator", "area_kind", "source", "series", "role", "frequency"])


def _make(path: Path, snapshot: Snapshot, catalogue: Catalogue) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("set enable_progress_bar = false")  # it would stand before a JSON answer
        connection.register("feed_rows", _feeds(catalogue))
        given = {
            "facts": [str(item) for item in snapshot.under("data/facts")],
            "coverage": str(snapshot.path("data/coverage.csv")),
            "areas": str(snapshot.path("geo/areas.csv")),
            "population": str(snapshot.path("geo/population.csv")),
            "measures": str(snapshot.path("geo/measures.csv")),
            "release": snapshot.release,
        }
        for step in STEPS:
            for statement in duckdb.extract_statements((SQL / f"{step}.sql").read_text(encoding="utf-8")):
                wanted = {name: given[name] for name in statement.named_parameters}
                connection.execute(statement, wanted or None)
            if step == "narrow":
                _fill(connection, snapshot)
        connection.unregister("feed_rows")
        connection.execute("checkpoint")


def _fill(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Load the narrow tables that the snapshot has; one that narrow.sql does not declare keeps the shape of its file."""
    declared = set(tables(connection))
    for path in snapshot.under("data/tables"):
        verb = f'insert into "{path.stem}" by name' if path.stem in declared else f'create table "{path.stem}" as'
        connection.execute(f"{verb} from read_parquet($file)", {"file": str(path)})
