"""Decomposition panel: level, season and remainder of a measure."""

from __future__ import annotations

from csp_dash.analytics.seasonal import decompose, level_change
from csp_dash.charts import decomposition as chart
from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import evidence
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import select
from csp_dash.panels.trends.trend import monthly_rows


def decomposition(data: Dataset, view: Filters) -> Panel:
    """The decomposition of the view's indicator, as counts; empty where the series is too short, small or broken."""
    question = select(data, view).as_counts
    indicator = question.indicator
    frame = data.series(indicator, question.areas)
    months = [moment.date() for moment in frame["start"]], frame["numerator"].astype(float).tolist()
    parts = decompose(*months)
    rows, _ = monthly_rows(data, question, frame)
    title = f"{question.subject}: too few or too small months to take apart"
    both = ""
    moved = level_change(*months)
    if moved is not None:
        last = Month.of(parts["start"].iloc[-1].date())
        way = "higher" if moved.percent > 0 else "lower"
        size = f"{wording.percent(moved.percent)} {way} than" if round(moved.percent, 1) else "the same as"
        sure = "" if moved.detectable else ", no detectable change"
        title = (
            f"{question.subject}: without season and scatter the level in {last.words} is {size} a year before{sure}"
        )
        both = (
            f"The level's change is likely (95%) to lie between {wording.signed(moved.low)}% and {wording.signed(moved.high)}%. "
            "It is that from one month to the same month a year later; the change of 12 months together on the 12 before "
            "is of two whole years, and may differ. "
        )
    return Panel(
        indicator=indicator,
        title=title,
        caption=f"{wording.capital(indicator.unit)} a month, {question.place}: level, season and what neither explains.",
        figure=chart.figure(parts, unit=indicator.unit, identity=indicator.slug),
        alt=f"Three charts of {wording.inside(question.subject)}, {question.place}: level, season, remainder. {title}.",
        evidence=evidence(data, question, rows, "taken-apart", "Month"),
        sentence=f"{both}The method is STL (seasonal and trend decomposition by loess; Cleveland and others, 1990) on logarithms, "
        "made robust to shocks such as lockdowns. The end of the level is the least certain part of it.",
        remark=question.fallback,
        empty=parts.empty,
    )
