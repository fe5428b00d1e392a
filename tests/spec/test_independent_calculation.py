"""The engine against a second calculation: raw figures of the snapshot, sums in plain Python, tests by scipy and statsmodels.

Nothing of `csp_dash.analytics` is used to work out what is expected. Facts are read from the snapshot's files, not from
the database; periods are written out; the dispersion and the season follow their definitions.
"""

from __future__ import annotations

import io
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, binom, binomtest, kruskal, nbinom, norm, poisson, truncnorm
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest
from statsmodels.stats.rates import test_poisson_2indep as poisson_2indep
from statsmodels.tsa.seasonal import STL
from support import ROOT

from csp_dash.analytics import control_chart
from csp_dash.analytics.compare import Change, changed_apart
from csp_dash.domain import wording
from csp_dash.domain.enums import Compare, Kind, Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import LONDON, TOWER_HAMLETS, AreaKind
from csp_dash.domain.periods import Month, Span
from csp_dash.panels.benchmark import beside, hold, without
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan import targets
from csp_dash.panels.selection import Selection, against_before, compare, select
from csp_dash.panels.tile import tile
from csp_dash.panels.trends import trend
from csp_dash.panels.trends.comparisons import comparisons

NEAR = 1e-9
WEAVERS, WHITECHAPEL, EAST, BOW_EAST = "E05009335", "E05009336", "E05009317", "E05009319"
ISLAND_GARDENS = "E05009324"
HACKNEY = "E09000012"
SIMILAR = ("E09000012", "E09000019", "E09000022", "E09000025", "E09000028")
Months = dict[str, tuple[float, float]]


# ---- the second calculation: reading


def step(month: str, by: int) -> str:
    year, number = (int(part) for part in month.split("-"))
    index = 12 * year + number - 1 + by
    return f"{index // 12}-{index % 12 + 1:02d}"


def reach(first: str, last: str) -> list[str]:
    found = [first]
    while found[-1] < last:
        found.append(step(found[-1], 1))
    return found


@cache
def facts(source: str) -> pd.DataFrame:
    frame = pd.read_parquet(ROOT / "data" / "facts" / f"{source}.parquet")
    return frame.assign(month=[str(day)[:7] for day in frame["start"]], end=[str(day)[:7] for day in frame["finish"]])


@cache
def declared(slug: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "csp_dash" / "catalogue" / "indicators" / f"{slug}.toml").read_text(encoding="utf-8"))


def feed(slug: str, kind: str) -> dict[str, Any]:
    return next(feed for feed in declared(slug)["data"] if kind in feed["areas"])


def kind_of(area: str) -> str:
    return {"E05": "ward", "E09": "borough", "E12": "region"}[area[:3]]


@cache
def covered(source: str, series: str, kind: str) -> tuple[str, str, frozenset[str], bool]:
    table = pd.read_csv(ROOT / "data" / "coverage.csv", dtype=str).fillna("")
    row = table[(table["source"] == source) & table["series"].isin([series, "*"]) & (table["area_kind"] == kind)].iloc[
        0
    ]
    return row["first"], row["last"], frozenset(row["missing"].split(";")) - {""}, row["zero_fill"] == "true"


@cache
def raw(slug: str, areas: tuple[str, ...]) -> Months:
    """Months that have a figure for every area: (numerator, denominator), added up over series and areas."""
    kind = kind_of(areas[0])
    source = feed(slug, kind)["source"]

    def part(series: Sequence[str]) -> dict[str, float]:
        total: dict[str, list[float]] = {}
        for name in series:
            first, last, missing, filled = covered(source, name, kind)
            frame = facts(source)
            for area in areas:
                rows = frame[(frame["series"] == name) & (frame["area"] == area)]
                known = dict(zip(rows["month"], rows["numerator"], strict=True))
                for month in reach(first, last):
                    if month in missing or not (filled or month in known):
                        continue
                    total.setdefault(month, []).append(float(known.get(month, 0.0)))
        return {month: math.fsum(each) for month, each in total.items() if len(each) == len(series) * len(areas)}

    over = part(feed(slug, kind)["series"])
    names = feed(slug, kind).get("denominator_series")
    under = part(names) if names else {}
    return {month: (number, under.get(month, math.nan)) for month, number in sorted(over.items())}


def whole(slug: str, areas: tuple[str, ...], first: str, last: str) -> tuple[float, float]:
    months = raw(slug, areas)
    return tuple(math.fsum(months[month][place] for month in reach(first, last)) for place in (0, 1))  # type: ignore[return-value]


def published(slug: str, area: str, last: str) -> float:
    """A survey's or a year's own figure for the period that ends in a month."""
    own = feed(slug, kind_of(area))
    frame = facts(own["source"])
    rows = frame[(frame["series"].isin(own["series"])) & (frame["area"] == area) & (frame["end"] == last)]
    return float(rows["numerator"].sum())


@cache
def residents(*areas: str) -> int:
    table = pd.read_csv(ROOT / "geo" / "population.csv")
    table = table[table["base"] == "census_2021"].set_index("area")["people"]
    return sum(int(table[area]) for area in areas)


# ---- the second calculation: season, scatter, tests


def recent(slug: str, areas: tuple[str, ...]) -> list[tuple[str, float | None]]:
    """The months that speak for today: from the first to the last, or from the newest break on; gaps are None."""
    months = raw(slug, areas)
    first, last = min(months), max(months)
    if "connect" in declared(slug)["breaks"] and last >= "2024-03":
        first = max(first, "2024-03")  # the break is of 28 February 2024
    return [(month, months[month][0] if month in months else None) for month in reach(first, last)]


@cache
def factors(slug: str, areas: tuple[str, ...]) -> dict[int, float] | None:
    """Factors by calendar month, or None: STL with fixed seasons on the logarithms of the last unbroken run."""
    run: list[tuple[str, float]] = []
    for month, value in reversed(recent(slug, areas)):
        if value is None:
            break
        run.append((month, value))
    run = run[:120][::-1]
    values = [value for _, value in run]
    if len(run) < 48 or min(values) <= 0 or sum(values) / len(values) < 20:
        return None
    logs = np.log(np.array(values))
    own = [int(month[5:]) for month, _ in run]
    fit = STL(logs, period=12, seasonal=10 * len(run) + 1, seasonal_deg=0, trend=25, robust=True).fit()
    flat = {number: [logs[k] - fit.trend[k] for k in range(len(run)) if own[k] == number] for number in range(1, 13)}
    mean = {n: sum(fit.seasonal[k] for k in range(len(run)) if own[k] == n) / own.count(n) for n in range(1, 13)}
    middle = sum(mean.values()) / 12
    times = {n: math.exp(mean[n] - middle) for n in mean}
    scale = sum(times.values()) / 12
    found = {n: times[n] / scale for n in times}
    sure = kruskal(*flat.values()).pvalue < 0.01
    return found if sure and max(found.values()) / min(found.values()) >= 1.06 else None


@cache
def scatter(slug: str, areas: tuple[str, ...]) -> float:
    """The mean squared step between neighbouring months over the step's variance if months were Poisson; wild steps
    (beyond 3.267 of the mean size) left out, and what that takes from normal steps put back; never under 1; of the
    latest 120 months."""
    season = factors(slug, areas) or dict.fromkeys(range(1, 13), 1.0)
    rows = recent(slug, areas)[-120:]
    sizes = []
    for (early, one), (late, two) in pairwise(rows):
        if one is None or two is None:
            continue
        s1, s2 = season[int(early[5:])], season[int(late[5:])]
        level = (one / s1 + two / s2) / 2
        if level > 0:  # a count of variance `level * s` has variance `level / s` once divided by s
            sizes.append(abs(two / s2 - one / s1) / math.sqrt(level / s1 + level / s2))
    if len(sizes) < 12:
        return 1.0
    mean = math.fsum(sizes) / len(sizes)
    kept = [size * size for size in sizes if size <= 3.267 * mean]
    edge = 3.267 * math.sqrt(2 / math.pi)  # in standard deviations of a normal step, whose mean size is sqrt(2 / pi)
    return max(1.0, math.fsum(kept) / len(kept) / float(truncnorm(-edge, edge).var()))


@dataclass(frozen=True)
class Outcome:
    ratio: float
    low: float
    high: float
    p_value: float


def two_counts(x1: float, x0: float, phi: float) -> Outcome:
    """The exact test of two counts over equal times, from binomtest where months scatter as chance would have it."""
    ratio = x1 / x0 if x0 else math.inf
    if phi == 1:
        test = binomtest(int(x1), int(x1 + x0), 0.5)
        ci = test.proportion_ci(0.95, method="exact")
        low, high, p = ci.low, ci.high, test.pvalue
    else:
        low, high, p = on_beta(x1 / phi, x0 / phi, 0.5)
    return Outcome(ratio, float(low / (1 - low)), float(high / (1 - high)) if high < 1 else math.inf, float(p))


def on_beta(one: float, zero: float, even: float) -> tuple[float, float, float]:
    low = beta.ppf(0.025, one, zero + 1) if one else 0.0
    high = beta.ppf(0.975, one + 1, zero) if zero else 1.0
    many = beta.cdf(even, one, zero + 1) if one else 1.0
    few = 1 - beta.cdf(even, one + 1, zero) if zero else 1.0
    return low, high, min(1.0, 2 * min(many, few))


def close(value: float | None) -> Any:
    return pytest.approx(value, rel=NEAR, abs=1e-12)


# ---- cases


@dataclass(frozen=True)
class Case:
    """A view, and the periods that it should come to mean, written out."""

    slug: str
    now: tuple[str, str]
    before: tuple[str, str]
    wards: tuple[str, ...] = ()
    period: str = "12m"
    compare: Compare = Compare.PREVIOUS
    asks: tuple[str, str] | None = None  # the months of a period that the reader chooses

    @property
    def view(self) -> Filters:
        first, last = (Month.parse(text) for text in self.asks) if self.asks else (None, None)
        period = "custom" if self.asks else self.period
        return Filters(self.slug, self.wards, compare=self.compare, period=period, first=first, last=last)

    @property
    def areas(self) -> tuple[str, ...]:
        return self.wards or (TOWER_HAMLETS,)

    def __str__(self) -> str:
        where = "+".join(self.wards) or "borough"
        return f"{self.slug} {where} {self.now[0]}..{self.now[1]} on {self.before[0]}..{self.before[1]}"


def chosen(slug: str, first: str, last: str, years: int, *wards: str) -> Case:
    return Case(slug, (first, last), (step(first, -12 * years), step(last, -12 * years)), wards, asks=(first, last))


YEAR, LAST_YEAR, OLD = ("2025-04", "2026-03"), ("2024-04", "2025-03"), ("2019-04", "2020-03")
COUNTS = [
    # the latest 12 months: borough, with and without a season, with and without more scatter than chance
    Case("burglary", YEAR, LAST_YEAR),
    Case("total_offences", YEAR, LAST_YEAR),
    Case("public_order", YEAR, LAST_YEAR),
    Case("theft_from_person", YEAR, LAST_YEAR),
    Case("vehicle_crime", YEAR, LAST_YEAR),
    Case("asb", YEAR, LAST_YEAR),
    Case("dwelling_fires", ("2023-09", "2024-08"), ("2022-09", "2023-08")),
    Case("hate_racist_religious", ("2020-06", "2021-05"), ("2019-06", "2020-05")),
    Case("knife_offences", ("2025-03", "2026-02"), ("2024-03", "2025-02")),
    Case("vawg_offences", ("2025-03", "2026-02"), ("2024-03", "2025-02")),
    # few events
    Case("homicide", YEAR, LAST_YEAR),
    Case("homicide", ("2026-03", "2026-03"), ("2025-03", "2025-03"), period="1m"),
    Case("arson", YEAR, LAST_YEAR),
    Case("arson", YEAR, LAST_YEAR, (EAST,)),
    Case("arson", YEAR, OLD, (WHITECHAPEL,), compare=Compare.BASELINE),
    # one ward and several
    Case("burglary", YEAR, LAST_YEAR, (WEAVERS,)),
    Case("violence_all", YEAR, LAST_YEAR, (ISLAND_GARDENS,)),  # a season, and no more scatter than chance
    Case("burglary", YEAR, LAST_YEAR, (EAST, BOW_EAST, WHITECHAPEL)),
    Case("asb", YEAR, LAST_YEAR, (WHITECHAPEL,)),
    Case("dwelling_fires", ("2023-09", "2024-08"), ("2022-09", "2023-08"), (EAST,)),
    Case("vawg_offences", ("2025-03", "2026-02"), ("2024-03", "2025-02"), (WEAVERS, WHITECHAPEL)),
    # the latest month, and the financial year to date
    Case("robbery_personal", ("2026-03", "2026-03"), ("2025-03", "2025-03"), period="1m"),
    Case("stop_search", ("2024-08", "2024-08"), ("2023-08", "2023-08"), (WHITECHAPEL,), period="1m"),
    Case("shoplifting", YEAR, LAST_YEAR, period="fytd"),
    Case("knife_offences", ("2025-04", "2026-02"), ("2024-04", "2025-02"), period="fytd"),
    Case("dwelling_fires", ("2024-04", "2024-08"), ("2023-04", "2023-08"), (BOW_EAST,), period="fytd"),
    # on the baseline: each measure's own, and the same months inside it
    Case("burglary", YEAR, OLD, compare=Compare.BASELINE),
    Case("asb", YEAR, ("2023-10", "2024-09"), compare=Compare.BASELINE),
    Case("knife_offences", ("2025-04", "2026-02"), ("2022-04", "2023-02"), period="fytd", compare=Compare.BASELINE),
    Case("hate_homophobic", ("2021-05", "2021-05"), ("2019-05", "2019-05"), period="1m", compare=Compare.BASELINE),
    # longer, shorter and older periods
    Case("criminal_damage", ("2024-04", "2026-03"), ("2022-04", "2024-03"), period="24m"),
    Case("drug_offences", ("2021-04", "2024-03"), ("2018-04", "2021-03"), period="plan"),
    Case("sexual_offences", OLD, ("2018-04", "2019-03"), period="base"),
    chosen("violence_with_injury", "2025-06", "2025-08", 1),
    chosen("vehicle_crime", "2020-01", "2021-06", 2, WHITECHAPEL, WEAVERS),
]
SHARES = [
    Case("stop_search_found", ("2023-09", "2024-08"), ("2022-09", "2023-08")),
    Case("stop_search_found", ("2024-08", "2024-08"), ("2023-08", "2023-08"), (WHITECHAPEL,), period="1m"),
    Case("knife_positive_outcomes", ("2025-03", "2026-02"), ("2024-03", "2025-02")),
    Case("knife_positive_outcomes", ("2025-04", "2026-02"), ("2024-04", "2025-02"), period="fytd"),
    Case("knife_positive_outcomes", ("2025-03", "2026-02"), ("2022-03", "2023-02"), compare=Compare.BASELINE),
]
SURVEYS = [
    Case("pas_trust", ("2023-01", "2023-12"), ("2022-01", "2022-12")),
    Case("pas_trust", ("2023-01", "2023-12"), ("2019-10", "2020-09"), compare=Compare.BASELINE),
    Case("pas_fair_treatment", ("2023-01", "2023-12"), ("2022-01", "2022-12"), period="1m"),
    Case("pas_contact_ward_officer", ("2023-01", "2023-12"), ("2022-01", "2022-12")),
]


def found(data: Dataset, case: Case) -> tuple[Selection, Change]:
    question = select(data, case.view)
    assert question.areas == case.areas
    assert question.span is not None and question.before is not None
    assert (str(question.span.first), str(question.span.last)) == case.now
    assert (str(question.before.first), str(question.before.last)) == case.before
    _, change = compare(data, question)
    assert change is not None and change.refusal is None
    return question, change


def test_there_are_thirty_and_more() -> None:
    cases = {str(case) for case in (*COUNTS, *SHARES, *SURVEYS)}
    assert len(cases) == len(COUNTS) + len(SHARES) + len(SURVEYS) >= 40


def test_the_cases_are_of_every_sort() -> None:
    noises = {(factors(case.slug, case.areas) is not None, scatter(case.slug, case.areas) > 1) for case in COUNTS}
    assert noises == {(one, two) for one in (False, True) for two in (False, True)}


@pytest.mark.parametrize("case", COUNTS, ids=str)
def test_a_count(data: Dataset, case: Case) -> None:
    question, change = found(data, case)
    one, zero = whole(case.slug, case.areas, *case.now)[0], whole(case.slug, case.areas, *case.before)[0]
    season, phi = factors(case.slug, case.areas), scatter(case.slug, case.areas)
    noise = data.noise(question.indicator, case.areas)
    if season is None:
        assert noise.seasons is None
    else:
        assert noise.seasons is not None
        assert noise.seasons.factors == close([season[n] for n in range(1, 13)])
    assert change.dispersion == noise.dispersion.value == close(phi)
    assert (change.now.numerator, change.before.numerator) == (one, zero)
    assert change.absolute == one - zero
    test = two_counts(one, zero, phi)
    assert change.p_value == close(test.p_value)
    if zero:
        assert change.percent == close(100 * (one / zero - 1))
        assert (change.low, change.high) == (close(100 * (test.low - 1)), close(100 * (test.high - 1)))
    else:
        assert (change.percent, change.low, change.high) == (None, None, None)
    assert change.detectable is (test.p_value < 0.05)


@pytest.mark.parametrize("case", [case for case in COUNTS if not case.wards][:10], ids=str)
def test_a_large_count_agrees_with_a_score_test_of_two_rates(data: Dataset, case: Case) -> None:
    # another test altogether, so only nearly the same: the exact one is the more careful
    _, change = found(data, case)
    one, zero, phi = change.now.numerator or 0, change.before.numerator or 0, change.dispersion
    score = poisson_2indep(one / phi, 1, zero / phi, 1, method="score", compare="ratio").pvalue
    assert score - 0.005 <= (change.p_value or 0) <= score + 0.05


def shares(case: Case) -> tuple[float, float, float, float]:
    (hits1, n1), (hits0, n0) = whole(case.slug, case.areas, *case.now), whole(case.slug, case.areas, *case.before)
    return hits1, n1, hits0, n0


def holds_shares(change: Change, hits1: float, n1: float, hits0: float, n0: float) -> None:
    assert change.absolute == close(100 * (hits1 / n1 - hits0 / n0))
    assert change.percent is None and change.dispersion == 1
    _, p_value = proportions_ztest([hits1, hits0], [n1, n0])
    low, high = confint_proportions_2indep(hits1, n1, hits0, n0, method="wald", compare="diff")
    assert change.p_value == close(p_value)
    assert (change.low, change.high) == (close(100 * low), close(100 * high))
    assert change.detectable is bool(p_value < 0.05)


@pytest.mark.parametrize("case", SHARES, ids=str)
def test_a_share_of_counts(data: Dataset, case: Case) -> None:
    _, change = found(data, case)
    holds_shares(change, *shares(case))


@pytest.mark.parametrize("case", SURVEYS, ids=str)
def test_a_share_from_a_survey(data: Dataset, case: Case) -> None:
    _, change = found(data, case)
    now, before = (published(case.slug, TOWER_HAMLETS, span[1]) for span in (case.now, case.before))
    assert change.base == declared(case.slug)["base"] == 400
    holds_shares(change, 400 * now, 400, 400 * before, 400)


def test_a_published_rate_is_compared_but_never_tested(data: Dataset) -> None:
    case = Case("youth_fte", ("2024-01", "2024-12"), ("2023-01", "2023-12"))
    _, change = found(data, case)
    now, before = (published("youth_fte", TOWER_HAMLETS, span[1]) for span in (case.now, case.before))
    assert change.absolute == close(now - before) and change.percent == close(100 * (now / before - 1))
    assert (change.p_value, change.low, change.high, change.detectable) == (None, None, None, False)


def test_a_yearly_count_has_no_months_to_judge_its_scatter_by(data: Dataset) -> None:
    _, change = found(data, Case("deliberate_fires", ("2014-01", "2014-12"), ("2013-01", "2013-12")))
    now, before = (published("deliberate_fires", TOWER_HAMLETS, f"{year}-12") for year in (2014, 2013))
    test = two_counts(now, before, 1)
    assert change.p_value == close(test.p_value) and change.low == close(100 * (test.low - 1))


# ---- refusals


@pytest.mark.parametrize(
    ("view", "words"),
    [
        # September 2023 is missing from the reports of antisocial behaviour
        (Filters("asb", period="custom", first=Month(2024, 8), last=Month(2025, 7)), "Only 11 of the 12 months"),
        (Filters("asb", (WEAVERS,), period="custom", first=Month(2023, 9), last=Month(2023, 9)), "There is no figure"),
        # a period that has not ended, and one that the figures do not reach
        (
            Filters("burglary", period="custom", first=Month(2025, 7), last=Month(2026, 6)),
            "Only 9 of the 12 months of the year to June 2026",
        ),
        (
            Filters("knife_offences", period="custom", first=Month(2022, 3), last=Month(2023, 2)),
            "There is no figure for the year to February 2022.",
        ),
        (
            Filters("stop_search", period="custom", first=Month(2022, 1), last=Month(2022, 12)),
            "Only 11 of the 12 months",
        ),
        # the police's new recording system of February 2024 lies between
        (
            Filters("vawg_offences", period="custom", first=Month(2024, 3), last=Month(2025, 2)),
            "Figures before and after February 2024",
        ),
        (
            Filters("vawg_offences", (WEAVERS,), compare=Compare.BASELINE),
            "Figures before and after February 2024",
        ),
        # unlike periods
        (Filters("burglary", period="24m", compare=Compare.BASELINE), "A period of 24 months cannot be compared"),
        (
            Filters("burglary", period="custom", first=Month(2026, 3), last=Month(2026, 3), compare=Compare.BASELINE),
            "",
        ),
        (
            Filters("arson", period="custom", first=Month(2019, 10), last=Month(2020, 9), compare=Compare.BASELINE),
            "2019/20 does not lie wholly before",
        ),
        (
            Filters("burglary", period="custom", first=Month(2020, 1), last=Month(2020, 3), compare=Compare.BASELINE),
            "is the baseline itself",
        ),
    ],
)
def test_what_is_not_like_for_like_is_refused(data: Dataset, view: Filters, words: str) -> None:
    question = select(data, view)
    _, change = compare(data, question)
    assert change is not None
    if not words:  # the same month of the baseline is like for like
        assert change.refusal is None and question.before == Span(Month(2020, 3), Month(2020, 3))
        return
    assert change.refusal is not None and words in change.refusal
    assert (change.absolute, change.percent, change.p_value, change.low, change.high) == (None,) * 5
    assert not change.detectable
    shown = tile(data, view)
    assert shown.sentence == change.refusal and shown.state.letter == "?"


def test_the_months_refused_are_the_months_that_are_not_there() -> None:
    assert "2023-09" not in raw("asb", (TOWER_HAMLETS,)) and "2023-08" in raw("asb", (TOWER_HAMLETS,))
    assert (
        max(raw("burglary", (TOWER_HAMLETS,))) == "2026-03"
        and min(raw("knife_offences", (TOWER_HAMLETS,))) == "2022-03"
    )
    assert "2022-01" not in raw("stop_search", (TOWER_HAMLETS,))


# ---- other places, over the same period


def there(data: Dataset, question: Selection, compare: Compare | str) -> Selection:
    other = data.comparator(compare)
    assert other is not None
    return replace(question, place=other[0], kind=other[1], areas=other[2])


@pytest.mark.parametrize(
    ("slug", "wards", "other"),
    [
        ("burglary", (), Compare.LONDON),
        ("burglary", (WHITECHAPEL,), Compare.LONDON),
        ("burglary", (), Compare.SIMILAR),
        ("arson", (EAST,), Compare.LONDON),
        ("public_order", (), Compare.LONDON),
        ("vehicle_crime", (EAST, WEAVERS), Compare.SIMILAR),
        ("dwelling_fires", (EAST,), Compare.LONDON),
        ("burglary", (), HACKNEY),
        ("knife_offences", (WHITECHAPEL,), HACKNEY),
    ],
)
def test_a_rate_beside_other_places(data: Dataset, slug: str, wards: tuple[str, ...], other: Compare | str) -> None:
    here = select(data, Filters(slug, wards))
    far = there(data, here, other)
    assert far.areas == {Compare.LONDON: (LONDON,), Compare.SIMILAR: SIMILAR}.get(other, (other,))
    assert here.span is not None
    months = (str(here.span.first), str(here.span.last))
    ours, theirs = whole(slug, here.areas, *months)[0], whole(slug, far.areas, *months)[0]
    people, others = residents(*here.areas), residents(*far.areas)
    got = hold(
        data,
        here,
        far,
        data.window(here.indicator, here.kind, here.areas, here.span),
        data.window(here.indicator, far.kind, far.areas, here.span),
    )
    assert got.ours == close(1000 * ours / people) and got.theirs == close(1000 * theirs / others)
    rest, left = (theirs - ours, others - people) if other is Compare.LONDON else (theirs, others)
    phi1, phi0 = scatter(slug, here.areas), scatter(slug, far.areas)
    even = (people / phi1) / (people / phi1 + left / phi0)
    if phi1 == phi0 == 1:
        ci = binomtest(int(ours), int(ours + rest), even).proportion_ci(0.95, method="exact")
        low, high = ci.low, ci.high
        p = min(
            1.0,
            *(2 * binomtest(int(ours), int(ours + rest), even, alternative=way).pvalue for way in ("less", "greater")),
        )
    else:
        low, high, p = on_beta(ours / phi1, rest / phi0, even)
    scale = (left / phi0) / (people / phi1)
    assert got.ratio == close((ours / people) / (rest / left))
    assert got.p_value == close(p)
    assert got.low == close(low / (1 - low) * scale) and got.high == close(high / (1 - high) * scale)
    assert got.detectable is bool(p < 0.05)
    words = beside(data, here, other, data.window(here.indicator, here.kind, here.areas, here.span), None)
    assert wording.rate(1000 * ours / people) in words and wording.rate(1000 * theirs / others) in words
    assert ("more than chance" in words) is bool(p < 0.05)


def test_a_share_beside_the_rest_of_london(data: Dataset) -> None:
    slug = "knife_positive_outcomes"
    here = select(data, Filters(slug))
    far = there(data, here, Compare.LONDON)
    assert here.span is not None
    months = (str(here.span.first), str(here.span.last))
    (found, cases), (all_found, all_cases) = whole(slug, here.areas, *months), whole(slug, far.areas, *months)
    got = hold(
        data,
        here,
        far,
        data.window(here.indicator, here.kind, here.areas, here.span),
        data.window(here.indicator, far.kind, far.areas, here.span),
    )
    rest = (all_found - found, all_cases - cases)
    assert got.ours == close(100 * found / cases) and got.theirs == close(100 * all_found / all_cases)
    assert got.p_value == close(proportions_ztest([found, rest[0]], [cases, rest[1]])[1])


@pytest.mark.parametrize("other", [Compare.LONDON, Compare.SIMILAR])
@pytest.mark.parametrize("slug", ["pas_trust", "pas_contact_ward_officer"])
def test_a_survey_beside_other_places(data: Dataset, slug: str, other: Compare) -> None:
    here = select(data, Filters(slug))
    far = there(data, here, other)
    assert here.span is not None
    ours = published(slug, TOWER_HAMLETS, "2023-12")
    theirs = sum(published(slug, area, "2023-12") for area in far.areas) / len(far.areas)
    size = 400 * (32 if other is Compare.LONDON else 5)
    got = hold(
        data,
        here,
        far,
        data.window(here.indicator, here.kind, here.areas, here.span),
        data.window(here.indicator, far.kind, far.areas, here.span),
    )
    low, high = confint_proportions_2indep(400 * ours, 400, size * theirs, size, method="wald", compare="diff")
    assert got.points == close(100 * (ours - theirs))
    assert got.p_value == close(proportions_ztest([400 * ours, size * theirs], [400, size])[1])
    assert (got.low, got.high) == (close(100 * low), close(100 * high))


@pytest.mark.parametrize(
    ("slug", "wards", "other"),
    [
        ("burglary", (), Compare.LONDON),
        ("theft_from_person", (WHITECHAPEL,), Compare.LONDON),
        ("public_order", (), Compare.SIMILAR),
    ],
)
def test_a_change_beside_the_change_of_other_places(
    data: Dataset, slug: str, wards: tuple[str, ...], other: Compare
) -> None:
    here = select(data, Filters(slug, wards))
    far = there(data, here, other)
    _, ours = compare(data, here)
    assert ours is not None and here.span is not None and here.before is not None
    theirs = against_before(
        data,
        far,
        without(data.window(here.indicator, far.kind, far.areas, here.span), ours.now, far.areas),
        without(data.window(here.indicator, far.kind, far.areas, here.before), ours.before, far.areas),
    )
    gap = changed_apart(ours, theirs)
    counts = [[whole(slug, areas, *span)[0] for span in (YEAR, LAST_YEAR)] for areas in (here.areas, far.areas)]
    if other is Compare.LONDON:  # which holds ours
        counts[1] = [theirs - ours for theirs, ours in zip(counts[1], counts[0], strict=True)]
    phis = [scatter(slug, areas) for areas in (here.areas, far.areas)]
    table = Table2x2(
        [[count / phi for count in row] for row, phi in zip(counts, phis, strict=True)], shift_zeros=False
    )  # Woolf's logarithm, counts divided by the scatter
    low, high = table.oddsratio_confint(0.05)
    assert gap is not None
    assert gap.ratio == close(counts[0][0] / counts[0][1] / (counts[1][0] / counts[1][1]))
    assert (gap.low, gap.high) == (close(low), close(high))
    assert gap.p_value == close(table.oddsratio_pvalue())


# ---- the usual range of a trend


@pytest.mark.parametrize(
    ("slug", "wards", "baseline"),
    [
        ("burglary", (), ("2022-04", "2025-03")),  # seasonal
        ("asb", (), ("2023-07", "2025-03")),  # a gap, and less than three years
        ("knife_offences", (), ("2022-03", "2025-02")),
        ("criminal_damage", (), ("2022-04", "2025-03")),
        ("stop_search_found", (), ("2020-09", "2023-08")),  # a share, with gaps
        ("vawg_offences", (), ("2024-03", "2025-02")),  # from the break on
    ],
)
def test_the_usual_range_by_moving_ranges(
    data: Dataset, slug: str, wards: tuple[str, ...], baseline: tuple[str, str]
) -> None:
    question = select(data, Filters(slug, wards))
    areas = question.areas
    months, season = raw(slug, areas), factors(slug, areas) or dict.fromkeys(range(1, 13), 1.0)
    share = question.indicator.kind is Kind.PROPORTION
    if share:
        season = dict.fromkeys(range(1, 13), 1.0)

    def level(month: str) -> float | None:
        if month not in months:
            return None
        over, under = months[month]
        return 100 * over / under if share else over / season[int(month[5:])]

    values = [level(month) for month in reach(*baseline)]
    known = [value for value in values if value is not None]
    steps = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    kept = [size for size in steps if size <= 3.267 * sum(steps) / len(steps)]
    centre, half = sum(known) / len(known), 2.66 * sum(kept) / len(kept)
    assert centre >= 20 or share
    drawn = trend._trend(data, replace(question, areas=areas), data.series(question.indicator, areas))
    drawn = drawn.assign(month=[f"{moment:%Y-%m}" for moment in drawn["start"]]).set_index("month")
    whole = [months[month] for month in reach(*baseline) if month in months]
    mean = (sum(over for over, _ in whole) + 0.5) / (sum(under for _, under in whole) + 1) if share else 0.0

    def edges(month: str) -> tuple[float, float]:
        """Moving ranges, and for a share of few cases what chance makes of so many."""
        low, high = centre, centre
        if share:
            cases = round(months[month][1]) if month in months else 1
            low, high = (100 * binom.ppf((0.00135, 0.99865), cases, mean) / cases).tolist()
        return max(0.0, min(low, centre - half)), max(high, centre + half)

    for month in (baseline[0], baseline[1], step(baseline[1], 3), max(months)):
        factor, (low, high) = season[int(month[5:])], edges(month)
        assert drawn.loc[month, "centre"] == close(centre * factor)
        assert drawn.loc[month, "upper"] == close(high * factor)
        assert drawn.loc[month, "lower"] == close(low * factor)
    for month in reach(step(max(months), -11), max(months)):
        beyond, (low, high) = level(month), edges(month)
        assert beyond is not None
        assert (drawn.loc[month, "rule"] == control_chart.BEYOND) is (beyond > high or beyond < low), month
    assert drawn["upper"].first_valid_index() == baseline[0]


@pytest.mark.parametrize(
    ("slug", "wards"), [("arson", ()), ("homicide", ()), ("burglary", (WEAVERS,)), ("arson", (EAST,))]
)
def test_the_usual_range_of_few_events(data: Dataset, slug: str, wards: tuple[str, ...]) -> None:
    question = select(data, Filters(slug, wards))
    phi = scatter(slug, question.areas)
    months = raw(slug, question.areas)
    values = [months[month][0] for month in reach("2022-04", "2025-03")]
    mean = sum(values) / len(values)
    spread = nbinom(mean / (phi - 1), 1 / phi) if phi > 1.01 else poisson(mean)
    wide = phi * 37 / 36  # the mean itself is known from 36 months only
    room = nbinom((mean + 0.5 / 36) / (wide - 1), 1 / wide)
    low, high = min(spread.ppf(0.00135), room.ppf(0.00135)), max(spread.ppf(0.99865), room.ppf(0.99865))
    drawn = trend._trend(data, question, data.series(question.indicator, question.areas))
    last = drawn.iloc[-1]
    assert (last["lower"], last["centre"], last["upper"]) == (low, close(mean), high)
    people = residents(*question.areas)
    rates = trend._trend(data, question.as_rates, data.series(question.indicator, question.areas))
    assert rates["upper"].iloc[-1] == close(1000 * high / people)
    assert rates["rule"].tolist() == drawn["rule"].tolist(), "a rate signals where its count does"


# ---- targets


def test_the_target_that_can_be_judged_is_judged_on_the_survey(data: Dataset) -> None:
    judged = next(one for one in targets.targets(data, Filters()) if one.target.indicator == "pas_fair_treatment")
    share = published("pas_fair_treatment", TOWER_HAMLETS, "2023-12")
    low, high = proportion_confint(400 * share, 400, method="wilson")
    start = published("pas_fair_treatment", TOWER_HAMLETS, "2020-09")
    text = judged.readings[0]
    for number in (100 * start + 5, 100 * share, 100 * low, 100 * high):
        assert wording.percent(number) in text
    z = norm.ppf(0.975)
    least = 100 * z * math.sqrt(2 * share * (1 - share) / 400)
    assert wording.points(least) in judged.limits


# ---- one number in every room


@pytest.mark.parametrize(
    ("slug", "wards"),
    [
        ("theft_from_person", ()),
        ("knife_offences", ()),
        ("vawg_offences", ()),
        ("vehicle_crime", (WHITECHAPEL,)),
        ("shoplifting", (WHITECHAPEL,)),
        ("stop_search_found", ()),
        ("pas_contact_ward_officer", ()),
    ],
)
def test_tile_title_table_and_export_say_the_same(data: Dataset, slug: str, wards: tuple[str, ...]) -> None:
    view = Filters(slug, wards)
    question = select(data, view)
    shown, picture, table = tile(data, view), trend.trend(data, view), comparisons(data, view)
    change = shown.change
    assert change is not None and change.absolute is not None and change.refusal is None
    way = next(
        way for way in table.ways if way.name.startswith(("Latest 12 months, on the 12", "Newest figure, on the one"))
    )
    assert way.sentence == shown.sentence
    assert way.state == shown.state
    rows = pd.read_csv(io.StringIO(table.csv)).set_index("comparison")
    row = rows.loc[way.name]
    assert row["now"] == change.now.numerator and row["before"] == change.before.numerator
    assert row["change"] == close(change.absolute) and row["p_value"] == close(change.p_value)
    assert (row["low"], row["high"]) == (close(change.low), close(change.high))
    assert row["dispersion"] == close(change.dispersion)
    assert row["words"] == shown.sentence and row["release"] == data.release
    size = (
        wording.points(change.absolute)
        if question.indicator.kind is Kind.PROPORTION
        else wording.percent(change.percent or 0)
    )
    assert size in shown.sentence and size in way.movement
    assert change.detectable, "so that the title tells the change itself"
    assert f" {'rose' if change.absolute > 0 else 'fell'} " in picture.title and size in picture.title
    if question.indicator.kind is Kind.COUNT:
        assert row["percent"] == close(change.percent)
        assert shown.number == row["now"]
        assert wording.number(row["now"]) == shown.figure
        assert way.figures == f"{wording.number(row['before'])} to {wording.number(row['now'])}"
    else:
        assert shown.number == close(100 * row["now"] / row["now_denominator"])


def test_every_way_of_the_comparisons_is_its_own_view(data: Dataset) -> None:
    table = comparisons(data, Filters("knife_offences"))
    want = {
        "Latest month, on the same month a year before": (("2026-02", "2026-02"), ("2025-02", "2025-02")),
        "Financial year to date, on the same months a year before": (("2025-04", "2026-02"), ("2024-04", "2025-02")),
        "Latest 12 months, on the 12 before": (("2025-03", "2026-02"), ("2024-03", "2025-02")),
        "Latest 12 months, on the baseline": (("2025-03", "2026-02"), ("2022-03", "2023-02")),
    }
    assert [way.name for way in table.ways] == list(want)
    rows = pd.read_csv(io.StringIO(table.csv)).set_index("comparison")
    for name, spans in want.items():
        now, before = (whole("knife_offences", (TOWER_HAMLETS,), *span)[0] for span in spans)
        assert (rows.loc[name, "now"], rows.loc[name, "before"]) == (now, before)
        assert rows.loc[name, "p_value"] == close(
            two_counts(now, before, scatter("knife_offences", (TOWER_HAMLETS,))).p_value
        )
    assert len(table.elsewhere) == 2 and table.elsewhere[0].split(" in London")[0].endswith(
        wording.rate(1000 * whole("knife_offences", (LONDON,), "2025-03", "2026-02")[0] / residents(LONDON))
    )


def test_a_rate_changes_as_its_count_does(data: Dataset) -> None:
    count, rate = (tile(data, Filters("burglary", measure=measure)) for measure in Measure)
    assert count.change and rate.change and replace(rate.change, rate=None) == count.change
    assert count.sentence.split(" (")[0] == rate.sentence.split(" (")[0], "the movement and the verdict are the count's"
    both = [wording.rate(1000 * (window.numerator or 0) / 310_300) for window in (rate.change.before, rate.change.now)]
    assert f"(from {both[0]} to {both[1]} per 1,000 residents)" in rate.sentence, "the figures are rates"


def test_london_is_tested_with_its_own_scatter(data: Dataset) -> None:
    question = there(data, select(data, Filters("burglary")), Compare.LONDON)
    assert question.kind is AreaKind.REGION
    _, change = compare(data, question)
    now, before = (whole("burglary", (LONDON,), *span)[0] for span in (YEAR, LAST_YEAR))
    phi = scatter("burglary", (LONDON,))
    assert change is not None and change.dispersion == close(phi)
    test = two_counts(now, before, phi)
    assert change.p_value == close(test.p_value)
    assert (change.low, change.high) == (close(100 * (test.low - 1)), close(100 * (test.high - 1)))
