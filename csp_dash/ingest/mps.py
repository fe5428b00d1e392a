"""Recorded crime of the Metropolitan Police: wards of Tower Hamlets and every London borough, by month.

Input: `04_mps_recorded_crime/raw_csv/*` and `parquet_fenneh/recorded-crime-{ward,borough}*.parquet`, the wide
files that the London Datastore has replaced month after month. Each is one *vintage*: one column a month, one row
an area and minor category. Unit: recorded offences. Output: `mps_ward`, `mps_borough`, `mps_borough_2024` and the
table `vintage_total`.

How vintages become one series
------------------------------
* Styles. Headers and categories changed four times. A file's style follows from its header and its categories;
  `mps_categories.csv` declares for each style what every category is called here. A category that the table does
  not hold is refused, never guessed.
* A month is taken whole from one vintage: the finest style first (only `upper_split` separates stalking), then
  the file that reaches furthest. `title_2008` never gives facts, only yearly totals.
* A stub (the first or last month of a file, with under a fifth of the offences of its neighbour or of another
  vintage) is passed over everywhere.

What cannot be reconciled, and is flagged
-----------------------------------------
* `split_incomplete`: homes and unconnected buildings before August 2023, when both were still "domestic burglary"
  (all of them to March 2023). Added to `burglary_residential_unsplit` they make one unbroken series.
* `many_unlocated`: the figure is at least 9% below the borough's total in another vintage. Files since 2023 leave
  offences without a ward out of the boroughs ("Unknown") up to February 2024; from March 2024 borough rows hold
  them again, ward rows never do.
"""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from csp_dash.ingest.facts import BadInput, Coverage, Taken, fact_frame, month_end, need

FOLDER = "04_mps_recorded_crime"
PATTERNS = (
    "raw_csv/*.csv*",
    "parquet_fenneh/recorded-crime-ward*.parquet",
    "parquet_fenneh/recorded-crime-borough*.parquet",
)
CATEGORIES = Path(__file__).with_name("mps_categories.csv")

TOWER_HAMLETS = "E09000030"
LONDON = "E12000007"
WARDS = tuple(f"E050{number:05d}" for number in range(9317, 9337))
FIRST_MONTH = "2010-04"
SPLIT_FROM = "2023-08"
SPLIT_SERIES = ("burglary_home", "burglary_unconnected")
UNLOCATED_LIMIT = 0.09
STUB_SHARE = 0.2

_BOROUGH_NAMES = (
    "Barking and Dagenham|Barnet|Bexley|Brent|Bromley|Camden|Croydon|Ealing|Enfield|Greenwich|Hackney|"
    "Hammersmith and Fulham|Haringey|Harrow|Havering|Hillingdon|Hounslow|Islington|Kensington and Chelsea|"
    "Kingston upon Thames|Lambeth|Lewisham|Merton|Newham|Redbridge|Richmond upon Thames|Southwark|Sutton|"
    "Tower Hamlets|Waltham Forest|Wandsworth|Westminster"
)
#: Borough name (as the police write it) -> GSS code. The City of London has its own police and no row.
BOROUGHS = {name: f"E090000{at:02d}" for at, name in enumerate(_BOROUGH_NAMES.split("|"), start=2)}
#: Rows that are no borough: left out as areas, counted in London.
NOT_BOROUGHS = frozenset(
    {
        "Aviation Security (SO18)",
        "Aviation Security(SO18)",
        "London Heathrow and London City Airports",
        "Unknown",
        "Other / NK",
    }
)

HEADER_NAMES = {
    "borough": "borough",
    "boroughname": "borough",
    "lookup_boroughname": "borough",
    "major category": "major",
    "majortext": "major",
    "minor category": "minor",
    "minortext": "minor",
    "wardname": "ward_name",
    "wardcode": "ward",
}
#: Styles from coarse to fine; only those ranked 1 or more give monthly facts.
STYLE_RANK = {"title_2008": 0, "title_2020": 1, "upper_unsplit": 2, "upper_split": 3}

#: Sums that mean the same in every style, so that totals of different vintages can be set side by side.
ROLLUPS = {
    "burglary_residential": ("burglary_home", "burglary_unconnected", "burglary_residential_unsplit"),
    "violence_with_injury_with_driving": ("violence_with_injury", "death_by_driving"),
    "violence_without_injury_with_stalking": ("violence_without_injury", "stalking_harassment"),
}


@dataclass(frozen=True)
class Meaning:
    """What one category is called here: `series`, and the finer `detail` that only some vintages allow."""

    series: str
    detail: str


@dataclass
class Vintage:
    """One official file, melted. `counts` holds the columns area, series, detail, month (YYYY-MM) and n.

    `area` is a GSS code of a ward of Tower Hamlets (ward files) or a borough; rows of area `E12000007` are the
    sums of every row of the file. Months that are stubs stand in `stubs` and are absent from `counts`.
    """

    path: Path
    grain: str
    style: str
    months: list[str]
    counts: pd.DataFrame
    stubs: list[str]

    @property
    def reach(self) -> str:
        """Last month that the file covers; the vintage's label."""
        return self.months[-1]

    @property
    def rank(self) -> tuple[int, str]:
        """Sorting key: the highest is preferred for a month."""
        return STYLE_RANK[self.style], self.reach

    def totals(self, area: str) -> pd.Series:
        """Offences of an area by month, all series together, without stubs."""
        rows = self.counts[self.counts["area"] == area]
        return rows.groupby("month")["n"].sum()


@cache
def categories() -> dict[tuple[str, str, str], Meaning]:
    """The declared reconciliation table: (style, major, minor) -> meaning."""
    with CATEGORIES.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {(row["style"], row["major"], row["minor"]): Meaning(row["series"], row["detail"]) for row in rows}


def _load(path: Path) -> pd.DataFrame:
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        return pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False, na_values=[])
    except (ValueError, OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path.name} cannot be read ({error}). Download it again.") from error


def whole_numbers(frame: pd.DataFrame, columns: list[str], path: Path) -> pd.DataFrame:
    """The columns as whole numbers; refuses blanks, text, fractions and negatives, naming line and column."""
    done: dict[str, pd.Series] = {}
    for column in columns:
        numbers = pd.to_numeric(frame[column], errors="coerce")
        wrong = numbers.isna() | (numbers < 0) | (numbers % 1 != 0)
        if wrong.any():
            at = int(wrong.to_numpy().argmax())
            raise BadInput(
                f"{path.name}, line {at + 2}, column {column}: '{frame[column].iloc[at]}' is not a count of 0 or more."
                " The file is damaged or cut short; download it again."
            )
        done[column] = numbers.astype("int64")
    return pd.DataFrame(done, index=frame.index)


def _months(columns: list[str], path: Path) -> list[str]:
    months = [f"{name[:4]}-{name[4:]}" for name in columns]
    if not months or any(not "01" <= month[5:] <= "12" for month in months):
        raise BadInput(f"{path.name} has no month columns such as 202404. Pass the MPS wide file as published.")
    span = pd.period_range(months[0], months[-1], freq="M").strftime("%Y-%m").tolist()
    if months != span:
        raise BadInput(f"{path.name}: its month columns skip, repeat or are out of order. Download the file again.")
    return months


def _style(frame: pd.DataFrame, header: set[str]) -> str:
    if "major category" in header:
        return "title_2008"
    minors = set(frame["minor"])
    if any(text != text.upper() for text in minors):
        return "title_2020"
    return "upper_split" if "STALKING AND HARASSMENT" in minors else "upper_unsplit"


def _areas(frame: pd.DataFrame, grain: str, path: Path) -> pd.Series:
    """GSS code of each row; empty where the row belongs to no area that is kept."""
    unknown = sorted(set(frame["borough"]) - set(BOROUGHS) - NOT_BOROUGHS)
    if unknown:
        raise BadInput(
            f"{path.name}: '{unknown[0]}' is no London borough that csp-dash knows. Check BOROUGHS in mps.py."
        )
    if grain == "borough":
        return frame["borough"].map(BOROUGHS).fillna("")
    strays = set(frame.loc[frame["borough"] == "Tower Hamlets", "ward"]) - set(WARDS)
    if strays:
        raise BadInput(
            f"{path.name}: Tower Hamlets has a ward code {min(strays)!r} outside E05009317 to E05009336."
            " If ward boundaries changed, new outlines are needed before this file can be used."
        )
    return frame["ward"].where(frame["ward"].isin(WARDS), "")


def read_vintage(path: Path) -> Vintage:
    """One wide file of any header style, melted to harmonised series; stubs are still inside."""
    frame = _load(path)
    names = [str(name).strip() for name in frame.columns]
    frame.columns = pd.Index(names)
    wide = [name for name in names if re.fullmatch(r"\d{6}", name)]
    text = [name for name in names if name not in wide]
    header = {name.lower() for name in text}
    renamed = {name: HEADER_NAMES.get(name.lower(), "") for name in text}
    grain = "ward" if "ward" in renamed.values() else "borough"
    expected = {"borough", "major", "minor"} | ({"ward", "ward_name"} if grain == "ward" else set())
    if set(renamed.values()) != expected or len(renamed) != len(expected):
        raise BadInput(
            f"{path.name} has an unknown header: {', '.join(text) or 'no text columns'}. Expected MajorText, MinorText,"
            " BoroughName (and WardName, WardCode), or Borough, Major Category, Minor Category."
        )
    months = _months(wide, path)
    frame = frame.rename(columns=renamed)
    for column in expected:
        frame[column] = frame[column].astype(str).str.strip()
    style = _style(frame, header)
    pairs = frame[["major", "minor"]].drop_duplicates()
    known = categories()
    for major, minor in pairs.itertuples(index=False):
        if (style, major, minor) not in known:
            raise BadInput(
                f"{path.name}: category '{major} / {minor}' is not in mps_categories.csv for style {style}."
                " Add a row there that says which series it belongs to."
            )
    keys = ["borough", "major", "minor", *(["ward"] if grain == "ward" else [])]
    twice = frame[frame.duplicated(keys)]
    if len(twice):
        raise BadInput(f"{path.name} holds two rows for {' / '.join(twice.iloc[0][keys])}. Download the file again.")
    numbers = whole_numbers(frame, wide, path)
    numbers.columns = pd.Index(months)
    meanings = [known[style, *pair] for pair in zip(frame["major"], frame["minor"], strict=True)]
    numbers["area"] = _areas(frame, grain, path).to_numpy()
    numbers["series"] = [meaning.series for meaning in meanings]
    numbers["detail"] = [meaning.detail for meaning in meanings]
    london = numbers.assign(area=LONDON)
    both = pd.concat([numbers[numbers["area"] != ""], london])
    grouped = both.groupby(["area", "series", "detail"])[months].sum()
    stacked = pd.Series(grouped.rename_axis(columns="month").stack(), name="n")
    counts = stacked.reset_index()
    return Vintage(path, grain, style, months, counts, [])


def mark_stubs(vintages: Iterable[Vintage]) -> None:
    """Find stub months and take them out of their vintages.

    A stub is a file's first or last month whose London total is under a fifth of the neighbouring month's in the
    same file, or of the same month's in another vintage of the same kind. The file's name plays no part.
    """
    vintages = list(vintages)
    totals = {id(vintage): vintage.totals(LONDON) for vintage in vintages}
    for vintage in vintages:
        own = totals[id(vintage)]
        for at, neighbour in ((0, 1), (-1, -2)):
            month = vintage.months[at]
            rivals = [totals[id(v)].get(month, 0) for v in vintages if v.grain == vintage.grain and v is not vintage]
            beside = own.iloc[neighbour] if len(own) > 1 else 0
            if own[month] < STUB_SHARE * max([beside, *rivals]):
                vintage.stubs.append(month)
    for vintage in vintages:
        vintage.counts = vintage.counts[~vintage.counts["month"].isin(vintage.stubs)]


def choose(vintages: Iterable[Vintage]) -> dict[str, Vintage]:
    """Month -> the vintage that gives it, from the first month of facts on."""
    chosen: dict[str, Vintage] = {}
    for vintage in sorted(vintages, key=lambda one: one.rank):
        if STYLE_RANK[vintage.style] == 0:
            continue
        for month in vintage.months:
            if month >= FIRST_MONTH and month not in vintage.stubs:
                chosen[month] = vintage
    return dict(sorted(chosen.items()))


def _facts(chosen: dict[str, Vintage], column: str = "series") -> pd.DataFrame:
    """Non-zero rows of the chosen vintages: series, area, month, numerator, vintage."""
    parts: list[pd.DataFrame] = []
    for vintage in {id(one): one for one in chosen.values()}.values():
        mine = [month for month, winner in chosen.items() if winner is vintage]
        rows = vintage.counts[vintage.counts["month"].isin(mine) & (vintage.counts[column] != "")]
        sums = rows.groupby([column, "area", "month"])["n"].sum().reset_index(name="numerator")
        sums = sums[sums["numerator"] > 0].rename(columns={column: "series"})
        parts.append(sums.assign(vintage=vintage.reach))
    return pd.concat(parts, ignore_index=True)


def _finish(rows: pd.DataFrame, flags: pd.Series | None = None) -> pd.DataFrame:
    starts = pd.to_datetime(rows["month"] + "-01")
    frame = rows.drop(columns="month").assign(start=starts.dt.date, finish=month_end(starts), denominator=None)
    frame["flag"] = None if flags is None else flags
    return fact_frame(frame)


def highest_totals(vintages: Iterable[Vintage]) -> dict[tuple[str, str], int]:
    """(borough, month) -> the largest total that any borough vintage gives; what a figure is judged against."""
    highest: dict[tuple[str, str], int] = {}
    for vintage in vintages:
        if vintage.grain != "borough" or STYLE_RANK[vintage.style] == 0:
            continue
        sums = vintage.counts.groupby(["area", "month"], as_index=False)["n"].sum()
        for key, n in zip(zip(sums["area"], sums["month"], strict=True), sums["n"], strict=True):
            highest[key] = max(int(n), highest.get(key, 0))
    return highest


def _flags(rows: pd.DataFrame, highest: dict[tuple[str, str], int]) -> pd.Series:
    """`many_unlocated` and `split_incomplete`, as the module's text defines them."""
    places = rows["area"].where(~rows["area"].isin(WARDS), TOWER_HAMLETS)
    totals = rows["numerator"].groupby([places, rows["month"]]).sum()
    thin = {
        key
        for key, n in totals.items()
        if key[0] != LONDON and n < (1 - UNLOCATED_LIMIT) * highest.get(key, 0)  # type: ignore[index,call-overload]
    }
    pairs = zip(places, rows["month"], strict=True)
    flags = pd.Series(["many_unlocated" if pair in thin else None for pair in pairs], index=rows.index, dtype=object)
    early = rows["series"].isin(SPLIT_SERIES) & (rows["month"] < SPLIT_FROM)
    return flags.mask(early, "split_incomplete")


def financial_year(month: str) -> str:
    """'2020-03' -> '2019/20'."""
    year = int(month[:4]) - (month[5:] < "04")
    return f"{year}/{(year + 1) % 100:02d}"


def vintage_totals(vintages: Iterable[Vintage]) -> pd.DataFrame:
    """What each vintage says of each financial year: source, vintage, series, area, fy, months, total.

    Series are the harmonised ones, `tno` (every offence of the file, mapped or not) and the sums of ROLLUPS.
    `months` counts the months of that year that the vintage holds, stubs apart: compare only equal numbers. Zero
    totals are left out, `tno` never. Areas: boroughs and London; from ward files Tower Hamlets (the sum of its
    wards) and London (every ward row).
    """
    parts: list[pd.DataFrame] = []
    for vintage in vintages:
        rows = vintage.counts.assign(fy=vintage.counts["month"].map(financial_year))
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


def _coverage(source: str, kinds: Iterable[str], months: Iterable[str]) -> list[Coverage]:
    have = sorted(months)
    span = pd.period_range(have[0], have[-1], freq="M").strftime("%Y-%m")
    gaps = tuple(sorted(set(span) - set(have)))
    return [Coverage(source, "*", kind, have[0], have[-1], gaps, zero_fill=True) for kind in kinds]


def read_vintages(source_dir: Path) -> list[Vintage]:
    """Every vintage in the folder, stubs marked. Refuses two files of one kind and style that end alike."""
    folder = source_dir / FOLDER
    vintages = [read_vintage(path) for path in sorted({path for glob in PATTERNS for path in _found(folder, glob)})]
    if not vintages:
        need(folder, PATTERNS[0])
    seen: dict[tuple[str, str], Vintage] = {}
    for vintage in vintages:
        other = seen.setdefault((vintage.grain, vintage.reach), vintage)
        if other is not vintage:
            raise BadInput(
                f"{other.path.name} and {vintage.path.name} are both {vintage.grain} files that end in {vintage.reach}."
                " Keep the one downloaded last."
            )
    for grain in ("ward", "borough"):
        if not any(vintage.grain == grain and STYLE_RANK[vintage.style] for vintage in vintages):
            raise BadInput(f"No MPS {grain}-level file in {folder}. Put 'MPS {grain.title()} Level Crime' files there.")
    mark_stubs(vintages)
    return vintages


def _whole(vintages: Iterable[Vintage]) -> Taken:
    """Source `mps_borough_whole`: boroughs counted the same way over the whole time.

    The newest Title Case vintage gives a month where there is one (to January 2024), the newest vintage the rest, so
    offences without a ward are inside throughout, February 2024 excepted. The price: the series of ROLLUPS stand in
    for their parts, which the old categories do not split. `tno` is every offence.
    """
    borough = [vintage for vintage in vintages if vintage.grain == "borough"]
    old = choose(vintage for vintage in borough if vintage.style == "title_2020")
    chosen = dict(sorted((choose(borough) | old).items()))
    part_of = {part: name for name, parts in ROLLUPS.items() for part in parts}
    rows = _facts(chosen)
    rows["series"] = rows["series"].replace(part_of)
    keys = ["area", "month", "vintage"]
    tno = rows.groupby(keys, as_index=False)["numerator"].sum().assign(series="tno")
    series = rows.groupby(["series", *keys], as_index=False)["numerator"].sum()
    coverage = _coverage("mps_borough_whole", ("borough", "region"), chosen)
    inputs = [vintage.path for vintage in borough]
    return Taken("mps_borough_whole", _finish(pd.concat([series, tno], ignore_index=True)), coverage, inputs)


def _found(folder: Path, glob: str) -> list[Path]:
    return [path for path in folder.glob(glob) if path.is_file()]


def read(source_dir: Path) -> list[Taken]:
    """`mps_ward`, `mps_borough` (with the table `vintage_total`), `mps_borough_whole` and `mps_borough_2024`.

    `mps_borough_2024` holds what only the old Title Case categories split (to January 2024): possession_blade,
    possession_firearm_all, firearm_other, knife_other, possession_other_weapon.
    """
    vintages = read_vintages(source_dir)
    highest = highest_totals(vintages)
    taken: list[Taken] = []
    for grain, kinds in (("ward", ("ward",)), ("borough", ("borough", "region"))):
        mine = [vintage for vintage in vintages if vintage.grain == grain]
        chosen = choose(mine)
        rows = _facts(chosen)
        if grain == "ward":
            rows = rows[rows["area"] != LONDON]
        facts = _finish(rows, _flags(rows, highest))
        source = f"mps_{grain}"
        taken.append(Taken(source, facts, _coverage(source, kinds, chosen), [vintage.path for vintage in mine]))
    taken[1].tables["vintage_total"] = vintage_totals(vintages)
    taken.append(_whole(vintages))
    old = [vintage for vintage in vintages if vintage.grain == "borough" and vintage.style == "title_2020"]
    if old:
        chosen = choose(old)
        source = "mps_borough_2024"
        coverage = _coverage(source, ("borough", "region"), chosen)
        taken.append(Taken(source, _finish(_facts(chosen, "detail")), coverage, [vintage.path for vintage in old]))
    return taken
