"""Every period of an indicator, read once for each release: any period and any areas are answered from memory.

A page asks for hundreds of sums over the same few thousand rows, and DuckDB takes longer to plan one such question than to
read the rows. So they are read whole, and added up here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from csp_dash.domain.periods import Month, Span
from csp_dash.queries import questions
from csp_dash.warehouse import Warehouse

SERIES = ["area", "start", "finish", "numerator", "denominator", "flag"]
WINDOW = ["area", "numerator", "denominator", "periods", "expected", "source", "vintage"]


class Total(NamedTuple):
    """An area's figure in a period: what is known of it, added up. `periods` counts the periods with a figure, `expected`
    those that there should be; None where nothing is known."""

    numerator: float | None
    denominator: float | None
    periods: int
    expected: int


def series(warehouse: Warehouse, *, indicator: str, areas: Sequence[str]) -> pd.DataFrame:
    """All periods of an indicator for some areas, in the columns SERIES; a missing month is a row without a numerator."""
    return _sums(warehouse, indicator).series(areas)


def totals(
    warehouse: Warehouse, *, indicator: str, area_kind: str, span: Span, areas: Sequence[str] | None = None
) -> dict[str, Total]:
    """The figures of a period by area: of every area of a kind, or of some. Those without any row in it are left out.

    Months add up. A survey, a yearly rate or a one-night count is taken as it stands at its newest period that ends
    inside the window.
    """
    return _sums(warehouse, indicator).totals(area_kind, span, areas)


def window(warehouse: Warehouse, *, indicator: str, area_kind: str, span: Span) -> pd.DataFrame:
    """`totals` of every area of a kind with their source and newest file: the columns WINDOW."""
    return _sums(warehouse, indicator).window(area_kind, span)


def _sums(warehouse: Warehouse, indicator: str) -> PeriodSums:
    return warehouse.once(
        ("period sums", indicator), lambda: PeriodSums(questions.figures(warehouse, indicator=indicator))
    )


class PeriodSums:
    """All figures of one indicator, by area and period. `rows` is the answer of `questions.figures`."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._series = rows[SERIES]
        self._figures = rows[~rows["is_gap"]]
        self._slices = {
            str(area): slice(places[0], places[-1] + 1) for area, places in rows.groupby("area").indices.items()
        }
        monthly = bool(len(rows)) and bool(rows["monthly"].iloc[0])
        made = _Months if monthly else _Newest
        self._kinds = {str(kind): made(own) for kind, own in self._figures.groupby("area_kind")}

    def series(self, areas: Sequence[str]) -> pd.DataFrame:
        """All periods of some areas, in the columns SERIES; a missing month is a row without a numerator."""
        parts = [self._series.iloc[self._slices[area]] for area in sorted(set(areas)) if area in self._slices]
        if not parts:
            return self._series.iloc[:0]
        return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0].reset_index(drop=True)

    def totals(self, area_kind: str, span: Span, areas: Sequence[str] | None = None) -> dict[str, Total]:
        """The figures of a period by area, in the order of the areas' codes."""
        if area_kind not in self._kinds:
            return {}
        return self._kinds[area_kind].totals(span, areas)

    def window(self, area_kind: str, span: Span) -> pd.DataFrame:
        """`totals` as a frame in the columns WINDOW, with each area's source and the newest vintage of its rows."""
        found = self.totals(area_kind, span)
        rows = self._figures[self._figures["area"].isin(list(found))]
        within = rows["finish"].between(pd.Timestamp(span.first.first_day), pd.Timestamp(span.last.last_day))
        rows = rows[within]
        if not rows["monthly"].all():
            rows = (
                rows.dropna(subset=["numerator"]).sort_values(["area", "finish"], kind="stable").groupby("area").tail(1)
            )
        origin = rows.groupby("area").agg(source=("source", "first"), vintage=("vintage", "max"))
        frame = pd.DataFrame([(area, *total) for area, total in found.items()], columns=WINDOW[:5])
        return frame.join(origin, on="area")


class _Months:
    """Monthly figures of the areas of one kind: a row an area, a column a month, nought where nothing is known."""

    def __init__(self, rows: pd.DataFrame) -> None:
        code, areas = pd.factorize(rows["area"], sort=True)
        months = rows["finish"].to_numpy(dtype="datetime64[M]").astype(int)
        self._first = int(months.min())
        place = (code, months - self._first)
        shape = (len(areas), int(months.max()) - self._first + 1)
        self._areas = [str(area) for area in areas]
        self._row = {area: row for row, area in enumerate(self._areas)}
        self._there = np.zeros(shape, dtype=bool)
        self._there[place] = True
        self._numerator, self._counted = _grid(rows["numerator"], place, shape)
        self._denominator, self._based = _grid(rows["denominator"], place, shape)

    def totals(self, span: Span, areas: Iterable[str] | None) -> dict[str, Total]:
        own = range(len(self._areas)) if areas is None else [self._row[area] for area in areas if area in self._row]
        inside = slice(max(0, _number(span.first) - self._first), max(0, _number(span.last) - self._first + 1))
        if not own or inside.start >= min(inside.stop, self._there.shape[1]):
            return {}
        rows = slice(None) if areas is None else own
        there = self._there[rows, inside].sum(axis=1).tolist()
        counted = self._counted[rows, inside].sum(axis=1).tolist()
        based = self._based[rows, inside].sum(axis=1).tolist()
        # Added up month after month, so that figures with decimals are what a plain sum gives.
        numerator = self._numerator[rows, inside].cumsum(axis=1)[:, -1].tolist()
        denominator = self._denominator[rows, inside].cumsum(axis=1)[:, -1].tolist()
        return {
            self._areas[row]: Total(
                numerator[place] if counted[place] else None,
                denominator[place] if based[place] else None,
                counted[place],
                span.months,
            )
            for place, row in enumerate(own)
            if there[place]
        }


class _Newest:
    """Figures for periods of their own, of the areas of one kind: those that are known, in the order in which they end."""

    def __init__(self, rows: pd.DataFrame) -> None:
        known = rows.dropna(subset=["numerator"]).sort_values(["area", "finish"], kind="stable")
        self._known: dict[str, tuple[list[int], list[Total]]] = {}
        columns = (
            known["area"].tolist(),
            known["finish"].to_numpy(dtype="datetime64[M]").astype(int).tolist(),
            known["numerator"].astype(float).tolist(),
            known["denominator"].to_numpy(dtype=float, na_value=np.nan).tolist(),
        )
        for area, month, numerator, denominator in zip(*columns, strict=True):
            ends, figures = self._known.setdefault(str(area), ([], []))
            ends.append(month)
            figures.append(Total(numerator, None if np.isnan(denominator) else denominator, 1, 1))

    def totals(self, span: Span, areas: Iterable[str] | None) -> dict[str, Total]:
        first, last = _number(span.first), _number(span.last)
        found = {}
        for area in self._known if areas is None else areas:
            ends, figures = self._known.get(area, ([], []))
            place = bisect_right(ends, last) - 1
            if place >= 0 and ends[place] >= first:
                found[area] = figures[place]
        return found


def _number(month: Month) -> int:
    """Months since January 1970, as numpy counts them."""
    return 12 * (month.year - 1970) + month.month - 1


def _grid(
    values: pd.Series, place: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]], shape: tuple[int, int]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Values by area and month, nought where they are missing; and where they are known."""
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    known, grid = np.zeros(shape, dtype=bool), np.zeros(shape)
    known[place] = ~np.isnan(numbers)
    grid[place] = np.nan_to_num(numbers)
    return grid, known
