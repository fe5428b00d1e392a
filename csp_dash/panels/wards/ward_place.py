"""Where a ward is: a map to choose one on, and one of a measure with the ward among the others."""

from __future__ import annotations

from dataclasses import replace

from csp_dash.analytics import palette
from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.maps import svg_map
from csp_dash.maps.shading import by_colour
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.panel import Panel
from csp_dash.panels.wards.choropleth import shaded
from csp_dash.panels.wards.ward_map import picture

PLAIN, OWN = palette.RAMP[0], palette.RAMP[4]


def finder(data: Dataset, view: Filters) -> str:
    """The map to choose a ward on, as SVG. It shows no figures: where a ward is does not depend on how it fares."""
    colours = {code: OWN if code in view.wards else PLAIN for code in data.wards}
    words = {code: "shown here" if code in view.wards else "choose this ward" for code in data.wards}
    return svg_map.drawing(
        data.places.ward_outlines,
        by_colour(data.wards, colours, words, ()),
        label="Map of the wards of Tower Hamlets: choose one",
        context=data.places.context,
        strong=view.wards,
    )


def among(data: Dataset, view: Filters) -> Panel:
    """The ward of a view among the others, as SVG and in no order: a list from the highest would say where it is worst."""
    made = shaded(data, view)
    panel = picture(data, view, made, None)
    names = [data.names[code] for code in view.wards]
    drawn = svg_map.drawing(
        data.places.ward_outlines,
        made.shading,
        label=panel.alt,
        context=data.places.context,
        strong=view.wards,
        selected=view.wards,
    )
    title = f"{made.question.indicator.title}: {wording.listed(names)} among the other wards"
    return replace(panel, title=title, figure=drawn)
