"""What the months of a partner's return may not have been meant to be, in words.

A month may be given as a day. Programs turn such days into others without being asked: one set to American dates swaps day
and month (1 September becomes 9 January), and one that is given Apr-25 makes it 25 April of this year.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from csp_dash.domain.periods import Month
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.dates import DAY_FIRST, Written
from csp_dash.ingest.files.source_file import SourceFile

TOLD = 3
"""Dates that are told."""
YEARS_BACK = 5
"""How far back a year may lie that was taken for a day."""


def remarks(written: Mapping[str, Written]) -> list[str]:
    """What is worth knowing of the months of a file: text of a cell -> what it was read as."""
    found = []
    forms = sorted({one.form for one in written.values()})
    if len(forms) > 1:
        found.append(f"Periods are written in several ways (like {', '.join(forms)}); each was read by itself.")
    if DAY_FIRST in forms:
        found.append("Dates such as 03/04/2026 were read as day, month, year.")
    inner = {text: one for text, one in written.items() if not one.whole}
    if inner:
        told = [f"{text} as {one.month.words}" for text, one in list(inner.items())[:TOLD]]
        more = f" and {len(inner) - TOLD} more" if len(inner) > TOLD else ""
        found.append(
            "Some months are given as a day that is neither the first nor the last of its month. They were read so:"
            f" {', '.join(told)}{more}.{_suspected(written, inner)}"
        )
    return found


def refuse_mixed_months(entry: SourceFile, written: Mapping[str, Written]) -> None:
    """Raise BadInput for a file whose dates, day first, are several days of one January: they are other months' first."""
    swapped = _swapped(written)
    if len(swapped) > 1:
        text, month = next((text, month) for text, month in swapped.items() if month.month > 1)
        raise BadInput(
            f"{entry.name}: its dates are {len(swapped)} days of one January. They seem to have the month before the day, as in the"
            f" USA, so that {text} means {month.words}. Write the months as {month} and hand it in again.",
            entry,
        )


def _suspected(written: Mapping[str, Written], inner: Mapping[str, Written]) -> str:
    """What else may have been meant; empty where there is no sign of it."""
    text, one = next(iter(inner.items()))
    if text in (swapped := _swapped(written)):
        month = swapped[text]
        return f" If it has the month before the day, as in the USA, it is {month.words}: {_again(month)}"
    days = {other.day for other in written.values()}
    if len(days) == 1 and one.day and one.month.year - YEARS_BACK <= 2000 + one.day <= one.month.year:
        month = Month(2000 + one.day, one.month.month)
        typed = f"{date(2000, month.month, 1):%b}-{one.day}"
        return (
            f" Every date has the day {one.day}: a program may have made {text} of {typed}. If {month.words} was meant,"
            f" {_again(month)}"
        )
    return ""


def _again(month: Month) -> str:
    return f"go back with `python -m csp_dash rollback`, write {month}, and hand it in again."


def _swapped(written: Mapping[str, Written]) -> dict[str, Month]:
    """The month that each date is the first of, with the month before the day; empty where not all can be that."""
    found = {
        text: Month(one.month.year, one.day)
        for text, one in written.items()
        if one.day and one.day <= 12 and one.month.month == 1
    }
    return found if len(found) == len(written) and any(month.month > 1 for month in found.values()) else {}
