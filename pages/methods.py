"""Where does each figure come from, how far can it be trusted, and where can I get help?"""

from csp_dash.ui import frame
from csp_dash.ui.sections import measures, methods, release, wards
from csp_dash.ui.sections.parts import Part, show

MENU = {"place": 12, "title": "Sources and methods", "icon": ":material/fact_check:", "filters": False}
PARTS = (
    Part("standing", "What stands behind a figure", methods.standing),
    Part("sources", "Sources", methods.sources),
    Part("changes", "What changed", release.changed),
    Part("files", "Files taken in", release.taken_in),
    Part("statistics", "Signal and noise", methods.statistics),
    Part("accuracy", "How often tests err", methods.accuracy),
    Part("caveats", "Caveats and events", methods.caveats),
    Part("measures", "Measures", measures.definitions),
    Part("revisions", "Revisions", methods.revisions),
    Part("help", "Report, or get help", wards.numbers),
)

visit = frame.enter()
show(visit, "Where does each figure come from?", PARTS)
