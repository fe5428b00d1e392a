"""Small maps side by side: light, readable on any page, every ward in its colour, and said in words."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pandas as pd
import pytest
import shapely
from support import ROOT

from csp_dash.analytics import palette
from csp_dash.analytics.classes import classify
from csp_dash.maps.boundaries import Boundaries, boundaries
from csp_dash.maps.shading import Shading, by_class, by_colour
from csp_dash.maps.year_grid import ACROSS, DEGREE, grid

GEO = ROOT / "geo"
SVG = "{http://www.w3.org/2000/svg}"
YEARS = tuple(range(2010, 2026))


class Pictures(HTMLParser):
    """The images and the text under them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.images: list[dict[str, str]] = []
        self.captions: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.images.append({name: value or "" for name, value in attrs})

    def handle_data(self, data: str) -> None:
        self.captions.append(data)

    def drawing(self, place: int) -> ElementTree.Element:
        head, body = self.images[place]["src"].split(",", 1)
        assert head == "data:image/svg+xml"
        return ElementTree.fromstring(unquote(body))


@pytest.fixture(name="wards", scope="module")
def fixture_wards() -> Boundaries:
    return boundaries(json.loads((GEO / "wards.geojson").read_text("utf-8")), pd.read_csv(GEO / "areas.csv"))


@pytest.fixture(name="years", scope="module")
def fixture_years(wards: Boundaries) -> list[tuple[str, Shading]]:
    """Sixteen years on one scale; the values differ from ward to ward and from year to year."""
    frames = {year: frame(wards, year) for year in YEARS}
    classes = classify([value for each in frames.values() for value in each["value"]])
    return [(str(year), by_class(wards.codes, each, classes)) for year, each in frames.items()]


def frame(wards: Boundaries, year: int) -> pd.DataFrame:
    values = [float((place * 37 + year * 11) % 61 + 1) for place in range(len(wards.codes))]
    labels = [f"{value:g} per 1,000 people" for value in values]
    return pd.DataFrame({"area": wards.codes, "value": values, "label": labels})


def shapes(path: str) -> list[shapely.Polygon]:
    """The closed shapes of a path of relative steps."""
    found = []
    for part in path.split("M")[1:]:
        assert part.endswith("z")
        start, steps = part[:-1].split("l")
        x, y = map(int, start.split())
        points = [(x, y)]
        numbers = [int(n) for n in re.findall(r"-?\d+", steps)]
        assert len(numbers) % 2 == 0
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        found.append(shapely.Polygon(points))
    return found


def fills(drawing: ElementTree.Element, wards: Boundaries) -> dict[str, str]:
    """The colour at a point well inside each ward."""
    size = [int(part) for part in drawing.attrib["viewBox"].split()]
    west, south, east, north = wards.box
    edge = (size[3] - ACROSS) / 2
    found = {}
    for feature in wards.geojson["features"]:
        lon, lat = shapely.geometry.shape(feature["geometry"]).representative_point().coords[0]
        x = edge + (lon - west) / (east - west) * (size[2] - 2 * edge)
        y = edge + (north - lat) / (north - south) * (size[3] - 2 * edge)
        for path in drawing.iter(f"{SVG}path"):
            if any(shape.contains(shapely.Point(x, y)) for shape in shapes(path.attrib["d"])):
                found[feature["properties"]["code"]] = path.attrib["fill"]
    return found


def test_sixteen_years_are_light(wards: Boundaries, years: list[tuple[str, Shading]]) -> None:
    assert len(grid(wards, years).encode()) < 60_000
    assert len(grid(wards, years, chosen=wards.codes[:10]).encode()) < 60_000
    assert grid(wards, years) == grid(wards, years)


def test_every_ward_has_its_colour_in_every_year(wards: Boundaries, years: list[tuple[str, Shading]]) -> None:
    found = Pictures(grid(wards, years, chosen=wards.codes[4:6]))
    assert len(found.images) == len(found.captions) == 16
    for place, (year, shading) in enumerate(years):
        assert fills(found.drawing(place), wards) == dict(shading.fills), year
        assert found.captions[place] == year
    assert len({image["src"] for image in found.images}) > 1


def test_borders_stay_shared_and_the_land_keeps_its_shape(wards: Boundaries, years: list[tuple[str, Shading]]) -> None:
    drawing = Pictures(grid(wards, years[:1])).drawing(0)
    land = [shape for path in drawing.iter(f"{SVG}path") for shape in shapes(path.attrib["d"])]
    assert len(land) == 20
    whole = shapely.union_all(land)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors, "no gaps between areas"
    assert sum(shape.area for shape in land) == pytest.approx(whole.area, rel=0.003)
    west, south, east, north = wards.box
    wide, tall = whole.bounds[2] - whole.bounds[0], whole.bounds[3] - whole.bounds[1]
    assert wide / tall == pytest.approx((east - west) * 0.6224 / (north - south), rel=0.02)
    metres = (north - south) * DEGREE / ACROSS
    true = shapely.union_all([shapely.geometry.shape(f["geometry"]) for f in wards.geojson["features"]])
    assert whole.area * metres**2 == pytest.approx(true.area * DEGREE**2 * 0.6224, rel=0.02)


def test_chosen_wards_are_outlined_last_and_others_have_white_borders(
    wards: Boundaries, years: list[tuple[str, Shading]]
) -> None:
    drawing = Pictures(grid(wards, years[:1], chosen=[wards.codes[0], "nowhere"])).drawing(0)
    paths = list(drawing.iter(f"{SVG}path"))
    assert drawing.attrib["stroke"] == palette.OUTLINE
    assert [path.attrib.get("stroke") for path in paths][-1] == palette.SELECTED
    assert sum("stroke" in path.attrib for path in paths) == 1
    assert len(shapes(paths[-1].attrib["d"])) == 1
    assert palette.SELECTED.strip("#") not in grid(wards, years)


def test_it_stands_on_any_page(wards: Boundaries, years: list[tuple[str, Shading]]) -> None:
    """No ground and no colour of text; nothing that a page that cleans HTML takes out; no request."""
    html = grid(wards, years)
    assert not re.search(r"[;\"]\s*(?:color|background)", html)
    assert not re.search(r"<(?:svg|style|script|rect)", html)
    drawing = Pictures(html).drawing(0)
    assert {node.tag for node in drawing.iter()} == {f"{SVG}svg", f"{SVG}path"}
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")
    assert html.count("break-inside:avoid") == 16
    assert "overflow" not in html
    columns = re.search(r"minmax\(max\((\d+)px,(\d+)%\),1fr\)", html)
    assert columns
    assert 2 * int(columns[1]) + 8 < 320 - 32, "two on the narrowest phone"
    assert 6 < 100 / int(columns[2]) < 7, "six at most"


def test_what_is_seen_is_said(wards: Boundaries, years: list[tuple[str, Shading]]) -> None:
    found = Pictures(grid(wards, years))
    for (year, _), image in zip(years, found.images, strict=True):
        rows = frame(wards, int(year))
        top = rows.loc[rows["value"].idxmax()]
        assert image["alt"] == f"{year}: highest in {wards.names[top['area']]}, {top['label']}"


def test_the_highest_of_a_class_is_found_by_its_number(wards: Boundaries) -> None:
    a, b, c, d = wards.codes[:4]
    chips = ((palette.RAMP[0], "low"), (palette.RAMP[3], "high"))
    colours = {a: palette.RAMP[0], b: palette.RAMP[3], c: palette.RAMP[3]}
    said = {a: "2,000 offences", b: "999 offences", c: "1,200 offences", d: "no data"}
    shading = by_colour(wards.codes, colours, said, chips)
    found = Pictures(grid(wards, [("Spring", shading)]))
    assert found.images[0]["alt"] == f"Spring: highest in {wards.names[c]}, 1,200 offences"
    bare = by_colour(wards.codes, {b: palette.RAMP[3]}, {b: "rising"}, chips)
    assert Pictures(grid(wards, [("Spring", bare)])).images[0]["alt"].endswith(f"{wards.names[b]}, rising")


def test_a_year_without_data_says_so(wards: Boundaries, years: list[tuple[str, Shading]]) -> None:
    nothing = by_class(wards.codes, pd.DataFrame({"area": [], "value": []}), classify([]))
    found = Pictures(grid(wards, [*years[:1], ("2026", nothing)]))
    assert found.captions == ["2010", "2026: no data"]
    assert found.images[1]["alt"] == "2026: no data"
    assert set(fills(found.drawing(1), wards).values()) == {palette.MISSING}
    assert grid(wards, []) == "<p>No data for this choice</p>"


def test_words_are_escaped(wards: Boundaries) -> None:
    code = next(code for code in wards.codes if "&" in wards.names[code])
    chips = ((palette.RAMP[0], "low"),)
    shading = by_colour(wards.codes, {code: palette.RAMP[0]}, {code: 'under "5" <x>'}, chips)
    html = grid(wards, [("Jan & <Feb>", shading)])
    assert "Jan &amp; &lt;Feb&gt;" in html
    found = Pictures(html)
    assert found.captions == ["Jan & <Feb>"]
    assert found.images[0]["alt"] == f'Jan & <Feb>: highest in {wards.names[code]}, under "5" <x>'


def test_a_small_island_does_not_break_the_drawing() -> None:
    """What is smaller than a step leaves no path behind, and the rest is drawn."""

    def square(west: float, south: float, size: float) -> list[list[float]]:
        east, north = west + size, south + size
        return [[west, south], [east, south], [east, north], [west, north], [west, south]]

    feature: dict[str, Any] = {
        "type": "Feature",
        "properties": {"code": "A"},
        "geometry": {"type": "MultiPolygon", "coordinates": [[square(0, 51.5, 0.05)], [square(0.06, 51.5, 1e-6)]]},
    }
    areas = pd.DataFrame({"code": ["A"], "name": ["Isle"]})
    isle = boundaries({"type": "FeatureCollection", "features": [feature]}, areas)
    shading = by_colour(["A"], {"A": palette.RAMP[0]}, {"A": "1"}, ((palette.RAMP[0], "low"),))
    drawing = Pictures(grid(isle, [("2020", shading)])).drawing(0)
    assert [len(shapes(path.attrib["d"])) for path in drawing.iter(f"{SVG}path")] == [1]
