"""The sparkline of a tile: its course, its bounds, and what it never is."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_dash.charts.sparkline import HEIGHT, WIDTH, sparkline


def course(values: list[float]) -> list[tuple[int, int]]:
    """The points of the line, from the left."""
    (path,) = re.findall(r"d='(M[^']+)' stroke=", unquote(sparkline(values)))
    first, steps = re.fullmatch(r"M0 (\d+)l(.+)", path).groups()  # type: ignore[union-attr]
    points = [(0, int(first))]
    numbers = list(map(int, steps.split(" ")))
    for right, down in zip(numbers[::2], numbers[1::2], strict=True):
        points.append((points[-1][0] + right, points[-1][1] + down))
    return points


def test_a_rise_goes_up_from_edge_to_edge():
    assert course([10, 30, 20]) == [(0, HEIGHT - 3), (WIDTH // 2, 3), (WIDTH, HEIGHT // 2)]


@pytest.mark.parametrize("values", [[], [5.0]])
def test_one_figure_has_no_course(values: list[float]):
    assert sparkline(values) == ""


@given(st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=2, max_size=400))
def test_every_course_stays_inside_and_keeps_the_order_of_its_values(values: list[float]):
    points = course(values)
    assert len(points) == len(values) and points[0][0] == 0 and points[-1][0] == WIDTH
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert points[values.index(max(values))][1] <= points[values.index(min(values))][1]


def test_it_is_small_and_asks_nothing_of_anybody():
    made = sparkline([100 + (n * 7919 % 23) for n in range(180)])
    assert made.startswith("<img ") and 'alt=""' in made and len(made) < 2_500
    assert unquote(made).count("http") == 1, "the name of SVG alone"
