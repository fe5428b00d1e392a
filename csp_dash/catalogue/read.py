"""Turns a table of a declaration into a frozen value, with errors that name the file and the key."""

from __future__ import annotations

import csv
import dataclasses
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import EllipsisType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from csp_dash.domain.periods import Month, Span

Item = TypeVar("Item")


class CatalogueError(Exception):
    """A declaration is wrong. The text names the file, the key and what is expected there."""


class Table:
    """A TOML table, or a row of a CSV, that remembers where it came from and which keys nothing has read yet."""

    def __init__(self, where: str, values: dict[str, Any], *, strict: bool = True) -> None:
        self.where, self._values, self._strict = where, dict(values), strict

    def fail(self, key: str, expected: str) -> CatalogueError:
        return CatalogueError(f"{self.where}: '{key}' {expected}")

    def check(self, *rules: tuple[object, str, str]) -> None:
        """Refuse the table by the first rule that it breaks: whether it does, the key, what is expected."""
        for broken, key, expected in rules:
            if broken:
                raise self.fail(key, expected)

    def take(self, key: str, kind: type[Item], default: Item | EllipsisType = ...) -> Item:
        """The value of a key as a type. A key without a default has to be there, and its text not blank."""
        if key not in self._values and default is not ...:
            return default
        self.check((key not in self._values, key, "is missing"))
        value = self._values.pop(key)
        self.check((default is ... and isinstance(value, str) and not value.strip(), key, "is empty"))
        if not self._strict and get_origin(kind) is tuple:
            value = [part for part in value.split(";") if part]
        try:
            return msgspec.convert(value, kind, strict=self._strict)
        except msgspec.ValidationError as fault:
            words = ", ".join(_words(kind))
            raise self.fail(key, f"is wrong: {fault}" + (f"; it should be one of {words}" if words else "")) from None

    def month(self, key: str) -> Month:
        """A month written as `YYYY-MM`."""
        try:
            return Month.parse(self.take(key, str))
        except ValueError as fault:
            raise self.fail(key, f"is wrong: {fault}") from None

    def span(self) -> Span:
        """The months from the key `first` to the key `last`."""
        first, last = self.month("first"), self.month("last")
        self.check((last < first, "last", "comes before 'first'"))
        return Span(first, last)

    def tables(self, key: str) -> list[Table]:
        values = self.take(key, list[dict[str, Any]], [])
        return [Table(f"{self.where} [[{key}]] {number}", value) for number, value in enumerate(values, 1)]

    def table(self, key: str) -> Table:
        return Table(f"{self.where} [{key}]", self.take(key, dict[str, Any]))

    def has(self, key: str) -> bool:
        """Whether a key is there that nothing has read yet."""
        return key in self._values

    def declared(self, kind: type[Item], **given: Any) -> Item:
        """The table as a dataclass: each field that is not given is the key of its name, and no other key is allowed."""
        for key, hint, default in _fields(kind):  # type: ignore[arg-type]
            if key not in given:
                given[key] = self.take(key, hint, default)
        self.end()
        return kind(**given)

    def end(self) -> None:
        """Refuse keys that nothing has read: a misspelt key is an error, not a silence."""
        if self._values:
            raise CatalogueError(f"{self.where}: unknown key '{next(iter(self._values))}'")


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any, Any], ...]:
    """Name, type and default (`...` for none) of each field of a dataclass."""
    hints = get_type_hints(kind)
    return tuple(
        (field.name, hints[field.name], ... if field.default is dataclasses.MISSING else field.default)
        for field in dataclasses.fields(kind)
    )


def _words(kind: Any) -> tuple[str, ...]:
    """The closed set of words that a type allows, itself or within; none where it allows others."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return tuple(kind)
    return tuple(word for part in get_args(kind) for word in _words(part))


def toml(path: Path) -> Table:
    try:
        return Table(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise CatalogueError(f"{path.name} is missing from the catalogue") from None
    except tomllib.TOMLDecodeError as fault:
        raise CatalogueError(f"{path.name} is not valid TOML: {fault}") from None


def rows(path: Path) -> Iterator[Table]:
    """The rows of a CSV: cells are texts, empty ones too, numbers are read from them, and lists are parted by semicolons."""
    with path.open(encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle, restval=""), 2):
            yield Table(f"{path.name} line {number}", row, strict=False)
