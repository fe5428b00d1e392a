"""A run of the app that waits, for its turn or for a panel: it stops when it is of no more use, and says so where it takes long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from csp_dash.ui.panel_store import Asker
from csp_dash.ui.turns import Turns

PATIENCE = 2.0
"""Seconds of waiting in one run, all together, before the screen says so."""
TURNS = Turns(4)
"""A run of a page takes one; while it waits for a panel, another has it."""
QUEUE = "Many people are looking at once; your page is in the queue."


@dataclass
class _Run:
    """Where a run says that it waits, and how many seconds it has waited. It says so once."""

    place: DeltaGenerator
    waited: float = 0.0
    said: bool = False

    def wait(self, seconds: float) -> None:
        self.waited += seconds
        if self.waited >= PATIENCE and not self.said:
            self.said = True
            self.place.info(QUEUE, icon=":material/hourglass_top:")


_RUN: ContextVar[_Run | None] = ContextVar("run", default=None)


@contextmanager
def turn() -> Iterator[None]:
    """Around a run of a page: it waits for its turn, and keeps a place for the sentence, which goes with the end."""
    run = _Run(st.empty())
    token = _RUN.set(run)
    try:
        with TURNS.taken(_look_up):
            yield
    finally:
        _RUN.reset(token)
        if run.said:
            run.place.empty()


def asker() -> Asker:
    """The session that this thread runs for. A part of a page that is drawn anew by itself waits without a word."""
    context = get_script_run_ctx(suppress_warning=True)
    return Asker(context.session_id if context else "", _look_up, TURNS.aside, stays=_RUN.get() is not None)


def _look_up(seconds: float) -> None:
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        context.yield_check()  # ends a run that was asked to stop or to begin anew, as any call of Streamlit does
    run = _RUN.get()
    if run is not None:
        run.wait(seconds)
