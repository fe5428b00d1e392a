"""Are fewer people harmed by violence and exploitation?"""

from csp_dash.ui import frame, panels

visit = frame.enter()
priority = visit.catalogue.priorities["violence"]

panels.heading(visit, priority.slug)
panels.headlines(visit, *priority.headlines)
panels.maps(visit, *priority.maps)
panels.trends(visit, *priority.trends)
panels.ranked(visit, "violence_with_injury")
panels.outcomes(visit, priority.slug)
panels.delivery(visit, priority.slug)
