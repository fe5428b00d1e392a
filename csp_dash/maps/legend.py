"""The legend as data: the page writes it as chips of colour and words."""

from __future__ import annotations

from csp_dash.analytics.classes import NO_DATA, Classes
from csp_dash.analytics.palette import MISSING


def legend(classes: Classes) -> list[tuple[str, str]]:
    """(colour, label) from low to high; `no data` last where some areas have none."""
    chips = list(zip(classes.colours, classes.labels, strict=True))
    return [*chips, (MISSING, NO_DATA)] if classes.missing or not chips else chips
