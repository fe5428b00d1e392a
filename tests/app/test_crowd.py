"""Runs of pages take turns, so that a crowd leaves the server time for its connections."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from csp_dash.ui import frame, patience
from csp_dash.ui.turns import Turns


def test_a_few_runs_go_at_once_the_others_wait_and_one_that_fails_gives_its_turn_back(monkeypatch: pytest.MonkeyPatch):
    turns, crowd = 3, 21
    full, lock, seen = threading.Barrier(turns), threading.Lock(), [0, 0, 0]  # now, at most, done

    def draw() -> None:
        with lock:
            seen[0] += 1
            seen[1] = max(seen[:2])
        full.wait(60)  # until all turns are taken
        with lock:
            seen[0] -= 1
            seen[2] += 1
        raise ValueError("a page that fails")

    def visit() -> None:
        with pytest.raises(ValueError, match="a page that fails"):
            frame.run()

    monkeypatch.setattr(frame, "_draw", draw)
    monkeypatch.setattr(patience, "TURNS", Turns(turns))
    with ThreadPoolExecutor(crowd) as pool:
        for one in [pool.submit(visit) for _ in range(crowd)]:
            one.result(60)
    assert seen == [0, turns, crowd]


def test_the_app_has_turns_for_more_than_one_and_fewer_than_a_crowd():
    assert 2 <= patience.TURNS.number <= 8
