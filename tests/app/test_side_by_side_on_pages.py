"""Explore, beside another measure: the choice, the link that keeps it, and what is said where it cannot be."""

from __future__ import annotations

from screens import visit, words


def test_the_second_measure_is_kept_in_the_link():
    at = visit("explore", indicator="burglary", view="both", beside="robbery_personal")
    assert not at.exception and at.selectbox(key="beside_choice").value == "robbery_personal"
    assert "Burglary and personal robbery" in words(at)
    at.selectbox(key="beside_choice").set_value("asb").run()
    assert at.query_params["beside"] in ("asb", ["asb"]) and "view" in at.query_params
    assert "Burglary and antisocial behaviour" in words(at)
    assert "Neither need cause the other" in words(at)


def test_without_a_second_measure_the_one_that_it_is_read_with_stands_beside():
    at = visit("explore", indicator="drug_offences", view="both")
    assert at.selectbox(key="beside_choice").value == "stop_search_found" and "beside" not in at.query_params


def test_a_measure_that_is_unknown_or_has_no_figures_gives_way_to_another():
    at = visit("explore", indicator="burglary", view="both", beside="no_such")
    assert not at.exception and "There is no measure called" in words(at)
    for other in ("nrm_referrals", "burglary"):
        waiting = visit("explore", indicator="burglary", view="both", beside=other)
        assert not waiting.exception and waiting.selectbox(key="beside_choice").value != other
        assert "so another measure is shown" in words(waiting)
