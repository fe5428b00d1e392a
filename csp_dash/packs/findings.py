"""What a page says first: one answer to its question, and the screens of the board."""

from __future__ import annotations

from dataclasses import dataclass

from csp_dash.analytics import wording
from csp_dash.domain.catalogue import Priority
from csp_dash.domain.words import Trust
from csp_dash.packs.data import Data
from csp_dash.packs.tile import Tile


def answer(tiles: tuple[Tile, ...]) -> str:
    """One sentence that answers a page's question from its headline tiles: worse, better, unclear, the same.

    Measures whose open figures stopped long ago come last, with the month in which they end.
    """
    parts = []
    for ends in dict.fromkeys(item.ends for item in sorted(tiles, key=lambda item: bool(item.ends))):
        clauses = _clauses([item for item in tiles if item.ends == ends])
        if clauses:
            parts.append(f"{'; '.join(clauses)}{f' (open figures end in {ends})' if ends else ''}")
    text = "; ".join(parts)
    return f"{wording.capital(text)}." if text else "There are no figures to answer from."


def _clauses(tiles: list[Tile]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for item in tiles:
        groups.setdefault(_group(item), []).append(wording.inside(item.title))
    words = {
        "bad": "got worse",
        "good": "got better",
        "up": "rose, which can be read two ways",
        "down": "fell, which can be read two ways",
        "same": "show no detectable change",
        "unknown": "cannot be judged",
    }
    found = []
    for key, verb in words.items():
        if key in groups:
            alone = len(groups[key]) == 1 and key == "same"
            found.append(f"{wording.listed(groups[key])} {'shows no detectable change' if alone else verb}")
    return found


def _group(item: Tile) -> str:
    if item.state.tone in ("good", "bad"):
        return item.state.tone
    if item.state.tone == "unknown":
        return "unknown"
    return {"Rising": "up", "Falling": "down"}.get(item.state.word, "same")


@dataclass(frozen=True)
class Screen:
    """One finding of the board: where it stands in the plan, and the measure that bears it out."""

    priority: Priority
    indicator: str
    kind: str


def screens(data: Data) -> tuple[Screen, ...]:
    """The board's screens in the plan's order: each headline and each partner return as a trend, then the first ward map."""
    found = []
    for priority in data.catalogue.priorities.values():
        shown = [slug for slug in priority.headlines if data.shows(data.catalogue.indicators[slug])]
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
