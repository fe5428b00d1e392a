"""Source cards of a release: publisher, licence, period, method, caveats, and every file that the figures were made from."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.ingest.facts import BadInput
from csp_dash.ingest.intake import Entry


def write(
    folder: Path,
    name: str,
    catalogue: Catalogue,
    facts: pd.DataFrame | None,
    inputs: Iterable[Entry],
    before: Path | None,
) -> None:
    """Write the card of a source. The files that an earlier card (`before`) names stay on it, first.

    BadInput where the source is not declared.
    """
    card = catalogue.sources.get(name)
    if card is None:
        raise BadInput(f"Source '{name}' has figures but no declaration: add catalogue/sources/{name}.toml.")
    period = []
    if facts is not None and len(facts):
        first, last = (pd.Timestamp(day).date() for day in (facts["start"].min(), facts["finish"].max()))
        period = [f"period = [{first}, {last}]", f"rows = {len(facts)}"]
    lines = [
        f"title = {_quote(card.title)}",
        f"publisher = {_quote(card.publisher)}",
        f"url = {_quote(card.url)}",
        f"licence = {_quote(card.licence)}",
        f"attribution = {_quote(card.attribution)}",
        *([f"retrieved = {card.retrieved}"] if card.retrieved else []),
        f"method = {_quote(card.method)}",
        *period,
        "caveats = [",
        *(f"  {_quote(catalogue.events[caveat].text)}," for caveat in card.caveats),
        "]",
    ]
    for file, checksum in _files(inputs, before):
        lines += ["", "[[input]]", f"file = {_quote(file)}", f'sha256 = "{checksum}"']
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _files(inputs: Iterable[Entry], before: Path | None) -> list[tuple[str, str]]:
    earlier: list[tuple[str, str]] = []
    if before is not None and before.exists():
        rows = tomllib.loads(before.read_text(encoding="utf-8")).get("input", [])
        earlier = [(str(row["file"]), str(row["sha256"])) for row in rows]
    fresh = {(entry.name, entry.sha256): None for entry in sorted(inputs, key=lambda entry: entry.name)}
    return [*earlier, *(pair for pair in fresh if pair not in set(earlier))]


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
