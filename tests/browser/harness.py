"""A real browser on a real server: this machine only, everything that goes wrong written down."""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from PIL import Image
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_A_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
FLAGS = [
    "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
    "--disable-background-networking", "--no-first-run", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]  # fmt: skip
# Streamlit asks for these below the address of a page first, and finds them at the root afterwards.
STREAMLITS_OWN = re.compile(r"^/\w+/_stcore/(health|host-config)$")
SETTLED = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app || app.dataset.testScriptState !== 'notRunning') return false;
  if (!document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]')) return false;
  if (document.querySelector('[data-testid="stSkeleton"]')) return false;
  const charts = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
  if (!charts.every(chart => chart.querySelector('.main-svg'))) return false;
  const now = document.querySelectorAll('*').length + '|' + document.body.innerText.length;
  const before = window.__before || ['', 0];
  if (before[0] !== now) { window.__before = [now, performance.now()]; return false; }
  return performance.now() - before[1] > 500;
}"""


def chromium() -> str:
    """The browser that `chromium.sh` finds or installs."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    if Path(ON_A_MAC).exists():
        return ON_A_MAC
    raise FileNotFoundError("There is no Chromium. Run: bash tests/browser/chromium.sh")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(cache: Path, app: str = "app.py", **settings: str) -> Iterator[str]:
    """A fresh server process; its address. `cache` is the folder of its database."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CSP_DASH_")}
    log = cache / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", app, "--server.port", str(port), "--server.address", "127.0.0.1"],
            cwd=ROOT,
            env={**environment, "CSP_DASH_CACHE": str(cache), **settings},
            stdout=out,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"the server did not start: {log.read_text()}") from None
                time.sleep(0.1)
        yield address
    except BaseException:
        print(log.read_text()[-4000:])  # shown beside the test that failed
        raise
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    said = log.read_text()
    assert "Traceback" not in said, said


@dataclass
class Watch:
    """What a browser tab ran into."""

    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    not_found: list[str] = field(default_factory=list)
    excused: int = 0

    def on(self, context: BrowserContext, page: Page) -> None:
        context.route(lambda url: not here(url), self._block)
        page.on("request", lambda request: self._seen(request.url))
        page.on("websocket", lambda socket: self._seen(socket.url))
        page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))
        page.on("response", self._response)
        page.on("console", self._console)

    def _block(self, route: Any) -> None:
        self._seen(route.request.url)
        route.abort()

    def _seen(self, url: str) -> None:
        if not here(url):
            self.elsewhere.append(url)

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.not_found.append(f"{response.status} {urlsplit(response.url).path}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        path = urlsplit(message.location.get("url", "")).path
        if "404" in message.text and STREAMLITS_OWN.match(path):
            self.excused += 1
        else:
            self.errors.append(f"console: {message.text} ({message.location.get('url')})")

    def check(self) -> None:
        """Nothing went wrong, and nobody else was asked anything."""
        assert self.errors == []
        assert self.elsewhere == []
        other = [line for line in self.not_found if not (line[:4] == "404 " and STREAMLITS_OWN.match(line[4:]))]
        assert other == []
        assert self.excused <= len(self.not_found) - len(other), "an excuse for each refusal, no more"


def here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about") or parts.hostname == "127.0.0.1"


def settle(page: Page, seconds: float = 45) -> None:
    """Wait until the script has ended and the page has stopped to change."""
    page.wait_for_function(SETTLED, timeout=1000 * seconds, polling=150)


def go(page: Page, address: str) -> None:
    page.goto(address)
    settle(page)


def view(page: Page) -> Locator:
    """The button that says the view in words, and opens the filters."""
    return page.locator(".st-key-filters button").first


def filters(page: Page) -> Locator:
    """The sheet of filters, opened."""
    body = page.locator('[data-testid="stPopoverBody"]')
    if not body.count():
        view(page).click()
    body.first.wait_for()
    return body.first


Pixels = np.ndarray[Any, Any]


def pixels(part: Locator | Page) -> Pixels:
    """What is seen, as rows and columns of red, green, blue."""
    return np.asarray(Image.open(io.BytesIO(part.screenshot())).convert("RGB")).astype(int)


def whole(page: Page, parts: Locator) -> list[Pixels]:
    """What is seen of each part, from one picture of the whole page, made as high as it needs."""
    high = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": min(max(high, 600), 9000)})  # type: ignore[index]
    settle(page)
    seen, found = pixels(page), []
    for part in parts.all():
        box = part.bounding_box()
        assert box is not None
        left, top = int(box["x"]), int(box["y"])
        found.append(seen[top : top + int(box["height"]), left : left + int(box["width"])].reshape(-1, 3))
    return found


def share_of(seen: Pixels, colour: tuple[int, int, int], near: int = 6) -> float:
    """The share of pixels of nearly a colour."""
    return float((np.abs(seen.reshape(-1, 3) - np.array(colour)).max(axis=1) <= near).mean())


def legend_colours(panel: Locator) -> list[tuple[int, int, int]]:
    """The colours of the chips under a map."""
    found = panel.evaluate(
        "e => [...e.querySelectorAll('span[aria-hidden]')].map(s => getComputedStyle(s).backgroundColor)"
    )
    return [rgb for text in found if (rgb := _rgb(text))]


def _rgb(text: str) -> tuple[int, int, int] | None:
    numbers = [int(number) for number in re.findall(r"\d+", text)[:3]]
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 and text.startswith("rgb(") else None
