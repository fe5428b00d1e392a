"""Side-by-side panels: two measures over time, and over the wards, with their rank correlation and what it cannot say."""

from csp_dash.panels.wards.side_by_side.both import SideBySide, can_stand, second_of, seconds, side_by_side

__all__ = ["SideBySide", "can_stand", "second_of", "seconds", "side_by_side"]
