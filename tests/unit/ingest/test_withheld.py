"""What a partner withheld cannot be worked out from a total and the other wards."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from csp_dash.ingest.returns.withheld import Cell, beside

MARK = 4
"""Figures from 1 to 3 are withheld in these examples."""


def known(**figures: float | None) -> dict[str, Cell]:
    return {name: Cell(value, value is None, MARK if value is None else None) for name, value in figures.items()}


def test_one_withheld_ward_under_a_total_gets_the_smallest_other_one() -> None:
    assert beside(Cell(27), known(a=None, b=9, c=7, d=9)) == ("c",)
    assert beside(Cell(25), known(a=None, b=7, c=7, d=9)) == ("b",), "of equal ones the first"
    assert beside(Cell(18), known(a=None, b=0, c=7, d=9)) == ("c",), "none beside it would hide nothing"


def test_what_cannot_be_worked_out_stays_as_it_is() -> None:
    assert beside(None, known(a=None, b=9)) == ()
    assert beside(Cell(None), known(a=None, b=9)) == ()
    assert beside(Cell(20), known(a=9, b=11)) == ()
    assert beside(Cell(20), known(a=None, b=None, c=16)) == ()


def test_two_that_must_be_as_small_or_as_large_as_can_be_are_told_by_their_sum() -> None:
    assert beside(Cell(18), known(a=None, b=None, c=16)) == ("c",)
    assert beside(Cell(22), known(a=None, b=None, c=16)) == ("c",)


def test_there_may_be_nothing_to_withhold() -> None:
    assert beside(Cell(3), known(a=None, b=0, c=0)) is None


def test_a_withheld_total_is_not_the_sum_of_its_wards() -> None:
    assert beside(Cell(None, True, 5), known(a=1, b=2, c=0)) == ("a",)
    assert beside(Cell(None, True, 5), known(a=0, b=0)) == ()


def solutions(total: int, cells: dict[str, Cell]) -> list[tuple[int, ...]]:
    """Every way in which the figures that are not there can add up to what is left: 1 to 3 where that was said, else 1 or more."""
    unknown = [cell for cell in cells.values() if cell.value is None]
    left = total - int(sum(cell.value or 0 for cell in cells.values()))
    ranges = [range(int(cell.least), int(min(cell.most, left)) + 1) for cell in unknown]
    return [found for found in product(*ranges) if sum(found) == left]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=2, max_size=6))
def test_no_withheld_figure_has_a_single_solution(figures: list[int]) -> None:
    cells = {
        f"ward {at}": Cell(None, True, MARK) if 0 < number < MARK else Cell(float(number))
        for at, number in enumerate(figures)
    }
    more = beside(Cell(float(sum(figures))), cells)
    secret = [code for code, cell in cells.items() if cell.value is None]
    if more is None:
        assert not [number for number in figures if number >= MARK]
        return
    for code in more:
        cells[code] = Cell(None, secret=True)
    found = solutions(sum(figures), cells)
    assert found, "what it really is, is one of them"
    for at in range(len(secret) + len(more)):
        assert len({one[at] for one in found}) > 1
    assert bool(secret) or not more, "nothing is withheld without need"
