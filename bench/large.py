"""Take in a street file of many gigabytes: `python -m bench.large FILE --gigabytes 5 [--zip]`.

FILE is a street file of data.police.uk. Its rows are repeated with other identifiers until the file is large enough, so
every row is an offence of its own. Told are wall time and the highest memory of the process that takes it in. Memory is
that of the borough's rows, which are held; those of other places are read and let go.
"""

from __future__ import annotations

import argparse
import gzip
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from bench.server import ROOT

DIGITS = 8
"""How many letters of an identifier are replaced by the number of the copy."""


def repeat(source: Path, target: Path, size: int) -> int:
    """Write `target` of at least `size` bytes; how many rows it has."""
    with gzip.open(source, "rb") if source.suffix == ".gz" else source.open("rb") as handle:
        header, *lines = handle.read().splitlines(keepends=True)
    rows = [line for line in lines if not line.startswith(b",") and len(line.split(b",", 1)[0]) > DIGITS]
    copies = written = 0
    with target.open("wb") as made:
        made.write(header)
        while written < size:
            number = b"%0*x" % (DIGITS, copies)
            written += made.write(b"".join(number + row[DIGITS:] for row in rows))
            copies += 1
    return copies * len(rows)


def main(arguments: list[str] | None = None) -> int:
    """Print what it took; the status of the ingest."""
    parser = argparse.ArgumentParser(prog="python -m bench.large", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("--gigabytes", type=float, default=5)
    parser.add_argument("--zip", action="store_true", help="inside a zip")
    asked = parser.parse_args(arguments)
    size = int(asked.gigabytes * 1e9)
    with tempfile.TemporaryDirectory(prefix="csp-dash-bench-") as name:
        folder = Path(name)
        if shutil.disk_usage(folder).free < 3 * size:
            print(f"{folder} has no room for the file and its copy. Set TMPDIR to a folder that has.", file=sys.stderr)
            return 1
        given = folder / "large.csv"
        rows = repeat(asked.source, given, size)
        if asked.zip:
            with zipfile.ZipFile(folder / "large.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.write(given, "large.csv")
            given.unlink()
            given = folder / "large.zip"
        print(f"{given.name}: {rows:,} rows, {given.stat().st_size / 1e9:.1f} GB.", flush=True)
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "csp_dash", "ingest", str(given)],
            cwd=ROOT,
            env=os.environ | {"CSP_DASH_CACHE": str(folder / "built")},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        took = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"Taken in within {took:.1f} s; the highest memory was {peak:,.0f} MB.")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
