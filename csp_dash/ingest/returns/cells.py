"""Cells of a partner's return: period, area and figure.

Each function takes text as people type it or Excel saves it, and raises ValueError with a phrase that says what is wrong
and what to write instead, for the register of rejected rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from csp_dash.domain.enums import Frequency
from csp_dash.domain.geography import FORMER_WARDS, TOWER_HAMLETS, WARDS
from csp_dash.domain.periods import Span, financial_year
from csp_dash.ingest.files.dates import Written, read, span
from csp_dash.ingest.geography.place_names import home_places, place_key, wards

OUT_OF_AREA = ""
MOST = 10_000_000
"""No count of a borough's year comes near to this."""
SUPPRESSED = re.compile(r"<\s?[0-9]{1,3}|\[?c\]?", re.I)
POINT_NOUGHT = re.compile(r"[.,]0{1,2}$")
"""The end of a whole number that a program wrote with decimals, as 12.0 or 12,00; three noughts would be thousands."""
WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+")
_WIDER = frozenset(map(place_key, ("london", "england", "england and wales", "united kingdom", "uk", "city of london")))

_YEARS = r"(?:FY ?)?(20[0-9]{2}) ?[-/] ?([0-9]{2}|20[0-9]{2})"
YEAR = re.compile(_YEARS, re.I)
QUARTER = (
    re.compile(rf"{_YEARS},? ?Q ?([1-4])", re.I),
    re.compile(rf"Q ?([1-4]),? ?{_YEARS}", re.I),
)
LOOSE_QUARTER = re.compile(r"(?:20[0-9]{2}[- ]?)?Q ?[1-4](?:[- ]?20[0-9]{2})?", re.I)
HOW = {
    Frequency.MONTH: "as a month, such as 2026-03",
    Frequency.QUARTER: "as a quarter of the financial year, such as 2025-26 Q1",
    Frequency.YEAR: "as a financial year, such as 2025-26",
    Frequency.ONCE: "as a financial year, such as 2025-26",
}
"""How a period is to be written, by how often an indicator is returned."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it was given: None where it is not known, or withheld because it is small (`suppressed`).

    `below` is the number that a withheld one is less than, where that was said.
    """

    value: int | None
    suppressed: bool = False
    below: int | None = None

    @property
    def known(self) -> bool:
        return self.value is not None


BLANK = Figure(None)


def figure(text: str) -> Figure:
    """A whole number from none; `1,204` is 1204, `12.0` is 12, blank is not known, `<5` or `c` is withheld as small."""
    text = text.strip()
    if not text:
        return BLANK
    if SUPPRESSED.fullmatch(text):
        return Figure(None, suppressed=True, below=int(text[1:]) if text[0] == "<" else None)
    whole = POINT_NOUGHT.sub("", text)
    if WHOLE.fullmatch(whole):
        value = int(re.sub(r"[^0-9]", "", whole))
        if value > MOST:
            raise ValueError("is too large to be a count")
        return Figure(value)
    if re.fullmatch(r"-+|\u2013|\u2014", text):
        raise ValueError("may mean none or not known: write 0 for none, and leave it blank where it is not known")
    if re.fullmatch(r"[-\u2212][0-9.,]+", text):
        raise ValueError("is below zero")
    if re.fullmatch(r"[0-9.,]+", text):
        raise ValueError("is no whole number")
    raise ValueError("is no number: write a whole number, <5 or c where it is withheld, or leave it blank")


def period(text: str, frequency: Frequency) -> tuple[Span, Written | None]:
    """The period that a cell names, at the frequency of its indicator; and what the cell says, where that is a month."""
    text = re.sub(r"\s+", " ", text).strip()
    if not text:
        raise ValueError("no period is given")
    read = {Frequency.MONTH: _month, Frequency.QUARTER: _quarter}.get(frequency, _year)
    return read(text, f"write it {HOW[frequency]}")


def _month(text: str, how: str) -> tuple[Span, Written]:
    found = read(text)
    if found is None and re.fullmatch(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}", text):
        raise ValueError(f"the period is no date (day, then month): {how}")
    if found is None:
        raise ValueError(f"the period is no month: {how}")
    return Span(found.month, found.month), found


def _quarter(text: str, how: str) -> tuple[Span, None]:
    for at, pattern in enumerate(QUARTER):
        match = pattern.fullmatch(text)
        if match:
            number, first, last = (match[3], match[1], match[2]) if at == 0 else (match[1], match[2], match[3])
            start = _financial(first, last, how).first.plus(3 * (int(number) - 1))
            return Span(start, start.plus(2)), None
    found = span(text)
    if found and found.months == 3 and found.first.month % 3 == 1:
        return found, None
    if LOOSE_QUARTER.fullmatch(text):
        raise ValueError(f"the quarter could begin in January or in April: {how}")
    raise ValueError(f"the period is no quarter: {how}")


def _year(text: str, how: str) -> tuple[Span, None]:
    match = YEAR.fullmatch(text)
    if match:
        return _financial(match[1], match[2], how), None
    found = span(text)
    if found and found.months == 12 and found.first.month == 4:
        return found, None
    if re.fullmatch(r"20[0-9]{2}", text):
        raise ValueError(f"the year could begin in January or in April: {how}")
    raise ValueError(f"the period is no financial year: {how}")


def _financial(first: str, last: str, how: str) -> Span:
    if int(last) % 100 != (int(first) + 1) % 100 or (len(last) == 4 and int(last) != int(first) + 1):
        raise ValueError(f"the two years do not follow one another: {how}")
    return financial_year(int(first))


def area(code: str, name: str, elsewhere: frozenset[str] = frozenset()) -> str:
    """Code of the borough or ward, by its code first, else by its name; OUT_OF_AREA where it is another place.

    `elsewhere` holds the keys of the names of other boroughs.
    """
    code, named = code.strip().upper(), place_key(name)
    by_name = home_places().get(named)
    if not code:
        if not named:
            raise ValueError("no place is given")
        if by_name:
            return by_name
        if named in elsewhere or named in _WIDER:
            return OUT_OF_AREA
        raise ValueError("no ward of Tower Hamlets has this name")
    if not re.fullmatch(r"[EWNSK][0-9]{8}", code):
        raise ValueError(
            f"is no official code of a place: write one such as {WARDS[0]}, or leave it blank and give the name"
        )
    if code in FORMER_WARDS:
        raise ValueError("is a ward with the borders before May 2014, which no present ward has")
    if code not in wards() and code != TOWER_HAMLETS:
        return OUT_OF_AREA
    if by_name and by_name != code:
        raise ValueError("the code and the name are of two different places")
    return code
