"""Children and the law, from the Department for Education's local authority tool (LAIT).

Published rates, never counts: numerator = the rate, denominator = what it is out of, flag
`published_rate`. A dash in the file is a suppressed or unpublished figure: null, flag `suppressed`.

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

The periods come from the tool's data dictionary: "year ending December" for first-time entrants and
financial year for the rest. It does not say which financial year a single number names; the year in
which it ends is taken here. The dictionary calls the cautioned-or-sentenced rate "per 1,000", but the Youth
Justice Board publishes it per 10,000 and only that fits the sizes (24.9 per 1,000 would be some 700
children in the borough against about 30 first-time entrants). Each reoffending rate rests on a handful of
children, above all at ages 10 to 14.

Rows for England are left out: the "England" first-time-entrant figure is the sum of nine regional rates
and means nothing, and the other series have only a dash.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from csp_dash.ingest.facts import BadInput, Coverage, Taken, fact_frame, need
from csp_dash.ingest.police_uk import folder, read_csv, refuse_unknown

FILES = ("09_other", "DfE_LAIT_youth_justice_*.csv")
COLUMNS = ("Short Desc", "Data item", "Years", "LA and Regions", "Values", "LA Number", "Region")
AREAS = {"Tower Hamlets": "E09000030", "Hackney": "E09000012", "Newham": "E09000025", "London": "E12000007"}
# short description: (series, out of, month in which a year that is one number ends)
SERIES = {
    "FirstYJS": ("fte_rate", 100_000, 12),
    "ReoffYO": ("youth_reoffending_10_14", 100, 3),
    "ReoffYO15-17": ("youth_reoffending_15_17", 100, 3),
    "YJS_Caution-Sentence10-17_YO": ("youth_cautioned_sentenced_rate", 10_000, 3),
}


def period(path: Path, years: str, last_month: int) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of a published year: "2020" ends in `last_month`, "2024-25" is April to March."""
    head, _, tail = years.partition("-")
    whole = len(head) == 4 and head.isdigit()
    if whole and not tail:
        finish = pd.Timestamp(int(head), last_month, 31)
    elif whole and tail.isdigit() and int(tail) == (int(head) + 1) % 100:
        finish = pd.Timestamp(int(head) + 1, 3, 31)
    else:
        raise BadInput(f"{path.name}: column 'Years' should hold 2020 or 2024-25 but holds {years!r}.")
    return finish - pd.DateOffset(years=1) + pd.Timedelta(days=1), finish


def read(source_dir: Path) -> list[Taken]:
    """`dfe_lait`: Tower Hamlets, Hackney, Newham and London, yearly."""
    path = need(folder(source_dir, FILES[0]), FILES[1])[-1]
    raw = read_csv(path, COLUMNS)
    refuse_unknown(path, "Short Desc", raw["Short Desc"], SERIES)
    refuse_unknown(path, "LA and Regions", raw["LA and Regions"], [*AREAS, "England"])
    raw = raw[raw["LA and Regions"] != "England"]
    dash = raw["Values"].str.strip() == "-"
    values = pd.to_numeric(raw["Values"].mask(dash), errors="coerce")
    wrong = raw["Values"][~dash & values.isna()]
    if len(wrong):
        raise BadInput(f"{path.name}: column 'Values' should hold a number or '-' but holds {wrong.iloc[0]!r}.")
    kinds = [SERIES[name] for name in raw["Short Desc"]]
    spans = [period(path, years, kind[2]) for years, kind in zip(raw["Years"], kinds, strict=True)]
    facts = pd.DataFrame(
        {
            "series": [kind[0] for kind in kinds],
            "area": raw["LA and Regions"].map(AREAS).to_numpy(),
            "start": [span[0] for span in spans],
            "finish": [span[1] for span in spans],
            "numerator": values.round(2).to_numpy(),
            "denominator": [kind[1] for kind in kinds],
            "flag": ["suppressed" if hidden else "published_rate" for hidden in dash],
        }
    )
    facts["vintage"] = facts["finish"].max().strftime("%Y-%m")
    coverage = [
        Coverage(
            "dfe_lait", str(series), kind, part["start"].min().strftime("%Y-%m"), part["finish"].max().strftime("%Y-%m")
        )
        for series, part in facts.groupby("series")
        for kind in ("borough", "region")
    ]
    return [Taken(source="dfe_lait", facts=fact_frame(facts), coverage=coverage, inputs=[path])]
