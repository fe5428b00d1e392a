"""Funnel panel: wards whose rate lies outside the limits for their population."""

from __future__ import annotations

from csp_dash.analytics import rates
from csp_dash.analytics.funnel import Band
from csp_dash.charts import funnel as charts
from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import tabled
from csp_dash.panels.panel import Panel
from csp_dash.panels.wards.choropleth import BAND_WORDS, by_ward, unusual, unusual_shaded

ORDER = {band: place for place, band in enumerate(BAND_WORDS)}


def funnel_chart(data: Dataset, view: Filters) -> Panel:
    """The wards of a view against their residents, between limits at 95% and 99.8%."""
    question = by_ward(data, view)
    both = unusual(data, question)
    made = unusual_shaded(data, question, both)
    found = both.chance
    per = question.indicator.per * rates.yearly(question.months)
    known = found.frame.dropna(subset=["ratio", "band"])
    drawn = known.assign(
        rate=known["numerator"] / known["exposure"] * per, band=[ORDER[Band(band)] for band in known["band"]]
    )
    largest = float(found.frame["exposure"].max() or 1)
    smallest = float(found.frame["exposure"].min() or 1)
    points = [smallest * 0.75 + step * (largest * 1.1 - smallest * 0.75) / 40 for step in range(41)]
    curves = found.limits(points).assign(
        **{f"wide_{name}": both.wide.limits(points)[name] for name in ("low95", "high95")}
    )
    limits = [name for name in curves.columns if name != "exposure"]
    curves[limits] = curves[limits] * per
    table = known.assign(ward=[data.names[code] for code in known["area"]]).sort_values("ratio", ascending=False)
    shown = table[["ward", "numerator", "expected", "ratio"]].round(2)
    shown.columns = ["Ward", "Count", "Expected for its residents", "Times expected"]
    exact = rates.per_people(question.indicator.unit, question.indicator.per, question.months)
    return Panel(
        indicator=question.indicator,
        title=f"{question.subject}: {made.finding}",
        caption=f"{wording.capital(exact)}, {question.period}, against residents. Shaded: what chance would make, 95% and 99.8%. Dashed: allowing for how wards vary, 95%.",
        figure=charts.figure(
            drawn,
            curves,
            per * found.rate,
            names=data.names,
            words=made.shading.words,
            base="Residents, Census 2021",
            chosen=view.wards,
            identity=f"funnel-{view.indicator}",
        ),
        alt=f"Funnel chart of {wording.inside(question.subject)} by ward, {question.period}: {made.finding}.",
        evidence=tabled(data, question, shown, found.frame, f"{question.indicator.slug}-funnel"),
        remark=made.remark,
        empty=known.empty,
    )
