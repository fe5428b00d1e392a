"""Choropleth as a Plotly figure: scales to any width, prints, needs no WebGL and no tiles."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.maps.boundaries import Boundaries
from csp_dash.maps.context import KILOMETRE, Context
from csp_dash.maps.deck_layers import GROUND
from csp_dash.maps.labels import Ring
from csp_dash.maps.shading import Shading

Coordinates = npt.NDArray[np.float32]
EMPTY = "No data for this choice"
SPOT = 20  # pixels around a spot that belong to it under a pointer


def figure(
    boundaries: Boundaries,
    shading: Shading,
    *,
    context: Context | None = None,
    selected: Sequence[str] = (),
    height: int = 460,
    size: float = 11,
    named: Collection[str] | None = None,
    outline: float = 1.2,
    follow: bool = False,
    identity: str = "areas",
) -> Drawing:
    """Draw the areas in their colours, `selected` ones with a strong outline, their words under the pointer.

    `named` lists the areas whose names are written (else all), in type of `size` pixels. `follow` makes every place in
    an area clickable: a click selects a point whose `legendgroup` is the GSS code.
    """
    drawing = Drawing()
    if shading.empty:
        drawing.add_annotation(text=EMPTY, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False)
        drawing.update_xaxes(visible=False)
        drawing.update_yaxes(visible=False)
        return _dress(drawing, height, identity)
    west, south, east, north = boundaries.box
    squeeze = math.cos(math.radians((south + north) / 2))
    room = 0.02 * (north - south)
    if context is not None:
        _flat(drawing, context.water, palette.faint(palette.WATER, 0.55), squeeze)
    _areas(drawing, boundaries, shading, squeeze, outline)
    if context is not None:
        _between(drawing, context, squeeze)
    _chosen(drawing, boundaries, selected, squeeze)
    _spots(drawing, boundaries, shading, squeeze, follow)
    for code in boundaries.codes:
        if named is not None and code not in named:
            continue
        label, fill = boundaries.labels[code], shading.fills[code]
        drawing.add_annotation(
            x=round(label.lon * squeeze, 5),
            y=label.lat,
            text=label.text.replace("\n", "<br>"),
            showarrow=False,
            captureevents=False,
            font={"size": size, "color": palette.ink(fill), "shadow": ", ".join([f"0 0 2px {fill}"] * 4)},
        )
    if context is not None:
        _bearings(drawing, context, (west * squeeze, south), squeeze, size)
    drawing.update_xaxes(visible=False, range=[(west - room) * squeeze, (east + room) * squeeze])
    drawing.update_yaxes(visible=False, range=[south - room, north + room], scaleanchor="x", scaleratio=1)
    _dress(drawing, height, identity)
    return drawing.update_layout(
        plot_bgcolor=palette.faint(palette.SLATE, GROUND), clickmode="event+select" if follow else "event"
    )


def _areas(
    drawing: Drawing,
    boundaries: Boundaries,
    shading: Shading,
    squeeze: float,
    outline: float,
) -> None:
    """The areas of one colour in one trace."""
    groups: dict[str, list[Ring]] = {}
    for code in boundaries.codes:
        groups.setdefault(shading.fills[code], []).extend(boundaries.rings(code))
    for colour, rings in groups.items():
        x, y = _path(rings, squeeze)
        drawing.add_scatter(
            x=x,
            y=y,
            mode="lines",
            fill="toself",
            fillcolor=colour,
            line={"color": palette.OUTLINE, "width": outline},
            hoverinfo="skip",
        )


def _chosen(drawing: Drawing, boundaries: Boundaries, selected: Sequence[str], squeeze: float) -> None:
    """The outlines of the selected areas, over everything."""
    chosen = [ring for code in boundaries.codes if code in selected for ring in boundaries.rings(code)]
    if chosen:
        x, y = _path(chosen, squeeze)
        for colour, width in ((palette.PAPER, 7), (palette.SELECTED, 3.5)):  # the pale edge shows on every colour
            drawing.add_scatter(x=x, y=y, mode="lines", line={"color": colour, "width": width}, hoverinfo="skip")


def _between(drawing: Drawing, context: Context, squeeze: float) -> None:
    """Parks, roads and stations, quiet enough that the colours beneath stay what they are."""
    if context.parks:
        x, y = _path(context.parks, squeeze)
        drawing.add_scatter(
            x=x, y=y, mode="lines", line={"color": palette.PARK, "width": 1.4, "dash": "dot"}, hoverinfo="skip"
        )
    if context.roads:
        x, y = _path([line.points for line in context.roads], squeeze)
        drawing.add_scatter(x=x, y=y, mode="lines", line={"color": palette.ROAD, "width": 1.3}, hoverinfo="skip")
    if context.stations:
        drawing.add_scatter(
            x=[round(place.lon * squeeze, 5) for place in context.stations],
            y=[place.lat for place in context.stations],
            mode="markers",
            marker={
                "size": 4.5,
                "color": palette.PAPER,
                "line": {"color": palette.CHARCOAL, "width": 1},
                "opacity": 0.85,
            },
            hoverinfo="skip",
        )


def _spots(drawing: Drawing, boundaries: Boundaries, shading: Shading, squeeze: float, follow: bool) -> None:
    """What answers the pointer. To be clickable everywhere an area is strewn with unseen points."""
    unseen = {"size": 2 * SPOT if not follow else 8, "opacity": 0}
    if not follow:
        codes = list(boundaries.codes)
        drawing.add_scatter(
            x=[round(boundaries.labels[code].lon * squeeze, 5) for code in codes],
            y=[boundaries.labels[code].lat for code in codes],
            mode="markers",
            marker=unseen,
            hovertext=[_said(boundaries, shading, code) for code in codes],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        return
    for code in boundaries.codes:
        points = np.asarray(boundaries.spots[code], dtype=np.float32)
        drawing.add_scatter(
            x=points[:, 0] * np.float32(squeeze),
            y=points[:, 1],
            mode="markers",
            marker=unseen,
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}},
            legendgroup=code,
            name=boundaries.names[code],
            hovertemplate=f"{_said(boundaries, shading, code)}<extra></extra>",
        )


def _said(boundaries: Boundaries, shading: Shading, code: str) -> str:
    short = boundaries.short[code].replace("\n", " ")
    return f"<b>{short}</b><br>{shading.words[code]}"


def _bearings(drawing: Drawing, context: Context, corner: tuple[float, float], squeeze: float, size: float) -> None:
    """A kilometre, north, and the names of what everyone knows."""
    x, y = corner
    drawing.add_scatter(
        x=[x, x, x + KILOMETRE, x + KILOMETRE],
        y=[y + KILOMETRE * 0.06, y, y, y + KILOMETRE * 0.06],
        mode="lines",
        line={"color": palette.TEXT, "width": 1.4},
        hoverinfo="skip",
    )
    drawing.add_annotation(
        x=x + KILOMETRE / 2, y=y, text="1 km", yanchor="bottom", yshift=2, showarrow=False, font={"size": size}
    )
    drawing.add_annotation(
        x=x + KILOMETRE * 1.35, y=y, text="N<br>↑", yanchor="bottom", yshift=-4, showarrow=False, font={"size": size}
    )
    for place in context.named:
        drawing.add_annotation(
            x=round(place.lon * squeeze, 5),
            y=place.lat,
            text=f"<i>{place.name}</i>",
            showarrow=False,
            opacity=0.8,
            font={"size": size},
        )


def _dress(drawing: Drawing, height: int, identity: str) -> Drawing:
    drawing.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        hoverdistance=SPOT,
        font={"color": palette.TEXT},
        hoverlabel={"align": "left", "font": {"size": 13, "color": palette.TEXT}},
        paper_bgcolor=palette.CLEAR,
        plot_bgcolor=palette.CLEAR,
        uirevision=identity,
        title={"text": ""},
    )
    drawing.update_xaxes(fixedrange=True)
    drawing.update_yaxes(fixedrange=True)
    return drawing


def _flat(drawing: Drawing, rings: Iterable[Ring], colour: str, squeeze: float) -> None:
    x, y = _path(rings, squeeze)
    drawing.add_scatter(
        x=x,
        y=y,
        mode="lines",
        fill="toself",
        fillcolor=colour,
        line={"width": 0, "color": palette.CLEAR},
        hoverinfo="skip",
    )


def _path(rings: Iterable[Ring], squeeze: float) -> tuple[Coordinates, Coordinates]:
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
