"""The trend for the big screen: the same figure with type that is read from six metres."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from csp_dash.charts import bars as bars_chart
from csp_dash.charts import trend as trend_chart
from csp_dash.charts.base import WALL
from csp_dash.domain.catalogue import Event
from csp_dash.domain.months import Span


def figure(
    trend: pd.DataFrame,
    *,
    unit: str = "offences",
    rate: str = "",
    events: Sequence[Event] = (),
    chosen: Span | None = None,
    other: pd.DataFrame | None = None,
    other_name: str = "",
    name: str = "",
    height: int = WALL.height,
) -> go.Figure:
    """As `charts.trend.figure`, for 1920x1080."""
    return trend_chart.figure(
        trend,
        unit=unit,
        rate=rate,
        events=events,
        chosen=chosen,
        other=other,
        other_name=other_name,
        name=name,
        style=WALL,
        height=height,
        identity="board",
    )


def ranked(frame: pd.DataFrame, *, chosen: Sequence[str] = (), suffix: str = "", most: int = 10) -> go.Figure:
    """The highest few bars, for 1920x1080. `frame` as `charts.bars.figure` takes it."""
    top = frame.sort_values("value", ascending=False).head(most)
    return bars_chart.figure(top, chosen=chosen, suffix=suffix, style=WALL)
