"""Phrases that the report and the methods page share: periods, names, places and ages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.catalogue.release_view import return_source
from csp_dash.domain.periods import Month
from csp_dash.ingest.files.detected import files_of
from csp_dash.ingest.release.schedule import Due

MONTH = re.compile(r"(199\d|20\d\d)-(0[1-9]|1[0-2])")
PLACES = {"borough": "boroughs", "ward": "wards", "lsoa": "small areas", "region": "London"}


def counted(number: int, what: str) -> str:
    """`1 file`, `2,000 files`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def sums(intake: pd.DataFrame) -> str:
    """The files and rows of an ingest, and what became of the rows."""
    total = intake[["rows", "accepted", "idle", "rejected", "out_of_area"]].sum()
    return (
        f"{counted(files_of(intake['file']), 'file')}, {counted(int(total['rows']), 'row')}:"
        f" {total['accepted'] - total['idle']:,} gave figures, {total['idle']:,} accepted without a figure,"
        f" {total['rejected']:,} rejected, {total['out_of_area']:,} out of area."
    )


def figures(facts: pd.DataFrame) -> str:
    """How many figures there are, and how many are withheld or not known: `12 figures (9 not given)`."""
    without = int(facts["numerator"].isna().sum())
    return counted(len(facts) - without, "figure") + (f" ({without:,} not given)" if without else "")


def notes(intake: pd.DataFrame) -> list[str]:
    """What is worth knowing of files, a line a note; of many files with the same note the first is named."""
    noted = intake[intake["note"].fillna("") != ""]
    return [
        f"{part['file'].iloc[0]}{f' and {len(part) - 1:,} more' if len(part) > 1 else ''}: {note}"
        for note, part in noted.groupby("note", sort=False)
    ]


def held_already(intake: pd.DataFrame) -> list[str]:
    """A line for each file of which rows gave figures, where none of these is new."""
    gave = intake.assign(gave=intake["accepted"] - intake["idle"])
    return [
        f"{row['file']}: the live release has the figures of its {counted(row['gave'], 'row')} already."
        for row in gave[gave["gave"] > 0].to_dict("records")
    ]


def of_file(name: str, why: str) -> str:
    """What is said of a file, after its name unless it is said with it."""
    return why if why.startswith(name) else f"{name}: {why}"


# --- periods and ages ------------------------------------------------------------------------------


def day(moment: date) -> str:
    """`9 April 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def month(moment: date) -> str:
    """`April 2026`."""
    return Month.of(moment).words


def span(first: str, last: str) -> str:
    """`Apr 2025 to Mar 2026`, or one month where both ends are the same; years stay as they are."""
    ends = [Month.parse(text).short if MONTH.fullmatch(text) else text for text in (first or "", last or "")]
    return ends[0] if ends[0] == ends[1] or not ends[1] else f"{ends[0]} to {ends[1]}"


def months(texts: Iterable[str]) -> str:
    """Runs of months as spans: `Jan 2020 to Mar 2020, Jun 2021`."""
    runs: list[list[Month]] = []
    for one in sorted(map(Month.parse, texts)):
        if runs and one == runs[-1][1].plus(1):
            runs[-1][1] = one
        else:
            runs.append([one, one])
    return ", ".join(span(str(first), str(last)) for first, last in runs)


def ago(days: int) -> str:
    """`9 days`, `6 months`, `2 years`: as exact as it matters."""
    if days < 60:
        return counted(days, "day")
    return counted(round(days / 30.4), "month") if days < 1095 else counted(days // 365, "year")


# --- names -----------------------------------------------------------------------------------------


def title(catalogue: Catalogue, names: str) -> str:
    """The title of a source; those of several, where a file is of more than one (`a, b`)."""
    known = catalogue.sources
    return ", ".join(known[name].title if name in known else name.replace("_", " ") for name in names.split(", "))


def named(catalogue: Catalogue, name: str) -> str:
    """The title of a source with its publisher, who for a return is the partner that holds it."""
    source = catalogue.sources.get(name)
    return f"{source.title} ({source.publisher})" if source else title(catalogue, name)


def measure(catalogue: Catalogue, slug: str, source: str, series: str) -> str:
    """A measure's title; with the part of it that was revised where it is the sum of several."""
    item = catalogue.indicators[slug]
    parts = {name for feed in item.feeds if feed.source == source for name in feed.series}
    return f"{item.title} ({series.replace('_', ' ')})" if len(parts) > 1 else item.title


def places(source: str, kind: str) -> str:
    """A kind of place in words. Partners speak of this borough alone."""
    return "the borough" if kind == "borough" and source.startswith(return_source("")) else PLACES.get(kind, kind)


# --- what is new, revised, missing, late -----------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line of a list: a source (or a part of it), its kinds of places, periods in words, how many figures."""

    source: str
    places: tuple[str, ...]
    periods: str
    figures: int = 0


def spans(catalogue: Catalogue, frame: pd.DataFrame) -> list[Line]:
    """Periods of a frame (source, area: the kind, start, finish, new: how many figures), a line a source and period."""
    frame = frame.assign(
        title=[title(catalogue, source) for source in frame["source"]],
        places=[places(*row) for row in zip(frame["source"], frame["area"], strict=True)],
    )
    ends = frame.groupby(["title", "places"], as_index=False).agg(
        start=("start", "min"), finish=("finish", "max"), new=("new", "sum")
    )
    return [
        Line(str(name), tuple(part["places"]), span(str(start)[:7], str(finish)[:7]), int(part["new"].sum()))
        for (name, start, finish), part in ends.groupby(["title", "start", "finish"], sort=True)
    ]


def gaps(catalogue: Catalogue, frame: pd.DataFrame) -> list[Line]:
    """Missing months of a frame (source, series, area_kind, missing: a list of months), a line a source or series."""
    frame = frame.assign(
        what=[
            title(catalogue, source)
            + ("" if series == "*" or source == return_source(series) else f": {series.replace('_', ' ')}")
            for source, series in zip(frame["source"], frame["series"], strict=True)
        ],
        places=[places(*row) for row in zip(frame["source"], frame["area_kind"], strict=True)],
        months=[months(missing) for missing in frame["missing"]],
    )
    return [
        Line(str(what), tuple(part["places"]), str(when))
        for (what, when), part in frame.groupby(["what", "months"], sort=True)
    ]


def largest(catalogue: Catalogue, frame: pd.DataFrame, home: Collection[str], most: int) -> pd.DataFrame:
    """Revised figures of measures (source, series, indicator, area, old, new) with `by`, what each was changed by.

    At most so many: those of the places at home first, then the largest changes. What no measure uses is left out.
    """
    used = frame[frame["indicator"].isin(catalogue.indicators)]
    by = used["new"].fillna(0) - used["old"].fillna(0)
    ordered = used.assign(by=by, home=used["area"].isin(home), size=by.abs())
    return ordered.sort_values(["home", "size"], ascending=False, kind="stable").head(most)[[*used.columns, "by"]]


def revised(frame: pd.DataFrame, shown: pd.DataFrame, catalogue: Catalogue, home: Collection[str], whole: str) -> str:
    """How many figures were changed, how many of them are shown, and where all of them are (`whole`)."""
    used = frame[frame["indicator"].isin(catalogue.indicators)]
    number, gone, here = len(frame), int((frame["kind"] == "gone").sum()), int(used["area"].isin(home).sum())
    sentences = [
        f"{counted(number, 'figure')} of the release before {'was' if number == 1 else 'were'} changed"
        f"{f' ({gone:,} no longer given)' if gone else ''}"
        f"{f', {here:,} of them for Tower Hamlets or its wards' if number > 1 and here else ''}."
    ]
    if len(used) > len(shown):
        sentences.append(f"{len(shown)} are shown: Tower Hamlets and its wards first, then the largest changes.")
    apart = number - len(used)
    if apart:
        sentences.append(f"All are in {whole}, among them {counted(apart, 'figure')} that no measure uses.")
    elif len(used) > len(shown):
        sentences.append(f"All are in {whole}.")
    return " ".join(sentences)


def late(catalogue: Catalogue, owed: Iterable[Due], today: date) -> list[str]:
    """A sentence for each source whose next figures should be out by now."""
    return [
        f"{title(catalogue, item.source)}: figures to {month(item.period_end)} are usually out by {day(item.due)},"
        f" {ago(item.late(today))} ago. Those here reach {month(item.reaches)}."
        for item in owed
        if item.late(today)
    ]


def awaited(catalogue: Catalogue, owed: Iterable[Due], today: date) -> list[str]:
    """A sentence for each source whose next figures are still to come."""
    return [
        f"{day(item.due)}: {title(catalogue, item.source)}, to {month(item.period_end)}."
        for item in owed
        if not item.late(today)
    ]
