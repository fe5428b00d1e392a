"""Brings each viewer to one server process, and back to the same.

Every request's head is read, also the later ones of a connection: a proxy in front sends those of many people over one. A
cookie names the process that a browser's session is in; who has none gets the one with the fewest sessions. A download is
kept by the process whose session offered it, so one that is not found is looked for in the others. A session's
websocket is passed on untouched.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from http import HTTPStatus

import h11

from csp_dash.cli.workers.line import Line, join, values, without
from csp_dash.cli.workers.pool import Pool, Worker

COOKIE = "csp_dash_worker"
NAMED = re.compile(rf"(?:^|;)\s*{COOKIE}=(\w+)".encode())
FIRST_REQUEST = 15.0  # seconds from a connection to its first request
NEXT_REQUEST = 75.0  # and to each one after it; proxies keep a connection for 60 s
PATIENCE = 60.0  # seconds that a request waits while no server process answers
LINGER = 2.0  # seconds for the rest of a request that was answered before it ended
TRIES = (
    3  # workers that a request is given to when they end before they answer; more would let one request end them all
)
OF_ONE_LINE = (b"connection", b"keep-alive", b"proxy-connection", b"upgrade")  # headers that are no word to the next
NOBODY = "The dashboard is starting again. Try once more in a minute."
NO_FILES = "This dashboard takes no files."  # nor anything else: no page of it reads the body of a request
UNREADABLE = "This request could not be read."
FAULTS = (OSError, h11.ProtocolError, TimeoutError)
Answer = h11.Response | h11.InformationalResponse


class Gone(OSError):
    """A server process closed a connection before it had answered."""


class Relay:
    """Serves connections from the workers of a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._open: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a new connection."""
        task = asyncio.create_task(self._serve(Line(reader, writer, h11.SERVER)))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def close(self) -> None:
        """End all connections."""
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, viewer: Line) -> None:
        patience = FIRST_REQUEST
        try:
            while True:
                async with asyncio.timeout(patience):
                    request = await viewer.next()
                if not isinstance(request, h11.Request):
                    break
                await Exchange(self._pool, viewer, request).carry_out()
                if not viewer.again():
                    break
                patience = NEXT_REQUEST
        except h11.RemoteProtocolError as fault:
            with suppress(*FAULTS):
                await _refuse(viewer, HTTPStatus(fault.error_status_hint), UNREADABLE)
        except FAULTS:
            pass  # gone, silent or confused: there is nobody to tell
        finally:
            viewer.close()


class Exchange:
    """One request and its answer."""

    def __init__(self, pool: Pool, viewer: Line, request: h11.Request) -> None:
        self._pool = pool
        self._viewer = viewer
        self._request = request
        headers = request.headers
        found = NAMED.search(b";".join(values(headers, b"cookie")))
        self._named = found[1].decode() if found else None
        self._brings = bool(values(headers, b"transfer-encoding")) or values(headers, b"content-length") not in (
            [],
            [b"0"],
        )
        self._session = b"websocket" in [value.lower() for value in values(headers, b"upgrade")]
        self._harmless = request.method in (b"GET", b"HEAD")
        self._offered = self._harmless and b"/media/" in request.target

    async def carry_out(self) -> None:
        """Have it answered by a worker; by another where one ends before it has answered."""
        if self._brings:
            return await _refuse(self._viewer, HTTPStatus.FORBIDDEN, NO_FILES)
        await self._viewer.next()  # the end of the request, which is here already
        for _ in range(TRIES if self._harmless else 1):
            worker = await self._pool.choose(self._named, PATIENCE)
            if worker is None:
                break
            worker.load += self._session
            try:
                server, answer = await self._ask(worker)
                try:
                    return await self._pass_on(worker, server, answer)
                finally:
                    server.close()
            except Gone:
                self._pool.lost(worker)
            finally:
                worker.load -= self._session
        await _refuse(self._viewer, HTTPStatus.SERVICE_UNAVAILABLE, NOBODY)

    async def _ask(self, worker: Worker) -> tuple[Line, Answer]:
        """A worker's answer, or of a download that it does not know that of another which does."""
        server, answer = await self._put(worker)
        if self._offered and answer.status_code == HTTPStatus.NOT_FOUND:
            for other in self._pool.others(worker):
                with suppress(Gone):
                    second, found = await self._put(other)
                    if found.status_code != HTTPStatus.NOT_FOUND:
                        server.close()
                        return second, found
                    second.close()
        return server, answer

    async def _put(self, worker: Worker) -> tuple[Line, Answer]:
        """The request to one worker on a new connection, and the head of what it answers; Gone where it does not."""
        request = self._as_passed_on()
        try:
            server = await Line.to(worker.port)
        except OSError as fault:
            raise Gone from fault
        try:
            await server.send(request)
            await server.send(h11.EndOfMessage())
            answer = await server.next()
            while (
                isinstance(answer, h11.InformationalResponse) and answer.status_code != HTTPStatus.SWITCHING_PROTOCOLS
            ):
                answer = await server.next()
            assert isinstance(answer, Answer)
        except FAULTS as fault:
            server.close()
            raise Gone from fault
        except BaseException:
            server.close()
            raise
        return server, answer

    def _as_passed_on(self) -> h11.Request:
        """The request with whose it is, for one connection: the worker closes it, or makes it a session's."""
        given = self._request.headers
        way = b", ".join([*values(given, b"x-forwarded-for"), self._viewer.address.encode()])
        headers = [*without(given, *OF_ONE_LINE, b"x-forwarded-for"), (b"x-forwarded-for", way)]
        if not values(given, b"host"):  # an old client, or a proxy that looks whether this is alive
            headers.append((b"host", b"localhost"))
        if self._session:
            headers += [(b"connection", b"Upgrade"), (b"upgrade", b"websocket")]
        else:
            headers += [(b"connection", b"close")]
        return h11.Request(method=self._request.method, target=self._request.target, headers=headers)

    async def _pass_on(self, worker: Worker, server: Line, answer: Answer) -> None:
        """What the worker answers, to the viewer."""
        if isinstance(answer, h11.InformationalResponse):
            await self._viewer.send(answer)
            return await join(self._viewer, server)
        headers = without(answer.headers, *OF_ONE_LINE)
        page = any(value.startswith(b"text/html") for value in values(headers, b"content-type"))
        if page and self._named != worker.name:
            headers += [(b"set-cookie", f"{COOKIE}={worker.name}; HttpOnly; Path=/; SameSite=Lax".encode())]
            worker.expect()
        await self._viewer.send(h11.Response(status_code=answer.status_code, headers=headers, reason=answer.reason))
        while True:
            try:
                part = await server.next()
            except h11.RemoteProtocolError as fault:  # an answer that is cut short
                raise ConnectionError from fault
            assert isinstance(part, h11.Data | h11.EndOfMessage)
            await self._viewer.send(part)
            if isinstance(part, h11.EndOfMessage):
                return


async def _refuse(viewer: Line, status: HTTPStatus, sentence: str) -> None:
    """Answer in a sentence and take no more of this connection."""
    if viewer.http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
        return
    text = sentence.encode()
    headers = [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", str(len(text))),
        ("connection", "close"),
    ]
    await viewer.send(h11.Response(status_code=status, headers=headers, reason=status.phrase))
    await viewer.send(h11.Data(data=text))
    await viewer.send(h11.EndOfMessage())
    await viewer.drop_rest(LINGER)
