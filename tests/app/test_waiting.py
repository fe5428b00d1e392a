"""What was built stays built, and a run that waits for its turn says so and stops when it is of no more use."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from screens import check, fresh, visit, words
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from support import releases as new_release

from csp_dash.ui import cache, patience
from csp_dash.ui.build_queue import BuildQueue, Ticket
from csp_dash.ui.panel_store import PanelStore
from csp_dash.warehouse import ReleaseInfo, Releases


@pytest.fixture
def busy(cold: None) -> Callable[[], None]:
    """A server all of whose turns to build are taken; what comes back gives them back."""
    live = cache.open_once()
    queue = BuildQueue(1)
    live.panels._queue = queue
    taken: list[Ticket] = [queue.take("somebody else")]

    def give_back() -> None:
        while taken:
            queue.give_back(taken.pop())

    return give_back


@pytest.mark.parametrize("page", ["overview", "violence", "explore", "methods"])
def test_clearing_the_caches_of_streamlit_builds_and_opens_nothing_again(page: str, monkeypatch: pytest.MonkeyPatch):
    before = words(visit(page))
    st.cache_resource.clear()
    st.cache_data.clear()
    done = []
    for owner, name in ((PanelStore, "_make"), (cache, "open_data"), (cache, "load")):
        monkeypatch.setattr(owner, name, lambda *given, name=name: done.append(name))
    at = visit(page)
    check(at)
    assert not done and words(at) == before


def test_whoever_waits_long_is_told_until_the_page_is_drawn(busy: Callable[[], None], monkeypatch: pytest.MonkeyPatch):
    said = []
    real = DeltaGenerator.info

    def info(place: DeltaGenerator, text: str, **named: object) -> DeltaGenerator:
        if text == patience.QUEUE:
            said.append(text)
            busy()
        return real(place, text, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(DeltaGenerator, "info", info)
    monkeypatch.setattr(patience, "PATIENCE", 0)
    at = visit("overview")
    check(at)
    assert said == ["Many people are looking at once; your page is in the queue."]
    assert patience.QUEUE not in words(at)


def test_who_waits_a_moment_is_told_nothing(busy: Callable[[], None], monkeypatch: pytest.MonkeyPatch):
    real = patience._Run.wait

    def wait(run: patience._Run, seconds: float) -> None:
        real(run, patience.PATIENCE / 2)
        busy()

    monkeypatch.setattr(patience._Run, "wait", wait)
    monkeypatch.setattr(DeltaGenerator, "info", lambda *given, **named: pytest.fail("said too soon"))
    at = visit("board")
    assert not at.exception


@pytest.mark.parametrize("ends", ["anew", "for good"])
def test_a_run_of_no_more_use_stops_waiting(busy: Callable[[], None], ends: str, monkeypatch: pytest.MonkeyPatch):
    """As when the reader chooses something else meanwhile, or closes the page."""
    looks = []

    def wait(run: patience._Run, seconds: float) -> None:
        looks.append(True)
        requests = get_script_run_ctx().script_requests  # type: ignore[union-attr]
        if len(looks) > 1:  # the run that began anew
            busy()
        elif ends == "anew":
            requests.request_rerun(RerunData())
        else:
            requests.request_stop()

    monkeypatch.setattr(patience._Run, "wait", wait)
    at = fresh("violence")
    at.run()
    panels = cache.opened().panels  # type: ignore[union-attr]
    assert not panels._queue._waiting and not panels._queue._resting and not panels._making
    assert not at.exception
    if ends == "anew":
        check(at)
        assert len(looks) > 1
    else:
        assert len(looks) == 1 and not len(panels)


def test_a_session_is_known_to_the_queue_by_its_name(cold: None):
    visit("board")
    queue = cache.opened().panels._queue  # type: ignore[union-attr]
    assert list(queue._used) == ["test session id"]
    assert not queue._resting, "its turn went with the end of the run"


def test_a_replaced_release_is_freed_with_its_panels(cold: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache, "LOOK", 0)
    kept = Releases(tmp_path)
    at = visit("confidence")
    live = cache.opened()
    assert live is not None
    opened = weakref.ref(live.now().data)
    for more in (1, 2):
        assert opened() is not None, "the former is kept"
        with kept.making() as folder:
            new_release.write(folder, more=more)
            name = kept.publish(folder, ReleaseInfo()).release
        at.run()
        check(at)
        assert live.now().release == name
    assert opened() is None, "without the help of the collector"
    assert {key.release for key in live.panels._panels} <= {live.now().opening, live._former.opening}  # type: ignore[union-attr]
