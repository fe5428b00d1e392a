"""A server for the time of a measurement: on a free port of this machine, ended whatever happens."""

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
TICKS = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """The measurement cannot go on. The text says why."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Runs a script of Streamlit's, or the dashboard in several processes, while the `with` block lasts.

    `root` is the folder of the project's commit that is measured: its code, its settings, its data.
    """

    def __init__(self, name: str, script: str, folder: Path, *, root: Path = ROOT, workers: int = 1) -> None:
        self.name = name
        self.port = free_port()
        self.root = root
        self._log = folder / f"{name}.log"
        if workers == 1:
            command = ["streamlit", "run", script, "--server.address", "127.0.0.1", "--server.port", str(self.port)]
        else:
            command = ["csp_dash", "serve", "--workers", str(workers), "--port", str(self.port)]
        self._command = [sys.executable, "-m", *command]
        self._environment = os.environ | {"PYTHONPATH": str(root), "CSP_DASH_CACHE": str(folder / f"built-{root.name}")}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self.root, env=self._environment, stdout=log, stderr=log, start_new_session=True
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

    def processor(self) -> float:
        """Processor seconds that all its processes have taken so far."""
        return sum(int(fields[11]) + int(fields[12]) for _, fields in self._processes()) / TICKS

    def memory(self) -> float:
        """Resident memory of all its processes in MB; what they share is in it once for each."""
        pages = sum(int(fields[21]) for _, fields in self._processes())
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _processes(self) -> list[tuple[int, list[str]]]:
        """Its process and those that it started: number, and the fields of its `stat` after the name."""
        assert self._process is not None
        every = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                every[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
        found = {self._process.pid}
        while more := {pid for pid, fields in every.items() if int(fields[1]) in found} - found:
            found |= more
        return [(pid, every[pid]) for pid in found if pid in every]

    def _healthy(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("GET", "/_stcore/health")
            return link.getresponse().status == 200
        except OSError:
            return False
        finally:
            link.close()

    def _wait(self) -> None:
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise BenchError(f"The server '{self.name}' ended at once:\n{self.said()}")
            if self._healthy():
                return
            time.sleep(0.2)
        raise BenchError(f"The server '{self.name}' did not answer in {START_SECONDS:.0f} s:\n{self.said()}")

    def _stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
