"""A picture as the plain dictionary that plotly.js reads.

Plotly's own objects check each property when it is set, and each annotation against all before it: that took half of the time
of a page. Here nothing is checked when a page is drawn; the tests hand every kind of picture to Plotly's checks instead.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

TYPED = {"float32": "f4", "float64": "f8", "int32": "i4", "int16": "i2", "int8": "i1"}
"""Plotly's names of the number formats in which an array is written."""


class Drawing:
    """Traces and a layout, in the words of Plotly's reference (https://plotly.com/javascript/reference/).

    Values are strings, numbers, None inside lists for what is missing, lists, dictionaries, or numpy arrays of numbers, which
    are written as bytes: half the size and no loss. A property set to None is one that is not set.
    """

    __slots__ = ("data", "layout")

    def __init__(self) -> None:
        self.data: list[dict[str, Any]] = []
        self.layout: dict[str, Any] = {"xaxis": {}, "yaxis": {}}

    def add_scatter(self, **trace: Any) -> None:
        """Points, lines or areas."""
        self.data.append({"type": "scatter", **_plain(trace)})

    def add_bar(self, **trace: Any) -> None:
        """Bars."""
        self.data.append({"type": "bar", **_plain(trace)})

    def add_annotation(self, **note: Any) -> None:
        """A text at a place."""
        self.layout.setdefault("annotations", []).append(_plain(note))

    def add_shape(self, **shape: Any) -> None:
        """A line or a rectangle behind or before the traces."""
        self.layout.setdefault("shapes", []).append(_plain(shape))

    def update_layout(self, **more: Any) -> Drawing:
        """Set properties of the layout; dictionaries are merged into those that are there."""
        _merge(self.layout, more)
        return self

    def update_xaxes(self, **more: Any) -> None:
        """Set properties of every x axis."""
        self._update_axes("xaxis", more)

    def update_yaxes(self, **more: Any) -> None:
        """Set properties of every y axis."""
        self._update_axes("yaxis", more)

    def _update_axes(self, kind: str, more: Mapping[str, Any]) -> None:
        for name, axis in self.layout.items():
            if name.startswith(kind):
                _merge(axis, more)


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if value is None:
            into.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(held) for name, held in value.items() if held is not None}
    if isinstance(value, np.ndarray):
        # Plotly reads the bytes of typed arrays as little-endian.
        code = TYPED[str(value.dtype)]
        return {"dtype": code, "bdata": base64.b64encode(value.tobytes()).decode("ascii")}
    return value
