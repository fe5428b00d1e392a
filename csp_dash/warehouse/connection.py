"""Opens a database read-only and answers questions by the name of their SQL file."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import numpy as np  # noqa: F401  imported before threads start: lazy imports race inside DuckDB
import pandas as pd

QUESTIONS = Path(__file__).parents[1] / "queries" / "sql"
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


@cache
def _text(name: str) -> str:
    return (QUESTIONS / f"{name}.sql").read_text(encoding="utf-8")


class Warehouse:
    """A release, opened read-only. Safe to share between threads: every question gets its own cursor."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = connect(path)
        self.release: str = self.ask("release").iloc[0]["release"]

    def ask(self, question: str, /, **params: Scalar | list[str]) -> pd.DataFrame:
        """The answer to `queries/sql/<question>.sql`; the parameters are those that the file names."""
        cursor = self._connection.cursor()
        try:
            return cursor.execute(_text(question), params or None).df()
        finally:
            cursor.close()

    def close(self) -> None:
        self._connection.close()
