"""Volume and harm panel: the same year counted, and weighted by harm."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from csp_dash.analytics.harm import harm, totals
from csp_dash.charts import dumbbell
from csp_dash.domain import wording
from csp_dash.domain.enums import Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.domain.periods import Span
from csp_dash.domain.plan import HarmIndex
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import tabled
from csp_dash.panels.panel import Panel
from csp_dash.panels.selection import select

WHOLE = "total_offences"


@dataclass(frozen=True)
class VolumeHarm:
    """The picture, and the index that weighed it: its source, what it leaves out and why."""

    picture: Panel
    index: HarmIndex


def volume_harm(data: Dataset, view: Filters) -> VolumeHarm:
    """Share of offences beside share of harm by kind of offence, for the borough; both weightings are in the table."""
    index = data.catalogue.harm
    question = select(data, replace(view, indicator=WHOLE, measure=Measure.COUNT), whole=True)
    rows = []
    for kind in index.classes:
        now, before = (_count(data, kind.indicators, span) for span in (question.span, question.before))
        rows.append({"label": kind.label, "now": now, "before": before, "mean": kind.mean, "median": kind.median})
    counts = pd.DataFrame(rows)
    empty = bool(counts[["now", "before"]].isna().any(axis=None))
    weighed = harm(counts.fillna(0), counts[["label", "mean", "median"]])
    told = tabled(data, question, _table(weighed), weighed, "volume-and-harm")
    title = "Volume and harm: no whole period for this choice" if empty else _title(weighed)
    drawn = weighed.assign(one=weighed["share"], two=weighed["harm_mean_share"]).sort_values("one", ascending=False)
    picture = Panel(
        indicator=question.indicator,
        title=question.named(title),
        caption=f"Share of offences and of harm by kind, Tower Hamlets, {question.period}. Harm: days of prison at the starting "
        "point of sentencing, averaged over the offences in each kind.",
        figure=dumbbell.figure(drawn if not empty else drawn.iloc[:0], names=("Share of offences", "Share of harm")),
        alt=f"Chart of two dots a kind of offence, {question.place}: its share of offences and of harm. {title}.",
        evidence=told,
        sentence="" if empty else _moved(totals(weighed)),
        remark=index.method,
        empty=empty,
    )
    return VolumeHarm(picture, index)


def _count(data: Dataset, slugs: tuple[str, ...], span: Span | None) -> float:
    """The borough's offences of several kinds together in a period; NaN unless every one has a whole figure."""
    if span is None:
        return float("nan")
    found = [data.window(data.catalogue.indicators[slug], AreaKind.BOROUGH, (TOWER_HAMLETS,), span) for slug in slugs]
    return sum(one.numerator if one.whole and one.numerator is not None else float("nan") for one in found)


def _title(weighed: pd.DataFrame) -> str:
    top = weighed.sort_values("harm_mean_share", ascending=False).iloc[0]
    low, high = sorted((float(top["harm_mean_share"]), float(top["harm_median_share"])))
    both = f"{low:.0f}% to {high:.0f}%" if round(low) != round(high) else f"{low:.0f}%"
    name = str(top["label"])
    return f"{name} are {top['share']:.0f}% of these offences and {both} of the harm"


def _moved(change: dict[str, float]) -> str:
    """How volume and harm changed; where the two weightings part ways, that is said."""
    words = {key: f"{wording.signed(value)}%" for key, value in change.items()}
    text = (
        f"On the period before, offences of these kinds changed by {words['offences']}; their harm by {words['harm_mean']} "
        f"with mean weights and {words['harm_median']} with median weights."
    )
    if change["harm_mean"] * change["harm_median"] < 0:
        text += " The two weightings disagree on the direction, so nothing can be said about harm."
    return text


def _table(weighed: pd.DataFrame) -> pd.DataFrame:
    ordered = weighed.sort_values("harm_mean_share", ascending=False)
    return pd.DataFrame(
        {
            "Kind": ordered["label"],
            "Offences": [f"{n:,.0f}" for n in ordered["now"]],
            "Share": [f"{n:.0f}%" for n in ordered["share"]],
            "Harm, mean weights": [f"{n:.0f}%" for n in ordered["harm_mean_share"]],
            "Harm, median weights": [f"{n:.0f}%" for n in ordered["harm_median_share"]],
            "Place by number, mean, median": [
                f"{a:.0f}, {b:.0f}, {c:.0f}"
                for a, b, c in zip(ordered["rank"], ordered["rank_mean"], ordered["rank_median"], strict=True)
            ],
        }
    )
