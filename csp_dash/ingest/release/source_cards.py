"""Source cards of a release: publisher, licence, period, method, caveats and files."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.ingest.errors import BadInput

if TYPE_CHECKING:
    from csp_dash.ingest.files.source_file import SourceFile


def write(
    folder: Path,
    name: str,
    catalogue: Catalogue,
    facts: pd.DataFrame | None,
    inputs: Iterable[SourceFile],
    before: Path | None,
    today: date | None = None,
) -> None:
    """Write the card of a source. The files that an earlier card (`before`) names stay on it, first.

    It says when its files were taken in: `today` where some of them are new to the live release. A whole release made
    anew has no `before`, and the day that its source declares. BadInput where the source is not declared.
    """
    card = catalogue.sources.get(name)
    if card is None:
        raise BadInput(f"Source '{name}' has figures but no declaration: add catalogue/sources/{name}.toml.")
    period = []
    if facts is not None and len(facts):
        first, last = (pd.Timestamp(day).date() for day in (facts["start"].min(), facts["finish"].max()))
        period = [f"period = [{first}, {last}]", f"rows = {len(facts)}"]
    earlier = files_on(before)
    files = _files(inputs, earlier)
    taken_in = card.retrieved
    if before is not None:
        taken_in = (today or date.today()) if len(files) > len(earlier) else retrieved(before) or card.retrieved
    lines = [
        f"title = {_quote(card.title)}",
        f"publisher = {_quote(card.publisher)}",
        f"url = {_quote(card.url)}",
        f"licence = {_quote(card.licence)}",
        f"attribution = {_quote(card.attribution)}",
        *([f"retrieved = {taken_in}"] if taken_in else []),
        f"method = {_quote(card.method)}",
        *period,
        "caveats = [",
        *(f"  {_quote(catalogue.events[caveat].text)}," for caveat in card.caveats),
        "]",
    ]
    for file, checksum in files:
        lines += ["", "[[input]]", f"file = {_quote(file)}", f'sha256 = "{checksum}"']
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def retrieved(path: Path) -> date | None:
    """The day that a card gives for when its files were taken in; None where it gives none, or is not there."""
    day = _read(path).get("retrieved")
    return day if isinstance(day, date) else None


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def files_on(before: Path | None) -> list[tuple[str, str]]:
    """Name and checksum of each file that a card names; none where there is no card."""
    rows = _read(before).get("input", []) if before is not None else []
    return [(str(row["file"]), str(row["sha256"])) for row in rows]


def _files(inputs: Iterable[SourceFile], earlier: list[tuple[str, str]]) -> list[tuple[str, str]]:
    fresh = {(entry.file, entry.sha256): None for entry in sorted(inputs, key=lambda entry: entry.file)}
    return [*earlier, *(pair for pair in fresh if pair not in set(earlier))]


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
