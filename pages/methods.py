"""Where does each figure come from, how far can it be trusted, and where can I get help?"""

import streamlit as st

from csp_dash.ui import frame
from csp_dash.ui.sections import methods, wards

MENU = {"place": 12, "title": "Sources and methods", "icon": ":material/fact_check:", "filters": False}

visit = frame.enter()

st.title("Where does each figure come from?", anchor=False)
methods.contents()
methods.standing(visit)
methods.changed(visit)
methods.sources(visit)
methods.taken_in(visit)
methods.statistics(visit)
methods.caveats(visit)
methods.definitions(visit)
methods.revisions(visit)
wards.contacts(visit)
