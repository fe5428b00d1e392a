"""What does the plan promise, who answers for it, and do its figures hold?"""

import streamlit as st

from csp_dash.ui import frame, plan_parts

visit = frame.enter()

st.caption("TOWER HAMLETS COMMUNITY SAFETY PARTNERSHIP PLAN 2021-24, IN OUR WORDS")
st.title("What does the plan promise, and do its figures hold?", anchor=False)
plan_parts.contents()
plan_parts.checked(visit)
plan_parts.spine(visit)
plan_parts.targets(visit)
plan_parts.boards(visit)
plan_parts.achievements(visit)
plan_parts.sections(visit)
plan_parts.borough(visit)
plan_parts.contradictions(visit)
