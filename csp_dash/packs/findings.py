"""What a page says first: one answer to its question, and the screens of the board."""

from __future__ import annotations

from dataclasses import dataclass

from csp_dash.analytics import narrate
from csp_dash.domain.catalogue import Priority
from csp_dash.packs.data import Data
from csp_dash.packs.tile import Tile


def answer(tiles: tuple[Tile, ...]) -> str:
    """One sentence that answers a page's question from its headline tiles, in the order worse, better, unclear, same."""
    groups: dict[str, list[str]] = {"bad": [], "good": [], "up": [], "down": [], "same": [], "unknown": []}
    for item in tiles:
        groups[_group(item)].append(item.title[:1].lower() + item.title[1:] if not item.title[:2].isupper() else item.title)
    parts = []
    for key, words in (
        ("bad", "got worse"),
        ("good", "got better"),
        ("up", "rose, which can be read two ways"),
        ("down", "fell, which can be read two ways"),
        ("same", "show no detectable change"),
        ("unknown", "cannot be judged yet"),
    ):
        if groups[key]:
            shown = words if len(groups[key]) > 1 or key != "same" else "shows no detectable change"
            parts.append(f"{narrate.listed(groups[key])} {shown}")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else "There are no figures to answer from."


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
    """The board's screens in the plan's order: each headline as a trend, then the priority's first ward map."""
    found = []
    for priority in data.catalogue.priorities.values():
        shown = [slug for slug in priority.headlines if data.shows(data.catalogue.indicators[slug])]
        found += [Screen(priority, slug, "trend") for slug in shown]
        official = [slug for slug in priority.maps if data.catalogue.indicators[slug].counts_in_headlines]
        found += [Screen(priority, slug, "map") for slug in official[:1] if data.have(data.catalogue.indicators[slug], "ward")]
    return tuple(found)
