"""Typed reading of a declaration, with errors that name the file and the key."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from csp_dash.domain.periods import Month

Word = TypeVar("Word", bound=StrEnum)


class CatalogueError(Exception):
    """A declaration is wrong. The text names the file, the key and what is expected there."""


class Table:
    """A TOML table that remembers where it came from and which keys were used."""

    def __init__(self, where: str, values: dict[str, Any]) -> None:
        self.where = where
        self._values = dict(values)

    def fail(self, key: str, expected: str) -> CatalogueError:
        return CatalogueError(f"{self.where}: '{key}' {expected}")

    def take(self, key: str, kind: type, default: Any = ...) -> Any:
        """Value of a key, of a type; CatalogueError where it is absent (and has no default) or of another type."""
        if key not in self._values:
            if default is ...:
                raise self.fail(key, "is missing")
            return default
        value = self._values.pop(key)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.fail(key, f"should be {kind.__name__}, not {type(value).__name__}")
        return value

    def text(self, key: str, default: Any = ...) -> str:
        value: str = self.take(key, str, default)
        if default is ... and not value.strip():
            raise self.fail(key, "is empty")
        return value

    def word(self, key: str, words: type[Word], default: Any = ...) -> Word:
        value = self.take(key, str, default)
        try:
            return words(value)
        except ValueError:
            raise self.fail(key, f"is '{value}'; it should be one of {', '.join(words)}") from None

    def texts(self, key: str, default: Any = ...) -> tuple[str, ...]:
        values = self.take(key, list, default)
        if not all(isinstance(value, str) for value in values):
            raise self.fail(key, "should list texts only")
        return tuple(values)

    def words(self, key: str, words: type[Word], default: Any = ...) -> tuple[Word, ...]:
        """A list whose texts all belong to a closed set."""
        values = self.texts(key, default)
        for value in values:
            if value not in list(words):
                raise self.fail(key, f"has '{value}'; it should hold {', '.join(words)}")
        return tuple(map(words, values))

    def day(self, key: str, default: Any = ...) -> Any:
        return self.take(key, date, default)

    def month(self, key: str) -> Month:
        """A month written as `YYYY-MM`."""
        try:
            return Month.parse(self.text(key))
        except ValueError as fault:
            raise self.fail(key, f"is wrong: {fault}") from None

    def tables(self, key: str) -> list[Table]:
        values = self.take(key, list, [])
        return [Table(f"{self.where} [[{key}]] {number}", value) for number, value in enumerate(values, 1)]

    def table(self, key: str) -> Table:
        return Table(f"{self.where} [{key}]", self.take(key, dict))

    def has(self, key: str) -> bool:
        """Whether a key is there that nothing has read yet."""
        return key in self._values

    def end(self) -> None:
        """Refuse keys that nothing read: a misspelt key is an error, not a silence."""
        if self._values:
            raise CatalogueError(f"{self.where}: unknown key '{sorted(self._values)[0]}'")


def toml(path: Path) -> Table:
    try:
        return Table(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise CatalogueError(f"{path.name} is missing from the catalogue") from None
    except tomllib.TOMLDecodeError as fault:
        raise CatalogueError(f"{path.name} is not valid TOML: {fault}") from None


def rows(path: Path) -> Iterable[Table]:
    """The rows of a CSV as tables; empty cells are empty texts."""
    with path.open(encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), 2):
            yield Table(f"{path.name} line {number}", {key: value or "" for key, value in row.items()})
