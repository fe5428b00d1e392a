"""The comparison refuses what is not like for like, and says why."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from scipy.stats import binomtest

from csp_dash.analytics import state as states
from csp_dash.analytics.compare import Window, change, windows
from csp_dash.domain.catalogue import Event
from csp_dash.domain.months import Month, Span
from csp_dash.domain.words import Direction, Kind

NOW = Span(Month(2025, 4), Month(2026, 3))
BEFORE = NOW.before()


def window(span: Span, number: float | None, *, under: float | None = None, periods: int | None = None) -> Window:
    return Window(span, number, under, span.months if periods is None else periods, span.months)


def event(start: date, finish: date | None = None) -> Event:
    return Event("connect", "the move to CONNECT", "CONNECT", "break", "", start, finish)


def test_counts() -> None:
    found = change(window(NOW, 2864), window(BEFORE, 3113))
    assert found.refusal is None
    assert found.absolute == -249
    assert found.percent == pytest.approx(-100 * 249 / 3113, abs=1e-9)
    assert found.p_value == pytest.approx(binomtest(2864, 2864 + 3113, 0.5).pvalue, abs=1e-9)
    assert found.detectable
    assert found.low is not None and found.high is not None
    assert found.low < found.percent < found.high < 0


def test_a_change_within_chance_is_not_detectable() -> None:
    assert not change(window(NOW, 937), window(BEFORE, 966)).detectable


def test_a_part_period_is_refused_in_words() -> None:
    found = change(window(NOW, 100, periods=9), window(BEFORE, 140))
    assert found.refusal == ("Only 9 of 12 parts of the year to March 2026 have figures, so it is not compared.")
    assert found.absolute is None and found.percent is None and not found.detectable


def test_missing_is_not_zero() -> None:
    found = change(window(NOW, None, periods=0), window(BEFORE, 140))
    assert found.refusal == "There is no figure for the year to March 2026."


def test_unequal_months_are_refused() -> None:
    half = Span(Month(2025, 10), Month(2026, 3))
    assert "6 months" in (change(window(half, 9), window(BEFORE, 9)).refusal or "")


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


def test_shares_change_in_points() -> None:
    found = change(window(NOW, 260, under=400), window(BEFORE, 332, under=400), kind=Kind.PROPORTION)
    assert found.absolute == pytest.approx(-18)
    assert found.percent is None
    assert found.detectable


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


def test_windows_from_a_frame() -> None:
    frame = pd.DataFrame(
        {
            "area": ["A", "B"],
            "numerator": [3.0, float("nan")],
            "denominator": [float("nan")] * 2,
            "periods": [12, 0],
            "expected": [12, 12],
        }
    )
    found = windows(frame, NOW)
    assert found["A"] == Window(NOW, 3.0, None, 12, 12)
    assert found["B"].numerator is None and not found["B"].whole
    assert windows(frame.iloc[:0], NOW) == {}


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
    assert {states.state(c, Direction.LOWER).label for c in (refused, untested, None)} == {"? Cannot tell yet"}
