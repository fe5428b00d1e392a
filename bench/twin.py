"""The twin: the app's pages with the same elements in the same containers, from constants.

It keeps what no page can do without: the page's settings, the menu of eleven pages, one Streamlit call
for each element. It has no filters, URL, cache look-ups or sentences to make. Every constant is made once, at import.
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import pkgutil
from collections.abc import Iterable
from contextlib import nullcontext
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import streamlit as st

from bench import recording
from csp_dash import ui
from csp_dash.ui import frame

for _module in pkgutil.walk_packages(ui.__path__, "csp_dash.ui."):  # the same libraries in memory as the app has
    importlib.import_module(_module.name)

_RECORDED = pickle.loads(Path(os.environ["BENCH_RECORDING"]).read_bytes())  # written by this very program
PAGES = {name: recording.steps(item, name) for name, item in _RECORDED.items()}
gc.collect()
gc.freeze()


def _draw(name: str, pages: dict[str, st.Page]) -> None:
    places: dict[recording.Place, Any] = {(0,): st, (1,): st.sidebar}
    for part, together in groupby(PAGES[name], key=attrgetter("fragment")):
        if part:
            _fragment(list(together), places, pages)
        else:
            _calls(together, places, pages)


def _fragment(steps: list[recording.Step], places: dict[recording.Place, Any], pages: dict[str, st.Page]) -> None:
    """A part of the page that can run alone. Inside it `st` draws into the container that st.fragment has made."""
    own, *inner = steps

    @st.fragment
    def part() -> None:
        places[own.made[0]] = st
        _calls(inner, places, pages)

    with nullcontext() if places[own.parent] is st else places[own.parent]:
        part()


def _calls(steps: Iterable[recording.Step], places: dict[recording.Place, Any], pages: dict[str, st.Page]) -> None:
    for step in steps:
        options = step.options
        if step.name == "page_link":
            options = options | {"page": pages[options["page"] or frame.PAGES[0].slug]}
        given = getattr(places[step.parent], step.name)(**options)
        if step.made:
            places.update(zip(step.made, given if step.name == "columns" else [given], strict=True))


def show() -> None:
    """Draw one run of the page that was asked for; `?of` names the recording, with `?empty`, the menu and nothing else."""
    st.set_page_config(page_title="Community safety in Tower Hamlets", page_icon=str(frame.ICON), layout="wide")
    pages: dict[str, st.Page] = {}
    for number, card in enumerate(frame.PAGES):
        if number == 0:
            pages[card.slug] = st.Page(_nothing, title=card.title, icon=card.icon, default=True)
        else:
            pages[card.slug] = st.Page(_nothing, title=card.title, icon=card.icon, url_path=card.slug)
    chosen = st.navigation(list(pages.values()), position="hidden")
    chosen.run()
    if "empty" not in st.query_params:
        _draw(st.query_params.get("of") or chosen.url_path or frame.PAGES[0].slug, pages)


def _nothing() -> None:
    """Pages of the twin are told apart by their address; one function serves them all."""
