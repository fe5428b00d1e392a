"""Files that are known but from which no figure is taken. Their rows are accounted for like those of any other file.

Output areas to wards, names of wards old and new, centres of small areas, and small areas of 2011 to 2021: wards and
small areas come from the look-ups and outlines that `geography/` reads, and never from these. The council's own list of
ward names says that Canary Wharf is now Millwall, which no official file does.
"""

from __future__ import annotations

from csp_dash.domain.geography import TOWER_HAMLETS, TOWER_HAMLETS_NAME
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import each
from csp_dash.ingest.files.columns import column_of
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE, frame
from csp_dash.ingest.geography.place_names import declared_wards

PLACE = 15
FORMATS = ("lookup_oa_ward", "ward_names", "lsoa_centroids", "lookup_lsoa_2011_2021")
SOURCES: tuple[str, ...] = ()


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """Count rows that name a place of the borough, by its code or name, as accepted, others as out of area."""
    wards = declared_wards()
    names = {name for also in wards["also"] for name in also.split(";") if name}
    known = {TOWER_HAMLETS, *wards["code"], *wards["name"], *names, *context.lsoa_wards}

    def count(entry: SourceFile) -> None:
        rows = frame(entry, context.ledger).drop(columns=[LINE]).apply(lambda column: column.str.strip())
        borough = column_of(rows.columns, r"lad\d\dcd")
        if borough:
            mine = rows[borough].eq(TOWER_HAMLETS)
        else:
            small = rows.apply(lambda column: column.str.fullmatch(TOWER_HAMLETS_NAME + r" \d{3}[A-Z]?"))
            mine = (rows.isin(known) | small.astype(bool)).any(axis=1)
        context.ledger.count(entry, rows=len(rows), accepted=int(mine.sum()), out_of_area=int((~mine).sum()))
        context.ledger.note(entry, "No measure uses it.")

    each(entries, count)
    return []
