"""Contributions to a change: each part's share of the rise or fall of a total."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from csp_dash.analytics.intervals import Z

REST = "Not in a listed part"
COLUMNS = ["label", "before", "now", "change", "points", "share", "low", "high", "detectable"]
_CLOSE = 1e-9


def contributions(parts: pd.DataFrame, *, total: tuple[float, float] | None = None, rest: bool = True) -> pd.DataFrame:
    """Split the change of a total count between two equal periods into the changes of its parts.

    `parts` has label, before, now and dispersion (the variance of the part's counts over their mean, at least 1).
    `total` is the whole's (before, now), the sum of the parts unless given. Where the parts do not add up to it, a
    row `REST` holds what is left, with the largest dispersion of the parts; a part without a figure goes there too.
    Without `rest` what is left has no row.
    What is left can be below zero, where the parts overlap: then it has no interval.

    Columns: label; before; now; change; points (percentage points that the part adds to the total's percent change;
    NaN where the total was 0); share (percent of the total change, which opposite changes put below 0 or above 100;
    NaN where the total did not change); low, high (95% interval of the change); detectable (the interval leaves 0
    out). The largest change comes first, whichever its direction. With the rest, changes add up to the total's
    change, points to its percent change.

    The interval is the normal approximation with variance dispersion x (now + before) of two over-dispersed Poisson
    counts (McCullagh and Nelder 1989, Generalized Linear Models, 6.2); it is rough where both together are
    under about 20. Each part is judged alone: of twenty that did not change, about one is called detectable.

    ValueError for a dispersion under 1, a negative count, or a missing one when there is no `total` to hold it.
    """
    frame = parts[["label", "before", "now", "dispersion"]].astype({"before": float, "now": float, "dispersion": float})
    known = frame["before"].notna() & frame["now"].notna()
    if total is None and not known.all():
        raise ValueError(f"'{frame.loc[~known, 'label'].iloc[0]}' has no figure, and no total was given to hold it.")
    frame = frame[known]
    if not (frame["dispersion"] >= 1).all():
        raise ValueError("A dispersion is at least 1.")
    if (frame[["before", "now"]] < 0).any(axis=None):
        raise ValueError("A count cannot be negative.")
    sums = float(frame["before"].sum()), float(frame["now"].sum())
    before, now = total if total is not None else sums
    if rest and (abs(before - sums[0]) > _CLOSE or abs(now - sums[1]) > _CLOSE):
        widest = float(frame["dispersion"].max()) if len(frame) else 1.0
        left = {"label": REST, "before": before - sums[0], "now": now - sums[1], "dispersion": widest}
        frame = pd.DataFrame([*frame.to_dict("records"), left])
    change = frame["now"] - frame["before"]
    variance = frame["dispersion"] * (frame["now"] + frame["before"])
    half = Z * np.sqrt(variance.where((frame["now"] >= 0) & (frame["before"] >= 0)))
    made = frame.assign(
        change=change,
        points=100 * change / before if before else math.nan,
        share=100 * change / (now - before) if abs(now - before) > _CLOSE else math.nan,
        low=change - half,
        high=change + half,
        detectable=change.abs() > half,
    )
    order = change.abs().sort_values(ascending=False, kind="stable").index
    return made.loc[order, COLUMNS].reset_index(drop=True)
