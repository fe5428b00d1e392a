"""Months as quiet dots, their 12-month average as the one strong line, the range of chance as a pale band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from csp_dash.analytics import palette
from csp_dash.analytics.narrate import counted, number_or_rate
from csp_dash.analytics.signal import BEYOND, WORDS
from csp_dash.charts.base import PAGE, Style, dress, empty, flags, places, rounded, text_width, ticks
from csp_dash.domain.catalogue import Event
from csp_dash.domain.months import Month, Span

RANGE = "usual range"
GAP = "no data"


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
    style: Style = PAGE,
    height: int | None = None,
    identity: str = "trend",
) -> go.Figure:
    """Draw a frame of `analytics.signal.trend`.

    `unit` is the plural unit of counts; `rate` (`per 1,000 residents`) says that the values are rates. `chosen` is
    shaded faintly. `other` is a second trend of which only the average is drawn, labelled `other_name` (then give
    `name` too). An empty frame gives a figure that says so.
    """
    tall = height or style.height
    if trend.empty or bool(trend["missing"].all()):
        return empty(height=tall, size=style.text)
    drawing = go.Figure()
    first, last = trend["start"].iloc[0].date(), trend["start"].iloc[-1].date()
    high = _highest(trend, other)
    end = _label(trend, name, rate)
    other_end = _label(other, other_name, rate) if other is not None and not other.empty else ""
    right = int(max(_wide(end, style), _wide(other_end, style)) + style.line * 2.8) + 4
    top = _events(drawing, events, first, last, style, right)
    _rectangles(drawing, trend, chosen, high, style)
    if other is not None and not other.empty:
        _average(drawing, other, palette.COMPARATOR, style.line * 0.7, "dot", other_name)
    _dots(drawing, trend, unit, rate, style)
    _average(drawing, trend, palette.LINE, style.line, "solid", name)
    _ends(drawing, trend, other, end, other_end, high, tall - top - 34, style)
    marks = ticks(high)
    drawing.update_yaxes(
        range=[0, max(high * 1.06, marks[-1])], tickvals=marks, tickfont={"size": style.tick}, tickformat=places(marks)
    )
    drawing.update_yaxes(zeroline=False, showline=False)
    drawing.update_xaxes(
        range=[str(first - timedelta(days=45)), str(last + timedelta(days=45))],
        tickvals=_years(first, last),
        tickformat="%Y",
        hoverformat="%b %Y",
        tickfont={"size": style.tick},
        showgrid=False,
        ticks="",
    )
    drawing.update_layout(hovermode="x", hoverdistance=40)
    return dress(drawing, height=tall, right=right, top=top, size=style.text, identity=identity)


def _highest(trend: pd.DataFrame, other: pd.DataFrame | None) -> float:
    columns = trend[["value", "smooth", "upper"]].max(skipna=True)
    highest = [float(v) for v in columns if pd.notna(v)]
    if other is not None and not other.empty and other["smooth"].notna().any():
        highest.append(float(other["smooth"].max()))
    return max([*highest, 0.0]) or 1.0


def _dots(drawing: go.Figure, trend: pd.DataFrame, unit: str, rate: str, style: Style) -> None:
    known = trend[~trend["missing"]]
    beyond = (known["rule"] == BEYOND).tolist()
    drawing.add_scatter(
        x=[f"{moment:%Y-%m-%d}" for moment in known["start"]],
        y=[rounded(v) for v in known["value"]],
        mode="markers",
        marker={
            "size": [style.signal if b else style.dot for b in beyond],
            "color": [palette.SIGNAL if b else palette.DOT for b in beyond],
            "opacity": [0.95 if b else 0.6 for b in beyond],
            "line": {"width": 0},
        },
        hovertext=[_hover(row, unit, rate) for row in known.to_dict("records")],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )


def _hover(row: Mapping[Any, Any], unit: str, rate: str) -> str:
    value, smooth = float(row["value"]), float(row["smooth"])
    what = f"{number_or_rate(value)} {rate}" if rate else counted(value, unit)
    text = f"{Month.of(row['start'].date()).words}: {what}"
    if pd.notna(smooth):
        text += f"<br>12-month average {number_or_rate(_short(smooth))}"
    if row["rule"]:
        text += f"<br>{WORDS[str(row['rule'])].replace(' in a row', '<br>in a row')}"
    return text


def _average(drawing: go.Figure, trend: pd.DataFrame, colour: str, width: float, dash: str, name: str) -> None:
    drawing.add_scatter(
        x=[f"{moment:%Y-%m-%d}" for moment in trend["start"]],
        y=[rounded(v, 4) for v in trend["smooth"]],
        mode="lines",
        line={"color": colour, "width": width, "dash": dash, "shape": "linear"},
        connectgaps=False,
        hoverinfo="skip",
        name=name,
        cliponaxis=False,
    )


def _label(trend: pd.DataFrame | None, name: str, rate: str) -> str:
    """What stands at a line's end: its name, the last average, and that it is a month's."""
    if trend is None or trend["smooth"].dropna().empty:
        return ""
    value = number_or_rate(_short(float(trend["smooth"].dropna().iloc[-1])))
    return f"<b>{value}</b><br>{name}" if name else f"<b>{value}</b><br>a month"


def _wide(end: str, style: Style) -> float:
    value, _, small = end.partition("<br>")
    return max(text_width(value, style.value), text_width(small, style.small))


def _ends(
    drawing: go.Figure,
    trend: pd.DataFrame,
    other: pd.DataFrame | None,
    end: str,
    other_end: str,
    high: float,
    plot: int,
    style: Style,
) -> None:
    """Write each line's last value beside it, apart from the other's."""
    lines = [(trend, end, style.value)] + ([(other, other_end, style.small)] if other is not None else [])
    lines = [(frame, text, size) for frame, text, size in lines if text]
    values = [float(frame["smooth"].dropna().iloc[-1]) for frame, _, _ in lines]
    pixels = [value / high * plot for value in values]
    heights = 2.3 * style.value
    placed = _apart(pixels, heights, plot)
    for (frame, text, size), value, pixel, place in zip(lines, values, pixels, placed, strict=True):
        known = frame.dropna(subset=["smooth"]).iloc[-1]
        small = text.split("<br>")[1]
        drawing.add_annotation(
            x=f"{known['start']:%Y-%m-%d}",
            y=rounded(value),
            text=f"{text.split('<br>')[0]}<br><span style='font-size:{style.small}px;color:{palette.TEXT}'>{small}</span>",
            font={"size": size, **({"color": palette.LINE} if frame is trend else {})},
            showarrow=False,
            xanchor="left",
            xshift=round(style.line * 2.8),
            yshift=round(place - pixel),
            align="left",
        )
        drawing.add_scatter(
            x=[f"{known['start']:%Y-%m-%d}"],
            y=[rounded(value)],
            mode="markers",
            marker={"size": style.line * 2.6, "color": palette.LINE if frame is trend else palette.COMPARATOR},
            hoverinfo="skip",
            cliponaxis=False,
        )


def _apart(pixels: list[float], gap: float, plot: int) -> list[float]:
    if len(pixels) < 2 or abs(pixels[0] - pixels[1]) >= gap:
        return pixels
    middle, up = sum(pixels) / 2, pixels[0] >= pixels[1]
    middle = max(middle, gap * 0.75)
    return [middle + gap / 2, middle - gap / 2] if up else [middle - gap / 2, middle + gap / 2]


def _events(drawing: go.Figure, events: Sequence[Event], first: date, last: date, style: Style, right: int) -> int:
    """Dotted lines with their short names on top, in as many rows as they need; returns the top margin."""
    shown = sorted((e.start, e.short) for e in events if e.start and first < e.start <= last)
    if not shown:
        return 10
    days, room = max(1, (last - first).days), max(160, style.labels - right - 40)
    spots = [(day - first).days / days * room for day, _ in shown]
    widths = [text_width(short, style.small) for _, short in shown]
    hung = flags(spots, widths, -40, room + right)
    step = int(style.small * 1.45)
    top = 10 + step * (max(flag.row for flag in hung) + 1)
    for (day, short), flag in zip(shown, hung, strict=True):
        drawing.add_shape(
            type="line",
            x0=str(day),
            x1=str(day),
            y0=0,
            y1=1,
            yref="paper",
            layer="below",
            line={"color": palette.SLATE, "width": max(1, style.line / 3), "dash": "dot"},
        )
        drawing.add_annotation(
            x=str(day),
            y=1,
            yref="paper",
            yshift=2 + step * flag.row,
            xshift={"center": 0, "right": 3, "left": -3}[flag.side],
            yanchor="bottom",
            xanchor={"center": "center", "right": "left", "left": "right"}[flag.side],
            text=short,
            showarrow=False,
            font={"size": style.small},
            opacity=0.85,
        )
    return top


def _rectangles(drawing: go.Figure, trend: pd.DataFrame, chosen: Span | None, high: float, style: Style) -> None:
    if chosen is not None:
        _shade(drawing, str(chosen.first.first_day), str(chosen.last.last_day), palette.faint(palette.SLATE, 0.12))
    band = trend.dropna(subset=["upper"])
    if not band.empty:
        drawing.add_shape(
            type="rect",
            x0=f"{band['start'].iloc[0]:%Y-%m-%d}",
            x1=f"{band['start'].iloc[-1]:%Y-%m-%d}",
            y0=rounded(float(band["lower"].iloc[0])),
            y1=rounded(float(band["upper"].iloc[0])),
            layer="below",
            line={"width": 0},
            fillcolor=palette.faint(palette.LINE, 0.13),
        )
        low = float(band["lower"].iloc[0]) > 0.12 * high
        drawing.add_annotation(
            x=f"{band['start'].iloc[0]:%Y-%m-%d}",
            y=rounded(float(band["lower"].iloc[0] if low else band["upper"].iloc[0])),
            text=RANGE,
            showarrow=False,
            xanchor="left",
            yanchor="top" if low else "bottom",
            font={"size": style.small},
            opacity=0.85,
        )
    for start, finish in _gaps(trend):
        _shade(drawing, start, finish, palette.faint(palette.SLATE, 0.22))
        if (date.fromisoformat(finish) - date.fromisoformat(start)).days > 150:
            drawing.add_annotation(
                x=str(date.fromisoformat(start) + (date.fromisoformat(finish) - date.fromisoformat(start)) / 2),
                y=0.5,
                yref="paper",
                text=GAP,
                textangle=-90,
                showarrow=False,
                font={"size": style.small},
            )


def _shade(drawing: go.Figure, start: str, finish: str, colour: str) -> None:
    drawing.add_shape(
        type="rect", x0=start, x1=finish, y0=0, y1=1, yref="paper", layer="below", line={"width": 0}, fillcolor=colour
    )


def _gaps(trend: pd.DataFrame) -> list[tuple[str, str]]:
    """First and last day of each run of missing months."""
    found: list[tuple[str, str]] = []
    open_since: date | None = None
    for moment, missing in zip(trend["start"], trend["missing"], strict=True):
        if missing and open_since is None:
            open_since = moment.date()
        elif not missing and open_since is not None:
            found.append((str(open_since), str(moment.date() - timedelta(days=1))))
            open_since = None
    if open_since is not None:
        found.append((str(open_since), str(Month.of(trend["start"].iloc[-1].date()).last_day)))
    return found


def _years(first: date, last: date) -> list[str]:
    """The Januaries to name: about six at most."""
    years = list(range(first.year if first.month == 1 else first.year + 1, last.year + 1))
    if not years:
        return [str(first)]
    step = next(step for step in (1, 2, 3, 5, 10, 20, 50) if len(years) / step <= 6)
    return [f"{year}-01-01" for year in years if year % step == 0] or [f"{years[0]}-01-01"]


def _short(value: float) -> float:
    return float(round(value)) if abs(value) >= 20 else value
