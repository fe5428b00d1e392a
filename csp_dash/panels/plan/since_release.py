"""What an earlier release said otherwise of the borough: months and series that it lacked, figures that were revised."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from csp_dash.domain import wording
from csp_dash.domain.enums import Kind
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.periods import Month, Span
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.export import csv_text
from csp_dash.panels.plan.changes_since import month_of
from csp_dash.warehouse import Releases, Snapshot, SnapshotError

LARGEST = 8
"""Revised figures that are shown; all of them are in the CSV."""


@dataclass(frozen=True)
class SinceRelease:
    """`sentence` says what `release` lacked and how much was revised; `revised` shows the largest, `csv` holds them all."""

    release: str
    sentence: str
    revised: pd.DataFrame
    csv: str


def since_release(data: Dataset, view: Filters) -> SinceRelease | None:
    """The borough's figures against those of the release that a reader had then; None where none is kept."""
    found = _earlier(data, month_of(data, view)[0])
    if found is None:
        return None
    try:
        before = Dataset(found, data.declarations, data.settings)
    except SnapshotError:
        return None
    items = [
        item
        for item in data.catalogue.indicators.values()
        if item.counts_in_headlines and data.have(item) and view.board in ("", item.place.board)
    ]
    new = [item for item in items if not _known(before, item)]
    frame = pd.concat([_joined(before, data, item) for item in items if item not in new] or [_empty()])
    came = frame[frame["old"].isna() & frame["new"].notna()]
    revised = frame[frame["old"].notna() & frame["new"].notna() & (frame["old"] != frame["new"])]
    revised = revised.assign(by=revised["new"] - revised["old"])
    revised = revised.assign(size=(revised["by"] / revised["old"].where(revised["old"] != 0, 1)).abs())
    revised = revised.sort_values("size", ascending=False, kind="stable").drop(columns="size")
    return SinceRelease(
        found.release,
        _sentence(data, found, came, revised, new),
        _shown(data, revised.head(LARGEST)),
        csv_text(revised.assign(area=TOWER_HAMLETS, before_release=found.release, release=data.release)),
    )


def _earlier(data: Dataset, since: Month) -> Snapshot | None:
    """Of the kept releases that were made before this one, the newest whose figures end by a month, else the oldest.

    The name of a release begins with the newest month of its figures.
    """
    releases, made = Releases(data.settings.cache), data.snapshot.about.made
    older = [
        item for item in releases.all() if not item.trouble and item.name != data.release and item.about.made < made
    ]
    if not older:
        return None
    chosen = next((item for item in older if item.name[:7] <= str(since)), older[-1])
    return releases.get(chosen.name)


def _known(before: Dataset, item: Indicator) -> bool:
    """Whether a release had real figures of a measure for the borough."""
    own = before.catalogue.indicators[item.slug]
    return own.counts_in_headlines and before.have(own) is not None


def _joined(before: Dataset, data: Dataset, item: Indicator) -> pd.DataFrame:
    """Every period of a measure with its figure in both releases."""
    old, new = (_values(one, one.catalogue.indicators[item.slug]) for one in (before, data))
    return (
        old.merge(new, on=["from", "to"], how="outer", suffixes=("_old", "_new"))
        .rename(columns={"value_old": "old", "value_new": "new"})
        .assign(indicator=item.slug)
    )


def _values(data: Dataset, item: Indicator) -> pd.DataFrame:
    frame = data.series(item, (TOWER_HAMLETS,))
    share = item.kind is Kind.PROPORTION
    shown = 100 * frame["numerator"] / frame["denominator"] if share else frame["numerator"]
    return pd.DataFrame({"from": frame["start"], "to": frame["finish"], "value": shown.astype(float).round(6)})


def _empty() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=float) for name in ("from", "to", "old", "new", "indicator")})


def _sentence(data: Dataset, found: Snapshot, came: pd.DataFrame, revised: pd.DataFrame, new: list[Indicator]) -> str:
    def across(frame: pd.DataFrame) -> str:
        return (
            f"{wording.counted(len(frame), 'figures')} of {wording.counted(frame['indicator'].nunique(), 'measures')}"
        )

    parts = [
        f"{across(came)} {'is' if len(came) == 1 else 'are'} new" if len(came) else "no figure is new",
        f"{across(revised)} {'was' if len(revised) == 1 else 'were'} revised" if len(revised) else "none was revised",
    ]
    if new:
        names = [wording.inside(item.short) for item in new]
        parts.append(f"{wording.listed(names)} {wording.agree(names, 'has', 'have')} figures for the first time")
    return f"Against release {found.release}, for the whole borough: {wording.listed(parts)}."


def _shown(data: Dataset, frame: pd.DataFrame) -> pd.DataFrame:
    items = [data.catalogue.indicators[slug] for slug in frame["indicator"]]
    return pd.DataFrame(
        {
            "Measure": [item.short for item in items],
            "Period": [
                Span(Month.of(start), Month.of(finish)).words
                for start, finish in zip(frame["from"], frame["to"], strict=True)
            ],
            "Was": [_number(value, item) for value, item in zip(frame["old"], items, strict=True)],
            "Is": [_number(value, item) for value, item in zip(frame["new"], items, strict=True)],
        }
    )


def _number(value: float, item: Indicator) -> str:
    if item.kind is Kind.PROPORTION:
        return wording.percent(value)
    return wording.number_or_rate(value)
