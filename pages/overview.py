"""How safe is Tower Hamlets, and is the partnership's plan working?"""

import streamlit as st

from csp_dash.ui import frame, render
from csp_dash.ui.sections import overview

MENU = {"place": 1, "title": "Overview", "icon": ":material/home:"}

visit = frame.enter()
borough = visit.catalogue.priorities["borough"]

st.caption("TOWER HAMLETS COMMUNITY SAFETY PARTNERSHIP · PLAN 2021-24")
st.title("How safe is Tower Hamlets, and is the plan working?", anchor=False)
render.about(visit)
left, right = st.columns(2, gap="medium")
with left:
    render.trend_panel(visit, borough.headlines[0])
with right:
    overview.glance(visit)
overview.priorities(visit)
overview.what_moved(visit)
render.harm_panel(visit)
overview.targets(visit)
