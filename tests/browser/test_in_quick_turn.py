"""Two choices, the second before the page shows the first: both count, whichever control they were made in."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from harness import Watch, go, settle
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Tab = Callable[..., tuple[Page, Watch]]
WHITECHAPEL = "E05009336"
BOTH = """([first, second, pause]) => {
  const press = ([where, words]) => [...document.querySelectorAll(where)]
    .find(part => !words || part.innerText.trim() === words)
    .dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  press(first);
  setTimeout(() => press(second), pause);
}"""
ROW = ('.scorecard tr[data-choose="violence_with_injury"] td.figure', "")
TILE = ('.tiles [data-choose="homicide"]', "")
WARDS = (".st-key-tabs [role=radio]", "Wards")
RATE = (".st-key-detail [role=radio]", "Per 1,000")
WARD = (f'.where svg [data-choose="{WHITECHAPEL}"]', "")


@pytest.mark.parametrize("pause", [10, 60])
@pytest.mark.parametrize(("address", "first", "second", "both"), [
    ("indicator=violence_all", ROW, WARDS, {"indicator": "violence_with_injury", "view": "map"}),
    ("indicator=violence_all", WARDS, ROW, {"indicator": "violence_with_injury", "view": "map"}),
    ("indicator=violence_all&view=map", WARD, TILE, {"indicator": "homicide", "ward": WHITECHAPEL}),
    ("indicator=violence_all&view=map", RATE, ROW, {"indicator": "violence_with_injury", "measure": "rate", "view": "map"}),
], ids=["row, tab", "tab, row", "ward, tile", "rate, row"])  # fmt: skip
def test_the_second_choice_does_not_undo_the_first(
    tab: Tab, warm: str, address: str, first: tuple[str, str], second: tuple[str, str], both: dict[str, str], pause: int
):
    page, _ = tab(height=1200)
    go(page, f"{warm}/violence?{address}")
    page.evaluate(BOTH, [first, second, pause])
    page.wait_for_timeout(500)
    settle(page)
    assert parse_qs(urlsplit(page.url).query) == {name: [value] for name, value in both.items()}
    assert page.locator(".tiles .chosen, .scorecard tr.chosen").first.get_attribute("data-choose") == both["indicator"]
