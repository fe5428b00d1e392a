"""Below the ward: antisocial behaviour by small area (LSOA), and how far it is concentrated."""

from __future__ import annotations

import pandas as pd

from csp_dash import queries
from csp_dash.analytics import alt, wording
from csp_dash.analytics.classes import classify
from csp_dash.domain.filters import Filters
from csp_dash.domain.words import AreaKind
from csp_dash.maps import ward_choropleth
from csp_dash.maps.legend import legend
from csp_dash.packs.asked import asked
from csp_dash.packs.data import Data
from csp_dash.packs.evidence import area_rows, evidence
from csp_dash.packs.picture import Picture

SERIES = {"asb": "asb"}


def small_areas(data: Data, view: Filters) -> Picture:
    """Counts by LSOA of an indicator in SERIES. Months that are missing are left out, and the caption says how many."""
    question = asked(data, view)
    span = question.span
    outlines = data.lsoa_outlines
    frame = pd.DataFrame({"area": list(outlines.codes), "value": 0.0, "numerator": 0.0, "denominator": None})
    months = 0
    if span is not None:
        found = queries.lsoa_window(data.warehouse, series=SERIES[question.indicator.slug], span=span)
        counts = dict(zip(found["lsoa"], found["n"].astype(float), strict=True))
        have = data.have(question.indicator, AreaKind.WARD)
        inside = [span.first.plus(step) for step in range(span.months)]
        months = sum(
            have is not None and have.span.first <= m <= have.span.last and str(m) not in have.missing for m in inside
        )
        frame["value"] = [counts.get(code, 0.0) for code in frame["area"]]
        frame["numerator"] = frame["value"]
    frame["label"] = [wording.counted(number, question.indicator.unit) for number in frame["value"]]
    ordered = frame.sort_values("value", ascending=False)
    total = float(frame["value"].sum())
    half = int((ordered["value"].cumsum() < total / 2).sum()) + 1
    title = f"Half of the {question.indicator.unit} fell in {half} of the borough's {len(frame)} small areas"
    classes = classify(frame["value"], whole=True)
    of = f", {months} of {span.months} months" if span and months < span.months else ""
    return Picture(
        indicator=question.indicator,
        title=f"{question.indicator.short}: {wording.inside(title)}" if total else "No data for this choice",
        caption=f"{wording.capital(question.unit)}, by small area (LSOA 2021), {question.period}{of}.",
        figure=ward_choropleth.figure(outlines, frame, classes, width=700, height=460),
        alt=alt.map_alt(
            question.indicator.title, frame, data.names, measure=question.unit, period=question.period, finding=title
        ),
        evidence=evidence(data, question, area_rows(question, frame), "by-small-area", "Small area"),
        remark="Records are placed at shared map points, so a small area can hold its neighbour's. About 1,800 people live in each.",
        legend=tuple(legend(classes)),
        empty=not total,
    )
