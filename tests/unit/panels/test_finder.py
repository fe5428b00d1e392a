"""The search of the plan and methods pages: what it finds, in which order, and that it forgives."""

from __future__ import annotations

import pytest

from csp_dash.domain.filters import PART, Filters
from csp_dash.panels import finder
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.finder import Entry, Found, Index


@pytest.fixture(scope="module")
def index(data: Dataset) -> Index:
    return finder.index(data, Filters())


def made(*entries: Entry) -> Index:
    return Index(entries, tuple(sorted({word for entry in entries for word in entry.words})))


def entry(title: str, text: str = "", also: str = "") -> Entry:
    return Entry("Measure", title, text, "methods", "measures", also)


def titles(found: Found) -> list[str]:
    return [hit.entry.title for hit in found.hits]


def test_every_kind_of_thing_is_in_the_index_once(data: Dataset, index: Index):
    catalogue = data.catalogue
    kinds = [item.kind for item in index.entries]
    assert kinds.count("Contradiction") == len(catalogue.contradictions)
    assert kinds.count("Passage") == len(catalogue.passages)
    assert kinds.count("Measure") == sum(data.shows(item) for item in catalogue.indicators.values())
    assert kinds.count("Promise") == sum(len(item.delivery) for item in catalogue.priorities.values() if item.outcomes)
    assert kinds.count("Target") == len(catalogue.targets) and kinds.count("Board") == len(catalogue.boards)
    assert kinds.count("Checked claim") == len(catalogue.checks)
    assert {"Source", "Caution", "Break", "Event", "Method", "Help", "Aim", "Outcome wanted"} <= set(kinds)
    assert all(PART.fullmatch(item.part) and item.title.strip() for item in index.entries)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("burglary", "Burglary"),
        ("BURGLARY  residential", "Burglary, residential"),
        ("public atitude survey", "Public Attitude Survey: borough results"),
        ("shopliftng", "Shoplifting"),
        ("49% of whom", "10. 49% of whom?"),
        ("CONTEST Board", "CONTEST Board"),
    ],
)
def test_what_is_named_so_comes_first(index: Index, typed: str, first: str):
    assert titles(finder.find(index, typed))[0] == first


def test_all_words_are_needed_in_any_order_case_or_accent():
    known = made(entry("Café theft", "Chairs and tables."), entry("Theft of cars"))
    assert titles(finder.find(known, "THEFT cafe")) == ["Café theft"]
    assert titles(finder.find(known, "thef")) == ["Café theft", "Theft of cars"]
    assert finder.find(known, "cafe cars") == Found()


def test_a_misspelt_word_is_forgiven_and_a_short_one_is_not():
    known = made(entry("Robbery"), entry("Rape"))
    assert titles(finder.find(known, "robery")) == ["Robbery"] == titles(finder.find(known, "rbobery"))
    assert finder.find(known, "rope") == Found() == finder.find(known, "burglary")


def test_a_word_in_the_name_stands_before_one_in_the_text():
    known = made(entry("Arson", "Fires, not burglary."), entry("Burglary", "Break-ins."))
    assert titles(finder.find(known, "burglary")) == ["Burglary", "Arson"]


def test_the_text_around_is_short_and_holds_what_was_found():
    long = " ".join(["before"] * 60 + ["needle"] + ["after"] * 60)
    (hit,) = finder.find(made(entry("Hay", long)), "needle").hits
    assert "needle" in hit.around and len(hit.around) < 160
    assert hit.around.startswith("… ") and hit.around.endswith(" …")
    (hit,) = finder.find(made(entry("Hay", "Short.")), "hay").hits
    assert hit.around == "Short."


@pytest.mark.parametrize("typed", ["", "  ", "<b>", "…", "a" * 80, "\x00", "%s", "zzz qqq"])
def test_what_is_nowhere_finds_nothing(index: Index, typed: str):
    assert finder.find(index, typed) == Found()


def test_the_number_of_all_hits_is_told_beside_the_best(index: Index):
    found = finder.find(index, "police")
    assert len(found.hits) == finder.MOST < found.number


def test_a_public_instance_finds_nothing_that_it_does_not_show(data: Dataset, public_data: Dataset, index: Index):
    hidden = [item for item in data.catalogue.indicators.values() if not public_data.shows(item)]
    assert hidden and {item.title for item in hidden} <= {entry.title for entry in index.entries}
    public = finder.index(public_data, Filters())
    assert not {item.title for item in hidden} & {entry.title for entry in public.entries}
    parts = {entry.part for entry in public.entries}
    assert not {f"measures.{item.slug}" for item in hidden} & parts and "sources.nox_illustrative" not in parts
