"""Turns: how many runs of pages go at once. Free of Streamlit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Semaphore, local

LOOK_UP = 0.1
"""Seconds between two looks, of one who waits, at whether it is still worth it."""


class Turns:
    """A number of turns, one for a thread.

    Python runs one thread at a time: where all runs of a crowd contend for it, the server comes too late to its own
    connections, and new viewers are not let in. Those who wait for a turn cost nothing.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self._free = Semaphore(number)
        self._mine = local()

    @contextmanager
    def taken(self, look_up: Callable[[float], None]) -> Iterator[None]:
        """Around what takes a turn. `look_up` is called while it waits, with the seconds since it last was."""
        last = time.monotonic()
        while not self._free.acquire(timeout=LOOK_UP):
            now = time.monotonic()
            look_up(now - last)
            last = now
        self._mine.taken = True
        try:
            yield
        finally:
            self._mine.taken = False
            self._free.release()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Around a wait for something else: the turn is another's meanwhile. Nothing where this thread has none."""
        if not getattr(self._mine, "taken", False):
            yield
            return
        self._mine.taken = False
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()
            self._mine.taken = True
