"""The only reading room that knows DuckDB: makes the database from the snapshot and answers questions by name."""

from csp_dash.warehouse.build import database
from csp_dash.warehouse.open import Warehouse
from csp_dash.warehouse.snapshot import Snapshot, SnapshotError

__all__ = ["Snapshot", "SnapshotError", "Warehouse", "database"]
