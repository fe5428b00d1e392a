"""Release notes: changed figures, files taken in, and rejected rows.

Nothing is told of sources that the instance hides. A hosted public instance tells no value of a row that was left out, and
of partner returns neither rows nor what their files are called; nor what the files that were set aside are called, and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from csp_dash import queries
from csp_dash.catalogue.release_view import return_source
from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.ingest.files.categories import NEW
from csp_dash.ingest.files.detected import files_of
from csp_dash.ingest.release import phrases, source_cards
from csp_dash.ingest.release.schedule import Due, due, schedules
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.export import csv_text

PARTNER_RETURN = "partner_return"
UNNAMED = "Partner return"
LARGEST = 20
"""Revised figures that are shown; all of them are in the CSV."""


@dataclass(frozen=True)
class Listed:
    """A list with its words: a sentence that stands alone where there is nothing to list, a table, what the table shows.

    `csv` holds all of it, with codes; it is empty where it is made when asked for.
    """

    sentence: str
    table: pd.DataFrame
    alt: str
    csv: str = ""
    filename: str = ""


@dataclass(frozen=True)
class Changes:
    """What a release changed. `told` and `due` are sentences; `new`, `revised` and `missing` are lists."""

    told: tuple[str, ...]
    new: Listed
    revised: Listed
    missing: Listed
    late: tuple[str, ...]
    due: tuple[str, ...]


def hidden_sources(data: Dataset) -> set[str]:
    """Sources that only measures hidden on this instance use."""
    items = data.catalogue.indicators.values()
    shown = {name for item in items if data.shows(item) for name in item.sources}
    return {name for item in items for name in item.sources} - shown


def hidden_notes(data: Dataset) -> set[str]:
    """Caveats that only measures and sources hidden on this instance carry."""
    hidden = hidden_sources(data)
    carried: dict[bool, set[str]] = {True: set(), False: set()}
    for item in data.catalogue.indicators.values():
        carried[data.shows(item)] |= {*item.caveats, *item.breaks}
    for source in data.catalogue.sources.values():
        carried[source.id not in hidden] |= set(source.caveats)
    return carried[False] - carried[True]


def absent_sources(data: Dataset) -> set[str]:
    """Sources that a release may have figures of, and that this one has not."""
    files = [*data.snapshot.under("data/facts"), *data.snapshot.under("data/cards")]
    return set(schedules()) - {path.stem for path in files}


def taken_in_on(data: Dataset, name: str) -> date | None:
    """The day on which files of a source were last taken in, by the release's own card, else by its declaration."""
    day = source_cards.retrieved(data.snapshot.path(f"data/cards/{name}.toml"))
    return day or data.catalogue.sources[name].retrieved


def changes(data: Dataset, view: Filters, today: date) -> Changes:
    """What the release changed, and what is late or due on a day. `view` is not used here or below."""
    frame = queries.release_changes(data.warehouse)
    frame = frame[~frame["source"].isin(hidden_sources(data))]
    owed = _owed(data)
    return Changes(
        told=_told(data),
        new=_new(data, frame[frame["kind"] == "new"]),
        revised=_revised(data, frame[frame["kind"] != "new"]),
        missing=_missing(data),
        late=tuple(phrases.late(data.catalogue, owed, today)),
        due=tuple(phrases.awaited(data.catalogue, owed, today)),
    )


def intake(data: Dataset, view: Filters) -> Listed:
    """Every file that was taken in, and what became of its rows."""
    frame = queries.intake(data.warehouse)
    frame = frame[~frame["source"].isin(hidden_sources(data))]
    if frame.empty:
        return Listed(
            "No list of files came with this release. The card of each source names the official files that it was made from.",
            pd.DataFrame(),
            "",
        )
    added = frame["file"].isin(data.snapshot.about.took_in)
    own = files_of(frame["file"][added])
    if data.settings.public:
        frame = _unnamed(frame)
    aside = data.snapshot.about.set_aside
    kept_out = (
        f" {wording.capital(wording.counted(len(aside), 'files'))} {'was' if len(aside) == 1 else 'were'} handed in with them and set aside."
        if aside
        else ""
    )
    frame = pd.concat([frame[added], frame[~added]])
    sums = frame[["rows", "accepted", "rejected", "out_of_area"]].sum()
    first = (
        f" The {wording.counted(own, 'files')} that this release added {'stands' if own == 1 else 'stand'} at the top."
        if own and not added.all()
        else ""
    )
    number = files_of(frame["file"])
    if not data.settings.public:  # a reason may quote what a partner wrote
        frame = pd.concat([_set_aside(aside, frame), frame], ignore_index=True)
    shown = pd.DataFrame(
        {
            "File": frame["file"],
            "What it is": frame["title"],
            "Source": [phrases.title(data.catalogue, name) for name in frame["source"]],
            "Period": [phrases.span(*ends) for ends in zip(frame["first"], frame["last"], strict=True)],
            "Rows": frame["rows"],
            "Accepted": frame["accepted"],
            "Left out": frame["rejected"],
            "Out of area": frame["out_of_area"],
            "Note": frame["note"].fillna(""),
        }
    )
    return Listed(
        f"{wording.capital(wording.counted(number, 'files'))} with {wording.counted(sums['rows'], 'rows')}: {sums['accepted']:,} accepted,"
        f" {sums['rejected']:,} left out with a reason, {sums['out_of_area']:,} about places that are not kept here.{first}{kept_out}",
        shown.reset_index(drop=True),
        "Every file that was taken in, with its rows read, accepted, left out and out of area",
        csv_text(
            frame.assign(
                source_name=[phrases.named(data.catalogue, name) for name in frame["source"]], release=data.release
            )
        ),
        "files-taken-in.csv",
    )


def _set_aside(aside: Mapping[str, str], frame: pd.DataFrame) -> pd.DataFrame:
    """Rows like those of `frame` for files of which nothing was taken."""
    blank = {name: 0 if pd.api.types.is_numeric_dtype(frame[name]) else "" for name in frame.columns}
    rows = [blank | {"file": name, "note": f"Set aside: {why}"} for name, why in aside.items()]
    return pd.DataFrame(rows, columns=frame.columns).astype(frame.dtypes.to_dict())


def _unnamed(frame: pd.DataFrame) -> pd.DataFrame:
    """Without what partners called their files and what was noted of them."""
    theirs = frame["format"] == PARTNER_RETURN
    names = [f"{UNNAMED} {number}" for number in range(1, int(theirs.sum()) + 1)]
    frame = frame.assign(note=frame["note"].mask(theirs, ""))
    frame.loc[theirs, "file"] = names
    return frame


def left_out(data: Dataset, view: Filters) -> Listed:
    """Rows that were left out, by reason. The rows themselves are in `left_out_csv`, made when it is asked for."""
    frame = _tellable(data, queries.rejections(data.warehouse))
    if frame.empty:
        none = (
            "No row of these files was left out."
            if len(queries.intake(data.warehouse))
            else "No list of rows came with this release."
        )
        return Listed(none, pd.DataFrame(), "")
    shown = pd.DataFrame(
        {
            "Reason": [wording.capital(reason) for reason in frame["reason"]],
            "Kind of file": frame["title"],
            "Rows": frame["rows"],
            "Files": frame["files"],
            "First": [f"{row.first_file}, line {row.first_line}" for row in frame.itertuples()],
        }
    )
    rows = int(frame["rows"].sum())
    return Listed(
        f"{wording.capital(wording.counted(rows, 'rows'))} {'was' if rows == 1 else 'were'} not used. Each is kept with its file"
        " and line, so that it can be looked up and put right.",
        shown.reset_index(drop=True),
        "Rows that were left out, counted by reason and kind of file",
        filename="rows-left-out.csv",
    )


def left_out_csv(data: Dataset) -> str:
    """Every row that was left out: file, line, column, value, reason, release. On a public instance without the value."""
    frame = _tellable(data, queries.rejected(data.warehouse)).drop(columns="format")
    if data.settings.public:
        frame = frame.drop(columns="value")
    return csv_text(frame.assign(release=data.release))


def _tellable(data: Dataset, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["format"] != PARTNER_RETURN] if data.settings.public else frame


def _told(data: Dataset) -> tuple[str, ...]:
    about = data.snapshot.about
    if not about.made:
        return (f"Release {data.release} is the one that came with the software. No file was added to it here.",)
    made = datetime.fromisoformat(about.made)
    how = [
        f"Release {data.release} was made on {phrases.day(made.date())} at {made:%H:%M} (UTC) by adding"
        f" {wording.counted(files_of(about.took_in), 'files')} to release {about.parent}."
    ]
    return (
        *how,
        *(
            f"One check did not hold ({name.replace('_', ' ').replace(':', ', ')}) and was accepted, because: {why}"
            for name, why in sorted(about.accepted.items())
        ),
        *(
            f"In the files of {word.replace(': ', ', the new word ', 1)} "
            + ("counts as a category of its own." if known == NEW else f"was read as {known}.")
            for word, known in sorted(about.read_as.items())
        ),
        *(
            f"The figures of {file} were preferred to those that were here before, because: {why}"
            for file, why in sorted(about.preferred.items())
        ),
    )


def _new(data: Dataset, frame: pd.DataFrame) -> Listed:
    if frame.empty:
        return Listed("No period is new in this release.", pd.DataFrame(), "")
    rows = [
        {
            "Source": line.source,
            "Places": wording.listed(line.places),
            "Periods": line.periods,
            "Figures": line.figures,
        }
        for line in phrases.spans(data.catalogue, frame)
    ]
    return Listed(
        f"{wording.capital(wording.counted(int(frame['new'].sum()), 'figures'))} of periods that the release before did not have.",
        pd.DataFrame(rows),
        "New periods by source and kind of place",
    )


def _revised(data: Dataset, frame: pd.DataFrame) -> Listed:
    """Figures of measures are shown, those of this borough first; what no measure uses is in the CSV alone."""
    keys = frame[["source", "series", "indicator", "area", "new"]].itertuples(index=False, name=None)
    frame = frame[[_tells(data, *key) for key in keys]]
    if frame.empty:
        return Listed("No figure of the release before was changed.", pd.DataFrame(), "")
    home = (TOWER_HAMLETS, *data.wards)
    largest = phrases.largest(data.catalogue, frame, home, LARGEST)
    shown = pd.DataFrame(
        {
            "Measure": [
                phrases.measure(data.catalogue, *row)
                for row in zip(largest["indicator"], largest["source"], largest["series"], strict=True)
            ],
            "Place": [data.names.get(str(code), str(code)) for code in largest["area"]],
            "Period": [
                phrases.span(str(start)[:7], str(finish)[:7])
                for start, finish in zip(largest["start"], largest["finish"], strict=True)
            ],
            "Change": [_change(*row) for row in zip(largest["old"], largest["new"], largest["by"], strict=True)],
        }
    )
    sources = [phrases.named(data.catalogue, name) for name in frame["source"]]
    return Listed(
        phrases.revised(frame, largest, data.catalogue, home, "the CSV"),
        shown,
        "Figures that were revised: what they were, what they are, and by how much; Tower Hamlets and its wards first, then"
        " the largest change",
        csv_text(
            frame.assign(
                by=frame["new"].fillna(0) - frame["old"].fillna(0),
                area_name=frame["area"].map(data.names),
                source_name=sources,
                release=data.release,
            )
        ),
        "figures-revised.csv",
    )


def _tells(data: Dataset, source: str, series: str, slug: str, area: str, new: float) -> bool:
    """Whether a revised figure may be told: of a measure that is shown there, or of a series that no measure uses.

    What a partner's return withholds now is not told as it was. In public a ward's series is told only where it is a shown
    measure by itself: as a part of one it may be what is held back.
    """
    if pd.isna(new) and source in data.once(
        "return sources", lambda: set(map(return_source, data.catalogue.indicators))
    ):
        return False
    item = data.catalogue.indicators.get(slug)
    kind = data.kinds.get(area, "")
    if not data.settings.public:
        return item is None or data.shows(item, AreaKind(kind) if kind in set(AreaKind) else None)
    if kind in (AreaKind.WARD, AreaKind.LSOA):
        return (source, series) in data.once("whole series", lambda: _whole(data))
    return item is not None and data.shows(item)


def _whole(data: Dataset) -> frozenset[tuple[str, str]]:
    """Sources and series that a measure which is shown for wards consists of."""
    feeds = [item.feed(AreaKind.WARD) for item in data.catalogue.indicators.values() if data.shows(item, AreaKind.WARD)]
    return frozenset((feed.source, feed.series[0]) for feed in feeds if feed and len(feed.series) == 1)


def _missing(data: Dataset) -> Listed:
    frame = queries.coverage_gaps(data.warehouse)
    frame = frame[~frame["source"].isin(hidden_sources(data))]
    if frame.empty:
        return Listed("No month between the first and the last of any source is missing.", pd.DataFrame(), "")
    shown = pd.DataFrame(
        [
            {"Source": line.source, "Places": wording.listed(line.places), "Months": line.periods}
            for line in phrases.gaps(data.catalogue, frame)
        ]
    )
    return Listed(
        "These months lie between the first and the last of a source, and its files lack them. They are shown as gaps, never as zero.",
        shown,
        "Months that are missing, by source",
    )


def _owed(data: Dataset) -> list[Due]:
    hidden = hidden_sources(data)
    reaches = {
        str(row["source"]): row["last"].date()
        for row in queries.status(data.warehouse).to_dict("records")
        if row["source"] in data.catalogue.sources and row["source"] not in hidden
    }
    returns = {return_source(slug): item.frequency.value for slug, item in data.catalogue.indicators.items()}
    return due(reaches, returns)


def _change(old: float, new: float, by: float) -> str:
    """`2,965 to 3,026 (+61)`."""
    sign = "" if by < 0 else "+"
    return f"{_number(old)} to {_number(new)} ({sign}{wording.number(by)})"


def _number(value: float) -> str:
    return "not given" if pd.isna(value) else wording.number(value)
