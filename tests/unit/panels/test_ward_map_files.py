"""The ward map's table, its files to take away, its names in the chosen year, and the drawing that can be clicked."""

from __future__ import annotations

import io
import json
import math
import re
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from support.independent_counts import NEWEST, Second
from support.pictures import plotly
from support.walk import view_of

from csp_dash.domain.enums import Measure, Shade
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month
from csp_dash.maps.boundaries import Boundaries
from csp_dash.maps.print_map import Form
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards import ward_map
from csp_dash.panels.wards.choropleth import offered
from csp_dash.panels.wards.ward_map import HEADS, WardMap, geojson, image

EAST, WEST = "E05009317", "E05009331"  # today's Bethnal Green East and West
WHITECHAPEL, WEAVERS = "E05009336", "E05009335"
HOMES = [view_of("burglary_home", shade) for shade in Shade]
SHADES = pytest.mark.parametrize("view", HOMES, ids=[shade.value for shade in Shade])


def values(found: WardMap) -> pd.Series:
    column = next(name for name in found.table.columns if name.startswith(HEADS[found.shaded.shade]))
    return found.table[column]


def half(view: Filters) -> float:
    """Half a unit of the last decimal that the table shows."""
    shade = view.shade or (Shade.RATE if view.measure is Measure.RATE else Shade.COUNT)
    return 0.5001 * 10.0 ** -{Shade.CHANGE: 0, Shade.AREA: 1, Shade.SHARE: 1}.get(shade, 2)


# --- the table -----------------------------------------------------------------------------------


@SHADES
def test_the_table_has_a_row_a_ward_in_the_order_of_the_codes(data: Dataset, second: Second, view: Filters):
    found = ward_map.ward_map(data, view)
    assert len(found.codes) == len(found.table) == 20 and set(found.codes) == set(data.wards)
    assert [second.names[code] for code in found.codes] == found.table["Ward"].tolist()
    numbers = values(found)
    assert pd.api.types.is_numeric_dtype(numbers), "a column of words would be sorted by the alphabet"
    exact = found.shaded.frame.set_index("area")["value"].astype(float).loc[list(found.codes)]
    assert numbers.tolist() == pytest.approx(exact.tolist(), abs=half(view), nan_ok=True)
    assert exact.dropna().is_monotonic_decreasing
    counts = second.counts("burglary_home", *NEWEST)
    if view.shade or view.measure is Measure.RATE:
        assert found.table["Count"].tolist() == [counts[code] for code in found.codes]
    assert found.picture.evidence.table["Code"].tolist() == list(found.codes)


def test_wards_without_a_figure_stand_last(data: Dataset):
    found = ward_map.ward_map(data, Filters(indicator="asb", period="all"))
    assert found.picture.empty and values(found).isna().all() and len(found.codes) == 20


def test_the_names_are_those_of_the_chosen_year(data: Dataset):
    def names(first: Month, last: Month) -> dict[str, str]:
        view = Filters(indicator="burglary", period="custom", first=first, last=last)
        found = ward_map.ward_map(data, view)
        table = dict(zip(found.codes, found.table["Ward"], strict=True))
        features = json.loads(geojson(data, view))["features"]
        told = {item["properties"]["code"]: item["properties"]["name_then"] for item in features}
        assert told == table, "the file says the same"
        assert {item["properties"]["name"] for item in features} == {data.names[code] for code in data.wards}
        beside = found.picture.evidence.table
        assert dict(zip(beside["Code"], beside["Ward"], strict=True)) == table
        return table

    before = names(Month(2019, 4), Month(2020, 3))
    assert before[EAST] == "Bethnal Green East (then Bethnal Green)"
    assert before[WEST] == "Bethnal Green West (then St Peter's)"
    assert sum("then" in name for name in before.values()) == 2, "two wards took new names"
    assert names(Month(2021, 5), Month(2022, 4))[EAST].endswith("(then Bethnal Green)")
    after = names(Month(2021, 6), Month(2022, 5))
    assert after[EAST] == "Bethnal Green East" and not any("then" in name for name in after.values())


# --- GeoJSON -------------------------------------------------------------------------------------


@SHADES
def test_geojson_opens_and_holds_the_tables_values(data: Dataset, view: Filters):
    text = geojson(data, view)
    frame = geopandas.read_file(io.BytesIO(text)).set_index("code")
    found = ward_map.ward_map(data, view)
    assert len(frame) == 20 and set(frame.index) == set(data.wards)
    assert frame.geometry.is_valid.all() and not frame.geometry.is_empty.any()
    assert frame.crs.to_epsg() == 4326 and frame.total_bounds == pytest.approx(data.places.ward_outlines.box)
    inside = frame.loc[list(found.codes)]
    exact = found.shaded.frame.set_index("area")["value"].astype(float).loc[list(found.codes)]
    assert inside["value"].tolist() == pytest.approx(exact.tolist(), abs=5.1e-5, nan_ok=True)
    assert inside["value"].tolist() == pytest.approx(values(found).tolist(), abs=half(view), nan_ok=True)
    assert inside["fill"].to_dict() == {code: found.shaded.shading.fills[code] for code in found.codes}
    assert set(frame["indicator"]) == {"burglary_home"}
    assert set(frame["from"].astype(str).str[:7]) == {"2025-04"} and set(frame["to"].astype(str).str[:7]) == {"2026-03"}
    assert set(frame["unit"]) == {found.shaded.unit}


def test_geojson_says_where_it_is_from_and_under_which_licence(data: Dataset):
    found = json.loads(geojson(data, Filters(indicator="burglary")))
    assert found["licence"] == "Open Government Licence v3.0"
    assert "Metropolitan Police" in found["source"] or "MPS" in found["source"]
    assert "Ordnance Survey" in found["source"] or "OS data" in found["source"]
    assert found["release"] == data.release and found["title"].startswith("Burglary")


def test_geojson_without_figures_has_nulls_and_no_invented_number(data: Dataset):
    text = geojson(data, Filters(indicator="asb", period="custom", first=Month(1995, 1), last=Month(1995, 12)))
    assert b"NaN" not in text and b"Infinity" not in text, "no other program reads those"
    assert {item["properties"]["value"] for item in json.loads(text)["features"]} == {None}


# --- pictures to take away -----------------------------------------------------------------------

BEGINS = {Form.PNG: b"\x89PNG\r\n\x1a\n", Form.SVG: b"<?xml", Form.PDF: b"%PDF-"}


@pytest.mark.parametrize("form", list(Form))
def test_a_picture_is_a_file_of_its_kind(data: Dataset, form: Form):
    found = image(data, Filters(indicator="burglary", wards=(WHITECHAPEL,), shade=Shade.UNUSUAL), form)
    assert found.startswith(BEGINS[form]) and len(found) > 10_000


@pytest.mark.parametrize("form", list(Form))
def test_a_made_up_map_says_so_in_the_pictures_title(data: Dataset, form: Form):
    made_up = image(data, Filters(indicator="nox_sightings"), form)
    assert b"llustrative, not real data" in made_up, "in its own title, wherever it is passed on to"
    assert b"llustrative" not in image(data, Filters(indicator="burglary"), form)


def test_a_picture_has_its_finding_period_source_and_release(data: Dataset):
    view = Filters(indicator="burglary", measure=Measure.RATE)
    text = re.sub(r"<[^>]+>", " ", image(data, view, Form.SVG).decode())
    text = " ".join(text.replace("&amp;", "&").replace("&#x27;", "'").split())
    made = ward_map.ward_map(data, view)
    for part in (made.picture.title, "12 months to March 2026", "Metropolitan Police", data.release, "Crown copyright"):
        assert part.replace(" ", "") in text.replace(" ", ""), part
    for colour, _ in made.picture.legend:
        assert colour.lower() in image(data, view, Form.SVG).decode().lower()


# --- the other maps of the same figures ----------------------------------------------------------


def test_the_wall_shows_rates_and_names_the_highest(data: Dataset, second: Second):
    picture = ward_map.wall(data, Filters(indicator="burglary"))
    rates = 1000 * second.counts("burglary", *NEWEST) / second.residents
    on = {a.text.replace("<br>", " ") for a in plotly(picture.figure).layout.annotations}
    highest = {second.names[code] for code in rates.nlargest(ward_map.WALL_NAMES).index}
    assert {name for name in second.names.values() if name in on} <= highest
    assert (
        len(on & {data.places.ward_outlines.labels[c].text.replace("\n", " ") for c in data.wards})
        == ward_map.WALL_NAMES
    )
    assert "residents" in picture.caption


def test_made_up_figures_have_no_finding_in_any_title(data: Dataset, second: Second):
    view = Filters(indicator="nox_sightings", wards=(WHITECHAPEL,))
    for picture in (ward_map.ward_map(data, view).picture, ward_map.wall(data, view), ward_map.to_zoom(data, view)):
        assert "llustrative" in picture.title and "highest" not in picture.title
        assert not [name for name in second.names.values() if name in picture.title]


def test_the_table_of_made_up_figures_says_so_in_its_head(data: Dataset):
    found = ward_map.ward_map(data, Filters(indicator="nox_sightings"))
    assert any("llustrative" in str(name) for name in found.table.columns)
    assert "llustrative" in found.picture.evidence.table.to_csv()


# --- the drawing ---------------------------------------------------------------------------------

SQUEEZE_LAT = 51.51


def compact(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":")))


@pytest.mark.parametrize("slug", ["burglary", "asb", "burglary_home", "nox_sightings"])
def test_a_ward_map_is_light(data: Dataset, slug: str):
    """What a phone is sent: all of it, template, surroundings, points to click and all."""
    for shade in offered(data, Filters(indicator=slug)):
        view = view_of(slug, shade, wards=(WHITECHAPEL, WEAVERS))
        text = plotly(ward_map.ward_map(data, view).picture.figure).to_json()
        assert len(text) <= 60_000, (shade, len(text))
        assert "template" in json.loads(text)["layout"]
        assert "http" not in text


def test_the_outlines_of_the_wards_are_light(data: Dataset):
    figure = json.loads(plotly(ward_map.ward_map(data, Filters(indicator="burglary")).picture.figure).to_json())
    fills = set(ward_map.ward_map(data, Filters(indicator="burglary")).shaded.shading.fills.values())
    land = [trace for trace in figure["data"] if trace.get("fillcolor") in fills]
    assert len(land) == len(fills), "one trace a colour"
    assert sum(compact(trace["x"]) + compact(trace["y"]) for trace in land) <= 40_000


def polygons(outlines: Boundaries) -> dict[str, Any]:
    return {
        str(feature["properties"]["code"]): shapely.geometry.shape(feature["geometry"])
        for feature in outlines.geojson["features"]
    }


def metres(shape: Any) -> Any:
    """Metres, near enough within the borough."""
    scale = [111_320 * math.cos(math.radians(SQUEEZE_LAT)), 111_320.0]
    return shapely.transform(shape, lambda points: points * scale)


def clicked(data: Dataset) -> dict[str, Any]:
    """Where the drawing can be clicked, by ward, in degrees."""
    figure = plotly(ward_map.ward_map(data, Filters(indicator="burglary")).picture.figure)
    _, south, _, north = data.places.ward_outlines.box
    squeeze = math.cos(math.radians((south + north) / 2))
    found: dict[str, Any] = {}
    for trace in figure.data:
        if trace.legendgroup:
            assert trace.legendgroup not in found
            x, y = (np.asarray(side, dtype=float) for side in (trace.x, trace.y))
            found[trace.legendgroup] = shapely.points(x / squeeze, y)
            assert trace.marker.opacity == 0 and trace.hoverinfo != "skip"
    return found


def test_every_ward_can_be_clicked_in_its_own_land_and_nowhere_else(data: Dataset):
    points = clicked(data)
    assert set(points) == set(data.wards) and len(points) == 20
    for code, land in polygons(data.places.ward_outlines).items():
        away = shapely.distance(metres(points[code]), metres(land))
        assert len(points[code]) > 10 and away.max() < 1.0, "single precision moves a point by half a metre"
        assert shapely.contains(land, shapely.points(np.array(data.places.ward_outlines.spots[code]))).all()


def test_no_place_is_far_from_a_point_of_its_own_ward(data: Dataset):
    points = clicked(data)
    for code, land in polygons(data.places.ward_outlines).items():
        near = shapely.union_all(shapely.buffer(metres(points[code]), 300, quad_segs=32))
        assert metres(land).difference(near).area < 1, f"{data.names[code]} has a corner that cannot be clicked"


def test_a_click_is_nearest_to_its_own_wards_points_almost_everywhere(data: Dataset):
    """Whatever is clicked, the nearest point belongs to the ward that was meant, or to one that is a stone's throw off."""
    points = clicked(data)
    codes = np.concatenate([[code] * len(own) for code, own in points.items()])
    tree = shapely.STRtree(metres(np.concatenate(list(points.values()))))
    rng = np.random.default_rng(5)
    for code, land in polygons(data.places.ward_outlines).items():
        west, south, east, north = land.bounds
        tried = shapely.points(rng.uniform(west, east, 400), rng.uniform(south, north, 400))
        inside = tried[shapely.contains(land, tried)]
        right = codes[tree.nearest(metres(inside))] == code
        assert right.mean() > 0.75, data.names[code]
        wrong = metres(inside[~right])
        edge = metres(land).exterior if land.geom_type == "Polygon" else metres(land).boundary
        assert not len(wrong) or shapely.distance(wrong, edge).max() < 160, data.names[code]


def test_what_a_pointer_is_told_is_the_wards_own(data: Dataset):
    found = ward_map.ward_map(data, Filters(indicator="burglary"))
    for trace in plotly(found.picture.figure).data:
        if trace.legendgroup:
            assert data.names[trace.legendgroup] in trace.hovertemplate
            assert found.shaded.shading.words[trace.legendgroup] in trace.hovertemplate
