"""Dumbbell chart: two values a row, joined by a line."""

from __future__ import annotations

import pandas as pd

from csp_dash.analytics import palette
from csp_dash.analytics.drawing import Drawing
from csp_dash.charts.base import PAGE, Style, begins, dress, empty, rounded, text_width, wrapped
from csp_dash.domain.wording import number_or_rate

NO_FIGURE = "no figure"
NAME = 18
MARKS = (("circle-open", "○", palette.SLATE), ("diamond", "◆", palette.LINE))


def figure(
    frame: pd.DataFrame,
    *,
    names: tuple[str, str] = ("Share of offences", "Share of harm"),
    suffix: str = "%",
    style: Style = PAGE,
    identity: str = "paired",
) -> Drawing:
    """Draw `frame` (label, one, two), first row on top, as an open circle and a full diamond joined by a line.

    `names` say what the two are and stand over the rows as a key; `suffix` follows the written values. A missing value
    has no mark, and a row without either says so.
    """
    values = frame[["one", "two"]].astype(float) if len(frame) else pd.DataFrame()
    if values.empty or bool(values.isna().all().all()):
        return empty(height=style.height, size=style.text)
    small = style.tick if style is PAGE else style.text
    count = len(frame)
    places = list(range(count - 1, -1, -1))
    labels = [str(label) for label in frame["label"]]
    written = [[_written(value, suffix) for value in pair] for pair in values.to_numpy().tolist()]
    ends = [_ends(pair, texts) for pair, texts in zip(values.to_numpy().tolist(), written, strict=True)]
    drawing = Drawing()
    _joins(drawing, values, places, style)
    for column, (symbol, _, colour) in enumerate(MARKS):
        _marks(drawing, values.iloc[:, column], places, labels, written, column, names, symbol, colour, style)
    for place, pair in zip(places, ends, strict=True):
        _numbers(drawing, place, pair, small, round(style.line * 2) + 3)
    key = _key(names, style)
    drawing.add_annotation(
        text=key,
        x=0,
        xref="paper",
        y=1,
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        align="left",
        showarrow=False,
        font={"size": style.small},
    )
    high, low = max(0.0, float(values.max().max())) or 1.0, min(0.0, float(values.min().min()))
    beyond = (high - low) * 0.02
    lefts = [(pair[0][0], text_width(pair[0][1], small) + 2 * style.line + 8) for pair in ends if len(pair) == 2]
    begin = begins(low - beyond, high + beyond, [at for at, _ in lefts], [wide for _, wide in lefts], style.labels / 2)
    drawing.update_xaxes(range=[rounded(begin), rounded(high + beyond)], visible=False, zeroline=False, showgrid=False)
    ticks = [wrapped(label, NAME) for label in labels]
    drawing.update_yaxes(
        tickvals=places,
        ticktext=ticks,
        tickfont={"size": small},
        showgrid=False,
        zeroline=False,
        ticks="",
        range=[-0.6, count - 0.4],
    )
    drawing.update_layout(hovermode="closest", hoverdistance=30)
    step = style.text * (2.5 if any("<br>" in text for text in ticks) else 2.1)
    top = round(style.small * 1.5 * (1 + key.count("<br>"))) + 4
    return dress(
        drawing,
        height=int(step * count) + top + 10,
        right=int(max(text_width(pair[-1][1], small) for pair in ends) + 2 * style.line) + 10,
        top=top,
        bottom=4,
        size=style.text,
        identity=identity,
    )


def _joins(drawing: Drawing, values: pd.DataFrame, places: list[int], style: Style) -> None:
    whole = values.notna().all(axis=1).tolist()
    x: list[float | None] = []
    y: list[float | None] = []
    for (one, two), place, both in zip(values.to_numpy().tolist(), places, whole, strict=True):
        if both:
            x += [rounded(one), rounded(two), None]
            y += [place, place, None]
    drawing.add_scatter(
        x=x[:-1],
        y=y[:-1],
        mode="lines",
        line={"color": palette.faint(palette.SLATE, 0.6), "width": style.line},
        hoverinfo="skip",
    )


def _marks(
    drawing: Drawing,
    values: pd.Series,
    places: list[int],
    labels: list[str],
    written: list[list[str]],
    column: int,
    names: tuple[str, str],
    symbol: str,
    colour: str,
    style: Style,
) -> None:
    known = values.notna().tolist()
    drawing.add_scatter(
        x=[rounded(value) for value in values if pd.notna(value)],
        y=[place for place, there in zip(places, known, strict=True) if there],
        mode="markers",
        marker={
            "symbol": symbol,
            "size": style.line * 4,
            "color": colour,
            "opacity": 1,
            "line": {"width": style.line * 0.8 if column == 0 else 0, "color": colour},
        },
        hovertext=[
            f"<b>{label}</b><br>{names[0]}: {pair[0]}<br>{names[1]}: {pair[1]}"
            for label, pair, there in zip(labels, written, known, strict=True)
            if there
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        name=names[column],
        cliponaxis=False,
    )


def _ends(pair: list[float], texts: list[str]) -> list[tuple[float, str]]:
    """The values that a row has with their texts, the smaller first; one that says so where it has none."""
    known = sorted((value, text) for value, text in zip(pair, texts, strict=True) if pd.notna(value))
    return known or [(0.0, NO_FIGURE)]


def _numbers(drawing: Drawing, place: int, pair: list[tuple[float, str]], size: int, away: int) -> None:
    """Each value outside its mark, the smaller on the left; a lone one on the right."""
    for rank, (value, text) in enumerate(pair):
        left = len(pair) == 2 and rank == 0
        drawing.add_annotation(
            x=rounded(value),
            y=place,
            text=text,
            xanchor="right" if left else "left",
            xshift=-away if left else away,
            showarrow=False,
            font={"size": size},
        )


def _key(names: tuple[str, str], style: Style) -> str:
    parts = [
        f"<span style='color:{colour}'>{sign}</span> {name}"
        for name, (_, sign, colour) in zip(names, MARKS, strict=True)
    ]
    line = "   ".join(parts)
    return line if text_width(line, style.small) < style.labels - 70 else "<br>".join(parts)


def _written(value: float, suffix: str) -> str:
    return NO_FIGURE if pd.isna(value) else number_or_rate(round(value, 6)) + suffix
