"""The server around the app: it takes no files, sends its scripts compressed, and asks no other host for its own address.

Streamlit's endpoint for uploads stands open whether or not a page uses it, and its check of a strange origin first asks
a third party under which address this machine is seen, while every viewer waits. It also sends its scripts as they are,
for a proxy to compress; without one a phone waits for four times the bytes. `streamlit run app.py` imports this before the
first request, so all of it holds from the start.
"""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import net_util

UPLOADS = "/_stcore/upload_file"
REFUSAL = "This dashboard takes no files."
SCRIPTS = "/static/"
TEXT = (".js", ".css", ".json", ".svg")
OWN_ADDRESS = "127.0.0.1"  # an origin that is allowed anyway


class NoUploads:
    """Refuses every request to the endpoint for uploads, before any of its body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and UPLOADS in scope["path"]:
            await PlainTextResponse(REFUSAL, status_code=403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


@dataclass
class Whole:
    """A response with all of its body, as it would be sent to whoever takes it as it is."""

    status: int = 0
    headers: MutableHeaders = field(default_factory=MutableHeaders)
    body: bytearray = field(default_factory=bytearray)

    async def take(self, message: Message) -> None:
        """Keep one message of a response."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], MutableHeaders(raw=list(message["headers"]))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def send(self, send: Send) -> None:
        """Send the response, its length as it is now."""
        self.headers["content-length"] = str(len(self.body))
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers.raw})
        await send({"type": "http.response.body", "body": bytes(self.body)})


class Compressed:
    """Sends the app's scripts and styles with gzip, each compressed once and kept: about 7 MB when all were asked for.

    Their names hold a checksum of what they hold, so nothing that is kept can be out of date. A name that is no file is
    answered with the app's page, which is not kept.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._made: dict[str, asyncio.Task[Whole]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _compressible(scope):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path not in self._made:
            self._made[path] = asyncio.create_task(self._make(scope, receive))
        try:
            found = await asyncio.shield(self._made[path])  # who leaves takes it from nobody else
        except Exception:
            self._made.pop(path, None)
            raise
        if "content-encoding" not in found.headers:
            self._made.pop(path, None)
        await found.send(send)

    async def _make(self, scope: Scope, receive: Receive) -> Whole:
        found = Whole()
        await self.app(scope, receive, found.take)
        if found.status == 200 and not found.headers.get("content-type", "").startswith("text/html"):
            found.body = bytearray(await asyncio.to_thread(gzip.compress, found.body, 6, mtime=0))
            found.headers["content-encoding"] = "gzip"
            found.headers["etag"] = f"W/{found.headers['etag']}"  # the same script in other bytes
            found.headers.add_vary_header("Accept-Encoding")
        return found


def _compressible(scope: Scope) -> bool:
    """Whether a request is for the whole of a script or style, by someone who takes gzip."""
    if scope["type"] != "http" or scope["method"] != "GET" or SCRIPTS not in scope["path"]:
        return False
    asked = Headers(scope=scope)
    partly = {"range", "if-none-match", "if-modified-since"} & set(asked.keys())
    return scope["path"].endswith(TEXT) and "gzip" in asked.get("accept-encoding", "") and not partly


def ask_nobody() -> None:
    """Give Streamlit a fixed answer to which address it has; no setting does."""
    net_util._external_ip = net_util._internal_ip = OWN_ADDRESS


def guards() -> list[Middleware]:
    """What stands before every request."""
    ask_nobody()
    return [Middleware(NoUploads), Middleware(Compressed)]
