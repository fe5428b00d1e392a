"""The postcode directory of the Office for National Statistics (ONSPD, NSPL): which ward and small area a postcode is in.

Table `postcode`, for look-ups on the machine itself: postcode ("E1 4UJ"), lsoa (of 2021 where the file has it, else of
2011), ward. Only postcodes of the borough that are in use are kept; those that are no longer in use, like those of other
places, are out of area. The ward is the one that the directory gives; where that is none of today's, it is the one that
the small area is matched to. Of several editions in one run only the newest counts, by the newest month in which a
postcode came into or went out of use.

Columns by vintage: `oslaua`, `osward`, `lsoa11`, `lsoa21` (ONSPD), `laua`, `ward` (NSPL), `lad25cd`, `wd25cd`, `lsoa21cd`
(both, from 2025 on), `ladcd` and no ward (postcodes to small areas). The file has 2.6 million rows and is streamed.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csp_dash.domain.geography import TOWER_HAMLETS, TOWER_HAMLETS_NAME
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import FACT_COLUMNS, fact_frame
from csp_dash.ingest.files.columns import column_of
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE, batches

PLACE = 14
FORMATS = ("postcodes",)
SOURCE = "ons_postcodes"
SOURCES = (SOURCE,)
COLUMNS = {
    "postcode": ("pcds", "pcd2", "pcd7", "pcd"),
    "begin": ("dointr",),
    "end": ("doterm",),
    "borough": (r"(os)?laua", r"lad(\d\d)?cd"),
    "ward": (r"(os)?ward", r"wd\d\dcd"),
    "lsoa": ("lsoa21(cd)?", "lsoa11(cd)?"),
}
"""How our columns are called in the file, the best first."""
NEEDED = ("postcode", "end", "borough", "lsoa")
LEAST = 0.9
"""Share of the live release's postcodes that a new directory has at least; postcodes come and go, but not by so many."""
POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}"


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """One Extract with no facts and the table `postcode`; none where no row is of the borough."""
    found = dict(each(entries, lambda entry: (entry, _of_borough(entry, context))))
    editions: dict[str, str] = {}
    for entry, (_, _, month) in found.items():
        editions[entry.sha256] = max(month, editions.get(entry.sha256, ""))
    newest = max(editions.values())
    for entry, (_, read_rows, _) in found.items():
        if editions[entry.sha256] < newest:
            context.ledger.count(entry, rows=read_rows, accepted=0, out_of_area=read_rows, source=SOURCE)
            context.ledger.note(entry, f"Not used: another file is of a newer edition ({_month(newest)}).")
    used = [entry for entry in found if editions[entry.sha256] == newest]
    kept = each(used, lambda entry: (entry, _judged(entry, *found[entry][:2], context)))
    inputs = [entry for entry, rows in kept if len(rows)]
    if not inputs:
        return []
    table = _one_each(kept, context)
    _refuse_part(inputs, table, context)
    empty = fact_frame(pd.DataFrame(columns=list(FACT_COLUMNS)))
    return [Extract(SOURCE, empty, [], inputs, {"postcode": table})]


def _month(text: str) -> str:
    return f"{text[:4]}-{text[4:]}"


def _of_borough(entry: SourceFile, context: Context) -> tuple[pd.DataFrame, int, str]:
    """Rows of the borough (our columns and `line`), how many rows the file has, and the newest month in it (YYYYMM)."""
    stream = batches(entry, context.ledger)
    called = {ours: _first(stream.schema.names, patterns) for ours, patterns in COLUMNS.items()}
    for name in NEEDED:
        if not called[name]:
            raise BadInput(f"{entry.name} has no column for the {name} ({COLUMNS[name][0]}). Download it again.")
    parts, count, newest = [], 0, ""
    for batch in stream:
        count += batch.num_rows
        for name in ("begin", "end"):
            if called[name] and batch.num_rows:
                newest = max(newest, _newest(batch.column(called[name])))
        mine = pc.equal(pc.utf8_trim_whitespace(batch.column(called["borough"])), TOWER_HAMLETS)
        kept = pa.Table.from_batches([batch.filter(mine)])
        parts.append(kept.select([column for column in called.values() if column] + [LINE]))
    names = [ours for ours, column in called.items() if column] + [LINE]
    if not parts:
        return pd.DataFrame(columns=names), 0, newest
    rows = pa.concat_tables(parts).rename_columns(names).to_pandas()
    texts = rows[names[:-1]].fillna("").apply(lambda column: column.str.strip())
    return texts.assign(**{LINE: rows[LINE]}), count, newest


def _first(columns: Sequence[str], patterns: Sequence[str]) -> str:
    return next(filter(None, (column_of(columns, pattern) for pattern in patterns)), "")


def _newest(months: pa.Array) -> str:
    """The newest month (YYYYMM) of a column; text that is none does not count."""
    whole = months.filter(pc.match_substring_regex(months, r"^(19|20)\d{4}$"))
    return str(pc.max(whole).as_py()) if len(whole) else ""


def _judged(entry: SourceFile, rows: pd.DataFrame, read_rows: int, context: Context) -> pd.DataFrame:
    """postcode, lsoa, ward, line of the rows that are kept; the others are rejected with a reason, or no longer in use."""
    ended = rows["end"].ne("")
    live = rows[~ended].copy()
    bare = live["postcode"].str.upper().str.replace(r"\s+", "", regex=True)
    live["postcode"] = bare.str.slice(0, -3) + " " + bare.str.slice(-3)
    areas = context.lsoa_wards
    called = {ours: _first(entry.found.columns, COLUMNS[ours]) for ours in ("postcode", "lsoa")}
    faults = (
        (~live["postcode"].str.fullmatch(POSTCODE), "postcode", "what stands there is no postcode"),
        (~live["lsoa"].isin(areas), "lsoa", f"the small area is none of {TOWER_HAMLETS_NAME}"),
        (live["postcode"].duplicated(), "postcode", "the postcode stands in the file already"),
    )
    good = pd.Series(True, index=live.index)
    bad = 0
    for wrong, column, reason in faults:
        hit = live[wrong & good]
        good &= ~wrong
        bad += len(hit)
        context.ledger.reject(
            entry, hit[[LINE]].assign(column=called[column], value=rows.loc[hit.index, column], reason=reason)
        )
    context.ledger.count(
        entry, rows=read_rows, accepted=int(good.sum()), out_of_area=read_rows - len(live), source=SOURCE
    )
    if ended.any():
        context.ledger.note(entry, f"{int(ended.sum()):,} postcodes of {TOWER_HAMLETS_NAME} are no longer in use.")
    context.ledger.refuse_if_mostly_wrong(entry, len(live), bad)
    kept = live[good]
    matched = kept["lsoa"].map(areas)
    today = set(areas.values())
    ward = kept["ward"].where(kept["ward"].isin(today), matched) if "ward" in kept.columns else matched
    return kept[["postcode", "lsoa", LINE]].assign(ward=ward)


def _refuse_part(inputs: list[SourceFile], table: pd.DataFrame, context: Context) -> None:
    """The table takes the place of the live one whole, so a part of a directory would lose the other postcodes."""
    live = context.base.table("postcode") if context.base is not None else pd.DataFrame()
    if len(table) < LEAST * len(live):
        raise BadInput(
            f"{' and '.join(entry.name for entry in inputs)}: {len(table):,} postcodes of {TOWER_HAMLETS_NAME}, where the live"
            f" release has {len(live):,}. The others could not be found any more, so take in the whole directory.",
            *inputs,
        )


def _one_each(kept: list[tuple[SourceFile, pd.DataFrame]], context: Context) -> pd.DataFrame:
    """Each postcode once: a directory comes as one file and, beside it, cut into one for each postal area."""
    whole = pd.concat([rows for _, rows in kept], ignore_index=True)
    other = whole.drop_duplicates(["postcode", "lsoa", "ward"])
    unclear = other[other["postcode"].duplicated()]
    if len(unclear):
        raise BadInput(
            f"{' and '.join(entry.name for entry, rows in kept if len(rows))} are of one edition, but differ about"
            f" {len(unclear):,} postcodes, {unclear.iloc[0]['postcode']} first. Leave out the one that is wrong.",
            *(entry for entry, rows in kept if len(rows)),
        )
    return other[["postcode", "lsoa", "ward"]].sort_values("postcode", ignore_index=True)
