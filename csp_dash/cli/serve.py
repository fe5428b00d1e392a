"""The command `serve`: makes the database, checks that the port is free, and starts Streamlit, once or several times."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from csp_dash.catalogue import load
from csp_dash.cli import common
from csp_dash.cli.listening import allow_files, look_port
from csp_dash.warehouse import SnapshotError, database, declared
from csp_dash.warehouse.snapshot import ROOT

APP = str(ROOT / "app.py")


class Number(click.ParamType[int]):
    """A number of processes, or `auto`: one for each processor that this process may use."""

    name = "number|auto"

    def convert(self, value: object, param: click.Parameter | None, context: click.Context | None) -> int:
        if value == "auto":
            return processors()
        try:
            number = int(str(value))
        except ValueError:
            number = 0
        if number < 1:
            self.fail(f"'{value}' is not a number of processes. Give 1 or more, or auto.", param, context)
        return number


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


@click.command()
@click.option("--port", default=8501, show_default=True)
@click.option(
    "--workers", type=Number(), default="1", show_default=True,
    help="Server processes that share the port; each takes a processor and memory of its own. auto: one a processor.",
)  # fmt: skip
def serve(port: int, workers: int) -> int:
    """Serve the dashboard."""
    look_port(port)
    kept = common.releases()
    live = kept.live()
    try:
        database(live, declared(live, load()), kept.cache)
    except SnapshotError as fault:
        if live.root == ROOT:
            raise
        common.say(str(fault))  # the app shows the bundled release, and says why
    few = allow_files()
    if few:
        common.say(few)
    return run(port) if workers == 1 else run_several(port, workers)


def run(port: int) -> int:
    """Run the app in this process until it is stopped."""
    from streamlit.web.cli import main as streamlit  # noqa: PLC0415  slow to import, and only needed here

    print(f"csp-dash is at http://localhost:{port} (stop it with Ctrl+C)", flush=True)
    sys.argv = ["streamlit", "run", APP, "--server.port", str(port)]
    return int(streamlit() or 0)


def run_several(port: int, workers: int) -> int:
    """Run the app in several processes until they are stopped. ValueError where they would have to speak TLS."""
    from streamlit import config  # noqa: PLC0415  slow to import, and only needed here

    if config.get_option("server.sslCertFile"):
        raise ValueError("Several workers speak no TLS. Put a proxy that does in front of them, or use --workers 1.")
    relay = [
        sys.executable,
        "-m",
        "csp_dash.cli.workers",
        str(port),
        str(workers),
        APP,
        config.get_option("server.address") or "",
    ]
    if sys.platform == "win32":
        return subprocess.call(relay)
    sys.stdout.flush()
    os.execv(sys.executable, relay)  # this process has read much that the relay does not need
