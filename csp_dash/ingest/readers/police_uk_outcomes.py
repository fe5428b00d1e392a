"""What came of offences in Tower Hamlets, from the outcomes files of data.police.uk: the table `outcome`, and no facts.

Unit of ``outcome`` (force, start, ward, outcome, n): offences that came to an outcome in a month. `start` is the month of
the outcome, not of the offence; `outcome` is in the publisher's words, which change over the years; `ward` is null where no
look-up has the LSOA. An offence that came to several outcomes counts in each. A row that gives the same outcome of the same
offence again is rejected.

A force and month come whole from one file. Rows are placed, and those of other places told, as street-level crime is.
"""

from __future__ import annotations

import pandas as pd

from csp_dash.ingest.context import Context
from csp_dash.ingest.facts import FACT_COLUMNS
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.source_file import SourceFile
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
    rows = of_borough(entries, FORMATS[0], COLUMNS, context, SOURCE).assign(n=1)
    mark_repeats(rows, ["force", "month", "id", "outcome"])
    mark_rivals(rows, entries, context.ledger)
    settle(rows, entries, context.ledger)
    rows = rows[rows["reason"] == ""]
    if rows.empty:
        return []
    table = summed(rows, ["force", "month", "ward", "outcome"])
    table.insert(1, "start", pd.to_datetime(table["month"] + "-01").dt.date)
    facts = pd.DataFrame(columns=list(FACT_COLUMNS))
    return [Extract(SOURCE, facts, [], used_files(rows, entries), {"outcome": table.drop(columns="month")})]
