"""How numbers, units and lists are written in every sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

from csp_dash.domain.enums import Kind
from csp_dash.domain.quoted import ordinal

IRREGULAR = {"people": "person", "children": "child", "women": "woman", "men": "man"}
SAME = {"series", "premises", "%", "percent", "nox", "cctv"}
NO_FIGURE = "no figure"
PERCENT = "percent "
# What ends the head of a title, so that `Residents who ...` is judged by its residents and `Theft from ...` by the theft.
HEAD_ENDS = (" of ", " by ", " for ", " with ", " without ", " against ", " from ", " in ", " to ", " on ", " since ", " about ",
             " who ", " that ", " (")  # fmt: skip
# Names keep their capital inside a sentence, as abbreviations and names of two words do by themselves.
NAMES = {"Islamophobic", "London", "London's", "Prevent", "Bangla", "Census"}


def number(value: float) -> str:
    """A count with thousands separators, without decimals unless it has some under 100."""
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}".replace("-0", "0") if round(value) == 0 else f"{value:,.0f}"
    return rate(value)


def rate(value: float) -> str:
    """A rate to three significant digits at most, without trailing zeros beyond one decimal."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if 0 < abs(value) < 0.095:  # "0 per 1,000" would say that there are none
        digits = min(2 - math.floor(math.log10(abs(value))) - 1, 6)
        return f"{value:.{digits}f}".rstrip("0").rstrip(".-") or "less than 0.000001"
    text = f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    text = text.rstrip("0").rstrip(".") if abs(value) < 10 and text.endswith("0") else text
    return "0" if text in {"-0", "-0.0", "-0.00", "0.0", ""} else text


def percent(value: float) -> str:
    """The size of a percentage: at most three significant digits, no sign, never "-0%"."""
    size = abs(value)
    if 0 < size < 0.05:
        return "less than 0.1%"
    if size >= 1000:
        return f"{round(size, 2 - math.floor(math.log10(size))):,.0f}%"
    if size >= 9.95:
        return f"{size:.0f}%"
    return f"{size:.1f}".removesuffix(".0") + "%"


def points(value: float) -> str:
    """The size of a change in percentage points."""
    text = f"{abs(value):.1f}".removesuffix(".0")
    return f"{text} percentage point" if text == "1" else f"{text} percentage points"


def singular(unit: str) -> str:
    """One of a plural unit: `offences` gives `offence`, `young people` gives `young person`."""
    *front, last = unit.split(" ")
    return " ".join([*front, _one(last)])


def counted(value: float, unit: str) -> str:
    """`1 offence`, `214 offences`, `no offences`."""
    if value == 0:
        return f"no {unit}"
    text = number(value)
    return f"{text} {singular(unit) if text == '1' else unit}"


def plural(subject: str) -> bool:
    """Whether a title takes a plural verb: `Drug offences`, `Residents who ...`, not `Theft from the person`.

    A title is plural when a noun of its head is; a list that its first part does not sum up is too.
    """
    first, _, rest = subject.partition(", ")
    if " and " in rest and " " in first and "(" not in subject.split(" and ")[0]:
        return True
    head = first
    for stop in HEAD_ENDS:
        head = head.split(stop, 1)[0]
    words = [word.lower() for word in head.split(" ")]
    return any(
        word in IRREGULAR or (word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in SAME)
        for word in words
    )


def agree(subjects: str | Sequence[str], one: str, many: str) -> str:
    """The verb that fits: `one` for a single subject in the singular, `many` for a plural or several."""
    names = [subjects] if isinstance(subjects, str) else list(subjects)
    return many if len(names) > 1 or any(plural(name) for name in names) else one


def listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def figure(value: float | None, kind: Kind, *, people_rate: bool = False) -> str:
    """A value as words: a count, a percentage of a share (0 to 1), a rate; `no figure` for None."""
    if value is None or not math.isfinite(value):
        return NO_FIGURE
    if kind is Kind.PROPORTION:
        return percent(100 * value)
    return rate(value) if kind is Kind.RATE or people_rate else number(value)


def odds(p_value: float) -> str:
    """How often chance alone would do as much: `fewer than 1 in 1,000 cases`, `about 3 in 100 cases`."""
    if p_value < 0.001:
        return "fewer than 1 in 1,000 cases"
    return (
        f"about {1000 * p_value:.0f} in 1,000 cases" if p_value < 0.0095 else f"about {100 * p_value:.0f} in 100 cases"
    )


def rank(mine: float, values: Sequence[float]) -> str:
    """A value's place from the nearer end, higher values first: `highest`, `2nd highest`, `4th lowest`, `joint lowest`.

    `values` holds every value, `mine` among them. Where all are the same there is no place: `the same as all others`.
    """
    above, below = sum(value > mine for value in values), sum(value < mine for value in values)
    shared = len(values) - above - below > 1
    if shared and not above and not below:
        return "the same as all others"
    place, end = (above + 1, "highest") if above <= below else (below + 1, "lowest")
    return " ".join(part for part in ("joint" if shared else "", ordinal(place) if place > 1 else "", end) if part)


def number_or_rate(value: float) -> str:
    return number(value) if float(value).is_integer() else rate(float(value))


def _one(word: str) -> str:
    lower = word.lower()
    if lower in IRREGULAR:
        return IRREGULAR[lower]
    if lower in SAME or not lower.endswith("s") or lower.endswith("ss"):
        return word
    if lower.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if lower.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1]


def capital(text: str) -> str:
    """The text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def inside(text: str) -> str:
    """The text as it stands inside a sentence. Abbreviations and names keep their capital: `CCTV incidents`, `Ward Panels`."""
    first, _, rest = text.partition(" ")
    kept = first in NAMES or first[1:] != first[1:].lower() or (rest[:1].isupper() and not rest.split(" ")[0].isupper())
    return text if kept else text[:1].lower() + text[1:]


def of(words: str, unit: str) -> str:
    """A written figure with its unit: `214 offences`, `1 offence`, `27% of stops`; a missing figure has none.

    A share is written with its sign, so that of its unit (`percent of stops`) only what it is of is left.
    """
    if words == NO_FIGURE or not unit:
        return words
    if words.endswith("%"):
        return f"{words} {unit.removeprefix(PERCENT).removeprefix('% ')}"
    return f"{words} {singular(unit) if words == '1' else unit}"


def measured(value: float, unit: str, rate: str = "") -> str:
    """A value with what it is of: `214 offences`; with a `rate`, `7.5 per 1,000 residents` or `32%`."""
    if rate == "%":
        return percent(value) if value else "0%"
    return f"{number_or_rate(value)} {rate}" if rate else counted(value, unit)


def signed(value: float | None) -> str:
    """A number with its sign, a true minus: `+2.5`, `−13`."""
    if value is None:
        return NO_FIGURE
    size = f"{abs(value):.2g}" if 0 < abs(value) < 0.05 else f"{abs(value):,.1f}".removesuffix(".0")
    if abs(value) >= 1000:
        size = f"{abs(value):,.0f}"
    return "0" if size == "0" else f"{'+' if value > 0 else '−'}{size}"
