"""Adds what readers took to the live release, a period at a time.

A period (a month, or a figure's own start and finish) of one source, kind of area and series is taken whole from the
newer of the two: the new figures replace the live ones where their vintage is the same or newer, else the live ones
stay. So an old file can be dropped in at any time and does no harm, and a file of one month changes that month only.
Months of records that bear no date were held against the live release by their reader, and all of them are taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from csp_dash.ingest.context import Base
from csp_dash.ingest.editions import LIVE, ask, chosen
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import FACT_COLUMNS, KEY, Coverage, area_kind, day_text, fact_frame
from csp_dash.ingest.files.extract import Extract

UNITS = Path(__file__).parent / "sql" / "units.sql"
UNIT = ["series", "area_kind", "start", "finish"]
NEW = 0
"""`file` of all the new files together, beside LIVE."""
COVERAGE = ("source", "series", "area_kind", "first", "last", "missing", "zero_fill")
TABLE_KEYS: dict[str, tuple[str, ...]] = {
    "lsoa_month": ("source", "start"),
    "snap_point": ("month",),
    "stop_search": ("start",),
    "outcome": ("force", "start"),
    "vintage_total": ("source", "vintage"),
    "return_detail": ("indicator", "start"),
    "old_ward_fires": (),
    "postcode": (),
    "intake": ("file",),
    "rejected": ("file",),
}
"""Rows of a narrow table with the same key as a new row give way to it; with no key, all rows do."""
TABLE_OF = {"snap_point": "police_uk_burglary", "stop_search": "stop_search"}
"""The source of a narrow table that does not name it."""


@dataclass
class Merged:
    """What a release holds: facts by source, coverage (columns COVERAGE), narrow tables; and `kept`, what stayed as it was
    because the live release has it from a newer file: source, area_kind, start."""

    facts: dict[str, pd.DataFrame] = field(default_factory=dict)
    coverage: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COVERAGE)))
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    kept: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["source", "area_kind", "start"]))


def merge(taken: Iterable[Extract], base: Base | None) -> Merged:
    """The live release with what was taken. Raises BadInput where two readers speak for the same figures."""
    done = Merged()
    if base is not None:
        for path in base.snapshot.under("data/facts"):
            done.facts[path.stem] = base.facts(path.stem)
        for path in base.snapshot.under("data/tables"):
            done.tables[path.stem] = base.table(path.stem)
        done.coverage = base.coverage[list(COVERAGE)]
    parts = _together(taken)
    kept = [done.kept]
    for source, item in parts.items():
        live = done.facts.get(source, pd.DataFrame(columns=list(FACT_COLUMNS)))
        if len(item.facts):
            done.facts[source], stayed = _facts(live, item)
            kept.append(stayed.assign(source=source))
        done.coverage = _coverage(done.coverage, item.coverage)
    done.kept = pd.concat(kept, ignore_index=True)[["source", "area_kind", "start"]].drop_duplicates()
    for source, item in parts.items():
        for name, rows in item.tables.items():
            done.tables[name] = table(name, done.tables.get(name), rows_apart(name, source, rows, done.kept))
    return done


def _together(taken: Iterable[Extract]) -> dict[str, Extract]:
    """One Extract a source: those of several readers for one source are put together."""
    found: dict[str, Extract] = {}
    for item in taken:
        if item.source not in found:
            found[item.source] = Extract(
                item.source,
                item.facts,
                list(item.coverage),
                list(item.inputs),
                dict(item.tables),
                item.by_area,
                item.settled,
            )
            continue
        own = found[item.source]
        if len(item.facts) and len(own.facts):
            own.facts = pd.concat([own.facts, item.facts], ignore_index=True)
            twice = own.facts[own.facts.duplicated(list(KEY))]
            if len(twice):
                row = twice.iloc[0]
                raise BadInput(
                    f"Two of the files give '{row['series']}' of {row['area']} for {row['start']}"
                    f" ({item.source}). Leave out the older of {own.inputs[0].name} and {item.inputs[0].name}."
                )
        elif len(item.facts):
            own.facts = item.facts
        own.coverage += item.coverage
        own.inputs += item.inputs
        for name, rows in item.tables.items():
            own.tables[name] = pd.concat([own.tables[name], rows]) if name in own.tables else rows
    return found


def months_of(first: str, last: str, missing: Iterable[str] = ()) -> set[str]:
    """The months from first to last, both included, without those that are missing."""
    return {str(month) for month in pd.period_range(first, last, freq="M")} - set(missing)


def _covered(item: Extract) -> pd.DataFrame:
    """The months of which an item leaves zeros out: series ("*" = every series), area_kind, start (YYYY-MM-DD)."""
    rows = {
        (row.series, row.area_kind, f"{month}-01")
        for row in item.coverage
        if row.zero_fill
        for month in months_of(row.first, row.last, row.missing)
    }
    return pd.DataFrame(sorted(rows), columns=["series", "area_kind", "start"], dtype="str")


def _placed(facts: pd.DataFrame, file: int) -> pd.DataFrame:
    """Facts with `file` and `area_kind`; days as text, however they are held."""
    days = {name: day_text(facts[name]) for name in ("start", "finish")}
    return facts.assign(**days, area_kind=area_kind(facts["area"]), file=file)


def _facts(live: pd.DataFrame, item: Extract) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The facts of a source, and the periods (area_kind, start) for which the live ones stayed."""
    if live.empty:
        return item.facts, pd.DataFrame(columns=["area_kind", "start"])
    facts = pd.concat([_placed(live, LIVE), _placed(item.facts, NEW)], ignore_index=True)
    figure = facts.rename(columns={"vintage": "edition"}).assign(id=facts.index)
    units = ask(UNITS, figure=figure[["id", "file", *UNIT, "edition"]], covered=_covered(item))
    given = chosen(units.assign(rank=(units["file"] == NEW) & item.settled), UNIT)
    left = units.drop(given.index)
    rows = facts.loc[given["id"].dropna().astype(int)]
    if item.by_area:  # areas that the files lack keep their live figures
        lost = facts.loc[left.loc[left["file"] == LIVE, "id"].astype(int)]
        rows = pd.concat([rows, lost]).drop_duplicates(list(KEY))
    stayed = left.loc[left["file"] == NEW, ["area_kind", "start"]].drop_duplicates()
    return fact_frame(rows[list(FACT_COLUMNS)]), stayed


def _coverage(live: pd.DataFrame, new: Iterable[Coverage]) -> pd.DataFrame:
    """Coverage with what is new; months are joined, and those between that nobody covers are missing."""
    rows = {(row["source"], row["series"], row["area_kind"]): row for row in live.to_dict("records")}
    for item in new:
        key = (item.source, item.series, item.area_kind)
        first, last, missing = item.first, item.last, set(item.missing)
        if key in rows:
            old = rows[key]
            before = set(filter(None, str(old["missing"]).split(";")))
            if item.zero_fill or missing or before:
                have = months_of(old["first"], old["last"], before) | months_of(first, last, missing)
                first, last = min(have), max(have)
                missing = months_of(first, last) - have
            else:
                first, last = min(first, old["first"]), max(last, old["last"])
        rows[key] = {
            "source": item.source,
            "series": item.series,
            "area_kind": item.area_kind,
            "first": first,
            "last": last,
            "missing": ";".join(sorted(missing)),
            "zero_fill": str(item.zero_fill).lower(),
        }
    return pd.DataFrame(list(rows.values()), columns=list(COVERAGE))


def rows_apart(name: str, source: str, rows: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """The rows of a narrow table without those of the periods (source, start) that are kept as they are."""
    stayed = set(kept.loc[kept["source"] == TABLE_OF.get(name, source), "start"])
    if not stayed or not ({"start", "month"} & set(rows.columns)):
        return rows
    starts = day_text(rows["start"]) if "start" in rows.columns else rows["month"] + "-01"
    mine = rows["source"] == source if "source" in rows.columns else True
    return rows[~(starts.isin(stayed) & mine)]


def series_held(facts: Mapping[str, pd.DataFrame]) -> dict[str, frozenset[str]]:
    """The series that each source has figures of."""
    return {source: frozenset(map(str, rows["series"].unique())) for source, rows in facts.items()}


def table(name: str, live: pd.DataFrame | None, new: pd.DataFrame) -> pd.DataFrame:
    """A narrow table with new rows in place of those that have the same key."""
    if live is None or live.empty:
        return new
    key = list(TABLE_KEYS[name])
    if not key:
        return new if len(new) else live
    fresh = set(new[key].astype(str).itertuples(index=False, name=None))
    stays = [row not in fresh for row in live[key].astype(str).itertuples(index=False, name=None)]
    kept = live[stays]
    if "start" in new.columns:  # days, whichever way they are held
        kept = kept.assign(start=pd.to_datetime(kept["start"]).dt.date)
        new = new.assign(start=pd.to_datetime(new["start"]).dt.date)
    return pd.concat([kept, new], ignore_index=True)
