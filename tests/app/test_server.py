"""The server itself, in every way that it is started: it asks no other host for anything, and it takes no files."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import ROOT

from csp_dash.ui.server import REFUSAL

ENDED = 97
NO_WAY_OUT = f"""
import os, socket, sys

HERE = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "", None)

def guard(real, address_of):
    def guarded(*given, **named):
        address = address_of(given)
        if address not in HERE:
            print("OUTSIDE", address, flush=True)
            os._exit({ENDED})
        return real(*given, **named)
    return guarded

socket.getaddrinfo = guard(socket.getaddrinfo, lambda given: given[0].decode() if isinstance(given[0], bytes) else given[0])
socket.gethostbyname = guard(socket.gethostbyname, lambda given: given[0])

class Socket(socket.socket):
    def connect(self, address):
        return guard(super().connect, lambda given: given[0][0] if isinstance(given[0], tuple) else None)(address)
    def connect_ex(self, address):
        return guard(super().connect_ex, lambda given: given[0][0] if isinstance(given[0], tuple) else None)(address)

socket.socket = Socket
"""
"""Ends a process that looks up or connects to another machine."""
STARTS = {
    "streamlit run app.py": ("-m", "streamlit", "run", "app.py", "--server.port"),
    "python -m csp_dash serve": ("-m", "csp_dash", "serve", "--port"),  # make run does the same
}
PATH = "/_stcore/upload_file/00000000-0000-0000-0000-000000000000/1"


@dataclass(frozen=True)
class Running:
    port: int
    process: subprocess.Popen[bytes]
    log: Path


@pytest.fixture(scope="module", params=STARTS.values(), ids=STARTS)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "sitecustomize.py").write_text(NO_WAY_OUT, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *request.param, str(port)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(folder)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
        yield Running(port, process, log)
    finally:
        process.terminate()
        process.wait(20)


def greet(running: Running, origin: str) -> tuple[str, float]:
    """Ask for a session as a page of another origin would; the answer's first line, and the seconds that it took."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as line:
        line.sendall(
            b"GET /_stcore/stream HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + f"Host: 127.0.0.1:{running.port}\r\nOrigin: {origin}\r\n\r\n".encode()
        )
        first = line.recv(4096).split(b"\r\n")[0].decode()
    return first, time.monotonic() - began


def test_the_guard_of_these_tests_ends_a_process_that_asks_outside(tmp_path: Path):
    (tmp_path / "sitecustomize.py").write_text(NO_WAY_OUT, encoding="utf-8")
    for asks in (
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('8.8.8.8', 1))",
        "from streamlit import net_util; net_util.get_external_ip()",
        "from streamlit import net_util; net_util.get_internal_ip()",
    ):
        ended = subprocess.run(
            [sys.executable, "-c", asks], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True
        )
        assert ended.returncode == ENDED, (asks, ended)


@pytest.mark.parametrize("origin", ["https://example.org", "http://192.168.1.9:8501", "null", "http://[2001:db8::1]"])
def test_a_strange_origin_is_refused_at_once_and_nobody_is_asked(running: Running, origin: str):
    for _ in range(3):
        first, took = greet(running, origin)
        assert " 403 " in f"{first} ", first
        assert took < 1, "the server waits for nobody"
    assert running.process.poll() is None, running.log.read_text()


def test_the_own_origin_is_let_in(running: Running):
    first, _ = greet(running, f"http://127.0.0.1:{running.port}")
    assert " 101 " in first, first


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "OPTIONS", "GET"])
@pytest.mark.parametrize("body", [b"", b"x" * 100_000], ids=["empty", "100 kB"])
def test_the_endpoint_for_uploads_refuses(running: Running, method: str, body: bytes):
    asked = urllib.request.Request(f"http://127.0.0.1:{running.port}{PATH}", data=body, method=method)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=20)
    assert refused.value.code == 403
    assert refused.value.read().decode() == REFUSAL
