"""Measures that waited for a file: it is taken in, and they have figures where people look for them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from screens import PICTURES, check, lives, of_type, open_all, rows, visit, words
from support import sample_files as shapes

from csp_dash.catalogue import Catalogue
from csp_dash.domain.enums import Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import LONDON, TOWER_HAMLETS
from csp_dash.domain.periods import Month
from csp_dash.domain.settings import Settings
from csp_dash.ingest import pipeline
from csp_dash.panels import tile
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.themes import paired_measures
from csp_dash.panels.trends import trend
from csp_dash.warehouse import Releases

MONTHS = [f"{month:%Y-%m}" for month in pd.period_range("2023-03", "2026-02", freq="M")]
HATE = {
    "Racist and Religious Hate Crime": "hate_racist_religious_current",
    "Homophobic Hate Crime": "hate_homophobic_current",
    "Faith Crime": "hate_faith_current",
    "Islamophobic Hate Crime": "hate_islamophobic_current",
    "Antisemitic Crime": "hate_antisemitic_current",
    "Disability Hate": "hate_disability_current",
    "Transphobic Hate Crime": "hate_transgender_current",
}
OTHERS = {
    ("Domestic Abuse", "Domestic Abuse"): "domestic_abuse_current",
    ("Gun Crime", "Gun Crime"): "gun_crime_current",
}
MARKED = {**{("Hate Crime", name): slug for name, slug in HATE.items()}, **OTHERS}
YEARS = [2020, 2021, 2022]
TREATMENT = "treatment_completion"
FIRST = 20
"""Of every kind, in every other borough, in the first month."""


@pytest.fixture(scope="module")
def cache(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, files = tmp_path_factory.mktemp("taken-in"), tmp_path_factory.mktemp("files")
    shapes.dashboard(files / "hate.csv", MONTHS, {(*kind, "Offences"): FIRST for kind in MARKED})
    shapes.fingertips(files / "tips.csv", YEARS)
    outcome = pipeline.ingest([files], catalogue, Releases(folder), say=lambda told: None, today=date(2026, 4, 20))
    assert outcome.new
    return folder


@pytest.fixture(scope="module")
def taken(cache: Path, catalogue: Catalogue) -> Dataset:
    return Dataset(Releases(cache).live(), catalogue, Settings(cache=str(cache)))


@pytest.fixture
def live(cold: None, cache: Path, taken: Dataset, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A server on that release."""
    monkeypatch.setenv("CSP_DASH_CACHE", str(cache))
    return taken


@pytest.mark.parametrize("slug", MARKED.values())
def test_a_dashboard_makes_its_measures_official(taken: Dataset, data: Dataset, slug: str):
    assert data.catalogue.indicators[slug].trust is Trust.AWAITING
    item = taken.catalogue.indicators[slug]
    assert item.trust is Trust.OFFICIAL and item.sources == ("mps_monthly",)
    here = tile.tile(taken, Filters(indicator=slug))
    assert here.period == "12 months to February 2026"
    assert here.number == sum(2 * (FIRST + at) for at in range(24, 36))
    assert here.change is not None and not here.change.refusal, "both years lie after the new recording system"
    london = taken.series(item, (LONDON,))["numerator"]
    assert london.tolist() == [33 * (FIRST + at) for at in range(36)], "32 boroughs, one of them twice"


def test_what_the_new_recording_system_divides_is_not_compared(taken: Dataset):
    year = Filters(indicator="hate_faith_current", period="custom", first=Month(2024, 4), last=Month(2025, 3))
    across = tile.tile(taken, year).change
    assert across is not None and across.refusal


def test_the_series_to_may_2021_stays_apart(taken: Dataset):
    for slug in MARKED.values():
        item = taken.catalogue.indicators[slug]
        assert "apart_from_2021" in item.caveats and "strands_end_2021" not in item.caveats
        notes = " ".join(note.text for note in trend.trend(taken, Filters(indicator=slug)).evidence.notes)
        assert "stand apart and are not compared" in notes
    old = taken.series(taken.catalogue.indicators["hate_faith"], (TOWER_HAMLETS,))
    assert str(old["start"].max())[:7] == "2021-05"


def test_a_rise_in_reports_is_still_read_with_its_pair(taken: Dataset):
    found = paired_measures.pair(taken, Filters(indicator="hate_faith_current"))
    assert found.second is not None and found.second.indicator.slug == "pas_fair_treatment" and len(found.readings) == 2


@pytest.mark.parametrize(
    ("page", "slugs"),
    [
        ("hate_and_tensions", tuple(HATE.values())),
        ("violence", ("domestic_abuse_current", "gun_crime_current")),
        ("reoffending", (TREATMENT,)),
    ],
)
def test_their_page_shows_their_figures(live: Dataset, page: str, slugs: tuple[str, ...]):
    for slug in slugs:
        item = live.catalogue.indicators[slug]
        at = visit(page, indicator=slug)
        check(at)
        (row,) = [row for row in rows(at) if row.slug == slug]
        assert row.figure == tile.tile(live, Filters(indicator=slug)).figure and row.state
        above = lives(at)["scorecard"].select_one(f'tr[data-choose="{slug}"]').find_previous(class_="group")
        assert above.get_text() == live.catalogue.theme_of(slug).title, "among the measures that go on"
        (alt,) = [picture.proto.alt for picture in of_type(at, *PICTURES)]
        assert item.title in alt and "Held by" not in words(at), slug


def test_until_then_they_stand_folded_with_their_holder(data: Dataset):
    at = visit("hate_and_tensions")
    waiting = {
        str(row["data-choose"]): row.get_text(" ") for row in lives(at)["scorecard"].select("details tr[data-choose]")
    }
    for slug in HATE.values():
        item = data.catalogue.indicators[slug]
        assert item.short in waiting[slug] and "Metropolitan Police" in waiting[slug], slug
    assert not any("Racist or religious hate now" in item.value for item in open_all(at).markdown), (
        "no card of an outcome lists them one by one"
    )


# --- treatment: three groups, a year at a time ---------------------------------------------------


def pooled(at: int, times: int = 1) -> tuple[float, float]:
    """Completed, and in treatment, of all groups in a year."""
    cases = sum(round((share + at / 100) * people * times) for share, people in shapes.TREATMENT.values())
    return cases, times * sum(people for _, people in shapes.TREATMENT.values())


def test_treatment_is_the_share_of_all_groups_with_london_beside_it(taken: Dataset):
    item = taken.catalogue.indicators[TREATMENT]
    assert item.trust is Trust.OFFICIAL and item.sources == ("fingertips",)
    for area, times in ((TOWER_HAMLETS, 1), (LONDON, 10)):
        rows = taken.series(item, (area,))
        assert [*zip(rows["numerator"], rows["denominator"], strict=True)] == [pooled(at, times) for at in range(3)]
    cases, people = pooled(2)
    assert tile.tile(taken, Filters(indicator=TREATMENT)).number == pytest.approx(100 * cases / people)


def test_years_are_told_as_years(taken: Dataset):
    found = tile.tile(taken, Filters(indicator=TREATMENT))
    assert found.period == "12 months to December 2022" and found.change is not None and found.change.tested
    line = trend.trend(taken, Filters(indicator=TREATMENT))
    assert "by year" in line.caption and len(line.evidence.table) == 3
    assert "quarter" not in " ".join([line.title, line.caption, line.sentence, line.remark, found.sentence])
