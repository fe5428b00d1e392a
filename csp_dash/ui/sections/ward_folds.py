"""What My ward keeps one step away: what is being done, what a resident can do, and every figure of the ward."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from csp_dash.domain import wording
from csp_dash.domain.enums import Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.indicator import Indicator
from csp_dash.panels import course
from csp_dash.panels.wards import ward_profile
from csp_dash.panels.wards.ward_place import among
from csp_dash.panels.wards.ward_profile import Line
from csp_dash.ui import components, render, url_state, ward_rows
from csp_dash.ui.frame import Visit, page
from csp_dash.ui.live import live
from csp_dash.ui.sections import detail, ward_finder, ward_views

FIGURES = "ward-figures"
VIEWS = ("", "map", "figures", "notes")
"""The views of a ward's measure; the first is its trend."""
URGENT = {"tel:999": "Emergency", "tel:101": "Not urgent"}


def show(visit: Visit, ward: str = "") -> None:
    """The folds, that of figures where there is a ward, and the two numbers that are never folded."""
    with st.container(key="ward-folds", gap="xsmall"):
        _done(visit)
        with st.expander(_label("What you can do", "Report something, get help"), icon=":material/call:"):
            contact_list(visit)
        if ward:
            figures(visit, ward)
    numbers = [contact.link for contact in visit.catalogue.contacts]
    words = " ".join(
        f'<span>{name}: <a href="{link}">{link.removeprefix("tel:")}</a></span>'
        for link, name in URGENT.items()
        if link in numbers
    )
    st.html(f'<p class="urgent">{words}</p>')


def links(ward: str, lines: Iterable[Line]) -> dict[str, str]:
    """The address of each measure of a ward."""
    return {
        line.indicator.slug: components.link(Filters(wards=(ward,), indicator=line.indicator.slug)) for line in lines
    }


def open_figures() -> None:
    """Have the figures open in the run that follows."""
    st.session_state[FIGURES] = True


def _label(title: str, about: str) -> str:
    return f"**{title}** :small[{about}]"


def _done(visit: Visit) -> None:
    """What the partnership said it would do about the rows' measures, who answers for it, and that its time is over."""
    known = visit.catalogue.indicators
    slugs = dict.fromkeys(known[slug].place.priority for slug in [*visit.catalogue.ward_profile][: ward_profile.ROWS])
    shown = [visit.catalogue.priorities[slug] for slug in slugs]
    count = sum(len(priority.delivery) for priority in shown)
    about = f"{wording.counted(count, 'promises')}, and who answers"
    with st.expander(_label("What is being done", about), icon=":material/handshake:"):
        st.markdown(
            f"This is what the plan promised. It ended in {visit.catalogue.term.span.last.words}; what the partnership does now "
            "is not known here."
        )
        for priority in shown:
            boards = [visit.catalogue.boards[name].title for name in priority.boards]
            way = components.way("plan", visit.filters, "boards")
            components.title(priority.title)
            st.markdown(f"Who answers: [{'; '.join(boards)}]({way})")
            st.markdown("\n".join(f"- {line}" for line in priority.delivery))
        st.page_link(
            page("plan"),
            label="Everything the partnership planned",
            icon=":material/menu_book:",
            query_params=replace(visit.filters, part="priorities").to_params(),
        )


def contact_list(visit: Visit) -> None:
    """Where to report and get help, group by group."""
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


@st.fragment
def figures(visit: Visit, ward: str) -> None:
    """Every other measure of the ward, and the one that is chosen in depth. A choice draws this part anew, alone."""
    visit = render.as_chosen(visit)
    data, view = visit.store.data, Filters(wards=(ward,))
    lines = visit.store.panel(ward_profile.profile, view)
    returned = visit.store.panel(ward_profile.returned, view)
    others = [line for line in lines if line not in ward_profile.rows(data, lines)]
    if visit.filters.indicator:
        st.session_state.setdefault(FIGURES, True)
    opened = st.expander(
        _label(
            "More figures", f"{wording.counted(len(others) + len(returned), 'more measures')}, with trends and maps"
        ),
        key=FIGURES,
        on_change="rerun",
        icon=":material/bar_chart:",
    )
    if not opened.open:
        return
    with opened, st.container(key="ward-more"):
        left, right = st.columns([54, 46], gap="medium")
        known = {line.indicator.slug: line for line in (*lines, *returned)}
        asked = visit.filters.indicator
        present = known.get(asked) or next(iter(known.values()), None)
        with left:
            _rows(visit, ward, others, present, "Other measures")
            if data.settings.public:
                st.caption("Sensitive measures are given for the borough and not by ward.")
            if returned:
                _returned(visit, ward, returned, present)
        with right:
            if asked and asked not in known:
                _instead(visit, visit.catalogue.indicators[asked])
            if present is not None:
                _one(visit, ward, present)


def _rows(visit: Visit, ward: str, lines: Iterable[Line], present: Line | None, label: str) -> None:
    lines = sorted(lines, key=lambda line: (line.ended, line.moved == "same"))
    html = ward_rows.rows(lines, course.axis(visit.store.data), links(ward, lines), label)
    chosen = (present.indicator.slug,) if present else ()
    live(html, f"rows-{label}", chosen=chosen, on_choose=lambda slug: url_state.choose(indicator=slug))


def _returned(visit: Visit, ward: str, lines: tuple[Line, ...], present: Line | None) -> None:
    components.title(f"What partners counted in {visit.words.wards[ward]}")
    _rows(visit, ward, lines, present, "Partners' counts")
    holders = list(dict.fromkeys(line.indicator.holder for line in lines))
    st.caption(
        f"Source: [partner {'return' if len(lines) == 1 else 'returns'}]({components.way('methods', visit.filters, 'standing')}) "
        f"by {'; '.join(holders)} · release {visit.release}"
    )


def _instead(visit: Visit, item: Indicator) -> None:
    """A measure of the link that has no figures of wards: what there is of it."""
    if visit.store.data.shows(item) and visit.store.data.have(item):
        way = components.way("explore", Filters(indicator=item.slug))
        st.info(f"{item.title} has no ward figures here: [its figures for the borough]({way}).")
    else:
        st.info(f"{item.title} has no ward figures here, so another measure is shown.")


def _one(visit: Visit, ward: str, line: Line) -> None:
    """One measure of the ward: its figure and rate in a sentence, then trend, map, table and notes."""
    item = line.indicator
    here = Filters(wards=(ward,), indicator=item.slug, lens=visit.filters.lens)
    st.markdown(f"**{wording.capital(line.name)}.** {line.words}")
    shown = replace(visit, filters=here)
    offered = tuple(name for name in VIEWS if detail.fits(shown, item, name))
    detail.detail(shown, item, offered, {"map": _among})


def _among(visit: Visit, item: Indicator) -> None:
    """The ward on the map of a measure."""
    view = replace(render.view_of(visit, item.slug), measure=Measure.RATE if item.has_rate else Measure.COUNT)
    found = visit.store.panel(among, view)
    components.title(found.title)
    st.caption(found.caption)
    live(
        f"{found.figure}{ward_views.steps(found.legend)}", "ward-among", chosen=view.wards, on_choose=ward_finder.choose
    )
    if found.remark:
        st.caption(found.remark)
    components.source(found.evidence, view)
