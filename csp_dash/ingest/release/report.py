"""The report of an ingest (Markdown): new periods, revised figures, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.catalogue.release_view import return_source
from csp_dash.domain.geography import TOWER_HAMLETS
from csp_dash.ingest.context import Base
from csp_dash.ingest.facts import area_kind, day_text
from csp_dash.ingest.files.detected import files_of
from csp_dash.ingest.geography.place_names import wards
from csp_dash.ingest.release import phrases
from csp_dash.ingest.release.merge import Merged
from csp_dash.ingest.release.schedule import Due, due

CHANGE = ("kind", "source", "series", "indicator", "area", "start", "old", "new")
LARGEST = 20
"""Revised figures that are told."""


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
        given = both[fresh & both["numerator_new"].notna()]  # what is withheld or not known is no figure
        new = given.groupby(["kind_of", "start"], as_index=False).size()
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
    returns = {return_source(slug): item.frequency.value for slug, item in catalogue.indicators.items()}
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
    set_aside: Mapping[str, str] | None = None,
    preferred: Mapping[str, str] | None = None,
) -> str:
    """The report in words. `intake` and `rejected` are those of this ingest; `names` are areas by code. `accepted` and
    `preferred` have the reasons given for checks and for files, `set_aside` those against files, by name."""
    change = _ended(change, merged)
    owed = next_due(merged, catalogue)
    text = [f"# Release {release}", "", f"Made on {phrases.day(today)}.", ""]
    text += _files(intake, rejected)
    if set_aside:
        text += _section("What was set aside", [phrases.of_file(*file) for file in set_aside.items()])
    text += _new(change[change["kind"] == "new"], catalogue)
    text += _revised(change[change["kind"] != "new"], catalogue, names)
    text += _kept(_ended(merged.kept, merged), catalogue)
    text += _missing(merged.coverage, catalogue)
    text += _section("What is late", phrases.late(catalogue, owed, today), "Nothing.")
    text += _section("What is due next", phrases.awaited(catalogue, owed, today), "Nothing that is not late.")
    if accepted:
        because = [f"`{check}`: {why}" for check, why in sorted(accepted.items())]
        text += _section("Checks that were accepted", because)
    if preferred:
        text += _section("Files that were preferred", [f"{file}: {why}" for file, why in sorted(preferred.items())])
    return "\n".join(text)


def _section(title: str, lines: Sequence[str], none: str = "") -> list[str]:
    """A heading with a list under it; a sentence where the list is empty."""
    return [f"## {title}", "", *([f"- {line}" for line in lines] or [none]), ""]


def _ended(frame: pd.DataFrame, merged: Merged) -> pd.DataFrame:
    """A frame of periods (source, start) with `finish`, their last day."""
    parts = [
        facts[["start", "finish"]].groupby("start", as_index=False).max().assign(source=source)
        for source, facts in merged.facts.items()
        if source in set(frame["source"])
    ]
    ends = pd.concat([pd.DataFrame(columns=["source", "start", "finish"]), *parts])
    with_ends = frame.assign(start=day_text(frame["start"])).merge(
        ends.assign(start=day_text(ends["start"])), on=["source", "start"], how="left"
    )
    # a period that no figure is left of was a month
    return with_ends.assign(finish=with_ends["finish"].astype(object).fillna(with_ends["start"]))


def _files(intake: pd.DataFrame, rejected: pd.DataFrame) -> list[str]:
    text = [
        "## What was read",
        "",
        phrases.sums(intake),
        "",
        "| kind of file | files | rows | gave figures | accepted without a figure | rejected | out of area |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    by_kind = intake.groupby("title", sort=True).agg(
        files=("file", files_of), rows=("rows", "sum"), accepted=("accepted", "sum"), idle=("idle", "sum"),
        rejected=("rejected", "sum"), out=("out_of_area", "sum"),
    )  # fmt: skip
    text += [
        f"| {kind} | {row['files']:,} | {row['rows']:,} | {row['accepted'] - row['idle']:,} | {row['idle']:,}"
        f" | {row['rejected']:,} | {row['out']:,} |"
        for kind, row in by_kind.iterrows()
    ]
    text.append("")
    if len(rejected):
        text += ["Rows were rejected because:", ""]
        reasons = rejected.groupby("reason").agg(n=("line", "size"), file=("file", "first"), line=("line", "first"))
        text += [
            f"- {row['n']:,}: {reason} (first: {row['file']}, line {row['line']})"
            for reason, row in reasons.sort_values("n", ascending=False).iterrows()
        ]
        text.append("")
    if noted := phrases.notes(intake):
        text += ["Worth knowing:", "", *(f"- {line}" for line in noted), ""]
    return text


def _new(new: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    lines = [f"{_named(line)}, {phrases.counted(line.figures, 'figure')}" for line in phrases.spans(catalogue, new)]
    return _section("What is new", lines, "Nothing.")


def _named(line: phrases.Line) -> str:
    return f"{line.source} ({', '.join(line.places)}): {line.periods}"


def _revised(revised: pd.DataFrame, catalogue: Catalogue, names: Mapping[Any, str]) -> list[str]:
    """Figures of measures, those of this borough first; how many there are beside them."""
    text = ["## What was revised", ""]
    if revised.empty:
        return [*text, "Nothing.", ""]
    home = (TOWER_HAMLETS, *wards())
    largest = phrases.largest(catalogue, revised, home, LARGEST)
    text += [phrases.revised(revised, largest, catalogue, home, "the CSV of the page Methods"), ""]
    if len(largest):
        text += ["| measure | place | period | was | is | by |", "|---|---|---|---:|---:|---:|"]
    for row in largest.to_dict("records"):
        text.append(
            f"| {phrases.measure(catalogue, row['indicator'], row['source'], row['series'])}"
            f" | {names.get(row['area'], row['area'])} | {phrases.span(str(row['start'])[:7], str(row['finish'])[:7])}"
            f" | {_number(row['old'])} | {_number(row['new'])} | {row['by']:+,.4g} |"
        )
    return [*text, *([""] if len(largest) else [])]


def _number(value: float) -> str:
    return "not given" if pd.isna(value) else f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"


def _kept(kept: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    if kept.empty:
        return []
    lines = phrases.spans(catalogue, kept.rename(columns={"area_kind": "area"}).assign(new=0))
    why = "Files older than those that the live release was made from gave nothing for:"
    return [
        "## What stayed as it was",
        "",
        why,
        "",
        *(f"- {_named(line)}" for line in lines),
        "",
    ]


def _missing(coverage: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    rows = coverage[coverage["missing"] != ""]
    rows = rows.assign(missing=rows["missing"].str.split(";"))
    lines = [_named(line) for line in phrases.gaps(catalogue, rows)]
    return _section("What is missing", lines, "No month between the first and the last of any source.")
