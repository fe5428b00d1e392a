"""Sentences, from one small grammar, so that a title, a tile and an alt text never contradict each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from csp_dash.analytics.compare import Against, Change, Window
from csp_dash.analytics.intervals import ALPHA, RateRatio, smallest_detectable_count, wilson
from csp_dash.analytics.signal import BEYOND, Record
from csp_dash.domain.months import Month, Span
from csp_dash.domain.words import Direction, Kind

IRREGULAR = {"people": "person", "children": "child", "women": "woman", "men": "man"}
SAME = {"series", "premises", "%", "percent", "nox", "cctv"}
CHANCE = "chance alone could explain it"
NOT_CHANCE = "more than chance would explain"
RECORD_TOTAL = 30


def number(value: float) -> str:
    """A count with thousands separators, without decimals unless it has some under 100."""
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}".replace("-0", "0") if round(value) == 0 else f"{value:,.0f}"
    return rate(value)


def rate(value: float) -> str:
    """A rate to three significant digits at most, without trailing zeros beyond one decimal."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    text = f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    text = text.rstrip("0").rstrip(".") if abs(value) < 10 and text.endswith("0") else text
    return "0" if text in {"-0", "-0.0", "-0.00", "0.0", ""} else text


def percent(value: float) -> str:
    """The size of a percentage: at most three significant digits, no sign, never "-0%"."""
    size = abs(value)
    if 0 < size < 0.05:
        return "less than 0.1%"
    if size >= 1000:
        return f"{round(size, 2 - math.floor(math.log10(size))):,.0f}%"
    if size >= 9.95:
        return f"{size:.0f}%"
    return f"{size:.1f}".removesuffix(".0") + "%"


def points(value: float) -> str:
    """The size of a change in percentage points."""
    text = f"{abs(value):.1f}".removesuffix(".0")
    return f"{text} percentage point" if text == "1" else f"{text} percentage points"


def singular(unit: str) -> str:
    """One of a plural unit: `offences` gives `offence`, `young people` gives `young person`."""
    *front, last = unit.split(" ")
    return " ".join([*front, _one(last)])


def counted(value: float, unit: str) -> str:
    """`1 offence`, `214 offences`, `no offences`."""
    if value == 0:
        return f"no {unit}"
    return f"{number(value)} {singular(unit) if value == 1 else unit}"


def plural(subject: str) -> bool:
    """Whether a title takes a plural verb, judged by the last word of its head."""
    head = subject
    for stop in (" of ", " by ", " for ", " with ", " against ", " from ", " in ", " ("):
        head = head.split(stop, 1)[0]
    last = head.split(" ")[-1].lower()
    return last in IRREGULAR or (last.endswith("s") and not last.endswith(("ss", "us", "is")) and last not in SAME)


def listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def figure(value: float | None, kind: Kind, *, people_rate: bool = False) -> str:
    """A value as words: a count, a percentage of a share (0 to 1), a rate; `no figure` for None."""
    if value is None or not math.isfinite(value):
        return "no figure"
    if kind is Kind.PROPORTION:
        return percent(100 * value)
    return rate(value) if kind is Kind.RATE or people_rate else number(value)


def compared_with(now: Span, before: Span) -> str:
    """`the year before` for the same months a year earlier, else the period's name."""
    if before == now.shifted(-12) and now.months <= 12:
        return "the year before" if now.months == 12 else "the same time a year before"
    return f"the {before.words}" if before.words.startswith("12 months") else before.words


def movement(change: Change) -> str:
    """`down 8%`, `up 1.5 percentage points`, `unchanged`, `up from none`."""
    if change.absolute is None:
        return "not compared"
    if change.absolute == 0:
        return "unchanged"
    way = "up" if change.absolute > 0 else "down"
    if change.kind is Kind.PROPORTION:
        return f"{way} {points(change.absolute)}"
    return f"{way} {percent(change.percent)}" if change.percent is not None else "up from none"


def verdict(change: Change) -> str:
    """Whether chance explains the change."""
    if not change.tested:
        return "published without its base, so chance cannot be judged"
    if change.absolute == 0:
        return "no detectable change"
    return NOT_CHANCE if change.detectable else CHANCE


def tile(change: Change | None) -> str:
    """A tile's sentence: the comparison and whether chance explains it, or why there is none."""
    if change is None:
        return "There is no earlier period to compare with."
    if change.refusal:
        return change.refusal
    earlier = compared_with(change.now.span, change.before.span)
    if change.absolute == 0:
        return f"Unchanged from {earlier} ({_value(change.now, change.kind)})."
    return f"{_sentence(movement(change))} on {earlier} ({_both(change)}): {verdict(change)}."


def within_chance(change: Change) -> str:
    """How large a change would have to be: `A fall to 880 or a rise to 1,056 would be more than chance.`"""
    before = change.before.numerator
    if change.refusal or change.kind is not Kind.COUNT or not before:
        return ""
    low, high = smallest_detectable_count(before, change.dispersion)
    if low is None:
        return f"It would have to reach {number(high)} before chance could be ruled out."
    return f"A fall to {number(low)} or a rise to {number(high)} would be more than chance."


def held(name: str, found: Against, kind: Kind, per: float = 1000) -> str:
    """How a figure stands beside another place's: both figures, the gap, and whether chance explains it."""
    if found.refusal or found.ours is None or found.theirs is None:
        return f"{_sentence(name)}: no figures to compare with."
    if kind is Kind.PROPORTION:
        both = f"{percent(found.ours)} here and {percent(found.theirs)} in {name}"
        gap = points(found.points or 0)
        higher = (found.points or 0) > 0
    else:
        unit = f" per {per:,.0f} residents" if kind is Kind.COUNT else ""
        both = f"{rate(found.ours)}{unit} here and {rate(found.theirs)} in {name}"
        if not found.theirs:
            return f"{both}."
        gap = percent(100 * (found.ours / found.theirs - 1))
        higher = found.ours > found.theirs
    if found.ours == found.theirs:
        return f"{both}: the same."
    chance = "" if found.p_value is None else f", {NOT_CHANCE if found.detectable else CHANCE}"
    return f"{both}: {gap} {'higher' if higher else 'lower'} here{chance}."


def apart(name: str, ours: Change, theirs: Change, gap: RateRatio) -> str:
    """Whether a count moved differently here and elsewhere: `It is down 8% here and down 5% in London; ...`."""
    how = f"the gap is {NOT_CHANCE}" if gap.p_value < ALPHA else "chance alone could explain the gap"
    return f"It is {movement(ours)} here and {movement(theirs)} in {name}; {how}."


def odds(p_value: float) -> str:
    """How often chance alone would do as much: `fewer than 1 in 1,000 cases`, `about 3 in 100 cases`."""
    if p_value < 0.001:
        return "fewer than 1 in 1,000 cases"
    return (
        f"about {1000 * p_value:.0f} in 1,000 cases" if p_value < 0.0095 else f"about {100 * p_value:.0f} in 100 cases"
    )


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
            f"{odds(change.p_value or 0)}."
        )
        told.append(
            f"The true change is likely (95%) to lie between {signed(change.low)} and {signed(change.high)} points."
        )
    else:
        told.append(
            f"The two counts were compared with an exact test (binomial, given their sum); chance alone would part them "
            f"this far in {odds(change.p_value or 0)}."
        )
        if change.dispersion > 1.05:
            told.append(
                f"Neighbouring months {'(season taken out) ' if seasonal else ''}scatter {change.dispersion:.1f} times as much as "
                "pure chance would make them, so the test was widened by that."
            )
        if change.low is not None and change.high is not None and math.isfinite(change.high):
            told.append(
                f"The true change is likely (95%) to lie between {signed(change.low)}% and {signed(change.high)}%."
            )
        told.append(within_chance(change))
    told.append(signals)
    told.append(
        "No direction is better in itself, so it is never marked as better or worse."
        if direction is Direction.AMBIGUOUS
        else f"{direction.value.capitalize()} is better, as declared for this measure."
    )
    return [line for line in told if line]


def trend_title(
    subject: str,
    change: Change | None,
    *,
    record: Record | None = None,
    place: str = "",
) -> str:
    """The finding, as a chart's title: a record first, then a detectable change, then that there is none."""
    where = f" in {place}" if place else ""
    if record is not None and record.total >= RECORD_TOTAL and _agrees(record, change):
        verb, whose = ("are", "their") if plural(subject) else ("is", "its")
        since = (
            f"since {_year(record.since)}" if record.since else f"in figures that begin in {record.first.first.words}"
        )
        return f"{subject}{where} {verb} at {whose} {record.kind} {since}"
    if change is None:
        return f"{subject}{where}: nothing earlier to compare with"
    if change.refusal:
        return f"{subject}{where}: not compared"
    if change.absolute is None or not change.tested:
        return f"{subject}{where}: {movement(change)} in {change.now.span.long_words}"
    if change.absolute == 0 or not change.detectable:
        return f"{subject}{where}: no detectable change in {change.now.span.long_words}"
    verb = "rose" if change.absolute > 0 else "fell"
    if change.kind is Kind.PROPORTION:
        size = f"by {points(change.absolute)}"
    elif change.percent is None:
        size = f"from none to {_value(change.now, change.kind)}"
    elif change.percent >= 100:
        size = "to more than double" if change.percent < 200 else f"{percent(change.percent)}"
    else:
        size = percent(change.percent)
    return f"{subject}{where} {verb} {size} in {change.now.span.long_words}"


def trend_sentence(subject: str, change: Change | None, *, record: Record | None = None) -> str:
    """The full sentence under a title: numbers, periods, and what chance would explain."""
    parts = []
    if change is None:
        parts.append("There is no earlier period to compare with.")
    elif change.refusal:
        parts.append(change.refusal)
    elif change.absolute == 0:
        parts.append(f"{subject}: {_both(change)} in {change.now.span.long_words}; no detectable change.")
    else:
        verb = "rose" if (change.absolute or 0) > 0 else "fell"
        size = points(change.absolute or 0) if change.kind is Kind.PROPORTION else ""
        size = size or (percent(change.percent) if change.percent is not None else "")
        by = f" {'by ' if change.kind is Kind.PROPORTION else ''}{size}" if size else ""
        parts.append(f"{subject} {verb}{by} ({_both(change)}) in {change.now.span.long_words}; {verdict(change)}.")
    if record is not None:
        parts.append(record_sentence(record))
    return " ".join(parts)


def record_sentence(record: Record) -> str:
    """`The lowest 12-month total since the 12 months to June 2016.`"""
    if record.since is None:
        return (
            f"The {record.kind} {record.latest.months}-month total in figures that begin in {record.first.first.words}."
        )
    return f"The {record.kind} {record.latest.months}-month total since {_ending(record.since)}."


def meaning(direction: Direction, change: Change | None, readings: Sequence[str] = ()) -> str:
    """Whether the change is for better or worse; an ambiguous direction gets both readings; empty without change."""
    if change is None or change.refusal or not change.detectable or not change.absolute:
        return ""
    rising = change.absolute > 0
    if direction is not Direction.AMBIGUOUS:
        return "A change for the better." if rising is (direction is Direction.HIGHER) else "A change for the worse."
    if len(readings) >= 2:
        return f"A rise may mean {_tail(readings[0])}; it may also mean {_tail(readings[1])}." + (
            "" if rising else " A fall may mean the reverse of either."
        )
    if rising:
        return "A rise may mean that more is happening, or that more of it is reported and recorded."
    return "A fall may mean that less is happening, or that less of it is reported and recorded."


def together(
    subject: str, reports: Change | None, name: str, outcome: Change | None, better: Direction = Direction.HIGHER
) -> str:
    """What a measure of reports (`subject`) and an outcome (`name`) show together; both begin in lower case.

    `better` is the outcome's direction. It never decides between the readings: it says which the two movements fit.
    """
    if outcome is None:
        return (
            "There are no open figures of outcomes or confidence to set it against, so neither reading can be checked."
        )
    for change in (reports, outcome):
        if change is None or change.refusal or not change.tested:
            return f"The two cannot be read together. {_because(change)}"
    assert reports is not None and outcome is not None
    if not reports.detectable:
        return f"{_sentence(subject)}: no detectable change, so there is nothing to explain."
    rising = (reports.absolute or 0) > 0
    head = f"{_sentence(subject)} {'rose' if rising else 'fell'}, while {name}"
    if not outcome.detectable or better is Direction.AMBIGUOUS:
        return f"{head} shows no detectable change: neither reading is favoured."
    improved = ((outcome.absolute or 0) > 0) is (better is Direction.HIGHER)
    fits = {
        (True, True): "the welcome reading of a rise",
        (True, False): "the worrying reading of a rise",
        (False, True): "the reassuring reading of a fall, that there is less of it",
        (False, False): "the worrying reading of a fall, that less of it comes to light",
    }[rising, improved]
    return f"{head} {'improved' if improved else 'got worse'}. That fits {fits}; it does not prove it."


def _because(change: Change | None) -> str:
    if change is None:
        return "One of them has no figures."
    return change.refusal or "One was published without the number of cases behind it."


def signals_sentence(trend: pd.DataFrame, months: int = 12) -> str:
    """How many of the latest months lie beyond the usual range; empty where no range could be worked out."""
    latest = trend.tail(months)
    known = latest[latest["upper"].notna() & ~latest["missing"]]
    if known.empty:
        return ""
    beyond = known[known["rule"] == BEYOND]
    above = int((beyond["value"] > beyond["upper"]).sum())
    below = len(beyond) - above
    if not above and not below:
        return f"None of the latest {len(known)} months lies beyond the usual range."
    told: list[str] = []
    for count, side in ((above, "above"), (below, "below")):
        if count:
            verb = "was" if count == 1 else "were"
            told.append(f"{count} {verb} {side}" + ("" if told else " the usual range"))
    return f"Of the latest {len(known)} months, {' and '.join(told)}" + (" it." if len(told) == 2 else ".")


def map_title(
    frame: pd.DataFrame, names: Mapping[str, str], *, measure: str = "rates", unit: str = "", kind: str = "ward"
) -> str:
    """Who is highest: up to three areas, cut where no tie is broken. `frame`: area, value."""
    known = frame.dropna(subset=["value"]).sort_values(["value", "area"], ascending=[False, True])
    if known.empty:
        return "No data for this choice"
    values = known["value"].tolist()
    codes = [str(code) for code in known["area"]]
    if values[0] == 0:
        return f"No {kind} has any {unit}".strip() if unit else f"Every {kind} is at zero"
    if len(values) == 1:
        return f"{names.get(codes[0], codes[0])} is the only {kind} with a figure"
    if values[0] == values[-1]:
        return f"Every {kind} has the same figure"
    top = next((k for k in (3, 2, 1, 4) if k < len(values) and values[k - 1] > values[k]), None)
    if top is None:
        ties = sum(value == values[0] for value in values)
        return f"{ties} {kind}s share the highest {_of_one(measure)}"
    chosen = [names.get(code, code) for code in codes[:top]]
    if top == 1:
        return f"{chosen[0]} has the highest {_of_one(measure)}"
    return f"{listed(chosen)} have the highest {measure}"


def trend_alt(subject: str, place: str, trend: pd.DataFrame, *, unit: str, measure: str = "", finding: str = "") -> str:
    """Alt text of a trend chart: kind, what it shows, span, where it stands, the finding."""
    known = trend[~trend["missing"]]
    what = f"Line chart: {subject}, {place}, {measure or unit} a month"
    if known.empty:
        return f"{what}. No data for this choice."
    first, last = Month.of(known["start"].iloc[0].date()), Month.of(known["start"].iloc[-1].date())
    parts = [f"{what}, {first.words} to {last.words}"]
    smooth = known["smooth"].dropna()
    if not smooth.empty:
        parts.append(f"The 12-month average stands at {number_or_rate(float(smooth.iloc[-1]))}")
    gaps = int(trend["missing"].sum())
    if gaps:
        parts.append(f"{gaps} month{'s are' if gaps > 1 else ' is'} missing")
    if finding:
        parts.append(finding.rstrip("."))
    return ". ".join(parts) + "."


def map_alt(
    subject: str, frame: pd.DataFrame, names: Mapping[str, str], *, measure: str, period: str, finding: str = ""
) -> str:
    """Alt text of a map: what is shaded, for when, the highest and lowest areas, the finding. `frame`: area, value."""
    what = f"Map: {subject}, {measure}, {period}"
    known = frame.dropna(subset=["value"]).sort_values("value")
    if known.empty:
        return f"{what}. No data for this choice."
    low, high = known.iloc[0], known.iloc[-1]
    text = (
        f"{what}. Highest: {names.get(high['area'], high['area'])}, {number_or_rate(high['value'])}. "
        f"Lowest: {names.get(low['area'], low['area'])}, {number_or_rate(low['value'])}."
    )
    return f"{text} {finding.rstrip('.')}." if finding else text


def bars_alt(subject: str, frame: pd.DataFrame, *, measure: str, period: str, chosen: str = "") -> str:
    """Alt text of ranked bars. `frame`: label, value."""
    what = f"Bar chart: {subject}, {measure}, {period}"
    known = frame.dropna(subset=["value"]).sort_values("value", ascending=False).reset_index(drop=True)
    if known.empty:
        return f"{what}. No data for this choice."
    text = f"{what}, {len(known)} bars. Highest: {known['label'][0]}, {number_or_rate(known['value'][0])}."
    place = known.index[known["label"] == chosen]
    if len(place) and int(place[0]) > 0:
        text += f" {chosen} is {ordinal(int(place[0]) + 1)}, {number_or_rate(known['value'][int(place[0])])}."
    return text


def lines_alt(subject: str, ends: Mapping[str, float | None], *, measure: str, period: str) -> str:
    """Alt text of several lines: each line's last value."""
    what = f"Line chart: {subject}, {measure}, {period}"
    known = [
        f"{name} {number_or_rate(value)}" for name, value in ends.items() if value is not None and math.isfinite(value)
    ]
    return f"{what}. Latest: {listed(known)}." if known else f"{what}. No data for this choice."


def survey(subject: str, now: Window, change: Change | None = None, *, base: float | None = None) -> str:
    """A survey share with its interval, and how it changed. `subject` begins the sentence."""
    share = now.value(Kind.PROPORTION)
    if share is None:
        return f"{subject}: there is no figure for {now.span.long_words}."
    text = f"{subject}: {percent(100 * share)} in {now.span.long_words}"
    if base:
        low, high = wilson(share, base)
        text += (
            f" (between {100 * low:.0f}% and {100 * high:.0f}% allowing for chance; about {number(base)} interviews)"
        )
    if change is None:
        return f"{text}."
    if change.refusal:
        return f"{text}. {change.refusal}"
    if change.absolute == 0:
        return f"{text}, unchanged from {compared_with(change.now.span, change.before.span)}."
    return f"{text}, {movement(change)} on {compared_with(change.now.span, change.before.span)}: {verdict(change)}."


def ordinal(place: int) -> str:
    """`1st`, `2nd`, `11th`."""
    if place % 100 in (11, 12, 13):
        return f"{place}th"
    return f"{place}{({1: 'st', 2: 'nd', 3: 'rd'}).get(place % 10, 'th')}"


def number_or_rate(value: float) -> str:
    return number(value) if float(value).is_integer() else rate(float(value))


def _one(word: str) -> str:
    lower = word.lower()
    if lower in IRREGULAR:
        return IRREGULAR[lower]
    if lower in SAME or not lower.endswith("s") or lower.endswith("ss"):
        return word
    if lower.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if lower.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1]


def signed(value: float | None) -> str:
    """A number with its sign, a true minus: `+2.5`, `−13`."""
    if value is None:
        return "no figure"
    size = f"{abs(value):.2g}" if 0 < abs(value) < 0.05 else f"{abs(value):.1f}".removesuffix(".0")
    return "0" if size == "0" else f"{'+' if value > 0 else '−'}{size}"


def _value(window: Window, kind: Kind) -> str:
    return figure(window.value(kind), kind)


def _both(change: Change) -> str:
    return f"from {_value(change.before, change.kind)} to {_value(change.now, change.kind)}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tail(text: str) -> str:
    return text.strip().rstrip(".")


def _year(span: Span | None) -> str:
    return "" if span is None else str(span.last.year)


def _ending(span: Span) -> str:
    return f"the {span.months} months to {span.last.words}"


def _of_one(measure: str) -> str:
    return singular(measure)


def _agrees(record: Record, change: Change | None) -> bool:
    """A record is not told against a detectable change of the other way."""
    if change is None or change.refusal or not change.detectable or change.absolute is None:
        return True
    return (change.absolute < 0) is (record.kind == "lowest")
