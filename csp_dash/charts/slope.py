"""Slope chart: ranks of areas in one order and the next."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts.base import PAGE, Style, dress, empty, text_width, wrapped


def figure(
    ranks: pd.DataFrame,
    *,
    names: Sequence[str],
    chosen: Collection[str] = (),
    told: Collection[str] = (),
    style: Style = PAGE,
    identity: str = "ranks",
) -> Drawing:
    """Draw `ranks` (index: area's name; a column a way of counting, 1 the highest) as lines from left to right.

    `names` head the columns. `told` are drawn strong, `chosen` in the colour of a choice; the others are pale. Names
    stand on the left, ranks at both ends; areas that share a rank stand one below the other.
    """
    known = ranks.dropna()
    if known.empty:
        return empty(height=style.height, size=style.text)
    drawing = Drawing()
    places = list(range(len(names)))
    rows = known.rank(method="first")
    strong = [name for name in known.index if name in told or name in chosen]
    for name in [*(n for n in known.index if n not in strong), *strong]:
        row = [float(value) for value in rows.loc[name]]
        ranked = [int(value) for value in known.loc[name]]
        colour = (
            palette.ORANGE if name in chosen else palette.LINE if name in told else palette.faint(palette.SLATE, 0.45)
        )
        said = "<br>".join(f"{head}: {rank}" for head, rank in zip(names, ranked, strict=True))
        drawing.add_scatter(
            x=places,
            y=row,
            mode="lines+markers",
            line={"color": colour, "width": style.line if name in strong else style.line * 0.55},
            marker={"size": 8 if name in strong else 5, "color": colour, "line": {"width": 0}, "opacity": 1},
            hovertemplate=f"<b>{name}</b><br>{said}<extra></extra>",
            cliponaxis=False,
        )
        for place, anchor, shift in ((0, "right", -9), (places[-1], "left", 9)):
            number = f"{ranked[place]}" if place else f"{name} {ranked[0]}"
            drawing.add_annotation(
                x=place,
                y=row[place],
                text=f"<b>{number}</b>" if name in strong else number,
                xanchor=anchor,
                xshift=shift,
                showarrow=False,
                font={"size": style.small},
            )
    for place, head in zip(places, names, strict=True):
        drawing.add_annotation(
            x=place, y=0.2, text=wrapped(head, 10), yanchor="bottom", showarrow=False, font={"size": style.small}
        )
    side = int(max(text_width(f"{name} 20", style.small) for name in known.index)) + 2
    drawing.update_xaxes(visible=False, range=[-0.03, places[-1] + 0.03])
    drawing.update_yaxes(visible=False, range=[len(known) + 0.6, -0.4])
    drawing.update_layout(hovermode="closest", hoverdistance=16)
    return dress(
        drawing,
        height=24 * len(known) + 70,
        left=side,
        right=44,
        top=24,
        bottom=4,
        size=style.text,
        identity=identity,
    )
