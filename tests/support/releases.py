"""A release for tests: the bundled snapshot with one figure changed and, if wanted, with a story of its making."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd

from csp_dash.ingest.facts import day_text
from support import ROOT

SOURCE, SERIES, AREA, LONDON, MONTH = "mps_borough_whole", "tno", "E09000030", "E12000007", "2026-03-01"
"""All offences in Tower Hamlets in the newest month: a figure that every page leans on. London's has it in it."""


def write(folder: Path, more: float = 1000, tables: dict[str, pd.DataFrame] | None = None) -> str:
    """Write a snapshot like the bundled one into a folder, with so much more in that figure; its release name."""
    for part in ("data", "geo"):
        shutil.copytree(
            ROOT / part, folder / part, ignore=shutil.ignore_patterns("built", "templates"), dirs_exist_ok=True
        )
    path = folder / "data" / "facts" / f"{SOURCE}.parquet"
    facts = pd.read_parquet(path)
    at = (facts["series"] == SERIES) & facts["area"].isin([AREA, LONDON]) & (day_text(facts["start"]) == MONTH)
    assert at.sum() == 2
    facts.loc[at, "numerator"] += more
    facts.to_parquet(path, index=False)
    for name, rows in (tables or {}).items():
        rows.to_parquet(folder / "data" / "tables" / f"{name}.parquet", index=False)
    return sign(folder)


def sign(folder: Path) -> str:
    """Write the manifest for what lies in a folder; the release name."""
    files = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in ("data", "geo")
        for path in sorted((folder / part).rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    release = f"{MONTH[:7]}-{hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:8]}"
    body = json.dumps({"release": release, "files": files})
    (folder / "data" / "manifest.json").write_text(body, encoding="utf-8")
    return release


def story() -> dict[str, pd.DataFrame]:
    """Tables that tell what was taken in, left out and changed."""
    day = pd.Timestamp("2026-03-01").date()
    intake = pd.DataFrame(
        [
            ("ward.csv", "0" * 64, "mps_ward", "MPS recorded crime: ward level", "mps_ward", 100, 90, 4, 6, "2025-04", "2026-03", "Seen before."),
            ("council.xlsx", "1" * 64, "partner_return", "Partner return", "return_asb_council_cases", 12, 11, 1, 0, "2025", "", ""),
        ],
        columns=["file", "sha256", "format", "title", "source", "rows", "accepted", "rejected", "out_of_area", "first", "last", "note"],
    )  # fmt: skip
    rejected = pd.DataFrame(
        [
            *(("ward.csv", line, "WardCode", f"E0{line}", "the ward is not known") for line in (5, 3, 9)),
            ("ward.csv", 7, "m", "smarch", "the month cannot be read"),
            ("council.xlsx", 4, "count", "Mrs Jones, 12 High Street", "the count is no whole number"),
        ],
        columns=["file", "line", "column", "value", "reason"],
    )
    change = pd.DataFrame(
        [
            ("new", "mps_ward", "", "", "ward", day, None, 640.0),
            ("revised", SOURCE, SERIES, "total_offences", AREA, day, 2965.0, 3965.0),
            ("gone", "mps_borough", "burglary", "burglary", "E09000033", day, 200.0, None),
            ("revised", "mps_ward", "some_series", "", "E05009317", day, 3.0, 4.0),
        ],
        columns=["kind", "source", "series", "indicator", "area", "start", "old", "new"],
    )
    return {"intake": intake, "rejected": rejected, "release_change": change}
