"""The method in chapters: each note of the methods page is a class here, and each of its sentences a test that quotes it.

The quotes are typed by hand: where a parameter of the code changes, the sentence on the page does too, and the chapter
has to be read again.
"""

from __future__ import annotations

import ast
import colorsys
import inspect
import math
import re
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from itertools import combinations, pairwise
from types import SimpleNamespace
from typing import Any, TypeVar
from unittest.mock import MagicMock

import h3
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, chi2, kruskal, poisson
from statsmodels.stats.proportion import proportion_confint, proportions_ztest
from support import ROOT
from support.cells import dealt, grid, planted
from support.grids import PROOF

from csp_dash.analytics import control_chart, forecast, intervals, palette, power
from csp_dash.analytics.classes import classify, roundest
from csp_dash.analytics.compare import Window, against, change
from csp_dash.analytics.concentration import concentration
from csp_dash.analytics.dispersion import dispersion
from csp_dash.analytics.funnel import LIMITS, Band, Funnel, funnel
from csp_dash.analytics.harm import harm
from csp_dash.analytics.hotspots import (
    FADING,
    HOT,
    NEW,
    NOISE_MAPS,
    NOISE_MAPS_COLOURED,
    PERMUTATIONS,
    PERSISTENT,
    course,
    hot_spots,
)
from csp_dash.analytics.rates import Rate
from csp_dash.analytics.seasonal import decompose, seasons
from csp_dash.analytics.state import state
from csp_dash.analytics.target import Standing, judge
from csp_dash.catalogue import Catalogue, load
from csp_dash.domain import wording
from csp_dash.domain.enums import Direction, Kind
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import BOROUGHS, TOWER_HAMLETS
from csp_dash.domain.indicator import Event
from csp_dash.domain.periods import Month, Span, financial_year
from csp_dash.maps import point_density as density
from csp_dash.maps.shading import by_class
from csp_dash.panels.about import method_notes
from csp_dash.panels.dataset import CENSUS, HOUSEHOLDS, Dataset
from csp_dash.panels.wards import map_over_time, point_density
from csp_dash.panels.wards.map_over_time import Grain
from csp_dash.ui import render

NOW = financial_year(2025)
BEFORE = NOW.before()
Function = TypeVar("Function", bound=Callable[..., object])
NUMBER_WORDS = re.compile(
    r"\b(three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|millions?|dozens?)\b"
)


def claims(sentence: str) -> Callable[[Function], Function]:
    """Several tests of one sentence: each quotes it before what it says itself."""

    def quoted(test: Function) -> Function:
        test.__doc__ = f"{sentence}\n\n{test.__doc__ or ''}"
        return test

    return quoted


def window(number: float, span: Span = NOW, *, under: float | None = None, periods: int | None = None) -> Window:
    """A period's count, or with `under` its share; whole unless `periods` says otherwise."""
    return Window(span, number, under, span.months if periods is None else periods, span.months)


def starts(number: int, first: str = "2016-04-01") -> list[date]:
    return [moment.date() for moment in pd.date_range(first, periods=number, freq="MS")]


def series(values: list[float], first: str = "2016-04-01") -> pd.DataFrame:
    return pd.DataFrame(
        {"start": pd.to_datetime(starts(len(values), first)), "numerator": values, "denominator": math.nan}
    )


def wards(*rows: tuple[float, float]) -> pd.DataFrame:
    """Counts and residents of made-up wards."""
    return pd.DataFrame(
        [(f"W{place}", *row) for place, row in enumerate(rows)], columns=["area", "numerator", "exposure"]
    )


class TestLikeForLike:
    """Like for like"""

    @pytest.mark.parametrize(
        ("period", "now", "before"),
        [
            ("1m", Span(Month(2025, 11), Month(2025, 11)), Span(Month(2024, 11), Month(2024, 11))),
            ("fytd", Span(Month(2025, 4), Month(2025, 11)), Span(Month(2024, 4), Month(2024, 11))),
            ("12m", Span(Month(2024, 12), Month(2025, 11)), Span(Month(2023, 12), Month(2024, 11))),
            ("custom", Span(Month(2023, 6), Month(2023, 8)), Span(Month(2022, 6), Month(2022, 8))),
        ],
    )
    def test_periods(self, period: str, now: Span, before: Span) -> None:
        """The latest month is compared with the same month a year before, the financial year to date with the same
        months, 12 months with the 12 before, and any chosen period with the same months.

        The series here has figures from April 2010 to November 2025.
        """
        view = Filters(indicator="asb", period=period, first=Month(2023, 6), last=Month(2023, 8))
        span = view.span(Span(Month(2010, 4), Month(2025, 11)), load().term)
        assert (span, span.before()) == (now, before)
        assert change(window(90, now), window(100, before)).refusal is None

    @pytest.mark.parametrize(
        ("now", "before", "cut", "words"),
        [
            (window(100, periods=9), window(140, BEFORE), None, "Only 9 of the 12 months of the year to March 2026 have figures, so it is not compared."),
            (window(9, Span(Month(2025, 10), Month(2026, 3))), window(9, BEFORE), None, "A period of 6 months cannot be compared with one of 12 months."),
            (window(90), window(140, BEFORE), date(2025, 1, 1), "Figures before and after January 2025 (new rules) are not comparable."),
            (window(90), window(140, BEFORE), date(2024, 1, 1), None),
        ],
    )  # fmt: skip
    def test_refusals(self, now: Window, before: Window, cut: date | None, words: str | None) -> None:
        """Part periods, unequal months and periods on two sides of a declared break are not compared, and the page says
        why.
        """
        breaks = (Event("b", "new rules", "rules", "break", "", cut),) if cut else ()
        found = change(now, before, breaks=breaks)
        assert found.refusal == words
        assert (found.absolute is None) is (words is not None), "with a refusal there is no figure of a change"

    def test_baseline(self, catalogue: Catalogue) -> None:
        """The baseline is 2019/20 unless a measure declares another."""
        declared = {
            path.stem: tomllib.loads(path.read_text(encoding="utf-8")).get("baseline")
            for path in (ROOT / "csp_dash" / "catalogue" / "indicators").glob("*.toml")
        }
        usual = {slug for slug, own in declared.items() if own is None}
        assert len(declared) > len(usual) > len(declared) / 2
        april_to_march = Span(Month(2019, 4), Month(2020, 3))
        assert {slug for slug, item in catalogue.indicators.items() if item.baseline.span == april_to_march} >= usual


class TestChange:
    """Change between two periods"""

    def test_counts(self) -> None:
        """Counts are compared with an exact test (binomial, given their sum); shares with a two-proportion test."""
        found = change(window(2864), window(3113, BEFORE))
        assert found.absolute == -249 and found.percent == pytest.approx(-100 * 249 / 3113)
        assert found.p_value == pytest.approx(binomtest(2864, 2864 + 3113, 0.5).pvalue, abs=1e-9)
        assert found.low is not None and found.high is not None
        assert found.low < found.percent < found.high < 0

    def test_shares(self) -> None:
        """Counts are compared with an exact test (binomial, given their sum); shares with a two-proportion test.

        83% and 65% of 400: pooled 0.74, standard error sqrt(0.74 * 0.26 * 2 / 400) = 0.0310161, z = 5.8034.
        """
        found = change(window(260, under=400), window(332, BEFORE, under=400), kind=Kind.PROPORTION)
        z = 0.18 / math.sqrt(0.74 * 0.26 * 2 / 400)
        assert found.absolute == pytest.approx(-18) and found.percent is None, "in points"
        assert found.p_value == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-9)
        half = 1.959963984540054 * math.sqrt(0.65 * 0.35 / 400 + 0.83 * 0.17 / 400)
        assert (found.low, found.high) == pytest.approx((100 * (-0.18 - half), 100 * (-0.18 + half)))

    def test_one_in_twenty(self) -> None:
        """A change is called real when chance alone would make one as large in fewer than one in 20 cases.

        100 before: given the sum, chance deals each event to either period with a half. As large a change to either
        side has twice the chance of the smaller tail.
        """
        for count in range(60, 145):
            tail = binom.cdf(min(count, 100), 100 + count, 0.5)
            assert change(window(count), window(100, BEFORE)).detectable is bool(2 * tail < 1 / 20), count


class TestScatter:
    """Scatter"""

    def test_bursts(self, data: Dataset) -> None:
        """Offences come in bursts.

        Were offences as independent of one another as the drops of a rain, the dispersion would be about 1.
        """
        slugs = ("burglary", "robbery_personal", "theft_from_person", "vehicle_crime", "violence_with_injury")
        found = [data.noise(data.catalogue.indicators[slug], (TOWER_HAMLETS,)).dispersion for slug in slugs]
        assert all(one.known and one.value > 1.3 for one in found), found

    def test_the_test_is_widened(self) -> None:
        """How much more than chance neighbouring months scatter is measured for each series (from the steps between
        them, the season taken out) and the test is widened by it.

        Ten years of months are drawn with three times the variance of chance, about a season.
        """
        season = np.resize(1 + 0.6 * np.sin(2 * np.pi * np.arange(12) / 12), 120)
        drawn = np.random.default_rng(3).negative_binomial(200 * season / 2, 1 / 3).astype(float).tolist()
        found = dispersion(drawn, season.tolist()).value
        assert found == pytest.approx(3, rel=0.25)  # of 119 steps: one series strays by about a tenth
        assert dispersion(drawn).value > 1.5 * found, "with the season left in, its steps count as scatter"
        plain, wide = (change(window(2300), window(2500, BEFORE), dispersion=phi) for phi in (1.0, 4.0))
        # As if only every fourth event told anything: the exact test of 575 and 625.
        assert wide.p_value == pytest.approx(binomtest(575, 1200, 0.5).pvalue)
        assert plain.detectable and not wide.detectable
        assert wide.high is not None and wide.low is not None and plain.high is not None and plain.low is not None
        assert (wide.high - wide.low) / (plain.high - plain.low) == pytest.approx(2, rel=0.05), "the root of four"


class TestSeasons:
    """Seasons"""

    def test_the_range_follows(self) -> None:
        """Where a calendar month lies steadily above or below the level (STL; Kruskal and Wallis's test at one in 100),
        the usual range follows the season.

        Series of 96 months are drawn with seasons from none to a large one. They count where the test of what is left
        without the level says so (and the highest month is at least 1.06 of the lowest). A band then is as wide in each
        month as that month's factor makes it.
        """
        days, called = starts(96), []
        for size in (0.0, 0.0, 0.03, 0.04, 0.05, 0.06, 0.2):
            mean = 200 * (1 + size * np.sin(2 * np.pi * np.array([day.month for day in days]) / 12))
            values = np.random.default_rng(len(called)).poisson(mean).astype(float).tolist()
            found, parts = seasons(days, values), decompose(days, values)
            flat = np.log(parts["value"] / parts["trend"])
            by_month = [group.to_numpy() for _, group in flat.groupby(parts["start"].dt.month)]
            by_name = parts.groupby(parts["start"].dt.month)["seasonal"].first()
            steady = kruskal(*by_month).pvalue < 1 / 100 and by_name.max() / by_name.min() >= 1.06
            assert (found is not None) is bool(steady), size
            called.append(found is not None)
        assert called[:2] == [False, False] and called[-1] and found is not None
        drawn = control_chart.trend(series(values), seasons=found).dropna(subset=["upper"])
        level = drawn["upper"] / [found.of(moment.date()) for moment in drawn["start"]]
        assert np.ptp(level) < 1e-9 * level.max() and drawn["upper"].max() > 1.4 * drawn["upper"].min()


class TestUsualRange:
    """Usual range"""

    USUAL = """Usual range on trend charts: limits of an XmR chart, mean ± 2.66 × mean moving range, of the 3 years before
    the latest 12 months (Wheeler and Chambers; moving ranges above 3.267 × their mean are left out, as in NHS *Making
    Data Count*)."""

    @claims(USUAL)
    def test_limits_by_hand(self) -> None:
        found = control_chart.limits([10, 12, 8, 14, 16])
        ranges = [2, 4, 6, 2]  # mean 3.5; none above 3.267 * 3.5 = 11.4
        assert found is not None and found.centre == 12
        assert found.upper == pytest.approx(12 + 2.66 * sum(ranges) / 4)
        assert found.lower == pytest.approx(12 - 2.66 * 3.5)

    @claims(USUAL)
    def test_wild_ranges_are_left_out(self) -> None:
        found = control_chart.limits([10, 11] * 10 + [200] + [10, 11] * 10)
        # 38 ranges of 1, then 11 to 200 and 200 to 10: the mean is 10.4, and the two are above 34
        assert found is not None and found.upper - found.centre == pytest.approx(2.66)
        assert control_chart.SCREEN == 3.267

    @claims(USUAL)
    def test_of_which_months(self) -> None:
        """Four years of alternating months: the first three make the band, whatever the latest twelve are."""
        quiet, loud = [100.0, 140.0] * 18, [300.0, 30.0] * 6
        assert control_chart.baseline_of(starts(48)) == Span(Month(2016, 4), Month(2019, 3))
        drawn = control_chart.trend(series(quiet + loud))
        assert drawn["centre"].dropna().unique() == pytest.approx([120])
        assert drawn["upper"].dropna().unique() == pytest.approx([120 + 2.66 * 40])
        assert control_chart.baseline_of(starts(192)) == Span(Month(2028, 4), Month(2031, 3)), "no more than three"

    def test_small_counts(self) -> None:
        """Where months average under 20, exact limits of a count take their place.

        Of a count with mean 5, 13 or more have a chance of 0.20% and 14 or more of 0.07%; the exact limit is the least
        that leaves 0.135% or less above it.
        """
        small, large = [4.0, 6.0] * 18, [15.0, 25.0] * 18
        exact = control_chart.exact_limits(small)
        assert exact is not None and (exact.lower, exact.upper) == (0, 13)
        assert poisson.sf(13, 5) <= 0.00135 < poisson.sf(12, 5)
        found = control_chart.usual_range(small)
        # one more month, of a mean that 36 months tell, may lie one higher than if the mean were known
        assert found is not None and (found.lower, found.centre) == (0, 5) and exact.upper <= found.upper <= 14
        assert control_chart.usual_range(large) == control_chart.limits(large), "20 on average is not under 20"
        under = [*large[:-1], 24.0]
        assert control_chart.usual_range(under) != control_chart.limits(under)


class TestBesideLondon:
    """Beside London"""

    def test_a_place_is_not_compared_with_itself(self) -> None:
        """Beside London the borough is tested against the rest of London, so that it is not compared with itself.

        London has 900 with the borough's 60 in it, so the test is against the 840 of the other 480,000; the rate shown
        is London's.
        """
        places = (window(60), window(900))
        found = against(*places, people=(20_000, 500_000), rest=window(840), rest_people=480_000.0)
        apart = against(window(60), window(840), people=(20_000, 480_000))
        assert found.theirs == pytest.approx(1.8) and apart.theirs == pytest.approx(1.75)
        assert (found.ratio, found.low, found.high, found.p_value) == (apart.ratio, apart.low, apart.high, apart.p_value)  # fmt: skip
        everyone = (window(60), window(60))
        nobody = against(*everyone, people=(20_000, 20_000), rest=window(0), rest_people=0.0)
        assert nobody.refusal == "There is nothing left to compare with."

    def test_surveys(self, catalogue: Catalogue) -> None:
        """Survey results are published without their counts, so they are tested against London as a whole.

        65% of 400 here, 70% of the 12,800 of all 32 boroughs.
        """
        survey = [item for item in catalogue.indicators.values() if method_notes.SURVEY in item.sources]
        assert survey and {item.denominator for item in survey} == {"published"}
        ours, london, rest = (window(share, under=1) for share in (0.65, 0.70, 0.99))
        found = against(ours, london, kind=Kind.PROPORTION, rest=rest, bases=(400, 12_800))
        assert found.p_value == pytest.approx(proportions_ztest([260, 8960], [400, 12_800])[1])


class TestTargets:
    """Targets"""

    @pytest.mark.parametrize(
        ("months_in", "percent", "standing"),
        [
            (36, 70, Standing.MET),
            (36, 61, Standing.UNKNOWN),  # 57.9 to 64.0: the goal lies inside
            (36, 59, Standing.UNKNOWN),
            (36, 50, Standing.OFF),
            (18, 65, Standing.MET),
            (18, 59, Standing.ON),  # 55.9 to 62.0: beyond the path, not yet beyond the goal
            (18, 56, Standing.UNKNOWN),
            (18, 50, Standing.OFF),
        ],
    )
    def test_the_whole_interval(self, months_in: int, percent: float, standing: Standing) -> None:
        """Targets are met, missed, on course or off course only when the whole 95% interval lies on one side of the
        goal, or of the straight path to it; otherwise they cannot be judged.

        From 50% to 60% in three years: halfway, the path stands at 55%. Each figure is of 1,000 cases. Once the time is
        over, no path counts, and off course is missed.
        """
        begin = Span(Month(2020, 4), Month(2021, 3))
        now, start = window(10 * percent, begin.shifted(months_in), under=1000), window(500, begin, under=1000)
        declared: dict[str, Any] = {"kind": Kind.PROPORTION, "higher": True, "due": Month(2024, 3), "start": start}
        found = judge(now, 60, **declared)
        low, high = proportion_confint(10 * percent, 1000, alpha=1 - 0.95, method="wilson")
        assert (found.low, found.high) == pytest.approx((100 * low, 100 * high))
        assert found.path == pytest.approx(50 + 10 * months_in / 36) and found.standing is standing
        over = judge(now, 60, **declared, over=True)
        one_side = Standing.MET if low > 0.60 else Standing.MISSED if high < 0.60 else Standing.UNKNOWN
        assert over.path == 60 and over.standing is one_side


class TestBothWays:
    """Measures that cut both ways"""

    def test_never_better_or_worse(self, catalogue: Catalogue) -> None:
        """Measures that cut both ways (reports of antisocial behaviour, hate crime, domestic abuse, sexual offences and
        the like) are never marked better or worse; they are read together with an outcome or with confidence.
        """
        both_ways = [item for item in catalogue.indicators.values() if item.direction is Direction.AMBIGUOUS]
        assert {"asb", "hate_total", "domestic_abuse_current", "sexual_offences"} <= {item.slug for item in both_ways}
        for item in both_ways:
            for count, word in ((200, "Rising"), (80, "Falling")):
                told = state(change(window(count), window(140, BEFORE)), item.direction, item.readings)
                assert (told.letter, told.word, told.tone) == ("", word, "neutral"), item.slug
            beside = catalogue.indicators[item.pair]
            assert beside.direction is not Direction.AMBIGUOUS, item.slug
            assert beside.measured or not item.measured, "what has figures is read with what has figures"


class TestForecasts:
    """Forecasts"""

    @pytest.fixture
    def tried(self, monkeypatch: pytest.MonkeyPatch) -> tuple[forecast.Forecast, list[tuple[float, float, float]]]:
        """A forecast tried on four past dates, and of each: the total foretold then, last year's, and what came."""
        monkeypatch.setattr(forecast, "ORIGINS", 4)
        draw = np.random.default_rng(5)
        level = 300 * np.exp(np.cumsum(draw.normal(0, 0.08, 120)))
        season = np.resize(1 + 0.3 * np.sin(2 * np.pi * np.arange(12) / 12), 120)
        values = draw.poisson(level * season).astype(float).tolist()
        found = forecast.forecast(starts(120), values)
        assert isinstance(found, forecast.Forecast)
        past = []
        for end in (108, 105, 102, 99):
            then = forecast.forecast(starts(end), values[:end])
            assert isinstance(then, forecast.Forecast)
            past.append((then.total[0], sum(values[end - 12 : end]), sum(values[end : end + 12])))
        return found, past

    def test_shown_where_it_beats_last_year(self, tried: tuple[Any, list[tuple[float, float, float]]]) -> None:
        """Forecasts (STL with exponential smoothing) are shown only where they beat last year's value on past dates.

        Errors are added up over the dates and divided by what came. A year that repeats itself cannot be beaten.
        """
        found, past = tried
        came = sum(actual for _, _, actual in past)
        assert found.origins == len(past) == 4
        assert found.error == pytest.approx(100 * sum(abs(said - actual) for said, _, actual in past) / came)
        assert found.naive_error == pytest.approx(100 * sum(abs(naive - actual) for _, naive, actual in past) / came)
        assert found.error < found.naive_error
        same = forecast.forecast(starts(96), [float(200 + 50 * (month % 12)) for month in range(96)])
        assert isinstance(same, forecast.NoForecast) and same.naive_error == 0
        assert "last year's figures again missed by 0.0%" in same.reason
        assert f"tried on {same.origins} past dates" in same.reason

    def test_ranges(self, tried: tuple[Any, list[tuple[float, float, float]]]) -> None:
        """Their ranges come from how far they missed then.

        On square roots, relative to the forecast. Of four misses and the one to come, four in five are within the
        largest: the total's range of 80% reaches that far.
        """
        found, past = tried
        miss = max(abs(math.sqrt(actual) - math.sqrt(said)) / math.sqrt(said) for said, _, actual in past)
        middle, low, high = found.total
        assert (low, high) == pytest.approx((middle * (1 - miss) ** 2, middle * (1 + miss) ** 2))


class TestHarm:
    """Harm"""

    def test_weights(self, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
        """Harm weighs offences by the starting points of sentencing; the explore page lists every weight and what is left
        out.

        A first robbery of a person starts at a year of prison: ten weigh 3,650 days, and 500 thefts at 27.9 days 13,950.
        """
        index = catalogue.harm
        days = {one.label: (one.mean, one.median) for one in index.classes}
        robbery, theft = "Robbery of people", "Theft, other than of or from vehicles"
        assert days[robbery] == (365, 365) and days[theft][0] == 27.9
        counts = pd.DataFrame({"label": [robbery, theft], "now": [10, 500], "before": [0, 0]})
        weights = pd.DataFrame([(label, *both) for label, both in days.items()], columns=["label", "mean", "median"])
        assert harm(counts, weights)["harm_mean"].tolist() == [3650, 13_950]
        screen = MagicMock()
        monkeypatch.setattr(render, "st", screen)
        monkeypatch.setattr(render, "picture_panel", MagicMock())
        shown = SimpleNamespace(panel=lambda *_: SimpleNamespace(picture=None, index=index))
        render.harm_panel(SimpleNamespace(filters=Filters(), store=shown))  # type: ignore[arg-type]
        page = "\n".join(str(call.args[0]) for call in screen.markdown.call_args_list)
        assert index.classes and index.excluded
        for one in index.classes:
            assert f"{one.label}: mean {one.mean:g} days, median {one.median:g} days" in page
        for what, why in index.excluded:
            assert f"**{what}** left out: {why}" in page


class TestRates:
    """Rates"""

    def test_residents(self, data: Dataset) -> None:
        """Rates are per 1,000 residents at the 2021 Census."""
        assert {item.per for item in data.catalogue.indicators.values() if item.has_rate} == {1000}
        counted = pd.read_csv(ROOT / "geo" / "population.csv").query("base == 'census_2021'")
        assert data.people == dict(zip(counted["area"], counted["people"], strict=True)) and CENSUS == "census_2021"
        # 6,206 of 310,300 residents in a year; half as many in six months are the same yearly rate
        borough = Rate(data.people[TOWER_HAMLETS], 1000)
        assert borough.of(6206, 12) == borough.of(3103, 6) == pytest.approx(20)

    def test_intervals(self) -> None:
        """Intervals of rates are Byar's, and exact below 10 events; of shares and survey figures, Wilson's."""
        z = 1.959963984540054
        ten = (10 * (1 - 1 / 90 - z / (3 * 10**0.5)) ** 3, 11 * (1 - 1 / 99 + z / (3 * 11**0.5)) ** 3)
        nine = (chi2.ppf(0.025, 2 * 9) / 2, chi2.ppf(0.975, 2 * 10) / 2)  # Garwood's
        assert intervals.poisson_rate_ci(10, 2000) == pytest.approx([one / 2 for one in ten])
        assert intervals.poisson_rate_ci(9, 2000) == pytest.approx([one / 2 for one in nine])
        assert poisson.sf(8, nine[0]) == pytest.approx(0.025) and poisson.cdf(9, nine[1]) == pytest.approx(0.025)
        for hits, cases in ((186, 224), (260, 400), (0, 12), (12, 12)):
            expected = binomtest(hits, cases).proportion_ci(0.95, method="wilson")
            assert intervals.wilson(hits / cases, cases) == pytest.approx((expected.low, expected.high))


class TestSurveyFigures:
    """Survey figures"""

    def test_what_chance_hides(self, catalogue: Catalogue) -> None:
        """Survey figures (Public Attitude Survey) rest on about 400 interviews a borough a year, so a change of less than
        about 7 percentage points in a year is within chance.

        Of 400 who answer half and half, twice: 1.96 * sqrt(2 * 0.5 * 0.5 / 400) = 0.0693.
        """
        assert {item.base for item in catalogue.indicators.values() if method_notes.SURVEY in item.sources} == {400}
        assert 1.96 * math.sqrt(2 * 0.5 * 0.5 / 400) == pytest.approx(0.0693, abs=0.0001)
        for points, seen in ((6, False), (8, True)):
            half = points / 200
            now, before = window(0.5 + half, under=1), window(0.5 - half, BEFORE, under=1)
            assert change(now, before, kind=Kind.PROPORTION, base=400).detectable is seen


class TestSimilarBoroughs:
    """Similar boroughs"""

    ONS_INNER = (
        "Camden|Hackney|Hammersmith and Fulham|Haringey|Islington|Kensington and Chelsea|Lambeth|Lewisham|Newham|Southwark|"
        "Wandsworth|Westminster"
    )

    def test_the_rule(self, data: Dataset) -> None:
        """Hackney, Islington, Lambeth, Newham and Southwark: of the inner London boroughs with at least 9,000 residents per
        square kilometre (Census 2021), the five nearest to Tower Hamlets in average deprivation score (IMD 2019). A stated
        rule, not an official group.
        """
        score, land = data.places.place_measure("imd2019_score"), data.places.square_kilometres
        inner = {name: BOROUGHS[name] for name in self.ONS_INNER.split("|")}
        dense = {name: code for name, code in inner.items() if data.people[code] / land[code] >= 9000}
        assert set(inner) - set(dense) == {"Haringey", "Lewisham"}
        nearest = sorted(dense, key=lambda name: abs(score[dense[name]] - score[TOWER_HAMLETS]))[:5]
        assert sorted(nearest) == ["Hackney", "Islington", "Lambeth", "Newham", "Southwark"]
        assert {BOROUGHS[name] for name in nearest} == set(data.catalogue.similar)


class TestMapClasses:
    """Map classes"""

    NATURAL = """Map classes are natural breaks (Fisher and Jenks) moved to round numbers; they are stated under each map,
    and the same at every step of a map through time."""

    @claims(NATURAL)
    def test_no_other_split_is_closer(self) -> None:
        """Of all 56 ways to cut nine values into four classes, this one leaves the least squared distance to the means."""
        values = [1.0, 1.2, 1.9, 4.4, 5.0, 5.2, 9.0, 9.1, 20.0]
        found = classify(values, 4)
        groups = [[value for value in values if found.index(value) == place] for place in range(4)]

        def cost(parts: list[list[float]]) -> float:
            return sum(sum((v - sum(p) / len(p)) ** 2 for v in p) for p in parts)

        cuts = list(combinations(range(1, len(values)), 3))
        assert len(cuts) == 56
        best = min(cost([values[a:b] for a, b in pairwise([0, *cut, len(values)])]) for cut in cuts)
        assert cost(groups) == pytest.approx(best, abs=1e-9)
        assert found.edges == tuple(roundest(low[-1], high[0]) for low, high in pairwise(groups)) == (4, 8, 20)

    @claims(NATURAL)
    @pytest.mark.parametrize(
        ("low", "high", "edge"),
        [(1.8, 2.3, 2), (4.4, 5.6, 5), (13, 17, 15), (0.12, 0.19, 0.15), (98, 140, 100), (-3, 2, 0), (3, 4, 4), (0, 1, 1)],
    )  # fmt: skip
    def test_the_roundest_number_between(self, low: float, high: float, edge: float) -> None:
        assert roundest(low, high) == pytest.approx(edge)

    @claims(NATURAL)
    def test_stated_and_steady(self, data: Dataset) -> None:
        """Burglary in two years, 13 years apart, on a map that steps through time."""
        frame = pd.DataFrame({"area": ["a", "b"], "value": [1.0, 9.0]})
        classes = classify(frame["value"])
        assert by_class(["a", "b"], frame, classes).legend == tuple(zip(classes.colours, classes.labels, strict=True))

        def legend(last: int) -> object:
            span = financial_year(last - 1)
            view = Filters(indicator="burglary", period="custom", first=span.first, last=span.last)
            return map_over_time.moment(data, view, Grain.YEAR).legend

        assert legend(2012) == legend(2025) and len(legend(2025)) > 3  # type: ignore[arg-type]

    def test_colours(self) -> None:
        """Falls are blue and rises orange; grey is what chance could explain."""

        def hue_and_grey(colour: str) -> tuple[float, float]:
            hue, _, strength = colorsys.rgb_to_hls(*(part / 255 for part in palette.rgb(colour)))
            return 360 * hue, strength

        for colour in (*palette.FALLS, *palette.BANDS[:2]):
            assert 190 < hue_and_grey(colour)[0] < 230 and hue_and_grey(colour)[1] > 0.4
        for colour in (*palette.RISES, *palette.BANDS[-2:]):
            assert 15 < hue_and_grey(colour)[0] < 40 and hue_and_grey(colour)[1] > 0.4
        for colour in (palette.UNMOVED, palette.USUAL, palette.BANDS[2]):
            assert hue_and_grey(colour)[1] < 0.15


class TestHowUnusual:
    """How unusual"""

    @given(st.integers(0, 400), st.floats(0.03, 300))
    def test_exact_limits_are_the_tails_of_a_poisson_count(self, count: int, expected: float) -> None:
        """How unusual a ward is (a funnel): its count against what the borough's rate would give its residents, with exact
        limits of chance at 95% and 99.8% (Seaton and Manktelow 2012).

        A ward lies beyond where so many, or so few, have a chance under 2.5% (0.1%) on that side.
        """
        plain = Funnel(pd.DataFrame(), rate=1.0, tau2=0.0, phi=1.0, overdispersed=False)
        low95, high95, low998, high998 = (expected * float(plain.limits([expected]).iloc[0][name]) for name in LIMITS)
        as_many, as_few = poisson.sf(count - 1, expected), poisson.cdf(count, expected)
        for low, high, tail in ((low95, high95, (1 - 0.95) / 2), (low998, high998, (1 - 0.998) / 2)):
            if abs(as_many - tail) > 1e-6 and abs(as_few - tail) > 1e-6:
                assert (count > high) == (as_many < tail and count > 1)
                assert (count < low) == (as_few < tail)

    def test_what_is_expected(self) -> None:
        """How unusual a ward is (a funnel): its count against what the borough's rate would give its residents, with exact
        limits of chance at 95% and 99.8% (Seaton and Manktelow 2012).

        60 offences among 3,000 residents: 20 a thousand.
        """
        found = funnel(wards((30, 1000), (10, 500), (20, 1500)), widen=False).frame
        assert found["expected"].tolist() == pytest.approx([20, 10, 30])
        assert found["ratio"].tolist() == pytest.approx([30 / 20, 10 / 10, 20 / 30])

    def test_wider_limits(self) -> None:
        """Wards differ in more than residents; which stand out even so is told by limits that allow for it (Spiegelhalter
        2005).

        Beside 25 wards that vary less than chance, one with 180 for 100 stands out far and one with 128 somewhat. Among 38
        that differ by a factor of 1.5, the first of them hardly does.
        """
        calm = [(n, 1000.0) for n in range(88, 113)]
        found = funnel(wards(*calm, (180, 1000.0), (128, 1000.0)))
        assert not found.overdispersed and found.frame["band"].tolist()[-2:] == [Band.WELL_ABOVE, Band.ABOVE]
        draw = np.random.default_rng(11)
        wild = [(int(n), 1000.0) for n in draw.poisson(100 * np.exp(draw.normal(0, 0.4, 38)))]
        narrow, wide = (funnel(wards(*wild, (180, 1000.0)), widen=widen) for widen in (False, True))
        assert narrow.frame["band"].iloc[-1] == Band.WELL_ABOVE
        assert wide.overdispersed and wide.frame["band"].iloc[-1] in (Band.USUAL, Band.ABOVE)
        for one in (found, narrow, wide):
            # exp(1.96 sqrt(1/E + tau squared)), and never narrower than chance
            edge = math.exp(1.959964 * math.sqrt(1 / one.frame["expected"].iloc[0] + one.tau2))
            assert one.frame["high95"].iloc[0] == pytest.approx(edge, rel=1e-5) or not one.overdispersed


class TestHotSpots:
    """Hot spots"""

    def test_adjusted(self) -> None:
        """Hot spots among small areas: Getis and Ord's Gi* with 9,999 permutations, and Benjamini and Hochberg's adjustment,
        so that at most one in 20 of what is coloured should be chance.

        The sum of a cell and its neighbours, less what the mean would give, over its standard deviation. The least p is
        two sides of one in 10,000. Adjusted: p times the number of cells over its rank, and never above that of a larger
        p. Cells are coloured where that is under 1/20.
        """
        links = grid(12)
        values = planted(links)
        found = hot_spots(values, links).frame.set_index("area")
        x, n = np.array(list(values.values())), 144
        star = {area: [*others, area] for area, others in links.links.items()}
        for area in ("0000", "0101", "0606"):
            w = len(star[area])
            spread = x.std() * math.sqrt((n * w - w * w) / (n - 1))
            assert found.loc[area, "z"] == pytest.approx((sum(values[o] for o in star[area]) - x.mean() * w) / spread)
        assert found["p"].min() == 2 / 10_000
        ranked = np.sort(found["p"].to_numpy())
        adjusted = np.minimum.accumulate((ranked * n / np.arange(1, n + 1))[::-1])[::-1]
        assert np.sort(found["q"].to_numpy()) == pytest.approx(np.minimum(adjusted, 1))
        assert (found["kind"].ne("") == (found["q"] < 1 / 20)).all()
        corner = {f"{r:02}{c:02}" for r in range(3) for c in range(3)}  # all of their neighbours are in the high corner
        assert corner <= set(found.index[found["kind"] == HOT]) <= {f"{r:02}{c:02}" for r in range(5) for c in range(5)}

    def test_noise(self) -> None:
        """On 1,000 maps of pure noise 2.5% showed any.

        Poisson counts and log-normal rates by turns, on squares of 144 cells. All that is found in noise is false, so
        that one map in 20 at most should show any; as neighbourhoods overlap, fewer do. A proof measures the share again.
        Otherwise 60 maps of 36 cells must not exceed it, as they would once in a million times; 1,999 permutations can
        still reach what a single cell needs, 2/2,000 being under 0.05/36. Without the adjustment most maps show some.
        """
        side, maps, permutations = (12, NOISE_MAPS, PERMUTATIONS) if PROOF else (6, 60, 1999)
        links, draw = grid(side), np.random.default_rng(side * side)
        coloured = unadjusted = 0
        for turn in range(maps):
            noise = draw.poisson(2, side * side) if turn % 2 else draw.lognormal(0, 1, side * side)
            found = hot_spots(dealt(links, noise), links, permutations=permutations, seed=turn).frame
            coloured += bool(found["kind"].ne("").any())
            unadjusted += bool((found["p"] < 0.05).any())
        share = NOISE_MAPS_COLOURED / NOISE_MAPS
        assert coloured <= binom.isf(1e-6, maps, share) and unadjusted > 0.6 * maps
        assert not PROOF or coloured == pytest.approx(NOISE_MAPS_COLOURED, abs=10), "two standard errors"

    def test_new_and_fading(self) -> None:
        """*New* is hot now and not the year before, *fading* the other way round.

        A high corner in one year and its mirror image in the other.
        """
        links = grid(12)
        mirrored = {cell: planted(links)[f"{11 - int(cell[:2]):02}{11 - int(cell[2:]):02}"] for cell in links.links}
        now, before = (hot_spots(values, links, permutations=5999) for values in (planted(links), mirrored))
        found = course(now, before)
        assert found["0101"] == NEW and found["1010"] == FADING and found["0606"] == ""
        assert set(course(now, now).values()) == {PERSISTENT, ""}


class TestConcentration:
    """Concentration"""

    def test_by_hand(self) -> None:
        """Concentration: the fewest small areas that hold half of the offences, and the generalised Gini of Bernasco and
        Steenbeek (2017).

        Ten offences in four places, as 6, 3, 1 and 0: the first holds more than half. In ascending order the shares are
        0, 0.1, 0.3 and 0.6, so the sum of i y is 0.2 + 0.9 + 2.4 = 3.5, and G = (2 * 3.5 - 4 - 1) / 4.
        Four offences in ten places, as 2, 1 and 1: sum of i y = 10/2 + 9/4 + 8/4 = 9.25, and the generalised
        G = (18.5 - 11) / 4 - 10/4 + 1; the ordinary one would be 0.75, though four offences cannot fill ten places.
        """
        found = concentration([1, 0, 6, 3])
        assert (found.places, found.total, found.half, found.half_share) == (4, 10, 1, 25)
        assert found.gini == pytest.approx((2 * 3.5 - 4 - 1) / 4) and found.note == ""
        assert found.curve["places_share"].tolist() == [0, 0.25, 0.5, 0.75, 1]
        assert found.curve["offences_share"].tolist() == pytest.approx([0, 0.6, 0.9, 1, 1])
        assert concentration([4, 3, 1]).half == 1 and concentration([9, 6, 5]).half == 2, "half is enough, 45% is not"
        assert concentration([0, 1, 0, 0, 2, 0, 0, 1, 0, 0]).gini == pytest.approx(0.375)


class TestMapPoints:
    """Map points"""

    def test_shared(self, data: Dataset) -> None:
        """Map points of police.uk are shared by many addresses.

        One point stands for at least eight addresses, says police.uk; here for some sixty households.
        """
        points = pd.read_parquet(ROOT / "data" / "tables" / "snap_point.parquet")[["lon", "lat"]].drop_duplicates()
        assert sum(data.households[code] for code in data.wards) / len(points) > 8

    def test_hexagons_and_smoothing(self) -> None:
        """They are gathered into hexagons (H3, 330 metres across) or smoothed over 200 metres; neither says where an offence
        was.

        The width of the cell at Whitechapel is measured on its corners: the mean distance between opposite sides. Of one
        point the smoothed surface is a bell: at 200 metres its height is exp(-1/2) of that in the middle.
        """
        lat, lon = 51.5154, -0.0649
        metres = np.array([111_320.0, 111_320.0 * math.cos(math.radians(lat))])
        corners = np.array(h3.cell_to_boundary(h3.latlng_to_cell(lat, lon, density.RESOLUTION))) * metres
        sides = (corners + np.roll(corners, -1, axis=0)) / 2
        width = float(np.mean([np.linalg.norm(sides[place] - sides[place + 3]) for place in range(3)]))
        assert round(width, -1) == round(density.across(lat, lon), -1) == 330
        points = pd.DataFrame({"lon": [lon], "lat": [lat], "n": [1000.0]})
        cell = density.hexagons(points)
        assert cell["n"].tolist() == [1000] and h3.cell_to_latlng(cell["cell"][0]) != (lat, lon)
        _, _, dense = density.surface(points)
        row, column = np.unravel_index(dense.argmax(), dense.shape)
        four_cells_of_50_metres = dense[row, column + 4] / dense[row, column]
        assert four_cells_of_50_metres == pytest.approx(math.exp(-1 / 2), rel=0.02)
        assert dense.sum() * 0.05**2 == pytest.approx(1000, rel=0.01), "nothing is lost"


class TestSmallAreas:
    """Small areas are given to wards"""

    def test_look_up(self, data: Dataset) -> None:
        """Small areas are given to wards by the official look-up (best fit)."""
        rows = pd.read_csv(ROOT / "geo" / "lsoa_ward.csv").query("edition == 2021")
        given_to = dict(zip(rows["lsoa"], rows["ward"], strict=True))
        areas = [code for code, kind in data.kinds.items() if kind == "lsoa"]
        assert {code: data.parents[code] for code in areas} == given_to and len(given_to) == 169

    def test_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of the burglary records that police.uk places on a map point, 25% lie in another ward by that point.

        Two wards side by side. Of forty records, ten of ward A stand on a point in ward B; five on a point in neither
        ward are left out.
        """
        shapes = {"A": shapely.box(0, 0, 1, 1), "B": shapely.box(1, 0, 2, 1)}
        rows = pd.DataFrame(
            [(0.5, 0.5, "A", 20), (1.5, 0.5, "A", 10), (1.6, 0.5, "B", 10), (5.0, 5.0, "A", 5)],
            columns=["lon", "lat", "ward", "n"],
        )
        monkeypatch.setattr(point_density.queries, "snap_points", lambda *_, **__: rows)
        outlines = SimpleNamespace(codes=("A", "B"), shape=shapes.__getitem__)
        years = SimpleNamespace(year=2023)
        places = SimpleNamespace(ward_outlines=outlines)
        made_up = SimpleNamespace(warehouse=None, oldest=years, newest=years, places=places)
        assert point_density.apart(made_up, Filters()) == 10 / 40  # type: ignore[arg-type]


class TestHouseholds:
    """Households"""

    def test_census(self, data: Dataset) -> None:
        """Households are those of the 2021 Census. No workday population is published for today's wards.

        120,543 households in twenty wards. No base of the release is a workday population.
        """
        rows = pd.read_csv(ROOT / "geo" / "population.csv")
        counted = rows[rows["base"] == HOUSEHOLDS].set_index("area")["people"]
        assert HOUSEHOLDS == "census_2021_households" and data.households == counted.to_dict()
        assert set(counted.index) == set(data.wards) and counted.sum() == 120_543
        assert not rows["base"].str.contains("work").any()


class TestManyTests:
    """Many tests"""

    def test_false_alarms(self) -> None:
        """Of 20 measures that did not change, one will seem to have. Read a verdict with the trend beside it.

        Exactly, for 1,000 events a year by chance alone: the chance that the test calls them changed, over all ways in
        which 2,000 events can fall into two years. And on simulated series, whose scatter has to be measured.
        """
        alarms = sum(
            binom.pmf(now, 2000, 0.5)
            for now in range(850, 1151)
            if change(window(now), window(2000 - now, BEFORE)).detectable
        )
        assert 0.8 < 20 * alarms <= 1
        kept = power.table().query("rule == @power.TEST")
        assert len(kept) == 10 and kept["stable"].between(3, 7.5).all(), kept["stable"].tolist()
        assert 0.6 < 20 * kept["stable"].mean() / 100 < 1.2


# ---- the chapters are the page


@pytest.fixture(scope="module")
def told() -> tuple[method_notes.Note, ...]:
    return method_notes.notes(load(), apart=10 / 40, across=329.5)


def quotes(chapter: type) -> str:
    """The sentences that the tests of a chapter quote, each once, in order."""
    found = [
        " ".join(inspect.cleandoc(test.__doc__ or "").split("\n\n")[0].split())
        for name, test in vars(chapter).items()
        if name.startswith("test_")
    ]
    return " ".join(dict.fromkeys(found))


def test_every_note_is_a_chapter_and_every_sentence_has_a_test(told: tuple[method_notes.Note, ...]) -> None:
    chapters = [one for name, one in vars(sys.modules[__name__]).items() if name.startswith("Test")]
    assert [one.__doc__ for one in chapters] == [note.title.rstrip(".:") for note in told]
    for note, chapter in zip(told, chapters, strict=True):
        text = note.text if note.title.endswith(".") else f"{note.title} {note.text}"
        assert quotes(chapter) == text


def test_the_page_prints_the_notes_of_its_release(data: Dataset, told: tuple[method_notes.Note, ...]) -> None:
    own = method_notes.method_notes(data, Filters())
    assert [note.title for note in own] == [note.title for note in told]
    differing = [note.title for note, other in zip(own, told, strict=True) if note != other]
    assert differing == ["Small areas are given to wards"], "hexagons here are as wide as the chapter says"


def literals(source: str) -> list[str]:
    """Every literal text of a module that is no docstring, without the format of a number; and every number that fills a
    text without a name."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    holes = [node for node in ast.walk(tree) if isinstance(node, ast.FormattedValue)]
    formats = {id(part) for hole in holes if hole.format_spec for part in ast.walk(hole.format_spec)}
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in prose
        and id(node) not in formats
    ]
    written = [
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and hasattr(wording, node.func.id)
    ]
    filled = [node for node in (*(hole.value for hole in holes), *written) if isinstance(node, ast.Constant)]
    return texts + [str(node.value) for node in filled if not isinstance(node.value, str)]


def typed(text: str) -> list[str]:
    """The numbers that are typed in a text, in figures or words, but for years and names."""
    rest = re.sub(r"\b(19|20)\d\d\b|\bH3\b", "", text)
    return re.findall(r"\d+", rest) + NUMBER_WORDS.findall(rest.lower())


def test_no_number_is_typed_into_a_note() -> None:
    """One and two stand in names (a two-proportion test, one side) and half in what concentration is; years are those of
    citations and of the census."""
    source = inspect.getsource(method_notes)
    found = {text: typed(text) for text in literals(source) if typed(text)}
    assert not found


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("f'mean ± 2.66 × {x:.2f}'", ["2", "66"]),
        ("f'in fewer than one in {20} cases'", ["20"]),
        ("number(9999)", ["9999"]),
        ("text = 'of the three years before'", ["three"]),
        ("text = 'at most one in twenty of them'", ["twenty"]),
        ("text = 'Seaton and Manktelow 2012, H3'", []),
    ],
)
def test_the_law_knows_a_number(text: str, numbers: list[str]) -> None:
    assert [one for part in literals(text) for one in typed(part)] == numbers
