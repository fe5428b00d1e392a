"""Makes the DuckDB file from the snapshot and the catalogue: beside, then swapped in whole."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.warehouse.open import connect
from csp_dash.warehouse.snapshot import MEND, ROOT, Snapshot, SnapshotError

SQL = Path(__file__).parent / "sql"
STEPS = ("areas", "facts", "observation", "narrow", "availability")


def fingerprint(catalogue: Catalogue) -> str:
    """Changes whenever the declarations or the build's own SQL change, so that a stale database is never opened."""
    digest = hashlib.sha256(repr(catalogue).encode())
    for path in sorted(SQL.rglob("*.sql")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def database(snapshot: Snapshot, catalogue: Catalogue, cache: str | Path = "") -> Path:
    """Path of the database for this snapshot and catalogue, made first where it is not there yet.

    Raises SnapshotError with a sentence when the snapshot is damaged or the cache folder cannot be
    written. An interrupted build leaves only a temporary file, which the next build removes.
    """
    snapshot.check()
    folder = Path(cache) if cache else ROOT / "data" / "built"
    target = folder / f"csp-{snapshot.release}-{fingerprint(catalogue)}.duckdb"
    if target.exists() and _opens(target):
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear(folder)
        with tempfile.TemporaryDirectory(prefix="making-", dir=folder) as beside:
            made = Path(beside) / "new.duckdb"
            _make(made, snapshot, catalogue)
            made.replace(target)
    except OSError as fault:
        raise SnapshotError(
            f"The database cannot be made in {folder} ({fault.strerror or fault})."
            " Make that folder writable, or set CSP_DASH_CACHE to a folder that is."
        ) from None
    except duckdb.Error as fault:
        reason = str(fault).splitlines()[0]
        raise SnapshotError(f"The database cannot be made from the snapshot: {reason}. {MEND}") from None
    return target


def _clear(folder: Path) -> None:
    """Remove what killed starts and old releases left more than a day ago; a running server may still hold newer."""
    for old in [*folder.glob("making-*"), *folder.glob("csp-*.duckdb")]:
        if old.stat().st_mtime > time.time() - 86400:
            continue
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink(missing_ok=True)


def _opens(path: Path) -> bool:
    try:
        with connect(path) as connection:
            return connection.sql("select count(*) from release").fetchone() == (1,)
    except duckdb.Error:
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
            "vintage_total": str(snapshot.path("data/tables/vintage_total.parquet")),
            "lsoa_month": str(snapshot.path("data/tables/lsoa_month.parquet")),
            "snap_point": str(snapshot.path("data/tables/snap_point.parquet")),
            "stop_search": str(snapshot.path("data/tables/stop_search.parquet")),
            "release": snapshot.release,
        }
        for step in STEPS:
            for statement in duckdb.extract_statements((SQL / f"{step}.sql").read_text(encoding="utf-8")):
                wanted = {name: given[name] for name in statement.named_parameters}
                connection.execute(statement, wanted or None)
        connection.unregister("feed_rows")
        _check(connection)
        connection.execute("checkpoint")


def _check(connection: duckdb.DuckDBPyConnection) -> None:
    """Each file in sql/checks must return no rows; SnapshotError names the check and the first row that it found."""
    for path in sorted((SQL / "checks").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        row = connection.execute(text).fetchone()
        if row is not None:
            what = text.splitlines()[0].removeprefix("-- ")
            raise SnapshotError(f"The database was not made. {what} ({path.stem}: {', '.join(map(str, row))}) {MEND}")
