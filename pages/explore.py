"""What do the figures say for any measure, ward and period?"""

import streamlit as st

from csp_dash.ui import explore_parts, frame, panels

visit = frame.enter()

st.title("What do the figures say?", anchor=False)
panels.about(visit)
item = explore_parts.choose(visit)
if item:
    explore_parts.card(visit, item)
    explore_parts.look(visit, item)
