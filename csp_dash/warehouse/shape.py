"""The shape that this version of the software needs of a release: that of the release it brings.

A release in the cache may have been made by an earlier version. What it lacks is told before it is used.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from csp_dash.warehouse.snapshot import Snapshot, SnapshotError

FACTS = ("series", "area", "start", "finish", "numerator", "denominator", "flag", "vintage")


def lacking(snapshot: Snapshot, model: Snapshot) -> str:
    """What a release lacks of the shape of another, as the end of a sentence, or ""."""
    tables = {name for name in model.files if name.startswith("data/tables/")}
    needed = [name for name in sorted(model.files) if name.startswith("geo/")] + ["data/coverage.csv"]
    for name in [*needed, *sorted(tables & set(snapshot.files))]:
        if name not in snapshot.files:
            return f"it has no {name}"
        if name.endswith((".csv", ".parquet")):
            gone = _columns(model.path(name)) - _columns(snapshot.path(name))
            if gone:
                return f"{name} has no column '{min(gone)}'"
    for path in snapshot.under("data/facts"):
        if gone := set(FACTS) - _columns(path):
            return f"data/facts/{path.name} has no column '{min(gone)}'"
    return ""


def refuse_older(snapshot: Snapshot) -> None:
    """Raise SnapshotError where a release lacks what this version of the software needs."""
    model = Snapshot.open()
    if snapshot.root != model.root and (what := lacking(snapshot, model)):
        raise SnapshotError(
            f"Release {snapshot.release} was made by another version of this software, and this one cannot use it: {what}."
            " Show the release that came with the software with `python -m csp_dash rollback bundled`, then take your files in"
            f" again; `python -m csp_dash inputs {snapshot.release} --to FOLDER` hands out those that were kept."
        )


def _columns(path: Path) -> set[str]:
    """The columns of a table; none where it cannot be read."""
    try:
        if path.suffix == ".parquet":
            return set(pq.read_schema(path).names)
        with path.open(encoding="utf-8", newline="") as handle:
            return set(next(csv.reader(handle), []))
    except (OSError, UnicodeDecodeError, pa.ArrowException):
        return set()
