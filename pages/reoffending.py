"""Are fewer people reoffending, and are the causes being tackled?"""

from csp_dash.ui import frame
from csp_dash.ui.sections import priorities

MENU = {"place": 4, "title": "3 Reoffending, drivers", "icon": ":material/sync:"}

priorities.show(frame.enter())
