"""The scorecard and the plan table: every measure once, the live ones first, and the tiles those of the measures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from csp_dash.catalogue import load
from csp_dash.domain.filters import Filters
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan.answers import headlines
from csp_dash.panels.plan.scorecard import plan_table, scorecard
from csp_dash.panels.tile import tile
from csp_dash.panels.verdict import live

PRIORITIES = [priority.slug for priority in load().priorities.values()]
VIEW = Filters(wards=("E05009336",), period="24m")


@pytest.mark.parametrize("slug", PRIORITIES)
@pytest.mark.parametrize("view", [Filters(), VIEW], ids=["plain", "a ward"])
def test_every_measure_of_a_priority_stands_on_its_scorecard_once(data: Dataset, slug: str, view: Filters):
    found, priority = scorecard(data, view, slug), data.catalogue.priorities[slug]
    assert len(found.slugs) == len(set(found.slugs)) and set(found.slugs) == set(priority.indicators)
    known = data.catalogue.indicators
    going = [item.indicator for group in found.groups for item in group.tiles]
    if any(live(data, known[own]) for own in priority.indicators):
        assert all(live(data, item) for item in going)
        assert not any(live(data, item.indicator) for item in found.ended)
    else:
        assert not found.ended, "where nothing goes on, what there is comes first"
    assert all(data.have(item) is None or not item.counts_in_headlines for item in found.without)
    titles = {theme.title: theme for theme in priority.themes}
    for group in found.groups:
        own = [item.indicator.slug for item in group.tiles]
        assert own and own == [slug for slug in titles[group.title].measures if slug in own], "in the plan's order"
    for item in (*found.ended, *(item for group in found.groups for item in group.tiles)):
        assert item == tile(data, replace(view, indicator=item.indicator.slug))


def test_the_public_scorecard_names_nothing_made_up(public_data: Dataset, data: Dataset):
    assert "nox_sightings" in {item.slug for item in scorecard(data, Filters(), "neighbourhood_crime").without}
    for slug in PRIORITIES:
        for name in scorecard(public_data, Filters(), slug).slugs:
            item = public_data.catalogue.indicators[name]
            assert public_data.shows(item) or not item.measured


def test_the_plan_table_has_every_headline_of_every_priority(data: Dataset):
    lines = plan_table(data, Filters())
    assert [line.priority.slug for line in lines] == PRIORITIES
    for line in lines:
        told = [item.indicator.slug for item in (*line.tiles, *line.ended)]
        assert sorted(told) == sorted(headlines(data, line.priority)) and told
        assert all(item.ends for item in line.ended) and not any(item.ends for item in line.tiles)


def test_a_measure_that_ended_is_no_headline_beside_a_live_one_of_the_same_outcome(data: Dataset):
    known = data.catalogue.indicators
    for priority in data.catalogue.priorities.values():
        stand = headlines(data, priority)
        going = {known[own].place.outcome for own in priority.indicators if live(data, known[own])}
        assert not [own for own in stand if not live(data, known[own]) and known[own].place.outcome in going]
