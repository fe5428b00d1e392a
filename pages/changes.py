"""What changed since a month, for a board that meets every few months?"""

from csp_dash.ui import frame
from csp_dash.ui.sections import changes

MENU = {"place": 7, "title": "What changed", "icon": ":material/compare_arrows:", "filters": False}

changes.show(frame.enter())
