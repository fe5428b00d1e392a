"""The charts of two measures: one over the other on one time axis, and places as points."""

from __future__ import annotations

import itertools
import json
import math

import pandas as pd
import pytest
from support.pictures import checked

from csp_dash.charts.base import EMPTY
from csp_dash.charts.stacked import Course

stacked = checked("charts.stacked")
scatter = checked("charts.scatter")


def course(name: str, months: int = 60, first: str = "2020-01-01", suffix: str = "") -> Course:
    start = pd.date_range(first, periods=months, freq="MS")
    values = pd.Series([50 + 20 * math.sin(place / 5) for place in range(months)])
    return Course(name, pd.DataFrame({"start": start, "value": values, "smooth": values.rolling(12).mean()}), suffix)


def test_two_courses_share_their_time_axis_and_never_their_scale():
    figure = stacked.figure([course("One"), course("Other", suffix="%")])
    axes = {(trace.xaxis or "x", trace.yaxis or "y") for trace in figure.data}
    assert axes == {("x", "y"), ("x", "y2")}
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1], "one stands above the other"
    assert figure.layout.yaxis2.overlaying is None and figure.layout.xaxis.anchor == "y2"
    assert figure.layout.yaxis.range[0] == figure.layout.yaxis2.range[0] == 0
    texts = [note.text for note in figure.layout.annotations]
    assert any("One" in text for text in texts) and any("Other" in text for text in texts)
    assert sum(text.endswith("%</b>") for text in texts) == 1
    assert all(text.endswith("%") for text in figure.layout.yaxis2.ticktext)
    assert not any(text.endswith("%") for text in figure.layout.yaxis.ticktext)


def test_without_figures_of_both_there_is_no_picture():
    bare = Course("Bare", pd.DataFrame({"start": [], "value": [], "smooth": []}))
    for courses in ([bare, course("One")], [course("One"), bare]):
        assert stacked.figure(courses).layout.annotations[0].text == EMPTY


def points(number: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area": [f"A{place}" for place in range(number)],
            "x": [5 + 4 * math.sin(place * 7) for place in range(number)],
            "y": [30 + 20 * math.cos(place * 3) for place in range(number)],
        }
    )


def drawn(frame: pd.DataFrame, chosen: tuple[str, ...] = ()):  # type: ignore[no-untyped-def]
    names = {area: f"Ward & place {area}" for area in frame["area"]}
    return scatter.figure(frame, names=names, words=names, across="Across", up="Up", chosen=chosen)


def test_each_place_is_a_point_and_the_chosen_one_has_its_name():
    figure = drawn(points(20), ("A3",))
    (trace,) = figure.data
    assert len(trace.x) == len(trace.y) == 20 and trace.mode == "markers", "no line suggests more than ranks"
    assert "Ward & place A3" in [note.text for note in figure.layout.annotations]
    assert figure.layout.xaxis.range[0] == figure.layout.yaxis.range[0] == 0
    assert len(json.dumps(figure.to_dict(), default=str)) < 40_000


def test_names_do_not_cover_one_another():
    figure = drawn(points(20))
    boxes = []
    width, height = 270, 330
    for note in figure.layout.annotations:
        x = note.x / figure.layout.xaxis.range[1] * width + note.xshift
        y = note.y / figure.layout.yaxis.range[1] * height + note.yshift
        long = len(note.text) * note.font.size * 0.56
        left = x if note.xanchor == "left" else x - long
        boxes.append((left, left + long, y - 7, y + 7))
    assert boxes
    for a, b in itertools.combinations(boxes, 2):
        assert a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] + 1 or b[3] <= a[2] + 1


@pytest.mark.parametrize("frame", [points(0), points(3).assign(x=float("nan"))])
def test_without_places_there_is_no_picture(frame: pd.DataFrame):
    assert drawn(frame).layout.annotations[0].text == EMPTY
