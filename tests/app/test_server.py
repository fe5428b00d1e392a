"""The server itself, in every way that it is started: it asks no other host for anything, takes no files,
and sends its scripts compressed."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import streamlit
from starlette.types import Message, Receive, Scope, Send
from support import ROOT
from support.servers import until_healthy

from csp_dash.ui.server import REFUSAL, Compressed

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
    "python -m csp_dash serve --workers 2": ("-m", "csp_dash", "serve", "--workers", "2", "--port"),
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
        until_healthy(process, port, log)
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


# --- scripts, compressed -------------------------------------------------------------------------

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
LARGEST = max(SCRIPTS.glob("*.js"), key=lambda path: path.stat().st_size)


def fetched(running: Running, name: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers by their names in small letters, and body of a script."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{running.port}/static/js/{name}",
        headers={"Accept-Encoding": "gzip"} | {key.replace("_", "-"): value for key, value in headers.items()},
    )
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status, {key.lower(): value for key, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as other:
        return other.code, {key.lower(): value for key, value in other.headers.items()}, other.read()


def test_scripts_come_compressed_and_whole(running: Running):
    with ThreadPoolExecutor(6) as pool:  # all at once, while it is being made
        answers = list(pool.map(lambda _: fetched(running, LARGEST.name), range(6)))
    for status, headers, body in answers:
        assert status == 200 and headers["content-encoding"] == "gzip" and "Accept-Encoding" in headers["vary"]
        assert headers["content-type"].startswith(("text/javascript", "application/javascript"))
        assert int(headers["content-length"]) == len(body) < 0.35 * LARGEST.stat().st_size
        assert gzip.decompress(body) == LARGEST.read_bytes() and "immutable" in headers["cache-control"]
        assert headers["etag"].startswith("W/")


def test_who_takes_no_gzip_or_asks_for_a_part_gets_it_as_it_is(running: Running):
    status, headers, body = fetched(running, LARGEST.name, Accept_Encoding="identity")
    assert status == 200 and "content-encoding" not in headers and body == LARGEST.read_bytes()
    status, headers, body = fetched(running, LARGEST.name, Range="bytes=0-99")
    assert status == 206 and "content-encoding" not in headers and body == LARGEST.read_bytes()[:100]
    _, headers, _ = fetched(running, LARGEST.name)
    status, _, body = fetched(running, LARGEST.name, If_None_Match=headers["etag"])
    assert (status, body) == (304, b"")


def test_a_script_that_is_none_is_answered_as_without_compression(running: Running):
    plain = fetched(running, "none.js", Accept_Encoding="identity")
    status, headers, body = fetched(running, "none.js")
    body = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
    assert (status, body) == (plain[0], plain[2])


async def nothing() -> Message:
    return {"type": "http.request", "body": b""}


@pytest.mark.parametrize("kind", ["text/html", "application/javascript"])
def test_only_scripts_are_kept_and_a_failure_is_not(kind: str):
    asked: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["path"])
        if len(asked) == 1:
            raise OSError("the disk")
        headers = [(b"content-type", kind.encode()), (b"etag", b'"1"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"one " * 100, "more_body": True})
        await send({"type": "http.response.body", "body": b"two " * 100})

    around = Compressed(app)

    async def ask() -> bytes:
        told: list[Message] = []

        async def send(message: Message) -> None:
            told.append(message)

        scope = {"type": "http", "method": "GET", "path": "/static/js/a.js", "headers": [(b"accept-encoding", b"gzip")]}
        await around(scope, nothing, send)
        body = told[1]["body"]
        return gzip.decompress(body) if (b"content-encoding", b"gzip") in told[0]["headers"] else body

    async def asks() -> None:
        with pytest.raises(OSError, match="the disk"):
            await ask()
        for _ in range(3):
            assert await ask() == b"one " * 100 + b"two " * 100

    asyncio.run(asks())
    assert len(asked) == (2 if kind == "application/javascript" else 4)
