"""What should the board see first?"""

from csp_dash.ui import frame
from csp_dash.ui.sections import board

visit = frame.enter()
board.show(visit)
