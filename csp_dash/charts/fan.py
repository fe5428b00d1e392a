"""Fan chart: months so far, then the median forecast with two prediction intervals."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts.base import PAGE, Style, dress, empty, places, rounded, short, text_width, ticks, years
from csp_dash.domain.periods import Month
from csp_dash.domain.wording import measured, number_or_rate

SHOWN = 48
YEAR = 12
WORD = "forecast"
FILLS = (("low80", "high80", 0.14, "8 in 10"), ("low50", "high50", 0.26, "5 in 10"))


def figure(
    history: pd.DataFrame,
    forecast: pd.DataFrame,
    *,
    unit: str,
    rate: str = "",
    style: Style = PAGE,
    height: int | None = None,
    identity: str = "fan",
) -> Drawing:
    """Draw the last four years of `history` (start, value) and a `forecast` that follows it.

    `forecast`: start, middle, low50, high50, low80, high80; the pale bands hold 5 and 8 in 10 of what may come. The
    line through the months is the average of the 12 months ending then, where all are there. `unit` is the plural
    unit of counts; `rate` says that the values are rates.
    """
    tall = height or style.height
    if history.empty or bool(history["value"].isna().all()):
        return empty(height=tall, size=style.text)
    past = history.assign(smooth=history["value"].astype(float).rolling(YEAR, min_periods=YEAR).mean()).tail(SHOWN)
    columns = [past["value"], past["smooth"], *([forecast["high80"], forecast["middle"]] if len(forecast) else [])]
    high = max([0.0, *(float(column.max()) for column in columns if column.notna().any())]) or 1.0
    marks = ticks(high)
    drawing = Drawing()
    for low, up, alpha, _ in FILLS:
        _fill(drawing, forecast, low, up, alpha)
    _past(drawing, past, unit, rate, style)
    right, top = 10, 12
    if len(forecast):
        right = _future(drawing, forecast, past["start"].iloc[-1], unit, rate, style)
        top = 10 + int(style.small * 1.45)
    drawing.update_yaxes(
        range=[0, max(high * 1.06, marks[-1])],
        tickvals=marks,
        tickfont={"size": style.tick},
        tickformat=places(marks),
        zeroline=False,
        showline=False,
    )
    first, last = past["start"].iloc[0], (forecast if len(forecast) else past)["start"].iloc[-1]
    pad = pd.Timedelta(days=25)
    drawing.update_xaxes(
        range=[f"{first - pad:%Y-%m-%d}", f"{last + pad:%Y-%m-%d}"],
        tickvals=years(first.date(), last.date()),
        tickformat="%Y",
        tickfont={"size": style.tick},
        showgrid=False,
        ticks="",
    )
    drawing.update_layout(hovermode="closest", hoverdistance=40)
    return dress(drawing, height=tall, right=right, top=top, size=style.text, identity=identity)


def _past(drawing: Drawing, past: pd.DataFrame, unit: str, rate: str, style: Style) -> None:
    known = past.dropna(subset=["value"])
    drawing.add_scatter(
        x=[f"{moment:%Y-%m-%d}" for moment in known["start"]],
        y=[rounded(value) for value in known["value"].astype(float)],
        mode="markers",
        marker={"size": style.dot, "color": palette.DOT, "opacity": 0.6, "line": {"width": 0}},
        hovertext=[
            f"{Month.of(moment.date()).words}: {measured(float(value), unit, rate)}"
            for moment, value in zip(known["start"], known["value"], strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )
    drawing.add_scatter(
        x=[f"{moment:%Y-%m-%d}" for moment in past["start"]],
        y=[rounded(value, 4) for value in past["smooth"]],
        mode="lines",
        line={"color": palette.LINE, "width": style.line},
        connectgaps=False,
        hoverinfo="skip",
        cliponaxis=False,
    )


def _fill(drawing: Drawing, forecast: pd.DataFrame, low: str, high: str, alpha: float) -> None:
    if forecast.empty:
        return
    moments = forecast["start"].tolist()
    lows, highs = forecast[low].astype(float).tolist(), forecast[high].astype(float).tolist()
    if len(moments) == 1:  # a month alone still needs some width
        moments = [moments[0] - pd.Timedelta(days=12), moments[0] + pd.Timedelta(days=12)]
        lows, highs = lows * 2, highs * 2
    days = [f"{moment:%Y-%m-%d}" for moment in moments]
    drawing.add_scatter(
        x=days + days[::-1],
        y=[rounded(value, 4) for value in highs + lows[::-1]],
        mode="lines",
        line={"width": 0, "color": palette.LINE},
        fill="toself",
        fillcolor=palette.faint(palette.LINE, alpha),
        hoverinfo="skip",
    )


def _future(drawing: Drawing, forecast: pd.DataFrame, today: pd.Timestamp, unit: str, rate: str, style: Style) -> int:
    """The middle, where the forecast begins, and its last value; returns the right margin."""
    days = [f"{moment:%Y-%m-%d}" for moment in forecast["start"]]
    middle = forecast["middle"].astype(float).tolist()
    drawing.add_scatter(
        x=days,
        y=[rounded(value, 4) for value in middle],
        mode="lines+markers",
        line={"color": palette.LINE, "width": style.line * 0.75, "dash": "dash"},
        marker={
            "size": [0.1] * (len(days) - 1) + [style.line * 2.6],
            "color": palette.LINE,
            "opacity": 1,
            "line": {"width": 0},
        },
        hovertext=[_hover(row, unit, rate) for row in forecast.to_dict("records")],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )
    drawing.add_shape(
        type="line",
        x0=f"{today:%Y-%m-%d}",
        x1=f"{today:%Y-%m-%d}",
        y0=0,
        y1=1,
        yref="paper",
        layer="below",
        line={"color": palette.SLATE, "width": max(1, style.line / 3), "dash": "dot"},
    )
    drawing.add_annotation(
        x=f"{today:%Y-%m-%d}",
        y=1,
        yref="paper",
        yshift=2,
        yanchor="bottom",
        xanchor="left",
        text=WORD,
        showarrow=False,
        font={"size": style.small},
        opacity=0.85,
    )
    value = number_or_rate(short(middle[-1]))
    month = Month.of(forecast["start"].iloc[-1].date()).short
    drawing.add_annotation(
        x=days[-1],
        y=rounded(middle[-1]),
        text=f"<b>{value}</b><br><span style='font-size:{style.small}px;color:{palette.TEXT}'>in {month}</span>",
        font={"size": style.value, "color": palette.LINE},
        showarrow=False,
        xanchor="left",
        xshift=round(style.line * 2.8),
        align="left",
    )
    return int(max(text_width(value, style.value), text_width(f"in {month}", style.small)) + style.line * 2.8) + 4


def _hover(row: dict[Hashable, Any], unit: str, rate: str) -> str:
    lines = [f"{Month.of(row['start'].date()).words}: {measured(short(float(row['middle'])), unit, rate)} expected"]
    for low, high, _, chance in FILLS[::-1]:
        span = " to ".join(number_or_rate(short(float(row[name]))) for name in (low, high))
        lines.append(f"{chance} chance of {span}")
    return "<br>".join(lines)
