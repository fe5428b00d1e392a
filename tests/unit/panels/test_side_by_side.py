"""Two measures side by side: their correlation worked out again from the files, and what is said of it."""

from __future__ import annotations

import io
import itertools

import pandas as pd
import pytest
from scipy.stats import spearmanr
from support.independent_counts import NEWEST, Second
from support.pictures import plotly

from csp_dash.catalogue import load
from csp_dash.domain.enums import Measure, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.periods import Month
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards.side_by_side import second_of, seconds, side_by_side

CATALOGUE = load()
WHITECHAPEL = "E05009336"
WARDS = [("burglary", "asb"), ("burglary_home", "burglary")]


@pytest.mark.parametrize(("one", "other"), WARDS)
def test_the_correlation_over_the_wards_is_that_of_their_rates(data: Dataset, second: Second, one: str, other: str):
    rates = [(second.counts(slug, *NEWEST) / second.residents).sort_index() for slug in (one, other)]
    wanted = spearmanr(*rates).statistic
    picture = side_by_side(data, Filters(indicator=one), other).over_wards
    assert f"{wanted:+.2f}".replace("-", "−") in picture.sentence and "20 wards" in picture.sentence
    csv = pd.read_csv(io.StringIO(picture.evidence.csv)).set_index("area").sort_index()
    assert csv["value"].tolist() == pytest.approx((1000 * rates[0]).tolist(), rel=1e-6)
    assert csv["other"].tolist() == pytest.approx((1000 * rates[1]).tolist(), rel=1e-6)
    assert "Neither need cause the other" in picture.remark and "same residents" in picture.remark
    assert len(plotly(picture.figure).data[0].x) == 20


def test_the_correlation_over_time_is_of_changes_and_not_of_levels(data: Dataset):
    view = Filters(indicator="burglary")
    picture = side_by_side(data, view, "robbery_personal").over_time
    csv = pd.read_csv(io.StringIO(picture.evidence.csv))
    years = []
    for slug in ("burglary", "robbery_personal"):
        frame = data.series(CATALOGUE.indicators[slug], ("E09000030",))
        total = (
            frame.assign(year=frame["start"].dt.year - (frame["start"].dt.month < 4)).groupby("year")["numerator"].sum()
        )
        years.append(total)
        column = "value" if slug == "burglary" else "other"
        assert csv[column].tolist() == total.iloc[1:].tolist()
    changes = [total.pct_change().iloc[1:] for total in years]
    assert csv["change"].tolist() == pytest.approx((100 * changes[0]).tolist())
    wanted, levels = spearmanr(*changes).statistic, spearmanr(*years).statistic
    assert f"{wanted:+.2f}" in picture.sentence and f"{levels:+.2f}" not in picture.sentence
    assert f"{len(changes[0])} yearly changes" in picture.sentence and "not levels" in picture.remark


def test_no_year_is_compared_across_a_declared_break(data: Dataset):
    for slug in ("burglary_home", "racially_aggravated_fear"):
        item = data.catalogue.indicators[slug]
        cuts = [data.catalogue.events[name].start for name in item.breaks]
        assert cuts
        csv = pd.read_csv(
            io.StringIO(side_by_side(data, Filters(indicator=slug), "robbery_personal").over_time.evidence.csv)
        )
        for row in csv.to_dict("records"):
            before = str(int(row["year_from"][:4]) - 1) + row["year_from"][4:]
            assert not any(cut and before < str(cut) <= row["year_to"] for cut in cuts), (slug, row)


def test_too_few_years_and_no_wards_are_said(data: Dataset):
    few = side_by_side(data, Filters(indicator="asb"), "violence_with_injury").over_time
    assert "too few" in few.title and "there is one" in few.sentence and "Spearman" not in few.sentence
    none = side_by_side(data, Filters(indicator="burglary"), "pas_trust").over_wards
    assert none.empty and "no ward figures" in none.title and "trust" in none.sentence
    early = Filters(indicator="burglary", period="custom", first=Month(1995, 1), last=Month(1995, 12))
    before = side_by_side(data, early, "robbery_personal").over_wards
    assert before.empty and "Spearman" not in before.sentence


def test_a_part_and_its_whole_are_said_to_have_cases_in_common(data: Dataset):
    for one, other in (("burglary", "burglary_home"), ("burglary_home", "total_offences")):
        found = side_by_side(data, Filters(indicator=one), other)
        for picture in (found.over_time, found.over_wards):
            assert "Home burglary is counted in" in picture.remark
    assert "counted in" not in side_by_side(data, Filters(indicator="burglary"), "robbery_personal").over_time.remark


def test_wards_of_one_do_not_stand_beside_the_borough_of_the_other(data: Dataset):
    view = Filters(indicator="burglary", wards=(WHITECHAPEL,))
    both = side_by_side(data, view, "robbery_personal").over_time
    assert both.caption.startswith("Whitechapel.")
    one = side_by_side(data, view, "pas_trust").over_time
    assert one.caption.startswith("Tower Hamlets.") and "no ward figures" in one.sentence


def test_every_pair_says_something_true_of_itself(data: Dataset):
    """A walk over pairs of different kinds, in counts and rates: a finding with its numbers, or a sentence why there is none."""
    slugs = (
        "burglary",
        "asb",
        "stop_search_found",
        "pas_trust",
        "youth_fte",
        "rough_sleeping",
        "homicide",
        "dwelling_fires",
    )
    for (one, other), measure in itertools.product(itertools.permutations(slugs, 2), Measure):
        found = side_by_side(data, Filters(indicator=one, measure=measure), other)
        for picture in (found.over_time, found.over_wards):
            plotly(picture.figure)
            assert picture.sentence and picture.alt and "nan" not in picture.sentence
            claims = "tend to" in picture.title
            assert claims is ("Spearman" in picture.sentence and "takes in nought" not in picture.sentence)


def test_made_up_and_awaited_measures_stand_beside_nothing(data: Dataset, public_data: Dataset):
    for some in (data, public_data):
        for slug in seconds(some, Filters(indicator="burglary")):
            assert some.catalogue.indicators[slug].trust is Trust.OFFICIAL and slug != "burglary"
    assert second_of(data, Filters(indicator="burglary", beside="nox_sightings")) != "nox_sightings"
    assert second_of(data, Filters(indicator="sexual_offences")) == "pas_trust", "what it is read with comes first"
    assert second_of(data, Filters(indicator="burglary", beside="asb")) == "asb"


def test_a_public_page_draws_no_wards_of_what_it_withholds(public_data: Dataset):
    held = [
        slug for slug, item in public_data.catalogue.indicators.items()
        if item.feed(AreaKind.WARD) and public_data.shows(item) and not public_data.shows(item, AreaKind.WARD)
    ]  # fmt: skip
    assert held
    for slug in held:
        for view, other in ((Filters(indicator="burglary"), slug), (Filters(indicator=slug), "burglary")):
            picture = side_by_side(public_data, view, other).over_wards
            assert picture.empty and picture.evidence.table.empty


def test_both_sources_are_named(data: Dataset):
    told = side_by_side(data, Filters(indicator="asb"), "violence_with_injury").over_time.evidence
    for card in (data.catalogue.sources["police_uk"], data.catalogue.sources["mps_borough_whole"]):
        assert card.title in told.source and card.publisher in told.source and card.title in told.title
    assert not told.url and told.notes
    same = side_by_side(data, Filters(indicator="burglary"), "robbery_personal").over_time.evidence
    assert same.url == data.catalogue.sources["mps_borough_whole"].url and ";" not in same.title
