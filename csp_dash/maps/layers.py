"""The pydeck layers that maps have in common."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pydeck as pdk

from csp_dash.analytics import palette
from csp_dash.maps.boundaries import Boundaries, View

GROUND = 0.12
WATER = 0.3
FONT = "Source Sans, Arial, sans-serif"


def backdrop(name: str, geojson: Mapping[str, Any], colour: str, alpha: float) -> pdk.Layer:
    """Flat see-through shapes behind everything: water, neighbouring boroughs."""
    return pdk.Layer(
        "GeoJsonLayer",
        id=name,
        data=bare(geojson),
        stroked=False,
        filled=True,
        get_fill_color=[*palette.rgb(colour), round(255 * alpha)],
        pickable=False,
    )


def ground(box: tuple[float, float, float, float]) -> pdk.Layer:
    """A faint plain behind the borough, wide enough for any frame."""
    west, south, east, north = box
    corners = [[west - 1, south - 1], [east + 1, south - 1], [east + 1, north + 1], [west - 1, north + 1]]
    return pdk.Layer(
        "PolygonLayer",
        id="ground",
        data=[{"polygon": corners}],
        get_polygon="polygon",
        stroked=False,
        get_fill_color=[*palette.rgb(palette.SLATE), round(255 * GROUND)],
        pickable=False,
    )


def outlines(name: str, geojson: Mapping[str, Any], colour: str, width: float) -> pdk.Layer:
    """Lines only, `width` pixels wide."""
    return pdk.Layer(
        "GeoJsonLayer",
        id=name,
        data=bare(geojson),
        stroked=True,
        filled=False,
        get_line_color=[*palette.rgb(colour), 255],
        get_line_width=width,
        line_width_units=pdk.types.String("pixels"),
        line_joint_rounded=True,
        pickable=False,
    )


def texts(name: str, rows: Sequence[Mapping[str, Any]], size: float) -> pdk.Layer:
    """Names on a map. Rows: position (lon, lat), text and ink (a colour as a list)."""
    return pdk.Layer(
        "TextLayer",
        id=name,
        data=list(rows),
        get_position="position",
        get_text="text",
        get_color="ink",
        get_size=size,
        size_units=pdk.types.String("pixels"),
        line_height=1.05,
        font_family=pdk.types.String(FONT),
        font_weight=600,
        font_settings={"fontSize": 36, "buffer": 6},
        get_text_anchor=pdk.types.String("middle"),
        get_alignment_baseline=pdk.types.String("center"),
        pickable=False,
    )


class Compact(pdk.Deck):  # type: ignore[misc]
    """A deck that is written out once and without indentation: pydeck's own text is three times as long, each run."""

    def to_json(self) -> str:
        text: str | None = self.__dict__.get("_compact")
        if text is None:
            text = json.dumps(json.loads(super().to_json()), separators=(",", ":"))
            self.__dict__["_compact"] = text
        return text


def deck(
    layers: Sequence[pdk.Layer],
    view: View,
    *,
    width: int,
    height: int,
    tooltip: str,
    pitch: float = 0,
    moving: bool = False,
) -> pdk.Deck:
    """A map with tooltips that fetches nothing. Only a `moving` one takes drag and wheel: they trap the page's scroll.

    Leave `map_style` out: with `map_style=None` Streamlit fetches a Carto style from the network.
    """
    return Compact(
        layers=list(layers),
        views=[pdk.View(type="MapView", controller=moving)],
        initial_view_state=pdk.ViewState(
            longitude=round(view.longitude, 6), latitude=round(view.latitude, 6), zoom=round(view.zoom, 4), pitch=pitch
        ),
        map_provider=None,
        width=width,
        height=height,
        tooltip={
            "html": tooltip,
            "style": {
                "backgroundColor": palette.INK,
                "color": palette.PAPER,
                "fontSize": "14px",
                "borderRadius": "4px",
                "padding": "6px 9px",
            },
        },
    )


def bare(geojson: Mapping[str, Any]) -> dict[str, Any]:
    """The same outlines without properties, to send less."""
    features = [{"type": "Feature", "properties": {}, "geometry": f["geometry"]} for f in geojson["features"]]
    return {"type": "FeatureCollection", "features": features}


def only(boundaries: Boundaries, codes: Sequence[str]) -> dict[str, Any]:
    """The outlines of some areas."""
    wanted = set(codes)
    features = [f for f in boundaries.geojson["features"] if f["properties"]["code"] in wanted]
    return {"type": "FeatureCollection", "features": features}
