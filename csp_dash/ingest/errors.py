"""The error that refuses files, and how the files at fault are told from their fellows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Protocol, TypeVar

File = TypeVar("File", bound=Hashable)
Made = TypeVar("Made")


class Named(Protocol):
    """A file as it is told."""

    @property
    def name(self) -> str: ...


class BadInput(Exception):
    """An official file is missing or not of the shape expected. The text says what, where and what to do.

    `faults` has a sentence for each file at fault (a SourceFile); it is empty where these are not known.
    """

    def __init__(self, text: str, *files: Hashable) -> None:
        super().__init__(text)
        self.faults: dict[Hashable, str] = dict.fromkeys(files, text)

    @classmethod
    def of(cls, faults: Mapping[Hashable, str]) -> BadInput:
        """The refusal of several files, each for its own reason."""
        made = BadInput("\n".join(dict.fromkeys(faults.values())))
        made.faults = dict(faults)
        return made


def each(files: Iterable[File], read: Callable[[File], Made]) -> list[Made]:
    """What `read` makes of each file. Raises one BadInput for all the files that it refuses, not for the first alone."""
    made: list[Made] = []
    faults: dict[Hashable, str] = {}
    for file in files:
        try:
            made.append(read(file))
        except BadInput as fault:
            faults |= fault.faults or {file: str(fault)}
    if faults:
        raise BadInput.of(faults)
    return made
