"""What each page may cost: `bench/budget.toml` against what was measured."""

from __future__ import annotations

import tomllib
from pathlib import Path

from bench.views import Cost

FILE = Path(__file__).with_name("budget.toml")
WORDS = {"kilobytes": "kB for a warm run", "warm": "times the empty page's processor time, warm", "cold": "times, cold"}


def read() -> dict[str, dict[str, float]]:
    """The limits of each page."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def measured(warm: dict[str, Cost], cold: dict[str, Cost], empty: Cost) -> dict[str, dict[str, float]]:
    """What each page costs, in the budget's words."""
    return {
        page: {"kilobytes": cost.size / 1000, "warm": cost.processor / empty.processor}
        | ({"cold": cold[page].processor / empty.processor} if page in cold else {})
        for page, cost in warm.items()
    }


def outgrown(found: dict[str, dict[str, float]], limits: dict[str, dict[str, float]]) -> list[str]:
    """A sentence for each page that costs more than it may, or that has no budget."""
    said = []
    for page, costs in found.items():
        for name, cost in costs.items():
            limit = limits.get(page, {}).get(name)
            if limit is None:
                said.append(
                    f"{page} has no budget for {name} (measured: {cost:.0f}). Give it one in bench/budget.toml."
                )
            elif cost > limit:
                said.append(f"{page} costs {cost:.0f} {WORDS[name]}; its budget is {limit:g}.")
    return said
