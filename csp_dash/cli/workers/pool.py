"""The server processes: started, watched, started again when one ends, and stopped together."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from csp_dash.cli.workers.worker import LAST_WORDS

LOOK = 0.2  # seconds between two looks whether a new process answers
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a process that ended is started again
STEADY = 60.0  # seconds after which a process that ends is no sign of one that cannot start
EXPECTED = 10.0  # seconds in which a page that was handed out opens its session
HEALTH = b"GET /_stcore/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@dataclass(eq=False)
class Worker:
    """A place for a server process. `load` counts the open sessions, and pages handed out whose session is to come."""

    name: str
    port: int = 0
    ready: bool = False
    load: int = 0
    turn: int = 0  # when it was last chosen, so that equals take turns

    def expect(self) -> None:
        """Count a page that was handed out, until its session has opened or will not come."""
        self.load += 1
        asyncio.get_running_loop().call_later(EXPECTED, self._forget)

    def _forget(self) -> None:
        self.load -= 1


class Pool:
    """Runs a command with a port as its last word but one, in as many processes as asked, while the `async with` lasts."""

    def __init__(self, number: int, command: Sequence[str], script: str) -> None:
        self.workers = [Worker(str(place)) for place in range(number)]
        self._command = command
        self._script = script
        self.some = asyncio.Event()
        self._turns = count(1)
        self._running: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Pool:
        self._running = [asyncio.create_task(self._keep(worker)) for worker in self.workers]
        return self

    async def __aexit__(self, *fault: object) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def choose(self, name: str | None, patience: float) -> Worker | None:
        """The worker of a name, or where it is gone the one with the fewest sessions; None where all are gone for long."""
        try:
            async with asyncio.timeout(patience):
                await self.some.wait()
        except TimeoutError:
            return None
        ready = [worker for worker in self.workers if worker.ready]
        named = [worker for worker in ready if worker.name == name]
        chosen = named[0] if named else min(ready, key=lambda worker: (worker.load, worker.turn))
        chosen.turn = next(self._turns)
        return chosen

    def others(self, than: Worker) -> list[Worker]:
        """All that answer but one."""
        return [worker for worker in self.workers if worker.ready and worker is not than]

    def lost(self, worker: Worker) -> None:
        """Send nobody to a worker until it answers again."""
        worker.ready = False
        if not any(one.ready for one in self.workers):
            self.some.clear()

    async def _keep(self, worker: Worker) -> None:
        """Keep a process for a worker alive until this task is cancelled."""
        pause = FIRST_PAUSE
        while True:
            begun = time.monotonic()
            status = await self._run(worker)
            pause = FIRST_PAUSE if time.monotonic() - begun > STEADY else pause
            say(f"Server process {worker.name} ended by itself ({status}); it starts again in {pause:.0f} s.")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _run(self, worker: Worker) -> int:
        """Run one process until it ends; its exit status."""
        worker.port = _free_port()
        process = await asyncio.create_subprocess_exec(
            *self._command,
            str(worker.port),
            self._script,
            stdin=subprocess.PIPE,  # closed when this process has gone, which ends the other
            stdout=subprocess.DEVNULL,  # where Streamlit prints the address of one process as if it were that of all
            start_new_session=True,  # Ctrl+C is for this process, which ends the others
        )
        looking = asyncio.create_task(self._look(worker))
        try:
            return await process.wait()
        except asyncio.CancelledError:
            await _stop(process)
            raise
        finally:
            looking.cancel()
            self.lost(worker)

    async def _look(self, worker: Worker) -> None:
        """Look again and again whether a process that nobody is sent to answers."""
        while True:
            if not worker.ready and await _answers(worker.port):
                worker.ready = True
                self.some.set()
            await asyncio.sleep(LOOK)


async def _stop(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(LAST_WORDS + 2):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _answers(port: int) -> bool:
    """Whether a server answers on a port: it listens there before it can answer."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(HEALTH)
        return (await reader.read(12)).startswith(b"HTTP/1.1 ")
    except OSError:
        return False
    finally:
        writer.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def say(sentence: str) -> None:
    """To the log."""
    print(sentence, file=sys.stderr, flush=True)
