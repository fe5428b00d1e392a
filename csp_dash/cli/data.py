"""Commands that bring figures in: refresh, fetch, ingest, recognise, template, build.

What they need is imported where it is needed: geometry and network libraries are slow to load.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import pandas as pd

from csp_dash.catalogue import load
from csp_dash.cli import common
from csp_dash.cli.common import PATH, say, together
from csp_dash.ingest.errors import BadInput
from csp_dash.warehouse.snapshot import ROOT

waiting = click.option("--wait", default=0.0, metavar="SECONDS", help="Wait for another one to end.")
fetching = together(
    click.argument("sources", nargs=-1, metavar="[SOURCE]..."),
    click.option(
        "--since",
        default="",
        metavar="YYYY-MM",
        help="First month (default: the newest three here, which are restated).",
    ),
    click.option("--to-folder", type=PATH, help="Folder of downloads (default: downloads in the cache folder)."),
    click.option("--dry-run", is_flag=True, help="Say what would be asked for, and ask nothing."),
)
ingesting = together(
    click.option("--strict", is_flag=True, help="Take in nothing where a file cannot be used, or bears a new word."),
    click.option("--no-copy", is_flag=True, help="Note what the files are, and keep no copy of them."),
    click.option(
        "--accept",
        multiple=True,
        metavar="CHECK",
        help="A check that may fail this once, or a month that is short or jumps, as the report names it.",
    ),
    click.option(
        "--prefer",
        multiple=True,
        metavar="FILE",
        help="A file handed in that gives its months although it has fewer rows or is older.",
    ),
    click.option("--because", multiple=True, metavar="WHY", help="Why; one for each --accept and --prefer, in order."),
)
ORDER = "order of options"


class _Ordered(click.Command):
    """Keeps the order in which its options were given, which tells whose reason a --because is."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[ORDER] = [option.name for option in self.make_parser(ctx).parse_args(list(args))[2]]
        return super().parse_args(ctx, args)


@click.command(cls=_Ordered)
@click.argument("paths", nargs=-1, required=True, type=PATH)
@ingesting
@waiting
def ingest(
    paths: tuple[Path, ...],
    strict: bool,
    no_copy: bool,
    accept: tuple[str, ...],
    prefer: tuple[str, ...],
    because: tuple[str, ...],
    wait: float,
) -> int:
    """Add official files and partner returns to the live release: files, folders and zips in any mix.

    A file that cannot be used is set aside, and the exit status is then 3.
    """
    return _ingest(paths, strict, no_copy, _reasons(because, accept=accept, prefer=prefer), wait)


@click.command()
@fetching
@waiting
def fetch(sources: tuple[str, ...], since: str, to_folder: Path | None, dry_run: bool, wait: float) -> int:
    """Download what is new from the publishers; all of them unless told."""
    return _fetch(sources, since, to_folder, dry_run, wait)


@click.command(cls=_Ordered)
@fetching
@ingesting
@waiting
def refresh(
    sources: tuple[str, ...],
    since: str,
    to_folder: Path | None,
    dry_run: bool,
    strict: bool,
    no_copy: bool,
    accept: tuple[str, ...],
    prefer: tuple[str, ...],
    because: tuple[str, ...],
    wait: float,
) -> int:
    """Fetch, then ingest: everything with one command.

    What was fetched is taken in even where one publisher did not answer (the exit status is then 2) or a file is set
    aside (3).
    """
    reasons = _reasons(because, accept=accept, prefer=prefer)
    status = _fetch(sources, since, to_folder, dry_run, wait)
    folder = to_folder or _downloads()
    if not dry_run and folder.is_dir():
        taken_in = _ingest((folder,), strict, no_copy, reasons, wait)
        return status or taken_in
    return status


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PATH)
def recognise(paths: tuple[Path, ...]) -> int:
    """Say what files are, by their content; nothing is taken in."""
    from csp_dash.ingest.files.detect import lines  # noqa: PLC0415
    from csp_dash.ingest.files.detect import recognise as detect  # noqa: PLC0415

    found = detect(list(paths))
    print("\n".join(lines(found)))
    return 2 if any(item.problem for item in found) else 0


@click.command()
@click.argument("indicator", default="")
@click.option("--to", type=PATH, default=Path(), help="Folder to put it into (default: here).")
@click.option("--format", "suffix", type=click.Choice(("xlsx", "csv")), default="xlsx", show_default=True)
def template(indicator: str, to: Path, suffix: str) -> None:
    """Make the form of a partner return; without a measure, list those that await one."""
    from csp_dash.ingest.returns import template as forms  # noqa: PLC0415

    catalogue = load()
    if not indicator:
        print("\n".join(forms.listing(catalogue)))
        return
    areas = pd.read_csv(common.releases().live().path("geo/areas.csv"), dtype=str, keep_default_na=False)
    print(forms.write(indicator, to, suffix, catalogue, areas, date.today()))


@click.command()
@click.option("--from", "source", type=PATH, required=True, help="Folder of official files.")
@click.option("--to", "root", type=PATH, default=ROOT, help="Folder that holds data/ and geo/ (default: the project).")
def build(source: Path, root: Path) -> None:
    """Make the bundled snapshot from a folder of official files."""
    from csp_dash.ingest import pipeline  # noqa: PLC0415

    pipeline.build(source, root, load())


def _reasons(because: tuple[str, ...], **options: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """By option what it named, each with its reason: the first --because is of the first of these options, and so on."""
    rest = {name: iter(values) for name, values in options.items()}
    order = [name for name in click.get_current_context().meta[ORDER] if name in rest]
    reasons = [text.strip() for text in because]
    if len(order) != len(reasons) or not all(reasons):
        raise BadInput(
            'Every --accept CHECK and --prefer FILE needs its own --because "...": the reason is kept with the release.'
        )
    found: dict[str, dict[str, str]] = {name: {} for name in options}
    for name, why in zip(order, reasons, strict=True):
        found[name][next(rest[name])] = why
    return found


def _ingest(
    paths: tuple[Path, ...], strict: bool, no_copy: bool, reasons: dict[str, dict[str, str]], wait: float
) -> int:
    """The exit status: 0, or 3 where a file was set aside."""
    from csp_dash.ingest import pipeline  # noqa: PLC0415
    from csp_dash.ingest.release.phrases import of_file  # noqa: PLC0415

    done = pipeline.ingest(
        list(paths),
        load(),
        common.releases(),
        accept=reasons["accept"],
        prefer=reasons["prefer"],
        strict=strict,
        wait=wait,
        copy=not no_copy,
        say=say,
    )
    if done.new:
        print(done.report)
        say(f"Release {done.release} is live.")
        for name, why in done.set_aside.items():
            say(f"Set aside: {of_file(name, why)}")
    return 3 if done.set_aside else 0


def _downloads() -> Path:
    return common.releases().cache / "downloads"


def _fetch(sources: tuple[str, ...], since: str, to_folder: Path | None, dry_run: bool, wait: float) -> int:
    from csp_dash.ingest.fetch import SOURCES, since_newest  # noqa: PLC0415
    from csp_dash.ingest.fetch import fetch as download  # noqa: PLC0415

    live = common.releases().live()
    outcomes = download(
        list(sources or SOURCES),
        folder=to_folder or _downloads(),
        since=since or since_newest(live.release[:7]),
        today=date.today(),
        geo=live.path("geo"),
        points=live.path("data/tables/snap_point.parquet"),
        wait=wait,
        dry_run=dry_run,
        say=say,
    )
    return 2 if any(outcome.failed for outcome in outcomes) else 0
