"""A Streamlit server for the time of a measurement: on 127.0.0.1, on a free port, ended whatever happens."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0


class BenchError(Exception):
    """The measurement cannot go on. The text says why."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Runs `python -m MODULE run SCRIPT` while the `with` block lasts.

    The module is `streamlit`, or one that starts Streamlit after a change of its own. All servers start
    in the project's folder, so that they read the same .streamlit/config.toml.
    """

    def __init__(self, name: str, script: str, folder: Path, *flags: str, module: str = "streamlit") -> None:
        self.name = name
        self.port = free_port()
        self._log = folder / f"{name}.log"
        self._command = [
            *(sys.executable, "-m", module, "run", script),
            *("--server.address", "127.0.0.1", "--server.port", str(self.port), "--server.headless", "true", *flags),
        ]
        self._environment = os.environ | {"PYTHONPATH": str(ROOT), "CSP_DASH_CACHE": str(folder / "built")}
        self._environment["BENCH_RECORDING"] = str(folder / "recording.pickle")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._stop()
        if isinstance(fault, Exception):
            fault.add_note(f"The end of what the server '{self.name}' said:\n{self.said()}")

    def said(self) -> str:
        """The last lines of the server's log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-12:])

    def get(self, path: str) -> bytes:
        """A file that the server offers; BenchError when it does not."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("GET", path)
            answer = link.getresponse()
            if answer.status != 200:
                raise BenchError(f"The server '{self.name}' answers {answer.status} at {path}.")
            return answer.read()
        finally:
            link.close()

    def _wait(self) -> None:
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise BenchError(f"The server '{self.name}' ended at once:\n{self.said()}")
            try:
                self.get("/_stcore/health")
                return
            except (OSError, BenchError):
                time.sleep(0.2)
        raise BenchError(f"The server '{self.name}' did not answer in {START_SECONDS:.0f} s:\n{self.said()}")

    def _stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
