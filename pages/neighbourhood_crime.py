"""Is neighbourhood crime and antisocial behaviour falling?"""

from csp_dash.ui import frame
from csp_dash.ui.sections import priorities

MENU = {"place": 2, "title": "1 Neighbourhood crime", "icon": ":material/location_city:"}

priorities.show(frame.enter())
