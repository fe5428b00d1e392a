"""Shading of areas: colour, hover text and key, shared by every kind of map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from csp_dash.analytics.classes import NO_DATA, Classes
from csp_dash.analytics.palette import MISSING
from csp_dash.domain.wording import number_or_rate

Chips = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shading:
    """`fills` (colour) and `words` by area code; `legend` holds (colour, label) from low to high."""

    fills: Mapping[str, str]
    words: Mapping[str, str]
    legend: Chips
    empty: bool = False


def by_class(codes: Sequence[str], frame: pd.DataFrame, classes: Classes) -> Shading:
    """Shade by class. `frame`: area, value; label: the value in words. Areas without a value are grey: no data."""
    rows = {str(row["area"]): row for row in frame.to_dict("records")}
    fills, words = {}, {}
    for code in codes:
        row = rows.get(code)
        value = None if row is None or pd.isna(row["value"]) else float(row["value"])
        fills[code] = classes.colour(value)
        words[code] = NO_DATA if value is None else str((row or {}).get("label") or number_or_rate(value))
    return Shading(fills, words, legend(classes), bool(frame.empty or frame["value"].isna().all()))


def by_colour(codes: Sequence[str], colours: Mapping[str, str], words: Mapping[str, str], chips: Chips) -> Shading:
    """Shade by colours that were settled elsewhere; areas without one are grey: no data."""
    fills = {code: colours.get(code, MISSING) for code in codes}
    said = {code: words.get(code, NO_DATA) for code in codes}
    some_missing = any(code not in colours for code in codes)
    return Shading(fills, said, (*chips, (MISSING, NO_DATA)) if some_missing else chips, not colours)


def legend(classes: Classes) -> Chips:
    """(colour, label) from low to high; `no data` last where some areas have none."""
    chips = tuple(zip(classes.colours, classes.labels, strict=True))
    return (*chips, (MISSING, NO_DATA)) if classes.missing or not chips else chips
