"""The charts beside the maps: funnel, ranks, concentration; with nothing, one area, and nothing but zeros."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.independent_counts import CHECKED, NEWEST, Second
from support.pictures import checked, plotly

from csp_dash.analytics import palette
from csp_dash.analytics.concentration import concentration
from csp_dash.analytics.funnel import funnel as made_funnel
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards.funnel import ORDER, funnel_chart

funnel = checked("charts.funnel")
lorenz = checked("charts.lorenz")
slope = checked("charts.slope")

NAMES = {"A": "Weavers", "B": "Poplar", "C": "Mile End"}
EMPTY = "No data for this choice"


def says_empty(figure: Any) -> bool:
    return EMPTY in [annotation.text for annotation in figure.layout.annotations]


def sound(figure: Any) -> Any:
    """Fit to be sent: no number that JSON has not, and the page scrolls."""
    text = figure.to_json()
    assert "NaN" not in text and "Infinity" not in text
    assert figure.layout.dragmode is False or says_empty(figure)
    for axis in ("xaxis", "yaxis"):
        ends = figure.layout[axis].range
        assert ends is None or all(math.isfinite(float(end)) for end in ends)
    return figure


def draw(counts: list[float], people: list[float]) -> Any:
    frame = pd.DataFrame({"area": list("ABC")[: len(counts)], "numerator": counts, "exposure": people})
    found = made_funnel(frame, widen=False)
    known = found.frame.dropna(subset=["ratio", "band"])
    drawn = known.assign(rate=known["numerator"] / known["exposure"] * 1000, band=[ORDER[b] for b in known["band"]])
    limits = found.limits([5000, 10_000, 20_000]).assign(wide_low95=0.0, wide_high95=0.02)
    columns = [name for name in limits.columns if name != "exposure"]
    limits[columns] *= 1000
    return funnel.figure(
        drawn, limits, 1000 * found.rate, names=NAMES, words=dict.fromkeys("ABC", "said"), base="Residents"
    )


def test_a_funnel_of_nothing_one_area_and_zeros() -> None:
    assert says_empty(sound(draw([], [])))
    assert says_empty(sound(draw([5.0], [9000.0]))), "one area cannot be unusual"
    assert says_empty(sound(draw([0.0, 0.0, 0.0], [9000.0, 8000.0, 7000.0])))


def test_a_funnel_names_whoever_lies_far_out_and_who_was_chosen() -> None:
    figure = sound(draw([400.0, 20.0, 30.0], [9000.0, 8000.0, 7000.0]))
    assert {"Weavers", "Poplar", "Mile End"} >= {a.text for a in figure.layout.annotations} >= {"Weavers"}
    dots = next(trace for trace in figure.data if trace.mode == "markers")
    assert dots.y == pytest.approx([1000 * 400 / 9000, 2.5, 1000 * 30 / 7000], rel=1e-3)
    assert dots.marker.color[0] == palette.BANDS[4] and dots.marker.color[1] == palette.BANDS[0]
    assert all("<b>" in text and "said" in text for text in dots.hovertext)


@pytest.mark.parametrize("slug", CHECKED)
def test_the_funnel_of_a_measure_has_its_wards_at_their_rates(data: Dataset, second: Second, slug: str) -> None:
    picture = funnel_chart(data, Filters(indicator=slug, wards=("E05009336",)))
    sound(plotly(picture.figure))
    counts = second.counts(slug, *NEWEST)
    dots = next(trace for trace in plotly(picture.figure).data if trace.mode == "markers")
    drawn = {
        text.split("</b>")[0].removeprefix("<b>"): (x, y)
        for text, x, y in zip(dots.hovertext, dots.x, dots.y, strict=True)
    }
    for code, name in second.names.items():
        assert drawn[name] == pytest.approx(
            (second.residents[code], 1000 * counts[code] / second.residents[code]), rel=1e-3
        )
    edges = dict(zip((text.split("</b>")[0][3:] for text in dots.hovertext), dots.marker.line.color, strict=True))
    assert [name for name, colour in edges.items() if colour == palette.SELECTED] == ["Whitechapel"]
    assert "Whitechapel" in {a.text for a in plotly(picture.figure).layout.annotations}
    top = plotly(picture.figure).layout.yaxis.range[1]
    assert (
        max(dots.y) <= top
        and plotly(picture.figure).layout.xaxis.range[0]
        < min(dots.x)
        < max(dots.x)
        < plotly(picture.figure).layout.xaxis.range[1]
    )
    table = picture.evidence.table.set_index("Ward")
    for code, name in second.names.items():
        assert table.loc[name, "Count"] == counts[code]
        assert table.loc[name, "Times expected"] == pytest.approx(
            counts[code] / (second.residents[code] * counts.sum() / second.residents.sum()), abs=0.006
        )


def test_a_funnel_before_the_series_is_empty_and_says_so(data: Dataset) -> None:
    picture = funnel_chart(data, Filters(indicator="asb", period="custom", first=Month(1995, 1), last=Month(1995, 12)))
    assert picture.empty and says_empty(sound(plotly(picture.figure)))


# --- ranks ---------------------------------------------------------------------------------------


def ranks(rows: dict[str, list[float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, index=["Count", "Rate"]).T if rows else pd.DataFrame(columns=["Count", "Rate"])


def test_ranks_of_nothing_one_area_and_ties() -> None:
    assert says_empty(sound(slope.figure(ranks({}), names=["Count", "Rate"])))
    assert says_empty(sound(slope.figure(ranks({"Poplar": [math.nan, 1]}), names=["Count", "Rate"])))
    one = sound(slope.figure(ranks({"Poplar": [1, 1]}), names=["Count", "Rate"]))
    assert sum(trace.mode == "lines+markers" for trace in one.data) == 1
    tied = sound(
        slope.figure(ranks({"Poplar": [1, 1], "Weavers": [1, 1], "Mile End": [1, 1]}), names=["Count", "Rate"])
    )
    assert len({tuple(trace.y) for trace in tied.data}) == 3, "no line hides another"
    for trace in tied.data:
        assert "Count: 1" in trace.hovertemplate and "Rate: 1" in trace.hovertemplate


def test_ranks_run_from_the_highest_on_top() -> None:
    figure = sound(
        slope.figure(ranks({"Poplar": [1, 2], "Weavers": [2, 1]}), names=["Count", "Rate"], chosen=["Weavers"])
    )
    low, high = figure.layout.yaxis.range
    assert low > high, "rank 1 stands on top"
    words = " ".join(a.text for a in figure.layout.annotations)
    assert "Poplar 1" in words and "Weavers 2" in words and "Count" in words and "Rate" in words
    assert figure.data[-1].line.color == palette.ORANGE, "the chosen one lies over the others"


# --- concentration -------------------------------------------------------------------------------


def curve(counts: list[float]) -> Any:
    found = concentration(counts)
    return lorenz.figure(found.curve if found.half else pd.DataFrame(), half=found.half_share or 0.0)


def test_concentration_of_nothing_one_place_and_zeros() -> None:
    assert says_empty(sound(curve([]))) and says_empty(sound(curve([0.0, 0.0, 0.0])))
    one = sound(curve([7.0]))
    assert not says_empty(one)


def test_a_curve_begins_at_nothing_and_ends_at_all() -> None:
    figure = sound(curve([50.0, 30.0, 15.0, 5.0, 0.0]))
    drawn = next(trace for trace in figure.data if trace.fill == "tozeroy")
    assert list(drawn.x) == pytest.approx([0, 20, 40, 60, 80, 100])
    assert list(drawn.y) == pytest.approx([0, 50, 80, 95, 100, 100])
    assert (np.diff(drawn.y) >= 0).all() and (np.diff(drawn.y, 2) <= 1e-9).all(), "the most burdened places first"
    assert any("half in 20%" in a.text for a in figure.layout.annotations)
