"""The plan and methods pages in a browser: from part to part, by keyboard and on a phone, and a search that jumps."""

from __future__ import annotations

from collections.abc import Callable

from harness import Watch, go, settle
from playwright.sync_api import Page, expect

from bench import reading

Tab = Callable[..., tuple[Page, Watch]]
WARD = "ward=E05009336"


def test_a_part_is_a_click_away_and_back_returns(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/plan?{WARD}")
    page.get_by_role("link", name="Targets", exact=True).click()
    page.wait_for_url(f"**/plan?{WARD}&part=targets")
    expect(page.get_by_role("heading", name="Targets", exact=True)).to_be_visible()
    page.get_by_role("link", name="Contradictions").click()
    page.wait_for_url("**part=contradictions")
    settle(page)
    page.get_by_role("radio", name="Entries 19 to 26").click()
    page.wait_for_url("**part=contradictions.from19")
    settle(page)
    for part in ("contradictions", "targets"):
        page.go_back()
        page.wait_for_url(f"**part={part}")
        settle(page)
    page.locator('[data-testid="stSidebar"]').get_by_role("link", name="Sources and methods").click()
    page.wait_for_url(f"**/methods?{WARD}")


def test_a_part_is_reached_by_keyboard(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/methods")
    page.get_by_role("link", name="Sources", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/methods?part=sources")
    expect(page.get_by_role("heading", name="Sources", exact=True)).to_be_visible()


def test_a_search_jumps_to_the_place_on_the_other_page(tab: Tab, warm: str):
    page, _ = tab(390, 844)
    go(page, f"{warm}/plan")
    box = page.get_by_role("textbox", name="Search the plan, sources and methods")
    box.fill("atitude survey")
    box.press("Enter")
    page.get_by_role("link", name="Public Attitude Survey: borough results").click()
    page.wait_for_url("**/methods?part=sources.pas")
    expect(page.get_by_role("heading", name="Public Attitude Survey: borough results")).to_be_in_viewport()
    settle(page)
    assert box.input_value() == "" and "survey" not in page.url.replace("sources.pas", "")


def test_every_part_is_read_in_a_few_screens(tab: Tab, warm: str):
    """The first group of each part, on a desk and on a phone; `make reading` measures all groups."""
    for width in (1366, 390):
        page, _ = tab(width, {1366: 768, 390: 844}[width])
        for name in reading.IN_PARTS:
            go(page, f"{warm}/{name}")
            links = [link.get_attribute("href") for link in page.locator(reading.PARTS).all()]
            assert len(links) >= 9
            for link in links:
                go(page, f"{warm}/{link}")
                missed = [one for one in reading.judged(reading.read(page, name, width)) if not one.held]
                assert not missed, (link, missed)
