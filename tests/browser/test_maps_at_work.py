"""Ward maps in a real browser: not blank, the high ward darker than the low one, a click is followed by the page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from harness import Watch, go, legend_colours, pixels, settle, share_of, view
from playwright.sync_api import Locator, Page, TimeoutError, expect

pytestmark = pytest.mark.browser
Tab = Callable[..., tuple[Page, Watch]]
# Burglary: far more in Bow East than in Poplar in every year that is held.
HIGH, LOW = "Bow East", "Poplar"
BOW_EAST, POPLAR, LANSBURY = "E05009319", "E05009328", "E05009325"
BETHNAL_GREEN_EAST = "E05009317"
LOST = """() => { window.__lost = 0; window.__made = 0;
  const get = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    const found = get.call(this, kind, ...rest);
    if (found && String(kind).startsWith('webgl') && !this.__seen) {
      this.__seen = true; window.__made += 1;
      this.addEventListener('webglcontextlost', () => { if (this.isConnected) window.__lost += 1; });
    }
    return found; } }"""


def ward(page: Page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("ward", [])


def sheet(page: Page, slug: str = "burglary") -> Locator:
    return page.locator(f".st-key-map-{slug} .js-plotly-plot").first


def beside(page: Page, name: str, slug: str = "burglary") -> tuple[float, float]:
    """A place in a ward, clear of its name."""
    box = sheet(page, slug).get_by_text(name, exact=True).first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] + 9


def click(page: Page, name: str) -> None:
    x, y = beside(page, name)
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y)
    page.mouse.click(x, y)


def colour_at(page: Page, x: float, y: float) -> np.ndarray:
    """The median colour of a few pixels, so that a road or an outline does not count."""
    seen = pixels(page)
    part = seen[int(y) - 2 : int(y) + 3, int(x) - 8 : int(x) + 9].reshape(-1, 3)
    return np.median(part, axis=0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_high_ward_is_darker_than_a_low_one(tab: Tab, warm: str, scheme: str):
    page, _ = tab(height=1500, color_scheme=scheme)
    go(page, f"{warm}/explore?indicator=burglary&view=map")
    seen = pixels(sheet(page))
    colours = legend_colours(page.locator('[data-testid="stMain"]'))[:5]
    shares = [share_of(seen, colour) for colour in colours]
    # The classes are those of all years together, so one year may leave one of them empty.
    assert len(colours) == 5 and sum(share > 0.005 for share in shares) >= 4, "the classes of the legend are on the map"
    assert sum(shares) > 0.15
    high, low = (colour_at(page, *beside(page, name)) for name in (HIGH, LOW))
    assert high.sum() + 60 < low.sum(), (high, low)


def test_a_click_on_the_map_is_followed_by_the_page_and_a_second_one_leaves(tab: Tab, warm: str):
    page, _ = tab(height=1800)
    go(page, f"{warm}/explore?indicator=burglary&view=map")
    figure = page.locator(".face .figure").first  # the measure, before the cards of wards
    whole = figure.inner_text()
    click(page, "Lansbury")
    page.wait_for_url(re.compile(f"ward={LANSBURY}"))
    settle(page)
    assert ward(page) == [LANSBURY]
    assert figure.inner_text() != whole, "the figure follows"
    expect(page.get_by_role("heading", name="Lansbury", exact=True)).to_be_visible()
    expect(view(page)).to_contain_text("Lansbury")
    click(page, "Lansbury")
    page.wait_for_url(re.compile(r"explore\?indicator=burglary&view=map$"))
    settle(page)
    assert figure.inner_text() == whole
    page.go_back()
    page.wait_for_url(re.compile(f"ward={LANSBURY}"))
    settle(page)
    expect(page.get_by_role("heading", name="Lansbury", exact=True)).to_be_visible()
    page.get_by_role("button", name="Whole borough").click()
    page.wait_for_url(re.compile(r"explore\?indicator=burglary&view=map$"))


FILLS = "all => all.map(area => getComputedStyle(area).fill.match(/[\\d.]+/g).slice(0, 3).map(Number))"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/?indicator=burglary", "/neighbourhood_crime?indicator=burglary&view=map"])
def test_a_live_map_has_its_classes_in_both_themes(tab: Tab, warm: str, scheme: str, address: str):
    """Darker where more is on a light page, brighter on a dark one; the colours of its key are on the map."""
    page, _ = tab(height=1500, color_scheme=scheme)
    go(page, warm + address)
    areas = page.locator("svg.ward-map [data-choose]")
    fills = dict(
        zip(areas.evaluate_all("all => all.map(area => area.dataset.choose)"), areas.evaluate_all(FILLS), strict=True)
    )
    assert len(fills) == 20 and len({tuple(fill) for fill in fills.values()}) >= 4
    darker = sum(fills[BOW_EAST]) < sum(fills[POPLAR])
    assert darker is (scheme == "light")
    key = page.locator(".steps i").evaluate_all(
        "all => all.map(e => getComputedStyle(e).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number))"
    )
    assert {tuple(fill) for fill in fills.values()} <= {tuple(colour) for colour in key}
    seen = pixels(page.locator("svg.ward-map"))
    there = [colour for colour in key if share_of(seen, tuple(map(int, colour))) > 0.005]
    assert len(there) >= 4, "and it is painted"


def test_the_trend_of_a_priority_page_follows_a_click(tab: Tab, warm: str):
    page, _ = tab(height=2600)
    go(page, f"{warm}/neighbourhood_crime?indicator=burglary&view=map")
    trend = page.locator('[data-testid="stPlotlyChart"][aria-label^="Line chart: Burglary, Lansbury"]')
    page.locator(f'.where svg [data-choose="{LANSBURY}"]').click()
    page.wait_for_url(re.compile(f"ward={LANSBURY}"))
    settle(page)
    page.get_by_role("radio", name="Trend", exact=True).click()
    page.wait_for_url(re.compile(rf"indicator=burglary&ward={LANSBURY}$"))
    settle(page)
    expect(trend).to_have_count(1)


def test_two_wards_are_compared(tab: Tab, warm: str):
    page, _ = tab(height=2400)
    go(page, f"{warm}/explore?indicator=burglary&view=map&ward={LANSBURY}")
    box = page.get_by_label("Compare Lansbury with")
    box.click()
    box.fill("Poplar")
    box.press("Enter")
    page.wait_for_url(re.compile(f"ward={LANSBURY}&ward={POPLAR}"))
    settle(page)
    expect(page.get_by_text("Lansbury and Poplar side by side").first).to_be_visible()
    assert re.search(r"[\d.]+ offences per 1,000 residents in Lansbury", page.inner_text('[data-testid="stMain"]'))


def test_a_row_of_the_table_is_followed_and_its_column_sorts(tab: Tab, warm: str):
    page, _ = tab(height=1500)
    go(page, f"{warm}/explore?indicator=burglary&view=map")
    table = page.locator(".st-key-wards-burglary [data-testid='stDataFrame']")
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 90, box["y"] + 17)  # the head of the wards' column: in order of the alphabet
    page.wait_for_timeout(500)
    page.mouse.click(box["x"] + 16, box["y"] + 35 + 17)  # the first row's box
    page.wait_for_url(re.compile("ward=E0500"))
    assert ward(page) == [BETHNAL_GREEN_EAST], "the row that is seen first, not the one that was first before"


def test_a_click_in_the_map_to_zoom_is_followed_too(tab: Tab, warm: str):
    page, _ = tab(height=1600)
    go(page, f"{warm}/explore?indicator=burglary&view=map")
    page.get_by_text("Zoom and move in the map").click()
    deck = page.locator('[data-testid="stDeckGlJsonChart"]').first
    expect(deck).to_be_visible()
    settle(page)
    page.wait_for_timeout(1500)
    box = deck.bounding_box()
    assert box is not None
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.4 * box["height"]
    for wait in (400, 1500, 3000):  # a graphics card made of software may be too slow to see what lies under a click
        page.mouse.move(x - 6, y)
        page.wait_for_timeout(200)
        page.mouse.move(x, y)
        page.wait_for_timeout(wait)
        page.mouse.down()
        page.wait_for_timeout(80)
        page.mouse.up()
        with suppress(TimeoutError):
            page.wait_for_url(re.compile("ward=E0500"), timeout=8000)
            break
    settle(page)
    assert len(ward(page)) == 1


def test_the_map_moves_through_time_by_hand_and_only_plays_when_asked(tab: Tab, warm: str):
    page, _ = tab(height=2600)
    go(page, f"{warm}/explore?indicator=burglary&view=time")
    slider = page.get_by_role("slider", name="Period")
    newest = slider.get_attribute("aria-valuetext")
    page.wait_for_timeout(2500)
    assert slider.get_attribute("aria-valuetext") == newest, "it stands still until asked"
    page.get_by_role("button", name="Earlier").click()
    expect(slider).not_to_have_attribute("aria-valuetext", newest or "")
    earlier = slider.get_attribute("aria-valuetext")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(slider).not_to_have_attribute("aria-valuetext", earlier or "")
    before = slider.get_attribute("aria-valuetext")
    page.get_by_text("Play", exact=True).click()
    expect(slider).not_to_have_attribute("aria-valuetext", before or "", timeout=15_000)
    page.get_by_text("Play", exact=True).click()
    settle(page)


def test_whoever_wants_less_motion_gets_no_play_button(tab: Tab, warm: str):
    page, _ = tab(height=2600, reduced_motion="reduce")
    go(page, f"{warm}/explore?indicator=burglary&view=time")
    expect(page.get_by_role("slider", name="Period")).to_be_visible()
    expect(page.get_by_text("Play", exact=True)).to_be_hidden()


@pytest.mark.parametrize("form", ["PNG", "SVG", "PDF", "GeoJSON"])
def test_the_map_can_be_taken_away(tab: Tab, warm: str, form: str):
    page, _ = tab(height=1500)
    go(page, f"{warm}/explore?indicator=burglary&view=map&measure=rate")
    page.get_by_text("Take this map away").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile(form)).click()
    raw = waiting.value.path().read_bytes()
    if form == "GeoJSON":
        found = json.loads(raw)
        assert len(found["features"]) == 20 and "Open Government Licence" in found["licence"]
        assert {one["properties"]["code"] for one in found["features"]} >= {LANSBURY, POPLAR, BOW_EAST}
    else:
        assert raw[:4] in (b"\x89PNG", b"%PDF") or b"<svg" in raw[:600]
        assert len(raw) > 20_000


MEASURES = {
    "vehicle_crime": "Vehicle crime (",
    "shoplifting": "Shoplifting (",
    "criminal_damage": "Criminal damage (",
    "bicycle_theft": "Bicycle theft (",
    "drug_offences": "Drug offences (",
    "arson": "Arson (",
}


def choose(page: Page, name: str) -> None:
    """Choose the measure whose name begins so."""
    box = page.get_by_label("Measure", exact=True).first
    box.click()
    box.fill(name)
    page.get_by_role("option").filter(has_text=re.compile(f"^{re.escape(name)}")).first.click()
    settle(page)


def test_twelve_maps_in_one_session_lose_no_context(tab: Tab, warm: str):
    page, _ = tab(height=1600)
    page.add_init_script(f"({LOST})()")
    go(page, f"{warm}/explore?indicator=burglary&view=map")
    page.get_by_text("Zoom and move in the map").click()
    settle(page)
    deck = page.locator('[data-testid="stDeckGlJsonChart"] canvas')
    seen = 1
    for slug in ("vehicle_crime", "shoplifting", "criminal_damage", "bicycle_theft", "drug_offences", "arson"):
        choose(page, MEASURES[slug])
        page.wait_for_url(re.compile(f"indicator={slug}&"))
        settle(page)
        expect(deck.first).to_be_visible()
        seen += 1
    choose(page, "Burglary (")
    page.wait_for_url(re.compile("indicator=burglary&"))
    page.get_by_label("More ways to look at it").click()
    page.get_by_role("option", name="Below the ward", exact=True).click()
    page.wait_for_url(re.compile("view=small"))
    settle(page)
    for style in ("Columns", "Smoothed", "Hexagons", "Columns", "Smoothed"):
        page.locator(".st-key-point-style").get_by_text(style, exact=True).click()
        settle(page)
        expect(deck.first).to_be_visible()
        seen += 1
    assert seen == 12
    made, lost = page.evaluate("() => [window.__made, window.__lost]")
    assert made >= 2 and lost == 0, (made, lost)
    assert page.locator('[data-testid="stDeckGlJsonChart"] canvas').count() >= 1
