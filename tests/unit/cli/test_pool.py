"""The server processes of a pool, with small ones in their place: started, started again, and none left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import pytest
from support import ROOT

from csp_dash.cli.workers import pool
from csp_dash.cli.workers.pool import Pool

SMALL = """
import http.server, os, sys, threading

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        if self.path == "/fall":
            os._exit(3)
        body = str(os.getpid()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass

def end():
    while os.read(0, 1):
        pass
    os._exit(0)

threading.Thread(target=end, daemon=True).start()
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
BROKEN = "import sys; sys.exit(5)"


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)


async def ask(port: int, path: str = "/") -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    return answer.rpartition("\r\n")[2]


def small(number: int, script: str = SMALL) -> Pool:
    return Pool(number, (sys.executable, "-c", script), "app.py")


def with_pool(made: Pool, run: Callable[[], Awaitable[None]]) -> None:
    async def inside() -> None:
        async with made:
            await run()

    asyncio.run(inside())


def test_each_worker_is_a_process_and_all_are_gone_afterwards():
    made, found = small(3), set[int]()

    async def run() -> None:
        await until(lambda: all(worker.ready for worker in made.workers))
        found.update([int(await ask(worker.port)) for worker in made.workers])

    with_pool(made, run)
    assert len(found) == 3 and not any(listens(worker.port) for worker in made.workers)


def test_a_process_that_ends_is_said_and_started_again(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pool, "FIRST_PAUSE", 0.01)
    made = small(2)

    async def run() -> None:
        await until(lambda: all(worker.ready for worker in made.workers))
        first, other = made.workers
        before = await ask(first.port), await ask(other.port)
        await ask(first.port, "/fall")
        await until(lambda: not first.ready)
        assert await made.choose("0", 1) is other, "nobody is sent to it"
        await until(lambda: first.ready)
        assert await ask(first.port) != before[0] and await ask(other.port) == before[1]
        assert await made.choose("0", 1) is first

    with_pool(made, run)
    assert "Server process 0 ended by itself (3)" in capfd.readouterr().err


def test_one_that_cannot_start_is_tried_at_longer_and_longer_intervals(monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []
    monkeypatch.setattr(pool, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(pool, "LONGEST_PAUSE", 0.004)
    monkeypatch.setattr(pool, "say", said.append)
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        if seconds != pool.LOOK:
            pauses.append(seconds)
        await sleep(seconds)

    made = small(1, BROKEN)

    async def run() -> None:
        monkeypatch.setattr(pool.asyncio, "sleep", noted)
        async with asyncio.timeout(60):
            while len(said) < 4:
                await sleep(0.02)
        assert await made.choose(None, 0.01) is None

    with_pool(made, run)
    assert pauses[:4] == [0.001, 0.002, 0.004, 0.004]
    assert "(5)" in said[0]


KEPT = """
import asyncio, sys
from csp_dash.cli.workers.pool import Pool

async def run():
    pool = Pool(2, (sys.executable, "-c", sys.argv[1]), "app.py")
    async with pool:
        while not all(worker.ready for worker in pool.workers):
            await asyncio.sleep(0.02)
        print(*(worker.port for worker in pool.workers), flush=True)
        await asyncio.Event().wait()

asyncio.run(run())
"""


def test_no_process_outlives_a_parent_that_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", KEPT, SMALL], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    ports = [int(port) for port in parent.stdout.readline().split()]
    assert len(ports) == 2 and all(map(listens, ports))
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 30
    while any(map(listens, ports)):
        assert time.monotonic() < deadline, "a process outlives its parent"
        time.sleep(0.05)
