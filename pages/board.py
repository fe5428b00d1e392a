"""What should the board see first?"""

from csp_dash.ui import board_parts, frame

visit = frame.enter()
board_parts.show(visit)
