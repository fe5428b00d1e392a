"""What is happening in my ward, and what is being done about it?"""

import streamlit as st

from csp_dash.ui import frame
from csp_dash.ui.sections import wards

MENU = {"place": 8, "title": "My ward", "icon": ":material/pin_drop:", "filters": False}

visit = frame.enter()

st.title("What is happening in my ward?", anchor=False)
ward = wards.choose(visit)
if ward:
    wards.profile(visit, ward)
    wards.look(visit, ward)
else:
    wards.find(visit)
wards.action(visit)
