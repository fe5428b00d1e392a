"""The reading bench: its limits are those that were agreed, and it says which are missed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import ROOT

from bench import reading
from bench.__main__ import pages
from bench.reading import Fold, Seen

FOUND = {
    "height": 1099.6, "within": [], "aside": [], "wider": 0, "nodes": 1600, "verdict": 200, "tiles": 768, "picture": 768,
    "texts": ["Knife crime: got better ·", "27"], "pictured": ["2019"],
}  # fmt: skip


def held(one: Seen) -> dict[str, bool]:
    return {verdict.what: verdict.held for verdict in reading.judged(one)}


def test_every_page_but_the_wall_and_the_changes_has_limits():
    assert set(reading.LIMITS) == set(pages(ROOT)) - {"board", "changes"}


def test_words_have_a_letter_or_a_digit_and_those_of_pictures_count():
    one = reading.seen("violence", 1366, FOUND)
    assert (one.words, one.pictured) == (6, 1)


def test_a_page_at_its_limits_holds_them_and_one_pixel_more_misses():
    one = reading.seen("violence", 1366, FOUND)
    assert set(held(one).values()) == {True} and len(held(one)) == 7
    for changed, what in (
        ({"height": 1101}, "height at 1366"),
        ({"scrolls": 1}, "height at 1366"),
        ({"wider": 1}, "wider than 1366"),
        ({"words": 451}, "words at 1366"),
        ({"nodes": 1601}, "nodes at 1366"),
        ({"edges": one.edges | {"tiles": 769}}, "end of the tiles at 1366"),
        ({"edges": one.edges | {"picture": None}}, "end of the picture at 1366"),
    ):
        assert [name for name, kept in held(replace(one, **changed)).items() if not kept] == [what]


@pytest.mark.parametrize(
    ("page", "width", "height", "words"),
    [
        ("overview", 1366, 1300, 550),
        ("overview", 1920, 1080, 550),
        ("overview", 390, 3000, 550),
        ("confidence", 390, 2600, 450),
        ("my_ward?ward=E05009317", 390, 1800, 350),
        ("explore?indicator=burglary", 1366, 1200, 400),
        ("plan?part=boards", 1366, 2300, 900),
        ("methods?part=sources", 390, 5000, 900),
    ],
)
def test_a_page_is_held_to_its_own_limits(page: str, width: int, height: int, words: int):
    limits = {verdict.what: verdict.limit for verdict in reading.judged(reading.seen(page, width, FOUND))}
    assert (limits[f"height at {width}"], limits[f"words at {width}"]) == (height, words)


def test_the_text_names_folds_with_the_longest_and_what_is_missed():
    one = replace(
        reading.seen("violence", 1366, FOUND), height=1500, folds=(Fold("Older measures", 40), Fold("Notes", 90))
    )
    said = reading.text([one])
    assert "| violence | 1366 | 1500 | 0 | 6 | 1 | 1600 | 0 | 200 | 768 | 768 |" in said
    assert "- violence: longest 90 words, Notes. All: Older measures (40); Notes (90)." in said
    assert "6 held, 1 missed" in said and "- MISSED: violence, height at 1366: 1500 of 1100" in said
