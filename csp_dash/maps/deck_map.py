"""Choropleth with zoom and names (pydeck), without a tile server."""

from __future__ import annotations

from collections.abc import Sequence

import pydeck as pdk

from csp_dash.analytics import palette
from csp_dash.maps import deck_layers
from csp_dash.maps.boundaries import Boundaries, fit
from csp_dash.maps.context import Context
from csp_dash.maps.shading import Shading

TOOLTIP = "<b>{name}</b><br>{label}"
AREAS = "areas"
THROUGH = 150  # of 255: how solid areas are over a basemap


def deck(
    boundaries: Boundaries,
    shading: Shading,
    *,
    context: Context | None = None,
    selected: Sequence[str] = (),
    width: int = 520,
    height: int = 520,
    size: float = 11.5,
    names: bool = True,
    basemap: str = "",
) -> pdk.Deck:
    """Draw the areas in their colours with their words as tooltips; `selected` ones get a strong outline.

    A `basemap` (the address of a style) shows through the areas. The view fits the outlines into `width` by `height` pixels. A click selects in the layer `AREAS` an object whose
    `properties.code` is the GSS code.
    """
    features = []
    labels = []
    for feature in boundaries.geojson["features"]:
        code = str(feature["properties"]["code"])
        fill = shading.fills[code]
        shown = {
            "code": code,
            "name": boundaries.names[code],
            "label": shading.words[code],
            "fill": [*palette.rgb(fill), THROUGH if basemap else 255],
        }
        features.append({"type": "Feature", "properties": shown, "geometry": feature["geometry"]})
        label = boundaries.labels[code]
        labels.append(
            {
                "position": [label.lon, label.lat],
                "text": label.text,
                "ink": list(palette.rgb(palette.ink(fill))),
            }
        )
    stack = [] if basemap else [deck_layers.ground(boundaries.box)]
    if context is not None and not basemap:
        stack.append(deck_layers.flat("water", context.water, palette.WATER, deck_layers.WATER))
    stack.append(
        pdk.Layer(
            "GeoJsonLayer",
            id=AREAS,
            data={"type": "FeatureCollection", "features": features},
            filled=True,
            stroked=True,
            get_fill_color="properties.fill",
            get_line_color=[*palette.rgb(palette.OUTLINE), 255],
            get_line_width=1.4,
            line_width_units=pdk.types.String("pixels"),
            line_joint_rounded=True,
            pickable=True,
            auto_highlight=True,
            highlight_color=[*palette.rgb(palette.ORANGE), 70],
        )
    )
    if context is not None and not basemap:
        stack += deck_layers.between(context)
    if selected:
        chosen = [ring for code in boundaries.codes if code in selected for ring in boundaries.rings(code)]
        stack.append(deck_layers.lines("selected", chosen, palette.SELECTED, 3.5))
    if names:
        stack.append(deck_layers.texts("names", labels, size))
    view = fit(boundaries.box, width, height)
    return deck_layers.deck(stack, view, width=width, height=height, tooltip=TOOLTIP, moving=True, basemap=basemap)
