"""Treatment for drugs and alcohol, from the Fingertips indicators of OHID: source `fingertips`.

Series `treatment_completion_opiate`, `treatment_completion_non_opiate` and `treatment_completion_alcohol`: adults who
completed treatment and did not come back within six months, of all adults in treatment in the year. Where the file has
the two counts, numerator and denominator are those; else numerator = the published percentage as a proportion,
denominator = 1, flag `published_proportion`. A blank figure is one that the publisher withholds: null, `suppressed`.

An indicator is known by its name, since a table may have been saved without its number. Areas: the 33 London authorities
and London. Other indicators, other places, one sex, and the breakdowns by category are not used.
"""

from __future__ import annotations

import re

import pandas as pd

from csp_dash.domain.geography import AUTHORITIES, LONDON
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import fact_frame
from csp_dash.ingest.files.columns import table
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE
from csp_dash.ingest.readers.common import AGAIN, editions, figures, refuse, unused

PLACE = 12
FORMATS = ("fingertips",)
SOURCE = "fingertips"
SOURCES = (SOURCE,)
COLUMNS = {
    "indicatorname": "name",
    "areacode": "area",
    "sex": "sex",
    "categorytype": "breakdown",
    "timeperiod": "period",
    "value": "value",
    "count": "count",
    "denominator": "denominator",
}
SERIES = {
    folded("Successful completion of drug treatment: opiate users"): "treatment_completion_opiate",
    folded("Successful completion of drug treatment: non-opiate users"): "treatment_completion_non_opiate",
    folded("Successful completion of alcohol treatment"): "treatment_completion_alcohol",
}
AREAS = frozenset({LONDON, *AUTHORITIES})
ROUNDING = 0.06
"""How far the published percentage may lie from that of the two counts."""


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """`fingertips`. Raises BadInput with the file, the line, the fault and the remedy."""
    return editions(SOURCE, entries, context, _read_file)


def period(text: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last day of "2022" (calendar year), "2022/23" (April to March) or "2022 Q3"; None where it is none."""
    if found := re.fullmatch(r"(\d{4})", text):
        return pd.Timestamp(int(found[1]), 1, 1), pd.Timestamp(int(found[1]), 12, 31)
    if (found := re.fullmatch(r"(\d{4})/(\d{2})", text)) and int(found[2]) == (int(found[1]) + 1) % 100:
        return pd.Timestamp(int(found[1]), 4, 1), pd.Timestamp(int(found[1]) + 1, 3, 31)
    if found := re.fullmatch(r"(\d{4}) Q([1-4])", text):
        start = pd.Timestamp(int(found[1]), 3 * int(found[2]) - 2, 1)
        return start, start + pd.offsets.QuarterEnd(startingMonth=3)
    return None


def _read_file(entry: SourceFile, context: Context) -> pd.DataFrame:
    frame = table(entry, context.ledger, COLUMNS)
    series = frame["name"].map(folded).map(SERIES)
    unused(entry, context.ledger, "Other indicators are not used", frame.loc[series.isna(), "name"])
    use = series.notna() & frame["area"].isin(AREAS)
    for name, whole in (("sex", ("", "Persons")), ("breakdown", ("",))):
        if name in frame.columns:
            use &= frame[name].isin(whole)
    rows = frame[use].assign(series=series)
    context.ledger.count(entry, rows=len(frame), accepted=len(rows), out_of_area=len(frame) - len(rows), source=SOURCE)
    if rows.empty:
        return rows
    spans = [period(text) for text in rows["period"]]
    unknown = pd.Series([span is None for span in spans], index=rows.index)
    refuse(entry, rows, unknown, "period", "Time period", "is no year or quarter, such as 2022, 2022/23 or 2022 Q3")
    for name in ("value", "count", "denominator"):
        rows[name] = rows[name].replace("", "-") if name in rows.columns else "-"
    percent = figures(entry, rows, "value", "Value", most=100)
    count = figures(entry, rows, "count", "Count")
    people = figures(entry, rows, "denominator", "Denominator")
    counted = count.notna() & people.gt(0)
    off = counted & percent.notna() & ((100 * count / people - percent).abs() > ROUNDING)
    refuse(entry, rows, off, "value", "Value", "is not the percentage of Count and Denominator")
    flags = pd.Series("published_proportion", index=rows.index).mask(percent.isna(), "suppressed")
    facts = pd.DataFrame(
        {
            "series": rows["series"],
            "area": rows["area"],
            "start": [span[0] for span in spans if span is not None],
            "finish": [span[1] for span in spans if span is not None],
            "numerator": (percent / 100).mask(counted, count),
            "denominator": pd.Series(1.0, index=rows.index).mask(counted, people),
            "flag": flags.mask(counted, None),
        }
    ).drop_duplicates()  # an area stands in a table once for each group of areas that it was asked for with
    twice = facts[facts.duplicated(["series", "area", "start", "finish"])]
    if len(twice):
        line = rows.loc[twice.index[0], LINE]
        raise BadInput(f"{entry.name}, line {line} gives a second, other figure for one place and period. {AGAIN}")
    return fact_frame(facts.assign(vintage=facts["finish"].max().strftime("%Y-%m")))
