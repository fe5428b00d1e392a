"""Tiles and tables as HTML: each text as it is written, each measure with its link, and what a narrow column leaves out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from csp_dash.analytics.state import UNCHANGED, State
from csp_dash.domain.filters import Filters
from csp_dash.panels.course import Axis, axis
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.tile import Tile, tile
from csp_dash.ui import markup

NASTY = "<img src=x onerror=alert(1)> \"&\" '<b>'"
OURS = {
    "a",
    "b",
    "div",
    "small",
    "span",
    "svg",
    "path",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "details",
    "summary",
}


@pytest.fixture
def one(data: Dataset) -> Tile:
    return tile(data, Filters(indicator="burglary"))


@pytest.fixture
def time(data: Dataset) -> Axis:
    return axis(data)


def nasty(one: Tile) -> Tile:
    """The tile with markup in every text that it shows."""
    indicator = replace(one.indicator, short=NASTY, title=NASTY)
    texts = dict.fromkeys(("title", "subject", "whose", "period", "figure", "unit", "until", "sentence"), NASTY)
    return replace(one, indicator=indicator, state=State("D", NASTY, "", "bad"), **texts)


def every(item: Tile, time: Axis) -> dict[str, str]:
    """All that is drawn of a tile."""
    links = {"burglary": "?a=1&amp;b=2"}
    rows = markup.rows([item], time, links, {"burglary": NASTY})
    return {
        "tiles": markup.tiles([item], time, links),
        "ended": markup.tiles([replace(item, ends=NASTY)], time, links),
        "face": markup.face(item, time),
        "table": markup.table(markup.head(NASTY, NASTY, time), markup.group(NASTY) + rows, NASTY, "scorecard"),
        "names": markup.table("", markup.names([item.indicator], links, {"burglary": markup.badge(NASTY)}), NASTY, "x"),
        "fold": markup.fold(NASTY, rows),
        "chip": markup.chip(item.state) + markup.chip(item.state, past=True),
    }


def test_no_text_is_markup(one: Tile, time: Axis):
    for name, made in every(nasty(one), time).items():
        found = BeautifulSoup(made, "html.parser")
        tags = {part.name for part in found.find_all(True)}
        assert tags <= OURS, (name, tags)
        assert not [attr for part in found.find_all(True) for attr in part.attrs if attr.startswith("on")], name
        assert "<img" not in made and "onerror" in found.get_text(" ") + str(found.find_all(title=True)), name
        labels = [part["aria-label"] for part in found.select("[aria-label]")]
        assert all(label == NASTY for label in labels), name


def test_a_tile_and_a_row_say_the_same(one: Tile, time: Axis):
    drawn = every(one, time)
    for name in ("tiles", "table", "face"):
        found = BeautifulSoup(drawn[name], "html.parser")
        assert found.select_one(".figure:not(th)").get_text() == one.figure
        assert found.select_one(".delta").get_text() == one.moved and "%" in one.moved
        assert found.select_one(".chip")["title"] == one.state.word
        assert found.select_one("svg.spark path.course") is not None
    (row,) = BeautifulSoup(drawn["table"], "html.parser").select("tr[data-choose]")
    assert row["data-choose"] == "burglary" and row.a["href"] == "?a=1&b=2"
    heads = BeautifulSoup(drawn["table"], "html.parser").select("thead th")
    assert len(heads) == len(row.find_all(["th", "td"])) == 5


def test_nothing_in_a_face_can_be_chosen(one: Tile, time: Axis):
    assert "data-choose" not in markup.face(one, time)


def test_only_a_change_beyond_chance_is_bold(one: Tile, time: Axis, data: Dataset):
    changed = tile(data, Filters(indicator="theft_from_person"))
    assert changed.beyond_chance and not one.beyond_chance
    links = {"burglary": "", "theft_from_person": ""}
    strong = [
        bool(part.select(".strong"))
        for part in BeautifulSoup(markup.rows([one, changed], time, links), "html.parser").select("tr")
    ]
    assert strong == [False, True]


def test_ended_figures_are_told_in_the_past_with_their_last_month_and_no_change(data: Dataset, time: Axis):
    ended = tile(data, Filters(indicator="knife_crime_to_2021"))
    for made in (
        markup.rows([ended], time, {ended.indicator.slug: ""}),
        markup.tiles([ended], time, {ended.indicator.slug: ""}),
    ):
        found = BeautifulSoup(made, "html.parser")
        assert "to May 2021" in found.get_text(" ") and not found.select(".delta")
        chip = found.select_one(".chip")
        assert chip.b.get_text() == "E" and not {"good", "bad"} & set(chip["class"])


def test_a_narrow_column_shortens_a_state_and_keeps_the_whole_as_its_tooltip():
    chip = BeautifulSoup(markup.chip(UNCHANGED), "html.parser").span
    assert chip.get_text() == "CNo change" and chip["title"] == "No detectable change"
    assert "No detectable change" in BeautifulSoup(markup.chip(UNCHANGED, brief=False), "html.parser").get_text()


@pytest.mark.parametrize(
    "state",
    [
        State("A", "Improving", "", "good"),
        State("D", "Worsening", "", "bad"),
        State("", "Rising", "trending_up", "neutral"),
    ],
)
def test_a_state_is_told_by_letter_or_arrow_and_word_and_not_by_colour_alone(state: State):
    chip = BeautifulSoup(markup.chip(state), "html.parser").span
    assert chip.get_text() == f"{state.mark}{state.word}" and state.mark


def test_whose_figures_are_shown_stands_in_small(data: Dataset, time: Axis):
    of_borough = tile(data, Filters(indicator="pas_trust", wards=("E05009336",)))
    found = BeautifulSoup(markup.rows([of_borough], time, {"pas_trust": ""}), "html.parser")
    assert found.a.get_text() == of_borough.indicator.short and "whole borough" in found.small.get_text()
