"""Sensitive measures that a public instance shows at borough level only, and those that would reveal them by subtraction.

The rule. Of a measure with `parts`, one that is held back could be worked out from the whole and the others. So at least two
parts of such a set are held back: after those that are sensitive, the ones that are declared last, as far as they have no
parts of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from csp_dash.domain.indicator import Indicator

FEWEST = 2


def held_back(items: Mapping[str, Indicator]) -> frozenset[str]:
    """Slugs of the measures that have no figures of wards in public."""
    found = {slug for slug, item in items.items() if item.sensitive}
    while more := {slug for item in items.values() for slug in _beside(item, items, found)}:
        found |= more
    return frozenset(found)


def lacking(items: Mapping[str, Indicator]) -> str:
    """The first set of which one part alone is held back, as the rule finds no second; empty where there is none."""
    found = held_back(items)
    return next((slug for slug, item in items.items() if len(found.intersection(item.parts)) == 1), "")


def _beside(item: Indicator, items: Mapping[str, Indicator], found: set[str]) -> list[str]:
    """The parts of a set that join the one that is held back."""
    held = found.intersection(item.parts)
    if not held:
        return []
    others = [slug for slug in reversed(item.parts) if slug not in held and not items[slug].parts]
    return others[: max(0, FEWEST - len(held))]
