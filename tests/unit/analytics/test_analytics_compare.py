"""The comparison refuses what is not like for like, and says why."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from csp_dash.analytics import narrate
from csp_dash.analytics import state as states
from csp_dash.analytics.compare import Against, Change, Window, against, change, changed_apart, crossed
from csp_dash.domain.enums import Direction, Kind
from csp_dash.domain.indicator import Event
from csp_dash.domain.periods import Month, Span

NOW = Span(Month(2025, 4), Month(2026, 3))
BEFORE = NOW.before()


def window(span: Span, number: float | None, *, under: float | None = None, periods: int | None = None) -> Window:
    return Window(span, number, under, span.months if periods is None else periods, span.months)


def event(start: date, finish: date | None = None) -> Event:
    return Event("connect", "the move to CONNECT", "CONNECT", "break", "", start, finish)


def test_a_change_within_chance_is_not_detectable() -> None:
    assert not change(window(NOW, 937), window(BEFORE, 966)).detectable


def test_missing_is_not_zero() -> None:
    found = change(window(NOW, None, periods=0), window(BEFORE, 140))
    assert found.refusal == "There is no figure for the year to March 2026."


def test_another_time_of_year_is_refused() -> None:
    summer, winter = Span(Month(2025, 6), Month(2025, 8)), Span(Month(2024, 12), Month(2025, 2))
    assert "different times of year" in (change(window(summer, 9), window(winter, 9)).refusal or "")
    assert change(window(summer, 9), window(summer.before(), 9)).refusal is None


def test_overlap_is_refused() -> None:
    overlapping = NOW.shifted(-6)
    assert "wholly before" in (change(window(NOW, 9), window(overlapping, 9)).refusal or "")


@pytest.mark.parametrize(
    ("start", "refused"),
    [
        (date(2024, 4, 1), False),  # the first day of the earlier period: nothing lies before it
        (date(2024, 4, 2), True),
        (date(2025, 4, 1), True),
        (date(2026, 3, 31), True),
        (date(2026, 4, 1), False),
        (date(2020, 1, 1), False),
    ],
)
def test_a_break_between_the_periods_is_refused(start: date, refused: bool) -> None:
    found = change(window(NOW, 90), window(BEFORE, 140), breaks=(event(start),))
    assert (found.refusal is not None) is refused
    if refused:
        assert "the move to CONNECT" in (found.refusal or "")


def test_the_end_of_a_lasting_break_counts_too() -> None:
    assert change(window(NOW, 9), window(BEFORE, 9), breaks=(event(date(2020, 3, 1), date(2024, 6, 30)),)).refusal


def test_a_base_of_zero_has_no_percentage_but_a_verdict() -> None:
    found = change(window(NOW, 10), window(BEFORE, 0))
    assert found.percent is None and found.absolute == 10
    assert found.note == "The earlier period had none, so there is no percentage."
    assert found.detectable
    assert not change(window(NOW, 0), window(BEFORE, 0)).detectable


def test_published_shares_need_their_base() -> None:
    now, before = window(NOW, 0.65, under=1), window(BEFORE, 0.69, under=1)
    blind = change(now, before, kind=Kind.PROPORTION)
    assert blind.absolute == pytest.approx(-4) and blind.p_value is None
    seen = change(now, before, kind=Kind.PROPORTION, base=400)
    assert seen.p_value is not None and not seen.detectable


def test_a_share_of_nothing_is_refused() -> None:
    found = change(window(NOW, 0, under=0), window(BEFORE, 4, under=9), kind=Kind.PROPORTION)
    assert found.refusal == "There were no cases to take a share of in the year to March 2026."


def test_published_rates_are_compared_but_not_tested() -> None:
    found = change(window(NOW, 200.5), window(BEFORE, 250.0), kind=Kind.RATE)
    assert found.percent == pytest.approx(-19.8) and not found.tested


@pytest.mark.parametrize(
    ("now", "direction", "label", "icon"),
    [
        (80, Direction.LOWER, "A Improving", "trending_down"),
        (80, Direction.HIGHER, "D Worsening", "trending_down"),
        (200, Direction.LOWER, "D Worsening", "trending_up"),
        (200, Direction.HIGHER, "A Improving", "trending_up"),
        (200, Direction.AMBIGUOUS, "Rising", "trending_up"),
        (80, Direction.AMBIGUOUS, "Falling", "trending_down"),
        (141, Direction.LOWER, "C No detectable change", "trending_flat"),
        (140, Direction.AMBIGUOUS, "C No detectable change", "trending_flat"),
    ],
)
def test_states(now: float, direction: Direction, label: str, icon: str) -> None:
    found = states.state(change(window(NOW, now), window(BEFORE, 140)), direction, ("worse", "better"))
    assert (found.label, found.icon) == (label, icon)
    assert found.readings == (("worse", "better") if direction is Direction.AMBIGUOUS else ())
    assert found.material == f":material/{icon}:"
    assert found.tone == {"A": "good", "D": "bad"}.get(found.letter, "neutral")


def test_what_cannot_be_compared_cannot_be_told() -> None:
    refused = change(window(NOW, 4, periods=3), window(BEFORE, 140))
    untested = change(window(NOW, 4), window(BEFORE, 140), kind=Kind.RATE)
    assert {states.state(c, Direction.LOWER).label for c in (refused, untested, None)} == {"? Cannot tell"}


# ---- scatter


def test_scatter_widens_the_test_and_is_told() -> None:
    plain = change(window(NOW, 2864), window(BEFORE, 3113))
    wide = change(window(NOW, 2864), window(BEFORE, 3113), dispersion=4)
    assert (wide.absolute, wide.percent) == (plain.absolute, plain.percent)
    assert (plain.dispersion, wide.dispersion) == (1, 4)
    assert plain.detectable and not wide.detectable
    assert plain.low is not None and plain.high is not None and wide.low is not None and wide.high is not None
    assert wide.low < plain.low < plain.high < wide.high
    # the interval is about twice as wide, being four times the variance
    assert (wide.high - wide.low) / (plain.high - plain.low) == pytest.approx(2, abs=0.05)


def test_scatter_says_nothing_of_shares_and_published_rates() -> None:
    pair = (window(NOW, 260, under=400), window(BEFORE, 332, under=400))
    assert change(*pair, kind=Kind.PROPORTION, dispersion=9) == change(*pair, kind=Kind.PROPORTION)
    rates = (window(NOW, 200.5), window(BEFORE, 250.0))
    assert change(*rates, kind=Kind.RATE, dispersion=9) == change(*rates, kind=Kind.RATE)


@given(st.integers(0, 4000), st.integers(0, 4000), st.floats(1, 12))
def test_interval_verdict_and_sign_of_a_count_go_together(one: int, zero: int, dispersion: float) -> None:
    found = change(window(NOW, one), window(BEFORE, zero), dispersion=dispersion)
    assert found.refusal is None and found.absolute == one - zero
    assert found.p_value is not None and found.detectable is (found.p_value < 0.05)
    assert found.few is (min(one, zero) < 30) and found.number is not None
    low, high = found.number
    assert -one - zero - 1e-9 <= low <= one - zero + 1e-9 and one - zero - 1e-9 <= high <= one + zero + 1e-9
    if abs(found.p_value - 0.05) > 1e-9:
        assert found.detectable is not (low <= 0 <= high)
    if zero == 0:
        assert (found.percent, found.low, found.high) == (None, None, None) and found.note
        return
    assert found.percent is not None and found.low is not None and found.high is not None
    assert found.low <= found.percent + 1e-9 and found.percent <= found.high + 1e-9
    assert found.low >= -100
    if abs(found.p_value - 0.05) > 1e-9:
        assert found.detectable is not (found.low <= 0 <= found.high)


@given(st.integers(0, 29), st.integers(0, 4000), st.booleans())
def test_no_percentage_is_worked_out_of_a_count_under_thirty(few: int, many: int, later: bool) -> None:
    one, zero = (few, many) if later else (many, few)
    found = change(window(NOW, one), window(BEFORE, zero))
    assert (
        "%"
        not in f"{narrate.movement(found)} {narrate.tile(found)} {narrate.trend_title('Homicides', found)} {narrate.trend_sentence('Homicides', found)}"
    )
    assert "%" not in narrate.likely(found).replace("(95%)", "")


@given(st.integers(2, 29), st.integers(30, 4000), st.booleans())
def test_a_share_of_fewer_than_thirty_cases_is_told_in_cases(few: int, many: int, later: bool) -> None:
    small, large = Window(NOW, few // 2, few, 12, 12), Window(BEFORE, many // 3, many, 12, 12)
    if not later:
        small, large = replace(large, span=NOW), replace(small, span=BEFORE)
    found = change(small, large, kind=Kind.PROPORTION)
    if found.absolute:
        assert f"{few // 2} of {few}" in narrate.tile(found) and "points" not in narrate.tile(found)


# ---- refusals, whatever the figures


months = st.builds(Month, st.integers(2000, 2040), st.integers(1, 12))
spans = st.builds(lambda first, length: Span(first, first.plus(length - 1)), months, st.integers(1, 40))
figures = st.integers(0, 5000).map(float)


def refused(found: Change) -> str:
    """The refusal, after checking that nothing else is said."""
    assert (found.absolute, found.percent, found.p_value, found.low, found.high) == (None,) * 5
    assert not found.detectable and not found.tested
    assert found.refusal
    return found.refusal


@given(spans, figures, figures, st.data())
def test_a_part_period_is_always_refused(span: Span, one: float, zero: float, data: st.DataObject) -> None:
    there = data.draw(st.integers(0, span.months - 1))
    whole, part = window(span, one), window(span, one, periods=there)
    for now, before in ((part, window(span.before(), zero)), (whole, window(span.before(), zero, periods=there))):
        words = refused(change(now, before))
        assert words.startswith("There is no figure for" if there == 0 else f"Only {there} of the {span.months} months")


@given(spans, st.integers(1, 40), figures, figures)
def test_unequal_months_are_always_refused(span: Span, other: int, one: float, zero: float) -> None:
    assume(other != span.months)
    before = Span(span.first.plus(-60), span.first.plus(-60 + other - 1))
    words = refused(change(window(span, one), window(before, zero)))
    assert words == (
        f"A period of {span.months} month{'s' if span.months > 1 else ''} cannot be compared with one of "
        f"{other} month{'s' if other > 1 else ''}."
    )


@given(spans, st.integers(1, 60), figures, figures)
def test_another_time_of_year_is_always_refused_unless_whole_years_are_compared(
    span: Span, back: int, one: float, zero: float
) -> None:
    before = span.shifted(-back)
    found = change(window(span, one), window(before, zero))
    if span.months % 12 and back % 12:
        assert "different times of year" in refused(found)
    elif back < span.months:
        assert "does not lie wholly before" in refused(found)
    else:
        assert found.refusal is None and found.absolute == one - zero


@given(spans, st.integers(0, 60), figures, figures)
def test_what_does_not_lie_before_is_always_refused(span: Span, ahead: int, one: float, zero: float) -> None:
    assert refused(change(window(span, one), window(span.shifted(ahead), zero)))
    assert refused(change(window(span, one), window(span, zero)))


@given(spans, st.integers(-60, 60), st.integers(1, 28), figures, figures)
def test_a_break_is_refused_exactly_where_it_parts_the_months(
    span: Span, at: int, day: int, one: float, zero: float
) -> None:
    month = span.first.plus(at)
    broken = event(date(month.year, month.month, day))
    found = change(window(span, one), window(span.before(), zero), breaks=(broken,))
    first, last = span.before().first, span.last
    parts = first <= month <= last and not (month == first and day == 1)
    assert (found.refusal is not None) is parts
    if parts:
        assert "the move to CONNECT" in refused(found)


@given(spans, figures, figures)
def test_like_for_like_is_never_refused(span: Span, one: float, zero: float) -> None:
    assert change(window(span, one), window(span.before(), zero)).refusal is None


def test_the_earliest_of_several_breaks_is_named() -> None:
    early, late = event(date(2024, 9, 1)), Event("x", "a later one", "x", "break", "", date(2025, 9, 1))
    assert crossed(NOW, BEFORE, (late, early)) == early
    assert crossed(NOW, BEFORE, (Event("y", "undated", "y", "break", ""),)) is None
    assert crossed(NOW, BEFORE, ()) is None


# ---- another place


def test_two_places_are_compared_as_rates() -> None:
    # 60 of 20,000 people here, 900 of 500,000 elsewhere: 3 and 1.8 per 1,000
    found = against(window(NOW, 60), window(NOW, 900), people=(20_000, 500_000))
    assert (found.ours, found.theirs, found.ratio) == (3, pytest.approx(1.8), pytest.approx(3 / 1.8))
    coin = 20_000 / 520_000
    ci = binomtest(60, 960, coin).proportion_ci(0.95, method="exact")
    assert found.p_value == pytest.approx(2 * binomtest(60, 960, coin, alternative="greater").pvalue)
    assert found.low == pytest.approx(ci.low / (1 - ci.low) * 25)
    assert found.high == pytest.approx(ci.high / (1 - ci.high) * 25)
    assert found.detectable and found.refusal is None


def test_the_scatter_of_both_places_counts() -> None:
    args = (window(NOW, 60), window(NOW, 900))
    plain = against(*args, people=(20_000, 500_000))
    ours = against(*args, people=(20_000, 500_000), dispersions=(3, 1))
    theirs = against(*args, people=(20_000, 500_000), dispersions=(1, 3))
    assert plain.p_value is not None and ours.p_value is not None and theirs.p_value is not None
    # the smaller count is the less certain one, so its scatter weighs more
    assert plain.p_value < theirs.p_value < ours.p_value
    assert ours.ratio == pytest.approx(plain.ratio)


def test_shares_of_two_places_are_tested_on_their_cases() -> None:
    found = against(window(NOW, 60, under=200), window(NOW, 900, under=4000), kind=Kind.PROPORTION)
    low, high = confint_proportions_2indep(60, 200, 900, 4000, method="wald", compare="diff")
    assert (found.ours, found.theirs, found.points) == pytest.approx((30, 22.5, 7.5))
    assert found.p_value == pytest.approx(proportions_ztest([60, 900], [200, 4000])[1])
    assert (found.low, found.high) == pytest.approx((100 * low, 100 * high))
    assert found.ratio is None


def test_published_shares_of_two_places_need_their_bases() -> None:
    args = (window(NOW, 0.65, under=1), window(NOW, 0.70, under=1))
    blind = against(*args, kind=Kind.PROPORTION)
    assert blind.points == pytest.approx(-5) and blind.p_value is None and not blind.detectable
    seen = against(*args, kind=Kind.PROPORTION, bases=(400, 12_800))
    assert seen.p_value == pytest.approx(proportions_ztest([260, 8960], [400, 12_800])[1])
    # outcomes may exceed the offences of a period, and then there is no share to test
    over = against(window(NOW, 60, under=40), window(NOW, 10, under=40), kind=Kind.PROPORTION)
    assert over.ours == pytest.approx(150) and over.p_value is None


def test_few_cases_are_not_held_against_another_place_in_percent() -> None:
    few = against(window(NOW, 3, under=12), window(NOW, 900, under=4000), kind=Kind.PROPORTION)
    assert few.refusal == "A share of fewer than 30 cases says too little."
    counted = {here: against(window(NOW, here), window(NOW, 400), people=(1e5, 1e6)) for here in (29, 30)}
    assert counted[29].few and not counted[30].few


def test_published_rates_of_two_places_are_shown_and_not_tested() -> None:
    assert against(window(NOW, 200.5), window(NOW, 250.0), kind=Kind.RATE) == Against(200.5, 250.0)


@given(spans, spans, figures, figures, st.sampled_from(list(Kind)))
def test_unlike_periods_of_two_places_are_refused(one: Span, two: Span, ours: float, theirs: float, kind: Kind) -> None:
    assume(one != two)
    found = against(window(one, ours, under=1), window(two, theirs, under=1), kind=kind, people=(10, 10))
    assert found == Against(refusal=f"{one.words} is not held against {two.words}.")


@given(spans, figures, st.data())
def test_a_part_period_of_either_place_is_refused(span: Span, figure: float, data: st.DataObject) -> None:
    part = window(span, figure, periods=data.draw(st.integers(0, span.months - 1)))
    whole = window(span, figure)
    for pair, where in (((part, whole), "here"), ((whole, part), "there"), ((window(span, None), part), "here")):
        found = against(*pair, people=(10, 10))
        assert found == Against(refusal=f"There is no whole figure {where} for {span.long_words}.")


@pytest.mark.parametrize("people", [None, (0, 100), (100, 0), (-1, 100)])
def test_counts_without_a_population_are_not_compared(people: tuple[float, float] | None) -> None:
    found = against(window(NOW, 6), window(NOW, 9), people=people)
    assert found.refusal == "Counts of places of different size say little without their population."
    assert found.ratio is None and not found.detectable


def test_shares_of_nothing_are_not_compared() -> None:
    found = against(window(NOW, 0, under=0), window(NOW, 4, under=9), kind=Kind.PROPORTION)
    assert found.refusal == "There were no cases to take a share of."


def test_whether_two_places_moved_apart() -> None:
    ours = change(window(NOW, 80), window(BEFORE, 100), dispersion=2)
    theirs = change(window(NOW, 950), window(BEFORE, 1000), dispersion=5)
    found = changed_apart(ours, theirs)
    error = math.sqrt(2 * (1 / 80 + 1 / 100) + 5 * (1 / 950 + 1 / 1000))
    assert found is not None
    assert found.ratio == pytest.approx(0.8 / 0.95)
    assert found.high == pytest.approx(0.8 / 0.95 * math.exp(1.959963984540054 * error))
    assert found.p_value == pytest.approx(math.erfc(-math.log(0.8 / 0.95) / error / math.sqrt(2)))


def test_what_cannot_be_compared_cannot_move_apart() -> None:
    good = change(window(NOW, 80), window(BEFORE, 100))
    part = change(window(NOW, 80, periods=3), window(BEFORE, 100))
    none = change(window(NOW, 0), window(BEFORE, 100))
    share = change(window(NOW, 8, under=10), window(BEFORE, 7, under=10), kind=Kind.PROPORTION)
    for bad in (part, none, share, change(window(NOW, 80), window(BEFORE, 100), kind=Kind.RATE)):
        assert changed_apart(good, bad) is None and changed_apart(bad, good) is None
