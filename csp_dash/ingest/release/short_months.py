"""New months that are improbably low for their source: they stay out until the publisher has the whole month.

A source is judged where its totals tell most: for each kind of area (the borough's own figure, the sum of its wards,
London) the sum of all series that the files give together, or of each series by itself where they come apart. Only counts
by month are judged. A month is short where its total lies under SHARE of what is usual and beyond chance. Usual is the
median of the twelve months before; chance is three standard deviations below it, from the month-to-month moves of those
twelve, as on an XmR chart, on the scale of square roots, on which counts scatter alike whether they are few or many. No
count scatters less than chance alone would have it (0.5 on that scale).

Judged are the newest twelve months, as far as the live release lacks them or has more in them. A month that is short for
one kind of area is left out for all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from csp_dash.domain.geography import LONDON, TOWER_HAMLETS, WARDS
from csp_dash.domain.periods import Month
from csp_dash.ingest.acceptance import SHORT_MONTH, key
from csp_dash.ingest.context import Base
from csp_dash.ingest.facts import Coverage, area_kind, month_text
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.release.merge import months_of, rows_apart

BEFORE, LEAST_BEFORE = 12, 6
"""Months before that a month is held against, and how many of them there must be."""
SHARE, DEVIATIONS = 0.6, 3.0
"""The lowest true months lie at two thirds of the usual: those of the lockdown in spring 2020."""
LEAST_SCATTER = 0.5
"""Standard deviation of the square root of a count that varies by chance alone."""
MEDIAN_MOVE = 0.954
"""Median distance of two independent normal values, in standard deviations."""
EVERY = "*"
SMALL_AREAS = "lsoa_month"
PLACES = {
    "lsoa": "the small areas of Tower Hamlets",
    "borough": "Tower Hamlets",
    "ward": "the wards of Tower Hamlets",
    "region": "London",
}


@dataclass(frozen=True)
class Short:
    """A month (YYYY-MM) that was left out: its source and series ("*": all), for which kind of area it was found to be
    short, its total, what is usual, and the least that would pass."""

    source: str
    series: str
    month: str
    area_kind: str
    total: float
    usual: float
    least: float

    @property
    def key(self) -> str:
        """How it is accepted."""
        return key(SHORT_MONTH, self.source, self.month)

    def sentence(self, title: str) -> str:
        """What was left out, why, and what to do."""
        part = "" if self.series == EVERY else f" ({self.series.replace('_', ' ')})"
        return (
            f"{title}{part}: {Month.parse(self.month).words} was left out, since it does not seem to be a whole month. Its"
            f" figures for {PLACES[self.area_kind]} add up to {self.total:,.0f}; in the months before, {self.usual:,.0f} were"
            f" usual, and fewer than {self.least:,.0f} are improbable. Take in a file with the whole month when it is out; if"
            f' the fall is real: --accept {self.key} --because "..."'
        )


def limits(before: Sequence[float]) -> tuple[float, float]:
    """What is usual after these totals, oldest first, and the least that is not improbable."""
    roots = np.sqrt(np.asarray(before, dtype="float64"))
    middle = float(np.median(roots))
    scatter = max(LEAST_SCATTER, float(np.median(np.abs(np.diff(roots)))) / MEDIAN_MOVE)
    return middle**2, min(SHARE * middle**2, max(0.0, middle - DEVIATIONS * scatter) ** 2)


def hold_back(
    taken: Iterable[Extract], base: Base, accepted: Collection[str]
) -> tuple[list[Extract], list[tuple[Extract, Short]]]:
    """What was taken without its short months, and what was left out of which item; months `accepted` (Short.key) stay."""
    kept, left_out = [], []
    for item in taken:
        short = [one for one in _short(item, base) if one.key not in accepted]
        left_out += [(item, one) for one in short]
        rest = _without(item, short) if short else item
        if not short or len(rest.facts) or any(map(len, rest.tables.values())):
            kept.append(rest)
    return kept, left_out


def _short(item: Extract, base: Base) -> list[Short]:
    """The short months of an item, each once for each series that is judged by itself."""
    found: dict[tuple[str, str], Short] = {}
    before = totals(_live(item.source, base), item.coverage)
    for (series, kind), own in totals(item, item.coverage).items():
        for month, *numbers in judged(own, before.get((series, kind), {})):
            found.setdefault((series, month), Short(item.source, series, month, kind, *numbers))
    return list(found.values())


def judged(own: dict[str, float], live: dict[str, float]) -> Iterator[tuple[str, float, float, float]]:
    """The short months among new totals by month, beside those of the live release: month, total, usual, least."""
    known = dict(live)
    first = str(Month.parse(max([*own, *live])).plus(1 - BEFORE)) if own else ""
    for month in sorted(own):
        total = own[month]
        if month >= first and total < live.get(month, np.inf):
            before = [known[one] for one in sorted(known) if one < month][-BEFORE:]
            usual, least = limits(before) if len(before) >= LEAST_BEFORE else (0.0, 0.0)
            if total < least:
                yield month, total, usual, least
                continue
        known[month] = total


def totals(item: Extract, wanted: Iterable[Coverage]) -> dict[tuple[str, str], dict[str, float]]:
    """Totals of an item by month, for each series ("*": all together) and kind of area that is wanted.

    Of a source that has only small areas, the total of these.
    """
    if item.facts.empty:
        table = item.tables.get(SMALL_AREAS, pd.DataFrame())
        table = table[table["source"] == item.source] if len(table) else table
        return {(EVERY, "lsoa"): _by_month(table["start"], table["n"])} if len(table) else {}
    here = item.facts[item.facts["area"].isin([TOWER_HAMLETS, *WARDS, LONDON]) & item.facts["denominator"].isna()]
    starts, finish = pd.to_datetime(here["start"]), pd.to_datetime(here["finish"])
    judged = here[starts.dt.is_month_start & (finish == starts + pd.offsets.MonthEnd(0))]
    kinds = area_kind(judged["area"])
    covers = {(cover.series, cover.area_kind): cover for cover in item.coverage}
    found = {}
    for series, kind in dict.fromkeys((cover.series, cover.area_kind) for cover in wanted):
        cover = covers.get((series, kind)) or covers.get((EVERY, kind))
        rows = judged[(kinds == kind) & (judged["series"].eq(series) | (series == EVERY))]
        if cover is None or (rows.empty and not cover.zero_fill):
            continue
        sums = _by_month(rows["start"], rows["numerator"])
        if cover.zero_fill:
            sums = {month: sums.get(month, 0.0) for month in months_of(cover.first, cover.last, cover.missing)}
        withheld = set(month_text(rows.loc[rows["numerator"].isna(), "start"]))
        found[series, kind] = {month: n for month, n in sums.items() if month not in withheld}
    return found


def live_totals(source: str, base: Base) -> dict[tuple[str, str], dict[str, float]]:
    """The totals of a source in the live release."""
    live = _live(source, base)
    return totals(live, live.coverage)


def _by_month(starts: pd.Series, numbers: pd.Series) -> dict[str, float]:
    sums = numbers.astype("float64").groupby(month_text(starts)).sum()
    return {str(month): float(n) for month, n in sums.items()}


def _live(source: str, base: Base) -> Extract:
    """What the live release has of a source."""
    rows = base.coverage[base.coverage["source"] == source]
    coverage = [
        Coverage(
            source, row["series"], row["area_kind"], row["first"], row["last"],
            tuple(filter(None, row["missing"].split(";"))), row["zero_fill"] == "true",
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip
    facts = base.facts(source)
    return Extract(source, facts, coverage, [], {} if len(facts) else {SMALL_AREAS: base.table(SMALL_AREAS)})


def _without(item: Extract, short: Sequence[Short]) -> Extract:
    """An item without its short months: its facts, what they cover, and its narrow tables."""
    gone = {(one.series, one.month) for one in short}
    months = month_text(item.facts["start"])
    out = [
        (series, month) in gone or (EVERY, month) in gone
        for series, month in zip(item.facts["series"], months, strict=True)
    ]
    coverage = [_less(cover, {month for series, month in gone if series == cover.series}) for cover in item.coverage]
    kept = pd.DataFrame({"source": item.source, "start": [f"{month}-01" for _, month in sorted(gone)]})
    tables = {name: rows_apart(name, item.source, rows, kept) for name, rows in item.tables.items()}
    return replace(
        item,
        facts=item.facts[~pd.Series(out, index=item.facts.index, dtype=bool)].reset_index(drop=True),
        coverage=[cover for cover in coverage if cover],
        tables=tables,
    )


def _less(cover: Coverage, months: set[str]) -> Coverage | None:
    """Coverage without some months; None where none are left."""
    have = months_of(cover.first, cover.last, cover.missing) - months
    if not have:
        return None
    first, last = min(have), max(have)
    return replace(cover, first=first, last=last, missing=tuple(sorted(months_of(first, last) - have)))
