"""Cross-checks of declarations: every reference resolves, and every declared picture can be drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from csp_dash.catalogue.catalogue import Catalogue
from csp_dash.catalogue.held_back import lacking
from csp_dash.catalogue.read import CatalogueError
from csp_dash.domain.enums import Direction, Kind, Trust
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.plan import Priority, Theme, ThemePicture

# What a picture needs of the measures of its theme, and how that is said where it is missing.
NEEDS: dict[ThemePicture, tuple[Callable[[tuple[Indicator, ...]], bool], str]] = {
    ThemePicture.MAP: (lambda items: any(item.feed(AreaKind.WARD) for item in items), "a measure with ward figures"),
    ThemePicture.BOROUGHS: (
        # A source that publishes London publishes its boroughs.
        lambda items: bool(items) and items[0].feed(AreaKind.REGION) is not None,
        "a first measure with figures for other boroughs",
    ),
    ThemePicture.PAIR: (lambda items: any(item.pair for item in items), "a measure that has a 'pair'"),
    ThemePicture.GROUPS: (
        lambda items: any(item.measured and item.denominator == "searches" for item in items),
        "the share of searches that led to action",
    ),
    ThemePicture.NIGHT: (lambda items: True, ""),
    ThemePicture.RANKS: (
        lambda items: any(item.measured and item.kind is Kind.PROPORTION and item.base for item in items),
        "a survey measure with figures",
    ),
    ThemePicture.STRANDS: (lambda items: sum(item.measured for item in items) > 1, "two measures with figures"),
}
OF_A_BASKET = (ThemePicture.NIGHT, ThemePicture.STRANDS)


def cross_check(catalogue: Catalogue) -> None:
    """CatalogueError names the file and the key at fault."""
    for item in catalogue.indicators.values():
        _indicator(catalogue, item)
        if item.pair:
            _pair(catalogue, item)
    if alone := lacking(catalogue.indicators):
        raise CatalogueError(
            f"{alone}.toml: one of its 'parts' alone is held back from the public, so the others tell it: name another part"
            " without parts of its own"
        )
    for source in (*catalogue.sources.values(), *catalogue.offered.values()):
        known(f"{source.id}.toml", source.caveats, catalogue.events, "caveat")
    for priority in catalogue.priorities.values():
        _priority(catalogue, priority)
    _themes(catalogue)
    _plan(catalogue)
    _harm(catalogue)
    known("plan.toml 'ward_profile'", catalogue.ward_profile, catalogue.indicators, "indicator")
    known("plan.toml 'overview_map'", catalogue.overview_map, catalogue.indicators, "indicator")
    known("redirects.csv", catalogue.redirects.values(), catalogue.indicators, "indicator")


def known(where: str, names: Iterable[str], declared: Iterable[object], what: str) -> None:
    """Refuse a name that is not declared; an empty name is no name."""
    declared = set(declared)
    for name in names:
        if name and name not in declared:
            raise CatalogueError(f"{where}: unknown {what} '{name}'")


def _indicator(catalogue: Catalogue, item: Indicator) -> None:
    where = f"{item.slug}.toml"
    known(where, [item.place.priority], catalogue.priorities, "priority")
    known(where, [item.place.board], catalogue.boards, "board")
    known(where, [*item.caveats, *item.breaks, *item.events], catalogue.events, "caveat, break or event")
    for key, names, kind in (("breaks", item.breaks, "break"), ("events", item.events, "event")):
        for name in names:
            if catalogue.events[name].kind != kind:
                raise CatalogueError(f"{where}: '{key}' names '{name}', which is no {kind}")
    kinds = [kind for feed in item.feeds for kind in feed.areas]
    if len(kinds) != len(set(kinds)):
        raise CatalogueError(f"{where}: two [[data]] tables give the same kind of area")
    known(where, item.sources, catalogue.sources, "source")
    known(
        f"{where} [[supply]]",
        (supply.feed.source for supply in item.supplies),
        [*catalogue.sources, *catalogue.offered],
        "source",
    )
    offers = [kind for supply in item.supplies for kind in supply.feed.areas]
    if len(offers) != len(set(offers)):
        raise CatalogueError(f"{where}: two [[supply]] tables give the same kind of area")
    known(f"{where} 'parts'", item.parts, catalogue.indicators, "indicator")
    for part in item.parts:
        if not catalogue.indicators[part].counts_in_headlines or catalogue.indicators[part].kind is not item.kind:
            raise CatalogueError(f"{where}: 'parts' names '{part}', which is no official figure of the same kind")
    outcomes = [outcome.id for outcome in catalogue.priorities[item.place.priority].outcomes]
    known(where, [item.place.outcome], outcomes, "outcome")
    if item.slug not in catalogue.priorities[item.place.priority].indicators:
        raise CatalogueError(f"{where}: priority '{item.place.priority}' does not list it under 'indicators'")


def _pair(catalogue: Catalogue, item: Indicator) -> None:
    where = f"{item.slug}.toml"
    known(f"{where} 'pair'", [item.pair], catalogue.indicators, "indicator")
    known(f"{where} 'pair_awaiting'", [item.pair_awaiting], catalogue.indicators, "indicator")
    other = catalogue.indicators[item.pair]
    if other.direction is Direction.AMBIGUOUS:
        raise CatalogueError(f"{where}: 'pair' names '{other.slug}', which is ambiguous itself")
    if item.measured and not other.counts_in_headlines:
        raise CatalogueError(f"{where}: 'pair' names '{other.slug}', which has no official figures to set beside it")
    if item.pair_awaiting and catalogue.indicators[item.pair_awaiting].trust not in (Trust.AWAITING, Trust.PLAN):
        raise CatalogueError(f"{where}: 'pair_awaiting' names '{item.pair_awaiting}', which has figures")


def _priority(catalogue: Catalogue, priority: Priority) -> None:
    where = f"plan.toml priority '{priority.slug}'"
    known(where, priority.boards, catalogue.boards, "board")
    known(where, [*priority.headlines, *priority.maps], catalogue.indicators, "indicator")
    for slug in priority.headlines:
        if not catalogue.indicators[slug].counts_in_headlines:
            raise CatalogueError(f"{where}: '{slug}' cannot be a headline; its trust is not official")
    for slug in priority.maps:
        if catalogue.indicators[slug].feed(AreaKind.WARD) is None:
            raise CatalogueError(f"{where}: '{slug}' cannot be a map; it has no ward figures")


def _themes(catalogue: Catalogue) -> None:
    """Every indicator stands in one theme of its own priority; ids of themes are unique in the whole plan."""
    ids: set[str] = set()
    for priority in catalogue.priorities.values():
        home: dict[str, str] = {}
        for theme in priority.themes:
            where = f"plan.toml priority '{priority.slug}' theme '{theme.id}'"
            if theme.id in ids:
                raise CatalogueError(f"{where}: 'id' is declared twice")
            ids.add(theme.id)
            known(f"{where} 'measures'", theme.measures, catalogue.indicators, "indicator")
            for slug in theme.measures:
                if catalogue.indicators[slug].place.priority != priority.slug:
                    raise CatalogueError(f"{where}: 'measures' names '{slug}', which belongs to another priority")
                if slug in home:
                    raise CatalogueError(f"{where}: 'measures' names '{slug}', which theme '{home[slug]}' holds")
                home[slug] = theme.id
            _pictures(catalogue, theme, where)
        for item in catalogue.of_priority(priority.slug):
            if item.slug not in home:
                raise CatalogueError(f"plan.toml priority '{priority.slug}': '{item.slug}' stands in no theme")


def _pictures(catalogue: Catalogue, theme: Theme, where: str) -> None:
    known(f"{where} 'basket'", theme.basket, catalogue.indicators, "indicator")
    items = tuple(catalogue.indicators[slug] for slug in theme.measures)
    for picture in theme.pictures:
        enough, needed = NEEDS[picture]
        if not enough(items):
            raise CatalogueError(f"{where}: 'pictures' asks for '{picture}', which needs {needed}")
    if bool(theme.basket) is not any(picture in OF_A_BASKET for picture in theme.pictures):
        raise CatalogueError(f"{where}: 'basket' belongs to a theme with a picture that is made of one, and only there")


def _plan(catalogue: Catalogue) -> None:
    for figure in catalogue.figures.values():
        where = f"plan_figures.csv '{figure.id}'"
        known(where, [figure.indicator], catalogue.indicators, "indicator")
        known(where, [figure.priority], catalogue.priorities, "priority")
        known(where, [figure.board], catalogue.boards, "board")
        known(where, map(str, figure.contradictions), map(str, catalogue.contradictions), "contradiction")
    for target in catalogue.targets:
        known("plan.toml target", [target.figure], catalogue.figures, "figure")
        known("plan.toml target", [target.indicator, target.volume], catalogue.indicators, "indicator")
    for check in catalogue.checks:
        known("checks.toml", [check.figure], catalogue.figures, "figure")
        known("checks.toml", [check.indicator], catalogue.indicators, "indicator")
    for own in catalogue.own_numbers:
        known("checks.toml", [own.figure, own.added], catalogue.figures, "figure")


def _harm(catalogue: Catalogue) -> None:
    """Weights go to official counts of the borough, and no offence is weighed twice."""
    seen: dict[tuple[str, str], str] = {}
    for group in catalogue.harm.classes:
        where = f"harm.toml class '{group.label}' 'indicators'"
        known(where, group.indicators, catalogue.indicators, "indicator")
        for slug in group.indicators:
            item = catalogue.indicators[slug]
            feed = item.feed(AreaKind.BOROUGH)
            if feed is None or item.kind is not Kind.COUNT or not item.counts_in_headlines:
                raise CatalogueError(f"{where}: '{slug}' is no official count for the borough")
            for series in feed.series:
                if (feed.source, series) in seen:
                    other = seen[feed.source, series]
                    raise CatalogueError(f"{where}: '{slug}' counts '{series}' twice; '{other}' has it already")
                seen[feed.source, series] = slug
