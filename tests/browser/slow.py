"""The app on a slow server: `streamlit run tests/browser/slow.py`. Waits are put where a run reads, draws and writes.

They stand for a busy machine: what a reader does meanwhile reaches the server in the middle of a run.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from csp_dash.ui import cache, frame


def wait_before(owner: Any, name: str, seconds: float) -> None:
    """Makes a function wait first; once for the process, however often this script runs."""
    work: Callable[..., Any] = getattr(owner, name)
    if getattr(work, "waits", False):
        return

    def slowly(*given: Any, **named: Any) -> Any:
        time.sleep(seconds)
        return work(*given, **named)

    slowly.waits = True  # type: ignore[attr-defined]
    setattr(owner, name, slowly)


for place, seconds in (part.split("=") for part in os.environ["SLOW"].split(",")):
    owner, name = {
        "start": (cache.Live, "now"),
        "panel": (cache.Store, "panel"),
    }[place]
    wait_before(owner, name, float(seconds))
frame.run()
