"""What readers of published tables share: cells as numbers, editions, coverage.

A published table is judged as a whole: a cell that cannot be read means a damaged file, and stops the ingest with the
file, line, column and value. A dash and its like are figures that the publisher withholds: no figure, and no fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from csp_dash.ingest.context import Context
from csp_dash.ingest.editions import chosen, refuse_differences
from csp_dash.ingest.errors import BadInput, each
from csp_dash.ingest.facts import FACT_COLUMNS, KEY, Coverage, area_kind, fact_frame
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.files.tables import LINE

WITHHELD = frozenset({"-", "–", "*", "..", ":", "c", "x", "z", "[c]", "[n]", "[x]", "[z]"})
"""What publishers write where they hold a figure back or have none."""
AGAIN = "The file is damaged or was changed; download it again."


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
