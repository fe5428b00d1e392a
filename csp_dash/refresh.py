"""The commands that bring figures in and look after releases: ingest, fetch, refresh, template, releases and their kin."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd

from csp_dash.catalogue import load
from csp_dash.domain.settings import Settings
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.detected import files_of
from csp_dash.warehouse import Input, Releases


def declare(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add these commands to the command line. Each sets `run`, a function of the arguments that returns the exit status."""
    one = commands.add_parser("ingest", help="add official files and partner returns to the live release")
    one.add_argument("paths", type=Path, nargs="+", help="files, folders and zips in any mix")
    _of_ingest(one)
    _of_turns(one)
    one.set_defaults(run=lambda asked: _ingest(asked.paths, asked))

    get = commands.add_parser("fetch", help="download what is new from the publishers")
    _of_fetch(get)
    _of_turns(get)
    get.set_defaults(run=_fetch)

    both = commands.add_parser("refresh", help="fetch, then ingest: everything with one command")
    _of_fetch(both)
    _of_ingest(both)
    _of_turns(both)
    both.set_defaults(run=_refresh)

    form = commands.add_parser("template", help="make the form of a partner return")
    form.add_argument("indicator", nargs="?", help="the measure; leave out to list those that await a return")
    form.add_argument("--to", type=Path, default=Path(), help="folder to put it into (default: here)")
    form.add_argument("--format", choices=("xlsx", "csv"), default="xlsx")
    form.set_defaults(run=_template)

    commands.add_parser("releases", help="the releases that are kept, and which is live").set_defaults(run=_releases)
    back = commands.add_parser("rollback", help="make an earlier release live again")
    back.add_argument(
        "to", nargs="?", default="", help="its name, or `bundled`; the one before the live one unless told"
    )
    back.set_defaults(run=_rollback)
    old = commands.add_parser("prune", help="remove all but the newest releases, and the inputs that they alone had")
    old.add_argument("--keep", type=int, default=5)
    old.set_defaults(run=_prune)
    commands.add_parser("report", help="what the live release changed (Markdown)").set_defaults(run=_report)
    out = commands.add_parser("rejected", help="the rows that were left out of the live release, with why, as CSV")
    out.set_defaults(run=_rejected)

    given = commands.add_parser("inputs", help="the official files that a release was made from, as they came")
    given.add_argument("release", nargs="?", default="", help="its name; the live one unless told")
    given.add_argument("--to", type=Path, metavar="FOLDER", help="copy them into this folder")
    given.set_defaults(run=_inputs)


def _of_ingest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--skip", action="store_true", help="go on without files that are damaged or unknown")
    parser.add_argument(
        "--no-copy", dest="copy", action="store_false", help="note what the files are, and keep no copy of them"
    )
    parser.add_argument(
        "--accept", action="append", default=[], metavar="CHECK", help="a check that may fail this once"
    )
    parser.add_argument("--because", action="append", default=[], metavar="WHY", help="why; one for each --accept")


def _of_fetch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="a publisher; all unless told")
    parser.add_argument(
        "--since",
        default="",
        metavar="YYYY-MM",
        help="first month (default: the newest three here, since they are restated)",
    )
    parser.add_argument("--to-folder", type=Path, help="folder of downloads (default: downloads in the cache folder)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be asked for, and ask nothing")


def _of_turns(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="wait for another one to end")


def _here() -> Releases:
    return Releases(Settings.read(os.environ).cache)


def _accepted(asked: argparse.Namespace) -> dict[str, str]:
    reasons = [text.strip() for text in asked.because]
    if len(asked.accept) != len(reasons) or not all(reasons):
        raise BadInput('Every --accept CHECK needs its own --because "...": the reason is kept with the release.')
    return dict(zip(asked.accept, reasons, strict=True))


def _ingest(paths: list[Path], asked: argparse.Namespace) -> int:
    from csp_dash.ingest import pipeline  # noqa: PLC0415  geometry libraries only where they are needed

    done = pipeline.ingest(
        paths,
        load(),
        _here(),
        accept=_accepted(asked),
        skip=asked.skip,
        wait=asked.wait,
        copy=asked.copy,
        say=_say,
    )
    if done.new:
        print(done.report)
        _say(f"Release {done.release} is live.")
    return 0


def _downloads(asked: argparse.Namespace) -> Path:
    folder: Path = asked.to_folder or _here().cache / "downloads"
    return folder


def _fetch(asked: argparse.Namespace) -> int:
    from csp_dash.ingest.fetch import SOURCES, fetch, since_newest  # noqa: PLC0415  network libraries only where they are needed

    releases = _here()
    live = releases.live()
    since = asked.since or since_newest(live.release[:7])
    outcomes = fetch(
        asked.sources or list(SOURCES),
        folder=_downloads(asked),
        since=since,
        today=date.today(),
        geo=live.path("geo"),
        points=live.path("data/tables/snap_point.parquet"),
        wait=asked.wait,
        dry_run=asked.dry_run,
        say=_say,
    )
    return 2 if any(outcome.failed for outcome in outcomes) else 0


def _refresh(asked: argparse.Namespace) -> int:
    """What was fetched is taken in even where one publisher did not answer; the status says so."""
    status = _fetch(asked)
    folder = _downloads(asked)
    if asked.dry_run or not folder.is_dir():
        return status
    return max(status, _ingest([folder], asked))


def _template(asked: argparse.Namespace) -> int:
    from csp_dash.ingest.returns import template  # noqa: PLC0415  spreadsheets only where they are needed

    catalogue = load()
    if not asked.indicator:
        print("\n".join(template.listing(catalogue)))
        return 0
    areas = pd.read_csv(_here().live().path("geo/areas.csv"), dtype=str, keep_default_na=False)
    print(template.write(asked.indicator, asked.to, asked.format, catalogue, areas, date.today()))
    return 0


def _releases(asked: argparse.Namespace) -> int:
    here = _here()
    for item in here.all():
        mark = "live" if item.live else ""
        told = item.trouble or item.about.made or "bundled with the dashboard"
        accepted = "".join(f"; accepted {check}: {why}" for check, why in item.about.accepted.items())
        files = f"; {counted(files_of(item.about.took_in))} taken in" if item.about.took_in else ""
        print(f"{item.name:24} {mark:5} {item.size / 1e6:6.1f} MB  {told}{files}{accepted}")
    for sentence in here.notices():
        _say(sentence)
    return 0


def _rollback(asked: argparse.Namespace) -> int:
    print(f"Release {_here().rollback(asked.to).release} is live.")
    return 0


def _prune(asked: argparse.Namespace) -> int:
    here = _here()
    gone = here.prune(asked.keep)
    files = here.prune_inputs()
    print(f"Removed: {', '.join(gone)}." if gone else "There was no release to remove.")
    if files:
        size = sum(item.size for item in files)
        print(f"Removed with them: {counted(len(files))} that no other release was made from ({size:,} bytes).")
    return 0


def _inputs(asked: argparse.Namespace) -> int:
    """A line a file: name, checksum, size, when it was taken in. With --to, those that are kept are copied there."""
    here = _here()
    release = here.get(asked.release) if asked.release else here.live()
    cards = [here.inputs.get(sha256) or Input(sha256, "unknown", 0, "", kept=False) for sha256 in release.about.inputs]
    if not cards:
        _say(
            f"Of the files that release {release.release} was made from there are only the names, on its source cards."
        )
    for card in cards:
        print(f"{card.name}  {card.sha256}  {card.size:,} bytes  {card.taken_in}{'' if card.kept else '  not kept'}")
    if asked.to is None:
        return 0
    kept = [card for card in cards if card.kept]
    often = Counter(card.name for card in kept)
    for card in kept:
        name = card.name if often[card.name] == 1 else f"{card.sha256[:8]}-{card.name}"
        here.inputs.export(card, asked.to / name)
    _say(f"Copied {counted(len(kept))} to {asked.to}.")
    return 0 if len(kept) == len(cards) else 2


def _report(asked: argparse.Namespace) -> int:
    live = _here().live()
    path = live.root / "report.md"
    print(path.read_text(encoding="utf-8") if path.exists() else f"Release {live.release} came with the dashboard.")
    return 0


def _rejected(asked: argparse.Namespace) -> int:
    path = _here().live().path("data/tables/rejected.parquet")
    rows = (
        pd.read_parquet(path) if path.exists() else pd.DataFrame(columns=["file", "line", "column", "value", "reason"])
    )
    print(rows.to_csv(index=False), end="")
    return 0


def counted(files: int) -> str:
    return "1 file" if files == 1 else f"{files:,} files"


def _say(sentence: str) -> None:
    """To whoever watches; standard output is kept for answers."""
    print(sentence, file=sys.stderr, flush=True)
