"""Choosing in our own tables, tiles and maps: by mouse, by keyboard, by touch; what it changes, and what Back takes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from harness import Watch, go, settle, view
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
Tab = Callable[..., tuple[Page, Watch]]
WHITECHAPEL, LANSBURY = "E05009336", "E05009325"
MOST = 150_000
"""Bytes that the choice of another measure may bring."""


def shown(page: Page) -> dict[str, list[str]]:
    """The parameters of the address bar."""
    return parse_qs(urlsplit(page.url).query)


def row(page: Page, slug: str) -> Locator:
    return page.locator(f'.scorecard tr[data-choose="{slug}"]')


def trend(page: Page, title: str) -> Locator:
    return page.locator(f'[data-testid="stPlotlyChart"][aria-label^="Line chart: {title}"]')


def mark(page: Page) -> None:
    """Mark what stands outside of the part that a choice draws anew: a page that is drawn afresh by script keeps its elements,
    so the words and the state of a fold are looked at."""
    page.evaluate("() => { window.__verdict = document.querySelector('.st-key-verdict').innerText }")


def kept(page: Page) -> bool:
    return bool(page.evaluate("() => window.__verdict === document.querySelector('.st-key-verdict').innerText"))


def test_a_row_by_click_changes_the_detail_and_the_address_and_back_returns(tab: Tab, warm: str):
    page, _ = tab()
    came: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: came.append(len(frame))))
    go(page, f"{warm}/violence")
    expect(row(page, "violence_with_injury")).to_have_class(re.compile("chosen"))
    mark(page)
    came.clear()
    row(page, "homicide").locator("td.figure").click()
    expect(row(page, "homicide")).to_have_class(re.compile("chosen"))
    page.wait_for_url("**/violence?indicator=homicide")
    expect(trend(page, "Homicide")).to_have_count(1)
    settle(page)
    assert 0 < sum(came) < MOST, sum(came)
    assert kept(page) and page.locator(".scorecard tr.chosen").count() == 1
    expect(page.locator(".tiles .tile.chosen .name")).to_have_text(re.compile("Homicide"))
    page.locator('.tiles [data-choose="sexual_offences"]').click()
    page.wait_for_url("**/violence?indicator=sexual_offences")
    expect(trend(page, "Sexual offences")).to_have_count(1)
    settle(page)
    page.go_back()
    page.wait_for_url("**/violence?indicator=homicide")
    expect(trend(page, "Homicide")).to_have_count(1)
    expect(row(page, "homicide")).to_have_class(re.compile("chosen"))
    settle(page)
    page.go_back()
    page.wait_for_url("**/violence")
    expect(trend(page, "Violence with injury")).to_have_count(1)
    expect(row(page, "violence_with_injury")).to_have_class(re.compile("chosen"))


def test_a_row_by_the_keyboard(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/violence")
    row(page, "violence_all").locator("a").focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("() => document.activeElement.closest('tr').dataset.choose") == "homicide"
    page.keyboard.press("Enter")
    page.wait_for_url("**/violence?indicator=homicide")
    expect(trend(page, "Homicide")).to_have_count(1)
    settle(page)
    assert page.evaluate("() => document.activeElement.closest('tr')?.dataset.choose") == "homicide", "the focus stays"
    assert row(page, "homicide").locator("a").get_attribute("aria-current") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    page.wait_for_url("**/violence?indicator=knife_offences")


def test_a_row_by_touch_on_a_phone_and_by_name(tab: Tab, warm: str):
    page, _ = tab(390, 844, is_mobile=True, has_touch=True)
    go(page, f"{warm}/violence")
    row(page, "homicide").locator("td.figure").tap()
    page.wait_for_url("**/violence?indicator=homicide")
    expect(trend(page, "Homicide")).to_have_count(1)
    settle(page)
    box = page.locator(".st-key-by-name input")
    expect(box).to_have_value(re.compile("Homicide"))
    page.locator('.tiles [data-choose="knife_offences"]').tap()
    page.wait_for_url("**/violence?indicator=knife_offences")
    expect(trend(page, "Knife crime")).to_have_count(1)


def test_the_tab_keeps_its_view_when_another_row_is_chosen(tab: Tab, warm: str):
    page, _ = tab(height=1200)
    go(page, f"{warm}/violence?indicator=violence_all")
    page.get_by_role("radio", name="Wards", exact=True).click()
    page.wait_for_url("**view=map*")
    expect(page.locator(".where svg.ward-map")).to_have_attribute("aria-label", re.compile("^Map: All violence"))
    settle(page)
    row(page, "violence_with_injury").locator("a").click()
    page.wait_for_url("**indicator=violence_with_injury&view=map*")
    expect(page.locator(".where svg.ward-map")).to_have_attribute(
        "aria-label", re.compile("^Map: Violence with injury")
    )
    settle(page)
    row(page, "homicide").locator("a").click()  # which has no figures by ward
    page.wait_for_url("**/violence?indicator=homicide")
    expect(trend(page, "Homicide")).to_have_count(1)


def test_a_ward_on_the_map_is_followed_by_the_whole_page(tab: Tab, warm: str):
    page, _ = tab(height=1200)
    go(page, f"{warm}/neighbourhood_crime?indicator=burglary&view=map")
    figure = page.locator('.tiles [data-choose="burglary"] .figure').inner_text()
    expect(view(page)).to_contain_text("Whole borough")
    page.locator(f'.where tr[data-choose="{LANSBURY}"]').click()
    page.wait_for_url(re.compile(f"ward={LANSBURY}"))
    expect(view(page)).to_contain_text("Lansbury")
    expect(page.locator('.tiles [data-choose="burglary"] .figure')).not_to_have_text(figure)
    settle(page)
    area = page.locator(f'.where svg [data-choose="{LANSBURY}"]')
    expect(area).to_have_attribute("aria-current", "true")
    other = page.locator(f'.where svg [data-choose="{WHITECHAPEL}"]')
    other.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"ward={WHITECHAPEL}"))
    expect(view(page)).to_contain_text("Whitechapel")
    settle(page)
    page.go_back()
    page.wait_for_url(re.compile(f"ward={LANSBURY}"))
    expect(view(page)).to_contain_text("Lansbury")


def test_a_row_of_the_plan_leads_to_its_measure(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/?ward={WHITECHAPEL}")
    page.locator('.plan tr[data-choose="homicide"] td.figure').click()
    page.wait_for_url("**/violence?indicator=homicide*")
    expect(trend(page, "Homicide")).to_have_count(1)
    assert shown(page) == {"indicator": ["homicide"], "ward": [WHITECHAPEL]}
    settle(page)
    page.go_back()
    page.wait_for_function("() => location.pathname === '/'")
    expect(page.locator('.plan tr[data-choose="homicide"]')).to_have_count(1)


@pytest.mark.parametrize(("address", "selector", "title"), [
    ("/", '.plan tr[data-choose="homicide"] th a[href*="indicator=homicide"]', "Homicide"),
    ("/violence", '.scorecard tr[data-choose="homicide"] a', "Homicide"),
    ("/violence", '.tiles [data-choose="homicide"]', "Homicide"),
])  # fmt: skip
def test_a_link_opens_in_a_tab_of_its_own(tab: Tab, warm: str, address: str, selector: str, title: str):
    page, _ = tab()
    go(page, warm + address)
    before = page.url
    with page.context.expect_page() as opened:
        page.locator(selector).first.click(button="middle")
    other = opened.value
    other.wait_for_load_state()
    settle(other)
    assert urlsplit(other.url).path == "/violence" and shown(other) == {"indicator": ["homicide"]}
    expect(trend(other, title)).to_have_count(1)
    assert page.url == before, "and nothing is chosen here"
    other.close()


def test_a_fold_opens_when_the_measure_is_in_it(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/violence")
    folds = page.locator(".live details")
    assert folds.count() == 2 and folds.evaluate_all("all => all.map(one => one.open)") == [False, False]
    go(page, f"{warm}/violence?indicator=knife_crime_to_2021")
    expect(row(page, "knife_crime_to_2021")).to_be_visible()
    assert folds.evaluate_all("all => all.map(one => one.open)") == [True, False]
    go(page, f"{warm}/violence?indicator=modern_slavery")
    expect(row(page, "modern_slavery")).to_be_visible()
    expect(page.get_by_text("Held by:")).to_be_visible()
    folds.first.locator("summary").click()
    row(page, "gun_crime_to_2021").click()
    page.wait_for_url("**/violence?indicator=gun_crime_to_2021")
    settle(page)
    assert folds.evaluate_all("all => all.map(one => one.open)") == [True, True], "what a reader opened stays open"
