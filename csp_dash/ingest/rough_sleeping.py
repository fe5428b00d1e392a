"""Rough sleeping: the government's single-night autumn count, 2010 to 2022.

Series `rough_sleeping_snapshot`: people counted or estimated to sleep rough on one night. Each council
chooses its own night between 1 October and 30 November, so the night is not known; start and
finish are both 30 November, the day by which it has passed, with flag `single_night`. Such figures
are never added over years and are not CHAIN, which counts people met over a whole year.

Areas: Tower Hamlets, Hackney, Newham, City of London, and London (E12000007; all 33 authorities).
Other regions and England in the file are left out.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from csp_dash.ingest.facts import BadInput, Coverage, Taken, fact_frame, need
from csp_dash.ingest.police_uk import folder, read_csv

FILES = ("09_other", "MHCLG_rough_sleeping_snapshot_*_TH.csv")
COLUMNS = ("Local authority ONS code", "Local authority", "Region", "Region ONS code")
BOROUGHS = ("E09000001", "E09000012", "E09000025", "E09000030")
LONDON = "E12000007"


def read(source_dir: Path) -> list[Taken]:
    """`mhclg_rough_sleeping`."""
    path = need(folder(source_dir, FILES[0]), FILES[1])[-1]
    raw = read_csv(path, COLUMNS, exact=False)
    years = [str(name) for name in raw.columns if name not in COLUMNS]
    if not years or any(not (year.isdigit() and len(year) == 4) for year in years):
        raise BadInput(f"{path.name} has an unknown header: after {COLUMNS[-1]} every column should be a year.")
    council = raw["Local authority ONS code"].str.strip()
    region = (council == "---") & (raw["Region ONS code"].str.strip() == LONDON)
    rows = raw.assign(area=council.where(~region, LONDON))
    rows = rows[rows["area"].isin([*BOROUGHS, LONDON])]
    absent = sorted({*BOROUGHS, LONDON} - set(rows["area"]))
    if absent:
        raise BadInput(f"{path.name} lacks a row for {', '.join(absent)}. Use Table 1 of the official workbook.")
    long = rows.melt(["area"], years, "year", "value")
    people = pd.to_numeric(long["value"].str.strip(), errors="coerce")
    wrong = long.loc[people.isna() | (people % 1 != 0), "value"]
    if len(wrong):
        raise BadInput(
            f"{path.name}: a count is blank or not a whole number: {wrong.iloc[0]!r}. Use the official Table 1."
        )
    night = pd.to_datetime(long["year"] + "-11-30")
    facts = pd.DataFrame(
        {
            "series": "rough_sleeping_snapshot",
            "area": long["area"],
            "start": night,
            "finish": night,
            "numerator": people,
            "denominator": None,
            "flag": "single_night",
            "vintage": f"{max(years)}-11",
        }
    )
    coverage = [
        Coverage("mhclg_rough_sleeping", "*", kind, f"{min(years)}-11", f"{max(years)}-11")
        for kind in ("borough", "region")
    ]
    return [Taken(source="mhclg_rough_sleeping", facts=fact_frame(facts), coverage=coverage, inputs=[path])]
