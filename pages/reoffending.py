"""Are fewer people reoffending, and are the causes being tackled?"""

from csp_dash.ui import frame, panels

visit = frame.enter()
priority = visit.catalogue.priorities["reoffending"]

panels.heading(visit, priority.slug)
panels.headlines(visit, *priority.headlines)
panels.maps(visit, *priority.maps)
panels.trends(visit, *priority.trends)
panels.ranked(visit, "drug_offences")
panels.outcomes(visit, priority.slug)
panels.delivery(visit, priority.slug)
