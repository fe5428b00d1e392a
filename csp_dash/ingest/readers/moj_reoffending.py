"""Proven reoffending by local authority, from the Ministry of Justice's geographical data: source `moj_reoffending`.

Series `adult_reoffending`: numerator = adults of a cohort who were proven to offend again, denominator = adults in the
cohort. A cohort is the people who left custody, were sentenced in the community or were cautioned in twelve months; they
are followed for a year, with half a year more for the courts. A fact's start and finish are those twelve months of the
cohort, so the figures are old when they are new. Cohorts that roll on by a quarter share nine months with the one before.

Areas: the 33 London authorities, as far as the file names them, and London. The file gives a place under several kinds
of total (unitary or upper-tier authority, region, probation region); the authority's and the region's own count first.
Children, cohorts of three months, breakdowns and places outside London are not used. A figure that is withheld is null,
flag `suppressed`.
"""

from __future__ import annotations

import pandas as pd

from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import fact_frame
from csp_dash.ingest.files.columns import table
from csp_dash.ingest.files.dates import span
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE
from csp_dash.ingest.geography.place_names import PLACES
from csp_dash.ingest.readers.common import AGAIN, editions, figures, refuse, unused

PLACE = 13
FORMATS = ("moj_reoffending",)
SOURCE = "moj_reoffending"
SOURCES = (SOURCE,)
COLUMNS = {
    "adultjuvenile": "age",
    "geography": "place",
    "category": "category",
    "cohort": "cohort",
    "offenders": "offenders",
    "reoffenders": "reoffenders",
}


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """`moj_reoffending`. Raises BadInput with the file, the line, the fault and the remedy."""
    return editions(SOURCE, entries, context, _read_file)


def cohort(text: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last day of "Apr 2019 to Mar 2020"; None where it is no period."""
    found = span(text)
    return (pd.Timestamp(found.first.first_day), pd.Timestamp(found.last.last_day)) if found else None


def _read_file(entry: SourceFile, context: Context) -> pd.DataFrame:
    frame = table(entry, context.ledger, COLUMNS)
    kind = frame["category"].str.lower()
    total = kind.str.contains("total")
    adults = frame["age"].str.lower() == "adult"
    unused(entry, context.ledger, "Only adults are used", frame.loc[~adults, "age"])
    rows = frame[adults & total].copy()
    rows["area"] = rows["place"].map(folded).map(PLACES)
    rows = rows[rows["area"].notna()].copy()
    spans = [cohort(text) for text in rows["cohort"]]
    unknown = pd.Series([span is None for span in spans], index=rows.index)
    refuse(entry, rows, unknown, "cohort", "Cohort", "is no period such as Apr 2019 to Mar 2020")
    rows["start"] = [span[0] for span in spans if span is not None]
    rows["finish"] = [span[1] for span in spans if span is not None]
    year = (
        rows["start"] + pd.DateOffset(years=1) - pd.Timedelta(days=1) == rows["finish"]
        if len(rows)
        else rows["area"].notna()
    )
    unused(entry, context.ledger, "Cohorts of other than twelve months are not used", rows.loc[~year, "cohort"])
    rows = rows[year].copy()
    context.ledger.count(entry, rows=len(frame), accepted=len(rows), out_of_area=len(frame) - len(rows), source=SOURCE)
    if rows.empty:
        return rows
    offenders = figures(entry, rows, "offenders", "offenders", whole=True)
    reoffenders = figures(entry, rows, "reoffenders", "reoffenders", whole=True)
    refuse(entry, rows, reoffenders > offenders, "reoffenders", "reoffenders", "is more than there are offenders")
    hidden = offenders.isna() | reoffenders.isna()
    # of an authority its own total, of London the region's; the probation region of the same name comes after
    first = kind.reindex(rows.index).str.contains("utla|^region")
    facts = rows.assign(
        series="adult_reoffending",
        numerator=reoffenders.mask(hidden),
        denominator=offenders.mask(hidden),
        flag=hidden.map({True: "suppressed", False: None}),
        vintage=rows["finish"].max().strftime("%Y-%m"),
        rank=(~first).astype(int),
    )
    key = ["area", "start", "finish"]
    facts = facts[facts["rank"] == facts.groupby(key)["rank"].transform("min")]
    facts = facts.drop_duplicates([*key, "numerator", "denominator"])
    twice = facts[facts.duplicated(key)]
    if len(twice):
        row = twice.iloc[0]
        raise BadInput(
            f"{entry.name}, line {row[LINE]} gives a second, other total of {row['place']} for {row['cohort']}. {AGAIN}"
        )
    names = ["series", *key, "numerator", "denominator", "flag", "vintage"]
    return fact_frame(facts[names])
