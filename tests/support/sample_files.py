"""Files in the shapes that publishers use, made from the figures of the bundled snapshot: for tests of whole ingests."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd

from csp_dash.ingest.facts import month_text
from csp_dash.ingest.readers.mps_recorded_crime import CATEGORIES
from support import ROOT

TOWER_HAMLETS, LONDON = "E09000030", "E12000007"


@cache
def _by_month(source: str) -> pd.DataFrame:
    """The facts of a source in the bundled snapshot, with the month of each as text (`like`)."""
    facts = pd.read_parquet(ROOT / "data" / "facts" / f"{source}.parquet")
    return facts.assign(like=month_text(facts["start"]))


@cache
def _names() -> dict[str, str]:
    areas = pd.read_csv(ROOT / "geo" / "areas.csv", dtype=str)
    return dict(zip(areas["code"], areas["name"], strict=True))


@cache
def _categories() -> dict[str, tuple[str, str]]:
    """Series -> (major, minor) as the newest files call it."""
    with CATEGORIES.open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle) if row["style"] == "upper_split" and row["series"]]
    return {row["series"]: (row["major"], row["minor"]) for row in reversed(rows)}


def mps_borough(path: Path, months: Mapping[str, tuple[str, float]], *, areas: tuple[str, ...] = ()) -> Path:
    """A wide borough file. `months` gives for each month (YYYYMM) the month of the snapshot that it is like, and by what its
    figures are multiplied; `areas` keeps to some boroughs."""
    facts = _by_month("mps_borough")
    facts = facts[facts["like"].isin([like for like, _ in months.values()])]
    london = facts[facts["area"] == LONDON].set_index(["series", "start"])["numerator"]
    facts = facts[facts["area"].str.startswith("E09")]
    if areas:
        facts = facts[facts["area"].isin(areas)]
    else:  # offences that no borough is known for are in London's figures
        rest = (london - facts.groupby(["series", "start"])["numerator"].sum()).rename("numerator").reset_index()
        rest = rest[rest["numerator"] > 0]
        facts = pd.concat([facts, rest.assign(area="Unknown", like=month_text(rest["start"]))])
    parts = []
    for month, (like, times) in months.items():
        rows = facts[facts["like"] == like]
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


def with_row(path: Path, **cells: object) -> Path:
    """The file with one more row: its second, with other `cells`."""
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    with path.open("a", newline="", encoding="utf-8") as handle:
        csv.DictWriter(handle, rows[0]).writerow(rows[0] | cells)
    return path


def pas(path: Path, end: str, fair: float) -> Path:
    """A Public Attitude Survey export of one quarter for all boroughs, with decimal commas."""
    names = [name for code, name in sorted(_names().items()) if code.startswith("E09") and code != "E09000001"]
    lines = ["Date,Survey,Borough,Measure,Proportion,MPS"]
    lines += [f'{end},PAS,{name},Treat everyone fairly,"{str(fair).replace(".", ",")}","0,60"' for name in names]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


DASHBOARD = "Month_Year,Area Type,Borough_SNT,Area name,Area code,Crime Type,Crime Subtype,Measure,Count"


def dashboard(path: Path, months: list[str], counted: Mapping[tuple[str, str, str], int]) -> Path:
    """A monthly dashboard of all boroughs. `counted` gives for each (type, subtype, measure) the figure of every borough in
    the first month; each month after has one more, and Tower Hamlets always twice as many."""
    names = {code: name for code, name in sorted(_names().items()) if code.startswith("E09") and code != "E09000001"}
    lines = [DASHBOARD]
    for at, month in enumerate(months):
        for (kind, subtype, measure), number in counted.items():
            for code, name in names.items():
                cells = (f"01/{month[5:]}/{month[:4]}", "Borough", name, name, code, kind, subtype, measure)
                lines.append(",".join([*cells, str((number + at) * (2 if code == TOWER_HAMLETS else 1))]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


FINGERTIPS = ("Indicator ID", "Indicator Name", "Area Code", "Area Name", "Area Type", "Sex", "Age", "Time period", "Value",
              "Lower CI 95.0 limit", "Upper CI 95.0 limit", "Count", "Denominator")  # fmt: skip
TREATMENT = {
    "Successful completion of drug treatment: opiate users": (0.05, 1600),
    "Successful completion of drug treatment: non-opiate users": (0.35, 400),
    "Successful completion of alcohol treatment": (0.4, 500),
}


def fingertips(path: Path, years: list[int], groups: Mapping[str, tuple[float, int]] = TREATMENT) -> Path:
    """Treatment completed, by year, in Tower Hamlets and (ten times as many people) in London. `groups` gives for each
    indicator the share of the first year, which grows by a hundredth a year, and the people in treatment."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, FINGERTIPS, restval="")
        writer.writeheader()
        for at, year in enumerate(years):
            for name, (share, people) in groups.items():
                for code, times in ((TOWER_HAMLETS, 1), (LONDON, 10)):
                    cases = round((share + at / 100) * people * times)
                    usual = {"Indicator ID": "90244", "Area Type": "Counties & UAs", "Sex": "Persons", "Age": "18+ yrs"}
                    own = {"Indicator Name": name, "Area Code": code, "Time period": str(year), "Count": str(cases),
                           "Denominator": str(people * times), "Value": str(100 * cases / (people * times))}  # fmt: skip
                    writer.writerow(usual | own)
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
