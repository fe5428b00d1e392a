"""What is happening in my ward, and what is being done about it?"""

from csp_dash.ui import frame
from csp_dash.ui.sections import ward_finder, ward_folds, wards

MENU = {"place": 8, "title": "My ward", "icon": ":material/pin_drop:", "filters": False}

visit = frame.enter()

if visit.filters.wards:
    wards.show(visit, visit.filters.wards[0])
else:
    ward_finder.find(visit)
    ward_folds.show(visit)
