"""The standing of a target: met, on course, off course, missed, or impossible to judge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from csp_dash.analytics.compare import Window
from csp_dash.analytics.intervals import poisson_ci, smallest_detectable_points, wilson
from csp_dash.domain.enums import Kind
from csp_dash.domain.periods import Month


class Standing(StrEnum):
    """The letter comes first so that no reader needs the colour."""

    MET = "M Met"
    ON = "N On course"
    OFF = "O Off course"
    MISSED = "X Missed"
    UNKNOWN = "? Cannot be judged"

    @property
    def word(self) -> str:
        """The standing without its letter."""
        return self.value[2:]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A figure against a goal, both as counts or as percentages.

    `low` and `high` bound the true figure with 95% confidence. `path` is where a straight line from the start to the
    goal would be at that time. `least` is the smallest change that the data can show, in the figure's unit (percentage
    points for shares), and `least_power` the smallest true change that they would show in four of five tries.
    """

    standing: Standing
    value: float | None = None
    low: float | None = None
    high: float | None = None
    goal: float | None = None
    path: float | None = None
    least: float | None = None
    least_power: float | None = None


def judge(
    now: Window | None,
    goal: float,
    *,
    kind: Kind,
    higher: bool,
    due: Month,
    start: Window | None = None,
    base: float | None = None,
    dispersion: float = 1.0,
    over: bool = False,
) -> Judgement:
    """Judge a figure against a goal that is due by a month; `over` says that this month has passed.

    The goal is a count, or a percentage for shares. The whole 95% interval has to lie on one side: beyond the goal it
    is met, short of the goal after the due month (or of the straight path from `start` to it before) it is off course,
    beyond the path it is on course. Once it is over, the goal is met or missed: no path leads there. An interval that straddles the line, a share without a base and a published rate
    cannot be judged. The goal is taken as exact, though one that is set from a survey's start is uncertain itself.
    """
    figure = _figure(now, kind)
    if now is None or figure is None:
        return Judgement(Standing.UNKNOWN, goal=goal)
    size = base or now.denominator or 0.0
    if kind is Kind.RATE or (kind is Kind.PROPORTION and size <= 1):
        return Judgement(Standing.UNKNOWN, figure, goal=goal)
    low, high = _interval(figure, kind, size, dispersion)
    least = smallest_detectable_points(figure / 100, size) if kind is Kind.PROPORTION else None
    power = smallest_detectable_points(figure / 100, size, power=0.8) if kind is Kind.PROPORTION else None
    path = goal
    begun = _figure(start, kind)
    if not over and start is not None and begun is not None and start.span.last <= now.span.last < due:
        path = begun + (goal - begun) * (now.span.last - start.span.last) / (due - start.span.last)
        path = min(path, goal) if higher else max(path, goal)  # a goal that is behind the start asks for no more

    def beyond(line: float) -> bool:
        return low >= line if higher else high <= line

    def short(line: float) -> bool:
        return high < line if higher else low > line

    standing = Standing.UNKNOWN
    if beyond(goal):
        standing = Standing.MET
    elif short(path):
        standing = Standing.MISSED if over else Standing.OFF
    elif not over and now.span.last < due and beyond(path):
        standing = Standing.ON
    return Judgement(standing, figure, low, high, goal, path, least, power)


def _figure(window: Window | None, kind: Kind) -> float | None:
    if window is None or not window.whole:
        return None
    value = window.value(kind)
    return None if value is None else 100 * value if kind is Kind.PROPORTION else value


def _interval(figure: float, kind: Kind, size: float, dispersion: float) -> tuple[float, float]:
    if kind is Kind.PROPORTION:
        low, high = wilson(figure / 100, size)
        return 100 * low, 100 * high
    low, high = poisson_ci(figure / dispersion)
    return low * dispersion, high * dispersion
