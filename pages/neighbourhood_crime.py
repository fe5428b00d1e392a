"""Is neighbourhood crime and antisocial behaviour falling?"""

from csp_dash.ui import frame, panels

visit = frame.enter()
priority = visit.catalogue.priorities["neighbourhood_crime"]

panels.heading(visit, priority.slug)
panels.headlines(visit, *priority.headlines)
panels.maps(visit, *priority.maps)
panels.trends(visit, *priority.trends)
panels.ranked(visit, "burglary")
panels.outcomes(visit, priority.slug)
panels.delivery(visit, priority.slug)
