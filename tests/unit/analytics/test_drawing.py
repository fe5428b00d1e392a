"""Pictures as dictionaries: what is set, merged, left out, and written as bytes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pictures import plotly

from csp_dash.analytics.drawing import TYPED, Drawing


def test_properties_are_merged_and_none_is_not_set() -> None:
    drawing = Drawing()
    mine = {"color": "#111111", "size": None}
    drawing.update_layout(font=mine, height=300, **{"yaxis2": {"domain": [0, 1]}})
    drawing.update_layout(font={"size": 14}, height=None)
    drawing.update_yaxes(fixedrange=True)
    drawing.update_xaxes(visible=False)
    assert drawing.layout == {
        "font": {"color": "#111111", "size": 14},
        "xaxis": {"visible": False},
        "yaxis": {"fixedrange": True},
        "yaxis2": {"domain": [0, 1], "fixedrange": True},
    }
    assert mine == {"color": "#111111", "size": None}, "what was given stays as it was"


def test_traces_notes_and_shapes_keep_their_order() -> None:
    drawing = Drawing()
    drawing.add_scatter(x=[1, 2], y=[None, 2.5], name=None)
    drawing.add_bar(y=[3])
    for text in "ab":
        drawing.add_annotation(text=text, x=0, y=0, font={"size": 12, "color": None})
        drawing.add_shape(type="line", x0=0, x1=1, y0=0, y1=0, name=text)
    assert drawing.data == [{"type": "scatter", "x": [1, 2], "y": [None, 2.5]}, {"type": "bar", "y": [3]}]
    checked = plotly(drawing)
    assert [note.text for note in checked.layout.annotations] == ["a", "b"]
    assert [shape.name for shape in checked.layout.shapes] == ["a", "b"]


@given(st.lists(st.floats(-1e4, 1e4, width=32) | st.just(float("nan"))), st.sampled_from(sorted(TYPED)[:2]))
def test_arrays_are_written_without_loss(values: list[float], kind: str) -> None:
    drawing = Drawing()
    drawing.add_scatter(x=np.array(values, dtype=kind), y=np.arange(len(values), dtype="int16"))
    json.dumps(drawing.data)
    (trace,) = plotly(drawing).data
    np.testing.assert_array_equal(trace.x, np.array(values, dtype=kind))
    assert list(trace.y) == list(range(len(values)))


def test_an_array_that_plotly_cannot_read_is_refused() -> None:
    with pytest.raises(KeyError, match="complex128"):
        Drawing().add_scatter(x=np.array([1j]))


def test_the_check_of_the_tests_has_teeth() -> None:
    for wrong in ({"colour": "red"}, {"mode": "dots"}):
        drawing = Drawing()
        drawing.add_scatter(x=[1], y=[1], **wrong)
        with pytest.raises(ValueError):
            plotly(drawing)
    drawing = Drawing()
    drawing.add_scatter(y=[float("nan")])
    with pytest.raises(ValueError, match="JSON compliant"):
        plotly(drawing)
