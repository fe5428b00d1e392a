"""What changed since a month, on its page: the address chooses month and board, and so do its controls."""

from __future__ import annotations

import re

import pytest
from screens import check, visit, words
from streamlit.testing.v1 import AppTest

from csp_dash.ui.frame import CARDS


def address(at: AppTest) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in at.query_params.items()}


def test_its_place_in_the_menu_is_after_confidence():
    assert CARDS["changes"].place == CARDS["confidence"].place + 1


def test_three_months_back_unless_told():
    at = visit("changes")
    check(at)
    assert at.title[0].value == "What changed since December 2025?"
    assert re.search(r"Since December 2025, \d of \d\d measures changed state: ", words(at))
    assert not at.info and address(at) == {}


def test_the_address_names_a_month_and_a_board():
    at = visit("changes", since="2025-09", board="vawg_da")
    check(at)
    assert at.title[0].value == "What changed since September 2025?"
    assert "of 4 measures changed state" in words(at)
    assert at.selectbox(key="changed-board").value == "vawg_da"


def test_the_controls_write_the_address():
    at = visit("changes")
    at.selectbox(key="changed-since").set_value("2025-03").run()
    assert address(at) == {"since": ["2025-03"]} and at.title[0].value == "What changed since March 2025?"
    at.selectbox(key="changed-board").set_value("csp_board").run()
    assert address(at) == {"since": ["2025-03"], "board": ["csp_board"]}
    at.selectbox(key="changed-board").set_value("").run()
    assert address(at) == {"since": ["2025-03"]}


@pytest.mark.parametrize(
    ("params", "told", "month"),
    [
        ({"since": "lately"}, "\u201clately\u201d is no month", "December 2025"),
        ({"since": "2031-01"}, "nothing can have changed since January 2031", "February 2026"),
        ({"since": "1999-12"}, "two years of figures by December 1999", "March 2012"),
        ({"board": "parish"}, "The plan has no board called \u201cparish\u201d", "December 2025"),
    ],
)
def test_what_there_is_not_is_told_with_the_nearest_that_there_is(params: dict[str, str], told: str, month: str):
    at = visit("changes", **params)
    check(at)
    assert [told in item.value for item in at.info] == [True]
    assert at.title[0].value == f"What changed since {month}?"


def test_a_board_without_live_measures_says_so():
    at = visit("changes", board="contest")
    check(at)
    assert "No measure here has figures that go on" in words(at)


def test_another_borough_is_chosen_by_name_in_the_address_and_in_its_control():
    at = visit("explore", indicator="burglary", compare="hackney")
    check(at)
    assert address(at)["compare"] == ["E09000012"]
    control = at.selectbox(key="f_compare")
    assert control.value == "E09000012" and control.options[3:7] == [
        "Similar boroughs",
        "Barking and Dagenham",
        "Barnet",
        "Bexley",
    ]
    assert len(control.options) == 4 + 32
    assert "in Hackney: " in words(at)
    control.set_value("E09000025").run()
    assert address(at)["compare"] == ["E09000025"] and "in Newham" in words(at)


def test_the_public_page_tells_of_the_same_measures(public: None):
    at = visit("changes")
    check(at)
    assert "measures changed state: " in words(at) and "llustrative" not in words(at)
