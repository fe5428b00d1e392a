"""Disparity in stop and search: search rate by ethnic group, and the share of searches that find something.

What these figures cannot say. Residents are not those who were there to be stopped: people are stopped who live
elsewhere, groups differ in age and in where they spend time, and the count of residents is the census's. The group is
as the person said, and many do not say. One person may be stopped several times, and several in one incident, so the
intervals, which take every stop as a separate event, are too narrow. A ratio above 1 shows a difference, not its
cause; equal find rates do not show that the grounds for stopping were equal.
"""

from __future__ import annotations

import math

import pandas as pd
from scipy.stats import binomtest

from csp_dash.analytics.intervals import Z, two_shares, wilson

FEW = 20
COLUMNS = [
    *("group", "stops", "people", "rate", "ratio", "low", "high", "p_value"),
    *("find_rate", "find_low", "find_high", "few"),
]
GAP = ["group", "gap", "low", "high", "p_value"]


def disparity(frame: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Stop rates of groups against a reference group's, and find rates. See the module's caveats.

    `frame` has group, stops, people (residents) and found (stops in which something was found).

    Columns: group; stops; people; rate (stops per 1,000 residents); ratio (rate over the reference group's); low,
    high (95%, log-normal: exp(ln ratio ± 1.96 sqrt(1/a + 1/b)), Kirkwood and Sterne 2003, Essential Medical
    Statistics, chapter 23); p_value (given both groups' stops together, the group's are binomial with its share of the
    residents: Przyborowski and Wilenski 1940, Biometrika 31: 313-323); find_rate, find_low, find_high (percent of
    stops, Wilson's interval); few (under 20 stops, or an unknown number).

    The reference group's ratio is 1, without interval or p-value. Without stops there is no ratio and no find rate,
    without known residents no rate, without the reference group no ratio: those are NaN, and nothing is raised.
    """
    base = _reference(frame, reference)
    rows = []
    for row in frame.to_dict("records"):
        stops, people, found = (_number(row[name]) for name in ("stops", "people", "found"))
        ratio, low, high, p_value = (1.0, *[math.nan] * 3)
        if base is None or row["group"] != reference or not (stops > 0 and people > 0):
            ratio, low, high, p_value = _ratio(stops, people, base)
        rate = 1000 * stops / people if people > 0 else math.nan
        finds = (math.nan, math.nan, math.nan)
        if 0 <= found <= stops and stops > 0:
            finds = (found / stops, *wilson(found / stops, stops))
        percent = [100 * find for find in finds]
        rows.append([row["group"], stops, people, rate, ratio, low, high, p_value, *percent, not stops >= FEW])
    return pd.DataFrame(rows, columns=COLUMNS)


def find_gap(frame: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Find rates of groups less the reference group's, by the test for two shares; same `frame` as `disparity`.

    Columns: group; gap, low, high (percentage points, 95%); p_value. NaN for the reference group itself, without
    stops, and where more was found than there were stops. Rough where a group has under about five finds.
    """
    base = _reference(frame, reference)
    rows = []
    for row in frame.to_dict("records"):
        found, stops = _number(row["found"]), _number(row["stops"])
        known = stops > 0 and 0 <= found <= stops
        if base is None or row["group"] == reference or not known or not (base[0] > 0 and 0 <= base[2] <= base[0]):
            rows.append([row["group"], *[math.nan] * 4])
            continue
        gap = two_shares(found / stops, stops, base[2] / base[0], base[0])
        rows.append([row["group"], 100 * gap.difference, 100 * gap.low, 100 * gap.high, gap.p_value])
    return pd.DataFrame(rows, columns=GAP)


def _ratio(stops: float, people: float, base: tuple[float, float, float] | None) -> tuple[float, float, float, float]:
    if base is None or not (stops > 0 and people > 0 and base[0] > 0 and base[1] > 0):
        return math.nan, math.nan, math.nan, math.nan
    ratio = (stops / people) / (base[0] / base[1])
    spread = math.exp(Z * math.sqrt(1 / stops + 1 / base[0]))
    one, both = round(stops), round(stops) + round(base[0])
    p_value = float(binomtest(one, both, people / (people + base[1])).pvalue)
    return ratio, ratio / spread, ratio * spread, p_value


def _reference(frame: pd.DataFrame, reference: str) -> tuple[float, float, float] | None:
    """The reference group's stops, residents and finds."""
    found = frame[frame["group"] == reference]
    if len(found) != 1:
        return None
    row = found.iloc[0]
    return _number(row["stops"]), _number(row["people"]), _number(row["found"])


def _number(value: object) -> float:
    """NaN for what is missing."""
    missing = value is None or bool(pd.isna(value))  # type: ignore[call-overload]
    return math.nan if missing else float(value)  # type: ignore[arg-type]
