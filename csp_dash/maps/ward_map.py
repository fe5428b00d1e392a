"""Wards shaded by class, every one named: pydeck, without a tile server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pydeck as pdk

from csp_dash.analytics import palette
from csp_dash.analytics.classes import NO_DATA, Classes
from csp_dash.analytics.wording import number_or_rate
from csp_dash.maps import layers
from csp_dash.maps.boundaries import Boundaries, fit

TOOLTIP = "<b>{name}</b><br>{label}"


def deck(
    boundaries: Boundaries,
    frame: pd.DataFrame,
    classes: Classes,
    *,
    water: Mapping[str, Any] | None = None,
    selected: Sequence[str] = (),
    width: int = 520,
    height: int = 520,
    size: float = 11.5,
    names: bool = True,
) -> pdk.Deck:
    """Shade areas by `frame` (area, value; label: the value in words for the tooltip).

    `water` is drawn behind; `selected` areas get a strong outline. The view fits the outlines into `width` by
    `height` pixels. Areas without a row are grey: no data.
    """
    facts = readings(boundaries, frame)
    features = []
    labels = []
    for feature in boundaries.geojson["features"]:
        code = str(feature["properties"]["code"])
        value, words = facts[code]
        fill = classes.colour(value)
        shown = {"code": code, "name": boundaries.names[code], "label": words, "fill": list(palette.rgb(fill))}
        features.append({"type": "Feature", "properties": shown, "geometry": feature["geometry"]})
        label = boundaries.labels[code]
        ink = list(palette.rgb(palette.ink(fill)))
        labels.append({"position": [label.lon, label.lat], "text": label.text, "ink": ink})
    stack = [layers.ground(boundaries.box)]
    if water is not None:
        stack.append(layers.backdrop("water", water, palette.SKY, layers.WATER))
    stack.append(
        pdk.Layer(
            "GeoJsonLayer",
            id="wards",
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
    if selected:
        stack.append(layers.outlines("selected", layers.only(boundaries, selected), palette.SELECTED, 3.5))
    if names:
        stack.append(layers.texts("names", labels, size))
    return layers.deck(
        stack, fit(boundaries.box, width, height), width=width, height=height, tooltip=TOOLTIP, moving=True
    )


def readings(boundaries: Boundaries, frame: pd.DataFrame) -> dict[str, tuple[float | None, str]]:
    """Value and words of every outlined area; areas without a row or a value read `no data`."""
    rows = {str(row["area"]): row for row in frame.to_dict("records")}
    found: dict[str, tuple[float | None, str]] = {}
    for code in boundaries.codes:
        row = rows.get(code)
        value = None if row is None or pd.isna(row["value"]) else float(row["value"])
        words = NO_DATA if value is None else str((row or {}).get("label") or number_or_rate(value))
        found[code] = (value, words)
    return found
