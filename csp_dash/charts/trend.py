"""Trend chart: months as dots, their 12-month average as a line, the usual range as a band."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.control_chart import BEYOND, WORDS
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts import annotations as moments
from csp_dash.charts.base import PAGE, Style, dress, empty, places, rounded, short, text_width, ticks, years
from csp_dash.domain.indicator import Event
from csp_dash.domain.periods import Month, Span
from csp_dash.domain.wording import measured, number_or_rate, percent

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
    levels: Sequence[float | None] = (),
    style: Style = PAGE,
    height: int | None = None,
    identity: str = "trend",
) -> Drawing:
    """Draw a frame of `analytics.signal.trend`.

    `unit` is the plural unit of counts; `rate` (`per 1,000 residents`) says that the values are rates. `chosen` is
    shaded faintly; with `levels` (its own average month, then the other's) it is what the lines' ends say, in place of
    the last average. `other` is a second trend of which only the average is drawn, labelled `other_name` (then give
    `name` too). The usual range may differ from month to month. `events` that fall on the axis are drawn with the
    letters that `charts.events.lettered` gives for the first and last month's `start`. An empty frame gives a figure
    that says so.
    """
    tall = height or style.height
    if trend.empty or bool(trend["missing"].all()):
        return empty(height=tall, size=style.text)
    drawing = Drawing()
    first, last = trend["start"].iloc[0].date(), trend["start"].iloc[-1].date()
    high = _highest(trend, other)
    marks = ticks(high)
    ceiling = max(high * 1.06, marks[-1])
    lines = [_End(trend, name)] + ([_End(other, other_name)] if other is not None and not other.empty else [])
    if chosen is not None and levels:
        lines = [replace(line, level=level, span=chosen) for line, level in zip(lines, levels, strict=False)]
    end, *others = [_label(line, rate) for line in lines]
    other_end = "".join(others)
    right = int(max(_wide(end, style), _wide(other_end, style)) + style.line * 2.8) + 4
    if other is not None and not other.empty:
        _average(drawing, other, palette.COMPARATOR, style.line * 0.7, "dot", other_name)
    _dots(drawing, trend, unit, rate, style)
    _average(drawing, trend, palette.LINE, style.line, "solid", name)
    top, floor = moments.draw(drawing, events, first, last, low=0, high=ceiling, style=style, tall=tall, right=right)
    plot = (tall - top - moments.AXIS) * ceiling / (ceiling - floor)
    _shades(drawing, trend, chosen, style)
    _ends(drawing, lines, [end, *others], high, plot, style)
    _band(drawing, trend, style, max(moments.LEAST, style.labels - right - moments.AXIS), plot / ceiling, ceiling)
    drawing.update_yaxes(
        range=[rounded(floor), ceiling], tickvals=marks, tickfont={"size": style.tick}, tickformat=places(marks)
    )
    drawing.update_yaxes(zeroline=False, showline=False)
    drawing.update_xaxes(
        range=[str(first - timedelta(days=45)), str(last + timedelta(days=45))],
        tickvals=years(first, last),
        tickformat="%Y",
        hoverformat="%b %Y",
        tickfont={"size": style.tick},
        showgrid=False,
        ticks="",
    )
    drawing.update_layout(hovermode="closest", hoverdistance=40)
    return dress(drawing, height=tall, right=right, top=top, size=style.text, identity=identity)


def _highest(trend: pd.DataFrame, other: pd.DataFrame | None) -> float:
    columns = trend[["value", "smooth", "upper"]].max(skipna=True)
    highest = [float(v) for v in columns if pd.notna(v)]
    if other is not None and not other.empty and other["smooth"].notna().any():
        highest.append(float(other["smooth"].max()))
    return max([*highest, 0.0]) or 1.0


def _dots(drawing: Drawing, trend: pd.DataFrame, unit: str, rate: str, style: Style) -> None:
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
    what = measured(value, unit, rate)
    text = f"{Month.of(row['start'].date()).words}: {what}"
    sign = "%" if rate == "%" else ""
    if pd.notna(smooth):
        text += f"<br>12-month average {number_or_rate(short(smooth))}{sign}"
    rule, span = str(row["rule"]), _range(row, sign)
    if rule:
        text += f"<br>{WORDS[rule].replace(' in a row', '<br>in a row')}"
    return text + (f" of {span}" if rule == BEYOND and span else f"<br>{RANGE} {span}" if span else "")


def _range(row: Mapping[Any, Any], sign: str) -> str:
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return ""
    return f"{number_or_rate(short(float(row['lower'])))} to {number_or_rate(short(float(row['upper'])))}{sign}"


def _average(drawing: Drawing, trend: pd.DataFrame, colour: str, width: float, dash: str, name: str) -> None:
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


@dataclass(frozen=True)
class _End:
    """What a line's end says: its last average, or the `level` of a chosen `span`."""

    frame: pd.DataFrame
    name: str
    level: float | None = None
    span: Span | None = None

    @property
    def value(self) -> float | None:
        if self.span is not None:
            return self.level
        known = self.frame["smooth"].dropna()
        return float(known.iloc[-1]) if len(known) else None


def _label(line: _End, rate: str) -> str:
    """What stands at a line's end: a value, and whose or of which months it is."""
    if line.value is None:
        return ""
    share = rate == "%"
    small = [line.name or ("" if share and line.span else "of 12 months" if share else "a month")]
    if line.span is not None:
        small += [line.span.first.short + (" to" if line.span.months > 1 else "")]
        small += [line.span.last.short] if line.span.months > 1 else []
    value = percent(line.value) if share else number_or_rate(short(line.value))
    return f"<b>{value}</b><br>{'<br>'.join(filter(None, small))}"


def _wide(end: str, style: Style) -> float:
    value, *small = end.split("<br>")
    return max(text_width(value, style.value), *(text_width(text, style.small) for text in small), 0)


def _ends(
    drawing: Drawing, lines: Sequence[_End], labels: Sequence[str], high: float, plot: float, style: Style
) -> None:
    """Write each line's value beside it, apart from the other's; a chosen period's level is drawn over its months."""
    told = [(line, text, place == 0) for place, (line, text) in enumerate(zip(lines, labels, strict=True)) if text]
    values = [line.value or 0.0 for line, _, _ in told]
    pixels = [value / high * plot for value in values]
    heights = 2.3 * style.value
    placed = _apart(pixels, heights, plot)
    for (line, text, own), value, pixel, place in zip(told, values, pixels, placed, strict=True):
        last = f"{line.frame['start'].iloc[-1] if line.span else line.frame.dropna(subset=['smooth'])['start'].iloc[-1]:%Y-%m-%d}"
        big, _, small = text.partition("<br>")
        drawing.add_annotation(
            x=last,
            y=rounded(value),
            text=f"{big}<br><span style='font-size:{style.small}px;color:{palette.TEXT}'>{small}</span>",
            font={"size": style.value if own else style.small, **({"color": palette.LINE} if own else {})},
            showarrow=False,
            xanchor="left",
            xshift=round(style.line * 2.8),
            yshift=round(place - pixel),
            align="left",
        )
        colour = palette.LINE if own else palette.COMPARATOR
        days = [last] if line.span is None else [str(line.span.first.first_day), str(line.span.last.first_day)]
        drawing.add_scatter(
            x=days,
            y=[rounded(value)] * len(days),
            mode="markers" if len(set(days)) == 1 else "lines",
            marker={"size": style.line * 2.6, "color": colour},
            line={"color": colour, "width": style.line * 0.6, "dash": "dash"},
            hoverinfo="skip",
            cliponaxis=False,
        )


def _apart(pixels: list[float], gap: float, plot: float) -> list[float]:
    if len(pixels) < 2 or abs(pixels[0] - pixels[1]) >= gap:
        return pixels
    middle, up = sum(pixels) / 2, pixels[0] >= pixels[1]
    middle = max(middle, gap * 0.75)
    return [middle + gap / 2, middle - gap / 2] if up else [middle - gap / 2, middle + gap / 2]


def _shades(drawing: Drawing, trend: pd.DataFrame, chosen: Span | None, style: Style) -> None:
    """The chosen period, and months without data."""
    if chosen is not None:
        _shade(drawing, str(chosen.first.first_day), str(chosen.last.last_day), palette.faint(palette.SLATE, 0.12))
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


def _band(drawing: Drawing, trend: pd.DataFrame, style: Style, room: float, scale: float, ceiling: float) -> None:
    """The usual range: a rectangle where it stays the same, else a strip that follows the months.

    `room` is the plot's width in pixels on a narrow screen, `scale` the pixels of one unit, `ceiling` the axis's end.
    """
    trend = trend.reset_index(drop=True)
    known = trend.dropna(subset=["lower", "upper"])
    if known.empty:
        return
    fill = palette.faint(palette.LINE, 0.13)
    days: list[str | None] = []
    edges: list[float | None] = []
    for _, run in known.groupby((known.index.to_series().diff() != 1).cumsum()):
        spots = [f"{moment:%Y-%m-%d}" for moment in run["start"]]
        lower, upper = run["lower"].map(rounded).tolist(), run["upper"].map(rounded).tolist()
        if len({*zip(lower, upper, strict=True)}) == 1:
            drawing.add_shape(
                type="rect",
                x0=spots[0],
                x1=spots[-1],
                y0=lower[0],
                y1=upper[0],
                layer="below",
                line={"width": 0},
                fillcolor=fill,
            )
        else:
            days += [*spots, *spots[::-1], None]
            edges += [*upper, *lower[::-1], None]
    if days:
        drawing.add_scatter(
            x=days[:-1],
            y=edges[:-1],
            mode="lines",
            line={"width": 0, "color": palette.LINE},
            fill="toself",
            fillcolor=fill,
            hoverinfo="skip",
            zorder=-1,
            name=RANGE,
        )
    _band_name(drawing, trend, known, style, room, scale, ceiling)


def _band_name(
    drawing: Drawing,
    trend: pd.DataFrame,
    known: pd.DataFrame,
    style: Style,
    room: float,
    scale: float,
    ceiling: float,
) -> None:
    """Name the band above or below it, at its start or end: where fewest months are in the way."""
    months = max(1, len(trend) - 1)
    wide, tall = text_width(RANGE, style.small) / room * months, style.small * 1.4 / scale
    first, last = int(known.index[0]), int(known.index[-1])
    lower, upper, value, smooth = (trend[name].to_numpy(dtype=float) for name in ("lower", "upper", "value", "smooth"))
    spots: list[tuple[float, float, bool, bool]] = []
    for away in (0.0, tall):
        for end, under in ((False, True), (False, False), (True, True), (True, False)):
            left = max(0.0, last - wide) if end else float(first)
            near = slice(math.ceil(left), math.floor(left + wide) + 1)
            edge = float(np.nanmin(lower[near])) - away if under else float(np.nanmax(upper[near])) + away
            bottom = edge - tall if under else edge
            drawn = np.concatenate([value[near], smooth[near]])
            covered = np.count_nonzero((drawn >= bottom) & (drawn <= bottom + tall))
            if bottom >= 0 and bottom + tall <= ceiling + tall / 2:
                spots.append((float(covered), edge, end, under))
    if not spots:
        return
    _, edge, end, under = min(spots, key=lambda spot: spot[0])
    drawing.add_annotation(
        x=f"{known['start'].iloc[-1 if end else 0]:%Y-%m-%d}",
        y=rounded(edge),
        text=RANGE,
        showarrow=False,
        xanchor="right" if end else "left",
        yanchor="top" if under else "bottom",
        font={"size": style.small},
        opacity=0.85,
    )


def _shade(drawing: Drawing, start: str, finish: str, colour: str) -> None:
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
