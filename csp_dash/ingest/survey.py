"""Public Attitude Survey (MOPAC), borough results by quarter.

Each published quarter is a rolling twelve months that end with it, so neighbouring quarters share
nine months of interviews and must not be tested against each other as if they were independent.
A fact's start and finish are those twelve months; numerator = the published proportion (0 to 1, two
decimals), denominator = 1, flag `published_proportion`. The number interviewed is not published here.

London (E12000007) is the file's own column `MPS`, the survey's result for the whole Metropolitan Police
area, not a mean of boroughs. The file has no difference column.

The export has decimal commas in quotes and spare columns, or semicolons; both are read. Dates are
d/m/yyyy with or without leading zeros.
"""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from csp_dash.ingest.facts import BadInput, Coverage, Taken, fact_frame, need
from csp_dash.ingest.police_uk import folder, refuse_unknown

FILES = ("05_hate_knife_da_pas", "PAS_Dashboard_Borough_*.csv")
LONDON = "E12000007"
COLUMNS = ["Date", "Survey", "Borough", "Measure", "Proportion", "MPS"]
MEASURES = {
    '"good job" local': "pas_good_job",
    "contact ward officer": "pas_contact_ward_officer",
    "informed local": "pas_informed_local",
    "listen to concerns": "pas_listens_to_concerns",
    "relied on to be there": "pas_relied_on",
    "treat everyone fairly": "pas_fair_treatment",
    "understand issues": "pas_understands_issues",
    "trust mps": "pas_trust",
}
# The official codes E09000002 to E09000033 follow the alphabet.
NAMES = (
    "Barking and Dagenham",
    "Barnet",
    "Bexley",
    "Brent",
    "Bromley",
    "Camden",
    "Croydon",
    "Ealing",
    "Enfield",
    "Greenwich",
    "Hackney",
    "Hammersmith and Fulham",
    "Haringey",
    "Harrow",
    "Havering",
    "Hillingdon",
    "Hounslow",
    "Islington",
    "Kensington and Chelsea",
    "Kingston upon Thames",
    "Lambeth",
    "Lewisham",
    "Merton",
    "Newham",
    "Redbridge",
    "Richmond upon Thames",
    "Southwark",
    "Sutton",
    "Tower Hamlets",
    "Waltham Forest",
    "Wandsworth",
    "Westminster",
)
BOROUGHS = {name.lower(): f"E09{number:06d}" for number, name in enumerate(NAMES, start=2)}
BOROUGHS["city of westminster"] = BOROUGHS["westminster"]


def _proportions(path: Path, column: str, values: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(values.str.strip().str.replace(",", ".", regex=False), errors="coerce")
    wrong = values[numbers.isna() | (numbers < 0) | (numbers > 1)]
    if len(wrong):
        raise BadInput(
            f"{path.name}: column '{column}' should hold proportions from 0 to 1 but holds {wrong.iloc[0]!r}."
        )
    return numbers


def _table(path: Path) -> pd.DataFrame:
    text = path.read_text(encoding="utf-8-sig")
    separator = ";" if text.split("\n", 1)[0].count(";") > 4 else ","
    frame = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False)
    names = [str(name) for name in frame.columns]
    if names[:6] != COLUMNS or any(not name.startswith("Unnamed") for name in names[6:]):
        raise BadInput(
            f"{path.name} has an unknown header. Expected {', '.join(COLUMNS)} and nothing else but empty columns."
        )
    return pd.DataFrame({name: frame[name].str.strip() for name in COLUMNS})


def read(source_dir: Path) -> list[Taken]:
    """`pas`: 32 boroughs and London, eight measures."""
    path = need(folder(source_dir, FILES[0]), FILES[1])[-1]
    raw = _table(path)
    refuse_unknown(path, "Survey", raw["Survey"], ["PAS"])
    refuse_unknown(path, "Measure", raw["Measure"].str.lower(), MEASURES)
    refuse_unknown(path, "Borough", raw["Borough"].str.lower(), BOROUGHS)
    ends = pd.to_datetime(raw["Date"], format="%d/%m/%Y", errors="coerce")
    if ends.isna().any() or not ends.dt.is_quarter_end.all():
        raise BadInput(f"{path.name}: column 'Date' should hold the last day of a quarter as d/m/yyyy.")
    rows = pd.DataFrame(
        {
            "series": raw["Measure"].str.lower().map(MEASURES),
            "area": raw["Borough"].str.lower().map(BOROUGHS),
            "start": ends - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0) + pd.Timedelta(days=1),
            "finish": ends,
            "numerator": _proportions(path, "Proportion", raw["Proportion"]),
        }
    )
    london = rows.assign(area=LONDON, numerator=_proportions(path, "MPS", raw["MPS"]))
    london = london.drop_duplicates()
    if london.duplicated(["series", "finish"]).any():
        raise BadInput(
            f"{path.name}: column 'MPS' differs between boroughs of one quarter and measure;"
            " it should be one London figure. Export the sheet Borough again."
        )
    vintage = ends.max().strftime("%Y-%m")
    facts = pd.concat([rows, london], ignore_index=True).assign(
        denominator=1.0, flag="published_proportion", vintage=vintage
    )
    coverage = [
        Coverage(
            "pas", str(series), kind, part["start"].min().strftime("%Y-%m"), part["finish"].max().strftime("%Y-%m")
        )
        for series, part in rows.groupby("series")
        for kind in ("borough", "region")
    ]
    return [Taken(source="pas", facts=fact_frame(facts), coverage=coverage, inputs=[path])]
