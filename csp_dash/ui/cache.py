"""The cache: the live release, opened once for the process, and panels shared by all viewers.

A panel's content (sentence, figure, table) is built once for each view of a release and handed out
as it is. It is never changed after it was built, which is what makes sharing it safe. Streamlit's own caches hold
nothing of this: whoever clears them makes nobody wait.
"""

from __future__ import annotations

import gc
import logging
import os
import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

from csp_dash.catalogue import Catalogue, load
from csp_dash.domain.filters import Filters, Vocabulary
from csp_dash.domain.periods import Month
from csp_dash.domain.settings import Settings
from csp_dash.panels.dataset import Dataset, open_data
from csp_dash.ui import patience
from csp_dash.ui.build_queue import BuildQueue, cores
from csp_dash.ui.panel_store import Key, PanelStore
from csp_dash.warehouse import Releases, Snapshot

LOG = logging.getLogger(__name__)
LOOK = 1.0
"""Seconds between two looks at which release is live."""
RETRY = 60.0
"""Seconds until a release that could not be opened is tried again."""

Content = TypeVar("Content")


class Store:
    """Hands out panels of one release. `opening` stands for it in the keys of its panels."""

    def __init__(self, data: Dataset, panels: PanelStore) -> None:
        self.data = data
        self.opening = object()
        self._panels = panels

    @property
    def release(self) -> str:
        return self.data.release

    @property
    def words(self) -> Vocabulary:
        return self.data.words

    @property
    def newest(self) -> Month:
        return self.data.newest

    @property
    def oldest(self) -> Month:
        return self.data.oldest

    def panel(self, build: Callable[..., Content], view: Filters, *more: Hashable) -> Content:
        """The content of a panel for a view, from the store where it was built before.

        `build` is one of the builders in `panels`; the view names the indicator. `more` is what the builder takes beside
        the view, such as the length of a step.
        """
        key = Key(self.opening, build, view, more)
        found: Content = self._panels.panel(key, lambda: build(self.data, view, *more), patience.asker())
        return found


def open_store(catalogue: Catalogue, settings: Settings, panels: PanelStore, snapshot: Snapshot) -> Store:
    """Open a release; SnapshotError says what is wrong with it."""
    return Store(open_data(catalogue, settings, snapshot), panels)


class Live:
    """The store of whichever release is live. One for the process; every run of the app asks it anew.

    One run opens a new release while the others go on with the former, and so do all where it cannot be opened: `trouble`
    then says so, for the screen, and the log says why. The former store is kept beside with its panels, so that going back
    is quick, and an older one goes when the last run that holds it has ended.
    """

    def __init__(self, catalogue: Catalogue, settings: Settings) -> None:
        self.trouble = ""
        self.settings = settings
        self.panels = PanelStore(BuildQueue(cores()))
        self._catalogue = catalogue
        self._releases = Releases(settings.cache)
        self._opening = Lock()
        self._stamp = self._releases.stamp()
        self._look_again = time.monotonic() + LOOK
        self._former: Store | None = None
        self._store = self._open_first()
        self.panels.keep([self._store.opening])

    def now(self) -> Store:
        """The store to use in this run."""
        if time.monotonic() >= self._look_again and self._opening.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._opening.release()
        return self._store

    def _open_first(self) -> Store:
        snapshot = self._releases.live()
        try:
            return self._open(snapshot)
        except Exception as fault:
            bundled = Snapshot.open()
            if snapshot.root == bundled.root:
                raise
            store = self._open(bundled)
            self._could_not(snapshot.release, store, fault)
            return store

    def _open(self, snapshot: Snapshot) -> Store:
        return open_store(self._catalogue, self.settings, self.panels, snapshot)

    def _look(self) -> None:
        self._look_again = time.monotonic() + LOOK
        stamp = self._releases.stamp()
        if stamp == self._stamp and not self.trouble:
            return
        self._stamp = stamp
        name = stamp[1].strip()
        try:
            snapshot = self._releases.live()
            name = snapshot.release
            if snapshot.root != self._store.data.snapshot.root:
                self._swap(self._kept(snapshot) or self._open(snapshot))
            self.trouble = ""
        except Exception as fault:  # whatever it is, the viewers keep what they have
            self._could_not(name, self._store, fault)

    def _kept(self, snapshot: Snapshot) -> Store | None:
        former = self._former
        return former if former is not None and former.data.snapshot == snapshot else None

    def _swap(self, store: Store) -> None:
        self._former, self._store = self._store, store
        self.panels.keep([store.opening, self._former.opening])
        LOG.warning("Release %s is live; it was %s.", store.release, self._former.release)

    def _could_not(self, name: str, shown: Store, fault: Exception) -> None:
        reason = " ".join(str(fault).split())
        LOG.error("Release %s cannot be opened; %s stays. %s", name, shown.release, reason)
        self.trouble = (
            f"The newest release ({name}) cannot be opened, so the figures are still those of {shown.release}."
            " Whoever looks after the dashboard finds the reason in its log."
        )
        self._look_again = time.monotonic() + RETRY


_opening = Lock()
_live: Live | None = None


def opened() -> Live | None:
    """The live release of this process, if one was opened."""
    return _live


def open_once() -> Live:
    """The live release of this process, opened where none is; however many ask, once.

    SnapshotError, CatalogueError or ValueError says why it cannot be opened.
    """
    global _live
    with _opening:
        if _live is None:
            _live = Live(load(), Settings.read(os.environ))
            # Imports are done: what lives now lives for good, so the collector need not look at it again.
            gc.collect()
            gc.freeze()
        return _live


def forget() -> None:
    """Let go of what was opened and built, so that the next run begins anew. For tests: a server never does."""
    global _live
    with _opening:
        _live = None
        gc.unfreeze()
        gc.collect()
