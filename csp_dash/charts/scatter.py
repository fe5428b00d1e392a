"""Scatter chart: places by two measures, with the outlying ones named."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts.base import PAGE, Style, dress, empty, places, rounded, text_width, ticks

NAMED = 7
"""At most so many outlying places are tried for a name."""
MARK = 12


def figure(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str],
    words: Mapping[str, str],
    across: str,
    up: str,
    suffixes: tuple[str, str] = ("", ""),
    chosen: Collection[str] = (),
    style: Style = PAGE,
    identity: str = "scatter",
) -> Drawing:
    """Draw `frame` (area, x, y); both axes start at nought. `words` are said when a place is pointed at.

    The `chosen` places are named, then those furthest from the middle, as far as no name covers another or a mark. No line
    is drawn through the points: a rank correlation has none.
    """
    tall = style.height + 100
    known = frame.dropna(subset=["x", "y"])
    if known.empty:
        return empty(height=tall, size=style.text)
    drawing = Drawing()
    edges = [palette.SELECTED if area in chosen else palette.OUTLINE for area in known["area"]]
    drawing.add_scatter(
        x=[rounded(value) for value in known["x"]],
        y=[rounded(value) for value in known["y"]],
        mode="markers",
        marker={
            "size": MARK,
            "color": palette.LINE,
            "opacity": 0.85,
            "line": {"width": [3 if edge == palette.SELECTED else 1 for edge in edges], "color": edges},
        },
        hovertext=[f"<b>{names[area]}</b><br>{words[area]}" for area in known["area"]],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )
    tops = [float(known[name].max()) * 1.08 or 1.0 for name in ("x", "y")]
    _name(drawing, known, names, chosen, tops, tall, style)
    for setting, top, text, suffix in (
        (drawing.update_xaxes, tops[0], across, suffixes[0]),
        (drawing.update_yaxes, tops[1], up, suffixes[1]),
    ):
        marks = ticks(top)
        setting(
            title={"text": text, "font": {"size": style.small}},
            range=[0, top],
            tickvals=marks,
            ticktext=[f"{mark:{places(marks)}}{suffix}" for mark in marks],  # plotly.js drops a suffix here
            tickfont={"size": style.tick},
            zeroline=False,
        )
    drawing.update_layout(hovermode="closest", hoverdistance=30)
    return dress(drawing, height=tall, right=14, top=12, size=style.text, identity=identity)


def _name(
    drawing: Drawing,
    known: pd.DataFrame,
    names: Mapping[str, str],
    chosen: Collection[str],
    tops: list[float],
    tall: int,
    style: Style,
) -> None:
    """Write names beside their marks on the side where there is room, on a narrow screen too."""
    wide, high = style.labels - 60, tall - 90
    spots = {
        str(row["area"]): (row["x"] / tops[0] * wide, row["y"] / tops[1] * high) for row in known.to_dict("records")
    }
    centre = [sorted(spot[way] for spot in spots.values())[len(spots) // 2] for way in (0, 1)]
    order = sorted(
        spots,
        key=lambda area: (
            area not in chosen,
            -abs(spots[area][0] - centre[0]) / wide - abs(spots[area][1] - centre[1]) / high,
        ),
    )
    taken = [(x - MARK / 2, x + MARK / 2, y - MARK / 2, y + MARK / 2) for x, y in spots.values()]
    for area in order[: NAMED + len(chosen)]:
        long = text_width(names[area], style.small)
        fits = [spot for spot in _around(*spots[area], long, style) if spot.left >= 0 and spot.left + long <= wide]
        free = [spot for spot in fits if not any(spot.covers(box) for box in taken)] or fits[: area in chosen]
        if not free:
            continue
        taken.append(free[0].box)
        row = known.loc[known["area"] == area].iloc[0]
        drawing.add_annotation(
            x=rounded(row["x"]),
            y=rounded(row["y"]),
            text=names[area],
            showarrow=False,
            xanchor=free[0].side,
            xshift=free[0].across,
            yshift=free[0].up,
            font={"size": style.small},
        )


Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a name may stand: which side of it is at its mark, how far it is moved, and the room that it takes."""

    side: str
    across: int
    up: int
    left: float
    box: Box

    def covers(self, other: Box) -> bool:
        return self.box[0] < other[1] and other[0] < self.box[1] and self.box[2] < other[3] and other[2] < self.box[3]


def _around(x: float, y: float, long: float, style: Style) -> list[_Spot]:
    """Beside a mark, then above and below it."""
    half = style.small * 0.65
    found = []
    for up in (0, MARK + 3, -MARK - 3):
        beside = MARK - 2 if up == 0 else -MARK // 2
        for side, across in (("left", beside), ("right", -beside)):
            left = x + across if side == "left" else x + across - long
            found.append(_Spot(side, across, up, left, (left, left + long, y + up - half, y + up + half)))
    return found
