"""One ward's card and two wards held against each other: places by a sort, verdicts by the one engine."""

from __future__ import annotations

import re

import pytest
from support.independent_counts import CHECKED, NEWEST, Second
from support.pictures import plotly

from csp_dash.analytics import narrate
from csp_dash.analytics.compare import Window, against
from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month, Span
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards.ward_card import versus, ward_cards

SPAN = Span(*map(Month.parse, NEWEST))
PAIRS = [
    ("E05009336", "E05009317"), ("E05009318", "E05009335"), ("E05009325", "E05009333"), ("E05009320", "E05009322"),
    ("E05009327", "E05009329"),
]  # fmt: skip


def place(line: str) -> int:
    head = line.split(" of the ")[0]
    number = re.fullmatch(r"(joint )?((\d+)(st|nd|rd|th) )?(highest|lowest)", head.lower())
    assert number is not None, line
    return int(number[3] or 1)


@pytest.mark.parametrize("slug", CHECKED)
def test_a_wards_standing_is_its_place_in_a_sort(data: Dataset, second: Second, slug: str):
    counts = second.counts(slug, *NEWEST)
    rates = counts / second.residents
    for code in data.wards:
        (card,) = ward_cards(data, Filters(indicator=slug, wards=(code,)))
        assert card.code == code and card.name == second.names[code]
        assert card.tile.number == counts[code]
        by_rate, by_number = (
            next(line for line in card.standing if " of the 20 wards" in line and word in line)
            for word in ("rate", "number")
        )
        for line, values in ((by_rate, rates), (by_number, counts)):
            above, below = (values > values[code]).sum(), (values < values[code]).sum()
            assert ("lowest" in line.lower()) is bool(below < above), "told from the nearer end"
            assert place(line) == min(above, below) + 1
            assert ("oint" in line) is bool((values == values[code]).sum() > 1)


@pytest.mark.parametrize("slug", CHECKED)
def test_what_the_boroughs_rate_would_give_a_ward(data: Dataset, second: Second, slug: str):
    counts = second.counts(slug, *NEWEST)
    expected = second.residents * counts.sum() / second.residents.sum()
    for code in data.wards:
        (card,) = ward_cards(data, Filters(indicator=slug, wards=(code,)))
        line = next(line for line in card.standing if "would have" in line)
        assert f"{round(expected[code]):,} " in line
        if "about as many" not in line:
            assert ("more than" in line) is bool(counts[code] > expected[code])
            assert ("fewer than" in line) is bool(counts[code] < expected[code])


def test_cards_stand_in_the_order_of_the_view(data: Dataset):
    wards = ("E05009336", "E05009317", "E05009335")
    assert tuple(card.code for card in ward_cards(data, Filters(indicator="asb", wards=wards))) == wards
    assert ward_cards(data, Filters(indicator="asb")) == ()


def test_a_ward_without_a_figure_has_no_standing(data: Dataset):
    view = Filters(indicator="asb", wards=("E05009336",), period="custom", first=Month(1995, 1), last=Month(1995, 12))
    (card,) = ward_cards(data, view)
    assert card.standing == () and card.tile.number is None


def test_made_up_figures_have_no_standing_and_no_verdict(data: Dataset):
    for wards in (("E05009336",), ("E05009336", "E05009317")):
        for card in ward_cards(data, Filters(indicator="nox_sightings", wards=wards)):
            assert card.standing == ()
    picture = versus(data, Filters(indicator="nox_sightings", wards=("E05009336", "E05009317")))
    assert picture.sentence == "" and "llustrative" in picture.title
    for text in (picture.title, picture.alt, picture.caption):
        assert "chance" not in text and "higher" not in text and "residents" not in text


@pytest.mark.parametrize("wards", PAIRS)
@pytest.mark.parametrize("slug", CHECKED)
def test_the_gap_of_two_wards_is_the_engines(data: Dataset, second: Second, slug: str, wards: tuple[str, str]):
    counts = second.counts(slug, *NEWEST)
    item = data.catalogue.indicators[slug]
    held = against(
        *(Window(SPAN, counts[code], None, 12, 12) for code in wards),
        people=(second.residents[wards[0]], second.residents[wards[1]]),
        dispersions=tuple(data.noise(item, (code,)).dispersion.value for code in wards),  # type: ignore[arg-type]
    )
    rates = {code: 1000 * counts[code] / second.residents[code] for code in wards}
    high, low = sorted(wards, key=rates.__getitem__, reverse=True)
    said = versus(data, Filters(indicator=slug, wards=wards)).sentence
    for code in wards:
        assert f"{wording.rate(rates[code])} " in said and second.names[code] in said
    assert said.index(wording.rate(rates[wards[0]])) < said.index(second.names[wards[0]])
    gap = wording.percent(100 * (rates[high] / rates[low] - 1))
    assert f"{gap} higher in {second.names[high]}" in said
    assert (narrate.NOT_CHANCE in said) is held.detectable
    assert (narrate.CHANCE in said) is not held.detectable


def test_both_verdicts_are_given(data: Dataset):
    """What the test before looks at holds both."""
    said = [versus(data, Filters(indicator=slug, wards=pair)).sentence for slug in CHECKED for pair in PAIRS]
    assert any(narrate.NOT_CHANCE in text for text in said) and any(narrate.CHANCE in text for text in said)


def test_the_order_of_two_wards_changes_no_verdict(data: Dataset):
    one, other = (versus(data, Filters(indicator="burglary", wards=pair)) for pair in (PAIRS[0], PAIRS[0][::-1]))
    assert one.sentence.split(": ")[-1] == other.sentence.split(": ")[-1]


def test_each_ward_has_its_line(data: Dataset, second: Second):
    wards = ("E05009317", "E05009335", "E05009336")
    picture = versus(data, Filters(indicator="burglary", wards=wards))
    assert all(second.names[code] in picture.alt for code in wards)
    assert sum(trace.mode == "lines+markers" and len(trace.x) > 24 for trace in plotly(picture.figure).data) == 3
    assert picture.evidence.csv.count("\n") == 4
    for code in wards:
        assert code in picture.evidence.csv


def test_two_wards_without_whole_figures_are_refused_in_words(data: Dataset):
    view = Filters(indicator="asb", wards=PAIRS[0], period="custom", first=Month(2023, 7), last=Month(2024, 6))
    said = versus(data, view).sentence
    assert "no whole figure" in said and "chance" not in said
