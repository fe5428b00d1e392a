"""Each page against its twin: the same elements, in the same containers, from constants."""

from __future__ import annotations

import pickle
import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.client import Run, viewer
from bench.recording import Recording
from bench.server import Server
from csp_dash.ui.frame import PAGES

UNLIKE = 0.02  # part of a page's bytes by which a twin that draws the same may differ
RERUNS = 25  # timed reruns of each page and of its twin, in turn


VIEWS = [
    *((card.slug, card.slug, "") for card in PAGES),
    ("map", "explore", "indicator=burglary&view=map"),
    ("below the ward", "explore", "indicator=burglary&view=small"),
    ("a ward's map", "neighbourhood_crime", "indicator=burglary&ward=E05009336&map=unusual"),
]
"""What is measured: a name, its page, its query."""
CHANGES = [
    ("count to rate", "explore", "indicator=burglary&measure=rate&view=map"),
    ("count to unusual", "explore", "indicator=burglary&view=map&map=unusual"),
    ("another measure", "explore", "indicator=vehicle_crime&view=map"),
]
"""Views that differ from the view "map" in one choice of the reader's; `bench.changes` measures the way to them."""


def address(slug: str) -> str:
    """The name that a page answers at."""
    return "" if slug == PAGES[0].slug else slug


@dataclass(frozen=True)
class PageCost:
    """A page beside its twin. Times in seconds; `low` and `high` are the quartiles of the pairwise ratios."""

    page: str
    first: float
    first_bytes: int
    first_messages: int
    rerun: float
    twin: float
    ratio: float
    low: float
    high: float
    above_empty: float | None
    rerun_bytes: int
    rerun_messages: int
    twin_bytes: int
    twin_differs: str


async def record(app: Server, folder: Path) -> dict[str, tuple[Run, Run]]:
    """First run and rerun of each view, kept in the folder for the twin."""
    runs = {}
    kept = {}
    for name, slug, query in (*VIEWS, *CHANGES):
        async with viewer(app.port, address(slug)) as one:
            runs[name] = await one.run(query), await one.run(query)
            again = runs[name][1]
            kept[name] = Recording(again.deltas, {url: app.get(url) for url in _files(again)})
    (folder / "recording.pickle").write_bytes(pickle.dumps(kept))
    return runs


def _files(run: Run) -> list[str]:
    """Addresses of the files that a run's download buttons offer."""
    messages = [ForwardMsg.FromString(raw) for raw in run.deltas]
    elements = [message.delta.new_element for message in messages if message.delta.WhichOneof("type") == "new_element"]
    buttons = [item.download_button for item in elements if item.WhichOneof("type") == "download_button"]
    return [button.url for button in buttons if button.url]


async def against_twin(app: Server, twin: Server, runs: dict[str, tuple[Run, Run]]) -> tuple[list[PageCost], float]:
    """The cost of each page beside its twin, and the latency of a page with the menu alone, in seconds."""
    empty = await _empty(twin)
    costs = []
    for name, slug, query in VIEWS:
        copied = f"of={quote(name)}"
        at = address(slug)
        async with viewer(app.port, at, prompt=True) as real, viewer(twin.port, at, prompt=True) as copy:
            for _ in range(3):  # warm
                page_run, twin_run = await real.run(query), await copy.run(copied)
            pairs = []
            for turn in range(RERUNS):
                if turn % 2:
                    ours, its = (await real.run(query)).seconds, (await copy.run(copied)).seconds
                else:
                    its, ours = (await copy.run(copied)).seconds, (await real.run(query)).seconds
                pairs.append((ours, its))
        rerun, floor = (statistics.median(times) for times in zip(*pairs, strict=True))
        low, _, high = statistics.quantiles((ours / its for ours, its in pairs), n=4)
        first = runs[name][0]
        costs.append(
            PageCost(
                page=name,
                first=first.seconds,
                first_bytes=first.size,
                first_messages=first.messages,
                rerun=rerun,
                twin=floor,
                ratio=rerun / floor,
                low=low,
                high=high,
                above_empty=(rerun - empty) / (floor - empty) if floor > 2 * empty else None,
                rerun_bytes=page_run.size,
                rerun_messages=page_run.messages,
                twin_bytes=twin_run.size,
                twin_differs=_differs(page_run, twin_run),
            )
        )
    return costs, empty


async def _empty(twin: Server) -> float:
    async with viewer(twin.port, "", prompt=True) as one:
        times = [(await one.run("empty=1")).seconds for _ in range(RERUNS + 3)]
    return statistics.median(times[3:])


def _differs(page: Run, twin: Run) -> str:
    """What the twin draws elsewhere or not at all, in words; empty when each element and container has its place."""
    ours, its = _drawn(page), _drawn(twin)
    missing, extra = ours - its, its - ours
    if not missing and not extra:
        alike = abs(page.size - twin.size) <= UNLIKE * page.size
        return "" if alike else f"{twin.size} bytes, the page {page.size}"
    return f"{missing.total()} not in the twin, {extra.total()} only there: {[*missing, *extra][:4]}"


def _drawn(run: Run) -> Counter[tuple[object, ...]]:
    """What a run drew: kind, place, whether it is part of a fragment, what can be selected, what is made on a click."""
    found: Counter[tuple[object, ...]] = Counter()
    for raw in run.deltas:
        message = ForwardMsg.FromString(raw)
        kind = message.delta.WhichOneof("type")
        if kind in ("new_element", "add_block"):
            made = getattr(message.delta, kind)
            what = str(made.WhichOneof("type"))
            item = getattr(made, what, None)
            modes = tuple(getattr(item, "selection_mode", ()))
            deferred = bool(getattr(item, "deferred_file_id", ""))
            place = ".".join(map(str, message.metadata.delta_path))
            found[what, place, bool(message.delta.fragment_id), modes, deferred] += 1
    return found
