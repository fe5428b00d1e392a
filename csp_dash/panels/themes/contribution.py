"""Contribution panel: each part's, or each ward's, share of a change."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from csp_dash.analytics import narrate
from csp_dash.analytics.compare import Change
from csp_dash.analytics.contribution import REST, contributions
from csp_dash.charts import contribution
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import tabled
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import Selection, compare, select

NO_WARD = "No ward recorded"
UNPLACED = (
    "Offences that the borough's total holds and no ward does stand in a row of their own. When fewer offences lack a ward "
    "than before, ward figures rise without anything having happened."
)

INCOMPLETE = "Wards without a figure are left out, and so is what has no ward."


def by_part(data: Dataset, view: Filters) -> Panel:
    """The change of the view's indicator by the measures that it is made of."""
    question = select(data, view)
    _, found = compare(data, question)
    rows = []
    for slug in question.indicator.parts:
        part = data.catalogue.indicators[slug]
        now = data.window(part, question.kind, question.areas, question.span) if question.span else None
        before = data.window(part, question.kind, question.areas, question.before) if question.before else None
        if now and before and now.whole and before.whole:
            scatter = data.noise(part, question.areas).dispersion.value
            counts = {"before": before.numerator, "now": now.numerator}
            rows.append({"label": part.title, "dispersion": scatter} | counts)
    return _picture(data, question, found, pd.DataFrame(rows), "by kind of offence", REST)


def by_ward(data: Dataset, view: Filters) -> Panel:
    """The change of the view's indicator in the borough by ward; offences without a ward are a row of their own.

    Not while any ward has no figure: what is left would be that ward's, under a wrong name.
    """
    question = select(data, view, whole=True)
    _, found = compare(data, question)
    rows = []
    if question.span and question.before and data.have(question.indicator, AreaKind.WARD):
        now = data.windows(question.indicator, AreaKind.WARD, question.span)
        before = data.windows(question.indicator, AreaKind.WARD, question.before)
        scatter = data.scatter(question.indicator, AreaKind.WARD)
        for code in data.wards:
            if code in now and code in before and now[code].whole and before[code].whole:
                counts = {"before": before[code].numerator, "now": now[code].numerator}
                rows.append({"label": data.names[code], "dispersion": scatter.get(code, 1.0)} | counts)
    return _picture(
        data, question, found, pd.DataFrame(rows), "by ward", NO_WARD if len(rows) == len(data.wards) else ""
    )


def _picture(
    data: Dataset, question: Selection, found: Change | None, parts: pd.DataFrame, how: str, rest: str
) -> Panel:
    indicator = question.indicator
    refusal = found.refusal if found else "There are no figures for this choice."
    if indicator.kind is not Kind.COUNT:
        refusal = "Shares do not add up, so no part can be said to have made their change."
    elif refusal is None and len(parts) < 2:
        refusal = f"There are no figures {how} for this choice."
    if refusal or found is None:
        made = pd.DataFrame(
            columns=["label", "before", "now", "change", "points", "share", "low", "high", "detectable"]
        )
        title, moved = f"{question.subject}: what made it move cannot be said", refusal or ""
    else:
        total = (float(found.before.numerator or 0), float(found.now.numerator or 0))
        made = contributions(parts, total=total, rest=bool(rest)).replace({"label": {REST: rest}})
        title = _title(question, found, made[made["label"] != rest], str if how == "by ward" else wording.inside)
        moved = f"Change from {found.before.span.words} to {found.now.span.words}, {how}, {question.place}."
    told = tabled(
        data, question, _table(made), made.drop(columns="share"), f"{indicator.slug}-change-{how.replace(' ', '-')}"
    )
    return Panel(
        indicator=indicator,
        title=title,
        caption="" if refusal else f"{moved} Lines: 95% intervals; pale bars: chance alone could explain them.",
        figure=contribution.figure(made, unit=indicator.unit, identity=indicator.slug),
        alt=f"Bar chart of what made {question.subject} move, {how}, {question.place}. {title}.",
        evidence=told,
        sentence=moved
        if refusal
        else "Each part is tested by itself: of twenty parts that did not really change, about one will look as if it had.",
        remark=_remark(made, rest) or question.fallback,
        empty=made.empty,
    )


def _remark(made: pd.DataFrame, rest: str) -> str:
    if not rest and len(made):
        return INCOMPLETE
    return UNPLACED if rest == NO_WARD and rest in set(made["label"]) else ""


def _table(made: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Part": made["label"],
            "Before": [f"{value:,.0f}" for value in made["before"]],
            "Now": [f"{value:,.0f}" for value in made["now"]],
            "Change": [wording.signed(value) for value in made["change"]],
            "Points of the total's change": [
                wording.signed(value) if pd.notna(value) else "" for value in made["points"]
            ],
        }
    )


def _title(question: Selection, found: Change, made: pd.DataFrame, named: Callable[[str], str]) -> str:
    """The finding; `named` writes a part as it stands inside a sentence."""
    change = found.absolute or 0
    if change == 0:
        return f"{question.subject}: the total did not move"
    same = made[(made["change"] * change > 0) & made["detectable"]]
    head = f"{question.subject}: {narrate.movement(found)}, {narrate.verdict(found)}"
    if same.empty:
        return f"{head}; no single part moved by more than chance would explain"
    lead = same.iloc[0]
    against = made[(made["change"] * change < 0) & made["detectable"]]
    text = f"{head}; beyond chance, the largest part of it is {named(str(lead['label']))} ({wording.signed(lead['change'])})"
    if not against.empty:
        other = against.iloc[0]
        text += f", and {named(str(other['label']))} the largest the other way ({wording.signed(other['change'])})"
    return text
