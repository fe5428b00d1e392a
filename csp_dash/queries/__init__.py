"""Questions: one typed function for each SQL file of the same name; `series` and `window` are answered from one of them."""

from csp_dash.queries.period_sums import series, window
from csp_dash.queries.questions import (
    areas,
    availability,
    coverage_gaps,
    figures,
    intake,
    lsoa_window,
    place_measures,
    populations,
    postcodes,
    rejected,
    rejections,
    release_changes,
    snap_points,
    status,
    stop_search_breakdown,
    streets,
    vintages,
)

__all__ = [
    "areas",
    "availability",
    "coverage_gaps",
    "figures",
    "intake",
    "lsoa_window",
    "place_measures",
    "populations",
    "postcodes",
    "rejected",
    "rejections",
    "release_changes",
    "series",
    "snap_points",
    "status",
    "stop_search_breakdown",
    "streets",
    "vintages",
    "window",
]
