"""Checks of a release: each SQL file in sql/checks must return no rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from csp_dash.warehouse.snapshot import SnapshotError

SQL = Path(__file__).parent / "sql"
EXAMPLES = 5
"""Rows of a failed check that are told."""


@dataclass(frozen=True)
class Failure:
    """A check that found what must not be: its name, what it looks for, how often, and the first rows as text."""

    name: str
    sentence: str
    examples: tuple[str, ...]
    rows: int


class CheckFailed(SnapshotError):
    """Checks found what must not be. The text has a line for each: what, where, and how to accept it if that is right."""

    def __init__(self, failures: list[Failure], advice: str, being_made: bool) -> None:
        self.failures = failures
        lines = [_line(failure, being_made) for failure in failures]
        end = ["The live release stays as it is."] if being_made else [advice]
        super().__init__("\n".join(["The database was not made.", *lines, *end]))


def _line(failure: Failure, being_made: bool) -> str:
    more = failure.rows - len(failure.examples)
    where = "; ".join(failure.examples) + (f"; and {more:,} more" if more else "")
    accept = f' If that is right: --accept {failure.name} --because "..."' if being_made else ""
    return f"{failure.sentence} ({failure.name}: {where}).{accept}"


def tables(connection: duckdb.DuckDBPyConnection, database: str | None = None) -> list[str]:
    """The tables of a database that is attached, or of the one in use."""
    rows = connection.execute((SQL / "held" / "tables.sql").read_text(encoding="utf-8"), [database]).fetchall()
    return [str(name) for (name,) in rows]


def refuse_unknown(accepted: frozenset[str]) -> None:
    names = [path.stem for path in _checks()]
    for name in sorted(accepted - set(names)):
        raise SnapshotError(f"There is no check '{name}' to accept. The checks are {', '.join(names)}.")


def _checks() -> list[Path]:
    return sorted((SQL / "checks").glob("*.sql"))


def failures(made: Path, accepted: frozenset[str], live: Path | None, compare: bool) -> list[Failure]:
    """Run the checks: each file in sql/checks must return no rows. Those that name `live.` compare with that release."""
    found = []
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"attach {_quoted(made)} as made (read_only)")
        if live:
            connection.execute(f"attach {_quoted(live)} as live (read_only)")
        elif compare:
            _attach_nothing(connection)
        connection.execute("use made")
        for path in _checks():
            text = path.read_text(encoding="utf-8")
            first, *rest = text.splitlines()
            compares = re.search(r"\blive\.", re.sub(r"--.*", "", "\n".join(rest)))
            if path.stem in accepted or (compares and not compare):
                continue
            result = connection.execute(text)
            columns = [column[0] for column in result.description or []]
            rows = result.fetchmany(EXAMPLES)
            if rows:
                count = len(rows)
                while more := result.fetchmany(10_000):
                    count += len(more)
                examples = tuple(", ".join(_cell(*pair) for pair in zip(columns, row, strict=True)) for row in rows)
                found.append(Failure(path.stem, first.removeprefix("-- ").rstrip("."), examples, count))
    return found


def _cell(column: str, value: object) -> str:
    return f"{column} {value:.12g}" if isinstance(value, float) else f"{column} {value}"


def _attach_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """Tables of the same shape without a row, as what a first release is held against."""
    connection.execute("attach ':memory:' as live")
    for name in tables(connection, "made"):
        connection.execute(f'create table live.main."{name}" as from made.main."{name}" limit 0')


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
