"""Areas shaded by class on Plotly's own map canvas, which tells the GSS code of a clicked area. No tiles, no fonts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from csp_dash.analytics import palette
from csp_dash.analytics.classes import Classes
from csp_dash.maps.boundaries import Boundaries, fit
from csp_dash.maps.ward_map import readings

EMPTY = "No data for this choice"
# Plotly drops empty parts, and a style without sources fails: a lone point that no layer draws keeps it whole.
BLANK = {
    "id": "blank",
    "version": 8,
    "sources": {"none": {"type": "geojson", "data": {"type": "Point", "coordinates": [0, 0]}}},
    "layers": [{"id": "ground", "type": "background", "paint": {"background-color": "rgba(0,0,0,0)"}}],
}


def figure(
    boundaries: Boundaries,
    frame: pd.DataFrame,
    classes: Classes,
    *,
    selected: Sequence[str] = (),
    width: int = 520,
    height: int = 460,
    identity: str = "areas",
) -> go.Figure:
    """Shade areas by `frame` (area, value, label). A click's `points[0]["location"]` is the GSS code.

    The canvas is see-through, so it follows the page. The view fits the outlines into `width` by `height` pixels.
    """
    drawing = go.Figure()
    if frame.empty or bool(frame["value"].isna().all()):
        drawing.add_annotation(text=EMPTY, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False)
        drawing.update_xaxes(visible=False)
        drawing.update_yaxes(visible=False)
        return _dress(drawing, height, identity)
    facts = readings(boundaries, frame)
    groups: dict[int | None, list[str]] = {}
    for code in boundaries.codes:
        groups.setdefault(classes.index(facts[code][0]), []).append(code)
    shapes = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"code": f["properties"]["code"]}, "geometry": f["geometry"]}
            for f in boundaries.geojson["features"]
        ],
    }
    shaded = [(code, place) for place, codes in groups.items() for code in codes]
    colours = [*classes.colours, palette.MISSING]
    last = len(colours) - 1
    drawing.add_choroplethmap(
        geojson=shapes,
        featureidkey="properties.code",
        locations=[code for code, _ in shaded],
        z=[last if place is None else place for _, place in shaded],
        zmin=-0.5,
        zmax=last + 0.5,
        colorscale=_steps(colours),
        showscale=False,
        marker={
            "line": {
                "width": [3.5 if code in selected else 1 for code, _ in shaded],
                "color": [palette.SELECTED if code in selected else palette.OUTLINE for code, _ in shaded],
            }
        },
        hovertext=[f"<b>{boundaries.names[code]}</b><br>{facts[code][1]}" for code, _ in shaded],
        hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    view = fit(boundaries.box, width, height)
    drawing.update_layout(
        map={"style": BLANK, "center": {"lon": view.longitude, "lat": view.latitude}, "zoom": view.zoom}
    )
    return _dress(drawing, height, identity)


def _steps(colours: Sequence[str]) -> list[tuple[float, str]]:
    """A colour scale of flat steps."""
    size = len(colours)
    return [(edge, colour) for place, colour in enumerate(colours) for edge in (place / size, (place + 1) / size)]


def _dress(drawing: go.Figure, height: int, identity: str) -> go.Figure:
    drawing.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        showlegend=False,
        dragmode=False,
        font={"color": palette.TEXT},
        hoverlabel={"align": "left", "font": {"size": 13, "color": palette.TEXT}},
        paper_bgcolor="rgba(0,0,0,0)",
        uirevision=identity,
        title={"text": ""},
    )
    return drawing
