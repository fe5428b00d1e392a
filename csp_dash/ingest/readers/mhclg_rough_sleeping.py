"""Rough sleeping: the government's single-night autumn count, 2010 on. Source `mhclg_rough_sleeping`.

Series `rough_sleeping_snapshot`: people counted or estimated to sleep rough on one night. Each council chooses its own
night between 1 October and 30 November, so the night is not known; start and finish are both 30 November, the day by
which it has passed, with flag `single_night`. Such figures are never added over years and are not CHAIN, which counts
people met over a whole year.

Areas: Tower Hamlets, Hackney, Newham, City of London, and London (E12000007; all 33 authorities). The other authorities
and regions, England, and the notes below the table are out of area. Read from the workbook (.ods since autumn 2023, .xlsx
before; titles above the header) and from CSV; a column is a year where it is four digits, with or without a mark behind
them, as in 2022 [r].
"""

from __future__ import annotations

import re

import pandas as pd

from csp_dash.domain.geography import BOROUGHS, CITY_OF_LONDON, LONDON, TOWER_HAMLETS
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import fact_frame
from csp_dash.ingest.files.columns import table
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.readers.common import coverage, figures, latest, one_a_book, refuse

PLACE = 10
FORMATS = ("rough_sleeping",)
SOURCE = "mhclg_rough_sleeping"
SOURCES = (SOURCE,)
SERIES = "rough_sleeping_snapshot"
COLUMNS = {
    "localauthorityonscode": "code",
    "localauthoritycode": "code",
    "localauthority": "name",
    "localauthorityname": "name",
    "region": "region",
    "regionname": "region",
    "regiononscode": "region_code",
    "regioncode": "region_code",
}
AUTHORITIES = frozenset(f"E09{number:06d}" for number in range(1, 34))
AREAS = (CITY_OF_LONDON, BOROUGHS["Hackney"], BOROUGHS["Newham"], TOWER_HAMLETS)
YEAR = re.compile(r"((?:19|20)\d{2})(?:\.0)?\s*(?:\[.*\])?")


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """`mhclg_rough_sleeping`. Raises BadInput with the file, the line, the fault and the remedy."""
    read = each(_totals(entries, context), lambda entry: (entry, _read_file(entry, context)))
    parts = [(entry, facts) for entry, facts in read if len(facts)]
    if not parts:
        return []
    facts = latest(parts)
    covered = coverage(SOURCE, facts.assign(series="*"))
    return [Extract(SOURCE, facts, covered, [entry for entry, _ in parts], by_area=True)]


def _totals(entries: list[SourceFile], context: Context) -> list[SourceFile]:
    """The tables of how many people there were: of a workbook the sheet that says "total", else its first.

    Its other tables have the same header: who the people were, how they were counted, rates. Their rows are only counted.
    """
    totals, others = one_a_book(entries, lambda entry: "total" not in entry.found.sheet.lower())
    each(others, lambda entry: _count(entry, context))
    return totals


def _count(entry: SourceFile, context: Context) -> None:
    frame = table(entry, context.ledger, COLUMNS)
    here = int((frame["code"].isin(AREAS) | frame["name"].isin(AREAS)).sum())
    context.ledger.count(entry, rows=len(frame), accepted=here, out_of_area=len(frame) - here, source=SOURCE)
    context.ledger.note(entry, "No measure uses it.")


def _read_file(entry: SourceFile, context: Context) -> pd.DataFrame:
    frame = table(entry, context.ledger, COLUMNS)
    if _coded(frame["name"]).any() and not _coded(frame["code"]).any():
        frame = frame.rename(columns={"code": "name", "name": "code"})
        context.ledger.note(
            entry, "Its columns of codes and names bear each other's headers; they were read as they are."
        )
    years = _years(entry, frame)
    strange = frame["code"].str.match(r"E09\d{6}$") & ~frame["code"].isin(AUTHORITIES)
    refuse(entry, frame, strange, "code", "Local authority ONS code", "is the code of no London authority")
    regions, own = ("region_code", LONDON) if "region_code" in frame.columns else ("region", "London")
    london = frame[regions] == own
    area = frame["code"].where(~(london & ~_coded(frame["code"])), LONDON)
    rows = frame.assign(area=area)
    rows = rows[rows["area"].isin([*AREAS, LONDON])]
    if TOWER_HAMLETS not in set(rows["area"]):
        rows = rows.iloc[:0]
        context.ledger.note(entry, "None of its rows is of Tower Hamlets, so nothing was taken from it.")
    context.ledger.count(entry, rows=len(frame), accepted=len(rows), out_of_area=len(frame) - len(rows), source=SOURCE)
    refuse(entry, rows, rows["area"].duplicated(), "name", "Local authority", "stands in two rows")
    parts = []
    for column, year in years.items():
        people = figures(entry, rows, column, column, whole=True)
        night = pd.Timestamp(int(year), 11, 30)
        parts.append(
            pd.DataFrame(
                {
                    "series": SERIES,
                    "area": rows["area"],
                    "start": night,
                    "finish": night,
                    "numerator": people,
                    "denominator": None,
                    "flag": people.isna().map({True: "suppressed", False: "single_night"}),
                    "vintage": f"{max(years.values())}-11",
                }
            )
        )
    return fact_frame(pd.concat(parts, ignore_index=True))


def _coded(texts: pd.Series) -> pd.Series:
    """Whether each is the code of an authority; the rows of regions have a mark there, such as --- or [z]."""
    return texts.str.fullmatch(r"E0\d{7}")


def _years(entry: SourceFile, frame: pd.DataFrame) -> dict[str, str]:
    """Columns that are years."""
    years = {str(column): match[1] for column in frame.columns if (match := YEAR.fullmatch(str(column).strip()))}
    twice = [year for year in years.values() if list(years.values()).count(year) > 1]
    if not years or twice:
        raise BadInput(
            f"{entry.name} {f'has the year {twice[0]} twice' if twice else 'has no column that is a year, such as 2022'}."
            " Use Table 1 (total) of the official workbook as it is published."
        )
    return years
