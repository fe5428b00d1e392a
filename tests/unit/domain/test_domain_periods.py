"""Months and spans: reading, moving, naming, and the earlier period that each is compared with."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from csp_dash.domain.periods import Month, Span, financial_year, year_to_date

MONTHS = st.builds(Month, st.integers(1990, 2100), st.integers(1, 12))


@given(MONTHS)
def test_a_month_is_read_back_as_it_is_written(month: Month):
    assert Month.parse(str(month)) == month


@given(MONTHS, st.integers(-600, 600))
def test_moving_a_month_is_undone_and_counted(month: Month, steps: int):
    moved = month.plus(steps)
    assert 1 <= moved.month <= 12
    assert moved - month == steps
    assert moved.plus(-steps) == month


def test_a_month_knows_its_first_and_last_day():
    assert Month(2024, 2).first_day == date(2024, 2, 1)
    assert Month(2024, 2).last_day == date(2024, 2, 29)
    assert Month(2100, 2).last_day == date(2100, 2, 28)
    assert Month.of(date(2026, 3, 31)) == Month(2026, 3)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-3", "2026-13", "2026-00", "26-03", "March 2026", "2026-03-01", "1989-12", "2101-01", "x"]
)
def test_what_is_no_month_is_refused_in_a_sentence(text: str):
    with pytest.raises(ValueError, match=r"is not a month\. Write it as YYYY-MM"):
        Month.parse(text)


def test_months_sort_by_time():
    assert sorted([Month(2021, 1), Month(2020, 12), Month(2020, 2)]) == [
        Month(2020, 2),
        Month(2020, 12),
        Month(2021, 1),
    ]


def test_a_span_counts_both_ends_and_cannot_run_backwards():
    assert Span(Month(2025, 4), Month(2026, 3)).months == 12
    assert Span(Month(2026, 3), Month(2026, 3)).months == 1
    with pytest.raises(ValueError, match=r"ends .2026-02. before it starts .2026-03."):
        Span(Month(2026, 3), Month(2026, 2))


@given(MONTHS, st.integers(1, 200))
def test_a_span_is_compared_with_the_same_months_of_earlier_years(first: Month, months: int):
    span = Span(first, first.plus(months - 1))
    before = span.before()
    assert before.months == span.months
    assert before.first.month == span.first.month
    assert before.last < span.first, "the two do not overlap"
    assert span.first - before.first < months + 12, "and no whole year lies between them"


def test_what_a_year_is_compared_with():
    assert Span(Month(2025, 4), Month(2026, 3)).before() == Span(Month(2024, 4), Month(2025, 3))
    assert Span(Month(2026, 1), Month(2026, 3)).before() == Span(Month(2025, 1), Month(2025, 3))
    assert Span(Month(2024, 4), Month(2026, 3)).before() == Span(Month(2022, 4), Month(2024, 3))


@pytest.mark.parametrize(
    ("span", "words", "long_words"),
    [
        (Span(Month(2020, 9), Month(2020, 9)), "September 2020", "September 2020"),
        (Span(Month(2019, 4), Month(2020, 3)), "2019/20", "the year to March 2020"),
        (Span(Month(1999, 4), Month(2000, 3)), "1999/00", "the year to March 2000"),
        (Span(Month(2025, 3), Month(2026, 2)), "12 months to February 2026", "the year to February 2026"),
        (Span(Month(2021, 4), Month(2024, 3)), "April 2021 to March 2024", "April 2021 to March 2024"),
    ],
)
def test_a_span_in_words(span: Span, words: str, long_words: str):
    assert span.words == words
    assert span.long_words == long_words


def test_a_financial_year_runs_from_april():
    assert financial_year(2019) == Span(Month(2019, 4), Month(2020, 3))


@given(MONTHS)
def test_the_year_to_date_begins_in_april(last: Month):
    span = year_to_date(last)
    assert span.first.month == 4 and span.last == last
    assert 1 <= span.months <= 12
    assert span.before().first.month == 4 and span.before().months == span.months


def test_years_to_date():
    assert year_to_date(Month(2026, 3)) == Span(Month(2025, 4), Month(2026, 3)) == financial_year(2025)
    assert year_to_date(Month(2026, 4)) == Span(Month(2026, 4), Month(2026, 4))
    assert year_to_date(Month(2024, 12)) == Span(Month(2024, 4), Month(2024, 12))
    assert year_to_date(Month(2025, 1)) == Span(Month(2024, 4), Month(2025, 1))


SPANS = st.builds(lambda first, months: Span(first, first.plus(months - 1)), MONTHS, st.integers(1, 40))


@given(SPANS, MONTHS, st.sampled_from([12, 24, 36]) | st.integers(1, 40))
def test_inside_a_baseline_lie_the_same_months_of_the_year(span: Span, first: Month, months: int):
    base = Span(first, first.plus(months - 1))
    found = span.within(base)
    if found == base:
        return
    assert (span.first - found.first) % 12 == 0, "whole years apart"
    assert found.months == span.months
    assert base.first <= found.first and found.last <= base.last


@given(SPANS, st.integers(0, 400), st.integers(1, 40))
def test_a_later_period_that_fits_a_baseline_is_found_in_it(span: Span, back: int, months: int):
    assume(span.first.plus(-back).year >= 1900)
    base = Span(span.first.plus(-back), span.first.plus(-back + months - 1))
    shifts = [span.shifted(-12 * years) for years in range(-1, 50)]
    fits = [one for one in shifts if base.first <= one.first and one.last <= base.last]
    found = span.within(base)
    assert found == (fits[-1] if fits else base), "the earliest that fits, else the whole baseline"


@given(SPANS, st.integers(1, 30))
def test_a_year_long_baseline_holds_any_part_of_a_year(span: Span, years: int):
    year = financial_year(span.last.year - years - 1)
    found = span.within(year)
    crosses = span.months > 12 or (span.first.month - 4) % 12 + span.months > 12
    assert (found == year) is (crosses or span == found or span.months == 12)
    if not crosses:
        assert found.first.month == span.first.month and found.months == span.months


@pytest.mark.parametrize(
    ("span", "base", "found"),
    [
        (Span(Month(2025, 4), Month(2026, 3)), financial_year(2019), financial_year(2019)),
        (Span(Month(2026, 3), Month(2026, 3)), financial_year(2019), Span(Month(2020, 3), Month(2020, 3))),
        (
            Span(Month(2025, 4), Month(2026, 2)),
            Span(Month(2022, 3), Month(2023, 2)),
            Span(Month(2022, 4), Month(2023, 2)),
        ),
        # the 12 months to February do not fit in a financial year, and are held against all of it
        (Span(Month(2025, 3), Month(2026, 2)), financial_year(2019), financial_year(2019)),
        # February and March to April lie on both sides of the turn of the year
        (Span(Month(2025, 2), Month(2025, 5)), financial_year(2019), financial_year(2019)),
        (Span(Month(2024, 4), Month(2026, 3)), financial_year(2019), financial_year(2019)),
        # the earliest of three years
        (
            Span(Month(2026, 1), Month(2026, 1)),
            Span(Month(2021, 4), Month(2024, 3)),
            Span(Month(2022, 1), Month(2022, 1)),
        ),
    ],
)
def test_what_a_baseline_gives_a_period(span: Span, base: Span, found: Span):
    assert span.within(base) == found
