"""The URL and the controls: a link restores the view, a change is written once, Back takes it back."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from screens import PAGES, check, fresh, visit, words
from streamlit.testing.v1 import AppTest

WHITECHAPEL, WEAVERS, BOW_WEST = "E05009336", "E05009335", "E05009320"
WITH_CONTROLS = [page for page in PAGES if page not in ("my_ward", "board", "plan", "methods")]


def url(at: AppTest) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in at.query_params.items()}


def go_to(at: AppTest, params: dict[str, list[str]]) -> AppTest:
    """What the browser does on Back, Forward or a pasted link in the same tab."""
    at.query_params.clear()
    for name, values in params.items():
        at.query_params[name] = values
    return at.run()


def controls(at: AppTest) -> dict[str, object]:
    return {
        "wards": list(at.multiselect(key="f_wards").value),
        "measure": at.session_state["f_measure"],
        "period": at.selectbox(key="f_period").value,
        "compare": at.selectbox(key="f_compare").value,
    }


PLAIN = {"wards": [], "measure": "count", "period": "12m", "compare": "previous"}


@pytest.mark.parametrize("page", WITH_CONTROLS)
def test_a_link_sets_the_controls(page: str):
    link = {"ward": [WEAVERS, WHITECHAPEL], "period": ["plan"], "measure": ["rate"], "compare": ["similar"]}
    at = visit(page, **link)
    assert controls(at) == {"wards": [WEAVERS, WHITECHAPEL], "measure": "rate", "period": "plan", "compare": "similar"}
    assert url(at) == link


@pytest.mark.parametrize("page", WITH_CONTROLS)
def test_a_bare_address_stays_bare(page: str):
    at = visit(page)
    assert url(at) == {} and controls(at) == PLAIN


def test_a_garbage_url_is_replaced_by_that_of_the_default_view():
    at = visit("violence", ward="zzz", from_="x", indicator="../../etc", measure="<script>")
    check(at)
    assert url(at) == {} and controls(at) == PLAIN


def test_a_url_in_another_order_becomes_canonical():
    at = visit("violence", compare="london", measure="count", ward=[WHITECHAPEL, WEAVERS, WHITECHAPEL], period="12m")
    assert list(url(at).items()) == [("ward", [WEAVERS, WHITECHAPEL]), ("compare", ["london"])]


def test_a_custom_period_is_read_and_shown():
    at = visit("violence", from_="2022-04", to="2023-03")
    assert (at.selectbox(key="f_first").value, at.selectbox(key="f_last").value) == ("2022-04", "2023-03")
    assert url(at) == {"from": ["2022-04"], "to": ["2023-03"]}
    assert "12 months to March 2023" in words(at) or "2022/23" in words(at)


@pytest.mark.parametrize(
    ("slug", "first", "last"),
    [("dwelling_fires", "2009-01", "2024-08"), ("deliberate_fires", "2005-01", "2014-12"), ("pas_trust", "2009-04", "2010-03"),
     ("burglary", "1996-04", "1997-03"), ("burglary", "2026-04", "2027-03")],
)  # fmt: skip
def test_a_period_outside_that_of_recorded_crime_is_kept(slug: str, first: str, last: str):
    """Fires reach back further than the police's figures: a link to them shows their months, not others."""
    at = visit("explore", indicator=slug, from_=first, to=last)
    check(at)
    assert url(at) == {"indicator": [slug], "from": [first], "to": [last]}


def test_the_link_under_a_picture_opens_the_same_picture():
    at = visit("explore", indicator="dwelling_fires", period="all", ward=WHITECHAPEL)
    foot = next(item.value for item in at.caption if item.value.startswith("Source:"))
    link = parse_qs(foot.split("](?")[1].rstrip(")"))
    again = visit("explore", **{("from_" if name == "from" else name): values for name, values in link.items()})
    assert [item.value for item in again.metric] == [item.value for item in at.metric]
    assert url(again) == link


def test_choosing_writes_the_url_and_coming_back_undoes_it():
    at = visit("violence")
    steps = [url(at)]
    at.multiselect(key="f_wards").set_value([WHITECHAPEL]).run()
    steps.append(url(at))
    at.selectbox(key="f_period").select("plan").run()
    steps.append(url(at))
    at.selectbox(key="f_compare").select("london").run()
    steps.append(url(at))
    assert steps == [
        {},
        {"ward": [WHITECHAPEL]},
        {"ward": [WHITECHAPEL], "period": ["plan"]},
        {"ward": [WHITECHAPEL], "period": ["plan"], "compare": ["london"]},
    ]
    for step, shown in (
        (2, {"wards": [WHITECHAPEL], "period": "plan", "compare": "previous"}),
        (1, {"wards": [WHITECHAPEL], "period": "12m", "compare": "previous"}),
        (0, {"wards": [], "period": "12m", "compare": "previous"}),
        (3, {"wards": [WHITECHAPEL], "period": "plan", "compare": "london"}),
    ):
        go_to(at, steps[step])
        check(at)
        assert controls(at) == {**shown, "measure": "count"}
        assert url(at) == steps[step], "and writes no history entry of its own"


def test_measure_and_custom_months_are_chosen_and_written():
    at = visit("violence")
    at.session_state["f_measure"] = "rate"
    at.run()
    assert url(at) == {"measure": ["rate"]}
    at.selectbox(key="f_period").select("custom").run()
    check(at)
    at.selectbox(key="f_first").select("2020-04").run()
    at.selectbox(key="f_last").select("2021-03").run()
    assert url(at) == {"from": ["2020-04"], "to": ["2021-03"], "measure": ["rate"]}


def test_months_in_the_wrong_order_are_said_and_not_shown():
    at = visit("violence", from_="2022-04", to="2023-03")
    at.selectbox(key="f_last").select("2021-03").run()
    check(at)
    assert [item.value for item in at.warning]
    assert "from" not in url(at)
    at.selectbox(key="f_last").select("2022-12").run()
    assert url(at) == {"from": ["2022-04"], "to": ["2022-12"]}


def test_the_view_goes_with_the_reader_from_page_to_page():
    """As the menu does: its links carry the view. Pages without filters keep it too."""
    at = visit("violence", ward=WHITECHAPEL, measure="rate")
    for page in ("plan", "explore", "methods", "confidence"):
        at.switch_page(f"pages/{page}.py")
        at.run()
        check(at)
        assert url(at) == {"ward": [WHITECHAPEL], "measure": ["rate"]}, page


def test_a_bare_switch_of_page_keeps_the_view():
    at = visit("violence", ward=WHITECHAPEL)
    at.switch_page("pages/confidence.py")
    at.query_params.clear()
    at.run()
    assert url(at) == {"ward": [WHITECHAPEL]}


def test_exploring_writes_the_measure_to_the_url():
    at = visit("explore", ward=BOW_WEST)
    at.selectbox(key="explore_choice").select("knife_offences").run()
    assert url(at) == {"indicator": ["knife_offences"], "ward": [BOW_WEST]}
    go_to(at, {"indicator": ["asb"]})
    assert at.selectbox(key="explore_choice").value == "asb"
    assert controls(at) == PLAIN


def test_a_ward_is_chosen_and_left_on_its_page():
    at = visit("my_ward")
    at.selectbox(key="ward_choice").select(WEAVERS).run()
    assert url(at) == {"ward": [WEAVERS]}
    go_to(at, {})
    assert at.selectbox(key="ward_choice").value is None
    go_to(at, {"ward": [WEAVERS]})
    assert at.selectbox(key="ward_choice").value == WEAVERS


def test_a_link_to_the_board_opens_the_screen_of_its_measure():
    plain = visit("board")
    asked = fresh("board", indicator="homicide").run()
    check(asked)
    assert words(asked) != words(plain)
    assert "omicide" in words(asked)
    assert url(asked) == {"indicator": ["homicide"]}


def test_two_visitors_do_not_see_each_others_view():
    one, two = visit("violence", ward=WHITECHAPEL), visit("violence")
    one.run()
    assert controls(two) == PLAIN and controls(one)["wards"] == [WHITECHAPEL]
