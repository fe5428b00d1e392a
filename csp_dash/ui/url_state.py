"""The URL as the state of the view: read on every run, written by the reader's choices.

No run takes its view from what an earlier one left, but for a choice that the browser may not have heard of yet. So it
does not matter which runs were cut short, in which order they ended, or what a page without filters forgot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from csp_dash.domain.filters import Filters, Note, Vocabulary

Params = dict[str, list[str]]
CHOSEN = "url_chosen"
"""The addresses that a choice was made over, and the one it gave, until links with the new one are drawn."""
NOTES = "url_notes"
"""What was not understood, with the page and the address that it was said on: it is said until the reader goes on."""
TURNED = "url_turned"
"""Whether a choice, Back or Forward led to what is being drawn."""
TURNS = "url_turns"
"""How often each control has been replaced by a new one."""
READ = "url_read"
"""The page, the vocabulary and the address of the latest run, for callbacks."""


def current() -> Params:
    """The parameters that this run was asked with, or that it has written since."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def read(page: str, words: Vocabulary) -> tuple[Filters, tuple[Note, ...]]:
    """The view that the address asks for, and what was not understood of it. Call once a run, before the widgets."""
    was_page, _, was = st.session_state.get(READ, (page, words, {}))
    params = _heard()
    if not params and page != was_page and not _back():
        # Streamlit's own ways to another page carry no view; a part is that of the page left.
        params = {name: was[name] for name in was if name != "part"}
    filters, notes = Filters.understood(params, words)
    clean = filters.to_params()
    st.session_state[TURNED] = CHOSEN in st.session_state or _back()
    # A choice may stand on the address of another page by now, and a link to the page that is open changes no address.
    linked = page == was_page and clean != was and READ in st.session_state and not _back()
    if clean != current() or CHOSEN in st.session_state or linked:
        _write(clean)
    st.session_state[READ] = (page, words, clean)
    if notes:
        st.session_state[NOTES] = (page, clean, notes)
    where, which, kept = st.session_state.get(NOTES, (page, clean, ()))
    if (where, which) == (page, clean):
        return filters, kept
    del st.session_state[NOTES]
    return filters, ()


def choose(**fields: Any) -> None:
    """Change fields of the view, as a widget's callback does: one entry in the browser's history."""
    if not _by_hand():
        return
    page, words, _ = st.session_state[READ]
    over, _ = st.session_state.get(CHOSEN, ([], {}))
    params = _heard()
    asked = replace(present(), **fields)
    view, notes = Filters.understood(asked.to_params(), words)
    chosen = view.to_params()
    if notes:
        st.session_state[NOTES] = (page, chosen, notes)
    if chosen != params:
        _write(chosen)
        st.session_state[CHOSEN] = ([*over, params], chosen)
        st.session_state[TURNED] = True
        st.session_state[READ] = (page, words, chosen)  # a fragment's run does not read the address anew


def leave(**fields: Any) -> None:
    """As `choose`, outside a callback: for a run that goes on to another page."""
    page, words, _ = st.session_state[READ]
    st.session_state[READ] = (page, words, replace(present(), **fields).to_params())


def present() -> Filters:
    """The view as the latest choice left it, for callbacks."""
    return Filters.from_params(_heard(), st.session_state[READ][1])


def control(name: str, value: Any, keep: Callable[[Any], None]) -> tuple[str, Callable[[], None]]:
    """Set a control to what the address has for it: its key and callback. `keep` is told what is chosen in it.

    Where something else changed the value, a new control takes the place of the old. Until the browser has drawn it, it
    sends the old value with whatever is chosen next, which is no choice and must not undo the one before.
    """
    state = st.session_state
    turns = state.setdefault(TURNS, {})
    if state.get(TURNED) and state.get(_key(name, turns), value) != value:
        turns[name] = turns.get(name, 0) + 1
    key = _key(name, turns)
    state[key] = value

    def changed() -> None:
        if key == _key(name, state[TURNS]):
            keep(state[key])

    return key, changed


def _key(name: str, turns: Mapping[str, int]) -> str:
    return f"{name}-{turns[name]}" if name in turns else name


def drawn() -> None:
    """The links on the screen carry the view from here on: what is clicked next is meant as it is."""
    st.session_state.pop(CHOSEN, None)


def _heard() -> Params:
    """The address of this run, or the last choice where the run was asked for before the browser had heard of that.

    A fragment runs after the page that it was asked on is drawn, and no link or step back asks for it: the address is the one
    that was written last.
    """
    if READ in st.session_state and _in_fragment():
        return dict(st.session_state[READ][2])
    params = current()
    over, chosen = st.session_state.get(CHOSEN, ([], {}))
    return chosen if params in over and not _back() else params


def _back() -> bool:
    """Whether Back or Forward asked for this run."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


def _in_fragment() -> bool:
    """Whether fragments alone run, not the page."""
    return bool(getattr(get_script_run_ctx(), "fragment_ids_this_run", None)) and not _back()


def _by_hand() -> bool:
    """Whether a reader's choice asked for this run.

    Back, Forward and the timer of a fragment send the controls' values as the browser still has them. Where those are
    older than the address, the callbacks would take them for choices, and undo the step back. A control in a fragment is
    meant where that fragment runs.
    """
    context = get_script_run_ctx()
    if context is None:
        return True
    part = ThreadState.get().fragment_id
    return not context.is_history_navigation and (
        not context.fragment_ids_this_run or part in context.fragment_ids_this_run
    )


def _write(params: Params) -> None:
    st.query_params.from_dict(params)
