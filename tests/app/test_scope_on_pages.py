"""Whole pages for a ward: whatever is the borough's names it, in every chip, row, tile and alt text."""

from __future__ import annotations

import re

import pytest
from screens import PAGES, PICTURES, Shown, check, lives, of_type, rows, spec, tiles, visit, words
from streamlit.testing.v1 import AppTest

from csp_dash.catalogue import load
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.settings import Settings
from csp_dash.panels.dataset import open_data

WHITECHAPEL = "E05009336"
OURS = re.compile(r"Whitechapel|Tower Hamlets|\bwards?\b")


BOROUGH = ("all of Tower Hamlets", "whole borough")


def measures(at: AppTest) -> list[Shown]:
    """Every tile and row of a live table with a measure."""
    return [*tiles(at), *(row for key in lives(at) if key in ("scorecard", "plan-table") for row in rows(at, key))]


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
        for shown in measures(at):
            assert (
                shown.slug != item.slug
                or not shown.figure
                or any(whose in f"{shown.name} {shown.note}" for whose in BOROUGH)
            ), (page, shown)
    for picture in of_type(at, *PICTURES):
        assert OURS.search(picture.proto.alt), (page, picture.proto.alt)


@pytest.mark.parametrize("page", ["overview", "violence", "explore"])
def test_a_page_says_london_only_where_it_shows_london(page: str):
    at = visit(page, compare="london")
    check(at)
    assert any("beside London" in part.proto.popover.label for part in of_type(at, "popover"))
    drawn = [
        trace for chart in of_type(at, "plotly_chart") for trace in spec(chart)["data"] if trace.get("name") == "London"
    ]
    said = [item for item in at.caption if "London" in item.value and not item.value.startswith("Source")]
    assert (len(drawn) == 1 and said) or page == "overview"
    plain = visit(page)
    assert not any("London" in item.value for item in plain.caption if not item.value.startswith("Source"))


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


@pytest.mark.parametrize("asked", [{}, {"ward": WHITECHAPEL}, {"period": "24m"}], ids=str)
def test_the_overview_leaves_no_worse_measure_out(asked: dict[str, str]):
    """Whatever a priority page marks as worse stands in the overview's table, or in the sentence above it with a link."""
    at = visit("overview", **asked)
    shown = {row.slug: row.state for row in rows(at, "plan-table")}
    above = " ".join(item.value for item in at.markdown)
    worse = 0
    for priority in load().priorities.values():
        if priority.slug == "borough":
            continue
        for row in rows(visit(priority.slug, **asked)):
            if row.state == "Worsening":
                worse += 1
                assert shown.get(row.slug) == "Worsening" or f"]({priority.slug}?indicator={row.slug}" in above, row
    assert worse > 0, "else this shows nothing"


@pytest.mark.parametrize("slug", ["homicide", "pas_trust"])
def test_a_measure_without_a_rate_says_that_it_is_shown_as_counted(slug: str):
    at = visit("explore", indicator=slug, measure="rate")
    assert any("no rate per 1,000 residents" in told.value for told in at.info)
    assert not any("no rate" in told.value for told in visit("explore", indicator="burglary", measure="rate").info)
