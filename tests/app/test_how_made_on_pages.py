"""How a figure was made, as a page draws it: a table of two columns, the command, the publisher's link."""

from __future__ import annotations

import html
import re

from streamlit.testing.v1 import AppTest

SCRIPT = """
import os
from csp_dash.domain.filters import Filters
from csp_dash.domain.settings import Settings
from csp_dash.ui import cache
from csp_dash.ui.frame import Visit
from csp_dash.ui.sections.how_made import how_made

view = Filters(indicator={slug!r}, wards={wards!r})
how_made(Visit("explore", view, Settings.read(os.environ), cache.open_once().now()), view)
"""


def drawn(slug: str, wards: tuple[str, ...] = ()) -> AppTest:
    at = AppTest.from_string(SCRIPT.format(slug=slug, wards=wards), default_timeout=60).run()
    assert not at.exception
    return at


def told(at: AppTest) -> dict[str, str]:
    """What the table says, label by label, as a browser shows it."""
    (element,) = at.get("html")
    rows = re.findall(r"<th[^>]*>(.*?)</th><td[^>]*>(.*?)</td>", element.proto.body)
    return {html.unescape(label): html.unescape(text) for label, text in rows}


def test_a_figure_has_its_table_its_command_and_its_link():
    at = drawn("burglary", ("E05009333", "E05009336"))
    rows = told(at)
    assert rows["Numerator"].endswith("offences") and "mps_ward.parquet" in rows["Release"]
    assert at.code[0].value.count("python -m csp_dash value burglary --area") == 2
    assert any("](https://data.london.gov.uk/" in line.value for line in at.caption)


def test_a_measure_without_figures_has_no_command():
    at = drawn("nrm_referrals")
    assert not at.code and "There are no figures" in told(at)["Figure"]
