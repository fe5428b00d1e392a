"""Survey panel: each measure beside London's, with its interval and the borough's rank."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from csp_dash.analytics.intervals import wilson
from csp_dash.charts import dumbbell
from csp_dash.domain.enums import Compare, Kind
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import LONDON, TOWER_HAMLETS, AreaKind
from csp_dash.domain.quoted import ordinal
from csp_dash.panels.benchmark import hold
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import tabled
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import select

PRIORITY = "confidence"
SHOWN = ["Measure", "Here", "London", "Place", "Gap"]


def ranks(data: Dataset, view: Filters) -> Panel:
    """Every survey measure in the view's period: here, London, the interval, the rank, whether the gap is more than chance."""
    rows = []
    items = [item for item in data.catalogue.of_priority(PRIORITY) if item.kind is Kind.PROPORTION and data.have(item)]
    question = select(data, Filters(indicator=items[0].slug))
    for item in items:
        question = select(data, replace(view, indicator=item.slug, compare=Compare.PREVIOUS), whole=True)
        if question.span is None:
            continue
        now = data.window(item, AreaKind.BOROUGH, (TOWER_HAMLETS,), question.span)
        theirs = data.window(item, AreaKind.REGION, (LONDON,), question.span)
        there = replace(question, kind=AreaKind.REGION, areas=(LONDON,), place="London")
        gap = hold(data, question, there, now, theirs)
        if gap.ours is None or gap.theirs is None:
            continue
        low, high = wilson(gap.ours / 100, item.base) if item.base else (float("nan"), float("nan"))
        shares = [window.value(item.kind) for window in data.windows(item, AreaKind.BOROUGH, question.span).values()]
        known = [share for share in shares if share is not None]
        place = 1 + sum(100 * share > gap.ours + 1e-9 for share in known)
        rows.append(
            {
                "label": f"{item.short} ({ordinal(place)} of {len(known)})",
                "indicator": item.slug,
                "percent": gap.ours,
                "low": 100 * low,
                "high": 100 * high,
                "london": gap.theirs,
                "p_value": gap.p_value,
                "place": place,
                "of": len(known),
                "one": gap.ours,
                "two": gap.theirs,
                "Measure": item.title,
                "Here": f"{gap.ours:.0f}% ({100 * low:.0f} to {100 * high:.0f})",
                "London": f"{gap.theirs:.0f}%",
                "Place": f"{ordinal(place)} of {len(known)}",
                "Gap": "more than chance" if gap.detectable else "chance could explain it",
                "apart": gap.detectable,
            }
        )
    frame = pd.DataFrame(rows)
    empty = frame.empty
    title = "The survey: no figures for this choice"
    if not empty:
        above = int((frame["apart"] & (frame["one"] > frame["two"])).sum())
        below = int((frame["apart"] & (frame["one"] < frame["two"])).sum())
        title = (
            f"Of {len(frame)} survey measures, {_some(above)} above London and {below or 'none'} below it "
            "by more than chance would explain"
        )
    shown = frame[SHOWN] if not empty else pd.DataFrame(columns=SHOWN)
    told = tabled(
        data, question, shown, frame.drop(columns=[*SHOWN, "label", "one", "two"], errors="ignore"), "survey-ranks"
    )
    return Panel(
        indicator=question.indicator,
        title=title,
        caption=f"Percent of residents interviewed, Tower Hamlets and London, {question.period}. In brackets: the borough's place from "
        "the highest of London's boroughs; neighbours in the order often differ by less than chance.",
        figure=dumbbell.figure(
            frame if not empty else pd.DataFrame(columns=["label", "one", "two"]), names=("Tower Hamlets", "London")
        ),
        alt=f"Chart of two dots a measure, Tower Hamlets and London, {question.period}. {title}.",
        evidence=told,
        empty=empty,
    )


def _some(number: int) -> str:
    return "none stands" if number == 0 else "1 stands" if number == 1 else f"{number} stand"
