"""Files in the shapes that publishers use, made from the figures of the bundled snapshot: for tests of whole ingests."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
TOWER_HAMLETS, LONDON = "E09000030", "E12000007"


def _names() -> dict[str, str]:
    areas = pd.read_csv(ROOT / "geo" / "areas.csv", dtype=str)
    return dict(zip(areas["code"], areas["name"], strict=True))


def _categories() -> dict[str, tuple[str, str]]:
    """Series -> (major, minor) as the newest files call it."""
    with (ROOT / "csp_dash" / "ingest" / "mps_categories.csv").open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle) if row["style"] == "upper_split" and row["series"]]
    return {row["series"]: (row["major"], row["minor"]) for row in reversed(rows)}


def mps_borough(path: Path, months: Mapping[str, tuple[str, float]], *, areas: tuple[str, ...] = ()) -> Path:
    """A wide borough file. `months` gives for each month (YYYYMM) the month of the snapshot that it is like, and by what its
    figures are multiplied; `areas` keeps to some boroughs."""
    facts = pd.read_parquet(ROOT / "data" / "facts" / "mps_borough.parquet")
    london = facts[facts["area"] == LONDON].set_index(["series", "start"])["numerator"]
    facts = facts[facts["area"].str.startswith("E09")]
    if areas:
        facts = facts[facts["area"].isin(areas)]
    else:  # offences that no borough is known for are in London's figures
        rest = (london - facts.groupby(["series", "start"])["numerator"].sum()).rename("numerator").reset_index()
        facts = pd.concat([facts, rest[rest["numerator"] > 0].assign(area="Unknown")])
    parts = []
    for month, (like, times) in months.items():
        rows = facts[facts["start"].astype(str).str[:7] == like]
        parts.append(rows.assign(month=month, n=(rows["numerator"] * times).round().astype(int)))
    wide = pd.concat(parts).pivot_table(index=["series", "area"], columns="month", values="n", fill_value=0)
    names, categories = _names(), _categories()
    table = pd.DataFrame(
        {
            "MajorText": [categories[series][0] for series, _ in wide.index],
            "MinorText": [categories[series][1] for series, _ in wide.index],
            "BoroughName": [names.get(area, area) for _, area in wide.index],
        }
    )
    for month in months:
        table[month] = wide[month].astype(int).to_numpy()
    table.to_csv(path, index=False)
    return path


def pas(path: Path, end: str, fair: float) -> Path:
    """A Public Attitude Survey export of one quarter for all boroughs, with decimal commas."""
    names = [name for code, name in sorted(_names().items()) if code.startswith("E09") and code != "E09000001"]
    lines = ["Date,Survey,Borough,Measure,Proportion,MPS"]
    lines += [f'{end},PAS,{name},Treat everyone fairly,"{str(fair).replace(".", ",")}","0,60"' for name in names]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)


def street(path: Path, month: str, rows: list[tuple[str, str]], force: str = "Metropolitan Police Service") -> Path:
    """A street file of rows (crime type, LSOA code)."""
    lines = [STREET]
    for at, (kind, lsoa) in enumerate(rows):
        name = "Tower Hamlets 001A" if lsoa.startswith("E0") else ""
        ident = "" if kind == "Anti-social behaviour" else f"{month}{path.stem}{at:060d}"
        lines.append(f"{ident},{month},{force},{force},-0.05,51.52,On or near A Street,{lsoa},{name},{kind},,")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
