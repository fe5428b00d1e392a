"""Is hatred being reported, and are people safer from it?"""

from csp_dash.ui import frame, panels

visit = frame.enter()
priority = visit.catalogue.priorities["hate_and_tensions"]

panels.heading(visit, priority.slug)
panels.headlines(visit, *priority.headlines)
panels.maps(visit, *priority.maps)
panels.trends(visit, *priority.trends)
panels.ranked(visit, "racially_aggravated_fear")
panels.outcomes(visit, priority.slug)
panels.delivery(visit, priority.slug)
