"""Ward maps on the screen: the shade is part of the link, cards follow the wards, time is stepped through by hand."""

from __future__ import annotations

import pytest
from screens import check, of_type, visit, words

from csp_dash.domain.filters import LENSES

WHITECHAPEL, WEAVERS = "E05009336", "E05009335"


def test_a_shade_is_chosen_kept_in_the_link_and_left_again():
    at = visit("explore", indicator="burglary_home", view="map")
    check(at)
    box = at.selectbox(key="shade-burglary_home")
    assert box.value == "count" and len(box.options) == 7
    box.select("unusual").run()
    check(at)
    assert at.query_params["map"] == "unusual"
    assert "what residents would suggest" in words(at)
    at.selectbox(key="shade-burglary_home").select("rate").run()
    check(at)
    assert "map" not in at.query_params and at.query_params["measure"] == "rate"


@pytest.mark.parametrize("shade", ["household", "area", "share", "change", "unusual"])
def test_a_link_restores_what_the_map_is_shaded_by(shade: str):
    at = visit("explore", indicator="burglary_home", view="map", map=shade)
    check(at)
    assert at.selectbox(key="shade-burglary_home").value == shade and at.query_params["map"] == shade


def test_made_up_figures_are_offered_no_other_shade():
    at = visit("explore", indicator="nox_sightings", view="map", map="unusual")
    check(at)
    assert not [box for box in at.selectbox if box.key and box.key.startswith("shade-")]
    assert "residents would suggest" not in words(at)


def test_each_chosen_ward_has_its_card_and_two_are_held_against_each_other():
    at = visit("explore", indicator="burglary", view="map", ward=[WEAVERS, WHITECHAPEL])
    check(at)
    text = words(at)
    assert "### Weavers" in text and "### Whitechapel" in text
    assert text.count("of the 20 wards by number") == 2
    assert "side by side" in text
    at.button(key="leave-burglary").click().run()
    check(at)
    assert "ward" not in at.query_params and "# Weavers" not in words(at)


def test_another_ward_is_set_beside_the_first():
    at = visit("explore", indicator="burglary", view="map", ward=WEAVERS)
    at.selectbox(key="versus-with-burglary").select(WHITECHAPEL).run()
    check(at)
    assert sorted(at.query_params["ward"]) == [WEAVERS, WHITECHAPEL] and "side by side" in words(at)


def test_time_is_stepped_through_by_hand():
    at = visit("explore", indicator="burglary", view="time")
    key = "at-burglary-YEAR"
    assert at.select_slider(key=key).value == "12 months to March 2026"
    assert at.button(key=f"later-{key}").disabled
    at.button(key=f"earlier-{key}").click().run()
    check(at)
    assert at.select_slider(key=key).value == "12 months to February 2026"
    moments = [picture for picture in of_type(at, "plotly_chart") if "to February 2026" in picture.proto.alt]
    assert moments, "the map says which step it is"


@pytest.mark.usefixtures("public")
def test_a_public_link_to_sensitive_small_areas_shows_none():
    at = visit("explore", indicator="violence_all", view="small")
    check(at)
    assert LENSES["small"] not in at.selectbox(key="more-views").options
    assert any("has no view" in item.value for item in at.info)
    assert "by small area" not in words(at).lower()
    other = visit("explore", indicator="burglary", view="small")
    check(other)
    assert "small areas" in words(other)


def test_a_shading_that_cannot_be_drawn_can_be_left():
    """The first year of the figures has no year before: the map is empty, and the choice of shading stays."""
    at = visit("explore", indicator="burglary", view="map", map="change", from_="2010-04", to="2011-03")
    check(at)
    assert any("no ward figures" in item.value for item in at.info)
    at.selectbox(key="shade-burglary").select("rate").run()
    check(at)
    assert not any("no ward figures" in item.value for item in at.info) and at.query_params["measure"] == "rate"
