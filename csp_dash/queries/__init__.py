"""Questions: one typed function for each SQL file of the same name."""

from csp_dash.queries.questions import (
    areas,
    availability,
    lsoa_window,
    place_measures,
    populations,
    release,
    series,
    snap_points,
    status,
    stop_search_breakdown,
    streets,
    vintages,
    window,
)

__all__ = [
    "areas",
    "availability",
    "lsoa_window",
    "place_measures",
    "populations",
    "release",
    "series",
    "snap_points",
    "status",
    "stop_search_breakdown",
    "streets",
    "vintages",
    "window",
]
