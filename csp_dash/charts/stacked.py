"""Stacked chart: two measures one over the other on the same time axis, each on a scale of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts.base import PAGE, Style, dress, empty, places, rounded, short, text_width, ticks, years
from csp_dash.domain.wording import number_or_rate

GAP = 0.17
"""The share of the height between the two, where the name of the lower one stands."""


@dataclass(frozen=True, slots=True)
class Course:
    """One of the two. `frame` has start, value (drawn as dots) and smooth (drawn as the line); `suffix` follows values."""

    name: str
    frame: pd.DataFrame
    suffix: str = ""


def figure(courses: Sequence[Course], *, style: Style = PAGE, identity: str = "stacked") -> Drawing:
    """Draw two courses, the first above. Both scales start at nought; there is never a second scale in one plot."""
    tall = style.height + 100
    known = [course.frame.dropna(subset=["value"]) for course in courses]
    if any(frame.empty for frame in known):
        return empty(height=tall, size=style.text)
    drawing = Drawing()
    drawing.update_layout(yaxis2={})
    ends = [_end(course) for course in courses]
    right = int(max(text_width(end, style.text) for end in ends)) + 16
    for place, (course, end) in enumerate(zip(courses, ends, strict=True)):
        _draw(drawing, course, end, place, style)
    first = min(frame["start"].min() for frame in known).date()
    last = max(frame["start"].max() for frame in known).date()
    drawing.update_xaxes(
        range=[str(first - timedelta(days=45)), str(last + timedelta(days=45))],
        tickvals=years(first, last),
        tickformat="%Y",
        tickfont={"size": style.tick},
        showgrid=False,
        ticks="",
        anchor="y2",
    )
    drawing.update_layout(hovermode="closest", hoverdistance=40)
    return dress(drawing, height=tall, right=right, top=26, size=style.text, identity=identity)


def _draw(drawing: Drawing, course: Course, end: str, place: int, style: Style) -> None:
    axis, colour = ("y", "y2")[place], palette.SERIES[place]
    rows = course.frame.sort_values("start")
    days = [f"{moment:%Y-%m-%d}" for moment in rows["start"]]
    drawing.add_scatter(
        x=days,
        y=[rounded(value) for value in rows["value"]],
        yaxis=axis,
        mode="markers",
        marker={"size": style.dot, "color": colour, "opacity": 0.4, "line": {"width": 0}},
        hovertext=[
            "" if pd.isna(value) else f"{moment:%B %Y}: {number_or_rate(float(value))}{course.suffix}"
            for moment, value in zip(rows["start"], rows["value"], strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )
    drawing.add_scatter(
        x=days,
        y=[rounded(value) for value in rows["smooth"]],
        yaxis=axis,
        mode="lines",
        line={"color": colour, "width": style.line},
        connectgaps=False,
        hoverinfo="skip",
        cliponaxis=False,
    )
    high = float(rows[["value", "smooth"]].max().max()) or 1.0
    marks = ticks(high)
    domain = [0.5 + GAP / 2, 1.0] if place == 0 else [0.0, 0.5 - GAP / 2]
    settings: dict[str, Any] = {
        "range": [0, max(high * 1.06, marks[-1])],
        "domain": domain,
        "tickvals": marks,
        "ticktext": [f"{mark:{places(marks)}}{course.suffix}" for mark in marks],  # plotly.js drops a suffix here
        "tickfont": {"size": style.tick},
        "zeroline": False,
    }
    drawing.update_layout(**{("yaxis", "yaxis2")[place]: settings})
    drawing.add_annotation(
        text=f"<span style='color:{colour}'>■</span> <b>{course.name}</b>",
        x=0,
        xref="paper",
        y=domain[1],
        yref="paper",
        yanchor="bottom",
        xanchor="left",
        align="left",
        showarrow=False,
        font={"size": style.text},
    )
    lined = rows.dropna(subset=["smooth"])
    if len(lined):
        drawing.add_annotation(
            text=f"<b>{end}</b>",
            x=f"{lined['start'].iloc[-1]:%Y-%m-%d}",
            y=rounded(lined["smooth"].iloc[-1]),
            yref=axis,
            xanchor="left",
            xshift=8,
            showarrow=False,
            font={"size": style.text},
        )


def _end(course: Course) -> str:
    """What the line ends with."""
    lined = course.frame.dropna(subset=["smooth"])
    return f"{number_or_rate(short(float(lined['smooth'].iloc[-1])))}{course.suffix}" if len(lined) else ""
