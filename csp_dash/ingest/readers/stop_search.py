"""Stop and search by the Metropolitan Police in Tower Hamlets, by ward and month.

The files give a point (moved to a snap point) but no area code: ward and borough come from the point in the ward outlines of
2022. A search without a point cannot be given to any place and is not counted here (about one in eight in London since 2018;
all before June 2016, so those months are not covered). The month is the month in London time: the files' times are UTC.

The files do not say whose searches they hold, and their names are not trusted to. So a month comes from one file, the one
with most searches in the borough, which in an archive of all forces is the Metropolitan Police's; the rows of the others are
rejected. The live release keeps a month that it has from a newer file, or of which it has more searches where one of the
two does not tell how new it is. A file with points of which none lies in the borough is another area's, and all its rows
are out of area. A file that has under a fifth of the live release's searches of a month is no whole month of this borough
and does not replace it.
Files made of the answers of the police.uk service hold the searches of all forces, a few more than the Metropolitan Police's.

A file's months are those with at least a fifth of the searches of its fullest month, or with searches on more than two days.
Its few searches on a day or two of another month are strays: they count in that month if another file of the same run gives
it, and are rejected if none does, since they would make a month of a handful of searches.

Rows that are alike in every column are all kept. The files have no identifier, and several people
searched together at one time and place give like rows, so a repeat cannot be told from a true pair.

Series (facts):

================  ============================================================  ===============
series            numerator                                                     denominator
================  ============================================================  ===============
``stops``         all searches                                                  none
``stops_found``   stops with an outcome other than no further action            all searches
``stops_arrest``  stops that ended in an arrest                                 all searches
================  ============================================================  ===============

`stops_found` is not "something was found": before January 2018 the files say "Nothing found - no
further action", from then on "A no further action disposal", which also covers finds that led to
nothing. That change is a break. Zeros are written out for every covered month.

Table ``stop_search`` (ward, start, ethnicity, object, outcome, n): ethnicity is what the person said,
in the five broad groups of the Census and "Not stated"; objects before 2018 are coarse (every search
under PACE section 1 but firearms carries one wording), so they are called "Not split before 2018".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csp_dash.domain.geography import TOWER_HAMLETS, WARDS
from csp_dash.ingest.context import Context
from csp_dash.ingest.editions import LIVE, chosen
from csp_dash.ingest.errors import each
from csp_dash.ingest.facts import fact_frame, month_end
from csp_dash.ingest.files.categories import NEW, remedy
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.readers.common import LEFT, against_live, file_editions
from csp_dash.ingest.readers.police_uk import (
    NO_PLACE,
    NO_RULE,
    declared_words,
    gathered,
    good_rows,
    live_months,
    month_coverage,
    per_file,
    refuse_first,
    reject,
    settle,
    short_months,
    streamed,
    swapped,
    used_files,
    vintages,
)

PLACE = 6
FORMATS = ("police_uk_stop_and_search",)
SOURCE = "stop_search"
SOURCES = (SOURCE,)
COLUMNS = {
    "date": "Date",
    "lat": "Latitude",
    "lon": "Longitude",
    "ethnicity": "Self-defined ethnicity",
    "object": "Object of search",
    "outcome": "Outcome",
}
"""What a column is called here -> what the publisher calls it."""
WORDS = SOURCE
"""What the words of these files are called in categories.csv."""
MOST_NEW = 0.05
"""Share of a file's searches that may bear a new word in a column."""
OWN_MONTH, STRAY_DAYS = 0.2, 2
"""Share of the searches of a file's fullest month from which on another month is its own too, and days that strays lie on."""
LEAST_OF_LIVE = 0.2
"""Share of the live release's searches of a month below which a file does not speak for it."""
NO_ACTION = "No further action"
ARREST = "Arrest"
NOT_RECORDED = "Not recorded"
OUTCOMES = {
    "Nothing found - no further action": NO_ACTION,
    "False": NO_ACTION,
    "A no further action disposal": NO_ACTION,
    "Suspect arrested": ARREST,
    "Arrest": ARREST,
    "Local resolution": "Community resolution",
    "Community resolution": "Community resolution",
    "Offender given penalty notice": "Penalty notice",
    "Penalty Notice for Disorder": "Penalty notice",
    "Offender cautioned": "Caution",
    "Caution (simple or conditional)": "Caution",
    "Suspect summonsed to court": "Summons or postal charge",
    "Summons / charged by post": "Summons or postal charge",
    "Offender given drugs possession warning": "Drugs warning",
    "Khat or Cannabis warning": "Drugs warning",
    "Article found - Detailed outcome unavailable": "Article found, outcome not given",
    "": NOT_RECORDED,
}
FOUND = frozenset(OUTCOMES.values()) - {NO_ACTION, NOT_RECORDED}
CATCH_ALL = "Articles for use in criminal damage"
OBJECTS = {
    **{
        words: words
        for words in (
            "Anything to threaten or harm anyone",
            "Article for use in theft",
            CATCH_ALL,
            "Controlled drugs",
            "Crossbows",
            "Detailed object of search unavailable",
            "Evidence of hunting any wild mammal with a dog",
            "Evidence of offences under the Act",
            "Evidence of wildlife offences",
            "Firearms",
            "Fireworks",
            "Game or poaching equipment",
            "Goods on which duty has not been paid etc.",
            "Offensive weapons",
            "Psychoactive substances",
            "Seals or hunting equipment",
            "Stolen goods",
        )
    },
    "": NOT_RECORDED,
}
NOT_SPLIT = "Not split before 2018"
NOT_STATED = "Not stated"
ETHNICITY_EXACT = {
    "": NOT_STATED,
    "Not Stated (NS)": NOT_STATED,
    "Other ethnic group - Not stated": NOT_STATED,
    "Chinese or other ethnic group - Chinese (O1)": "Asian",
    "Chinese or other ethnic group - Any other ethnic group (O9)": "Other",
    "Other ethnic group - Any other ethnic group": "Other",
    "Other ethnic group - Arab": "Other",
}
ETHNICITY_START = {
    "Asian or Asian British - ": "Asian",
    "Asian/Asian British - ": "Asian",
    "Black or Black British - ": "Black",
    "Black/African/Caribbean/Black British - ": "Black",
    "Mixed - ": "Mixed",
    "Mixed/Multiple ethnic groups - ": "Mixed",
    "White - ": "White",
}


def ethnic_group(words: str) -> str | None:
    """Broad group of a self-defined ethnicity; None for words that no rule covers."""
    if words in ETHNICITY_EXACT:
        return ETHNICITY_EXACT[words]
    return next((group for start, group in ETHNICITY_START.items() if words.startswith(start)), None)


KNOWN: dict[str, Callable[[str], bool]] = {
    "outcome": OUTCOMES.__contains__,
    "object": OBJECTS.__contains__,
    "ethnicity": lambda word: ethnic_group(word) is not None,
}
"""Whether a word of a column has a rule."""


def points_to_wards(points: pd.DataFrame, wards: gpd.GeoDataFrame) -> pd.Series:
    """Ward of each (lon, lat) row, null outside the borough; a point on a shared line goes to the lower code."""
    spots = points[["lon", "lat"]].dropna().drop_duplicates()
    shapes = gpd.GeoDataFrame(spots, geometry=gpd.points_from_xy(spots["lon"], spots["lat"]), crs=4326)
    joined = gpd.sjoin(shapes, wards, predicate="intersects").sort_values("ward").drop_duplicates(["lon", "lat"])
    known = dict(zip(zip(joined["lon"], joined["lat"], strict=True), joined["ward"], strict=True))
    found = [known.get(spot) for spot in zip(points["lon"], points["lat"], strict=True)]
    return pd.Series(found, index=points.index, dtype="object")


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """`stop_search`: facts by ward and borough, and the narrow table. Raises BadInput with file, line, fault and remedy."""
    rows = searches(entries, context)
    live = live_months(context.base, SOURCE, "stops")
    mark_other_months(rows, entries, live, context)
    settle(rows, entries, context.ledger)
    rows = rows[rows["reason"] == ""]
    told = rows["file"].map(dict(enumerate(file_editions(entries)))).astype("str")
    given = against_live(rows.assign(n=1, edition=told), ["month"], live, entries, context)
    for at, entry in enumerate(entries):
        context.ledger.idle(entry, LEFT, int((rows["file"] == at).sum() - (given["file"] == at).sum()))
    return [figures(given, entries, live)] if len(given) else []


def searches(entries: list[SourceFile], context: Context) -> pd.DataFrame:
    """One good row a search in the borough: file, line, month, ward, ethnicity, object, outcome, and an empty reason.

    The other rows are accounted for. BadInput where a file has too many that are wrong, or a word that no rule covers.
    """
    bounds = context.ward_shapes.total_bounds
    parts: dict[int, list[pa.RecordBatch]] = {}
    read: dict[int, int] = {}
    pointed: dict[int, bool] = {}
    place = {entry: at for at, entry in enumerate(entries)}

    def gather(entry: SourceFile) -> None:
        at = place[entry]
        parts[at], read[at], pointed[at] = [], 0, False
        for batch in streamed(entry, context, COLUMNS):
            x, y = _numbers(batch["lon"]), _numbers(batch["lat"])
            none = np.isnan(x) | np.isnan(y)
            near = _within(x, y, bounds) | _within(y, x, bounds)
            parts[at].append(batch.filter(pa.array(none | near)))
            read[at] += batch.num_rows
            pointed[at] |= not none.all()

    each(entries, gather)
    rows = _placed(gathered(parts, COLUMNS), context)
    here = rows.groupby("file")["ours"].any()
    elsewhere = [at for at in read if pointed[at] and not here.get(at, False)]
    rows = rows[~rows["file"].isin(elsewhere)]
    for at, number in per_file(rows[rows["reason"] == NO_PLACE]).items():
        share = f"{number / read[at]:.0%}"
        context.ledger.note(entries[at], f"{number:,} of its {read[at]:,} searches have no place ({share}).")
    rows = good_rows(rows, read, entries, context.ledger, SOURCE)
    for name in KNOWN:
        rows[name] = _known_words(rows, name, entries, context)
    things = rows["object"].map(OBJECTS)
    return rows.assign(
        ethnicity=rows["ethnicity"].map(ethnic_group).astype("str"),
        object=things.mask((things == CATCH_ALL) & (rows["month"] < "2018-01"), NOT_SPLIT),
        outcome=rows["outcome"].map(OUTCOMES),
    )


def knows(word: str) -> bool:
    """Whether an outcome, an object or an ethnicity of that wording has a rule."""
    return any(known(word) for known in KNOWN.values())


def _known_words(rows: pd.DataFrame, name: str, entries: list[SourceFile], context: Context) -> pd.Series:
    """A column with new words read as categories.csv declares, or else as if nothing had been written there.

    Raises BadInput where there is no live release, or where more than MOST_NEW of a file's searches bear a new word that is
    not declared: its shares of that column would say little.
    """
    words = declared_words(rows, name, KNOWN[name], entries, context, WORDS)
    new = ~words.map(KNOWN[name]).astype(bool)
    declared = words.map({word: context.meaning(WORDS, word) == NEW for word in words.unique()}).astype(bool)
    share = (new & ~declared).groupby(rows["file"]).transform("mean")
    refused = new & ~declared & ((share > MOST_NEW) | (not context.takes_new))
    refuse_first(rows, refused, entries, COLUMNS[name], words, NO_RULE, partial(remedy, WORDS))
    seen = pd.DataFrame({"file": rows["file"], "word": words})[new].value_counts().reset_index()
    for at, word, searches in seen.itertuples(index=False, name=None):
        told = "" if context.meaning(WORDS, word) else remedy(WORDS, word)
        context.ledger.note(
            entries[at],
            f"'{word}' in the column '{COLUMNS[name]}' is new. Its searches in Tower Hamlets ({searches:,}) count as searches,"
            f" as if nothing had been written there. {told}".rstrip(),
        )
    return words.mask(new, "")


def _numbers(texts: pa.Array) -> npt.NDArray[np.float64]:
    """Numbers of texts, NaN for what is none."""
    try:
        numbers = pc.cast(pc.if_else(pc.equal(texts, ""), None, texts), pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        numbers = pd.to_numeric(texts.to_pandas(), errors="coerce").to_numpy(dtype="float64")
    return cast(npt.NDArray[np.float64], numbers)


def _within(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], bounds: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    west, south, east, north = bounds
    return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))


def _placed(rows: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Rows without those of other places, with `ward` and `month`, each with the reason why it is no good, if any."""
    x, y = (pd.to_numeric(rows[name], errors="coerce") for name in ("lon", "lat"))
    wrong_way = swapped(x, y)
    points = pd.DataFrame({"lon": x.mask(wrong_way, y), "lat": y.mask(wrong_way, x)})
    rows["ward"] = points_to_wards(points, context.ward_shapes)
    rows["ours"] = rows["ward"].notna()
    when = pd.to_datetime(rows["date"], utc=True, errors="coerce", format="ISO8601").dt.tz_convert("Europe/London")
    rows["day"] = when.dt.strftime("%Y-%m-%d").astype("str")
    rows["month"] = rows["day"].str[:7]
    reject(rows, (rows["lat"] == "") & (rows["lon"] == ""), COLUMNS["lat"], "", NO_PLACE)
    for name, number in (("lat", y), ("lon", x)):
        reject(rows, number.isna(), COLUMNS[name], rows[name], f"the {COLUMNS[name].lower()} is no number")
    reject(rows, wrong_way, COLUMNS["lat"], rows["lat"], "latitude and longitude are swapped")
    reject(rows, rows["ours"] & when.isna(), COLUMNS["date"], rows["date"], "the date cannot be read")
    return rows[rows["ours"] | (rows["reason"] != "")].copy()


def mark_other_months(rows: pd.DataFrame, entries: list[SourceFile], live: pd.DataFrame, context: Context) -> None:
    """Reject the searches of months that another file gives, that no file gives, or that the live release has whole."""
    held = rows.groupby(["month", "file"], as_index=False).agg(n=("line", "size"), days=("day", "nunique"))
    many = held["n"] >= OWN_MONTH * held.groupby("file")["n"].transform("max")
    own = held[many | (held["days"] > STRAY_DAYS)]
    own = own.assign(rank=[int(entries[at] in context.preferred) for at in own["file"]])
    files = own.assign(file=len(entries) - own["file"])  # of two alike the first
    enough = live.assign(rank=0, n=LEAST_OF_LIVE * live["n"], file=LIVE)
    fullest = pd.concat([files, enough]).rename(columns={"n": "rows"}).assign(edition="")
    given = chosen(fullest, ["month"]).groupby("month")["file"].first()
    best = len(entries) - given[given != LIVE]
    keys = pd.MultiIndex.from_frame(rows[["month", "file"]])
    whole = pd.Series(keys.isin(pd.MultiIndex.from_frame(own[["month", "file"]])), index=rows.index)
    giver = rows["month"].map(best)
    names = giver.map({at: entries[at].name for at in best.unique()}).astype("str")
    few = rows["month"].isin(own["month"]) & ~rows["month"].isin(best.index)
    reject(rows, few, "Date", rows["date"], "far fewer than the live release has for this month")
    reject(rows, giver.isna(), "Date", rows["date"], "it is of a month of which no file is here")
    rival = (whole | ~rows["file"].isin(best)) & (giver != rows["file"])
    reject(rows, rival, "Date", rows["date"] + " of " + names, "another file gives this month")


def figures(rows: pd.DataFrame, entries: list[SourceFile], live: pd.DataFrame) -> Extract:
    """Facts and table of the searches of covered months."""
    months = sorted(rows["month"].unique())
    short = short_months(rows.groupby("month").size(), live.set_index("month")["n"])
    marks = rows.assign(
        stops=1,
        stops_found=rows["outcome"].isin(FOUND).astype(int),
        stops_arrest=(rows["outcome"] == ARREST).astype(int),
    )
    names = ["stops", "stops_found", "stops_arrest"]
    grid = pd.MultiIndex.from_product([WARDS, months], names=["area", "month"])
    by_ward = marks.groupby(["ward", "month"])[names].sum().rename_axis(["area", "month"]).reindex(grid, fill_value=0)
    borough = by_ward.groupby("month").sum().assign(area=TOWER_HAMLETS).reset_index()
    wide = pd.concat([by_ward.reset_index(), borough], ignore_index=True)
    long = wide.assign(all_stops=wide["stops"]).melt(["area", "month", "all_stops"], names, "series", "numerator")
    start = pd.to_datetime(long["month"] + "-01")
    facts = pd.DataFrame(
        {
            "series": long["series"],
            "area": long["area"],
            "start": start,
            "finish": month_end(start),
            "numerator": long["numerator"],
            "denominator": long["all_stops"].where(long["series"] != "stops"),
            "flag": ["short_month" if month in short else None for month in long["month"]],
            "vintage": long["month"].map(vintages(rows)),
        }
    )
    table = (
        rows.assign(start=pd.to_datetime(rows["month"] + "-01").dt.date)
        .groupby(["ward", "start", "ethnicity", "object", "outcome"], as_index=False)
        .size()
        .rename(columns={"size": "n"})
    )
    return Extract(
        source=SOURCE,
        facts=fact_frame(facts),
        coverage=month_coverage(SOURCE, months, zero_fill=False),
        inputs=used_files(rows, entries),
        tables={"stop_search": table},
        settled=True,
    )
