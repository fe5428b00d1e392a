"""A release made by another process while people look: everyone sees it within ten seconds, and nobody sees an error."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from harness import ROOT, Watch, go, server, view
from playwright.sync_api import Page, expect

from csp_dash.warehouse import Releases, Snapshot

pytestmark = pytest.mark.browser
Tab = Callable[..., tuple[Page, Watch]]
LIMIT = 10_000  # milliseconds
WHITECHAPEL = "E05009336"

PUBLISH = """
import sys
sys.path.insert(0, "tests")
from support import releases as new_release
from csp_dash.catalogue import load
from csp_dash.warehouse import ReleaseInfo, Releases, Snapshot, database, declared
kept = Releases(sys.argv[1])
with kept.making() as folder:
    new_release.write(folder)
    snapshot = Snapshot.open(folder)
    database(snapshot, declared(snapshot, load()), sys.argv[1], being_made=True)
    print(kept.publish(folder, ReleaseInfo(took_in=("one.csv",))).release)
"""


def publish(cache: Path) -> str:
    """Have another process make and publish a release; its name."""
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH, str(cache)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def total(page: Page, figure: str) -> None:
    """The page shows this many offences."""
    expect(page.get_by_test_id("stMain").get_by_text(figure, exact=True).first).to_be_visible(timeout=LIMIT)


def test_two_viewers_see_a_new_release_within_ten_seconds(tab: Tab, ready: Callable[[], Path]):
    cache = ready()
    with server(cache) as address:
        board, watched = tab(1920, 1080)
        explorer, watched_too = tab()
        go(board, f"{address}/board?indicator=total_offences&period=1m")
        link = "explore?indicator=total_offences&period=1m&compare=london&measure=count"
        go(explorer, f"{address}/{link}")
        for page in (board, explorer):
            total(page, "2,965")
        name = publish(cache)
        live = time.monotonic()
        for page in (board, explorer):
            total(page, "3,965")
            expect(page.get_by_text(f"release {name}").first).to_be_visible()
        assert time.monotonic() - live < LIMIT / 1000
        side = explorer.get_by_test_id("stSidebar")
        expect(side.get_by_text(re.compile(rf"Release {name}\."))).to_be_visible()
        expect(view(explorer)).to_contain_text("beside London")
        assert "compare=london" in explorer.url and "indicator=total_offences" in explorer.url
        for page in (board, explorer):
            expect(page.get_by_test_id("stException")).to_have_count(0)
        assert Releases(cache).rollback().release == Snapshot.open().release
        for page in (board, explorer):
            total(page, "2,965")
            page.close()  # before the server ends, which they would rightly complain of
        assert watched.errors == [] and watched_too.errors == []
    said = (cache / "server.log").read_text()
    assert "Error" not in said and "cannot" not in said, said
    assert said.count(" is live; it was ") == 2, said


def test_looking_for_a_release_is_not_seen(tab: Tab, warm: str):
    """The page that looks every few seconds shows no running mark, and nothing on it changes."""
    page, _ = tab()
    asked: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: asked.append(frame)))
    go(page, f"{warm}/board")
    page.evaluate(
        """() => {
            window.__changes = [];
            new MutationObserver(found => {
                for (const change of found) window.__changes.push(change.type + ' ' + (change.target.dataset?.testid ?? ''));
            }).observe(document.body, {subtree: true, childList: true, characterData: true});
        }"""
    )
    before, deadline = len(asked), time.monotonic() + 30
    while len(asked) < before + 2 and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    page.wait_for_timeout(500)
    assert len(asked) >= before + 2, "the page looks"
    assert page.evaluate("() => window.__changes") == []
