"""What readers of screens, keyboards and weak eyes meet: every page through axe and through Chromium's accessibility tree."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from harness import Watch, go, settle
from playwright.sync_api import Page

from csp_dash.ui.frame import CARDS

pytestmark = pytest.mark.browser
Tab = Callable[..., tuple[Page, Watch]]

PAGES = {slug: "/" if card.place == 1 else f"/{slug}" for slug, card in CARDS.items()} | {
    "a ward": "/my_ward?ward=E05009336",
    "the wards of a measure": "/violence?indicator=violence_all&view=map&ward=E05009336",
    "a measure that ended": "/violence?indicator=knife_crime_to_2021",
    "a map with a ward": "/explore?indicator=burglary&view=map&ward=E05009336",
    "below the ward": "/explore?indicator=burglary&view=small",
    "an awaiting measure": "/explore?indicator=modern_slavery",
    "no page": "/nowhere",
}
NAMED = ("image", "img", "button", "link", "heading", "graphics-document")
LIGATURE = re.compile(r"\b[a-z]+_[a-z_]+\b|\b\w+ icon$")


def broken(page: Page, **options: object) -> list[str]:
    """The rules of axe that a page breaks, each with where and how."""
    found = Axe().run(page, options=dict(options)).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:120]} {[why['message'] for why in node['any']]}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.grid(6)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_open_to_all(name: str, tab: Tab, warm: str):
    page, _ = tab()
    go(page, warm + PAGES[name])
    # What lies below the fold of the inner frame is not measured, so the window is made as high as the page.
    high = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": 1366, "height": min(max(high, 768), 16_000)})
    settle(page)
    assert broken(page) == []
    levels = [
        int(level)
        for level in page.evaluate("() => [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => h.tagName[1])")
    ]
    assert levels[0] == 1 and levels.count(1) == 1, "one heading of the first level, before all others"
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), f"a level left out: {levels}"
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    said = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if not node.get("ignored")]
    told = [(role, heard) for role, heard in said if role in NAMED]
    assert len(told) >= 5
    assert [one for one in told if not one[1].strip() or LIGATURE.search(one[1])] == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(1500)  # colours fade over: what is measured half way is neither theme's
    settle(page)
    assert page.evaluate("() => getComputedStyle(document.querySelector('.stApp')).colorScheme") == "dark"
    assert broken(page, runOnly=["color-contrast"]) == []


def test_the_keyboard_s_place_in_the_menu_differs_from_the_open_page(tab: Tab, warm: str):
    page, _ = tab()
    go(page, warm + "/violence")
    links = page.locator('[data-testid="stSidebar"] [data-testid="stPageLink-NavLink"]')
    links.first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    styles = "e => { const s = getComputedStyle(e); return [s.outlineStyle, s.outlineWidth] }"
    assert links.first.evaluate(styles) == ["solid", "3px"]
    assert links.nth(4).evaluate(styles)[0] == "none", "the page that is open has no outline"
