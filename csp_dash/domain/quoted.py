"""Figures of a document, written as the document states them."""

from __future__ import annotations


def stated(value: str, unit: str) -> str:
    """`5,412 attendees`, `53% of respondents`, `−20%`, `24th`, `£37,603`, `10 to 18 years`."""
    try:
        number = float(value)
    except ValueError:
        return f"{value.replace('-', ' to ')} {unit}".strip()
    if unit == "rank":
        return ordinal(int(number))
    size = f"{abs(number):,.0f}" if number.is_integer() else f"{abs(number):,}"
    sign = "−" if number < 0 else ""
    if unit == "GBP":
        return f"{sign}£{size}"
    if unit.startswith("percent"):
        return f"{sign}{size}% {unit.removeprefix('percent').strip()}".strip()
    return f"{sign}{size} {unit}".strip()


def ordinal(place: int) -> str:
    """`1st`, `2nd`, `11th`."""
    if place % 100 in (11, 12, 13):
        return f"{place}th"
    return f"{place}{({1: 'st', 2: 'nd', 3: 'rd'}).get(place % 10, 'th')}"
