"""Crowds: viewers who open pages and read them, half of them with filters of their own in a mixed one."""

from __future__ import annotations

import asyncio
import math
import random
import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bench.client import viewer
from bench.server import Server
from bench.views import FIXED, address, own_view

SIZES = {10: 12.0, 50: 12.0, 100: 12.0, 200: 18.0}
"""Seconds that a crowd of so many viewers is watched."""
THINK = 5.0  # seconds that a viewer reads, in the mean
QUIET = 0.2  # processors in use below which a server has nothing left to do
REST = 15.0  # seconds that it may take to get there


@dataclass(frozen=True)
class Crowd:
    """Visits that ended in time, visits a second, and the waiting in seconds: those that had not ended count with what
    they had waited by then, so the last figures of a server that cannot keep up are too low. `memory` in MB."""

    server: str
    mixed: bool
    viewers: int
    visits: int
    rate: float
    median: float
    late: float  # the 95th percentile
    unended: int
    failed: int
    memory: float


async def acquaint(server: Server, pages: Sequence[str], processes: int) -> None:
    """Show every page once in each of a server's processes. Open sessions are shared out among those that have started,
    so those of a second round, beside the first, go to the ones that started last."""
    async with AsyncExitStack() as stack:
        for _ in range(2):
            viewers = [await stack.enter_async_context(viewer(server.port, "")) for _ in range(processes)]
            for page in pages:
                await asyncio.gather(*(one.run("", address(page)) for one in viewers))


def visit(pages: Sequence[str], draw: random.Random, mixed: bool) -> tuple[str, str]:
    """Page and query of a visit."""
    page = draw.choice(pages)
    own = mixed and page not in FIXED and draw.random() < 0.5
    return page, own_view(page, draw) if own else ""


async def watch(server: Server, pages: Sequence[str], viewers: int, mixed: bool, seconds: float, seed: int) -> Crowd:
    """A crowd of a server's for some seconds. The same seed brings the same viewers with the same wishes."""
    taken: list[float] = []
    waiting: dict[int, float] = {}

    async def come(number: int) -> None:
        draw = random.Random(f"{seed} {viewers} {mixed} {number}")
        await asyncio.sleep(draw.random() * THINK)
        waiting[number] = time.perf_counter()
        async with viewer(server.port, "") as one:
            while True:
                page, query = visit(pages, draw, mixed)
                await one.run(query, address(page))
                taken.append(time.perf_counter() - waiting.pop(number))
                await asyncio.sleep(draw.expovariate(1 / THINK))
                waiting[number] = time.perf_counter()

    tasks = [asyncio.create_task(come(number)) for number in range(viewers)]
    gone, left = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.ALL_COMPLETED)
    for task in gone:
        task.exception()  # counted below; asyncio would print each of them
    now = time.perf_counter()
    unended = [now - since for number, since in waiting.items() if not tasks[number].done()]
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left)
    memory = server.memory()
    await rest(server)
    every = [*taken, *unended] if len(taken) + len(unended) > 1 else [math.nan] * 2
    late = statistics.quantiles(every, n=20)[-1]
    return Crowd(
        server.name, mixed, viewers, len(taken), len(taken) / seconds, statistics.median(every), late, len(unended),
        len(gone), memory,
    )  # fmt: skip


async def rest(server: Server) -> None:
    """Wait until a server has done what those who have left still asked of it."""
    until = time.monotonic() + REST
    while time.monotonic() < until:
        before = server.processor()
        await asyncio.sleep(1)
        if server.processor() - before < QUIET:
            return
