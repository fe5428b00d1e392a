"""What one viewer's view costs a server: warm, and cold, which is a view that nobody has seen."""

from __future__ import annotations

import random
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.client import Viewer, viewer
from bench.server import Server

HOME = "overview"  # answers at the empty name
FIXED = ("plan", "methods", "board", "changes")  # pages that a filter changes little
WARDS = [f"E050093{number}" for number in range(17, 37)]
MEASURES = ("burglary", "asb", "violence_all", "shoplifting", "robbery_personal", "vehicle_crime")
PERIODS = ("24m", "fytd", "since")
RUNS = 6  # warm runs in a turn
COLD = 3  # cold views of each page


@dataclass(frozen=True)
class Cost:
    """Medians of some runs: processor seconds of the server, seconds of the viewer, bytes; and the spread of the seconds,
    as the distance of its quartiles in parts of the median."""

    processor: float
    seconds: float
    size: float
    spread: float


Costs = dict[str, dict[str, Cost]]
"""By server, by page."""


def address(page: str) -> str:
    """The name that a page answers at."""
    return "" if page == HOME else page


def own_view(page: str, draw: random.Random) -> str:
    """A query with a ward, a measure and a period of one's own."""
    words = [f"ward={draw.choice(WARDS)}"]
    if draw.random() < 0.4:
        words.append("measure=rate")
    if draw.random() < 0.3:
        words.append(f"period={draw.choice(PERIODS)}")
    if page == "explore":
        words.append(f"indicator={draw.choice(MEASURES)}")
    return "&".join(words)


async def warm(servers: Sequence[Server], pages: Iterable[str]) -> Costs:
    """Runs of each page that has just been seen; the servers take turns, there and back."""
    found: Costs = defaultdict(dict)
    for page in pages:
        taken = defaultdict(list)
        for server in (*servers, *reversed(servers)):
            async with viewer(server.port, address(page)) as one:
                await one.run()
                await one.run()
                taken[server.name].append(await _measure(server, one, [""] * RUNS))
        for name, turns in taken.items():
            found[name][page] = _cost([run for turn in turns for run in turn])
    return found


async def empty(server: Server) -> Cost:
    """Runs of the empty page, many, for they are short beside the clock of the system."""
    async with viewer(server.port, "") as one:
        await one.run()
        return _cost(await _measure(server, one, [""] * 20 * RUNS))


async def cold(servers: Sequence[Server], pages: Iterable[str], seed: int) -> Costs:
    """Views that none of the servers has shown, the same for all; they take turns."""
    found: Costs = defaultdict(dict)
    for page in pages:
        draw = random.Random(f"{seed} {page}")
        taken = defaultdict(list)
        views: list[str] = []
        while len(views) < COLD:
            view = f"{own_view(page, draw)}&ward={draw.choice(WARDS)}"  # two wards: no crowd asks for that
            views += [view] if view not in views else []
        for turn, view in enumerate(views):
            for server in servers if turn % 2 else reversed(servers):
                async with viewer(server.port, address(page)) as one:
                    taken[server.name] += await _measure(server, one, [view])
        for name, runs in taken.items():
            found[name][page] = _cost(runs)
    return found


async def _measure(server: Server, one: Viewer, queries: list[str]) -> list[tuple[float, float, int]]:
    """Processor seconds (the mean of all), seconds and bytes of each run."""
    before = server.processor()
    runs = [await one.run(query) for query in queries]
    each = (server.processor() - before) / len(runs)
    return [(each, run.seconds, run.size) for run in runs]


def _cost(runs: list[tuple[float, float, int]]) -> Cost:
    processor, seconds, size = (statistics.median(values) for values in zip(*runs, strict=True))
    low, _, high = statistics.quantiles((run[1] for run in runs), n=4)
    return Cost(processor, seconds, size, (high - low) / seconds)
