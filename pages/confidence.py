"""Do residents trust the police and the partnership?"""

from csp_dash.ui import frame, panels

visit = frame.enter()
priority = visit.catalogue.priorities["confidence"]

panels.heading(visit, priority.slug)
panels.headlines(visit, *priority.headlines)
panels.trends(visit, *priority.trends)
panels.ranked(visit, "pas_fair_treatment")
panels.outcomes(visit, priority.slug)
panels.delivery(visit, priority.slug)
