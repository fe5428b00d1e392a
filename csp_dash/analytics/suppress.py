"""The last step before figures are shown: small numbers are hidden where the indicator asks for it."""

from __future__ import annotations

import math

import pandas as pd

PARTNER_BELOW = 10
PARTNER_ROUND = 5
FEW = 20
FLAG = "suppressed"


def suppress(
    frame: pd.DataFrame, below: int, *, round_to: int = 1, within: str | None = None, total_known: bool = True
) -> pd.DataFrame:
    """Hide numerators above zero and under `below`; round the others to `round_to`. Returns a new frame.

    Hidden rows have no numerator and no denominator and the flag `suppressed`. With `within` (a column, for example
    `start`) and a known total, a group in which exactly one row is hidden loses its next smallest too, or the total
    would give the first away. `below` of 0 or 1 hides nothing.
    """
    shown = frame.copy()
    if shown.empty:
        return shown
    numbers = shown["numerator"].astype(float)
    hidden = (numbers > 0) & (numbers < below)
    if within and total_known:
        hidden = _second(shown[within], numbers, hidden)
    rounded = numbers.map(lambda n: n if math.isnan(n) else float(math.floor(n / round_to + 0.5) * round_to))
    shown["numerator"] = rounded.mask(hidden)
    if "denominator" in shown:
        shown["denominator"] = shown["denominator"].astype(float).mask(hidden)
    old = shown["flag"].astype(object) if "flag" in shown else pd.Series(None, index=shown.index, dtype=object)
    shown["flag"] = old.where(~hidden, FLAG)
    return shown


def few(numerator: float | None) -> bool:
    """Whether a rate on this many events should carry a small-number mark."""
    return numerator is not None and 0 < numerator < FEW


def _second(groups: pd.Series, numbers: pd.Series, hidden: pd.Series) -> pd.Series:
    also = []
    for _, rows in pd.DataFrame({"n": numbers, "hidden": hidden}).groupby(groups, sort=False):
        rest = rows[~rows["hidden"] & (rows["n"] > 0)]
        if rows["hidden"].sum() == 1 and not rest.empty:
            also.append(rest["n"].idxmin())
    return hidden | hidden.index.isin(also)
