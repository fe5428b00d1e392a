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
    messages: int
    deltas: list[bytes] = field(repr=False)  # the serialised messages that draw something, in order


class Viewer:
    """One open session on one page."""

    def __init__(self, link: websockets.ClientConnection, page: str, prompt: bool, keeps: bool) -> None:
        self._link = link
        self._keeps = keeps
        self._kept: set[str] = set()
        self._page = page
        self._prompt = prompt

    def _acknowledge(self) -> None:
        """Let the system confirm at once what it received. Linux forgets the wish, so it is said for each message."""
        self._link.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    async def run(self, query: str = "") -> Run:
        """Ask for a run of the page and wait for its end; BenchError when the page showed an exception."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = self._page
        asked.rerun_script.cached_message_hashes.extend(self._kept)
        size = messages = 0
        deltas: list[bytes] = []
        start = time.perf_counter()
        await self._link.send(asked.SerializeToString())
        while True:
            if self._prompt:
                self._acknowledge()
            raw = await asyncio.wait_for(self._link.recv(decode=False), PATIENCE)
            size += len(raw)
            messages += 1
            message = ForwardMsg()
            message.ParseFromString(raw)
            kind = message.WhichOneof("type")
            if self._keeps and message.metadata.cacheable:
                self._kept.add(message.hash)
            if kind == "delta":
                deltas.append(raw)
                self._look(message)
            elif kind == "page_not_found":
                raise BenchError(f"The server knows no page '{self._page}'.")
            elif kind == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return Run(time.perf_counter() - start, size, messages, deltas)
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise BenchError(f"The script of page '{self._page}' could not be compiled.")

    def _look(self, message: ForwardMsg) -> None:
        if message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise BenchError(f"Page '{self._page}' showed {element.exception.type}: {element.exception.message}")


@asynccontextmanager
async def viewer(port: int, page: str, *, prompt: bool = False, keeps: bool = False) -> AsyncIterator[Viewer]:
    """Open a session on a page. The first page of the menu answers at the empty name.

    A server that gathers small packets waits for the viewer's acknowledgement of the one before, which Linux
    holds back for 40 ms: no time of the script, and there or not by chance. A `prompt` viewer acknowledges at once.
    One that `keeps` says which large messages it has already, as a browser does, and is sent a reference to them.
    """
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    origin = websockets.Origin(f"http://127.0.0.1:{port}")
    async with websockets.connect(
        address, subprotocols=[websockets.Subprotocol("streamlit")], origin=origin, max_size=None, proxy=None
    ) as link:
        yield Viewer(link, page, prompt and hasattr(socket, "TCP_QUICKACK"), keeps)


async def load(port: int, page: str, viewers: int, seconds: float) -> tuple[list[float], float]:
    """Viewers that ask for run after run. Gives the latency of each run and the time that all of them took together."""
    ready = asyncio.Barrier(viewers)

    async def ask() -> tuple[list[float], float, float]:
        async with viewer(port, page) as one:
            await one.run()
            await one.run()
            await ready.wait()
            begun = time.perf_counter()
            taken = []
            while time.perf_counter() - begun < seconds:
                taken.append((await one.run()).seconds)
            return taken, begun, time.perf_counter()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask()) for _ in range(viewers)]
    done = [task.result() for task in tasks]
    wall = max(end for _, _, end in done) - min(begun for _, begun, _ in done)
    return [latency for taken, _, _ in done for latency in taken], wall
