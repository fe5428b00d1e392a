"""A chart on the screen, from the dictionary that it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import plotly.io
import streamlit as st
from plotly.basedatatypes import BaseFigure

from csp_dash.analytics.drawing import Drawing

BARE = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "doubleClick": False}
DRAWN = ("scatter", "bar")
"""The kinds of traces that `Drawing` has."""


class Ready(BaseFigure):  # type: ignore[misc]
    """A figure that is a dictionary already.

    Streamlit checks a bare dictionary property by property each time that it is shown; what claims to be one of Plotly's own
    figures it takes as it is.
    """

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing

    def to_dict(self) -> dict[str, Any]:
        return {"data": self._drawing.data, "layout": {**self._drawing.layout, "template": _template()}}


def chart(
    figure: Drawing,
    *,
    key: str,
    alt: str,
    fill: bool = False,
    on_select: Callable[[], None] | None = None,
) -> None:
    """Show a figure; `fill` gives it the height that its container has, `on_select` is called after a click on a point."""
    st.plotly_chart(
        Ready(figure),
        key=key,
        config=BARE,
        alt=alt,
        height="stretch" if fill else "content",
        on_select=on_select or "ignore",
        selection_mode="points",
    )


@cache
def _template() -> dict[str, Any]:
    """Streamlit's theme for figures, without the kinds of traces that are never drawn: a quarter of a figure's bytes."""
    whole = plotly.io.templates[plotly.io.templates.default].to_plotly_json()
    data = {kind: whole["data"][kind] for kind in DRAWN if kind in whole["data"]}
    return {"data": data, "layout": {"colorway": whole["layout"]["colorway"]}}
