"""Late and due sources, by each publisher's usual day of publication."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pandas as pd

FILE = Path(__file__).with_name("schedules.toml")
STEP = {"month": 1, "quarter": 3, "year": 12}
RETURN_DAYS = 30


@dataclass(frozen=True)
class Schedule:
    """`every` is month, quarter, year or never; `days` from the end of a period to its publication."""

    every: str
    days: int = 0
    note: str = ""


@dataclass(frozen=True)
class Due:
    """The next figures of a source: the period that they are of, and the day by which they usually are out."""

    source: str
    reaches: date
    period_end: date
    due: date
    note: str

    def late(self, today: date) -> int:
        """Days past the usual day; 0 where it has not come yet."""
        return max(0, (today - self.due).days)


@cache
def schedules() -> dict[str, Schedule]:
    """The declared schedules by source."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: Schedule(**row) for name, row in rows.items()}


def due(reaches: Mapping[str, date], returns: Mapping[str, str]) -> list[Due]:
    """What each source that goes on owes next, soonest first.

    `reaches` is the last day that each source has figures for; `returns` the frequency of the measure of each partner
    return (`return_<slug>`).
    """
    found = []
    for source, last in reaches.items():
        plan = Schedule(returns[source], RETURN_DAYS) if source in returns else schedules().get(source)
        if plan is None or plan.every not in STEP:
            continue
        end = (pd.Timestamp(last) + pd.offsets.MonthEnd(0) + pd.offsets.MonthEnd(STEP[plan.every])).date()
        found.append(Due(source, last, end, end + timedelta(days=plan.days), plan.note))
    return sorted(found, key=lambda item: (item.due, item.source))
