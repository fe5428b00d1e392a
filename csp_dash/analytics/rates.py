"""Rates: a count per so many residents and year, whatever the length of the period."""

from __future__ import annotations

from dataclasses import dataclass

YEAR = 12


def yearly(months: int) -> float:
    """What a period's count is multiplied by to be a year's."""
    return YEAR / months


def a_year(months: int) -> str:
    """What a rate's unit ends with: a period that is no year is given per year, and says so."""
    return "" if months == YEAR else " a year"


def per_people(unit: str, per: float, months: int = YEAR) -> str:
    """A rate's unit: `offences per 1,000 residents`, with ` a year` for a period that is no year."""
    return f"{unit} per {per:,.0f} residents{a_year(months)}".strip()


@dataclass(frozen=True, slots=True)
class Rate:
    """How counts of a place are written: per `per` of its `people`."""

    people: float
    per: float

    def of(self, count: float, months: int) -> float:
        return self.per * count / self.people * yearly(months)
