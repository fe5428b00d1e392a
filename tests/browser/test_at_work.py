"""What a reader does: a link that restores the view, a filter and Back, the board's arrow keys, a download."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from harness import ROOT, Watch, filters, go, server, settle, view
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Tab = Callable[..., tuple[Page, Watch]]
WHITECHAPEL = "E05009336"


def shown(page: Page) -> dict[str, list[str]]:
    """The parameters of the address bar."""
    return parse_qs(urlsplit(page.url).query)


def wards(page: Page) -> list[str]:
    """The wards in the control, as they are written there."""
    text = filters(page).locator('[data-testid="stMultiSelect"]').inner_text()
    page.keyboard.press("Escape")
    return [line for line in text.splitlines() if line in ("Whitechapel", "Weavers", "Bow West")]


def choose_ward(page: Page, name: str) -> None:
    box = filters(page).locator('[data-testid="stMultiSelect"] input')
    box.click()
    box.fill(name)
    box.press("Enter")
    box.press("Escape")


OF = re.compile(r"^\d+ of \d+$")


def number(page: Page) -> str:
    """Which screen of the board is shown: `3 of 20`."""
    return page.get_by_text(OF).inner_text()


def test_a_copied_link_restores_the_view(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/violence?ward={WHITECHAPEL}&period=plan&measure=rate&compare=london")
    assert wards(page) == ["Whitechapel"]
    expect(view(page)).to_contain_text("Whitechapel, rates, plan period, 2021-24 on the year before, beside London")
    sheet = filters(page)
    expect(sheet.get_by_role("radio", name="Rate per 1,000")).to_be_checked()
    assert sheet.get_by_label("Period").input_value().startswith("Plan period")
    assert sheet.get_by_label("Compare with").input_value() == "London"
    assert shown(page) == {"ward": [WHITECHAPEL], "period": ["plan"], "measure": ["rate"], "compare": ["london"]}


def test_a_garbage_link_shows_the_page_and_cleans_the_address(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/violence?ward=zzz&from=x&indicator=../../etc&measure=<script>alert(1)</script>&period=%00")
    expect(view(page)).to_contain_text("Whole borough, counts, latest 12 months on the year before")
    page.wait_for_url(lambda url: "zzz" not in url)
    assert shown(page) == {}


def test_a_filter_goes_into_the_address_and_back_takes_it_back(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/violence")
    choose_ward(page, "Whitechapel")
    page.wait_for_url(f"**/violence?ward={WHITECHAPEL}")
    settle(page)
    filters(page).get_by_text("Rate per 1,000").click()
    page.wait_for_url("**measure=rate*")
    settle(page)
    expect(view(page)).to_contain_text("Whitechapel, rates,")
    page.keyboard.press("Escape")
    page.go_back()
    page.wait_for_url(f"**/violence?ward={WHITECHAPEL}")
    expect(view(page)).to_contain_text("Whitechapel, counts,")
    settle(page)
    assert wards(page) == ["Whitechapel"]
    page.go_back()
    page.wait_for_url("**/violence")
    expect(view(page)).to_contain_text("Whole borough, counts,")
    settle(page)
    assert wards(page) == []
    page.go_forward()
    page.wait_for_url(f"**/violence?ward={WHITECHAPEL}")
    expect(view(page)).to_contain_text("Whitechapel, counts,")


def test_the_menu_carries_the_view_and_back_returns_to_the_page_before(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/violence?ward={WHITECHAPEL}")
    page.locator('[data-testid="stSidebar"]').get_by_text("Confidence and trust").click()
    page.wait_for_url(f"**/confidence?ward={WHITECHAPEL}")
    settle(page)
    page.go_back()
    page.wait_for_url(f"**/violence?ward={WHITECHAPEL}")
    expect(page.locator("h1")).to_contain_text("violence")
    settle(page)
    assert wards(page) == ["Whitechapel"]


def test_the_board_moves_by_the_arrow_keys(tab: Tab, warm: str):
    page, _ = tab(1920, 1080)
    go(page, f"{warm}/board")
    assert page.locator('[data-testid="stSidebar"]').count() == 0
    first = page.locator('[data-testid="stMain"]').inner_text()
    seen = [first]
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowRight"):
        before = number(page)
        page.keyboard.press(key)
        expect(page.get_by_text(OF)).not_to_have_text(before)
        settle(page)
        seen.append(page.locator('[data-testid="stMain"]').inner_text())
    assert len(set(seen[:3])) == 3
    assert seen[3] == seen[1] and seen[4] == seen[0] and seen[6] == seen[0]
    assert seen[5] not in seen[:3], "left of the first is the last"


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768)])
def test_the_board_fits_its_screen(width: int, height: int, tab: Tab, warm: str):
    page, _ = tab(width, height)
    go(page, f"{warm}/board")
    for _ in range(4):
        tall = page.evaluate(
            "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollHeight - m.clientHeight }"
        )
        assert tall <= 2, "a wall cannot be scrolled"
        big = page.evaluate(
            "() => Math.max(...[...document.querySelectorAll('p')].map(p => parseFloat(getComputedStyle(p).fontSize)))"
        )
        assert big >= 40, "read from six metres"
        before = number(page)
        page.keyboard.press("ArrowRight")
        expect(page.get_by_text(OF)).not_to_have_text(before)
        settle(page)


def test_the_figures_open_and_download_as_they_are_shown(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/explore?indicator=burglary&ward={WHITECHAPEL}")
    headline = page.locator(".face .figure").inner_text()
    page.get_by_role("radio", name="Figures", exact=True).click()
    page.wait_for_url("**view=figures*")
    button = page.get_by_role("button", name="Download these figures (CSV)")
    button.wait_for()
    settle(page)
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename == "burglary-by-month.csv"
    text = Path(download.value.path()).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 192
    year = sum(float(row["numerator"]) for row in rows[-12:])
    assert f"{year:,.0f}" == headline
    assert {row["area_name"] for row in rows} == {"Whitechapel"} and {row["source"] for row in rows} == {"mps_ward"}
    asked = [
        sys.executable,
        "-m",
        "csp_dash",
        "value",
        "burglary",
        "--area",
        WHITECHAPEL,
        "--from",
        "2025-04",
        "--to",
        "2026-03",
    ]
    printed = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert json.loads(printed)["value"] == year, "and as the command line says"


def test_a_small_table_is_a_view_of_its_measure(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/explore?indicator=youth_fte&view=figures")
    page.get_by_role("button", name="Download these figures (CSV)").wait_for()
    table = page.locator('.st-key-detail [data-testid="stTable"]').first.inner_text()
    assert "2024" in table and "96" in table and "666" in table


def test_a_resident_finds_the_ward(tab: Tab, warm: str):
    page, _ = tab(390, 844, is_mobile=True, has_touch=True)
    go(page, f"{warm}/my_ward")
    main = page.locator('[data-testid="stMain"]')
    assert "than a year ago" not in main.inner_text()
    box = page.get_by_label("Or choose your ward")
    box.click()
    box.fill("Weav")
    box.press("Enter")
    page.wait_for_url("**/my_ward?ward=E05009335")
    expect(page.get_by_role("heading", name="Weavers", exact=True)).to_be_visible()
    settle(page)
    text = main.inner_text()
    assert "than a year ago" in text and "about 15 a month" in " ".join(text.split()) and "999" in text
    page.get_by_role("button", name="Change ward").click()
    page.wait_for_url("**/my_ward")
    page.locator('.ward-map [data-choose="E05009336"]').click()
    page.wait_for_url("**/my_ward?ward=E05009336")
    expect(page.get_by_role("heading", name="Whitechapel", exact=True)).to_be_visible()
    page.go_back()
    page.wait_for_url("**/my_ward")
    expect(page.get_by_role("heading", name="Whitechapel", exact=True)).to_have_count(0)


def test_a_row_of_a_ward_opens_its_trend(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/my_ward?ward=E05009335")
    page.get_by_role("link", name="Burglaries", exact=True).click()
    page.wait_for_url("**/my_ward?indicator=burglary&ward=E05009335")
    expect(page.get_by_text("115 offences in the year to March 2026")).to_be_visible()
    settle(page)
    assert page.locator(".js-plotly-plot").count() == 1
    page.get_by_role("link", name="Shoplifting", exact=True).click()
    page.wait_for_url("**/my_ward?indicator=shoplifting&ward=E05009335")
    expect(page.get_by_text("182 offences in the year to March 2026")).to_be_visible()
    expect(page.locator("li.chosen")).to_have_text(re.compile("Shoplifting"))


def test_a_public_instance_has_no_made_up_figures(tab: Tab, ready: Callable[[], Path]):
    with server(ready(), CSP_DASH_PROFILE="public") as at:
        page, _ = tab()
        go(page, f"{at}/explore?indicator=nox_sightings")
        text = page.locator('[data-testid="stApp"]').inner_text()
        assert "choose one below" in text and "llustrative" not in text and "itrous" not in text
        page.close()  # before the server ends, which it would rightly complain of


def test_a_damaged_snapshot_is_a_sentence_on_the_screen(tab: Tab, tmp_path: Path):
    """A cache folder that cannot be made stands for all that can be wrong at the start."""
    (tmp_path / "in-the-way").write_text("")
    with server(tmp_path, CSP_DASH_CACHE=str(tmp_path / "in-the-way" / "cache")) as at:
        page, _ = tab()
        go(page, f"{at}/violence")
        text = page.locator('[data-testid="stMain"]').inner_text()
        assert "The dashboard cannot start" in text and "CSP_DASH_CACHE" in text
        assert "Traceback" not in text and ".py" not in text
        page.close()
