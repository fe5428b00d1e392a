"""The grammar of sentences about figures, shared by titles, tiles and alt texts."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd

from csp_dash.analytics import rates
from csp_dash.analytics.compare import Against, Change, Window
from csp_dash.analytics.control_chart import BEYOND, Record
from csp_dash.analytics.intervals import ALPHA, RateRatio, smallest_detectable_count
from csp_dash.domain import wording
from csp_dash.domain.enums import Direction, Kind
from csp_dash.domain.periods import Span

CHANCE = "chance alone could explain it"
NOT_CHANCE = "more than chance would explain"
RECORD_TOTAL = 30


def compared_with(now: Span, before: Span) -> str:
    """`the year before` for the same months a year earlier, else the period's name."""
    if before == now.shifted(-12) and now.months <= 12:
        names = {12: "the year before", 1: "the same month a year before"}
        return names.get(now.months, "the same months a year before")
    return f"the {before.words}" if before.words.startswith("12 months") else before.words


def when(change: Change) -> str:
    """`in the year to March 2026`; what it is compared with is added unless it is simply the year before."""
    now, before = change.now.span, change.before.span
    if now.months == 12 and before == now.shifted(-12):
        return f"in {now.long_words}"
    return f"in {now.long_words}, on {compared_with(now, before)}"


def cases(part: float, whole: float) -> str:
    """A share of few cases, `3 of 12`: a percentage would say more than they can."""
    return f"{wording.number(part)} of {wording.number(whole)}"


def movement(change: Change) -> str:
    """`down 8%`, `up 1.5 percentage points`, `unchanged`; of few events `was 8`, of a share of few cases `was 3 of 12`."""
    if change.absolute is None:
        return "not compared"
    if change.absolute == 0:
        return "unchanged"
    if change.few:
        return f"was {value(change, change.before)}{_unit(change)}"
    way = "up" if change.absolute > 0 else "down"
    if change.kind is Kind.PROPORTION or change.in_percent:
        return f"{way} {wording.points(change.absolute)}"
    return f"{way} {wording.percent(change.percent)}" if change.percent is not None else "up from none"


def brief(change: Change | None) -> str:
    """A movement as a table has room for: `+7.1%`, `+9.8 pts`, `was 8`, `unchanged`; empty where nothing was compared."""
    if change is None or change.absolute is None:
        return ""
    if change.few or change.absolute == 0:
        return "unchanged" if change.absolute == 0 else f"was {value(change, change.before)}"
    sign = "+" if change.absolute > 0 else "\u2212"
    if change.kind is Kind.PROPORTION or change.in_percent:
        return f"{sign}{abs(change.absolute):.1f}".removesuffix(".0") + " pts"
    return "was 0" if change.percent is None else f"{sign}{wording.percent(change.percent)}"


def moved_from(change: Change) -> str:
    """A movement with where it came from: `up 46% (from 771)`, `was 12`."""
    return (
        movement(change) if change.few else f"{movement(change)} (from {value(change, change.before)}{_unit(change)})"
    )


def moved_on(change: Change) -> str:
    """A movement with what it is compared with: `down 8% on the year before`, `was 8 the year before`."""
    earlier = compared_with(change.now.span, change.before.span)
    if change.absolute == 0:
        return f"unchanged from {earlier}"
    if change.few:
        return f"{movement(change)} {'' if earlier == 'the year before' else 'in '}{earlier}"
    return f"{movement(change)} on {earlier}"


def verdict(change: Change) -> str:
    """Whether chance explains the change."""
    if not change.tested:
        return "published without its base, so chance cannot be judged"
    if change.absolute == 0:
        return "no detectable change"
    return NOT_CHANCE if change.detectable else CHANCE


def tile(change: Change | None, *, past: bool = False, level: str = "") -> str:
    """A tile's sentence: the comparison and whether chance explains it, or why there is none.

    With `past` it names its date, as a series that ended is told; `level` is what `level` or `before_break` says.
    """
    if change is None:
        return "There is no earlier period to compare with."
    if change.refusal:
        return change.refusal
    text = moved_on(change)
    now = f"{value(change, change.now)}{_unit(change)}"
    if past:
        went = f"went {both(change)}" if change.few and change.absolute else f"was {text}"
        text = f"in {change.now.span.long_words} it {went}"
    if change.absolute == 0:
        return f"{wording.capital(text)} ({now})."
    figures = "" if past and change.few else f" (now {now})" if change.few else f" ({both(change)})"
    told = f"{wording.capital(text)}{figures}: {verdict(change)}."
    return f"{told} {wording.capital(level)}." if level else told


def level(on: Change) -> str:
    """Where a figure stands on the baseline: `still 61% above 2019/20`; `after 21% in the 12 months to February 2023`."""
    earlier = compared_with(on.now.span, on.before.span)
    if on.detectable and not on.few and on.kind is Kind.COUNT:
        return f"still {wording.percent(on.percent or 0)} {'above' if (on.absolute or 0) > 0 else 'below'} {earlier}"
    return f"after {value(on, on.before)}{_unit(on)} in {earlier}"


def before_break(change: Change, cut: date) -> str:
    """The figure before a declared break: `after 5,967 in the year to February 2024, before a break in the figures`."""
    then = f"{value(change, change.before)}{_unit(change)} in {change.before.span.long_words}"
    return f"after {then}, before a break in the figures ({cut:%B %Y})"


def within_chance(change: Change) -> str:
    """How large a change would have to be: `A fall to 880 or a rise to 1,056 would be more than chance.`"""
    before = change.before.numerator
    if change.refusal or change.kind is not Kind.COUNT or not before:
        return ""
    low, high = smallest_detectable_count(before, change.dispersion)
    if low is None:
        return f"It would have to reach {_count(change, high)}{_unit(change)} before chance could be ruled out."
    return (
        f"A fall to {_count(change, low)} or a rise to {_count(change, high)}{_unit(change)} would be more than chance."
    )


def held(name: str, found: Against, kind: Kind, unit: str = "per 1,000 residents") -> str:
    """How a figure stands beside another place's: both figures (rates in `unit`), the gap, and whether chance explains it."""
    if found.refusal:
        return f"{wording.capital(name)}: not compared. {found.refusal}"
    if found.ours is None or found.theirs is None:
        return f"{wording.capital(name)}: no figures to compare with."
    if kind is Kind.PROPORTION:
        both = f"{wording.percent(found.ours)} here and {wording.percent(found.theirs)} in {name}"
        gap = f"{wording.points(found.points or 0)} "
        higher = (found.points or 0) > 0
    else:
        of = f" {unit}" if kind is Kind.COUNT else ""
        both = f"{wording.rate(found.ours)}{of} here and {wording.rate(found.theirs)} in {name}"
        if not found.theirs:
            return f"{both}."
        gap = "" if found.few else f"{wording.percent(100 * (found.ours / found.theirs - 1))} "
        higher = found.ours > found.theirs
    if found.ours == found.theirs:
        return f"{both}: the same."
    chance = "" if found.p_value is None else f", {NOT_CHANCE if found.detectable else CHANCE}"
    return f"{both}: {gap}{'higher' if higher else 'lower'} here{chance}."


def apart(name: str, ours: Change, theirs: Change, gap: RateRatio) -> str:
    """Whether a count moved differently here and elsewhere: `It is down 8% here and down 5% in London; ...`."""
    how = f"the gap is {NOT_CHANCE}" if gap.p_value < ALPHA else "chance alone could explain the gap"
    here, there = _went(ours), _went(theirs)
    if here.startswith("is ") and there.startswith("is "):
        there = there.removeprefix("is ")
    return f"It {here} here and {there} in {name}; {how}."


def _went(change: Change) -> str:
    return f"went {both(change)}" if change.few and change.absolute else f"is {movement(change)}"


def reasons(change: Change | None, direction: Direction, *, seasonal: bool = False, signals: str = "") -> list[str]:
    """Why a measure has its state, in sentences: the test, the scatter, the likely range, the limits, the direction."""
    if change is None or change.refusal:
        return [change.refusal if change and change.refusal else "There is no earlier period to compare with."]
    told: list[str] = []
    if not change.tested:
        told.append("The figure was published without the number of cases behind it, so no test is possible.")
    elif change.kind is Kind.PROPORTION:
        told.append(
            f"The two shares were compared with a two-proportion test; chance alone would part them this far in "
            f"{wording.odds(change.p_value or 0)}."
        )
        told.append(f"The true change is likely (95%) to lie between {likely(change, ' and ')}.")
    else:
        told.append(
            f"The two counts were compared with an exact test (binomial, given their sum); chance alone would part them "
            f"this far in {wording.odds(change.p_value or 0)}."
        )
        if change.dispersion > 1.05:
            told.append(
                f"Neighbouring months {'(season taken out) ' if seasonal else ''}scatter {change.dispersion:.1f} times as much as "
                "pure chance would make them, so the test was widened by that."
            )
        if likely(change):
            told.append(f"The true change is likely (95%) to lie between {likely(change, ' and ')}.")
        told.append(within_chance(change))
    told.append(signals)
    told.append(
        "No direction is better in itself, so it is never marked as better or worse."
        if direction is Direction.AMBIGUOUS
        else f"{direction.value.capitalize()} is better, as declared for this measure."
    )
    return [line for line in told if line]


def likely(change: Change, join: str = " to ") -> str:
    """The 95% interval of a change in its unit: `−12% to +3%`, `−2 to +7 points`, of few events `−9 to +4 in number`."""
    if change.few and change.number is not None:
        if change.rate is not None:
            low, high = (
                f"{'+' if bound > 0 else '−' if bound < 0 else ''}{_count(change, abs(bound))}"
                for bound in change.number
            )
            return f"{low}{join}{high}{_unit(change)}"
        low, high = (wording.signed(round(bound)) for bound in change.number)
        return f"{low}{join}{high} in number"
    if change.low is None or change.high is None or not math.isfinite(change.high):
        return ""
    if change.kind is Kind.PROPORTION:
        return f"{wording.signed(change.low)}{join}{wording.signed(change.high)} points"
    return f"{wording.signed(change.low)}%{join}{wording.signed(change.high)}%"


def trend_title(
    subject: str,
    change: Change | None,
    *,
    record: Record | None = None,
    place: str = "",
    past: bool = False,
    level: str = "",
) -> str:
    """The finding, as a chart's title: the verdict on the change, with a record that agrees and the `level` (see `tile`)."""
    found = _title(f"{subject}{f' in {place}' if place else ''}", wording.plural(subject), change, record, past)
    return f"{found}, {level}" if level else found


def _title(subject: str, plural: bool, change: Change | None, record: Record | None, past: bool) -> str:
    if record is not None and record.total >= RECORD_TOTAL and _agrees(record, change):
        verb, whose = ("are", "their") if plural else ("is", "its")
        since = (
            f"since {_year(record.since)}" if record.since else f"in figures that begin in {record.first.first.words}"
        )
        if change is not None and change.tested and not change.detectable:
            return f"{subject}: no detectable change {when(change)}, {'then ' if past else ''}at {whose} {record.kind} {since}"
        if past:
            verb = "were" if plural else "was"
            return f"{subject} {verb} at {whose} {record.kind} in {record.latest.long_words}, {since}"
        return f"{subject} {verb} at {whose} {record.kind} {since}"
    if change is None:
        return f"{subject}: nothing earlier to compare with"
    if change.refusal:
        return f"{subject}: not compared"
    if change.absolute is None or not change.tested:
        return f"{subject}: {movement(change)} {when(change)}"
    if change.absolute == 0 or not change.detectable:
        return f"{subject}: no detectable change {when(change)}"
    verb = "rose" if change.absolute > 0 else "fell"
    if change.few:
        size = both(change)
    elif change.kind is Kind.PROPORTION:
        size = f"by {wording.points(change.absolute)}"
    elif change.percent is None:
        size = f"from none to {value(change, change.now)}{_unit(change)}"
    elif change.percent >= 100:
        size = "to more than double" if change.percent < 200 else f"{wording.percent(change.percent)}"
    else:
        size = wording.percent(change.percent)
    return f"{subject} {verb} {size} {when(change)}"


def trend_sentence(
    subject: str, change: Change | None, *, record: Record | None = None, past: bool = False, level: str = ""
) -> str:
    """The full sentence under a title: numbers, periods, and what chance would explain."""
    parts = []
    if change is None:
        parts.append("There is no earlier period to compare with.")
    elif change.refusal:
        parts.append(change.refusal)
    elif change.absolute == 0:
        parts.append(f"{subject}: {both(change)} {when(change)}; no detectable change.")
    else:
        verb = "rose" if (change.absolute or 0) > 0 else "fell"
        parts.append(f"{subject} {verb} {_size(change)} {when(change)}; {verdict(change)}.")
    if level:
        parts.append(f"{wording.capital(level)}.")
    if record is not None:
        parts.append(record_sentence(record, past=past))
    return " ".join(parts)


def _size(change: Change) -> str:
    """`16% (from 3,243 to 2,739)`, `by 4 percentage points (from 55% to 59%)`, `from 8 to 3`."""
    if change.few or change.absolute is None:
        return both(change)
    if change.kind is Kind.PROPORTION or change.in_percent:
        return f"by {wording.points(change.absolute)} ({both(change)})"
    return f"{wording.percent(change.percent)} ({both(change)})" if change.percent is not None else both(change)


def record_sentence(record: Record, *, past: bool = False) -> str:
    """`The lowest 12-month total since the 12 months to June 2016.`; in the past, `In the year to May 2021 it was the ...`."""
    if past:
        told = record_sentence(record)
        return f"In {record.latest.long_words} it was {wording.inside(told)}"
    if record.since is None:
        return (
            f"The {record.kind} {record.latest.months}-month total in figures that begin in {record.first.first.words}."
        )
    return f"The {record.kind} {record.latest.months}-month total since {_ending(record.since)}."


def together(
    subject: str,
    reports: Change | None,
    name: str,
    outcome: Change | None,
    better: Direction = Direction.HIGHER,
    falls: tuple[str, ...] = ("less of it comes to light", "there is less of it"),
) -> str:
    """What a measure of reports (`subject`) and an outcome (`name`) show together; both begin in lower case.

    `falls` are the readings of a fall. `better` is the outcome's direction. It never decides between the readings: it says which the two movements fit.
    """
    if outcome is None:
        return (
            "There are no open figures of outcomes or confidence to set it against, so neither reading can be checked."
        )
    for change in (reports, outcome):
        if change is None or change.refusal or not change.tested:
            return f"The two cannot be read together. {_because(change)}"
    assert reports is not None and outcome is not None
    if reports.now.span != outcome.now.span:
        told = [
            f"{_moved(name, one)} in {one.now.span.long_words}" for name, one in ((subject, reports), (name, outcome))
        ]
        return f"{wording.capital('; '.join(told))}. Their months differ, so neither is read into the other."
    if not reports.detectable:
        return f"{wording.capital(_moved(subject, reports))}, so neither reading is favoured."
    rising = (reports.absolute or 0) > 0
    head = f"{wording.capital(subject)} {'rose' if rising else 'fell'}, while {name}"
    if not outcome.detectable or better is Direction.AMBIGUOUS:
        return f"{head} {wording.agree(name, 'shows', 'show')} no detectable change: neither reading is favoured."
    improved = ((outcome.absolute or 0) > 0) is (better is Direction.HIGHER)
    fits = {
        (True, True): "the welcome reading of a rise",
        (True, False): "the worrying reading of a rise",
        (False, True): f"the reassuring reading of a fall, that {falls[-1]}",
        (False, False): f"the worrying reading of a fall, that {falls[0]}",
    }[rising, improved]
    if outcome.kind is Kind.COUNT:
        moved = "rose" if (outcome.absolute or 0) > 0 else "fell"
    else:
        moved = "improved" if improved else "got worse"
    return f"{head} {moved}. That fits {fits}; it does not prove it."


def _moved(name: str, change: Change) -> str:
    """`burglary fell`, `sexual offences show no detectable change`."""
    if not change.detectable:
        return f"{name} {'show' if wording.plural(name) else 'shows'} no detectable change"
    return f"{name} {'rose' if (change.absolute or 0) > 0 else 'fell'}"


def _because(change: Change | None) -> str:
    if change is None:
        return "One of them has no figures."
    return change.refusal or "One was published without the number of cases behind it."


def signals_sentence(trend: pd.DataFrame, months: int = 12) -> str:
    """How many of the latest months lie beyond the usual range; empty where no range could be worked out."""
    columns = (trend[name].tolist()[-months:] for name in ("value", "upper", "rule", "missing"))
    known = [
        (value, upper, rule)
        for value, upper, rule, missing in zip(*columns, strict=True)
        if not math.isnan(upper) and not missing
    ]
    if not known:
        return ""
    beyond = [value > upper for value, upper, rule in known if rule == BEYOND]
    above = sum(beyond)
    below = len(beyond) - above
    if not above and not below:
        return f"{'The latest month does not lie' if len(known) == 1 else f'None of the latest {len(known)} months lies'} beyond the usual range."
    told: list[str] = []
    for count, side in ((above, "above"), (below, "below")):
        if count:
            verb = "was" if count == 1 else "were"
            told.append(f"{count} {verb} {side}" + ("" if told else " the usual range"))
    if len(known) == 1:
        return f"The latest month was {'above' if above else 'below'} the usual range."
    return f"Of the latest {len(known)} months, {' and '.join(told)}" + (" it." if len(told) == 2 else ".")


def value(change: Change, window: Window) -> str:
    """One of a change's two figures in words: a count, a share, or a rate where the counts are written as rates."""
    if change.kind is Kind.COUNT and window.numerator == 0:
        return "none"
    if change.kind is Kind.PROPORTION and window.few:
        return cases(window.numerator or 0, window.denominator or 0)
    if change.rate is not None and window.numerator is not None:
        return wording.rate(change.rate.of(window.numerator, window.span.months))
    return wording.figure(window.value(change.kind), change.kind) + "%" * change.in_percent


def _count(change: Change, count: float) -> str:
    if change.rate is None:
        return wording.number(count)
    return wording.rate(change.rate.of(count, change.now.span.months))


def _unit(change: Change) -> str:
    """What follows a figure that is a rate; nothing after a count."""
    return "" if change.rate is None else f" {rates.per_people('', change.rate.per, change.now.span.months)}"


def both(change: Change) -> str:
    """The two figures of a change: `from 3,243 to 2,739`, `from 3 of 12 to 8 of 20`."""
    before, now, unit = value(change, change.before), value(change, change.now), _unit(change)
    if change.kind is Kind.PROPORTION and change.absolute and not change.few:
        shares = [100 * (window.value(change.kind) or 0) for window in (change.before, change.now)]
        seen = round(shares[1], shares[1] < 9.95) - round(shares[0], shares[0] < 9.95)
        if before == now or abs(seen - change.absolute) > 0.25:  # `from 7.7% to 17.5%` where 9.8 points lie between
            before, now = (f"{share:.1f}%" for share in shares)
    return f"from {before}{unit} to none" if unit and now == "none" else f"from {before} to {now}{unit}"


def _year(span: Span | None) -> str:
    return "" if span is None else str(span.last.year)


def _ending(span: Span) -> str:
    return f"the {span.months} months to {span.last.words}"


def _agrees(record: Record, change: Change | None) -> bool:
    """A record is not told against a detectable change of the other way."""
    if change is None or change.refusal or not change.detectable or change.absolute is None:
        return True
    return (change.absolute < 0) is (record.kind == "lowest")
