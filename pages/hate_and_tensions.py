"""Is hatred being reported, and are people safer from it?"""

from csp_dash.ui import frame
from csp_dash.ui.sections import priorities

MENU = {"place": 3, "title": "2 Hate and tensions", "icon": ":material/diversity_3:"}

priorities.show(frame.enter())
