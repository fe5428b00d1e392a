"""The filters: wards, count or rate, period and comparison, in one sheet that opens from the view in words."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from csp_dash.domain import wording
from csp_dash.domain.enums import Measure
from csp_dash.domain.filters import COMPARISONS, MEASURES, PERIODS, Filters
from csp_dash.domain.periods import Month
from csp_dash.ui import cache, url_state
from csp_dash.ui.frame import Visit

BOARDED = ("overview", "neighbourhood_crime", "hate_and_tensions", "reoffending", "violence", "confidence")
"""Pages that can show the measures of one board alone."""
BACKWARDS = "months_backwards"


def filter_sheet(visit: Visit) -> None:
    """The view in words, which opens the filters. A change goes into the address, and from there comes back."""
    place = wording.listed([visit.words.wards[code] for code in visit.filters.wards]) or "Whole borough"
    with st.popover(_called(visit, place), icon=":material/tune:", key="filters"):
        _filters(visit.store, visit.filters)
        if visit.page in BOARDED:
            _board(visit.store, visit.filters)


def _called(visit: Visit, place: str) -> str:
    board = visit.words.boards.get(visit.filters.board, "") if visit.page in BOARDED else ""
    return ": ".join(part for part in (board, visit.filters.brief(place, visit.words)) if part)


def _filters(opened: cache.Store, view: Filters) -> None:
    state = st.session_state
    wards, wards_changed = url_state.control(
        "f_wards", list(view.wards), lambda codes: url_state.choose(wards=tuple(codes))
    )
    st.multiselect(
        "Wards",
        list(opened.words.wards),
        format_func=lambda code: opened.words.wards[code],
        key=wards,
        on_change=wards_changed,
        placeholder="Whole borough",
        help="Up to four wards. Leave empty for the whole borough.",
    )
    measure, measure_changed = url_state.control(
        "f_measure", view.measure.value, lambda name: url_state.choose(measure=Measure(name))
    )
    st.segmented_control(
        "Show",
        [item.value for item in Measure],
        format_func=lambda text: MEASURES[Measure(text)].label,
        key=measure,
        on_change=measure_changed,
        required=True,
        width="stretch",
        help="Rates are per 1,000 residents at the 2021 Census.",
    )
    _period(opened, view)
    state["f_compare"] = str(view.compare)
    st.selectbox(
        "Compare with",
        [*map(str, COMPARISONS), *opened.words.boroughs],
        format_func=lambda text: opened.words.comparison(text).label,
        key="f_compare",
        on_change=lambda: url_state.choose(compare=state["f_compare"]),
    )


def _board(opened: cache.Store, view: Filters) -> None:
    """Whose measures the page shows."""
    state = st.session_state
    boards = {"": "Every board", **opened.words.boards}
    state["f_board"] = view.board
    st.selectbox(
        "Measures of",
        list(boards),
        format_func=boards.__getitem__,
        key="f_board",
        on_change=lambda: url_state.choose(board=state["f_board"]),
    )


def _period(opened: cache.Store, view: Filters) -> None:
    """The period by name, or by its months. Months that run backwards stay in the controls and out of the view."""
    state = st.session_state
    kept, first, last = state.get(BACKWARDS, (None, None, None))
    if kept != view:
        first, last = view.first, view.last
    state["f_period"] = "custom" if first else view.period

    def named() -> None:
        state.pop(BACKWARDS, None)
        months = (opened.newest.plus(-11), opened.newest) if state["f_period"] == "custom" else (None, None)
        url_state.choose(period=state["f_period"], first=months[0], last=months[1])

    def chosen() -> None:
        months = Month.parse(state["f_first"]), Month.parse(state["f_last"])
        if months[0] <= months[1]:
            url_state.choose(period="custom", first=months[0], last=months[1])
        else:
            url_state.choose(period="12m", first=None, last=None)
            state[BACKWARDS] = (replace(view, period="12m", first=None, last=None), *months)

    st.selectbox(
        "Period",
        list(PERIODS),
        format_func=lambda name: opened.words.period(name).label,
        key="f_period",
        on_change=named,
    )
    if first and last:
        newest = max(opened.newest, first, last)
        months = [str(newest.plus(-step)) for step in range(newest - min(opened.oldest, first, last) + 1)]
        left, right = st.columns(2)
        state["f_first"], state["f_last"] = str(first), str(last)
        left.selectbox(
            "From", months, key="f_first", format_func=lambda text: Month.parse(text).short, on_change=chosen
        )
        right.selectbox("To", months, key="f_last", format_func=lambda text: Month.parse(text).short, on_change=chosen)
        if first > last:
            st.warning("The first month is after the last, so the latest 12 months are shown.")
