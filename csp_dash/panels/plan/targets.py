"""The plan's numeric targets, judged with the smallest change that the data could show."""

from __future__ import annotations

from dataclasses import dataclass

from csp_dash.analytics.intervals import smallest_detectable_points, wilson
from csp_dash.analytics.target import Judgement, Standing, judge
from csp_dash.domain import wording
from csp_dash.domain.enums import Direction, Kind
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.domain.indicator import Indicator, Reading, Target
from csp_dash.domain.periods import Month, Span
from csp_dash.panels.dataset import Dataset


@dataclass(frozen=True)
class Judged:
    """A target, its standing, and sentences: each reading's outcome, and the smallest change that could be seen."""

    target: Target
    standing: Standing
    readings: tuple[str, ...]
    limits: str


def targets(data: Dataset, view: Filters) -> tuple[Judged, ...]:
    """Every target of the plan. `view` is not used: targets have periods of their own."""
    return tuple(_judged(data, target) for target in data.catalogue.targets)


def summary(found: tuple[Judged, ...], unknown: int) -> str:
    """How the targets stand, in a sentence without its full stop."""
    if unknown == len(found):
        return f"None of the plan's {len(found)} targets can be judged from open figures"
    count = {standing: sum(one.standing is standing for one in found) for standing in Standing}
    told = [f"{number} {standing.word.lower()}" for standing, number in count.items() if number]
    return wording.capital(wording.listed(told))


def _judged(data: Dataset, target: Target) -> Judged:
    found = [_judge(data, target, reading) for reading in target.readings]
    # Where the plan's words can be read in several ways, that is the verdict which every reading gives.
    standing = found[0].standing if len({one.standing for one in found}) == 1 else Standing.UNKNOWN
    return Judged(
        target,
        standing,
        tuple(_reading(data, target, reading, one) for reading, one in zip(target.readings, found, strict=True)),
        _limits(data, target, found),
    )


def _judge(data: Dataset, target: Target, reading: Reading) -> Judgement:
    if not target.indicator:
        return Judgement(Standing.UNKNOWN)
    indicator = data.catalogue.indicators[target.indicator]
    have = data.have(indicator, AreaKind.BOROUGH)
    if have is None:
        return Judgement(Standing.UNKNOWN)
    judged = _year(data, indicator, target.due)
    if judged is None:
        return Judgement(Standing.UNKNOWN)
    now = data.window(indicator, AreaKind.BOROUGH, (TOWER_HAMLETS,), judged)
    start = data.window(indicator, AreaKind.BOROUGH, (TOWER_HAMLETS,), reading.start) if reading.start else None
    goal = target.value
    if reading.how != "level":
        begun = start.value(indicator.kind) if start else None
        if begun is None:
            return Judgement(Standing.UNKNOWN)
        base = 100 * begun if indicator.kind is Kind.PROPORTION else begun
        goal = base + target.value if reading.how == "points" else base * (1 + target.value / 100)
    return judge(
        now,
        goal,
        kind=indicator.kind,
        higher=indicator.direction is not Direction.LOWER,
        due=target.due,
        start=start,
        base=float(indicator.base) if indicator.base else None,
        dispersion=data.noise(indicator, (TOWER_HAMLETS,)).dispersion.value,
        over=data.newest >= target.due,
    )


def _year(data: Dataset, indicator: Indicator, due: Month) -> Span | None:
    """The last twelve months with a figure by the due month, else the newest; None where figures ended a year before it."""
    known = data.series(indicator, (TOWER_HAMLETS,)).dropna(subset=["numerator"])
    ends = [Month.of(moment.date()) for moment in known["finish"]]
    by_then = [end for end in ends if 0 <= due - end < 12]
    last = by_then[-1] if by_then else ends[-1] if ends and ends[-1] > due else None
    return Span(last.plus(-11), last) if last else None


def _reading(data: Dataset, target: Target, reading: Reading, found: Judgement) -> str:
    if found.value is None or found.goal is None or found.low is None or found.high is None:
        return f"Read as {reading.words}: no open figures."
    indicator = data.catalogue.indicators[target.indicator]
    judged, have = _year(data, indicator, target.due), data.have(indicator, AreaKind.BOROUGH)
    at = judged.last.words if judged else ""
    newest = have.span.last if have and judged and have.span.last > judged.last else None
    goal, value, low, high = (_number(one, indicator) for one in (found.goal, found.value, found.low, found.high))
    return (
        f"Read as {reading.words}: that would be {goal}. In the 12 months to {at} it was "
        f"{value} ({low} to {high} allowing for chance): "
        f"**{found.standing.word.lower()}**.{_today(data, indicator, newest)}"
    )


def _number(value: float, indicator: Indicator) -> str:
    """A figure as `judge` has it: a share in percent, a count as it is."""
    return wording.percent(value) if indicator.kind is Kind.PROPORTION else wording.number(round(value))


def _today(data: Dataset, indicator: Indicator, last: Month | None) -> str:
    """The newest figure, where there is a newer one than that of the due month."""
    if last is None:
        return ""
    now = data.window(indicator, AreaKind.BOROUGH, (TOWER_HAMLETS,), Span(last.plus(-11), last))
    return f" In the 12 months to {last.words} it was {wording.figure(now.value(indicator.kind), indicator.kind)}."


def _limits(data: Dataset, target: Target, found: list[Judgement]) -> str:
    """The smallest change that the measure's own data can show."""
    known = next((one for one in found if one.least is not None and one.least_power is not None), None)
    indicator = data.catalogue.indicators.get(target.indicator)
    if known is not None and indicator is not None and known.least is not None and known.least_power is not None:
        unseen = f" A rise of {target.value:g} cannot be seen in one year." if target.value < known.least else ""
        return (
            f"Smallest change that can be told from chance: {wording.points(known.least)} between two years of about "
            f"{indicator.base} interviews each; a true change has to be {wording.points(known.least_power)} for the survey to "
            f"show it four times in five.{unseen}"
        )
    volume = data.catalogue.indicators.get(target.volume)
    have = data.have(volume, AreaKind.BOROUGH) if volume else None
    if volume is None or have is None:
        return ""
    year = data.window(volume, AreaKind.BOROUGH, (TOWER_HAMLETS,), Span(have.span.last.plus(-11), have.span.last))
    cases = year.numerator or 0
    if cases <= 1:
        return ""
    share = target.value / 100
    low, high = wilson(share, cases)
    return (
        f"{wording.counted(cases, volume.unit)} of {wording.inside(volume.title)} were recorded in the year to "
        f"{have.span.last.words}. Of so many, a true {target.value:g}% could show as anything from {100 * low:.1f}% to "
        f"{100 * high:.1f}%, and two years would have to differ by {wording.points(smallest_detectable_points(share, cases))} "
        "before chance could be ruled out."
    )
