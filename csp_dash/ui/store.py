"""The cache at the edge: one opened release, and finished panels shared by every viewer.

A panel's content (sentence, figure, table) is built once for each view of a release and handed out
as it is. It is never changed after it was built, which is what makes sharing it safe.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from csp_dash.catalogue import Catalogue
from csp_dash.domain.filters import Filters, Vocabulary
from csp_dash.domain.months import Month
from csp_dash.domain.settings import Settings
from csp_dash.packs.data import Data, open_data

Content = TypeVar("Content")


class Store:
    """Hands out panels of one release."""

    def __init__(self, data: Data) -> None:
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

        `build` is one of the builders in `packs`; the view names the indicator. `more` is what the builder takes beside
        the view, such as the length of a step; its text is part of the key.
        """
        name = f"{build.__module__}.{build.__qualname__}"
        return _panel(self.release, name, repr((view, *more)), _Job(self.data, build, view, more))  # type: ignore[return-value]


@dataclass(frozen=True)
class _Job:
    """What the cached function needs but what is no part of its key: a view is hashed field by field, its text at once."""

    data: Data
    build: Callable[..., object]
    view: Filters
    more: tuple[Hashable, ...]


@st.cache_resource(max_entries=1500, show_spinner=False)
def _panel(release: str, name: str, view: str, _job: _Job) -> object:
    return _job.build(_job.data, _job.view, *_job.more)


def open_store(catalogue: Catalogue, settings: Settings) -> Store:
    """Open the bundled release; SnapshotError says what is wrong with it."""
    return Store(open_data(catalogue, settings))
