"""What is worked out once for a release is bounded by the release, not by what readers ask for."""

from __future__ import annotations

from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan.answers import ward_answer
from csp_dash.panels.tile import tile
from csp_dash.panels.trends.comparisons import comparisons
from csp_dash.panels.trends.trend import trend
from csp_dash.panels.wards.choropleth import offered
from csp_dash.panels.wards.ward_map import ward_map

WARDS = ("E05009317", "E05009335", "E05009336")


def walk(data: Dataset, **view: object) -> None:
    asked = Filters(indicator="burglary", **view)  # type: ignore[arg-type]
    offered(data, asked)
    for build in (tile, trend, comparisons, ward_map):
        build(data, asked)
    if asked.wards:
        ward_answer(data, asked)


def test_other_wards_and_months_are_kept_under_no_keys_of_their_own(data: Dataset):
    walk(data)
    walk(data, wards=WARDS[:1], period="1m")
    before = set(data.warehouse._kept)
    assert before
    walk(data, wards=WARDS[1:])
    walk(data, wards=WARDS[:2], period="custom", first=Month(2022, 1), last=Month(2023, 4))
    assert set(data.warehouse._kept) == before
