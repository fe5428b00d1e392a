"""How the plan ended: every outcome and target is met, missed or cannot be judged, from the last year against the baseline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from csp_dash.analytics import narrate
from csp_dash.analytics.compare import Change
from csp_dash.analytics.intervals import ALPHA
from csp_dash.analytics.target import Standing
from csp_dash.domain import wording
from csp_dash.domain.enums import Compare, Direction
from csp_dash.domain.filters import Filters
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.plan import Outcome, Priority
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan.targets import Judged, targets
from csp_dash.panels.selection import Selection, compare, select

RULE = (
    "An outcome is met where every measure that can judge it moved the wanted way by more than chance would explain, and missed "
    "where one moved the other way by more than chance, allowing for how many were tested. Otherwise it cannot be judged. "
    "A measure can judge where its better direction is the outcome's and its figures reach from before the plan to its end. "
    "Why a figure moved is not judged: the plan may have had no part in it."
)


OUTCOME, TARGET = "Outcome", "Target"
UNTESTED = "It was published without the number of cases behind it, so chance cannot be judged."


class Part(StrEnum):
    """What a measure says of its outcome."""

    FOR = "moved the wanted way"
    AGAINST = "moved the other way"
    CHANCE = "chance could explain the change"
    ASIDE = "not judged"


@dataclass(frozen=True)
class Shown:
    """A measure of an outcome: its figure at the baseline and at the end, and what it says; `why` it is not judged."""

    indicator: Indicator
    baseline: str
    start: str
    end: str
    period: str
    moved: str
    part: Part
    why: str = ""
    p_value: float | None = None

    @property
    def words(self) -> str:
        """The measure with both figures, as inside a sentence: `burglary (3,171 to 2,462)`."""
        return f"{wording.inside(self.indicator.short)} ({self.start} to {self.end})"

    @property
    def untested(self) -> bool:
        """Whether its figures would judge, were it known how many cases they rest on."""
        return self.why == UNTESTED


@dataclass(frozen=True)
class Row:
    """An outcome, or a target of one. `silent` is an outcome without a target of which no open figure tells."""

    kind: str
    text: str
    page: int
    standing: Standing
    why: str
    shown: tuple[Shown, ...] = ()
    silent: bool = False


@dataclass(frozen=True)
class Ended:
    """The whole plan in a sentence, the rule, and rows by priority. `promises` says why what was to be done is not judged."""

    answer: str
    rule: str
    promises: str
    groups: tuple[tuple[Priority, tuple[Row, ...]], ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for _, rows in self.groups for row in rows)


def ended(data: Dataset, view: Filters) -> Ended:
    """How the plan ended. `view` is not used: the plan has its own dates."""
    judged = {data.catalogue.figures[one.target.figure].id: one for one in targets(data, Filters())}
    groups = tuple(
        (priority, tuple(_rows(data, priority, judged)))
        for priority in data.catalogue.priorities.values()
        if priority.outcomes
    )
    rows = [row for _, found in groups for row in found]
    work = sum(len(priority.delivery) for priority in data.catalogue.priorities.values())
    return Ended(_answer(data, rows), RULE, _promises(work), groups)


def _rows(data: Dataset, priority: Priority, judged: dict[str, Judged]) -> Iterable[Row]:
    """The outcomes of a priority, each followed by its targets, then the targets of none."""
    figures = data.catalogue.figures
    own = {name: one for name, one in judged.items() if figures[name].priority == priority.slug}
    for outcome in priority.outcomes:
        aims = [one for name, one in own.items() if figures[name].outcome == outcome.id]
        yield _outcome(data, priority, outcome, aims)
        yield from map(_target, aims)
    placed = {outcome.id for outcome in priority.outcomes}
    yield from (_target(one) for name, one in own.items() if figures[name].outcome not in placed)


def _target(one: Judged) -> Row:
    target = one.target
    why = target.lacking or target.why_unjudged
    if one.standing is not Standing.UNKNOWN:
        ways = len(target.readings)
        why = f"So in each of the {ways} ways to read its words." if ways > 1 else ""
    return Row(TARGET, f"{target.title}: {target.words}.", target.page, one.standing, why)


def _outcome(data: Dataset, priority: Priority, outcome: Outcome, aims: list[Judged]) -> Row:
    shown = _strict(
        tuple(
            _shown(data, item, outcome)
            for item in data.catalogue.of_priority(priority.slug)
            if item.place.outcome == outcome.id and item.counts_in_headlines and data.shows(item)
        )
    )
    if aims:
        standings = {one.standing for one in aims}
        standing = standings.pop() if len(standings) == 1 else Standing.UNKNOWN
        figures = [one.words for one in shown if one.start]
        why = _said(wording.listed(figures), f"its {'target decides' if len(aims) == 1 else 'targets decide'}")
    else:
        standing, why = _judge(outcome, shown)
    silent = not aims and all(one.part is Part.ASIDE and not one.untested for one in shown)
    return Row(OUTCOME, outcome.text, outcome.page, standing, why, shown, silent)


def _judge(outcome: Outcome, shown: tuple[Shown, ...]) -> tuple[Standing, str]:
    """The rule, and what came of it in a sentence."""
    tested = [one for one in shown if one.part is not Part.ASIDE]
    if not tested:
        untested = next((one for one in shown if one.untested), None)
        if untested:
            return Standing.UNKNOWN, f"{wording.capital(untested.words)}: {wording.inside(untested.why)}"
        undirected = (
            "The plan does not say which way its figures should go. " if shown and not outcome.direction else ""
        )
        return Standing.UNKNOWN, f"{undirected}{outcome.measures}"
    by = {part: [one.words for one in tested if one.part is part] for part in Part}
    good = len(by[Part.FOR])
    of = f"{good or 'none'} of {wording.counted(len(tested), 'measures')} moved the wanted way" if tested[1:] else ""
    chance = f"chance could explain the change of {wording.listed(by[Part.CHANCE])}" if by[Part.CHANCE] else ""
    if by[Part.AGAINST]:
        return Standing.MISSED, _said(f"{wording.listed(by[Part.AGAINST])} moved the other way", of)
    if chance:
        return Standing.UNKNOWN, _said(of, chance)
    return Standing.MET, _said(f"{wording.listed(by[Part.FOR])} moved the wanted way")


def _said(*clauses: str) -> str:
    return f"{wording.capital('; '.join(clause for clause in clauses if clause))}."


def _shown(data: Dataset, item: Indicator, outcome: Outcome) -> Shown:
    last = data.catalogue.term.span.last
    question = select(
        data,
        Filters(item.slug, period="custom", first=last.plus(-11), last=last, compare=Compare.BASELINE),
        whole=True,
    )
    _, found = compare(data, question)
    part, why = _part(data, question, outcome, found)
    told = found is not None and not found.refusal
    return Shown(
        item,
        question.before.words if question.before else "",
        wording.figure(found.before.value(item.kind), item.kind) if told and found else "",
        wording.figure(found.now.value(item.kind), item.kind) if told and found else "",
        question.period,
        narrate.movement(found) if told and found else "",
        part,
        why,
        found.p_value if found else None,
    )


def _part(data: Dataset, question: Selection, outcome: Outcome, found: Change | None) -> tuple[Part, str]:
    """What a measure says; `why` it says nothing."""
    item, first = question.indicator, data.catalogue.term.span.first
    if found is None:
        return Part.ASIDE, "There are no figures for the whole borough."
    if found.refusal:
        return Part.ASIDE, found.refusal
    if outcome.direction is None:
        return Part.ASIDE, "The plan does not say which way it should go."
    if item.direction is Direction.AMBIGUOUS:
        return Part.ASIDE, "A rise can be read two ways."
    if item.direction is not outcome.direction:
        return Part.ASIDE, "It counts something else than the outcome names."
    if found.before.span.last >= first:
        return Part.ASIDE, "Its comparable figures begin after the plan did."
    if found.p_value is None or found.absolute is None:
        return Part.ASIDE, UNTESTED
    if not found.detectable:
        return Part.CHANCE, ""
    wanted = (found.absolute > 0) is (item.direction is Direction.HIGHER)
    return (Part.FOR if wanted else Part.AGAINST), ""


def _strict(shown: tuple[Shown, ...]) -> tuple[Shown, ...]:
    """Of several measures one moves the other way by chance more easily than one alone, so each has to do it more surely.

    No such allowance is needed for the wanted way, since all of them have to go there.
    """
    tested = sum(one.part is not Part.ASIDE for one in shown)
    why = f"It moved the other way, which chance can bring about among {tested} measures."
    return tuple(
        replace(one, part=Part.CHANCE, why=why)
        if one.part is Part.AGAINST and one.p_value is not None and one.p_value >= ALPHA / tested
        else one
        for one in shown
    )


def _answer(data: Dataset, rows: list[Row]) -> str:
    """How many outcomes and targets were met, missed, or cannot be judged."""
    term = data.catalogue.term.span
    if data.newest < term.last:
        return f"The plan runs to {term.last.words} and the figures to {data.newest.words}, so it cannot be told yet how it ended."
    outcomes = [row for row in rows if row.kind == OUTCOME]
    aims = [row for row in rows if row.kind == TARGET]
    silent = sum(row.silent for row in outcomes)
    why = f", {silent} of them for want of an open figure" if silent else ""
    told = f"Of its {_counted(outcomes, 'outcomes', 'the figures')}{why}."
    if aims:
        told += f" Of its {_counted(aims, 'targets', 'they')}."
    return f"The plan ended in {term.last.words}. {told}"


def _counted(rows: list[Row], unit: str, who: str) -> str:
    met, missed = (sum(row.standing is standing for row in rows) for standing in (Standing.MET, Standing.MISSED))
    unknown = len(rows) - met - missed
    shown = f"{who} show {met or 'none'} as met and {missed or 'none'} as missed"
    return f"{len(rows)} {unit}, {shown}; {unknown or 'none'} cannot be judged"


def _promises(number: int) -> str:
    """Why what the plan said would be done is not judged here."""
    if not number:
        return ""
    return (
        f"The plan also names {wording.counted(number, 'pieces of work')} that the partnership would do. No open figure shows "
        "whether they were done, so none is judged; the partners can say."
    )
