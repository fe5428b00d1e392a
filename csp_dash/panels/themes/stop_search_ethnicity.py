"""Stop and search panel: search rates by self-defined ethnicity, and outcomes."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from csp_dash import queries
from csp_dash.analytics import rates
from csp_dash.analytics.disparity import disparity, find_gap
from csp_dash.analytics.intervals import ALPHA
from csp_dash.charts import forest
from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.domain.periods import Span
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import tabled
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import select

MEASURE = "stop_search"
REFERENCE = "White"
GROUPS = {"White": "White", "Asian": "Asian", "Black": "Black", "Mixed": "Mixed or other", "Other": "Mixed or other"}
PEOPLE = {"White": "pop_white", "Asian": "pop_asian", "Black": "pop_black", "Mixed or other": "pop_mixed_or_other"}
NOTHING = "No further action"
CAREFUL = (
    "Read with care. Many people who are searched here do not live here, and the rates divide by residents of all "
    "ages, though searches fall mostly on young men. {unstated} of searches carry no self-defined ethnicity and are in "
    "none of the groups. A gap shows that something needs explaining; it does not show why."
)


def groups(data: Dataset, view: Filters) -> Panel:
    """The rate of each group as a multiple of the White group's, with 95% intervals, for a whole period of months."""
    question = replace(
        select(data, replace(view, indicator=MEASURE), whole=True),
        areas=(TOWER_HAMLETS,),
        kind=AreaKind.BOROUGH,
        place="Tower Hamlets",
    )
    span = question.span
    per = rates.per_people("", 1000, question.months)
    whole = span is not None and data.window(question.indicator, AreaKind.BOROUGH, (TOWER_HAMLETS,), span).whole
    frame = _counts(data, span) if span is not None and whole else pd.DataFrame()
    if frame.empty or not frame["stops"].sum():
        found = pd.DataFrame(columns=["group", "stops", "people", "rate", "ratio", "low", "high", "find_rate"])
        unstated = 0.0
    else:
        unstated = float(frame.loc[frame["group"] == "", "stops"].sum() / frame["stops"].sum())
        found = disparity(frame[frame["group"] != ""].reset_index(drop=True), REFERENCE)
        found["rate"] = found["rate"] * rates.yearly(question.months)
    told = tabled(data, question, _table(found, per), found, "stop-and-search-by-ethnicity")
    drawn = found.assign(
        label=found["group"],
        note=[f"{wording.rate(float(rate))} {per}" if pd.notna(rate) else "" for rate in found["rate"]],
    )
    title = _title(found)
    return Panel(
        indicator=question.indicator,
        title=title,
        caption=f"Searches {per} of each group, Tower Hamlets, as a multiple of the rate of White residents, {question.period}. "
        "Self-defined ethnicity; residents at the 2021 Census. Lines: 95% intervals.",
        figure=forest.figure(drawn[drawn["group"] != REFERENCE], reference=REFERENCE),
        alt=f"Dot chart of rate ratios by self-defined ethnicity, Tower Hamlets, {question.period}. {title}.",
        evidence=told,
        sentence=_found_sentence(frame, found),
        remark=CAREFUL.format(unstated=wording.percent(100 * unstated)),
        empty=found.empty,
    )


def _counts(data: Dataset, span: Span) -> pd.DataFrame:
    """group ('' where not stated), stops, people, found."""
    asked_for = queries.stop_search_breakdown(data.warehouse, span=span)
    asked_for["group"] = asked_for["ethnicity"].map(GROUPS).fillna("")
    asked_for["found"] = asked_for["n"].where(asked_for["outcome"] != NOTHING, 0)
    counts = asked_for.groupby("group", as_index=False).agg(stops=("n", "sum"), found=("found", "sum"))
    known = queries.place_measures(data.warehouse)
    here = known[known["area"] == TOWER_HAMLETS]
    people = {str(name): float(value) for name, value in zip(here["measure"], here["value"], strict=True)}
    counts["people"] = [people.get(PEOPLE.get(group, ""), float("nan")) for group in counts["group"]]
    return counts


def _title(found: pd.DataFrame) -> str:
    if found.empty:
        return "Stop and search by ethnicity: no whole period of figures for this choice"
    others = found[(found["group"] != REFERENCE) & found["ratio"].notna()]
    if others.empty:
        return "Stop and search by ethnicity: too few searches to compare"
    top = others.sort_values("ratio", ascending=False).iloc[0]
    if top["low"] > 1:
        return (
            f"Stop and search: per resident, {top['group']} people were searched {top['ratio']:.1f} times as often as White "
            f"people ({top['low']:.1f} to {top['high']:.1f})"
        )
    return "Stop and search: per resident, no group was searched detectably more often than White people"


def _found_sentence(counts: pd.DataFrame, found: pd.DataFrame) -> str:
    if found.empty:
        return ""
    parts = [
        f"{row['group']} {row['find_rate']:.0f}% ({row['find_low']:.0f} to {row['find_high']:.0f})"
        for row in found.to_dict("records")
        if pd.notna(row["find_rate"])
    ]
    gaps = find_gap(counts[counts["group"] != ""], REFERENCE)
    apart = [str(group) for group in gaps.loc[gaps["p_value"] < ALPHA, "group"]]
    verdict = (
        f"{wording.listed(apart)} differ from White by more than chance would explain."
        if apart
        else "No group differs from White by more than chance would explain."
    )
    return f"Searches that led to action, with 95% intervals: {wording.listed(parts)}. {verdict}"


def _table(found: pd.DataFrame, per: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Group": found["group"],
            "Searches": [f"{count:,.0f}" for count in found["stops"]],
            wording.capital(per): [wording.rate(float(rate)) if pd.notna(rate) else "" for rate in found["rate"]],
            "Times the White rate": [
                "1" if row["group"] == REFERENCE else f"{row['ratio']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
                for row in found.to_dict("records")
            ],
            "Led to action": [f"{share:.0f}%" if pd.notna(share) else "" for share in found["find_rate"]],
        }
    )
