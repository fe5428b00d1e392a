"""The cache: the live release, opened once, and panels shared by all viewers.

A panel's content (sentence, figure, table) is built once for each view of a release and handed out
as it is. It is never changed after it was built, which is what makes sharing it safe.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

import streamlit as st

from csp_dash.catalogue import Catalogue
from csp_dash.domain.filters import Filters, Vocabulary
from csp_dash.domain.periods import Month
from csp_dash.domain.settings import Settings
from csp_dash.panels.dataset import Dataset, open_data
from csp_dash.warehouse import Releases, Snapshot

LOG = logging.getLogger(__name__)
LOOK = 1.0
"""Seconds between two looks at which release is live."""
RETRY = 60.0
"""Seconds until a release that could not be opened is tried again."""

Content = TypeVar("Content")


class Store:
    """Hands out panels of one release."""

    def __init__(self, data: Dataset) -> None:
        self.data = data

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
        """The content of a panel for a view, from the cache where it was built before.

        `build` is one of the builders in `panels`; the view names the indicator. `more` is what the builder takes beside
        the view, such as the length of a step; its text is part of the key.
        """
        name = f"{build.__module__}.{build.__qualname__}"
        return _panel(self.release, name, repr((view, *more)), _Job(self.data, build, view, more))  # type: ignore[return-value]


@dataclass(frozen=True)
class _Job:
    """What the cached function needs but what is no part of its key: a view is hashed field by field, its text at once."""

    data: Dataset
    build: Callable[..., object]
    view: Filters
    more: tuple[Hashable, ...]


@st.cache_resource(max_entries=1500, show_spinner=False)
def _panel(release: str, name: str, view: str, _job: _Job) -> object:
    return _job.build(_job.data, _job.view, *_job.more)


def open_store(catalogue: Catalogue, settings: Settings, snapshot: Snapshot | None = None) -> Store:
    """Open a release, the live one unless told; SnapshotError says what is wrong with it."""
    return Store(open_data(catalogue, settings, snapshot))


class Live:
    """The store of whichever release is live. One for the process; every run of the app asks it anew.

    One run opens a new release while the others go on with the former, and so do all where it cannot be opened: `trouble`
    then says so, for the screen, and the log says why. The former store is kept beside, so that going back is quick, and
    an older one goes when the last run that holds it has ended.
    """

    def __init__(self, catalogue: Catalogue, settings: Settings) -> None:
        self.trouble = ""
        self._catalogue = catalogue
        self._settings = settings
        self._releases = Releases(settings.cache)
        self._opening = Lock()
        self._stamp = self._releases.stamp()
        self._look_again = time.monotonic() + LOOK
        self._former: Store | None = None
        self._store = self._open_first()

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
            return open_store(self._catalogue, self._settings, snapshot)
        except Exception as fault:
            bundled = Snapshot.open()
            if snapshot.root == bundled.root:
                raise
            store = open_store(self._catalogue, self._settings, bundled)
            self._could_not(snapshot.release, store, fault)
            return store

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
                self._swap(self._kept(snapshot) or open_store(self._catalogue, self._settings, snapshot))
            self.trouble = ""
        except Exception as fault:  # whatever it is, the viewers keep what they have
            self._could_not(name, self._store, fault)

    def _kept(self, snapshot: Snapshot) -> Store | None:
        former = self._former
        return former if former is not None and former.data.snapshot == snapshot else None

    def _swap(self, store: Store) -> None:
        self._former, self._store = self._store, store
        LOG.warning("Release %s is live; it was %s.", store.release, self._former.release)

    def _could_not(self, name: str, shown: Store, fault: Exception) -> None:
        reason = " ".join(str(fault).split())
        LOG.error("Release %s cannot be opened; %s stays. %s", name, shown.release, reason)
        self.trouble = (
            f"The newest release ({name}) cannot be opened, so the figures are still those of {shown.release}."
            " Whoever looks after the dashboard finds the reason in its log."
        )
        self._look_again = time.monotonic() + RETRY
