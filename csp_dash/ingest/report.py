"""What an ingest changed: new periods, figures that were revised, and a report in words (Markdown)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.ingest.context import Base
from csp_dash.ingest.merge import Merged, area_kind
from csp_dash.ingest.schedule import Due, due

CHANGE = ("kind", "source", "series", "indicator", "area", "start", "old", "new")
LARGEST = 10


def changes(base: Base | None, merged: Merged, catalogue: Catalogue, sources: Sequence[str]) -> pd.DataFrame:
    """Columns CHANGE. `new`: a period that the live release did not have for a source and kind of area (in `area`), with
    the number of its figures. `revised`: a figure that differs, old and new. `gone`: one that is no longer given.

    A zero that a file leaves out counts as 0 where the live release covered its period, and only there.
    """
    parts = []
    for source in sources:
        now = _keyed(merged.facts.get(source))
        before = _keyed(base.facts(source) if base is not None else None)
        both = before.merge(now, on=["series", "area", "start"], how="outer", suffixes=("_old", "_new"), indicator=True)
        if both.empty:
            continue
        both["kind_of"] = area_kind(both["area"])
        periods = pd.MultiIndex.from_frame(both[["kind_of", "start"]])
        had = periods[both["_merge"] != "right_only"].unique()
        fresh = pd.Series(~periods.isin(had), index=both.index)
        new = both[fresh].groupby(["kind_of", "start"], as_index=False).size()
        parts.append(
            pd.DataFrame(
                {
                    "kind": "new",
                    "series": "",
                    "area": new["kind_of"],
                    "start": new["start"],
                    "old": None,
                    "new": new["size"],
                }
            ).assign(source=source)
        )
        old = both["numerator_old"].where(both["_merge"] != "right_only", 0.0)
        then = both["numerator_new"].where(both["_merge"] != "left_only", 0.0)
        differs = ~fresh & ~(old.eq(then) | (old.isna() & then.isna()))
        rows = both[differs].assign(old=old[differs], new=then[differs])
        rows["kind"] = ["gone" if side == "left_only" else "revised" for side in rows["_merge"]]
        parts.append(rows[["kind", "series", "area", "start", "old", "new"]].assign(source=source))
    if not parts:
        return pd.DataFrame(columns=list(CHANGE))
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    names = {
        (feed.source, series): item.slug
        for item in reversed(list(catalogue.indicators.values()))
        for feed in item.feeds
        for series in feed.series
    }
    frame["indicator"] = [names.get(pair, "") for pair in zip(frame["source"], frame["series"], strict=True)]
    frame = frame.astype({"old": "float64", "new": "float64"})
    return frame[list(CHANGE)].sort_values(["kind", "source", "start", "series", "area"], ignore_index=True)


def _keyed(facts: pd.DataFrame | None) -> pd.DataFrame:
    columns = ["series", "area", "start", "numerator"]
    if facts is None or facts.empty:
        return pd.DataFrame(columns=columns).astype({"numerator": "float64"})
    # a rolling period that starts on the same day as another is told apart by its end
    return facts[columns].assign(start=pd.to_datetime(facts["start"]).dt.date)


def reaches(merged: Merged) -> dict[str, date]:
    """The last day that each source has figures for."""
    return {name: pd.Timestamp(facts["finish"].max()).date() for name, facts in merged.facts.items() if len(facts)}


def next_due(merged: Merged, catalogue: Catalogue) -> list[Due]:
    """What each source owes next."""
    returns = {f"return_{slug}": item.frequency.value for slug, item in catalogue.indicators.items()}
    return due(reaches(merged), returns)


def markdown(
    release: str,
    merged: Merged,
    change: pd.DataFrame,
    intake: pd.DataFrame,
    rejected: pd.DataFrame,
    catalogue: Catalogue,
    names: Mapping[Any, str],
    accepted: dict[str, str],
    today: date,
) -> str:
    """The report in words. `intake` and `rejected` are those of this ingest; `names` are areas by code."""
    title = {name: source.title for name, source in catalogue.sources.items()}
    told = [f"# Release {release}", "", f"Made on {today:%d %B %Y}.".replace(" 0", " "), ""]
    told += _files(intake, rejected)
    told += _new(change[change["kind"] == "new"], title)
    measures = {slug: item.short for slug, item in catalogue.indicators.items()}
    told += _revised(change[change["kind"] != "new"], title, {**measures, **names})
    told += _kept(merged.kept, title)
    told += _missing(merged.coverage, title)
    told += _due(next_due(merged, catalogue), title, today)
    if accepted:
        told += ["## Checks that were accepted", ""]
        told += [f"- `{check}`: {because}" for check, because in sorted(accepted.items())] + [""]
    return "\n".join(told)


def counted(number: int, what: str) -> str:
    """`1 file`, `2,000 files`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _files(intake: pd.DataFrame, rejected: pd.DataFrame) -> list[str]:
    sums = intake[["rows", "accepted", "rejected", "out_of_area"]].sum()
    told = [
        "## What was read",
        "",
        f"{counted(len(intake), 'file')}, {sums['rows']:,} rows: {sums['accepted']:,} accepted, {sums['rejected']:,} rejected,"
        f" {sums['out_of_area']:,} out of area.",
        "",
        "| kind of file | files | rows | accepted | rejected | out of area |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    by_kind = intake.groupby("title", sort=True).agg(
        files=("file", "size"), rows=("rows", "sum"), accepted=("accepted", "sum"),
        rejected=("rejected", "sum"), out=("out_of_area", "sum"),
    )  # fmt: skip
    told += [
        f"| {kind} | {row['files']:,} | {row['rows']:,} | {row['accepted']:,} | {row['rejected']:,} | {row['out']:,} |"
        for kind, row in by_kind.iterrows()
    ]
    told.append("")
    if len(rejected):
        told += ["Rows were rejected because:", ""]
        reasons = rejected.groupby("reason").agg(n=("line", "size"), file=("file", "first"), line=("line", "first"))
        told += [
            f"- {row['n']:,}: {reason} (first: {row['file']}, line {row['line']})"
            for reason, row in reasons.sort_values("n", ascending=False).iterrows()
        ]
        told.append("")
    return told


def _span(starts: pd.Series) -> str:
    first, last = pd.to_datetime(starts.min()), pd.to_datetime(starts.max())
    return f"{first:%B %Y}" if first == last else f"{first:%B %Y} to {last:%B %Y}"


def _new(new: pd.DataFrame, title: Mapping[Any, str]) -> list[str]:
    told = ["## What is new", ""]
    for (source, kind), rows in new.groupby(["source", "area"]):
        count = int(rows["new"].sum())
        told.append(f"- {title.get(source, source)}, by {kind}: {_span(rows['start'])} ({counted(count, 'figure')})")
    return [*told, *([] if len(new) else ["Nothing."]), ""]


def _revised(revised: pd.DataFrame, title: Mapping[Any, str], names: Mapping[Any, str]) -> list[str]:
    told = ["## What was revised", ""]
    for source, rows in revised.groupby("source"):
        by = (rows["new"].fillna(0) - rows["old"].fillna(0)).rename("by")
        gone = int((rows["kind"] == "gone").sum())
        told += [
            f"### {title.get(source, source)}",
            "",
            f"{counted(len(rows), 'figure')}, {_span(rows['start'])}"
            + (f"; {gone:,} of them are no longer given" if gone else "")
            + ". The largest:",
            "",
            "| measure | place | period | was | is | by |",
            "|---|---|---|---:|---:|---:|",
        ]
        for at in by.abs().sort_values(ascending=False, kind="stable").index[:LARGEST]:
            row = rows.loc[at]
            told.append(
                f"| {names.get(row['indicator'], row['series'])} | {names.get(row['area'], row['area'])}"
                f" | {pd.Timestamp(row['start']):%b %Y} | {_number(row['old'])} | {_number(row['new'])} | {by[at]:+,.4g} |"
            )
        told.append("")
    return [*told, *([] if len(revised) else ["Nothing.", ""])]


def _number(value: float) -> str:
    return "not given" if pd.isna(value) else f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"


def _kept(kept: pd.DataFrame, title: Mapping[Any, str]) -> list[str]:
    if kept.empty:
        return []
    told = [
        "## What stayed as it was",
        "",
        "Files older than those that the live release was made from gave nothing for:",
        "",
    ]
    for (source, kind), rows in kept.groupby(["source", "area_kind"]):
        told.append(f"- {title.get(source, source)}, by {kind}: {_span(rows['start'])}")
    return [*told, ""]


def _missing(coverage: pd.DataFrame, title: Mapping[Any, str]) -> list[str]:
    rows = coverage[coverage["missing"] != ""]
    told = ["## What is missing", ""]
    for (source, missing), part in rows.groupby(["source", "missing"]):
        months = str(missing).split(";")
        shown = ", ".join(months[:12]) + (f" and {len(months) - 12} more" if len(months) > 12 else "")
        kinds = ", ".join(sorted(part["area_kind"].unique()))
        told.append(f"- {title.get(source, source)}, by {kinds}: {shown}")
    return [*told, *([] if len(rows) else ["No month between the first and the last of any source."]), ""]


def _due(owed: list[Due], title: Mapping[Any, str], today: date) -> list[str]:
    late = [item for item in owed if item.late(today)]
    told = ["## What is late", ""]
    told += [
        f"- {title.get(item.source, item.source)}: figures to {item.period_end:%B %Y} are usually out by"
        f" {item.due.day} {item.due:%B %Y}, {item.late(today):,} days ago. It reaches {item.reaches:%B %Y}."
        for item in late
    ]
    told += [*([] if late else ["Nothing."]), "", "## What is due next", ""]
    soon = [item for item in owed if not item.late(today)]
    told += [
        f"- {item.due.day} {item.due:%B %Y}: {title.get(item.source, item.source)}, to {item.period_end:%B %Y}"
        for item in soon
    ]
    return [*told, *([] if soon else ["Nothing that is not late."]), ""]
