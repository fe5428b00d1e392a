"""Hate crime panel: how each monitored strand changed."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from csp_dash.analytics import alt_text, narrate
from csp_dash.analytics.compare import Change
from csp_dash.charts import lines
from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS
from csp_dash.domain.plan import ThemePicture
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import tabled
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import compare, select
from csp_dash.panels.verdict import verdict


def strands(data: Dataset, view: Filters) -> Panel:
    """12-month totals of all strands but the first as lines, and every strand's change in the table.

    The first is so much larger that on one scale the others would be flat lines.
    """
    rows: list[dict[str, str]] = []
    moved: list[tuple[str, Change]] = []
    apart, *together = data.catalogue.basket(ThemePicture.STRANDS)
    for slug in (apart, *together):
        indicator = data.catalogue.indicators[slug]
        question = select(data, replace(view, indicator=slug), whole=True)
        _, found = compare(data, question)
        compared = found is not None and not found.refusal
        rows.append(
            {
                "Strand": indicator.short,
                "Offences": wording.figure(found.now.value(), indicator.kind) if found else "no figure",
                "Change": narrate.moved_from(found) if compared and found else "not compared",
                "What it says": verdict(data, question, found).state.word,
            }
        )
        if compared and found and found.detectable:
            moved.append((wording.inside(indicator.short), found))
    question = select(data, replace(view, indicator=apart), whole=True)
    drawn = pd.concat([_totals(data, slug) for slug in together], ignore_index=True)
    ends = {str(name): _last(part["value"]) for name, part in drawn.groupby("name", sort=False)}
    raw = drawn.dropna(subset=["value"]).rename(columns={"start": "month", "value": "offences_in_12_months"})
    told = tabled(data, question, pd.DataFrame(rows), raw, "hate-crime-strands")
    return Panel(
        indicator=question.indicator,
        title=f"Hate crime by strand: {_finding(moved)}",
        caption="Tower Hamlets, offences in the 12 months up to each month. Racist and religious hate is far larger and has its own chart "
        "above. An offence with two strands counts in both, so strands are not added up.",
        figure=lines.figure(drawn, chosen=together[0], identity="strands"),
        alt=alt_text.lines_alt(
            "Hate crime by strand, Tower Hamlets", ends, measure="offences in 12 months", period=question.period
        ),
        evidence=told,
        empty=bool(drawn["value"].isna().all()),
    )


def _finding(moved: list[tuple[str, Change]]) -> str:
    """What moved, over which months: of few events, from how many to how many."""
    if not moved:
        return "no detectable change in any"
    periods = list(dict.fromkeys(narrate.when(change) for _, change in moved))
    said = []
    for name, change in moved:
        how = (
            f"{'up' if (change.absolute or 0) > 0 else 'down'} {narrate.both(change)}"
            if change.few
            else narrate.movement(change)
        )
        said.append(f"{name} {how}" if len(periods) == 1 else f"{name} {how} {narrate.when(change)}")
    return wording.listed(said) + (f" {periods[0]}" if len(periods) == 1 else "")


def _totals(data: Dataset, slug: str) -> pd.DataFrame:
    """series, name, start, value: a strand's totals of the 12 months up to each month."""
    indicator = data.catalogue.indicators[slug]
    frame = data.series(indicator, (TOWER_HAMLETS,))
    totals = frame["numerator"].astype(float).rolling(12, min_periods=12).sum()
    return pd.DataFrame({"series": slug, "name": indicator.short, "start": frame["start"], "value": totals})


def _last(values: pd.Series) -> float | None:
    known = values.dropna()
    return float(known.iloc[-1]) if len(known) else None
