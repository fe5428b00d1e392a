"""What tests of readers share: reading files as an ingest does, with every row accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType

import pandas as pd

from csp_dash.catalogue import load
from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.facts import FACT_COLUMNS, write_parquet
from csp_dash.ingest.files.corrections import Correction
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile, entries
from csp_dash.ingest.release.merge import COVERAGE
from csp_dash.warehouse import Snapshot
from support import ROOT


@dataclass
class Read:
    """What a run took, by source, and its ledger by the last part of a file's name."""

    taken: dict[str, Extract]
    context: Context

    def __getitem__(self, source: str) -> Extract:
        return self.taken[source]

    def account(self, name: str) -> tuple[int, ...]:
        """Rows, accepted, rejected, out of area."""
        row = self._row(name)
        return tuple(int(row[column]) for column in ("rows", "accepted", "rejected", "out_of_area"))

    def idle(self, name: str) -> int:
        """Accepted rows that give no figure."""
        return int(self._row(name)["idle"])

    def note(self, name: str) -> str:
        return str(self._row(name)["note"])

    def rejected(self) -> list[tuple[int, str, str, str]]:
        rows = self.context.ledger.rejected()
        return list(rows[["line", "column", "value", "reason"]].itertuples(index=False, name=None))

    def _row(self, name: str) -> pd.Series:
        intake = self.context.ledger.intake()
        (row,) = [
            row for _, row in intake.iterrows() if str(row["file"]).split("/")[-1] in (name, f"{name}, sheet 'Sheet'")
        ]
        return row


def take(
    reader: ModuleType,
    scratch: Path,
    *paths: Path,
    base: Base | None = None,
    corrections: tuple[Correction, ...] = (),
    ready: list[SourceFile] | None = None,
    prefer: str = "",
) -> Read:
    """Read files or folders, or entries that are `ready`; `prefer` names one. Every row must be accounted for."""
    good, others = entries(paths)
    assert not [other for other in others if other.problem]
    mine = ready or [entry for entry in good if entry.format in reader.FORMATS]
    assert mine, "none of the files is of a format of this reader"
    preferred = frozenset(entry for entry in mine if entry.file == prefer)
    context = Context(load(), ROOT / "geo", scratch / ".scratch", base, Ledger(corrections), preferred=preferred)
    try:
        taken = reader.read(mine, context)
    finally:
        context.close()
    context.ledger.close(mine)
    return Read({item.source: item for item in taken}, context)


def bundled(source: str) -> pd.DataFrame:
    """Facts of the release that comes with the code."""
    return pd.read_parquet(ROOT / f"data/facts/{source}.parquet")


def same(left: pd.DataFrame, right: pd.DataFrame) -> bool:
    """Whether two facts frames hold the same."""
    return _plain(left).equals(_plain(right))


def _plain(facts: pd.DataFrame) -> pd.DataFrame:
    own = facts[list(FACT_COLUMNS)].copy()
    for column in ("series", "area", "start", "finish", "flag", "vintage"):
        own[column] = own[column].astype("object").where(own[column].notna(), "").astype(str)
    return own.sort_values(list(FACT_COLUMNS)).reset_index(drop=True)


def figure(taken: Extract, series: str, area: str, finish: date) -> float:
    facts = taken.facts
    mine = facts[(facts["series"] == series) & (facts["area"] == area) & (facts["finish"] == finish)]
    return float(mine["numerator"].item())


def live(folder: Path, source: str, facts: pd.DataFrame) -> Base:
    """A live release that holds these facts and no more."""
    write_parquet(facts, folder / f"data/facts/{source}.parquet", order_by=("series", "area", "start"))
    pd.DataFrame(columns=list(COVERAGE)).to_csv(folder / "data/coverage.csv", index=False)
    return Base(Snapshot(folder, "live", {f"data/facts/{source}.parquet": "", "data/coverage.csv": ""}))
