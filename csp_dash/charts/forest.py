"""Forest plot: a ratio with its interval for each row, on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Hashable
from textwrap import wrap
from typing import Any

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts.base import PAGE, Style, dress, empty, rounded, text_width, wrapped
from csp_dash.domain.wording import rate as figure_of

TOO_FEW = "too few"
NAME = 18
WIDEST = 16.0
LINE_OF_HOVER = 46
MARKS = ((0.125, "⅛"), (0.25, "¼"), (0.5, "½"), (1.0, "1"), (2.0, "2"), (4.0, "4"), (8.0, "8"), (16.0, "16"))


def figure(
    frame: pd.DataFrame,
    *,
    reference: str,
    style: Style = PAGE,
    identity: str = "ratios",
) -> Drawing:
    """Draw `frame` (label, ratio, low, high, note), first row on top, against a line at 1 that `reference` names.

    The axis is logarithmic: half and twice are as far from 1. A full dot is a ratio whose interval leaves out 1, an
    open one could be 1. Rows without a ratio say that there are too few cases. `note` is added when pointed at.
    """
    if frame.empty or bool(frame["ratio"].isna().all()):
        return empty(height=style.height, size=style.text)
    small = style.tick if style is PAGE else style.text
    count = len(frame)
    rows = frame.assign(place=list(range(count - 1, -1, -1)))
    known = rows[rows["ratio"].notna()]
    least, most = _reach(known)
    drawing = Drawing()
    _dots(drawing, known[known["ratio"] > 0], reference, least, most, style)
    texts = [TOO_FEW if pd.isna(ratio) else f"{figure_of(float(ratio))}×" for ratio in rows["ratio"]]
    for place, text, sure in zip(rows["place"], texts, _sure(rows), strict=True):
        drawing.add_annotation(
            x=1,
            xref="paper",
            y=place,
            text=f"<b>{text}</b>" if sure else text,
            xanchor="left",
            xshift=8,
            showarrow=False,
            font={"size": small},
        )
    drawing.add_shape(
        type="line",
        x0=1,
        x1=1,
        y0=0,
        y1=1,
        yref="paper",
        layer="below",
        line={"color": palette.ORANGE, "width": 1.6, "dash": "dot"},
    )
    drawing.add_annotation(
        x=0, y=1, yref="paper", text=reference, yanchor="bottom", showarrow=False, font={"size": style.small}
    )
    shown = [(value, text) for value, text in MARKS if least <= value <= most]
    drawing.update_xaxes(
        type="log",
        range=[round(math.log10(least), 4), round(math.log10(most), 4)],
        tickvals=[value for value, _ in shown],
        ticktext=[text for _, text in shown],
        tickfont={"size": style.tick},
        zeroline=False,
        ticks="",
        tickangle=0,
    )
    ticks = [wrapped(str(label), NAME) for label in rows["label"]]
    drawing.update_yaxes(
        tickvals=rows["place"].tolist(),
        ticktext=ticks,
        tickfont={"size": small},
        showgrid=False,
        zeroline=False,
        ticks="",
        range=[-0.6, count - 0.4],
    )
    drawing.update_layout(hovermode="closest", hoverdistance=30)
    step = style.text * (2.5 if any("<br>" in text for text in ticks) else 1.95)
    return dress(
        drawing,
        height=int(step * count) + int(style.small * 1.8) + int(style.tick * 2.2),
        right=int(max(text_width(text, small) for text in texts)) + 14,
        top=int(style.small * 1.8),
        bottom=4,
        size=style.text,
        identity=identity,
    )


def _reach(known: pd.DataFrame) -> tuple[float, float]:
    """The ends of the axis: every dot, and whiskers as far as a sixteenth and sixteen times."""
    ratios = known["ratio"][known["ratio"] > 0].astype(float).tolist()
    lows = [max(low, 1 / WIDEST) for low in known["low"].dropna().astype(float)]
    highs = [min(high, WIDEST) for high in known["high"].dropna().astype(float)]
    return min([*ratios, *lows, 0.5]) / 1.25, max([*ratios, *highs, 2.0]) * 1.12


def _sure(rows: pd.DataFrame) -> list[bool]:
    """Whether an interval leaves out 1."""
    return ((rows["low"].astype(float) > 1) | (rows["high"].astype(float) < 1)).tolist()


def _dots(drawing: Drawing, known: pd.DataFrame, reference: str, least: float, most: float, style: Style) -> None:
    ratios = known["ratio"].astype(float)
    sure = _sure(known)
    drawing.add_scatter(
        x=[rounded(ratio) for ratio in ratios],
        y=known["place"].tolist(),
        mode="markers",
        marker={
            "symbol": ["circle" if s else "circle-open" for s in sure],
            "size": style.line * 3.6,
            "color": [palette.LINE if s else palette.SLATE for s in sure],
            "opacity": 1,
            "line": {"width": style.line * 0.7, "color": [palette.LINE if s else palette.SLATE for s in sure]},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [rounded(v) or 0 for v in known["high"].astype(float).clip(upper=most) - ratios],
            "arrayminus": [rounded(v) or 0 for v in ratios - known["low"].astype(float).clip(lower=least)],
            "color": palette.SLATE,
            "thickness": 1.6,
            "width": 0,
        },
        hovertext=[_hover(row, reference) for row in known.to_dict("records")],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )


def _hover(row: dict[Hashable, Any], reference: str) -> str:
    lines = [f"<b>{row['label']}</b>", f"{figure_of(float(row['ratio']))} times {reference}"]
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        lines.append(f"between {figure_of(float(row['low']))} and {figure_of(float(row['high']))}")
    note = row.get("note")
    return "<br>".join([*lines, *(wrap(str(note), LINE_OF_HOVER) if note and pd.notna(note) else [])])
