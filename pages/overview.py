"""How safe is Tower Hamlets, and is the partnership's plan working?"""

import streamlit as st

from csp_dash.ui import frame, render
from csp_dash.ui.sections import overview

MENU = {"place": 1, "title": "Overview", "icon": ":material/home:"}

visit = frame.enter()

render.question(visit, "How safe is Tower Hamlets, and is the plan working?")
overview.verdict(visit)
with st.container(key="abreast"):
    left, right = st.columns([64, 36], gap="large")
with left:
    overview.plan(visit)
    overview.below(visit)
with right, st.container(key="map-panel", gap="xsmall"):
    overview.ward_map(visit)
