"""Who may build a panel now: as many at once as the machine has cores, and whoever has used least of late goes first.

First come, first served would let one visitor who asks for ever-new views hold up everybody else.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock

HALF = 60.0
"""Seconds after which time that was used counts half."""
NOTHING = 0.05
"""Seconds of use that count as none: whoever is below this queues in the order of arrival."""


@dataclass(eq=False)
class Ticket:
    """A place in the queue for one piece of work, held by all sessions that wait for it. `admitted` is set at its turn."""

    sessions: set[str]
    admitted: Event = field(default_factory=Event)
    began: float = 0.0


class BuildQueue:
    """Turns to build. Every ticket that was taken must be given back, whether its turn came or not.

    `at_once` is how many build at the same time; `clock` tells the time in seconds.
    """

    def __init__(self, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._free = max(at_once, 1)
        self._clock = clock
        self._lock = Lock()
        self._waiting: list[Ticket] = []
        self._resting: set[str] = set()  # sessions that build nothing at the moment and have not left their turn
        self._used: dict[str, tuple[float, float]] = {}  # seconds of each session, and when these were right

    def take(self, session: str) -> Ticket:
        """A ticket for work that a session asks for; where a turn is free, or its own, it is admitted at once."""
        ticket = Ticket({session})
        with self._lock:
            if session in self._resting:
                self._resting.remove(session)
                self._free += 1
                self._admit(ticket)
            else:
                self._waiting.append(ticket)
                self._next()
        return ticket

    def share(self, ticket: Ticket, session: str) -> None:
        """Let another session wait for the same work: the one that used least decides its place."""
        with self._lock:
            ticket.sessions.add(session)

    def give_back(self, ticket: Ticket, stays: str = "") -> None:
        """End a turn, which is charged evenly to all who asked for the work, or leave the queue.

        A session that `stays` keeps the turn for what it builds next, until it leaves or one who used less waits: a page is
        many panels, and its reader would queue for each of them.
        """
        with self._lock:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                return
            now = self._clock()
            for session in ticket.sessions:
                self._used[session] = (self._use(session, now) + (now - ticket.began) / len(ticket.sessions), now)
            if stays and stays not in self._resting:
                self._resting.add(stays)
            else:
                self._free += 1
            self._next()

    def leave(self, session: str) -> None:
        """Give up the turn that a session kept, if any."""
        with self._lock:
            if session in self._resting:
                self._resting.remove(session)
                self._free += 1
                self._next()

    def _next(self) -> None:
        """Admit whoever may be: to a free turn, or to one kept by a session that used more."""
        now = self._clock()
        if self._waiting:
            self._used = {session: used for session, used in self._used.items() if self._use(session, now)}
        while self._waiting:
            first = min(self._waiting, key=lambda ticket: self._least(ticket, now))
            if not self._free:
                greediest = max(self._resting, key=lambda session: self._use(session, now), default=None)
                if greediest is None or self._use(greediest, now) <= self._least(first, now):
                    return
                self._resting.remove(greediest)
                self._free += 1
            self._waiting.remove(first)
            self._admit(first)

    def _admit(self, ticket: Ticket) -> None:
        self._free -= 1
        ticket.began = self._clock()
        ticket.admitted.set()

    def _least(self, ticket: Ticket, now: float) -> float:
        return min(self._use(session, now) for session in ticket.sessions)

    def _use(self, session: str, now: float) -> float:
        """The seconds that a session used, those of long ago for less."""
        seconds, when = self._used.get(session, (0.0, now))
        left: float = seconds * 0.5 ** ((now - when) / HALF)
        return left if left >= NOTHING else 0.0


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
