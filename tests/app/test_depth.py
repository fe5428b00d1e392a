"""Themes, ways of looking, pairs, the plan as the spine: what goes deeper than a page's first screen."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest
from screens import PICTURES, check, choose, chosen, lives, of_type, open_all, rows, tab, visit, words
from streamlit.testing.v1 import AppTest
from support.pictures import plotly

from csp_dash.catalogue import load
from csp_dash.domain.enums import Compare, Direction, Frequency, Kind
from csp_dash.domain.filters import LENSES, Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.settings import Settings
from csp_dash.panels import tile
from csp_dash.panels.dataset import Dataset, open_data
from csp_dash.panels.themes import contribution, paired_measures
from csp_dash.panels.trends import comparisons, trend, year_on_year
from csp_dash.panels.wards import ward_map
from csp_dash.ui import components

CATALOGUE = load()
PRIORITIES = [priority for priority in CATALOGUE.priorities.values() if priority.slug != "borough"]
WHITECHAPEL = "E05009336"


@pytest.fixture(scope="module")
def data() -> Dataset:
    return open_data(CATALOGUE, Settings.read({}))


MEASURES = [(priority.slug, slug) for priority in PRIORITIES for theme in priority.themes for slug in theme.measures]


@pytest.mark.grid(25)
@pytest.mark.parametrize(("page", "slug"), MEASURES)
def test_every_measure_of_a_theme_is_reached_by_its_link(page: str, slug: str):
    item = CATALOGUE.indicators[slug]
    at = tab(page, indicator=slug)
    check(at)
    assert at.query_params["indicator"] == slug
    assert chosen(at, "scorecard") == [slug]
    assert slug in {line.slug for line in rows(at)} and at.selectbox(key=f"measure-{page}").value == slug
    if item.measured:
        (alt,) = [picture.proto.alt for picture in of_type(at, *PICTURES)]
        assert item.title in alt
    else:
        assert not of_type(at, *PICTURES)
        text = words(at)
        assert f"**Held by:** {item.holder}" in text and item.plain in text


@pytest.mark.parametrize("priority", PRIORITIES, ids=lambda priority: priority.slug)
def test_every_theme_and_every_measure_of_a_priority_has_its_line(priority, data: Dataset):
    at = visit(priority.slug)
    lines = {line.slug: line for line in rows(at)}
    assert set(lines) == {slug for theme in priority.themes for slug in theme.measures}
    text = words(at)
    for theme in priority.themes:
        live = [slug for slug in theme.measures if not lines[slug].state.startswith("E ") and lines[slug].figure]
        assert not live or theme.title in text, theme.id
    for item in CATALOGUE.of_priority(priority.slug):
        if item.counts_in_headlines and data.have(item):
            assert lines[item.slug].figure and lines[item.slug].state, item.slug
            assert lines[item.slug].name == item.short
    links = {str(row["data-choose"]): str(row.a["href"]) for row in lives(at)["scorecard"].select("tr[data-choose]")}
    assert links == {slug: f"?indicator={slug}" for slug in lines}, "plain links too, for a tab of their own"


def test_a_choice_in_the_scorecard_or_a_tile_is_followed_and_its_view_kept():
    at = visit("reoffending", indicator="stop_search", view="figures")
    check(at)
    assert chosen(at, "scorecard") == ["stop_search"]
    choose(at, "scorecard", "drug_offences")
    check(at)
    assert at.query_params["indicator"] == "drug_offences" and at.query_params["view"] == "figures"
    assert "Drug offences: the figures" in words(at)
    choose(at, "tiles", "youth_fte")
    assert at.query_params["indicator"] == "youth_fte" and chosen(at, "tiles") == ["youth_fte"]
    at.segmented_control(key="lens-reoffending").set_value("").run()
    assert "view" not in at.query_params
    choose(at, "scorecard", "stop_search")
    at.segmented_control(key="lens-reoffending").set_value("groups").run()
    check(at)
    assert "times as often as White" in words(at)
    choose(at, "scorecard", "youth_fte")
    assert "view" not in at.query_params, "it has no such view, so its trend is shown"
    assert CATALOGUE.indicators["youth_fte"].title in of_type(at, *PICTURES)[0].proto.alt


def test_a_choice_by_name_is_followed_too():
    at = visit("reoffending")
    at.selectbox(key="measure-reoffending").select("stop_search").run()
    check(at)
    assert at.query_params["indicator"] == "stop_search" and chosen(at, "scorecard") == ["stop_search"]


def test_a_row_of_the_plan_leads_to_its_measure_on_its_page():
    at = visit("overview", ward=WHITECHAPEL)
    hrefs = {
        str(row["data-choose"]): str(row.th.find_next("a")["href"]) for row in lives(at)["plan-table"].select("tr")[1:]
    }
    assert len(hrefs) == len(rows(at, "plan-table"))
    choose(at, "plan-table", "homicide")
    check(at)
    assert chosen(at, "scorecard") == ["homicide"]
    assert at.query_params["indicator"] == "homicide" and at.query_params["ward"] == WHITECHAPEL
    at = visit("overview")
    choose(at, "plan-table", "total_offences")
    check(at)
    assert at.selectbox(key="explore_choice").value == "total_offences", "the borough's total is explored"


def test_pictures_of_a_theme_are_views_of_the_measures_that_they_show():
    """Nothing that a theme tells beyond single measures is lost: each of its pictures is a view of one of its measures."""
    seen = set()
    for priority in PRIORITIES:
        for theme in priority.themes:
            for picture in theme.pictures:
                lens = picture.value
                if lens in ("map", "boroughs"):  # of each measure that has them, whatever its theme
                    continue
                known = [CATALOGUE.indicators[slug] for slug in theme.measures or theme.basket]
                fitting = [
                    item.slug
                    for item in known
                    if item.counts_in_headlines
                    and item.place.priority == priority.slug
                    and (lens != "pair" or item.pair)
                ]
                if not fitting:
                    assert not [item for item in known if item.measured and (lens != "pair" or item.pair)], theme.id
                    continue
                at = tab(priority.slug, indicator=fitting[0], view=lens)
                check(at)
                assert at.segmented_control(key=f"lens-{priority.slug}").value == lens, (theme.id, lens)
                assert at.query_params["view"] == lens
                seen.add(lens)
                check(tab("explore", indicator=fitting[0], view=lens))
    assert seen == {"pair", "groups", "night", "strands", "ranks"}


LOOKED_AT = (
    "burglary",
    "total_offences",
    "asb",
    "homicide",
    "pas_trust",
    "stop_search_found",
    "youth_fte",
    "vawg_offences",
)


def offered(at: AppTest) -> set[str]:
    """The ways of looking at the measure of the explore page, by name: tabs, and the list of rarer ones."""
    tabs = at.segmented_control(key="lens-explore").options
    more = [box for box in at.selectbox if box.key == "more-views"]
    return {*tabs, *(more[0].options if more else ())}


@pytest.mark.grid(5)
@pytest.mark.parametrize("slug", LOOKED_AT)
def test_every_way_of_looking_at_a_measure_opens_and_keeps_its_link(slug: str):
    names = offered(tab("explore", indicator=slug))
    assert len(names) >= 4
    for lens, name in LENSES.items():
        if name not in names:
            continue
        at = tab("explore", indicator=slug, view=lens) if lens else tab("explore", indicator=slug)
        check(at)
        assert ("view" in at.query_params) is bool(lens)
        item = CATALOGUE.indicators[slug]
        assert item.title in words(at)


def test_ways_of_looking_that_say_nothing_of_a_measure_are_not_offered():
    at = visit("explore", indicator="pas_trust", view="ahead")
    check(at)
    names = offered(at)
    assert {LENSES["ahead"], LENSES["years"], LENSES["wards"], LENSES["moved"]}.isdisjoint(names)
    assert LENSES[""] in names and LENSES["compare"] in names


def test_comparisons_on_screen_are_those_of_the_export(data: Dataset):
    for slug in ("burglary", "pas_trust", "vawg_offences", "asb"):
        found = comparisons.comparisons(data, Filters(indicator=slug))
        frame = pd.read_csv(io.StringIO(found.csv))
        text = words(visit("explore", indicator=slug, view="compare"))
        assert len(frame) == len(found.ways) >= 2
        for way, row in zip(found.ways, frame.itertuples(), strict=True):
            assert row.words == way.sentence and way.sentence in text
            if way.change is not None and not way.change.refusal:
                assert row.now == pytest.approx(way.change.now.numerator)


def test_an_ambiguous_measure_is_never_better_or_worse(data: Dataset):
    wards: tuple[tuple[str, ...], ...] = ((), (WHITECHAPEL,))
    seen = set()
    for item in CATALOGUE.indicators.values():
        if item.direction is not Direction.AMBIGUOUS or data.have(item) is None:
            continue
        for ward in wards:
            for against in Compare:
                state = tile.tile(data, Filters(indicator=item.slug, wards=ward, compare=against)).state
                assert state.tone in ("neutral", "unknown", "past"), item.slug
                seen.add(state.word)
    assert {"Rising", "Falling", "No detectable change"} <= seen


def test_every_ambiguous_measure_with_figures_is_shown_with_its_pair_and_both_readings(data: Dataset):
    for item in CATALOGUE.indicators.values():
        if item.direction is Direction.AMBIGUOUS and item.counts_in_headlines:
            found = paired_measures.pair(data, Filters(indicator=item.slug))
            assert len(found.readings) == 2 and found.reading and found.why
            assert found.second is not None or found.awaiting
            if found.second is not None and "Their months differ" not in found.reading:
                spans = [half.change.now.span.last for half in (found.first, found.second) if half.change]
                assert len(set(spans)) <= 1, item.slug


def test_a_way_up_from_a_measure_and_down_from_a_board():
    text = words(visit("explore", indicator="pas_fair_treatment", view="notes"))
    for part in ("In the plan:", "Outcome wanted:", "Who answers for it:", "Target:", "The plan says:", "(p18)"):
        assert part in text, part
    plan = words(visit("plan", part="boards.neighbourhood_asb"))
    for board in CATALOGUE.boards.values():
        assert board.title in plan
    assert re.search(r"badge\[[^\]]+\] \[Burglary\]\(explore\?indicator=burglary\)", plan)


def test_outcomes_without_a_measure_say_so():
    for priority in PRIORITIES:
        bare = [
            outcome
            for outcome in priority.outcomes
            if not any(
                item.counts_in_headlines and item.place.outcome == outcome.id
                for item in CATALOGUE.of_priority(priority.slug)
            )
        ]
        assert words(open_all(visit(priority.slug))).count("No measure on this page.") == len(bare), priority.slug


def test_a_figure_that_the_plan_contradicts_links_to_the_entry_in_the_register():
    touched = next(
        item for item in CATALOGUE.indicators.values()
        if item.measured and any(figure.contradictions for figure in CATALOGUE.figures_of(item.slug))
    )  # fmt: skip
    text = words(visit("explore", indicator=touched.slug, view="notes"))
    linked = set(re.findall(r"of the register\]\(plan\?[^)]*part=contradictions\.(\d+)\)", text))
    assert linked and {int(number) for number in linked} <= set(CATALOGUE.contradictions)
    for number in linked:
        entries = [
            item.value for item in visit("plan", part=f"contradictions.{number}").markdown if "### " in item.value
        ]
        assert entries[0] == f"### {components.entry(CATALOGUE.contradictions[int(number)])}"


def test_each_claim_of_the_plan_has_its_verdict():
    text = "\n".join(words(visit("plan", part=part)) for part in ("reasons.agrees", "claims", "claims.opinion"))
    assert "Total crime and disorder rate, change (p9)" in text and "No detectable change" in text
    assert "18 to 69 follow from the two figures" in text
    assert "cannot be said that most think so" in text


def test_events_on_the_axis_are_told_in_words():
    text = words(visit("explore", indicator="vawg_offences"))
    assert "Marked on the time axis:" in text and "recording system" in text
    hovers = text.count("The coronavirus pandemic")
    assert hovers >= 2, "in the list and on the chart"


def test_the_reasons_of_a_state_are_one_click_away():
    text = words(visit("neighbourhood_crime", indicator="burglary", view="notes"))
    assert "exact test (binomial, given their sum)" in text and "Lower is better, as declared" in text
    assert "so it is never marked as better or worse" in words(visit("neighbourhood_crime", view="notes"))


def test_every_series_with_months_can_be_looked_at_in_years(data: Dataset):
    """Each year is a line of its own; a month without a figure has no dot."""
    drawn = 0
    for item in CATALOGUE.indicators.values():
        have = data.have(item, AreaKind.BOROUGH) if item.counts_in_headlines else None
        if have is None or item.kind is not Kind.COUNT or item.frequency is not Frequency.MONTH:
            continue
        picture = year_on_year.year_on_year(data, Filters(indicator=item.slug))
        assert not picture.empty and item.title in picture.alt, item.slug
        values = pd.read_csv(io.StringIO(picture.evidence.csv))["value"]
        assert int(values.notna().sum()) == have.span.months - len(have.missing), item.slug
        assert str(have.span.last.year) in {trace.name for trace in plotly(picture.figure).data}, item.slug
        drawn += 1
    assert drawn > 30


def test_made_up_figures_are_only_counted_and_every_export_says_so(data: Dataset):
    for lens in ("moved", "map"):  # one that is not offered, and the map, which only counts
        at = visit("explore", indicator="nox_sightings", view=lens)
        check(at)
        assert offered(at) == {LENSES[name] for name in ("", "map", "figures", "notes", "time")}
        text = words(at)
        for verdict in ("more than chance", "chance alone", "have the highest", "has the highest", "would suggest"):
            assert verdict not in text, verdict
    view = Filters(indicator="nox_sightings")
    for picture in (contribution.by_ward(data, view), trend.trend(data, view), ward_map.ward_map(data, view).picture):
        assert picture.evidence.filename.startswith("illustrative-")
        frame = pd.read_csv(io.StringIO(picture.evidence.csv))
        assert frame["trust"].str.startswith("Illustrative").all() and len(frame)
