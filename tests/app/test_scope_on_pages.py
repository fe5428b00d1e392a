"""Whole pages for a ward: whatever is the borough's names it, in every chip, row, tile and alt text."""

from __future__ import annotations

import re

import pytest
from screens import PAGES, PICTURES, check, of_type, visit, words

from csp_dash.catalogue import load
from csp_dash.domain.settings import Settings
from csp_dash.domain.words import AreaKind
from csp_dash.packs.data import open_data

WHITECHAPEL = "E05009336"
OURS = re.compile(r"Whitechapel|Tower Hamlets|\bwards?\b")


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
