"""Lorenz curve: the share of offences against the share of places, most burdened first."""

from __future__ import annotations

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts.base import PAGE, Style, dress, empty, rounded


def figure(curve: pd.DataFrame, *, half: float, style: Style = PAGE, identity: str = "concentration") -> Drawing:
    """Draw `curve` (places_share, offences_share, both 0 to 1) with the even line, and where half of them lie (`half`,
    percent of places)."""
    if curve.empty:
        return empty(height=style.height, size=style.text)
    x = [rounded(100 * value, 4) for value in curve["places_share"]]
    y = [rounded(100 * value, 4) for value in curve["offences_share"]]
    drawing = Drawing()
    drawing.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        line={"color": palette.SLATE, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )
    drawing.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": palette.LINE, "width": style.line},
        fill="tozeroy",
        fillcolor=palette.faint(palette.LINE, 0.1),
        hovertemplate="%{x:.0f}% of the places: %{y:.0f}%<extra></extra>",
    )
    drawing.add_scatter(
        x=[half, half, 0],
        y=[0, 50, 50],
        mode="lines",
        line={"color": palette.ORANGE, "width": 1.5},
        hoverinfo="skip",
    )
    drawing.add_annotation(
        x=half, y=50, text=f"half in {half:.0f}%", xanchor="left", xshift=8, showarrow=False, font={"size": style.text}
    )
    drawing.add_annotation(
        x=72, y=68, text="if spread evenly", xanchor="left", showarrow=False, font={"size": style.small}, opacity=0.85
    )
    for update, name in ((drawing.update_xaxes, "% of small areas"), (drawing.update_yaxes, "% of offences")):
        update(
            range=[0, 101],
            tickvals=[0, 25, 50, 75, 100],
            tickfont={"size": style.tick},
            zeroline=False,
            title={"text": name, "font": {"size": style.small}},
        )
    drawing.update_layout(hovermode="closest")
    return dress(drawing, height=style.height, right=10, top=8, bottom=8, size=style.text, identity=identity)
