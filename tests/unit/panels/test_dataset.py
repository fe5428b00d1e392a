"""The figures of views, held against plain SQL over the table of observations."""

from __future__ import annotations

import random
from collections import OrderedDict
from dataclasses import replace

import pytest
from support.walk import CUSTOM

from csp_dash.analytics.compare import Window
from csp_dash.catalogue import load
from csp_dash.domain.enums import Compare, Frequency
from csp_dash.domain.filters import PERIODS, Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Month, Span
from csp_dash.panels import dataset
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import select
from csp_dash.warehouse import Warehouse

SUMMED = """
with own as (
    select area, sum(numerator) as n, sum(denominator) as d, count(numerator) as periods
    from observation
    where indicator = $slug and list_contains($areas, area) and finish between $first and $last
    group by area
)
"""
NEWEST = """
with own as (
    select area, arg_max(numerator, finish) as n, arg_max_null(denominator, finish) as d, 1 as periods
    from observation
    where indicator = $slug and list_contains($areas, area) and finish between $first and $last
      and numerator is not null
    group by area
)
"""
TOGETHER = """
select sum(n order by list_position($areas, area)) as n, count(n) as with_n,  -- in the order in which they are asked for
       sum(d order by list_position($areas, area)) as d, count(d) as with_d, min(periods) as periods, count(*) as areas
from own
"""
VIEWS = 48


def plain(warehouse: Warehouse, item: Indicator, areas: tuple[str, ...], span: Span) -> Window:
    """The figure of some areas together in a period, added up by DuckDB."""
    monthly = item.frequency is Frequency.MONTH
    row = warehouse.ask(
        (SUMMED if monthly else NEWEST) + TOGETHER,
        slug=item.slug,
        areas=list(areas),
        first=span.first.first_day,
        last=span.last.last_day,
    ).iloc[0]
    if row["areas"] < len(areas):
        return Window(span, None)
    return Window(
        span,
        float(row["n"]) if row["with_n"] == len(areas) else None,
        float(row["d"]) if row["with_d"] == len(areas) else None,
        int(row["periods"]),
        span.months if monthly else 1,
    )


def asked(data: Dataset, slug: str) -> list[Filters]:
    """Views of a measure by a seeded generator: any place, period and comparison."""
    pick = random.Random(slug)
    found = []
    for _ in range(VIEWS):
        first = Month(pick.randint(2008, 2026), pick.randint(1, 12))
        chosen = pick.choice([CUSTOM, (first, first.plus(pick.randint(0, 60)))])
        period = pick.choice(list(PERIODS))
        wards = tuple(sorted(pick.sample(data.wards, pick.choice([0, 0, 1, 1, 2, 3]))))
        view = Filters(slug, wards, compare=pick.choice(list(Compare)), period=period)
        found.append(replace(view, first=chosen[0], last=chosen[1]) if period == "custom" else view)
    return found


MEASURES = sorted(slug for slug, item in load().indicators.items() if item.measured)


@pytest.mark.grid(10)
@pytest.mark.parametrize("slug", MEASURES)
def test_the_figures_of_a_view_are_those_of_the_table(data: Dataset, slug: str):
    item = data.catalogue.indicators[slug]
    known = 0
    for view in asked(data, slug):
        question = select(data, view)
        other = data.comparator(view.compare)
        places = [(question.kind, question.areas)] + ([other[1:]] if other else [])
        for kind, areas in places:
            for span in (question.span, question.before):
                if span is None or data.have(item, kind) is None:
                    continue
                found = data.window(item, kind, areas, span)
                assert found == plain(data.warehouse, item, areas, span), (view.to_params(), kind, span)
                known += found.numerator is not None
    assert known > 0, "a measure that no view has a figure of"


def test_the_views_that_are_asked_are_two_thousand_and_more():
    assert VIEWS * len(MEASURES) >= 2_000


@pytest.mark.grid(12)
@pytest.mark.parametrize("kind", AreaKind)
@pytest.mark.parametrize("slug", MEASURES)
def test_every_area_of_a_kind_has_its_own_figure(data: Dataset, slug: str, kind: AreaKind):
    item, span = data.catalogue.indicators[slug], Span(*CUSTOM)
    found = data.windows(item, kind, span)
    codes = [code for code, own in sorted(data.kinds.items()) if own == kind.value and data.have(item, kind)]
    wanted = {code: plain(data.warehouse, item, (code,), span) for code in codes}
    assert found == {code: window for code, window in wanted.items() if window.expected}


def test_what_depends_on_chosen_areas_is_kept_until_others_take_its_place(
    data: Dataset, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(data, "_lately", OrderedDict())
    monkeypatch.setattr(dataset, "MANY", 2)
    made: list[str] = []
    for key in ("a", "b", "a", "c", "a", "b"):
        assert data.lately(key, lambda key=key: made.append(key) or key.upper()) == key.upper()  # type: ignore[misc]
    assert made == ["a", "b", "c", "b"], "of two that are kept the one goes that was not asked for the longest"


def test_a_series_that_somebody_writes_into_stays_as_it_was(data: Dataset):
    item, areas = data.catalogue.indicators["burglary"], (data.wards[0],)
    written = data.series(item, areas)
    written["numerator"] = -1.0
    written["more"] = 0
    again = data.series(item, areas)
    assert (again["numerator"] >= 0).all() and "more" not in again
