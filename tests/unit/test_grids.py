"""The sample of a grid: the same cases for the same seed, others for another, and all of them in a proof."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT, grids

CASES = list(range(100))
GRID = """
import pytest
@pytest.mark.grid(7)
@pytest.mark.parametrize("case", range(40))
def test_one(case): pass

def test_alone(): pytest.skip("there is no rain")
"""


def test_a_sample_keeps_its_order_and_follows_the_seed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(grids, "PROOF", False)
    monkeypatch.setattr(grids, "SEED", "one")
    first = grids.sample(CASES, 7, "grid")
    assert first == grids.sample(CASES, 7, "grid") == sorted(set(first)) and len(first) == 7
    assert first != grids.sample(CASES, 7, "another grid")
    monkeypatch.setattr(grids, "SEED", "two")
    assert first != grids.sample(CASES, 7, "grid")
    assert grids.sample(CASES[:5], 7, "grid") == CASES[:5]


def test_every_case_runs_at_some_commit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(grids, "PROOF", False)
    seen: set[int] = set()
    for seed in range(200):
        monkeypatch.setattr(grids, "SEED", str(seed))
        seen |= set(grids.sample(CASES, 7, "grid"))
    assert seen == set(CASES)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize(("proof", "ran"), [("", 7), ("1", 40)])
def test_a_run_says_what_it_left_out_and_why(tmp_path: Path, workers: int, proof: str, ran: int):
    (tmp_path / "test_grid.py").write_text(GRID)
    paths = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "CSP_DASH_PROOF": proof, "CSP_DASH_SEED": "x", "PATH": ""}
    options = f"-q -p support.grids -n {workers} -c /dev/null --rootdir . test_grid.py"
    command = [sys.executable, "-m", "pytest", *options.split()]
    said = subprocess.run(command, cwd=tmp_path, env=paths, capture_output=True, text=True, check=False).stdout
    assert f"{ran} passed, 1 skipped" in said, said
    assert ("Of 1 grids 7 of 40 cases ran (seed x)" in said) is (ran == 7), said
    assert "1 did not run: there is no rain." in said
