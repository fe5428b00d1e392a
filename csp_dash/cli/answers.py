"""Commands that answer from the live release: value, compare, status, power."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from csp_dash.analytics.power import simulate
from csp_dash.catalogue import load
from csp_dash.cli import common
from csp_dash.cli.common import PATH
from csp_dash.domain.geography import TOWER_HAMLETS
from csp_dash.domain.settings import Settings
from csp_dash.panels import answer
from csp_dash.panels.about import open_data as everything
from csp_dash.panels.dataset import Dataset, open_data
from csp_dash.panels.export import csv_text
from csp_dash.warehouse import Warehouse, database, declared


def _data() -> Dataset:
    return open_data(load(), Settings.read(os.environ))


@click.command()
@click.argument("indicator")
@click.option("--area", default=TOWER_HAMLETS, help="GSS code; the borough unless told.")
@click.option("--from", "first", required=True, metavar="YYYY-MM")
@click.option("--to", "last", required=True, metavar="YYYY-MM")
@click.option("--measure", type=click.Choice(("count", "rate", "proportion")))
def value(indicator: str, area: str, first: str, last: str, measure: str | None) -> None:
    """One number, with its source, as one JSON object."""
    print(json.dumps(answer.value(_data(), indicator, area, first, last, measure), ensure_ascii=False))


@click.command()
@click.argument("indicator")
@click.option("--ward", multiple=True, help="GSS code of a ward; may be given up to four times.")
def compare(indicator: str, ward: tuple[str, ...]) -> None:
    """Every like-for-like comparison of a measure, as CSV."""
    print(answer.compare(_data(), indicator, ward), end="")


@click.command("open-data")
@click.option("-o", "--output", type=PATH, help="Where to write it (default: a name with the release, here).")
def open_data_command(output: Path | None) -> None:
    """Every open figure with a data dictionary, as one zip of CSV and Parquet."""
    data = _data()
    target = output or Path(everything.contents(data).filename)
    try:
        target.write_bytes(everything.archive(data))
    except OSError as fault:
        raise answer.NoAnswer(f"{target} cannot be written: {fault.strerror}.") from None
    print(target)


@click.command()
def status() -> None:
    """Release, sources, their periods and row counts."""
    kept = common.releases()
    live = kept.live()
    print(answer.status(Warehouse(database(live, declared(live, load()), kept.cache))))
    for sentence in kept.notices():
        common.say(sentence)


@click.command()
@click.option("--tries", default=2000, show_default=True, help="Series for each figure; 2,000 take about two minutes.")
def power(tries: int) -> None:
    """False alarms and detection on simulated series, as CSV."""
    print(csv_text(simulate(tries).round(1)), end="")
