"""Plan page: targets, achievements, its sections, the borough and contradictions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from csp_dash.domain.enums import FigureKind
from csp_dash.domain.filters import Filters
from csp_dash.domain.plan import Contradiction, Passage, PlanFigure
from csp_dash.panels.plan import targets as judged
from csp_dash.ui import components
from csp_dash.ui.frame import Visit
from csp_dash.ui.sections import outcomes, parts

RATINGS = {
    "Achieved": ":green-badge[A Achieved]",
    "Needs more work": ":orange-badge[M Needs more work]",
    "Not achieved": ":red-badge[N Not achieved]",
}


AT_ONCE = 9
"""Entries of the register that stand together: the whole of it is too long to be read at once."""
SECTIONS = {
    "police_priorities": "What the police put first",
    "principles": "Principles",
    "themes": "Themes that cut across",
    "drivers": "What drives crime",
    "partnership": "How the partnership works",
    "legislation": "Legislation behind it",
    "links": "Strategies that it links to",
    "achievements_narrative": "What was done in 2017-21",
    "residents_said": "What residents said",
    "survey": "Their answers in figures",
    "partners_said": "What partners said",
    "covid": "Crime and COVID-19",
}


def sections(visit: Visit, item: str) -> None:
    """The rest of the plan, a section at a time."""
    parts.unknown(item, item in SECTIONS, "section", "the first is shown")
    chosen = parts.one_of("sections", SECTIONS, item, "Section of the plan")
    components.title(SECTIONS[chosen])
    if chosen == "survey":
        figures(visit, FigureKind.SURVEY)
    else:
        passages(visit, chosen)


def borough(visit: Visit, item: str) -> None:
    """The borough profile as the plan gives it."""
    figures(visit, FigureKind.CONTEXT)


def passages(visit: Visit, section: str) -> None:
    """Titled paragraphs of one section, with the plan's page."""
    found = [item for item in visit.catalogue.passages if item.section == section]
    with st.grid(3, min_column_width=300):
        for item in found:
            _passage(item)


def _passage(item: Passage) -> None:
    with st.container(border=True):
        st.markdown(f"**{item.title}**")
        st.markdown(item.text)
        st.caption(f"Plan, page {item.page}")


def achievements(visit: Visit, item: str) -> None:
    """What the 2017-21 plan's own table claims, with its ratings in words."""
    rows = [figure for figure in visit.catalogue.figures.values() if figure.rating]
    st.table(
        pd.DataFrame(
            [
                {
                    "Figure": _plan_words(row),
                    "Rating": RATINGS.get(row.rating, row.rating),
                    "Plan page": str(row.page),
                    "Contradicted by": ", ".join(
                        f"[{number}]({components.way('plan', visit.filters, components.register(number))})"
                        for number in row.contradictions
                    ),
                }
                for row in rows
            ]
        ),
        hide_index=True,
        border="horizontal",
        alt="Achievements against the 2017-21 plan, with their ratings",
    )


def _plan_words(figure: PlanFigure) -> str:
    comparison = f", {figure.comparison}" if figure.comparison else ""
    return f"{figure.name}: **{figure.words}**{comparison}"


def figures(visit: Visit, kind: FigureKind) -> None:
    """Figures of one kind that the plan states, with what is to be known of each."""
    found = [row for row in visit.catalogue.figures.values() if row.kind is kind]
    st.markdown("\n".join(map(_figure, found)))


def _figure(row: PlanFigure) -> str:
    period = f", {row.period}" * bool(row.period)
    return f"- {_plan_words(row)}{period} (p{row.page})." + f" :small[{row.note}]" * bool(row.note)


def targets(visit: Visit, item: str) -> None:
    """The plan's numeric targets, each with why it can or cannot be judged."""
    with st.grid(2, min_column_width=320):
        for found in visit.store.panel(judged.targets, Filters()):
            outcomes.target_card(found)


def contradictions(visit: Visit, item: str) -> None:
    """The register of what does not agree inside the plan; the entry that the address opens comes first."""
    register = visit.catalogue.contradictions
    opened = register.get(int(item)) if item.isdecimal() else None
    numbers = list(register)
    batches = [numbers[first : first + AT_ONCE] for first in range(0, len(numbers), AT_ONCE)]
    groups = {f"from{batch[0]}": batch for batch in batches}
    parts.unknown(item, item in groups or opened is not None, "entry", "the first ones are shown")
    names = {name: f"Entries {entries[0]} to {entries[-1]}" for name, entries in groups.items()}
    holding = next((name for name, entries in groups.items() if opened and opened.number in entries), item)
    chosen = groups[parts.one_of("contradictions", names, holding, "Entries")]
    with st.grid(2, min_column_width=330):
        for number in sorted(chosen, key=lambda number: opened is None or number != opened.number):
            with st.container(border=True, height="stretch", gap="xsmall"):
                _entry(visit, register[number])


def _entry(visit: Visit, item: Contradiction) -> None:
    components.title(components.entry(item))
    st.markdown(item.text)
    touched = [figure for figure in visit.catalogue.figures.values() if item.number in figure.contradictions]
    slugs = dict.fromkeys(figure.indicator for figure in touched if figure.indicator)
    shown = [visit.catalogue.indicators[slug] for slug in slugs]
    names = [components.measure_link(visit.filters, one) if one.measured else one.title for one in shown]
    pages = f"Plan, page {', '.join(map(str, item.pages))}."
    st.caption(pages + (f" It touches {', '.join(names)}." if names else ""))
