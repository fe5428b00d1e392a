"""The further charts: years side by side, a series taken apart, many small ones, shares of a change, pairs, forecasts."""

from __future__ import annotations

import json
import math
import re
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pictures import checked

from csp_dash.analytics import palette
from csp_dash.charts import base, small_multiples

contribution = checked("charts.contribution")
decomposition = checked("charts.decomposition")
dumbbell = checked("charts.dumbbell")
fan = checked("charts.fan")
forest = checked("charts.forest")
seasons = checked("charts.seasons")

BUDGET = 40_000


def monthly(values: list[float], first: str = "2016-01-01") -> pd.DataFrame:
    return pd.DataFrame({"start": pd.date_range(first, periods=len(values), freq="MS"), "value": values})


def wave(months: int = 123) -> list[float]:
    return [100.123456 + 30 * math.sin(n / 7) + (n * 7919 % 23) for n in range(months)]


def parts(months: int = 192) -> pd.DataFrame:
    frame = monthly(wave(months), "2010-04-01")
    place = np.arange(months)
    return frame.assign(
        trend=100.0 + place / 10,
        seasonal=1 + 0.2 * np.sin(place * 2 * math.pi / 12),
        remainder=1 + 0.01 * (place % 5 - 2),
    )


def changes(count: int) -> pd.DataFrame:
    sizes = [(-1) ** n * (1000.0 - 50 * n) for n in range(count)]
    return pd.DataFrame(
        {
            "label": [f"Part number {n}" for n in range(count)],
            "change": sizes,
            "points": [size / 100 for size in sizes],
            "low": [size - 300 for size in sizes],
            "high": [size + 300 for size in sizes],
            "detectable": [abs(size) > 300 for size in sizes],
        }
    )


PAIRS = pd.DataFrame(
    {"label": ["Burglary", "Theft", "Rape", "Arson"], "one": [12.0, 40, math.nan, math.nan], "two": [15.5, 8, 3, None]}
)
RATIOS = pd.DataFrame(
    {
        "label": ["Asian", "Black", "Mixed", "Other"],
        "ratio": [0.5, 2.4, 1.1, math.nan],
        "low": [0.4, 1.9, 0.8, math.nan],
        "high": [0.6, 3.0, 1.5, math.nan],
        "note": ["", "A note of some length that has to be wrapped for a phone", None, None],
    }
)
HISTORY = monthly(wave(120))
FORECAST = pd.DataFrame({"start": pd.date_range("2026-01-01", periods=12, freq="MS"), "middle": 100.0}).assign(
    low50=90.0, high50=110.0, low80=80.0, high80=120.0
)


def everything() -> dict[str, go.Figure]:
    return {
        "seasons": seasons.figure(monthly(wave()), unit="offences"),
        "seasons of a financial year": seasons.figure(monthly(wave()), unit="offences", fiscal=True),
        "decomposition": decomposition.figure(parts(), unit="offences"),
        "contribution": contribution.figure(changes(17), unit="offences"),
        "paired": dumbbell.figure(PAIRS),
        "fan": fan.figure(HISTORY, FORECAST, unit="offences"),
        "ratios": forest.figure(RATIOS, reference="White"),
    }


EMPTIES = {
    "seasons": lambda: seasons.figure(monthly([]), unit="offences"),
    "seasons all missing": lambda: seasons.figure(monthly([math.nan] * 5), unit="offences"),
    "decomposition": lambda: decomposition.figure(parts().iloc[:0], unit="offences"),
    "decomposition all missing": lambda: decomposition.figure(parts().assign(value=math.nan), unit="offences"),
    "contribution": lambda: contribution.figure(changes(3).iloc[:0], unit="offences"),
    "contribution all missing": lambda: contribution.figure(changes(3).assign(change=math.nan), unit="offences"),
    "paired": lambda: dumbbell.figure(PAIRS.iloc[:0]),
    "paired all missing": lambda: dumbbell.figure(PAIRS.iloc[3:]),
    "fan": lambda: fan.figure(HISTORY.iloc[:0], FORECAST, unit="offences"),
    "fan all missing": lambda: fan.figure(HISTORY.assign(value=math.nan), FORECAST, unit="offences"),
    "ratios": lambda: forest.figure(RATIOS.iloc[:0], reference="White"),
    "ratios all missing": lambda: forest.figure(RATIOS.iloc[3:], reference="White"),
}

ONES = {
    "seasons": lambda: seasons.figure(monthly([3.0]), unit="offences"),
    "seasons of nothing": lambda: seasons.figure(monthly([0.0]), unit="offences"),
    "decomposition": lambda: decomposition.figure(parts(1), unit="offences"),
    "decomposition without rest": lambda: decomposition.figure(
        parts(1).assign(trend=math.nan, seasonal=1.0, remainder=math.nan), unit="offences"
    ),
    "contribution": lambda: contribution.figure(changes(1), unit="offences"),
    "contribution of nothing": lambda: contribution.figure(
        changes(1).assign(change=0.0, low=math.nan, high=math.nan), unit="offences"
    ),
    "paired": lambda: dumbbell.figure(PAIRS.iloc[:1]),
    "paired of nothing": lambda: dumbbell.figure(PAIRS.iloc[:1].assign(one=0.0, two=0.0)),
    "fan": lambda: fan.figure(HISTORY.iloc[:1], FORECAST.iloc[:1], unit="offences"),
    "fan without a forecast": lambda: fan.figure(HISTORY, FORECAST.iloc[:0], unit="offences"),
    "ratios": lambda: forest.figure(RATIOS.iloc[:1], reference="White"),
    "ratios of nothing": lambda: forest.figure(
        RATIOS.iloc[:1].assign(ratio=0.0, low=0.0, high=math.inf), reference="x"
    ),
}


def texts(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


@pytest.mark.parametrize("name", EMPTIES)
def test_an_empty_choice_says_so(name: str) -> None:
    figure = EMPTIES[name]()
    assert texts(figure) == ["No data for this choice"]
    assert len(figure.data) == 0


@pytest.mark.parametrize("name", ONES)
def test_a_lone_row_can_be_drawn(name: str) -> None:
    figure = ONES[name]()
    assert figure.data
    shown = json.loads(figure.to_json())
    for axis in ("xaxis", "yaxis"):
        low, high = shown["layout"][axis]["range"]
        assert low < high
    assert "NaN" not in figure.to_json() and "Infinity" not in figure.to_json()


@pytest.mark.parametrize("name", everything())
def test_every_figure_keeps_the_house_rules(name: str) -> None:
    figure = everything()[name]
    assert len(figure.to_json()) < BUDGET
    layout = figure.layout
    assert layout.showlegend is False and layout.dragmode is False
    assert not layout.title.text
    assert layout.uirevision
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    for axis in (layout.xaxis, layout.yaxis, *((layout.yaxis2, layout.yaxis3) if name == "decomposition" else ())):
        assert axis.fixedrange
        assert axis.tickfont.color == palette.TEXT
        assert axis.gridcolor is None


@pytest.mark.parametrize("name", everything())
def test_only_the_palettes_colours_are_used(name: str) -> None:
    figure = everything()[name]
    figure.layout.template = None
    known = {value.upper() for value in vars(palette).values() if isinstance(value, str) and value.startswith("#")}
    used = json.dumps(figure.to_plotly_json(), default=str)
    assert {colour.upper() for colour in re.findall(r"#[0-9A-Fa-f]{6}\b", used)} <= known
    mixed = {tuple(map(int, found)) for found in re.findall(r"rgba\((\d+),(\d+),(\d+)", used)}
    assert mixed <= {palette.rgb(colour) for colour in known} | {(0, 0, 0)}  # the last is see-through


@pytest.mark.parametrize("name", everything())
def test_board_type_is_large(name: str) -> None:
    drawn = {
        "seasons": lambda: seasons.figure(monthly(wave()), unit="offences", style=base.WALL),
        "seasons of a financial year": lambda: seasons.figure(
            monthly(wave()), unit="offences", style=base.WALL, fiscal=True
        ),
        "decomposition": lambda: decomposition.figure(parts(), unit="offences", style=base.WALL),
        "contribution": lambda: contribution.figure(changes(17), unit="offences", style=base.WALL),
        "paired": lambda: dumbbell.figure(PAIRS, style=base.WALL),
        "fan": lambda: fan.figure(HISTORY, FORECAST, unit="offences", style=base.WALL),
        "ratios": lambda: forest.figure(RATIOS, reference="White", style=base.WALL),
    }[name]()
    sizes = [note.font.size for note in drawn.layout.annotations]
    sizes += [axis.tickfont.size for axis in (drawn.layout.xaxis, drawn.layout.yaxis) if axis.tickfont.size]
    assert min(sizes) >= 26


# ---- years side by side


def years_of(figure: go.Figure) -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in figure.data}


def test_years_lie_over_each_other_by_month() -> None:
    frame = monthly(wave())  # January 2016 to March 2026
    drawn = years_of(seasons.figure(frame, unit="offences"))
    assert list(drawn) == [str(year) for year in range(2017, 2027)]  # the latest, the one before, eight earlier
    expected = frame[frame["start"].dt.year == 2024]["value"].tolist()
    assert list(drawn["2024"].x) == list(range(12))
    assert list(drawn["2024"].y) == pytest.approx(expected, rel=1e-4)
    assert list(drawn["2026"].x) == [0, 1, 2]  # a part year is a shorter line


def test_financial_years_run_from_april() -> None:
    figure = seasons.figure(monthly(wave()), unit="offences", fiscal=True)
    drawn = years_of(figure)
    assert list(drawn)[-1] == "2025/26" and len(drawn["2025/26"].x) == 12
    assert drawn["2025/26"].hovertext[0].startswith("April 2025: ")
    assert drawn["2025/26"].hovertext[11].startswith("March 2026: ")
    assert figure.layout.xaxis.ticktext[0] == "Apr"
    assert list(years_of(seasons.figure(monthly([5.0], "2020-03-01"), unit="offences", fiscal=True))) == ["2019/20"]


def test_the_latest_year_is_strongest_and_two_are_named() -> None:
    figure = seasons.figure(monthly(wave()), unit="offences")
    drawn = years_of(figure)
    widths = [drawn[year].line.width for year in ("2026", "2025", "2024", "2017")]
    assert widths[0] > widths[1] > widths[2] == widths[3]
    assert drawn["2026"].line.color == palette.LINE
    assert max(drawn["2024"].marker.size) < 1 < min(drawn["2026"].marker.size)
    assert sorted(texts(figure)) == ["2025", "<b>2026</b>"]


def test_missing_months_break_a_year_and_a_lone_month_is_a_dot() -> None:
    values = wave(24)
    values[3], values[5] = math.nan, math.nan
    drawn = years_of(seasons.figure(monthly(values), unit="offences"))["2016"]
    assert drawn.connectgaps is False
    assert [place for place, value in enumerate(drawn.y) if value is None] == [3, 5]
    assert [place for place, size in enumerate(drawn.marker.size) if size > 1] == [4]


def test_a_month_of_a_year_is_a_sentence() -> None:
    counted = years_of(seasons.figure(monthly([1.0, 214, 0]), unit="offences"))["2016"]
    assert list(counted.hovertext) == [
        "January 2016: 1 offence",
        "February 2016: 214 offences",
        "March 2016: no offences",
    ]
    rated = years_of(seasons.figure(monthly([1.5]), unit="offences", rate="per 1,000 residents"))["2016"]
    assert list(rated.hovertext) == ["January 2016: 1.5 per 1,000 residents"]


def test_full_years_that_end_alike_keep_their_names_apart() -> None:
    names = seasons.figure(monthly([50.0] * 24), unit="offences").layout.annotations
    assert abs(names[0].yshift - names[1].yshift) >= base.PAGE.text


# ---- a series taken apart


def test_season_and_rest_are_percentages_around_nought() -> None:
    frame = parts(48)
    figure = decomposition.figure(frame, unit="offences")
    dots, trend, season, rest = figure.data
    assert list(dots.y) == pytest.approx(frame["value"].tolist(), rel=1e-4)
    assert list(trend.y) == pytest.approx(frame["trend"].tolist(), rel=1e-3)
    assert list(season.y) == pytest.approx([100 * (f - 1) for f in frame["seasonal"]], rel=1e-2, abs=0.01)
    assert list(rest.y) == pytest.approx([-2, -1, 0, 1, 2] * 9 + [-2, -1, 0], abs=1e-6)
    assert [trace.yaxis or "y" for trace in figure.data] == ["y", "y", "y2", "y3"]
    assert set(decomposition.NAMES) <= set(texts(figure))


def test_panels_do_not_touch() -> None:
    layout = decomposition.figure(parts(), unit="offences").layout
    domains = [layout.yaxis.domain, layout.yaxis2.domain, layout.yaxis3.domain]
    assert all(lower[1] < upper[0] for upper, lower in pairwise(domains))
    assert domains[2][0] >= 0 and domains[0][1] == 1
    for axis in (layout.yaxis2, layout.yaxis3):
        assert axis.ticktext[1] == "0%" and axis.ticktext[2].startswith("+") and axis.ticktext[0].startswith("-")
        assert axis.range[0] < axis.tickvals[0] and axis.tickvals[2] < axis.range[1]


def test_what_chance_would_not_leave_over_stands_out() -> None:
    rest = [0.99, 1.01] * 12
    rest[10], rest[15], rest[20] = 1.5, math.nan, 0.92
    figure = decomposition.figure(parts(24).assign(remainder=rest), unit="offences")
    marker = figure.data[3].marker
    assert len(marker.color) == 23
    assert [place for place, colour in enumerate(marker.color) if colour == palette.SIGNAL] == [
        10,
        19,
    ]  # the gap has no dot
    (band,) = figure.layout.shapes
    # 21 ranges in percentage points, none across the gap: two of 49 are screened out, 17 of 2 and two of 9 stay.
    reach = 2.66 * (17 * 2 + 2 * 9) / 19
    assert (band.y0, band.y1) == pytest.approx((-reach, reach), rel=1e-3)


def test_missing_months_of_a_series_taken_apart_are_gaps() -> None:
    frame = parts(24)
    frame.loc[5, ["value", "trend", "seasonal", "remainder"]] = math.nan
    dots, trend, season, rest = decomposition.figure(frame, unit="offences").data
    assert len(dots.y) == len(rest.y) == 23
    assert trend.y[5] is None and season.y[5] is None and not trend.connectgaps


# ---- many small charts


class Page(HTMLParser):
    """The figures of a page: name, value, words and the drawing of each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.figures: list[dict[str, str]] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = {name: value or "" for name, value in attrs}
        if tag == "figure":
            self.figures.append({"style": given["style"], "text": ""})
        if tag == "img":
            self.figures[-1] |= {"alt": given["alt"], "drawing": unquote(given["src"].split(",", 1)[1])}

    def handle_data(self, data: str) -> None:
        if self.figures:
            self.figures[-1]["text"] += data


def small(values: dict[str, list[float]], first: str = "2022-03-01") -> pd.DataFrame:
    return pd.concat(
        [monthly(numbers, first).assign(area=area, name=f"Ward {area}") for area, numbers in values.items()],
        ignore_index=True,
    )


def corners(drawing: str) -> list[tuple[int, int]]:
    """The points of a course, from its path of relative steps."""
    path = drawing.split("<path d='")[2].split("'")[0]
    found: list[tuple[int, int]] = []
    for run in path.split("M")[1:]:
        start, _, steps = run.partition("l")
        x, y = map(int, start.removesuffix("h0").split(" "))
        found.append((x, y))
        numbers = [int(part) for part in steps.split()]
        for across, up in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + across, y + up
            found.append((x, y))
    return found


def test_small_charts_share_one_scale() -> None:
    page = Page(small_multiples.grid(small({"a": [0.0, 5.0, 10.0], "b": [10.0, 20.0, 5.0]}), unit="offences a month"))
    one, other = (corners(figure["drawing"]) for figure in page.figures)
    assert one[2][1] == other[0][1] and one[1][1] == other[2][1]  # 10 is as high in both, and so is 5
    floor, top = small_multiples.HEIGHT - small_multiples.EDGE, small_multiples.EDGE
    assert one[0][1] == floor and other[1][1] == top
    assert [x for x, _ in one] == [x for x, _ in other]
    assert "Every chart runs from 0 to 20 offences a month and from March 2022 to May 2022." in page.figures[-1]["text"]


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=30))
def test_higher_values_are_never_drawn_lower(values: list[float]) -> None:
    page = Page(small_multiples.grid(small({"a": values, "b": values[::-1]}), unit="x"))
    heights = [[y for _, y in corners(figure["drawing"])] for figure in page.figures]
    assert heights[0] == heights[1][::-1]
    ordered = [height for _, height in sorted(zip(values, heights[0], strict=True))]
    assert all(before >= after for before, after in pairwise(ordered))
    assert min(heights[0]) >= 0 and max(heights[0]) <= small_multiples.HEIGHT


def test_a_small_chart_is_told_in_words() -> None:
    page = Page(small_multiples.grid(small({"a": [10.2, 11.0, 12.1]}, "2026-01-01"), unit="x"))
    assert page.figures[0]["alt"] == "Ward a: 12.1 in Mar 2026, from 10.2 in Jan 2026"
    assert page.figures[0]["text"].startswith("Ward a12.1")
    alone = Page(small_multiples.grid(small({"a": [3.0], "b": [math.nan]}), unit="x"))
    assert [figure["alt"] for figure in alone.figures] == ["Ward a: 3 in Mar 2022", "Ward b: no figure"]


def test_names_are_escaped_and_nothing_runs() -> None:
    frame = small({"a": [1.0, 2.0]}).assign(name="<script>alert('x')</script> & \"Bow\"")
    text = small_multiples.grid(frame, unit="<b>x</b>", chosen=["a"])
    page = Page(text)
    assert page.tags == {"div", "figure", "figcaption", "span", "b", "img", "p"}
    assert page.figures[0]["alt"].startswith("<script>alert('x')</script> & \"Bow\": 2 in ")
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "http" not in text.replace(small_multiples.quote("http://www.w3.org/2000/svg", safe=" ='/:,.-"), "")


def test_chosen_areas_come_first_and_are_outlined() -> None:
    frame = small({"a": [1.0, 2.0], "b": [1.0, 2.0], "c": [1.0, 2.0]})
    page = Page(small_multiples.grid(frame, unit="x", chosen=["c", "nowhere"]))
    assert [figure["alt"][5] for figure in page.figures] == ["c", "a", "b"]
    assert [palette.SELECTED in figure["style"] for figure in page.figures] == [True, False, False]


def test_missing_months_break_a_small_line() -> None:
    page = Page(small_multiples.grid(small({"a": [1.0, math.nan, 2.0, 3.0], "b": [1.0, 1.0, 1.0, 1.0]}), unit="x"))
    broken, whole = (figure["drawing"].split("<path d='")[2].split("'")[0] for figure in page.figures)
    assert (broken.count("M"), whole.count("M")) == (2, 1)
    assert broken.split("M")[1].endswith("h0")  # a month alone is a dot
    xs = [x for x, _ in corners(page.figures[1]["drawing"])]
    assert [x for x, _ in corners(page.figures[0]["drawing"])] == [xs[0], xs[2], xs[3]]


def test_small_charts_are_small_and_in_the_palettes_colours() -> None:
    text = small_multiples.grid(small({str(n): wave(180) for n in range(20)}), unit="x")
    assert len(text) < BUDGET
    known = {value.upper() for value in vars(palette).values() if isinstance(value, str) and value.startswith("#")}
    assert {colour.upper() for colour in re.findall(r"#[0-9A-Fa-f]{6}\b", unquote(text))} <= known
    assert small_multiples.grid(small({"a": [math.nan]}), unit="x") == "<p>No data for this choice</p>"
    assert small_multiples.grid(small({"a": [1.0]}).iloc[:0], unit="x") == "<p>No data for this choice</p>"


# ---- shares of a change


def test_the_largest_changes_come_first_and_the_others_are_added_up() -> None:
    frame = changes(17)
    figure = contribution.figure(frame.sample(frac=1, random_state=1), unit="offences")
    (bars,) = figure.data
    labels = list(figure.layout.yaxis.ticktext)[::-1]
    assert labels == [*frame["label"][:14], "3 others"]
    assert list(bars.x)[::-1] == [*frame["change"][:14], frame["change"][14:].sum()]
    assert sum(bars.x) == pytest.approx(frame["change"].sum())
    assert bars.error_x.array[0] == bars.error_x.arrayminus[0] == 0  # the sum of the others is not tested
    assert bars.marker.color[0] != palette.LINE
    share = f"{abs(frame['points'][14:].sum()):.1f} percentage points"
    assert share in bars.hovertext[0]
    unknown = contribution.figure(frame.assign(points=math.nan), unit="offences").data[0].hovertext
    assert not any("percentage point" in text for text in unknown)


@pytest.mark.parametrize(("count", "rows"), [(1, 1), (14, 14), (15, 15), (40, 15)])
def test_there_are_never_more_than_fifteen_rows(count: int, rows: int) -> None:
    figure = contribution.figure(changes(count), unit="offences")
    assert len(figure.data[0].x) == rows
    last = figure.layout.yaxis.ticktext[0]
    assert last == {15: "1 other", 40: "26 others"}.get(count, last)


def test_changes_are_written_with_their_sign_where_their_bar_ends() -> None:
    frame = changes(2).assign(change=[45.0, -120.0], low=[20.0, -160.0], high=[70.0, -80.0], detectable=[True, False])
    figure = contribution.figure(frame, unit="offences")
    notes = {note.text: note for note in figure.layout.annotations}
    assert set(notes) == {"-120", "<b>+45</b>"}
    assert (notes["-120"].x, notes["-120"].xanchor, notes["<b>+45</b>"].x, notes["<b>+45</b>"].xanchor) == (
        *(-160, "right"),
        *(70, "left"),
    )
    assert list(figure.data[0].error_x.array) == [25, 40] and list(figure.data[0].error_x.arrayminus) == [25, 40]
    strong, pale = figure.data[0].marker.color  # the larger change is on top, that is last
    assert strong == palette.LINE and pale.startswith("rgba")
    text = figure.data[0].hovertext[1]
    assert "down 120 offences" in text and "between -160 and -80" in text and "chance alone could explain it" in text


@given(
    st.floats(-1e5, 0),
    st.floats(1, 1e5),
    st.lists(st.tuples(st.floats(-1e5, 0), st.floats(0, 110)), min_size=1, max_size=20),
)
def test_labels_on_the_left_stay_inside_the_plot(low: float, high: float, rows: list[tuple[float, float]]) -> None:
    ends, widths = [max(end, low) for end, _ in rows], [wide for _, wide in rows]
    begin = base.begins(low, high, ends, widths, 165)
    assert begin <= low
    for end, wide in zip(ends, widths, strict=True):
        assert (end - begin) / (high - begin) * 165 >= wide - 1e-6


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (45, "+45"), (-120, "-120"), (-1234.4, "-1,234"), (0.25, "+0.25"), (-2.5, "-2.5"), (-0.0, "0")],
)
def test_a_change_is_written_with_its_sign(value: float, text: str) -> None:
    assert base.signed(value) == text


# ---- pairs


def test_pairs_are_told_apart_without_colour() -> None:
    figure = dumbbell.figure(PAIRS, names=("Share of offences", "Share of harm"))
    joins, one, two = figure.data
    assert one.marker.symbol != two.marker.symbol
    assert (one.name, two.name) == ("Share of offences", "Share of harm")
    (key,) = [text for text in texts(figure) if "Share of harm" in text]
    assert "○" in key and "◆" in key and "Share of offences" in key
    assert list(joins.x) == [12, 15.5, None, 40, 8]  # only rows with both are joined
    assert (list(one.x), list(two.x)) == ([12, 40], [15.5, 8, 3])
    assert (list(one.y), list(two.y)) == ([3, 2], [3, 2, 1])  # the first row is on top


def test_each_value_of_a_pair_is_written_outside() -> None:
    notes = [note for note in dumbbell.figure(PAIRS).layout.annotations if note.yref != "paper"]
    told = {(note.y, note.text): note.xanchor for note in notes}
    assert told == {
        (3, "12%"): "right",
        (3, "15.5%"): "left",
        (2, "40%"): "left",
        (2, "8%"): "right",
        (1, "3%"): "left",
        (0, "no figure"): "left",
    }


def test_equal_values_are_both_written() -> None:
    figure = dumbbell.figure(PAIRS.iloc[:1].assign(one=4.0, two=4.0))
    notes = [note for note in figure.layout.annotations if note.text == "4%"]
    assert {note.xanchor for note in notes} == {"left", "right"}


def test_long_names_of_a_key_take_two_lines() -> None:
    figure = dumbbell.figure(PAIRS, names=("Share of all recorded offences", "Share of the harm that they do"))
    assert figure.layout.margin.t > dumbbell.figure(PAIRS).layout.margin.t


# ---- a forecast


def test_the_last_four_years_and_what_may_come() -> None:
    figure = fan.figure(HISTORY, FORECAST, unit="offences")
    wide, narrow, dots, line, middle = figure.data
    assert len(dots.x) == 48 and dots.x[-1] == "2025-12-01"
    expected = HISTORY["value"].rolling(12).mean().tail(48).tolist()
    assert list(line.y) == pytest.approx(expected, rel=1e-3)  # averages of months from before the picture too
    assert (min(wide.y), max(wide.y), min(narrow.y), max(narrow.y)) == (80, 120, 90, 110)
    assert wide.fill == narrow.fill == "toself" and wide.fillcolor != narrow.fillcolor
    assert middle.line.dash == "dash" and list(middle.x) == [f"2026-{month:02d}-01" for month in range(1, 13)]
    assert "forecast" in texts(figure)
    assert any("<b>100</b>" in text and "in Dec 2026" in text for text in texts(figure))
    (today,) = figure.layout.shapes
    assert today.x0 == today.x1 == "2025-12-01"


def test_an_expected_month_is_a_sentence_with_its_chances() -> None:
    middle = fan.figure(HISTORY, FORECAST, unit="offences").data[-1]
    assert middle.hovertext[0] == (
        "January 2026: 100 offences expected<br>5 in 10 chance of 90 to 110<br>8 in 10 chance of 80 to 120"
    )


def test_averages_need_all_twelve_months() -> None:
    values = wave(40)
    values[30] = math.nan
    line = fan.figure(monthly(values), FORECAST.iloc[:0], unit="offences").data[1]
    assert [place for place, value in enumerate(line.y) if value is None] == [*range(11), *range(30, 40)]
    assert "forecast" not in texts(fan.figure(monthly(values), FORECAST.iloc[:0], unit="offences"))


# ---- ratios


def test_ratios_lie_on_a_logarithmic_axis_around_the_reference() -> None:
    figure = forest.figure(RATIOS, reference="White residents")
    axis = figure.layout.xaxis
    assert axis.type == "log"
    assert list(axis.tickvals) == [0.5, 1, 2] and list(axis.ticktext) == ["½", "1", "2"]
    assert 10 ** axis.range[0] < 0.4 and 10 ** axis.range[1] > 3.0
    (line,) = figure.layout.shapes
    assert line.x0 == line.x1 == 1
    (name,) = [note for note in figure.layout.annotations if note.text == "White residents"]
    assert name.x == 0  # on such an axis a note stands at the logarithm


def test_ratios_are_written_and_missing_ones_say_why() -> None:
    figure = forest.figure(RATIOS, reference="White")
    assert [text for text in texts(figure) if text != "White"] == ["<b>0.5×</b>", "<b>2.4×</b>", "1.1×", "too few"]
    (dots,) = figure.data
    assert list(dots.x) == [0.5, 2.4, 1.1] and list(dots.y) == [3, 2, 1]
    assert list(dots.marker.symbol) == ["circle", "circle", "circle-open"]
    assert list(dots.error_x.array) == pytest.approx([0.1, 0.6, 0.4])
    assert list(dots.error_x.arrayminus) == pytest.approx([0.1, 0.5, 0.3])
    assert dots.hovertext[1].startswith("<b>Black</b><br>2.4 times White<br>between 1.9 and 3<br>A note")
    assert max(len(line) for line in dots.hovertext[1].split("<br>")) <= 46


def test_whiskers_without_end_stop_at_the_axis() -> None:
    frame = RATIOS.iloc[:2].assign(ratio=[0.3, 5.0], low=[0.0, 0.5], high=[1.2, math.inf])
    figure = forest.figure(frame, reference="White")
    (dots,) = figure.data
    low, high = (10**end for end in figure.layout.xaxis.range)
    assert dots.x[0] - dots.error_x.arrayminus[0] == pytest.approx(low, rel=0.01)
    assert dots.x[1] + dots.error_x.array[1] == pytest.approx(high, rel=0.01)
