"""The measurements as plain tables, and as a file."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.changes import MapChange
from bench.pages import RERUNS, PageCost
from bench.settings import BLOCK, Load

OUT = Path(__file__).with_name("out") / "latest.json"


def pages(costs: list[PageCost], empty: float) -> str:
    """The first table: each page beside its twin."""
    head = ("page", "rerun ms", "twin ms", "ratio", "quartiles", "above empty", "rerun kB", "msgs", "twin kB")
    lines = [
        (
            cost.page,
            f"{cost.rerun * 1000:.0f}",
            f"{cost.twin * 1000:.0f}",
            f"{cost.ratio:.2f}",
            f"{cost.low:.2f}-{cost.high:.2f}",
            "-" if cost.above_empty is None else f"{cost.above_empty:.2f}",
            f"{cost.rerun_bytes / 1000:.1f}",
            str(cost.rerun_messages),
            f"{cost.twin_bytes / 1000:.1f}",
        )
        for cost in costs
    ]
    notes = [f"! The twin of {cost.page} differs: {cost.twin_differs}" for cost in costs if cost.twin_differs]
    return "\n".join(
        [
            f"A rerun of each page beside its twin, which draws the same elements from constants (median of {RERUNS}, in turn)",
            _table(head, lines),
            *notes,
            "Viewers acknowledge each packet at once, so that the times hold no waiting of the network's.",
            f"A page with the menu alone takes {empty * 1000:.0f} ms, which is in every time above. 'above empty' is the ratio of what is over it.",
            "Left out of the twin: reading and writing the URL, cache look-ups, the sentences made in each run, functions that",
            "name options, widget state from the URL. Badges are markdown there; a deck's text is a constant, as a panel's is in the app.",
        ]
    )


def maps(changes: list[MapChange]) -> str:
    """What a reader's change of the ward map costs."""
    head = ("change", "ms", "twin ms", "ratio", "quartiles", "first ms", "kB", "twin kB", "kept kB")
    lines = [
        (
            item.name,
            f"{item.seconds * 1000:.0f}",
            f"{item.twin * 1000:.0f}",
            f"{item.ratio:.2f}",
            f"{item.low:.2f}-{item.high:.2f}",
            f"{item.first * 1000:.0f}",
            f"{item.size / 1000:.1f}",
            f"{item.twin_size / 1000:.1f}",
            f"{item.kept_size / 1000:.1f}",
        )
        for item in changes
    ]
    inside = [
        (item.name, str(item.element), str(item.shapes), str(item.times), str(item.times_on_page)) for item in changes
    ]
    return "\n".join(
        [
            f"A map's change: from burglary counts on the explore page's map (median of {RERUNS}, in turn with the twin's)",
            _table(head, lines),
            "The whole run. 'first' made the panels; 'kept' is what a viewer receives that keeps large messages, like a browser.",
            "",
            "Inside it: bytes of the message that draws the ward map, and of the wards' shapes in it",
            _table(("change", "map bytes", "shapes bytes", "times in map", "times in run"), inside),
            "'times' says how often one and the same ring of a ward is sent: in the map, and in all maps of the run together.",
        ]
    )


def first(costs: list[PageCost]) -> str:
    """The second table: what the first view of each page costs."""
    lines = [
        (
            cost.page,
            f"{cost.first * 1000:.0f}",
            f"{cost.first_bytes / 1000:.1f}",
            str(cost.first_messages),
            f"{cost.rerun_bytes / 1000:.1f}",
            str(cost.rerun_messages),
        )
        for cost in costs
    ]
    return "\n".join(
        [
            "First run of each page on a server that has just started (its panels are made then), and bytes and messages of a run",
            _table(("page", "first ms", "first kB", "msgs", "rerun kB", "msgs"), lines),
            "The first row has the start of the app in it. A browser receives less in a rerun: it keeps messages, these viewers do not.",
        ]
    )


def settings(loads: list[Load]) -> str:
    """The third table: the project's settings beside Streamlit's defaults."""
    head = ("page", "viewers", "reruns/s", "default", "ratio", "p50 ms", "default", "ratio")
    lines = [
        (
            item.page,
            str(item.viewers),
            f"{item.rate:.1f}",
            f"{item.default_rate:.1f}",
            f"{item.rate_ratio:.2f}",
            f"{item.latency * 1000:.0f}",
            f"{item.default_latency * 1000:.0f}",
            f"{item.latency_ratio:.2f}",
        )
        for item in loads
    ]
    return "\n".join(
        [
            f"Viewers that ask for run after run, with the project's settings and with Streamlit's defaults (two blocks of {BLOCK} s each)",
            _table(head, lines),
            "Project: runner.postScriptGC off, no file watcher, heap frozen after the start. Defaults: on, auto, not frozen.",
            "Unlike above, these viewers acknowledge packets when Linux likes to: a lone viewer's rerun holds up to 40 ms of waiting.",
        ]
    )


def write(costs: list[PageCost], empty: float, changes: list[MapChange], loads: list[Load], seconds: float) -> Path:
    """Keep the figures as JSON (seconds, bytes)."""
    OUT.parent.mkdir(exist_ok=True)
    content = {
        "machine": {"processors": os.cpu_count(), "load": os.getloadavg()},
        "seconds": seconds,
        "empty_page": empty,
        "pages": [asdict(cost) for cost in costs],
        "map_changes": [asdict(item) for item in changes],
        "settings": [
            asdict(item) | {"rate_ratio": item.rate_ratio, "latency_ratio": item.latency_ratio} for item in loads
        ],
    }
    OUT.write_text(json.dumps(content, indent=1) + "\n")
    return OUT


def _table(head: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    wide = [max(len(line[place]) for line in (head, *lines)) for place in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, wide, strict=True))
        )
        for line in (head, *lines)
    )
