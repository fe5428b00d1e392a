"""Tiny lines for tiles."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from csp_dash.analytics import palette
from csp_dash.analytics.signal import rolling
from csp_dash.charts.base import dress, rounded

LATEST = 60


def values(series: pd.DataFrame, *, months: int = 12, latest: int = LATEST) -> list[float]:
    """For `st.metric(chart_data=)`: totals of 12 months ending in each of the latest months of a SERIES frame."""
    return [rounded(total) or 0.0 for total in rolling(series, months)[-latest:]]


def figure(points: list[float], *, height: int = 56) -> go.Figure:
    """The same as a still picture, its last point marked. Fewer than two points give an empty space of that height."""
    drawing = go.Figure()
    if len(points) > 1:
        drawing.add_scatter(y=points, mode="lines", line={"color": palette.LINE, "width": 2.4}, hoverinfo="skip")
        drawing.add_scatter(
            x=[len(points) - 1],
            y=[points[-1]],
            mode="markers",
            marker={"size": 7, "color": palette.LINE},
            hoverinfo="skip",
            cliponaxis=False,
        )
    drawing.update_xaxes(visible=False)
    drawing.update_yaxes(visible=False)
    drawing.update_layout(hovermode=False)
    return dress(drawing, height=height, left=2, right=8, top=6, bottom=6)
