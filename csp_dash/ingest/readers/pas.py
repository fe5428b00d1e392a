"""Public Attitude Survey (MOPAC), borough results by quarter: source `pas`.

Each published quarter is a rolling twelve months that end with it, so neighbouring quarters share nine months of
interviews and must not be tested against each other as if they were independent. A fact's start and finish are those
twelve months; numerator = the published proportion (0 to 1, two decimals), denominator = 1, flag `published_proportion`.
The number interviewed is not published here.

London (E12000007) is the file's own column `MPS`, the survey's result for the whole Metropolitan Police area, not a mean
of boroughs. The file has no difference column.

The export has decimal commas in quotes and spare columns, or semicolons, or decimal points; all are read, and so are
dates with and without leading zeros. A measure that is not in MEASURES is kept under a slug of its own name, with a
note. Rows of other surveys are not used. A file that was cut to some boroughs changes those alone.
"""

from __future__ import annotations

import re

import pandas as pd

from csp_dash.domain.geography import LONDON
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import fact_frame
from csp_dash.ingest.files.columns import table
from csp_dash.ingest.files.dates import days
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE
from csp_dash.ingest.geography.place_names import borough_codes
from csp_dash.ingest.readers.common import AGAIN, editions, figures, refuse, unused

PLACE = 7
FORMATS = ("pas",)
SOURCE = "pas"
SOURCES = (SOURCE,)
COLUMNS = {name: name for name in ("date", "survey", "borough", "measure", "proportion", "mps")}
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
_SERIES = {folded(name): series for name, series in MEASURES.items()}


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """`pas`: 32 boroughs and London. Raises BadInput with the file, the line, the fault and the remedy."""
    return editions(SOURCE, entries, context, _read_file)


def _read_file(entry: SourceFile, context: Context) -> pd.DataFrame:
    frame = table(entry, context.ledger, COLUMNS)
    ours = frame["survey"].str.upper() == "PAS"
    unused(entry, context.ledger, "Rows of other surveys are not used", frame.loc[~ours, "survey"])
    rows = frame[ours].copy()
    rows["area"] = borough_codes(rows, "borough", entry)
    outside = rows["area"] == ""
    rows = rows[~outside]
    context.ledger.count(entry, rows=len(frame), accepted=len(rows), out_of_area=len(frame) - len(rows), source=SOURCE)
    if rows.empty:
        return rows
    for name in ("proportion", "mps"):  # the comma is a decimal one
        rows[name] = rows[name].str.replace(",", ".", regex=False)
    rows["finish"] = days(rows["date"])
    refuse(
        entry, rows, ~rows["finish"].dt.is_quarter_end.fillna(False), "date", "Date",
        "is not the last day of a quarter as d/m/yyyy",
    )  # fmt: skip
    rows["series"] = _series(entry, rows, context)
    own = _facts(rows, figures(entry, rows, "proportion", "Proportion", most=1))
    london = _facts(rows.assign(area=LONDON), figures(entry, rows, "mps", "MPS", most=1)).drop_duplicates()
    for facts, column, why in (
        (own, "Proportion", "has two figures for one borough, quarter and measure"),
        (london, "MPS", "differs between boroughs of one quarter and measure; it should be one London figure"),
    ):
        twice = facts[
            facts.drop_duplicates().duplicated(["series", "area", "finish"]).reindex(facts.index, fill_value=False)
        ]
        if len(twice):
            line = rows.loc[twice.index[0], LINE]
            raise BadInput(f"{entry.name}, line {line}: column '{column}' {why}. {AGAIN}")
    both = pd.concat([own.drop_duplicates(), london], ignore_index=True)
    return fact_frame(both.assign(vintage=both["finish"].max().strftime("%Y-%m")))


def _facts(rows: pd.DataFrame, proportions: pd.Series) -> pd.DataFrame:
    starts = rows["finish"] - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0) + pd.Timedelta(days=1)
    flags = proportions.isna().map({True: "suppressed", False: "published_proportion"})
    return pd.DataFrame(
        {
            "series": rows["series"],
            "area": rows["area"],
            "start": starts,
            "finish": rows["finish"],
            "numerator": proportions,
            "denominator": 1.0,
            "flag": flags,
        }
    )


def _series(entry: SourceFile, rows: pd.DataFrame, context: Context) -> pd.Series:
    """The series of each row's measure; a new measure has a slug of its name."""
    refuse(entry, rows, rows["measure"] == "", "measure", "Measure", "names no measure")
    named: dict[str, str] = {}
    for measure in rows["measure"].unique():
        slug = "pas_" + re.sub(r"[^a-z0-9]+", "_", measure.lower()).strip("_")
        named[measure] = _SERIES.get(folded(measure), slug)
    new = [measure for measure in named if folded(measure) not in _SERIES]
    unused(entry, context.ledger, "Measures that are new here were kept under their own names", new)
    return rows["measure"].map(named)
