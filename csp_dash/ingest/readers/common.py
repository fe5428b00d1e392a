"""What readers share: cells as numbers and dates, editions, coverage.

A published table is judged as a whole: a cell that cannot be read means a damaged file, and stops the ingest with the
file, line, column and value. A dash and its like are figures that the publisher withholds: no figure, and no fault.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from csp_dash.domain.periods import Month
from csp_dash.ingest.context import Context
from csp_dash.ingest.editions import LIVE, chosen, refuse_differences
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import FACT_COLUMNS, KEY, Coverage, area_kind, fact_frame
from csp_dash.ingest.files.download_card import download_card
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE

WITHHELD = frozenset({"-", "–", "*", "..", ":", "c", "x", "z", "[c]", "[n]", "[x]", "[z]"})
"""What publishers write where they hold a figure back or have none."""
AGAIN = "The file is damaged or was changed; download it again."
UNDATED = ("police_uk_street", "police_uk_lsoa_month", "police_uk_outcomes", "police_uk_stop_and_search")
"""Formats of which a file seldom tells how new it is."""
MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")
MONTH_FOLDER = re.compile(r"(?:^|/)(20\d\d-(?:0[1-9]|1[0-2]))/\1-[^/]+$")
"""How the publisher's archive names what it holds: 2024-03/2024-03-metropolitan-street.csv."""
CALLED_BY_NAME = 3
"""Months that a note names."""
LEFT = "the live release has their months from a file that is newer or has more rows"
"""Why rows of such a format give no figure."""
ALL_THE_SAME = 'To take it in all the same, name it with --prefer and say why with --because "...".'


def refuse(entry: SourceFile, frame: pd.DataFrame, wrong: pd.Series, name: str, column: str, why: str) -> None:
    """Refuse the file for the first wrong cell of a column: `name` here, `column` in the file."""
    if wrong.any():
        row = frame[wrong.to_numpy()].iloc[0]
        raise BadInput(f"{entry.name}, line {row[LINE]}, column '{column}': '{row[name]}' {why}. {AGAIN}")


def figures(
    entry: SourceFile, frame: pd.DataFrame, name: str, column: str, *, most: float = float("inf"), whole: bool = False
) -> pd.Series:
    """A column as numbers from 0 to `most`, NaN where the publisher withholds one; refuses any other cell."""
    texts = frame[name].str.replace(r"(?<=\d),(?=\d{3}(\D|$))", "", regex=True)
    numbers = pd.to_numeric(texts, errors="coerce").astype("float64")
    hidden = texts.str.lower().isin(WITHHELD)
    wrong = ~hidden & ~numbers.between(0, most) | (numbers == float("inf"))
    if whole:
        wrong |= ~hidden & (numbers % 1 != 0)
    what = (
        "a count of 0 or more"
        if whole
        else "a number from 0 up"
        if most == float("inf")
        else f"a number from 0 to {most:g}"
    )
    refuse(entry, frame, wrong, name, column, f"is not {what}")
    return numbers


def unused(entry: SourceFile, ledger: Ledger, why: str, names: Iterable[str]) -> None:
    """Note rows that are by design not used, with up to three of the names that they bear."""
    told = [name for name in dict.fromkeys(names) if name]
    if told:
        more = f" and {len(told) - 3} more" if len(told) > 3 else ""
        ledger.note(entry, f"{why} ({', '.join(told[:3])}{more}).")


def held_lately(rows: pd.DataFrame) -> set[str]:
    """Series that live rows (series, start, numerator or n) have a dozen offences of in their last year: no whole file lacks
    one of these by chance."""
    recent = rows[(starts := pd.to_datetime(rows["start"])) > starts.max() - pd.DateOffset(years=1)]
    sums = recent.groupby("series")["n" if "n" in rows.columns else "numerator"].sum()
    return set(sums.index[sums >= 12])


def one_a_book(
    entries: Sequence[SourceFile], rank: Callable[[SourceFile], bool]
) -> tuple[list[SourceFile], list[SourceFile]]:
    """Of each workbook one sheet, the first of the lowest rank; and the other sheets, in the order that they came."""
    books: dict[tuple[object, ...], list[SourceFile]] = {}
    for entry in entries:
        books.setdefault((entry.path, entry.inside), []).append(entry)
    chosen = [min(book, key=rank) for book in books.values()]
    return chosen, [entry for entry in entries if entry not in chosen]


def editions(
    source: str,
    entries: Sequence[SourceFile],
    context: Context,
    read_file: Callable[[SourceFile, Context], pd.DataFrame],
) -> list[Extract]:
    """What several editions of one table give: `read_file` makes facts of each. No item where none gives any."""
    read = each(entries, lambda entry: (entry, read_file(entry, context)))
    parts = [(entry, facts) for entry, facts in read if len(facts)]
    if not parts:
        return []
    facts = latest(parts)
    return [Extract(source, facts, coverage(source, facts), [entry for entry, _ in parts], by_area=True)]


def latest(parts: Sequence[tuple[SourceFile, pd.DataFrame]]) -> pd.DataFrame:
    """The facts of several editions as one, each figure from the newest. BadInput where two that are as new differ."""
    rows = pd.concat([facts.assign(edition=facts["vintage"], file=at) for at, (_, facts) in enumerate(parts)])
    refuse_differences(
        rows,
        KEY,
        ("numerator", "denominator"),
        [entry for entry, _ in parts],
        lambda row: f"'{row['series']}' of {row['area']}, from {row['start']}",
    )
    return fact_frame(chosen(rows, KEY)[list(FACT_COLUMNS)])


def coverage(source: str, facts: pd.DataFrame) -> list[Coverage]:
    """From the first to the last month that each series has a figure of, by kind of area."""
    return [
        Coverage(source, str(series), str(kind), str(part["start"].min())[:7], str(part["finish"].max())[:7])
        for (series, kind), part in facts.groupby(["series", area_kind(facts["area"])])
    ]


# --- months of records that bear no date -----------------------------------------------------------


def file_editions(entries: Sequence[SourceFile]) -> list[str]:
    """To which month each file of data.police.uk reached when it was made (YYYY-MM); "" where it does not tell.

    The card of a download says it, and so does an archive with a folder for every month from its first to its last. A
    month's file by itself may be of any time since, and so may those that somebody put together.
    """
    folders: dict[tuple[object, ...], set[Month]] = defaultdict(set)
    for entry in entries:
        if found := MONTH_FOLDER.search(entry.inside[-1] if entry.inside else ""):
            folders[entry.path, entry.inside[:-1]].add(Month.parse(found[1]))
    whole = {
        archive: str(max(months))
        for archive, months in folders.items()
        if max(months) - min(months) == len(months) - 1 > 0
    }
    told = []
    for entry in entries:
        card = MONTH.match(str(download_card(entry.path, entry.sha256).get("edition", "")))
        told.append(card[0] if card else whole.get((entry.path, entry.inside[:-1]), ""))
    return told


def dated(held: pd.DataFrame, unit: list[str]) -> pd.DataFrame:
    """Editions, each that is not known being that of another with as many rows of the unit, if any."""
    alike = held.groupby([*unit, "rows"])["edition"].transform("max")
    return held.assign(edition=held["edition"].where(held["edition"] != "", alike))


def against_live(
    rows: pd.DataFrame,
    unit: list[str],
    live: pd.DataFrame,
    entries: Sequence[SourceFile],
    context: Context,
    among: str = "",
) -> pd.DataFrame:
    """The rows of the months that files give rather than the live release, each with the `edition` of its month.

    A row stands for `n` records of a `month` and of a `file`, which reaches to `edition`; `unit` names the columns that
    tell one month's records from another's. `live` has these columns, `n` and `edition`. Files of which a month is left
    are noted; `among` says of which records of theirs, where it is not of all.
    """
    of_file = rows.groupby([*unit, "file", "edition"], as_index=False).agg(n=("n", "sum")).sort_values("n")
    new = of_file.groupby(unit, as_index=False).agg(n=("n", "sum"), file=("file", "last"), edition=("edition", "last"))
    both = new.merge(live, on=unit, how="left", suffixes=("", "_live"))
    new["rank"] = [int(entries[at] in context.preferred) for at in new["file"]]
    held = pd.concat([new, live.assign(rank=0, file=LIVE)], ignore_index=True).rename(columns={"n": "rows"})
    given = chosen(dated(held, unit), unit)
    given = given[given["file"] != LIVE]
    left = both.merge(given[unit], on=unit, how="left", indicator="given").query("given == 'left_only'")
    for at in sorted(left["file"].unique()):
        _note_left(entries[at], left[left["file"] == at], context.ledger, among)
    return rows.drop(columns="edition").merge(given[[*unit, "edition"]], on=unit)


def _note_left(entry: SourceFile, months: pd.DataFrame, ledger: Ledger, among: str) -> None:
    """Say which months of a file (columns month, n, edition, n_live, edition_live) the live release keeps, and why."""
    it = f"{among} it" if among else "It"
    older = (months["edition"] != "") & (months["edition"] < months["edition_live"])
    if older.any():
        reach = Month.parse(months["edition"].max()).words
        ledger.note(
            entry,
            f"{it} reaches to {reach}, and the live release has newer figures of its months: left as they were. {ALL_THE_SAME}",
        )
    fewer = months[~older].sort_values("month")
    if len(fewer):
        named = [
            f"{Month.parse(row['month']).words} ({row['n']:,.0f} against {row['n_live']:,.0f})"
            for row in fewer.head(CALLED_BY_NAME).to_dict("records")
        ]
        more = len(fewer) - len(named)
        which = ", ".join(named) + (f" and {more:,} more month{'s' if more > 1 else ''}" if more else "")
        stay = "it was" if len(fewer) == 1 else "they were"
        ledger.note(entry, f"{it} gave fewer rows than the live release for {which}: left as {stay}. {ALL_THE_SAME}")
