"""One file at a time: a file that fails is an outcome, and the others go on."""

from __future__ import annotations

from collections.abc import Callable

from csp_dash.ingest.facts import BadInput
from csp_dash.ingest.fetch.publishers import Outcome, State


def attempt(source: str, name: str, work: Callable[[], State]) -> Outcome:
    """Do the work for one file; what stops it becomes the reason of its failure."""
    try:
        return Outcome(source, name, work())
    except BadInput as fault:
        return Outcome(source, name, "failed", str(fault))
    except OSError as fault:
        where = f" {fault.filename}" if fault.filename else ""
        return Outcome(source, name, "failed", f"It could not be written{where} ({fault.strerror or fault}).")
