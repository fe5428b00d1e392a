"""Funnel plot: rates of areas against their population, with control limits."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts.base import PAGE, Style, dress, empty, places, rounded, ticks

NAMED = 6


def figure(
    frame: pd.DataFrame,
    limits: pd.DataFrame,
    whole: float,
    *,
    names: Mapping[str, str],
    words: Mapping[str, str],
    base: str,
    chosen: Collection[str] = (),
    style: Style = PAGE,
    identity: str = "funnel",
) -> Drawing:
    """Draw `frame` (area, exposure, rate, band from 0 well below to 4 well above) over `limits` (exposure, low95, high95,
    low998, high998 and, dashed, wide_low95 and wide_high95, in the same unit as the rates) around `whole`. `words` are said when an area is pointed at; those
    beyond the outer limits, and the `chosen`, are named. `base` names the horizontal axis.
    """
    known = frame.dropna(subset=["rate"])
    if known.empty:
        return empty(height=style.height, size=style.text)
    drawing = Drawing()
    x = [rounded(value) for value in limits["exposure"]]
    for low, high, alpha in (("low998", "high998", 0.12), ("low95", "high95", 0.16)):
        drawing.add_scatter(
            x=x + x[::-1],
            y=[rounded(v, 4) for v in [*limits[high], *limits[low][::-1]]],
            mode="lines",
            fill="toself",
            fillcolor=palette.faint(palette.SLATE, alpha),
            line={"width": 0, "color": palette.SLATE},
            hoverinfo="skip",
        )
    for name in ("wide_low95", "wide_high95"):
        drawing.add_scatter(
            x=x,
            y=[rounded(value, 4) for value in limits[name]],
            mode="lines",
            line={"color": palette.SLATE, "width": 1.4, "dash": "dash"},
            hoverinfo="skip",
        )
    level = rounded(whole, 4)
    drawing.add_shape(
        type="line",
        x0=0,
        x1=1,
        xref="x domain",
        yref="y",
        y0=level,
        y1=level,
        line={"color": palette.SLATE, "width": 1.5, "dash": "dot"},
    )
    colours = [palette.BANDS[int(band)] if int(band) != 2 else palette.DOT for band in known["band"]]
    edges = [palette.SELECTED if area in chosen else palette.OUTLINE for area in known["area"]]
    drawing.add_scatter(
        x=[rounded(value) for value in known["exposure"]],
        y=[rounded(value, 4) for value in known["rate"]],
        mode="markers",
        marker={
            "size": 13,
            "color": colours,
            "opacity": 1,
            "line": {"width": [3 if e == palette.SELECTED else 1 for e in edges], "color": edges},
        },
        hovertext=[f"<b>{names[area]}</b><br>{words[area]}" for area in known["area"]],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )
    middle = float(known["exposure"].median())
    far = known.assign(away=(known["rate"] - whole).abs()).sort_values("away", ascending=False)
    told = far[(far["band"].isin([0, 4])) | far["area"].isin(list(chosen))].head(NAMED + len(chosen))
    for row in told.to_dict("records"):
        left = row["exposure"] > middle
        drawing.add_annotation(
            x=rounded(row["exposure"]),
            y=rounded(row["rate"], 4),
            text=names[row["area"]],
            showarrow=False,
            xanchor="right" if left else "left",
            xshift=-10 if left else 10,
            font={"size": style.small},
        )
    top = max(float(known["rate"].max()), float(limits["wide_high95"].iloc[-1])) * 1.08
    marks = ticks(top)
    drawing.update_yaxes(
        range=[0, top], tickvals=marks, tickformat=places(marks), tickfont={"size": style.tick}, zeroline=False
    )
    drawing.update_xaxes(
        title={"text": base, "font": {"size": style.small}},
        range=[rounded(limits["exposure"].iloc[0]), rounded(limits["exposure"].iloc[-1])],
        tickformat=",.0f",
        nticks=6,
        tickfont={"size": style.tick},
        showgrid=False,
        zeroline=False,
    )
    drawing.update_layout(hovermode="closest", hoverdistance=30)
    return dress(drawing, height=style.height + 60, right=12, top=10, bottom=8, size=style.text, identity=identity)
