"""Forecast panel: the next 12 months of a measure, where a forecast beats last year."""

from __future__ import annotations

import pandas as pd

from csp_dash.analytics import forecast as model
from csp_dash.charts import fan
from csp_dash.charts.base import empty
from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import evidence
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import select
from csp_dash.panels.trends.trend import monthly_rows


def forecast(data: Dataset, view: Filters) -> Panel:
    """The forecast of the view's indicator as counts, or the sentence that says why there is none."""
    question = select(data, view).as_counts
    indicator = question.indicator
    frame = data.series(indicator, question.areas)
    cuts = [event.start for event in question.breaks if event.start is not None]
    found = model.forecast(
        [moment.date() for moment in frame["start"]],
        frame["numerator"].astype(float).tolist(),
        since=max(cuts) if cuts else None,
    )
    rows, _ = monthly_rows(data, question, frame)
    told = evidence(data, question, rows, "by-month", "Month")
    if isinstance(found, model.NoForecast):
        return Panel(
            indicator=indicator,
            title=f"{question.subject}: no forecast is given",
            caption="",
            figure=empty(text="No forecast"),
            alt=f"No forecast of {question.subject}. {found.reason}",
            evidence=told,
            sentence=found.reason,
            empty=True,
        )
    middle, low, high = found.total
    title = (
        f"{question.subject}: if things go on as they have, about {wording.number(round(middle, -1 if middle >= 100 else 0))} "
        f"{indicator.unit} in the next 12 months (four chances in five: {wording.number(round(low))} to {wording.number(round(high))})"
    )
    return Panel(
        indicator=indicator,
        title=title,
        caption=f"{wording.capital(indicator.unit)} a month, {question.place}. Fans: where half and four fifths of "
        "months should fall. A forecast knows nothing of new plans, laws or events.",
        figure=fan.figure(
            pd.DataFrame({"start": pd.to_datetime(frame["start"]), "value": frame["numerator"].astype(float)}),
            found.frame,
            unit=indicator.unit,
            identity=indicator.slug,
        ),
        alt=f"Line chart of {wording.inside(question.subject)}, {question.place}, with a fan of the next 12 months. {title}.",
        evidence=told,
        sentence=f"Tried out on {found.origins} past dates, each time knowing only what was known then, it missed the next 12 "
        f"months' total by {found.error:.1f}% on average; repeating the last year's value missed it by {found.naive_error:.1f}%. "
        "Where it does no better than that, no forecast is shown.",
        remark=question.fallback,
    )
