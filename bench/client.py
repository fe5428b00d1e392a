"""Viewers over Streamlit's own websocket protocol: ask for a run, wait until the script has finished."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.server import BenchError

PATIENCE = 60.0  # seconds that one run may take


@dataclass(frozen=True)
class Run:
    """One run as the viewer saw it. `seconds` is from the request to the word that the script has finished."""

    seconds: float
    size: int  # bytes received
    deltas: list[bytes] = field(repr=False)  # the serialised messages that draw something, in order


class Viewer:
    """One open session on one page."""

    def __init__(self, link: websockets.ClientConnection, page: str) -> None:
        self._link = link
        self._page = page

    def _acknowledge(self) -> None:
        """Let the system confirm at once what it received. Linux forgets the wish, so it is said for each message.

        A server that gathers small packets waits for the viewer's acknowledgement of the one before, which Linux holds
        back for 40 ms: no time of the script, and there or not by chance.
        """
        if hasattr(socket, "TCP_QUICKACK"):
            self._link.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    async def run(self, query: str = "", page: str | None = None) -> Run:
        """Ask for a run of the page, or of another, and wait for its end; BenchError when it showed an exception."""
        self._page = self._page if page is None else page
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = self._page
        size = 0
        deltas: list[bytes] = []
        start = time.perf_counter()
        await self._link.send(asked.SerializeToString())
        while True:
            self._acknowledge()
            async with asyncio.timeout(PATIENCE):
                raw = await self._link.recv(decode=False)
            size += len(raw)
            message = ForwardMsg()
            message.ParseFromString(raw)
            kind = message.WhichOneof("type")
            if kind == "delta":
                deltas.append(raw)
                self._look(message)
            elif kind == "page_not_found":
                raise BenchError(f"The server knows no page '{self._page}'.")
            elif kind == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return Run(time.perf_counter() - start, size, deltas)
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise BenchError(f"The script of page '{self._page}' could not be compiled.")

    def _look(self, message: ForwardMsg) -> None:
        if message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise BenchError(f"Page '{self._page}' showed {element.exception.type}: {element.exception.message}")


@asynccontextmanager
async def viewer(port: int, page: str) -> AsyncIterator[Viewer]:
    """Open a session on a page. The first page of the menu answers at the empty name."""
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    origin = websockets.Origin(f"http://127.0.0.1:{port}")
    async with websockets.connect(
        address, subprotocols=[websockets.Subprotocol("streamlit")], origin=origin, max_size=None, proxy=None
    ) as link:
        yield Viewer(link, page)
