"""Geographic source tables: look-ups, populations, deprivation, outlines.

Each reader accounts for every row of its file. These are published tables: a cell that is wrong is refused with its line
and column, since it means a damaged file; rows of other places are out of area.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from csp_dash.domain.geography import AUTHORITIES, TOWER_HAMLETS, TOWER_HAMLETS_NAME
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.files.columns import bad_cell, column_of, has, named, numbers
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE
from csp_dash.ingest.geography import outlines
from csp_dash.ingest.geography.outlines import KINDS, Layer

SOURCE = "ons_boundaries"
HERE = Path(__file__).parent
YEAR = "(mid)?(year|date)"
WHOLE_TABLE = "residencetypetotalmeasuresvalue"

TS001 = "ONS Census 2021, table TS001 (Nomis)"
CENSUS = "ONS Census 2021 (Nomis)"
MID_YEAR = {
    "2011": "ONS mid-{year} estimates of LSOAs 2011, before rebasing to Census 2021",
    "2021": "ONS mid-{year} estimates of LSOAs 2021",
}
IMD_2019 = "MHCLG Indices of Deprivation 2019 (GLA, London)"
IOD_2025 = "MHCLG Indices of Deprivation 2025"


def same_codes(found: Iterable[str], wanted: Iterable[str], what: str) -> None:
    odd = sorted(set(found) ^ set(wanted))
    if odd:
        raise BadInput(
            f"{what}: expected {len(set(wanted))} areas, found {len(set(found))}; first difference {odd[0]}."
            " Download the whole file again."
        )


AGAIN = (
    "New boundaries need every figure placed anew: list the wards in ward_names.csv, put the new outlines and look-ups"
    " with all other official files, and run `python -m csp_dash build --from FOLDER`."
)


# --- look-ups ------------------------------------------------------------------------------------


@dataclass
class Lookup:
    """What a look-up says: lsoa and ward of the borough, for an edition of small areas and a vintage of wards (24)."""

    entry: SourceFile
    edition: str
    vintage: int
    rows: pd.DataFrame
    chosen: bool = False


def read_lookup(entry: SourceFile, context: Context, wards: pd.DataFrame) -> Lookup | None:
    """None where a file has no row of the borough."""
    wanted = {
        "lsoa": r"lsoa(11|21)cd",
        "lsoa_name": r"lsoa(11|21)nm",
        "ward": r"wd\d\dcd",
        "ward_name": r"wd\d\dnm",
        "borough": r"lad\d\dcd",
    }
    called = {name: column_of(entry.found.columns, pattern) for name, pattern in wanted.items()}
    rows = named(entry, context.ledger, wanted)
    has(entry, rows, lsoa="LSOA21CD", ward="WD24CD")
    if "borough" in rows.columns:
        mine = rows["borough"].eq(TOWER_HAMLETS)
    elif "lsoa_name" in rows.columns:
        mine = rows["lsoa_name"].str.fullmatch(TOWER_HAMLETS_NAME + r" \d{3}[A-Z]") | rows["ward"].isin(wards["code"])
    else:
        mine = rows["ward"].isin(wards["code"])
    ours = rows[mine]
    context.ledger.count(entry, rows=len(rows), accepted=len(ours), out_of_area=len(rows) - len(ours), source=SOURCE)
    if ours.empty:
        return None
    bad_cell(entry, ours, ~ours["lsoa"].str.fullmatch(r"E01\d{6}"), "lsoa", called["lsoa"], "a code of a small area")
    bad_cell(
        entry, ours, ours["lsoa"].duplicated(), "lsoa", called["lsoa"], "there for the first time: it has two wards"
    )
    strange = ours[~ours["ward"].isin(wards["code"])]
    if len(strange):
        row = strange.iloc[0]
        raise BadInput(
            f"{entry.name}, line {row[LINE]}, column '{called['ward']}': {row['ward']} is none of today's 20 wards of"
            f" {TOWER_HAMLETS_NAME}. Leave the file out if it is an old one. {AGAIN}"
        )
    _check_names(entry, ours, wards)
    edition = "20" + str(re.findall(r"\d\d", called["lsoa"])[0])
    vintage = int(re.findall(r"\d\d", called["ward"])[0])
    return Lookup(entry, edition, vintage, ours[["lsoa", "ward", LINE]])


def _check_names(entry: SourceFile, rows: pd.DataFrame, wards: pd.DataFrame) -> None:
    """Every ward name in an official file must be one that we have declared for its code."""
    known = {row["code"]: {row["name"], *row["also"].split(";")} for row in wards.to_dict("records")}
    for row in rows.to_dict("records") if "ward_name" in rows.columns else []:
        if row["ward_name"] not in known.get(row["ward"], ()):
            raise BadInput(
                f"{entry.name}, line {row[LINE]}: ward {row['ward']} is called '{row['ward_name']}'."
                " If that is right, add the name to ward_names.csv."
            )


def agreed(parts: Sequence[tuple[SourceFile, pd.DataFrame]], keys: list[str], value: str) -> pd.DataFrame:
    """Rows of several files together, each key once. Files that differ about a value are refused."""
    whole = pd.concat([rows.assign(entry=at) for at, (_, rows) in enumerate(parts)], ignore_index=True)
    for _, rows in whole[whole.duplicated(keys, keep=False)].groupby(keys):
        if rows[value].nunique() > 1:
            first = rows.iloc[0]
            other = rows[rows[value] != first[value]].iloc[0]
            files = [parts[int(row["entry"])][0] for row in (first, other)]
            raise BadInput(
                f"{files[0].name} and {files[1].name} differ about {' '.join(str(first[key]) for key in keys)}: {first[value]} and"
                f" {other[value]}. Leave out the one that is wrong or older.",
                *files,
            )
    return whole.drop_duplicates(keys).drop(columns=["entry"])


# --- what the other files say --------------------------------------------------------------------

Part = tuple[SourceFile, pd.DataFrame]


@dataclass
class Said:
    """What the files of a run say: people (area, base, people, source), measures (area, measure, value, source) and
    outlines by format; `spare` holds totals of Census tables other than TS001."""

    people: list[Part] = field(default_factory=list)
    spare: list[Part] = field(default_factory=list)
    measures: list[Part] = field(default_factory=list)
    layers: dict[str, list[Layer]] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """Codes of the borough's places."""

    wards: frozenset[str]
    ward_of: dict[str, dict[str, str]]

    @property
    def every(self) -> frozenset[str]:
        return self.wards.union(*self.ward_of.values(), {TOWER_HAMLETS})


def read(entries: Sequence[SourceFile], context: Context, wards: pd.DataFrame, lookup: pd.DataFrame) -> Said:
    ward_of = {
        str(edition): dict(zip(part["lsoa"], part["ward"], strict=True)) for edition, part in lookup.groupby("edition")
    }
    known = Known(frozenset(wards["code"]), ward_of)
    said = Said()
    readers: dict[str, Callable[[SourceFile, Context, Known, Said], None]] = {
        "census_2021_nomis": _census,
        "lsoa_mid_year": _mid_year,
        "imd_2019": _imd_2019,
        "imd_2019_wards": _imd_2019_wards,
        "iod_2025": _iod_2025,
        **dict.fromkeys(KINDS, _layer),
    }
    mine = [entry for entry in entries if entry.format in readers]
    each(mine, lambda entry: readers[entry.format](entry, context, known, said))
    return said


def _count(context: Context, entry: SourceFile, rows: pd.DataFrame, mine: pd.Series, used: bool) -> None:
    context.ledger.count(entry, rows=len(rows), accepted=int(mine.sum()), out_of_area=int((~mine).sum()), source=SOURCE)
    if mine.any() and not used:
        context.ledger.note(entry, "No measure uses it.")


def _census(entry: SourceFile, context: Context, known: Known, said: Said) -> None:
    """Total of usual residents of the wards, from TS001 or another table that has it."""
    cells = [str(name) for name in entry.found.columns if re.fullmatch(r"c.*name", folded(name))]
    whole = column_of(entry.found.columns, WHOLE_TABLE)
    if whole:
        _census_whole(entry, context, known, said, whole)
        return
    rows = named(
        entry,
        context.ledger,
        {
            "date": "date",
            "area": "geographycode",
            "unit": "measuresname",
            "people": "obsvalue",
            **{f"cell_{name}": folded(name) for name in cells},
        },
    )
    has(entry, rows, area="GEOGRAPHY_CODE", unit="MEASURES_NAME", people="OBS_VALUE")
    total = rows["area"].isin(known.wards) & rows["unit"].str.lower().eq("value") & rows["date"].str.startswith("2021")
    residents = pd.Series(False, index=rows.index)
    for name in cells:
        text = rows[f"cell_{name}"].str.lower()
        total &= text.str.match(r"(total|all)\b")
        residents |= text.str.contains("usual residents")
    own = rows[total & residents]
    _count(context, entry, rows, rows["area"].isin(known.every), used=len(own) > 0)
    if own.empty:
        return
    bad_cell(
        entry, own, own["area"].duplicated(), "area", "GEOGRAPHY_CODE", "there for the first time: it has two totals"
    )
    same_codes(own["area"], known.wards, entry.name)
    own = own.assign(people=numbers(entry, own, "people", "OBS_VALUE"))
    first = any(folded(name).startswith("c2021restype") for name in cells)
    part = own[["area", "people"]].assign(base="census_2021", source=TS001 if first else CENSUS)
    (said.people if first else said.spare).append((entry, part))


def _census_whole(entry: SourceFile, context: Context, known: Known, said: Said, called: str) -> None:
    """The same from table TS001 as it is published whole: a row an area, a column a kind of residence."""
    rows = named(entry, context.ledger, {"area": "geographycode", "people": WHOLE_TABLE})
    own = rows[rows["area"].isin(known.wards)]
    _count(context, entry, rows, rows["area"].isin(known.every), used=len(own) > 0)
    if own.empty:
        return
    bad_cell(entry, own, own["area"].duplicated(), "area", "geography code", "there for the first time")
    same_codes(own["area"], known.wards, entry.name)
    own = own.assign(people=numbers(entry, own, "people", called))
    said.people.append((entry, own[["area", "people"]].assign(base="census_2021", source=TS001)))


def _mid_year(entry: SourceFile, context: Context, known: Known, said: Said) -> None:
    """Mid-year estimates of small areas and their sums by ward and borough."""
    rows = named(entry, context.ledger, {"area": r"lsoa(11|21)cd", "people": "personsallages", "year": YEAR})
    has(entry, rows, area="LSOA21CD", people="Persons_All-Ages")
    edition = "20" + str(re.findall(r"\d\d", column_of(entry.found.columns, r"lsoa(11|21)cd"))[0])
    ward_of = known.ward_of[edition]
    mine = rows["area"].isin(ward_of)
    _count(context, entry, rows, mine, used=True)
    ours = rows[mine]
    if ours.empty:
        return
    ours = ours.assign(people=numbers(entry, ours, "people", "Persons_All-Ages"))
    if "year" in ours.columns:
        years = ours["year"].str.extract(r"(20\d\d)")[0].fillna("")
        bad_cell(entry, ours, years.eq(""), "year", column_of(entry.found.columns, YEAR), "a year")
    else:
        years = _year(entry, ours["people"])
    for year, part in ours.groupby(years):
        bad_cell(entry, part, part["area"].duplicated(), "area", f"LSOA{edition[2:]}CD", "there for the first time")
        same_codes(part["area"], ward_of, entry.name)
        sums = part.groupby(part["area"].map(ward_of).rename("ward"))["people"].sum().rename_axis("area").reset_index()
        whole = pd.DataFrame({"area": [TOWER_HAMLETS], "people": [part["people"].sum()]})
        base = f"mid_{year}_pre_rebase" if edition == "2011" else f"mid_{year}"
        every = pd.concat([part[["area", "people"]], sums, whole])
        said.people.append((entry, every.assign(base=base, source=MID_YEAR[edition].format(year=year))))


def _year(entry: SourceFile, people: pd.Series) -> pd.Series:
    """The year of a file that has no column of years: told by its sheet, else by the borough's published total."""
    named_so = re.search(r"20\d\d", entry.found.sheet)
    totals = pd.read_csv(HERE / "mid_year_totals.csv", comment="#")
    known = {int(row["people"]): str(row["year"]) for row in totals.to_dict("records")}
    year = named_so[0] if named_so else known.get(int(people.sum()), "")
    if not year:
        raise BadInput(
            f"{entry.name} does not say of which year its estimates are, and their sum for {TOWER_HAMLETS_NAME},"
            f" {int(people.sum()):,}, is none that is known. Add a column 'Year'."
        )
    return pd.Series(year, index=people.index)


def _imd_2019(entry: SourceFile, context: Context, known: Known, said: Said) -> None:
    """imd2019_score of London's boroughs. Tables of small areas of 2011, which are not shown, are only counted."""
    code = "Local Authority District code (2019)"
    rows = named(entry, context.ledger, {"area": folded(code), "lsoa": r"lsoacode2011", "value": "imdaveragescore"})
    of_boroughs = "lsoa" not in rows.columns
    mine = rows["area"].isin(AUTHORITIES if of_boroughs else {TOWER_HAMLETS})
    used = of_boroughs and "value" in rows.columns
    _count(context, entry, rows, mine, used)
    if used and mine.any():
        own = rows[mine]
        own = own.assign(value=numbers(entry, own, "value", "IMD - Average score"))
        said.measures.append((entry, own[["area", "value"]].assign(measure="imd2019_score", source=IMD_2019)))


def _imd_2019_wards(entry: SourceFile, context: Context, known: Known, said: Said) -> None:
    """imd2019_score and imd2019_extent of the wards."""
    called = {"imd2019_score": "IMD average score", "imd2019_extent": "IMD Extent %"}
    rows = named(
        entry, context.ledger, {"area": "wardcode", **{name: folded(column) for name, column in called.items()}}
    )
    has(entry, rows, area="Ward Code", **called)
    mine = rows["area"].isin(known.wards)
    _count(context, entry, rows, mine, used=True)
    own = rows[mine]
    if own.empty:
        return
    same_codes(own["area"], known.wards, entry.name)
    own = own.assign(**{name: numbers(entry, own, name, column) for name, column in called.items()})
    own = own[["area", *called]].melt("area", var_name="measure")
    said.measures.append((entry, own.assign(source=IMD_2019)))


def _iod_2025(entry: SourceFile, context: Context, known: Known, said: Said) -> None:
    """iod2025_rank and iod2025_decile of small areas of 2021, and how many of a ward's are among England's most deprived
    fifth (iod2025_lsoas, iod2025_lsoas_deprived). Headers may be cut short."""
    called = {
        "iod2025_rank": "Index of Multiple Deprivation (IMD) Rank",
        "iod2025_decile": "Index of Multiple Deprivation (IMD) Decile",
    }
    wanted = {"area": "lsoacode2021", **{name: folded(stem) + ".*" for name, stem in called.items()}}
    ward_of = known.ward_of["2021"]
    rows = named(entry, context.ledger, wanted)
    mine = rows["area"].isin(ward_of)
    used = set(called) <= set(rows.columns)
    _count(context, entry, rows, mine, used)
    own = rows[mine]
    if own.empty or not used:
        return
    bad_cell(entry, own, own["area"].duplicated(), "area", "LSOA code (2021)", "there for the first time")
    same_codes(own["area"], ward_of, entry.name)
    own = own.assign(**{name: numbers(entry, own, name, stem) for name, stem in called.items()})
    decile = own["iod2025_decile"]
    bad_cell(entry, own, ~decile.between(1, 10), "iod2025_decile", called["iod2025_decile"], "from 1 to 10")
    counts = decile.le(2).groupby(own["area"].map(ward_of)).agg(["size", "sum"])
    counts.columns = ["iod2025_lsoas", "iod2025_lsoas_deprived"]
    wards = counts.rename_axis("area").reset_index().melt("area", var_name="measure")
    part = pd.concat([own[["area", *called]].melt("area", var_name="measure"), wards])
    said.measures.append((entry, part.assign(source=IOD_2025)))


def _layer(entry: SourceFile, context: Context, known: Known, said: Said) -> None:
    """Outlines of the borough's wards or small areas, or of London's boroughs."""
    old = entry.format == "lsoa_outlines" and not column_of(entry.found.columns, "lsoa21cd")
    codes = {
        "ward_outlines": known.wards,
        "lsoa_outlines": frozenset(known.ward_of["2011" if old else "2021"]),
        "borough_outlines": AUTHORITIES,
    }[entry.format]
    layer = outlines.read_layer(entry, () if old else codes)
    mine = layer.rows["code"].isin(codes)
    _count(context, entry, layer.rows, mine, used=not old)
    if not old:
        stranger = layer.rows[layer.rows["borough"].isin([TOWER_HAMLETS, TOWER_HAMLETS_NAME]) & ~mine]
        for row in stranger.to_dict("records"):
            raise BadInput(
                f"{entry.name}: {row['code']} ({row['name'] or 'no name'}) is a {KINDS[entry.format].word} of {TOWER_HAMLETS_NAME}"
                f" that is not known here. Leave the file out if it is an old one. {AGAIN}"
            )
        said.layers.setdefault(entry.format, []).append(layer)
