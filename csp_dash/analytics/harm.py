"""Crime harm: offences weighted by the days of prison at the starting point of their sentence."""

from __future__ import annotations

import math

import pandas as pd

WEIGHTS = ("mean", "median")


def harm(counts: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Offences and their harm, by kind of offence, in the order of `counts`.

    `counts` has label, now and before (offences in two periods); `weights` has label, mean and median (days). Harm is
    the number of offences times the days at the starting point of sentencing for a first offender without what makes
    the offence better or worse: Sherman, Neyroud and Neyroud (2016), Policing 10(3): 171-183. A kind of offence here
    holds several in law, so its weight is a mean or a median of theirs, and both are given: where the two orders
    differ, the order rests on that choice.

    Columns: label; now; before; share (percent of offences now); harm_mean, harm_median (days now);
    harm_mean_share, harm_median_share (percent of the days now); harm_mean_before, harm_median_before (days); rank,
    rank_mean, rank_median (1 is most, equals share the better place). Shares are NaN where the whole is 0.

    ValueError, with the label, for a missing or doubled weight and for a missing or negative count.
    """
    days = weights.set_index("label")[list(WEIGHTS)].astype(float)
    frame = counts[["label", "now", "before"]].astype({"now": float, "before": float}).reset_index(drop=True)
    for label, now, before in frame.itertuples(index=False):
        if label not in days.index or days.loc[[label]].isna().any(axis=None):
            raise ValueError(f"There is no weight for '{label}'.")
        if len(days.loc[[label]]) > 1:
            raise ValueError(f"There is more than one weight for '{label}'.")
        if not (now >= 0 and before >= 0):
            raise ValueError(f"'{label}' needs a count of 0 or more for both periods.")
    frame["share"] = _share(frame["now"])
    frame["rank"] = _rank(frame["now"])
    for name in WEIGHTS:
        weight = days.loc[frame["label"], name].to_numpy()
        frame[f"harm_{name}"] = frame["now"] * weight
        frame[f"harm_{name}_before"] = frame["before"] * weight
        frame[f"harm_{name}_share"] = _share(frame[f"harm_{name}"])
        frame[f"rank_{name}"] = _rank(frame[f"harm_{name}"])
    return frame[
        [
            *("label", "now", "before", "share", "harm_mean", "harm_median", "harm_mean_share", "harm_median_share"),
            *("harm_mean_before", "harm_median_before", "rank", "rank_mean", "rank_median"),
        ]
    ]


def totals(frame: pd.DataFrame) -> dict[str, float]:
    """Percent change of all offences, of mean-weighted and of median-weighted harm, of a frame that `harm` made.

    Keys: offences, harm_mean, harm_median. NaN where there was none before.
    """
    pairs = {"offences": ("now", "before")}
    pairs |= {f"harm_{name}": (f"harm_{name}", f"harm_{name}_before") for name in WEIGHTS}
    changes = {}
    for key, (now, before) in pairs.items():
        base = float(frame[before].sum())
        changes[key] = 100 * (float(frame[now].sum()) - base) / base if base else math.nan
    return changes


def _share(values: pd.Series[float]) -> pd.Series[float]:
    whole = float(values.sum())
    return 100 * values / (whole if whole else math.nan)


def _rank(values: pd.Series[float]) -> pd.Series[int]:
    return values.rank(ascending=False, method="min").astype(int)
