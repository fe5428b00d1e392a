"""The dashboard in two server processes behind one port: sessions apart, downloads found, nothing left when it is stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from support import ROOT
from support.servers import until_healthy

from bench.client import Run, viewer
from bench.server import free_port
from csp_dash.cli.serve import APP
from csp_dash.cli.workers.__main__ import SERVER
from csp_dash.cli.workers.line import CHUNK
from csp_dash.cli.workers.pool import Pool
from csp_dash.cli.workers.relay import COOKIE, Relay


def offered(run: Run) -> str:
    """The address of a file that a page offers."""
    for raw in run.deltas:
        element = ForwardMsg.FromString(raw).delta.new_element
        if element.WhichOneof("type") == "download_button" and element.download_button.url:
            return element.download_button.url
    raise AssertionError("the page offers no file that is ready")


async def get(port: int, path: str, cookie: str = "") -> tuple[str, bytes]:
    """First line and body of an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{cookie}\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return head.decode().splitlines()[0], body


def test_two_sessions_are_on_two_workers_and_each_gets_its_own_download():
    async def run() -> None:
        async with Pool(2, SERVER, APP) as pool:
            async with asyncio.timeout(120):
                while not all(worker.ready for worker in pool.workers):
                    await asyncio.sleep(0.1)
            relay = Relay(pool)
            front = await asyncio.start_server(relay.accept, "127.0.0.1", 0, limit=CHUNK)
            port = front.sockets[0].getsockname()[1]
            first, second = pool.workers
            async with viewer(port, "plan") as one, viewer(port, "methods") as other:
                assert (first.load, second.load) == (1, 1)
                for page, part, mine, theirs in ((one, "checked", first, second), (other, "measures", second, first)):
                    url = offered(await page.run(f"part={part}"))
                    assert " 404 " in (await get(theirs.port, url))[0], "kept by one process only"
                    status, file = await get(mine.port, url)
                    assert " 200 " in status and len(file) > 100
                    for cookie in ("", f"Cookie: {COOKIE}=0\r\n", f"Cookie: {COOKIE}=1\r\n"):
                        assert await get(port, url, cookie) == (status, file)
            front.close()
            await relay.close()

    asyncio.run(run())


def children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [int(own) for own, parent, state in rows if int(parent) == pid and not state.startswith("Z")]


def running(pid: int) -> bool:
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(listed) and not listed.startswith("Z")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, Path]]:
    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "csp_dash", "serve", "--port", str(port), "--workers", "2"],
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    until_healthy(process, port, log)
    yield process, port, log
    process.kill()
    process.wait()


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda by: by.name)
def test_however_it_ends_all_of_it_ends_also_with_viewers(
    served: tuple[subprocess.Popen[bytes], int, Path], by: signal.Signals
):
    process, port, log = served
    workers = children(process.pid)
    assert len(workers) == 2

    async def leave() -> None:
        async with viewer(port, "plan") as one:
            await one.run()
            os.kill(process.pid, by)
            assert await asyncio.to_thread(process.wait, 60) == (-by if by is signal.SIGKILL else 0)

    asyncio.run(leave())
    deadline = time.monotonic() + 60
    while any(map(running, workers)):
        assert time.monotonic() < deadline, "a worker outlives the relay"
        time.sleep(0.1)
    assert "Traceback" not in log.read_text(), log.read_text()
