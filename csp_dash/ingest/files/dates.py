"""Days and months as people, publishers and spreadsheets write them: one reading for all files and returns.

==============================================  =====================================================================
2026-03, 202603, 03/2026, Mar-26, March 2026    a month
2026-03-01, 20260301, 1 Mar 2026, 01-Mar-26     a day, with or without a time behind it
01/03/2026, 1.3.26                              a day: the day before the month, as in Britain
46082                                           a day as Excel numbers it
==============================================  =====================================================================

The first or last day of a month may stand for the month. Another day may be a date with the month before the day (3/1/2026),
or a month and year that a spreadsheet took for a day of this year (Apr-25), so published tables are refused for it.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from csp_dash.domain.periods import Month, Span

DAY_FIRST = "01/03/2026"
"""The form of a date that would mean another day in America."""
FIRST_SERIAL, LAST_SERIAL = 36526, 55153
"""1 January 2000 and 31 December 2050 in the numbers of Excel, which count days from 30 December 1899."""
_NAME = r"(?P<name>[A-Za-z]{3,9})\.?"
_LONG, _YEAR = r"(?P<y>(?:19|20)\d{2})", r"(?P<y>(?:19|20)\d{2}|\d{2})"
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
FORMS = tuple(
    (form, re.compile(pattern))
    for form, pattern in (
        ("2026-03", rf"{_LONG}(?:[-/.](?P<m>\d{{1,2}})|(?P<mm>\d{{2}}))"),
        ("2026-03-01", rf"{_LONG}([-/.])(?P<m>\d{{1,2}})\2(?P<d>\d{{1,2}}){_TIME}"),
        ("20260301", rf"{_LONG}(?P<m>\d{{2}})(?P<d>\d{{2}})"),
        (DAY_FIRST, rf"(?P<d>\d{{1,2}})([-/.])(?P<m>\d{{1,2}})\2{_YEAR}{_TIME}"),
        ("03/2026", rf"(?P<m>\d{{1,2}})[-/.]{_LONG}"),
        ("Mar-26", rf"(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[- /])?{_NAME}[- ,'/]*{_YEAR}{_TIME}"),
    )
)
_TO = (re.compile(r" (?:-|\u2013|to) ", re.I), re.compile(r"\s?[-\u2013]\s?"))


@dataclass(frozen=True, slots=True)
class Written:
    """What a text says: a day, or a month (`day` is None); and the form that it has, as an example."""

    month: Month
    day: int | None
    form: str

    @property
    def whole(self) -> bool:
        """Whether it can stand for its month."""
        return self.day in (None, 1, self.month.last_day.day)


def read(text: str) -> Written | None:
    """What a text says; None where that is neither a day nor a month."""
    text = " ".join(text.split())
    if re.fullmatch(r"\d{5}(\.0+)?", text):
        number = int(text[:5])
        day = date(1899, 12, 30) + timedelta(days=number)
        return Written(Month.of(day), day.day, "46082") if FIRST_SERIAL <= number <= LAST_SERIAL else None
    for form, pattern in FORMS:
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            number = numbered(parts["name"]) if parts.get("name") else int(parts.get("m") or parts.get("mm") or 0)
            year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
            day_of = int(parts["d"]) if parts.get("d") else None
            if 1 <= number <= 12 and 1 <= (day_of or 1) <= calendar.monthrange(year, number)[1]:
                return Written(Month(year, number), day_of, form)
            return None
    return None


def numbered(name: str) -> int:
    """The number of a month by its English name or the beginning of it; 0 where it is none."""
    known = (at for at, whole in enumerate(calendar.month_name) if at and whole.lower().startswith(name.lower()))
    return 9 if name.lower() == "sept" else next(known, 0)


def month(text: str) -> str:
    """YYYY-MM of a text that can stand for a month, else ""."""
    found = read(text)
    return str(found.month) if found and found.whole else ""


def months(texts: pd.Series) -> pd.Series:
    """`month` of each text."""
    return texts.map({text: month(text) for text in texts.unique()}).astype("str")


def days(texts: pd.Series) -> pd.Series:
    """The day that each text says; NaT where it says none."""
    found = {text: read(text) for text in texts.unique()}
    known = {
        text: pd.Timestamp(one.month.year, one.month.month, one.day) for text, one in found.items() if one and one.day
    }
    return texts.map(known).astype("datetime64[ns]")


def span(text: str) -> Span | None:
    """The months of `April to June 2025`, `Apr 2025 - Mar 2026` or `1 Apr 2025 to 31 Mar 2026`; None for anything else."""
    parts = (form.split(" ".join(text.split())) for form in _TO)
    ends = next((ends for ends in parts if len(ends) == 2), None)
    if ends is None or (last := read(ends[1])) is None:
        return None
    first = read(ends[0]) or read(f"{ends[0]} {last.month.year}")
    return Span(first.month, last.month) if first and first.month <= last.month else None
