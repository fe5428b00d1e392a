"""Command line: `python -m csp_dash ingest|fetch|template|releases|value|compare|status|serve` and more; see --help."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from csp_dash import refresh
from csp_dash.analytics.power import simulate
from csp_dash.catalogue import Catalogue, CatalogueError, load
from csp_dash.domain.geography import TOWER_HAMLETS
from csp_dash.domain.settings import Settings
from csp_dash.ingest.errors import BadInput
from csp_dash.panels import answer
from csp_dash.panels.dataset import open_data
from csp_dash.serve import PortBusy, look_port, serve
from csp_dash.warehouse import Releases, SnapshotError, Warehouse, database, declared
from csp_dash.warehouse.snapshot import ROOT


def _database() -> tuple[Path, Catalogue]:
    """The database of the live release, and the catalogue as that release has it."""
    cache = Settings.read(os.environ).cache
    live = Releases(cache).live()
    catalogue = declared(live, load())
    return database(live, catalogue, cache), catalogue


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 0 when it answered, 2 with a sentence on standard error when it could not."""
    parser = argparse.ArgumentParser(prog="python -m csp_dash", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("build", help="make the bundled snapshot from a folder of official files")
    make.add_argument("--from", dest="source", type=Path, required=True, help="folder of official files")
    make.add_argument("--to", dest="root", type=Path, default=ROOT, help="folder that holds data/ and geo/")
    look = commands.add_parser("recognise", help="say what files are, by their content")
    look.add_argument("paths", type=Path, nargs="+", help="files, folders and zips in any mix")
    commands.add_parser("status", help="release, sources, their periods and row counts")
    one = commands.add_parser("value", help="one number, as one JSON object")
    one.add_argument("indicator")
    one.add_argument("--area", default=TOWER_HAMLETS, help="GSS code; the borough unless told")
    one.add_argument("--from", dest="first", required=True, metavar="YYYY-MM")
    one.add_argument("--to", dest="last", required=True, metavar="YYYY-MM")
    one.add_argument("--measure", choices=("count", "rate", "proportion"))
    every = commands.add_parser("compare", help="every like-for-like comparison of a measure, as CSV")
    every.add_argument("indicator")
    every.add_argument("--ward", action="append", default=[], help="GSS code of a ward; may be given up to four times")
    tried = commands.add_parser("power", help="false alarms and detection on simulated series, as CSV")
    tried.add_argument("--tries", type=int, default=2000, help="series for each figure; 2,000 take about two minutes")
    refresh.declare(commands)
    start = commands.add_parser("serve", help="serve the dashboard")
    start.add_argument("--port", type=int, default=8501)
    asked = parser.parse_args(arguments)
    try:
        if hasattr(asked, "run"):
            return int(asked.run(asked))
        if asked.command == "serve":
            look_port(asked.port)
            try:
                _database()
            except SnapshotError as fault:
                if Releases(Settings.read(os.environ).cache).live().root == ROOT:
                    raise
                print(fault, file=sys.stderr)  # the app shows the bundled release, and says why
            return serve(asked.port)
        if asked.command == "build":
            from csp_dash.ingest.pipeline import build  # noqa: PLC0415  geometry libraries only where they are needed

            build(asked.source, asked.root, load())
        elif asked.command == "recognise":
            from csp_dash.ingest.files.detect import lines, recognise  # noqa: PLC0415  reads spreadsheets and shapefiles

            found_files = recognise(asked.paths)
            print("\n".join(lines(found_files)))
            return 2 if any(item.problem for item in found_files) else 0
        elif asked.command == "compare":
            data = open_data(load(), Settings.read(os.environ))
            print(answer.compare(data, asked.indicator, tuple(asked.ward)), end="")
        elif asked.command == "power":
            print(simulate(asked.tries).round(1).to_csv(index=False), end="")
        elif asked.command == "status":
            print(answer.status(Warehouse(_database()[0])))
            for sentence in Releases(Settings.read(os.environ).cache).notices():
                print(sentence, file=sys.stderr)
        else:
            data = open_data(load(), Settings.read(os.environ))
            found = answer.value(data, asked.indicator, asked.area, asked.first, asked.last, asked.measure)
            print(json.dumps(found, ensure_ascii=False))
    except (answer.NoAnswer, BadInput, SnapshotError, CatalogueError, PortBusy, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. The live release is as it was.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read the answer has had enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
