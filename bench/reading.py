"""How much a reader has before them on each page, in a real Chromium: `python -m bench.reading [page ...]`.

Prints heights, words, nodes and lower edges at a desk's and a phone's size, what is folded, and every limit, held or
missed. The exit status is 1 where a limit is missed, 2 where nothing was measured. What is measured, and why a page
cannot hold its limits by a trick:

- The height is that of all that the page's one scroller holds, and what scrolls inside it by itself is added in full.
- Words are those of text that is on the page without a click, in pictures and shadow roots and painted tables too.
- A fold is not counted, and so it is listed, with the words that open in it.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ElementHandle, Locator, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from bench.server import BenchError, Server
from bench.views import address
from tests.browser.harness import FLAGS, chromium, settle

COUNT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
PATIENCE = 180  # seconds for a page that nobody has seen
MAIN = "[data-testid=stMain]"
POPOVERS = "[data-testid=stPopover] button, [aria-haspopup=dialog], [popovertarget]"
OPEN_POPOVERS = "[data-testid=stPopoverBody], [role=dialog]:visible, :popover-open"
PARTS = ".st-key-on-screen-parts a"
NODES = 1600
DESK = 1366
FIRST_SCREEN = {1366: 768, 390: 844}
"""Where the verdict, the tiles and the first picture may end at the latest."""
SCREENS: dict[int, dict[str, Any]] = {
    1366: {"viewport": {"width": 1366, "height": 768}},
    390: {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2},
    1920: {"viewport": {"width": 1920, "height": 1080}},
}


@dataclass(frozen=True)
class Limit:
    """What a page may ask of a reader: its height at each width, its words, and what its first screen must hold."""

    heights: dict[int, int]
    words: int
    first: tuple[str, ...] = ()


PRIORITY = Limit({1366: 1100, 390: 2600}, 450, ("verdict", "tiles", "picture"))
PART = Limit({1366: 2300, 390: 5000}, 900)
LIMITS = {
    "overview": Limit({1366: 1300, 390: 3000, 1920: 1080}, 550, ("verdict", "picture")),
    "neighbourhood_crime": PRIORITY,
    "hate_and_tensions": PRIORITY,
    "reoffending": PRIORITY,
    "violence": PRIORITY,
    "confidence": PRIORITY,
    "my_ward": Limit({1366: 1100, 390: 1800}, 350, ("verdict",)),
    "explore": Limit({1366: 1200, 390: 2600}, 400, ("verdict", "picture")),
    "plan": PART,
    "methods": PART,
}
CHOSEN = {"my_ward": "ward=E05009317", "explore": "indicator=violence_with_injury"}
IN_PARTS = ("plan", "methods")


@dataclass(frozen=True)
class Fold:
    """Something that a click opens: its name, and the words in it."""

    title: str
    words: int


@dataclass(frozen=True)
class Seen:
    """A page at one width.

    `scrolls` is the height of what scrolls inside it by itself, `wider` how far the page runs out of the screen, `aside` the
    most that a table or the like does within itself. Edges are lower ones, from the page's top; None is what is not there.
    """

    page: str
    width: int
    height: int
    scrolls: int
    wider: int
    aside: int
    words: int
    pictured: int
    nodes: int
    edges: dict[str, int | None]
    folds: tuple[Fold, ...] = ()

    @property
    def whole(self) -> int:
        """The height with all that scrolls inside unrolled."""
        return self.height + self.scrolls


@dataclass(frozen=True)
class Verdict:
    """One limit of one page."""

    page: str
    what: str
    found: int | None
    limit: int

    @property
    def held(self) -> bool:
        return self.found is not None and self.found <= self.limit


def counted(texts: Sequence[str]) -> int:
    """Words: what stands between blanks and has a letter or a digit."""
    return sum(bool(re.search(r"[^\W_]", word)) for text in texts for word in text.split())


def seen(page: str, width: int, found: dict[str, Any]) -> Seen:
    """What the browser counted."""
    pictured = counted(found["pictured"])
    return Seen(
        page,
        width,
        round(found["height"]),
        sum(found["within"]),
        max(found["wider"], 0),
        max(found["aside"], default=0),
        counted(found["texts"]) + pictured,
        pictured,
        found["nodes"],
        {name: found[name] for name in ("verdict", "tiles", "picture")},
    )


def judged(one: Seen) -> Iterator[Verdict]:
    """Every limit that holds for a page at a width. A thing that the first screen must show and that is absent misses it."""
    limit = LIMITS[one.page.partition("?")[0]]
    yield Verdict(one.page, f"height at {one.width}", one.whole, limit.heights[one.width])
    yield Verdict(one.page, f"wider than {one.width}", one.wider, 0)
    yield Verdict(one.page, f"words at {one.width}", one.words, limit.words)
    yield Verdict(one.page, f"nodes at {one.width}", one.nodes, NODES)
    if one.width in FIRST_SCREEN:
        for name in limit.first:
            yield Verdict(one.page, f"end of the {name} at {one.width}", one.edges[name], FIRST_SCREEN[one.width])


def text(found: Sequence[Seen]) -> str:
    """The tables as Markdown."""
    lines = [
        "| page | width | height | of it scrolls inside | words | of them in pictures | nodes | scrolls aside | verdict | tiles | picture |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in found:
        edges = [one.edges[name] if one.edges[name] is not None else "none" for name in ("verdict", "tiles", "picture")]
        cells = [one.page, one.width, one.whole, one.scrolls, one.words, one.pictured, one.nodes, one.aside, *edges]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines += ["", "## Folded, and so not counted", ""]
    for one in found:
        if one.width == DESK and one.folds:
            longest = max(one.folds, key=lambda fold: fold.words)
            names = "; ".join(f"{fold.title} ({fold.words})" for fold in one.folds)
            lines.append(f"- {one.page}: longest {longest.words} words, {longest.title}. All: {names}.")
    verdicts = [verdict for one in found for verdict in judged(one)]
    missed = [verdict for verdict in verdicts if not verdict.held]
    lines += ["", f"## Limits: {len(verdicts) - len(missed)} held, {len(missed)} missed", ""]
    for verdict in [*missed, *(verdict for verdict in verdicts if verdict.held)]:
        had = "none" if verdict.found is None else verdict.found
        lines.append(
            f"- {'held' if verdict.held else 'MISSED'}: {verdict.page}, {verdict.what}: {had} of {verdict.limit}"
        )
    return "\n".join(lines)


def read(page: Page, name: str, width: int) -> Seen:
    """A page that is drawn."""
    return seen(name, width, page.evaluate(COUNT))


def opened(page: Page) -> Iterator[Fold]:
    """Opens what a click opens on a page, one after the other, and closes it again."""
    main = page.locator(MAIN)
    for fold in main.locator("details:not([open])").element_handles():
        summary = fold.query_selector("summary")
        assert summary is not None
        title = summary.inner_text()
        _click(page, summary)
        yield Fold(_line(title), counted([fold.inner_text()]) - counted([title]))
        summary.click()
        settle(page, PATIENCE)  # what a closed fold held goes, and with it the buttons in it
    for button in main.locator(POPOVERS).element_handles():
        title = button.inner_text()
        _click(page, button)
        yield Fold(_line(title), counted(page.locator(OPEN_POPOVERS).all_inner_texts()))
        page.keyboard.press("Escape")
    for tab in main.locator("[role=tab][aria-selected=false]").element_handles():
        title = tab.inner_text()
        _click(page, tab)
        yield Fold(_line(title), counted(main.locator("[role=tabpanel]:visible").all_inner_texts()))


def _click(page: Page, what: ElementHandle | Locator) -> None:
    """Click, and wait for what comes of it: a page at rest would pass for settled before the run has begun."""
    what.click()
    page.evaluate("() => { window.__before = undefined }")
    settle(page, PATIENCE)


def _line(title: str) -> str:
    """A name as it is read: without the icons, which are ligatures."""
    return " ".join(
        line.strip() for line in title.split("\n") if line.strip() and not re.fullmatch(r"[a-z_]+", line.strip())
    )


def drawn(page: Page, address: str) -> None:
    """Open an address, and wait until all of it is there."""
    page.goto(address, timeout=1000 * PATIENCE)
    settle(page, PATIENCE)


def parts(page: Page, place: str) -> list[str]:
    """The queries of all that a page shows in parts: its first, those that it links to, and every group of each."""
    drawn(page, place)
    links = [urlsplit(str(link.get_attribute("href"))).query for link in page.locator(f"{MAIN} {PARTS}").all()]
    found = []
    for part in ["", *links]:
        drawn(page, f"{place}?{part}")
        found.append(part)
        for group in page.locator(f"{MAIN} [data-testid=stButtonGroup] button").all()[1:]:
            _click(page, group)
            found.append(urlsplit(page.url).query)
    return found


def measure(browser: Browser, port: int, names: Sequence[str], *, folds: bool) -> Iterator[Seen]:
    """Each page, part by part, at each width that has a limit."""
    for name in names:
        place = f"http://127.0.0.1:{port}/{address(name)}"
        queries = [CHOSEN.get(name, "")]
        for width in LIMITS[name].heights:
            context = browser.new_context(**SCREENS[width])
            page = context.new_page()
            if name in IN_PARTS and width == DESK:
                queries = parts(page, place)
            for query in queries:
                drawn(page, f"{place}?{query}".removesuffix("?"))
                named = f"{name}?{query}".removesuffix("?")
                before = read(page, named, width)
                yield replace(before, folds=tuple(opened(page))) if folds and width == DESK else before
            context.close()


def main(arguments: list[str] | None = None) -> int:
    """Measure the pages that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", metavar="page", help=f"of {', '.join(LIMITS)}; all unless told")
    parser.add_argument("--port", type=int, help="of a server that runs already; otherwise one is started")
    parser.add_argument(
        "--folds", action=argparse.BooleanOptionalAction, default=True, help="open each fold for its words"
    )
    told = parser.parse_args(arguments)
    if unknown := set(told.pages) - set(LIMITS):
        parser.error(f"no limits for {', '.join(sorted(unknown))}")
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="csp-dash-bench-")))
            port = told.port or stack.enter_context(Server("reading", "app.py", folder)).port
            playwright = stack.enter_context(sync_playwright())
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            found = list(measure(browser, port, told.pages or list(LIMITS), folds=told.folds))
            browser.close()
    except (BenchError, OSError, BrowserError) as fault:
        print("\n".join([f"No measurement: {fault}", *getattr(fault, "__notes__", [])]), file=sys.stderr)
        return 2
    print(text(found))
    return 0 if all(verdict.held for one in found for verdict in judged(one)) else 1


if __name__ == "__main__":
    sys.exit(main())
