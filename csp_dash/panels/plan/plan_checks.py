"""Checks of the plan's figures against today's official data."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from csp_dash.analytics import narrate
from csp_dash.analytics.compare import Window, change
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Month, Span
from csp_dash.domain.plan import Check, Contradiction
from csp_dash.domain.quoted import ordinal
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.export import csv_text


@dataclass(frozen=True)
class Checked:
    """`table` and `cards` are for the screen, `csv` for export; the title counts how many claims agree."""

    title: str
    caption: str
    table: pd.DataFrame
    cards: tuple[Card, ...]
    csv: str


@dataclass(frozen=True)
class Card:
    """One claim as it is shown. `figure` is the plan's, `group` one of `GROUPS`."""

    figure: str
    group: str
    claim: str
    plan: str
    now: str
    verdict: str
    real: str
    why: str
    contradictions: tuple[Contradiction, ...]


@dataclass(frozen=True)
class Line:
    """One claim: the plan's number, today's, their difference, and whether chance allows a change at all."""

    claim: str
    page: int
    plan: float
    now: float | None
    unit: str
    detail: str
    chance: str
    agrees: bool | None
    why: str

    @property
    def judged(self) -> bool:
        """Whether the claim's own measure is open, so that it agrees or differs."""
        return self.agrees is not None


def lines(data: Dataset) -> list[Line]:
    """Every declared check, worked out on the release."""
    return [_line(data, check) for check in data.catalogue.checks]


def table(data: Dataset, view: Filters) -> Checked:
    """The table of the plan page. `view` is not used: the checks have their own periods."""
    found = lines(data)
    judged = {
        check.figure: line.agrees for check, line in zip(data.catalogue.checks, found, strict=True) if line.judged
    }
    tested = _tested(data.catalogue.checks, found)
    cards = tuple(
        Card(
            figure=check.figure,
            group=GROUPS[line.agrees],
            claim=f"{line.claim} (p{line.page})",
            plan=_words(line.plan, line.unit),
            now=_words(line.now, line.unit),
            verdict=VERDICTS[line.agrees],
            real=REAL.get(line.chance, "Not a change."),
            why=_explained(line),
            contradictions=tuple(
                data.catalogue.contradictions[number] for number in data.catalogue.figures[check.figure].contradictions
            ),
        )
        for check, line in zip(data.catalogue.checks, found, strict=True)
    )
    shown = pd.DataFrame(
        [
            {
                "The plan says": card.claim,
                "Plan": card.plan,
                "Now": f"{card.now} {SYMBOLS[line.agrees]}",
                "The change is": SHORT.get(REAL.get(line.chance, ""), ""),
            }
            for card, line in zip(cards, found, strict=True)
        ]
    )
    raw = pd.DataFrame([{field: getattr(line, field) for field in Line.__dataclass_fields__} for line in found])
    return Checked(
        title=f"{sum(map(bool, judged.values()))} of the plan's {len(judged)} checkable claims agree with today's official figures; "
        f"of {len(tested)} changes {tested.count(narrate.NOT_CHANCE)} are more than chance would explain",
        caption="Agrees: within one percentage point of a stated change or share, or within 1% of a stated level. "
        "✓ agrees, ≠ differs, ~ only the nearest measure is open. Changes are from 2018/19 to 2019/20 unless said otherwise.",
        table=shown,
        cards=cards,
        csv=csv_text(raw.assign(release=data.release)),
    )


def _tested(checks: tuple[Check, ...], found: list[Line]) -> list[str]:
    """The verdicts on the changes that could be tested. Two claims about one change of one series are one change."""
    told = {
        (check.indicator, check.first, check.last, check.prior_first, check.prior_last): line.chance
        for check, line in zip(checks, found, strict=True)
    }
    return [verdict for verdict in told.values() if REAL.get(verdict, "Cannot be judged.") != "Cannot be judged."]


VERDICTS = {True: ":green-badge[✓ Agrees]", False: ":orange-badge[≠ Differs]", None: ":gray-badge[~ Nearest only]"}


GROUPS = {False: "differs", True: "agrees", None: "nearest"}


REAL = {
    narrate.NOT_CHANCE: "Real: more than chance.",
    narrate.CHANCE: "No detectable change.",
    "no detectable change": "No detectable change.",
    "published without its base, so chance cannot be judged": "Cannot be judged.",
}


SHORT = {"Real: more than chance.": "real", "No detectable change.": "not detectable", "Cannot be judged.": "unknown"}


SYMBOLS = {True: "✓", False: "≠", None: "~"}


def _explained(line: Line) -> str:
    return " ".join(part for part in (f"**{line.detail}.**" if line.detail else "", line.why) if part)


def _words(number: float | None, unit: str) -> str:
    if number is None:
        return "no figure"
    if unit == "% change":
        return f"{number:+.2f}%" if abs(number) < 1 else f"{number:+.1f}%".replace(".0%", "%")
    if unit == "%":
        return f"{number:.0f}%"
    return ordinal(int(number)) if unit == "rank" else wording.number(number)


def _line(data: Dataset, check: Check) -> Line:
    figure = data.catalogue.figures[check.figure]
    indicator = data.catalogue.indicators[check.indicator]
    plan = float(figure.value)
    unit = {"level": figure.unit, "change": "% change", "survey": "%", "rank": "rank"}[check.measure]
    if indicator.frequency.value == "month":
        span = Span(Month.parse(check.first), Month.parse(check.last))
    else:
        span = Span(Month.parse(check.last).plus(-11), Month.parse(check.last))
    now, detail, chance = _now(data, check, indicator, span)
    agrees = None
    if now is not None and check.same:
        room = {"level": 0.01 * abs(plan), "change": 1.0, "survey": 1.0, "rank": 0.0}[check.measure]
        agrees = abs(now - plan) <= room
    return Line(figure.name, figure.page, plan, now, unit, detail, chance, agrees, check.why)


def _now(data: Dataset, check: Check, indicator: Indicator, span: Span) -> tuple[float | None, str, str]:
    if data.have(indicator, AreaKind.BOROUGH) is None:
        return None, "no figures in this release", ""
    window = data.window(indicator, AreaKind.BOROUGH, (TOWER_HAMLETS,), span)
    if check.measure == "rank":
        return _rank(data, indicator, span)
    if window.numerator is None or not window.whole:
        return None, f"no figure for {span.words}", ""
    if check.measure == "change":
        return _change(data, check, indicator, window)
    shown = window.value(indicator.kind)
    if indicator.kind is Kind.PROPORTION and shown is not None:
        detail, chance = _share(data, check, indicator, window)
        return 100 * shown, detail, chance
    return shown, span.words, ""


def _share(data: Dataset, check: Check, indicator: Indicator, now: Window) -> tuple[str, str]:
    """The period of a share and, where the plan sets it beside an earlier one, that change with its verdict."""
    detail = f"12 months to {now.span.last.words}"
    if not check.prior_last:
        return detail, ""
    last = Month.parse(check.prior_last)
    before = data.window(indicator, AreaKind.BOROUGH, (TOWER_HAMLETS,), Span(last.plus(-11), last))
    found = change(now, before, kind=indicator.kind, base=float(indicator.base) if indicator.base else None)
    if found.refusal:
        return detail, ""
    moved = f"{narrate.movement(found)} since the 12 months to {last.words}"
    return f"{detail}, {moved}", narrate.verdict(found)


def _change(data: Dataset, check: Check, indicator: Indicator, now: Window) -> tuple[float | None, str, str]:
    first, last = check.prior_first or check.prior_last, check.prior_last
    span = Span(Month.parse(first), Month.parse(last))
    if indicator.frequency.value != "month":
        span = Span(Month.parse(last).plus(-11), Month.parse(last))
    before = data.window(indicator, AreaKind.BOROUGH, (TOWER_HAMLETS,), span)
    scatter = data.noise(indicator, (TOWER_HAMLETS,)).dispersion.value
    found = change(now, before, kind=indicator.kind, dispersion=scatter)
    if found.refusal or found.few or found.percent is None:
        return None, found.refusal or "no base", ""
    one, zero = before.value(indicator.kind), now.value(indicator.kind)
    detail = f"{wording.figure(one, indicator.kind)} to {wording.figure(zero, indicator.kind)}, {span.words} to {now.span.words}"
    return found.percent, detail, narrate.verdict(found)


def _rank(data: Dataset, indicator: Indicator, span: Span) -> tuple[float | None, str, str]:
    found = data.windows(indicator, AreaKind.BOROUGH, span)
    ranked = sorted(
        (code for code, item in found.items() if item.whole), key=lambda code: -(found[code].numerator or 0)
    )
    if TOWER_HAMLETS not in ranked:
        return None, f"no figure for {span.words}", ""
    by_rate = sorted(
        (code for code in ranked if code in data.people),
        key=lambda code: -(found[code].numerator or 0) / data.people[code],
    )
    place = ranked.index(TOWER_HAMLETS) + 1
    detail = f"by number, of {len(ranked)} boroughs"
    if TOWER_HAMLETS in by_rate:
        detail += f"; {ordinal(by_rate.index(TOWER_HAMLETS) + 1)} by rate"
    return float(place), detail, ""
