"""Servers that tests start."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from pathlib import Path

START = 120
"""Seconds in which a server must answer, on the slowest machine."""


def until_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a server that was started answers; AssertionError with its log where it ends or does not."""
    deadline = time.monotonic() + START
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).close()
            return
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline, f"it did not start: {log.read_text()}"
            time.sleep(0.1)
