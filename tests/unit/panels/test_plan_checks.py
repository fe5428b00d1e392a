"""The plan checked against the official series: each claim and each change counts once, and only against its own measure."""

from __future__ import annotations

import re

import pytest

from csp_dash.analytics import narrate
from csp_dash.domain.filters import Filters
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan import plan_checks


def test_a_claim_about_victims_of_an_age_is_not_judged_by_victims_of_every_age(data: Dataset) -> None:
    lines = dict(zip([item.figure for item in data.catalogue.checks], plan_checks.lines(data), strict=True))
    assert lines["sa_knife_injury_u24"].agrees is None
    assert lines["p4_knife_injuries"].agrees is not None


def test_a_claim_and_a_change_count_once(data: Dataset) -> None:
    title = plan_checks.table(data, Filters()).title
    agreeing, claims, changes, real = (int(number) for number in re.findall(r"\d+", title))
    lines = list(zip(data.catalogue.checks, plan_checks.lines(data), strict=True))
    assert claims == len({item.figure for item, line in lines if line.agrees is not None})
    assert agreeing == len({item.figure for item, line in lines if line.agrees})
    series = {
        (item.indicator, item.first, item.prior_first, item.last, item.prior_last): line.chance
        for item, line in lines
        if line.chance in (narrate.NOT_CHANCE, narrate.CHANCE, "no detectable change")
    }
    assert changes == len(series) < sum(bool(line.chance) for _, line in lines), "two claims here are about one change"
    assert real == sum(chance == narrate.NOT_CHANCE for chance in series.values())


@pytest.mark.parametrize("word", ["under 24", "under 25", "all weapons"])
def test_a_reason_that_names_another_measure_stands_by_a_claim_that_is_not_judged(data: Dataset, word: str) -> None:
    for item in data.catalogue.checks:
        if item.same and word in item.why:
            assert "next row" in item.why, item.figure
