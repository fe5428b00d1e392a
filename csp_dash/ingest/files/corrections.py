"""Corrections of publishers' errors, declared in corrections.toml and applied as a file is read.

Whatever opens a table (`tables.frame`, `tables.batches`) gets it put right, so that no reader has to ask for it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csp_dash.ingest.files.formats import formats
from csp_dash.ingest.files.normalise import folded

DECLARED = Path(__file__).with_name("corrections.toml")


class CorrectionError(ValueError):
    """corrections.toml is not as it should be. The text says what is wrong with which correction."""


@dataclass(frozen=True)
class Correction:
    """In files of a format, where every column of `where` has its value, `column` is given `value`.

    Columns are named as a file names them, without regard to case, spaces and punctuation. `decided` is a day.
    """

    format: str
    where: dict[str, str]
    column: str
    value: str
    reason: str
    decided: str

    def apply(self, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, int]:
        """The batch put right, and how many of its cells that changed."""
        places = {folded(name): at for at, name in reversed(list(enumerate(batch.schema.names)))}
        target = places.get(folded(self.column))
        hit = np.ones(batch.num_rows, dtype=bool)
        for name, value in self.where.items():
            at = places.get(folded(name))
            if at is None:
                return batch, 0
            hit &= np.asarray(pc.equal(pc.utf8_trim_whitespace(batch.column(at)), value))
        if target is None or not hit.any():
            return batch, 0
        column = pc.if_else(pa.array(hit), self.value, batch.column(target))
        return batch.set_column(target, batch.schema.field(target), column), int(hit.sum())

    def told(self, times: int) -> str:
        """A note for the file that it was applied to."""
        often = "once" if times == 1 else f"{times:,} times"
        return f"Corrected {often}: '{self.column}' is {self.value} ({self.reason.rstrip('.')})."


@cache
def declared() -> tuple[Correction, ...]:
    """The corrections of corrections.toml. Raises CorrectionError."""
    return tuple(_read(at, row) for at, row in enumerate(_rows(), start=1))


def _rows() -> list[dict[str, object]]:
    return list(tomllib.loads(DECLARED.read_text(encoding="utf-8")).get("correction", []))


def _read(at: int, row: dict[str, object]) -> Correction:
    where = f"corrections.toml, correction {at}"
    try:
        made = Correction(**row)  # type: ignore[arg-type]
    except TypeError as fault:
        raise CorrectionError(f"{where}: {str(fault).removeprefix('Correction.__init__() ')}") from None
    for name, value in row.items():
        texts = value.values() if isinstance(value, dict) else [value]
        if not all(isinstance(text, str) for text in texts):
            raise CorrectionError(f"{where}: '{name}' is no text; put it in quotes")
    if not (made.where and made.reason.strip() and made.decided.strip()):
        raise CorrectionError(f"{where}: it lacks where it applies, a reason, or the day it was decided")
    if made.format not in {form.id for form in formats()}:
        raise CorrectionError(f"{where}: '{made.format}' is no format of formats.toml")
    return made
