"""Are fewer people harmed by violence and exploitation?"""

from csp_dash.ui import frame
from csp_dash.ui.sections import priorities

MENU = {"place": 5, "title": "4 Violence, exploitation", "icon": ":material/shield_person:"}

priorities.show(frame.enter())
