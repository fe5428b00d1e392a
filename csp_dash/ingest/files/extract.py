"""The result of reading the files of one source."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from csp_dash.ingest.facts import Coverage
from csp_dash.ingest.files.source_file import SourceFile


@dataclass
class Extract:
    """What one reader took: facts of one source, their coverage, and any narrow tables beside them.

    With `by_area` the files say nothing of the areas that they lack: a file that was cut to Tower Hamlets does not take
    London's figures away. With `settled` the reader has held its months against the live release: all of them are taken.
    """

    source: str
    facts: pd.DataFrame
    coverage: list[Coverage]
    inputs: list[SourceFile]
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    by_area: bool = False
    settled: bool = False
