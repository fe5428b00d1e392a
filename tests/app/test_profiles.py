"""What an instance shows: illustrative figures marked as such everywhere, or nowhere; sensitive measures by borough."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from screens import PAGES, PICTURES, TABLES, check, choose, lives, of_type, open_all, parts, tab, tiles, visit, words
from support.pictures import written

from csp_dash.catalogue import Catalogue
from csp_dash.domain.enums import Shade
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.settings import Settings
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.panel import Panel
from csp_dash.panels.plan import answers
from csp_dash.panels.themes import contribution
from csp_dash.panels.trends import trend
from csp_dash.panels.wards import (
    bivariate_map,
    funnel,
    map_over_time,
    rank_changes,
    ranking,
    ward_card,
    ward_map,
    ward_trends,
)
from csp_dash.ui import cache
from csp_dash.warehouse import Snapshot, SnapshotError

NOX = "nox_sightings"
MARK = "llustrative"


# --- illustrative figures ------------------------------------------------------------------------


def drawn_map(data: Dataset, view: Filters) -> Panel:
    return ward_map.ward_map(data, view).picture


PANELS = {
    "trend": trend.trend,
    "trend on the wall": trend.wall,
    "map": drawn_map,
    "map on the wall": ward_map.wall,
    "map to zoom": ward_map.to_zoom,
    "map at a time": lambda data, view: map_over_time.moment(data, view, map_over_time.Grain.YEAR),
}


@pytest.mark.parametrize("draw", PANELS.values(), ids=PANELS)
def test_made_up_figures_say_so_in_every_part_of_a_panel(data: Dataset, draw):  # type: ignore[no-untyped-def]
    for view in (Filters(indicator=NOX), Filters(indicator=NOX, wards=("E05009336",), period="all")):
        picture = draw(data, view)
        assert MARK in picture.title and MARK in picture.alt
        assert MARK in picture.evidence.source
        assert picture.evidence.filename.startswith("illustrative-")
        rows = pd.read_csv(io.StringIO(picture.evidence.csv))
        assert len(rows) and rows["trust"].str.contains("Illustrative, not real data").all()
        table = picture.evidence.table
        assert MARK in table.to_csv(), "in its head or in its rows"


def test_made_up_figures_say_so_on_the_screen():
    at = visit("explore", indicator=NOX)
    check(at)
    assert not tiles(at), "never written large"
    assert MARK in at.selectbox(key="explore_choice").format_func(NOX)
    for lens in ("", "map", "time"):
        at = visit("explore", indicator=NOX, view=lens)
        check(at)
        pictures = of_type(at, *PICTURES)
        badges = [item for item in at.markdown if "badge[" in item.value and MARK in item.value]
        assert pictures and len(badges) >= len(pictures)
        for table in of_type(at, *TABLES):
            assert MARK in table.value.to_csv()
    for table in of_type(visit("explore", indicator=NOX, view="figures"), *TABLES):
        assert MARK in table.value.to_csv()


@pytest.mark.parametrize(("page", "key"), [("overview", f"overview-{NOX}"), ("neighbourhood_crime", f"wards-{NOX}")])
def test_made_up_figures_on_a_map_say_so_wherever_they_stand(page: str, key: str):
    at = visit(page, indicator=NOX, view="map")
    check(at)
    (svg,) = lives(at)[key].select("svg.ward-map")
    assert MARK in str(svg["aria-label"]), "in its words"
    assert [item for item in at.markdown if "badge[" in item.value and MARK in item.value], "above it"
    assert not [cell for cell in lives(at)[key].select(".rate") if cell.get_text()], "and made-up figures have no rates"
    if page == "overview":
        assert MARK in next(name for name in at.segmented_control(key="overview-map").options if "NOX" in name)


def test_made_up_figures_are_named_and_marked_on_the_scorecard_and_get_no_figure_there():
    at = visit("neighbourhood_crime")
    check(at)
    (row,) = lives(at)["scorecard"].select(f'tr[data-choose="{NOX}"]')
    assert MARK in row.get_text(" ") and not row.select(".figure, .spark")
    choose(at, "scorecard", NOX)
    check(at)
    (picture,) = of_type(at, *PICTURES)
    assert MARK in picture.proto.alt
    assert [item for item in at.markdown if "badge[" in item.value and MARK in item.value]


def test_made_up_figures_never_stand_in_a_headline_or_on_the_board(catalogue: Catalogue, data: Dataset):
    for priority in catalogue.priorities.values():
        assert NOX not in priority.headlines
    assert NOX not in {screen.indicator for screen in answers.screens(data)}
    for page in PAGES:
        at = tab(page)
        assert not [item for item in tiles(at) if NOX in item.slug or "NOX" in item.name], page
        assert not [item for item in at.metric if "NOX" in item.label or "nitrous" in item.label], page


# --- the public profile --------------------------------------------------------------------------


def illustrative_on(page: str, **params: str) -> list[str]:
    """Where a page says or shows something made up, with all its parts opened."""
    at = open_all(visit(page, **params))
    check(at)
    text = "\n".join(parts(page).values()) if page in ("plan", "methods") else words(at)
    found = [
        text[max(0, hit.start() - 60) : hit.end() + 60] for hit in re.finditer(f"{MARK}|nox_illustr|made[- ]up", text)
    ]
    return found + [f"URL: {value}" for value in at.query_params.get("indicator", []) if value == NOX]


@pytest.mark.usefixtures("public")
def test_a_public_instance_shows_nothing_illustrative():
    asked = [
        *((page, {}) for page in PAGES),
        *((page, {"indicator": NOX}) for page in ("overview", "explore", "neighbourhood_crime", "board")),
        *((page, {"indicator": NOX, "view": "map"}) for page in ("overview", "explore", "neighbourhood_crime")),
    ]
    found = {f"{page} {params}": illustrative_on(page, **params) for page, params in asked}
    assert {page: hits for page, hits in found.items() if hits} == {}


def test_a_partners_instance_does_show_it():
    """What the test before looks for can be found."""
    for page, params in (("explore", {}), ("neighbourhood_crime", {}), ("overview", {})):
        assert illustrative_on(page, indicator=NOX, **params), page
    assert illustrative_on("methods")


@pytest.mark.usefixtures("public")
def test_a_public_instance_still_shows_the_rest():
    at = visit("neighbourhood_crime", ward="E05009336", view="map")
    check(at)
    assert lives(at)["wards-asb"].select("svg.ward-map")
    assert [item.name for item in tiles(at)][:4] == [
        "Antisocial behaviour",
        "Burglary",
        "Theft from person",
        "Personal robbery",
    ]


@pytest.mark.usefixtures("cold")
def test_one_setting_alone_turns_illustrative_figures_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CSP_DASH_ILLUSTRATIVE", "off")
    at = visit("explore", indicator=NOX)
    assert at.selectbox(key="explore_choice").value is None, "no other measure's figures stand in"
    assert "choose one below" in words(at) and MARK not in words(at)


@pytest.fixture
def sensitive(catalogue: Catalogue) -> Catalogue:
    """The catalogue with VAWG declared sensitive."""
    changed = replace(catalogue.indicators["vawg_offences"], sensitive=True)
    return replace(catalogue, indicators={**catalogue.indicators, "vawg_offences": changed})


@pytest.mark.parametrize("is_public", [True, False])
def test_a_public_instance_has_no_ward_figures_of_a_sensitive_measure(
    sensitive: Catalogue, monkeypatch: pytest.MonkeyPatch, cold: None, is_public: bool
):
    monkeypatch.setattr(cache, "load", lambda: sensitive)
    monkeypatch.setenv("CSP_DASH_PROFILE", "public" if is_public else "partner")
    at = visit("violence", indicator="vawg_offences", ward="E05009336")
    check(at)
    about = [picture for picture in of_type(at, *PICTURES) if "Violence against women" in picture.proto.alt]
    assert about, "the borough's trend is there for everyone"
    in_wards = [picture for picture in about if "Whitechapel" in picture.proto.alt]
    assert bool(in_wards) is not is_public
    for page in ("violence", "overview"):  # nor a map of them, nor a list of their wards
        mapped = visit(page, indicator="vawg_offences", view="map")
        check(mapped)
        key = "wards-vawg_offences" if page == "violence" else "overview-vawg_offences"
        assert (key in lives(mapped)) is (not is_public and page == "violence")
    explored = visit("explore", indicator="vawg_offences", ward="E05009336", view="map")
    check(explored)
    maps = [picture for picture in of_type(explored, *PICTURES) if picture.proto.alt.startswith("Map")]
    assert bool(maps) is not is_public
    profile = visit("my_ward", ward="E05009336", indicator="vawg_offences")
    check(profile)
    assert ("Sensitive measures are given for the borough and not by ward." in words(profile)) is is_public
    assert any("has no ward figures here" in told.value for told in profile.info) is is_public


def test_sensitive_figures_are_held_back_where_they_are_read(sensitive: Catalogue, data: Dataset, tmp_path: Path):
    held = Dataset(Snapshot.open(), sensitive, Settings(public=True, illustrative=False, cache=str(tmp_path)))
    item = sensitive.indicators["vawg_offences"]
    assert held.have(item, AreaKind.WARD) is None and held.have(item, AreaKind.BOROUGH) is not None
    assert data.have(data.catalogue.indicators["vawg_offences"], AreaKind.WARD) is not None
    view = Filters(indicator="vawg_offences", wards=("E05009336",))
    builders = (
        drawn_map, ward_map.wall, ward_map.to_zoom, ward_trends.small_multiples, ranking.wards, contribution.by_ward,
        map_over_time.years, funnel.funnel_chart, rank_changes.rank_moves,
    )  # fmt: skip
    for build in builders:
        shown = build(data, view)
        assert not shown.empty
        assert "Whitechapel" in written(shown.figure) or build is map_over_time.years, build  # it names no ward
        picture = build(held, view)
        assert picture.empty, build
        if build is not ward_map.to_zoom:  # it names every ward, with no data
            assert "Whitechapel" not in written(picture.figure)
    for shade in Shade:
        asked = replace(view, shade=shade)
        found = ward_map.ward_map(held, asked)
        assert found.picture.empty and "Whitechapel" not in written(found.picture.figure), shade
        assert pd.read_csv(io.StringIO(found.picture.evidence.csv))["value"].isna().all(), shade
        assert found.table.select_dtypes("number").isna().all(axis=None), shade
        taken = json.loads(ward_map.geojson(held, asked))["features"]
        assert {item["properties"]["value"] for item in taken} == {None}, shade
        assert {item["properties"]["numerator"] for item in taken} == {None}, shade
    for grain in map_over_time.Grain:
        assert not map_over_time.steps(held, view, grain).spans and map_over_time.steps(data, view, grain).spans
    for second in bivariate_map.SECONDS:
        assert bivariate_map.two_at_once(held, view, second).picture.empty
        assert not bivariate_map.two_at_once(data, view, second).picture.empty
    cards = ward_card.ward_cards(held, view)
    assert not [line for card in cards for line in card.standing]
    assert [line for card in ward_card.ward_cards(data, view) for line in card.standing]


# --- a start that fails --------------------------------------------------------------------------


@pytest.mark.usefixtures("cold")
@pytest.mark.parametrize("page", ["overview", "violence", "board"])
def test_a_damaged_snapshot_is_a_sentence_on_every_page(page: str, monkeypatch: pytest.MonkeyPatch):
    def damaged(*_: object) -> None:
        raise SnapshotError("The data snapshot is not whole: geo/wards.geojson is missing. Bring it back.")

    monkeypatch.setattr(cache, "open_store", damaged)
    at = visit(page)
    assert not at.exception
    assert [item.value for item in at.title] == ["The dashboard cannot start"]
    assert "geo/wards.geojson is missing" in at.error[0].value
    monkeypatch.undo()
    at.run()
    check(at)


@pytest.mark.usefixtures("cold")
@pytest.mark.parametrize(("name", "value"), [("CSP_DASH_PROFILE", "everyone"), ("CSP_DASH_ILLUSTRATIVE", "maybe")])
def test_a_wrong_setting_is_a_sentence(name: str, value: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(name, value)
    at = visit("overview")
    assert not at.exception
    assert name in at.error[0].value and value in at.error[0].value


@pytest.mark.usefixtures("cold")
def test_an_unwritable_cache_folder_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CSP_DASH_CACHE", str(tmp_path / "file" / "cache"))
    at = visit("overview")
    assert not at.exception
    assert "CSP_DASH_CACHE" in at.error[0].value
