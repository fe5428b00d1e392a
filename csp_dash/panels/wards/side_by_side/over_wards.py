"""Two measures over the wards: a point a ward, and whether both are high in the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from csp_dash.analytics.correlation import correlation
from csp_dash.charts import scatter
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind, Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Span
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import NEWEST, Selection, period_of, value_words
from csp_dash.panels.wards.choropleth import by_ward, ward_frame
from csp_dash.panels.wards.side_by_side import words

WARDS = "wards"
WARDS_ONLY = (
    "Neither need cause the other, and what holds for wards need not hold for people. Twenty wards are few, and neighbours are"
    " alike, so the connection is less sure than the interval says."
)
SAME_RESIDENTS = (
    "Both are divided by the same residents, and neither counts visitors: a ward of shops, offices and nightlife is high in"
    " both for that alone."
)


def over_wards(data: Dataset, views: Sequence[Filters]) -> Panel:
    """The wards by both measures of two views, as rates or shares, with their correlation."""
    both = _same_months(data, views)
    frames = [ward_frame(data, question).set_index("area") for question in both]
    frame = pd.DataFrame({"x": frames[0]["value"], "y": frames[1]["value"]}).dropna().reset_index(names="area")
    reason = _no_wards(data, both)
    if reason:
        frame = frame.iloc[:0]
    found = correlation(frame["x"].tolist(), frame["y"].tolist(), WARDS)
    title = words.title(both, found, "tend to be high in the same wards", "tend to be high in different wards")
    if reason:
        title = f"{words.names(both)}: no ward figures to compare"
    one, other = both
    same = SAME_RESIDENTS if one.rated and other.rated else ""
    units = [wording.capital(question.unit) for question in both]
    labels = {
        code: "<br>".join(
            f"{question.indicator.short}: {wording.of(value_words(question, float(frames[place]['value'][code])), question.unit)}"
            for place, question in enumerate(both)
        )
        for code in frame["area"]
    }
    shown = pd.DataFrame(
        {
            "Ward": [data.names[code] for code in frame["area"]],
            **{
                f"{question.indicator.short} ({question.unit})": [
                    value_words(question, number) for number in frame[name]
                ]
                for name, question in (("x", one), ("y", other))
            },
        }
    )
    raw = frame.rename(columns={"x": "value", "y": "other"}).assign(unit=one.unit, other_unit=other.unit)
    return Panel(
        indicator=one.indicator,
        title=title,
        caption=f"A point a ward, {one.period}.",
        figure=scatter.figure(
            frame,
            names=data.names,
            words=labels,
            across=f"{one.indicator.short}: {units[0][:1].lower()}{units[0][1:]}",
            up=f"{other.indicator.short}: {units[1][:1].lower()}{units[1][1:]}",
            suffixes=(words.percent_sign(one), words.percent_sign(other)),
            chosen=views[0].wards,
            identity=f"scatter-{one.indicator.slug}",
        ),
        alt=f"Scatter chart of the wards by {wording.inside(one.subject)} and {wording.inside(other.subject)}, {one.period}. {title}.",
        evidence=words.evidence_of(data, both, shown, raw, "over-wards"),
        sentence=reason or words.measured(found, WARDS, one.period),
        remark=" ".join(filter(None, (WARDS_ONLY, same, words.in_common(data, both)))),
        empty=bool(reason) or frame.empty,
    )


def _same_months(data: Dataset, views: Sequence[Filters]) -> tuple[Selection, Selection]:
    """Both questions put to the wards, of the same months: those that end with the newest that both have."""
    views = [replace(view, measure=Measure.RATE) for view in views]
    one, other = (by_ward(data, view) for view in views)
    if one.have is None or other.have is None or views[0].period not in NEWEST:
        return one, other
    first, last = (
        max(one.have.span.first, other.have.span.first),
        min(one.have.span.last, other.have.span.last),
    )
    if last < first:
        return one, other
    span = period_of(views[0], replace(one.have, span=Span(first, last)), data.catalogue.term)
    return replace(one, span=span), replace(other, span=span)


def _no_wards(data: Dataset, both: Sequence[Selection]) -> str:
    """Why two measures cannot be compared ward by ward; empty where they can."""
    without = [question.indicator.title for question in both if question.have is None]
    if without:
        return f"There are no ward figures of {wording.listed([wording.inside(title) for title in without])} here."
    bare = [question.indicator for question in both if question.indicator.kind is Kind.COUNT and not question.rated]
    if bare:
        return f"{bare[0].title} cannot be given per resident, and plain counts of wards of different size go together by themselves."
    return ""
