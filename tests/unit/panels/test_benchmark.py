"""Another borough as the second line: drawn and told as London is, and said where it has no figures."""

from __future__ import annotations

import pytest

from csp_dash.domain.enums import Compare
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import CITY_OF_LONDON, TOWER_HAMLETS
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.tile import tile
from csp_dash.panels.trends.trend import trend

HACKNEY = "E09000012"


def lines(data: Dataset, compare: Compare | str) -> list[str]:
    figure = trend(data, Filters("burglary", compare=compare)).figure
    return [trace["name"] for trace in figure.data if trace.get("name") in ("Hackney", "London", "City of London")]


def test_the_32_other_authorities_of_london_can_be_chosen_by_name(data: Dataset):
    names = list(data.words.boroughs.values())
    assert len(names) == 32 and names == sorted(names)
    assert TOWER_HAMLETS not in data.words.boroughs and data.words.boroughs[HACKNEY] == "Hackney"


def test_another_borough_is_the_second_line_as_london_is(data: Dataset):
    assert lines(data, HACKNEY) == ["Hackney"]
    assert lines(data, Compare.LONDON) == ["London"]


def test_a_tile_tells_level_and_change_beside_another_borough(data: Dataset):
    other = tile(data, Filters("burglary", compare=HACKNEY)).other
    assert "in Hackney: " in other and "chance" in other


@pytest.mark.parametrize("slug", ["burglary", "pas_trust", "homicide"])
def test_a_measure_without_figures_of_that_borough_says_so(data: Dataset, slug: str):
    """The City of London has a police force of its own, which the Met's files and survey leave out."""
    view = Filters(slug, compare=CITY_OF_LONDON)
    assert tile(data, view).other.startswith("City of London: no")
    assert lines(data, CITY_OF_LONDON) == []
    assert tile(data, view).state == tile(data, Filters(slug)).state, "what it is compared with in time stays"
