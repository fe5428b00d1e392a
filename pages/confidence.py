"""Do residents trust the police and the partnership?"""

from csp_dash.ui import frame
from csp_dash.ui.sections import priorities

MENU = {"place": 6, "title": "Confidence and trust", "icon": ":material/verified_user:"}

priorities.show(frame.enter())
