"""The plan and methods pages in parts: nothing of what they hold is lost, each link leads to its place, and so does a search."""

from __future__ import annotations

import re
from functools import cache

import pytest
from screens import check, of_type, parts, visit, words
from support.grids import sample

from csp_dash.catalogue import load
from csp_dash.domain.enums import FigureKind
from csp_dash.domain.filters import Filters
from csp_dash.panels import finder
from csp_dash.panels.about import method_notes, methods_tables
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan import plan_checks, plan_claims, targets
from csp_dash.ui import components
from csp_dash.ui.sections import parts as drawn

CATALOGUE = load()
WHITECHAPEL = "E05009336"


@cache
def shown(page: str) -> dict[str, str]:
    return parts(page)


def begin(text: str) -> str:
    """Text up to where a part or a group of it begins: `sources.pas` is `sources`."""
    return text.partition(".")[0]


def whole(page: str, part: str) -> str:
    """All groups of a part; the first part has no name in its address."""
    first = {"plan": "checked", "methods": "standing"}[page]
    return "\n".join(text for name, text in shown(page).items() if (begin(name) or first) == part)


def test_every_contradiction_passage_target_and_board_of_the_plan_is_in_its_part(data: Dataset):
    register, passages = whole("plan", "contradictions"), whole("plan", "sections")
    for item in CATALOGUE.contradictions.values():
        assert f"### {components.entry(item)}" in register and item.text in register, item.number
        assert f"Plan, page {', '.join(map(str, item.pages))}." in register
    for passage in CATALOGUE.passages:
        assert f"**{passage.title}**" in passages and passage.text in passages, passage.title
    judged = data_targets(data)
    for found in judged:
        said = whole("plan", "targets")
        assert found.target.title in said and found.target.why_unjudged in said and found.standing.value in said
        assert all(reading in said for reading in found.readings) and found.limits in said
    boards = whole("plan", "boards")
    for board in CATALOGUE.boards.values():
        assert f"**{board.title}** (p{board.page})" in boards and board.note in boards


def data_targets(data: Dataset) -> tuple[targets.Judged, ...]:
    found = targets.targets(data, Filters())
    assert len(found) == len(CATALOGUE.targets)
    return found


def test_every_measure_of_a_board_has_its_state_there(data: Dataset):
    boards = whole("plan", "boards")
    for item in data.catalogue.indicators.values():
        if item.place.board and item.counts_in_headlines:
            assert re.search(rf"badge\[[^\]]+\] \[{re.escape(item.title)}\]\(explore\?indicator={item.slug}\)", boards)


def test_every_check_and_claim_has_its_reason(data: Dataset):
    table, reasons, others = (whole("plan", part) for part in ("checked", "reasons", "claims"))
    cards = plan_checks.table(data, Filters()).cards
    assert len(cards) == len(CATALOGUE.checks)
    for card in cards:
        assert card.claim in table and f"{card.verdict} **{card.claim}**" in reasons and card.why in reasons
        for item in card.contradictions:
            assert f"[{components.entry(item)}](plan?part=contradictions.{item.number})" in reasons
    claims = plan_claims.claims(data, Filters())
    assert claims
    for claim in claims:
        assert f"{claim.figure.name}, {claim.said}" in others and claim.why in others


def test_every_aim_outcome_and_promise_of_a_priority_is_there():
    aims, wanted = whole("plan", "priorities"), whole("plan", "outcomes")
    for priority in CATALOGUE.priorities.values():
        if not priority.outcomes:
            continue
        for line in (*priority.why, *priority.aims, *priority.delivery, *priority.focus):
            assert line in aims, line
        assert priority.title in aims and priority.title in wanted
        for outcome in priority.outcomes:
            assert f"**{outcome.text}** (p{outcome.page}" in wanted
            assert outcome.measures in wanted or any(
                item.place.outcome == outcome.id for item in CATALOGUE.of_priority(priority.slug)
            )


def test_every_figure_that_the_plan_gives_of_its_borough_residents_and_record_is_there():
    places = {FigureKind.CONTEXT: "borough", FigureKind.SURVEY: "sections"}
    for figure in CATALOGUE.figures.values():
        for part in filter(None, (places.get(figure.kind), "achievements" if figure.rating else None)):
            said = whole("plan", part)
            assert f"{figure.name}: **{figure.words}**" in said, figure.id
            assert figure.note in said or figure.rating, figure.id


def test_every_source_event_measure_and_method_is_in_its_part(data: Dataset):
    sources, notes, measures, methods = (
        whole("methods", part) for part in ("sources", "caveats", "measures", "statistics")
    )
    known = {entry.part for entry in finder.index(data, Filters()).entries if entry.kind == "Source"}
    assert len(known) > 20
    for name in known:
        source = data.catalogue.sources[name.removeprefix("sources.")]
        for said in (source.title, source.publisher, source.licence, source.attribution, source.method, source.updates):
            assert said in sources, source.id
    for event in data.catalogue.events.values():
        assert f"**{event.title}** (" in notes and event.text in notes, event.id
    for item in data.catalogue.indicators.values():
        assert f"[{item.title}](explore?indicator={item.slug})" in measures and item.plain in measures, item.slug
    for note in method_notes.method_notes(data, Filters()):
        assert f"**{note.title}** {note.text}" in methods
    accuracy, revised = whole("methods", "accuracy"), whole("methods", "revisions")
    for title, _ in methods_tables.power_table(data, Filters()).tables:
        assert title in accuracy
    for year in methods_tables.revisions(data, Filters())["Year"]:
        assert str(year) in revised
    for contact in data.catalogue.contacts:
        assert contact.title in whole("methods", "help") and contact.how in whole("methods", "help")


def test_the_release_the_files_and_the_rows_left_out_have_parts_of_their_own():
    changes, files = whole("methods", "changes"), whole("methods", "files")
    assert all(f"**{word}.**" in changes for word in ("New", "Revised", "Missing", "Late", "Due next"))
    assert "Every file and what became of its rows" in files and "Rows left out" in files


def test_a_measure_opens_with_all_its_facts():
    for item in sample(CATALOGUE.indicators.values(), 12, "facts of measures"):
        at = visit("methods", part=f"measures.{item.slug}")
        check(at)
        text = words(at)
        assert f"**{item.title}.** {item.plain}" in text and f"`{item.slug}`" in text
        for name in item.sources:
            assert f"](methods?part=sources.{name})" in text
        for name in (*item.caveats, *item.breaks):
            assert CATALOGUE.events[name].text in text


def test_what_a_search_finds_is_where_its_link_leads(data: Dataset):
    entries = finder.index(data, Filters()).entries
    for entry in sample(entries, 60, "places that a search finds"):
        at = visit(entry.page, part=entry.part)
        check(at)
        text = words(at)
        assert not of_type(at, "alert") or not any("There is no" in item.value for item in at.info), entry.part
        title = entry.title.partition(",")[0] if entry.kind == "Target" else entry.title
        assert title in text, (entry.part, entry.title)


def test_a_search_is_a_short_list_of_links_and_is_empty_after_the_jump():
    at = visit("plan", part="targets", ward=WHITECHAPEL)
    at.text_input[0].set_value("attitude survey").run()
    check(at)
    links = [item.proto for item in of_type(at, "page_link") if "sources.pas" in item.proto.query_string]
    assert len(links) == 1 and links[0].page == "methods"
    assert links[0].query_string == f"ward={WHITECHAPEL}&part=sources.pas"
    assert "**Public Attitude Survey: borough results** · Source" in links[0].label
    at.query_params["part"] = "boards"
    at.run()
    assert at.text_input[0].value == "" and "places found" not in words(at)


@pytest.mark.parametrize("typed", ["[x](http://example.org)", "**bold** <b>", ":red[hot] `code`", "$x$"])
def test_what_is_typed_is_never_markup(typed: str):
    at = visit("methods")
    at.text_input[0].set_value(typed).run()
    check(at)
    said = next(item.value for item in at.markdown if item.value.startswith("Nothing here has"))
    assert components.plain(typed) in said and typed not in said


@pytest.mark.parametrize(
    ("page", "part", "said", "first"),
    [
        ("plan", "bords", "There is no part called “bords” here, so the first is shown.", "How the plan ended"),
        ("plan", "sources", "There is no part called “sources” here", "How the plan ended"),
        ("methods", "<script>", "There is no part called “<script>” here", "What stands behind a figure"),
        ("plan", "contradictions.99", "There is no entry called “99” here", "Contradictions"),
        ("plan", "boards.nobody", "There is no board called “nobody” here", "Who answers for what"),
        ("plan", "reasons.x", "There is no claim called “x” here", "Why they agree or differ"),
        ("methods", "sources.none", "There is no source called “none” here", "Sources"),
        ("methods", "measures.none", "There is no measure called “none” here", "Measures"),
        ("methods", "caveats.none", "There is no caveat called “none” here", "Caveats and events"),
    ],
)
def test_a_part_that_is_not_there_is_said_and_the_nearest_is_shown(page: str, part: str, said: str, first: str):
    at = visit(page, part=part)
    check(at)
    assert any(components.plain(said) in item.value for item in at.info), [item.value for item in at.info]
    assert at.header[0].value == first


def test_the_menu_and_links_to_other_pages_leave_the_part_behind():
    at = visit("plan", part="priorities.violence", ward=WHITECHAPEL)
    check(at)
    for item in of_type(at, "page_link"):
        ours = item.proto.page == "plan" and item.proto.label != "The plan"
        assert ("part=" in item.proto.query_string) is ours, item.proto.label
        assert f"ward={WHITECHAPEL}" in item.proto.query_string
    at = visit("plan", part="boards", ward=WHITECHAPEL)
    linked = re.findall(r"\]\(([a-z_]+\?[^)]*)\)", words(at))
    assert linked and not [link for link in linked if link.startswith("explore") and "part=" in link]
    at.query_params.clear()  # as Streamlit's own ways to another page do
    at.switch_page("pages/explore.py").run()
    assert not at.exception
    assert "part" not in at.query_params and at.query_params["ward"] in (WHITECHAPEL, [WHITECHAPEL])


def test_each_part_has_a_tab_name_of_its_own():
    """Bookmarks and the browser's history tell the parts apart."""
    named: list[tuple[str, ...]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawn, "titled", lambda visit, *about: named.append(about))
        for part in ("targets", "borough"):
            visit("plan", part=part)
    assert named == [("Targets", "The plan"), ("The borough", "The plan")]
