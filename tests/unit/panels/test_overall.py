"""The verdict on the whole plan: it names what is beyond chance, and leaves nothing out that got worse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from csp_dash.domain import wording
from csp_dash.domain.enums import Measure
from csp_dash.domain.filters import Filters
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan.answers import MOST, Overall, answer, headlines, overall
from csp_dash.panels.tile import Tile, tile
from csp_dash.panels.verdict import live

VIEWS = {
    "plain": Filters(),
    "a ward": Filters(wards=("E05009336",)),
    "two wards by rate": Filters(wards=("E05009318", "E05009319"), measure=Measure.RATE),
    "two years": Filters(period="24m"),
    "the plan": Filters(period="plan"),
    "a month": Filters(period="1m"),
    "a borough": Filters(compare="E09000012"),
}


def tiles(data: Dataset, view: Filters) -> dict[str, Tile]:
    """The tile of every live measure of the plan's priorities."""
    known = data.catalogue.indicators
    return {
        own: tile(data, replace(view, indicator=own))
        for priority in data.catalogue.priorities.values()
        for own in priority.indicators
        if priority.slug != "borough" and data.shows(known[own]) and live(data, known[own])
    }


def stand(data: Dataset) -> set[str]:
    priorities = data.catalogue.priorities.values()
    return {own for priority in priorities if priority.slug != "borough" for own in headlines(data, priority)}


def named(found: Overall, item: Tile) -> bool:
    return wording.inside(item.indicator.short).lower() in found.verdict.lower()


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_every_live_measure_that_got_worse_is_named(data: Dataset, view: Filters):
    found, heads = overall(data, view), stand(data)
    worse = {slug: item for slug, item in tiles(data, view).items() if item.state.tone == "bad"}
    besides = {slug for slug, *_ in found.worse}
    assert besides == {slug for slug in worse if slug not in heads}, "exactly these, and no other"
    for slug, item in worse.items():
        assert slug in besides or named(found, item), slug
    assert found.besides.count("{}") == len(found.worse)
    for slug, priority, name, moved in found.worse:
        assert slug in data.catalogue.priorities[priority].indicators
        assert moved == worse[slug].moved and name == wording.inside(worse[slug].indicator.short)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_of_the_headlines_it_names_those_beyond_chance_and_counts_the_others(data: Dataset, view: Filters):
    found, heads = overall(data, view), stand(data)
    told = {slug: item for slug, item in tiles(data, view).items() if slug in heads}
    moved = [item for item in told.values() if item.state.word in ("Improving", "Worsening", "Rising", "Falling")]
    for item in told.values():
        assert named(found, item) is (item in moved), (item.indicator.slug, found.verdict)
    still = sum(item.state.word == "No detectable change" for item in told.values())
    unknown = len(told) - len(moved) - still
    for number in (still, unknown, len(heads) - len(told)):
        assert not number or str(number) in found.besides or wording.counted(number, "x").split()[0] in found.besides


def test_the_verdict_is_one_sentence_with_its_verbs(data: Dataset):
    found = overall(data, Filters())
    assert found.verdict.endswith(".") and found.verdict.count(".") == 1 and found.verdict[0].isupper()
    assert " got better" in found.verdict and " rose" in found.verdict and "{" not in found.verdict
    before = overall(data, Filters(period="custom", first=data.oldest.plus(-120), last=data.oldest.plus(-109)))
    assert before.worse == () and before.verdict == "All offences cannot be judged."


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_priority_s_answer_leaves_no_worse_measure_out(data: Dataset, view: Filters):
    for priority in data.catalogue.priorities.values():
        if priority.slug == "borough":
            continue
        said = answer(data, view, priority.slug, "#measures")
        worse = [
            item for slug, item in tiles(data, view).items() if slug in priority.indicators and item.state.tone == "bad"
        ]
        if len(worse) > MOST:
            assert said.startswith(f"[{len(worse)} of ") and "](#measures)" in said
        for item in worse if len(worse) <= MOST else ():
            assert wording.inside(item.indicator.short).lower() in said.lower(), (priority.slug, said)
