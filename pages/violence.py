"""Are fewer people harmed by violence and exploitation?"""

from csp_dash.ui import frame, outcome_parts, panels, theme_parts

visit = frame.enter()
priority = visit.catalogue.priorities["violence"]

panels.heading(visit, priority.slug)
panels.headlines(visit, priority)
theme_parts.scorecard(visit, priority)
theme_parts.themes(visit, priority)
outcome_parts.outcomes(visit, priority.slug)
outcome_parts.delivery(visit, priority.slug)
