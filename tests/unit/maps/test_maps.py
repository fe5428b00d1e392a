"""Maps: they fit, name every ward, ask nobody for anything, and say when there is nothing."""

from __future__ import annotations

import json
import math
from typing import Any

import h3
import numpy as np
import pandas as pd
import pytest
from support import ROOT
from support.pictures import checked

from csp_dash.analytics import palette
from csp_dash.analytics.classes import NO_DATA, classify
from csp_dash.maps import boundaries as bounds
from csp_dash.maps import deck_map
from csp_dash.maps import point_density as point_maps
from csp_dash.maps.context import Context, Line, Place, context
from csp_dash.maps.point_density import Style
from csp_dash.maps.shading import Shading, by_class, by_colour, legend

plotly_map = checked("maps.plotly_map")


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
WATER = [[(-0.06, 51.499), (-0.02, 51.499), (-0.02, 51.5), (-0.06, 51.5)]]
AROUND = Context(
    water=(WATER[0],),
    parks=([(-0.049, 51.502), (-0.047, 51.502), (-0.047, 51.504)],),
    roads=(Line("A11", [(-0.05, 51.505), (-0.03, 51.506)]),),
    stations=(Place("Mile End", -0.0333, 51.5055),),
    named=(Place("River Thames", -0.04, 51.4995),),
)


@pytest.fixture(name="two")
def fixture_two() -> bounds.Boundaries:
    return bounds.boundaries(SHAPES, AREAS)


def shade(frame: pd.DataFrame = FRAME, codes: tuple[str, ...] = ("A", "B")) -> Shading:
    return by_class(codes, frame, classify(frame["value"]))


# --- outlines ------------------------------------------------------------------------------------


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


# --- shading -------------------------------------------------------------------------------------


def test_a_ward_without_a_figure_says_no_data() -> None:
    one = by_class(("A", "B"), FRAME.iloc[:1], classify([1.0, None]))
    assert one.fills["B"] == palette.MISSING and one.words["B"] == NO_DATA
    assert one.fills["A"] != palette.MISSING and one.words["A"] == "1 per 1,000"
    assert one.legend[-1] == (palette.MISSING, "no data") and not one.empty
    unnamed = shade(FRAME.drop(columns="label"))
    assert unnamed.words["B"] == "4"
    assert by_class(("A", "B"), FRAME.assign(value=[math.nan, 4.0]), classify([None, 4.0])).words["A"] == NO_DATA


def test_the_legend_is_the_classes_from_low_to_high() -> None:
    classes = classify([1.0, 4.0])
    assert legend(classes) == tuple(zip(classes.colours, classes.labels, strict=True))
    assert shade().legend == legend(classes)
    assert legend(classify([])) == ((palette.MISSING, "no data"),), "a map without any figure has its key too"


def test_a_shading_of_settled_colours_is_grey_where_none_was_settled() -> None:
    chips = ((palette.BANDS[0], "far fewer"), (palette.BANDS[4], "far more"))
    some = by_colour(("A", "B"), {"A": palette.BANDS[4]}, {"A": "90, 40 expected"}, chips)
    assert some.fills == {"A": palette.BANDS[4], "B": palette.MISSING}
    assert some.words == {"A": "90, 40 expected", "B": NO_DATA}
    assert some.legend == (*chips, (palette.MISSING, NO_DATA)) and not some.empty
    assert by_colour(("A",), {"A": palette.BANDS[0]}, {}, chips).legend == chips
    assert by_colour(("A", "B"), {}, {}, chips).empty


# --- the map to zoom and move in -----------------------------------------------------------------


def spec(deck: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(deck.to_json())
    return loaded


def layer(deck: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in spec(deck)["layers"] if item["id"] == name)
    return found


def test_the_deck_asks_nobody(two: bounds.Boundaries) -> None:
    deck = deck_map.deck(two, shade(), selected=["A"], context=AROUND)
    found = spec(deck)
    # an absent map style makes Streamlit fetch one: pydeck's own placeholder must be there
    assert found["mapStyle"] == "__MAP_STYLE__"
    assert "mapProvider" not in found
    assert "http" not in deck.to_json()
    assert found["views"][0]["controller"] is True, "this map is there to move in"
    order = [item["id"] for item in found["layers"]]
    assert order[:3] == ["ground", "water", "areas"], "the wards lie on the water"
    assert {"parks", "roads", "stations", "places"} <= set(order[3:-2])
    assert order[-2:] == ["selected", "names"], "nothing covers a choice or a name"


def test_a_deck_without_surroundings_or_choice(two: bounds.Boundaries) -> None:
    assert [item["id"] for item in spec(deck_map.deck(two, shade()))["layers"]] == ["ground", "areas", "names"]
    assert [item["id"] for item in spec(deck_map.deck(two, shade(), names=False))["layers"]] == ["ground", "areas"]


def test_every_ward_is_shaded_and_named(two: bounds.Boundaries) -> None:
    classes = classify(FRAME["value"])
    deck = deck_map.deck(two, by_class(two.codes, FRAME, classes))
    shown = {item["properties"]["code"]: item["properties"] for item in layer(deck, deck_map.AREAS)["data"]["features"]}
    assert shown["A"]["label"] == "1 per 1,000" and shown["A"]["name"] == "Bethnal Green West"
    assert shown["A"]["fill"][:3] == list(palette.rgb(classes.colour(1.0)))
    assert shown["B"]["fill"][:3] == list(palette.rgb(classes.colour(4.0)))
    assert shown["A"]["fill"] != shown["B"]["fill"]
    names = layer(deck, "names")
    assert {row["text"].replace("\n", " ") for row in names["data"]} == {"Bethnal Green West", "Weavers"}
    assert names["getTextAnchor"] == "middle"


def test_what_a_pointer_is_told_in_the_deck(two: bounds.Boundaries) -> None:
    deck = deck_map.deck(two, shade(FRAME.iloc[:1]), context=AROUND)
    assert "{name}" in deck_map.TOOLTIP and "{label}" in deck_map.TOOLTIP
    shown = {item["properties"]["code"]: item["properties"] for item in layer(deck, deck_map.AREAS)["data"]["features"]}
    assert shown["B"]["label"] == NO_DATA
    stations = layer(deck, "stations")
    assert stations["pickable"] is True
    assert all({"name", "label"} <= set(row) for row in stations["data"]), "the same tooltip serves stations"
    for name in ("ground", "water", "parks", "roads", "places", "names"):
        assert not layer(deck, name).get("pickable"), name


def test_a_deck_that_is_not_there_to_move_in_leaves_the_page_its_scroll(two: bounds.Boundaries) -> None:
    points = pd.DataFrame({"lon": [-0.04], "lat": [51.505], "n": [3]})
    for style in Style:
        assert spec(point_maps.deck(two, points, style=style))["views"][0]["controller"] is False


# --- the drawing ---------------------------------------------------------------------------------


def hovers(figure: Any) -> list[str]:
    """What a drawing says under the pointer."""
    texts: list[str] = []
    for trace in figure.data:
        if trace.hovertext is not None:
            texts += list(trace.hovertext)
        elif trace.hoverinfo != "skip" and trace.hovertemplate:
            texts.append(trace.hovertemplate.removesuffix("<extra></extra>"))
    return texts


def names_on(figure: Any) -> set[str]:
    return {annotation.text.replace("<br>", " ") for annotation in figure.layout.annotations}


@pytest.mark.parametrize("follow", [True, False])
def test_the_sheet_lets_the_page_scroll(two: bounds.Boundaries, follow: bool) -> None:
    figure = plotly_map.figure(two, shade(), selected=["B"], context=AROUND, follow=follow)
    assert figure.layout.dragmode is False
    assert figure.layout.xaxis.fixedrange and figure.layout.yaxis.fixedrange
    assert figure.layout.yaxis.scaleanchor == "x"
    assert {trace.type for trace in figure.data} == {"scatter"}, "no WebGL, no tiles"
    assert {"Bethnal Green West", "Weavers"} <= names_on(figure)
    said = hovers(figure)
    assert len(said) == 2
    assert "1 per 1,000" in said[0] and "4 per 1,000" in said[1]
    assert "Weavers" in said[1] and "Bethnal" in said[0]


def test_the_sheet_asks_nobody(two: bounds.Boundaries) -> None:
    text = plotly_map.figure(two, shade(), selected=["A"], context=AROUND, follow=True).to_json()
    assert "http" not in text and "mapbox" not in plotly_map.figure(two, shade()).layout.to_plotly_json()


def test_the_drawing_fits_its_frame(two: bounds.Boundaries) -> None:
    """All the land is inside the axes' ranges, which are true to scale."""
    figure = plotly_map.figure(two, shade(), context=AROUND)
    west, south, east, north = two.box
    squeeze = math.cos(math.radians((south + north) / 2))
    left, right = figure.layout.xaxis.range
    low, high = figure.layout.yaxis.range
    assert left <= west * squeeze < east * squeeze <= right
    assert low <= south < north <= high
    assert (right - left) / squeeze <= 1.1 * (east - west), "and they do not get lost in it"


def filled(figure: Any) -> dict[str, list[tuple[float, float]]]:
    """The corners of all the land of a colour."""
    found: dict[str, list[tuple[float, float]]] = {}
    for trace in figure.data:
        if trace.fill == "toself":
            found.setdefault(trace.fillcolor, []).extend(zip(trace.x, trace.y, strict=True))
    return found


def test_the_sheets_colours_are_the_legends(two: bounds.Boundaries) -> None:
    made = shade()
    found = filled(plotly_map.figure(two, made))
    assert set(found) == {colour for colour, _ in made.legend}
    squeeze = math.cos(math.radians(51.505))
    for code, centre in (("A", -0.045), ("B", -0.035)):
        corners = [x / squeeze for x, _ in found[made.fills[code]] if not math.isnan(x)]
        assert min(corners) < centre < max(corners) and max(corners) - min(corners) == pytest.approx(0.01, abs=1e-4)


def test_a_missing_ward_is_grey_and_says_so(two: bounds.Boundaries) -> None:
    made = by_class(two.codes, FRAME.iloc[:1], classify([1.0, None]))
    figure = plotly_map.figure(two, made)
    assert palette.MISSING in filled(figure)
    assert any("Weavers" in text and NO_DATA in text for text in hovers(figure))


def test_only_a_chosen_ward_has_the_strong_outline(two: bounds.Boundaries) -> None:
    def strong(selected: list[str]) -> list[Any]:
        figure = plotly_map.figure(two, shade(), selected=selected, context=AROUND)
        return [trace for trace in figure.data if trace.line.color == palette.SELECTED]

    assert not strong([])
    (one,) = strong(["B"])
    squeeze = math.cos(math.radians(51.505))
    assert min(one.x) / squeeze == pytest.approx(-0.04, abs=1e-4) and one.line.width > 3
    assert np.isnan(strong(["A", "B"])[0].x.astype(float)).sum() == 1, "two rings, with a break between them"


def test_names_are_written_where_asked(two: bounds.Boundaries) -> None:
    assert names_on(plotly_map.figure(two, shade(), named=["B"])) == {"Weavers"}
    assert names_on(plotly_map.figure(two, shade(), named=())) == set()
    inks = {a.text: a.font.color for a in plotly_map.figure(two, shade()).layout.annotations}
    for code, text in (("A", "Bethnal<br>Green West"), ("B", "Weavers")):
        label = text if text in inks else text.replace("<br>", " ")
        assert palette.contrast(inks[label], shade().fills[code]) >= 4.5


def test_surroundings_are_drawn_with_scale_north_and_names(two: bounds.Boundaries) -> None:
    bare, full = plotly_map.figure(two, shade()), plotly_map.figure(two, shade(), context=AROUND)
    extra = names_on(full) - names_on(bare)
    assert "1 km" in extra and any(text.startswith("N") for text in extra) and "<i>River Thames</i>" in extra
    squeeze = math.cos(math.radians(51.505))
    bar = [trace for trace in full.data if trace.x is not None and len(trace.x) == 4 and trace.fill is None]
    lengths = [max(trace.x) - min(trace.x) for trace in bar]
    # the horizontal axis is longitude times the squeeze: degrees of latitude, 111.32 kilometres each
    assert any(abs(length * 111.32 - 1) < 0.002 for length in lengths), "the scale bar is a kilometre"
    assert any(len(trace.x) == 1 and trace.x[0] == pytest.approx(-0.0333 * squeeze, abs=1e-4) for trace in full.data)


EMPTY = FRAME.iloc[:0]


@pytest.mark.parametrize("follow", [True, False])
def test_an_empty_choice_says_so(two: bounds.Boundaries, follow: bool) -> None:
    for frame in (EMPTY, FRAME.assign(value=math.nan)):
        figure = plotly_map.figure(two, shade(frame), context=AROUND, follow=follow)
        assert [a.text for a in figure.layout.annotations] == ["No data for this choice"]
        assert not figure.data and figure.layout.dragmode is False
    assert [a.text for a in plotly_map.figure(two, by_colour(two.codes, {}, {}, ())).layout.annotations] == [
        "No data for this choice"
    ]


# --- surroundings --------------------------------------------------------------------------------


def feature(kind: str | None, name: str, shape: str, coordinates: object) -> dict[str, Any]:
    properties = {"name": name} | ({"kind": kind} if kind else {})
    return {"type": "Feature", "properties": properties, "geometry": {"type": shape, "coordinates": coordinates}}


def test_context_sorts_what_it_is_given_and_cuts_the_water() -> None:
    box = (-0.05, 51.5, -0.03, 51.51)
    wide = [[[-9.0, 51.499], [9.0, 51.499], [9.0, 51.501], [-9.0, 51.501], [-9.0, 51.499]]]
    found = context(
        box,
        {"features": [feature(None, "Thames", "Polygon", wide)]},
        {
            "features": [
                feature("park", "Mile End Park", "Polygon", [[[0, 51], [0.1, 51], [0.1, 51.1], [0, 51]]]),
                feature("road", "A11", "LineString", [[-0.05, 51.5], [-0.03, 51.51]]),
                feature("station", "Bow Road", "Point", [-0.04, 51.505]),
                feature("name", "Isle of Dogs", "Point", [-0.02, 51.49]),
            ]
        },
    )
    lons = [lon for ring in found.water for lon, _ in ring]
    assert -0.08 < min(lons) < -0.05 and -0.03 < max(lons) < 0.0, "beyond the frame, but not by much"
    assert len(found.parks) == 1 and found.roads == (Line("A11", [(-0.05, 51.5), (-0.03, 51.51)]),)
    assert found.stations == (Place("Bow Road", -0.04, 51.505),)
    assert found.named == (Place("Isle of Dogs", -0.02, 51.49),)
    far = [[[5.0, 51.0], [6.0, 51.0], [6.0, 52.0], [5.0, 51.0]]]
    assert not context(box, {"features": [feature(None, "Elsewhere", "Polygon", far)]}).water, "and no fault"


# --- map points ----------------------------------------------------------------------------------


def test_hexagons_lose_nothing() -> None:
    points = pd.DataFrame(
        {"lon": [-0.05 + n * 0.0007 for n in range(60)], "lat": [51.5 + (n % 9) * 0.001 for n in range(60)], "n": 2}
    )
    cells = point_maps.hexagons(points)
    assert cells["n"].sum() == 120 and cells["places"].sum() == 60
    assert 1 < len(cells) < 60
    assert cells["cell"].map(h3.is_valid_cell).all() and set(cells["cell"].map(h3.get_resolution)) == {9}
    assert point_maps.hexagons(points.iloc[:0]).empty


def test_a_point_lies_in_its_hexagon() -> None:
    points = pd.DataFrame({"lon": [-0.0412], "lat": [51.5137], "n": [7]})
    cell = point_maps.hexagons(points).iloc[0]["cell"]
    corners = h3.cell_to_boundary(cell)
    assert len(corners) == 6
    north, east = (max(corner[i] for corner in corners) for i in (0, 1))
    south, west = (min(corner[i] for corner in corners) for i in (0, 1))
    assert south < 51.5137 < north and west < -0.0412 < east, "latitude and longitude are not mixed up"
    assert h3.average_hexagon_area(9, unit="km^2") == pytest.approx(0.1, abs=0.01)


def test_hexagons_say_what_they_hold(two: bounds.Boundaries) -> None:
    points = pd.DataFrame({"lon": [-0.04, -0.04, -0.05], "lat": [51.505, 51.505, 51.51], "n": [3, 4, 1]})
    rows = layer(point_maps.deck(two, points), "hexagons")["data"]
    assert {row["label"] for row in rows} == {"7 offences at 2 map points", "1 offence at 1 map point"}
    assert spec(point_maps.deck(two, points.iloc[:0]))["layers"]
    assert "http" not in point_maps.deck(two, points, context=AROUND).to_json()


def test_a_hexagon_says_when_one_point_holds_half_of_it() -> None:
    assert "pinned" in point_maps.pinned(20, 3, 10, "offences")
    assert "10 of the 20 are pinned" in point_maps.pinned(20, 3, 10, "offences")
    for total, places, most in ((20, 3, 9), (9, 2, 8), (20, 1, 20)):
        assert "pinned" not in point_maps.pinned(total, places, most, "offences"), (total, places, most)


POINTS = pd.DataFrame({"lon": [-0.04, -0.04, -0.05], "lat": [51.505, 51.505, 51.51], "n": [3, 4, 1]})


def test_each_style_of_points(two: bounds.Boundaries) -> None:
    flat, raised, smooth = (point_maps.deck(two, POINTS, style=style) for style in Style)
    assert layer(flat, "hexagons")["extruded"] is False and spec(flat)["initialViewState"]["pitch"] == 0
    assert layer(raised, "hexagons")["extruded"] is True and spec(raised)["initialViewState"]["pitch"] > 0
    tallest = max(row["n"] for row in layer(raised, "hexagons")["data"]) * layer(raised, "hexagons")["elevationScale"]
    assert tallest == pytest.approx(1500)
    assert layer(smooth, "smoothed")["@@type"] == "PolygonLayer", (
        "the same on every screen, without a heat map's shader"
    )
    for deck in (flat, raised, smooth):
        order = [item["id"] for item in spec(deck)["layers"]]
        assert order.index("wards") > 1, "the outlines are seen"
        assert "http" not in deck.to_json()


@pytest.mark.parametrize("style", list(Style))
def test_points_are_there_to_move_in_only_where_asked(two: bounds.Boundaries, style: Style) -> None:
    for moving in (True, False):
        found = spec(point_maps.deck(two, POINTS, style=style, moving=moving))
        assert found["views"][0]["controller"] is moving
        assert found["mapStyle"] == "__MAP_STYLE__" and "mapProvider" not in found
    still = spec(point_maps.deck(two, POINTS, style=style))["initialViewState"]
    west, _, east, _ = two.box
    assert (east - west) / 360 * 512 * 2 ** still["zoom"] <= 320, "one that stands still fits a phone"


@pytest.mark.parametrize("style", list(Style))
def test_no_points_are_an_empty_map_and_no_fault(two: bounds.Boundaries, style: Style) -> None:
    assert spec(point_maps.deck(two, POINTS.iloc[:0], style=style))["layers"]


def test_a_smoothed_surface_holds_what_it_was_made_of() -> None:
    """Density times area, added up, is the number of offences again; and it is highest where they are."""
    lon, lat, dense = point_maps.surface(POINTS)
    assert dense.shape == (len(lat), len(lon)) and dense.min() >= 0
    assert dense.sum() * (point_maps.CELL / 1000) ** 2 == pytest.approx(8, rel=0.005)
    row, column = np.unravel_index(dense.argmax(), dense.shape)
    assert math.hypot((lon[column] + 0.04) * 69_300, (lat[row] - 51.505) * 111_320) < 60, "metres"
    one = point_maps.surface(POINTS.iloc[2:])[2]
    # a Gaussian of 200 metres: 1 / (2 pi 0.2^2) a square kilometre at its middle, a little less on a grid
    assert one.max() == pytest.approx(1 / (2 * math.pi * 0.2**2), rel=0.03)


def test_a_smoothed_map_is_filled_in_the_colours_of_its_key(two: bounds.Boundaries) -> None:
    many = pd.DataFrame(
        {
            "lon": [-0.05 + 0.001 * (place % 20) for place in range(200)],
            "lat": [51.5 + 0.001 * (place // 20) for place in range(200)],
            "n": [1 + (place * 7) % 23 for place in range(200)],
        }
    )
    classes = point_maps.classes_of_surface(two, many)
    rows = layer(point_maps.deck(two, many, style=Style.SMOOTHED, unit="burglaries"), "smoothed")["data"]
    assert {tuple(row["fill"][:3]) for row in rows} == {palette.rgb(colour) for colour in classes.colours}
    for row in rows:
        place = [palette.rgb(colour) for colour in classes.colours].index(tuple(row["fill"][:3]))
        assert row["label"].startswith(classes.labels[place]) and row["label"].endswith("burglaries per km²")
    assert all(len(ring) >= 4 and ring[0] == ring[-1] for row in rows for ring in row["polygon"]), "closed rings"


# --- the real wards ------------------------------------------------------------------------------


@pytest.mark.skipif(not (ROOT / "geo" / "wards.geojson").exists(), reason="the outlines are not built yet")
def test_the_real_wards_are_named_inside_themselves_and_stay_small() -> None:
    areas = pd.read_csv(ROOT / "geo" / "areas.csv")
    shapes = json.loads((ROOT / "geo" / "wards.geojson").read_text())
    wards = bounds.boundaries(shapes, areas)
    assert len(wards.labels) == 20
    frame = pd.DataFrame({"area": wards.codes, "value": range(20)})
    figure = plotly_map.figure(wards, shade(frame, wards.codes))
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
