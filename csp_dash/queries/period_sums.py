"""Every period of an indicator, read once for each release: any period and any areas are answered from memory.

A page asks for hundreds of sums over the same few thousand rows, and DuckDB takes longer to plan one such question than to
read the rows. So they are read whole, and added up here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from csp_dash.domain.periods import Span
from csp_dash.queries import questions
from csp_dash.warehouse import Warehouse

SERIES = ["area", "start", "finish", "numerator", "denominator", "flag"]
WINDOW = ["area", "numerator", "denominator", "periods", "expected", "flag", "source", "vintage"]


def series(warehouse: Warehouse, *, indicator: str, areas: Sequence[str]) -> pd.DataFrame:
    """All periods of an indicator for some areas, in the columns SERIES; a missing month is a row without a numerator."""
    return _sums(warehouse, indicator).series(areas)


def window(warehouse: Warehouse, *, indicator: str, area_kind: str, span: Span) -> pd.DataFrame:
    """Totals of a period for every area of a kind, with how many of its months have figures: the columns WINDOW."""
    return _sums(warehouse, indicator).window(area_kind, span)


def _sums(warehouse: Warehouse, indicator: str) -> PeriodSums:
    return warehouse.once(
        ("period sums", indicator), lambda: PeriodSums(questions.figures(warehouse, indicator=indicator))
    )


class PeriodSums:
    """All figures of one indicator, by area and period. `rows` is the answer of `questions.figures`."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._rows = rows
        self._monthly = bool(len(rows)) and bool(rows["monthly"].iloc[0])
        self._code, areas = pd.factorize(rows["area"], sort=True)
        self._areas = np.asarray(areas, dtype=object)
        self._kind = rows["area_kind"].to_numpy(dtype=object)
        self._source = rows["source"].to_numpy(dtype=object)
        self._flag = rows["flag"].to_numpy(dtype=object)
        self._flagged = rows["flag"].notna().to_numpy()
        self._finish = rows["finish"].to_numpy(dtype="datetime64[D]")
        self._numerator = rows["numerator"].to_numpy(dtype=float, na_value=np.nan)
        self._denominator = rows["denominator"].to_numpy(dtype=float, na_value=np.nan)
        self._is_gap = rows["is_gap"].to_numpy(dtype=bool)
        self._vintage, vintages = pd.factorize(rows["vintage"], sort=True)
        self._vintages = np.array([*vintages, None], dtype=object)
        ends = np.searchsorted(self._code, np.arange(len(self._areas) + 1))
        self._slices = {str(area): slice(ends[place], ends[place + 1]) for place, area in enumerate(self._areas)}

    def series(self, areas: Sequence[str]) -> pd.DataFrame:
        """All periods of some areas, in the columns SERIES; a missing month is a row without a numerator."""
        parts = [self._rows[SERIES].iloc[self._slices[area]] for area in sorted(set(areas)) if area in self._slices]
        if not parts:
            return self._rows[SERIES].iloc[:0]
        return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0].reset_index(drop=True)

    def window(self, area_kind: str, span: Span) -> pd.DataFrame:
        """Totals of a period for every area of a kind, in the columns WINDOW.

        Months add up. A survey, a yearly rate or a one-night count is taken as it stands at its newest period that ends
        inside the window. `periods` counts the periods with a figure, `expected` those that there should be.
        """
        first, last = np.datetime64(span.first.first_day), np.datetime64(span.last.last_day)
        mine = ~self._is_gap & (self._kind == area_kind) & (self._finish >= first) & (self._finish <= last)
        if not self._monthly:
            mine &= ~np.isnan(self._numerator)
        places = np.flatnonzero(mine)
        if not self._monthly:  # of each area the period that ends last
            order = places[np.lexsort((self._finish[places], self._code[places]))]
            places = order[np.append(np.diff(self._code[order]) != 0, len(order) > 0)[: len(order)]]
        code = self._code[places]
        shown = np.unique(code)
        vintage = np.full(len(self._areas), -1)
        np.maximum.at(vintage, code, self._vintage[places])
        numerator, counted = self._sum(self._numerator, places)
        denominator, _ = self._sum(self._denominator, places)
        starts = np.searchsorted(code, shown)
        return pd.DataFrame(
            {
                "area": self._areas[shown],
                "numerator": numerator[shown],
                "denominator": denominator[shown],
                "periods": counted[shown],
                "expected": span.months if self._monthly else 1,
                "flag": self._flags(places, shown),
                "source": self._source[places[starts]],
                "vintage": self._vintages[vintage[shown]],
            },
            columns=WINDOW,
        )

    def _sum(
        self, values: npt.NDArray[np.float64], places: npt.NDArray[np.intp]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
        """The sum of the known values of each area, not a number where there are none; and how many there are."""
        known = places[~np.isnan(values[places])]
        counted = np.bincount(self._code[known], minlength=len(self._areas))
        added = np.bincount(self._code[known], weights=values[known], minlength=len(self._areas))
        return np.where(counted > 0, added, np.nan), counted

    def _flags(self, places: npt.NDArray[np.intp], shown: npt.NDArray[np.intp]) -> list[str | None]:
        """The flags of each area's rows: each once, in the order of the alphabet, joined by commas."""
        flagged = places[self._flagged[places]]
        held: dict[int, set[str]] = {}
        for place, flag in zip(self._code[flagged], self._flag[flagged], strict=True):
            held.setdefault(int(place), set()).add(str(flag))
        return [",".join(sorted(held[place])) if place in held else None for place in map(int, shown)]
