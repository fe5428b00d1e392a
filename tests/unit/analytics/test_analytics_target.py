"""A target is met, on course or off course only where the whole interval says so; else it cannot be judged."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import chi2, norm
from statsmodels.stats.proportion import proportion_confint

from csp_dash.analytics.compare import Window
from csp_dash.analytics.target import Standing, judge
from csp_dash.domain.enums import Kind
from csp_dash.domain.periods import Month, Span

START = Span(Month(2020, 4), Month(2021, 3))
MIDWAY = Span(Month(2021, 10), Month(2022, 9))  # a year and a half of the three that end in March 2024
LATE = Span(Month(2023, 4), Month(2024, 3))
DUE = Month(2024, 3)


def count(span: Span, number: float | None) -> Window:
    return Window(span, number, None, span.months if number is not None else 0, span.months)


def share(span: Span, percent: float, n: float = 1000) -> Window:
    return Window(span, percent * n / 100, n, span.months, span.months)


def test_the_path_is_straight() -> None:
    for months in range(0, 36, 5):
        now = share(START.shifted(months), 50)
        found = judge(now, 59, kind=Kind.PROPORTION, higher=True, due=DUE, start=share(START, 50))
        assert found.path == pytest.approx(50 + 9 * months / 36)
    down = judge(count(START.shifted(9), 900), 400, kind=Kind.COUNT, higher=False, due=DUE, start=count(START, 800))
    assert down.path == pytest.approx(700)


def test_without_a_start_the_goal_itself_is_the_path() -> None:
    for start in (None, count(START, None), Window(START, 400.0, None, 9, 12)):
        found = judge(count(MIDWAY, 900), 1000, kind=Kind.COUNT, higher=True, due=DUE, start=start)
        assert found.path == 1000 and found.standing is Standing.OFF
        assert (
            judge(count(MIDWAY, 1000), 1000, kind=Kind.COUNT, higher=True, due=DUE, start=start).standing
            is Standing.UNKNOWN
        )


# ---- counts, lower is better: 1,000 at the start, the goal is 800


@pytest.mark.parametrize(
    ("span", "number", "standing"),
    [
        (LATE, 700, Standing.MET),
        (LATE, 790, Standing.UNKNOWN),
        (LATE, 900, Standing.OFF),
        (MIDWAY, 700, Standing.MET),
        (MIDWAY, 830, Standing.ON),
        (MIDWAY, 890, Standing.UNKNOWN),
        (MIDWAY, 990, Standing.OFF),
        (LATE.shifted(24), 700, Standing.MET),
        (LATE.shifted(24), 860, Standing.OFF),
    ],
)
def test_a_count_that_should_fall(span: Span, number: float, standing: Standing) -> None:
    found = judge(count(span, number), 800, kind=Kind.COUNT, higher=False, due=DUE, start=count(START, 1000))
    assert found.standing is standing
    assert found.path == (900 if span == MIDWAY else 800)
    assert found.least is None and found.least_power is None


@pytest.mark.parametrize("number", [4, 640])
def test_a_count_has_an_exact_interval(number: int) -> None:
    found = judge(count(LATE, number), 900, kind=Kind.COUNT, higher=False, due=DUE)
    assert (found.low, found.high) == (
        pytest.approx(chi2.ppf(0.025, 2 * number) / 2),
        pytest.approx(chi2.ppf(0.975, 2 * number + 2) / 2),
    )


def test_a_goal_behind_the_start_asks_for_no_more_than_itself() -> None:
    found = judge(count(MIDWAY, 182), 211, kind=Kind.COUNT, higher=False, due=DUE, start=count(START, 0))
    assert found.path == 211 and found.standing in (Standing.MET, Standing.UNKNOWN)


def test_a_published_rate_cannot_be_judged() -> None:
    found = judge(count(LATE, 12.5), 20, kind=Kind.RATE, higher=False, due=DUE)
    assert found.standing is Standing.UNKNOWN and found.value == 12.5 and found.low is None


def test_scatter_widens_the_interval_and_may_leave_a_target_unjudged() -> None:
    clear = judge(count(LATE, 700), 800, kind=Kind.COUNT, higher=False, due=DUE)
    unclear = judge(count(LATE, 700), 800, kind=Kind.COUNT, higher=False, due=DUE, dispersion=6)
    assert (clear.standing, unclear.standing) == (Standing.MET, Standing.UNKNOWN)
    exact = judge(count(LATE, 700), 800, kind=Kind.COUNT, higher=False, due=DUE, dispersion=100)
    assert exact.low == pytest.approx(100 * chi2.ppf(0.025, 14) / 2)
    assert exact.high == pytest.approx(100 * chi2.ppf(0.975, 16) / 2)


# ---- what cannot be judged


@pytest.mark.parametrize("window", [None, count(LATE, None), Window(LATE, 400.0, None, 11, 12), Window(LATE, 4.0)])
def test_no_figure_or_a_part_of_one_cannot_be_judged(window: Window | None) -> None:
    found = judge(window, 500, kind=Kind.COUNT, higher=False, due=DUE, start=count(START, 900))
    assert found.standing is Standing.UNKNOWN
    assert found.value is None and found.low is None and found.goal == 500


def test_a_share_without_its_base_cannot_be_judged() -> None:
    bare = Window(LATE, 0.9, 1.0, 1, 1)
    found = judge(bare, 60, kind=Kind.PROPORTION, higher=True, due=DUE)
    assert found.standing is Standing.UNKNOWN and found.value == pytest.approx(90) and found.low is None
    known = judge(bare, 60, kind=Kind.PROPORTION, higher=True, due=DUE, base=400)
    assert known.standing is Standing.MET
    low, high = proportion_confint(360, 400, method="wilson")
    assert (known.low, known.high) == (pytest.approx(100 * low), pytest.approx(100 * high))
    nothing = Window(LATE, 0.0, 0.0, 12, 12)
    assert judge(nothing, 60, kind=Kind.PROPORTION, higher=True, due=DUE).standing is Standing.UNKNOWN


def test_what_a_share_could_show_at_best() -> None:
    found = judge(share(LATE, 65, 400), 69, kind=Kind.PROPORTION, higher=True, due=DUE)
    error = math.sqrt(2 * 0.65 * 0.35 / 400)
    assert found.least == pytest.approx(100 * norm.ppf(0.975) * error)
    assert found.least_power == pytest.approx(100 * (norm.ppf(0.975) + norm.ppf(0.8)) * error)
    assert found.standing is Standing.UNKNOWN


def test_every_standing_has_its_own_letter() -> None:
    letters = [one.value[0] for one in Standing]
    assert len(set(letters)) == len(letters) == 5


# ---- properties


ahead = st.integers(-30, 30).map(LATE.shifted)


@st.composite
def judged(draw: st.DrawFn) -> dict[str, object]:
    kind = draw(st.sampled_from([Kind.COUNT, Kind.PROPORTION]))
    span = draw(ahead)
    if kind is Kind.COUNT:
        now, start = count(span, draw(st.integers(0, 3000))), count(START, draw(st.integers(0, 3000)))
        goal = float(draw(st.integers(0, 3000)))
    else:
        n = draw(st.integers(2, 3000))
        now = Window(span, float(draw(st.integers(0, n))), float(n), 12, 12)
        start = share(START, draw(st.integers(0, 100)))
        goal = float(draw(st.integers(0, 100)))
    return {
        "now": now,
        "goal": goal,
        "kind": kind,
        "higher": draw(st.booleans()),
        "due": DUE,
        "start": draw(st.sampled_from([start, None])),
    }


@given(judged(), st.floats(1, 20))
def test_met_is_never_short_and_off_course_never_beyond(given_: dict[str, object], dispersion: float) -> None:
    found = judge(**given_, dispersion=dispersion)  # type: ignore[arg-type]
    assert found.value is not None and found.low is not None and found.high is not None
    assert found.goal is not None and found.path is not None
    assert found.low <= found.value + 1e-9 and found.value <= found.high + 1e-9
    low, high, value = found.low, found.high, found.value
    if not given_["higher"]:  # mirrored, so that more is always better
        low, high, value = -high, -low, -value
    goal, path = (found.goal, found.path) if given_["higher"] else (-found.goal, -found.path)
    now = given_["now"]
    assert isinstance(now, Window)
    match found.standing:
        case Standing.MET:
            assert low >= goal and not high < goal
        case Standing.ON:
            assert now.span.last < DUE and path <= low < goal
        case Standing.OFF:
            assert high < path and low < goal
        case Standing.UNKNOWN:
            assert low < goal and high >= path
    if now.span.last >= DUE:
        assert found.path == found.goal


@given(judged(), st.floats(1, 20), st.floats(1.25, 10))
def test_more_scatter_never_turns_what_cannot_be_judged_into_a_failure(
    given_: dict[str, object], dispersion: float, wider: float
) -> None:
    start, kind = given_["start"], given_["kind"]
    if isinstance(start, Window) and isinstance(kind, Kind):  # a goal asks for more than there was at the start
        begun = (start.value(kind) or 0) * (100 if kind is Kind.PROPORTION else 1)
        assume(begun <= given_["goal"] if given_["higher"] else begun >= given_["goal"])  # type: ignore[operator]
    one = judge(**given_, dispersion=dispersion)  # type: ignore[arg-type]
    two = judge(**given_, dispersion=dispersion * wider)  # type: ignore[arg-type]
    if one.standing is Standing.UNKNOWN:
        assert two.standing is Standing.UNKNOWN
    if two.standing is Standing.OFF:
        assert one.standing is Standing.OFF
    if two.standing is Standing.MET:
        assert one.standing is Standing.MET


@given(st.integers(0, 100), st.integers(0, 100), st.integers(5, 2000))
def test_a_share_that_should_fall_mirrors_one_that_should_rise(percent: int, goal: int, n: int) -> None:
    rising = judge(share(LATE, percent, n), goal, kind=Kind.PROPORTION, higher=True, due=DUE)
    falling = judge(share(LATE, 100 - percent, n), 100 - goal, kind=Kind.PROPORTION, higher=False, due=DUE)
    assert rising.low is not None and falling.high is not None
    if abs(rising.low - goal) > 1e-6 and abs((rising.high or 0) - goal) > 1e-6:
        assert rising.standing is falling.standing
    assert rising.low == pytest.approx(100 - falling.high, abs=1e-9)
