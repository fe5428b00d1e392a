"""Charts: what an empty choice says, how large they are, that nothing traps a thumb or covers another label."""

from __future__ import annotations

import json
import math
from datetime import date
from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go
import pytest

from csp_dash.analytics import palette, signal
from csp_dash.charts import bars, base, lines, trend
from csp_dash.domain.catalogue import Event
from csp_dash.domain.months import Month, Span

BUDGET = 60_000
EVENTS = (
    Event("a", "Lockdown", "Lockdown", "event", "", date(2020, 3, 23)),
    Event("b", "Plan begins", "Plan begins", "event", "", date(2021, 4, 1)),
    Event("c", "CONNECT", "CONNECT", "break", "", date(2024, 2, 28)),
    Event("d", "Long ago", "Long ago", "event", "", date(1999, 1, 1)),
)


def series(values: list[float], first: str = "2010-04-01") -> pd.DataFrame:
    starts = pd.date_range(first, periods=len(values), freq="MS")
    return pd.DataFrame(
        {"start": starts, "numerator": pd.array(values, dtype="float64"), "denominator": math.nan, "flag": None}
    )


def wave(months: int = 192) -> list[float]:
    return [100.123456 + 30 * math.sin(n / 7) + (n * 7919 % 23) for n in range(months)]


def full() -> pd.DataFrame:
    values = wave()
    values[70:80] = [math.nan] * 10
    values[150] = math.nan
    values[-1] = 900
    return signal.trend(series(values))


BARS = pd.DataFrame(
    {"area": ["a", "b", "c"], "label": ["Weavers", "Poplar", "Bow East"], "value": [3.0, 9.0, math.nan]}
)
LINES = pd.DataFrame(
    {
        "series": ["th"] * 4 + ["london"] * 4,
        "name": ["Tower Hamlets"] * 4 + ["London"] * 4,
        "start": [*pd.date_range("2015-01-01", periods=4, freq="QS")] * 2,
        "value": [60.0, math.nan, 62.0, 65.0, 66.0, 66.0, 65.0, 65.2],
        "low": 55.0,
        "high": 70.0,
    }
)


def everything() -> dict[str, go.Figure]:
    return {
        "trend": trend.figure(full(), events=EVENTS, chosen=Span(Month(2025, 4), Month(2026, 3))),
        "pair": trend.figure(full(), name="Here", other=full(), other_name="London"),
        "wall": trend.figure(full(), events=EVENTS, style=base.WALL),
        "bars": bars.figure(BARS, chosen=["a"], reference=4.0, reference_name="Borough"),
        "years": bars.years(
            pd.DataFrame({"label": ["2019/20", "2020/21"], "value": [5.0, 2.0], "whole": [True, False]})
        ),
        "lines": lines.figure(LINES, suffix="%", zero=False, events=EVENTS),
    }


def texts(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


EMPTIES = {
    "trend": lambda: trend.figure(full().iloc[:0]),
    "trend all missing": lambda: trend.figure(signal.trend(series([math.nan] * 20))),
    "wall": lambda: trend.figure(full().iloc[:0], style=base.WALL),
    "bars": lambda: bars.figure(BARS.iloc[:0]),
    "bars all missing": lambda: bars.figure(BARS.assign(value=math.nan)),
    "years": lambda: bars.years(pd.DataFrame({"label": [], "value": []})),
    "lines": lambda: lines.figure(LINES.iloc[:0]),
    "lines all missing": lambda: lines.figure(LINES.assign(value=math.nan)),
}


@pytest.mark.parametrize("name", EMPTIES)
def test_an_empty_choice_says_so(name: str) -> None:
    figure = EMPTIES[name]()
    assert texts(figure) == ["No data for this choice"]
    assert len(figure.data) == 0


@pytest.mark.parametrize("name", everything())
def test_every_figure_keeps_the_house_rules(name: str) -> None:
    figure = everything()[name]
    assert len(figure.to_json()) < BUDGET
    layout = figure.layout
    assert layout.showlegend is False and layout.dragmode is False
    assert not layout.title.text
    assert layout.uirevision
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.font.color == layout.xaxis.tickfont.color == palette.TEXT
    assert layout.xaxis.gridcolor is None and layout.yaxis.gridcolor is None
    assert layout.xaxis.fixedrange and layout.yaxis.fixedrange
    assert len(layout.yaxis.tickvals or ()) <= (5 if name not in {"bars", "ranked"} else 99)


def test_only_the_palettes_colours_are_used() -> None:
    allowed = {value.upper() for value in vars(palette).values() if isinstance(value, str) and value.startswith("#")}
    for name, figure in everything().items():
        figure.layout.template = None
        for piece in json.dumps(figure.to_plotly_json(), default=str).split('"'):
            if piece.startswith("#") and len(piece) == 7:
                assert piece.upper() in allowed, name


def test_text_takes_the_themes_colour() -> None:
    theme = pytest.importorskip("streamlit.elements.lib.streamlit_plotly_theme")
    assert palette.TEXT == theme.GRAY_90


def test_hover_is_a_sentence_with_the_right_number() -> None:
    figure = trend.figure(signal.trend(series([1.0, 214.0, 0.0])), unit="offences")
    assert list(figure.data[0].hovertext) == [
        "April 2010: 1 offence",
        "May 2010: 214 offences",
        "June 2010: no offences",
    ]
    rated = trend.figure(signal.trend(series([3.0]), people=2000), rate="per 1,000 residents")
    assert list(rated.data[0].hovertext) == ["April 2010: 1.5 per 1,000 residents"]


def test_months_beyond_the_range_stand_out() -> None:
    frame = signal.trend(series([10.0, 12.0] * 18 + [50.0] + [10.0, 12.0] * 5 + [10.0]))
    marker = trend.figure(frame).data[0].marker
    bright = [place for place, colour in enumerate(marker.color) if colour == palette.SIGNAL]
    assert bright == [36]
    assert marker.size[36] > marker.size[35]


def test_missing_months_are_gaps_not_zeros() -> None:
    figure = trend.figure(full())
    dots, line = figure.data[0], figure.data[1]
    assert len(dots.y) == 192 - 11 and min(dots.y) > 0
    assert line.connectgaps is False and None in list(line.y)
    shades = [shape for shape in figure.layout.shapes if shape.yref == "paper" and shape.type == "rect"]
    assert ("2016-02-01", "2016-11-30") in [(shape.x0, shape.x1) for shape in shades]
    assert "no data" in texts(figure)


def test_the_last_average_is_written_beside_the_line() -> None:
    figure = trend.figure(signal.trend(series([20.0] * 24)))
    assert any("<b>20</b>" in text and "a month" in text for text in texts(figure))
    assert not any("a month" in text for text in texts(trend.figure(signal.trend(series([20.0] * 5)))))


def test_events_outside_the_time_are_left_out() -> None:
    shown = texts(trend.figure(full(), events=EVENTS))
    assert "Plan begins" in shown and "Long ago" not in shown


def test_one_month_and_all_zero_can_be_drawn() -> None:
    for values in ([5.0], [0.0] * 30):
        assert trend.figure(signal.trend(series(values))).data


def test_two_lines_keep_their_labels_apart() -> None:
    figure = trend.figure(full(), name="Here", other=full(), other_name="London")
    ends = [a for a in figure.layout.annotations if "Here" in a.text or "London" in a.text]
    assert len(ends) == 2
    assert abs(ends[0].yshift - ends[1].yshift) >= 2 * base.PAGE.small


@pytest.mark.parametrize("count", [2, 3, 5])
def test_spread_keeps_order_and_distance(count: int) -> None:
    places = [100 + n for n in range(count)]
    moved = base.spread(places, 20, 0, 300)
    assert all(b - a >= 20 - 1e-9 for a, b in pairwise(moved))
    assert sum(moved) == pytest.approx(sum(places))
    assert base.spread([10, 200], 20) == [10, 200]
    low = base.spread([1, 2], 20, 0, 300)
    assert min(low) >= 0


def test_flags_do_not_cover_each_other() -> None:
    hung = base.flags([100, 110, 200], [60, 60, 60], 0, 300)
    boxes = []
    for flag, place in zip(hung, [100, 110, 200], strict=True):
        left = place - {"center": 30, "right": -3, "left": 63}[flag.side]
        boxes.append((flag.row, left, left + 60))
    for row in {box[0] for box in boxes}:
        inside = sorted(box[1:] for box in boxes if box[0] == row)
        assert all(a[1] <= b[0] for a, b in pairwise(inside))
    assert max(flag.row for flag in hung) == 0
    assert base.flags([], [], 0, 100) == []


@pytest.mark.parametrize("high", [0.004, 1, 3, 7, 99, 367, 12345])
def test_ticks_are_few_and_within(high: float) -> None:
    marks = base.ticks(high)
    assert marks[0] == 0 and 2 <= len(marks) <= 5
    assert marks[-1] <= high * (1 + 1e-9)


def test_board_type_is_large() -> None:
    figure = trend.figure(full(), events=EVENTS, style=base.WALL)
    sizes = [figure.layout.xaxis.tickfont.size, figure.layout.yaxis.tickfont.size]
    sizes += [annotation.font.size for annotation in figure.layout.annotations if annotation.font.size]
    assert min(sizes) >= 26


def test_bars_rank_and_say_what_has_no_figure() -> None:
    figure = bars.figure(BARS, chosen=["a"])
    assert list(figure.layout.yaxis.ticktext) == ["Bow East", "<b>Weavers</b>", "Poplar"]
    assert texts(figure) == ["no figure", "<b>3</b>", "9"]
    colours = list(figure.data[0].marker.color)
    assert colours.count(palette.LINE) == 1 and colours[1] == palette.LINE


def test_bars_with_whiskers_and_negative_values() -> None:
    frame = BARS.dropna().assign(value=[-5.0, 9.0], low=[-7.0, 8.0], high=[-3.0, 12.0])
    figure = bars.figure(frame)
    assert list(figure.data[0].error_x.array) == [2, 3]
    assert list(figure.data[0].error_x.arrayminus) == [2, 1]
    assert figure.layout.xaxis.range[0] < -5


def test_part_years_are_named() -> None:
    figure = everything()["years"]
    assert list(figure.layout.xaxis.ticktext) == ["2019/20", "2020/21<br>part"]
    assert figure.data[0].customdata[1][0] == "2020/21 (part of a year)"


def test_lines_are_labelled_where_they_end() -> None:
    figure = lines.figure(LINES, suffix="%", zero=False)
    written = [text for text in texts(figure) if "%" in text]
    assert len(written) == 2
    assert any("65%" in text and "Tower Hamlets" in text for text in written)
    assert any("London" in text for text in written)
    assert figure.layout.yaxis.range[0] > 0
    assert lines.figure(LINES, suffix="%").layout.yaxis.range[0] == 0


def test_a_lone_value_is_a_dot() -> None:
    figure = lines.figure(LINES[LINES["series"] == "th"])
    line = next(d for d in figure.data if d.mode == "lines+markers")
    assert [size > 1 for size in line.marker.size] == [True, False, False, False]
