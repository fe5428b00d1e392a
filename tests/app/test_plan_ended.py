"""The part of the plan page that tells how the plan ended, by itself."""

from __future__ import annotations

from screens import check, words
from streamlit.testing.v1 import AppTest

PART = """
import streamlit as st
from csp_dash.domain.filters import Filters
from csp_dash.ui import cache
from csp_dash.ui.frame import Visit
from csp_dash.ui.sections import plan_ended

live = cache.opened() or cache.open_once()
st.title("The plan")
plan_ended.ended(Visit("plan", Filters(), live.settings, live.now()))
"""


def test_one_row_each_with_verdict_and_why(cold: None):
    at = AppTest.from_string(PART, default_timeout=60).run()
    check(at)
    text = words(at)
    assert "Of its 29 outcomes, the figures show none as met and 5 as missed" in text
    assert text.count('role="table"') == 2, "what figures tell something of, and what they tell nothing of"
    assert text.count(">Missed</span>") == 6 and text.count(">Cannot be judged</span>") == 27
    assert text.count("Target: ") == 4
    assert 'href="explore?indicator=burglary"' in text
    assert "<details" in text and "18 outcomes of which no open figure tells" in text
