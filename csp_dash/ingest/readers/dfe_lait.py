"""Children and the law, from the Department for Education's local authority tool (LAIT): source `dfe_lait`.

Published rates, never counts: numerator = the rate, denominator = what it is out of, flag `published_rate`. A dash in
the file is a suppressed or unpublished figure: null, flag `suppressed`.

==================================  ========================================  ==========================
series                              meaning                                   period of "2020"
==================================  ========================================  ==========================
``fte_rate``                        first-time entrants to the youth justice  January to December 2020
                                    system per 100,000 aged 10 to 17
``youth_reoffending_10_14``         % of children aged 10 to 14 who reoffend  year to March 2020
``youth_reoffending_15_17``         the same, aged 15 to 17                   year to March 2020
``youth_cautioned_sentenced_rate``  children cautioned or sentenced per       "2024-25": April to March
                                    10,000 aged 10 to 17
==================================  ========================================  ==========================

The periods come from the tool's data dictionary: "year ending December" for first-time entrants and financial year for
the rest. It does not say which financial year a single number names; the year in which it ends is taken here. The
dictionary calls the cautioned-or-sentenced rate "per 1,000", but the Youth Justice Board publishes it per 10,000 and
only that fits the sizes (24.9 per 1,000 would be some 700 children in the borough against about 30 first-time
entrants). Each reoffending rate rests on a handful of children, above all at ages 10 to 14.

Areas: Tower Hamlets, Hackney, Newham and London. The tool holds every authority and hundreds of other topics: their rows
are out of area or not used. So are those of England: the "England" first-time-entrant figure is the sum of nine regional
rates and means nothing, and the other series have only a dash. A file without an area that the live release has leaves
that area's figures as they are.
"""

from __future__ import annotations

import pandas as pd

from csp_dash.domain.geography import BOROUGHS, LONDON
from csp_dash.ingest.context import Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.facts import fact_frame
from csp_dash.ingest.files.columns import table
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE
from csp_dash.ingest.readers.common import AGAIN, editions, figures, refuse, unused

PLACE = 9
FORMATS = ("lait",)
SOURCE = "dfe_lait"
SOURCES = (SOURCE,)
COLUMNS = {
    "shortdesc": "topic",
    "years": "years",
    "laandregions": "place",
    "values": "value",
    "lanumber": "number",
    "region": "region",
}
AREAS = {name: BOROUGHS[name] for name in ("Tower Hamlets", "Hackney", "Newham")} | {"London": LONDON}
HOME_NUMBER = "211"
"""Tower Hamlets in the department's own numbers."""
# short description: (series, out of, month in which a year that is one number ends)
SERIES = {
    "FirstYJS": ("fte_rate", 100_000, 12),
    "ReoffYO": ("youth_reoffending_10_14", 100, 3),
    "ReoffYO15-17": ("youth_reoffending_15_17", 100, 3),
    "YJS_Caution-Sentence10-17_YO": ("youth_cautioned_sentenced_rate", 10_000, 3),
}
_BY_PLACE = {folded(name): code for name, code in AREAS.items()}
_LONDON = {folded(name) for name in (*BOROUGHS, "City of London", "Inner London", "Outer London", "London")}


def read(entries: list[SourceFile], context: Context) -> list[Extract]:
    """`dfe_lait`, yearly. Raises BadInput with the file, the line, the fault and the remedy."""
    return editions(SOURCE, entries, context, _read_file)


def period(years: str, last_month: int) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last day of a published year: "2020" ends in `last_month`, "2024-25" is April to March."""
    head, _, tail = years.replace("/", "-").partition("-")
    whole = len(head) == 4 and head.isdigit()
    if whole and not tail:
        finish = pd.Timestamp(int(head), last_month, 31)
    elif whole and len(tail) == 2 and tail.isdigit() and int(tail) == (int(head) + 1) % 100:
        finish = pd.Timestamp(int(head) + 1, 3, 31)
    else:
        return None
    return finish - pd.DateOffset(years=1) + pd.Timedelta(days=1), finish


def _read_file(entry: SourceFile, context: Context) -> pd.DataFrame:
    frame = table(entry, context.ledger, COLUMNS)
    ours = frame["topic"].isin(SERIES)
    unused(entry, context.ledger, "Rows on other topics are not used", frame.loc[~ours, "topic"])
    rows = frame[ours].copy()
    rows["area"] = rows["place"].map(folded).map(_BY_PLACE)
    _refuse_misspelt(entry, rows)
    rows = rows[rows["area"].notna()]
    context.ledger.count(entry, rows=len(frame), accepted=len(rows), out_of_area=len(frame) - len(rows), source=SOURCE)
    if rows.empty:
        return rows
    values = figures(entry, rows, "value", "Values")
    kinds = [SERIES[topic] for topic in rows["topic"]]
    out_of = pd.Series([kind[1] for kind in kinds], index=rows.index)
    refuse(entry, rows, values > out_of, "value", "Values", "is more than the rate is out of")
    spans = [period(years, kind[2]) for years, kind in zip(rows["years"], kinds, strict=True)]
    unknown = pd.Series([span is None for span in spans], index=rows.index)
    refuse(entry, rows, unknown, "years", "Years", "is no year such as 2020 or 2024-25")
    facts = pd.DataFrame(
        {
            "series": [kind[0] for kind in kinds],
            "area": rows["area"],
            "start": [span[0] for span in spans if span is not None],
            "finish": [span[1] for span in spans if span is not None],
            "numerator": values.round(2),
            "denominator": out_of,
            "flag": values.isna().map({True: "suppressed", False: "published_rate"}),
        }
    )
    facts = facts.drop_duplicates()
    twice = facts.duplicated(["series", "area", "finish"])
    if twice.any():
        line = rows.loc[facts.index[twice][0], LINE]
        raise BadInput(f"{entry.name}, line {line} gives a second, other figure for one place and year. {AGAIN}")
    return fact_frame(facts.assign(vintage=facts["finish"].max().strftime("%Y-%m")))


def _refuse_misspelt(entry: SourceFile, rows: pd.DataFrame) -> None:
    """A place of London is known by its name; the department's number of Tower Hamlets goes with that name alone."""
    lost = rows["area"].isna()
    if "number" in rows.columns:
        mine = rows["number"].str.removesuffix(".0") == HOME_NUMBER
        refuse(
            entry, rows, mine & rows["area"].ne(AREAS["Tower Hamlets"]), "place", "LA and Regions",
            f"has the number of Tower Hamlets ({HOME_NUMBER}) and another name",
        )  # fmt: skip
    if "region" in rows.columns:
        near = rows["region"].str.contains("London") & ~rows["place"].map(folded).isin(_LONDON)
        refuse(entry, rows, lost & near, "place", "LA and Regions", "is no London borough that is known here")
