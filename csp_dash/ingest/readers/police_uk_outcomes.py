"""What came of offences in Tower Hamlets, from the outcomes files of data.police.uk: the table `outcome`, and no facts.

Unit of ``outcome`` (force, start, ward, outcome, n): offences that came to an outcome in a month. `start` is the month of
the outcome, not of the offence; `outcome` is in the publisher's words, which change over the years; `ward` is null where no
look-up has the LSOA. An offence that came to several outcomes counts in each. A row that gives the same outcome of the same
offence again is rejected.

A force and month come whole from one file, which is chosen as that of street-level crime is: among the files, and against
the live release. Rows are placed, and those of other places told, as street-level crime is.
"""

from __future__ import annotations

import pandas as pd

from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.facts import FACT_COLUMNS, month_text
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.readers.common import against_live
from csp_dash.ingest.readers.police_uk import (
    STREET_COLUMNS,
    mark_repeats,
    mark_rivals,
    of_borough,
    settle,
    summed,
    used_files,
)

PLACE = 5
FORMATS = ("police_uk_outcomes",)
SOURCE = "police_uk_outcomes"
SOURCES = (SOURCE,)
COLUMNS = {**STREET_COLUMNS, "outcome": "Outcome type"}


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """The table `outcome`. Raises BadInput with the file, the line, the fault and the remedy."""
    rows = of_borough(entries, FORMATS[0], COLUMNS, context, SOURCE).assign(n=1, part=False)
    mark_repeats(rows, ["force", "month", "id", "outcome"])
    mark_rivals(rows, entries, context)
    settle(rows, entries, context.ledger)
    rows = rows[rows["reason"] == ""]
    rows = against_live(rows, ["force", "month"], _live(context.base), entries, context)
    if rows.empty:
        return []
    table = summed(rows, ["force", "month", "ward", "outcome"])
    table.insert(1, "start", pd.to_datetime(table["month"] + "-01").dt.date)
    facts = pd.DataFrame(columns=list(FACT_COLUMNS))
    return [Extract(SOURCE, facts, [], used_files(rows, entries), {"outcome": table.drop(columns="month")})]


def _live(base: Base | None) -> pd.DataFrame:
    """The months of the live release: force, month, n, and no edition, since the table does not have it."""
    held = base.table("outcome") if base is not None else pd.DataFrame()
    if held.empty:
        held = pd.DataFrame(columns=["force", "start", "n"])
    return summed(held.assign(month=month_text(held["start"])), ["force", "month"]).assign(edition="")
