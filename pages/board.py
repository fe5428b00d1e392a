"""What should the board see first?"""

from csp_dash.ui import frame
from csp_dash.ui.sections import board

MENU = {"place": 10, "title": "Board screen", "icon": ":material/present_to_all:", "filters": False}

visit = frame.enter()
board.show(visit)
