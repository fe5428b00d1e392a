"""Board screen: one finding a slide, moved by arrow keys."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from csp_dash.domain import wording
from csp_dash.domain.filters import Filters
from csp_dash.panels.plan import answers
from csp_dash.panels.tile import tile
from csp_dash.panels.trends import trend
from csp_dash.panels.wards import ward_map
from csp_dash.ui import components, url_state
from csp_dash.ui.chart import chart
from csp_dash.ui.frame import CARDS, Visit, page, tell, titled

# The picture takes what the screen leaves: no widget setting speaks of the height of the window.
# Nor does one speak of its width: under bars, type that is read from six metres would overlap on a small screen.
FIT = (
    "<style>.stVerticalBlock.st-key-wall-picture{height:calc(100vh - 30rem);min-height:16rem;flex:none}"
    ".st-key-wall-state p{font-size:1.5rem;font-weight:700;line-height:1.2}"
    "@media(max-width:1300px){.st-key-wall-picture .js-plotly-plot:has(.bars) :is(.xtick,.ytick,.annotation) text"
    "{font-size:clamp(11px,2vw,26px)!important}}</style>"
)
FONT = "font-family:inherit;margin:0;padding:0;letter-spacing:normal;"


def show(visit: Visit) -> None:
    """The present screen, with the way to the next and the previous."""
    screens = answers.screens(visit.store.data)
    number = _number(screens, visit.filters)
    screen = screens[number]
    named = visit.catalogue.indicators
    titled(visit, f"{CARDS[visit.page].title}: {named[screen.indicator].title}")
    if visit.filters.indicator not in ("", screen.indicator):
        asked = named[visit.filters.indicator].title
        tell([f"{asked} {wording.agree(asked, 'has', 'have')} no screen here, so the first is shown."])
    view = replace(visit.filters, indicator=screen.indicator, lens="")
    item = visit.store.panel(tile, view)
    picture = visit.store.panel(trend.wall if screen.kind == "trend" else ward_map.wall, view)
    st.html(FIT)
    where = f"Priority {screen.priority.number}" if screen.priority.number else "Across the plan"
    _say(where if screen.priority.title == where else f"{where}: {screen.priority.title}", 1.7, 500)
    _say(picture.title, 3.1, 750, "h1")
    left, right = st.columns([1, 3], gap="large", vertical_alignment="center")
    with left:
        _say(item.figure, 5.2, 750)
        _say(f"{item.unit}, {item.place}, {item.period}", 1.7, 400)
        components.wall_badge(item.state)
        _say(item.words, 1.6, 400)
    with right:
        with st.container(key="wall-picture", height="stretch"):
            chart(picture.figure, key=f"wall-{number}", alt=picture.alt, fill=True)
        if screen.kind == "map":
            components.legend(picture.legend, size=1.4)
            _say(picture.caption, 1.4, 400)
    with st.container(key="board-steps", horizontal=True, vertical_alignment="center"):
        st.button("Previous", icon=":material/arrow_back:", shortcut="Left", on_click=_step, args=(screens, -1))
        st.button(
            "Next",
            icon=":material/arrow_forward:",
            shortcut="Right",
            type="primary",
            on_click=_step,
            args=(screens, +1),
        )
        st.markdown(f"**{number + 1}** of {len(screens)}")
        st.caption(f"{picture.evidence.source} · figures to {picture.evidence.as_at} · release {visit.release}")
        st.page_link(
            page("overview"),
            label="Leave the board screen",
            icon=":material/close:",
            query_params=visit.filters.to_params(),
        )


def _number(screens: tuple[answers.Screen, ...], view: Filters) -> int:
    """Which screen the address names: a measure's, as a map where it asks for that; else the first."""
    own = [number for number, screen in enumerate(screens) if screen.indicator == view.indicator]
    return next((number for number in own if _lens(screens[number]) == view.lens), own[0] if own else 0)


def _lens(screen: answers.Screen) -> str:
    return "map" if screen.kind == "map" else ""


def _step(screens: tuple[answers.Screen, ...], way: int) -> None:
    """Go on from the screen that the address names by now, which a quick hand has left behind on the glass."""
    screen = screens[(_number(screens, url_state.present()) + way) % len(screens)]
    url_state.choose(indicator=screen.indicator, lens=_lens(screen))


def _say(text: str, size: float, weight: int, tag: str = "p") -> None:
    """A line of text of a size in rem: what markdown cannot say at six metres."""
    st.html(
        f'<{tag} style="{FONT}font-size:clamp(1.1rem,min({size * 0.95}vw,{size * 1.48}vh),{size}rem);line-height:1.2;font-weight:{weight}">{components.safe(text)}</{tag}>'
    )
