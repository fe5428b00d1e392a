"""Burglary below the ward: police.uk's map points gathered into hexagons, with what a map point is."""

from __future__ import annotations

from csp_dash import queries
from csp_dash.analytics import wording
from csp_dash.domain.filters import Filters
from csp_dash.maps import point_map
from csp_dash.maps.legend import legend
from csp_dash.packs.data import Data
from csp_dash.packs.evidence import Evidence
from csp_dash.packs.picture import Picture

YEARS = 3
SOURCE = "police_uk_burglary"


def hexagons(data: Data, view: Filters) -> Picture:
    """Burglaries of the last three whole years that police.uk's files hold, in hexagons of equal size."""
    have = data.catalogue.indicators["burglary"]
    newest = next(row["last"] for row in queries.status(data.warehouse).to_dict("records") if row["source"] == SOURCE)
    last = newest.year if newest.month == 12 else newest.year - 1
    points = queries.snap_points(data.warehouse, first_year=last - YEARS + 1, last_year=last)
    cells = point_map.hexagons(points)
    classes = point_map.classes_of(cells)
    total, places = int(points["n"].sum()), len(points)
    busiest = points.iloc[0]
    top = cells.sort_values("n", ascending=False)
    half = int((top["n"].cumsum() < total / 2).sum()) + 1
    card = data.catalogue.sources[SOURCE]
    title = f"Half of the burglaries fell in {half} of {len(cells)} hexagons"
    table = points.head(20)[["street", "n"]].rename(
        columns={"street": "Map point (nearest street or place)", "n": "Burglaries"}
    )
    return Picture(
        indicator=have,
        title=title,
        caption=f"Burglaries recorded {last - YEARS + 1} to {last}, by police.uk map point, gathered into hexagons.",
        figure=point_map.deck(data.ward_outlines, points, classes=classes, unit="burglaries", water=data.water),
        alt=f"Hexagon map: burglary, {last - YEARS + 1} to {last}. {title}.",
        evidence=Evidence(
            source=f"{card.title} ({card.publisher})",
            url=card.url,
            as_at=f"December {last}",
            notes=tuple(data.catalogue.events[name] for name in card.caveats),
            table=table,
            csv=points.assign(source=SOURCE, first_year=last - YEARS + 1, last_year=last, release=data.release).to_csv(
                index=False, lineterminator="\n"
            ),
            filename="burglary-map-points.csv",
        ),
        remark=f"A map point is not an address. The {wording.number(total)} burglaries here stand on {wording.number(places)} shared"
        f" points; the busiest, “{busiest['street']}”, holds {int(busiest['n'])}.",
        legend=tuple(legend(classes)),
        empty=points.empty,
    )
