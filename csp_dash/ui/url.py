"""The URL as the state of the view: read before the widgets exist, written once after them.

Three rules keep Back, Forward, pasted links and page changes apart: the widgets are seeded from the
URL only when it is not the one that we wrote; the URL is written once a run and only if it differs;
pages are opened by links that carry the view.
"""

from __future__ import annotations

import streamlit as st

from csp_dash.domain.filters import PERIODS, Filters, Vocabulary
from csp_dash.domain.months import Month
from csp_dash.domain.words import Compare, Measure

SEEN = "url_seen"
KEYS = ("f_indicator", "f_wards", "f_measure", "f_compare", "f_period", "f_first", "f_last", "f_lens", "f_shade")


def current() -> dict[str, list[str]]:
    """The parameters of the URL as it stands."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def seed(page: str, words: Vocabulary) -> None:
    """Set the widgets' state from the URL on a first load, a pasted link, Back or Forward."""
    for key in KEYS:  # a page without filters would otherwise forget them
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]
    params = current()
    seen_page, seen_params = st.session_state.get(SEEN, (None, None))
    bare_switch = seen_page is not None and page != seen_page and not params
    if params != seen_params and not bare_switch:
        put(Filters.from_params(params, words))


def put(filters: Filters) -> None:
    """Show a view in the widgets. Call before they are drawn, or from a callback."""
    state = st.session_state
    state["f_indicator"] = filters.indicator or None
    state["f_wards"] = list(filters.wards)
    state["f_measure"] = filters.measure.value
    state["f_compare"] = filters.compare.value
    state["f_period"] = filters.period
    state["f_first"] = str(filters.first) if filters.first else None
    state["f_last"] = str(filters.last) if filters.last else None
    state["f_lens"] = filters.lens
    state["f_shade"] = filters.shade.value if filters.shade else ""


def get(words: Vocabulary) -> Filters:
    """The view that the widgets show. Goes through the URL's own reader, so that both obey the same rules."""
    state = st.session_state
    params: dict[str, list[str]] = {
        "indicator": [state.get("f_indicator") or ""],
        "ward": list(state.get("f_wards") or []),
        "measure": [state.get("f_measure") or Measure.COUNT.value],
        "compare": [state.get("f_compare") or Compare.PREVIOUS.value],
        "period": [state.get("f_period") or "12m"],
        "view": [state.get("f_lens") or ""],
        "map": [state.get("f_shade") or ""],
    }
    if state.get("f_period") == "custom":
        params["from"], params["to"] = [state.get("f_first") or ""], [state.get("f_last") or ""]
    return Filters.from_params(params, words)


def renew(words: Vocabulary) -> None:
    """Keep of the view what another release knows, as if its link had been pasted. Call before the widgets are drawn."""
    put(get(words))


def publish(page: str, filters: Filters) -> None:
    """Write the view to the URL, if it differs: one history entry for each change."""
    params = filters.to_params()
    if params != current():
        st.query_params.from_dict(params)
    st.session_state[SEEN] = (page, params)


def period_name(period: str) -> str:
    return PERIODS[period]


def months_back(last: Month, count: int) -> list[str]:
    """Months for a list to choose from, newest first."""
    return [str(last.plus(-step)) for step in range(count)]
