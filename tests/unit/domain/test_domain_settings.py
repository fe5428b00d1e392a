"""Settings: what an instance shows, and a sentence for a value that it cannot have."""

from __future__ import annotations

import pytest

from csp_dash.domain.enums import Trust
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.settings import Settings


def test_an_instance_without_settings_is_a_partners():
    settings = Settings.read({})
    assert settings == Settings(public=False, illustrative=True, cache="")
    assert settings.shows(Trust.ILLUSTRATIVE, held_back=False, kind=AreaKind.WARD)
    assert settings.shows(Trust.OFFICIAL, held_back=True, kind=AreaKind.WARD)


def test_the_public_profile_shows_nothing_illustrative_and_no_sensitive_wards():
    settings = Settings.read({"CSP_DASH_PROFILE": "public"})
    assert not settings.shows(Trust.ILLUSTRATIVE, held_back=False)
    assert not settings.shows(Trust.OFFICIAL, held_back=True, kind=AreaKind.WARD)
    assert settings.shows(Trust.OFFICIAL, held_back=True, kind=AreaKind.BOROUGH)
    assert settings.shows(Trust.OFFICIAL, held_back=False, kind=AreaKind.WARD)


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({"CSP_DASH_ILLUSTRATIVE": "off"}, False),
        ({"CSP_DASH_ILLUSTRATIVE": " ON "}, True),
        ({"CSP_DASH_PROFILE": "PUBLIC", "CSP_DASH_ILLUSTRATIVE": "on"}, True),
        ({"CSP_DASH_PROFILE": "public"}, False),
    ],
)
def test_one_setting_turns_illustrative_figures_on_or_off(environment: dict[str, str], shown: bool):
    assert Settings.read(environment).shows(Trust.ILLUSTRATIVE, held_back=False) is shown


@pytest.mark.parametrize(("name", "value"), [("CSP_DASH_PROFILE", "publik"), ("CSP_DASH_ILLUSTRATIVE", "yes")])
def test_a_value_that_a_setting_cannot_have_is_refused_by_name(name: str, value: str):
    with pytest.raises(ValueError, match=f"{name} is '{value}'. Set it to "):
        Settings.read({name: value})


def test_the_cache_folder_is_taken_as_given():
    assert Settings.read({"CSP_DASH_CACHE": " /some/where "}).cache == "/some/where"
