"""The rows of the open figures: official ones alone, as far as this instance shows them.

What is illustrative, awaited or a partner's is left out on every instance: nobody published it for all to use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from csp_dash import queries
from csp_dash.analytics.compare import FEW
from csp_dash.catalogue.release_view import PLAN
from csp_dash.domain.enums import Kind, Trust
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.panels.about import made_of
from csp_dash.panels.about.release_notes import taken_in_on
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards import small_areas

PLACES = ("ons_census_2021", "ons_boundaries")
"""The sources of names, borders and residents in `areas`."""
DUST = 10
"""Decimals of a share in percent, beyond which there is nothing but the dust of binary fractions."""


@dataclass
class Reach:
    """First and last day of some figures, and how many they are."""

    first: date
    last: date
    figures: int = 0
    cases: bool = False

    def add(self, rows: pd.DataFrame) -> None:
        self.first = min(self.first, rows["from"].min().date())
        self.last = max(self.last, rows["to"].max().date())
        self.figures += len(rows)


class Reaches(dict[str, Reach]):
    """Reaches by name, added up while rows go by."""

    def add(self, name: str, rows: pd.DataFrame) -> None:
        self.setdefault(name, Reach(date.max, date.min)).add(rows)


def kinds(data: Dataset, item: Indicator) -> tuple[AreaKind, ...]:
    """The kinds of area, large to small, that an indicator has open figures for on this instance."""
    if item.trust is not Trust.OFFICIAL:
        return ()
    return tuple(kind for kind in (AreaKind.REGION, AreaKind.BOROUGH, AreaKind.WARD) if data.have(item, kind))


def measures(data: Dataset) -> tuple[Indicator, ...]:
    """The measures that have open figures on this instance, in order of their names."""
    return tuple(item for _, item in sorted(data.catalogue.indicators.items()) if kinds(data, item))


def observations(data: Dataset, item: Indicator) -> pd.DataFrame:
    """The figures of a measure, by area and period."""
    rows = queries.figures(data.warehouse, indicator=item.slug)
    rows = rows[~rows["is_gap"] & rows["area_kind"].isin([kind.value for kind in kinds(data, item)])]
    rows = rows.rename(columns={"start": "from", "finish": "to"}).assign(indicator=item.slug)
    return rows.assign(value=_values(item, rows))


def _values(item: Indicator, rows: pd.DataFrame) -> pd.Series:
    if item.kind is not Kind.PROPORTION:
        return rows["numerator"]
    under = rows["denominator"].mask(
        (rows["denominator"] <= 0) | rows["denominator"].between(1, FEW, inclusive="neither")
    )
    return (100 * rows["numerator"] / under).round(DUST)


def by_small_area(data: Dataset) -> Iterator[pd.DataFrame]:
    """Counts by small area and month, a frame a measure."""
    for item in measures(data):
        if item.small_areas is None or not small_areas.shown(data, item):
            continue
        rows = queries.small_area_months(data.warehouse, series=item.small_areas.series)
        if len(rows):
            yield rows.rename(columns={"start": "from", "finish": "to", "n": "count"}).assign(
                indicator=item.slug, category=item.small_areas.name
            )


def indicators(data: Dataset, reaches: Mapping[str, Reach]) -> pd.DataFrame:
    """The measures with what their figures are made of."""
    rows = []
    for item in measures(data):
        reach = reaches[item.slug]
        rows.append(
            {
                "indicator": item.slug,
                "title": item.title,
                "definition": item.plain,
                "unit": item.unit,
                "kind": item.kind.value,
                "numerator": made_of.numerator(item, cases=reach.cases),
                "denominator": made_of.denominator(item, cases=reach.cases, rated=False),
                "rate_per": item.per if item.has_rate else None,
                "frequency": item.frequency.value,
                "direction": item.direction.value,
                "areas": ",".join(kinds(data, item)),
                "first": reach.first,
                "last": reach.last,
                "priority": data.catalogue.priorities[item.place.priority].title,
                "plan_page": item.place.page,
            }
        )
    return pd.DataFrame(rows)


def notes(data: Dataset) -> pd.DataFrame:
    """Caveats, breaks and events of the measures and their sources."""
    return pd.DataFrame(
        [
            {
                "indicator": item.slug,
                "note": note.id,
                "kind": note.kind,
                "title": note.title,
                "text": note.text,
                "from": note.start,
                "to": note.finish,
            }
            for item in measures(data)
            for note in data.catalogue.notes_of(item)
        ]
    )


def areas(data: Dataset, named: set[str]) -> pd.DataFrame:
    """The places that are named, with those that they lie in."""
    every = named | {data.parents[code] for code in named if isinstance(data.parents[code], str)}
    frame = data.areas[data.areas["code"].isin(every)].sort_values("code")
    return pd.DataFrame(
        {
            "area": frame["code"],
            "kind": frame["kind"],
            "name": frame["name"],
            "former_name": frame["former"].replace("", None),
            "part_of": frame["parent"],
            "residents": frame["code"].map(data.people).astype("Int64"),
            "households": frame["code"].map(data.households).astype("Int64"),
        }
    )


def sources(data: Dataset, reaches: Mapping[str, Reach]) -> pd.DataFrame:
    """The datasets that figures, places and the plan's figures come from."""
    rows = []
    for name in sorted({*reaches, *PLACES, PLAN} & set(data.catalogue.sources)):
        card, reach = data.catalogue.sources[name], reaches.get(name)
        rows.append(
            {
                "source": name,
                "title": card.title,
                "publisher": card.publisher,
                "url": card.url,
                "licence": card.licence,
                "attribution": card.attribution,
                "geography": card.geography,
                "method": card.method,
                "updates": card.updates,
                "from": reach.first if reach else None,
                "to": reach.last if reach else None,
                "taken_in": taken_in_on(data, name),
                "figures": reach.figures if reach else 0,
            }
        )
    return pd.DataFrame(rows)


def plan_figures(data: Dataset) -> pd.DataFrame:
    """What the plan states, with its page."""
    known = {item.slug for item in measures(data)}
    return pd.DataFrame(
        [
            {
                "figure": one.id,
                "kind": one.kind.value,
                "indicator": one.indicator if one.indicator in known else None,
                "title": one.name,
                "stated": one.value,
                "unit": one.unit,
                "comparison": one.comparison,
                "period": one.period,
                "target": one.target,
                "page": one.page,
                "note": one.note,
            }
            for one in data.catalogue.figures.values()
        ]
    ).replace("", None)


def gives_cases(rows: pd.DataFrame) -> bool:
    """Whether a publisher gives the cases behind its shares: one that does not is written as a share of one."""
    return bool(np.any(rows["denominator"].to_numpy(dtype=float) > 1))
