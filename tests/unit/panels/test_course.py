"""The course of a measure: the months of its axis, the average of twelve, and its gaps."""

from __future__ import annotations

import pytest

from csp_dash.catalogue import load
from csp_dash.domain.enums import Frequency, Kind
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month
from csp_dash.panels.course import axis, course
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.selection import select

CATALOGUE = load()
SHOWN = [item.slug for item in CATALOGUE.indicators.values() if item.counts_in_headlines]


def test_the_axis_goes_from_the_baseline_to_the_newest_figures(data: Dataset):
    found = axis(data)
    assert found.first == data.catalogue.term.baseline.span.first == Month(2019, 4)
    assert found.first.plus(found.months) == data.newest
    assert found.first.plus(found.begin) == data.catalogue.term.span.first == Month(2021, 4)


@pytest.mark.grid(25)
@pytest.mark.parametrize("slug", SHOWN)
@pytest.mark.parametrize("wards", [(), ("E05009336",)], ids=["borough", "ward"])
def test_each_point_is_the_average_of_the_twelve_months_that_end_there(
    data: Dataset, slug: str, wards: tuple[str, ...]
):
    """Worked out here from the series alone."""
    question = select(data, Filters(indicator=slug, wards=wards))
    made, ways = course(data, question), axis(data)
    frame = data.series(question.indicator, question.areas)
    places = {Month.of(row.finish) - ways.first: at for at, row in enumerate(frame.itertuples())}
    assert [place for place, _ in made] == [place for place in sorted(places) if place >= (made[0][0] if made else 0)]
    assert all(0 <= place <= ways.months for place, _ in made)
    assert not made or made[0][1] is not None, "it begins with a figure"
    over, under = frame["numerator"].astype(float).tolist(), frame["denominator"].astype(float).tolist()
    monthly = question.indicator.frequency is Frequency.MONTH
    for place, value in made:
        at = places[place]
        months = slice(at - 11, at + 1) if monthly else slice(at, at + 1)
        if months.start < 0 or any(one != one for one in over[months]):  # not a number is not itself
            assert value is None, (place, value)
        elif question.indicator.kind is Kind.PROPORTION:
            assert value == pytest.approx((100 if monthly else 1) * sum(over[months]) / sum(under[months]))
        else:
            assert value == pytest.approx(sum(over[months]) / len(over[months]))


def test_a_missing_month_breaks_the_course(data: Dataset):
    """No figure of September 2023, so none of a year that holds it."""
    made = dict(course(data, select(data, Filters(indicator="asb"))))
    first = axis(data).first
    assert made.get(Month(2024, 8) - first) is None and made[Month(2024, 9) - first] is not None


def test_a_course_is_worked_out_once(data: Dataset):
    question = select(data, Filters(indicator="burglary"))
    assert course(data, question) is course(data, select(data, Filters(indicator="burglary", period="plan")))
