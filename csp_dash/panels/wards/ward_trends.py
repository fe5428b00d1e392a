"""Ward trends panel: every ward as a small chart on one scale."""

from __future__ import annotations

import pandas as pd

from csp_dash.analytics import control_chart
from csp_dash.charts import small_multiples as multiples
from csp_dash.domain import wording
from csp_dash.domain.enums import Measure
from csp_dash.domain.filters import Filters
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import area_rows, evidence
from csp_dash.panels.panel import Panel
from csp_dash.panels.wards.choropleth import by_ward, ward_frame

YEARS = 8


def small_multiples(data: Dataset, view: Filters) -> Panel:
    """The 12-month average of the view's indicator in all wards; `figure` is HTML that refits to any width."""
    question = by_ward(data, view)
    indicator = question.indicator
    parts = []
    for code in data.wards if question.have else ():
        frame = data.series(indicator, (code,))
        people = data.people.get(code) if question.measure is Measure.RATE else None
        drawn = (
            control_chart.trend(frame, kind=indicator.kind, people=people, per=indicator.per) if len(frame) else None
        )
        if drawn is not None:
            recent = drawn[["start", "smooth"]].tail(12 * YEARS)
            parts.append(recent.rename(columns={"smooth": "value"}).assign(area=code, name=data.names[code]))
    known = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["area", "name", "start", "value"])
    ends = known.dropna(subset=["value"]).groupby("area")["value"].agg(["first", "last"])
    rising = int((ends["last"] > ends["first"]).sum())
    title = f"{question.subject}: no ward has enough months for a 12-month average"
    if len(ends):
        title = f"{question.subject}: higher than at the start in {rising} of {len(ends)} wards"
    return Panel(
        indicator=indicator,
        title=title,
        caption=f"{wording.capital(question.unit_a_month)}, average of 12 months, the latest {YEARS} years whatever the period, all wards on one scale.",
        figure=multiples.grid(known, unit=question.unit, chosen=view.wards),
        alt=f"Small line charts of {wording.inside(question.subject)}, one a ward. {title}.",
        evidence=evidence(data, question, area_rows(question, ward_frame(data, question)), "by-ward", "Ward"),
        empty=not len(ends),
    )
