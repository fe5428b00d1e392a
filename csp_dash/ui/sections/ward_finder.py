"""My ward page without a ward: its finder, by a street, by name or on the map."""

from __future__ import annotations

import streamlit as st

from csp_dash.domain.filters import Filters
from csp_dash.panels.wards import find_ward
from csp_dash.panels.wards.ward_place import finder
from csp_dash.ui import url_state
from csp_dash.ui.frame import FOUND, Visit
from csp_dash.ui.live import live


def find(visit: Visit) -> None:
    """Choose a ward; the choice is the view's ward, so the URL keeps it.

    What is typed is looked up on this machine, is kept nowhere and stands in no URL.
    """
    with st.container(key="question"):
        st.title("What is happening in my ward?", anchor=False)
    with st.container(key="verdict"):
        st.markdown("Find your ward")
    with st.container(key="ward-finding"):
        left, right = st.columns([40, 60], gap="large")
    with left:
        _search(visit)
        _by_name(visit)
    with right:
        st.markdown("Or choose it on the map")
        on_map(visit, ())


def on_map(visit: Visit, present: tuple[str, ...]) -> None:
    """The map of all wards; a click on one opens it."""
    live(visit.store.panel(finder, Filters(wards=present)), "ward-finder", chosen=present, on_choose=choose)


def choose(code: str) -> None:
    """Open a ward's page; the measure in view stays."""
    url_state.choose(wards=(code,))
    st.session_state.pop(FOUND, None)


def leave() -> None:
    """Back to the finder."""
    url_state.choose(wards=(), indicator="", lens="")
    st.session_state.pop(FOUND, None)


def _search(visit: Visit) -> None:
    def look_up() -> None:
        found = find_ward.find(visit.store.data, st.session_state["place_typed"])
        st.session_state["place_typed"] = ""
        url_state.choose(wards=(found.ward,) if found.ward else ())
        st.session_state[FOUND] = found

    postcodes = visit.store.data.places.knows_postcodes()
    st.text_input(
        "Your street or postcode" if postcodes else "Your street or area",
        key="place_typed",
        placeholder=f"Such as Chrisp Street or {'E1 4UJ' if postcodes else 'Bethnal Green'}",
        max_chars=60,
        on_change=look_up,
        help="Looked up on this server and kept nowhere. Streets are those on the police's map points.",
    )
    found = st.session_state.get(FOUND)
    if found and found.sentence:
        st.warning(found.sentence, icon=":material/search:")
        with st.container(horizontal=True):
            for place, (label, ward) in enumerate(found.offers):
                st.button(label, key=f"offer-{place}", on_click=choose, args=(ward,))


def _by_name(visit: Visit) -> None:
    wards = visit.words.wards
    st.session_state["ward_choice"] = None

    def keep() -> None:
        if code := st.session_state["ward_choice"]:
            choose(code)

    st.selectbox(
        "Or choose your ward",
        list(wards),
        index=None,
        format_func=lambda code: wards[code],
        placeholder="Choose a ward, or start typing its name",
        key="ward_choice",
        on_change=keep,
    )
