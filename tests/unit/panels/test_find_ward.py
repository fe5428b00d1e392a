"""Every street of the release is found as people type it: marks of a phone, short forms, a swapped or a missing letter."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from csp_dash.catalogue import load
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards.find_ward import Answer, find, plain


def swapped(name: str) -> str:
    """Two letters inside the longest word change places."""
    word = max(name.split(), key=len)
    middle = len(word) // 2
    wrong = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
    return name.replace(word, wrong, 1)


def missing(name: str) -> str:
    """A letter inside the longest word is left out."""
    word = max(name.split(), key=len)
    return name.replace(word, word[:2] + word[3:], 1)


HABITS: dict[str, tuple[Callable[[str], str], float]] = {
    "as it stands": (str, 1.0),
    "in small letters": (str.lower, 1.0),
    "with a phone's apostrophe": (lambda name: name.replace("'", "’"), 1.0),
    "without apostrophes": (lambda name: name.replace("'", ""), 1.0),
    "St with a full stop": (lambda name: re.sub(r"^St ", "St. ", name), 1.0),
    "Saint spelled out": (lambda name: re.sub(r"^St ", "Saint ", name), 1.0),
    "short forms": (lambda name: re.sub(r" Street$", " St", re.sub(r" Road$", " Rd", name)), 1.0),
    "two letters swapped": (swapped, 0.97),
    "a letter missing": (missing, 0.97),
}


def found(data: Dataset, street: str, wards: set[str], typed: str) -> bool:
    answer = find(data, typed)
    offered = {ward for label, ward in answer.offers if label.startswith(f"{street} (")}
    return answer.ward in wards or bool(offered & wards)


@pytest.mark.parametrize("habit", HABITS)
def test_every_street_is_found_or_offered(data: Dataset, habit: str) -> None:
    change, least = HABITS[habit]
    wards: dict[str, set[str]] = {}
    for street, ward in data.places.streets:
        wards.setdefault(street, set()).add(ward)
    assert len(wards) > 1400
    lost = [street for street, own in wards.items() if not found(data, street, own, change(street))]
    assert 1 - len(lost) / len(wards) >= least, lost[:20]


@pytest.mark.parametrize(
    ("typed", "street"),
    [("Chrsip Street", "Chrisp Street"), ("St. Paul’s Way", "St Paul's Way"), ("Watney Market", "Watney Street"),
     ("cable st", "Cable Street"), ("SAINT STEPHENS ROAD", "St Stephen's Road")],
)  # fmt: skip
def test_what_residents_typed_is_found_or_offered(data: Dataset, typed: str, street: str) -> None:
    wards = {ward for name, ward in data.places.streets if name == street}
    assert wards and found(data, street, wards, typed), find(data, typed)


def test_a_street_in_several_wards_says_how_to_choose(data: Dataset) -> None:
    counts: dict[str, set[str]] = {}
    for street, ward in data.places.streets:
        counts.setdefault(plain(street), set()).add(ward)
    long = next(name for name, wards in counts.items() if len(wards) == 3)
    answer = find(data, long)
    assert not answer.ward and {ward for _, ward in answer.offers} == counts[long]
    assert "Choose your part" in answer.sentence and all(data.names[ward] in answer.sentence for ward in counts[long])


@pytest.mark.parametrize("typed", ["Zzyzx Boulevard", "qqqqqq", "12"])
def test_a_search_that_finds_nothing_says_what_to_do(data: Dataset, typed: str) -> None:
    answer = find(data, typed)
    assert not answer.ward and not answer.offers and "choose your ward" in answer.sentence


def test_nothing_typed_is_no_search(data: Dataset) -> None:
    assert find(data, "  ") == Answer()


@pytest.mark.parametrize("typed", ["E1 4UJ", "e14uj", "E14", "SW1A 1AA"])
def test_a_postcode_without_a_directory_is_told_so(data: Dataset, typed: str) -> None:
    answer = find(data, typed)
    assert not answer.ward and "no directory" in answer.sentence and "street" in answer.sentence


def test_no_street_has_a_capital_after_its_apostrophe(data: Dataset) -> None:
    assert any("'s " in street for street, _ in data.places.streets)
    assert not [street for street, _ in data.places.streets if re.search(r"['’]S\b", street)]


def test_every_telephone_number_is_a_link() -> None:
    for contact in load().contacts:
        if re.search(r"(?<![\w.])(\d[\d ]{8,}|999|101)\b", contact.how):
            assert contact.link.startswith("tel:"), contact.title
            assert contact.link.removeprefix("tel:") in contact.how.replace(" ", "")


def test_every_ward_is_found_by_its_name_or_offered(data: Dataset) -> None:
    for code in data.wards:
        for typed in (data.names[code], f"{data.names[code].lower()} ward", data.names[code].replace("'", "")):
            answer = find(data, typed)
            assert code == answer.ward or code in {ward for _, ward in answer.offers}, typed


@pytest.mark.parametrize(
    ("typed", "wards"),
    [
        ("Bethnal Green", {"E05009317", "E05009331", "E05009333"}),  # two wards, and a place of that name in a third
        ("Bow", {"E05009319", "E05009320"}),
        ("Whitechapel", {"E05009336", "E05009317"}),  # never silently the ward next to it
    ],
)
def test_a_part_of_town_offers_all_its_wards(data: Dataset, typed: str, wards: set[str]) -> None:
    answer = find(data, typed)
    assert not answer.ward and {ward for _, ward in answer.offers} == wards and answer.sentence


@pytest.mark.parametrize("typed", ["East", "Gardens", "Town", "End", "and"])
def test_a_word_that_many_places_have_is_no_ward(data: Dataset, typed: str) -> None:
    answer = find(data, typed)
    assert not answer.ward and not any(label.endswith(" ward") for label, _ in answer.offers), answer


def test_a_ward_s_former_name_leads_to_it(data: Dataset) -> None:
    assert data.former and all(find(data, was).ward == code for code, was in data.former.items() if was == "St Peter's")


@pytest.mark.parametrize("typed", ["বাংলা", "!!!"])
def test_what_cannot_be_read_is_said(data: Dataset, typed: str) -> None:
    assert "list" in find(data, typed).sentence and not find(data, "  ").sentence
