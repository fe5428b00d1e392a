"""Trend panel: a measure by month, by survey quarter, or by year."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import pandas as pd

from csp_dash.analytics import alt_text, control_chart, narrate, rates
from csp_dash.analytics.compare import Change
from csp_dash.analytics.intervals import smallest_detectable_points, wilson
from csp_dash.charts import annotations as moments
from csp_dash.charts import bars, lines
from csp_dash.charts import trend as trend_chart
from csp_dash.charts.base import PAGE, WALL, Style
from csp_dash.domain import wording
from csp_dash.domain.enums import Compare, Frequency, Kind, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import LONDON, TOWER_HAMLETS
from csp_dash.domain.indicator import Event
from csp_dash.domain.periods import Month, Span
from csp_dash.panels.course import axis
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import Rows, evidence
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import Selection, base, compare, real_figure, select, value, value_words
from csp_dash.panels.verdict import verdict

LEAST_MONTHS = 24
"""A series that ended sooner after the baseline year began is shown whole."""
ALWAYS = ("covid", "plan_begins")  # every series that was running then was touched


def trend(data: Dataset, view: Filters, whole: bool = False) -> Panel:
    """The trend panel of a view's indicator: since the plan's baseline year, or with `whole` since the series begins."""
    return draw(data, view, PAGE, whole=whole)


def longer(data: Dataset, view: Filters) -> bool:
    """Whether a measure has months before those that its trend shows at first."""
    question = select(data, view)
    return question.have is not None and _start(data, question) > question.have.span.first


def _start(data: Dataset, question: Selection) -> Month:
    """The first month that a trend shows at first: the baseline year's, or that of an earlier period asked for."""
    have, span, start = question.have, question.span, axis(data).first
    if have is None or have.span.last - start < LEAST_MONTHS or question.indicator.frequency is not Frequency.MONTH:
        return have.span.first if have else start
    return min([start, *([question.before.first] if question.before else []), *([span.first] if span else [])])


def wall(data: Dataset, view: Filters) -> Panel:
    """The same trend with type that is read from six metres; its height is the screen's to say."""
    picture = draw(data, view, WALL)
    picture.figure.update_layout(height=None)
    return picture


def draw(data: Dataset, view: Filters, style: Style, *, whole: bool = False) -> Panel:
    """The trend at a size: months where there are months, else the survey's or the year's own grain."""
    question = select(data, view)
    frame = data.series(question.indicator, question.areas)
    _, found = compare(data, question)
    if question.indicator.frequency is Frequency.MONTH:
        picture = _monthly(data, view, question, frame, found, style, None if whole else _start(data, question))
    elif question.indicator.kind is Kind.PROPORTION:
        picture = _survey(data, question, frame, found, style)
    else:
        picture = _yearly(data, question, frame, found, style)
    remarks = (picture.remark, _withheld(question, frame), _without_forces(frame))
    return replace(picture, remark=" ".join(filter(None, remarks)))


def _withheld(question: Selection, frame: pd.DataFrame) -> str:
    """That gaps are figures which the partner withheld, where there are such."""
    number = frame["flag"].tolist().count("suppressed")
    if not number:
        return ""
    period = "month" if question.indicator.frequency is Frequency.MONTH else _grain(frame)
    periods = wording.counted(number, f"{period}s")
    return f"{wording.capital(periods)} {'has' if number == 1 else 'have'} a small figure that was withheld: a gap here, and not none."


def _without_forces(frame: pd.DataFrame) -> str:
    """That months lack forces which record in the borough too, where there are such."""
    flagged = [
        start
        for start, flag in zip(frame["start"], frame["flag"].tolist(), strict=True)
        if isinstance(flag, str) and "forces_missing" in flag
    ]
    if not flagged:
        return ""
    first, last = Month.of(min(flagged)), Month.of(max(flagged))
    when = first.words if first == last else f"{len(flagged)} months from {first.words} to {last.words}"
    return f"In {when} the City of London Police or the British Transport Police are not counted: their files were not there."


def _place(question: Selection) -> str:
    """The place for a title; the subject names it already where it is not the one asked for."""
    return "" if question.areas == (TOWER_HAMLETS,) or question.whose else question.place


def _events(data: Dataset, question: Selection) -> tuple[Event, ...]:
    touching = [event for event in data.catalogue.notes_of(question.indicator) if event.start]
    always = [data.catalogue.events[name] for name in ALWAYS if name in data.catalogue.events]
    return tuple(dict.fromkeys([*always, *touching]))


def _marked(events: tuple[Event, ...], days: pd.Series) -> str:
    """What the time axis marks, in words: letters as drawn, short names, dates."""
    if days.empty:
        return ""
    first, last = days.iloc[0].date(), days.iloc[-1].date()
    told = [
        f"{f'**{letter}** ' if letter else ''}{event.title} ({moments.when(event)})"
        for letter, event in moments.lettered(events, first, last)
    ]
    return f"Marked on the time axis: {'; '.join(told)}." if told else ""


def _rows(question: Selection, frame: pd.DataFrame, values: pd.Series) -> Rows:
    return partial(_series_rows, "+".join(question.areas), frame, values)


def _series_rows(areas: str, frame: pd.DataFrame, values: pd.Series) -> list[dict[str, object]]:
    return [
        {
            "area": areas,
            "from": f"{row.start:%Y-%m-%d}",
            "to": f"{row.finish:%Y-%m-%d}",
            "numerator": row.numerator,
            "denominator": row.denominator,
            "value": value,
            "flag": row.flag,
        }
        for row, value in zip(frame.itertuples(), values, strict=True)
    ]


def monthly_rows(data: Dataset, question: Selection, frame: pd.DataFrame) -> tuple[Rows, pd.Series]:
    """Rows of evidence of a monthly series, and its values in the measure asked for."""
    people = data.people_of(question.areas) if question.rated else None
    values = control_chart.monthly(frame, kind=question.indicator.kind, people=people, per=question.indicator.per)[
        "value"
    ]
    return _rows(question, frame, values), values


def _monthly(
    data: Dataset,
    view: Filters,
    question: Selection,
    frame: pd.DataFrame,
    found: Change | None,
    style: Style,
    since: Month | None,
) -> Panel:
    indicator = question.indicator
    against = data.comparator(view.compare)
    other, other_name = None, ""
    stands: dict[str, float | None] = {}
    if against and (indicator.has_rate or indicator.kind is Kind.PROPORTION) and data.have(indicator, against[1]):
        there = replace(question, kind=against[1], areas=against[2])
        theirs = data.series(indicator, there.areas)
        if indicator.has_rate and data.people_of(there.areas) and data.people_of(question.areas):
            # Places of different size can only be laid beside one another as rates.
            question, there = question.as_rates, there.as_rates
            _, found = compare(data, question)
        if question.rated is indicator.has_rate and not theirs.empty:
            other_name = wording.capital(against[0])
            other = _trend(data, there, theirs)
            stands[other_name] = _level(data, there)
    told = verdict(data, question, found)
    drawn = _trend(data, question, frame)
    stands[question.place] = _level(data, question)
    record = (
        control_chart.record(frame, breaks=question.breaks)
        if view.period == "12m" and question.compare is not Compare.BASELINE and indicator.kind is Kind.COUNT
        else None
    )
    share = indicator.kind is Kind.PROPORTION
    rate = f"per {indicator.per:,} residents" if question.rated else "%" if share else ""
    chosen = question.have is not None and question.span != _newest_year(question)
    shown = _since(drawn, since)
    figure = trend_chart.figure(
        shown,
        unit=indicator.unit,
        rate=rate,
        # On the wall there is no room for the words that letters stand for.
        events=[event for event in _events(data, question) if style is PAGE or event.kind != "caveat"],
        chosen=question.span,
        other=None if other is None else _since(other, since),
        other_name=other_name,
        name=question.place if other is not None else "",
        levels=[stands.get(question.place), stands.get(other_name)] if chosen else [],
        style=style,
        identity=indicator.slug,
    )
    title = narrate.trend_title(
        question.subject, found, record=record, place=_place(question), past=told.past, level=told.level
    )
    if indicator.trust is Trust.ILLUSTRATIVE:  # made-up figures have no finding
        title = question.subject
    remark = real_figure(data, question) if indicator.trust is Trust.ILLUSTRATIVE else question.fallback
    what = indicator.unit if share else question.unit_a_month
    period = f" Shaded: {_whole_period(data, question)}." if chosen else ""
    sentence = " ".join(
        part
        for part in (
            narrate.trend_sentence(question.subject, found, record=record, past=told.past, level=told.level),
            narrate.within_chance(found) if found else "",
            narrate.signals_sentence(drawn),
        )
        if part
    )
    return Panel(
        indicator=indicator,
        title=title,
        caption=f"{wording.capital(what)}, {question.place}. Dots: months, orange where chance would not explain them; "
        f"line: average of 12 months; band: the usual range.{period}",
        figure=figure,
        alt=alt_text.trend_alt(
            question.subject,
            question.place,
            drawn,
            unit=what,
            finding=title,
            stands=_whole_period(data, question) if chosen else "",
        ),
        evidence=evidence(
            data,
            question,
            _rows(question, frame, drawn["value"]),
            "by-month",
            "Month",
            unit=question.unit_a_month if question.rated else "",
        ),
        sentence=sentence,
        remark=remark,
        marked=_marked(_events(data, question), shown["start"]),
        empty=frame.empty,
    )


def _since(drawn: pd.DataFrame, month: Month | None) -> pd.DataFrame:
    """The months of a trend from one on."""
    if month is None:
        return drawn
    return drawn[drawn["start"] >= pd.Timestamp(month.first_day)].reset_index(drop=True)


def _newest_year(question: Selection) -> Span | None:
    """The twelve months whose average the line ends with."""
    return Span(question.have.span.last.plus(-11), question.have.span.last) if question.have else None


def _level(data: Dataset, question: Selection) -> float | None:
    """The period's figure as the chart's axis has it: a month's average, or a share."""
    if question.span is None:
        return None
    number = value(data, question, data.window(question.indicator, question.kind, question.areas, question.span))
    if number is None or question.indicator.kind is Kind.PROPORTION:
        return number
    return number / (rates.YEAR if question.rated else question.months)


def _whole_period(data: Dataset, question: Selection) -> str:
    """The chosen period's figure in words: `98,765 offences, April 2021 to March 2024`."""
    if question.span is None:
        return question.period
    number = value(data, question, data.window(question.indicator, question.kind, question.areas, question.span))
    return f"{wording.of(value_words(question, number), question.unit.removeprefix('percent '))}, {question.period}"


def _trend(data: Dataset, question: Selection, frame: pd.DataFrame) -> pd.DataFrame:
    noise = data.noise(question.indicator, question.areas)
    people = data.people_of(question.areas) if question.rated else None
    return control_chart.trend(
        frame,
        kind=question.indicator.kind,
        people=people,
        per=question.indicator.per,
        breaks=question.breaks,
        seasons=noise.seasons,
        dispersion=noise.dispersion.value,
    )


def _survey(data: Dataset, question: Selection, frame: pd.DataFrame, found: Change | None, style: Style) -> Panel:
    indicator, size, told = question.indicator, base(question) or 0.0, verdict(data, question, found)
    if not size:  # the cases behind each figure are known
        return _share_of_cases(data, question, frame, found, style)
    parts = [_share_lines(frame, question.place, size)]
    if not frame.empty:
        london = data.series(indicator, (LONDON,))
        if not london.empty:
            parts.append(_share_lines(london, "London", 0.0))
    drawn = pd.concat(parts, ignore_index=True)
    ends = (
        {str(name): float(rows["value"].iloc[-1]) for name, rows in drawn.groupby("name", sort=False)}
        if len(drawn)
        else {}
    )
    title = narrate.trend_title(question.subject, found, place=_place(question), past=told.past, level=told.level)
    return Panel(
        indicator=indicator,
        title=title,
        caption="Percent of residents interviewed, 12 months to each quarter. Band: the range within which the true "
        f"figure is likely to lie (95%, about {size:.0f} interviews a year). The scale does not begin at nought.",
        figure=lines.figure(
            drawn, suffix="%", zero=False, events=_events(data, question), style=style, identity=indicator.slug
        ),
        alt=alt_text.lines_alt(question.subject, ends, measure="percent", period=question.period) + f" {title}.",
        evidence=evidence(
            data,
            question,
            _rows(question, frame, 100 * frame["numerator"] / frame["denominator"]),
            "by-quarter",
            "Month",
        ),
        sentence=f"{told.sentence} {_least(found, size)}".strip(),
        remark=question.fallback,
        marked=_marked(_events(data, question), drawn["start"]),
        empty=frame.empty,
    )


def _share_of_cases(
    data: Dataset, question: Selection, frame: pd.DataFrame, found: Change | None, style: Style
) -> Panel:
    """A share whose cases are known, by its own quarters or years, with the interval that its cases allow."""
    indicator, told = question.indicator, verdict(data, question, found)
    drawn = _share_lines(frame, question.place, 0.0)
    pairs = zip(frame["numerator"].astype(float), frame["denominator"].astype(float), strict=True)
    bounds = [_interval(numerator, denominator) for numerator, denominator in pairs]
    drawn["low"], drawn["high"] = [100 * low for low, _ in bounds], [100 * high for _, high in bounds]
    title = narrate.trend_title(question.subject, found, place=_place(question), past=told.past, level=told.level)
    ends = {question.place: float(drawn["value"].iloc[-1])} if len(drawn) else {}
    grain = _grain(frame)
    shares = 100 * frame["numerator"].astype(float) / frame["denominator"].astype(float)
    return Panel(
        indicator=indicator,
        title=title,
        caption=f"{wording.capital(indicator.unit)}, {question.place}, by {grain}. Band: the range within which the true "
        "share is likely to lie (95%), given the number of cases. The scale does not begin at nought.",
        figure=lines.figure(
            drawn, suffix="%", zero=False, events=_events(data, question), style=style, identity=indicator.slug
        ),
        alt=alt_text.lines_alt(question.subject, ends, measure="percent", period=question.period) + f" {title}.",
        evidence=evidence(data, question, _rows(question, frame, shares), f"by-{grain}", "Month"),
        sentence=told.sentence,
        remark=question.fallback,
        marked=_marked(_events(data, question), drawn["start"]),
        empty=frame.empty,
    )


def _interval(numerator: float, denominator: float) -> tuple[float, float]:
    if math.isnan(numerator) or not denominator > 0:
        return math.nan, math.nan
    return wilson(numerator / denominator, denominator)


def _label(start: pd.Timestamp, finish: pd.Timestamp, grain: str) -> str:
    """A period under its bar: `to Jun 2025`, `2025`, or `2025/26` where the year begins in April."""
    if grain == "quarter":
        return f"to {finish:%b %Y}"
    return f"{start:%Y}/{finish:%y}" if start.month == 4 and start.year < finish.year else f"{finish:%Y}"


def _grain(frame: pd.DataFrame) -> str:
    """How long the periods of a series are: `quarter` or `year`."""
    days = (frame["finish"] - frame["start"]).dt.days
    return "quarter" if len(days) and 80 < days.iloc[-1] < 100 else "year"


def _least(found: Change | None, size: float) -> str:
    """How large a change of a survey share has to be before chance can be ruled out."""
    share = found.before.value(Kind.PROPORTION) if found and not found.refusal else None
    if share is None or not size:
        return ""
    least = wording.points(smallest_detectable_points(share, size))
    return f"With about {size:.0f} interviews a year, a change of less than {least} is within chance."


def _share_lines(frame: pd.DataFrame, name: str, size: float) -> pd.DataFrame:
    share = frame["numerator"] / frame["denominator"]
    drawn = pd.DataFrame({"series": name, "name": name, "start": pd.to_datetime(frame["finish"]), "value": 100 * share})
    if size:
        nothing = (float("nan"), float("nan"))
        bounds: list[tuple[float, float]] = [wilson(float(one), size) if pd.notna(one) else nothing for one in share]
        drawn["low"] = [100 * pair[0] for pair in bounds]
        drawn["high"] = [100 * pair[1] for pair in bounds]
    return drawn


def _yearly(data: Dataset, question: Selection, frame: pd.DataFrame, found: Change | None, style: Style) -> Panel:
    indicator, told = question.indicator, verdict(data, question, found)
    grain = _grain(frame)
    labels = [_label(start, finish, grain) for start, finish in zip(frame["start"], frame["finish"], strict=True)]
    drawn = pd.DataFrame({"label": labels, "value": frame["numerator"].astype(float), "whole": True})
    known = drawn.dropna(subset=["value"])
    title = narrate.trend_title(question.subject, found, place=_place(question), past=told.past, level=told.level)
    if found is not None and not found.refusal and not known.empty:
        earlier = narrate.compared_with(found.now.span, found.before.span)
        within = found.tested and not found.detectable
        moved = f"no detectable change on {earlier}" if within else narrate.moved_on(found)
        ends = {Month.of(finish.date()): label for label, finish in zip(labels, frame["finish"], strict=True)}
        when = found.now.span.words if grain == "quarter" else ends.get(found.now.span.last, found.now.span.words)
        _, of, base = indicator.unit.partition(" per ")
        level = f"{value_words(question, found.now.numerator)}{of}{base}"
        title = f"{question.subject}: {level} in {when}, {moved}"
        title = f"{title}, {told.level}" if told.level else title
    return Panel(
        indicator=indicator,
        title=title,
        caption=f"{wording.capital(indicator.unit)}, {question.place}, by {grain}.",
        figure=bars.years(drawn, style=style),
        alt=alt_text.bars_alt(
            f"{question.subject}, {question.place}", drawn, measure=indicator.unit, period=f"by {grain}"
        ),
        evidence=evidence(data, question, _rows(question, frame, frame["numerator"]), f"by-{grain}", "Month"),
        sentence=told.sentence,
        remark=question.fallback,
        empty=frame.empty,
    )
