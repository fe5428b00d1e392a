"""A printed map: complete, unclipped, the same bytes for the same input, and asking nobody for anything."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import matplotlib
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.transforms import Bbox
from PIL import Image
from support import ROOT

from csp_dash.analytics import palette
from csp_dash.analytics.classes import classify
from csp_dash.maps import print_map
from csp_dash.maps.boundaries import Boundaries, boundaries, rings_of
from csp_dash.maps.context import Context, Line, Place
from csp_dash.maps.print_map import Form, render
from csp_dash.maps.shading import Shading, by_class

GEO = ROOT / "geo"
SVG = "{http://www.w3.org/2000/svg}"
TITLE = "Burglary is highest in Bow East & <Mile End>: $41$ a year"
TEXTS = {"title": TITLE, "caption": "Offences for each 1,000 homes & flats", "source": "Source: <made up> & 'Co'"}
LONG = {
    "title": "Violence with injury has risen in Whitechapel, Spitalfields & Banglatown and St Katharine's & Wapping for "
    "the third year running, while the eleven wards east of the canal show no change beyond what chance explains, so far",
    "caption": "Recorded offences of violence with injury for each 1,000 people who live there, " * 3,
    "source": "Source: Metropolitan Police Service, ward level crime; Office for National Statistics, Census 2021. "
    * 3,
}


@pytest.fixture(name="wards", scope="module")
def fixture_wards() -> Boundaries:
    return boundaries(json.loads((GEO / "wards.geojson").read_text("utf-8")), pd.read_csv(GEO / "areas.csv"))


@pytest.fixture(name="shading", scope="module")
def fixture_shading(wards: Boundaries) -> Shading:
    """Five classes, and a ward without a figure."""
    values = {code: float(place) for place, code in enumerate(wards.codes[:-1])}
    frame = pd.DataFrame({"area": list(values), "value": list(values.values())})
    return by_class(wards.codes, frame, classify([*values.values(), None]))


@pytest.fixture(name="around", scope="module")
def fixture_around() -> Context:
    water = json.loads((GEO / "water.geojson").read_text("utf-8"))["features"][0]["geometry"]
    return Context(
        water=tuple(rings_of(water)),
        parks=([(-0.045, 51.537), (-0.032, 51.5385), (-0.034, 51.533), (-0.045, 51.537)],),
        roads=(Line("A11", [(-0.078, 51.513), (0.01, 51.535)]),),
        stations=(Place("Mile End", -0.0332, 51.5252), Place("Far away", 0.4, 51.5)),
        named=(Place("River Thames", -0.0368, 51.4985), Place("Elsewhere", 0.4, 51.5)),
    )


def page(wards: Boundaries, shading: Shading, **more: Any) -> Any:
    """The page before it is a file, measured as it is drawn."""
    with matplotlib.rc_context(print_map.SETTINGS):
        drawing = print_map.figure(wards, shading, **{**TEXTS, **more})
        drawing.set_dpi(print_map.DPI)
        FigureCanvasAgg(drawing).draw()
        for artist in (*drawing.axes[0].texts, *drawing.axes[0].patches):
            pixels = artist.get_window_extent()
            artist.points = Bbox(pixels.get_points() * 72 / print_map.DPI)
    return drawing


def words(drawing: Any) -> list[Any]:
    return [text for text in drawing.axes[0].texts if text.get_text()]


def look(node: ElementTree.Element) -> dict[str, str]:
    return dict(part.strip().split(": ") for part in node.attrib["style"].split(";") if part.strip())


def test_a_png_has_its_size_and_says_what_it_is(wards: Boundaries, shading: Shading, around: Context) -> None:
    made = render(wards, shading, context=around, **TEXTS)
    picture = Image.open(BytesIO(made))
    assert picture.size == (1500, 1240), "7.5 by 6.2 inches at 200 pixels an inch"
    assert round(picture.info["dpi"][0]) == 200
    assert picture.info["Title"] == TITLE
    assert picture.info["Source"] == TEXTS["source"]
    assert "Software" not in picture.info
    assert picture.convert("RGB").getpixel((3, 3)) == (255, 255, 255)
    assert len(made) < 600_000


def test_every_ward_has_its_colour_in_the_picture(wards: Boundaries, shading: Shading) -> None:
    picture = Image.open(BytesIO(render(wards, shading, **TEXTS))).convert("RGB")
    scale = print_map.DPI / 72
    rows = print_map._key(shading, Context(), ())
    blocks = print_map._page(TEXTS["title"], TEXTS["caption"], TEXTS["source"], rows)
    frame = print_map._frame(wards.box, blocks.panel)
    for code in wards.codes:
        seen = []
        for lon, lat in wards.spots[code]:
            x, y = frame.at(lon, lat)
            seen.append(picture.getpixel((round(x * scale), round((blocks.tall - y) * scale))))
        assert max(seen, key=seen.count) == palette.rgb(shading.fills[code]), wards.names[code]


def test_every_ward_is_drawn_with_its_fill_and_named(wards: Boundaries, shading: Shading, around: Context) -> None:
    chosen = wards.codes[3]
    root = ElementTree.fromstring(render(wards, shading, context=around, selected=[chosen], form=Form.SVG, **TEXTS))
    groups: dict[str, list[ElementTree.Element]] = {}
    for group in root.iter(f"{SVG}g"):
        groups.setdefault(group.attrib.get("id", ""), []).append(group)
    for code in wards.codes:
        drawn = groups[f"ward-{code}"][0].find(f"{SVG}path")
        assert drawn is not None
        assert look(drawn)["fill"].upper() == shading.fills[code]
        names = [node for group in groups[f"name-{code}"] for node in group.iter(f"{SVG}text")]
        assert [node.text for node in names] == wards.labels[code].text.split("\n")
        ink = palette.ink(shading.fills[code])
        assert {look(node).get("fill", "").upper() for node in names} == {ink}
        assert all(group.attrib["aria-hidden"] == "true" for group in groups[f"halo-{code}"])
        assert all(look(group)["stroke"].upper() == shading.fills[code] for group in groups[f"halo-{code}"])
    outline = groups[f"chosen-{chosen}"][0].find(f"{SVG}path")
    assert outline is not None
    assert look(outline)["stroke"].upper() == palette.SELECTED
    assert [name for name in groups if name.startswith("chosen-")] == [f"chosen-{chosen}"]
    assert {"water", "parks", "roads", "scale", "north"} <= set(groups)


def test_an_svg_keeps_its_text_and_escapes_it(wards: Boundaries, shading: Shading) -> None:
    made = render(wards, shading, form=Form.SVG, **TEXTS).decode()
    root = ElementTree.fromstring(made)
    assert root.findtext(f"{SVG}title") == TITLE
    told = root.findtext(f"{SVG}desc") or ""
    assert told.startswith(TEXTS["caption"])
    assert f"{wards.names[wards.codes[0]]}: {shading.words[wards.codes[0]]}" in told
    texts = [node.text or "" for node in root.iter(f"{SVG}text")]
    assert TITLE in " ".join(texts)
    assert {label for _, label in shading.legend} <= set(texts)
    assert {look(node)["font-family"].split(", ")[-1] for node in root.iter(f"{SVG}text")} == {"sans-serif"}


def test_an_svg_asks_nobody_for_anything(wards: Boundaries, shading: Shading, around: Context) -> None:
    made = render(wards, shading, context=around, form=Form.SVG, **TEXTS).decode()
    assert not re.findall(r"<(?:image|script|style[^>]*>[^<]*(?:@import|@font-face))", made)
    assert not re.findall(r"""(?:href|src)\s*=\s*["'](?!#)""", made), "nothing is fetched"
    assert not re.findall(r"url\((?!#)", made)
    assert "date" not in made.lower()


@pytest.mark.parametrize("form", list(Form))
def test_the_same_input_makes_the_same_bytes_in_every_thread(
    wards: Boundaries, shading: Shading, around: Context, form: Form
) -> None:
    def draw(_: int) -> bytes:
        return render(wards, shading, context=around, selected=wards.codes[:2], form=form, **TEXTS)

    first = draw(0)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(draw, range(4))) == {first}
    other = replace(shading, fills={**shading.fills, wards.codes[0]: palette.MISSING})
    assert render(wards, other, context=around, selected=wards.codes[:2], form=form, **TEXTS) != first
    assert first.startswith({Form.PNG: b"\x89PNG", Form.SVG: b"<?xml", Form.PDF: b"%PDF"}[form])


def test_another_process_makes_the_same_bytes(wards: Boundaries, shading: Shading) -> None:
    """And pyplot, which keeps every figure and is for one thread, is not what draws."""
    code = (
        "import sys, json, hashlib, pandas as pd\n"
        "from csp_dash.maps import print_map as printed\n"
        "from csp_dash.maps.boundaries import boundaries\n"
        "from csp_dash.maps.shading import Shading\n"
        "before = 'matplotlib.pyplot' in sys.modules\n"
        "b = boundaries(json.load(open('geo/wards.geojson')), pd.read_csv('geo/areas.csv'))\n"
        "given = json.load(sys.stdin)\n"
        "s = Shading(given['fills'], given['words'], tuple(map(tuple, given['legend'])))\n"
        "for form in printed.Form:\n"
        "    print(hashlib.sha256(printed.render(b, s, title='A', caption='B', source='C', form=form)).hexdigest())\n"
        "assert ('matplotlib.pyplot' in sys.modules) == before\n"
    )
    given = {"fills": dict(shading.fills), "words": dict(shading.words), "legend": shading.legend}
    run = [sys.executable, "-c", code]
    there = subprocess.run(run, input=json.dumps(given), capture_output=True, text=True, check=True, cwd=GEO.parent)
    here = [render(wards, shading, title="A", caption="B", source="C", form=form) for form in Form]
    assert there.stdout.split() == [hashlib.sha256(made).hexdigest() for made in here]


@pytest.mark.parametrize("texts", [TEXTS, LONG, {**LONG, "title": "W" * 220}], ids=["short", "long", "one word"])
def test_no_text_is_clipped_or_lost(
    wards: Boundaries, shading: Shading, around: Context, texts: dict[str, str]
) -> None:
    drawing = page(wards, shading, context=around, selected=wards.codes[:1], **texts)
    wide, tall = drawing.get_size_inches() * 72
    assert wide == pytest.approx(540)
    for text in words(drawing):
        box = text.points
        assert 8 < box.x0 < box.x1 < wide - 8, text.get_text()
        assert 8 < box.y0 < box.y1 < tall - 8, text.get_text()
    written = "".join("".join(text.get_text().split()) for text in words(drawing))
    for text in texts.values():
        assert "".join(text.split()) in written


@pytest.mark.parametrize("texts", [TEXTS, LONG], ids=["short", "long"])
def test_nothing_stands_on_anything_else(
    wards: Boundaries, shading: Shading, around: Context, texts: dict[str, str]
) -> None:
    """Names keep clear of each other, the key, the scale and the texts keep clear of the map."""
    drawing = page(wards, shading, context=around, selected=wards.codes[:1], **texts)
    found = [text for text in words(drawing) if not (text.get_gid() or "").startswith("halo-")]
    for one, other in combinations(found, 2):
        if one.get_gid() and one.get_gid() == other.get_gid():
            continue  # two lines of one name
        first, second = one.points, other.points
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        up = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert across <= 0.5 or up <= 2, f"{one.get_text()} / {other.get_text()}"  # boxes have room for accents
    rows = print_map._key(shading, around, wards.codes[:1])
    panel = print_map._page(*(" ".join(text.split()) for text in texts.values()), rows).panel
    land = [patch for patch in drawing.axes[0].patches if (patch.get_gid() or "").startswith("ward-")]
    assert len(land) == 20
    for patch in land:
        box = patch.points
        assert panel.left < box.x0 < box.x1 < panel.right
        assert panel.bottom < box.y0 < box.y1 < panel.top
    for text in found:
        if text.get_text() in {label for _, label in shading.legend} | {"Chosen", "1 km", "N", "Station", "Park"}:
            assert text.points.x0 > panel.right
    labels = {text.get_text() for text in found}
    assert {"Chosen", "1 km", "N", "Station", "Park", "Main road", "River Thames", "no data"} <= labels
    assert "Elsewhere" not in labels


def test_a_kilometre_is_a_kilometre_and_the_land_is_not_stretched(wards: Boundaries, shading: Shading) -> None:
    drawing = page(wards, shading)
    scale = next(line for line in drawing.axes[0].lines if line.get_gid() == "scale")
    points = float(max(scale.get_xdata()) - min(scale.get_xdata()))
    land = [p.points for p in drawing.axes[0].patches if (p.get_gid() or "").startswith("ward-")]
    wide = max(box.x1 for box in land) - min(box.x0 for box in land)
    tall = max(box.y1 for box in land) - min(box.y0 for box in land)
    west, south, east, north = wards.box
    assert tall / points == pytest.approx((north - south) * 111.32, rel=0.01)
    assert wide / points == pytest.approx((east - west) * 111.32 * 0.6224, rel=0.01)


def test_a_page_grows_rather_than_lose_its_map(wards: Boundaries, shading: Shading) -> None:
    drawing = page(wards, shading, title="A very long finding indeed " * 40)
    tall = drawing.get_size_inches()[1] * 72
    assert tall > print_map.TALL
    land = [p.points for p in drawing.axes[0].patches if (p.get_gid() or "").startswith("ward-")]
    assert max(box.y1 for box in land) - min(box.y0 for box in land) > 200


def test_without_data_it_says_so(wards: Boundaries) -> None:
    nothing = by_class(wards.codes, pd.DataFrame({"area": [], "value": []}), classify([]))
    for form in Form:
        assert render(wards, nothing, form=form, **TEXTS)
    drawing = page(wards, nothing)
    assert "No data for this choice" in {text.get_text() for text in words(drawing)}
    assert not drawing.axes[0].patches
    made = render(wards, nothing, form=Form.SVG, **TEXTS).decode()
    assert "No data for this choice." in (ElementTree.fromstring(made).findtext(f"{SVG}desc") or "")


def test_a_hole_stays_a_hole() -> None:
    outer = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)]
    hole = [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0), (1.0, 1.0)]
    first, second = print_map._turned([outer, hole])
    assert (first, second) == (outer, hole[::-1])


def test_settings_of_the_process_stay_what_they_were(wards: Boundaries, shading: Shading) -> None:
    before = dict(matplotlib.rcParams)
    render(wards, shading, form=Form.SVG, **TEXTS)
    assert dict(matplotlib.rcParams) == before
