"""Pages printed on A4 by the browser: what is on paper, that nothing is cut off, and that no panel is broken."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import pdfplumber
import pytest
from harness import ROOT, Watch, go
from playwright.sync_api import Page

from csp_dash.ui.frame import PAGES

Tab = Callable[..., tuple[Page, Watch]]
# The menu and the filters of the sidebar, and what is pressed on a page.
NOT_ON_PAPER = (
    "Click a ward on the map",
    "Compare with",
    "Leave the board screen",
    "Why?",
    "Figures, download and caveats",
    "Download",
)
MARGIN = 20
PANELS = """() => {
  window.dispatchEvent(new Event('beforeprint'));
  const panels = [...document.querySelectorAll('.paper-whole')].map(panel => ({
    first: (panel.querySelector('h1,h2,h3,h4,h5,h6') || {}).innerText || '',
    last: [...panel.querySelectorAll('[data-testid="stCaptionContainer"]')].map(e => e.innerText).filter(t => t.startsWith('Source:')).pop() || '',
    charts: panel.querySelectorAll('.js-plotly-plot').length,
  })).filter(panel => panel.first && panel.last && panel.charts === 1);
  window.dispatchEvent(new Event('afterprint'));
  return panels;
}"""


def printed(page: Page, **options: Any) -> list[tuple[str, list[dict[str, Any]], float, float]]:
    """Each sheet: its text without blanks, lines that stand close kept apart, its words with their places, its width and height."""
    with pdfplumber.open(io.BytesIO(page.pdf(format="A4", **options))) as paper:
        return [
            (
                bare(sheet.extract_text(y_tolerance=1) or ""),
                sheet.extract_words(),
                float(sheet.width),
                float(sheet.height),
            )
            for sheet in paper.pages
        ]


def load_wards() -> list[str]:
    frame = pd.read_csv(ROOT / "geo" / "areas.csv")
    return list(frame.loc[frame["kind"] == "ward", "name"])


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.grid(5)
@pytest.mark.parametrize("card", PAGES, ids=lambda card: card.slug)
def test_a_page_on_paper(tab: Tab, warm: str, card: Any) -> None:
    page, _ = tab()
    mapped = card.slug in ("violence", "neighbourhood_crime")
    go(page, f"{warm}/{'' if card.slug == 'overview' else card.slug}?ward=E05009336{'&view=map' * mapped}")
    names = page.locator(".live table[role=table] th a").all_inner_texts()  # of live tables, folded ones left out
    panels = page.evaluate(PANELS)
    sheets = printed(page)
    text = "".join(sheet[0] for sheet in sheets)
    assert len(text) > 300
    for words in NOT_ON_PAPER:
        assert bare(words) not in text, words
    menu = [other.title for other in PAGES if bare(other.title) in text and other is not card]
    assert len(menu) < 6, f"the menu is on paper: {menu}"
    assert "printedon" in text and bare(warm) in text, "date and address"
    assert "arrow_forward" not in text and "expand_more" not in text, "icons as words"
    for _, words, width, _ in sheets:
        cut = [word["text"] for word in words if word["x0"] < MARGIN or word["x1"] > width - MARGIN]
        assert not cut, cut[:10]
    assert len(names) >= 10 or card.slug not in ("overview", "violence", "neighbourhood_crime")
    assert [name for name in names if bare(name) not in text] == [], "the scorecard, or the plan, is on paper"
    if mapped:
        listed = [name for name in load_wards() if bare(name) in text]
        assert len(listed) == 20, f"wards of the list beside the map: {listed}"
    assert (
        panels or mapped or card.slug in ("overview", "changes", "plan", "methods", "board", "my_ward", "reoffending")
    )
    for panel in panels:
        first, last = bare(panel["first"]), bare(panel["last"])[:40]
        whole = [sheet for sheet, *_ in sheets if first in sheet and last in sheet[sheet.index(first) :]]
        assert whole, f"broken over two sheets: {panel['first']}"


@pytest.mark.parametrize("landscape", [False, True])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_change_chart_keeps_its_rises_and_its_falls(tab: Tab, warm: str, landscape: bool, scheme: str) -> None:
    page, _ = tab(1920, 1080, color_scheme=scheme)
    go(page, f"{warm}/explore?indicator=total_offences&view=moved")
    ends = page.evaluate(
        "() => { const panel = [...document.querySelectorAll('.js-plotly-plot')].find(c => c.querySelector('.bars'));"
        " return [...panel.querySelectorAll('text')].map(t => t.textContent).filter(t => /^[-+−]\\d/.test(t)); }"
    )
    assert any(text.startswith("+") for text in ends) and any(text[0] in "-−" for text in ends)
    sheets = printed(page, landscape=landscape)
    for text in ends:
        places = [(word, width) for _, words, width, _ in sheets for word in words if word["text"] == text]
        assert places, f"{text} is not on paper"
        assert all(word["x0"] > MARGIN and word["x1"] < width - MARGIN for word, width in places), text


def test_after_printing_the_screen_is_as_before(tab: Tab, warm: str) -> None:
    page, _ = tab()
    go(page, f"{warm}/explore?indicator=burglary&view=map")
    state = "() => [...document.querySelectorAll('[data-testid=stPlotlyChart]')].map(c => [c.style.zoom, c.getBoundingClientRect().width])"
    before = page.evaluate(state)
    page.pdf(format="A4")
    assert page.evaluate(state) == before and before
    assert not page.locator("p.on-paper").is_visible()


@pytest.mark.parametrize("address", ["/?indicator=burglary", "/neighbourhood_crime?indicator=burglary&view=map"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_is_on_paper(tab: Tab, warm: str, address: str, scheme: str) -> None:
    """Each ward as a filled shape, in more than three colours, whatever the screen's theme."""
    page, _ = tab(color_scheme=scheme)
    go(page, warm + address)
    with pdfplumber.open(io.BytesIO(page.pdf(format="A4", print_background=True))) as paper:
        most = max(
            len(
                {str(shape["non_stroking_color"]) for shape in sheet.curves if shape["fill"] and len(shape["pts"]) > 20}
            )
            for sheet in paper.pages
        )
    assert most >= 4
