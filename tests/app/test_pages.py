"""Every page in every state of its filters: no exception, words for every picture, nothing too heavy."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from screens import (
    BUDGET,
    PAGES,
    PICTURES,
    TABLES,
    TWICE,
    Shown,
    check,
    chosen,
    context,
    lives,
    of_type,
    open_all,
    rows,
    sent,
    spec,
    tab,
    tiles,
    visit,
    words,
)
from streamlit.testing.v1 import AppTest

from csp_dash.catalogue import load
from csp_dash.domain.enums import Trust
from csp_dash.domain.filters import PERIODS, Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.ingest.release.schedule import schedules
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan.answers import headlines
from csp_dash.panels.plan.scorecard import plan_table, scorecard
from csp_dash.panels.tile import Tile
from csp_dash.warehouse import Snapshot

WHITECHAPEL, WEAVERS = "E05009336", "E05009335"
PRIORITIES = ("neighbourhood_crime", "hate_and_tensions", "reoffending", "violence", "confidence")
WITH_MAPS = ("neighbourhood_crime", "hate_and_tensions", "reoffending", "violence")
STATES: dict[str, dict[str, str | list[str]]] = {
    "default": {},
    "one ward": {"ward": WHITECHAPEL},
    "four wards by rate": {"ward": ["E05009317", "E05009318", "E05009333", WHITECHAPEL], "measure": "rate"},
    "similar": {"compare": "similar"},
    "ward rate london": {"ward": WHITECHAPEL, "measure": "rate", "compare": "london"},
    **{f"period {name}": {"period": name} for name in PERIODS if name not in ("custom", "12m")},
    "custom": {"from_": "2022-04", "to": "2023-03"},
    "one month": {"from_": "2024-08", "to": "2024-08"},
    "before any figure": {"from_": "1995-01", "to": "1995-12"},
    "garbage": {
        "ward": "zzz",
        "from_": "x",
        "indicator": "../../etc",
        "measure": "<script>alert(1)</script>",
        "period": "'",
    },
    "much garbage": {"ward": [WHITECHAPEL] * 300, "compare": "\x00", "to": "2026-03", "q": "x" * 5000},
}
CATALOGUE = load()
MEASURED = {slug: item for slug, item in CATALOGUE.indicators.items() if item.measured}


FILTERLESS = ("changes", "my_ward", "board", "plan", "methods")
CASES = [
    (page, state)
    for page in PAGES
    for state in STATES
    if page not in FILTERLESS or state in ("default", "one ward", "much garbage")
]


# Antisocial behaviour has figures from July 2023, and none for September 2023: no sum of these months is whole.
WITHOUT_ASB = ("period plan", "period since", "period base", "period all", "custom")


def without_wards(slug: str, state: str) -> bool:
    return state == "before any figure" or (slug == "asb" and state in WITHOUT_ASB)


def view_of(data: Dataset, state: str) -> Filters:
    """The view that a state's link asks for."""
    params = {name.rstrip("_"): [value] if isinstance(value, str) else value for name, value in STATES[state].items()}
    return Filters.from_params(params, data.words)


def same(shown: Shown, told: Tile) -> bool:
    """Whether a tile or row on the screen says what the panel says: figure, change where there is one, and state."""
    state = f"E {told.state.word.rsplit(': ', 1)[-1]}" if told.ends else told.state.word
    return (shown.figure, shown.state, shown.change) == (told.figure, state, "" if told.ends else told.moved)


@pytest.mark.grid(26)
@pytest.mark.parametrize(("page", "state"), CASES)
def test_a_page_in_a_state(data: Dataset, page: str, state: str):
    at = tab(page, **STATES[state])
    check(at)
    text = words(at)
    for told in at.info:  # what was not understood is said once, as it was written
        text = text.replace(told.value, "")
    assert "<script>" not in text and "../../etc" not in text and "zzz" not in text
    if page in PRIORITIES:
        a_priority_in_a_state(at, data, page, view_of(data, state))
    if page == "overview":
        lines = plan_table(data, view_of(data, state))
        told = {item.indicator.slug: item for line in lines for item in (*line.tiles, *line.ended)}
        shown = {item.slug: item for item in rows(at, "plan-table")}
        assert len(told) > 15 and set(shown) == set(told)
        assert [slug for slug in told if not same(shown[slug], told[slug])] == []


def a_priority_in_a_state(at: AppTest, data: Dataset, page: str, view: Filters) -> None:
    """Every headline and every measure with its figure, and the first of them in detail."""
    stand = headlines(data, CATALOGUE.priorities[page])
    heads = tiles(at)
    assert [item.slug for item in heads] == list(stand)
    found = scorecard(data, view, page)
    told = {item.indicator.slug: item for group in found.groups for item in group.tiles}
    told |= {item.indicator.slug: item for item in found.ended}
    lines = rows(at)
    assert [item.slug for item in lines] == list(found.slugs)
    assert [item.slug for item in (*heads, *lines) if item.slug in told and not same(item, told[item.slug])] == []
    assert [item.name for item in heads] == [told[slug].title if slug in told else "" for slug in stand]
    for item in lines:  # whose a figure is stands in small where it is not the ward's
        assert item.slug not in told or item.note.startswith(
            told[item.slug].whose.replace("all of Tower Hamlets", "whole borough")
        ), item
    assert chosen(at, "tiles") == chosen(at, "scorecard") == [stand[0]]
    title = CATALOGUE.indicators[stand[0]].title
    assert title in of_type(at, "plotly_chart")[0].proto.alt
    assert of_type(at, "expander")


MAPPED = [(page, state) for page in WITH_MAPS for state in STATES]


@pytest.mark.grid(12)
@pytest.mark.parametrize(("page", "state"), MAPPED)
def test_the_wards_of_a_page_in_a_state(data: Dataset, page: str, state: str):
    """A map of every ward with its list, or a sentence that there are no figures."""
    slug = next(
        own
        for own in headlines(data, CATALOGUE.priorities[page])
        if data.have(CATALOGUE.indicators[own], AreaKind.WARD)
    )
    at = tab(page, **{**STATES[state], "indicator": slug, "view": "map"})
    check(at)
    said = any("no ward figures for this choice" in item.value for item in at.info)
    assert said is without_wards(slug, state)
    html = lives(at).get(f"wards-{slug}")
    assert (html is None) is said
    if html is not None:
        areas = [str(area["data-choose"]) for area in html.select("svg [data-choose]")]
        listed = [str(line["data-choose"]) for line in html.select("tr[data-choose]")]
        assert len(areas) == len(set(areas)) == 20 and set(areas) == set(listed)
        assert chosen(at, f"wards-{slug}") == at.multiselect(key="f_wards").value


@pytest.mark.grid(10)
@pytest.mark.parametrize("slug", MEASURED)
def test_any_measure_can_be_explored(slug: str):
    item = MEASURED[slug]
    at = tab("explore", indicator=slug)
    check(at)
    assert at.selectbox(key="explore_choice").value == slug
    assert at.query_params["indicator"] == slug
    assert item.plain in words(at)
    assert item.title in of_type(at, "plotly_chart")[0].proto.alt
    written = [one.slug for one in tiles(at)]
    assert len(written) == (item.trust is not Trust.ILLUSTRATIVE), "made-up figures are never written large"


# One of each kind of measure: counted by ward, incidents with a gap, without ward figures, a share, a survey, a
# published rate, a yearly count, made up.
KINDS = [
    "burglary", "asb", "hate_homophobic", "knife_positive_outcomes", "pas_trust", "youth_fte", "rough_sleeping", "nox_sightings",
]  # fmt: skip


@pytest.mark.grid(4)
@pytest.mark.parametrize("slug", KINDS)
def test_a_ward_of_any_kind_of_measure_beside_london(slug: str):
    at = tab("explore", indicator=slug, **STATES["ward rate london"])
    check(at)
    place = "Whitechapel" if MEASURED[slug].feed(AreaKind.WARD) else "Tower Hamlets"
    assert place in of_type(at, "plotly_chart")[0].proto.alt


def test_an_unknown_measure_is_said_and_no_other_is_shown_for_it():
    at = visit("explore", indicator="no_such_measure")
    assert not at.exception
    assert at.selectbox(key="explore_choice").value is None and not tiles(at)
    assert any("no_such_measure" in item.value and "choose one below" in item.value for item in at.info)


@pytest.mark.grid(4)
@pytest.mark.parametrize("page", PAGES)
def test_pictures_are_light(page: str):
    """What one picture may send to a phone."""
    sizes = {
        picture.proto.alt[:60]: len(sent(picture)) for picture in of_type(visit(page, ward=WHITECHAPEL), *PICTURES)
    }
    assert {alt: size for alt, size in sizes.items() if size > BUDGET} == {}


def test_the_heaviest_pictures_are_light():
    """Burglary has the longest series, a comparison, the ward map, and hexagons over points."""
    view = {"indicator": "burglary", "ward": WHITECHAPEL, "compare": "london", "period": "all"}
    pictures = [
        picture
        for lens in ({}, {"view": "map"}, {"view": "small"})
        for picture in of_type(visit("explore", **view, **lens), *PICTURES)
    ]
    sizes = {picture.proto.alt[:60]: len(sent(picture)) for picture in pictures}
    assert any(alt.startswith("Line chart") for alt in sizes) and any(
        alt.startswith("Map of burglary") for alt in sizes
    )
    assert {alt: size for alt, size in sizes.items() if size > BUDGET} == {}


@pytest.mark.parametrize("page", ["overview", *WITH_MAPS, "confidence", "board"])
def test_alt_texts_are_sentences(page: str):
    for params in ({}, {"view": "map"}, {"measure": "rate", "ward": WHITECHAPEL}):
        for alt in alts(visit(page, **params)):
            assert alt.endswith(".") and ".." not in alt and "  " not in alt, alt
            assert not TWICE.search(alt), context(alt, TWICE)


@pytest.mark.parametrize("page", ["overview", *WITH_MAPS])
def test_live_parts_are_light(page: str):
    """What tiles, scorecard and map together send, of the 150 KB that a choice may send."""
    for lens in ({}, {"view": "map"}):
        sizes = {part.key: len(part.proto.json) for part in of_type(visit(page, **lens), "bidi_component")}
        assert sizes and sum(sizes.values()) < BUDGET / 2, sizes


# --- words follow the view -----------------------------------------------------------------------


def alts(at: AppTest) -> list[str]:
    """What pictures say to those who do not see them: charts, then live maps."""
    maps = [str(svg["aria-label"]) for html in lives(at).values() for svg in html.select("svg.ward-map")]
    return [*(picture.proto.alt for picture in of_type(at, *PICTURES)), *maps]


def lines(at: AppTest) -> list[Any]:
    """The charts over time."""
    return [picture for picture in of_type(at, "plotly_chart") if picture.proto.alt.startswith("Line chart")]


@pytest.mark.parametrize("slug", ["asb", "burglary", "violence_with_injury"])
def test_alt_texts_name_the_ward_the_period_and_the_measure(slug: str):
    page, title = CATALOGUE.indicators[slug].place.priority, CATALOGUE.indicators[slug].title
    for lens in ("", "map"):
        (plain,) = alts(visit(page, indicator=slug, view=lens))
        assert (
            title in plain
            and ("12 months to March 2026" if lens else "Tower Hamlets") in plain
            and "Weavers" not in plain
        )
        (ward,) = alts(
            visit(page, indicator=slug, view=lens, ward=WEAVERS, from_="2024-02", to="2025-01", measure="rate")
        )
        assert title in ward and (lens or "Weavers" in ward) and "12 months to March 2026" not in ward
        assert "per 1,000 residents" in ward
        assert not lens or "12 months to January 2025" in ward


def sheet(at: AppTest) -> str:
    """The view in words, on the button that opens the filters."""
    (label,) = [part.proto.popover.label for part in of_type(at, "popover") if part.proto.id.endswith("filters")]
    return str(label)


@pytest.mark.parametrize("page", ["overview", "violence", "explore"])
def test_each_page_says_what_it_shows(page: str):
    at = visit(page, ward=WHITECHAPEL, measure="rate", compare="london", period="plan")
    assert sheet(at) == "Whitechapel, rates, plan period, 2021-24 on the year before, beside London"
    assert sheet(visit(page)) == "Whole borough, counts, latest 12 months on the year before"


def test_a_chosen_ward_changes_headline_and_chart():
    borough, ward = visit("neighbourhood_crime"), visit("neighbourhood_crime", ward=WHITECHAPEL)
    for before, after in zip(tiles(borough), tiles(ward), strict=True):
        assert before.slug == after.slug and before.figure != after.figure
    drawn = [spec(lines(at)[0])["data"] for at in (borough, ward)]
    assert drawn[0] != drawn[1]


def test_a_comparison_is_drawn_and_said():
    alone, beside = visit("violence"), visit("violence", compare="london")
    for at, there in ((alone, False), (beside, True)):
        first = lines(at)[0]
        drawn = [trace for trace in spec(first)["data"] if trace.get("name") == "London"]
        assert bool(drawn) is there
    assert "London" in " ".join(item.value for item in beside.caption)


def test_a_missing_month_is_a_gap_and_not_a_zero():
    """police.uk has no September 2023 for the borough."""
    trend = lines(visit("explore", indicator="asb"))[0]
    dots = max(
        (trace for trace in spec(trend)["data"] if "markers" in trace.get("mode", "")),
        key=lambda trace: len(trace["x"]),
    )
    assert "2023-08-01" in dots["x"] and "2023-10-01" in dots["x"] and "2023-09-01" not in dots["x"]
    assert "missing" in trend.proto.alt


# --- where there are no figures ------------------------------------------------------------------


def test_a_ward_for_a_measure_without_ward_figures_shows_the_borough_and_says_so():
    at = visit("explore", indicator="pas_trust", ward=WHITECHAPEL)
    check(at)
    text = words(at)
    assert "no ward figures" in text and "Tower Hamlets" in at.get("plotly_chart")[0].proto.alt


@pytest.mark.parametrize("slug", ["asb", "pas_trust", "youth_fte", "knife_positive_outcomes"])
def test_a_period_before_the_series_has_no_figure_and_no_invented_one(slug: str):
    at = visit("explore", indicator=slug, from_="1996-04", to="1997-03")
    check(at)
    assert [item.figure for item in tiles(at)] == ["no figure"]
    text = words(at)
    assert "Cannot tell" in text or "?" in text
    assert "A Improving" not in text and "D Worsening" not in text


def test_a_period_that_has_only_part_of_its_months_is_not_shown_as_a_whole():
    at = visit("explore", indicator="asb", from_="2023-04", to="2024-03")
    check(at)
    assert tiles(at)[0].figure == "no figure"
    assert "8 of 12" in words(at) or "Only 8" in words(at)


def test_a_map_without_figures_says_so():
    at = visit("neighbourhood_crime", view="map", from_="1995-01", to="1995-12")
    check(at)
    assert any("no ward figures" in item.value for item in at.info)
    at = visit("overview", from_="1995-01", to="1995-12")
    check(at)
    assert any("no ward figures" in item.value for item in at.info)


# --- what must stand on the pages ----------------------------------------------------------------


@pytest.mark.grid(4)
@pytest.mark.parametrize("page", [page for page in PAGES if page != "board"])
def test_the_menu_leads_to_every_page_and_carries_the_view(page: str):
    at = visit(page, ward=WHITECHAPEL)
    links = [link.proto for link in at.sidebar.get("page_link")]
    assert links[0].page in ("", "overview"), "both open the overview"
    assert [link.page for link in links[1:]] == list(PAGES[1:])
    assert all(WHITECHAPEL in link.query_string for link in links)


def test_the_board_screen_has_nothing_beside_the_finding():
    at = visit("board")
    assert not list(at.sidebar.children.values())
    assert [button.label for button in at.button] == ["Previous", "Next"]


def said(at: AppTest) -> tuple[str, ...]:
    """What stands on the board, without the line that only paper shows: it has the address."""
    return tuple(element.proto.body for element in of_type(at, "html") if "on-paper" not in element.proto.body)


def test_the_board_goes_round_by_its_buttons():
    at = visit("board")
    count = int(next(item.value for item in at.markdown if " of " in item.value).split(" of ")[1])
    assert count >= 10
    seen = []
    for _ in range(count):
        check(at)
        seen.append(said(at))
        at.button[1].click().run()
    assert len(set(seen)) == count, "every screen is another finding"
    assert said(at) == seen[0], "the last leads to the first"
    at.button[0].click().run()
    assert said(at) == seen[-1]


@pytest.mark.parametrize(("lens", "pictures"), [("", 1), ("map", 1), ("boroughs", 1), ("pair", 0)])
def test_every_figure_of_a_priority_page_has_source_and_link(lens: str, pictures: int):
    """Source, as-at and link are one line a picture; release and publisher stand in the notes."""
    at = visit(
        "violence", indicator="sexual_offences" if lens == "pair" else "violence_all", view=lens, ward=WHITECHAPEL
    )
    drawn = len(of_type(at, *PICTURES)) + sum(len(html.select("svg.ward-map")) for html in lives(at).values())
    assert drawn == pictures
    feet = [item.value for item in at.caption if item.value.startswith("Source:")]
    assert len(feet) == pictures
    for foot in feet:
        assert ", to " in foot and "](?" in foot and WHITECHAPEL in foot
    notes = visit("violence", indicator="violence_all", view="notes", ward=WHITECHAPEL)
    assert any("Metropolitan Police" in item.value and "Release 20" in item.value for item in notes.caption)


TAKEN_AWAY = ["Picture (PNG)", "Picture (SVG)", "Picture (PDF)", "Outlines with figures (GeoJSON)"]


@pytest.mark.parametrize("page", ["neighbourhood_crime", "explore"])
def test_the_figures_of_a_measure_are_a_view_with_its_download(page: str):
    at = visit(page, indicator="burglary", view="figures", ward=WHITECHAPEL)
    check(at)
    (table,) = of_type(at, *TABLES)
    assert len(table.value) == 192 and "Whitechapel" in words(at)
    assert "Download these figures (CSV)" in [button.proto.label for button in at.get("download_button")]


@pytest.mark.parametrize(
    ("view", "name"),
    [("years", "lens-years"), ("map", "map-burglary"), ("moved", "lens-parts"), ("boroughs", "rank-burglary")],
)
def test_a_panel_opens_to_its_figures_download_and_caveats(view: str, name: str):
    at = visit("explore", indicator="burglary", view=view)
    before = len(of_type(at, *TABLES))
    offered = [button.proto.label for button in at.get("download_button")]
    closed = [label for label in offered if not label.startswith("Every open figure")]
    assert closed == TAKEN_AWAY * (view == "map")
    at.session_state[f"more-{name}"] = True
    at.run()
    check(at)
    assert len(of_type(at, *TABLES)) == before + 1
    opened = [
        button.proto.label
        for button in at.get("download_button")
        if not button.proto.label.startswith("Every open figure")
    ]
    assert sorted(opened) == sorted([*closed, "Download these figures (CSV)"])
    assert any(re.search(r"Release 20\d\d-", item.value) for item in at.main.caption)


@pytest.mark.parametrize(("page", "part", "more"), [("methods", "sources", 3000), ("violence", "", 300)])
def test_every_closed_part_opens(page: str, part: str, more: int):
    at = visit(page, part=part)
    before = len(words(at))
    open_all(at)
    check(at)
    assert len(words(at)) > before + more


def drawn(at: AppTest, key: str) -> str:
    """The words of HTML of our own making."""
    (found,) = [element for element in of_type(at, "bidi_component") if element.proto.id.endswith(key)]
    return " ".join(re.sub(r"<[^>]+>", " ", json.loads(found.proto.json)["html"]).split())


def test_my_ward_speaks_of_the_ward_that_was_chosen():
    at = visit("my_ward")
    assert at.title[0].value == "What is happening in my ward?"
    at.selectbox(key="ward_choice").select(WHITECHAPEL).run()
    check(at)
    assert at.query_params["ward"] == WHITECHAPEL
    assert at.title[0].value == "Whitechapel"
    text, rows = words(at), drawn(at, "ward-measures")
    assert "than a year ago" in text and "The rest is about the same." in text
    for told in (
        "Reports of antisocial behaviour about 74 a month",
        "Violence about 71 a month, 18 with an injury",
        "Burglaries about 15 a month",
        "Thefts from people about 23 a month → about the same as a year ago higher than the borough",
    ):
        assert told in rows
    assert "18,841 residents" in text
    assert "Whitechapel, which many people visit, looks worse for its residents than it is" in text
    assert 'href="tel:999"' in text and 'href="tel:101"' in text


def test_my_ward_says_what_the_plan_promised_and_that_it_ended():
    text = words(visit("my_ward", ward=WHITECHAPEL))
    assert "It ended in March 2024" in text and "Neighbourhood Crime and ASB Board" in text
    priorities = load().priorities
    for slug in ("neighbourhood_crime", "violence"):
        assert all(line in text for line in priorities[slug].delivery)


def test_my_ward_goes_into_one_measure_and_into_another_ward():
    at = visit("my_ward", ward=WHITECHAPEL, indicator="shoplifting")
    check(at)
    assert "177 offences in the year to March 2026: 9.39 for every 1,000 residents" in words(at)
    at = visit("my_ward", ward=WHITECHAPEL, indicator="shoplifting", view="map")
    check(at)
    assert "Shoplifting: Whitechapel among the other wards" in words(at)
    at.button(key="change-ward").click().run()
    check(at)
    assert "ward" not in at.query_params and at.title[0].value == "What is happening in my ward?"


def test_my_ward_says_what_has_no_ward_figures():
    at = visit("my_ward", ward=WHITECHAPEL, indicator="homicide")
    check(at)
    assert any(
        "Homicide has no ward figures here" in told.value and "explore?indicator=homicide" in told.value
        for told in at.info
    )
    assert "892 incidents in the year to March 2026" in words(at), "the first measure stands in its place"


def test_the_methods_page_has_a_card_for_every_source():
    catalogue = load()
    at = visit("methods", part="sources")
    labels = " ".join(element.proto.label for element in of_type(at, "expander"))
    held = {path.stem for folder in ("data/facts", "data/cards") for path in Snapshot.open().under(folder)}
    for source in catalogue.sources.values():  # what a release may hold and this one does not is not listed
        assert (source.title in labels) is (source.id in held or source.id not in schedules()), source.id
