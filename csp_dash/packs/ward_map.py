"""A measure by ward: the map, who is highest, and every ward's figure."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from csp_dash.analytics import alt, wording
from csp_dash.analytics.classes import Classes, classify
from csp_dash.domain.filters import Filters
from csp_dash.domain.words import AreaKind, Kind, Measure, Trust
from csp_dash.maps import ward_map as zoomed
from csp_dash.maps import ward_sheet
from csp_dash.maps.legend import legend
from csp_dash.packs.asked import Asked, area_value, asked, real_figure, value_words
from csp_dash.packs.data import Data
from csp_dash.packs.evidence import area_rows, evidence
from csp_dash.packs.picture import Picture

# As many names as stay clear of each other in type that is read from six metres.
WALL_NAMES = 4


def ward_map(data: Data, view: Filters) -> Picture:
    """The ward map of a view's indicator. Chosen wards are outlined; all 20 are always shaded."""
    return draw(data, view)


def wall(data: Data, view: Filters) -> Picture:
    """The same map for the big screen: rates, and names that are read from afar."""
    picture = draw(data, replace(view, measure=Measure.RATE), size=18, names=WALL_NAMES)
    picture.figure.update_layout(height=None)
    return picture


def zoomable(data: Data, view: Filters) -> Picture:
    """The same map to zoom and move in, for those who look closer."""
    question = by_ward(data, view)
    frame = ward_frame(data, question)
    deck = zoomed.deck(
        data.ward_outlines, frame, _classes(question, frame), water=data.water, selected=view.wards, width=700
    )
    return replace(draw(data, view), figure=deck)


def _classes(question: Asked, frame: pd.DataFrame) -> Classes:
    counts = question.measure is Measure.COUNT and question.indicator.kind is Kind.COUNT
    return classify(frame["value"], whole=counts)


def draw(data: Data, view: Filters, *, size: float = 11, names: int = 20) -> Picture:
    """The map with the names of the highest wards; `size` is that of the names, in pixels."""
    question = by_ward(data, view)
    indicator = question.indicator
    frame = ward_frame(data, question)
    rate = question.measure is Measure.RATE
    classes = _classes(question, frame)
    words = {code: data.names[code] for code in data.wards}
    measure = "rates" if rate else "shares" if indicator.kind is Kind.PROPORTION else "numbers"
    finding = alt.map_title(frame, words, measure=measure, unit=indicator.unit)
    if finding.startswith(("No ", "Every ")):
        finding = wording.inside(finding)
    # Made-up figures have no finding.
    title = question.subject if indicator.trust is Trust.ILLUSTRATIVE else f"{question.subject}: {finding}"
    return Picture(
        indicator=indicator,
        title=title,
        caption=f"{wording.capital(question.unit)}, by ward, {question.period}.",
        figure=ward_sheet.figure(
            data.ward_outlines,
            frame,
            classes,
            water=data.water,
            selected=view.wards,
            size=size,
            named=set(frame.nlargest(names, "value")["area"]) if names < len(frame) else None,
            identity=indicator.slug,
        ),
        alt=alt.map_alt(question.subject, frame, words, measure=question.unit, period=question.period, finding=title),
        evidence=evidence(data, question, area_rows(question, frame), "by-ward", "Ward"),
        remark=_remark(data, question),
        legend=tuple(legend(classes)),
        empty=bool(frame["value"].isna().all()),
    )


def _remark(data: Data, question: Asked) -> str:
    if question.indicator.trust is Trust.ILLUSTRATIVE:
        return real_figure(data, question)
    if question.measure is Measure.RATE or not question.indicator.has_rate:
        return ""
    return "Counts show where people are as well as where the problem is. Rates allow for residents."


def by_ward(data: Data, view: Filters) -> Asked:
    """The question, put to wards. Where the indicator has none, its `have` is None and every ward is empty."""
    question = asked(data, view)
    have = data.have(question.indicator, AreaKind.WARD)
    rate = view.measure is Measure.RATE and question.indicator.has_rate
    return replace(
        question,
        kind=AreaKind.WARD,
        areas=data.wards,
        place="wards of Tower Hamlets",
        have=have,
        span=view.span(have.span) if have else None,
        measure=Measure.RATE if rate else Measure.COUNT,
    )


def ward_frame(data: Data, question: Asked) -> pd.DataFrame:
    """area, name, value, label, numerator, denominator of the 20 wards; missing values where there is no figure."""
    found = data.windows(question.indicator, AreaKind.WARD, question.span) if question.span else {}
    rows = []
    for code in data.wards:
        window = found.get(code)
        number = area_value(data, question, code, window) if window else None
        rows.append(
            {
                "area": code,
                "name": data.names[code],
                "value": float("nan") if number is None else number,
                "label": f"{value_words(question, number)} {question.unit}",
                "numerator": window.numerator if window else None,
                "denominator": window.denominator if window else None,
            }
        )
    return pd.DataFrame(rows)
