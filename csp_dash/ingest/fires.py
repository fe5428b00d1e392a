"""London Fire Brigade: dwelling fires by month, and deliberate fires by year on the old wards.

``lfb_dwelling_fires``
    Series `dwelling_fires`: one per incident in a home. Tower Hamlets wards (today's codes are in the
    file), all 33 London authorities, and London (E12000007; here with the City of London, which the
    police figures under the same code lack). A month without a row is a zero. The extract holds
    dwelling fires only: no outdoor, vehicle or deliberate fires can be drawn from it.
``ward_atlas_fires``
    Series `deliberate_fires`: the GLA Ward Atlas, calendar years 2005 to 2014, for the seventeen wards
    abolished in 2014. Only their sum is a fact (borough, flag `old_wards`); the wards stay under their
    own codes in table ``old_ward_fires`` (ward_code, ward_name, year, n), since today's outlines
    do not fit them.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from csp_dash.ingest.facts import BadInput, Coverage, Taken, fact_frame, month_end, need
from csp_dash.ingest.police_uk import BOROUGH, BOROUGH_NAME, WARDS, folder, missing_months

DWELLINGS = ("06_lfb", "LFB_dwelling_fires_london_*.parquet")
ATLAS = ("06_lfb", "TH_ward_atlas_deliberate_fires_*.csv")
LONDON = "E12000007"
DWELLING_COLUMNS = ("date", "borough", "ward")
ATLAS_COLUMNS = ("Codes", "New Code", "Borough", "Names")
ATLAS_YEAR = re.compile(r"Fires; Deliberate Fires; (\d{4})")
AUTHORITIES = tuple(f"E09{number:06d}" for number in range(1, 34))


def read_dwellings(source_dir: Path) -> Taken:
    """`lfb_dwelling_fires`."""
    path = need(folder(source_dir, DWELLINGS[0]), DWELLINGS[1])[-1]
    raw = pd.read_parquet(path)
    lacking = [name for name in DWELLING_COLUMNS if name not in raw.columns]
    if lacking:
        raise BadInput(
            f"{path.name} lacks the columns {', '.join(lacking)}. Use the extract of dwelling fires with ward codes."
        )
    strangers = sorted(set(raw["borough"].dropna().astype(str)) - set(AUTHORITIES))
    if strangers or raw["borough"].isna().any():
        raise BadInput(
            f"{path.name}: column 'borough' should hold E09000001 to E09000033 but holds {strangers[:3] or 'blanks'}."
        )
    dates = pd.Series(pd.to_datetime(raw["date"], errors="coerce"), index=raw.index)
    if dates.isna().any():
        raise BadInput(f"{path.name}: column 'date' holds something that is not a date.")
    here = raw["borough"] == BOROUGH
    lost = raw[here & ~raw["ward"].isin(WARDS)]
    if len(lost):
        raise BadInput(
            f"{path.name}: {len(lost)} fires in {BOROUGH_NAME} have a ward code that is not one of today's twenty."
        )
    start = pd.Series(dates.dt.to_period("M").dt.to_timestamp(), index=raw.index)
    areas = pd.concat(
        [
            pd.DataFrame({"area": raw.loc[here, "ward"], "start": start[here]}),
            pd.DataFrame({"area": raw["borough"], "start": start}),
            pd.DataFrame({"area": LONDON, "start": start}),
        ],
        ignore_index=True,
    )
    counts = areas.groupby(["area", "start"], as_index=False).size().rename(columns={"size": "numerator"})
    months = start.dt.strftime("%Y-%m")
    facts = counts.assign(
        series="dwelling_fires", finish=month_end(counts["start"]), denominator=None, flag=None, vintage=months.max()
    )
    gaps = missing_months(months)
    coverage = [
        Coverage("lfb_dwelling_fires", "*", kind, months.min(), months.max(), gaps, True)
        for kind in ("ward", "borough", "region")
    ]
    return Taken(source="lfb_dwelling_fires", facts=fact_frame(facts), coverage=coverage, inputs=[path])


def read_atlas(source_dir: Path) -> Taken:
    """`ward_atlas_fires`."""
    path = need(folder(source_dir, ATLAS[0]), ATLAS[1])[-1]
    raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="latin-1")
    years = {name: int(hit[1]) for name in raw.columns if (hit := ATLAS_YEAR.fullmatch(name))}
    if any(name not in raw.columns for name in ATLAS_COLUMNS) or not years:
        raise BadInput(
            f"{path.name} is not the Ward Atlas extract: it needs the columns {', '.join(ATLAS_COLUMNS)}"
            " and one 'Fires; Deliberate Fires; yyyy' a year."
        )
    here = raw[raw["Borough"] == BOROUGH_NAME]
    if len(here) != 17:
        raise BadInput(f"{path.name} should hold the 17 wards of {BOROUGH_NAME} before 2014 but holds {len(here)}.")
    long = here.melt(["New Code", "Names"], list(years), "column", "n")
    n = pd.to_numeric(long["n"], errors="coerce")
    if n.isna().any() or (n % 1 != 0).any():
        raise BadInput(f"{path.name}: a count of deliberate fires is blank or not a whole number.")
    table = pd.DataFrame(
        {
            "ward_code": long["New Code"],
            "ward_name": long["Names"],
            "year": long["column"].map(years),
            "n": n.astype("int64"),
        }
    ).sort_values(["ward_code", "year"], ignore_index=True)
    total = table.groupby("year", as_index=False)["n"].sum()
    facts = pd.DataFrame(
        {
            "series": "deliberate_fires",
            "area": BOROUGH,
            "start": [f"{year}-01-01" for year in total["year"]],
            "finish": [f"{year}-12-31" for year in total["year"]],
            "numerator": total["n"],
            "denominator": None,
            "flag": "old_wards",
            "vintage": f"{total['year'].max()}-12",
        }
    )
    span = (f"{total['year'].min()}-01", f"{total['year'].max()}-12")
    return Taken(
        source="ward_atlas_fires",
        facts=fact_frame(facts),
        coverage=[Coverage("ward_atlas_fires", "deliberate_fires", "borough", *span)],
        inputs=[path],
        tables={"old_ward_fires": table},
    )


def read(source_dir: Path) -> list[Taken]:
    """Both fire sources."""
    return [read_dwellings(source_dir), read_atlas(source_dir)]
