"""Night-time economy panel: where offences that go with nights out are recorded."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from csp_dash.analytics import narrate
from csp_dash.analytics.compare import Window, change
from csp_dash.analytics.dispersion import dispersion
from csp_dash.charts import dumbbell
from csp_dash.domain import wording
from csp_dash.domain.enums import Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.periods import Span
from csp_dash.domain.plan import ThemePicture
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import tabled
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import Selection, select

WARDS = 4
DRAW = 1.25  # a ward draws people in where its share of offences is a quarter above its share of residents
REMARK = (
    "Published figures carry no time of day, so these are offences by day and by night, of the four kinds that go with "
    "nights out: violence with injury, robbery, theft from the person and public order. Where a ward has far more of "
    "them than of the borough's residents, people who do not live there come to it."
)


def _basket(data: Dataset) -> tuple[str, ...]:
    return data.catalogue.basket(ThemePicture.NIGHT)


def night(data: Dataset, view: Filters) -> Panel:
    """Each ward's share of the basket of offences beside its share of residents, and how the top wards changed."""
    asked_for = select(data, replace(view, indicator=_basket(data)[0], measure=Measure.COUNT), whole=True)
    question = replace(asked_for, kind=AreaKind.WARD)
    span, before = question.span, question.before
    frame = pd.DataFrame({"area": data.wards, "name": [data.names[code] for code in data.wards]})
    frame["now"] = frame["area"].map(_totals(data, span))
    frame["before"] = frame["area"].map(_totals(data, before))
    people = [data.people.get(code, 0) for code in data.wards]
    frame["people"] = people
    empty = bool(frame["now"].isna().any()) or span is None
    frame["value"] = 100 * frame["now"] / frame["now"].sum()
    frame["share"] = 100 * frame["people"] / max(1, sum(people))
    ranked = frame.sort_values("value", ascending=False)
    busy = ranked[ranked["value"] > DRAW * ranked["share"]]
    top = (busy if len(busy) else ranked).head(WARDS)
    title = "Night-time economy: no ward figures for this choice"
    if not empty:
        title = (
            f"{wording.listed(list(top['name']))} {'holds' if len(top) == 1 else 'hold'} {top['value'].sum():.0f}% of the offences that go with nights out, "
            f"and {top['share'].sum():.0f}% of residents"
        )
    table = pd.DataFrame(
        {
            "Ward": ranked["name"],
            "Offences": ["" if pd.isna(n) else f"{n:,.0f}" for n in ranked["now"]],
            "Share of offences": ["" if pd.isna(n) else f"{n:.1f}%" for n in ranked["value"]],
            "Share of residents": [f"{n:.1f}%" for n in ranked["share"]],
        }
    )
    raw = ranked.rename(columns={"value": "percent_of_offences", "share": "percent_of_residents"})
    told = tabled(data, question, table, raw, "night-time-economy")
    drawn = ranked.assign(label=ranked["name"], one=ranked["value"], two=ranked["share"])
    return Panel(
        indicator=question.indicator,
        title=title,
        caption=f"Share of Tower Hamlets' offences of four kinds, and of its residents, by ward, {question.period}.",
        figure=dumbbell.figure(
            drawn if not empty else drawn.iloc[:0], names=("Share of offences", "Share of residents")
        ),
        alt=f"Chart of two dots a ward of Tower Hamlets: its share of these offences and of residents, {question.period}. {title}.",
        evidence=told,
        sentence="" if empty else _moved(data, question, top, ranked.drop(top.index)),
        remark=REMARK,
        empty=empty,
    )


def _totals(data: Dataset, span: Span | None) -> dict[str, float]:
    """The basket of each ward in a period; NaN where any part of it is missing."""
    if span is None or not all(data.have(data.catalogue.indicators[slug], AreaKind.WARD) for slug in _basket(data)):
        return dict.fromkeys(data.wards, float("nan"))
    totals = dict.fromkeys(data.wards, 0.0)
    for slug in _basket(data):
        found = data.windows(data.catalogue.indicators[slug], AreaKind.WARD, span)
        for code in data.wards:
            window = found.get(code)
            totals[code] += float(window.numerator or 0) if window and window.whole else float("nan")
    return totals


def _moved(data: Dataset, question: Selection, top: pd.DataFrame, others: pd.DataFrame) -> str:
    """How the basket changed in the top wards and in the others."""
    now, before = question.span, question.before
    if now is None or before is None or bool(top["before"].isna().any() or others["before"].isna().any()):
        return ""
    told = []
    for label, part in ((f"In those {len(top)} wards", top), (f"In the other {len(others)}", others)):
        areas = tuple(sorted(part["area"]))
        months = sum(
            data.series(data.catalogue.indicators[slug], areas)["numerator"].astype(float) for slug in _basket(data)
        )
        found = change(
            Window(now, float(part["now"].sum()), periods=1, expected=1),
            Window(before, float(part["before"].sum()), periods=1, expected=1),
            dispersion=dispersion(list(pd.Series(months))).value,
        )
        said = narrate.tile(found)
        told.append(f"{label}: {wording.inside(said)}")
    return " ".join(told)
