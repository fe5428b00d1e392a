"""Line chart: several lines, each labelled at its end."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts import annotations as moments
from csp_dash.charts.base import (
    PAGE,
    Style,
    dress,
    empty,
    places,
    rounded,
    short,
    spread,
    text_width,
    ticks,
    wrapped,
    years,
)
from csp_dash.domain.indicator import Event
from csp_dash.domain.wording import number_or_rate

MOST = 6


def figure(
    frame: pd.DataFrame,
    *,
    chosen: str = "",
    suffix: str = "",
    when: str = "%B %Y",
    zero: bool = True,
    events: Sequence[Event] = (),
    style: Style = PAGE,
    height: int | None = None,
    identity: str = "lines",
) -> Drawing:
    """Lines of `frame` (series, name, start, value; low and high draw a ribbon), at most six.

    `chosen` is the series that stands out (else the first). `suffix` follows values (`%`). `zero` starts the axis at
    nought; without it the axis hugs the values. Missing values break a line; a lone value is a dot. `events` are
    drawn as `charts.events.lettered` names them for the first and last `start` with a value.
    """
    tall = height or style.height
    known = frame.dropna(subset=["value"])
    if known.empty:
        return empty(height=tall, size=style.text)
    order = list(dict.fromkeys(str(s) for s in frame["series"] if s in set(known["series"])))
    lead = chosen if chosen in order else order[0]
    order = [lead, *(s for s in order if s != lead)][:MOST]
    low, high = _bounds(known[known["series"].isin(order)], zero)
    drawing = Drawing()
    ends: list[tuple[str, str, str, float]] = []
    for place, series in reversed(list(enumerate(order))):
        rows = frame[frame["series"] == series].sort_values("start")
        colour = palette.SERIES[place]
        name = str(rows["name"].iloc[0])
        if series == lead and {"low", "high"} <= set(rows.columns):
            _ribbon(drawing, rows, colour)
        _line(drawing, rows, name, colour, style.line if series == lead else style.line * 0.7, suffix, when, style)
        last = rows.dropna(subset=["value"]).iloc[-1]
        ends.append((name, colour, f"{last['start']:%Y-%m-%d}", float(last["value"])))
    right = _room(ends, suffix, style)
    first, last = known["start"].min().date(), known["start"].max().date()
    top, floor = moments.draw(drawing, events, first, last, low=low, high=high, style=style, tall=tall, right=right)
    plot = (tall - top - moments.AXIS) * (high - low) / (high - floor)
    _ends(drawing, ends[::-1], low, high, plot, suffix, style)
    marks = ticks(high) if zero else [mark + low for mark in ticks(high - low)]
    drawing.update_yaxes(
        range=[rounded(floor), high],
        tickvals=marks,
        ticktext=[f"{mark:{places(marks)}}{suffix}" for mark in marks],  # plotly.js drops a suffix here
        tickfont={"size": style.tick},
        zeroline=False,
    )
    drawing.update_xaxes(
        showgrid=False,
        tickformat="%Y",
        tickvals=years(first, last),
        tickfont={"size": style.tick},
        ticks="",
        range=_span(known),
    )
    drawing.update_layout(hovermode="closest", hoverdistance=30)
    return dress(drawing, height=tall, right=right, top=top, size=style.text, identity=identity)


def _bounds(known: pd.DataFrame, zero: bool) -> tuple[float, float]:
    columns = [c for c in ("value", "low", "high") if c in known.columns]
    low, high = float(known[columns].min().min()), float(known[columns].max().max())
    if zero or low == high:
        return min(0.0, low), (high or 1.0) * 1.05
    marks = ticks(high - low)
    step = marks[1] - marks[0]
    return step * (low // step), step * (high // step + 1)


def _line(
    drawing: Drawing, rows: pd.DataFrame, name: str, colour: str, width: float, suffix: str, when: str, style: Style
) -> None:
    values = rows["value"].astype(float)
    alone = values.notna() & values.shift(1).isna() & values.shift(-1).isna()
    drawing.add_scatter(
        x=[f"{moment:%Y-%m-%d}" for moment in rows["start"]],
        y=[rounded(v) for v in values],
        mode="lines+markers",
        line={"color": colour, "width": width},
        marker={"size": [style.signal if a else 0.1 for a in alone], "color": colour, "line": {"width": 0}},
        connectgaps=False,
        hovertext=[
            "" if pd.isna(v) else f"{name}, {moment.strftime(when)}: {number_or_rate(float(v))}{suffix}"
            for moment, v in zip(rows["start"], values, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )


def _ribbon(drawing: Drawing, rows: pd.DataFrame, colour: str) -> None:
    known = rows.dropna(subset=["low", "high"])
    if len(known) < 2:
        return
    days = [f"{moment:%Y-%m-%d}" for moment in known["start"]]
    drawing.add_scatter(
        x=days + days[::-1],
        y=[rounded(v) for v in known["high"]] + [rounded(v) for v in known["low"]][::-1],
        fill="toself",
        mode="lines",
        line={"width": 0, "color": colour},
        fillcolor=palette.faint(colour, 0.16),
        hoverinfo="skip",
    )


def _ends(
    drawing: Drawing,
    ends: list[tuple[str, str, str, float]],
    low: float,
    high: float,
    plot: float,
    suffix: str,
    style: Style,
) -> None:
    """Write name and last value beside each line, apart from each other."""
    last = max(day for _, _, day, _ in ends)
    pixels = [(value - low) / (high - low) * plot for _, _, _, value in ends]
    texts = [wrapped(name) for name, _, _, _ in ends]
    tallest = max(text.count("<br>") for text in texts) + 1
    placed = spread(pixels, style.small * 1.3 * tallest + 2, 0, plot)
    for place, (_, colour, day, value) in enumerate(ends):
        drawing.add_scatter(
            x=[day],
            y=[rounded(value)],
            mode="markers",
            marker={"size": style.line * 2.4, "color": colour},
            hoverinfo="skip",
            cliponaxis=False,
        )
        text = f"<b>{number_or_rate(short(value))}{suffix}</b> {texts[place]}"
        drawing.add_annotation(
            x=last,
            y=rounded(value),
            text=f"<span style='color:{colour}'>■</span> {text}",
            showarrow=False,
            xanchor="left",
            xshift=8,
            yshift=round(placed[place] - pixels[place]),
            align="left",
            font={"size": style.small + 1 if place else style.text},
        )


def _room(ends: list[tuple[str, str, str, float]], suffix: str, style: Style) -> int:
    """The right margin that names and last values need."""
    texts = [wrapped(name) for name, _, _, _ in ends]
    widest = max(
        text_width(f"■ {number_or_rate(short(value))}{suffix} {text.split('<br>')[0]}", style.text)
        for text, (_, _, _, value) in zip(texts, ends, strict=True)
    )
    return int(max(widest, *(text_width(text, style.text) for text in texts))) + 8


def _span(known: pd.DataFrame) -> list[str]:
    first, last = known["start"].min(), known["start"].max()
    pad = max((last - first) / 60, pd.Timedelta(days=20))
    return [f"{first - pad:%Y-%m-%d}", f"{last + pad:%Y-%m-%d}"]
