"""Priority page: answer, headlines, measures, themes, outcomes and delivery."""

from __future__ import annotations

from csp_dash.ui import render
from csp_dash.ui.frame import Visit
from csp_dash.ui.sections import outcomes, themes


def show(visit: Visit) -> None:
    """Draw the priority that has the page's name."""
    priority = visit.catalogue.priorities[visit.page]
    render.heading(visit, priority.slug)
    render.headlines(visit, priority)
    themes.scorecard(visit, priority)
    themes.themes(visit, priority)
    outcomes.outcomes(visit, priority.slug)
    outcomes.delivery(visit, priority.slug)
