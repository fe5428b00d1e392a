"""What differs between the bundled snapshot and that of an earlier commit, by file and column.

    .venv/bin/python tests/support/snapshot_differences.py COMMIT [COLUMN...]

Prints each file that differs. Ends with status 1 where anything differs but the columns named: a file that is no table, a
file that was added or is gone, a number of rows, or another column. The manifest holds checksums of the rest and is left out.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[2]


def git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout


def columns(before: bytes, now: bytes, allowed: set[str]) -> tuple[list[str], bool]:
    """What differs between two tables, in words, and whether that is of columns that may. Rows are matched by the others."""
    old, new = (pd.read_parquet(io.BytesIO(body)) for body in (before, now))
    if list(old.columns) != list(new.columns) or len(old) != len(new):
        return [f"{len(old):,} rows of {list(old.columns)} became {len(new):,} rows of {list(new.columns)}"], False
    firm = [name for name in old.columns if name not in allowed]
    old, new = (frame.sort_values(firm, ignore_index=True, kind="stable") for frame in (old, new))
    differs = {name: int((~(old[name].eq(new[name]) | (old[name].isna() & new[name].isna()))).sum()) for name in old}
    told = [f"{name} in {rows:,} of {len(old):,} rows" for name, rows in differs.items() if rows]
    return told, not any(differs[name] for name in firm)


def main(commit: str, *allowed: str) -> int:
    tracked = set(git("ls-tree", "-r", "--name-only", commit, "data", "geo").decode().splitlines())
    here = set(git("ls-files", "data", "geo").decode().splitlines())
    good = True
    for name in sorted((tracked | here) - {"data/manifest.json"}):
        now = (ROOT / name).read_bytes() if (ROOT / name).is_file() else None
        before = git("show", f"{commit}:{name}") if name in tracked else None
        if before == now:
            continue
        if before is None or now is None or not name.endswith(".parquet"):
            told, fine = ["added" if before is None else "gone" if now is None else "another content"], False
        else:
            told, fine = columns(before, now, set(allowed))
        good &= fine
        print(f"{name}: {'; '.join(told)}{'' if fine else '  <- not allowed'}")
    print("Nothing else differs." if good else "More differs than may.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
