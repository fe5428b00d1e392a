"""Opens a database read-only and answers questions in SQL."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy as np  # noqa: F401  imported before threads start: lazy imports race inside DuckDB
import pandas as pd

RELEASE = Path(__file__).parent / "sql" / "held" / "release.sql"
Made = TypeVar("Made")
Scalar = str | int | float | date | None


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a database so that nothing can be written, no other file reached and no setting changed.

    Every opening in a process uses these same settings: DuckDB shares the database, and its lock, between them.
    """
    connection = duckdb.connect(str(path), read_only=True, config={"threads": 2, "enable_external_access": False})
    with suppress(duckdb.InvalidInputException):  # locked by an earlier opening in this process
        connection.execute("set enable_progress_bar = false")
        connection.execute("set lock_configuration = true")
    return connection


def release_in(connection: duckdb.DuckDBPyConnection) -> str:
    """The name of the release that a database was made from."""
    name: str
    ((name,),) = connection.execute(RELEASE.read_text(encoding="utf-8")).fetchall()
    return name


class Warehouse:
    """A release, opened read-only. Safe to share between threads: every question gets its own cursor."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = connect(path)
        self.release = release_in(self._connection.cursor())
        self._kept: dict[Hashable, Any] = {}

    def ask(self, statement: str, /, **params: Scalar | list[str]) -> pd.DataFrame:
        """The answer to a statement, with a value for each parameter that it names."""
        cursor = self._connection.cursor()
        try:
            return cursor.execute(statement, params or None).df()
        finally:
            cursor.close()

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives, worked out once for this release and kept under a key for as long as it is open.

        Nothing bounds what is kept but the keys, so these are such as a release has a fixed number of: a measure, or a
        measure with the length of a step. No key holds what readers choose freely, as wards and periods are. Two threads
        that ask for the first time at the same moment may both work it out.
        """
        if key not in self._kept:
            self._kept[key] = make()
        found: Made = self._kept[key]
        return found

    def close(self) -> None:
        self._connection.close()
