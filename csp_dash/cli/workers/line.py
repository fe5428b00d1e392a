"""One connection that speaks HTTP/1.1, towards a viewer or towards a server process. No more is read than is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import h11

CHUNK = 64 * 1024
HEAD = 64 * 1024  # bytes that the head of a request or an answer may have
CLOSING = 10.0  # seconds that one direction may go on when the other has ended
Headers = list[tuple[bytes, bytes]]


class Line:
    """A connection with the state of its HTTP. `OSError` and `h11.ProtocolError` mean that it is of no more use."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, role: type[h11.CLIENT | h11.SERVER]):
        self._reader = reader
        self._writer = writer
        self.http = h11.Connection(role, max_incomplete_event_size=HEAD)

    @classmethod
    async def to(cls, port: int) -> Line:
        """A new connection to a server process."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=CHUNK), h11.CLIENT)

    @property
    def address(self) -> str:
        """The address at the other end."""
        peer = self._writer.get_extra_info("peername")
        return str(peer[0]).removeprefix("::ffff:") if peer else ""

    async def next(self) -> h11.Event:
        """What comes next; it is waited for."""
        while not isinstance(event := self.http.next_event(), h11.Event):
            self.http.receive_data(await self._reader.read(CHUNK))
        return event

    async def send(self, event: h11.Event) -> None:
        """Send it, and wait while the other end is slow to take it."""
        data = self.http.send(event)
        if data:
            self._writer.write(data)
            await self._writer.drain()

    def again(self) -> bool:
        """Whether another request may follow on this connection; it is then ready for it."""
        if self.http.our_state is not h11.DONE or self.http.their_state is not h11.DONE:
            return False
        self.http.start_next_cycle()
        return True

    async def drop_rest(self, seconds: float) -> None:
        """Read on for a while and let it go. Closed at once, the system would take back what was just sent."""
        self._writer.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while await self._reader.read(CHUNK):
                    pass

    def close(self) -> None:
        self._writer.close()

    async def copy_to(self, other: Line) -> None:
        """Pass on bytes as they come until there are no more, then say so to the other end."""
        other._writer.write(self.http.trailing_data[0])
        while data := await self._reader.read(CHUNK):
            other._writer.write(data)
            await other._writer.drain()
        other._writer.write_eof()


async def join(one: Line, other: Line) -> None:
    """Pass bytes both ways, untouched, until either side is done or gone."""
    ways = {asyncio.create_task(one.copy_to(other)), asyncio.create_task(other.copy_to(one))}
    try:
        done, left = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        if left and not any(way.exception() for way in done):
            await asyncio.wait(left, timeout=CLOSING)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


def without(headers: Iterable[tuple[bytes, bytes]], *names: bytes) -> Headers:
    """Headers but for those of some names, which are in lower case."""
    return [(name, value) for name, value in headers if name not in names]


def values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    """What the headers of a name say."""
    return [value for key, value in headers if key == name]
