"""Decomposition chart: trend, season and remainder of a series, one above the other."""

from __future__ import annotations

import math

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.control_chart import limits
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts.base import PAGE, Style, dress, empty, places, rounded, signed, ticks, years
from csp_dash.domain.periods import Month
from csp_dash.domain.wording import measured

NAMES = ("months and their trend", "season", "what is left over")
GAP = 0.09
SHARES = (0.44, 0.19, 0.19)
TALLER = 1.3


def figure(
    frame: pd.DataFrame,
    *,
    unit: str,
    rate: str = "",
    style: Style = PAGE,
    height: int | None = None,
    identity: str = "decomposition",
) -> Drawing:
    """Draw `frame` (start, value, trend, seasonal, remainder; the last two are factors around 1) as three panels.

    `unit` is the plural unit of counts; `rate` says that the values are rates. Season and what is left over are
    percentages above or below the trend. Months left over beyond 2.66 mean moving ranges (as in `analytics.signal`,
    around no difference) stand out. Missing months are gaps.
    """
    tall = height or round(style.height * TALLER)
    if frame.empty or bool(frame["value"].isna().all()):
        return empty(height=tall, size=style.text)
    drawing = Drawing()
    days = [f"{moment:%Y-%m-%d}" for moment in frame["start"]]
    season = 100 * (frame["seasonal"].astype(float) - 1)
    left = 100 * (frame["remainder"].astype(float) - 1)
    top = _observed(drawing, frame, days, unit, rate, style)
    _curve(drawing, days, frame["trend"].astype(float), palette.LINE, style.line, "y")
    _curve(drawing, days, season, palette.SLATE, style.line * 0.7, "y2")
    _remainder(drawing, days, left, style)
    _axes(drawing, top, (_reach(season), _reach(left)), style)
    first, last = frame["start"].iloc[0], frame["start"].iloc[-1]
    pad = pd.Timedelta(days=45)
    drawing.update_xaxes(
        range=[f"{first - pad:%Y-%m-%d}", f"{last + pad:%Y-%m-%d}"],
        tickvals=years(first.date(), last.date()),
        tickformat="%Y",
        tickfont={"size": style.tick},
        showgrid=False,
        ticks="",
        anchor="y3",
    )
    drawing.update_layout(hovermode="closest", hoverdistance=40)
    return dress(drawing, height=tall, right=8, top=round(style.small * 1.6), size=style.text, identity=identity)


def _observed(drawing: Drawing, frame: pd.DataFrame, days: list[str], unit: str, rate: str, style: Style) -> float:
    known = frame["value"].notna()
    words = [
        f"{Month.of(moment.date()).words}: {measured(value, unit, rate)}"
        for moment, value in zip(frame["start"][known], frame["value"][known].astype(float), strict=True)
    ]
    drawing.add_scatter(
        x=[day for day, there in zip(days, known, strict=True) if there],
        y=[rounded(value) for value in frame["value"][known].astype(float)],
        mode="markers",
        marker={"size": style.dot, "color": palette.DOT, "opacity": 0.6, "line": {"width": 0}},
        hovertext=words,
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )
    return float(frame[["value", "trend"]].max().max()) or 1.0


def _curve(drawing: Drawing, days: list[str], values: pd.Series, colour: str, width: float, axis: str) -> None:
    percent = axis != "y"
    drawing.add_scatter(
        x=days,
        y=[rounded(value, 4) for value in values],
        yaxis=axis,
        mode="lines",
        line={"color": colour, "width": width},
        connectgaps=False,
        hoverinfo=None if percent else "skip",
        hovertemplate="%{x|%B %Y}: %{y:+.0f}%<extra></extra>" if percent else None,
        cliponaxis=False,
    )


def _remainder(drawing: Drawing, days: list[str], left: pd.Series, style: Style) -> None:
    band = limits(left, floor=None)
    reach = band.upper - band.centre if band else float("inf")
    rows = [(day, float(value)) for day, value in zip(days, left, strict=True) if pd.notna(value)]
    beyond = [abs(value) > reach for _, value in rows]
    drawing.add_scatter(
        x=[day for day, _ in rows],
        y=[rounded(value, 4) for _, value in rows],
        yaxis="y3",
        mode="markers",
        marker={
            "size": [style.signal if b else style.dot for b in beyond],
            "color": [palette.SIGNAL if b else palette.DOT for b in beyond],
            "opacity": [0.95 if b else 0.6 for b in beyond],
            "line": {"width": 0},
        },
        hovertemplate="%{x|%B %Y}: %{y:+.0f}%<extra></extra>",
        cliponaxis=False,
    )
    if band:
        drawing.add_shape(
            type="rect",
            x0=days[0],
            x1=days[-1],
            y0=rounded(-reach),
            y1=rounded(reach),
            yref="y3",
            layer="below",
            line={"width": 0},
            fillcolor=palette.faint(palette.LINE, 0.13),
        )


def _axes(drawing: Drawing, top: float, reaches: tuple[float, float], style: Style) -> None:
    """Three axes over each other, each with its name on its left end."""
    low = 1.0
    for place, share in enumerate(SHARES):
        high, low = low, low - share
        axis = {
            "domain": [round(max(0.0, low), 3), round(high, 3)],
            "tickfont": {"size": style.tick},
            "zeroline": False,
        }
        if place == 0:
            marks = ticks(top)
            axis |= {"range": [0, max(top * 1.06, marks[-1])], "tickvals": marks, "tickformat": places(marks)}
        else:
            reach = reaches[place - 1]
            mark = _round(reach)
            axis |= {"range": [-reach * 1.1, reach * 1.1], "tickvals": [-mark, 0, mark]}
            axis |= {"ticktext": [f"{signed(mark * side)}%" for side in (-1, 0, 1)]}
        drawing.update_layout(**{f"yaxis{place + 1 if place else ''}": axis})
        drawing.add_annotation(
            text=NAMES[place],
            x=0,
            y=high,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"size": style.small},
            opacity=0.85,
        )
        low -= GAP


def _reach(values: pd.Series) -> float:
    return float(values.abs().max()) if values.notna().any() and values.abs().max() > 0 else 1.0


def _round(reach: float) -> float:
    """The largest round number (1, 2 or 5 and noughts) within reach."""
    power = 10.0 ** math.floor(math.log10(reach))
    return max(unit * power for unit in (1, 2, 5) if unit * power <= reach * (1 + 1e-9))
