"""Published formats, known by their header (formats.toml), and near misses."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from csp_dash.ingest.files.dates import month

YEAR = re.compile(r"(?:19|20)\d{2}")
NOTE = re.compile(r"\[(notes? )?[\d, ]+\]", re.I)
AGAIN = "Download it again"
SAVE_ANEW = "Open it and save it as .xlsx, .ods or CSV"
LOCKED = "is locked with a password. Unlock it and save it without one"


@dataclass(frozen=True, slots=True)
class Format:
    """A published shape of file: see formats.toml. `where` is a column and a pattern that one of its first values fits."""

    id: str
    title: str
    publisher: str
    headers: tuple[tuple[str, ...], ...]
    month: str = ""
    where: tuple[str, ...] = ()
    months: bool = False
    shapes: bool = False
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """What has nothing on the borough, and `why`; known by `words` that stand in its titles."""

    title: str
    publisher: str
    words: str
    why: str


class Unreadable(Exception):
    """Why a file cannot be read, as the end of a sentence that begins with its name."""


class Unknown(Unreadable):
    """It can be read, but has no format that is known."""


class Near(Unknown):
    """It has no format that is known, and was clearly meant to be of one."""


@cache
def formats() -> tuple[Format, ...]:
    """The declared formats."""
    rows = _declared()["format"]
    return tuple(Format(**{**row, "headers": tuple(map(tuple, row["headers"]))}) for row in rows)


def publication(rows: Iterable[Iterable[str]]) -> Publication | None:
    """The declared publication that is named in a cell of the first rows of a file."""
    text = "\n".join(" ".join(row) for row in rows).lower()
    known = (Publication(**row) for row in _declared()["publication"])
    return next((one for one in known if one.words in text), None)


@cache
def _declared() -> dict[str, list[dict[str, Any]]]:
    with (Path(__file__).parent / "formats.toml").open("rb") as handle:
        return tomllib.load(handle)


def plain(cell: str) -> str:
    """A cell of a header without blanks at its ends and references to notes, such as `2023 [note 4]`."""
    return NOTE.sub("", cell).strip()


def folded(column: str) -> str:
    return re.sub(r"[^a-z0-9#]", "", plain(column).lower())


def _columns(row: Sequence[str]) -> set[str]:
    """The columns of a header, folded; WD24CD stands for WD##CD too."""
    own = {folded(cell) for cell in row}
    return own | {re.sub(r"\d\d(?=(cd|nm)$)", "##", key) for key in own}


def fit(rows: Sequence[Sequence[str]], *, shapes: bool, body: Sequence[Sequence[str]] = ()) -> tuple[Format, int]:
    """The format that one of the first rows is the header of, and which row: the one with most columns, then the first."""
    best: tuple[int, Format | None, int] = (0, None, 0)
    for at, row in enumerate(rows):
        own, months = _columns(row), bool(header_months(row))
        for form in formats():
            if form.shapes is not shapes or (form.months and not months):
                continue
            size = max((len(header) for header in form.headers if {folded(c) for c in header} <= own), default=0)
            if form.where:
                size = size + 1 if size and _holds(form, row, body[at + 1 :]) else 0
            if size > best[0]:
                best = (size, form, at)
    _, fit, at = best
    if fit is None:
        raise _nearest(rows, shapes)
    return fit, at


def _holds(form: Format, header: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether one of the first rows has a value that the format asks for."""
    column, pattern = form.where
    return any(re.fullmatch(pattern, value) for value in values(column, header, body))


def values(column: str, header: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    place = next((at for at, cell in enumerate(header) if folded(cell) == folded(column)), None)
    return [] if place is None else [row[place].strip() for row in body if len(row) > place]


def _nearest(rows: Sequence[Sequence[str]], shapes: bool) -> Unknown:
    """What to say: the format that a file comes nearest to, the column that it lacks, and in which line."""
    best: tuple[float, Format, list[str], list[str], int] | None = None
    for at, row in enumerate(rows):
        own = _columns(row)
        for form in (one for one in formats() if one.shapes is shapes):
            for header in form.headers:
                missing = [column for column in header if folded(column) not in own]
                share = 1 - len(missing) / len(header)
                if share >= 0.5 and (missing or form.months) and (best is None or share > best[0]):
                    strange = [cell for cell in row if cell and folded(cell) not in {folded(c) for c in header}]
                    best = (share, form, missing, strange, at + 1)
    if best is None:
        return Unknown(
            "is of no format that is known here: its columns fit none of the published ones."
            " Look at whether it is the right file"
        )
    _, near, missing, strange, line = best
    if not missing:
        return Near(
            f"looks like “{near.title}” but line {line} has no columns of months, such as 202404 or Apr-24."
            f" Write them so, or take the file as it is published"
        )
    close = difflib.get_close_matches(folded(missing[0]), map(folded, strange), n=1, cutoff=0.4)
    now = next((cell.strip() for cell in strange if close and folded(cell) == close[0]), "")
    instead = f"; perhaps it is now called '{now}'" if now else ""
    return Near(
        f"looks like “{near.title}” but line {line} has no column '{missing[0]}'{instead}. Put the column back, or ask for the format to be declared"
    )


def header_months(header: Sequence[str], *, months: bool = True) -> list[str]:
    """Months (YYYY-MM) that are columns, where columns may be `months`; else years."""
    cells = [plain(cell) for cell in header]
    years = [cell for cell in cells if YEAR.fullmatch(cell)]
    known = [found for cell in cells if months and (found := month(cell))]
    return known or (years if len(years) > 2 else [])
