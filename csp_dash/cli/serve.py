"""The command `serve`: makes the database, checks that the port is free, and starts Streamlit."""

from __future__ import annotations

import socket
import sys

import click

from csp_dash.catalogue import load
from csp_dash.cli import common
from csp_dash.warehouse import SnapshotError, database, declared
from csp_dash.warehouse.snapshot import ROOT


class PortBusy(Exception):
    """Another program listens on the port. The text says what to do."""


def look_port(port: int) -> None:
    """Refuse a port that is in use, in a sentence."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            raise PortBusy(
                f"Port {port} is in use by another program. Stop it, or choose another port: make run PORT={port + 98}"
            ) from None


@click.command()
@click.option("--port", default=8501, show_default=True)
def serve(port: int) -> int:
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
    return run(port)


def run(port: int) -> int:
    """Run the app in this process until it is stopped."""
    from streamlit.web.cli import main as streamlit  # noqa: PLC0415  slow to import, and only needed here

    print(f"csp-dash is at http://localhost:{port} (stop it with Ctrl+C)", flush=True)
    sys.argv = ["streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)]
    return int(streamlit() or 0)
