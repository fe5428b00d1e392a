"""The detail of one measure: its trend, wards, boroughs, figures and notes, one view at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from csp_dash.catalogue import Catalogue
from csp_dash.domain import wording
from csp_dash.domain.enums import Frequency, Trust
from csp_dash.domain.filters import LENSES
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Indicator
from csp_dash.domain.plan import Theme, ThemePicture
from csp_dash.panels.about.how_made import smallest_areas
from csp_dash.panels.tile import tile
from csp_dash.panels.trends import trend
from csp_dash.panels.wards import ranking
from csp_dash.ui import components, render, url_state
from csp_dash.ui.chart import chart
from csp_dash.ui.frame import Visit, tell
from csp_dash.ui.sections import outcomes, themes, ward_views
from csp_dash.ui.sections.how_made import how_made

FIRST = ("", "map", "boroughs", "figures", "notes")
"""The views that every measure may have, whatever page shows it."""


PICTURES = tuple(name.value for name in ThemePicture if name.value not in FIRST)
"""The views that a theme of the plan may ask for."""


def views(visit: Visit, item: Indicator) -> tuple[str, ...]:
    """The views of a measure on a page of its priority: those that every measure may have, and the pictures that show it."""
    shown = (*FIRST[:3], *pictures(visit.catalogue, item), *FIRST[3:])
    return tuple(name for name in shown if fits(visit, item, name))


def pictures(catalogue: Catalogue, item: Indicator) -> dict[str, Theme]:
    """The pictures that show a measure, each with its theme: the measure's own, or one without measures whose basket holds it."""
    themes = [
        theme
        for priority in catalogue.priorities.values()
        for theme in priority.themes
        if item.slug in (theme.measures or theme.basket)
    ]
    return {
        name: theme
        for name in PICTURES
        for theme in themes
        if ThemePicture(name) in theme.pictures and (name != ThemePicture.PAIR or item.pair)
    }


def fits(visit: Visit, item: Indicator, lens: str) -> bool:
    """Whether a view has anything to show for a measure; made-up figures are given no verdicts."""
    if lens == "map":
        return visit.store.data.have(item, AreaKind.WARD) is not None
    if lens == "boroughs":
        return item.trust is not Trust.ILLUSTRATIVE and ranking.ranked(visit.store.data, item)
    return lens in ("", "figures", "notes") or item.trust is not Trust.ILLUSTRATIVE


Draw = Callable[[Visit, Indicator], None]


def detail(visit: Visit, item: Indicator, offered: tuple[str, ...], more: Mapping[str, Draw] | None = None) -> None:
    """One view of the measure, with tabs for the others; the URL keeps which. `more` draws views of the page's own."""
    with st.container(border=True, key="detail", gap="xsmall"):
        if not item.measured or not visit.store.data.shows(item):
            outcomes.awaiting_card(visit, item)
            return
        present = visit.filters.lens if visit.filters.lens in offered else ""
        if visit.filters.lens != present:
            has = wording.agree(item.title, "has", "have")
            tell([f"{item.title} {has} no view \u201c{LENSES[visit.filters.lens]}\u201d, so the first is shown."])
        _tabs(visit, offered, present)
        {**DRAWN, **(more or {})}[present](visit, item)


def _tabs(visit: Visit, offered: tuple[str, ...], present: str) -> None:
    key, changed = url_state.control(f"lens-{visit.page}", present, lambda lens: url_state.choose(lens=lens))
    with st.container(key="tabs"):
        st.segmented_control(
            "View",
            offered,
            required=True,
            key=key,
            on_change=changed,
            format_func=lambda name: LENSES[name],
            label_visibility="collapsed",
            wrap=True,
        )


def _trend(visit: Visit, item: Indicator) -> None:
    view = render.view_of(visit, item.slug)
    whole = bool(st.session_state.get("all-years"))
    picture = visit.store.panel(trend.trend, view, whole)
    _finding(picture.title, item)
    if item.trust is not Trust.ILLUSTRATIVE:
        st.caption(visit.store.panel(tile, view).words)
    chart(picture.figure, key=f"trend-{item.slug}", alt=picture.alt)
    st.html(_key(visit, item, picture.caption))
    with st.container(horizontal=True, vertical_alignment="center", key="under-trend"):
        if picture.marked:
            with st.popover("How to read it", type="tertiary"):
                told = "" if item.trust is Trust.ILLUSTRATIVE else picture.sentence  # no verdict on made-up figures
                st.markdown(f"{picture.caption}\n\n{picture.marked}\n\n{told}")
        if trend.longer(visit.store.data, view):
            st.toggle("All years", key="all-years")
    if picture.remark:
        st.caption(picture.remark)
    components.source(picture.evidence, render.pinned(visit, view))


def _key(visit: Visit, item: Indicator, caption: str) -> str:
    """What dots and lines of a trend are: for months as a key, for surveys and years the caption."""
    if item.frequency is not Frequency.MONTH:
        return f'<p class="key">{components.safe(caption)}</p>'
    parts = {"month": "a month", "beyond": "a month beyond the usual range", "average": "12-month average"}
    against = visit.store.data.comparator(visit.filters.compare)
    if against:
        parts["other"] = f"12-month average, {against[0]}"
    return f'<p class="key">{"".join(f"<span><i class={kind}></i>{components.safe(text)}</span>" for kind, text in parts.items())}</p>'


def _finding(title: str, item: Indicator) -> None:
    if item.trust is Trust.ILLUSTRATIVE:
        components.illustrative()
    components.title(title)


def _wards(visit: Visit, item: Indicator) -> None:
    ward_views.where(visit, item.slug)


def _boroughs(visit: Visit, item: Indicator) -> None:
    render.ranked(visit, item.slug)


def _figures(visit: Visit, item: Indicator) -> None:
    picture = visit.store.panel(trend.trend, render.view_of(visit, item.slug), True)
    components.title(f"{wording.capital(picture.indicator.title)}: the figures")
    components.details(picture.evidence, f"trend-{item.slug}", visit.filters)


def _notes(visit: Visit, item: Indicator) -> None:
    """What the measure is, why it has its state, its caveats, and where it comes from."""
    view = render.view_of(visit, item.slug)
    picture = visit.store.panel(trend.trend, view, True)
    components.title("What it is, and how far to trust it")
    st.markdown(item.plain)
    if item.readings and item.falls:
        st.markdown(
            f"A rise may mean that {item.readings[0]}, or that {item.readings[1]}; "
            f"a fall that {item.falls[0]}, or that {item.falls[1]}."
        )
    _place(visit, item)
    if item.trust is not Trust.ILLUSTRATIVE:
        found = visit.store.panel(tile, view)
        if found.reasons:
            st.markdown("**Why this state**\n" + "\n".join(f"- {line}" for line in found.reasons))
    components.notes(picture.evidence, visit.filters)
    made = st.expander("How this figure was made", key=f"made-{item.slug}", on_change="rerun")
    if made.open:
        with made:
            how_made(visit, view)
    st.caption(f"{picture.evidence.source}. Release {visit.release}.")


def _theme(name: str) -> Draw:
    def draw(visit: Visit, item: Indicator) -> None:
        themes.DRAWN[name](visit, pictures(visit.catalogue, item)[name])

    return draw


DRAWN: dict[str, Draw] = {
    "": _trend,
    "map": _wards,
    "boroughs": _boroughs,
    "figures": _figures,
    "notes": _notes,
    **{name: _theme(name) for name in PICTURES},
}


def _place(visit: Visit, item: Indicator) -> None:
    """From a measure up to the plan: priority, theme, outcome, board, targets, with the plan's page."""
    priority = visit.catalogue.priorities[item.place.priority]
    theme = visit.catalogue.theme_of(item.slug)
    outcome = next((one for one in priority.outcomes if one.id == item.place.outcome), None)
    board = visit.catalogue.boards.get(item.place.board)
    number = f"Priority {priority.number}" if priority.number else "Across all priorities"
    steps = [f"{number}: {priority.title}", *([theme.title] if theme else [])]
    lines = [f"- **In the plan:** {' › '.join(steps)}" + (f" (p{item.place.page})" if item.place.page else "")]
    if outcome:
        lines.append(f"- **Outcome wanted:** {outcome.text} (p{outcome.page})")
    if board:
        lines.append(f"- **Who answers for it:** [{board.title}]({components.way('plan', visit.filters, 'boards')})")
    aims = [target for target in visit.catalogue.targets if target.indicator == item.slug]
    lines += [
        f"- **Target:** [{aim.title}, {aim.words}]({components.way('plan', visit.filters, 'targets')}) (p{aim.page})"
        for aim in aims
    ]
    said = visit.catalogue.figures_of(item.slug)
    if said:
        lines.append(
            "- **The plan says:** "
            + "; ".join(
                f"{one.name} {one.words}{f', {one.period}' if one.period else ''} (p{one.page})" for one in said
            )
        )
    lines.append(f"- **Smallest areas:** {smallest_areas(visit.store.data, item)}")
    st.markdown("\n".join(lines))
