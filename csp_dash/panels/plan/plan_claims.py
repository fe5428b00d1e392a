"""Claims of the plan that only its own numbers can support, tested where both counts are known."""

from __future__ import annotations

from dataclasses import dataclass

from csp_dash.analytics import narrate
from csp_dash.analytics.compare import Window, change
from csp_dash.analytics.intervals import wilson
from csp_dash.domain.enums import FigureKind
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import financial_year
from csp_dash.domain.plan import PlanFigure
from csp_dash.panels.dataset import Dataset

NOTE = "Tested on the plan's own two numbers, as if cases came one by one."


@dataclass(frozen=True)
class Claim:
    """What the plan says, whether that is real, and why one can or cannot tell."""

    figure: PlanFigure
    said: str
    verdict: str
    why: str


def claims(data: Dataset, view: Filters) -> tuple[Claim, ...]:
    """Claims of change and of opinion that no open series can be held against. `view` is not used."""
    held = {check.figure for check in data.catalogue.checks if check.same}
    known = {_claimed(data.catalogue.figures[name]) for name in held}
    own = {pair.figure: pair.added for pair in data.catalogue.own_numbers}
    found = []
    for figure in data.catalogue.figures.values():
        if figure.id in own.values() or figure.kind is FigureKind.TARGET or _claimed(figure) in known:
            continue
        known.add(_claimed(figure))  # the plan repeats some claims on other pages
        if figure.id in own:
            found.append(_own(figure, data.catalogue.figures[own[figure.id]]))
        elif figure.kind is FigureKind.SURVEY and figure.unit.startswith("percent"):
            found.append(_survey(figure))
        elif "change" in figure.comparison:
            found.append(_bare(figure))
    return tuple(found)


def _claimed(figure: PlanFigure) -> tuple[str, str, str]:
    """What makes two figures of the plan the same claim."""
    return figure.indicator or figure.name, figure.value, figure.unit


def _own(figure: PlanFigure, added: PlanFigure) -> Claim:
    percent, more = float(figure.value), float(added.value)
    before = round(100 * more / percent)
    moved = change(
        Window(financial_year(2019), before + more, periods=1, expected=1),
        Window(financial_year(2018), before, periods=1, expected=1),
    )
    return Claim(
        figure,
        f"{percent:+g}%, {more:+g}",
        "A real change" if moved.detectable else "No detectable change",
        f"{before:,.0f} to {before + more:,.0f} follow from the two figures: {narrate.verdict(moved)}. {NOTE}",
    )


def _survey(figure: PlanFigure) -> Claim:
    said = f"{figure.value}%"
    if not figure.base.isdigit():
        return Claim(figure, said, "Cannot be judged", "The plan does not say how many people were asked.")
    low, high = (100 * bound for bound in wilson(float(figure.value) / 100, float(figure.base)))
    most = float(figure.value) > 50 >= low
    why = (
        f"{figure.base} people answered. Had they been a random sample, the true share would lie between {low:.0f}% and "
        f"{high:.0f}%. They chose to answer themselves, so even that is too sure."
    )
    if most:
        why += " The range holds half, so it cannot be said that most think so."
    return Claim(figure, said, "Holds for those who answered", why)


def _bare(figure: PlanFigure) -> Claim:
    words = f"{float(figure.value):+g}{'%' if 'percent' in figure.unit else ' ' + figure.unit}"
    return Claim(
        figure,
        words,
        "Cannot be judged",
        "The plan gives no counts, so it cannot be told whether chance explains it, and no open series holds them.",
    )
