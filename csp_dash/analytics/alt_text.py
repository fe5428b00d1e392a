"""Text descriptions (alt texts) of charts and maps, and the titles of maps."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from csp_dash.domain import wording
from csp_dash.domain.periods import Month, Span


def map_title(
    frame: pd.DataFrame, names: Mapping[str, str], *, measure: str = "rates", unit: str = "", kind: str = "ward"
) -> str:
    """Who is highest: up to three areas, cut where no tie is broken. `frame`: area, value."""
    known = frame.dropna(subset=["value"]).sort_values(["value", "area"], ascending=[False, True])
    if known.empty:
        return "No data for this choice"
    values = known["value"].tolist()
    codes = [str(code) for code in known["area"]]
    if values[0] == 0:
        return f"No {kind} has any {unit}".strip() if unit else f"Every {kind} is at zero"
    if len(values) == 1:
        return f"{names.get(codes[0], codes[0])} is the only {kind} with a figure"
    if values[0] == values[-1]:
        return f"Every {kind} has the same figure"
    top = next((k for k in (3, 2, 1, 4) if k < len(values) and values[k - 1] > values[k]), None)
    if top is None:
        ties = sum(value == values[0] for value in values)
        return f"{ties} {kind}s share the highest {wording.singular(measure)}"
    chosen = [names.get(code, code) for code in codes[:top]]
    if top == 1:
        return f"{chosen[0]} has the highest {wording.singular(measure)}"
    return f"{wording.listed(chosen)} have the highest {measure}"


def trend_alt(subject: str, place: str, trend: pd.DataFrame, *, unit: str, stands: str = "", finding: str = "") -> str:
    """Alt text of a trend chart: kind, what it shows, span, where it stands (the chosen period's figure), the finding."""
    known = trend[~trend["missing"]]
    share = unit.startswith(wording.PERCENT)
    what = f"Line chart: {subject}, {place}, {unit}"
    if known.empty:
        return f"{what}. No data for this choice."
    span = Span(Month.of(known["start"].iloc[0].date()), Month.of(known["start"].iloc[-1].date()))
    parts = [f"{what}, {span.words}"]
    smooth = known["smooth"].dropna()
    if stands:
        parts.append(wording.capital(stands))
    elif not smooth.empty:
        level = float(smooth.iloc[-1])
        parts.append(
            f"The 12-month average stands at {wording.percent(level) if share else wording.number_or_rate(level)}"
        )
    gaps = int(trend["missing"].sum())
    if gaps:
        parts.append(f"{gaps} month{'s are' if gaps > 1 else ' is'} missing")
    if finding:
        parts.append(finding.rstrip("."))
    return ". ".join(parts) + "."


def map_alt(
    subject: str, frame: pd.DataFrame, names: Mapping[str, str], *, measure: str, period: str, finding: str = ""
) -> str:
    """Alt text of a map: what is shaded, for when, the highest and lowest areas, the finding. `frame`: area, value."""
    what = f"Map: {subject}, {measure}, {period}"
    known = frame.dropna(subset=["value"]).sort_values("value")
    if known.empty:
        return f"{what}. No data for this choice."
    low, high = known.iloc[0], known.iloc[-1]
    text = (
        f"{what}. Highest: {names.get(high['area'], high['area'])}, {wording.number_or_rate(high['value'])}. "
        f"Lowest: {names.get(low['area'], low['area'])}, {wording.number_or_rate(low['value'])}."
    )
    return f"{text} {finding.rstrip('.')}." if finding else text


def bars_alt(subject: str, frame: pd.DataFrame, *, measure: str, period: str, chosen: str = "") -> str:
    """Alt text of ranked bars. `frame`: label, value."""
    what = f"Bar chart: {subject}, {measure}, {period}"
    known = frame.dropna(subset=["value"]).sort_values("value", ascending=False).reset_index(drop=True)
    if known.empty:
        return f"{what}. No data for this choice."
    text = f"{what}, {len(known)} bars. Highest: {known['label'][0]}, {wording.number_or_rate(known['value'][0])}."
    place = known.index[known["label"] == chosen]
    if len(place) and int(place[0]) > 0:
        mine = float(known["value"][int(place[0])])
        text += f" {chosen}: {wording.rank(mine, known['value'].tolist())}, {wording.number_or_rate(mine)}."
    return text


def lines_alt(subject: str, ends: Mapping[str, float | None], *, measure: str, period: str) -> str:
    """Alt text of several lines: each line's last value."""
    what = f"Line chart: {subject}, {measure}, {period}"
    known = [
        f"{name} {wording.number_or_rate(value)}"
        for name, value in ends.items()
        if value is not None and math.isfinite(value)
    ]
    return f"{what}. Latest: {wording.listed(known)}." if known else f"{what}. No data for this choice."
