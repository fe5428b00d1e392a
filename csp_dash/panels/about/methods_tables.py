"""Tables of the methods page: sources, measures, and revisions of totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from csp_dash import queries
from csp_dash.analytics import power
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS
from csp_dash.panels.about.release_notes import hidden_notes
from csp_dash.panels.dataset import Dataset


def sources(data: Dataset, view: Filters) -> dict[str, dict[str, Any]]:
    """Period and number of figures of each source, by its id. `view` is not used here or below."""
    return {
        str(row["source"]): {str(key): row[key] for key in row}
        for row in queries.status(data.warehouse).to_dict("records")
    }


def measures(data: Dataset, view: Filters) -> pd.DataFrame:
    """Every measure that this instance shows: what it counts, its direction, standing, period and source, its priority."""
    rows = []
    for item in data.catalogue.indicators.values():
        if not data.shows(item):
            continue
        spans = [data.have(item, kind) for feed in item.feeds for kind in feed.areas]
        known = [span for span in spans if span]
        rows.append(
            {
                "Measure": item.title,
                "What is counted": item.plain,
                "Better when": item.direction.value,
                "Standing": item.trust.words,
                "Figures": f"{known[0].span.first.short} to {known[0].span.last.short}" if known else "none",
                "Source": ", ".join(item.sources) or item.holder,
                "Name in links": item.slug,
                "priority": item.place.priority,
            }
        )
    return pd.DataFrame(rows)


ALL_FIGURES = "all"
"""The name of the group of notes that no single measure carries."""


def notes(data: Dataset, view: Filters) -> dict[str, tuple[str, ...]]:
    """Events, breaks and caveats that this instance shows, by the priority of the measures that carry them."""
    hidden = hidden_notes(data)
    names = [name for name in data.catalogue.events if name not in hidden]
    carried = {
        slug: {
            note
            for item in data.catalogue.of_priority(slug)
            if data.shows(item)
            for note in (*item.caveats, *item.breaks)
        }
        for slug in data.catalogue.priorities
    }
    of_one = set().union(*carried.values())
    groups = {ALL_FIGURES: tuple(name for name in names if name not in of_one)}
    groups |= {slug: tuple(name for name in names if name in found) for slug, found in carried.items()}
    return {name: found for name, found in groups.items() if found}


@dataclass(frozen=True)
class Power:
    """Tables of percentages, one for each rule."""

    caption: str
    tables: tuple[tuple[str, pd.DataFrame], ...]


RULES = {
    power.TEST: "12 months compared with the 12 before: called a change",
    power.TEST_NAIVE: "The same, had scatter not been allowed for",
    power.LIMIT: "At least one of 12 months beyond the usual range",
    power.RULES: "Any signal in 12 months: beyond the range, seven on one side, seven rising or falling, two of three near an edge",
}


def power_table(data: Dataset, view: Filters) -> Power:
    """How the rules did on simulated series whose truth is known."""
    kept = power.table()
    tables = []
    for rule, title in RULES.items():
        rows = kept[kept["rule"] == rule]
        shown = pd.DataFrame(
            {
                "Months average": [f"{row.volume} ({row.month:,.0f})" for row in rows.itertuples()],
                "Scatter": [
                    "as chance" if row.dispersion == 1 else f"{row.dispersion:g} times" for row in rows.itertuples()
                ],
                "False alarm": [f"{value:.1f}%" for value in rows["stable"]],
                "Sees -10%": [f"{value:.0f}%" for value in rows["fall10"]],
                "Sees -20%": [f"{value:.0f}%" for value in rows["fall20"]],
                "Sees -30%": [f"{value:.0f}%" for value in rows["fall30"]],
            }
        )
        tables.append((title, shown))
    return Power(
        "Series were simulated with nothing changed, and with a fall of 10, 20 and 30% in the last 12 months. "
        "A good rule has few false alarms and sees most falls; a ward's small numbers hide all but large ones.",
        tuple(tables),
    )


def revisions(data: Dataset, view: Filters) -> pd.DataFrame:
    """All offences in Tower Hamlets by financial year, a column for each published file that covers the year."""
    wide = _vintages(data)
    shown = wide.map(lambda number: "" if pd.isna(number) else f"{number:,.0f}").rename_axis("Year").reset_index()
    shown.columns = pd.Index(["Year", *[f"File to {name}" for name in wide.columns]])
    return shown


def revised(data: Dataset, view: Filters) -> pd.DataFrame:
    """The same in short: for each year how many files gave it, what the first and the latest of them gave."""
    rows = []
    for year, totals in _vintages(data).iterrows():
        given = totals.dropna()
        first, last = given.iloc[0], given.iloc[-1]
        rows.append(
            {
                "Year": str(year),
                "Files": str(len(given)),
                "First given": f"{first:,.0f}, in the file to {given.index[0]}",
                "Given last": f"{last:,.0f}, in the file to {given.index[-1]}",
                "Revised by": f"{last - first:+,.0f}" if last != first else "0",
            }
        )
    return pd.DataFrame(rows)


def _vintages(data: Dataset) -> pd.DataFrame:
    frame = queries.vintages(data.warehouse, series="tno", area=TOWER_HAMLETS)
    frame = frame[frame["months"] == 12].astype({"total": "int64"})
    return frame.drop_duplicates(["fy", "vintage"], keep="last").pivot(index="fy", columns="vintage", values="total")
