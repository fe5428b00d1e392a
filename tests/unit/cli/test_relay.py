"""The relay before server processes: who is brought where, and what becomes of connections that go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from csp_dash.cli.workers import line, relay
from csp_dash.cli.workers.pool import Pool, Worker
from csp_dash.cli.workers.relay import COOKIE, NO_FILES, NOBODY, Relay
from csp_dash.ui.server import REFUSAL

PAGE = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nhi"
MISSING = b"HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nno"
FILE = b"HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ntransfer-encoding: chunked\r\n\r\n3\r\na,b\r\n0\r\n\r\n"
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n"
HELLO = b"GET /_stcore/stream HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
BIG = 64 * 1024 * 1024
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Fake:
    """A server process that is none: it keeps the heads that it was sent and answers as told."""

    answer: bytes = PAGE
    heads: list[str] = field(default_factory=list)
    session: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]] | None = None
    written: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            if "websocket" in self.heads[-1] and self.session:
                writer.write(SWITCH)
                await self.session(reader, writer)
            else:
                writer.write(self.answer)
                await writer.drain()
        except OSError:
            pass  # the relay hung up
        finally:
            writer.close()


@dataclass
class House:
    """A relay with fakes behind it, and the way in."""

    pool: Pool
    fakes: list[Fake]
    doors: list[asyncio.Server]
    port: int

    async def enter(self) -> Streams:
        return await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)

    async def ask(self, target: str = "/", *headers: str, method: str = "GET", body: bytes = b"") -> str:
        """All that comes back for one request."""
        reader, writer = await self.enter()
        head = "\r\n".join([f"{method} {target} HTTP/1.1", "Host: x", "Connection: close", *headers])
        writer.write(f"{head}\r\n\r\n".encode() + body)
        answer = await reader.read()
        writer.close()
        return answer.decode()

    async def open_session(self, *headers: str) -> Streams:
        """A websocket's connection, after its handshake."""
        reader, writer = await self.enter()
        writer.write(HELLO + "".join(f"{header}\r\n" for header in headers).encode() + b"\r\n")
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        return reader, writer

    def end(self, number: int) -> None:
        """A process ends, as the pool will see."""
        self.doors[number].close()

    def counts(self) -> list[int]:
        return [len(fake.heads) for fake in self.fakes]


@asynccontextmanager
async def house(*fakes: Fake) -> AsyncIterator[House]:
    pool = Pool(len(fakes), (), "")
    doors = []
    for worker, fake in zip(pool.workers, fakes, strict=True):
        doors.append(await asyncio.start_server(fake.serve, "127.0.0.1", 0, limit=2**20))
        worker.port, worker.ready = doors[-1].sockets[0].getsockname()[1], True
    pool.some.set()
    served = Relay(pool)
    front = await asyncio.start_server(served.accept, "127.0.0.1", 0, limit=line.CHUNK)
    try:
        yield House(pool, list(fakes), doors, front.sockets[0].getsockname()[1])
    finally:
        front.close()
        await served.close()
        for door in doors:
            door.close()


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


def of(number: int) -> str:
    return f"Cookie: theme=dark; {COOKIE}={number}; last=1"


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def stay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_cookie_brings_every_request_to_the_same_worker(number: int):
    async def run() -> None:
        async with house(Fake(), Fake(), Fake()) as home:
            for target in ("/", "/media/a.csv", "/_stcore/health"):
                assert "hi" in await home.ask(target, of(number))
            assert home.counts() == [3 * (place == number) for place in range(3)]

    asyncio.run(run())


def test_the_first_page_says_in_a_cookie_whose_it_is_and_others_do_not():
    async def run() -> None:
        async with house(Fake(), Fake(FILE)) as home:
            first = await home.ask()
            assert f"set-cookie: {COOKIE}=0; HttpOnly; Path=/; SameSite=Lax" in first
            assert "set-cookie" not in await home.ask("/", of(0)), "who has it is not told again"
            assert "set-cookie" not in await home.ask("/a.csv", of(1)), "only a page gives it"

    asyncio.run(run())


def test_many_peoples_requests_over_one_connection_go_each_to_its_own_worker():
    async def run() -> None:
        async with house(Fake(), Fake()) as home:
            reader, writer = await home.enter()
            for number in (0, 1, 1, 0, 1):
                writer.write(f"GET /{number} HTTP/1.1\r\nHost: x\r\n{of(number)}\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                assert b"connection: close" not in head.lower() and await reader.readexactly(2) == b"hi"
            writer.close()
            for number, fake in enumerate(home.fakes):
                assert {head.split()[1] for head in fake.heads} == {f"/{number}"}

    asyncio.run(run())


def test_requests_sent_before_their_answers_are_answered_in_order():
    async def run() -> None:
        async with house(Fake(FILE), Fake(PAGE)) as home:
            reader, writer = await home.enter()
            writer.write(
                b"".join(f"GET / HTTP/1.1\r\nHost: x\r\n{of(number)}\r\n\r\n".encode() for number in (0, 1, 0))
            )
            writer.write_eof()
            answer = (await reader.read()).decode()
            assert answer.index("a,b") < answer.index("hi") < answer.rindex("a,b")

    asyncio.run(run())


def test_new_sessions_go_where_fewest_are():
    async def run() -> None:
        async with house(Fake(session=stay), Fake(session=stay), Fake(session=stay)) as home:
            kept = [await home.open_session(of(0)), await home.open_session(of(0)), await home.open_session(of(2))]
            kept += [await home.open_session() for _ in range(6)]
            assert home.counts() == [3, 3, 3]
            for _, writer in kept[:2]:  # those of the first worker leave
                writer.close()
            await until(lambda: home.pool.workers[0].load == 1)
            kept += [await home.open_session(), await home.open_session()]
            assert home.counts() == [5, 3, 3]

    asyncio.run(run())


def test_pages_handed_out_at_once_are_shared_out_before_their_sessions_open():
    async def run() -> None:
        async with house(Fake(), Fake()) as home:
            await asyncio.gather(*(home.ask() for _ in range(10)))
            assert home.counts() == [5, 5]

    asyncio.run(run())


@pytest.mark.parametrize("cookie", [(), (of(0),), (of(7),)], ids=["none", "another's", "nobody's"])
def test_a_download_is_looked_for_in_all_workers(cookie: tuple[str, ...]):
    async def run() -> None:
        async with house(Fake(MISSING), Fake(MISSING), Fake(FILE)) as home:
            for _ in range(3):
                assert "a,b" in await home.ask("/media/x.csv", *cookie)
            home.fakes[2].answer = MISSING
            assert " 404 " in (await home.ask("/media/x.csv", *cookie)).splitlines()[0]

    asyncio.run(run())


def test_what_is_missing_elsewhere_is_missing():
    async def run() -> None:
        async with house(Fake(MISSING), Fake(PAGE)) as home:
            assert " 404 " in await home.ask("/else", of(0))
            assert home.counts() == [1, 0]

    asyncio.run(run())


def test_viewers_of_a_worker_that_has_gone_get_another_until_it_is_back():
    async def run() -> None:
        async with house(Fake(session=echo), Fake(session=echo)) as home:
            home.end(0)
            assert f"{COOKIE}=1" in await home.ask("/", of(0)), "and its page says where it is now"
            _, writer = await home.open_session(of(0))
            assert home.counts() == [0, 2] and not home.pool.workers[0].ready
            writer.close()
            door = await asyncio.start_server(home.fakes[0].serve, "127.0.0.1", 0)
            home.pool.workers[0].port, home.pool.workers[0].ready = door.sockets[0].getsockname()[1], True
            await home.ask("/", of(0))
            assert home.counts() == [1, 2]
            door.close()

    asyncio.run(run())


def test_a_request_that_a_worker_leaves_unanswered_is_put_to_another_unless_it_changes_something():
    async def run() -> None:
        async with house(Fake(b""), Fake(PAGE)) as home:
            assert "hi" in await home.ask("/", of(0))
            home.pool.workers[0].ready = True
            assert NOBODY in await home.ask("/", of(0), method="DELETE")
            assert home.counts() == [2, 1]

    asyncio.run(run())


def test_one_request_does_not_end_all_workers():
    async def run() -> None:
        async with house(*(Fake(b"") for _ in range(6))) as home:
            assert NOBODY in await home.ask()
            assert sum(home.counts()) == relay.TRIES

    asyncio.run(run())


def test_while_no_worker_answers_requests_wait(monkeypatch: pytest.MonkeyPatch):
    async def run() -> None:
        async with house(Fake()) as home:
            home.pool.lost(home.pool.workers[0])
            arrived, choose = asyncio.Event(), home.pool.choose

            async def chosen(*given: Any) -> Worker | None:
                arrived.set()
                return await choose(*given)

            monkeypatch.setattr(home.pool, "choose", chosen)
            asked = asyncio.create_task(home.ask())
            await arrived.wait()
            assert not asked.done() and home.counts() == [0]
            home.pool.workers[0].ready = True
            home.pool.some.set()
            assert "hi" in await asked
            home.pool.lost(home.pool.workers[0])
            monkeypatch.setattr(relay, "PATIENCE", 0.01)
            answer = await home.ask()
            assert " 503 " in answer and NOBODY in answer

    asyncio.run(run())


def test_a_session_passes_untouched_and_each_side_may_end_its_half_first():
    async def run() -> None:
        async def last_word(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"heard " + await reader.read())

        async with house(Fake(session=last_word), Fake(session=echo)) as home:
            reader, writer = await home.open_session(of(0))
            writer.write(b"\x00\xff bytes")
            writer.write_eof()
            assert await reader.read() == b"heard \x00\xff bytes"
            reader, writer = await home.open_session(of(1))
            sent = bytes(range(256)) * 4096
            writer.write(sent)
            assert await reader.readexactly(len(sent)) == sent
            writer.close()
            await until(lambda: home.pool.workers[1].load == 0)

    asyncio.run(run())


def test_a_session_ends_for_the_viewer_when_its_worker_ends():
    async def run() -> None:
        async def fall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readexactly(1)
            writer.transport.abort()

        async with house(Fake(session=fall)) as home:
            reader, writer = await home.open_session()
            writer.write(b"x")
            async with asyncio.timeout(20):
                assert await reader.read() == b""

    asyncio.run(run())


@pytest.mark.parametrize("session", [False, True], ids=["a download", "a session"])
def test_a_slow_reader_holds_up_its_worker_and_not_the_memory(session: bool):
    async def run() -> None:
        fake = Fake()

        async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while fake.written < BIG:
                writer.write(b"x" * 65536)
                fake.written += 65536
                await writer.drain()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(SWITCH if session else f"HTTP/1.1 200 OK\r\ncontent-length: {BIG}\r\n\r\n".encode())
            await pour(reader, writer)
            writer.close()

        fake.serve = serve  # type: ignore[method-assign]
        async with house(fake) as home:
            reader, writer = await asyncio.open_connection("127.0.0.1", home.port, limit=4096)
            writer.write((HELLO if session else b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n") + b"\r\n")
            before = -1
            while before != fake.written or not fake.written:  # until nothing moves any more
                before = fake.written
                await asyncio.sleep(0.2)
            assert 0 < fake.written < BIG / 2, "what the system's own buffers hold"
            await reader.readuntil(b"\r\n\r\n")
            rest = 0
            while data := await reader.read(2**20):
                rest += len(data)
            assert rest == BIG

    asyncio.run(run())


def test_an_answer_that_is_cut_short_is_not_taken_for_whole():
    async def run() -> None:
        async with house(Fake(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"), Fake()) as home:
            reader, writer = await home.enter()
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            with pytest.raises(asyncio.IncompleteReadError):
                await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(100)
            assert home.counts() == [1, 0], "what has begun is not begun again"

    asyncio.run(run())


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"x" * (2 * line.HEAD) + b"\r\n\r\n", b" 431 "),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", b" 400 "),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b" 400 "),
    ],
    ids=["oversize", "two lengths", "TLS"],
)
def test_a_head_that_cannot_be_read_is_refused_and_reaches_nobody(sent: bytes, status: bytes):
    async def run() -> None:
        async with house(Fake()) as home:
            reader, writer = await home.enter()
            writer.write(sent)
            assert status in (await reader.read()).splitlines()[0]
            assert home.counts() == [0]

    asyncio.run(run())


def test_who_says_nothing_is_not_kept(monkeypatch: pytest.MonkeyPatch):
    async def run() -> None:
        async with house(Fake()) as home:
            for said in (b"", b"GET / HT"):
                reader, writer = await home.enter()
                writer.write(said)
                async with asyncio.timeout(20):
                    assert await reader.read() == b""

    monkeypatch.setattr(relay, "FIRST_REQUEST", 0.05)
    asyncio.run(run())


@pytest.mark.parametrize("chunked", [False, True])
def test_a_request_that_brings_something_is_refused_in_the_servers_words(chunked: bool):
    async def run() -> None:
        async with house(Fake()) as home:
            body = b"x" * 300_000
            header = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
            sent = b"493e0\r\n" + body + b"\r\n0\r\n\r\n" if chunked else body
            answer = await home.ask("/_stcore/upload_file/a/b", header, method="POST", body=sent)
            assert " 403 " in answer and answer.endswith(NO_FILES)
            assert home.counts() == [0]

    assert NO_FILES == REFUSAL
    asyncio.run(run())


def test_a_worker_is_told_whose_request_it_is_and_the_rest_as_it_came():
    async def run() -> None:
        async with house(Fake()) as home:
            await home.ask("/a?b=%20c", "X-Forwarded-For: 10.1.1.1", "Range: bytes=0-3", "Keep-Alive: 5")
            head = home.fakes[0].heads[0].lower()
            assert head.startswith("get /a?b=%20c http/1.1\r\n") and "range: bytes=0-3" in head and "host: x" in head
            assert "x-forwarded-for: 10.1.1.1, 127.0.0.1\r\n" in head
            assert head.count("connection:") == 1 and "connection: close" in head and "keep-alive" not in head

    asyncio.run(run())


def test_a_client_of_the_old_protocol_is_answered_and_its_connection_ended():
    async def run() -> None:
        async with house(Fake(FILE)) as home:
            reader, writer = await home.enter()
            writer.write(b"GET /_stcore/health HTTP/1.0\r\n\r\n")
            answer = await reader.read()
            assert b" 200 " in answer and answer.endswith(b"\r\n\r\na,b"), "and not in chunks, which it does not know"
            assert home.pool.workers[0].ready

    asyncio.run(run())


def test_a_word_before_the_answer_is_not_taken_for_it():
    async def run() -> None:
        async with house(Fake(b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + PAGE)) as home:
            assert (await home.ask()).startswith("HTTP/1.1 200 ")

    asyncio.run(run())
