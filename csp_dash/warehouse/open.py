"""Opens a database read-only and answers questions by the name of their SQL file."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import numpy as np  # noqa: F401  imported before threads start: lazy imports race inside DuckDB
import pandas as pd

QUESTIONS = Path(__file__).parents[1] / "queries" / "sql"
Scalar = str | int | float | date | None


@cache
def _text(name: str) -> str:
    return (QUESTIONS / f"{name}.sql").read_text(encoding="utf-8")


class Warehouse:
    """A release, opened read-only. Safe to share between threads: every question gets its own cursor."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = duckdb.connect(str(path), read_only=True)
        self._connection.execute("set threads = 2")
        self._connection.execute("set enable_external_access = false")
        self._connection.execute("set lock_configuration = true")
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
