"""Builds the snapshot: official files in, tidy facts, cards, outlines and a manifest out.

Everything is written beside and swapped in at the end, so that a failed build leaves the present
snapshot as it was. The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.ingest import (
    fires,
    illustrative,
    mps,
    mps_dashboards,
    places,
    police_uk,
    rough_sleeping,
    stop_search,
    surroundings,
    survey,
    youth,
)
from csp_dash.ingest.facts import KEY, BadInput, Coverage, Taken, sha256, write_parquet

READERS: tuple[Callable[[Path], list[Taken]], ...] = (
    mps.read,
    mps_dashboards.read,
    police_uk.read,
    stop_search.read,
    survey.read,
    fires.read,
    youth.read,
    rough_sleeping.read,
    illustrative.read,
)
LIMIT_BYTES = 10_000_000


def build(source: Path, root: Path, catalogue: Catalogue, say: Callable[[str], None] = print) -> str:
    """Read the official files in `source`, write `data/` and `geo/` under `root`, return the release name.

    Raises BadInput, with the file and what to do, before anything under `root` is touched.
    """
    if not source.is_dir():
        raise BadInput(f"There is no folder {source}. Pass the folder of official files to --from.")
    if not root.is_dir():
        raise BadInput(f"There is no folder {root} to put data/ and geo/ into. Make it first, or leave out --to.")
    with tempfile.TemporaryDirectory(prefix=".making-", dir=root) as beside:
        new = Path(beside)
        taken = []
        for reader in READERS:
            for item in reader(source):
                say(f"{item.source}: {len(item.facts):,} figures")
                taken.append(item)
        _write_facts(new, taken)
        inputs = places.write(source, new / "geo")
        surroundings.write(_map_points(taken), new / "geo" / "context.geojson")
        _write_cards(new, taken, inputs, source, catalogue)
        release = _write_manifest(new, taken)
        size = sum(path.stat().st_size for path in new.rglob("*") if path.is_file())
        if size > LIMIT_BYTES:
            raise BadInput(f"The snapshot came to {size:,} bytes; it should stay under {LIMIT_BYTES:,}.")
        _swap(new, root)
    say(f"release {release}: {size / 1e6:.1f} MB")
    return release


def _map_points(taken: list[Taken]) -> pd.DataFrame:
    """Every police.uk map point with its street, once."""
    parts = [item.tables["snap_point"] for item in taken if "snap_point" in item.tables]
    return pd.concat(parts)[["street", "lon", "lat"]].drop_duplicates().sort_values(["street", "lon", "lat"])


def _write_facts(new: Path, taken: list[Taken]) -> None:
    tables: dict[str, list[pd.DataFrame]] = {}
    for item in taken:
        write_parquet(item.facts, new / "data" / "facts" / f"{item.source}.parquet", order_by=KEY)
        for name, frame in item.tables.items():
            tables.setdefault(name, []).append(frame)
    for name, frames in sorted(tables.items()):
        whole = pd.concat(frames, ignore_index=True)
        write_parquet(whole, new / "data" / "tables" / f"{name}.parquet", order_by=tuple(whole.columns))
    with (new / "data" / "coverage.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["source", "series", "area_kind", "first", "last", "missing", "zero_fill"])
        for item in taken:
            for row in sorted(item.coverage, key=lambda row: (row.source, row.series, row.area_kind)):
                writer.writerow(_coverage_cells(row))


def _coverage_cells(row: Coverage) -> list[str]:
    return [
        row.source,
        row.series,
        row.area_kind,
        row.first,
        row.last,
        ";".join(row.missing),
        str(row.zero_fill).lower(),
    ]


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _write_cards(new: Path, taken: list[Taken], places_inputs: list[Path], source: Path, catalogue: Catalogue) -> None:
    spans = {
        item.source: (str(item.facts["start"].min()), str(item.facts["finish"].max()), len(item.facts), item.inputs)
        for item in taken
    }
    spans["ons_boundaries"] = ("", "", 0, places_inputs)
    for name, (first, last, rows, inputs) in spans.items():
        card = catalogue.sources.get(name)
        if card is None:
            raise BadInput(f"Source '{name}' has figures but no declaration: add catalogue/sources/{name}.toml.")
        caveats = [f"  {_quote(catalogue.events[caveat].text)}," for caveat in card.caveats]
        lines = [
            f"title = {_quote(card.title)}",
            f"publisher = {_quote(card.publisher)}",
            f"url = {_quote(card.url)}",
            f"licence = {_quote(card.licence)}",
            f"attribution = {_quote(card.attribution)}",
            f"retrieved = {card.retrieved}",
            f"method = {_quote(card.method)}",
            *([f"period = [{first}, {last}]", f"rows = {rows}"] if rows else []),
            "caveats = [",
            *caveats,
            "]",
        ]
        for path in sorted(set(inputs)):
            shown = path.relative_to(source).as_posix() if path.is_relative_to(source) else path.name
            lines += ["", "[[input]]", f"file = {_quote(shown)}", f'sha256 = "{sha256(path)}"']
        target = new / "data" / "cards" / f"{name}.toml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_manifest(new: Path, taken: list[Taken]) -> str:
    files = {
        path.relative_to(new).as_posix(): sha256(path)
        for path in sorted(new.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    newest = max(str(item.facts["finish"].max())[:7] for item in taken if item.source.startswith("mps_"))
    release = f"{newest}-{hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:8]}"
    body = json.dumps({"release": release, "files": files}, indent=1, sort_keys=True)
    (new / "data" / "manifest.json").write_text(body + "\n", encoding="utf-8")
    return release


def _swap(new: Path, root: Path) -> None:
    """Put the new files in place of the old ones, file by file; the manifest last."""
    for folder in ("geo", "data"):
        kept = {path.relative_to(new).as_posix() for path in (new / folder).rglob("*") if path.is_file()}
        for old in (root / folder).rglob("*"):
            name = old.relative_to(root).as_posix()
            if old.is_file() and name not in kept and not name.startswith("data/built/"):
                old.unlink()
        for name in sorted(kept, key=lambda name: (name == "data/manifest.json", name)):
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(new / name, target)
