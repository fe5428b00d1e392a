"""Finished panels, shared by all viewers: each is built once however many ask, and all together keep to a bound in bytes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any, NamedTuple

from csp_dash.domain.filters import Filters
from csp_dash.ui.build_queue import BuildQueue, Ticket
from csp_dash.ui.sizes import size_of
from csp_dash.ui.turns import LOOK_UP

MOST = 256 * 2**20
"""Bytes that the panels of all releases take together at most."""


class Key(NamedTuple):
    """What a panel is of. `release` stands for one opening of a release."""

    release: object
    build: Callable[..., object]
    view: Filters
    more: tuple[Hashable, ...] = ()


@dataclass(frozen=True)
class Asker:
    """Who asks for a panel. `look_up` is called while it waits, with the seconds since it last was; what it raises ends the wait.

    `aside` is around each wait, for what others may have meanwhile.
    One that `stays` asks for more panels after this one, and says with `PanelStore.leave` when it is done.
    """

    session: str
    look_up: Callable[[float], None]
    aside: Callable[[], AbstractContextManager[None]] = nullcontext
    stays: bool = False


@dataclass(eq=False)
class _Making:
    """A panel that is being made, for those who wait for it. Without content and fault, whoever was to build it gave up."""

    ticket: Ticket
    ended: Event = field(default_factory=Event)
    built: bool = False
    content: Any = None
    fault: Exception | None = None


class PanelStore:
    """Safe to share between threads. Nothing is kept of a release before `keep` names it.

    `most` is the bound in bytes: those that were not asked for longest go first.
    """

    def __init__(self, queue: BuildQueue, most: int = MOST) -> None:
        self.bytes = 0
        self._most = most
        self._queue = queue
        self._lock = Lock()
        self._panels: OrderedDict[Key, tuple[Any, int]] = OrderedDict()
        self._making: dict[Key, _Making] = {}
        self._kept: Collection[object] = ()

    def __len__(self) -> int:
        return len(self._panels)

    def panel(self, key: Key, build: Callable[[], object], asker: Asker) -> Any:
        """The panel of a key: the finished one, or that which another is building, or a new one.

        What `build` raises reaches all who wait for it, and the next who asks builds again.
        """
        while True:
            with self._lock:
                if key in self._panels:
                    self._panels.move_to_end(key)
                    return self._panels[key][0]
                making = self._making.get(key)
                mine = making is None
                if making is None:
                    making = self._making[key] = _Making(self._queue.take(asker.session))
                else:
                    self._queue.share(making.ticket, asker.session)
            if mine:
                self._make(key, making, build, asker)
            else:
                self.leave(asker)  # whoever is to build this may need the turn
                _wait(making.ended, asker)
            if making.fault is not None:
                raise making.fault
            if making.built:
                return making.content

    def leave(self, asker: Asker) -> None:
        """Say that this one asks for no more panels now."""
        self._queue.leave(asker.session)

    def keep(self, releases: Collection[object]) -> None:
        """Keep panels of these releases only. Those of others go, and what is still built of them is not kept."""
        with self._lock:
            self._kept = tuple(releases)
            for key in [key for key in self._panels if key.release not in self._kept]:
                self._drop(key)

    def _make(self, key: Key, making: _Making, build: Callable[[], object], asker: Asker) -> None:
        size = 0
        try:
            _wait(making.ticket.admitted, asker)
            try:
                making.content = build()
                size = size_of(making.content)
                making.built = True
            except Exception as fault:
                making.fault = fault
        finally:
            with self._lock:
                del self._making[key]
                if making.built and size <= self._most and key.release in self._kept:
                    self._panels[key] = (making.content, size)
                    self.bytes += size
                while self.bytes > self._most:
                    self._drop(next(iter(self._panels)))
            self._queue.give_back(making.ticket, asker.session if asker.stays else "")
            making.ended.set()

    def _drop(self, key: Key) -> None:
        self.bytes -= self._panels.pop(key)[1]


def _wait(event: Event, asker: Asker) -> None:
    if event.is_set():
        return
    with asker.aside():
        last = time.monotonic()
        while not event.wait(LOOK_UP):
            now = time.monotonic()
            asker.look_up(now - last)
            last = now
