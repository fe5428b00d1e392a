"""Answers of the command line: a figure with its citation, comparisons, and the release status."""

from __future__ import annotations

import difflib
from collections.abc import Container
from typing import Any

from csp_dash import queries
from csp_dash.analytics import narrate, rates
from csp_dash.analytics.compare import FEW
from csp_dash.domain.enums import Frequency, Kind, Trust
from csp_dash.domain.filters import MOST_AREAS, Filters
from csp_dash.domain.geography import LONDON, TOWER_HAMLETS, WARDS, AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Month, Span
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.export import number
from csp_dash.panels.trends.comparisons import comparisons
from csp_dash.warehouse import Warehouse


class NoAnswer(Exception):
    """There is no such figure. The text says what exists."""


def _indicator(data: Dataset, name: str) -> Indicator:
    known = [slug for slug, item in data.catalogue.indicators.items() if data.shows(item)]
    slug = data.catalogue.resolve(name)
    if slug not in known:
        close = difflib.get_close_matches(name, known, n=3) or known[:3]
        raise NoAnswer(f"There is no indicator '{name}'. Did you mean {', '.join(close)}? There are {len(known)}.")
    indicator = data.catalogue.indicators[slug]
    if not indicator.measured:
        raise NoAnswer(
            f"'{slug}' has no figures in this release: {indicator.holder} holds them. Only the plan's own figure is shown."
        )
    return indicator


def value(data: Dataset, name: str, area: str, first: str, last: str, measure: str | None = None) -> dict[str, Any]:
    """One figure as a dictionary; NoAnswer with a sentence where it does not exist, or this instance does not show it.

    `rate` divides by Census 2021 residents, and is a year's whatever the period; `proportion` by the indicator's own denominator.
    """
    indicator, warehouse = _indicator(data, name), data.warehouse
    span = Span(Month.parse(first), Month.parse(last))
    area = _code(area, data.kinds)
    if area not in data.kinds:
        raise NoAnswer(
            f"There is no area '{area}'. Use {TOWER_HAMLETS} for the borough, {LONDON} for London,"
            f" or a ward from {WARDS[0]} to {WARDS[-1]}."
        )
    kind = data.kinds[area]
    every = queries.availability(warehouse)
    every = every[every["indicator"] == indicator.slug]
    every = every[every["area_kind"].isin([str(own) for own in AreaKind if data.shows(indicator, own)])]
    have = every[every["area_kind"] == kind]
    if have.empty:
        kinds = ", ".join(sorted(set(every["area_kind"])))
        more = f"; it has them for: {kinds}" if kinds else " nor for any other area"
        raise NoAnswer(f"'{indicator.slug}' has no figures for a {kind}{more}.")
    exists = have.iloc[0]
    rows = queries.window(warehouse, indicator=indicator.slug, area_kind=kind, span=span)
    rows = rows[rows["area"] == area]
    limits = f"{Month.of(exists['first'])} to {Month.of(exists['last'])}"
    if rows.empty or not rows.iloc[0]["periods"]:
        raise NoAnswer(
            f"'{indicator.slug}' has no figures for {area} from {first} to {last}; it has them from {limits}."
        )
    row = rows.iloc[0]
    if indicator.frequency is not Frequency.MONTH:
        _own_period(warehouse, indicator, area, span)
    if row["periods"] < row["expected"]:
        gaps = [month for month in exists["missing"] if str(span.first) <= month <= str(span.last)]
        without = f" without {', '.join(gaps)}" if gaps else ""
        raise NoAnswer(
            f"'{indicator.slug}' has only {row['periods']} of the {row['expected']} months from {first} to {last};"
            f" it has them from {limits}{without}."
        )
    measure = measure or ("count" if indicator.kind is Kind.COUNT else indicator.kind.value)
    numerator, denominator, shown, unit = _measured(warehouse, indicator, row, area, measure, span.months)
    return {
        "indicator": indicator.slug,
        "area": area,
        "from": str(span.first),
        "to": str(span.last),
        "numerator": numerator,
        "denominator": denominator,
        "value": shown,
        "unit": unit,
        "trust": indicator.trust.words,
        "source": str(row["source"]),
        "vintage": str(row["vintage"]),
        "release": warehouse.release,
    }


def _code(text: str, known: Container[str]) -> str:
    """A code as it is kept, however its letters are typed; what is not known stays as it was typed."""
    code = text.strip().upper()
    return code if code in known else text


def compare(data: Dataset, name: str, wards: tuple[str, ...]) -> str:
    """The comparisons of one measure as CSV, the same as the explore page's export; NoAnswer where there are none."""
    indicator = _indicator(data, name)
    if indicator.trust is Trust.ILLUSTRATIVE:
        raise NoAnswer(f"The figures of '{indicator.slug}' are made up to show the layout, so they are not compared.")
    wards = tuple(_code(code, data.words.wards) for code in wards)
    strange = [code for code in wards if code not in data.words.wards]
    if strange:
        raise NoAnswer(f"There is no ward '{strange[0]}'. Wards have codes from {WARDS[0]} to {WARDS[-1]}.")
    return comparisons(data, Filters(indicator=indicator.slug, wards=tuple(sorted(set(wards)))[:MOST_AREAS])).csv


def _own_period(warehouse: Warehouse, indicator: Indicator, area: str, span: Span) -> None:
    """A survey's or a year's figure stands for its own period only; NoAnswer names those around the one asked for."""
    frame = queries.series(warehouse, indicator=indicator.slug, areas=(area,)).dropna(subset=["numerator"])
    periods = [(Month.of(row["start"]), Month.of(row["finish"])) for row in frame.to_dict("records")]
    if (span.first, span.last) not in periods:
        near = sorted(periods, key=lambda period: abs(period[1] - span.last))[:3]
        named = "; ".join(f"--from {first} --to {last}" for first, last in sorted(near))
        raise NoAnswer(
            f"'{indicator.slug}' has figures for periods of its own, not for {span.words}. Near it: {named}."
        )


def _measured(
    warehouse: Warehouse, indicator: Indicator, row: Any, area: str, measure: str, months: int
) -> tuple[float, float | None, float | str, str]:
    numerator = number(round(row["numerator"], 6))
    own = None if row["denominator"] != row["denominator"] or row["denominator"] is None else number(row["denominator"])
    if measure == "count" and indicator.kind is Kind.COUNT:
        return numerator, None, numerator, indicator.unit
    if measure == "rate" and indicator.has_rate:
        people = queries.populations(warehouse, base="census_2021").set_index("area")["people"]
        if area not in people.index:
            raise NoAnswer(f"There is no Census 2021 population for {area}, so no rate.")
        residents = int(people[area])
        return (
            numerator,
            residents,
            number(round(rates.Rate(residents, indicator.per).of(numerator, months), 4)),
            rates.per_people(indicator.unit, indicator.per, months),
        )
    if measure == "proportion" and indicator.kind is Kind.PROPORTION and own and 1 < own < FEW:
        return numerator, own, narrate.cases(numerator, own), indicator.denominator
    if measure == "proportion" and indicator.kind is Kind.PROPORTION and own:
        return numerator, own, number(round(100 * numerator / own, 4)), "percent"
    if measure == "rate" and indicator.kind is Kind.RATE and own:
        return numerator, own, numerator, indicator.unit
    raise NoAnswer(f"'{indicator.slug}' cannot be shown as a {measure}; its own measure is {indicator.kind.value}.")


def status(warehouse: Warehouse) -> str:
    """Release, then a line a source: period, figures, indicators."""
    lines = [
        f"release {warehouse.release}",
        f"{'source':<24} {'from':<10} {'to':<10} {'figures':>10} {'indicators':>10}",
    ]
    for row in queries.status(warehouse).itertuples():
        lines.append(f"{row.source:<24} {row.first:%Y-%m-%d} {row.last:%Y-%m-%d} {row.rows:>10,} {row.indicators:>10}")
    return "\n".join(lines)
