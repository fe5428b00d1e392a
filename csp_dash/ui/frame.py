"""The frame around every page: start-up, navigation, filters, and the visit that pages receive."""

from __future__ import annotations

import gc
import html
import os
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from csp_dash.catalogue import Catalogue, CatalogueError, load
from csp_dash.domain.filters import PERIODS, Filters, Vocabulary
from csp_dash.domain.months import Month
from csp_dash.domain.settings import Settings
from csp_dash.domain.words import Compare, Measure
from csp_dash.ui import marks, store, url
from csp_dash.warehouse import SnapshotError

ICON = Path(__file__).with_name("icon.png")  # a Material icon would be fetched from a third party
PAGES_FOLDER = Path(__file__).parents[2] / "pages"
WATCH = 5  # seconds; with the opening of a release and a page's run this stays under ten
RELEASE = "release_shown"
EDGE = Path(__file__).with_name("edge.html")


@dataclass(frozen=True)
class PageCard:
    """A page in the menu. The slug is its file name and its URL."""

    slug: str
    title: str
    icon: str
    filters: bool = True


PAGES = (
    PageCard("overview", "Overview", ":material/home:"),
    PageCard("neighbourhood_crime", "1 Neighbourhood crime and ASB", ":material/location_city:"),
    PageCard("hate_and_tensions", "2 Hate crime and tensions", ":material/diversity_3:"),
    PageCard("reoffending", "3 Reoffending and drivers", ":material/sync:"),
    PageCard("violence", "4 Violence and exploitation", ":material/shield_person:"),
    PageCard("confidence", "Confidence and trust", ":material/verified_user:"),
    PageCard("my_ward", "My ward", ":material/pin_drop:", filters=False),
    PageCard("explore", "Explore the data", ":material/query_stats:"),
    PageCard("board", "Board screen", ":material/present_to_all:", filters=False),
    PageCard("plan", "The plan", ":material/menu_book:", filters=False),
    PageCard("methods", "Sources and methods", ":material/fact_check:", filters=False),
)
CARDS = {card.slug: card for card in PAGES}


@dataclass(frozen=True)
class Visit:
    """What a page receives: which page it is, the view asked for, and the way to the data."""

    page: str
    filters: Filters
    settings: Settings
    store: store.Store

    @property
    def catalogue(self) -> Catalogue:
        """The declarations as this release has them."""
        return self.store.data.catalogue

    @property
    def words(self) -> Vocabulary:
        return self.store.words

    @property
    def release(self) -> str:
        return self.store.release


_VISIT: ContextVar[Visit | None] = ContextVar("visit", default=None)


def enter() -> Visit:
    """The visit, for a page's first line. Where the page was reached before the frame ran, runs the frame."""
    visit = _VISIT.get()
    if visit is None:
        # A cold server serves a deep link by the file in pages/, without app.py.
        run()
        st.stop()
    assert visit is not None
    return visit


def page(slug: str) -> st.Page:
    """The Streamlit page of a slug."""
    card = CARDS[slug]
    return st.Page(PAGES_FOLDER / f"{slug}.py", title=card.title, icon=card.icon, default=slug == PAGES[0].slug)


@st.cache_resource(show_spinner="Opening the figures")
def _start() -> tuple[Settings, store.Live]:
    settings = Settings.read(os.environ)
    live = store.Live(load(), settings)
    # Imports are done: what lives now lives for good, so the collector need not look at it again.
    gc.collect()
    gc.freeze()
    return settings, live


@st.fragment(run_every=WATCH)
def _watch(live: store.Live, shown: str) -> None:
    """Shows a new release to a viewer who does nothing, such as a screen on a wall."""
    if live.now().release != shown:
        st.rerun()


def _renew(opened: store.Store) -> None:
    """Where the figures on the screen become those of another release: say it, and keep the view as far as it is known."""
    if st.session_state.get(RELEASE, opened.release) != opened.release:
        url.renew(opened.words)
        st.toast(f"The figures have just changed (release {opened.release}).", icon=":material/update:")
    st.session_state[RELEASE] = opened.release


def run() -> None:
    """Draw one run of the app: the frame, then the page that was asked for."""
    st.set_page_config(page_title="Community safety in Tower Hamlets", page_icon=str(ICON), layout="wide")
    st.html(EDGE, unsafe_allow_javascript=True)
    pages = {card.slug: page(card.slug) for card in PAGES}
    chosen = st.navigation(list(pages.values()), position="hidden")
    slug = next(slug for slug, item in pages.items() if item.title == chosen.title)
    try:
        settings, live = _start()
    except (SnapshotError, CatalogueError, ValueError) as fault:
        _cannot_start(str(fault))
        st.stop()
    opened = live.now()
    words = opened.words
    url.seed(slug, words)
    _renew(opened)
    if slug != "board":
        with st.sidebar:
            st.markdown("#### Tower Hamlets\nCommunity safety")
            menu = st.container(gap="xsmall")
            if CARDS[slug].filters:
                _filters(opened)
    filters = url.get(words)
    if slug != "explore":  # no other page has ways of looking
        filters = replace(filters, lens="")
    url.publish(slug, filters)
    if slug != "board":
        with menu:
            for card in PAGES:
                st.page_link(
                    pages[card.slug],
                    label=card.title,
                    icon=card.icon,
                    query_params=filters.to_params(),
                    width="stretch",
                )
        with st.sidebar:
            st.caption(f"Police figures to {opened.newest.words}. Release {opened.release}.")
            if live.trouble:
                st.warning(marks.plain(live.trouble))
    _watch(live, opened.release)
    token = _VISIT.set(Visit(slug, filters, settings, opened))
    try:
        chosen.run()
        _on_paper(slug, filters, opened.release)
    finally:
        _VISIT.reset(token)


def _on_paper(slug: str, filters: Filters, release: str) -> None:
    """What a printed page says of itself: its address (the browser's own, where scripts run), the release and the day."""
    address = html.escape(f"{slug}?{urlencode(filters.to_params(), doseq=True)}".removesuffix("?"))
    day = date.today()
    st.html(
        f'<p class="on-paper">Community safety in Tower Hamlets · <span class="address">{address}</span> · release {release} · '
        f"printed on {day.day} {day:%B %Y}</p>"
    )


def _filters(opened: store.Store) -> None:
    st.multiselect(
        "Wards",
        list(opened.words.wards),
        format_func=lambda code: opened.words.wards[code],
        key="f_wards",
        placeholder="Whole borough",
        max_selections=4,
        help="Up to four wards. Leave empty for the whole borough.",
    )
    st.segmented_control(
        "Show",
        [item.value for item in Measure],
        format_func={"count": "Count", "rate": "Rate per 1,000"}.__getitem__,
        key="f_measure",
        required=True,
        width="stretch",
        help="Rates are per 1,000 residents at the 2021 Census.",
    )
    st.selectbox("Period", list(PERIODS), format_func=url.period_name, key="f_period")
    if st.session_state.get("f_period") == "custom":
        months = _months(opened)
        first, last = st.columns(2)
        st.session_state["f_first"] = st.session_state.get("f_first") or str(opened.newest.plus(-11))
        st.session_state["f_last"] = st.session_state.get("f_last") or str(opened.newest)
        first.selectbox("From", months, key="f_first", format_func=lambda text: Month.parse(text).short)
        last.selectbox("To", months, key="f_last", format_func=lambda text: Month.parse(text).short)
        if st.session_state["f_first"] > st.session_state["f_last"]:
            st.warning("The first month is after the last, so the latest 12 months are shown.")
    st.selectbox(
        "Compare with",
        [item.value for item in Compare],
        format_func={
            "previous": "The year before",
            "baseline": "The baseline, mostly 2019/20",
            "london": "London",
            "similar": "Similar boroughs",
        }.__getitem__,
        key="f_compare",
    )


def _months(opened: store.Store) -> list[str]:
    """Months to choose from, newest first: from the oldest figures on, and as far as a link asks beyond them."""
    asked = [Month.parse(st.session_state[key]) for key in ("f_first", "f_last") if st.session_state.get(key)]
    newest = max([opened.newest, *asked])
    return url.months_back(newest, newest - min([opened.oldest, *asked]) + 1)


def _cannot_start(sentence: str) -> None:
    """The screen when there is no data to show: what is wrong and what to do, no traceback."""
    st.title("The dashboard cannot start")
    st.error(marks.plain(sentence), icon=":material/error:")
