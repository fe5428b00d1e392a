"""What do the figures say for any measure, ward and period?"""

import streamlit as st

from csp_dash.ui import frame, render
from csp_dash.ui.sections import explore

MENU = {"place": 8, "title": "Explore the data", "icon": ":material/query_stats:"}

visit = frame.enter()

st.title("What do the figures say?", anchor=False)
render.about(visit)
item = explore.choose(visit)
if item:
    explore.card(visit, item)
    explore.look(visit, item)
