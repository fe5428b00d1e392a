"""Turns one table of a declaration into the value that it declares, with the checks that need nothing else."""

from __future__ import annotations

from pathlib import Path

from csp_dash.catalogue.read import CatalogueError, Table, toml
from csp_dash.domain.enums import Direction, FigureKind, Frequency, Kind, Trust
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import (
    BEFORE_PLAN,
    Baseline,
    Event,
    Feed,
    Indicator,
    Place,
    Reading,
    Return,
    Source,
    Supply,
    Target,
)
from csp_dash.domain.periods import Span
from csp_dash.domain.plan import (
    Board,
    Check,
    Contact,
    Contradiction,
    HarmClass,
    HarmIndex,
    Outcome,
    OwnNumbers,
    Passage,
    PlanFigure,
    Priority,
    Theme,
    ThemePicture,
)

DENOMINATORS = ("residents", "offences", "respondents", "searches", "published", "none")
BUTTON = 24  # letters that fit on a theme's button
MOST_SPLITS = 2
RETURN_COLUMNS = {"indicator", "period", "area_code", "area_name", "count", "numerator", "denominator", "note", "line"}


def indicator(path: Path) -> Indicator:
    """The measure that a file declares; its slug is the file's name."""
    table = toml(path)
    place = table.table("plan")
    item = Indicator(
        slug=path.stem,
        title=table.text("title"),
        short=table.text("short"),
        plain=table.text("plain"),
        unit=table.text("unit"),
        kind=table.word("kind", Kind),
        denominator=table.text("denominator"),
        per=table.take("per", int, 1),
        frequency=table.word("frequency", Frequency),
        direction=table.word("direction", Direction),
        trust=table.word("trust", Trust),
        place=Place(
            place.text("priority"), place.text("outcome", ""), place.text("board", ""), place.take("page", int, None)
        ),
        feeds=tuple(map(_feed, table.tables("data"))),
        caveats=table.texts("caveats", []),
        breaks=table.texts("breaks", []),
        readings=table.texts("readings", []),
        falls=table.texts("falls", []),
        holder=table.text("holder", ""),
        sensitive=table.take("sensitive", bool, False),
        households=table.take("households", bool, False),
        base=table.take("base", int, None),
        events=table.texts("events", []),
        pair=table.text("pair", ""),
        pair_why=table.text("pair_why", ""),
        pair_awaiting=table.text("pair_awaiting", ""),
        baseline=_baseline(table.table("baseline")) if table.has("baseline") else BEFORE_PLAN,
        parts=table.texts("parts", []),
        asks=_return(table.table("return")) if table.has("return") else None,
        supplies=tuple(map(_supply, table.tables("supply"))),
    )
    place.end()
    table.end()
    if item.denominator not in DENOMINATORS:
        raise table.fail("denominator", f"should be one of {', '.join(DENOMINATORS)}")
    if item.trust is Trust.AWAITING and (item.feeds or not item.holder):
        raise CatalogueError(f"{path.name}: an awaiting indicator names its 'holder' and has no [[data]]")
    if item.trust in (Trust.OFFICIAL, Trust.ILLUSTRATIVE) and not item.feeds:
        raise CatalogueError(f"{path.name}: trust '{item.trust}' needs [[data]]")
    _supplied(path.name, item)
    _readings(table, item)
    return item


def _feed(table: Table) -> Feed:
    feed = Feed(
        areas=table.words("areas", AreaKind),
        source=table.text("source"),
        series=table.texts("series"),
        denominator_series=table.texts("denominator_series", []),
    )
    table.end()
    return feed


def _return(table: Table) -> Return:
    split = table.texts("split", [])
    words: list[tuple[str, tuple[str, ...]]] = []
    if table.has("words"):
        lists = table.table("words")
        words = [(name, lists.texts(name)) for name in split if lists.has(name)]
        lists.end()
    item = Return(
        areas=table.words("areas", AreaKind, [AreaKind.BOROUGH.value]),
        split=split,
        words=tuple(words),
        plain=table.text("plain", ""),
    )
    table.end()
    if AreaKind.BOROUGH not in item.areas or set(item.areas) - {AreaKind.WARD, AreaKind.BOROUGH}:
        raise table.fail("areas", "should hold borough, and may hold ward")
    if len(item.split) > MOST_SPLITS or set(item.split) & RETURN_COLUMNS or len(set(item.split)) < len(item.split):
        raise table.fail(
            "split", f"names up to {MOST_SPLITS} columns, none of them {', '.join(sorted(RETURN_COLUMNS))}"
        )
    for name, allowed in item.words:
        if not allowed:
            raise table.fail("words", f"lists nothing for '{name}'")
    return item


def _supply(table: Table) -> Supply:
    trust = table.word("trust", Trust, Trust.OFFICIAL.value)
    if trust is not Trust.OFFICIAL:
        raise table.fail("trust", "should be official: a partner's figures come by a [return]")
    return Supply(_feed(table), trust)


def _supplied(name: str, item: Indicator) -> None:
    """Only an indicator without real figures waits for some; only a count is split; a trust is not declared in advance."""
    if item.trust is Trust.PARTNER:
        raise CatalogueError(f"{name}: 'trust' is not declared as partner; it becomes so by a return")
    waiting = item.trust in (Trust.AWAITING, Trust.ILLUSTRATIVE)
    if (item.asks or item.supplies) and not waiting:
        raise CatalogueError(f"{name}: [return] and [[supply]] are for awaiting or illustrative indicators")
    if item.asks and not item.holder:
        raise CatalogueError(f"{name}: an indicator with a [return] names its 'holder'")
    if item.asks and item.asks.split and item.kind is not Kind.COUNT:
        raise CatalogueError(f"{name}: only a count can be handed in with a 'split'")


def _baseline(table: Table) -> Baseline:
    first, last = table.month("first"), table.month("last")
    if last < first:
        raise table.fail("last", "comes before 'first'")
    baseline = Baseline(Span(first, last), table.text("why"), table.take("page", int, None))
    table.end()
    return baseline


def _readings(table: Table, item: Indicator) -> None:
    """A measure whose rise may mean either thing says both, and names what tells them apart."""
    if item.direction is not Direction.AMBIGUOUS:
        if item.pair or item.pair_why or item.pair_awaiting:
            raise table.fail("pair", "is for measures whose direction is ambiguous")
        return
    if item.measured and len(item.readings) != 2:
        raise table.fail("readings", "should give two readings, because the direction is ambiguous")
    if item.measured and len(item.falls) != 2:
        raise table.fail("falls", "should give two readings of a fall, because the direction is ambiguous")
    if not item.pair:
        raise table.fail("pair", "is missing: an ambiguous measure is read together with another")
    if not item.pair_why.strip():
        raise table.fail("pair_why", "is missing: say what the pair tells")
    for key, slug in (("pair", item.pair), ("pair_awaiting", item.pair_awaiting)):
        if slug == item.slug:
            raise table.fail(key, "names the indicator itself")


def source(path: Path) -> Source:
    """The dataset that a file declares; its id is the file's name."""
    table = toml(path)
    item = Source(
        id=path.stem,
        title=table.text("title"),
        publisher=table.text("publisher"),
        url=table.text("url"),
        licence=table.text("licence"),
        attribution=table.text("attribution"),
        retrieved=table.day("retrieved", None),
        geography=table.text("geography"),
        method=table.text("method"),
        caveats=table.texts("caveats", []),
        updates=table.text("updates", ""),
        reference=table.take("reference", bool, False),
    )
    table.end()
    return item


def event(table: Table) -> Event:
    """A break, an event or a caution."""
    item = Event(
        id=table.text("id"),
        title=table.text("title"),
        short=table.text("short"),
        kind=table.text("kind"),
        text=table.text("text"),
        start=table.day("start", None),
        finish=table.day("finish", None),
        url=table.text("url", ""),
    )
    table.end()
    if item.kind not in ("break", "event", "caveat"):
        raise table.fail("kind", "should be break, event or caveat")
    if item.kind != "caveat" and item.start is None:
        raise table.fail("start", "is missing: a break or event has a date")
    return item


def outcome(table: Table) -> Outcome:
    """An outcome that the plan wants."""
    item = Outcome(
        id=table.text("id"),
        text=table.text("text"),
        page=table.take("page", int),
        direction=table.word("direction", Direction) if table.has("direction") else None,
        measures=table.text("measures", ""),
    )
    table.end()
    return item


def priority(table: Table) -> Priority:
    """A priority with its outcomes and themes."""
    item = Priority(
        slug=table.text("slug"),
        number=table.take("number", int, None),
        title=table.text("title"),
        short=table.text("short"),
        question=table.text("question"),
        page=table.take("page", int),
        boards=table.texts("boards"),
        focus=table.texts("focus", []),
        why=table.texts("why", []),
        aims=table.texts("aims", []),
        outcomes=tuple(map(outcome, table.tables("outcome"))),
        delivery=table.texts("delivery", []),
        headlines=table.texts("headlines", []),
        maps=table.texts("maps", []),
        indicators=table.texts("indicators", []),
        themes=tuple(map(theme, table.tables("theme"))),
    )
    table.end()
    return item


def theme(table: Table) -> Theme:
    """A theme of a priority."""
    item = Theme(
        id=table.text("id"),
        title=table.text("title"),
        question=table.text("question"),
        measures=table.texts("measures", []),
        pictures=table.words("pictures", ThemePicture, []),
    )
    table.end()
    if len(item.title) > BUTTON:
        raise table.fail("title", f"is longer than {BUTTON} letters: '{item.title}'")
    if not item.question.endswith("?"):
        raise table.fail("question", "should end with a question mark")
    if not item.measures and not item.pictures:
        raise table.fail("measures", "is empty, and there is no picture either")
    return item


def board(table: Table) -> Board:
    """A board of the partnership."""
    item = Board(table.text("id"), table.text("title"), table.text("note", ""), table.take("page", int))
    table.end()
    return item


def target(table: Table) -> Target:
    """A numeric target of the plan."""
    item = Target(
        figure=table.text("figure"),
        indicator=table.text("indicator", ""),
        title=table.text("title"),
        value=table.take("value", float),
        unit=table.text("unit"),
        readings=tuple(map(_reading, table.tables("reading"))),
        baseline=table.text("baseline"),
        page=table.take("page", int),
        why_unjudged=table.text("why_unjudged"),
        due=table.month("due"),
        volume=table.text("volume", ""),
        lacking=table.text("lacking", ""),
    )
    table.end()
    return item


def _reading(table: Table) -> Reading:
    start = Span(table.month("first"), table.month("last")) if table.has("first") else None
    item = Reading(table.text("words"), table.text("how"), start)
    table.end()
    if item.how not in ("points", "percent", "level"):
        raise table.fail("how", "should be points, percent or level")
    if item.how != "level" and item.start is None:
        raise table.fail("first", "is missing: a change starts from a period")
    return item


def check(table: Table) -> Check:
    """A claim of the plan to hold against the official series."""
    item = Check(
        figure=table.text("figure"),
        indicator=table.text("indicator"),
        measure=table.text("measure"),
        first=table.text("first"),
        last=table.text("last"),
        prior_first=table.text("prior_first", ""),
        prior_last=table.text("prior_last", ""),
        why=table.text("why"),
        same=table.take("same", bool, True),
    )
    table.end()
    if item.measure not in ("level", "change", "survey", "rank"):
        raise table.fail("measure", "should be level, change, survey or rank")
    return item


def own_numbers(table: Table) -> OwnNumbers:
    """A change that the plan states in percent and in number."""
    item = OwnNumbers(table.text("figure"), table.text("added"))
    table.end()
    return item


def contradiction(table: Table) -> Contradiction:
    """A place where the plan contradicts itself."""
    item = Contradiction(
        table.take("number", int), table.text("title"), table.text("text"), tuple(table.take("pages", list))
    )
    table.end()
    return item


def contact(table: Table) -> Contact:
    """A way to report or to get help."""
    item = Contact(
        table.text("group"),
        table.text("title"),
        table.text("how"),
        table.text("link", ""),
        table.take("page", int),
        table.text("note", ""),
    )
    table.end()
    return item


def passage(table: Table) -> Passage:
    """A paragraph of the plan in our words."""
    item = Passage(table.text("section"), table.text("title"), table.text("text"), table.take("page", int))
    table.end()
    return item


def figure(table: Table) -> PlanFigure:
    """A figure that the plan states, from a row of the CSV."""
    numbers = table.text("contradictions", "")
    item = PlanFigure(
        id=table.text("id"),
        kind=table.word("kind", FigureKind),
        indicator=table.text("indicator", ""),
        priority=table.text("priority"),
        outcome=table.text("outcome", ""),
        board=table.text("board", ""),
        theme=table.text("theme"),
        name=table.text("name"),
        value=table.text("value"),
        unit=table.text("unit"),
        comparison=table.text("comparison", ""),
        period=table.text("period", ""),
        direction=table.word("direction", Direction),
        page=int(table.text("page")),
        target=table.text("target", ""),
        rating=table.text("rating", ""),
        trust=table.word("trust", Trust),
        base=table.text("base", ""),
        holder=table.text("holder", ""),
        contradictions=tuple(int(number) for number in numbers.split(";") if number),
        note=table.text("note", ""),
    )
    table.end()
    return item


def harm(table: Table) -> HarmIndex:
    """The weights of harm, with what they leave out."""
    item = HarmIndex(
        title=table.text("title"),
        source=table.text("source"),
        url=table.text("url"),
        as_at=table.text("as_at"),
        method=table.text("method"),
        excluded=tuple(map(_excluded, table.tables("excluded"))),
        classes=tuple(map(_harm_class, table.tables("class"))),
    )
    table.end()
    if not item.classes:
        raise table.fail("class", "is missing: nothing has a weight")
    return item


def _excluded(table: Table) -> tuple[str, str]:
    item = (table.text("what"), table.text("why"))
    table.end()
    return item


def _harm_class(table: Table) -> HarmClass:
    item = HarmClass(
        label=table.text("label"),
        indicators=table.texts("indicators"),
        mean=table.take("mean", float),
        median=table.take("median", float),
    )
    table.end()
    if not item.indicators:
        raise table.fail("indicators", "is empty")
    for key, days in (("mean", item.mean), ("median", item.median)):
        if not 0 < days < float("inf"):
            raise table.fail(key, "should be a number of days above zero")
    return item
