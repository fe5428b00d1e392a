"""Two measures over time: one above the other, and whether they change in the same years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from csp_dash.analytics import control_chart, rates
from csp_dash.analytics.compare import Window
from csp_dash.analytics.correlation import correlation
from csp_dash.charts import stacked
from csp_dash.charts.stacked import Course
from csp_dash.domain import wording
from csp_dash.domain.enums import Frequency, Kind
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS
from csp_dash.domain.periods import Month, Span
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import Selection, against_before, select, value, value_words
from csp_dash.panels.wards.side_by_side import words

YEARS = "yearly changes"
WHY_CHANGES = (
    "Changes from year to year are compared, not levels: two measures that merely drift would seem to belong together,"
    " whatever moved them. Neither need cause the other: a lockdown, a new way of recording or more police work can move both."
)


def over_time(data: Dataset, views: Sequence[Filters]) -> Panel:
    """Two views over one time axis, one above the other, with the correlation of their yearly changes."""
    one, other = (select(data, view) for view in views)
    instead = ""
    if one.areas != other.areas:  # wards of one cannot stand beside the borough of the other
        without = one if one.areas == (TOWER_HAMLETS,) else other
        instead = f"{without.indicator.short} {wording.agree(without.indicator.short, 'has', 'have')} no ward figures, so both are of all Tower Hamlets."
        one, other = (select(data, view, whole=True) for view in views)
    both = (one, other)
    years = _years(data, both)
    found = correlation([year.changes[0] for year in years], [year.changes[1] for year in years], YEARS)
    courses = [_course(data, question) for question in both]
    title = words.title(
        both, found, "tend to rise and fall in the same years", "tend to move in opposite directions from year to year"
    )
    last = years[-1].span.last if years else None
    period = f"years ending in {last.words.split()[0]}, {years[0].span.last.year} to {last.year}" if last else ""
    return Panel(
        indicator=one.indicator,
        title=title,
        caption=f"{wording.capital(one.place)}. Each on a scale of its own from nought. Dots: single months or years; line: average of 12 months.",
        figure=stacked.figure(_together(courses), identity=f"beside-{one.indicator.slug}"),
        alt=f"Two line charts over one time axis: {courses[0].name} above, {courses[1].name} below, {one.place}. {title}.",
        evidence=words.evidence_of(data, both, _table(both, years), _csv(years), "over-time"),
        sentence=" ".join(filter(None, (words.measured(found, YEARS, period), instead))),
        remark=" ".join(filter(None, (WHY_CHANGES, words.in_common(data, both)))),
        empty=any(course.frame["value"].isna().all() for course in courses),
    )


@dataclass(frozen=True, slots=True)
class _Year:
    """Twelve months of both measures: what each was, and its change on the twelve before."""

    span: Span
    levels: tuple[float | None, ...]
    changes: tuple[float, ...]


def _table(both: Sequence[Selection], years: Sequence[_Year]) -> pd.DataFrame:
    columns: dict[str, list[str]] = {"Year to": [year.span.last.short for year in years]}
    for place, question in enumerate(both):
        share = question.indicator.kind is Kind.PROPORTION
        name = question.indicator.short
        columns[name] = [value_words(question, year.levels[place]) for year in years]
        columns[f"{name}, change{' in points' if share else ''}"] = [
            f"{wording.signed(year.changes[place])}{'' if share else '%'}" for year in years
        ]
    return pd.DataFrame(columns)


def _csv(years: Sequence[_Year]) -> pd.DataFrame:
    return pd.DataFrame(
        [(str(year.span.first.first_day), str(year.span.last.last_day), *year.levels, *year.changes) for year in years],
        columns=["year_from", "year_to", "value", "other", "change", "other_change"],
    )


def _years(data: Dataset, both: Sequence[Selection]) -> list[_Year]:
    """Every year, oldest first, whose change on the year before can be told of both.

    The years are whole, do not overlap, and end with the newest period that both have.
    """
    ends = [_ends(data, question) for question in both]
    shared = ends[0] & ends[1]
    if not shared:
        return []
    last, first = max(shared), max(min(own) for own in ends)
    found = []
    for back in range(0, last - first + 1, rates.YEAR):
        span = Span(last.plus(-back - rates.YEAR + 1), last.plus(-back))
        moved = [_change(data, question, span) for question in both]
        changes = tuple(change for change in moved if change is not None)
        if len(changes) == len(both):
            levels = tuple(value(data, question, _window(data, question, span)) for question in both)
            found.append(_Year(span, levels, changes))
    return found[::-1]


def _ends(data: Dataset, question: Selection) -> set[Month]:
    frame = data.series(question.indicator, question.areas)
    return {Month.of(finish) for finish in frame.loc[frame["numerator"].notna(), "finish"]}


def _window(data: Dataset, question: Selection, span: Span) -> Window:
    return data.window(question.indicator, question.kind, question.areas, span)


def _change(data: Dataset, question: Selection, now: Span) -> float | None:
    """A year's change on the year before: in percent, of a share in points; None where it is refused, as by a declared break."""
    windows = [_window(data, question, span) for span in (now, now.before())]
    found = against_before(data, question.as_counts, *windows)
    if found.refusal:
        return None
    return found.absolute if question.indicator.kind is Kind.PROPORTION else found.percent


def _course(data: Dataset, question: Selection) -> Course:
    item = question.indicator
    frame = data.series(item, question.areas)
    people = data.people_of(question.areas) if question.rated else None
    if item.frequency is Frequency.MONTH:
        drawn = control_chart.trend(frame, kind=item.kind, people=people, per=item.per)[["start", "value", "smooth"]]
        unit = item.unit if item.kind is Kind.PROPORTION else question.unit_a_month
    else:
        drawn = control_chart.monthly(frame, kind=item.kind).assign(start=pd.to_datetime(frame["finish"]).to_numpy())
        drawn, unit = drawn.assign(smooth=drawn["value"]), item.unit
    share = item.kind is Kind.PROPORTION or item.unit.startswith(wording.PERCENT)
    return Course(f"{item.short}, {unit}", drawn, "%" if share else "")


def _together(courses: Sequence[Course]) -> list[Course]:
    """The courses over the time that both have, where that is a year at least."""
    known = [course.frame.dropna(subset=["value"])["start"] for course in courses]
    first, last = max(starts.min() for starts in known), min(starts.max() for starts in known)
    if any(starts.empty for starts in known) or not last - first >= pd.Timedelta(days=365):
        return list(courses)
    return [replace(course, frame=course.frame[course.frame["start"].between(first, last)]) for course in courses]
