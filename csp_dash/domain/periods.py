"""Calendar months, spans of months and financial years."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_PATTERN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_NAMES = calendar.month_name


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `YYYY-MM`; ValueError says what was expected."""
        found = _PATTERN.fullmatch(text.strip())
        if not found or not 1990 <= int(found[1]) <= 2100:
            raise ValueError(f"'{text}' is not a month. Write it as YYYY-MM, for example 2026-03.")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that a day falls in."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __sub__(self, other: Month) -> int:
        return (self.year - other.year) * 12 + self.month - other.month

    def plus(self, months: int) -> Month:
        """This month moved by a number of months, which may be negative."""
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def words(self) -> str:
        """`March 2026`."""
        return f"{_NAMES[self.month]} {self.year}"

    @property
    def short(self) -> str:
        """`Mar 2026`."""
        return f"{_NAMES[self.month][:3]} {self.year}"


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months from `first` to `last`, both included."""

    first: Month
    last: Month

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"The period ends ({self.last}) before it starts ({self.first}).")

    @property
    def months(self) -> int:
        return self.last - self.first + 1

    def shifted(self, months: int) -> Span:
        """The same number of months, moved."""
        return Span(self.first.plus(months), self.last.plus(months))

    def before(self) -> Span:
        """What this period is compared with: the same months a whole number of years earlier, not overlapping.

        A period of up to 12 months is compared with the year before; of 13 to 24 months, with two years before.
        """
        years = -(-self.months // 12)
        return self.shifted(-12 * years)

    def within(self, base: Span) -> Span:
        """The same months of the year inside a baseline; the baseline itself where they do not fit or come before it.

        Twelve months fit any baseline of twelve. What does not fit is refused when it is compared.
        """
        years = -(-(self.first - base.first) // 12) if self.first > base.first else 0
        for back in (years, years - 1):
            moved = self.shifted(-12 * back)
            if base.first <= moved.first and moved.last <= base.last:
                return moved
        return base

    @property
    def words(self) -> str:
        """`12 months to March 2026`, `2019/20`, `September 2020` or `April 2021 to March 2024`."""
        if self.months == 1:
            return self.last.words
        if self.months == 12:
            if self.first.month == 4:
                return f"{self.first.year}/{(self.first.year + 1) % 100:02d}"
            return f"12 months to {self.last.words}"
        return f"{self.first.words} to {self.last.words}"

    @property
    def long_words(self) -> str:
        """As `words`, but a financial year is spelled out: `the year to March 2020`."""
        if self.months == 12:
            return f"the year to {self.last.words}"
        return self.words


def financial_year(start_year: int) -> Span:
    """April of `start_year` to March of the next."""
    return Span(Month(start_year, 4), Month(start_year + 1, 3))


def year_to_date(last: Month) -> Span:
    """The financial year that a month lies in, from its April up to that month."""
    return Span(Month(last.year if last.month >= 4 else last.year - 1, 4), last)
