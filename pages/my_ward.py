"""What is happening in my ward, and what is being done about it?"""

import streamlit as st

from csp_dash.ui import frame, ward_parts

visit = frame.enter()

st.title("What is happening in my ward?", anchor=False)
ward = ward_parts.choose(visit)
if ward:
    ward_parts.profile(visit, ward)
    ward_parts.look(visit, ward)
else:
    ward_parts.find(visit)
ward_parts.action(visit)
