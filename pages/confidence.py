"""Do residents trust the police and the partnership?"""

from csp_dash.ui import frame, panels, theme_parts

visit = frame.enter()
priority = visit.catalogue.priorities["confidence"]

panels.heading(visit, priority.slug)
panels.headlines(visit, *priority.headlines)
theme_parts.scorecard(visit, priority)
theme_parts.themes(visit, priority)
panels.outcomes(visit, priority.slug)
panels.delivery(visit, priority.slug)
