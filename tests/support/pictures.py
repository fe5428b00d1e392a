"""Pictures checked by Plotly: the product draws plain dictionaries, and every one that a test reads passes through here."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import plotly.graph_objects as go

from csp_dash.analytics.drawing import TYPED, Drawing


def plotly(drawing: Drawing) -> go.Figure:
    """The figure as Plotly's own object; ValueError names a property or value that Plotly does not know.

    What plotly.js would get must be plain JSON: strings, finite numbers, and bytes for arrays.
    """
    assert isinstance(drawing, Drawing)
    json.dumps([drawing.data, drawing.layout], allow_nan=False)
    return go.Figure({"data": [_unpacked(trace) for trace in drawing.data], "layout": drawing.layout})


def written(figure: Any) -> str:
    """All of a picture as text: of a drawing, a deck, or HTML."""
    if isinstance(figure, Drawing):
        return plotly(figure).to_json()
    return figure if isinstance(figure, str) else figure.to_json()


class Checked:
    """A module of charts whose pictures come as Plotly's checked figures."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        held = getattr(self._module, name)
        return _checking(held) if callable(held) and not isinstance(held, type) else held


def _checking(draw: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(draw)
    def drawn(*given: Any, **named: Any) -> Any:
        made = draw(*given, **named)
        return plotly(made) if isinstance(made, Drawing) else made

    return drawn


def _unpacked(trace: dict[str, Any]) -> dict[str, Any]:
    return {name: _array(held) if _typed(held) else held for name, held in trace.items()}


def _typed(held: Any) -> bool:
    return isinstance(held, dict) and set(held) == {"dtype", "bdata"}


def _array(held: dict[str, str]) -> Any:
    formats = {code: name for name, code in TYPED.items()}
    return np.frombuffer(base64.b64decode(held["bdata"]), dtype=np.dtype(formats[held["dtype"]]).newbyteorder("<"))


def checked(name: str) -> Any:
    """The module of this name, its pictures checked: `checked("charts.trend")`."""
    return Checked(import_module(f"csp_dash.{name}"))
