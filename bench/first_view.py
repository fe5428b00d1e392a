"""Seconds until a first view is complete in a real Chromium, on a desk and on a throttled phone."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

from bench.server import Server
from bench.views import address
from tests.browser.harness import FLAGS, chromium

KINDS = {"desk": (2, ("overview", "neighbourhood_crime")), "phone": (1, ("overview",))}
"""How often, and which pages: a browser that draws without a graphics card takes a minute for a throttled phone's."""
PATIENCE = 120_000  # milliseconds
READY = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.dataset.testScriptState === 'notRunning' && !document.querySelector('[data-testid="stSkeleton"]')
    && document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]')
    && [...document.querySelectorAll('[data-testid="stPlotlyChart"]')].every(chart => chart.querySelector('.main-svg'));
}"""
PHONE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}


@dataclass(frozen=True)
class FirstView:
    """Median seconds and kB over the network of a new visitor's first view of a page."""

    server: str
    page: str
    kind: str
    seconds: float
    kilobytes: float


def measure(servers: Sequence[Server], empty: Server) -> Iterator[FirstView]:
    """Pages of each server and the empty page, in turns. FileNotFoundError where there is no Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for kind, (times, pages) in KINDS.items():
            places = [(server, page) for page in pages for server in servers]
            taken = defaultdict(list)
            for _ in range(times):
                for server, page in [*places, (empty, "empty")]:
                    path = address(page) if server is not empty else ""
                    taken[server.name, page].append(_open(browser, f"http://127.0.0.1:{server.port}/{path}", kind))
            for (name, page), seen in taken.items():
                seconds, kilobytes = (statistics.median(values) for values in zip(*seen, strict=True))
                yield FirstView(name, page, kind, seconds, kilobytes)
        browser.close()


def _open(browser: Browser, url: str, kind: str) -> tuple[float, float]:
    """Seconds and kB until the page is complete for a visitor who has nothing of it yet."""
    size = {"width": 390, "height": 844} if kind == "phone" else {"width": 1366, "height": 768}
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    seen: list[float] = []
    network.on("Network.loadingFinished", lambda event: seen.append(event.get("encodedDataLength", 0)))
    network.on(
        "Network.webSocketFrameReceived", lambda event: seen.append(len(event["response"]["payloadData"]) * 3 / 4)
    )
    if kind == "phone":
        network.send("Network.emulateNetworkConditions", PHONE)
        network.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    begun = time.perf_counter()
    page.goto(url, wait_until="commit", timeout=PATIENCE)
    page.wait_for_function(READY, timeout=PATIENCE, polling=50)
    seconds = time.perf_counter() - begun
    context.close()
    return seconds, sum(seen) / 1000
