"""Year-on-year panel: the years of a measure over one another."""

from __future__ import annotations

import pandas as pd

from csp_dash.charts import seasons
from csp_dash.domain import wording
from csp_dash.domain.enums import Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import evidence
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import select
from csp_dash.panels.trends.trend import monthly_rows


def year_on_year(data: Dataset, view: Filters) -> Panel:
    """The view's indicator, a line a year; the title says whether it has a season."""
    question = select(data, view)
    indicator = question.indicator
    frame = data.series(indicator, question.areas)
    rows, values = monthly_rows(data, question, frame)
    found = data.noise(indicator, question.areas).seasons
    title = f"{question.subject}: no steady season can be told from chance"
    if found is not None:
        high = max(range(12), key=lambda month: found.factors[month])
        low = min(range(12), key=lambda month: found.factors[month])
        title = (
            f"{question.subject}: usually most in {Month(2000, high + 1).words.split()[0]} "
            f"({100 * (found.factors[high] - 1):.0f}% above the year's level), least in "
            f"{Month(2000, low + 1).words.split()[0]} ({100 * (1 - found.factors[low]):.0f}% below)"
        )
    rate = f"per {indicator.per:,} residents" if question.measure is Measure.RATE else ""
    drawn = pd.DataFrame({"start": pd.to_datetime(frame["start"]), "value": values})
    return Panel(
        indicator=indicator,
        title=title,
        caption=f"{wording.capital(question.unit_a_month)}, {question.place}. A line a year; the latest stands out.",
        figure=seasons.figure(drawn, unit=indicator.unit, rate=rate, identity=indicator.slug),
        alt=f"Line chart of {wording.inside(question.subject)}, {question.place}: one line a year from January to December. {title}.",
        evidence=evidence(
            data, question, rows, "year-on-year", "Month", unit=question.unit_a_month if question.rated else ""
        ),
        sentence=""
        if found is None
        else f"The season was found by STL on {found.months} months and tested by Kruskal and Wallis "
        f"({wording.odds(found.p_value)} by chance).",
        remark=question.fallback,
        empty=bool(drawn["value"].isna().all()),
    )
