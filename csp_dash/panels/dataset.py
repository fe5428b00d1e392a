"""The dataset: the opened release, with the queries that panels make."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, TypeVar

import pandas as pd

from csp_dash import queries
from csp_dash.analytics.compare import Window
from csp_dash.analytics.dispersion import CHANCE, Dispersion, dispersion
from csp_dash.analytics.seasonal import Seasons, seasons
from csp_dash.catalogue import Catalogue
from csp_dash.domain import wording
from csp_dash.domain.enums import Compare, Frequency, Kind, Trust
from csp_dash.domain.filters import Vocabulary
from csp_dash.domain.geography import LONDON, TOWER_HAMLETS, AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Month, Span
from csp_dash.domain.settings import Settings
from csp_dash.panels.places import Places
from csp_dash.warehouse import Releases, Snapshot, Warehouse, database, declared

CENSUS = "census_2021"
Made = TypeVar("Made")
HOUSEHOLDS = "census_2021_households"
MANY = 4000
"""Series and what is worked out from them, at most a few kilobytes each, that stay in memory."""
RENAMED = Month(2022, 5)  # two wards took new names at the elections of that month; codes and borders stayed


@dataclass(frozen=True, slots=True)
class Availability:
    """Which periods exist: first and last month, missing months, the source and newest file they come from."""

    span: Span
    missing: tuple[str, ...]
    source: str
    vintage: str


@dataclass(frozen=True, slots=True)
class Noise:
    """How a series of months moves without anything having changed: its season, and its scatter beyond chance."""

    seasons: Seasons | None
    dispersion: Dispersion


class Dataset:
    """One release, its catalogue and the instance's settings. Nothing that it answers changes after opening; safe to share.

    The catalogue is the one given (`declarations`), with the measures that the release's own sources supply.
    """

    def __init__(self, snapshot: Snapshot, catalogue: Catalogue, settings: Settings) -> None:
        self.snapshot = snapshot
        self.declarations = catalogue
        self.catalogue = catalogue = declared(snapshot, catalogue)
        self.settings = settings
        self.warehouse = Warehouse(database(snapshot, catalogue, settings.cache))
        self.release = self.warehouse.release
        places = queries.areas(self.warehouse)
        self.places = Places(snapshot, self.warehouse, places)
        self.areas = places
        self.names: dict[str, str] = dict(zip(places["code"], places["name"], strict=True))
        self.kinds: dict[str, str] = dict(zip(places["code"], places["kind"], strict=True))
        people = queries.populations(self.warehouse, base=CENSUS)
        self.people: dict[str, int] = {str(row["area"]): int(row["people"]) for row in people.to_dict("records")}
        homes = queries.populations(self.warehouse, base=HOUSEHOLDS)
        self.households: dict[str, int] = {str(row["area"]): int(row["people"]) for row in homes.to_dict("records")}
        self.parents: dict[str, str] = dict(zip(places["code"], places["parent"], strict=True))
        self.former = {code: str(was) for code, was in zip(places["code"], places["former"], strict=True) if was}
        self._have = {
            (str(row["indicator"]), str(row["area_kind"])): Availability(
                Span(Month.of(row["first"]), Month.of(row["last"])),
                tuple(row["missing"]),
                str(row["source"]),
                str(row["vintage"]),
            )
            for row in queries.availability(self.warehouse).to_dict("records")
        }
        wards = places[places["kind"] == "ward"].sort_values("name")
        shown = {slug: slug for slug, item in catalogue.indicators.items() if self.shows(item)}
        renamed = {old: new for old, new in catalogue.redirects.items() if new in shown}
        named = dict(zip(wards["code"], wards["name"], strict=True))
        others = places[(places["kind"] == "borough") & (places["code"] != TOWER_HAMLETS)].sort_values("name")
        self.words = Vocabulary(
            {**shown, **renamed},
            named,
            catalogue.term,
            catalogue.old_wards,
            dict(zip(others["code"], others["name"], strict=True)),
            {board.id: board.title for board in catalogue.boards.values()},
        )
        self.wards: tuple[str, ...] = tuple(wards["code"])
        self._lately: OrderedDict[Hashable, Any] = OrderedDict()
        self._turn = Lock()
        self.oldest = min(have.span.first for have in self._have.values())
        self.newest = max(
            have.span.last
            for (slug, _), have in self._have.items()
            if catalogue.indicators[slug].trust is Trust.OFFICIAL
        )

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives, worked out once for each release and kept under a key."""
        return self.warehouse.once(key, make)

    def lately(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """As `once`, for what depends on the areas that somebody chooses: the last MANY that were asked for are kept."""
        with self._turn:
            if key in self._lately:
                self._lately.move_to_end(key)
                found: Made = self._lately[key]
                return found
        found = make()
        with self._turn:
            self._lately[key] = found
            while len(self._lately) > MANY:
                self._lately.popitem(last=False)
        return found

    def shows(self, indicator: Indicator, kind: AreaKind | None = None) -> bool:
        return self.settings.shows(
            indicator.trust, indicator.sensitive or indicator.slug in self.catalogue.held_back, kind
        )

    def readable(self, indicator: Indicator, areas: tuple[str, ...]) -> tuple[str, ...]:
        """Those of some areas for which this instance shows an indicator."""
        return tuple(code for code in areas if self.shows(indicator, AreaKind(self.kinds[code])))

    def have(self, indicator: Indicator, kind: AreaKind | str = AreaKind.BOROUGH) -> Availability | None:
        """The periods of an indicator at a kind of area, or None where there are none or they are not shown."""
        if not self.shows(indicator, AreaKind(kind)):
            return None
        return self._have.get((indicator.slug, str(kind)))

    def level(self, indicator: Indicator, wards: tuple[str, ...]) -> tuple[AreaKind, tuple[str, ...]]:
        """The areas that figures are shown for: the chosen wards where they have figures, else the borough."""
        if wards and self.have(indicator, AreaKind.WARD):
            return AreaKind.WARD, wards
        if self.have(indicator, AreaKind.BOROUGH):
            return AreaKind.BOROUGH, (TOWER_HAMLETS,)
        return AreaKind.WARD, self.wards

    def place_words(self, areas: tuple[str, ...]) -> str:
        """`Tower Hamlets`, a ward's name, or several joined."""
        if areas == self.wards:
            return "all 20 wards together"
        return wording.listed([self.names[code] for code in areas])

    def people_of(self, areas: tuple[str, ...]) -> int | None:
        known = [self.people.get(code) for code in areas]
        return None if None in known else sum(number for number in known if number is not None)

    def series(self, indicator: Indicator, areas: tuple[str, ...]) -> pd.DataFrame:
        """All periods of some areas added up: start, finish, numerator, denominator, flag."""
        return self.lately(("series", indicator.slug, areas), lambda: self._series(indicator, areas)).copy(deep=False)

    def _series(self, indicator: Indicator, areas: tuple[str, ...]) -> pd.DataFrame:
        frame = queries.series(self.warehouse, indicator=indicator.slug, areas=self.readable(indicator, areas))
        if len(areas) == 1 or frame.empty:
            return frame
        whole = {"numerator": lambda values: values.sum(min_count=len(areas))}
        return frame.groupby(["start", "finish"], as_index=False).agg(
            area=("area", "first"),
            numerator=("numerator", whole["numerator"]),
            denominator=("denominator", "sum"),
            flag=("flag", "first"),
        )

    def by_month(self, indicator: Indicator, kind: AreaKind) -> pd.DataFrame:
        """Counts of every area of a kind: a row a month (its first day), a column an area; missing months are NaN."""
        codes = tuple(code for code, own in self.kinds.items() if own == kind.value)
        frame = queries.series(self.warehouse, indicator=indicator.slug, areas=self.readable(indicator, codes))
        wide: pd.DataFrame = frame.pivot(index="start", columns="area", values="numerator").astype(float)
        every = pd.date_range(wide.index.min(), wide.index.max(), freq="MS") if len(wide) else wide.index
        return wide.reindex(every)

    def noise(self, indicator: Indicator, areas: tuple[str, ...], until: Month | None = None) -> Noise:
        """The season and the scatter of some areas' months together, worked out once for each release.

        Only months on the newest side of a declared break speak, and none after `until`. Series that are no monthly counts
        have neither.
        """
        return self.lately(
            ("noise", indicator.slug, areas, until), lambda: self._work_out_noise(indicator, areas, until)
        )

    def scatter(self, indicator: Indicator, kind: AreaKind) -> dict[str, float]:
        """The dispersion of every area of a kind by itself, the season being that of all of them together."""
        return self.once(("scatter", indicator.slug, kind), lambda: self._work_out_scatter(indicator, kind))

    def _work_out_scatter(self, indicator: Indicator, kind: AreaKind) -> dict[str, float]:
        codes = tuple(code for code, own in self.kinds.items() if own == kind.value)
        found = self.noise(indicator, codes).seasons
        frame = queries.series(self.warehouse, indicator=indicator.slug, areas=self.readable(indicator, codes))
        scattered = {}
        for area, rows in frame.groupby("area"):
            days, counts = _months(rows)
            scattered[str(area)] = dispersion(counts, [found.of(day) for day in days] if found else None).value
        return scattered

    def _work_out_noise(self, indicator: Indicator, areas: tuple[str, ...], until: Month | None) -> Noise:
        if indicator.kind is not Kind.COUNT or indicator.frequency is not Frequency.MONTH:
            return Noise(None, CHANCE)
        frame = self.series(indicator, areas)
        if until is not None:
            frame = frame[frame["start"] <= pd.Timestamp(until.first_day)]
        for name in indicator.breaks:
            cut = self.catalogue.events[name].start
            if cut is not None and not frame.empty and frame["start"].iloc[-1].date() >= cut:
                frame = frame[frame["start"] >= pd.Timestamp(cut)]
        days, counts = _months(frame)
        found = seasons(days, counts)
        return Noise(found, dispersion(counts, [found.of(day) for day in days] if found else None))

    def windows(self, indicator: Indicator, kind: AreaKind, span: Span) -> dict[str, Window]:
        """The figure of every area of a kind in a period."""
        return self._totals(indicator, kind, span, None)

    def window(self, indicator: Indicator, kind: AreaKind, areas: tuple[str, ...], span: Span) -> Window:
        """The figure of some areas together in a period."""
        parts = list(self._totals(indicator, kind, span, areas).values())
        if len(parts) < len(areas) or not parts:
            return Window(span, None)
        if len(parts) == 1:
            return parts[0]
        numerators = [part.numerator for part in parts]
        denominators = [part.denominator for part in parts]
        return Window(
            span,
            None if None in numerators else sum(number or 0 for number in numerators),
            None if None in denominators else sum(number or 0 for number in denominators),
            min(part.periods for part in parts),
            max(part.expected for part in parts),
        )

    def _totals(
        self, indicator: Indicator, kind: AreaKind, span: Span, areas: tuple[str, ...] | None
    ) -> dict[str, Window]:
        if not self.shows(indicator, kind):
            return {}
        found = queries.totals(self.warehouse, indicator=indicator.slug, area_kind=kind.value, span=span, areas=areas)
        return {area: Window(span, *total) for area, total in found.items()}

    def comparator(self, compare: Compare | str) -> tuple[str, AreaKind, tuple[str, ...]] | None:
        """Name (as inside a sentence), kind and areas to compare with; None for the figure's own past."""
        if compare is Compare.LONDON:
            return "London", AreaKind.REGION, (LONDON,)
        if compare is Compare.SIMILAR:
            return "similar boroughs", AreaKind.BOROUGH, self.catalogue.similar
        if compare in self.words.boroughs:
            return self.names[compare], AreaKind.BOROUGH, (compare,)
        return None

    def name_then(self, code: str, month: Month) -> str:
        """An area's name with the one that it had in a month, where that was another."""
        former = self.former.get(code)
        return f"{self.names[code]} (then {former})" if former and month < RENAMED else self.names[code]


def _months(frame: pd.DataFrame) -> tuple[list[date], list[float]]:
    """The first days and the counts of a series, NaN where there is none."""
    days: list[date] = frame["start"].to_numpy().astype("datetime64[D]").tolist()
    return days, frame["numerator"].astype(float).tolist()


def open_data(catalogue: Catalogue, settings: Settings, snapshot: Snapshot | None = None) -> Dataset:
    """Open a release, the live one unless told, making its database first where needed; SnapshotError says what is wrong."""
    return Dataset(snapshot or Releases(settings.cache).live(), catalogue, settings)
