"""What does the plan promise, who answers for it, and do its figures hold?"""

from csp_dash.ui import frame
from csp_dash.ui.sections import plan, plan_checks, plan_delivery, plan_ended
from csp_dash.ui.sections.parts import Part, show

MENU = {"place": 11, "title": "The plan", "icon": ":material/menu_book:", "filters": False}
PARTS = (
    Part("ended", "How the plan ended", plan_ended.ended),
    Part("checked", "Figures checked", plan_checks.checked),
    Part("reasons", "Why they agree or differ", plan_checks.reasons),
    Part("claims", "Other claims", plan_checks.claimed),
    Part("outcomes", "Outcomes wanted", plan_delivery.wanted),
    Part("priorities", "Aims and delivery", plan_delivery.aims),
    Part("boards", "Who answers for what", plan_delivery.boards),
    Part("targets", "Targets", plan.targets),
    Part("achievements", "Achievements 2017-21", plan.achievements),
    Part("sections", "Section by section", plan.sections),
    Part("borough", "The borough", plan.borough),
    Part("contradictions", "Contradictions", plan.contradictions),
)

visit = frame.enter()
show(visit, "The plan 2021-24 in our words: what does it promise, and do its figures hold?", PARTS)
