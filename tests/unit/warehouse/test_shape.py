"""A release of an earlier version of the software, and a disk that takes no more, are told with what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from support import ROOT

from csp_dash.catalogue import Catalogue
from csp_dash.warehouse import Snapshot, SnapshotError, build, database
from csp_dash.warehouse.atomic import no_room
from csp_dash.warehouse.shape import refuse_older


def older(folder: Path, name: str, column: str = "") -> Snapshot:
    """The bundled release without a column of a table, or without the file."""
    files = dict(Snapshot.open().files)
    for other in files:
        (folder / other).parent.mkdir(parents=True, exist_ok=True)
        if other != name:
            (folder / other).symlink_to(ROOT / other)
    if not column:
        del files[name]
    elif name.endswith(".csv"):
        pd.read_csv(ROOT / name, dtype=str).drop(columns=column).to_csv(folder / name, index=False)
    else:
        pd.read_parquet(ROOT / name).drop(columns=column).to_parquet(folder / name)
    return Snapshot(folder, "2025-01-old", files)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("data/facts/mps_ward.parquet", "flag"),
        ("data/tables/lsoa_month.parquet", "source"),
        ("data/tables/rejected.parquet", "file"),
        ("data/coverage.csv", "zero_fill"),
        ("geo/areas.csv", "kind"),
        ("geo/lsoa_ward.csv", ""),
        ("geo/ward_places.geojson", ""),
    ],
)
def test_an_older_release_is_told_with_what_it_lacks_and_what_to_do(tmp_path: Path, name: str, column: str):
    with pytest.raises(SnapshotError) as fault:
        refuse_older(older(tmp_path, name, column))
    told = str(fault.value)
    assert name in told and column in told and "2025-01-old was made by another version" in told
    assert "rollback bundled" in told and "inputs 2025-01-old --to" in told and "git" not in told


def test_a_table_that_came_later_may_be_lacking(tmp_path: Path):
    refuse_older(older(tmp_path, "data/tables/outcome.parquet"))
    refuse_older(Snapshot.open())


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_file_that_cannot_be_written_is_no_fault_of_the_data(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
):
    def full(*given: object) -> None:
        raise duckdb.IOException(f'IO Error: Could not write file "{tmp_path}/new.duckdb": {os.strerror(code)}')

    monkeypatch.setattr(build, "_make", full)
    with pytest.raises(SnapshotError) as fault:
        database(Snapshot.open(), catalogue, tmp_path)
    assert str(tmp_path) in str(fault.value) and "CSP_DASH_CACHE" in str(fault.value) and "git" not in str(fault.value)
    assert str(fault.value) == no_room(OSError(code, "x"), tmp_path)


def test_another_fault_is_none_of_room():
    assert no_room(OSError(errno.EACCES, "Permission denied"), ROOT) == "" == no_room(ValueError("x"), ROOT)
