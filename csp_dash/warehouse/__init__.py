"""Releases and the read-only DuckDB database that is made from one."""

from csp_dash.warehouse.build import database, declared, held
from csp_dash.warehouse.checks import CheckFailed, Failure
from csp_dash.warehouse.connection import Warehouse
from csp_dash.warehouse.input_archive import Input, InputError, Inputs
from csp_dash.warehouse.lock import FolderLock
from csp_dash.warehouse.releases import Busy, NothingNew, Release, ReleaseError, Releases
from csp_dash.warehouse.shape import refuse_older
from csp_dash.warehouse.snapshot import ReleaseInfo, Snapshot, SnapshotError

__all__ = [
    "Busy",
    "CheckFailed",
    "Failure",
    "FolderLock",
    "Input",
    "InputError",
    "Inputs",
    "NothingNew",
    "Release",
    "ReleaseError",
    "ReleaseInfo",
    "Releases",
    "Snapshot",
    "SnapshotError",
    "Warehouse",
    "database",
    "declared",
    "held",
    "refuse_older",
]
