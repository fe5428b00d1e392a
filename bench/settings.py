"""What the project's server settings are worth: the same app with them, and with Streamlit's own defaults."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from bench.client import load
from bench.pages import address
from bench.server import Server

SLUGS = ("overview", "neighbourhood_crime", "violence")
VIEWERS = (1, 10)
BLOCK = 2.5  # seconds of load in one block
DEFAULTS = ("--runner.postScriptGC", "true", "--server.fileWatcherType", "auto")


@dataclass(frozen=True)
class Load:
    """Reruns a second and median latency (s) of a page under load, with the project's settings and with defaults."""

    page: str
    viewers: int
    rate: float
    latency: float
    default_rate: float
    default_latency: float

    @property
    def rate_ratio(self) -> float:
        """How many times the reruns a second of the defaults."""
        return self.rate / self.default_rate

    @property
    def latency_ratio(self) -> float:
        """The latency as a part of that with the defaults."""
        return self.latency / self.default_latency


async def compare(app: Server, defaults: Server) -> list[Load]:
    """Both servers under the same load, in turns (ours, defaults, defaults, ours), so that a drift hits both."""
    found = []
    for viewers in VIEWERS:
        for slug in SLUGS:
            taken: dict[str, list[float]] = {app.name: [], defaults.name: []}
            wall = {app.name: 0.0, defaults.name: 0.0}
            for server in (app, defaults, defaults, app):
                times, seconds = await load(server.port, address(slug), viewers, BLOCK)
                taken[server.name] += times
                wall[server.name] += seconds
            rate = {name: len(times) / wall[name] for name, times in taken.items()}
            middle = {name: statistics.median(times) for name, times in taken.items()}
            found.append(
                Load(slug, viewers, rate[app.name], middle[app.name], rate[defaults.name], middle[defaults.name])
            )
    return found
