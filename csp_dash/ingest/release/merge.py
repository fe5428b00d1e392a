"""Adds what readers took to the live release, a period at a time.

A period (a month, or a figure's own start and finish) of one source, kind of area and series is taken whole from the
newer of the two: the new figures replace the live ones where their vintage is the same or newer, else the live ones
stay. So an old file can be dropped in at any time and does no harm, and a file of one month changes that month only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from csp_dash.ingest.context import Base
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import FACT_COLUMNS, KEY, Coverage, area_kind, fact_frame
from csp_dash.ingest.files.extract import Extract

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
            done.tables[name] = table(name, done.tables.get(name), _not_kept(name, source, rows, done.kept))
    return done


def _together(taken: Iterable[Extract]) -> dict[str, Extract]:
    """One Extract a source: those of several readers for one source are put together."""
    found: dict[str, Extract] = {}
    for item in taken:
        if item.source not in found:
            found[item.source] = Extract(
                item.source, item.facts, list(item.coverage), list(item.inputs), dict(item.tables)
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


def _months(first: str, last: str, missing: Iterable[str] = ()) -> set[str]:
    return {str(month) for month in pd.period_range(first, last, freq="M")} - set(missing)


def _units(item: Extract) -> pd.DataFrame:
    """The periods that an item speaks for: area_kind, series ("*" = every series), start (YYYY-MM-DD), finish, vintage."""
    facts = item.facts.assign(area_kind=area_kind(item.facts["area"]), start=item.facts["start"].astype(str))
    whole = facts["vintage"].max()
    rows: list[tuple[str, str, str, str]] = []
    filled: set[tuple[str, str]] = set()
    for row in item.coverage:
        if row.zero_fill:
            filled.add((row.area_kind, row.series))
            rows += [
                (row.area_kind, row.series, f"{month}-01", "") for month in _months(row.first, row.last, row.missing)
            ]
    of_month = facts.groupby(["area_kind", "start"])["vintage"].max().to_dict()
    of_series = facts.groupby(["area_kind", "series", "start"])["vintage"].max().to_dict()
    units = pd.DataFrame(rows, columns=["area_kind", "series", "start", "finish"])
    units["vintage"] = [
        of_month.get((kind, start), whole) if series == "*" else of_series.get((kind, series, start), whole)
        for kind, series, start in zip(units["area_kind"], units["series"], units["start"], strict=True)
    ]
    every = {kind for kind, series in filled if series == "*"}
    rows_filled = [
        kind in every or (kind, series) in filled
        for kind, series in zip(facts["area_kind"], facts["series"], strict=True)
    ]
    own = facts[~pd.Series(rows_filled, index=facts.index, dtype=bool)]
    keys_of_own = ["area_kind", "series", "start", "finish"]
    spoken = own.assign(finish=own["finish"].astype(str)).groupby(keys_of_own)["vintage"].max().reset_index()
    return pd.concat([units, spoken], ignore_index=True)


def _in_units(facts: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """Label of the unit that each fact lies in (its row number in `units`), or -1."""
    names = zip(units["area_kind"], units["series"], units["start"], units["finish"], strict=True)
    places = {"|".join(key): at for at, key in enumerate(names)}
    kind, series = area_kind(facts["area"]).astype("str"), facts["series"].astype("str")
    start, finish = facts["start"].astype("str"), facts["finish"].astype("str")
    found = (kind + "|" + series + "|" + start + "|" + finish).map(places)
    for looser in (kind + "|*|" + start + "|", kind + "|" + series + "|" + start + "|"):
        found = found.fillna(looser.map(places))
    return found.fillna(-1).astype("int64")


def _facts(live: pd.DataFrame, item: Extract) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The facts of a source, and the periods (area_kind, start) for which the live ones stayed."""
    if live.empty:
        return item.facts, pd.DataFrame(columns=["area_kind", "start"])
    units = _units(item)
    mine, theirs = _in_units(item.facts, units), _in_units(live, units)
    newest = live["vintage"].groupby(theirs).max().to_dict()
    stays = [at for at, vintage in enumerate(units["vintage"]) if str(newest.get(at, "")) > str(vintage)]
    goes = set(range(len(units))) - set(stays)
    facts = pd.concat([live[~theirs.isin(goes)], item.facts[~mine.isin(stays)]])
    return fact_frame(facts), units.loc[stays, ["area_kind", "start"]].drop_duplicates()


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
                have = _months(old["first"], old["last"], before) | _months(first, last, missing)
                first, last = min(have), max(have)
                missing = _months(first, last) - have
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


def _not_kept(name: str, source: str, rows: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """The rows of a narrow table without the periods for which the live release has a newer file."""
    stayed = set(kept.loc[kept["source"] == TABLE_OF.get(name, source), "start"])
    if not stayed or not ({"start", "month"} & set(rows.columns)):
        return rows
    starts = rows["start"].astype(str) if "start" in rows.columns else rows["month"] + "-01"
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
