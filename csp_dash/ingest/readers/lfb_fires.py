"""London Fire Brigade: fires by month, fires in homes, and deliberate fires by year on the old wards.

`lfb_incidents`
    From the incident records (39 columns, one row an incident): `fires_all`, `primary_fires`, `secondary_fires` and
    `dwelling_fires` (property category "Dwelling"). False alarms and special services are not used. The records do not
    say whether a fire was deliberate, so deliberate fires cannot be counted from them.
`lfb_dwelling_fires`
    Series `dwelling_fires`: from an extract that holds fires in homes alone, and from the incident records, so that the
    series goes on where the extract ends.
`ward_atlas_fires`
    Series `deliberate_fires`: the GLA Ward Atlas, calendar years 2005 to 2014, for the seventeen wards abolished in 2014.
    Only their sum is a fact (borough, flag `old_wards`); the wards stay under their own codes in table `old_ward_fires`
    (ward_code, ward_name, year, n), since today's outlines do not fit them.

Areas of the monthly series: the wards of Tower Hamlets, all 33 London authorities, and London (E12000007; here with the
City of London, which the police figures under the same code lack). A month without a row is a zero, so a file must hold
all of London: one that was cut to Tower Hamlets is refused unless a whole file beside it has its figures.

A month comes whole from one file: the one that reaches furthest, then the incident records before the extract. Where
more than a few fires of Tower Hamlets in a month bear no ward of today's twenty, as in files with the codes of former
wards, that month has no ward figures; a few such fires count for the borough and London alone.

Rows without a borough, with a code of none or a date that is none, and an incident number that was counted already are
rejected. The files are streamed, so memory does not grow with them.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa

from csp_dash.domain.geography import LONDON, TOWER_HAMLETS, WARDS
from csp_dash.ingest.context import Context
from csp_dash.ingest.editions import chosen, refuse_differences
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import fact_frame, month_end
from csp_dash.ingest.files import dates, tables
from csp_dash.ingest.files.columns import month_coverage, table
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.readers.common import coverage, figures, latest, unused

PLACE = 8
FORMATS = ("lfb_incidents", "lfb_dwelling_fires", "ward_atlas")
SOURCES = ("lfb_incidents", "lfb_dwelling_fires", "ward_atlas_fires")
RECORDS, EXTRACT, ATLAS = FORMATS
SQL = Path(__file__).parent / "sql"
#: Columns of a file, whatever their case, -> names in fires_judged.sql. The rest are blank.
COLUMNS = {
    RECORDS: {
        "IncidentNumber": "number",
        "DateOfCall": "day",
        "IncidentGroup": "kind",
        "StopCodeDescription": "stop",
        "PropertyCategory": "property",
        "IncGeo_BoroughCode": "borough",
        "IncGeo_WardCode": "ward",
    },
    EXTRACT: {"date": "day", "borough": "borough", "ward": "ward"},
}
NEEDED = ("number", "day", "kind", "stop", "property", "borough", "ward")
FIXED = {EXTRACT: {"kind": "Fire", "property": "Dwelling"}}
SERIES = {
    "lfb_incidents": ("fires_all", "primary_fires", "secondary_fires", "dwelling_fires"),
    "lfb_dwelling_fires": ("dwelling_fires",),
}
LEAST_BOROUGHS = 30
"""Authorities that a file must name to be London's and not a cut: fires are too few to fall in every one each month."""
MOST_LOST = 0.05
"""Share of a month's fires in Tower Hamlets that may lack a ward of today before that month has no ward figures."""

ATLAS_COLUMNS = {"newcode": "code", "borough": "borough", "names": "name"}
ATLAS_YEAR = re.compile(r"Fires; Deliberate Fires; (\d{4})")
OLD_WARDS = 17


# --- the monthly series ----------------------------------------------------------------------------


@dataclass
class Fires:
    """One file. `counts`: columns month (YYYY-MM), borough, ward ("" outside Tower Hamlets), and one a series."""

    entry: SourceFile
    counts: pd.DataFrame

    @cached_property
    def months(self) -> list[str]:
        return sorted(self.counts["month"].unique())

    @property
    def reach(self) -> str:
        return self.months[-1]

    @cached_property
    def wardless(self) -> frozenset[str]:
        """Months without ward figures."""
        here = self.counts[self.counts["borough"] == TOWER_HAMLETS]
        total = here.groupby("month")["fires_all"].sum()
        lost = here[~here["ward"].isin(WARDS)].groupby("month")["fires_all"].sum().reindex(total.index, fill_value=0)
        return frozenset(map(str, total.index[lost > (MOST_LOST * total).clip(lower=1)]))


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """All sources of fires that the files give. Raises BadInput with the file, the fault and the remedy."""
    fires = [entry for entry in entries if entry.format != ATLAS]
    files = [file for file in each(fires, lambda entry: _read_file(entry, context)) if file is not None]
    whole = _whole(files, context)
    taken = []
    for source in SERIES:
        own = [file for file in whole if source == "lfb_dwelling_fires" or file.entry.format == RECORDS]
        if own:
            taken.append(_taken(source, own))
    atlas = [entry for entry in entries if entry.format == ATLAS]
    return [*taken, *_read_atlas(atlas, context)]


def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _read_file(entry: SourceFile, context: Context) -> Fires | None:
    """Counts of one file. None where it has no fires of Tower Hamlets."""
    db, ledger = context.db, context.ledger
    source = "lfb_incidents" if entry.format == RECORDS else "lfb_dwelling_fires"
    db.register("raw", _stream(entry, context))
    try:
        db.execute(_sql("fires_judged"))
    finally:
        db.unregister("raw")
    db.execute(_sql("fires_repeated"))
    fates: dict[str, int] = dict(db.execute(_sql("fires_fates")).fetchall())
    wrong = db.execute(_sql("fires_rejected")).df()
    told = {own: published for published, own in COLUMNS[entry.format].items()}
    ledger.reject(entry, wrong.assign(column=wrong["column"].map(told)))
    counts = db.execute(_sql("fires_counted")).df()
    here = TOWER_HAMLETS in set(counts["borough"])
    rows, fires, other = sum(fates.values()), fates.get("fire", 0), fates.get("other", 0)
    accepted = fires if here else 0
    ledger.count(
        entry, rows=rows, accepted=accepted, out_of_area=rows - accepted - fates.get("wrong", 0), source=source
    )
    if other:
        ledger.note(entry, f"{other:,} incidents were no fires and are not counted.")
    malformed = ledger.account(entry).rejected - int((wrong["column"] == "number").sum())
    ledger.refuse_if_mostly_wrong(entry, fires + malformed, malformed)
    if not here:
        ledger.note(entry, "It has no fires of Tower Hamlets, so nothing was taken from it.")
        return None
    return Fires(entry, counts)


def _stream(entry: SourceFile, context: Context) -> pa.RecordBatchReader:
    """The columns that are needed, under their names here."""
    names = COLUMNS[entry.format]
    found = {folded(given): given for given in tables.batches(entry, context.ledger).schema.names}
    lacking = [published for published, own in names.items() if folded(published) not in found and own != "ward"]
    if lacking:
        raise BadInput(
            f"{entry.name} has no column {', '.join(lacking)}, which tells where, when or what a fire was. Take the file as it is"
            " published."
        )
    schema = pa.schema([*((own, pa.string()) for own in NEEDED), ("day_read", pa.date32()), (tables.LINE, pa.int64())])
    wanted = {own: found[folded(published)] for published, own in names.items() if folded(published) in found}
    return pa.RecordBatchReader.from_batches(schema, _needed(entry, context, wanted, schema))


def _needed(
    entry: SourceFile, context: Context, wanted: Mapping[str, str], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    fixed = FIXED.get(entry.format, {})
    for batch in tables.batches(entry, context.ledger):
        columns = [
            batch.column(wanted[own]).cast(pa.string())
            if own in wanted
            else pa.array([fixed.get(own, "")] * batch.num_rows, pa.string())
            for own in NEEDED
        ]
        yield pa.RecordBatch.from_arrays(
            [*columns, _days(columns[NEEDED.index("day")]), batch.column(tables.LINE)], schema=schema
        )


def _days(texts: pa.Array) -> pa.Array:
    """The day that each text says, null where it says none."""
    coded = texts.dictionary_encode()
    said = dates.days(pd.Series(coded.dictionary.to_pylist(), dtype="str"))
    return pa.array(said, pa.date32(), from_pandas=True).take(coded.indices)


def _whole(files: list[Fires], context: Context) -> list[Fires]:
    """The files that hold all of London. One that was cut must have its figures in a whole one of the same format."""
    whole = [file for file in files if file.counts["borough"].nunique() >= LEAST_BOROUGHS]
    faults: dict[Hashable, str] = {}
    for file in files:
        if file in whole:
            continue
        rivals = [one for one in whole if one.entry.format == file.entry.format and _holds(one, file)]
        if not rivals:
            faults[file.entry] = (
                f"{file.entry.name} holds fires of {file.counts['borough'].nunique()} of London's 33 authorities. A place without"
                " a row would seem to have no fires, so take the whole file as it is published."
            )
            continue
        context.ledger.note(file.entry, f"All its figures stand in {rivals[0].entry.name} too.")
    if faults:
        raise BadInput.of(faults)
    for file in whole:
        if file.wardless:
            codes = set(file.counts.loc[file.counts["borough"] == TOWER_HAMLETS, "ward"]) - set(WARDS)
            unused(
                file.entry, context.ledger,
                f"In {len(file.wardless)} months too many fires bear no ward of today's, so these have no ward figures",
                sorted(codes),
            )  # fmt: skip
    return whole


def _holds(large: Fires, small: Fires) -> bool:
    key = ["month", "borough", "ward"]
    return bool(
        (large.counts.set_index(key).reindex(pd.MultiIndex.from_frame(small.counts[key])) == small.counts.set_index(key))
        .all(axis=None)
    )  # fmt: skip


def _taken(source: str, files: list[Fires]) -> Extract:
    """A month whole from the file that reaches furthest. Two alike that reach as far must agree."""
    series = SERIES[source]
    files = sorted(files, key=lambda one: (one.entry.format == RECORDS, one.entry.name))
    every = pd.concat(
        [file.counts.assign(edition=file.reach, file=at) for at, file in enumerate(files)], ignore_index=True
    )
    _refuse_different(every, files)
    counts = chosen(every, ["month"]).rename(columns={"edition": "vintage"})
    owner = {month: files[at] for month, at in counts[["month", "file"]].drop_duplicates().itertuples(index=False)}
    covered = [month for month, file in owner.items() if month not in file.wardless]
    in_ward = counts["ward"].isin(WARDS) & counts["month"].isin(covered)
    cells = pd.concat(
        [counts[in_ward].assign(area=counts["ward"]), counts.assign(area=counts["borough"]), counts.assign(area=LONDON)]
    )
    sums = cells.groupby(["area", "month", "vintage"], as_index=False)[list(series)].sum()
    long = sums.melt(["area", "month", "vintage"], list(series), "series", "numerator")
    start = pd.to_datetime(long["month"] + "-01")
    facts = long.assign(start=start, finish=month_end(start), denominator=None, flag=None).drop(columns="month")
    rows = month_coverage(source, "*", ("borough", "region"), owner)
    if covered:
        rows = [*month_coverage(source, "*", ("ward",), covered), *rows]
    own = {id(file): file.entry for file in owner.values()}
    return Extract(source, fact_frame(facts[facts["numerator"] > 0]), rows, list(own.values()))


def _refuse_different(counts: pd.DataFrame, files: list[Fires]) -> None:
    """Refuse two files of one format that reach as far and differ in a month that both have; a place without a row is 0."""
    alike = counts.assign(rank=counts["file"].map(lambda at: files[at].entry.format == RECORDS))
    needed = alike.groupby(["rank", "edition", "month"])["file"].transform("nunique")
    figures = SERIES["lfb_incidents"]
    refuse_differences(
        alike.assign(needed=needed),
        ["month", "borough", "ward"],
        figures,
        [file.entry for file in files],
        lambda row: str(row["month"]),
    )


# --- the Ward Atlas --------------------------------------------------------------------------------


def _read_atlas(entries: list[SourceFile], context: Context) -> list[Extract]:
    """`ward_atlas_fires` and the table `old_ward_fires`."""
    parts = each(entries, lambda entry: (entry, *_atlas_of(entry, context)))
    parts = [part for part in parts if len(part[1])]
    if not parts:
        return []
    facts = latest([(entry, facts) for entry, facts, _ in parts])
    old_wards = max(parts, key=lambda part: len(part[2]))[2]
    source = "ward_atlas_fires"
    return [Extract(source, facts, coverage(source, facts), [part[0] for part in parts], {"old_ward_fires": old_wards})]


def _atlas_of(entry: SourceFile, context: Context) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = table(entry, context.ledger, ATLAS_COLUMNS)
    years = {str(name): int(hit[1]) for name in frame.columns if (hit := ATLAS_YEAR.fullmatch(str(name).strip()))}
    here = frame[frame["borough"] == "Tower Hamlets"]
    context.ledger.count(
        entry, rows=len(frame), accepted=len(here), out_of_area=len(frame) - len(here), source="ward_atlas_fires"
    )
    if here.empty:
        context.ledger.note(entry, "None of its rows is of Tower Hamlets, so nothing was taken from it.")
        return pd.DataFrame(), pd.DataFrame()
    if len(here) != OLD_WARDS:
        raise BadInput(
            f"{entry.name} should hold the {OLD_WARDS} wards of Tower Hamlets before 2014 but holds {len(here)}. Take the"
            " Ward Atlas as it is published."
        )
    parts = [
        pd.DataFrame(
            {
                "ward_code": here["code"],
                "ward_name": here["name"],
                "year": year,
                "n": _counts(entry, here, column).astype("int64"),
            }
        )
        for column, year in years.items()
    ]
    old_wards = pd.concat(parts).sort_values(["ward_code", "year"], ignore_index=True)
    total = old_wards.groupby("year", as_index=False)["n"].sum()
    facts = pd.DataFrame(
        {
            "series": "deliberate_fires",
            "area": TOWER_HAMLETS,
            "start": [f"{year}-01-01" for year in total["year"]],
            "finish": [f"{year}-12-31" for year in total["year"]],
            "numerator": total["n"],
            "denominator": None,
            "flag": "old_wards",
            "vintage": f"{total['year'].max()}-12",
        }
    )
    return fact_frame(facts), old_wards


def _counts(entry: SourceFile, here: pd.DataFrame, column: str) -> pd.Series:
    """A year's counts; the sum of the borough needs them all."""
    numbers = figures(entry, here, column, column, whole=True)
    if numbers.isna().any():
        line = here.loc[numbers.isna(), tables.LINE].iloc[0]
        raise BadInput(
            f"{entry.name}, line {line}, column '{column}' has no figure, so the borough has no sum. Download it again."
        )
    return numbers
