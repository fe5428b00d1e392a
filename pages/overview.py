"""How safe is Tower Hamlets, and is the partnership's plan working?"""

import streamlit as st

from csp_dash.ui import frame, overview_parts, panels

visit = frame.enter()
borough = visit.catalogue.priorities["borough"]

st.caption("TOWER HAMLETS COMMUNITY SAFETY PARTNERSHIP · PLAN 2021-24")
st.title("How safe is Tower Hamlets, and is the plan working?", anchor=False)
panels.about(visit)
left, right = st.columns(2, gap="medium")
with left:
    panels.trend_panel(visit, borough.headlines[0])
with right:
    overview_parts.glance(visit)
overview_parts.priorities(visit)
overview_parts.what_moved(visit)
panels.harm_panel(visit)
overview_parts.targets(visit)
