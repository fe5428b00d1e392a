"""The list of wards beside a map: their order and ranks, the rate beside a count, the length of each bar."""

from __future__ import annotations

import pandas as pd
import pytest

from csp_dash.analytics.small_numbers import FEW, MARK
from csp_dash.domain.enums import Measure, Shade
from csp_dash.domain.filters import Filters
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import select, value_words
from csp_dash.panels.wards import ward_list as made
from csp_dash.panels.wards.ward_list import ward_list

NEWEST = ("2025-04-01", "2026-03-31")


def counted(data: Dataset, slug: str) -> dict[str, float]:
    """Each ward's count of the latest twelve months, added up here from its series."""
    found = {}
    for code in data.wards:
        frame = data.series(data.catalogue.indicators[slug], (code,))
        found[code] = float(frame["numerator"].astype(float).tail(12).sum())
    return found


def test_all_wards_the_highest_first_with_their_counts_and_rates(data: Dataset):
    counts = counted(data, "burglary")
    found = ward_list(data, Filters(indicator="burglary"))
    assert sorted(counts.values(), reverse=True) == [counts[ward.code] for ward in found.wards]
    question = select(data, Filters(indicator="burglary", measure=Measure.RATE))
    assert found.figure_head == "Offences" and found.rate_head == "Per 1,000"
    for ward in found.wards:
        assert ward.figure == f"{counts[ward.code]:,.0f}" and ward.name == data.names[ward.code]
        rate = value_words(question, 1000 * counts[ward.code] / data.people[ward.code])
        assert ward.rate.removesuffix(f" {MARK}") == rate
        assert ward.share == pytest.approx(counts[ward.code] / max(counts.values()))
    assert len(found.wards) == 20 and found.wards[0].share == 1


@pytest.mark.parametrize("slug", ["burglary_business", "arson"])
def test_equal_wards_share_a_rank(data: Dataset, slug: str):
    found = ward_list(data, Filters(indicator=slug))
    figures = [float(ward.figure.replace(",", "")) for ward in found.wards]
    assert [ward.rank for ward in found.wards] == [1 + sum(other > figure for other in figures) for figure in figures]


def test_ties_are_met(data: Dataset):
    """What the test before looks for is there."""
    found = ward_list(data, Filters(indicator="arson"))
    ranks = [ward.rank for ward in found.wards]
    assert len(set(ranks)) < len(ranks) and ranks[0] == 1


def test_the_numbers_on_the_map_are_the_ranks_of_the_list(data: Dataset):
    found = ward_list(data, Filters(indicator="burglary"))
    for ward in found.wards:
        assert f">{ward.rank}</tspan>" in found.numbered
        assert ward.name.split()[0] in found.named
    assert found.numbered.count('class="strong"') + found.numbered.count("class=strong") == made.TOP


def test_rates_have_no_second_rate_beside_them(data: Dataset):
    found = ward_list(data, Filters(indicator="burglary", measure=Measure.RATE))
    assert found.rate_head == "" and found.figure_head == "Per 1,000" and not any(ward.rate for ward in found.wards)


@pytest.mark.parametrize(
    ("shade", "head", "sign"),
    [
        (Shade.CHANGE, "Change", "%"),
        (Shade.SHARE, "Share", "%"),
        (Shade.UNUSUAL, "× expected", ""),
        (Shade.AREA, "Per km²", ""),
    ],
)
def test_every_shade_has_its_head_and_its_figures(data: Dataset, shade: Shade, head: str, sign: str):
    found = ward_list(data, Filters(indicator="burglary", shade=shade))
    assert found.figure_head == head and all(ward.figure.endswith(sign) for ward in found.wards)
    assert all(0 <= ward.share <= 1 for ward in found.wards), "a fall has no bar"
    assert any(ward.figure.startswith("\u2212") for ward in found.wards) is (shade is Shade.CHANGE)


def test_without_figures_no_ward_has_a_rank(data: Dataset):
    before = Filters(indicator="burglary", period="custom", first=data.oldest.plus(-120), last=data.oldest.plus(-109))
    found = ward_list(data, before)
    assert found.panel.empty and len(found.wards) == 20
    assert {(ward.rank, ward.rate, ward.share) for ward in found.wards} == {(None, "", 0.0)}


def test_made_up_figures_get_no_rates(data: Dataset):
    found = ward_list(data, Filters(indicator="nox_sightings"))
    assert found.rate_head == "" and not any(ward.rate for ward in found.wards)
    assert "illustrative" in found.panel.alt and "illustrative" in found.named.lower()


def test_few_cases_carry_their_mark(data: Dataset):
    wards = ward_list(data, Filters(indicator="arson")).wards
    assert {ward.rate.endswith(MARK) for ward in wards} == {True, False}
    assert all(ward.rate.endswith(MARK) is (0 < float(ward.figure) < FEW) for ward in wards)


def test_the_frame_holds_a_year(data: Dataset):
    assert pd.Timestamp(NEWEST[1]) == pd.Timestamp(data.newest.last_day), "else the sums above are of other months"
