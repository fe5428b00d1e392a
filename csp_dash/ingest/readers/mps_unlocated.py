"""Months in which files of the Metropolitan Police leave out many offences that have no ward.

Files since 2023 leave such offences out of the boroughs ("Unknown") up to February 2024; from March 2024 borough rows hold
them again, ward rows never do. What is missing shows only beside another file. So this is judged of the figures of a whole
release, the live ones with those that were taken in: then it does not matter which file came first.
"""

from __future__ import annotations

import pandas as pd

from csp_dash.domain.geography import LONDON, TOWER_HAMLETS, WARDS
from csp_dash.ingest.facts import day_text

FLAG = "many_unlocated"
"""A month's offences are at least LIMIT below the most that `mps_borough` or `mps_borough_whole` has of the borough."""
LIMIT = 0.09
JUDGED = ("mps_ward", "mps_borough")
READ = (*JUDGED, "mps_borough_whole")


def judge(facts: dict[str, pd.DataFrame]) -> set[str]:
    """Flag the months of JUDGED, where there is no other flag, and take the flag off the others; the sources that changed."""
    totals = {source: _totals(facts[source]) for source in JUDGED if source in facts}
    known = [totals[source] for source in ("mps_borough",) if source in totals]
    if "mps_borough_whole" in facts:
        whole = facts["mps_borough_whole"]
        known.append(_totals(whole[whole["series"] == "tno"]))
    if not known:
        return set()
    most = pd.concat(known).groupby(level=[0, 1]).max()
    changed = set()
    for source, sums in totals.items():
        thin = sums[sums < (1 - LIMIT) * most.reindex(sums.index)].index
        thin = thin[thin.get_level_values(0) != LONDON]
        rows = facts[source]
        flags = rows["flag"].mask(rows["flag"] == FLAG)
        flags = flags.mask(flags.isna() & pd.MultiIndex.from_arrays(_keys(rows)).isin(thin), FLAG).astype(
            rows["flag"].dtype
        )
        if not flags.equals(rows["flag"]):
            facts[source] = rows.assign(flag=flags)
            changed.add(source)
    return changed


def _keys(rows: pd.DataFrame) -> list[pd.Series]:
    """Borough and month of each row."""
    return [rows["area"].mask(rows["area"].isin(WARDS), TOWER_HAMLETS), day_text(rows["start"])]


def _totals(rows: pd.DataFrame) -> pd.Series:
    """Offences by borough and month."""
    return rows["numerator"].groupby(_keys(rows)).sum()
