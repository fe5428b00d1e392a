"""My ward page: search, profile, map, actions and contacts."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from csp_dash.domain import wording
from csp_dash.domain.enums import Compare
from csp_dash.domain.filters import Filters
from csp_dash.panels.plan import answers
from csp_dash.panels.wards import find_ward, ward_map, ward_profile
from csp_dash.ui import components, render, url_state
from csp_dash.ui.chart import chart
from csp_dash.ui.frame import FOUND, Visit, page, tell
from csp_dash.ui.sections import maps


def choose(visit: Visit) -> str | None:
    """A ward by its name, a street in it or a postcode; the choice is the view's ward, so the URL keeps it.

    What is typed is looked up on this machine, is kept nowhere and stands in no URL.
    """
    wards = visit.words.wards
    present = visit.filters.wards[0] if visit.filters.wards else None
    st.session_state["ward_choice"] = present

    def keep() -> None:
        code = st.session_state["ward_choice"]
        url_state.choose(wards=(code,) if code else ())
        st.session_state.pop(FOUND, None)

    def look_up() -> None:
        found = find_ward.find(visit.store.data, st.session_state["place_typed"])
        st.session_state["place_typed"] = ""
        # A search that did not end in one ward leaves none: the former one's figures would pass for the answer.
        url_state.choose(wards=(found.ward,) if found.ward else ())
        st.session_state[FOUND] = found

    left, right = st.columns(2, gap="medium")
    postcodes = visit.store.data.places.knows_postcodes()
    left.text_input(
        "Your street or postcode" if postcodes else "Your street or area",
        key="place_typed",
        placeholder=f"Such as Chrisp Street or {'E1 4UJ' if postcodes else 'Bethnal Green'}",
        max_chars=60,
        on_change=look_up,
        help="Looked up on this server and kept nowhere. Streets are those on the police's map points.",
    )
    right.selectbox(
        "Or choose your ward",
        list(wards),
        index=None,
        format_func=lambda code: wards[code],
        placeholder="Choose a ward, or start typing its name",
        key="ward_choice",
        on_change=keep,
    )
    if FOUND in st.session_state and not present:
        _offer(st.session_state[FOUND])
    return present


def _offer(found: find_ward.Answer) -> None:
    """What a search found where that is not one ward."""
    if not found.sentence:
        return
    st.warning(found.sentence, icon=":material/search:")
    with st.container(horizontal=True):
        for place, (label, ward) in enumerate(found.offers):
            st.button(label, key=f"offer-{place}", on_click=_follow, args=(ward,))


def _follow(ward: str) -> None:
    url_state.choose(wards=(ward,))
    st.session_state.pop(FOUND, None)


def find(visit: Visit) -> None:
    """With no ward chosen: the map, to find it by."""
    st.info(
        "Not sure which ward you live in? Type your street above, or find your area on the map.",
        icon=":material/map:",
    )
    picture = visit.store.panel(ward_map.ward_map, Filters(indicator="burglary")).picture
    chart(
        picture.figure,
        key="ward-finder",
        alt="Map of the 20 wards of Tower Hamlets with their names",
        on_select=_found_on_map,
    )
    st.caption(f"Shaded by burglary: {wording.inside(picture.caption)}")
    components.legend(picture.legend)


def _found_on_map() -> None:
    """A click on a ward opens it."""
    code = maps.picked_in_figure("ward-finder")
    if code:
        url_state.choose(wards=(code,))


def profile(visit: Visit, ward: str) -> None:
    """What was recorded in the ward, one card a measure, in sentences."""
    name = visit.words.wards[ward]
    others = [visit.words.wards[code] for code in visit.filters.wards if code != ward]
    always = (visit.filters.period, visit.filters.compare) != ("12m", Compare.PREVIOUS)
    tell(
        [f"One ward at a time stands here: {name}, without {wording.listed(others)}."] * bool(others)
        + ["This page always shows the latest 12 months against the 12 before."] * always
    )
    components.section(f"What the police recorded in {name}")
    people = visit.store.data.people.get(ward)
    if people:
        st.caption(
            f"{people:,} residents at the 2021 Census. Recorded crime is what was reported and written down, not all that happened."
        )
    view = Filters(wards=(ward,))
    st.markdown(f"**{visit.store.panel(answers.ward_answer, view)}**")
    _cards(visit.store.panel(ward_profile.profile, view))
    st.caption(
        "Source: Metropolitan Police recorded crime by ward and data.police.uk · release "
        f"{visit.release} · [link to this ward]({components.link(view)})"
    )
    returned = visit.store.panel(ward_profile.returned, view)
    if returned:
        components.section(f"What partners counted in {name}")
        _cards(returned)
        holders = list(dict.fromkeys(line.indicator.holder for line in returned))
        st.caption(
            f"Source: [partner {'return' if len(returned) == 1 else 'returns'}]({components.way('methods', visit.filters, 'standing')}) by {'; '.join(holders)} · release {visit.release}"
        )


def _cards(lines: tuple[ward_profile.Line, ...]) -> None:
    with st.grid(2, min_column_width=320):
        for line in lines:
            with st.container(border=True, height="stretch", gap="small"):
                st.markdown(f"**{line.indicator.title}**")
                st.caption(line.period)
                st.metric(line.indicator.title, line.count, label_visibility="collapsed")
                components.badge(line.state)
                st.markdown(line.words)
                st.caption(line.indicator.plain)


def look(visit: Visit, ward: str) -> None:
    """The ward on the map, and one measure over time."""
    here = replace(visit, filters=Filters(wards=(ward,)))
    components.section("How it changed")
    render.trends(here, "burglary", "violence_with_injury")
    components.section("Your ward among the others")
    shaded = replace(here.filters, measure=visit.filters.measure, shade=visit.filters.shade)
    maps.map_panel(replace(visit, filters=shaded), "asb", versus=False)


def action(visit: Visit) -> None:
    """What the partnership said it would do, and where to report."""
    components.section("What is being done")
    lines = visit.catalogue.priorities["neighbourhood_crime"].delivery[:8]
    st.markdown("\n".join(f"- {line}" for line in lines))
    st.page_link(
        page("plan"),
        label="Everything the partnership planned",
        icon=":material/menu_book:",
        query_params=visit.filters.to_params(),
    )
    contacts(visit)


def contacts(visit: Visit) -> None:
    """Where to report and get help, as the plan lists it."""
    components.section("Report something, or get help", "help")
    numbers(visit)


def numbers(visit: Visit, item: str = "") -> None:
    """The numbers and addresses themselves, without a heading."""
    st.error("In an emergency, or when a crime is happening, call [999](tel:999).", icon=":material/emergency:")
    groups = list(dict.fromkeys(contact.group for contact in visit.catalogue.contacts))
    with st.grid(3, min_column_width=280):
        for group in groups:
            with st.container(border=True, height="stretch"):
                st.markdown(f"**{group}**")
                for contact in visit.catalogue.contacts:
                    if contact.group == group:
                        name = f"[{contact.title}]({contact.link})" if contact.link else contact.title
                        st.markdown(f"{name}: {contact.how}")
                        if contact.note:
                            st.caption(contact.note)
    st.caption("From page 29 of the plan (2021). Numbers and addresses may have changed since.")
