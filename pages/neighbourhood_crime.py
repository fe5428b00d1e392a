"""Is neighbourhood crime and antisocial behaviour falling?"""

from csp_dash.ui import frame, panels, theme_parts

visit = frame.enter()
priority = visit.catalogue.priorities["neighbourhood_crime"]

panels.heading(visit, priority.slug)
panels.headlines(visit, *priority.headlines)
theme_parts.scorecard(visit, priority)
theme_parts.themes(visit, priority)
panels.outcomes(visit, priority.slug)
panels.delivery(visit, priority.slug)
