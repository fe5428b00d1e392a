"""The button that hands out every open figure: it says what is in it, and makes it for who asks."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

SCRIPT = """
import os
from csp_dash.domain.filters import Filters
from csp_dash.domain.settings import Settings
from csp_dash.ui import cache
from csp_dash.ui.frame import Visit
from csp_dash.ui.sections import open_data

open_data.download(Visit("methods", Filters(), Settings.read(os.environ), cache.open_once().now()))
"""


def test_the_button_says_what_it_gives():
    at = AppTest.from_string(SCRIPT, default_timeout=60).run()
    assert not at.exception
    (button,) = at.get("download_button")
    assert button.proto.label.startswith("Every open figure (ZIP, about 4 MB)")
    assert "59 measures" in button.proto.help and "data dictionary" in button.proto.help
    assert button.proto.deferred_file_id, "made when it is asked for, not when the page is drawn"
