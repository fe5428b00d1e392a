"""The bench: what it asks of a server is the same for all, and it says what it could not hold."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

from bench import budget, crowd, report
from bench.__main__ import checked_out, pages
from bench.client import viewer
from bench.crowd import Crowd
from bench.first_view import FirstView
from bench.report import APP, BASE, EMPTY, Results
from bench.server import BenchError, Server
from bench.views import FIXED, Cost, empty, own_view

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="processor time and memory are read from /proc")
LEAST = Cost(0.01, 0.02, 4000, 0.1)


def cost(processor: float, size: float = 80_000, spread: float = 0.1) -> Cost:
    return Cost(processor, 2 * processor, size, spread)


def watched(server: str, **changed: float) -> Crowd:
    known = {"visits": 60, "rate": 4.0, "median": 1.0, "late": 2.0, "unended": 3, "failed": 0, "memory": 500.0}
    return Crowd(server, True, 50, **(known | changed))  # type: ignore[arg-type]


def results(**changed: object) -> Results:
    warm = {APP: {"plan": cost(0.1), "violence": cost(0.3)}, BASE: {"plan": cost(0.2), "violence": cost(0.3)}}
    given = {
        "about": "About.",
        "empty": LEAST,
        "warm": warm,
        "cold": {APP: {"violence": cost(1.5)}, BASE: {"violence": cost(3)}},
    }
    return Results(**(given | changed))  # type: ignore[arg-type]


def test_every_page_has_a_budget_for_all_that_is_measured():
    limits = budget.read()
    assert set(limits) == set(pages(ROOT))
    for page, limit in limits.items():
        assert set(limit) == {"kilobytes", "warm"} | ({"cold"} if page not in FIXED else set()), page


def test_a_page_that_outgrows_its_budget_is_named_with_both_figures():
    found = budget.measured({"violence": cost(0.3)}, {"violence": cost(1.5)}, LEAST)
    assert found == {"violence": {"kilobytes": 80, "warm": pytest.approx(30), "cold": pytest.approx(150)}}
    assert budget.outgrown(found, {"violence": {"kilobytes": 80, "warm": 31, "cold": 151}}) == []
    (said,) = budget.outgrown(found, {"violence": {"kilobytes": 79, "warm": 31, "cold": 151}})
    assert said == "violence costs 80 kB for a warm run; its budget is 79."
    assert len(budget.outgrown(found, {"violence": {"kilobytes": 80, "warm": 29, "cold": 100}})) == 2
    assert [
        "no budget for cold" in line for line in budget.outgrown(found, {"violence": {"kilobytes": 80, "warm": 31}})
    ] == [True]


def test_the_same_seed_wishes_the_same_and_a_default_crowd_has_no_filters():
    names = pages(ROOT)
    asked = [[crowd.visit(names, random.Random(seed), True) for seed in range(200)] for _ in range(2)]
    assert asked[0] == asked[1]
    own = [page for page, query in asked[0] if query]
    assert 40 < len(own) < 120 and not set(own) & set(FIXED)
    assert all(query == "" for seed in range(50) for _, query in [crowd.visit(names, random.Random(seed), False)])
    assert "indicator=" in own_view("explore", random.Random(1)) and "indicator=" not in own_view(
        "plan", random.Random(1)
    )


def test_the_file_gives_ratios_to_the_base_and_to_the_empty_page():
    text = report.text(
        results(crowds=[watched(APP), watched(BASE, rate=2.0, median=3.0)], soak={APP: (400.0, 420.0, 90)})
    )
    assert "| plan | 100 | 10 | 200 | 80 | 0.50 | 0.50 | 1.00 |" in text
    assert "| all (geometric mean) |  |  |  |  | 0.71 | 0.71 | 1.00 |" in text
    assert "| 50 mixed | base | 2.0 | 3.00 | 2.00 | 3 | 0 | 500 | 0.50 | 3.00 | 1.00 |" in text
    assert "| app | 400 | 420 | 90 |" in text
    assert "Every page is within its budget" in text and "Nothing that it knows of." in text


def test_first_views_stand_beside_the_empty_page_of_their_kind():
    views = [FirstView(APP, "overview", "desk", 3.0, 900), FirstView(EMPTY, "empty", "desk", 2.0, 450)]
    text = report.text(results(first=views))
    assert "| desk | app | overview | 3.00 | 900 | 1.50 | 2.00 |" in text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"not_held": ["No Chromium."]}, "- No Chromium."),
        ({"crowds": [watched(APP, failed=4)]}, "50 viewers (mixed) of 'app': 4 could not be served at all."),
        ({"crowds": [watched(APP, unended=61)]}, "more waited at the end than had been served"),
        ({"warm": {APP: {"plan": cost(0.1, spread=0.9)}}}, "scatter by more than 30% in 1 of 1 rows"),
    ],
)
def test_what_could_not_be_held_is_said(changed: dict[str, object], said: str):
    text = report.text(results(**changed))
    part = text.partition("## What this run could not hold")[2].partition("## One viewer")[0]
    assert said in part and "Nothing that it knows of" not in part


@LINUX
def test_a_crowd_of_the_empty_page_is_served_counted_and_gone(tmp_path: Path):
    with Server(EMPTY, "bench/empty_app.py", tmp_path) as server:
        least = asyncio.run(empty(server))
        assert 0 < least.processor < least.seconds * (os.cpu_count() or 1) and least.size > 200
        before = server.processor()
        seen = asyncio.run(crowd.watch(server, ["overview"], 8, False, 6, 1))
        assert seen.visits >= 8 and seen.failed == 0 and seen.unended <= 1
        assert 0 < seen.median <= seen.late and seen.rate == seen.visits / 6
        assert server.processor() > before and 20 < seen.memory < 1000


@LINUX
def test_a_crowd_that_is_shown_an_exception_is_not_counted_as_served(tmp_path: Path):
    (tmp_path / "failing.py").write_text("raise ValueError('no figures')", encoding="utf-8")
    with Server("failing", str(tmp_path / "failing.py"), tmp_path) as server:
        seen = asyncio.run(crowd.watch(server, ["overview"], 3, False, 7, 1))
        assert (seen.failed, seen.visits, seen.unended) == (3, 0, 0)
        with pytest.raises(BenchError, match="encountered an error"):
            asyncio.run(_ask(server.port))


async def _ask(port: int) -> None:
    async with viewer(port, "") as one:
        await one.run()


def test_another_commit_stands_beside_for_a_while(tmp_path: Path):
    if subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True).returncode:
        pytest.skip("not a clone")
    with checked_out("HEAD", tmp_path) as other:
        assert (other / "app.py").exists() and pages(ROOT, other)
    assert not other.exists()
    listed = subprocess.run(["git", "worktree", "list"], cwd=ROOT, capture_output=True, text=True).stdout
    assert str(other) not in listed
    with pytest.raises(BenchError, match="nosuchcommit"), checked_out("nosuchcommit", tmp_path):
        pass
