"""What do the figures say for any measure, ward and period?"""

from csp_dash.ui import frame, render
from csp_dash.ui.sections import explore

MENU = {"place": 9, "title": "Explore the data", "icon": ":material/query_stats:"}

visit = frame.enter()

render.question(visit, "What do the figures say?")
item = explore.choose(visit)
if item:
    explore.look(visit, item)
