"""What does the plan promise, who answers for it, and do its figures hold?"""

import streamlit as st

from csp_dash.ui import frame
from csp_dash.ui.sections import plan

MENU = {"place": 11, "title": "The plan", "icon": ":material/menu_book:", "filters": False}

visit = frame.enter()

st.caption("TOWER HAMLETS COMMUNITY SAFETY PARTNERSHIP PLAN 2021-24, IN OUR WORDS")
st.title("What does the plan promise, and do its figures hold?", anchor=False)
plan.contents()
plan.checked(visit)
plan.spine(visit)
plan.targets(visit)
plan.boards(visit)
plan.achievements(visit)
plan.sections(visit)
plan.borough(visit)
plan.contradictions(visit)
