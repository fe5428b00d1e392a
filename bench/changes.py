"""What a reader's change of the ward map costs: a run that changes it, beside the same change of the twin."""

from __future__ import annotations

import base64
import json
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import numpy as np
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.client import Run, viewer
from bench.pages import CHANGES, RERUNS, VIEWS
from bench.server import BenchError, Server

BEFORE = next(view for view in VIEWS if view[0] == "map")


@dataclass(frozen=True)
class MapChange:
    """A run after another view of the map, beside the twin's. Times in seconds, sizes in bytes.

    `first` is the run that made the panels. `kept_size` is what a viewer receives that keeps large messages. `element`
    is the message that draws the map; `shapes` the traces of the wards in it. `times` and `times_on_page` say how often
    one and the same ring of a ward is sent in the map and in the whole run.
    """

    name: str
    query: str
    first: float
    seconds: float
    twin: float
    ratio: float
    low: float
    high: float
    size: int
    twin_size: int
    kept_size: int
    element: int
    shapes: int
    times: int
    times_on_page: int


async def measure(app: Server, twin: Server, runs: dict[str, tuple[Run, Run]]) -> list[MapChange]:
    """Each change in turn with the twin's, from the same view before and with its panels made."""
    found = []
    for name, page, query in CHANGES:
        before, its_before, its_query = BEFORE[2], f"of={quote(BEFORE[0])}", f"of={quote(name)}"
        pairs = []
        async with viewer(app.port, page, prompt=True) as real, viewer(twin.port, page, prompt=True) as copy:
            for turn in range(RERUNS + 3):
                await real.run(before)
                await copy.run(its_before)
                if turn % 2:
                    ours, its = await real.run(query), await copy.run(its_query)
                else:
                    its, ours = await copy.run(its_query), await real.run(query)
                pairs.append((ours.seconds, its.seconds))
        async with viewer(app.port, page, keeps=True) as browser:
            await browser.run(before)
            kept = await browser.run(query)
        pairs = pairs[3:]  # the others warm up
        low, _, high = statistics.quantiles((mine / copied for mine, copied in pairs), n=4)
        seconds, floor = (statistics.median(times) for times in zip(*pairs, strict=True))
        slug = query.split("indicator=")[1].split("&")[0]
        element, figure = _ward_map(ours, f"map-{slug}")
        wards = list(_wards(figure))
        once = _rings(wards)
        everywhere = _rings(trace for _, _, other in _charts(ours) for trace in _wards(other))
        found.append(
            MapChange(
                name=name,
                query=query,
                first=runs[name][0].seconds,
                seconds=seconds,
                twin=floor,
                ratio=seconds / floor,
                low=low,
                high=high,
                size=ours.size,
                twin_size=its.size,
                kept_size=kept.size,
                element=element,
                shapes=sum(len(json.dumps(trace, separators=(",", ":"))) for trace in wards),
                times=max(once.values()),
                times_on_page=max(everywhere[ring] for ring in once),
            )
        )
    return found


def _charts(run: Run) -> Iterable[tuple[int, str, dict[str, Any]]]:
    """Size of the message, identity and figure of each chart that a run drew."""
    for raw in run.deltas:
        element = ForwardMsg.FromString(raw).delta.new_element
        if element.WhichOneof("type") == "plotly_chart":
            yield len(raw), element.plotly_chart.id, json.loads(element.plotly_chart.spec)


def _ward_map(run: Run, key: str) -> tuple[int, dict[str, Any]]:
    for size, identity, figure in _charts(run):
        if identity.endswith(f"-{key}"):
            return size, figure
    raise BenchError(f"The page drew no map with the key {key}.")


def _wards(figure: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The filled traces with an outline. Water and the bands of other charts have none."""
    for trace in figure["data"]:
        if trace.get("fill") == "toself" and trace.get("line", {}).get("width"):
            yield trace


def _rings(traces: Iterable[dict[str, Any]]) -> Counter[bytes]:
    """How often each ring of coordinates occurs."""
    found: Counter[bytes] = Counter()
    for trace in traces:
        points = np.stack([_numbers(trace[axis]) for axis in "xy"], axis=1)
        breaks = np.flatnonzero(np.isnan(points[:, 0]))
        found.update(ring[~np.isnan(ring[:, 0])].tobytes() for ring in np.split(points, breaks))
    return found


def _numbers(values: Any) -> np.ndarray[Any, Any]:
    if isinstance(values, dict):  # plotly's packed arrays
        return np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"]).astype("f4")
    return np.asarray([np.nan if value is None else value for value in values], dtype="f4")
