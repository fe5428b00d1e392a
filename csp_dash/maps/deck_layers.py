"""pydeck layers that maps share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pydeck as pdk

from csp_dash.analytics import palette
from csp_dash.maps.boundaries import View
from csp_dash.maps.context import Context
from csp_dash.maps.labels import Ring

GROUND = 0.12
WATER = 0.3
FONT = "Source Sans, Arial, sans-serif"


def flat(name: str, rings: Iterable[Ring], colour: str, alpha: float) -> pdk.Layer:
    """Flat see-through shapes behind everything, such as water."""
    return pdk.Layer(
        "PolygonLayer",
        id=name,
        data=[{"polygon": ring} for ring in rings],
        get_polygon="polygon",
        stroked=False,
        filled=True,
        get_fill_color=[*palette.rgb(colour), round(255 * alpha)],
        pickable=False,
    )


def lines(name: str, paths: Iterable[Ring], colour: str, width: float, alpha: float = 1) -> pdk.Layer:
    """Lines `width` pixels wide."""
    return pdk.Layer(
        "PathLayer",
        id=name,
        data=[{"path": path} for path in paths],
        get_path="path",
        get_color=[*palette.rgb(colour), round(255 * alpha)],
        get_width=width,
        width_units=pdk.types.String("pixels"),
        joint_rounded=True,
        cap_rounded=True,
        pickable=False,
    )


def between(context: Context) -> list[pdk.Layer]:
    """Parks, main roads and stations over the areas, quiet; a station says its name under the pointer."""
    stack = [
        lines("parks", context.parks, palette.PARK, 1.5, 0.9),
        lines("roads", [line.points for line in context.roads], palette.ROAD, 1.3, 0.8),
        pdk.Layer(
            "ScatterplotLayer",
            id="stations",
            data=[
                {"position": [place.lon, place.lat], "name": place.name, "label": "Station"}
                for place in context.stations
            ],
            get_position="position",
            get_radius=3,
            radius_units=pdk.types.String("pixels"),
            get_fill_color=[*palette.rgb(palette.PAPER), 255],
            get_line_color=[*palette.rgb(palette.CHARCOAL), 255],
            stroked=True,
            get_line_width=1.2,
            line_width_units=pdk.types.String("pixels"),
            pickable=True,
        ),
    ]
    rows = [
        {"position": [place.lon, place.lat], "text": place.name, "ink": [*palette.rgb(palette.INK), 190]}
        for place in context.named
    ]
    return [*stack, texts("places", rows, 10)]


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
    basemap: str = "",
) -> pdk.Deck:
    """A map with tooltips that fetches nothing. Only a `moving` one takes drag and wheel: they trap the page's scroll.

    A `basemap` is the address of a style on another server. Without one `map_style` is left out: with `map_style=None`
    Streamlit fetches a Carto style from the network.
    """
    return Compact(
        layers=list(layers),
        views=[pdk.View(type="MapView", controller=moving)],
        initial_view_state=pdk.ViewState(
            longitude=round(view.longitude, 6), latitude=round(view.latitude, 6), zoom=round(view.zoom, 4), pitch=pitch
        ),
        **({"map_provider": "maplibre", "map_style": basemap} if basemap else {"map_provider": None}),
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
