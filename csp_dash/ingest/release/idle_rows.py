"""Why accepted rows give no figure, where the reader of the file cannot know it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from csp_dash.ingest.facts import area_kind, day_text
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile

UNUSED = "nothing was taken from this file"
KEPT = "they are kept in the release, and no measure counts them"
STAYED = "what the live release has for their periods stays"


def note(ledger: Ledger, taken: Sequence[Extract], entries: Sequence[SourceFile], stayed: pd.DataFrame) -> None:
    """Give accepted rows without a figure their reason. `stayed` are the periods (source, area_kind, start) for which the
    live release kept what it had.

    A row with several periods, as of a table with a column a month, gives figures where any of its periods does.
    """
    used = {entry for item in taken for entry in item.inputs}
    for entry in entries:
        if entry not in used:
            ledger.idle(entry, UNUSED)
    for item in taken:
        gone = _stayed(item, stayed[stayed["source"] == item.source])
        starts = set(day_text(item.facts["start"])) if len(item.facts) else set()
        for entry in item.inputs:
            months = ledger.account(entry).months
            if months and gone:
                ledger.idle(entry, STAYED, sum(months.get(start[:7], 0) for start in gone))
            elif starts and starts == gone:
                ledger.idle(entry, STAYED)
    counted = {entry for item in taken if len(item.facts) or not item.tables for entry in item.inputs}
    for entry in used - counted:
        ledger.idle(entry, KEPT)


def _stayed(item: Extract, stayed: pd.DataFrame) -> set[str]:
    """The starts of the periods that stayed for every kind of area that an item gives."""
    if item.facts.empty or stayed.empty:
        return set()
    given = pd.DataFrame(
        {"kind": area_kind(item.facts["area"]), "start": day_text(item.facts["start"])}
    ).drop_duplicates()
    pairs = set(zip(stayed["area_kind"], day_text(stayed["start"]), strict=True))
    whole = [pair in pairs for pair in given.itertuples(index=False, name=None)]
    return set(given["start"]) - set(given["start"][[not one for one in whole]])
