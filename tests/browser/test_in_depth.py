"""What a reader does with the depth of a page: a theme, a way of looking, the reasons of a verdict, the register."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from harness import Watch, go, settle
from playwright.sync_api import Page, expect

from csp_dash.catalogue import load
from csp_dash.domain.filters import Filters
from csp_dash.ui import components

pytestmark = pytest.mark.browser
Tab = Callable[..., tuple[Page, Watch]]


def shown(page: Page) -> dict[str, list[str]]:
    """The parameters of the address bar."""
    return parse_qs(urlsplit(page.url).query)


def test_a_picture_of_a_theme_goes_into_the_address_and_back_takes_it_back(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/violence?indicator=sexual_offences")
    page.get_by_role("radio", name="Read with").click()
    page.wait_for_url("**/violence?indicator=sexual_offences&view=pair")
    expect(page.get_by_role("heading", name="read together with", exact=False)).to_be_visible()
    settle(page)
    page.go_back()
    page.wait_for_url("**/violence?indicator=sexual_offences")
    expect(page.locator('[data-testid="stPlotlyChart"]')).to_have_count(1)
    settle(page)
    assert shown(page) == {"indicator": ["sexual_offences"]}


def test_a_way_of_looking_goes_into_the_address_and_a_link_restores_it(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/explore?indicator=burglary")
    page.get_by_label("More ways to look at it").click()
    page.get_by_role("option", name="Year on year").click()
    page.wait_for_url("**view=years*")
    settle(page)
    other, _ = tab(390, 844)
    go(other, page.url)
    expect(other.get_by_text("usually most in", exact=False)).to_be_visible()
    assert other.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_reasons_of_a_verdict_open_by_keyboard(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/neighbourhood_crime")
    page.get_by_role("radio", name="Trend", exact=True).focus()
    for _ in range(6):  # the last of the tabs at most
        page.keyboard.press("ArrowRight")
        if page.get_by_role("radio", name="Notes", exact=True).evaluate("tab => tab === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**view=notes*")
    expect(page.get_by_text("so it is never marked as better or worse", exact=False)).to_be_visible()


def test_the_wards_stand_side_by_side_with_words_for_each(tab: Tab, warm: str):
    page, _ = tab(390, 844)
    go(page, f"{warm}/explore?indicator=burglary&view=wards")
    charts = page.locator('[data-testid="stHtml"] img:not(.spark)[src^="data:image/svg"]')
    expect(charts).to_have_count(20)
    for place in range(20):
        assert charts.nth(place).evaluate("image => image.complete && image.naturalWidth > 0")
        assert " in " in (charts.nth(place).get_attribute("alt") or "")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_entry_of_the_register_is_reached_by_its_link(tab: Tab, warm: str):
    page, _ = tab()
    last = list(load().contradictions.values())[-1]
    go(page, f"{warm}/{components.way('plan', Filters(), components.register(last.number))}")
    expect(page.get_by_role("heading", name=components.entry(last))).to_be_in_viewport()


def test_an_event_on_the_axis_explains_itself(tab: Tab, warm: str):
    page, _ = tab()
    go(page, f"{warm}/explore?indicator=vawg_offences")
    plot = page.locator(".js-plotly-plot").first
    plot.scroll_into_view_if_needed()
    spot = plot.evaluate(
        """plot => {
            const trace = plot._fullData.find(trace => trace.name === 'events');
            const axes = plot._fullLayout, box = plot.querySelector('.nsewdrag').getBoundingClientRect();
            const place = trace.hovertext.findIndex(text => text.includes('recording system'));
            return [box.x + axes.xaxis.d2p(trace.x[place]), box.y + Math.max(3, axes.yaxis.d2p(trace.y[place]))];
        }"""
    )
    page.mouse.move(*spot)
    expect(plot.locator(".hoverlayer")).to_contain_text("recording system")
