"""The only reading room that knows DuckDB: makes the database of a release and answers questions by name."""

from csp_dash.warehouse.build import CheckFailed, Failure, database, declared, held
from csp_dash.warehouse.inputs import Input, InputError, Inputs
from csp_dash.warehouse.open import Warehouse
from csp_dash.warehouse.releases import Busy, NothingNew, Release, ReleaseError, Releases
from csp_dash.warehouse.snapshot import About, Snapshot, SnapshotError
from csp_dash.warehouse.turn import Turn

__all__ = [
    "About",
    "Busy",
    "CheckFailed",
    "Failure",
    "Input",
    "InputError",
    "Inputs",
    "NothingNew",
    "Release",
    "ReleaseError",
    "Releases",
    "Snapshot",
    "SnapshotError",
    "Turn",
    "Warehouse",
    "database",
    "declared",
    "held",
]
