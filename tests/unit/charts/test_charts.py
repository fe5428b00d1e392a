"""Charts: what an empty choice says, how large they are, that nothing traps a thumb or covers another label."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pictures import checked

from csp_dash.analytics import control_chart, palette
from csp_dash.charts import annotations as events
from csp_dash.charts import base
from csp_dash.domain.indicator import Event
from csp_dash.domain.periods import Month, Span

BUDGET = 40_000
EVENTS = (
    Event("a", "Lockdown", "Lockdown", "event", "", date(2020, 3, 23)),
    Event("b", "Plan begins", "Plan begins", "event", "", date(2021, 4, 1)),
    Event("c", "CONNECT", "CONNECT", "break", "", date(2024, 2, 28)),
    Event("d", "Long ago", "Long ago", "event", "", date(1999, 1, 1)),
    Event("e", "Counted anew", "Anew", "caveat", "Since then it is counted in another way.", date(2019, 3, 1)),
    Event("f", "A gap", "Gap", "caveat", "", date(2016, 2, 1), date(2016, 12, 31)),
    Event("g", "Never complete", "Incomplete", "caveat", "It has no date."),
)

bars = checked("charts.bars")
lines = checked("charts.lines")
trend = checked("charts.trend")


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
    return control_chart.trend(series(values))


def seasonal() -> pd.DataFrame:
    frame = full()
    swing = 1 + 0.3 * np.sin(frame.index.to_numpy() * 2 * math.pi / 12)
    for column in ("lower", "centre", "upper"):
        frame[column] = frame[column] * swing
    return frame


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
        "season": trend.figure(seasonal(), events=EVENTS),
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
    "trend all missing": lambda: trend.figure(control_chart.trend(series([math.nan] * 20))),
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
    figure = trend.figure(control_chart.trend(series([1.0, 214.0, 0.0])), unit="offences")
    assert list(figure.data[0].hovertext) == [
        "April 2010: 1 offence",
        "May 2010: 214 offences",
        "June 2010: no offences",
    ]
    rated = trend.figure(control_chart.trend(series([3.0]), people=2000), rate="per 1,000 residents")
    assert list(rated.data[0].hovertext) == ["April 2010: 1.5 per 1,000 residents"]


def test_months_beyond_the_range_stand_out() -> None:
    frame = control_chart.trend(series([10.0, 12.0] * 18 + [50.0] + [10.0, 12.0] * 5 + [10.0]))
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
    figure = trend.figure(control_chart.trend(series([20.0] * 24)))
    assert any("<b>20</b>" in text and "a month" in text for text in texts(figure))
    assert not any("a month" in text for text in texts(trend.figure(control_chart.trend(series([20.0] * 5)))))


def test_events_outside_the_time_are_left_out() -> None:
    shown = texts(trend.figure(full(), events=EVENTS))
    assert "Plan begins" in shown and "Long ago" not in shown


FIRST, LAST = date(2016, 6, 1), date(2024, 2, 1)


def caution(name: str, start: date | None, finish: date | None = None) -> Event:
    return Event(name, name, name, "caveat", "", start, finish)


def test_cautions_are_lettered_by_date_and_names_are_not() -> None:
    given = [*EVENTS, caution("h", date(2017, 1, 1)), EVENTS[4]]
    assert [(letter, event.id) for letter, event in events.lettered(given, FIRST, LAST)] == [
        ("a", "f"),
        ("b", "h"),
        ("c", "e"),
        ("", "a"),
        ("", "b"),
    ]


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (caution("on the first day", FIRST), False),
        (caution("on the last day", LAST), True),
        (caution("after", date(2024, 2, 2)), False),
        (caution("before", date(2016, 1, 1)), False),
        (caution("over before", date(2016, 1, 1), date(2016, 5, 31)), False),
        (caution("lasting into it", date(2016, 1, 1), date(2016, 6, 30)), True),
        (caution("undated", None), False),
        (Event("name", "", "", "event", "", date(2016, 1, 1), date(2017, 1, 1)), False),
    ],
    ids=lambda value: value.id if isinstance(value, Event) else "",
)
def test_what_falls_on_the_axis(event: Event, shown: bool) -> None:
    assert bool(events.lettered([event], FIRST, LAST)) is shown


@given(st.lists(st.dates(date(2010, 1, 1), date(2030, 1, 1)), max_size=60, unique=True))
def test_letters_follow_the_dates_without_a_gap(days: list[date]) -> None:
    found = events.lettered([caution(str(day), day) for day in days], FIRST, LAST)
    assert [event.start for _, event in found] == sorted(day for day in days if FIRST < day <= LAST)
    letters = [letter for letter, _ in found]
    assert len(set(letters)) == len(letters) and all(letters)
    assert letters == sorted(letters, key=lambda letter: (len(letter), letter))


def notes(figure: go.Figure) -> dict[str, str]:
    trace = next(trace for trace in figure.data if trace.name == events.NAME)
    assert trace.marker.opacity == 0
    return {text.split("<br>")[0]: text for text in trace.hovertext}


@pytest.mark.parametrize("draw", [lambda e: trend.figure(full(), events=e), lambda e: lines.figure(LINES, events=e)])
def test_every_event_on_the_axis_says_what_it_was(draw: Callable[[tuple[Event, ...]], go.Figure]) -> None:
    start, long = date(2015, 2, 1), " ".join(["word"] * 40)
    given = (
        Event("x", "A long title that would not fit on one line of a phone", "X", "event", long, start),
        Event("y", "A gap", "Y", "caveat", long, start, date(2015, 2, 28)),
    )
    told = notes(draw(given))
    assert list(told) == ["<b>A long title that would not fit on one line of", "<b>A gap</b>"]
    assert told["<b>A gap</b>"].split("<br>")[1] == "February 2015"
    for text in told.values():
        rows = text.replace("<b>", "").replace("</b>", "").split("<br>")
        assert max(len(row) for row in rows) <= 46
        assert " ".join(rows).endswith(long)


def test_a_caution_is_a_letter_and_a_strip_not_a_name() -> None:
    figure = trend.figure(full(), events=EVENTS)
    written = texts(figure)
    assert "a" in written and "b" in written and "c" not in written
    assert not {"Gap", "Anew", "Incomplete"} & set(written)
    (strip,) = [shape for shape in figure.layout.shapes if shape.x1 == "2016-12-31"]
    low = figure.layout.yaxis.range[0]
    assert (strip.type, strip.x0, strip.yref or "y") == ("rect", "2016-02-01", "y")
    assert low < strip.y1 < strip.y0 < 0
    letters = [note for note in figure.layout.annotations if note.text in {"a", "b"}]
    assert all(low < letter.y < strip.y1 for letter in letters)


def test_without_cautions_the_axis_starts_at_nought() -> None:
    assert trend.figure(full(), events=EVENTS[:4]).layout.yaxis.range[0] == 0
    assert trend.figure(full()).layout.yaxis.range[0] == 0


def test_a_strip_that_began_before_is_cut_at_the_axis() -> None:
    frame = full().iloc[100:].reset_index(drop=True)  # from August 2018
    over = (caution("early", date(2012, 1, 1), date(2019, 5, 31)), caution("late", date(2025, 1, 1), date(2030, 1, 1)))
    figure = trend.figure(frame, events=over)
    strips = [(shape.x0, shape.x1) for shape in figure.layout.shapes if shape.type == "rect" and shape.y0 < 0]
    assert strips == [("2018-08-01", "2019-05-31"), ("2025-01-01", "2026-03-01")]
    dotted = [shape.x0 for shape in figure.layout.shapes if shape.type == "line"]
    assert dotted == ["2025-01-01"]  # what began before the axis has no beginning to mark


def test_letters_of_neighbours_do_not_cover_each_other() -> None:
    near = [caution(f"{n}", date(2023, 9 + n, 1)) for n in range(3)]
    figure = trend.figure(full(), events=near)
    found = [note for note in figure.layout.annotations if note.text in {"a", "b", "c"}]
    days = [(date.fromisoformat(note.x) - date(2010, 4, 1)).days for note in found]
    spots = [day / 5813 * 180 + note.xshift for day, note in zip(days, found, strict=True)]
    assert all(after - before >= base.PAGE.small for before, after in pairwise(spots))


@pytest.mark.parametrize(
    ("start", "finish", "kind", "words"),
    [
        (None, None, "caveat", ""),
        (date(2020, 3, 23), date(2021, 7, 19), "event", "23 March 2020 to 19 July 2021"),
        (date(2016, 2, 1), date(2016, 12, 31), "caveat", "February 2016 to December 2016"),
        (date(2022, 6, 1), date(2022, 6, 30), "caveat", "June 2022"),
        (date(2024, 3, 31), None, "event", "31 March 2024"),
        (date(2024, 2, 28), None, "break", "from 28 February 2024"),
    ],
)
def test_when_it_was_in_words(start: date | None, finish: date | None, kind: str, words: str) -> None:
    assert events.when(Event("x", "", "", kind, "", start, finish)) == words


def test_a_range_that_stays_the_same_is_a_rectangle() -> None:
    frame = full()
    figure = trend.figure(frame)
    known = frame.dropna(subset=["upper"])
    (band,) = [shape for shape in figure.layout.shapes if shape.fillcolor == palette.faint(palette.LINE, 0.13)]
    assert band.y1 == pytest.approx(known["upper"].iloc[0], rel=1e-4)
    assert (band.x0, band.x1) == (f"{known['start'].iloc[0]:%Y-%m-%d}", f"{known['start'].iloc[-1]:%Y-%m-%d}")
    assert not [trace for trace in figure.data if trace.fill]
    assert "usual range" in texts(figure)


def test_a_range_that_follows_the_season_is_one_shape() -> None:
    frame = seasonal()
    frame.loc[frame.index == 180, ["lower", "centre", "upper"]] = math.nan
    figure = trend.figure(frame)
    assert not [shape for shape in figure.layout.shapes if shape.fillcolor == palette.faint(palette.LINE, 0.13)]
    (band,) = [trace for trace in figure.data if trace.fill]
    assert (band.hoverinfo, band.fillcolor) == ("skip", palette.faint(palette.LINE, 0.13))
    assert band.zorder < 0  # under the months
    corners = list(zip(band.x, band.y, strict=True))
    assert corners.count((None, None)) == 1  # the month without a range parts the shape
    for row in frame.dropna(subset=["upper"]).itertuples():
        day = f"{row.start:%Y-%m-%d}"
        edges = sorted(value for at, value in corners if at == day)
        assert edges == pytest.approx([row.lower, row.upper], rel=1e-4)
    assert "usual range" in texts(figure)


@pytest.mark.parametrize("style", [base.PAGE, base.WALL])
def test_the_name_of_the_range_keeps_within_the_plot(style: base.Style) -> None:
    for values in ([0.0, 1.0, 0.0, 0.0, 2.0] * 12, wave(60), [500.0, 900.0] * 30):
        figure = trend.figure(control_chart.trend(series(values)), style=style)
        (name,) = [note for note in figure.layout.annotations if note.text == "usual range"]
        low, high = figure.layout.yaxis.range
        pixels = (style.height - 44) / (high - low)
        bottom = name.y - style.small * 1.3 / pixels if name.yanchor == "top" else name.y
        assert bottom >= low and bottom + style.small / pixels <= high + style.small / pixels


def test_a_month_says_its_own_range() -> None:
    frame = seasonal()
    said = dict(zip(trend.figure(frame).data[0].x, trend.figure(frame).data[0].hovertext, strict=True))
    for row in frame[~frame["missing"]].itertuples():
        span = f"{row.lower:.0f} to {row.upper:.0f}" if row.upper == row.upper else "usual range"
        text = said[f"{row.start:%Y-%m-%d}"]
        assert (span in text) is (row.upper == row.upper)
        if row.rule == control_chart.BEYOND:
            assert f"beyond the usual range of {span}" in text
        elif row.upper == row.upper:
            assert text.endswith(f"usual range {span}")


def test_one_month_and_all_zero_can_be_drawn() -> None:
    for values in ([5.0], [0.0] * 30):
        assert trend.figure(control_chart.trend(series(values))).data


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


@given(st.lists(st.floats(0, 300), min_size=1, max_size=12))
def test_spread_keeps_distance_within_bounds(spots: list[float]) -> None:
    moved = base.spread(spots, 20, 0, 300)
    ordered = sorted(moved)
    assert ordered[0] >= -1e-6 and ordered[-1] <= 300 + 1e-6
    assert all(after - before >= 20 - 1e-6 for before, after in pairwise(ordered))


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


@pytest.mark.parametrize("style", [base.PAGE, base.WALL])
def test_the_newest_bar_is_named_and_names_have_room(style: base.Style) -> None:
    ends = pd.date_range("2023-06-30", periods=12, freq="QE")
    figure = bars.years(
        pd.DataFrame({"label": [f"to {end:%b %Y}" for end in ends], "value": range(1, 13)}), style=style
    )
    names = [str(text) for text in figure.layout.xaxis.ticktext]
    assert names[-1].replace("<br>", " ") == "to Mar 2026" and figure.layout.xaxis.ticklabeloverflow == "allow"
    width = style.labels if style is base.PAGE else bars.AXIS
    widths = [base.text_width(name, style.small) for name in names]
    assert sum(widths) < width
    assert figure.layout.margin.r + width / 12 / 2 >= widths[-1] / 2, "half of the last name is beside its bar"


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
