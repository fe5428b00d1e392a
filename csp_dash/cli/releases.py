"""Commands for releases: releases, rollback, prune, report, rejected, inputs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
import pandas as pd

from csp_dash.cli import common
from csp_dash.cli.common import PATH, counted, say
from csp_dash.ingest.files.detected import files_of
from csp_dash.ingest.files.ledger import REJECTED
from csp_dash.panels.export import csv_text
from csp_dash.warehouse import Input, refuse_older


@click.command()
def releases() -> None:
    """The releases that are kept, and which is live."""
    kept = common.releases()
    for item in kept.all():
        mark = "live" if item.live else ""
        told = item.trouble or item.about.made or "bundled with the dashboard"
        reasons = {"accepted": item.about.accepted, "preferred": item.about.preferred}
        because = "".join(f"; {verb} {what}: {why}" for verb, given in reasons.items() for what, why in given.items())
        files = f"; {counted(files_of(item.about.took_in))} taken in" if item.about.took_in else ""
        print(f"{item.name:24} {mark:5} {item.size / 1e6:6.1f} MB  {told}{files}{because}")
    for sentence in kept.notices():
        say(sentence)


@click.command()
@click.argument("to", default="")
def rollback(to: str) -> None:
    """Make an earlier release live again: the one before, or the one named (`bundled` for that of the software)."""
    print(f"Release {common.releases().rollback(to).release} is live.")


@click.command()
@click.option("--keep", default=5, show_default=True)
def prune(keep: int) -> None:
    """Remove all but the newest releases, and the inputs that they alone had."""
    kept = common.releases()
    gone = kept.prune(keep)
    files = kept.prune_inputs()
    print(f"Removed: {', '.join(gone)}." if gone else "There was no release to remove.")
    if files:
        size = sum(item.size for item in files)
        print(f"Removed with them: {counted(len(files))} that no other release was made from ({size:,} bytes).")


@click.command()
def report() -> None:
    """What the live release changed (Markdown)."""
    live = common.releases().live()
    path = live.root / "report.md"
    print(path.read_text(encoding="utf-8") if path.exists() else f"Release {live.release} came with the dashboard.")


@click.command()
@click.option("--all", "every", is_flag=True, help="Of all files that the release was made from.")
def rejected(every: bool) -> None:
    """The rows that the newest ingest left out, with why, as CSV."""
    live = common.releases().live()
    refuse_older(live)
    path = live.path("data/tables/rejected.parquet")
    rows = pd.read_parquet(path) if path.exists() else pd.DataFrame(columns=list(REJECTED))
    newest = rows["file"].isin(live.about.took_in) | (every or not live.about.took_in)
    print(csv_text(rows[newest]), end="")
    if not newest.all():
        say(f"Files that were taken in earlier have {int((~newest).sum()):,} more: --all gives those too.")


@click.command()
@click.argument("release", default="")
@click.option("--to", type=PATH, metavar="FOLDER", help="Copy them into this folder.")
def inputs(release: str, to: Path | None) -> int:
    """The official files that a release was made from, as they came; the live one unless told.

    A line a file: name, checksum, size, when it was taken in. With --to, those that are kept are copied there.
    """
    kept = common.releases()
    snapshot = kept.get(release) if release else kept.live()
    cards = [kept.inputs.get(sha256) or Input(sha256, "unknown", 0, "", kept=False) for sha256 in snapshot.about.inputs]
    if not cards:
        say(
            f"Of the files that release {snapshot.release} was made from there are only the names, on its source cards."
        )
    for card in cards:
        print(f"{card.name}  {card.sha256}  {card.size:,} bytes  {card.taken_in}{'' if card.kept else '  not kept'}")
    if to is None:
        return 0
    copies = [card for card in cards if card.kept]
    often = Counter(card.name for card in copies)
    for card in copies:
        name = card.name if often[card.name] == 1 else f"{card.sha256[:8]}-{card.name}"
        kept.inputs.export(card, to / name)
    say(f"Copied {counted(len(copies))} to {to}.")
    return 0 if len(copies) == len(cards) else 2
