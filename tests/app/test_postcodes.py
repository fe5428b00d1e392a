"""My ward by a postcode: there once a directory was taken in, looked up here, and kept nowhere."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from support import releases as new_release

from csp_dash.catalogue import Catalogue
from csp_dash.domain.settings import Settings
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.places import Places
from csp_dash.warehouse import Snapshot

WHITECHAPEL, WEAVERS = "E05009336", "E05009335"
TABLE = pd.DataFrame(
    {"postcode": ["E1 1BJ", "E2 6HG"], "lsoa": ["E01004294", "E01004310"], "ward": [WHITECHAPEL, WEAVERS]}
)


@pytest.fixture(scope="module")
def with_postcodes(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("with-postcodes")
    new_release.write(folder / "release", more=0, tables={"postcode": TABLE})
    return Dataset(Snapshot.open(folder / "release"), catalogue, Settings(cache=str(folder / "cache")))


@pytest.mark.parametrize("typed", ["E1 1BJ", "e11bj", " e1  1bj ", "E11BJ"])
def test_a_postcode_is_found_however_it_is_typed(with_postcodes: Dataset, typed: str):
    assert with_postcodes.places.ward_of_postcode(typed) == WHITECHAPEL


@pytest.mark.parametrize("typed", ["", "E1", "SW1A 1AA", "'; drop table postcode"])
def test_what_is_no_postcode_of_the_borough_is_nowhere(with_postcodes: Dataset, typed: str):
    assert with_postcodes.places.ward_of_postcode(typed) is None


def my_ward(**params: str) -> AppTest:
    at = AppTest.from_file(str(new_release.ROOT / "app.py"), default_timeout=60)
    for name, value in params.items():
        at.query_params[name] = value
    return at.switch_page("pages/my_ward.py").run()


def typed(at: AppTest, text: str) -> AppTest:
    return next(item for item in at.text_input if item.key == "place_typed").set_value(text).run()


def test_without_a_directory_a_postcode_is_told_what_to_do_instead(data: Dataset):
    assert data.places.postcodes == {} and data.places.ward_of_postcode("E1 1BJ") is None
    at = typed(my_ward(), "E1 1BJ")
    assert any("no directory" in warning.value and "street" in warning.value for warning in at.warning)
    assert "ward" not in at.query_params


def test_the_page_looks_up_follows_and_forgets(monkeypatch: pytest.MonkeyPatch):
    # the app's own release has no postcodes, and is shared with other tests
    monkeypatch.setattr(Places, "knows_postcodes", lambda self: True)
    monkeypatch.setattr(Places, "ward_of_postcode", lambda self, text: WEAVERS if text == "e2 6hg" else None)
    at = typed(my_ward(), "e2 6hg")
    assert not at.exception
    assert at.title[0].value == "Weavers"
    told = json.dumps({name: at.query_params[name] for name in at.query_params})
    assert WEAVERS in told and "6hg" not in told.lower()
    at = typed(my_ward(), "SW1A 1AA")
    assert any("no postcode in use" in warning.value for warning in at.warning)
    assert next(item for item in at.text_input if item.key == "place_typed").value == ""


def test_a_search_that_ends_without_a_ward_says_so_until_one_is_chosen():
    at = typed(my_ward(), "Zzyzx Boulevard")
    assert "ward" not in at.query_params and at.title[0].value == "What is happening in my ward?"
    assert any("No street of that name" in warning.value for warning in at.warning)
    at.selectbox(key="ward_choice").select(WHITECHAPEL).run()
    assert at.title[0].value == "Whitechapel" and not at.warning
    at.button(key="change-ward").click().run()
    assert at.title[0].value == "What is happening in my ward?" and not at.warning


def test_an_offer_is_followed():
    at = typed(my_ward(), "Chrsip Street")
    offer = next(button for button in at.button if button.label.startswith("Chrisp Street ("))
    offer.click().run()
    assert not at.exception and not at.warning
    name = offer.label.split("(")[1].rstrip(")")
    assert at.title[0].value == name
