"""Control chart (XmR): limits from a baseline, signal rules, 12-month averages and record totals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binom, nbinom, poisson

from csp_dash.analytics.seasonal import Seasons
from csp_dash.domain.enums import Kind
from csp_dash.domain.indicator import Event
from csp_dash.domain.periods import Month, Span

WIDTH = 2.66
SCREEN = 3.267
SMALL = 20
TAIL = 0.00135
TAILS = (TAIL, 1 - TAIL)
RUN = 7
FEWEST = 12
BASELINE = 36
YEAR = 12
BEYOND, RUNNING, DRIFTING, NEAR = "beyond", "run", "drift", "near"
WORDS = {
    BEYOND: "beyond the usual range",
    RUNNING: "part of seven or more months in a row on one side of the average",
    DRIFTING: "part of seven or more months in a row of rise or fall",
    NEAR: "one of two in three months near the edge of the usual range",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Where chance alone would keep monthly values, worked out on `points` of them."""

    centre: float
    lower: float
    upper: float
    points: int


@dataclass(frozen=True, slots=True)
class Record:
    """The latest 12-month total is the `kind` (lowest or highest) since `since`, or of all when that is None."""

    kind: str
    latest: Span
    total: float
    since: Span | None
    first: Span


def limits(values: Iterable[float | None], *, floor: float | None = 0.0) -> Limits | None:
    """XmR limits: mean plus and minus 2.66 mean moving ranges; ranges beyond 3.267 of their mean are screened out.

    Missing values are skipped, and no range is taken across them. None with fewer than three values or no range.
    Formulae: Wheeler and Chambers (1992); screening as in NHS Making Data Count. `floor` bounds the lower limit.
    """
    numbers = np.array([math.nan if v is None else float(v) for v in values], dtype=float)
    known = numbers[~np.isnan(numbers)]
    ranges = np.abs(np.diff(numbers))
    ranges = ranges[~np.isnan(ranges)]
    if len(known) < 3 or len(ranges) == 0:
        return None
    kept = ranges[ranges <= SCREEN * ranges.mean()]
    spread = WIDTH * float(kept.mean())
    centre = float(known.mean())
    lower = centre - spread
    return Limits(centre, lower if floor is None else max(floor, lower), centre + spread, len(known))


def exact_limits(values: Iterable[float | None], dispersion: float = 1.0) -> Limits | None:
    """Limits for small counts: at most 0.27% of months lie beyond, the share that three sigma leave out of a bell curve.

    Exact quantiles of a Poisson count with the values' mean, or of a negative binomial where months scatter more than
    chance (variance = dispersion x mean). XmR limits assume a bell curve: of months that average 4, they would call
    1.2% out of the ordinary by chance, these 0.1%. None with fewer than three values.
    """
    known = [float(v) for v in values if v is not None and not math.isnan(v)]
    if len(known) < 3:
        return None
    mean = float(np.mean(known))
    if mean == 0:
        return Limits(0.0, 0.0, 0.0, len(known))
    scattered = dispersion > 1.01
    edges = nbinom.ppf(TAILS, mean / (dispersion - 1), 1 / dispersion) if scattered else poisson.ppf(TAILS, mean)
    return Limits(mean, float(edges[0]), float(edges[1]), len(known))


def next_count(values: Iterable[float | None], dispersion: float = 1.0) -> Limits | None:
    """Where one more month would lie but for 0.27% of the time, if nothing but chance parts it from these.

    The prediction interval of a count whose mean is known from n months only: negative binomial with the mean
    (sum + 1/2) / n and (1 + 1/n) x dispersion times that as variance (Poisson with Jeffreys' prior: Gelman and others,
    Bayesian Data Analysis, section 2.6). After 36 months of none it reaches to 1, so one event is no signal. None with
    fewer than three values.
    """
    known = [float(v) for v in values if v is not None and not math.isnan(v)]
    if len(known) < 3:
        return None
    mean, spread = (sum(known) + 0.5) / len(known), dispersion * (1 + 1 / len(known))
    lower, upper = nbinom.ppf(TAILS, mean / (spread - 1), 1 / spread)
    return Limits(float(np.mean(known)), float(lower), float(upper), len(known))


def usual_range(values: Sequence[float | None], dispersion: float = 1.0) -> Limits | None:
    """The limits for a count series: exact ones where its months average under 20, else XmR's.

    Never narrower than chance makes one more month (`next_count`): a flat series, or one of nothing but zeros, has no
    ranges of its own to judge a month by.
    """
    known = [float(v) for v in values if v is not None and not math.isnan(v)]
    small = bool(known) and float(np.mean(known)) < SMALL
    band = exact_limits(known, dispersion) if small else limits(values)
    room = next_count(known, dispersion if small else 1.0)
    if band is None or room is None:
        return None
    return Limits(band.centre, min(band.lower, room.lower), max(band.upper, room.upper), band.points)


def share_ranges(over: Sequence[float], under: Sequence[float], inside: Sequence[bool]) -> list[Limits] | None:
    """Limits in percent for every month of a share: XmR's of the months `inside` the baseline, and never narrower than
    chance makes a share of so few cases (binomial, about the baseline's own share of all its cases)."""
    shares = [100 * one / all_ if all_ > 0 else math.nan for one, all_ in zip(over, under, strict=True)]
    band = limits([share if chosen else None for share, chosen in zip(shares, inside, strict=True)])
    kept = [
        (one, all_) for one, all_, chosen in zip(over, under, inside, strict=True) if chosen and all_ > 0 and one >= 0
    ]
    if band is None or not kept:
        return None
    cases = sum(all_ for _, all_ in kept)
    mean = (sum(one for one, _ in kept) + 0.5) / (cases + 1)  # a month of none is not proof that there are never any
    whole = np.array([max(1, round(all_)) if all_ > 0 else 1 for all_ in under])
    # Written as the shares are, or a share at its limit could lie beyond it by the last binary digit.
    lows, highs = (100 * binom.ppf(tail, whole, mean) / whole for tail in TAILS)
    return [
        Limits(band.centre, min(band.lower, float(low)), max(band.upper, float(high)), band.points)
        for low, high in zip(lows, highs, strict=True)
    ]


def rules(values: Sequence[float | None], band: Limits | Sequence[Limits]) -> list[str]:
    """For each value the rule that makes it a signal, or an empty text. The strongest rule names it.

    `band` is one for all values, or one for each.
    """
    numbers = np.array([math.nan if v is None else float(v) for v in values], dtype=float)
    bands = [band] if isinstance(band, Limits) else list(band)
    lower, centre, upper = (
        np.broadcast_to([getattr(own, edge) for own in bands], numbers.shape) for edge in ("lower", "centre", "upper")
    )
    found = np.full(len(numbers), "", dtype=object)
    for side in (1, -1):
        found[_pairs(side * (numbers - (centre + side * (upper - centre) * 2 / 3)) > 0)] = NEAR
    found[_runs(np.sign(np.diff(numbers, prepend=math.nan)))] = DRIFTING
    found[_runs(np.sign(numbers - centre))] = RUNNING
    found[(numbers > upper) | (numbers < lower)] = BEYOND
    return list(found)


def monthly(
    series: pd.DataFrame, *, kind: Kind = Kind.COUNT, people: float | None = None, per: float = 1000
) -> pd.DataFrame:
    """One row a period: start and value. Counts become rates per `per` of `people` when that is given; shares are
    percentages; published rates stay."""
    over, under = _parts(series, kind, people, per)
    return pd.DataFrame({"start": pd.to_datetime(series["start"]).to_numpy(), "value": over / under})


def _parts(
    series: pd.DataFrame, kind: Kind, people: float | None, per: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """What values, and averages over months, are made of: one divided by the other."""
    over = series["numerator"].to_numpy(dtype=float, na_value=math.nan)
    under = np.ones(len(over))
    if kind is Kind.PROPORTION:
        under = series["denominator"].to_numpy(dtype=float, na_value=math.nan)
        under = np.where(under > 0, under, math.nan)
        over = np.where(np.isnan(under), math.nan, 100 * over)
    elif kind is Kind.COUNT and people is not None:
        if people <= 0:
            raise ValueError("A rate needs a population above zero.")
        over = over * per / people
    return over, under


def baseline_of(starts: Sequence[date], months: int = BASELINE) -> Span | None:
    """The default baseline: up to three years that end a year before the last month; None when under a year is left."""
    if not len(starts):
        return None
    first, last = Month.of(starts[0]), Month.of(starts[-1]).plus(-YEAR)
    start = max(first, last.plus(1 - months))
    return Span(start, last) if last - start + 1 >= FEWEST else None


def trend(
    series: pd.DataFrame,
    *,
    kind: Kind = Kind.COUNT,
    people: float | None = None,
    per: float = 1000,
    baseline: Span | None = None,
    breaks: Sequence[Event] = (),
    seasons: Seasons | None = None,
    dispersion: float = 1.0,
) -> pd.DataFrame:
    """What a trend chart draws, one row a month of a SERIES frame.

    Columns: start; value; smooth (average of the 12 months ending then, only where all 12 are there); signal (bool);
    rule (see `WORDS`); missing (bool); lower, centre, upper (the band of chance, from the baseline's start on, else
    NaN). Without a `baseline` it is the three years before the latest twelve months. The band stops at a declared
    break and the default baseline does not reach across one. With `seasons` the limits and the rules are worked out on
    seasonally adjusted values, and the band follows the season. Counts that average under 20 a month get exact
    limits, for which `dispersion` says how much the months scatter beyond chance.
    """
    start = pd.to_datetime(series["start"]).to_numpy()
    over, under = _parts(series, kind, people, per)
    value = over / under
    edges = {name: np.full(len(value), math.nan) for name in ("lower", "centre", "upper")}
    rule = np.full(len(value), "", dtype=object)
    days = start.astype("datetime64[D]").tolist()
    span, stop = _reach(days, baseline, breaks)
    if span is not None:
        factors = np.array([seasons.of(day) for day in days], dtype=float) if seasons else np.ones(len(days))
        inside = (start >= np.datetime64(span.first.first_day)) & (start <= np.datetime64(span.last.last_day))
        scale = per / people if kind is Kind.COUNT and people else 1.0
        level = value / factors / scale
        bands = _bands(series, kind, level, inside, dispersion)
        if bands is not None:
            drawn = start >= np.datetime64(span.first.first_day)
            if stop is not None:
                drawn &= start < np.datetime64(stop)
            for name, edge in edges.items():
                edge[drawn] = (np.array([getattr(own, name) for own in bands]) * scale * factors)[drawn]
            kept = bands if len(bands) == 1 else [own for own, shown in zip(bands, drawn, strict=True) if shown]
            rule[drawn] = rules(level[drawn].tolist(), kept)
    return pd.DataFrame(
        {
            "start": start,
            "value": value,
            "smooth": _smooth(over, under, kind),
            "signal": rule != "",
            "rule": pd.array(rule, dtype="str"),
            "missing": np.isnan(value),
            **edges,
        }
    )


def _sums(values: npt.NDArray[np.float64], months: int = YEAR) -> npt.NDArray[np.float64]:
    """The sum of the months that end in each month, where all are there."""
    return pd.Series(values).rolling(months, min_periods=months).sum().to_numpy()


def _bands(
    series: pd.DataFrame,
    kind: Kind,
    level: npt.NDArray[np.float64],
    inside: npt.NDArray[np.bool_],
    dispersion: float,
) -> list[Limits] | None:
    """The usual range from the months `inside` the baseline: one for all months, or of a share one for each."""
    if kind is Kind.PROPORTION:
        over, under = (
            series[name].to_numpy(dtype=float, na_value=math.nan).tolist() for name in ("numerator", "denominator")
        )
        return share_ranges(over, under, inside.tolist())
    kept = level[inside].tolist()
    band = usual_range(kept, dispersion) if kind is Kind.COUNT else limits(kept)
    return None if band is None else [band]


def record(series: pd.DataFrame, *, months: int = YEAR, breaks: Sequence[Event] = ()) -> Record | None:
    """Whether the latest total of `months` months is the lowest or highest since some time, or of all.

    Every total in between is looked at, overlapping ones too. Totals that reach across a declared break, a gap or
    what lies before either are left out. None where there are fewer than three years of totals to compare with.
    """
    frame = series.sort_values("start")
    days = [moment.date() for moment in pd.to_datetime(frame["start"])]
    cuts = [event.start for event in breaks if event.start]
    values = frame["numerator"].astype(float).tolist()
    first = max((place for place, day in enumerate(days) for cut in cuts if day < cut), default=-1) + 1
    gaps = [place for place, value in enumerate(values) if math.isnan(value)]
    first = max([first, *(place + 1 for place in gaps)])
    values, days = values[first:], days[first:]
    if len(values) < 4 * months:
        return None
    totals = [sum(values[end - months + 1 : end + 1]) for end in range(months - 1, len(values))]

    def span(place: int) -> Span:
        return Span(Month.of(days[place]), Month.of(days[place + months - 1]))

    latest, earlier = totals[-1], totals[:-1]
    for kind, sign in (("lowest", 1), ("highest", -1)):
        since = next(
            (place for place in range(len(earlier) - 1, -1, -1) if sign * (earlier[place] - latest) <= 0), None
        )
        if since is None or len(totals) - 1 - since >= 3 * months:
            return Record(kind, span(len(totals) - 1), latest, None if since is None else span(since), span(0))
    return None


def smooth(series: pd.DataFrame, kind: Kind = Kind.COUNT) -> npt.NDArray[np.float64]:
    """Per month of a SERIES frame: the average month of the 12 that end then (shares: theirs); NaN where not all are there."""
    over, under = _parts(series, kind, None, 1)
    return _smooth(over, under, kind)


def _smooth(over: npt.NDArray[np.float64], under: npt.NDArray[np.float64], kind: Kind) -> npt.NDArray[np.float64]:
    if kind is Kind.PROPORTION:
        return _sums(over) / _sums(np.where(np.isnan(over), math.nan, under))
    return _sums(over) / YEAR


def _reach(days: list[date], baseline: Span | None, breaks: Sequence[Event]) -> tuple[Span | None, date | None]:
    """The baseline, and the first day that it no longer speaks for."""
    cuts = sorted(event.start for event in breaks if event.start)
    if baseline is not None:
        return baseline, next((cut for cut in cuts if cut > baseline.last.last_day), None)
    newest = max((cut for cut in cuts if days and cut <= days[-1]), default=date.min)
    return baseline_of([day for day in days if day >= newest]), None


def _runs(signs: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """The places in runs of RUN or more of one sign; a missing sign ends a run."""
    starts = np.flatnonzero(np.append(True, signs[1:] != signs[:-1])[: len(signs)])
    lengths = np.diff(np.append(starts, len(signs)))
    found: npt.NDArray[np.bool_] = np.repeat(lengths >= RUN, lengths) & (np.abs(signs) == 1)
    return found


def _pairs(near: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The places that are near, with another that is within three in a row."""
    found = np.zeros(len(near), dtype=bool)
    for apart in (1, 2):
        if len(near) > 2:
            both = near[apart:] & near[:-apart]
            found[apart:] |= both
            found[:-apart] |= both
    return found
