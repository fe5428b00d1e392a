"""Point density panel: burglary by police.uk map point."""

from __future__ import annotations

import shapely

from csp_dash import queries
from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.maps import point_density as maps
from csp_dash.maps.point_density import Style
from csp_dash.maps.shading import legend
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import Evidence
from csp_dash.panels.panel import Panel

YEARS = 3
SOURCE = "police_uk_burglary"


def apart(data: Dataset, view: Filters) -> float:
    """The share (0 to 1) of burglary records whose map point lies in another ward than the official look-up gives their
    small area; records on points outside every ward are left out."""
    points = queries.snap_points(data.warehouse, first_year=data.oldest.year, last_year=data.newest.year)
    codes = data.places.ward_outlines.codes
    shapes = [data.places.ward_outlines.shape(code) for code in codes]
    at, area = shapely.STRtree(shapes).query(shapely.points(points["lon"], points["lat"]), predicate="within")
    placed = points.iloc[at]
    other = [codes[place] for place in area] != placed["ward"]
    return float(placed["n"][other].sum() / placed["n"].sum())


def map_points(data: Dataset, view: Filters, style: Style, moving: bool) -> Panel:
    """Burglaries of the last three whole years that police.uk's files hold; `moving` is a map to zoom and move in.

    Nothing of the view is used: the files have periods of their own.
    """
    item = data.catalogue.indicators["burglary"]
    newest = next(row["last"] for row in queries.status(data.warehouse).to_dict("records") if row["source"] == SOURCE)
    last = newest.year if newest.month == 12 else newest.year - 1
    points = queries.snap_points(data.warehouse, first_year=last - YEARS + 1, last_year=last)
    cells = maps.hexagons(points)
    total, places = int(points["n"].sum()), len(points)
    top = cells.sort_values("n", ascending=False)
    half = int((top["n"].cumsum() < total / 2).sum()) + 1
    pinned = top[top["places"] > 1].assign(share=lambda frame: frame["most"] / frame["n"])
    worst = pinned[pinned["n"] >= pinned["n"].quantile(0.75)].sort_values("share", ascending=False).iloc[0]
    card = data.catalogue.sources[SOURCE]
    title = f"Half of the burglaries fell in {half} of {len(cells)} hexagons"
    table = points.head(20)[["street", "n"]].rename(
        columns={"street": "Map point (nearest street or place)", "n": "Burglaries"}
    )
    return Panel(
        indicator=item,
        title=title,
        caption=f"Burglaries recorded in Tower Hamlets, {last - YEARS + 1} to {last}, by police.uk map point."
        + (
            f" Smoothed over {wording.counted(maps.SPREAD, 'metres')}: burglaries per km² in the three years."
            if style is Style.SMOOTHED
            else ""
        ),
        figure=maps.deck(
            data.places.ward_outlines,
            points,
            style=style,
            unit="burglaries",
            context=data.places.context,
            moving=moving,
        ),
        alt=f"Map of burglary in Tower Hamlets, {last - YEARS + 1} to {last}, as {style.value}. {title}.",
        evidence=Evidence(
            source=f"{card.title} ({card.publisher})",
            url=card.url,
            as_at=f"December {last}",
            notes=tuple(data.catalogue.events[name] for name in card.caveats),
            show=lambda: table,
            export=lambda: points.assign(
                source=SOURCE, first_year=last - YEARS + 1, last_year=last, release=data.release
            ),
            filename="burglary-map-points.csv",
        ),
        remark=f"A map point is not an address. The {wording.number(total)} burglaries here stand on {wording.number(places)} "
        f"shared points; in one busy hexagon {worst['most']:,.0f} of {worst['n']:,.0f} records are pinned to a single point.",
        legend=legend(
            maps.classes_of_surface(data.places.ward_outlines, points)
            if style is Style.SMOOTHED
            else maps.classes_of(cells)
        ),
        empty=points.empty,
    )
