"""My ward page: one sentence, the rows of four measures, where the ward is, and what is folded below them."""

from __future__ import annotations

import streamlit as st

from csp_dash.domain import wording
from csp_dash.domain.enums import Compare
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.panels import course
from csp_dash.panels.plan import answers
from csp_dash.panels.wards import ward_profile
from csp_dash.panels.wards.ward_profile import Line
from csp_dash.ui import components, url_state, ward_rows
from csp_dash.ui.frame import Visit, tell
from csp_dash.ui.live import live
from csp_dash.ui.sections import ward_finder, ward_folds

RESIDENTS = "census_denominator"
"""The caveat on rates for residents, which names the wards that look worse by them."""
SAME = "About the same: chance could explain the difference."


def show(visit: Visit, ward: str) -> None:
    """A ward's page."""
    _told(visit, ward)
    view = Filters(wards=(ward,))
    _heading(visit, ward)
    _verdict(visit, view)
    lines = ward_profile.rows(visit.store.data, visit.store.panel(ward_profile.profile, view))
    left, right = st.columns([58, 42], gap="large")
    with left, st.container(key="ward-main", gap="small"):
        _rows(visit, ward, lines)
    with right, st.container(key="ward-aside", gap="xsmall"):
        ward_finder.on_map(visit, (ward,))
        st.caption("Choose another ward on the map.")
    ward_folds.show(visit, ward)


def _told(visit: Visit, ward: str) -> None:
    """What of the view this page does not follow."""
    name = visit.words.wards[ward]
    others = [visit.words.wards[code] for code in visit.filters.wards if code != ward]
    always = (visit.filters.period, visit.filters.compare) != ("12m", Compare.PREVIOUS)
    tell(
        [f"One ward at a time stands here: {name}, without {wording.listed(others)}."] * bool(others)
        + ["This page always shows the latest 12 months against the 12 before."] * always
    )


def _heading(visit: Visit, ward: str) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small", key="ward-name"
    ):
        st.title(visit.words.wards[ward], anchor=False, width="content")
        st.button("Change ward", key="change-ward", type="tertiary", on_click=ward_finder.leave)


def _verdict(visit: Visit, view: Filters) -> None:
    found = visit.store.panel(answers.ward_answer, view)
    with st.container(key="verdict"):
        st.markdown(components.plain(found.sentence))
    if found.two_ways:
        with st.container(key="verdict-more"):
            st.markdown(components.plain(found.two_ways))


def _rows(visit: Visit, ward: str, lines: tuple[Line, ...]) -> None:
    links = ward_folds.links(ward, lines)

    def choose(slug: str) -> None:
        url_state.choose(indicator=slug)
        ward_folds.open_figures()

    axis = course.axis(visit.store.data)
    html = ward_rows.rows(lines, axis, links, f"Measures of {visit.words.wards[ward]}")
    live(html, "ward-measures", on_choose=choose, marks=False)
    st.caption(_source(visit, ward, lines))


def _source(visit: Visit, ward: str, lines: tuple[Line, ...]) -> str:
    """Where the rows' figures are from, and what they are held against."""
    feeds = [line.indicator.feed(AreaKind.WARD) for line in lines]
    cards = [visit.catalogue.sources[name] for name in dict.fromkeys(feed.source for feed in feeds if feed)]
    sources = wording.listed([f"[{components.plain(card.publisher.split(',')[0])}]({card.url})" for card in cards])
    periods = wording.listed(list(dict.fromkeys(line.period for line in lines)))
    first = f"Source: {sources}, {periods} · [Link]({components.link(Filters(wards=(ward,)))})"
    people = visit.store.data.people.get(ward)
    rated = people and any(line.beside for line in lines)
    return f"{first}  \n{SAME}{_per_resident(visit, ward, people) if people and rated else ''}"


def _per_resident(visit: Visit, ward: str, people: int) -> str:
    """What rates do not say of a busy ward: of this one where the catalogue names it, else of any."""
    name = visit.words.wards[ward]
    named = name in visit.catalogue.events[RESIDENTS].text
    busy = "places that many people visit look worse than they are"
    if named:
        busy = f"{components.plain(name)}, which many people visit, looks worse for its residents than it is"
    return f" The borough is compared for each resident ({people:,} residents in 2021), so {busy}."


def numbers(visit: Visit, item: str = "") -> None:
    """Where to report and get help, as the plan lists it."""
    st.error("In an emergency, or when a crime is happening, call [999](tel:999).", icon=":material/emergency:")
    ward_folds.contact_list(visit)
