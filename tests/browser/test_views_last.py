"""A view survives every page on a slow server: Back, Forward, menu and link, between all pages, in two tabs.

The waits are in the server (see `slow.py`): a run reads its address late and draws slowly, so that what the reader does
next arrives in the middle of it. The tests themselves wait for what is on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from harness import Watch, filters, go, server, settle
from harness import view as sheet
from playwright.sync_api import Page, expect

from csp_dash.ui.frame import CARDS, PAGES

pytestmark = pytest.mark.browser
Tab = Callable[..., tuple[Page, Watch]]
VIEW = "indicator=asb&ward=E05009336&period=24m&compare=similar&view=compare"
STEPS = (1, 4)
"""How far down the menu each page leads: every page is left and reached twice. All pairs would take half an hour."""
MENU = [card for card in PAGES if card.slug != "board"]


@pytest.fixture(scope="module")
def slow(ready: Callable[[], Path]) -> Iterator[str]:
    with server(ready(), app="tests/browser/slow.py", SLOW="start=0.25,panel=0.02") as address:
        yield address


def path(slug: str) -> str:
    return "/" if slug == PAGES[0].slug else f"/{slug}"


def there(page: Page, slug: str, view: str = VIEW) -> None:
    """The page is on the screen with the view, in its address and in its controls."""
    page.wait_for_function("path => location.pathname === path", arg=path(slug))
    expect(page).to_have_title(title_of(slug))
    settle(page)
    parts = urlsplit(page.url)
    assert (parts.path, parse_qs(parts.query)) == (path(slug), parse_qs(view))
    if CARDS[slug].filters:
        told = expect(sheet(page))  # waited for: explore has no title of its own to wait for
        (told.to_contain_text if "E05009336" in view else told.not_to_contain_text)("Whitechapel")


def title_of(slug: str) -> re.Pattern[str]:
    part = "Board screen" if slug == "board" else CARDS[slug].title
    return re.compile(".*" if slug == "explore" else f"^{re.escape(part)}")


def choose(page: Page, slug: str) -> None:
    page.locator('[data-testid="stSidebar"]').get_by_role("link", name=CARDS[slug].title, exact=True).click()


@pytest.mark.grid(4)
@pytest.mark.parametrize("start", [card.slug for card in MENU])
def test_from_every_page_to_others_and_back(start: str, tab: Tab, slow: str):
    page, _ = tab()
    go(page, f"{slow}{path(start)}?{VIEW}")
    there(page, start)
    at = [card.slug for card in MENU].index(start)
    for step in STEPS:
        card = MENU[(at + step) % len(MENU)]
        choose(page, card.slug)
        there(page, card.slug)
        page.go_back()
        there(page, start)
        page.go_forward()
        page.go_back()  # before the page forward has been read
        there(page, start)
    choose(page, "board")
    page.wait_for_function("() => location.pathname === '/board'")
    settle(page)
    page.go_back()
    there(page, start)


def test_back_before_the_page_is_drawn(tab: Tab, slow: str):
    page, _ = tab()
    go(page, f"{slow}/violence?{VIEW}")
    for slug in ("plan", "methods", "explore", "my_ward"):
        choose(page, slug)
        page.wait_for_function("path => location.pathname === path", arg=path(slug))
        page.go_back()
        there(page, "violence")


def test_two_tabs_keep_their_own(tab: Tab, slow: str):
    one, _ = tab()
    two = one.context.new_page()
    other = "period=plan&measure=rate"
    go(one, f"{slow}/violence?{VIEW}")
    go(two, f"{slow}/violence?{other}")
    for slug in ("plan", "explore", "methods", "my_ward"):
        choose(one, slug)
        choose(two, slug)
        there(one, slug)
        there(two, slug, other)
        one.go_back()
        two.go_back()
        there(two, "violence", other)
        there(one, "violence")


def test_a_choice_is_kept_by_the_link_that_was_clicked_before_it_was_drawn(tab: Tab, slow: str):
    page, _ = tab()
    go(page, f"{slow}/violence?period=24m")
    filters(page).get_by_text("Rate per 1,000").click()
    page.wait_for_url("**measure=rate*")
    page.keyboard.press("Escape")
    choose(page, "plan")
    there(page, "plan", "period=24m&measure=rate")
    page.go_back()
    settle(page)
    if urlsplit(page.url).path == "/plan":  # the link still had the former choice: that is an entry of its own
        page.go_back()
    there(page, "violence", "period=24m&measure=rate")


def test_the_boards_back_goes_a_screen_back(tab: Tab, slow: str):
    page, _ = tab(1920, 1080)
    go(page, f"{slow}/board")
    addresses = [page.url]
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        page.wait_for_function("before => location.href !== before", arg=addresses[-1])
        settle(page)
        addresses.append(page.url)
    assert len(set(addresses)) == 7
    for address in reversed(addresses[:-1]):
        page.go_back()
        page.wait_for_url(address)
    settle(page)
    expect(page.get_by_text("1 of ")).to_be_visible()


def test_overview_is_found_by_its_name_and_an_unknown_name_says_what_there_is(tab: Tab, slow: str):
    page, _ = tab()
    go(page, f"{slow}/overview?{VIEW}")
    expect(page.locator("h1")).to_contain_text("How safe is Tower Hamlets")
    assert page.get_by_role("dialog").count() == 0
    assert parse_qs(urlsplit(page.url).query) == parse_qs(VIEW)
    go(page, f"{slow}/crimes_by_street?{VIEW}")
    expect(page.locator("h1")).to_contain_text("There is no page “crimes_by_street”")
    assert page.get_by_role("dialog").count() == 0
    main = page.locator('[data-testid="stMain"]')
    for card in PAGES:
        expect(main.get_by_role("link", name=card.title, exact=True)).to_be_visible()
    main.get_by_role("link", name="The plan", exact=True).click()
    there(page, "plan")


def test_on_a_phone_the_menu_closes_when_a_page_is_chosen(tab: Tab, slow: str):
    page, _ = tab(390, 844, is_mobile=True, has_touch=True)
    go(page, f"{slow}/violence?{VIEW}")
    for slug in ("plan", "explore"):
        page.get_by_test_id("stExpandSidebarButton").click()
        side = page.locator('[data-testid="stSidebar"]')
        expect(side).to_have_attribute("data-collapsed", "false")
        choose(page, slug)
        expect(side).to_have_attribute("data-collapsed", "true")
        expect(side).to_have_attribute("inert", "")  # nor does it take the keyboard
        there_on_phone(page, slug)


def there_on_phone(page: Page, slug: str) -> None:
    page.wait_for_function("path => location.pathname === path", arg=path(slug))
    settle(page)
    assert parse_qs(urlsplit(page.url).query) == parse_qs(VIEW)
