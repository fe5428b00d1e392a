"""The ward map as SVG: every ward once with its words, colours that follow the theme, names that are no markup."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from csp_dash.analytics import palette
from csp_dash.domain.filters import Filters
from csp_dash.maps.shading import Shading
from csp_dash.maps.svg_map import drawing
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards.choropleth import shaded

NASTY = "<b>\"Bow\" & 'East'</b>"
LIMIT = 20_000


def read(made: str) -> BeautifulSoup:
    return BeautifulSoup(made, "html.parser")


@pytest.fixture(scope="module")
def shading(data: Dataset) -> Shading:
    return shaded(data, Filters(indicator="burglary")).shading


@pytest.fixture
def made(data: Dataset, shading: Shading) -> BeautifulSoup:
    return read(drawing(data.places.ward_outlines, shading, label="What it shows", context=data.places.context))


def test_every_ward_is_there_once_with_its_words(data: Dataset, shading: Shading, made: BeautifulSoup):
    areas = made.select("[data-choose]")
    assert [area["data-choose"] for area in areas] == list(data.places.ward_outlines.codes) and len(areas) == 20
    for area in areas:
        told = f"{data.names[area['data-choose']]}: {shading.words[area['data-choose']]}"
        assert area["aria-label"] == told == area.title.get_text()
        assert (area["tabindex"], area["role"]) == ("0", "button"), "for a keyboard"
        assert area["d"].startswith("M") and area["d"].endswith("z")
    assert made.svg["aria-label"] == "What it shows"


def test_colours_are_those_of_the_page_s_theme(shading: Shading, made: BeautifulSoup):
    for area in made.select("[data-choose]"):
        step = palette.RAMP.index(shading.fills[area["data-choose"]])
        assert area["style"] == f"fill:var(--map-{step})"
    assert "#" not in str(made)
    declared = palette.custom_properties()
    for style in {part["style"] for part in made.select("[style]")}:
        for used in style.replace(")", "(").split("(")[1::2]:
            assert f"{used}:" in declared, used


def test_a_ward_without_a_figure_is_grey(data: Dataset, shading: Shading):
    code = data.wards[0]
    bare = replace(shading, fills={**shading.fills, code: palette.MISSING})
    area = read(drawing(data.places.ward_outlines, bare, label="x")).select_one(f'[data-choose="{code}"]')
    assert area is not None and area["style"] == "fill:var(--missing)"


def test_names_are_written_as_they_are(data: Dataset, shading: Shading):
    outlines, code = data.places.ward_outlines, data.wards[0]
    words = {**shading.words, code: NASTY}
    text = drawing(
        outlines,
        replace(shading, words=words),
        label=NASTY,
        numbers={**dict.fromkeys(outlines.codes, "1"), code: NASTY},
    )
    assert "<b>" not in text
    found = read(text)
    assert found.svg["aria-label"] == NASTY
    assert found.select_one(f'[data-choose="{code}"]')["aria-label"].endswith(NASTY)
    assert NASTY in [name.get_text() for name in found.select("text")]


def test_numbers_stand_in_place_of_names(data: Dataset, shading: Shading, made: BeautifulSoup):
    outlines = data.places.ward_outlines
    ranks = {code: str(at + 1) for at, code in enumerate(outlines.codes)}
    found = read(
        drawing(outlines, shading, label="x", numbers=ranks, strong=outlines.codes[:3], selected=outlines.codes[4:5])
    )
    assert [name.get_text() for name in found.select("text")] == list(ranks.values())
    assert len(found.select("text.strong")) == 3 and len(found.select("path.selected")) == 1
    assert "ranks" in found.svg["class"] and "ranks" not in made.svg["class"]
    names = " ".join(name.get_text(" ") for name in made.select("text"))
    assert "Whitechapel" in names and all(name["aria-hidden"] == "true" for name in made.select("text"))


def test_it_lies_inside_its_frame_and_is_small(data: Dataset, shading: Shading, made: BeautifulSoup):
    left, top, wide, tall = map(float, made.svg["viewbox"].split())
    for name in made.select("tspan"):
        assert left <= float(name["x"]) <= left + wide and top <= float(name["y"]) <= top + tall
    for numbers in (None, dict.fromkeys(data.places.ward_outlines.codes, "20")):
        text = drawing(
            data.places.ward_outlines, shading, label="x" * 300, context=data.places.context, numbers=numbers
        )
        assert len(text) < LIMIT
