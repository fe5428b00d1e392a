"""The row ledger: accepted, rejected with a reason, or out of area. The three add up to the rows read.

An accepted row gives a figure, or has a reason why it gives none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import starmap

import pandas as pd

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.categories import FILE, NEW
from csp_dash.ingest.files.corrections import Correction, declared
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.source_file import SourceFile

REJECTED = ("file", "line", "column", "value", "reason")
INTAKE = (
    "file",
    "sha256",
    "format",
    "title",
    "source",
    "rows",
    "accepted",
    "rejected",
    "out_of_area",
    "first",
    "last",
    "note",
)
VERBS = ("is ", "has ", "stands ", "may ")
"""How a reason begins that is told of its column."""
LONGEST = 200
MOST_MALFORMED = 0.05
"""Share of a file of records that may be malformed before the file is refused."""


@dataclass
class Account:
    """What became of the rows of one file. `idle` are accepted rows without a figure, by the reason; `months` are accepted rows
    by month, where each row is of one."""

    rows: int = 0
    accepted: int = 0
    out_of_area: int = 0
    rejected: int = 0
    idle: dict[str, int] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)
    source: str = ""
    first: str = ""
    last: str = ""
    notes: list[str] = field(default_factory=list)
    read_as: dict[str, str] = field(default_factory=dict)
    lines: list[pd.DataFrame] = field(default_factory=list)


class Ledger:
    """The accounts of all files of one ingest. `corrections` are those of corrections.toml unless others are given."""

    def __init__(self, corrections: Sequence[Correction] | None = None) -> None:
        self._of: dict[SourceFile, Account] = {}
        self.corrections = declared() if corrections is None else tuple(corrections)

    def forget(self, entries: Iterable[SourceFile]) -> None:
        """Drop the accounts of files that are read again, or not at all."""
        for entry in entries:
            self._of.pop(entry, None)

    def account(self, entry: SourceFile) -> Account:
        return self._of.setdefault(entry, Account())

    def count(self, entry: SourceFile, *, rows: int, accepted: int, out_of_area: int = 0, source: str = "") -> None:
        """Rows that `tables` handed over, and what became of them; `reject` counts the rest. `source` is whose figures they are."""
        own = self.account(entry)
        own.rows += int(rows)
        own.accepted += int(accepted)
        own.out_of_area += int(out_of_area)
        own.source = source or own.source

    def covers(self, entry: SourceFile, first: str, last: str) -> None:
        """First and last month (YYYY-MM) of the figures that a file gave, where that says more than its header does."""
        own = self.account(entry)
        own.first, own.last = min(filter(None, [own.first, first])), max(own.last, last)

    def cover(self, taken: Extract) -> None:
        """The months of what was taken from one file alone, where the file does not say them by itself."""
        if len(taken.inputs) == 1 and len(taken.facts):
            (entry,) = taken.inputs
            first, last = _ends(entry.found.period)
            start, finish = str(taken.facts["start"].min())[:7], str(taken.facts["finish"].max())[:7]
            self.covers(entry, first or start, last or finish)

    def of_month(self, entries: Sequence[SourceFile], month: str) -> list[SourceFile]:
        """Those of some files whose figures reach from before a month (YYYY-MM) to after it; all where none says so."""
        ends = {entry: _period(entry, self.account(entry)) for entry in entries}
        return [entry for entry, (first, last) in ends.items() if first[:7] <= month <= last[:7]] or list(ends)

    def reject(self, entry: SourceFile, rejected: pd.DataFrame) -> None:
        """Rows that were not taken: line, column, value, reason, one row each.

        A reason is a phrase ("no place is given"), or begins with its verb ("is no month") and is then of the column.
        """
        if rejected.empty:
            return
        own = self.account(entry)
        own.rejected += len(rejected)
        kept = rejected[["line", "column", "value", "reason"]].copy()
        kept["value"] = kept["value"].astype(str).str.slice(0, LONGEST)
        own.lines.append(kept)

    def malformed(self, entry: SourceFile, rows: Sequence[tuple[int, str, str]]) -> None:
        """Rows that are no rows of their table: read and rejected. Each is its line, its text and the reason."""
        self.account(entry).rows += len(rows)
        self.reject(entry, pd.DataFrame(rows, columns=["line", "value", "reason"]).assign(column=""))

    def idle(self, entry: SourceFile, why: str, rows: int | None = None) -> None:
        """Accepted rows that give no figure, all those of the file that have no reason yet unless told, with the reason."""
        own = self.account(entry)
        left = own.accepted - sum(own.idle.values())
        number = left if rows is None else min(rows, left)
        if number > 0:
            own.idle[why] = own.idle.get(why, 0) + number

    def note(self, entry: SourceFile, text: str) -> None:
        """Worth knowing, and stops nothing."""
        notes = self.account(entry).notes
        if text not in notes:
            notes.append(text)

    def read_as(self, entry: SourceFile, source: str, word: str, known: str) -> None:
        """A word of a file was read as it is declared in categories.csv."""
        self.account(entry).read_as[f"{source}: {word}"] = known
        if known != NEW:
            self.note(entry, f"'{word}' was read as '{known}', as {FILE} says.")

    def words_read_as(self) -> dict[str, str]:
        """Each word that was read as declared ("source: word"), and as what."""
        return {word: known for own in self._of.values() for word, known in own.read_as.items()}

    def refuse_if_mostly_wrong(self, entry: SourceFile, concerned: int, malformed: int) -> None:
        """Refuse a file of records where more than a few of the rows that concern the borough are malformed."""
        if malformed > max(2, MOST_MALFORMED * concerned):
            first = pd.concat(self.account(entry).lines).sort_values("line").iloc[0]
            where = f", column '{first['column']}': {first['value']!r}" if first["column"] else ""
            raise BadInput(
                f"{entry.name}: {malformed:,} of {concerned:,} rows are wrong, which is too many to leave out."
                f" The first is line {first['line']}{where} ({first['reason']}). Correct the file and hand it in again, or download it again."
            )

    def close(self, entries: Sequence[SourceFile]) -> None:
        """Look that every row of every file is accounted for."""
        for entry in entries:
            own = self.account(entry)
            if own.rows != own.accepted + own.rejected + own.out_of_area:
                raise AssertionError(
                    f"{entry.name}: {own.rows} rows read, but {own.accepted} accepted, {own.rejected} rejected and"
                    f" {own.out_of_area} out of area"
                )

    def intake(self) -> pd.DataFrame:
        """A row a file, columns INTAKE, and `idle`: how many of the accepted rows give no figure. The note says why."""
        rows = [
            (
                entry.name, entry.sha256, entry.format, entry.found.title, own.source, own.rows, own.accepted, own.rejected,
                own.out_of_area, *_period(entry, own), " ".join(filter(None, [entry.found.note, *own.notes, *starmap(_idle, own.idle.items())])),
                sum(own.idle.values()),
            )
            for entry, own in self._of.items()
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=[*INTAKE, "idle"])
        return frame.astype(dict.fromkeys(("rows", "accepted", "rejected", "out_of_area", "idle"), "int64"))

    def rejected(self) -> pd.DataFrame:
        """A row a rejected row, columns REJECTED."""
        parts = [
            pd.concat(own.lines).assign(file=entry.name)[list(REJECTED)] for entry, own in self._of.items() if own.lines
        ]
        if not parts:
            return pd.DataFrame({name: pd.Series(dtype="int64" if name == "line" else "str") for name in REJECTED})
        rows = pd.concat(parts, ignore_index=True).astype({"line": "int64"})
        return rows.assign(reason=[_phrase(*pair) for pair in zip(rows["reason"], rows["column"], strict=True)])


def _idle(why: str, rows: int) -> str:
    return f"{rows:,} accepted {'row gives' if rows == 1 else 'rows give'} no figure: {why}."


def _phrase(reason: str, column: str) -> str:
    """A reason that can be read alone: one that begins with its verb is of the column, or of the whole row."""
    subject = column.replace("_", " ") or "row"
    return f"the {subject} {reason}" if reason.startswith(VERBS) else reason


def _period(entry: SourceFile, own: Account) -> tuple[str, str]:
    """First and last month or year of a file: of what was taken from it, else as recognising tells it."""
    return (own.first, own.last) if own.first else _ends(entry.found.period)


def _ends(period: str) -> tuple[str, str]:
    """First and last month or year of a period as recognising tells it."""
    first, _, last = period.removeprefix("from ").partition(" to ")
    return first, last or ("" if period.startswith("from ") else first)
