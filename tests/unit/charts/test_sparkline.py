"""The sparkline of a measure: its place on the shared axis, its scale, its gaps, and what it never is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_dash.charts.sparkline import EDGE, HEIGHT, LEAST_SPAN, STEP, sparkline

Point = tuple[int, float | None]


def drawn(made: str) -> list[list[tuple[int, int]]]:
    """The pieces of the line, each the places of its points."""
    (path,) = re.findall(r'class="course" d="([^"]+)"', made)
    pieces: list[list[tuple[int, int]]] = []
    for letter, x, y in re.findall(r"([Ml])(-?\d+) (-?\d+)", path):
        if letter == "M":
            pieces.append([(int(x), int(y))])
        else:
            before = pieces[-1][-1]
            pieces[-1].append((before[0] + int(x), before[1] + int(y)))
    return pieces


def test_a_rise_goes_up_from_edge_to_edge_on_the_shared_axis():
    (line,) = drawn(sparkline([(0, 10.0), (6, 30.0), (12, 20.0)], 12))
    assert line == [(0, HEIGHT - EDGE), (6 * STEP, EDGE), (12 * STEP, HEIGHT // 2)]


def test_a_short_series_stands_where_it_is_in_time():
    """How current a series is can be seen: two series of other lengths share an axis, and neither is stretched."""
    (old,), (new,) = (drawn(sparkline(points, 72)) for points in ([(0, 1.0), (12, 2.0)], [(60, 1.0), (72, 2.0)]))
    assert old[-1][0] == 12 * STEP and new[0][0] == 60 * STEP and new[-1][0] == 72 * STEP
    boxes = {
        re.findall(r'viewBox="([^"]+)"', sparkline(points, 72))[0]
        for points in ([(0, 1.0), (1, 2.0)], [(70, 1.0), (72, 1.0)])
    }
    assert boxes == {f"{-2 * STEP} 0 {76 * STEP} {HEIGHT}"}


def test_a_nearly_flat_series_looks_flat():
    (line,) = drawn(sparkline([(0, 100.0), (12, 101.0)], 12))
    rise = line[0][1] - line[1][1]
    assert 0 <= rise <= round((HEIGHT - 2 * EDGE) * 0.01 / LEAST_SPAN) + 1
    (level,) = drawn(sparkline([(0, 0.0), (12, 0.0)], 12))
    assert level[0][1] == level[1][1] == HEIGHT // 2


def test_a_missing_month_is_a_gap():
    pieces = drawn(sparkline([(0, 1.0), (1, 2.0), (2, None), (3, 2.0), (4, 1.0)], 4))
    assert [len(piece) for piece in pieces] == [2, 2] and pieces[1][0][0] == 3 * STEP


def test_the_end_is_that_of_the_last_figure_and_the_plan_begins_at_its_hairline():
    made = sparkline([(0, 1.0), (5, 3.0), (6, None)], 12, begin=4)
    assert f'class="end" d="M{5 * STEP} {EDGE}h0"' in made
    assert f'class="begin" d="M{4 * STEP} 0V{HEIGHT}"' in made
    assert 'class="begin"' not in sparkline([(0, 1.0), (5, 3.0)], 12)


@pytest.mark.parametrize("points", [[], [(3, 5.0)], [(3, 5.0), (4, None)]])
def test_one_figure_has_no_course(points: list[Point]):
    assert sparkline(points, 12) == ""


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e9, allow_subnormal=False)), min_size=2, max_size=100))
def test_every_course_stays_inside_and_keeps_the_order_of_its_values(values: list[float | None]):
    known = [value for value in values if value is not None]
    made = sparkline(list(enumerate(values)), len(values))
    if len(known) < 2:
        assert made == ""
        return
    places = {x // STEP: y for piece in drawn(made) for x, y in piece}
    assert set(places) == {month for month, value in enumerate(values) if value is not None}
    assert all(EDGE - 1 <= y <= HEIGHT - EDGE + 1 for y in places.values())
    assert places[values.index(max(known))] <= places[values.index(min(known))]


def test_it_is_small_takes_its_colours_from_the_page_and_is_not_read_aloud():
    made = sparkline([(n, 100.0 + (n * 7919 % 23)) for n in range(84)], 84, 24)
    assert made.startswith('<svg class="spark"') and 'aria-hidden="true"' in made and len(made) < 1_200
    assert "#" not in made and "style=" not in made and "http" not in made
