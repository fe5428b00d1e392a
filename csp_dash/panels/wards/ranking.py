"""Ranking panel: boroughs of London, or wards, as ranked bars."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from csp_dash.analytics import alt_text, rates
from csp_dash.analytics.classes import classify
from csp_dash.analytics.intervals import poisson_rate_ci, wilson
from csp_dash.charts import bars
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind, Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import LONDON, TOWER_HAMLETS, AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.maps import plotly_map
from csp_dash.maps.shading import by_class
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import area_rows, evidence
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import Selection, base, select, value
from csp_dash.panels.wards.choropleth import by_ward, yearly


def boroughs(data: Dataset, view: Filters) -> Panel:
    """Every borough that has figures, as rates or shares with 95% intervals, Tower Hamlets picked out."""
    question = _borough(data, view)
    frame = _frame(data, question, AreaKind.BOROUGH)
    known = frame.dropna(subset=["value"]).sort_values("value", ascending=False).reset_index(drop=True)
    title = f"{question.indicator.title}: no borough figures for this choice"
    if (known["area"] == TOWER_HAMLETS).any() and len(known) > 1:
        mine = float(known.loc[known["area"] == TOWER_HAMLETS, "value"].iloc[0])
        place = wording.rank(mine, known["value"].tolist())
        title = f"{question.indicator.title}: Tower Hamlets is {place} of {len(known)} boroughs"
    suffix = "%" if question.indicator.kind is Kind.PROPORTION else ""
    shown = frame.rename(columns={"name": "label"})
    return Panel(
        indicator=question.indicator,
        title=title,
        caption=f"{_unit(question)}, {question.period}. Lines: 95% intervals; dotted: London.",
        figure=bars.figure(
            shown, chosen=(TOWER_HAMLETS,), suffix=suffix, reference=_london(data, question), reference_name="London"
        ),
        alt=alt_text.bars_alt(
            question.indicator.title, shown, measure=_unit(question), period=question.period, chosen="Tower Hamlets"
        ),
        evidence=evidence(data, question, area_rows(question, known), "by-borough", "Borough"),
        empty=len(known) < 2,
    )


def _borough(data: Dataset, view: Filters) -> Selection:
    """The question, put to boroughs, of which ours is picked out; as a rate where it has one."""
    question = replace(
        select(data, view, whole=True), areas=(TOWER_HAMLETS,), wanted=(TOWER_HAMLETS,), kind=AreaKind.BOROUGH
    )
    return replace(question, measure=Measure.RATE if question.indicator.has_rate else Measure.COUNT)


def ranked(data: Dataset, indicator: Indicator) -> bool:
    """Whether a measure can be ranked among boroughs: more than one has a rate or a share in its newest period."""
    if data.have(indicator, AreaKind.BOROUGH) is None:
        return False
    frame = _frame(data, _borough(data, Filters(indicator=indicator.slug)), AreaKind.BOROUGH)
    return int(frame["value"].notna().sum()) > 1


def wards(data: Dataset, view: Filters) -> Panel:
    """Every ward as rates or shares with 95% intervals, the borough as a line; chosen wards picked out."""
    question = replace(
        by_ward(data, view), measure=Measure.RATE if select(data, view).indicator.has_rate else Measure.COUNT
    )
    frame = _frame(data, question, AreaKind.WARD)
    known = frame.dropna(subset=["value"])
    title = f"{question.subject}: no ward figures for this choice"
    whole = _whole(data, question)
    if len(known) > 1:
        title = f"{question.subject}: {alt_text.map_title(frame, data.names, measure=yearly(question, 'rates'), unit=question.indicator.unit)}"
        if whole is not None and "low" in known:
            apart = int(((known["low"] > whole) | (known["high"] < whole)).sum())
            title += f"; {apart} of {len(known)} wards {'differs' if apart == 1 else 'differ'} from the borough by more than chance"
    shown = frame.rename(columns={"name": "label"})
    return Panel(
        indicator=question.indicator,
        title=title,
        caption=f"{_unit(question)}, {question.period}. Lines: 95% intervals; dotted: the borough.",
        figure=bars.figure(
            shown,
            chosen=view.wards,
            suffix="%" if question.indicator.kind is Kind.PROPORTION else "",
            reference=whole,
            reference_name="Tower Hamlets",
        ),
        alt=alt_text.bars_alt(question.subject, shown, measure=_unit(question), period=question.period),
        evidence=evidence(data, question, area_rows(question, known), "wards-ranked", "Ward"),
        empty=len(known) < 2,
    )


def _whole(data: Dataset, question: Selection) -> float | None:
    """All wards together in the same measure."""
    if question.span is None:
        return None
    window = data.window(question.indicator, AreaKind.WARD, data.wards, question.span)
    return value(data, replace(question, areas=data.wards), window)


def borough_map(data: Dataset, view: Filters) -> Panel:
    """The same figures on a map of London, without a tile server."""
    picture = boroughs(data, view)
    question = _borough(data, view)
    frame = _frame(data, question, AreaKind.BOROUGH)
    frame["label"] = [
        wording.NO_FIGURE
        if pd.isna(number)
        else wording.of(_written(question, float(number)), wording.inside(_unit(question)))
        for number in frame["value"]
    ]
    shading = by_class(data.places.borough_outlines.codes, frame, classify(frame["value"]))
    return replace(
        picture,
        figure=plotly_map.figure(
            data.places.borough_outlines,
            shading,
            selected=(TOWER_HAMLETS,),
            height=360,
            named=(),
            outline=0.8,
            identity="london",
        ),
        alt=alt_text.map_alt(
            question.indicator.title,
            frame,
            data.names,
            measure=_unit(question),
            period=question.period,
            finding=picture.title,
        ),
        legend=shading.legend,
    )


def _written(question: Selection, number: float) -> str:
    return wording.percent(number) if question.indicator.kind is Kind.PROPORTION else wording.rate(number)


def _unit(question: Selection) -> str:
    if question.indicator.kind is not Kind.COUNT:
        return wording.capital(question.indicator.unit)
    return rates.per_people(wording.capital(question.indicator.unit), question.indicator.per, question.months)


def _frame(data: Dataset, question: Selection, kind: AreaKind) -> pd.DataFrame:
    found = data.windows(question.indicator, kind, question.span) if question.span else {}
    scatter = data.scatter(question.indicator, kind) if question.indicator.kind is Kind.COUNT else {}
    per = question.indicator.per * rates.yearly(question.months)
    rows = []
    for code, window in found.items():
        row: dict[str, object] = {
            "area": code,
            "name": data.names[code],
            "numerator": window.numerator,
            "denominator": window.denominator,
        }
        people = data.people.get(code)
        if window.whole and window.numerator is not None:
            if question.indicator.kind is Kind.PROPORTION and window.denominator:
                share = window.numerator / window.denominator
                low, high = wilson(share, base(question) or window.denominator)
                row |= {"value": 100 * share, "low": 100 * low, "high": 100 * high}
            elif question.indicator.has_rate and people:
                own = scatter.get(code, 1.0)
                low, high = poisson_rate_ci(window.numerator / own, people / own, per)
                row |= {"value": per * window.numerator / people, "low": low, "high": high}
        rows.append(row)
    return pd.DataFrame(rows, columns=["area", "name", "value", "low", "high", "numerator", "denominator"])


def _london(data: Dataset, question: Selection) -> float | None:
    if question.span is None or data.have(question.indicator, AreaKind.REGION) is None:
        return None
    window = data.window(question.indicator, AreaKind.REGION, (LONDON,), question.span)
    if window.numerator is None or not window.whole:
        return None
    if question.indicator.kind is Kind.PROPORTION:
        return 100 * window.numerator / window.denominator if window.denominator else None
    per = question.indicator.per * rates.yearly(question.months)
    return per * window.numerator / data.people[LONDON] if LONDON in data.people else None


def ward_place(frame: pd.DataFrame, ward: str) -> tuple[str, int] | None:
    """A ward's place from the nearer end, in words, and of how many; None where it has no value or is the only one.

    `frame`: area, value.
    """
    values = dict(zip(frame["area"], frame["value"].astype(float).tolist(), strict=True))
    known = {area: value for area, value in values.items() if not math.isnan(value)}
    if ward not in known or len(known) < 2:
        return None
    return wording.rank(known[ward], list(known.values())), len(known)
