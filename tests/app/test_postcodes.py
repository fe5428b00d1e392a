"""My ward by a postcode: there once a directory was taken in, looked up here, and kept nowhere."""

from __future__ import annotations

import json

import new_release
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from csp_dash.catalogue import Catalogue
from csp_dash.domain.settings import Settings
from csp_dash.packs.data import Data
from csp_dash.warehouse import Snapshot

WHITECHAPEL, WEAVERS = "E05009336", "E05009335"
TABLE = pd.DataFrame(
    {"postcode": ["E1 1BJ", "E2 6HG"], "lsoa": ["E01004294", "E01004310"], "ward": [WHITECHAPEL, WEAVERS]}
)


@pytest.fixture(scope="module")
def with_postcodes(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Data:
    folder = tmp_path_factory.mktemp("with-postcodes")
    new_release.write(folder / "release", more=0, tables={"postcode": TABLE})
    return Data(Snapshot.open(folder / "release"), catalogue, Settings(cache=str(folder / "cache")))


@pytest.mark.parametrize("typed", ["E1 1BJ", "e11bj", " e1  1bj ", "E11BJ"])
def test_a_postcode_is_found_however_it_is_typed(with_postcodes: Data, typed: str):
    assert with_postcodes.ward_of_postcode(typed) == WHITECHAPEL


@pytest.mark.parametrize("typed", ["", "E1", "SW1A 1AA", "'; drop table postcode"])
def test_what_is_no_postcode_of_the_borough_is_nowhere(with_postcodes: Data, typed: str):
    assert with_postcodes.ward_of_postcode(typed) is None


def test_without_a_directory_nobody_is_asked_for_a_postcode(data: Data):
    assert data.postcodes == {} and data.ward_of_postcode("E1 1BJ") is None


def test_the_page_asks_follows_and_forgets(monkeypatch: pytest.MonkeyPatch):
    # the app's own release has no postcodes, and is shared with other tests
    monkeypatch.setattr(Data, "knows_postcodes", lambda self: True)
    monkeypatch.setattr(Data, "ward_of_postcode", lambda self, typed: WEAVERS if typed == "e2 6hg" else None)
    at = AppTest.from_file(str(new_release.ROOT / "app.py"), default_timeout=60)
    at.switch_page("pages/my_ward.py").run()
    asked = next(item for item in at.text_input if item.key == "postcode_typed")
    asked.set_value("e2 6hg").run()
    assert not at.exception
    assert any("Weavers" in header.value for header in at.header)
    told = json.dumps({name: at.query_params[name] for name in at.query_params})
    assert WEAVERS in told and "6hg" not in told.lower()
    next(item for item in at.text_input if item.key == "postcode_typed").set_value("SW1A 1AA").run()
    assert any("no postcode in use" in warning.value for warning in at.warning)
    assert next(item for item in at.text_input if item.key == "postcode_typed").value == ""
