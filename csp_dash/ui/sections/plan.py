"""Plan page: aims, outcomes, boards, legislation, achievements and contradictions."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from csp_dash.domain.enums import FigureKind
from csp_dash.domain.filters import Filters
from csp_dash.domain.plan import Contradiction, Passage, PlanFigure, Priority
from csp_dash.panels.plan import plan_checks, plan_claims
from csp_dash.panels.plan import targets as judged
from csp_dash.panels.tile import tile
from csp_dash.ui import components, render
from csp_dash.ui.frame import CARDS, Visit, page
from csp_dash.ui.sections import outcomes

RATINGS = {
    "Achieved": ":green-badge[A Achieved]",
    "Needs more work": ":orange-badge[M Needs more work]",
    "Not achieved": ":red-badge[N Not achieved]",
}


SECTIONS = (
    ("police_priorities", "What the police put first"),
    ("principles", "Principles"),
    ("themes", "Themes that cut across"),
    ("drivers", "What drives crime"),
    ("partnership", "How the partnership works"),
    ("legislation", "Legislation behind it"),
    ("links", "Strategies that it links to"),
    ("achievements_narrative", "What was done in 2017-21"),
    ("residents_said", "What residents said"),
    ("partners_said", "What partners said"),
    ("covid", "Crime and COVID-19"),
)


def contents() -> None:
    """Where to find what on a long page."""
    st.markdown(
        "[Checked against official data](#checked) · [Aims, outcomes, boards](#spine) · [Targets](#targets) · "
        "[Achievements 2017-21](#achievements) · [The plan in sections](#sections) · [The borough](#borough) · "
        "[Contradictions](#contradictions)"
    )


def sections(visit: Visit) -> None:
    """The rest of the plan, a section at a time."""
    components.section("The plan, section by section", "sections")
    for section, title in SECTIONS:
        opened = st.expander(f"**{title}**", on_change="rerun", key=f"section-{section}")
        if opened.open:
            with opened:
                passages(visit, section)
                if section == "residents_said":
                    figures(visit, FigureKind.SURVEY)


def borough(visit: Visit) -> None:
    """The borough profile as the plan gives it."""
    components.section("The borough, as the plan describes it", "borough")
    figures(visit, FigureKind.CONTEXT, columns=("Figure", "Note", "Plan page"))


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


def spine(visit: Visit) -> None:
    """Each priority with its aims, the outcomes that it wants, what measures them, and who delivers."""
    components.section("Aims, outcomes, boards and delivery", "spine")
    for priority in visit.catalogue.priorities.values():
        if not priority.outcomes:
            continue
        number = f"Priority {priority.number}: " if priority.number else "Across all four: "
        with st.expander(f"**{number}{priority.title}**", expanded=priority.number == 1):
            _priority(visit, priority)


def _priority(visit: Visit, priority: Priority) -> None:
    st.markdown(f"*{'; '.join(priority.focus)}*" if priority.focus else "")
    left, right = st.columns(2, gap="large")
    with left:
        _bullets("Why it is a priority", priority.why)
        _bullets("Aims", priority.aims)
    with right:
        _bullets("How it is delivered", priority.delivery)
        names = [visit.catalogue.boards[board] for board in priority.boards]
        _bullets("Boards", [f"{board.title}. {board.note}".strip() for board in names])
    st.markdown("**Outcomes and what measures them**")
    with st.grid(2, min_column_width=330):
        for outcome in priority.outcomes:
            with st.container(border=True, height="stretch", gap="xsmall"):
                way = f", {outcome.direction.value} is better" if outcome.direction else ""
                st.markdown(f"**{outcome.text}** (p{outcome.page}{way})")
                outcomes.outcome_measures(visit, priority.slug, outcome)
    if priority.slug in CARDS:
        st.page_link(
            page(priority.slug),
            label=f"Open the figures for {priority.short}",
            icon=":material/arrow_forward:",
            query_params=visit.filters.to_params(),
        )


def _bullets(title: str, lines: Iterable[str]) -> None:
    lines = list(lines)
    if lines:
        st.markdown(f"**{title}**\n" + "\n".join(f"- {line}" for line in lines))


def achievements(visit: Visit) -> None:
    """What the 2017-21 plan's own table claims, with its ratings in words."""
    components.section("Achievements 2017-21 and their ratings", "achievements")
    rows = [figure for figure in visit.catalogue.figures.values() if figure.rating]
    numbers = visit.catalogue.contradictions
    st.table(
        pd.DataFrame(
            [
                {
                    "Figure": _plan_words(row),
                    "Rating": RATINGS.get(row.rating, row.rating),
                    "Plan page": str(row.page),
                    "Contradicted by": ", ".join(
                        f"[{number}](#{components.anchor(components.entry(numbers[number]))})"
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


def boards(visit: Visit) -> None:
    """Boards and what each answers for: its measures with their state, what it awaits, its targets."""
    components.section("Who answers for what", "boards")
    with st.grid(2, min_column_width=330):
        for board in visit.catalogue.boards.values():
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{board.title}** (p{board.page})")
                if board.note:
                    st.caption(board.note)
                _answers_for(visit, board.id)


def _answers_for(visit: Visit, board: str) -> None:
    items = [item for item in visit.catalogue.indicators.values() if item.place.board == board]
    lines = []
    for item in items:
        if item.counts_in_headlines and visit.store.data.shows(item):
            found = visit.store.panel(tile, render.view_of(visit, item.slug))
            lines.append(f"- {components.chip(found.state)} {components.measure_link(visit.filters, item)}")
    waiting = outcomes.asked_for(items)
    if waiting:
        lines.append(f"- Awaiting: {', '.join(waiting)}.")
    aims = [target.title for target in visit.catalogue.targets if visit.catalogue.figures[target.figure].board == board]
    if aims:
        lines.append(f"- [Targets](#targets): {'; '.join(aims)}.")
    st.markdown("\n".join(lines) if lines else "No measure of the plan is placed with it.")


def figures(
    visit: Visit, kind: FigureKind, *, columns: tuple[str, ...] = ("Figure", "Period", "Note", "Plan page")
) -> None:
    """Figures of one kind that the plan states."""
    rows = [
        {"Figure": _plan_words(row), "Period": row.period, "Note": row.note, "Plan page": str(row.page)}
        for row in visit.catalogue.figures.values()
        if row.kind is kind
    ]
    st.table(
        pd.DataFrame(rows)[list(columns)],
        hide_index=True,
        border="horizontal",
        alt=f"Figures of the plan: {kind.value}",
    )


def targets(visit: Visit) -> None:
    """The plan's numeric targets, each with why it can or cannot be judged."""
    components.section("Targets", "targets")
    with st.grid(2, min_column_width=320):
        for found in visit.store.panel(judged.targets, Filters()):
            outcomes.target_card(found)


def contradictions(visit: Visit) -> None:
    """The register of what does not agree inside the plan, each entry with the figures that it touches."""
    components.section("Where the plan does not agree with itself", "contradictions")
    with st.grid(2, min_column_width=330):
        for item in visit.catalogue.contradictions.values():
            with st.container(border=True, height="stretch", gap="xsmall"):
                components.title(components.entry(item))
                st.markdown(item.text)
                touched = [
                    figure for figure in visit.catalogue.figures.values() if item.number in figure.contradictions
                ]
                slugs = dict.fromkeys(figure.indicator for figure in touched if figure.indicator)
                shown = [visit.catalogue.indicators[slug] for slug in slugs]
                names = [components.measure_link(visit.filters, one) if one.measured else one.title for one in shown]
                pages = f"Plan, page {', '.join(map(str, item.pages))}."
                st.caption(pages + (f" It touches {', '.join(names)}." if names else ""))


def checked(visit: Visit) -> None:
    """The plan's claims held against today's official series."""
    components.section("The plan, checked against today's official data", "checked")
    found = visit.store.panel(plan_checks.table, Filters())
    components.title(found.title)
    st.caption(found.caption)
    st.table(found.table, hide_index=True, border="horizontal", alt=found.title)
    components.title("Why each agrees or differs")
    with st.grid(2, min_column_width=330):
        for card in found.cards:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"{card.verdict} **{card.claim}**")
                st.markdown(f"Plan {card.plan}, official data now {card.now}. **{card.real}**")
                st.caption(card.why)
                _touched(card.contradictions)
    st.download_button(
        "Download this table (CSV)",
        found.csv,
        "plan-checked.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
    claimed(visit)


def _touched(items: Iterable[Contradiction]) -> None:
    """Links to the register for a figure that the plan contradicts."""
    links = [f"[{components.entry(item)}](#{components.anchor(components.entry(item))})" for item in items]
    if links:
        st.caption(f"The plan does not agree with itself here: {'; '.join(links)}")


def claimed(visit: Visit) -> None:
    """The claims that no open series can be held against, each with what can be said of it."""
    components.title("Claims that only the plan's own numbers can bear out")
    found = visit.store.panel(plan_claims.claims, Filters())
    lines = [
        f"- **{claim.figure.name}, {claim.said}** (p{claim.figure.page}): **{claim.verdict}.** {claim.why}"
        for claim in found
    ]
    with st.expander(f"{len(found)} claims of change and of opinion", icon=":material/rule:"):
        st.markdown("\n".join(lines))
