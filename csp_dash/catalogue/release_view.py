"""The catalogue for one release: awaiting indicators get a feed where the release has figures of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from csp_dash.catalogue.catalogue import Catalogue
from csp_dash.domain.enums import Trust
from csp_dash.domain.indicator import Feed, Indicator, Source

LICENCE = "Supplied by the partner for this dashboard"
PLAN = "csp_plan_2021"  # the source whose page stands for a partner's that has none of its own
WAITING = (Trust.AWAITING, Trust.ILLUSTRATIVE)


def return_source(slug: str) -> str:
    """The source of a partner's return of an indicator."""
    return f"return_{slug}"


def supplied(catalogue: Catalogue, held: Mapping[str, frozenset[str]]) -> Catalogue:
    """The catalogue for a release that holds these series (by source).

    An awaiting or illustrative indicator takes the figures of its partner's return where they are held, and its trust is
    then `partner`; else those of its official supplies, and its trust is `official`. A return wins over official
    figures, since it is local, and the two are never mixed in one indicator. Made-up figures, and the sources, cautions
    and words that spoke of them or of figures not being there, go. A source that was only offered is one of the sources as
    soon as the release has anything of it. A total includes the unlisted series that are held. Supplying twice changes
    nothing.
    """
    catalogue = _with_unlisted(catalogue, held)
    changed = {
        item.slug: found
        for item in catalogue.indicators.values()
        if (found := _supplied(catalogue, item, held)) is not None
    }
    arrived = [name for name in catalogue.offered if name in held and name not in catalogue.sources]
    if not changed and not arrived:
        return catalogue
    indicators = {slug: _rid(changed.get(slug, item), changed) for slug, item in catalogue.indicators.items()}
    sources = _sources(catalogue, changed, indicators)
    sources |= {name: catalogue.offered[name] for name in arrived}
    events = _events(catalogue, changed, indicators, sources)
    return replace(
        catalogue,
        indicators=indicators,
        sources=sources,
        events={name: event for name, event in catalogue.events.items() if name in events},
        targets=tuple(
            replace(target, lacking="") if target.indicator in changed else target for target in catalogue.targets
        ),
    )


def _with_unlisted(catalogue: Catalogue, held: Mapping[str, frozenset[str]]) -> Catalogue:
    """The catalogue with every feed's unlisted series that are held among its series."""

    def whole(feed: Feed) -> Feed:
        new = [name for name in feed.unlisted if name in held.get(feed.source, ()) and name not in feed.series]
        return replace(feed, series=(*feed.series, *new))

    changed = {
        slug: replace(item, feeds=feeds)
        for slug, item in catalogue.indicators.items()
        if (feeds := tuple(map(whole, item.feeds))) != item.feeds
    }
    return replace(catalogue, indicators=catalogue.indicators | changed) if changed else catalogue


def _supplied(catalogue: Catalogue, item: Indicator, held: Mapping[str, frozenset[str]]) -> Indicator | None:
    """The indicator with the figures that are held; None where it waits for none, or none are."""
    if item.trust not in WAITING:
        return None
    own = return_source(item.slug)
    if item.asks and item.slug in held.get(own, ()):
        feeds: tuple[Feed, ...] = (Feed(item.asks.areas, own, (item.slug,)),)
        trust = Trust.PARTNER
    else:
        there = [supply for supply in item.supplies if supply.needed <= held.get(supply.feed.source, frozenset())]
        if not there:
            return None
        feeds, trust = tuple(supply.feed for supply in there), there[0].trust
    made_up = {name for source in item.sources for name in catalogue.sources[source].caveats}
    return replace(
        item,
        feeds=feeds,
        trust=trust,
        plain=item.asks.plain if item.asks and item.asks.plain else item.plain,
        caveats=tuple(name for name in item.caveats if name not in made_up),
        base=None if trust is Trust.PARTNER else item.base,  # a return gives its own denominators
    )


def _rid(item: Indicator, changed: Mapping[str, Indicator]) -> Indicator:
    """The indicator without the remark that another one waits for figures, where it no longer does."""
    return replace(item, pair_awaiting="") if item.pair_awaiting in changed else item


def _sources(
    catalogue: Catalogue, changed: Mapping[str, Indicator], indicators: Mapping[str, Indicator]
) -> dict[str, Source]:
    """Sources without those that served made-up figures alone, and with those of the returns."""
    used = {name for item in indicators.values() for name in item.sources}
    before = {name for slug in changed for name in catalogue.indicators[slug].sources}
    sources = {name: source for name, source in catalogue.sources.items() if name not in before - used}
    for item in changed.values():
        if item.trust is Trust.PARTNER:
            sources[return_source(item.slug)] = _card(catalogue, item)
    return sources


def _card(catalogue: Catalogue, item: Indicator) -> Source:
    """What is known of a return before its card is read. The day that it was taken in stands on the release's card."""
    plan = catalogue.sources.get(PLAN)
    places = "the wards and the borough" if item.asks and len(item.asks.areas) > 1 else "the borough"
    return Source(
        id=return_source(item.slug),
        title=f"{item.title}: partner return",
        publisher=item.holder,
        url=plan.url if plan else "",
        licence=LICENCE,
        attribution=f"Figures supplied by {item.holder}.",
        retrieved=None,
        geography=places,
        method="Taken as the partner gave them. A period whose figures are not known, or were withheld because they are small,"
        " has no figure; the borough is the sum of its wards where only wards were given and all are there.",
        caveats=(),
        updates="as the partner hands in returns",
    )


def _events(
    catalogue: Catalogue,
    changed: Mapping[str, Indicator],
    indicators: Mapping[str, Indicator],
    sources: Mapping[str, Source],
) -> set[str]:
    """Names of the events that stay: all but those that only made-up figures had."""
    before = {name for slug in changed for name in catalogue.indicators[slug].caveats}
    before |= {name for source in catalogue.sources.values() if source.id not in sources for name in source.caveats}
    still = {name for item in indicators.values() for name in (*item.caveats, *item.breaks, *item.events)}
    still |= {name for source in sources.values() for name in source.caveats}
    return set(catalogue.events) - (before - still)
