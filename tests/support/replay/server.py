"""A server on this machine that stands in for the publishers: it answers as they do, faults included, and keeps a log.

It can also stand in for a proxy: a request for a whole address is answered as if it came from there, and CONNECT is
passed on.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came: `host` is the one asked for, `form` the fields of a POST, `at` when it came."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]
    at: float


@dataclass(frozen=True)
class Reply:
    """An answer. `fault`: `hang` sends nothing, `reset` breaks off after half of the body, `short` sends half of the
    length that it declares, `slow` sends the body a little at a time, `endless` leaves the length out and closes."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""


Route = Callable[[Asked], Reply]


class Replay:
    """Routes by path. Use as a context manager; `url` is its address and `log` what was asked, in order."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = {}
        self.log: list[Asked] = []
        self.over = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)

    def __enter__(self) -> Replay:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def on(self, path: str, *replies: Reply | Route) -> None:
        """Answer a path with these in turn; the last one again and again."""
        left = list(replies)

        def answer(asked: Asked) -> Reply:
            one = left.pop(0) if len(left) > 1 else left[0]
            return one(asked) if callable(one) else one

        self.routes[path] = answer

    def paths(self) -> list[str]:
        return [asked.path for asked in self.log]


def served(body: bytes, etag: str = "", date: str = "", ranges: bool = True) -> Route:
    """A file as a good server gives it: conditional requests and ranges are honoured."""

    def answer(asked: Asked) -> Reply:
        marks = {name: value for name, value in (("ETag", etag), ("Last-Modified", date)) if value}
        if (etag and asked.headers.get("if-none-match") == etag) or (
            date and asked.headers.get("if-modified-since") == date
        ):
            return Reply(status=304, headers=marks)
        wanted = asked.headers.get("range")
        if not ranges or not wanted or asked.headers.get("if-range") not in (etag or None, date or None):
            return Reply(body, headers=marks)
        start = int(wanted.removeprefix("bytes=").partition("-")[0])
        if start >= len(body):
            return Reply(status=416, headers={"Content-Range": f"bytes */{len(body)}"})
        told = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}", **marks}
        return Reply(body[start:], 206, told)

    return answer


def _handler(replay: Replay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def do_CONNECT(self) -> None:
            self.note({})
            host, _, port = self.path.rpartition(":")
            with socket.create_connection((host, int(port)), timeout=5) as far:
                self.send_response(200, "Connected")
                self.end_headers()
                back = threading.Thread(target=_pass_on, args=(far, self.connection), daemon=True)
                back.start()
                _pass_on(self.connection, far)
                back.join(1)
            self.close_connection = True

        def note(self, form: dict[str, str]) -> Asked:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(
                self.command,
                parts.netloc or headers.get("host", ""),
                parts.path,
                dict(parse_qsl(parts.query)),
                headers,
                form,
                time.monotonic(),
            )
            replay.log.append(asked)
            return asked

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = self.note(dict(parse_qsl(self.rfile.read(length).decode())))
            route = replay.routes.get(asked.path)
            reply = route(asked) if route else Reply(b"not here", 404)
            if reply.fault == "hang":
                replay.over.wait(5)
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.fault == "endless":
                self.send_header("Connection", "close")
                self.close_connection = True
            elif reply.status != 304:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.send(reply)

        def send(self, reply: Reply) -> None:
            half = reply.body[: len(reply.body) // 2]
            if reply.fault == "slow":
                for at in range(0, len(reply.body), 20_000):
                    self.wfile.write(reply.body[at : at + 20_000])
                    self.wfile.flush()
                    if replay.over.wait(0.05):
                        return
            elif reply.fault in ("reset", "short"):
                self.wfile.write(half)
                self.wfile.flush()
                self.close_connection = True
                if reply.fault == "reset":
                    time.sleep(0.05)  # what was sent should have been read before the connection is torn down
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
            else:
                self.wfile.write(reply.body)

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, ValueError):  # the other side went away
                self.close_connection = True

        def finish(self) -> None:
            try:
                super().finish()
            except (OSError, ValueError):
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Nothing on the screen."""

    return Handler


def _pass_on(near: socket.socket, far: socket.socket) -> None:
    try:
        while block := near.recv(65_536):
            far.sendall(block)
        far.shutdown(socket.SHUT_WR)
    except OSError:
        return
