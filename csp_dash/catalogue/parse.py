"""The declarations whose tables are not laid out like the values they declare, or that keep rules of their own."""

from __future__ import annotations

from pathlib import Path

from csp_dash.catalogue.read import Table, toml
from csp_dash.domain.enums import Direction, Kind, Trust
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import (
    Baseline,
    Event,
    Feed,
    Indicator,
    Place,
    Reading,
    Return,
    SmallAreas,
    Source,
    Supply,
    Target,
)
from csp_dash.domain.plan import HarmClass, HarmIndex, Outcome, Priority, Term, Theme

BUTTON = 24  # letters that fit on a theme's button
MOST_SPLITS = 2
RETURN_COLUMNS = {"indicator", "period", "area_code", "area_name", "count", "numerator", "denominator", "note", "line"}


def term(table: Table) -> Term:
    """The months of the plan, and its baseline."""
    item = table.declared(Term, span=table.span(), baseline=_baseline(table.table("baseline")))
    early = item.baseline.span.last < item.span.first
    table.check((not early, "baseline", "should end before the plan begins"))
    return item


def indicator(path: Path, baseline: Baseline) -> Indicator:
    """The measure that a file declares; its slug is the file's name, its baseline the plan's unless it declares one."""
    table = toml(path)
    item = table.declared(
        Indicator,
        slug=path.stem,
        place=table.table("plan").declared(Place),
        feeds=tuple(feed.declared(Feed) for feed in table.tables("data")),
        baseline=_baseline(table.table("baseline")) if table.has("baseline") else baseline,
        small_areas=table.table("small_areas").declared(SmallAreas) if table.has("small_areas") else None,
        asks=_return(table.table("return")) if table.has("return") else None,
        supplies=tuple(map(_supply, table.tables("supply"))),
    )
    _check_figures(table, item)
    _check_readings(table, item)
    return item


def _baseline(table: Table) -> Baseline:
    return table.declared(Baseline, span=table.span())


def _return(table: Table) -> Return:
    words = table.take("words", dict[str, tuple[str, ...]], {})
    item = table.declared(Return, words=tuple(words.items()))
    areas, split = set(item.areas), set(item.split)
    columns = f"names up to {MOST_SPLITS} columns, none of them {', '.join(sorted(RETURN_COLUMNS))}"
    table.check(
        (areas - {AreaKind.WARD} != {AreaKind.BOROUGH}, "areas", "should hold borough, and may hold ward"),
        (len(item.split) > MOST_SPLITS or split & RETURN_COLUMNS or len(split) < len(item.split), "split", columns),
        *((name not in split, "words", f"names '{name}', which is no 'split'") for name in words),
        *((not allowed, "words", f"lists nothing for '{name}'") for name, allowed in item.words),
    )
    return item


def _supply(table: Table) -> Supply:
    trust = table.take("trust", Trust, Trust.OFFICIAL)
    table.check((trust is not Trust.OFFICIAL, "trust", "should be official: a partner's figures come by a [return]"))
    return Supply(table.declared(Feed), trust)


def _check_figures(table: Table, item: Indicator) -> None:
    """Only an indicator without real figures waits for some; only a count is split; a trust is not declared in advance."""
    waiting, awaiting = item.trust in (Trust.AWAITING, Trust.ILLUSTRATIVE), item.trust is Trust.AWAITING
    split = item.asks is not None and item.asks.split
    table.check(
        (item.trust is Trust.PARTNER, "trust", "is not declared as partner; it becomes so by a return"),
        (awaiting and item.feeds, "trust", "should not be awaiting where there is [[data]]"),
        (
            item.trust in (Trust.OFFICIAL, Trust.ILLUSTRATIVE) and not item.feeds,
            "trust",
            f"is '{item.trust}', which needs [[data]]",
        ),
        (
            (item.asks or item.supplies) and not waiting,
            "trust",
            "should be awaiting or illustrative where there is a [return] or [[supply]]",
        ),
        ((awaiting or item.asks) and not item.holder, "holder", "is missing: name who has the awaited figures"),
        (
            split and item.kind is not Kind.COUNT,
            "kind",
            "should be count: only a count can be handed in with a 'split'",
        ),
    )


def _check_readings(table: Table, item: Indicator) -> None:
    """A measure whose rise may mean either thing says both, and names what tells them apart."""
    if item.direction is not Direction.AMBIGUOUS:
        paired = item.pair or item.pair_why or item.pair_awaiting
        table.check((paired, "pair", "is for measures whose direction is ambiguous"))
        return
    either = "because the direction is ambiguous"
    table.check(
        (item.measured and len(item.readings) != 2, "readings", f"should give two readings, {either}"),
        (item.measured and len(item.falls) != 2, "falls", f"should give two readings of a fall, {either}"),
        (not item.pair, "pair", "is missing: an ambiguous measure is read together with another"),
        (not item.pair_why.strip(), "pair_why", "is missing: say what the pair tells"),
        (item.pair == item.slug, "pair", "names the indicator itself"),
        (item.pair_awaiting == item.slug, "pair_awaiting", "names the indicator itself"),
    )


def source(path: Path) -> Source:
    """The dataset that a file declares; its id is the file's name."""
    return toml(path).declared(Source, id=path.stem)


def event(table: Table) -> Event:
    """A break, an event or a caution."""
    item = table.declared(Event)
    dated = item.kind == "caveat" or item.start is not None
    table.check((not dated, "start", "is missing: a break or event has a date"))
    return item


def priority(table: Table) -> Priority:
    """A priority with its outcomes and themes."""
    outcomes = tuple(outcome.declared(Outcome) for outcome in table.tables("outcome"))
    return table.declared(Priority, outcomes=outcomes, themes=tuple(map(_theme, table.tables("theme"))))


def _theme(table: Table) -> Theme:
    item = table.declared(Theme)
    table.check(
        (len(item.title) > BUTTON, "title", f"is longer than {BUTTON} letters: '{item.title}'"),
        (not item.question.endswith("?"), "question", "should end with a question mark"),
        (not item.measures and not item.pictures, "measures", "is empty, and there is no picture either"),
    )
    return item


def target(table: Table) -> Target:
    """A numeric target of the plan."""
    return table.declared(Target, due=table.month("due"), readings=tuple(map(_reading, table.tables("reading"))))


def _reading(table: Table) -> Reading:
    item = table.declared(Reading, start=table.span() if table.has("first") else None)
    placed = item.how == "level" or item.start is not None
    table.check((not placed, "first", "is missing: a change starts from a period"))
    return item


def harm(table: Table) -> HarmIndex:
    """The weights of harm, with what they leave out."""
    item = table.declared(
        HarmIndex,
        excluded=tuple(map(_excluded, table.tables("excluded"))),
        classes=tuple(map(_harm_class, table.tables("class"))),
    )
    table.check((not item.classes, "class", "is missing: nothing has a weight"))
    return item


def _excluded(table: Table) -> tuple[str, str]:
    item = table.take("what", str), table.take("why", str)
    table.end()
    return item


def _harm_class(table: Table) -> HarmClass:
    item = table.declared(HarmClass)
    days = "should be a number of days above zero"
    table.check(
        (not item.indicators, "indicators", "is empty"),
        (not 0 < item.mean < float("inf"), "mean", days),
        (not 0 < item.median < float("inf"), "median", days),
    )
    return item
