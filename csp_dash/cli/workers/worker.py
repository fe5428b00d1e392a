"""One server process: `python -m csp_dash.cli.workers.worker PORT SCRIPT`. It ends when the process that started it has."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

LAST_WORDS = 4.0  # seconds that a server has for closing its connections


def main() -> int:
    """Serve the script on this machine's own address until standard input is closed."""
    from streamlit.web.cli import main as streamlit  # noqa: PLC0415  slow to import, and only needed here

    port, script = sys.argv[1:]
    threading.Thread(target=_end_with_the_pool, daemon=True).start()
    sys.argv = ["streamlit", "run", script, "--server.port", port, "--server.address", "127.0.0.1"]
    return int(streamlit() or 0)


def _end_with_the_pool() -> None:
    """Wait until nobody holds the other end of standard input, which is so too when that process was killed."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_WORDS)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
