"""Are fewer people reoffending, and are the causes being tackled?"""

from csp_dash.ui import frame, render
from csp_dash.ui.sections import outcomes, themes

visit = frame.enter()
priority = visit.catalogue.priorities["reoffending"]

render.heading(visit, priority.slug)
render.headlines(visit, priority)
themes.scorecard(visit, priority)
themes.themes(visit, priority)
outcomes.outcomes(visit, priority.slug)
outcomes.delivery(visit, priority.slug)
