"""Answers to the questions of pages, and the screens of the board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from csp_dash.analytics import narrate
from csp_dash.domain import wording
from csp_dash.domain.enums import Direction, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.plan import Priority
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import compare, select
from csp_dash.panels.verdict import Verdict, live, verdict
from csp_dash.panels.wards import ward_profile

WHOLE = "borough"
"""The priority that stands for the whole borough."""
MOST = 4
"""Measures that got worse are named up to this many; more are counted and linked."""


@dataclass(frozen=True)
class Named:
    """A measure's short name, as inside a sentence, `whose` figures these are where not of the place asked for, its verdict."""

    slug: str
    name: str
    whose: str
    verdict: Verdict
    moved: str = ""

    @property
    def worse(self) -> bool:
        return self.verdict.state.tone == "bad"


def headlines(data: Dataset, priority: Priority) -> tuple[str, ...]:
    """The measures that stand for a priority, as many as declared at most.

    A declared one whose series ended gives way where a live measure of the same outcome exists; then live ones of
    outcomes that nothing stands for yet fill up.
    """
    known = data.catalogue.indicators
    shown = [slug for slug in priority.headlines if data.shows(known[slug])]
    going = [slug for slug in priority.indicators if data.shows(known[slug]) and live(data, known[slug])]
    alive = {known[slug].place.outcome for slug in going}
    kept = [slug for slug in shown if slug in going or known[slug].place.outcome not in alive]
    for slug in going:
        if len(kept) < len(shown) and known[slug].place.outcome not in {known[own].place.outcome for own in kept}:
            kept.append(slug)
    return tuple(kept)


def listed(data: Dataset, view: Filters, priority: Priority) -> tuple[str, ...]:
    """The measures of a priority in the plan table: its headlines, or of a view with a board all that it answers for.

    The borough's total stands there for every board.
    """
    if not view.board or priority.slug == WHOLE:
        return headlines(data, priority)
    known = data.catalogue.indicators
    return tuple(
        own
        for theme in priority.themes
        for own in theme.measures
        if known[own].place.board == view.board
        and data.shows(known[own])
        and known[own].counts_in_headlines
        and data.have(known[own])
    )


@dataclass(frozen=True)
class Overall:
    """The verdict on the whole plan. `besides` is a sentence about what else got worse, with a `{}` for each of `worse`:
    (measure, priority's slug, name in a sentence, change)."""

    verdict: str
    besides: str
    worse: tuple[tuple[str, str, str, str], ...]


def overall(data: Dataset, view: Filters) -> Overall:
    """What the headlines of all priorities say in one sentence; in the next, every other live measure that got worse.

    Headlines without a change are counted, and so are those whose figures ended: what is beyond chance is named.
    """
    stand = [
        own
        for priority in data.catalogue.priorities.values()
        if priority.slug != WHOLE
        for own in listed(data, view, priority)
    ]
    view, board = replace(view, board=""), view.board
    total = [_named(data, view, own) for own in headlines(data, data.catalogue.priorities[WHOLE])]
    items = [_named(data, view, own) for own in stand]
    going = [item for item in items if not item.verdict.past]
    told = [item for item in going if _group(item) not in ("same", "unknown")]
    still = sum(_group(item) == "same" for item in going)
    unknown = sum(_group(item) == "unknown" for item in going)
    parts = _clauses([item for item in told if item.worse], BRIEF) + _clauses(
        [item for item in told if not item.worse], BRIEF
    )
    lead = _clauses(total, BRIEF)
    verdict = (
        wording.capital("; ".join([*lead, *parts])) + "."
        if lead or parts
        else "No headline measure has figures for this choice."
    )
    others = [
        (own, priority)
        for priority in data.catalogue.priorities.values()
        if priority.slug != WHOLE
        for own in (() if board else _besides(data, priority))
    ]
    worse = [
        (_named(data, view, own), priority) for own, priority in others if live(data, data.catalogue.indicators[own])
    ]
    worse = [(item, priority) for item, priority in worse if item.worse]
    rest = [
        *(
            [f"{wording.counted(still, 'more measures')} {'shows' if still == 1 else 'show'} no change beyond chance"]
            if still
            else []
        ),
        *([f"{wording.counted(unknown, 'measures')} cannot be judged"] if unknown else []),
        *(
            [f"the figures of {wording.counted(len(items) - len(going), 'others')} have ended"]
            if len(items) > len(going)
            else []
        ),
    ]
    sentence = f"{wording.capital(wording.listed(rest))}. " if rest else ""
    if worse:
        sentence += f"Outside the headlines, {wording.listed(['{}'] * len(worse))} got worse."
    return Overall(
        verdict,
        sentence,
        tuple((item.slug, priority.slug, item.name, item.moved) for item, priority in worse),
    )


def _besides(data: Dataset, priority: Priority) -> list[str]:
    """The live measures of a priority that are none of its headlines; where none goes on, all of them."""
    known, stand = data.catalogue.indicators, headlines(data, priority)
    real = [own for own in priority.indicators if data.shows(known[own]) and known[own].counts_in_headlines]
    going = [own for own in real if live(data, known[own])]
    return [own for own in going or real if own not in stand and data.have(known[own])]


def answer(data: Dataset, view: Filters, slug: str, link: str) -> str:
    """The sentence that answers a priority's question: what got worse of all its live measures (where none goes on, of all),
    then its headlines. Of a view with a board that answers for some of them: of these alone.

    Headlines whose open figures stopped long ago come last, with the month in which they end. Where more got worse than a
    sentence holds, it says how many; `link` leads to the list of all.
    """
    priority = data.catalogue.priorities[slug]
    stand, others = headlines(data, priority), _besides(data, priority)
    known = data.catalogue.indicators
    if any(known[own].place.board == view.board for own in (*stand, *others)):
        stand = tuple(own for own in stand if known[own].place.board == view.board)
        others = [own for own in others if known[own].place.board == view.board]
    view = replace(view, board="")
    tiles = [_named(data, view, own) for own in stand]
    more = [_named(data, view, own) for own in others]
    worse = [item for item in [*tiles, *more] if item.worse]
    parts = []
    if len(worse) > MOST:
        parts.append(f"[{len(worse)} of {len(stand) + len(others)} measures got worse]({link})")
    elif worse:
        parts.append(f"{_listed(worse)} got worse")
    rest = [item for item in tiles if not item.worse]
    rest += [item for item in more if item.verdict.past and _group(item) == "bad"]
    for ends in dict.fromkeys(item.verdict.ends for item in sorted(rest, key=lambda item: item.verdict.past)):
        clauses = _clauses([item for item in rest if item.verdict.ends == ends])
        if clauses:
            parts.append(f"{'; '.join(clauses)}{f' (open figures end in {ends})' if ends else ''}")
    text = "; ".join(parts)
    return f"{wording.capital(text)}." if text else "There are no figures to answer from."


def _named(data: Dataset, view: Filters, slug: str) -> Named:
    question = select(data, replace(view, indicator=slug, lens=""))
    _, found = compare(data, question)
    return Named(
        slug,
        wording.inside(question.indicator.short),
        question.whose,
        verdict(data, question, found),
        narrate.brief(found),
    )


@dataclass(frozen=True)
class WardAnswer:
    """What changed in a ward in one sentence; `named` are the measures in it, and `two_ways` warns of those that can be read so."""

    sentence: str
    two_ways: str
    named: tuple[str, ...]


def ward_answer(data: Dataset, view: Filters) -> WardAnswer:
    """What got more or fewer beyond chance in the first ward of the view, and what became of the rest.

    Every live measure of the ward counts. A part of a measure that is named and moved the same way is not named again.
    """
    lines = [*ward_profile.profile(data, view), *ward_profile.returned(data, view)]
    live = [line for line in lines if not line.ended]
    told = [line for line in live if line.moved in ("more", "fewer")]
    named = [line for line in told if not any(_told_by(whole, line) for whole in told)]
    rest = [line for line in live if line not in told]
    more = _more([line for line in named if line.moved == "more"])
    fewer = _fewer([line for line in named if line.moved == "fewer"])
    lead, *then = [part for part in (more, fewer) if part] or [""]
    text = f"{wording.capital('; '.join([f'{lead} than a year ago', *then]))}. " if lead else ""
    two = [line.name for line in named if line.indicator.direction is Direction.AMBIGUOUS]
    return WardAnswer(
        (text + _rest(rest, bool(lead))).strip(),
        f"{wording.capital(wording.listed(two))} also {wording.agree(two, 'depends', 'depend')} on how much is reported and looked for."
        if two
        else "",
        tuple(line.indicator.slug for line in named),
    )


def _told_by(whole: ward_profile.Line, part: ward_profile.Line) -> bool:
    """Whether a whole that moved the same way tells of its part. That all crime together rose tells of no kind of it."""
    return (
        whole.indicator.place.priority != WHOLE
        and whole.moved == part.moved
        and ward_profile.holds(whole.indicator, part.indicator)
    )


def _more(lines: list[ward_profile.Line]) -> str:
    return f"more {wording.listed([line.name for line in lines])}" if lines else ""


def _fewer(lines: list[ward_profile.Line]) -> str:
    """What is counted one by one is fewer, the rest is less: `fewer burglaries and less vehicle crime`."""
    groups = [
        (word, [line.name for line in lines if wording.plural(line.name) is plural])
        for word, plural in (("fewer", True), ("less", False))
    ]
    return " and ".join(f"{word} {wording.listed(names)}" for word, names in groups if names)


def _rest(lines: list[ward_profile.Line], after: bool) -> str:
    """What became of the measures that are not named; `after` others that are."""
    if not lines:
        return "" if after else "There are no figures for this ward."
    unknown = sum(line.moved == "unknown" for line in lines)
    if not unknown:
        return "The rest is about the same." if after else "Everything counted here is about the same as a year ago."
    lead = "Of the rest, " if after else ""
    if unknown == len(lines):
        return wording.capital(f"{lead}nothing can be compared with a year ago.")
    same = wording.counted(len(lines) - unknown, "measures")
    verb = "is" if len(lines) - unknown == 1 else "are"
    return wording.capital(
        f"{lead}{same} {verb} about the same{'' if after else ' as a year ago'}, and {unknown} cannot be judged."
    )


def _listed(items: Iterable[Named]) -> str:
    """The names, those of another area last: `burglary, and homicide and rape (both for all of Tower Hamlets)`."""
    by_area: dict[str, list[str]] = {"": []}
    for item in items:
        name = f"{item.name} ({item.verdict.level})" if item.verdict.level else item.name
        by_area.setdefault(item.whose, []).append(name)
    own = wording.listed(by_area.pop(""))
    return ", and ".join([*([own] if own else []), *(_of_another(whose, names) for whose, names in by_area.items())])


def _of_another(whose: str, names: list[str]) -> str:
    each = {1: "", 2: "both for "}.get(len(names), f"these {len(names)} for ")
    return f"{wording.listed(names)} ({each}{whose})"


def _clauses(items: list[Named], verbs: Mapping[str, str] | None = None) -> list[str]:
    groups: dict[str, list[Named]] = {}
    for item in items:
        groups.setdefault(_group(item), []).append(item)
    found = []
    for key, verb in (verbs or VERBS).items():
        if key in groups:
            alone = len(groups[key]) == 1 and not wording.plural(groups[key][0].name)
            found.append(f"{_listed(groups[key])} {'shows no detectable change' if alone and key == 'same' else verb}")
    return found


VERBS = {
    "bad": "got worse",
    "good": "got better",
    "up": "rose, which can be read two ways",
    "down": "fell, which can be read two ways",
    "same": "show no detectable change",
    "unknown": "cannot be judged",
}
BRIEF = {**VERBS, "up": "rose", "down": "fell"}
"""Where the sign for what can be read two ways stands beside the sentence."""
GROUPS = {
    "Improving": "good",
    "Worsening": "bad",
    "Rising": "up",
    "Falling": "down",
    "No detectable change": "same",
    "improved": "good",
    "got worse": "bad",
    "rose": "up",
    "fell": "down",
    "no detectable change": "same",
}


def _group(item: Named) -> str:
    return GROUPS.get(item.verdict.state.word.rsplit(": ", 1)[-1], "unknown")


@dataclass(frozen=True)
class Screen:
    """One finding of the board: where it stands in the plan, and the measure that bears it out."""

    priority: Priority
    indicator: str
    kind: str


def screens(data: Dataset) -> tuple[Screen, ...]:
    """The board's screens in the plan's order: each headline and each partner return as a trend, then the first ward map."""
    found = []
    for priority in data.catalogue.priorities.values():
        shown = list(headlines(data, priority))
        shown += [
            slug
            for slug, item in data.catalogue.indicators.items()
            if item.trust is Trust.PARTNER and item.place.priority == priority.slug and data.have(item)
        ]
        found += [Screen(priority, slug, "trend") for slug in dict.fromkeys(shown)]
        official = [slug for slug in priority.maps if data.catalogue.indicators[slug].counts_in_headlines]
        found += [
            Screen(priority, slug, "map") for slug in official[:1] if data.have(data.catalogue.indicators[slug], "ward")
        ]
    return tuple(found)
