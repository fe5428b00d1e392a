"""How a figure was made: its numbers are the tile's, and the command given prints that number."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from csp_dash.catalogue import load
from csp_dash.cli.main import main
from csp_dash.domain.enums import Kind, Measure, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.periods import Month
from csp_dash.panels.about.how_made import HowMade, how_made, smallest_areas
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.tile import tile

CATALOGUE = load()
SPITALFIELDS, WHITECHAPEL = "E05009333", "E05009336"
MEASURED = [slug for slug, item in CATALOGUE.indicators.items() if item.measured]
PLACES: tuple[tuple[str, ...], ...] = ((), (WHITECHAPEL,), (SPITALFIELDS, WHITECHAPEL))
SAMPLE = ("burglary", "asb", "pas_trust", "stop_search_found", "youth_fte", "rough_sleeping", "nox_sightings")


def said(made: HowMade, label: str) -> str:
    return dict(made.lines)[label]


def numbers(text: str) -> list[float]:
    return [float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("wards", PLACES)
@pytest.mark.parametrize("slug", MEASURED)
def test_the_numbers_told_are_the_tiles(data: Dataset, slug: str, wards: tuple[str, ...], measure: Measure):
    view = Filters(indicator=slug, wards=wards, measure=measure)
    made, face = how_made(data, view), tile(data, view)
    assert made.value == face.number
    if face.number is None:
        assert not made.commands
        return
    item = data.catalogue.indicators[slug]
    figure, worked, above = (said(made, label) for label in ("Figure", "Worked out", "Numerator"))
    assert face.figure in figure
    assert numbers(above)[0] == pytest.approx(made.numerator, abs=1e-6)
    if item.kind is Kind.PROPORTION or face.unit.endswith(("residents", "residents a year")):
        left, right = worked.split(" = ")
        first, *rest = re.split(r" ([÷×]) ", left)
        result = numbers(first)[0]
        for sign, number in zip(rest[::2], rest[1::2], strict=True):
            result = result / numbers(number)[0] if sign == "÷" else result * numbers(number)[0]
        assert result == pytest.approx(numbers(right)[0], abs=2e-6) == pytest.approx(face.number, abs=2e-6)
        assert numbers(said(made, "Denominator"))[0] == made.denominator
    elif item.kind is Kind.COUNT:
        assert said(made, "Denominator") == "None: a count" and made.numerator == face.number


@pytest.mark.parametrize("wards", PLACES)
@pytest.mark.parametrize("slug", SAMPLE)
def test_the_command_prints_the_number(
    data: Dataset,
    slug: str,
    wards: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    own_settings: Path,
):
    monkeypatch.setenv("CSP_DASH_CACHE", str(own_settings))
    for measure in Measure:
        made = how_made(data, Filters(indicator=slug, wards=wards, measure=measure, period="24m"))
        assert made.commands
        printed = []
        for command in made.commands:
            words = shlex.split(command)
            assert words[:3] == ["python", "-m", "csp_dash"]
            assert main(words[3:]) == 0
            printed.append(json.loads(capsys.readouterr().out))
        if len(printed) == 1:
            assert printed[0]["value"] == pytest.approx(made.value, abs=1e-4)
        assert sum(one["numerator"] for one in printed) == pytest.approx(made.numerator)


def test_it_names_files_release_and_terms(data: Dataset):
    made = how_made(data, Filters(indicator="burglary"))
    card = data.catalogue.sources["mps_borough_whole"]
    assert card.title in said(made, "Source") and made.url == card.url
    assert card.attribution in said(made, "Licence")
    known = data.snapshot.path("data/cards/mps_borough_whole.toml").read_text(encoding="utf-8")
    for name, checksum in re.findall(r"([\w. ()-]+\.csv) \(SHA-256 (\w+)…\)", said(made, "Files")):
        assert f"{name.strip().removeprefix('among them ')}" in known and checksum in known
    assert "202603" in said(made, "Files"), "a file that the newest figures are from"
    assert said(made, "Release").startswith(data.release)
    assert data.snapshot.files["data/facts/mps_borough_whole.parquet"][:12] in said(made, "Release")


def test_without_a_figure_it_says_why_and_what_there_is(data: Dataset):
    early = how_made(data, Filters(indicator="asb", period="custom", first=Month(2015, 1), last=Month(2015, 12)))
    assert "from July 2023 to" in said(early, "Figure") and early.value is None
    waiting = how_made(data, Filters(indicator="nrm_referrals"))
    assert "Home Office" in said(waiting, "Figure") and "Source" not in dict(waiting.lines)


def test_made_up_figures_say_so_and_are_not_public(data: Dataset, public_data: Dataset):
    (slug,) = [slug for slug, item in CATALOGUE.indicators.items() if item.trust is Trust.ILLUSTRATIVE]
    made = how_made(data, Filters(indicator=slug))
    assert said(made, "Standing").startswith("Illustrative") and "illustrative" in said(made, "Figure")
    hidden = how_made(public_data, Filters(indicator=slug))
    assert (hidden.value, hidden.commands, len(hidden.lines)) == (None, (), 1)
    assert not numbers(hidden.lines[0][1])


@pytest.mark.parametrize("slug", MEASURED)
def test_a_measure_without_small_areas_says_why(data: Dataset, public_data: Dataset, slug: str):
    item = CATALOGUE.indicators[slug]
    for some in (data, public_data):
        if not some.shows(item):
            continue
        told = smallest_areas(some, item)
        assert told.startswith("Wards") is bool(some.have(item, AreaKind.WARD))
        if not told.startswith("Wards"):
            assert told.startswith("The whole borough. ") and len(told) > 40
    if item.feed(AreaKind.WARD) and public_data.shows(item) and not public_data.shows(item, AreaKind.WARD):
        assert "public page" in smallest_areas(public_data, item) and smallest_areas(data, item).startswith("Wards")


def test_a_partners_return_for_the_borough_says_so(data: Dataset):
    item = replace(CATALOGUE.indicators["homicide"], trust=Trust.PARTNER)
    assert "partner's return" in smallest_areas(data, item)
