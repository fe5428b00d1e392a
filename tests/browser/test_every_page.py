"""Every page as the first that a cold server is asked for; every page on a phone; light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from harness import Watch, go, legend_colours, pixels, server, settle, share_of, whole
from playwright.sync_api import Browser, Locator, Page, expect

from csp_dash.ui.frame import CARDS

pytestmark = pytest.mark.browser
Tab = Callable[..., tuple[Page, Watch]]

PAGES = {slug: card.title for slug, card in CARDS.items()}
LIVE_MAPS = ("overview", "my_ward")
WITHOUT_CHARTS = ("overview", "changes", "my_ward", "plan", "methods")
CUT = "() => [...document.querySelectorAll('.stMarkdownBadge, .live .chip, .live td, .live .figure')].filter(b => b.scrollWidth > b.clientWidth + 1).map(b => b.innerText)"
FROM_NOTHING = ("violence", "board")  # these make the database as well


def address_of(page: str) -> str:
    """The default page answers at the root only."""
    return "/" if page == "overview" else f"/{page}"


@pytest.mark.grid(4)
@pytest.mark.parametrize("name", PAGES)
def test_a_cold_server_answers_a_deep_link_to(name: str, tab: Tab, ready: Callable[[], Path], tmp_path: Path):
    with server(tmp_path if name in FROM_NOTHING else ready()) as at:
        page, _ = tab()
        go(page, at + address_of(name))
        framed(page, name)
        drawn(page, name)
        page.close()  # before the server ends, which it would rightly complain of


def framed(page: Page, name: str) -> None:
    """The menu stands around the page, the page is the one that was asked for, nothing is in its way."""
    text = page.locator('[data-testid="stMain"]').inner_text()
    assert "encountered an error" not in text and "cannot start" not in text and len(text) > 150
    assert page.locator('[role="dialog"]').count() == 0, "no Page-not-found dialog"
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.evaluate(CUT) == [], "verdicts that are cut"
    assert page.title().endswith("Tower Hamlets community safety") and page.title() != "Tower Hamlets community safety"
    assert page.locator('[data-testid="stSidebarNav"]').count() == 0, "not Streamlit's own list of file names"
    links = page.locator('[data-testid="stSidebar"] [data-testid="stPageLink-NavLink"]')
    if name == "board":
        assert page.locator('[data-testid="stSidebar"]').count() == 0
        assert page.get_by_role("button", name="Next").is_visible()
    else:
        assert [link.inner_text().splitlines()[-1].strip() for link in links.all()] == list(PAGES.values())
        assert page.locator('[data-testid="stMain"] h1').count() >= 1


def drawn(page: Page, name: str) -> None:
    """Charts have their lines, maps their classes: seen in the picture, not in the code."""
    charts = page.locator('[data-testid="stPlotlyChart"]')
    assert (charts.count() > 0) is (name not in WITHOUT_CHARTS)
    maps = 0
    for chart, seen in zip(charts.all(), whole(page, charts), strict=True):
        ground = np.bincount(seen.dot([65536, 256, 1])).max()
        assert ground / len(seen) < 0.995, "a blank chart"
        assert len(np.unique(seen // 32, axis=0)) >= 4
        classes = legend_colours(panel_of(chart))
        if classes:
            maps += 1
            there = [colour for colour in classes if share_of(seen, colour) > 0.002]
            assert len(there) >= min(3, len(classes)), f"a blank map: {classes} but only {there}"
    assert not maps, "no page begins with a map of Plotly's"
    areas = page.locator("svg.ward-map [data-choose]")
    assert areas.count() == 20 * (name in LIVE_MAPS)
    fills = areas.evaluate_all("all => all.map(area => getComputedStyle(area).fill)")
    shades = 4 if name == "overview" else 1  # the ward page's map only finds a ward
    assert not fills or (len(set(fills)) >= shades and "none" not in fills), "a blank map"


def panel_of(picture: Locator) -> Locator:
    """The innermost part of the page that holds a picture and, where it has one, its legend; else nothing."""
    around = picture.locator('xpath=ancestor::*[.//span[@aria-hidden="true" and contains(@style, "background")]][1]')
    pictures = around.locator('[data-testid="stPlotlyChart"], [data-testid="stDeckGlJsonChart"]')
    return around if around.count() and pictures.count() == 1 else picture


@pytest.mark.parametrize("view", ["", "&view=small"], ids=["the map to zoom", "the hexagons"])
def test_a_map_of_the_graphics_card_draws_without_the_internet(view: str, tab: Tab, warm: str):
    page, _ = tab(height=1000)
    go(page, f"{warm}/explore?indicator=burglary{view or '&view=map'}")
    if not view:
        page.get_by_text("Zoom and move in the map").click()
    decks = page.locator('[data-testid="stDeckGlJsonChart"]')
    expect(decks).to_have_count(1)
    settle(page)
    deck = decks.first
    deck.scroll_into_view_if_needed()
    deck.locator("canvas").first.wait_for()
    page.wait_for_timeout(1500)  # the graphics card of a test machine is a program
    seen, classes = pixels(deck), legend_colours(panel_of(deck))
    # what is drawn is a little see-through: nearly the colours of the legend
    assert len([colour for colour in classes if share_of(seen, colour, near=30) > 0.002]) >= 3, "a blank map"


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[tuple[Page, Watch]]:
    """A small tab that goes from page to page."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page, watch = context.new_page(), Watch()
    watch.on(context, page)
    yield page, watch
    context.close()


@pytest.mark.grid(5)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_a_phone(name: str, phone: tuple[Page, Watch], warm: str):
    page, watch = phone
    go(page, warm + address_of(name))
    watch.check()
    wide = page.evaluate(
        """() => {
          const out = [];
          if (document.documentElement.scrollWidth > innerWidth) out.push('the page: ' + document.documentElement.scrollWidth);
          const main = document.querySelector('[data-testid="stMain"]');
          if (main.scrollWidth > main.clientWidth + 1) out.push('its middle: ' + main.scrollWidth);
          const scrolls = e => { for (let p = e.parentElement; p && p !== main; p = p.parentElement)
            if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(p).overflowX)) return true; return false; };
          for (const e of main.querySelectorAll('*')) {
            const box = e.getBoundingClientRect();
            if (box.width && box.right > innerWidth + 1 && !scrolls(e)) out.push(e.tagName + ' ' + (e.dataset.testid || '') + ' ' + box.right);
          }
          return out.slice(0, 5);
        }"""
    )
    assert wide == []


@pytest.mark.parametrize("name", ["overview", "violence", "board"])
def test_light_and_dark_both_are_readable(name: str, tab: Tab, warm: str):
    grounds = {}
    for scheme in ("light", "dark"):
        page, _ = tab(color_scheme=scheme)
        go(page, warm + address_of(name))
        grounds[scheme] = float(np.median(pixels(page).mean(axis=2)))
        inks = page.evaluate(
            """() => [...document.querySelectorAll('[data-testid="stPlotlyChart"] svg text, h1, h2, p')]
                 .filter(e => e.getBoundingClientRect().width > 2 && e.textContent.trim())
                 .map(e => getComputedStyle(e)[e.namespaceURI.endsWith('svg') ? 'fill' : 'color'])"""
        )
        numbers = [
            [int(n) for n in ink[ink.index("(") + 1 : ink.index(")")].replace(" ", "").split(",")[:3]]
            for ink in inks
            if "(" in ink
        ]
        lightness = np.array(numbers).mean(axis=1)
        assert len(lightness) > 5
        like_the_ground = np.abs(lightness - grounds[scheme]) < 40
        assert like_the_ground.mean() < 0.12, f"{scheme}: text in the colour of the page"
    assert grounds["light"] > 200 > 80 > grounds["dark"]
