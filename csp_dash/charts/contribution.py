"""Contribution chart: the parts of a change as bars to either side of zero, largest first."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.analytics.narrate import CHANCE, NOT_CHANCE
from csp_dash.charts.base import PAGE, Style, begins, dress, empty, rounded, signed, text_width, wrapped
from csp_dash.domain.wording import counted, points

MOST = 14
NAME = 18


def figure(
    frame: pd.DataFrame,
    *,
    unit: str,
    style: Style = PAGE,
    identity: str = "contribution",
) -> Drawing:
    """Draw `frame` (label, change, points, low, high, detectable) as bars to either side of nought.

    `change` is in `unit` (plural), `low` and `high` are its 95% interval and may be missing, `points` is the part of
    the whole's change in percentage points. Bars that chance could explain are pale. The largest changes come first;
    beyond 14 rows the others are added up in a last one, which has no interval and is not tested.
    """
    known = frame.dropna(subset=["change"])
    if known.empty:
        return empty(height=style.height, size=style.text)
    rows = _rows(known).iloc[::-1].reset_index(drop=True)
    changes = rows["change"].astype(float)
    texts = [signed(round(change, 6)) for change in changes]
    small = style.tick if style is PAGE else style.text
    lows = pd.concat([changes, rows["low"].astype(float)], axis=1).min(axis=1).clip(upper=0)
    highs = pd.concat([changes, rows["high"].astype(float)], axis=1).max(axis=1).clip(lower=0)
    drawing = Drawing()
    drawing.add_bar(
        x=[rounded(change) for change in changes],
        y=list(range(len(rows))),
        orientation="h",
        marker={
            "color": [palette.LINE if sure else palette.faint(palette.SLATE, 0.45) for sure in rows["detectable"]],
            "line": {"width": 0},
            "cornerradius": 2,
        },
        width=0.6,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [rounded(v) or 0 for v in (rows["high"].astype(float) - changes)],
            "arrayminus": [rounded(v) or 0 for v in (changes - rows["low"].astype(float))],
            "color": palette.TEXT,  # the theme's strong colour, which shows on a bar and beside it
            "thickness": 1.2,
            "width": 0,
        },
        hovertext=[_hover(row, unit) for row in rows.to_dict("records")],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    for place, (text, change, low, high) in enumerate(zip(texts, changes, lows, highs, strict=True)):
        falls = change < 0
        drawing.add_annotation(
            x=rounded(low if falls else high),
            y=place,
            text=f"<b>{text}</b>" if rows["detectable"][place] else text,
            xanchor="right" if falls else "left",
            xshift=-5 if falls else 5,
            showarrow=False,
            font={"size": small},
        )
    drawing.add_shape(
        type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line={"color": palette.SLATE, "width": 1}, layer="above"
    )
    names = [wrapped(str(label), NAME) for label in rows["label"]]
    drawing.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=names,
        tickfont={"size": small},
        showgrid=False,
        zeroline=False,
        ticks="",
        range=[-0.6, len(rows) - 0.4],
    )
    # A fall's number stands between its bar and the names, inside the plot; a rise's may use the margin.
    low, high = float(lows.min()), float(highs.max())
    beyond = (high - low or 1.0) * 0.02
    widths = [text_width(text, small) + 10 if change < 0 else 0.0 for text, change in zip(texts, changes, strict=True)]
    begin = begins(low - beyond, high + beyond, lows.tolist(), widths, style.labels / 2)
    drawing.update_xaxes(range=[rounded(begin), rounded(high + beyond)], visible=False)
    right = max(
        (text_width(text, small) for text, change in zip(texts, changes, strict=True) if change >= 0), default=0
    )
    step = style.text * (2.5 if any("<br>" in name for name in names) else 1.95)
    return dress(
        drawing,
        height=int(step * len(rows)) + 16,
        right=int(right) + 12,
        top=6,
        bottom=4,
        size=style.text,
        identity=identity,
    )


def _rows(known: pd.DataFrame) -> pd.DataFrame:
    """The largest changes, and the others added up."""
    rows = known.sort_values("change", key=lambda column: column.abs(), ascending=False, kind="stable")
    rest = rows.iloc[MOST:]
    if rest.empty:
        return rows
    others = pd.DataFrame(
        {
            "label": [f"{len(rest)} other{'s' if len(rest) > 1 else ''}"],
            "change": [float(rest["change"].sum())],
            "points": [float(rest["points"].sum(min_count=1))],
            "low": [float("nan")],
            "high": [float("nan")],
            "detectable": [False],
        }
    )
    return pd.concat([rows.iloc[:MOST][list(others.columns)], others], ignore_index=True)


def _hover(row: dict[Hashable, Any], unit: str) -> str:
    change, low, high = (float(row[name]) for name in ("change", "low", "high"))
    way = "up" if change > 0 else "down"
    text = f"<b>{row['label']}</b><br>{f'{way} {counted(abs(change), unit)}' if change else 'no change'}"
    if pd.notna(low) and pd.notna(high):
        text += f"<br>between {signed(low)} and {signed(high)}"
    if pd.notna(row["points"]):
        share = float(row["points"])
        text += f"<br>{'adds' if share >= 0 else 'takes off'} {points(share)}"
    if pd.isna(low):
        return text
    return f"{text}<br>{NOT_CHANCE if row['detectable'] else CHANCE}"
