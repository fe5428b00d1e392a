"""Turns of runs: a few at once, none held by one who waits for something else."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from csp_dash.domain.filters import Filters
from csp_dash.ui.build_queue import BuildQueue
from csp_dash.ui.panel_store import Asker, Key, PanelStore
from csp_dash.ui.turns import Turns

SOON = 30


def nothing(seconds: float) -> None:
    """A look that ends no wait."""


def test_who_waits_looks_up_and_may_give_up():
    turns, looks = Turns(1), []

    def give_up(seconds: float) -> None:
        looks.append(seconds)
        raise InterruptedError

    def late() -> None:
        with pytest.raises(InterruptedError), turns.taken(give_up):
            pytest.fail("there was no turn to take")

    with ThreadPoolExecutor(1) as pool:
        with turns.taken(nothing):
            pool.submit(late).result(SOON)
        assert len(looks) == 1 and looks[0] > 0
        with turns.taken(nothing):
            pass


@pytest.mark.parametrize("fails", [False, True])
def test_a_turn_set_aside_is_another_s_and_comes_back(fails: bool):
    turns, done = Turns(1), []

    def other() -> None:
        with turns.taken(nothing):
            done.append("other")

    with ThreadPoolExecutor(1) as pool:
        with turns.taken(nothing):
            try:
                with turns.aside():
                    pool.submit(other).result(SOON)
                    if fails:
                        raise KeyError
            except KeyError:
                done.append("failed")
            blocked = pool.submit(other)
            assert not blocked.done() and turns._free._value == 0
        blocked.result(SOON)
    assert done == ["other", *(["failed"] if fails else []), "other"] and turns._free._value == 1


def test_who_has_no_turn_sets_none_aside():
    turns = Turns(1)
    with turns.aside():
        assert turns._free._value == 1


def test_a_run_that_waits_to_build_holds_up_none_that_has_all_it_needs():
    """One turn and one place to build, which somebody has: the first run waits to build, the second reads what is finished."""
    turns, queue = Turns(1), BuildQueue(1)
    panels = PanelStore(queue)
    release = object()
    panels.keep([release])
    finished, new = Key(release, len, Filters()), Key(release, max, Filters())
    panels.panel(finished, lambda: "finished", Asker("", nothing))
    taken, waits = queue.take("somebody else"), threading.Event()

    def run(key: Key, session: str) -> object:
        with turns.taken(nothing):
            return panels.panel(key, lambda: "new", Asker(session, lambda seconds: waits.set(), turns.aside))

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(run, new, "first")
        assert waits.wait(SOON)
        assert pool.submit(run, finished, "second").result(SOON) == "finished"
        assert not first.done()
        queue.give_back(taken)
        assert first.result(SOON) == "new"
