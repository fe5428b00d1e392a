"""Bar charts: ranked horizontal bars with their values, and one bar a year."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts.base import PAGE, Style, dress, empty, places, rounded, text_width, ticks, wrapped
from csp_dash.domain.wording import number_or_rate

NO_FIGURE = "no figure"
AXIS = 760
"""Pixels that the names of bars may take on a screen on the wall: about what is left of 1,366 beside the words. Narrower
screens show the board with smaller type."""


def figure(
    frame: pd.DataFrame,
    *,
    chosen: Sequence[str] = (),
    suffix: str = "",
    ranked: bool = True,
    reference: float | None = None,
    reference_name: str = "",
    style: Style = PAGE,
    identity: str = "bars",
) -> Drawing:
    """One bar a row of `frame` (area, label, value; low and high draw whiskers), highest on top when `ranked`.

    `chosen` lists the areas that stand out; with none all do. `suffix` follows the written value (`%`). `reference` is
    a thin vertical line, for example the borough's own figure. Rows without a value come last and say so.
    """
    if frame.empty or bool(frame["value"].isna().all()):
        return empty(height=style.height, size=style.text)
    rows = frame.sort_values("value", ascending=False, na_position="last") if ranked else frame
    rows = rows.iloc[::-1]
    strong = [not chosen or str(area) in chosen for area in rows["area"]]
    labels = [str(label) for label in rows["label"]]
    written = [NO_FIGURE if pd.isna(v) else number_or_rate(round(float(v), 6)) + suffix for v in rows["value"]]
    whiskers = {"low", "high"} <= set(rows.columns)
    high = float((rows["high"].fillna(rows["value"]) if whiskers else rows["value"]).max())
    low = min(0.0, float(rows["value"].min()))
    step = style.text * 1.95
    drawing = Drawing()
    drawing.add_bar(
        x=[rounded(v) or 0 for v in rows["value"].astype(float)],
        y=list(range(len(rows))),
        orientation="h",
        marker={
            "color": [palette.LINE if s else palette.faint(palette.SLATE, 0.5) for s in strong],
            "line": {"width": 0},
            "cornerradius": 2,
        },
        width=0.62,
        error_x=_whiskers(rows) if whiskers else None,
        customdata=[[label, text] for label, text in zip(labels, written, strict=True)],
        hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
    )
    edges = rows["high"].fillna(rows["value"]) if whiskers else rows["value"]
    for place, (text, edge, bold) in enumerate(zip(written, edges.astype(float), strong, strict=True)):
        drawing.add_annotation(
            x=rounded(max(edge, 0.0)) if pd.notna(edge) else 0,
            y=place,
            text=f"<b>{text}</b>" if bold and chosen else text,
            xanchor="left",
            xshift=5,
            showarrow=False,
            font={"size": style.text if style is not PAGE else style.tick},
        )
    if reference is not None:
        _reference(drawing, reference, reference_name, style)
    drawing.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[f"<b>{label}</b>" if bold and chosen else label for label, bold in zip(labels, strong, strict=True)],
        tickfont={"size": style.text if style is not PAGE else style.tick},
        showgrid=False,
        zeroline=False,
        ticks="",
        range=[-0.6, len(rows) - 0.4],
    )
    # A little beyond the longest: a label that stands outside the range is not drawn.
    drawing.update_xaxes(range=[low * 1.1, 1.01 * max(high, reference or 0.0) or 1.0], visible=False)
    room = int(max(text_width(text, style.text) for text in written)) + 12
    top = int(style.small * 1.8) if reference is not None and reference_name else 6
    return dress(
        drawing,
        height=int(step * len(rows)) + top + 10,
        right=room,
        top=top,
        bottom=4,
        size=style.text,
        identity=identity,
    )


def years(
    frame: pd.DataFrame, *, chosen: Sequence[str] = (), suffix: str = "", style: Style = PAGE, height: int | None = None
) -> Drawing:
    """One upright bar a row of `frame` (label, value, whole: bool): years in order, part years pale and named so."""
    tall = height or style.height
    if frame.empty or bool(frame["value"].isna().all()):
        return empty(height=tall, size=style.text)
    whole = frame["whole"].astype(bool).tolist() if "whole" in frame else [True] * len(frame)
    labels = [str(label) for label in frame["label"]]
    strong = [not chosen or label in chosen for label in labels]
    high = float(frame["value"].max()) or 1.0
    texts = ["" if pd.isna(v) else number_or_rate(float(v)) + suffix for v in frame["value"]]
    drawing = Drawing()
    drawing.add_bar(
        x=list(range(len(frame))),
        y=[rounded(v) or 0 for v in frame["value"].astype(float)],
        marker={
            "color": [
                palette.faint(palette.SLATE, 0.3) if not w else palette.LINE if s else palette.faint(palette.SLATE, 0.5)
                for w, s in zip(whole, strong, strict=True)
            ],
            "line": {"width": 0},
            "cornerradius": 2,
        },
        customdata=[
            [f"{label}{'' if w else ' (part of a year)'}", text or NO_FIGURE]
            for label, w, text in zip(labels, whole, texts, strict=True)
        ],
        hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
    )
    many = len(frame) > 10 and style is PAGE
    last = len(frame) - 1
    values = frame["value"].astype(float).tolist()
    known = [place for place, value in enumerate(values) if pd.notna(value) and whole[place]]
    tallest = max(known, key=lambda place: values[place], default=last)
    least = min(known, key=lambda place: values[place], default=last)
    noted = {last, *(place for place in (tallest, least) if last - place > 1)}
    for place, text in enumerate(texts):
        if text and (not many or place in noted):
            drawing.add_annotation(
                x=place,
                y=rounded(values[place]),
                text=text,
                yanchor="bottom",
                showarrow=False,
                font={"size": style.small},
            )
    under = labels if style is PAGE else [wrapped(label, 8) for label in labels]
    step = 3 if many else 1
    if style is not PAGE:
        step = math.ceil(sum(text_width(text, style.small) + style.small for text in under) / AXIS)
    shown = [place for place in range(len(labels)) if (last - place) % step == 0]
    # room for half of the last name, where that is wider than half a bar
    bar = (style.labels if style is PAGE else AXIS) / len(frame)
    right = max(0, math.ceil((text_width(under[last], style.small) - bar) / 2))
    drawing.update_xaxes(
        tickvals=shown,
        ticktext=[under[p] if whole[p] else f"{under[p]}<br>part" for p in shown],
        tickfont={"size": style.small},
        showgrid=False,
        ticks="",
        tickangle=0,
        ticklabeloverflow="allow",  # else the newest name is the one that goes
    )
    marks = ticks(high)
    drawing.update_yaxes(
        range=[0, max(high * 1.1, marks[-1])],
        tickvals=marks,
        tickfont={"size": style.tick},
        tickformat=places(marks),
        zeroline=False,
    )
    drawing.update_layout(bargap=0.28)
    return dress(drawing, height=tall, size=style.text, top=12, right=right, identity="years")


def _whiskers(rows: pd.DataFrame) -> dict[str, object]:
    value = rows["value"].astype(float)
    return {
        "type": "data",
        "symmetric": False,
        "array": [rounded(v) or 0 for v in (rows["high"].astype(float) - value)],
        "arrayminus": [rounded(v) or 0 for v in (value - rows["low"].astype(float))],
        "color": palette.SLATE,
        "thickness": 1.4,
        "width": 0,
    }


def _reference(drawing: Drawing, value: float, name: str, style: Style) -> None:
    drawing.add_shape(
        type="line",
        x0=value,
        x1=value,
        y0=0,
        y1=1,
        yref="paper",
        layer="below",
        line={"color": palette.ORANGE, "width": 1.6, "dash": "dot"},
    )
    if name:
        drawing.add_annotation(
            x=value, y=1, yref="paper", text=name, yanchor="bottom", showarrow=False, font={"size": style.small}
        )
