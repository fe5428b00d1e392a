"""A figure always says whose it is, of which period, in which measure: what `checks/scope.py` does not walk over."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from support import walk
from support.checks.scope import BARE, unnamed
from support.grids import at_least, sample
from support.pictures import plotly

from csp_dash.domain.enums import Compare, Kind, Measure, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import select
from csp_dash.panels.themes import (
    crime_harm,
    hate_crime_strands,
    night_time_economy,
    stop_search_ethnicity,
    survey_ranks,
)
from csp_dash.panels.tile import tile
from csp_dash.panels.trends.trend import trend
from csp_dash.panels.wards import map_over_time, ward_map
from csp_dash.panels.wards.map_over_time import Grain

PLACES = (walk.BOROUGH, walk.WARD, walk.WARDS)


def test_a_panel_of_what_was_asked_for_is_not_named_twice(data: Dataset):
    for slug in walk.shown(data):
        view = Filters(slug)
        if not select(data, view).whose:
            assert tile(data, view).title == data.catalogue.indicators[slug].short


@pytest.mark.parametrize(
    "build",
    [
        stop_search_ethnicity.groups,
        night_time_economy.night,
        survey_ranks.ranks,
        hate_crime_strands.strands,
        crime_harm.volume_harm,
    ],
)
def test_a_panel_of_a_page_names_the_borough(data: Dataset, build: walk.Builder):
    for wards in PLACES:
        for period in ("12m", "plan"):
            view = Filters("stop_search", wards, period=period)
            assert not unnamed(walk.Said(build.__name__, view, build(data, view)), "Tower Hamlets")


def test_a_map_of_rates_over_a_period_that_is_no_year_says_so(data: Dataset):
    seen = 0
    views = walk.views(data, places=(walk.BOROUGH,), periods=("12m", "plan", "1m"), measures=(Measure.RATE,))
    drawn = [view for view in views if data.have(data.catalogue.indicators[view.indicator], AreaKind.WARD)]
    for view in sample(drawn, 15, "maps of rates"):
        made = ward_map.ward_map(data, view)
        if made.picture.empty or made.picture.indicator.trust is Trust.ILLUSTRATIVE:
            continue
        year = view.period == "12m"
        exported = pd.read_csv(io.StringIO(made.picture.evidence.csv))
        assert (" a year" in made.picture.caption) is not year and (" a year" in made.picture.alt) is not year
        assert ("yearly" in made.picture.title) is (not year and "highest" in made.picture.title), made.picture.title
        assert set(exported["unit"].str.endswith(" a year")) == {not year}
        assert all(" a year" in label for _, label in made.picture.legend if label != "no data") is not year
        seen += 1
    assert seen > at_least(60)


def test_london_is_drawn_where_it_is_compared_with(data: Dataset):
    drawn = trend(data, Filters("burglary", compare=Compare.LONDON))
    assert "London" in str(plotly(drawn.figure).to_json()) and not BARE.search(drawn.sentence), (
        "beside another place, all is rates"
    )


@pytest.mark.parametrize("measure", list(Measure))
def test_the_same_months_have_the_same_classes_wherever_they_are_drawn(data: Dataset, measure: Measure):
    seen = 0
    items = data.catalogue.indicators.values()
    drawn = [
        item.slug
        for item in items
        if item.kind is Kind.COUNT and data.have(item, AreaKind.WARD) and item.trust is not Trust.ILLUSTRATIVE
    ]
    views = walk.views(data, slugs=drawn, places=(walk.BOROUGH,), periods=("12m", "1m", "base"), measures=(measure,))
    for view in sample(views, 10, f"classes of maps by {measure}"):
        made = ward_map.ward_map(data, view)
        question = made.shaded.question
        assert question.span is not None
        grain = Grain.MONTH if view.period == "1m" else Grain.YEAR
        steps = map_over_time.steps(data, view, grain)
        if made.picture.empty or question.span not in steps.spans:
            continue
        at = Filters(
            view.indicator, measure=measure, period="custom", first=question.span.first, last=question.span.last
        )
        step = map_over_time.moment(data, at, grain)
        assert [chip for chip in made.picture.legend if chip[1] != "no data"] == list(step.legend), view.to_params()
        wall = ward_map.wall(data, view)
        if measure is Measure.RATE:
            assert wall.legend == made.picture.legend
        seen += 1
    assert seen > at_least(60)
