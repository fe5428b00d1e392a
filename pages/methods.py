"""Where does each figure come from, how far can it be trusted, and where can I get help?"""

import streamlit as st

from csp_dash.ui import frame, methods_parts, ward_parts

visit = frame.enter()

st.title("Where does each figure come from?", anchor=False)
methods_parts.contents()
methods_parts.standing(visit)
methods_parts.changed(visit)
methods_parts.sources(visit)
methods_parts.taken_in(visit)
methods_parts.statistics(visit)
methods_parts.caveats(visit)
methods_parts.definitions(visit)
methods_parts.revisions(visit)
ward_parts.contacts(visit)
