"""New words of publishers, declared without a change of code: `categories.csv` in the cache folder.

A row says that in the files of a reader (`source`) the `word` is read `as` one that is known, or is a category of its own
(`as` is NEW). A word that is known anyhow keeps its meaning.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.normalise import folded

FILE = "categories.csv"
COLUMNS = ("source", "word", "as")
NEW = "new"

Categories = Mapping[str, Mapping[str, str]]
"""Reader -> folded word -> the known word that it is read as, or NEW."""


def declared(path: Path, known: Mapping[str, Callable[[str], bool]]) -> Categories:
    """The rows of the file; nothing where there is none. `known` says for each reader whether it knows a word.

    Raises BadInput with the line, the fault and the remedy.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{path} cannot be read. Save it as CSV in UTF-8, or move it away.") from None
    rows = csv.reader(io.StringIO(text))
    if [cell.strip().lower() for cell in next(rows, [])] != list(COLUMNS):
        raise BadInput(f"{path}, line 1: the columns should be {','.join(COLUMNS)}, separated by commas.")
    found: dict[str, dict[str, str]] = {source: {} for source in known}
    for cells in rows:
        if any(cell.strip() for cell in cells):
            _add(found, [cell.strip() for cell in cells], known, f"{path}, line {rows.line_num}")
    return found


def _add(
    found: dict[str, dict[str, str]], cells: list[str], known: Mapping[str, Callable[[str], bool]], at: str
) -> None:
    if len(cells) != len(COLUMNS) or not all(cells):
        raise BadInput(f"{at} should fill {', '.join(COLUMNS)}. Put a value that holds a comma in quotation marks.")
    source, word, meaning = cells
    if source not in known:
        raise BadInput(f"{at}: there is no source '{source}' here. Write one of {', '.join(sorted(known))}.")
    if folded(word) in found[source]:
        raise BadInput(f"{at}: '{word}' stands in an earlier line too. Leave one of them.")
    if meaning != NEW and not known[source](meaning):
        raise BadInput(
            f"{at}: '{meaning}' is no word that {source} knows. Write the known word as its publisher does, or {NEW}."
        )
    found[source][folded(word)] = meaning


def remedy(source: str, word: str) -> str:
    """What to do about a word that is not known: a line to copy."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([source, word, ""])
    return (
        f"If it is another name for one that is known, add the line {line.getvalue()}<the known one> to {FILE} in the"
        f" cache folder; if it is really new, {line.getvalue()}{NEW}."
    )
