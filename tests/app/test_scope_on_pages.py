"""Whole pages for a ward: whatever is the borough's names it, in every chip, row, tile and alt text."""

from __future__ import annotations

import re

import pytest
from screens import PAGES, PICTURES, check, of_type, visit, words

from csp_dash.catalogue import load
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.settings import Settings
from csp_dash.panels.dataset import open_data
from csp_dash.panels.plan.answers import worse_besides

WHITECHAPEL = "E05009336"
OURS = re.compile(r"Whitechapel|Tower Hamlets|\bwards?\b")


@pytest.mark.grid(4)
@pytest.mark.parametrize("page", [page for page in PAGES if page not in ("plan", "methods")])
def test_a_page_for_a_ward_says_what_is_the_borough_s(page: str):
    data = open_data(load(), Settings.read({}))
    at = visit(page, ward=WHITECHAPEL)
    check(at)
    text = words(at)
    for item in data.catalogue.indicators.values():
        if not item.measured or not data.shows(item) or data.have(item, AreaKind.WARD):
            continue
        bare = rf"badge\[\S+ {re.escape(item.short)}[,\]]|\[{re.escape(item.title)}\]\(explore"
        assert not re.search(bare, text), (page, item.slug)
        for metric in at.metric:
            assert metric.label != item.short, (page, item.slug)
    for picture in of_type(at, *PICTURES):
        assert OURS.search(picture.proto.alt), (page, picture.proto.alt)


@pytest.mark.parametrize("page", ["overview", "violence", "explore"])
def test_a_page_says_london_only_where_it_shows_london(page: str):
    at = visit(page, compare="london")
    check(at)
    assert "London stands beside each figure" in words(at)
    assert words(at).count("London") > len(at.metric) > 0, "the caption, and every tile"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"ward": ["E05009333", "E05009317"]}, "Bethnal Green East, without Spitalfields & Banglatown"),
        ({"ward": "E05000001"}, "so choose one below."),
        ({"ward": WHITECHAPEL, "period": "1m"}, "always shows the latest 12 months"),
        ({"ward": WHITECHAPEL, "compare": "london"}, "always shows the latest 12 months"),
    ],
)
def test_the_ward_page_says_what_it_does_not_follow(asked: dict[str, str | list[str]], said: str):
    at = visit("my_ward", **asked)
    check(at)
    assert any(said in told.value for told in at.info), [told.value for told in at.info]


def test_the_ward_page_says_nothing_where_it_follows():
    assert not visit("my_ward", ward=WHITECHAPEL).info


def test_the_overview_s_card_leaves_no_worse_measure_out():
    data = open_data(load(), Settings.read({}))
    text = words(visit("overview"))
    worse = {slug: worse_besides(data, Filters(), slug) for slug in data.catalogue.priorities}
    assert sum(worse.values()) > 0, "else this shows nothing"
    for number in filter(None, worse.values()):
        assert f"[D {number} other measure{'s' if number > 1 else ''}]" in text


@pytest.mark.parametrize("slug", ["homicide", "pas_trust"])
def test_a_measure_without_a_rate_says_that_it_is_shown_as_counted(slug: str):
    at = visit("explore", indicator=slug, measure="rate")
    assert any("no rate per 1,000 residents" in told.value for told in at.info)
    assert not any("no rate" in told.value for told in visit("explore", indicator="burglary", measure="rate").info)
