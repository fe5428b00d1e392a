"""police.uk street-level crime for Tower Hamlets: two sources, one set of rules.

``police_uk``
    All forces together. Series: ``asb`` and ``pu_<category>``. A month comes from what the police.uk service itself says
    of the borough (its crimes one by one, or counts of them that others made), in the live release or in a new file. Where
    there is no such thing it is the sum of the forces' own files, once the Metropolitan Police's whole file is there;
    `forces_missing` says that the City of London or the British Transport Police are not in it.
``police_uk_burglary``
    The Metropolitan Police's own street files, burglary only. Series: ``pu_burglary``.

Month and force are told by the rows, never by a file's name, so a file may hold several of both. A file of the
Metropolitan Police without antisocial behaviour is not whole: only its burglaries are taken.

A ward's figure is the sum of the LSOAs whose official best-fit ward it is; the borough's is the sum of all LSOA rows, so an
LSOA without a ward still counts for the borough. Street files changed from LSOA 2011 to LSOA 2021 codes at some time in 2022
and 2023 and mix both inside one month, so both official look-ups are used together. A row without an LSOA is placed by its
point. Force is not borough: rows of other places are out of area, whoever recorded them.

What counts as one offence:

* rows of one force, month and file that share a ``Crime ID`` are one offence: either the row is repeated whole, or it is
  repeated with another outcome, and an outcome is not an offence. The first row of the file is kept;
* rows with a blank ``Crime ID`` (all of December 2010 and 2011) and all antisocial behaviour are all kept: without an
  identifier two like rows may well be two incidents at one map point;
* of two files that hold the same force and month, the newer one gives it, and where one does not tell how new it is, the one
  with more offences of the borough; the other's are rejected. The service's crimes come before counts that others made of
  them. The live release is held against the file that gives a month in the same way.

What categories mean changed twice. The wide "Other crime" to August 2011, "Other theft" to April 2013 (with thefts from the
person and of bicycles) and "Public disorder and weapons" are series of their own; "Violent crime" was only renamed. A crime
type that is not known here is a series of its own, which no measure counts, unless categories.csv says what it is.

Tables: ``lsoa_month`` (source, series, lsoa, ward, start, n), in which ``street:<force>`` are the forces' own files, kept so
that a later file can be added to them; and ``snap_point`` (lon, lat, street, lsoa, ward, month, n) of the burglaries. A snap
point stands for a group of addresses, never for one; ``street`` is often a kind of place ("Supermarket", "Parking Area").
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csp_dash.domain.geography import TOWER_HAMLETS, TOWER_HAMLETS_NAME
from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.editions import LIVE, chosen
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import FACT_COLUMNS, Coverage, fact_frame, month_end, month_text
from csp_dash.ingest.files import dates, tables
from csp_dash.ingest.files.categories import NEW, remedy
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.normalise import folded, slug
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.readers.common import LEFT, against_live, dated, file_editions, held_lately

PLACE = 4
FORMATS = ("police_uk_street", "police_uk_lsoa_month", "police_uk_points")
SOURCE, BURGLARY_SOURCE = "police_uk", "police_uk_burglary"
SOURCES = (SOURCE, BURGLARY_SOURCE)
WORDS = SOURCE
"""What the words of these files are called in categories.csv."""
NO_RULE = "is a word that no rule covers"


METROPOLITAN = "Metropolitan Police Service"
CITY = "City of London Police"
TRANSPORT = "British Transport Police"
ALL_FORCES = "All forces"
"""How `Falls within` begins in files made of the answers of the police.uk service."""
LOCAL = (METROPOLITAN, CITY, TRANSPORT)
"""Forces whose rows without a place may be of the borough."""

ASB = "Anti-social behaviour"
CATEGORIES = {
    ASB: "asb",
    "Bicycle theft": "pu_bicycle_theft",
    "Burglary": "pu_burglary",
    "Criminal damage and arson": "pu_criminal_damage_and_arson",
    "Drugs": "pu_drugs",
    "Other crime": "pu_other_crime",
    "Other theft": "pu_other_theft",
    "Possession of weapons": "pu_possession_of_weapons",
    "Public disorder and weapons": "pu_public_disorder_and_weapons",
    "Public order": "pu_public_order",
    "Robbery": "pu_robbery",
    "Shoplifting": "pu_shoplifting",
    "Theft from the person": "pu_theft_from_the_person",
    "Vehicle crime": "pu_vehicle_crime",
    "Violence and sexual offences": "pu_violence_and_sexual_offences",
    "Violent crime": "pu_violence_and_sexual_offences",
}
WIDER = {"pu_other_crime": "2011-08", "pu_other_theft": "2013-04"}
"""Series whose category was wider up to a month: those months are a series of their own."""

STREET_COLUMNS = {
    "id": "Crime ID",
    "month": "Month",
    "force": "Falls within",
    "lon": "Longitude",
    "lat": "Latitude",
    "street": "Location",
    "lsoa": "LSOA code",
    "name": "LSOA name",
    "kind": "Crime type",
    "outcome": "Last outcome category",
}
COUNT_COLUMNS = {
    "lsoa": "lsoa_code",
    "name": "lsoa_name",
    "borough": "borough",
    "kind": "category",
    "year": "year",
    "month": "month",
    "n": "crime_count",
}
"""What a column is called here -> what the publisher calls it."""

FIRST_MONTH = "2010-12"
MONTH = r"20\d\d-(0[1-9]|1[0-2])"
CELLS = ["series", "lsoa", "ward", "month"]
OWN = "street:"
"""How the source of a force's own file begins in `lsoa_month`."""
LSOA_MONTH = ["source", "series", "lsoa", "ward", "start", "n"]
NO_PLACE = "no place is given"
REJECTED = [tables.LINE, "column", "value", "reason"]
NOTHING = "None of its rows is of Tower Hamlets, so nothing was taken from it."


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """Both police.uk sources. Raises BadInput with the file, the line, the fault and the remedy."""
    points = [entry for entry in entries if entry.format == "police_uk_points"]
    each(points, lambda entry: _pass_over(entry, context.ledger))
    rows = pd.concat([_street(entries, context), _counts(entries, context)], ignore_index=True)
    mark_rivals(rows, entries, context)
    settle(rows, entries, context.ledger, dict.fromkeys(rows.loc[rows["part"], "file"].unique(), BURGLARY_SOURCE))
    rows = rows[rows["reason"] == ""]
    whole = rows[~rows["part"]]
    burglary = rows[(rows["force"] == METROPOLITAN) & (rows["series"] == "pu_burglary")]
    return [*_all_crime(whole, entries, context), *_burglary(burglary, entries, context)]


def _pass_over(entry: SourceFile, ledger: Ledger) -> None:
    rows = entry.found.rows
    if rows is None:
        rows = sum(batch.num_rows for batch in tables.batches(entry, ledger))
    ledger.count(entry, rows=rows, accepted=0, out_of_area=rows)
    ledger.note(entry, "Points that others have cleaned lack the force and the identifier: no figures are taken.")


# --- rows of the borough ---------------------------------------------------------------------------


def streamed(entry: SourceFile, context: Context, names: Mapping[str, str]) -> Iterable[pa.RecordBatch]:
    """The rows of a file with the columns in `names` (name here -> the publisher's), "" where it lacks one, and `line`."""
    ours = {folded(published): name for name, published in names.items()}
    for batch in tables.batches(entry, context.ledger):
        found = {
            ours.get(folded(name), ""): column for name, column in zip(batch.schema.names, batch.columns, strict=True)
        }
        blank = pa.nulls(batch.num_rows, pa.string()).fill_null("")
        columns = [pc.utf8_trim_whitespace(found.get(name, blank)) for name in names]
        yield pa.RecordBatch.from_arrays([*columns, batch.column(tables.LINE)], names=[*names, tables.LINE])


def gathered(parts: Mapping[int, list[pa.RecordBatch]], names: Iterable[str]) -> pd.DataFrame:
    """Batches of several files as one frame with `file`, the place of the file among the entries, and an empty `reason`."""
    schema = pa.schema([*((name, pa.string()) for name in names), (tables.LINE, pa.int64())])
    frame = pa.Table.from_batches([batch for batches in parts.values() for batch in batches], schema).to_pandas()
    sizes = [sum(batch.num_rows for batch in batches) for batches in parts.values()]
    files = np.repeat(np.array(list(parts), dtype="int64"), sizes)
    return cast(pd.DataFrame, frame.assign(file=files, column="", value="", reason=""))


def of_borough(
    entries: list[SourceFile], form: str, names: Mapping[str, str], context: Context, source: str
) -> pd.DataFrame:
    """The good rows of the borough in street or outcomes files, with `ward` (null where no look-up has the LSOA) and numbers
    `x` and `y` of their point.

    The other rows are accounted for. BadInput where a file has too many that are wrong.
    """
    codes = pa.array(list(context.lsoa_wards), pa.string())
    parts: dict[int, list[pa.RecordBatch]] = {}
    read: dict[int, int] = {}

    place = {entry: at for at, entry in enumerate(entries) if entry.format == form}

    def gather(entry: SourceFile) -> None:
        at = place[entry]
        parts[at], read[at] = [], 0
        for batch in streamed(entry, context, names):
            here = pc.or_(pc.is_in(batch["lsoa"], codes), pc.starts_with(batch["name"], TOWER_HAMLETS_NAME))
            parts[at].append(batch.filter(pc.or_(here, pc.equal(batch["lsoa"], ""))))
            read[at] += batch.num_rows

    each(place, gather)
    rows = _placed(gathered(parts, names), context)
    return good_rows(rows, read, entries, context.ledger, source)


def good_rows(
    rows: pd.DataFrame, read: Mapping[int, int], entries: list[SourceFile], ledger: Ledger, source: str
) -> pd.DataFrame:
    """The rows without a reason why not, once all others that were `read` of each file are accounted for.

    BadInput where too many rows of a file are malformed: of those known to be of the borough (`ours`), or of all. A row
    without a place is not malformed.
    """
    wrong = rows[rows["reason"] != ""]
    kept = per_file(rows)
    of_file = dict(list(wrong[[*REJECTED, "ours"]].groupby(wrong["file"])))
    place = {entries[at]: at for at in read}

    def account(entry: SourceFile) -> None:
        at, number = place[entry], read[place[entry]]
        bad = of_file.get(at, wrong.iloc[:0])
        good = kept.get(at, 0) - len(bad)
        cut = ledger.account(entry).rejected
        malformed = bad[bad["reason"] != NO_PLACE]
        ledger.reject(entry, malformed)
        ours = int(malformed["ours"].sum())
        ledger.refuse_if_mostly_wrong(entry, good + ours, ours)
        ledger.refuse_if_mostly_wrong(entry, number + cut, len(malformed) - ours + cut)
        ledger.reject(entry, bad[bad["reason"] == NO_PLACE])
        ledger.count(entry, rows=number - good, accepted=0, out_of_area=number - good - len(bad), source=source)
        if number and at not in kept:
            ledger.note(entry, NOTHING)

    each(place, account)
    return rows[rows["reason"] == ""].reset_index(drop=True)


def reject(rows: pd.DataFrame, where: pd.Series, column: str, value: pd.Series | str, reason: pd.Series | str) -> None:
    """Give rows that have no reason yet the reason why they are not taken."""
    where = where & (rows["reason"] == "")
    rows.loc[where, "column"] = column
    for name, told in (("value", value), ("reason", reason)):
        rows.loc[where, name] = told if isinstance(told, str) else told[where]


def swapped(x: pd.Series, y: pd.Series) -> pd.Series:
    """Whether a point of this country has its longitude where its latitude should be."""
    return x.between(49, 61) & y.between(-9, 2)


def _placed(rows: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Rows without those of other places, each with the reason why it is no good, if any."""
    wards = context.lsoa_wards
    rows["x"], rows["y"] = (pd.to_numeric(rows[name], errors="coerce") for name in ("lon", "lat"))
    rows["ours"] = (rows["lsoa"] != "") | rows["name"].str.startswith(TOWER_HAMLETS_NAME)
    pointless = (rows["lon"] == "") & (rows["lat"] == "")
    unread = ~pointless & (rows["x"].isna() | rows["y"].isna())
    wrong_way = swapped(rows["x"], rows["y"])
    point = (rows["lsoa"] == "") & ~pointless & ~unread & ~wrong_way
    spots = rows.loc[point, ["x", "y"]]
    shapes = gpd.GeoDataFrame(spots, geometry=gpd.points_from_xy(spots["x"], spots["y"]), crs=4326)
    inside = shapes.sjoin(context.lsoa_shapes, predicate="intersects") if len(spots) else spots.assign(lsoa="")
    inside = inside[~inside.index.duplicated()]
    rows.loc[inside.index, "lsoa"] = inside["lsoa"]
    rows.loc[inside.index, "ours"] = True
    near = rows["force"].isin([*LOCAL, ""]) | rows["force"].str.startswith(ALL_FORCES)
    rows = rows[rows["ours"] | (near & ~point)].copy()

    named = STREET_COLUMNS
    known = dates.months(rows["month"])
    rows["month"] = known.mask(known == "", rows["month"])
    reject(rows, ~rows["month"].str.fullmatch(MONTH), named["month"], rows["month"], "it is no month such as 2024-03")
    reject(rows, rows["month"] < FIRST_MONTH, named["month"], rows["month"], "the records begin in December 2010")
    reject(rows, rows["month"] > f"{date.today():%Y-%m}", named["month"], rows["month"], "the month is still to come")
    reject(rows, rows["force"] == "", named["force"], "", "no force is named")
    reject(rows, wrong_way.loc[rows.index], named["lon"], rows["lon"], "longitude and latitude are swapped")
    for name, number in (("lon", "x"), ("lat", "y")):
        gone = unread.loc[rows.index] & rows[number].isna()
        reject(rows, gone, named[name], rows[name], f"the {named[name].lower()} is no number")
    reject(rows, ~rows["ours"], named["lsoa"], "", NO_PLACE)
    return rows.assign(ward=rows["lsoa"].map(wards).astype("str"))


def mark_repeats(rows: pd.DataFrame, alike: Iterable[str]) -> None:
    """Reject rows with the identifier of an earlier one of the file that are like it in the columns `alike`."""
    known = (rows["id"] != "") & (rows["kind"] != ASB)
    reject(rows, known & rows.duplicated(["file", *alike]), "Crime ID", rows["id"], "the same row again")


def mark_rivals(rows: pd.DataFrame, entries: list[SourceFile], context: Context) -> None:
    """Of the files that hold one force and month, reject the rows of all but one; `edition` says how new the other's is."""
    told = file_editions(entries)
    for at, months in rows.loc[rows["force"] == ALL_FORCES, "month"].groupby(rows["file"]):
        if entries[int(at)].format == "police_uk_lsoa_month" and months.nunique() > 1:
            told[int(at)] = months.max()  # a table of several months was made at one time
    # of files with as many offences the one with more rows counts, then the first
    order = sorted(range(len(entries)), key=lambda at: (context.ledger.account(entries[at]).rows, -at))
    held = summed(rows[rows["reason"] == ""], ["force", "month", "file", "part"]).rename(columns={"n": "rows"})
    held["edition"] = [told[at] for at in held["file"]]
    held["rank"] = [
        4 * (entries[at] in context.preferred) + 2 * (not part) + (entries[at].format != "police_uk_lsoa_month")
        for at, part in zip(held["file"], held["part"], strict=True)
    ]
    held = dated(held.assign(file=held["file"].map(order.index)), ["force", "month"])
    given = chosen(held, ["force", "month"]).set_index(["force", "month"])
    best, keys = given["file"].map(dict(enumerate(order))), pd.MultiIndex.from_frame(rows[["force", "month"]])
    rows["edition"] = given["edition"].reindex(keys).to_numpy()
    giver = pd.Series(best.reindex(keys).to_numpy(), index=rows.index)
    names = giver.map({at: entries[at].name for at in best}).astype("str")
    lost = giver.notna() & (giver != rows["file"])
    reject(rows, lost, "Month", rows["month"] + " of " + names, "another file gives this force and month")


def summed(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Rows added up: the keys and `n`."""
    return rows.groupby(keys, as_index=False, dropna=False).agg({"n": "sum"})


def settle(
    rows: pd.DataFrame, entries: list[SourceFile], ledger: Ledger, sources: Mapping[int, str] = MappingProxyType({})
) -> None:
    """Account for good rows and for those that were rejected since; `sources` of files where it is another one."""
    wrong = rows[rows["reason"] != ""]
    of_file = dict(list(wrong[REJECTED].groupby(wrong["file"])))
    good = rows[rows["reason"] == ""]
    for at, months in good["month"].groupby(good["file"]):
        ledger.covers(entries[int(at)], months.min(), months.max())
        ledger.account(entries[int(at)]).months = {str(name): int(n) for name, n in months.value_counts().items()}
    for at, number in per_file(rows).items():
        bad = of_file.get(at, wrong.iloc[:0])
        ledger.reject(entries[at], bad)
        ledger.count(entries[at], rows=number, accepted=number - len(bad), source=sources.get(at, ""))


def per_file(rows: pd.DataFrame) -> dict[int, int]:
    """How many rows each file has, by its place among the entries."""
    counts = rows["file"].value_counts()
    return {int(at): int(n) for at, n in zip(counts.index, counts, strict=True)}


def used_files(rows: pd.DataFrame, entries: list[SourceFile]) -> list[SourceFile]:
    """The files that rows came from."""
    return [entries[at] for at in sorted(rows["file"].unique())]


# --- kinds of file ---------------------------------------------------------------------------------


def _street(entries: list[SourceFile], context: Context) -> pd.DataFrame:
    """Offences of the borough, one a row, with `series`, `n`, and whether they are of a month that is not whole (`part`)."""
    rows = of_borough(entries, "police_uk_street", STREET_COLUMNS, context, SOURCE)
    rows["force"] = rows["force"].mask(rows["force"].str.startswith(ALL_FORCES), ALL_FORCES)
    rows = _in_known_words(rows.assign(n=1), entries, STREET_COLUMNS["kind"], context)
    rows["series"] = _series(rows)
    mark_repeats(rows, STREET_COLUMNS)
    again = (rows["id"] != "") & (rows["kind"] != ASB) & rows.duplicated(["file", "force", "month", "id"])
    reject(rows, again, "Crime ID", rows["id"], "the same offence again, with another outcome")
    part = rows["force"] == METROPOLITAN
    part &= ~(rows["series"] == "asb").groupby([rows["file"], rows["force"], rows["month"]]).transform("any")
    reject(
        rows, part & (rows["series"] != "pu_burglary"), "Crime type", rows["kind"],
        "the month lacks antisocial behaviour, so only its burglaries are taken",
    )  # fmt: skip
    for at in rows.loc[part, "file"].unique():
        context.ledger.note(
            entries[at], "It holds a month without antisocial behaviour, of which only the burglaries are taken."
        )
    return rows.assign(part=part)


def _counts(entries: list[SourceFile], context: Context) -> pd.DataFrame:
    """Counts of the borough by LSOA, month and category, as rows of all forces together."""
    codes = pa.array(list(context.lsoa_wards), pa.string())
    parts: dict[int, list[pa.RecordBatch]] = {}
    place = {entry: at for at, entry in enumerate(entries) if entry.format == "police_uk_lsoa_month"}

    def gather(entry: SourceFile) -> None:
        at, read = place[entry], 0
        parts[at] = []
        for batch in streamed(entry, context, COUNT_COLUMNS):
            here = pc.or_(pc.is_in(batch["lsoa"], codes), pc.starts_with(batch["name"], TOWER_HAMLETS_NAME))
            parts[at].append(batch.filter(pc.or_(here, pc.equal(batch["borough"], TOWER_HAMLETS_NAME))))
            read += batch.num_rows
        away = read - sum(batch.num_rows for batch in parts[at])
        context.ledger.count(entry, rows=away, accepted=0, out_of_area=away, source=SOURCE)
        if read and read == away:
            context.ledger.note(entry, NOTHING)

    each(place, gather)
    rows = gathered(parts, COUNT_COLUMNS)
    month = rows["year"].str.zfill(4) + "-" + rows["month"].str.zfill(2)
    refuse_first(rows, ~month.str.fullmatch(MONTH), entries, "year and month", month, "is no month")
    refuse_first(rows, ~rows["n"].str.fullmatch(r"\d+"), entries, "crime_count", rows["n"], "is not a whole number")
    twice = rows.duplicated(["file", "lsoa", "kind", "year", "month"])
    refuse_first(rows, twice, entries, "lsoa_code", rows["lsoa"], "stands twice for one category and month")
    rows = rows.assign(
        month=month,
        force=ALL_FORCES,
        n=rows["n"].astype("int64"),
        ward=rows["lsoa"].map(context.lsoa_wards).astype("str"),
    )
    rows = _in_known_words(rows, entries, COUNT_COLUMNS["kind"], context)
    return rows.assign(series=_series(rows), part=False)


def _series(rows: pd.DataFrame) -> pd.Series:
    names = {kind: CATEGORIES.get(kind, f"pu_{slug(kind)}") for kind in rows["kind"].unique()}
    series = rows["kind"].map(names).astype("str")
    for name, until in WIDER.items():
        series = series.mask((series == name) & (rows["month"] <= until), f"{name}_to_{until.replace('-', '_')}")
    return series


def knows(word: str) -> bool:
    """Whether a crime type has a series."""
    return word in CATEGORIES


def _in_known_words(rows: pd.DataFrame, entries: list[SourceFile], column: str, context: Context) -> pd.DataFrame:
    """The rows with new crime types read as categories.csv declares; others stay, to be series of their own.

    Raises BadInput where there is no live release to hold a new one against, and where one may be the new name of another:
    a type that the live release has is gone from all rows that a whole file of the Metropolitan Police, or of all forces, has.
    """
    rows["kind"] = declared_words(rows, "kind", knows, entries, context, WORDS)
    new = ~rows["kind"].isin(CATEGORIES)
    refused = new & ((rows["kind"] == "") | (not context.takes_new))
    refuse_first(rows, refused, entries, column, rows["kind"], NO_RULE, partial(remedy, WORDS))
    undeclared = new & (rows["kind"].map({kind: context.meaning(WORDS, kind) for kind in rows["kind"].unique()}) != NEW)
    if not undeclared.any() or context.base is None:
        return rows
    lately = held_lately(context.base.facts(SOURCE)) & set(CATEGORIES.values())
    faults: dict[Hashable, str] = {}
    for at, word in rows.loc[undeclared, ["file", "kind"]].drop_duplicates().itertuples(index=False, name=None):
        entry, own = entries[at], rows[rows["file"] == at]
        part = own[own["kind"] == word]
        gone = sorted(lately - set(own["kind"].map(CATEGORIES)))
        if gone and own["force"].isin([METROPOLITAN, ALL_FORCES]).any():
            names = [kind for kind, series in CATEGORIES.items() if series == gone[0]]
            faults[entry] = (
                f"{entry.name}, line {part[tables.LINE].iloc[0]}, column '{column}': '{word}' is new, and may be the new name of"
                f" '{names[0]}', which is gone from this file. {remedy(WORDS, word)}"
            )
        context.ledger.note(
            entry,
            f"The crime type '{word}' is new. Its offences in Tower Hamlets ({int(part['n'].sum()):,}) are kept under that name,"
            f" and no measure counts them. {remedy(WORDS, word)}",
        )
    if faults:
        raise BadInput.of(faults)
    return rows


def declared_words(
    rows: pd.DataFrame,
    name: str,
    known: Callable[[str], bool],
    entries: list[SourceFile],
    context: Context,
    source: str,
) -> pd.Series:
    """A column with the words that are not known read as categories.csv declares them for it, where it does."""
    declared = {word: context.meaning(source, word) for word in rows[name].unique() if not known(word)}
    declared = {word: meaning for word, meaning in declared.items() if meaning and (meaning == NEW or known(meaning))}
    for at, word in rows.loc[rows[name].isin(declared), ["file", name]].drop_duplicates().itertuples(index=False):
        context.ledger.read_as(entries[at], source, word, declared[word])
    return rows[name].replace({word: meaning for word, meaning in declared.items() if meaning != NEW})


def refuse_first(
    rows: pd.DataFrame,
    where: pd.Series,
    entries: list[SourceFile],
    column: str,
    values: pd.Series,
    fault: str,
    advice: Callable[[str], str] = lambda value: "If the publisher has changed it, the reader needs a new rule.",
) -> None:
    """Refuse each file that has a wrong line, by the first."""
    first = rows[where].assign(value=values[where]).drop_duplicates("file")
    faults: dict[Hashable, str] = {
        entries[
            row["file"]
        ]: f"{entries[row['file']].name}, line {row[tables.LINE]}, column '{column}': {row['value']!r} {fault}."
        f" Look at whether it is the official file. {advice(row['value'])}"
        for row in first.to_dict("records")
    }
    if faults:
        raise BadInput.of(faults)


# --- figures ---------------------------------------------------------------------------------------


def _all_crime(rows: pd.DataFrame, entries: list[SourceFile], context: Context) -> list[Extract]:
    """`police_uk`, and the forces' own files in `lsoa_month`."""
    live = _live(context.base)
    read = rows
    rows = against_live(rows, ["force", "month"], live.months, entries, context)
    if rows.empty:
        _note_idle(read, rows, set(), set(), entries, context.ledger)
        return []
    cells = summed(rows, ["force", "edition", *CELLS])
    own = cells[cells["force"] != ALL_FORCES]
    both = pd.concat([live.own.assign(rank=0, file=LIVE), own.assign(rank=1, file=0)], ignore_index=True)
    held = chosen(both, ["force", "month"])
    told = cells[cells["force"] == ALL_FORCES]
    without = set(told["month"]) | live.told
    _note_without_effect(rows[(rows["force"] != ALL_FORCES) & rows["month"].isin(without)], entries, context)
    months = set(own["month"]) & set(held.loc[held["force"] == METROPOLITAN, "month"])
    months -= without
    parts = held[held["month"].isin(months)]
    _note_idle(read, own, months, without, entries, context.ledger)
    present = parts.groupby("month")["force"].agg(set)
    flags = {str(month): "forces_missing" for month, forces in present.items() if not {CITY, TRANSPORT} <= forces}
    figures = summed(pd.concat([told, parts], ignore_index=True), CELLS)
    kept = own.assign(source=OWN + own["force"])
    taken = Extract(SOURCE, pd.DataFrame(columns=list(FACT_COLUMNS)), [], used_files(rows, entries), settled=True)
    if len(figures):
        totals = figures.groupby("month")["n"].sum()
        flags |= dict.fromkeys(short_months(totals, live.totals), "short_month")
        taken.facts = area_facts(figures, vintages=vintages(pd.concat([told, parts])), flags=flags)
        taken.coverage = month_coverage(SOURCE, totals.index, zero_fill=True)
    table = pd.concat([figures.assign(source=SOURCE), kept], ignore_index=True)
    taken.tables = {"lsoa_month": table.assign(start=_month_starts(table["month"]))[LSOA_MONTH]}
    return [taken]


def _note_idle(
    rows: pd.DataFrame, own: pd.DataFrame, months: set[str], told: set[str], entries: list[SourceFile], ledger: Ledger
) -> None:
    """Say why rows of forces' own files give no figure: `own` are those that were taken, `months` those that are summed,
    `told` those that the service itself gives. A burglary of the Metropolitan Police counts in a source of its own."""
    mine = rows[(rows["force"] != ALL_FORCES) & ~((rows["force"] == METROPOLITAN) & (rows["series"] == "pu_burglary"))]
    taken = set(zip(own["force"], own["month"], strict=True))
    for row in mine.groupby(["file", "force", "month"], as_index=False).size().to_dict("records"):
        month = row["month"]
        if (row["force"], month) not in taken:
            why = LEFT
        elif month in told:
            why = "the counts of all forces that police.uk gives stand for their months"
        elif month not in months:
            why = "they are kept until the Metropolitan Police's whole file of the month is here too"
        else:
            continue
        ledger.idle(entries[row["file"]], why, row["size"])


@dataclass(frozen=True)
class _Live:
    """What the live release has. `own`: the forces' own files (force, series, lsoa, ward, month, n, edition). `totals` of
    `police_uk` by month; `told` are its months that are no sum of forces' files. `months` (force, month, n, edition): what a
    new file of a force and month is held against."""

    own: pd.DataFrame
    totals: pd.Series
    told: set[str]
    months: pd.DataFrame


def _live(base: Base | None) -> _Live:
    table = base.table("lsoa_month") if base is not None else pd.DataFrame()
    if table.empty:
        table = pd.DataFrame(columns=LSOA_MONTH)
    table = table[table["source"].str.startswith(OWN)]
    own = table.assign(force=table["source"].str.removeprefix(OWN), month=month_text(table["start"]))
    own = own[["force", *CELLS, "n"]].astype({"n": "int64"})
    whole = live_months(base, SOURCE)
    totals = whole.set_index("month")["n"]
    sums = own.groupby("month")["n"].sum()
    told = {str(month) for month, n in totals.items() if n != sums.get(month, 0)}
    summing = whole.loc[~whole["month"].isin(told), ["month", "edition"]]
    own = own.merge(summing, on="month", how="left").fillna({"edition": ""})
    months = [summed(own, ["force", "month", "edition"]), whole[whole["month"].isin(told)].assign(force=ALL_FORCES)]
    return _Live(own, totals, told, pd.concat(months, ignore_index=True))


def _note_without_effect(rows: pd.DataFrame, entries: list[SourceFile], context: Context) -> None:
    """Say of a file that was to be preferred that it cannot give these months, whatever it holds of them."""
    for entry in used_files(rows, entries):
        if entry in context.preferred:
            context.ledger.note(
                entry,
                "What the police.uk service says of all forces comes before the file of one; where it is here,"
                " this file changes nothing.",
            )


def live_months(base: Base | None, source: str, series: str = "") -> pd.DataFrame:
    """The months of a source in the live release: `month`, the borough's figure `n` (of all series, or one) and `edition`."""
    facts = base.facts(source) if base is not None else pd.DataFrame(columns=list(FACT_COLUMNS))
    facts = facts[(facts["area"] == TOWER_HAMLETS) & (facts["series"].eq(series) | (series == ""))]
    months = pd.DataFrame(
        {
            "month": month_text(facts["start"]),
            "n": facts["numerator"].astype("float64"),
            "edition": facts["vintage"].astype("str").fillna(""),
        }
    )
    return months.groupby("month", as_index=False).agg(n=("n", "sum"), edition=("edition", "max"))


def vintages(rows: pd.DataFrame) -> dict[str, str | None]:
    """The edition of each month of rows (month, edition); None where that of any part of it is not known."""
    ends = rows.groupby("month")["edition"].agg(["min", "max"])
    return {str(month): newest if oldest else None for month, oldest, newest in ends.itertuples()}


def _burglary(rows: pd.DataFrame, entries: list[SourceFile], context: Context) -> list[Extract]:
    """`police_uk_burglary`, with its part of `lsoa_month` and the map points."""
    live = live_months(context.base, BURGLARY_SOURCE)
    rows = against_live(rows, ["month"], live, entries, context, "Of burglaries")
    if rows.empty:
        return []
    cells = summed(rows, CELLS)
    totals = cells.groupby("month")["n"].sum()
    flags = dict.fromkeys(short_months(totals, live.set_index("month")["n"]), "short_month")
    table = cells.assign(source=BURGLARY_SOURCE, start=_month_starts(cells["month"]))
    points = rows[rows["x"].notna()].assign(street=rows["street"].str.removeprefix("On or near").str.strip())
    points = points.rename(columns={"x": "lon", "y": "lat", "lon": "", "lat": ""})
    points = summed(points, ["lon", "lat", "street", "lsoa", "ward", "month"])
    return [
        Extract(
            source=BURGLARY_SOURCE,
            facts=area_facts(cells, vintages=vintages(rows), flags=flags),
            coverage=month_coverage(BURGLARY_SOURCE, totals.index, zero_fill=True),
            inputs=used_files(rows, entries),
            tables={"lsoa_month": table[LSOA_MONTH], "snap_point": points},
            settled=True,
        )
    ]


def _month_starts(months: pd.Series) -> pd.Series:
    return pd.to_datetime(months + "-01").dt.date


def month_names(first: str, last: str) -> list[str]:
    """All months from first to last, both included, as YYYY-MM."""
    return [str(month) for month in pd.period_range(first, last, freq="M")]


def missing_months(present: Iterable[str]) -> tuple[str, ...]:
    """Months between the first and the last present that are not present."""
    there = set(present)
    return tuple(month for month in month_names(min(there), max(there)) if month not in there)


def short_months(totals: pd.Series, live: pd.Series | None = None) -> set[str]:
    """Months of `totals` that are under half of the median of the three covered months on either side.

    `totals` are of the borough, indexed by YYYY-MM; `live` are those of the live release, for the months around. A real
    fall of that size in one month is not to be expected, so such a month is taken to be incomplete in the source; it is
    flagged, never corrected or left out.
    """
    ordered = totals.astype("float64") if live is None else totals.astype("float64").combine_first(live)
    ordered = ordered.sort_index()
    short = set()
    for place, month in enumerate(ordered.index):
        around = pd.concat([ordered.iloc[max(0, place - 3) : place], ordered.iloc[place + 1 : place + 4]])
        if month in totals.index and len(around) >= 4 and ordered.iloc[place] < around.median() / 2:
            short.add(str(month))
    return short


def area_facts(rows: pd.DataFrame, *, vintages: Mapping[str, str | None], flags: Mapping[str, str]) -> pd.DataFrame:
    """Facts by ward and for the borough from rows (series, ward, month, n); label and flag go by month."""
    by_ward = rows.dropna(subset=["ward"]).groupby(["series", "ward", "month"], as_index=False)["n"].sum()
    borough = rows.groupby(["series", "month"], as_index=False)["n"].sum().assign(ward=TOWER_HAMLETS)
    both = pd.concat([by_ward, borough], ignore_index=True).rename(columns={"ward": "area", "n": "numerator"})
    start = _month_starts(both["month"])
    return fact_frame(
        both.drop(columns="month").assign(
            start=start,
            finish=month_end(start),
            denominator=None,
            flag=[flags.get(month) for month in both["month"]],
            vintage=[vintages[month] for month in both["month"]],
        )
    )


def month_coverage(source: str, months: Iterable[str], *, zero_fill: bool) -> list[Coverage]:
    """Coverage of every series of a monthly source for wards and borough."""
    months = sorted(set(months))
    gaps = missing_months(months)
    return [Coverage(source, "*", kind, months[0], months[-1], gaps, zero_fill) for kind in ("ward", "borough")]
