"""Concentration: the smallest number of places that holds half of the offences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

CURVE = ["places_share", "offences_share"]


@dataclass(frozen=True, slots=True)
class Concentration:
    """What `concentration` found.

    `places` with a known count hold `total` offences. `half` is the fewest places that hold half of them or more,
    `half_share` that number in percent of places. `gini` runs from 0, where the offences lie as evenly as so many can,
    towards 1, where one place holds them all. `curve` has places_share and offences_share (0 to 1), most burdened
    places first, from (0, 0) to (1, 1). Where one cannot be told it is None, or the curve empty, and `note` says why in a
    sentence; `note` also says how many places were left out, and is empty otherwise.
    """

    places: int
    total: float
    half: int | None
    half_share: float | None
    gini: float | None
    curve: pd.DataFrame
    note: str = ""


def concentration(counts: Sequence[float | None]) -> Concentration:
    """The concentration of offences over places (streets, small areas), one count a place, noughts included.

    The Gini coefficient is generalised for fewer offences than places: five offences cannot be spread evenly over
    twenty places, and the ordinary coefficient would call them concentrated. With n places, c offences and the shares y
    in ascending order, G' = max(1/c, 1/n) (2 sum(i y_i) - n - 1) - max(n/c, 1) + 1: Bernasco and Steenbeek (2017),
    Journal of Quantitative Criminology 33: 451-467. It is the ordinary coefficient where c is n or more, 0 where each
    offence has a place of its own, and 1 - 1/min(c, n) where one place has them all.

    Places without a known count are left out. ValueError for a negative count.
    """
    everything = np.array([math.nan if count is None else float(count) for count in counts], dtype=float)
    known = np.sort(everything[np.isfinite(everything)])
    if len(known) and known[0] < 0:
        raise ValueError(f"A count cannot be {known[0]:g}.")
    left_out = _left_out(len(everything) - len(known))
    n, total = len(known), float(known.sum())
    if not total > 0:
        why = "No offence was recorded, so there is nothing to be concentrated."
        if not n:
            why = "No place has a known count."
        return Concentration(n, total, None, None, None, pd.DataFrame(columns=CURVE, dtype=float), _join(why, left_out))
    held = np.concatenate([[0.0], known[::-1].cumsum()]) / total
    held[-1] = 1.0
    half = int(np.argmax(held >= 0.5 - 1e-12))
    curve = pd.DataFrame({"places_share": np.arange(n + 1) / n, "offences_share": held})
    why, gini = "", None
    if n == 1:
        why = "One place alone holds everything, so concentration says nothing."
    else:
        ranks = 2 * float((np.arange(1, n + 1) * known).sum()) / total - n - 1
        gini = max(0.0, max(1 / total, 1 / n) * ranks - max(n / total, 1.0) + 1)
    return Concentration(n, total, half, 100 * half / n, gini, curve, _join(why, left_out))


def _left_out(number: int) -> str:
    if not number:
        return ""
    return (
        "One place without a known count is left out."
        if number == 1
        else f"{number:,} places without a known count are left out."
    )


def _join(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
