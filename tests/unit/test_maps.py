"""Maps: they fit, name every ward, ask nobody for anything, and say when there is nothing."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from csp_dash.analytics import palette
from csp_dash.analytics.classes import classify
from csp_dash.maps import boundaries as bounds
from csp_dash.maps import legend, point_map, ward_choropleth, ward_map, ward_sheet

ROOT = Path(__file__).parents[2]


def square(code: str, west: float, south: float, size: float = 0.01) -> dict[str, Any]:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


SHAPES = {"type": "FeatureCollection", "features": [square("A", -0.05, 51.5), square("B", -0.04, 51.5)]}
AREAS = pd.DataFrame(
    {
        "code": ["A", "B", "C"],
        "name": ["Bethnal Green West", "Weavers", "Elsewhere"],
        "short": ["Bethnal|Green West", None, None],
        "label_lon": [-0.045, math.nan, math.nan],
        "label_lat": [51.505, math.nan, math.nan],
    }
)
FRAME = pd.DataFrame({"area": ["A", "B"], "value": [1.0, 4.0], "label": ["1 per 1,000", "4 per 1,000"]})


@pytest.fixture(name="two")
def fixture_two() -> bounds.Boundaries:
    return bounds.boundaries(SHAPES, AREAS)


def test_boundaries(two: bounds.Boundaries) -> None:
    assert two.codes == ("A", "B")
    assert two.names["A"] == "Bethnal Green West"
    assert two.box == pytest.approx((-0.05, 51.5, -0.03, 51.51))
    assert set(two.labels) == {"A", "B"}
    assert -0.05 < two.labels["A"].lon < -0.04 < two.labels["B"].lon < -0.03


def test_an_outline_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="B"):
        bounds.boundaries(SHAPES, AREAS[AREAS["code"] == "A"])
    with pytest.raises(ValueError, match="no outlines"):
        bounds.box_of({"features": []})


def test_centre_of_a_square() -> None:
    assert bounds.centre(bounds.rings_of(SHAPES["features"][0]["geometry"])) == pytest.approx((-0.045, 51.505))


@pytest.mark.parametrize(("width", "height"), [(520, 520), (330, 460), (1200, 400)])
def test_the_view_fits(two: bounds.Boundaries, width: int, height: int) -> None:
    view = bounds.fit(two.box, width, height, edge=10)
    world = 512 * 2**view.zoom
    west, south, east, north = two.box
    assert (east - west) / 360 * world <= width - 20 + 1e-6

    def up(latitude: float) -> float:
        return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) / (2 * math.pi) * world

    assert up(north) - up(south) <= height - 20 + 1e-6
    assert up(view.latitude) == pytest.approx((up(north) + up(south)) / 2, abs=1e-3)


def spec(deck: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(deck.to_json())
    return loaded


def test_the_deck_asks_nobody(two: bounds.Boundaries) -> None:
    deck = ward_map.deck(two, FRAME, classify(FRAME["value"]), selected=["A"], water=SHAPES)
    found = spec(deck)
    # an absent map style makes Streamlit fetch one: pydeck's own placeholder must be there
    assert found["mapStyle"] == "__MAP_STYLE__"
    assert "mapProvider" not in found
    assert "http" not in deck.to_json()
    assert found["views"][0]["controller"] is True, "this map is there to move in"
    layers = {layer["id"]: layer for layer in found["layers"]}
    assert list(layers) == ["ground", "water", "wards", "selected", "names"]


def test_every_ward_is_shaded_and_named(two: bounds.Boundaries) -> None:
    classes = classify(FRAME["value"])
    found = spec(ward_map.deck(two, FRAME, classes))
    wards = next(layer for layer in found["layers"] if layer["id"] == "wards")
    shown = {f["properties"]["code"]: f["properties"] for f in wards["data"]["features"]}
    assert shown["A"]["label"] == "1 per 1,000"
    assert shown["A"]["fill"] == list(palette.rgb(classes.colour(1.0)))
    assert shown["A"]["fill"] != shown["B"]["fill"]
    names = next(layer for layer in found["layers"] if layer["id"] == "names")
    assert {row["text"].replace("\n", " ") for row in names["data"]} == {"Bethnal Green West", "Weavers"}
    assert names["getTextAnchor"] == "middle"


def test_a_ward_without_a_figure_says_no_data(two: bounds.Boundaries) -> None:
    found = ward_map.readings(two, FRAME.iloc[:1])
    assert found["B"] == (None, "no data")
    assert ward_map.readings(two, FRAME.drop(columns="label"))["B"] == (4.0, "4")
    classes = classify([1.0, None])
    assert legend.legend(classes)[-1] == (palette.MISSING, "no data")
    assert [label for _, label in legend.legend(classify([1.0, 4.0]))] == list(classify([1.0, 4.0]).labels)


def test_the_sheet_lets_the_page_scroll(two: bounds.Boundaries) -> None:
    figure = ward_sheet.figure(two, FRAME, classify(FRAME["value"]), selected=["B"], water=SHAPES)
    assert figure.layout.dragmode is False
    assert figure.layout.xaxis.fixedrange and figure.layout.yaxis.fixedrange
    assert figure.layout.yaxis.scaleanchor == "x"
    assert {trace.type for trace in figure.data} == {"scatter"}
    assert [row[0] for row in figure.data[-1].customdata] == ["A", "B"]
    assert {a.text.replace("<br>", " ") for a in figure.layout.annotations} == {"Bethnal Green West", "Weavers"}


EMPTY = FRAME.iloc[:0]


@pytest.mark.parametrize("module", [ward_sheet, ward_choropleth])
def test_an_empty_choice_says_so(two: bounds.Boundaries, module: Any) -> None:
    for frame in (EMPTY, FRAME.assign(value=math.nan)):
        figure = module.figure(two, frame, classify(frame["value"]))
        assert [a.text for a in figure.layout.annotations] == ["No data for this choice"]


def test_the_choropleth_has_no_tiles(two: bounds.Boundaries) -> None:
    figure = ward_choropleth.figure(two, FRAME, classify(FRAME["value"]), selected=["A"])
    assert figure.data[0].type == "choroplethmap"
    style = figure.to_plotly_json()["layout"]["map"]["style"]
    assert {source["type"] for source in style["sources"].values()} == {"geojson"}
    assert [layer["type"] for layer in style["layers"]] == ["background"]
    assert "glyphs" not in style and "sprite" not in style
    assert "http" not in figure.to_json()
    assert sorted(figure.data[0].locations) == ["A", "B"]


def test_the_choropleths_colours_are_the_legends(two: bounds.Boundaries) -> None:
    classes = classify([1.0, 4.0])
    trace = ward_choropleth.figure(two, FRAME, classes).data[0]
    for code, place in zip(trace.locations, trace.z, strict=True):
        share = (place - trace.zmin) / (trace.zmax - trace.zmin)
        colour = next(c for edge, c in reversed(trace.colorscale) if edge <= share)
        assert colour == classes.colour(float(FRAME.set_index("area")["value"][code]))


def test_hexagons_lose_nothing() -> None:
    points = pd.DataFrame(
        {"lon": [-0.05 + n * 0.0007 for n in range(60)], "lat": [51.5 + (n % 9) * 0.001 for n in range(60)], "n": 2}
    )
    cells = point_map.hexagons(points)
    assert cells["n"].sum() == 120 and cells["places"].sum() == 60
    assert 1 < len(cells) < 60
    assert point_map.hexagons(points.iloc[:0]).empty


def test_a_point_lies_in_the_nearest_hexagon() -> None:
    points = pd.DataFrame({"lon": [-0.0412], "lat": [51.5137], "n": [7]})
    cell = point_map.hexagons(points).iloc[0]
    east = (cell["lon"] - -0.0412) * point_map.METRES * math.cos(math.radians(51.51))
    north = (cell["lat"] - 51.5137) * point_map.METRES
    assert math.hypot(east, north) <= point_map.RADIUS


def test_hexagons_say_what_they_hold(two: bounds.Boundaries) -> None:
    points = pd.DataFrame({"lon": [-0.04, -0.04, -0.05], "lat": [51.505, 51.505, 51.51], "n": [3, 4, 1]})
    found = spec(point_map.deck(two, points))
    rows = next(layer for layer in found["layers"] if layer["id"] == "hexagons")["data"]
    assert {row["label"] for row in rows} == {"7 offences at 2 map points", "1 offence at 1 map point"}
    assert spec(point_map.deck(two, points.iloc[:0]))["layers"]


@pytest.mark.skipif(not (ROOT / "geo" / "wards.geojson").exists(), reason="the outlines are not built yet")
def test_the_real_wards_are_named_inside_themselves_and_stay_small() -> None:
    areas = pd.read_csv(ROOT / "geo" / "areas.csv")
    shapes = json.loads((ROOT / "geo" / "wards.geojson").read_text())
    wards = bounds.boundaries(shapes, areas)
    assert len(wards.labels) == 20
    frame = pd.DataFrame({"area": wards.codes, "value": range(20)})
    figure = ward_sheet.figure(wards, frame, classify(frame["value"]))
    assert len(figure.to_json()) < 60_000
    squeeze = math.cos(math.radians(51.51))
    per_pixel = (wards.box[2] - wards.box[0]) * squeeze / 420
    boxes = []
    for label in wards.labels.values():
        rows = label.text.split("\n")
        wide, tall = max(map(len, rows)) * 5.2 * per_pixel, len(rows) * 12 * per_pixel
        boxes.append((label.lon * squeeze, label.lat, wide, tall))
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = (
                abs(one[0] - other[0]) >= (one[2] + other[2]) / 2 or abs(one[1] - other[1]) >= (one[3] + other[3]) / 2
            )
            assert apart, (one, other)
