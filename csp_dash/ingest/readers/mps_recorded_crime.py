"""Recorded crime of the Metropolitan Police: wards of Tower Hamlets and every London borough, by month.

Input: the wide files that the London Datastore replaces month after month, at ward and borough level. Each is one
*vintage*: one column a month, one row an area and minor category. Unit: recorded offences. Output: `mps_ward`,
`mps_borough`, `mps_borough_whole`, `mps_borough_2024` and the table `vintage_total`.

How vintages become one series
------------------------------
* Styles. Headers and categories changed four times. A file's style follows from its categories alone;
  `mps_categories.csv` declares for each style what every category is called here. Case, spaces and punctuation do not
  matter. A category that the table does not hold is never guessed: it counts in the totals of its major and in no series
  of its own, unless categories.csv says what it is.
* A month is taken whole from one vintage: the finest style first (only `upper_split` separates stalking), then
  the file that reaches furthest. `title_2008` never gives facts, only yearly totals.
* The same holds against the live release. What it has in the finest style is left to it by files of a coarser one, even
  newer ones. Where it has a month in a coarser style from a later file, the finer file's figures carry the later label:
  a label says what may replace a figure, and an older edition of the coarse file must not.
* A stub (the first or last month of a file, with under a fifth of the offences of its neighbour, of another vintage or
  of the live release) is passed over everywhere.
* Two files of one kind that end in the same month must agree: the fuller one counts where the other is a part of it.

What cannot be reconciled, and is flagged
-----------------------------------------
* `split_incomplete`: homes and unconnected buildings before August 2023, when both were still "domestic burglary"
  (all of them to March 2023). Added to `burglary_residential_unsplit` they make one unbroken series.
* `many_unlocated`: files since 2023 leave out offences without a ward. It takes the figures of a whole release to tell
  in which months these are many: see `unlocated`.

Wards are known by their codes, never by their names. Rows of other boroughs' wards are out of area; they count in the
London totals of `vintage_total` only.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar, cast

import pandas as pd

from csp_dash.domain.geography import BOROUGHS, LONDON, TOWER_HAMLETS, WARDS
from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.editions import LIVE, chosen, refuse_differences
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import FACT_COLUMNS, fact_frame, month_end, month_text
from csp_dash.ingest.files import tables
from csp_dash.ingest.files.categories import FILE, NEW, remedy
from csp_dash.ingest.files.columns import month_columns, month_coverage, table, whole_numbers
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.normalise import folded, slug
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.geography.place_names import all_boroughs, borough_codes
from csp_dash.ingest.readers.common import held_lately

PLACE = 1
FORMATS = ("mps_ward", "mps_borough", "mps_ward_long")
SOURCES = ("mps_ward", "mps_borough", "mps_borough_whole", "mps_borough_2024")
CATEGORIES = Path(__file__).with_name("mps_categories.csv")

FIRST_MONTH = "2010-04"
SPLIT_FROM = "2023-08"
SPLIT_SERIES = ("burglary_home", "burglary_unconnected")
FINEST_SERIES = "stalking_harassment"
"""Only the finest style has it, so that facts tell from which style they were taken."""
WHOLE_UNTIL = "2024-01"
"""Last month of the Title Case files, which alone give the months of `mps_borough_whole` up to it."""
STUB_SHARE = 0.2
WORDS = "mps_recorded_crime"
"""What the words of these files are called in categories.csv."""
UNLISTED, NEW_GROUP = "_unlisted", "new_group"
"""How the series of categories that mps_categories.csv does not list ends, after their major or NEW_GROUP."""
FINER_LIVE = "It counts stalking with other violence, so months that the live release has apart stay as they are."
#: Columns by their folded names.
HEADER_NAMES = {
    "borough": "borough",
    "boroughname": "borough",
    "lookupboroughname": "borough",
    "majorcategory": "major",
    "majortext": "major",
    "group": "major",
    "minorcategory": "minor",
    "minortext": "minor",
    "subgroup": "minor",
    "wardcode": "ward",
}
#: Styles from coarse to fine; only those ranked 1 or more give monthly facts.
STYLE_RANK = {"title_2008": 0, "title_2020": 1, "upper_unsplit": 2, "upper_split": 3}
FINEST = "upper_split"

#: Sums that mean the same in every style, so that totals of different vintages can be set side by side.
ROLLUPS = {
    "burglary_residential": ("burglary_home", "burglary_unconnected", "burglary_residential_unsplit"),
    "violence_with_injury_with_driving": ("violence_with_injury", "death_by_driving"),
    "violence_without_injury_with_stalking": ("violence_without_injury", "stalking_harassment"),
}


class Edition(Protocol):
    """What one file gives: of a kind, to a last month, with figures above zero by their keys."""

    entry: SourceFile

    @property
    def kind(self) -> str: ...

    @property
    def reach(self) -> str: ...

    def figures(self) -> pd.Series: ...


E = TypeVar("E", bound=Edition)


def without_twins(known: list[E], new: E, ledger: Ledger) -> list[E]:
    """The editions with a new one. Of two that are of one kind and end alike, the fuller counts if it holds the other.

    Raises BadInput where they differ.
    """
    for at, other in enumerate(known):
        if (other.kind, other.reach) != (new.kind, new.reach):
            continue
        small, large = sorted((other, new), key=lambda one: (len(one.figures()), one.entry.found.rows or 0))
        _refuse_different(other, new, small)
        ledger.note(small.entry, f"All its figures stand in {large.entry.name} too.")
        return [*known[:at], large, *known[at + 1 :]]
    return [*known, new]


def _refuse_different(other: Edition, new: Edition, small: Edition) -> None:
    """Refuse two editions where the fuller lacks a figure of the `small` one, or gives it differently."""
    rows = pd.concat(
        one.figures().rename("n").reset_index().assign(edition=one.reach, file=at, needed=2 if one is small else 1)
        for at, one in enumerate((other, new))
    )
    figure = [name for name in rows.columns if name not in ("n", "edition", "file", "needed")]
    refuse_differences(
        rows,
        figure,
        ["n"],
        [other.entry, new.entry],
        lambda row: f"{' / '.join(row[figure].dropna().replace('', pd.NA).dropna())} ({new.kind})",
    )


# --- categories ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Meaning:
    """What one category is called here: `series`, and the finer `detail` that only some vintages allow."""

    series: str
    detail: str


@cache
def categories() -> dict[tuple[str, str, str], Meaning]:
    """The declared reconciliation table: (style, major, minor), both folded -> meaning."""
    with CATEGORIES.open(encoding="utf-8", newline="") as handle:
        return {
            (row["style"], folded(row["major"]), folded(row["minor"])): Meaning(row["series"], row["detail"])
            for row in csv.DictReader(handle)
        }


@cache
def _as_written() -> frozenset[tuple[str, str, str]]:
    with CATEGORIES.open(encoding="utf-8", newline="") as handle:
        return frozenset((row["style"], row["major"], row["minor"]) for row in csv.DictReader(handle))


def style_of(pairs: Iterable[tuple[str, str]]) -> str:
    """The style whose table holds most of the categories (major, minor); of two, the one that also writes them so.

    Without stalking as a category of its own a file is not of the finest style, whatever else it holds.
    """
    pairs = set(pairs)
    split = any(folded(minor) == "stalkingandharassment" for _, minor in pairs)

    def fit(style: str) -> tuple[int, int, int]:
        known = sum((style, folded(major), folded(minor)) in categories() for major, minor in pairs)
        return known, sum((style, *pair) in _as_written() for pair in pairs), STYLE_RANK[style]

    return max((style for style in STYLE_RANK if split or style != FINEST), key=fit)


def knows(word: str) -> bool:
    """Whether any style has a category "MAJOR / MINOR"."""
    return any(folded(word) == f"{major}{minor}" for _, major, minor in categories())


def meanings(
    frame: pd.DataFrame, entry: SourceFile, context: Context, live: Callable[[Base], pd.DataFrame]
) -> tuple[str, pd.DataFrame]:
    """The style of a table with columns major and minor, and the columns series and detail of its rows.

    A category that the style does not hold is read as categories.csv declares. Else, where its major is known, it counts
    in the totals of its major alone, under a series that ends in UNLISTED. Raises BadInput where that cannot be right: the
    major is new, or a category of that major that is in the `live` release (columns series, start) is gone from the file.
    """
    blank = frame[(frame["major"] == "") | (frame["minor"] == "")]
    if len(blank):
        raise BadInput(
            f"{entry.name}, line {blank[tables.LINE].iloc[0]} names no category. If cells are merged, unmerge them and fill"
            " them down; if it is a total or a note, take the row out."
        )
    pairs = list(frame[["major", "minor"]].drop_duplicates().itertuples(index=False, name=None))
    style = style_of(pairs)
    found = {pair: _meaning(style, pair, entry, context) for pair in pairs}
    series = {one.series for one in found.values()}
    for (major, minor), meaning in found.items():
        if meaning.series.endswith(UNLISTED):
            line = frame.loc[(frame["major"] == major) & (frame["minor"] == minor), tables.LINE].iloc[0]
            if why := _why_not(style, major, minor, series, context, live):
                raise BadInput(f"{entry.name}, line {line}: the category '{major} / {minor}' {why}")
    rows = [(*pair, meaning.series, meaning.detail) for pair, meaning in found.items()]
    known = pd.DataFrame(rows, columns=["major", "minor", "series", "detail"])
    told = frame[["major", "minor"]].merge(known, on=["major", "minor"], how="left")
    return style, told[["series", "detail"]].set_index(frame.index)


def _meaning(style: str, pair: tuple[str, str], entry: SourceFile, context: Context) -> Meaning:
    """What a category is called here; a series that ends in UNLISTED where no rule and no declaration says."""
    (major, minor), word = pair, " / ".join(pair)
    meaning = categories().get((style, folded(major), folded(minor)))
    declared = "" if meaning else context.meaning(WORDS, word)
    if declared and declared != NEW:
        known_major, _, known_minor = declared.partition("/")
        meaning = categories().get((style, folded(known_major), folded(known_minor)))
        if meaning is None:
            raise BadInput(
                f"{entry.name}: {FILE} says to read '{word}' as '{declared}', which files of the style {style} do not have."
                " Name a category of this file there."
            )
    if declared:
        context.ledger.read_as(entry, WORDS, word, declared)
    own = slug(major) if folded(major) in _majors(style) else NEW_GROUP
    return meaning or Meaning(f"{own}{UNLISTED}", "")


def _majors(style: str) -> set[str]:
    return {major for of, major, _ in categories() if of == style}


def _why_not(
    style: str, major: str, minor: str, series: set[str], context: Context, live: Callable[[Base], pd.DataFrame]
) -> str:
    """Why a category that is not listed cannot count in the totals alone; "" where it can. `series` are those of the file."""
    if context.base is None or not context.takes_new:
        return (
            f"is not in mps_categories.csv for files of the style {style}. If the publisher renamed a category, add a row"
            " there that says which series it belongs to."
        )
    word = f"{major} / {minor}"
    if context.meaning(WORDS, word) == NEW:
        return ""
    if folded(major) not in _majors(style):
        return f"is of a group that is not known: the force may count otherwise than before. {remedy(WORDS, word)}"
    lately = held_lately(live(context.base))
    gone = [
        name
        for of, group, name in sorted(_as_written())
        if of == style and folded(group) == folded(major)
        and categories()[of, folded(group), folded(name)].series in lately - series
    ]  # fmt: skip
    if gone:
        return f"is new, and may be the new name of '{gone[0]}', which is gone from this file. {remedy(WORDS, word)}"
    return ""


def note_new(
    entry: SourceFile,
    frame: pd.DataFrame,
    series: pd.Series,
    cells: pd.DataFrame,
    here: pd.Series,
    context: Context,
    fate: str = "count in the totals of their group and of all offences, and in no measure of their own",
) -> None:
    """Say how many offences have no category of their own; `here` marks the rows of Tower Hamlets."""
    fresh = series.str.endswith(UNLISTED)
    sums = cells.sum(axis=1)
    words = frame["major"] + " / " + frame["minor"]
    for word in words[fresh].unique():
        rows = words.index[words == word]
        told = remedy(WORDS, word) if not context.meaning(WORDS, word) else ""
        context.ledger.note(
            entry,
            f"The category '{word}' is new. Its offences ({int(sums[rows].sum()):,}, of which"
            f" {int(sums[rows][here[rows]].sum()):,} in Tower Hamlets) {fate}. {told}".rstrip(),
        )


# --- one file --------------------------------------------------------------------------------------


@dataclass
class Vintage:
    """One official file, melted. `counts` holds the columns area, series, detail, month (YYYY-MM) and n.

    `area` is a GSS code of a ward of Tower Hamlets (ward files) or a borough; rows of area `E12000007` are the
    sums of every row of the file, where it holds all boroughs. Months that are stubs stand in `stubs` and are absent from
    `counts`. `cells` are the file's own figures by its own keys, a column a month.
    """

    entry: SourceFile
    grain: str
    style: str
    months: list[str]
    counts: pd.DataFrame
    cells: pd.DataFrame
    stubs: list[str] = field(default_factory=list)

    @property
    def reach(self) -> str:
        """Last month that the file covers; the vintage's label."""
        return self.months[-1]

    @property
    def kind(self) -> str:
        return f"{self.grain} files"

    def figures(self) -> pd.Series:
        """The file's own figures above zero, by its own keys and month."""
        cells = cast(pd.Series, self.cells.rename_axis(columns="month").stack())
        return cells[cells > 0]

    def totals(self) -> pd.Series:
        """Offences in Tower Hamlets by month, all series together, without stubs."""
        rows = self.counts[self.counts["area"].isin([TOWER_HAMLETS, *WARDS])]
        return rows.groupby("month")["n"].sum()


def read_vintage(entry: SourceFile, context: Context) -> Vintage | None:
    """One wide file of any header and style, melted to harmonised series; stubs are still inside.

    None where it has no rows, or none of Tower Hamlets, or is a copy that others made.
    """
    if entry.format == "mps_ward_long":
        _account_for_long(entry, context)
        return None
    months = month_columns(entry)
    frame = table(entry, context.ledger, HEADER_NAMES)
    grain = "ward" if entry.format == "mps_ward" else "borough"
    if frame.empty:
        context.ledger.count(entry, rows=0, accepted=0, source=f"mps_{grain}")
        return None
    keys = [name for name in ("borough", "ward", "major", "minor") if name in frame.columns]
    twice = frame[frame.duplicated(keys)]
    if len(twice):
        raise BadInput(
            f"{entry.name}, line {twice[tables.LINE].iloc[0]}: it holds two rows for {' / '.join(twice.iloc[0][keys])}."
            " Download the file again."
        )
    style, told = meanings(frame, entry, context, lambda base: base.facts(f"mps_{grain}"))
    numbers = whole_numbers(frame, list(months), entry).rename(columns=months)
    cells = numbers.set_index(pd.MultiIndex.from_frame(frame[keys]))
    boroughs = borough_codes(frame, "borough", entry) if "borough" in frame.columns else None
    areas = _wards(frame, boroughs, entry) if grain == "ward" else cast(pd.Series, boroughs)
    if grain == "ward":
        used = _all_wards(entry, areas, context.ledger)
        whole = boroughs is not None and set(BOROUGHS.values()) <= set(boroughs)
        accepted = int(areas.ne("").sum())
    else:
        used = whole = all_boroughs(entry, areas, context.ledger)
        accepted = len(frame) if used else 0
    rest = len(frame) - accepted
    context.ledger.count(entry, rows=len(frame), accepted=accepted, out_of_area=rest, source=f"mps_{grain}")
    if not used:
        return None
    note_new(entry, frame, told["series"], numbers, areas.isin([TOWER_HAMLETS, *WARDS]), context)
    rows = pd.concat([told, numbers], axis=1).assign(area=areas)
    both = pd.concat([rows[rows["area"] != ""], *([rows.assign(area=LONDON)] if whole else [])])
    grouped = both.groupby(["area", "series", "detail"])[list(months.values())].sum()
    counts = cast(pd.Series, grouped.rename_axis(columns="month").stack()).rename("n").reset_index()
    return Vintage(entry, grain, style, list(months.values()), counts, cells)


def _wards(frame: pd.DataFrame, boroughs: pd.Series | None, entry: SourceFile) -> pd.Series:
    """Code of each row's ward; empty outside Tower Hamlets."""
    codes = frame["ward"].str.upper()
    strays = ~codes.isin(WARDS) & (boroughs == TOWER_HAMLETS if boroughs is not None else False)
    if strays.any():
        row = frame[strays].iloc[0]
        raise BadInput(
            f"{entry.name}, line {row[tables.LINE]}: Tower Hamlets has a ward code '{row['ward']}' outside {WARDS[0]} to"
            f" {WARDS[-1]}. If ward boundaries changed, new outlines are needed before this file can be used."
        )
    return codes.where(codes.isin(WARDS), "")


def _all_wards(entry: SourceFile, areas: pd.Series, ledger: Ledger) -> bool:
    found = set(areas) & set(WARDS)
    if not found:
        ledger.note(entry, "None of its rows is of Tower Hamlets, so nothing was taken from it.")
        return False
    if len(found) < len(WARDS):
        raise BadInput(
            f"{entry.name} holds {len(found)} of the {len(WARDS)} wards of Tower Hamlets, so the others would seem to have"
            " no crime. Take the whole file as it is published."
        )
    return True


# --- many files, and the live release --------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """What the live release has of a month of a source: the label of its figures, whether they are of the finest style,
    and the offences in Tower Hamlets."""

    label: str
    finest: bool
    total: float


def held(base: Base | None, source: str) -> dict[str, Held]:
    """Month -> what the live release has of it."""
    if base is None:
        return {}
    facts = base.facts(source)
    facts = facts.assign(month=month_text(facts["start"]))
    here = facts[facts["area"].isin([TOWER_HAMLETS, *WARDS])]
    totals = here.groupby("month")["numerator"].sum()
    finest = set(facts.loc[facts["series"] == FINEST_SERIES, "month"])
    labels = facts.groupby("month")["vintage"].max()
    return {
        str(month): Held(str(label), month in finest, float(totals.get(month, 0))) for month, label in labels.items()
    }


def read_vintages(entries: Iterable[SourceFile], context: Context) -> list[Vintage]:
    """Every vintage that is given, stubs marked, without those that are part of another."""
    vintages: list[Vintage] = []
    for vintage in each(entries, lambda entry: read_vintage(entry, context)):
        if vintage is not None:
            vintages = without_twins(vintages, vintage, context.ledger)
    mark_stubs(vintages, {grain: held(context.base, f"mps_{grain}") for grain in ("ward", "borough")}, context.ledger)
    return vintages


def _account_for_long(entry: SourceFile, context: Context) -> None:
    """Ward figures that others melted: their rows are accounted for, and nothing is taken from them."""
    rows = len(tables.frame(entry, context.ledger))
    context.ledger.count(entry, rows=rows, accepted=0, out_of_area=rows, source="mps_ward")
    context.ledger.note(entry, "A copy that others made of the ward files, so no figures are taken from it.")


def mark_stubs(vintages: Iterable[Vintage], live: Mapping[str, Mapping[str, Held]], ledger: Ledger) -> None:
    """Find stub months and take them out of their vintages.

    A stub is a file's first or last month whose total in Tower Hamlets is under a fifth of the neighbouring month's in
    the same file, or of the same month's in another vintage of the same kind or in the live release (kind -> months).
    """
    vintages = list(vintages)
    totals = {id(vintage): vintage.totals() for vintage in vintages}
    for vintage in vintages:
        own = totals[id(vintage)]
        for at, neighbour in ((0, 1), (-1, -2)):
            month = vintage.months[at]
            rivals = [totals[id(v)].get(month, 0) for v in vintages if v.grain == vintage.grain and v is not vintage]
            if month in live[vintage.grain]:
                rivals.append(live[vintage.grain][month].total)
            beside = own.iloc[neighbour] if len(own) > 1 else 0
            if own[month] < STUB_SHARE * max([beside, *rivals]) and month not in vintage.stubs:
                vintage.stubs.append(month)
                ledger.note(
                    vintage.entry,
                    f"{month} has {own[month]:,} offences in Tower Hamlets: it is no whole month, so it was passed over.",
                )
    for vintage in vintages:
        vintage.counts = vintage.counts[~vintage.counts["month"].isin(vintage.stubs)]


def choose(vintages: Iterable[Vintage], live: Mapping[str, Held] = MappingProxyType({})) -> dict[str, Vintage]:
    """Month -> the vintage that gives it, from the first month of facts on: of the finest style, then the newest.

    Without the months that the `live` release has in the finest style and these files have not. How old its figures are
    does not matter here: of equal style the merge decides.
    """
    files = [vintage for vintage in vintages if STYLE_RANK[vintage.style] > 0]
    rows = [
        (month, STYLE_RANK[vintage.style], vintage.reach, at)
        for at, vintage in enumerate(files)
        for month in vintage.months
        if month >= FIRST_MONTH and month not in vintage.stubs
    ]
    rows += [(month, STYLE_RANK[FINEST], "", LIVE) for month, have in live.items() if have.finest]
    given = chosen(pd.DataFrame(rows, columns=["month", "rank", "edition", "file"]), ["month"])
    given = given[given["file"] != LIVE].sort_values("month")
    return {month: files[at] for month, at in zip(given["month"], given["file"], strict=True)}


def _label(month: str, vintage: Vintage, live: Mapping[str, Held]) -> str:
    """The file's label, or the later one of coarser figures that it replaces."""
    finer = month in live and vintage.style == FINEST and not live[month].finest
    return max(vintage.reach, live[month].label) if finer else vintage.reach


def _facts(
    by_month: dict[str, Vintage], live: Mapping[str, Held] | None = None, column: str = "series"
) -> pd.DataFrame:
    """Non-zero rows of the chosen vintages: series, area, month, numerator, vintage."""
    parts: list[pd.DataFrame] = []
    for vintage in {id(one): one for one in by_month.values()}.values():
        mine = [month for month, winner in by_month.items() if winner is vintage]
        rows = vintage.counts[vintage.counts["month"].isin(mine) & (vintage.counts[column] != "")]
        sums = rows.groupby([column, "area", "month"])["n"].sum().reset_index(name="numerator")
        sums = sums[sums["numerator"] > 0].rename(columns={column: "series"})
        parts.append(sums.assign(vintage=sums["month"].map({m: _label(m, vintage, live or {}) for m in mine})))
    return pd.concat(parts, ignore_index=True)


def _finish(rows: pd.DataFrame, flags: pd.Series | None = None) -> pd.DataFrame:
    starts = pd.to_datetime(rows["month"] + "-01")
    frame = rows.drop(columns="month").assign(start=starts.dt.date, finish=month_end(starts), denominator=None)
    frame["flag"] = None if flags is None else flags
    return fact_frame(frame)


def _flags(rows: pd.DataFrame) -> pd.Series:
    """`split_incomplete`, as the module's text defines it."""
    early = rows["series"].isin(SPLIT_SERIES) & (rows["month"] < SPLIT_FROM)
    return pd.Series(None, index=rows.index, dtype=object).mask(early, "split_incomplete")


def financial_year(month: str) -> str:
    """'2020-03' -> '2019/20'."""
    year = int(month[:4]) - (month[5:] < "04")
    return f"{year}/{(year + 1) % 100:02d}"


def vintage_totals(vintages: Iterable[Vintage]) -> pd.DataFrame:
    """What each vintage says of each financial year: source, vintage, series, area, fy, months, total.

    Series are the harmonised ones, `tno` (every offence of the file, mapped or not) and the sums of ROLLUPS.
    `months` counts the months of that year that the vintage holds, stubs apart: compare only equal numbers. Zero
    totals are left out, `tno` never. Areas: boroughs and London; from ward files Tower Hamlets (the sum of its
    wards) and, where they hold all boroughs, London (every ward row).
    """
    parts: list[pd.DataFrame] = []
    for vintage in vintages:
        years = {month: financial_year(month) for month in vintage.months}
        rows = vintage.counts.assign(fy=vintage.counts["month"].map(years))
        rows["area"] = rows["area"].where(~rows["area"].isin(WARDS), TOWER_HAMLETS)
        kept = [rows[rows["series"] != ""], rows.assign(series="tno")]
        kept += [
            rows[rows["series"].isin(inside)].assign(series=name)
            for name, inside in ROLLUPS.items()
            if vintage.style != "title_2008"
        ]
        sums = pd.concat(kept).groupby(["series", "area", "fy"], as_index=False)["n"].sum()
        sums = sums[(sums["n"] > 0) | (sums["series"] == "tno")]
        months = rows.groupby("fy")["month"].nunique()
        sums = sums.assign(source=f"mps_{vintage.grain}", vintage=vintage.reach, months=sums["fy"].map(months))
        parts.append(sums.rename(columns={"n": "total"}))
    table = pd.concat(parts, ignore_index=True)
    table = table[["source", "vintage", "series", "area", "fy", "months", "total"]]
    order = ["source", "vintage", "series", "area", "fy"]
    return table.astype({"months": "int32", "total": "int64"}).sort_values(order, ignore_index=True)


def _by_grain(grain: str, vintages: list[Vintage], context: Context) -> list[Extract]:
    """Source `mps_ward` or `mps_borough`, with the yearly totals of its vintages."""
    mine = [vintage for vintage in vintages if vintage.grain == grain]
    if not mine:
        return []
    source, kinds = f"mps_{grain}", ("ward",) if grain == "ward" else ("borough", "region")
    live = held(context.base, source)
    by_month = choose(mine, live)
    for month, vintage in choose(mine).items():
        if month not in by_month:
            context.ledger.note(vintage.entry, FINER_LIVE)
    facts, coverage = pd.DataFrame(columns=list(FACT_COLUMNS)), []
    if by_month:
        rows = _facts(by_month, live)
        rows = rows[rows["area"] != LONDON] if grain == "ward" else rows
        facts = _finish(rows, _flags(rows))
        coverage = month_coverage(source, "*", kinds, by_month)
    inputs = [vintage.entry for vintage in mine]
    return [Extract(source, facts, coverage, inputs, {"vintage_total": vintage_totals(mine)})]


def _whole(borough: list[Vintage]) -> list[Extract]:
    """Source `mps_borough_whole`: boroughs counted the same way over the whole time.

    Months to WHOLE_UNTIL come from Title Case vintages alone, later ones from the newest vintage, so that offences
    without a ward are inside throughout, February 2024 excepted. A file of today says nothing of the old months. The
    price: the series of ROLLUPS stand in for their parts, which the old categories do not split. `tno` is every offence.
    """
    old = choose(vintage for vintage in borough if vintage.style == "title_2020")
    later = {month: vintage for month, vintage in choose(borough).items() if month > WHOLE_UNTIL}
    by_month = {month: vintage for month, vintage in old.items() if month <= WHOLE_UNTIL} | later
    if not by_month:
        return []
    part_of = {part: name for name, parts in ROLLUPS.items() for part in parts}
    rows = _facts(by_month)
    rows["series"] = rows["series"].replace(part_of)
    keys = ["area", "month", "vintage"]
    tno = rows.groupby(keys, as_index=False)["numerator"].sum().assign(series="tno")
    series = rows.groupby(["series", *keys], as_index=False)["numerator"].sum()
    coverage = month_coverage("mps_borough_whole", "*", ("borough", "region"), by_month)
    inputs = [vintage.entry for vintage in borough]
    return [Extract("mps_borough_whole", _finish(pd.concat([series, tno], ignore_index=True)), coverage, inputs)]


def _old_details(borough: list[Vintage]) -> list[Extract]:
    """Source `mps_borough_2024`: what only the old Title Case categories split (to January 2024), possession_blade,
    possession_firearm_all, firearm_other, knife_other, possession_other_weapon."""
    old = [vintage for vintage in borough if vintage.style == "title_2020"]
    by_month = choose(old)
    if not by_month:
        return []
    coverage = month_coverage("mps_borough_2024", "*", ("borough", "region"), by_month)
    inputs = [vintage.entry for vintage in old]
    return [Extract("mps_borough_2024", _finish(_facts(by_month, column="detail")), coverage, inputs)]


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """`mps_ward`, `mps_borough`, `mps_borough_whole` and `mps_borough_2024`, as far as the files give them.

    Raises BadInput with the file, the line, the fault and the remedy.
    """
    vintages = read_vintages(entries, context)
    taken = [item for grain in ("ward", "borough") for item in _by_grain(grain, vintages, context)]
    borough = [vintage for vintage in vintages if vintage.grain == "borough"]
    return [*taken, *_whole(borough), *_old_details(borough)]
