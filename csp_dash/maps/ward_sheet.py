"""Wards shaded by class as a plain Plotly drawing: it fits any width, scrolls under a thumb, prints, needs no WebGL."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from csp_dash.analytics import palette
from csp_dash.analytics.classes import Classes
from csp_dash.maps.boundaries import Boundaries, rings_of
from csp_dash.maps.labels import Ring
from csp_dash.maps.layers import GROUND, WATER
from csp_dash.maps.ward_map import readings

Coordinates = npt.NDArray[np.float32]
CLEAR = "rgba(0,0,0,0)"
EMPTY = "No data for this choice"


def figure(
    boundaries: Boundaries,
    frame: pd.DataFrame,
    classes: Classes,
    *,
    water: Mapping[str, Any] | None = None,
    selected: Sequence[str] = (),
    height: int = 440,
    size: float = 11,
    named: Collection[str] | None = None,
    identity: str = "wards",
) -> go.Figure:
    """Shade areas by `frame` (area, value, label: the value in words for the tooltip); areas without a row are grey.

    `water` lies behind, `selected` areas get a strong outline, `named` lists the areas whose names are written (else
    all). A click on a ward's name selects a point whose `customdata[0]` is the GSS code.
    """
    drawing = go.Figure()
    if frame.empty or bool(frame["value"].isna().all()):
        drawing.add_annotation(text=EMPTY, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False)
        drawing.update_xaxes(visible=False)
        drawing.update_yaxes(visible=False)
        return _dress(drawing, height, identity)
    west, south, east, north = boundaries.box
    squeeze = math.cos(math.radians((south + north) / 2))
    room = 0.02 * (north - south)
    if water is not None:
        for feature in water["features"]:
            _flat(drawing, feature, squeeze)
    facts = readings(boundaries, frame)
    for code in sorted(boundaries.codes, key=lambda c: c in selected):
        value, words = facts[code]
        fill = classes.colour(value)
        chosen = code in selected
        x, y = _path(boundaries.rings(code), squeeze)
        drawing.add_scatter(
            x=x,
            y=y,
            mode="lines",
            fill="toself",
            fillcolor=fill,
            line={"color": palette.SELECTED if chosen else palette.OUTLINE, "width": 3 if chosen else 1.2},
            hoveron="fills",
            text=f"<b>{boundaries.names[code]}</b><br>{words}",
            hoverinfo="text",
            name=boundaries.names[code],
        )
        if named is None or code in named:
            label = boundaries.labels[code]
            drawing.add_annotation(
                x=round(label.lon * squeeze, 5),
                y=label.lat,
                text=label.text.replace("\n", "<br>"),
                showarrow=False,
                font={"size": size, "color": palette.ink(fill), "shadow": ", ".join([f"0 0 2px {fill}"] * 4)},
            )
    codes = list(boundaries.codes)
    drawing.add_scatter(
        x=[round(boundaries.labels[code].lon * squeeze, 5) for code in codes],
        y=[boundaries.labels[code].lat for code in codes],
        mode="markers",
        marker={"size": 34, "opacity": 0, "color": palette.LINE},
        customdata=[[code] for code in codes],
        hovertext=[f"<b>{boundaries.names[code]}</b><br>{facts[code][1]}" for code in codes],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    drawing.update_xaxes(visible=False, range=[(west - room) * squeeze, (east + room) * squeeze])
    drawing.update_yaxes(visible=False, range=[south - room, north + room], scaleanchor="x", scaleratio=1)
    _dress(drawing, height, identity)
    return drawing.update_layout(plot_bgcolor=palette.faint(palette.SLATE, GROUND))


def _dress(drawing: go.Figure, height: int, identity: str) -> go.Figure:
    drawing.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        font={"color": palette.TEXT},
        hoverlabel={"align": "left", "font": {"size": 13, "color": palette.TEXT}},
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        uirevision=identity,
        title={"text": ""},
    )
    drawing.update_xaxes(fixedrange=True)
    drawing.update_yaxes(fixedrange=True)
    return drawing


def _flat(drawing: go.Figure, feature: Mapping[str, Any], squeeze: float) -> None:
    x, y = _path(rings_of(feature["geometry"]), squeeze)
    drawing.add_scatter(
        x=x,
        y=y,
        mode="lines",
        fill="toself",
        fillcolor=palette.faint(palette.SKY, WATER),
        line={"width": 0, "color": palette.SKY},
        hoverinfo="skip",
    )


def _path(rings: Sequence[Ring], squeeze: float) -> tuple[Coordinates, Coordinates]:
    """The rings as one line with breaks between them, in single precision: half a metre, and half the bytes."""
    x: list[float] = []
    y: list[float] = []
    for ring in rings:
        if x:
            x.append(math.nan)
            y.append(math.nan)
        x.extend(lon * squeeze for lon, _ in ring)
        y.extend(lat for _, lat in ring)
    return np.asarray(x, dtype=np.float32), np.asarray(y, dtype=np.float32)
