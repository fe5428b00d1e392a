"""What an ingest costs, file kind by file kind: `python -m bench.ingest --from FOLDER`.

Rows read, accepted, rejected and out of area; wall time and the process's highest memory; and, for every kind that is
text, the time that its reader takes against DuckDB's own `read_csv` of the same files to Parquet, one after the other in
the same run. Only the ratio says something: the times are this machine's.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import duckdb

from csp_dash.catalogue import load
from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.source_file import SourceFile, entries
from csp_dash.ingest.geography import build
from csp_dash.ingest.readers import readers
from csp_dash.ingest.returns import reader as returns
from csp_dash.warehouse import Snapshot


def is_text(entry: SourceFile) -> bool:
    """Whether DuckDB can read the same file by itself."""
    return not entry.inside and bool(entry.found.mark) and entry.path.suffix in (".csv", ".gz")


def read(name: str, files: list[SourceFile], context: Context) -> None:
    """Read and judge files with the reader of a name."""
    if name == "build":
        build.write(files, context)
    else:
        next(one for one in (*readers(), returns) if one.__name__.endswith(f".{name}")).read(files, context)


def timed(name: str, files: list[SourceFile], folder: Path) -> float | None:
    """Seconds that a reader takes for some of its files alone; None where they say nothing without the others."""
    if not files:
        return None
    context = Context(load(), folder / "geo", folder / f"scratch-{name}", Base(Snapshot.open()))
    begun = time.perf_counter()
    try:
        read(name, files, context)
    except BadInput:
        return None
    finally:
        context.close()
    return time.perf_counter() - begun


def plain(files: list[SourceFile], folder: Path) -> float | None:
    """Seconds that DuckDB takes to copy the same files to Parquet, all as text; None where it cannot read them."""
    paths = [str(entry.path) for entry in files]
    begun = time.perf_counter()
    with duckdb.connect() as connection:
        try:
            connection.execute(
                "copy (from read_csv($paths, all_varchar = true, union_by_name = true)) to "
                f"'{folder / 'plain.parquet'}' (format parquet)",
                {"paths": paths},
            )
        except duckdb.Error:
            return None
    return time.perf_counter() - begun


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 0 when every row of every file is accounted for."""
    parser = argparse.ArgumentParser(prog="python -m bench.ingest", description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, required=True)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="csp-dash-bench-") as name:
        folder = Path(name)
        begun = time.perf_counter()
        taken_in, others = entries([asked.source])
        wrong = [other for other in others if other.problem]
        print(
            f"{len(taken_in) + len(others)} files and sheets looked at in {time.perf_counter() - begun:.1f} s: {len(taken_in)} tables and"
            f" outlines, {len(others) - len(wrong)} documents and copies, {len(wrong)} not recognised."
        )
        context = Context(load(), folder / "geo", folder / "scratch", Base(Snapshot.open()))
        by_reader: dict[str, list[SourceFile]] = defaultdict(list)
        for entry in taken_in:
            reader = next((one for one in (*readers(), returns) if entry.format in one.FORMATS), build)
            by_reader[reader.__name__.rpartition(".")[2]].append(entry)
        print(
            "\n| reader | files | rows | accepted | rejected | out of area | seconds | rows a second | of DuckDB's speed |"
        )
        print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
        whole = 0.0
        for name, files in sorted(by_reader.items(), key=lambda item: item[0] != "build"):
            begun = time.perf_counter()
            read(name, files, context)
            took = time.perf_counter() - begun
            whole += took
            text = [entry for entry in files if is_text(entry)]
            alone = took if len(text) == len(files) else timed(name, text, folder)
            other = plain(text, folder) if text else None
            accounts = [context.ledger.account(entry) for entry in files]
            rows, accepted, rejected, out = (
                sum(getattr(one, what) for one in accounts) for what in ("rows", "accepted", "rejected", "out_of_area")
            )
            speed = f"{other / alone:.2f} ({len(text)} files)" if other and alone else "no text files"
            print(
                f"| {name} | {len(files)} | {rows:,} | {accepted:,} | {rejected:,} | {out:,} | {took:.2f} |"
                f" {rows / took:,.0f} | {speed} |",
                flush=True,
            )
        context.close()
        context.ledger.close(taken_in)
        sums = context.ledger.intake()[["rows", "accepted", "rejected", "out_of_area"]].sum()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{sums['rows']:,} rows = {sums['accepted']:,} accepted + {sums['rejected']:,} rejected + {sums['out_of_area']:,} out of"
        f" area. Reading and judging took {whole:.1f} s; the highest memory was {peak:,.0f} MB."
    )
    return 2 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
