"""The frame around every page: start-up, navigation, filters, and the visit."""

from __future__ import annotations

import ast
import functools
import html
import re
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from csp_dash.analytics import palette
from csp_dash.catalogue import Catalogue, CatalogueError
from csp_dash.domain.filters import BOROUGH_INSTEAD, Filters, Note, Vocabulary
from csp_dash.domain.settings import Settings
from csp_dash.ui import cache, components, patience, url_state
from csp_dash.warehouse import SnapshotError

ICON = Path(__file__).with_name("icon.png")  # a Material icon would be fetched from a third party
PAGES_FOLDER = Path(__file__).parents[2] / "pages"
MENU_WIDTH = 224
WATCH = 5  # seconds; with the opening of a release and a page's run this stays under ten
RELEASE = "release_shown"
EDGE = (
    f"<style>:root{{{palette.custom_properties()}}}\n{Path(__file__).with_name('style.css').read_text(encoding='utf-8')}</style>"
    + re.sub(
        r"\{\{(\w+)\}\}",
        lambda found: str(getattr(palette, found[1])),
        Path(__file__).with_name("edge.html").read_text(encoding="utf-8"),
    )
)
UNKNOWN = "unknown_page"
FOUND = "ward_search"
"""What the last search for a ward found."""
SITE = "Tower Hamlets community safety"
NO_PAGE = "Page not found"
INSTEAD = {"explore": ": choose one below.", "board": ", so the first screen is shown."}


@dataclass(frozen=True)
class PageCard:
    """A page in the menu. The slug is its file name and its URL; the rest is what the file says of itself in MENU."""

    slug: str
    place: int
    title: str
    icon: str
    filters: bool = True

    @classmethod
    def of(cls, path: Path) -> PageCard:
        """The card of a page's file, which is read and not run."""
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and [getattr(name, "id", "") for name in node.targets] == ["MENU"]:
                return cls(path.stem, **ast.literal_eval(node.value))
        raise ValueError(f"pages/{path.name} has no MENU, which says its place, title and icon in the menu.")


PAGES = tuple(sorted(map(PageCard.of, PAGES_FOLDER.glob("*.py")), key=lambda card: card.place))
CARDS = {card.slug: card for card in PAGES}


@dataclass(frozen=True)
class Visit:
    """What a page receives: which page it is, the view asked for, and the way to the data."""

    page: str
    filters: Filters
    settings: Settings
    store: cache.Store
    notes: tuple[Note, ...] = ()

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


@functools.cache
def page(slug: str) -> st.Page:
    """The Streamlit page of a slug, to link to. The first answers at the root.

    Made once, for it looks its file up on the disk; a run that opens a page takes a copy, which Streamlit marks as opened.
    """
    card = CARDS[slug]
    home = slug == PAGES[0].slug
    return st.Page(
        PAGES_FOLDER / f"{slug}.py", title=card.title, icon=card.icon, default=home, url_path="" if home else None
    )


def _navigate() -> tuple[st.Page, str]:
    """The page that was asked for and its slug, which is empty where nothing has that name."""
    pages = {card.slug: copy(page(card.slug)) for card in PAGES}
    first = PAGES[0]
    typed = st.Page(PAGES_FOLDER / f"{first.slug}.py", title=first.title, icon=first.icon)  # at its own name too
    lost = [st.Page(_lost, title=NO_PAGE, url_path=name)] if (name := _unknown_name(pages)) else []
    chosen = st.navigation([*pages.values(), typed, *lost], position="hidden")
    return chosen, next((slug for slug, item in pages.items() if item.title == chosen.title), "")


def _unknown_name(pages: Iterable[str]) -> str:
    """The name of no page that this visitor asked for last. It is made one, or Streamlit would say so over another page."""
    run = get_script_run_ctx()
    asked = run.pages_manager.intended_page_name if run else ""
    if asked and asked not in pages and "/" not in asked:
        st.session_state[UNKNOWN] = asked
    return str(st.session_state.get(UNKNOWN, ""))


def _lost() -> None:
    """The page of an address that has none: what there is instead."""
    st.title(f"There is no page \u201c{components.plain(st.session_state[UNKNOWN])}\u201d", anchor=False)
    st.markdown("These pages exist:")
    view = enter().filters.elsewhere()
    for card in PAGES:
        st.page_link(page(card.slug), label=card.title, icon=card.icon, query_params=view.to_params())


def _start() -> cache.Live:
    """What is open in this process; the first run of all opens it, and those that come meanwhile wait for it."""
    live = cache.opened()
    if live is None:
        with st.spinner("Opening the figures"):
            live = cache.open_once()
    return live


@st.fragment(run_every=WATCH)
def _watch(live: cache.Live, shown: str) -> None:
    """Shows a new release to a viewer who does nothing, such as a screen on a wall."""
    if live.now().release != shown:
        st.rerun()


def _renew(opened: cache.Store) -> None:
    """Where the figures on the screen become those of another release, say it."""
    if st.session_state.get(RELEASE, opened.release) != opened.release:
        st.toast(f"The figures have just changed (release {opened.release}).", icon=":material/update:")
    st.session_state[RELEASE] = opened.release


def run() -> None:
    """Draw one run of the app when its turn has come."""
    with patience.turn():
        _draw()


def _draw() -> None:
    """The frame, then the page that was asked for."""
    st.set_page_config(page_title=SITE, page_icon=str(ICON), layout="wide", initial_sidebar_state=MENU_WIDTH)
    st.html(EDGE, unsafe_allow_javascript=True)
    chosen, slug = _navigate()
    try:
        live = _start()
    except (SnapshotError, CatalogueError, ValueError) as fault:
        _cannot_start(str(fault))
        st.stop()
    opened = live.now()
    filters, notes = url_state.read(slug, opened.words)
    if slug != "my_ward":
        st.session_state.pop(FOUND, None)  # what a search found is of the page that it was made on
    visit = Visit(slug, filters, live.settings, opened, notes)
    titled(visit, CARDS[slug].title if slug else NO_PAGE)
    _renew(opened)
    if slug != "board":
        with st.sidebar:
            st.markdown("**Tower Hamlets**  \nCommunity safety")
            _menu(chosen, slug, filters)
            st.caption(f"Police figures to {opened.newest.words}. Release {opened.release}.")
            if live.trouble:
                st.warning(components.plain(live.trouble))
    url_state.drawn()
    components.fresh_page()
    tell([_instead(note, slug) for note in notes])
    _watch(live, opened.release)
    token = _VISIT.set(visit)
    try:
        chosen.run()
        _on_paper(slug, filters, opened.release)
    finally:
        _VISIT.reset(token)
        live.panels.leave(patience.asker())


def _instead(note: Note, slug: str) -> str:
    """What was not understood, with what this page shows instead."""
    if note.parameter == "indicator":
        return note.text + INSTEAD.get(slug, ".")
    return note.text.replace(BOROUGH_INSTEAD, "choose one below") if slug == "my_ward" else note.text


def _on_paper(slug: str, filters: Filters, release: str) -> None:
    """What a printed page says of itself: its address (the browser's own, where scripts run), the release and the day."""
    address = html.escape(f"{slug}?{urlencode(filters.to_params(), doseq=True)}".removesuffix("?"))
    day = date.today()
    st.html(
        f'<p class="on-paper">Community safety in Tower Hamlets · <span class="address">{address}</span> · release {release} · '
        f"printed on {day.day} {day:%B %Y}</p>"
    )


def titled(visit: Visit, *about: str) -> None:
    """Name the tab: what it is about, with the wards where the page can be about some."""
    card = CARDS.get(visit.page)
    wards = [visit.words.wards[code] for code in visit.filters.wards]
    placed = card is not None and (card.filters or card.slug == "my_ward")
    st.set_page_config(page_title=" \u00b7 ".join([*about, *(wards if placed else []), SITE]))


def tell(sentences: Sequence[str]) -> None:
    """What of the address was not understood, and what is shown instead."""
    if sentences:
        st.info("  \n".join(map(components.plain, sentences)), icon=":material/info:")


def _menu(chosen: st.Page, slug: str, filters: Filters) -> None:
    with st.container(gap="xsmall"):
        for card in PAGES:
            st.page_link(
                chosen if card.slug == slug else page(card.slug),
                label=card.title,
                icon=card.icon,
                query_params=filters.elsewhere().to_params(),
                width="stretch",
            )


def _cannot_start(sentence: str) -> None:
    """The screen when there is no data to show: what is wrong and what to do, no traceback."""
    st.title("The dashboard cannot start")
    st.error(components.plain(sentence), icon=":material/error:")
