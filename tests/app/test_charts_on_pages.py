"""Charts on pages: plain dictionaries that nothing checks or copies again while a page is drawn."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest
from screens import of_type, visit
from support.pictures import plotly

from csp_dash.analytics.drawing import Drawing
from csp_dash.domain.filters import Filters
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.trends import trend


@pytest.mark.parametrize("page", ["neighbourhood_crime", "board"])
def test_no_chart_passes_through_plotly_objects(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*given: object, **named: object) -> None:
        raise AssertionError("a page made one of Plotly's own figures")

    monkeypatch.setattr(go.Figure, "__init__", refused)
    with pytest.raises(AssertionError):
        plotly(Drawing())
    at = visit(page, ward=["E05009332"], period="24m")
    assert not at.exception and of_type(at, "plotly_chart")


def test_a_chart_is_sent_as_it_was_drawn_with_the_theme(data: Dataset) -> None:
    drawn = trend.trend(data, Filters(indicator="burglary")).figure
    at = visit("explore", indicator="burglary")
    sent = json.loads(of_type(at, "plotly_chart")[0].proto.spec)
    theme = sent["layout"].pop("template")
    assert sent == {"data": drawn.data, "layout": drawn.layout}
    assert len(theme["layout"]["colorway"]) == 10 and len(json.dumps(theme)) < 300, "no more of it than is drawn with"
    assert "template" not in drawn.layout, "what the cache holds is not changed by showing it"
