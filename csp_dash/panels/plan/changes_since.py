"""What changed since a month: the state of every live measure then and now, from the same release."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from csp_dash.analytics import narrate
from csp_dash.analytics.compare import FEW
from csp_dash.analytics.state import UNKNOWN, State
from csp_dash.domain import wording
from csp_dash.domain.enums import Kind
from csp_dash.domain.filters import Filters
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Month
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan.answers import headlines
from csp_dash.panels.selection import Selection, compare, select_as_at, value, value_words
from csp_dash.panels.verdict import LATE, ended, live, verdict

BACK = 3
"""Months before the newest from which changes are told unless somebody chooses another."""
YEARS_NEEDED = 24
"""Months that a first verdict needs: a year, and the year before it."""
NAMED = 4
"""Measures that turned the same way are named up to this many; more are counted."""
LONG = 6
"""Where more measures changed state, those that turned neither better nor worse are counted, not named."""
TURNS = {
    "worse": ("is now worsening", "are now worsening"),
    "found": ("is worsening, which could not be told then", "are worsening, which could not be told then"),
    "lost": ("is no longer improving", "are no longer improving"),
    "better": ("is now improving", "are now improving"),
    "over": ("is no longer worsening", "are no longer worsening"),
    "up": ("is now rising, which can be read two ways", "are now rising, which can be read two ways"),
    "down": ("is now falling, which can be read two ways", "are now falling, which can be read two ways"),
    "settled": ("no longer moves beyond chance", "no longer move beyond chance"),
    "unknown": ("can no longer be judged", "can no longer be judged"),
    "known": ("can be judged now", "can be judged now"),
}
"""How a state can turn into another, those that a board has to know of first: said of one measure, and of several."""
PLAIN = ("worse", "found", "lost", "better", "over")
"""The turns for better or worse."""
NOW = {"Worsening": "worse", "Improving": "better", "Rising": "up", "Falling": "down", UNKNOWN.word: "unknown"}
NO_MORE = {"Improving": "lost", "Worsening": "over"}


@dataclass(frozen=True)
class Row:
    """A measure: its figure of 12 months then and now, how it moved, and its state at both times.

    `by_then` and `by_now` are the changes on the 12 months before, which the states are verdicts on.

    `turn` is one of TURNS, empty where the state stayed. `note` says to which month its figures go, where that is not the
    newest.
    """

    indicator: Indicator
    then: str
    now: str
    moved: str
    was: State
    state: State
    turn: str
    note: str
    by_then: str = ""
    by_now: str = ""

    @property
    def still_worse(self) -> bool:
        return not self.turn and self.state.tone == "bad"


@dataclass(frozen=True)
class Changes:
    """`told` is what the month asked for could not be, `months` which months are new, `series` which series are new or ended.

    `turned` are the measures that changed state, the worst turns first; where they are many, those that turned neither
    better nor worse are in `neither`. Then `still_worse`, which `still` names in a sentence, and `same` for the rest.
    """

    since: Month
    newest: Month
    told: str
    answer: str
    still: str
    turned: tuple[Row, ...]
    neither: tuple[Row, ...]
    still_worse: tuple[Row, ...]
    same: tuple[Row, ...]
    months: str
    series: tuple[str, ...]


def choices(data: Dataset) -> tuple[Month, ...]:
    """The months since which changes can be told, the newest first."""
    begun = [have.span.first for item in _measures(data, "") if live(data, item) and (have := data.have(item))]
    first = min(min(begun, default=data.newest).plus(YEARS_NEEDED - 1), data.newest.plus(-1))
    return tuple(data.newest.plus(-back) for back in range(1, data.newest - first + 1))


def month_of(data: Dataset, view: Filters) -> tuple[Month, str]:
    """The month since which a view's changes are told, and a sentence where that is not the one it asks for."""
    possible = choices(data)
    latest, earliest = possible[0], possible[-1]
    asked = view.since or max(earliest, data.newest.plus(-BACK))
    if asked > latest:
        return latest, (
            f"Figures go to {data.newest.words}, so nothing can have changed since {asked.words}. "
            f"Shown is what changed since {latest.words}."
        )
    if asked < earliest:
        return earliest, (
            f"No measure has the two years of figures by {asked.words} that a verdict needs. "
            f"Shown is what changed since {earliest.words}."
        )
    return asked, ""


def changes_since(data: Dataset, view: Filters) -> Changes:
    """What changed for the borough since the month of a view, of the measures of its board where it names one."""
    since, told = month_of(data, view)
    items = _measures(data, view.board)
    rows = [_row(data, item, since) for item in items if live(data, item)]
    order = list(TURNS)
    moved = sorted((row for row in rows if row.turn), key=lambda row: order.index(row.turn))
    turned = tuple(row for row in moved if row.turn in PLAIN or len(moved) <= LONG)
    neither = tuple(row for row in moved if row not in turned)
    still = tuple(row for row in rows if row.still_worse)
    return Changes(
        since=since,
        newest=data.newest,
        told=told,
        answer=_answer(since, len(rows), turned, len(neither)),
        still=f"Worsening then and now: {wording.listed(_names(still))}." if still else "",
        turned=turned,
        neither=neither,
        still_worse=still,
        same=tuple(row for row in rows if not row.turn and not row.still_worse),
        months=_months(data, since, [row.indicator for row in rows]),
        series=_series(data, since, items),
    )


def _measures(data: Dataset, board: str) -> list[Indicator]:
    """Every measure with real figures, by priority, the headlines of each first."""
    known = data.catalogue.indicators
    slugs = [
        slug
        for priority in data.catalogue.priorities.values()
        for slug in dict.fromkeys((*headlines(data, priority), *priority.indicators))
    ]
    items = [known[slug] for slug in dict.fromkeys(slugs)]
    return [item for item in items if item.counts_in_headlines and board in ("", item.place.board)]


def _row(data: Dataset, item: Indicator, since: Month) -> Row:
    view = Filters(item.slug)
    then, now = select_as_at(data, view, since), select_as_at(data, view, data.newest)
    was, state = _state(data, then), _state(data, now)
    last = now.have.span.last if now.have else since
    return Row(
        item,
        _words(data, then),
        _words(data, now),
        _moved(_figure(data, then), _figure(data, now), item),
        was,
        state,
        _turn(was, state),
        "" if last == data.newest else f"to {last.short}",
        narrate.brief(compare(data, then)[1]),
        narrate.brief(compare(data, now)[1]),
    )


def _state(data: Dataset, question: Selection) -> State:
    return verdict(data, question, compare(data, question)[1]).state


def _figure(data: Dataset, question: Selection) -> float | None:
    if question.span is None:
        return None
    return value(data, question, data.window(question.indicator, question.kind, question.areas, question.span))


def _words(data: Dataset, question: Selection) -> str:
    return value_words(question, _figure(data, question))


def _moved(then: float | None, now: float | None, item: Indicator) -> str:
    """How far a figure moved, as a table has room for it. The two years overlap, so this is not tested."""
    if then is None or now is None:
        return ""
    by = now - then
    if not by:
        return "unchanged"
    if item.kind is Kind.PROPORTION:
        return f"{wording.signed(by)} pts"
    if (item.kind is Kind.COUNT and min(then, now) < FEW) or not then:
        return wording.signed(by)
    sign = "+" if by > 0 else "\u2212"
    return f"{sign}{wording.percent(100 * by / then)}"


def _turn(was: State, now: State) -> str:
    if was.word == now.word:
        return ""
    if was.word == UNKNOWN.word:
        return "found" if now.tone == "bad" else "known"
    return NOW.get(now.word) or NO_MORE.get(was.word, "settled")


def _answer(since: Month, number: int, turned: tuple[Row, ...], neither: int) -> str:
    """The whole answer in a sentence: what turned, worst first, and that nothing turned worse where nothing did."""
    if not number:
        return "No measure here has figures that go on, so none can have changed state."
    counted = wording.counted(number, "measures")
    if not turned and not neither:
        return f"Since {since.words}, none of {counted} changed state."
    clauses = [
        _clause([row for row in turned if row.turn == turn], words)
        for turn, words in TURNS.items()
        if any(row.turn == turn for row in turned)
    ]
    if neither:
        clauses.append(f"{neither} {'others' if turned else 'of them'} turned neither better nor worse")
    if not any(row.turn in ("worse", "found") for row in turned):
        clauses.append("none turned worse")
    return f"Since {since.words}, {len(turned) + neither} of {counted} changed state: {'; '.join(clauses)}."


def _clause(rows: list[Row], words: tuple[str, str]) -> str:
    names = _names(rows)
    return f"{wording.listed(names)} {wording.agree(names, *words)}"


def _names(rows: Iterable[Row]) -> list[str]:
    return _few([wording.inside(row.indicator.short) for row in rows])


def _few(names: list[str]) -> list[str]:
    more = len(names) - NAMED
    return names if more < 2 else [*names[:NAMED], f"{more} more"]


def _months(data: Dataset, since: Month, items: list[Indicator]) -> str:
    """Which months came since, and for how many measures."""
    reach: dict[Month, list[Indicator]] = {}
    for item in items:
        have = data.have(item)
        if have is not None:
            reach.setdefault(max(have.span.last, since), []).append(item)
    told = []
    for last, those in sorted(reach.items(), reverse=True):
        first, whom = since.plus(1), wording.counted(len(those), "measures")
        start = first.short if first.year != last.year else first.short.split()[0]
        which = last.short if last == first else f"{start} to {last.short}"
        told.append(f"{which} for {whom}" if last > since else f"none for {whom}")
    return f"New months: {wording.listed(told)}." if told else ""


def _series(data: Dataset, since: Month, items: list[Indicator]) -> tuple[str, ...]:
    """Series that began since, and those whose figures count as ended since."""
    spans = {item.short: have.span for item in items if (have := data.have(item))}
    new = [name for name, span in spans.items() if span.first > since]
    gone = [name for name, span in spans.items() if ended(data.newest, span.last) and not ended(since, span.last)]
    return tuple(
        f"{lead}: {wording.listed(_few([wording.inside(name) for name in names]))}."
        for lead, names in (
            ("New series", new),
            (f"Series that count as ended, with no figure for more than {LATE} months", gone),
        )
        if names
    )
