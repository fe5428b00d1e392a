"""Made-up figures leave a release when a partner's return of the same measure is in it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd

from csp_dash.catalogue import Catalogue
from csp_dash.catalogue.release_view import supplied
from csp_dash.ingest import pipeline
from csp_dash.ingest.release.merge import Merged, series_held
from csp_dash.ingest.release.precedence import gave_way, take_out
from csp_dash.panels.dataset import Dataset
from csp_dash.warehouse import Releases, Snapshot

MADE_UP, RETURN = "nox_illustrative", "return_nox_sightings"


def release(*sources: str) -> Merged:
    facts = pd.DataFrame({"series": ["nox_sightings"]})
    return Merged(dict.fromkeys(sources, facts), pd.DataFrame({"source": list(sources)}))


def left(merged: Merged, catalogue: Catalogue) -> tuple[list[str], list[str], list[str]]:
    """What was taken out, and the sources that have facts and coverage after it."""
    gone = take_out(merged, catalogue, supplied(catalogue, series_held(merged.facts)))
    return gone, list(merged.facts), list(merged.coverage["source"])


def test_made_up_figures_go_when_the_return_is_there(catalogue: Catalogue):
    others = ["mps_ward", RETURN]
    assert left(release("mps_ward", MADE_UP, RETURN), catalogue) == ([MADE_UP], others, others)


def test_they_stay_until_then(catalogue: Catalogue):
    both = ["mps_ward", MADE_UP]
    assert left(release(*both), catalogue) == ([], both, both)


def test_a_release_without_them_is_left_as_it_is(catalogue: Catalogue):
    assert left(release("mps_ward", RETURN), catalogue)[1:] == (["mps_ward", RETURN], ["mps_ward", RETURN])


def test_official_figures_that_a_return_takes_the_place_of_are_named(catalogue: Catalogue):
    held = {
        "chain": frozenset({"rough_sleeping_chain"}),
        "return_rough_sleeping_chain": frozenset({"rough_sleeping_chain"}),
    }
    ((sources, sentence),) = gave_way(supplied(catalogue, held), held)
    assert sources == set(held)
    assert (
        "shows the return of Greater London Authority (CHAIN), and not the figures of Rough sleeping in London"
        in sentence
    )
    for alone in held:
        only = {alone: held[alone]}
        assert gave_way(supplied(catalogue, only), only) == []


def test_a_return_that_is_taken_in_leaves_nothing_made_up_and_the_release_before_has_all_of_it(
    tmp_path: Path, catalogue: Catalogue, data: Dataset
):
    shutil.copy(data.warehouse.path, tmp_path)  # or it would be made anew
    path = tmp_path / "sightings.csv"
    path.write_text("indicator,period,area_code,area_name,count,note\nnox_sightings,2026-03,E09000030,,526,\n")
    releases = Releases(tmp_path)
    pipeline.ingest([path], catalogue, releases, today=date(2026, 5, 20), say=lambda sentence: None)
    live = releases.live()
    assert not [name for name in live.files if MADE_UP in name]
    assert MADE_UP not in live.path("data/coverage.csv").read_text(encoding="utf-8")
    assert "retrieved = 2026-05-20" in live.path(f"data/cards/{RETURN}.toml").read_text(encoding="utf-8")
    intake = pd.read_parquet(live.path("data/tables/intake.parquet")).set_index("file")
    assert intake.loc["sightings.csv", ["first", "last"]].tolist() == ["2026-03", "2026-03"]
    assert releases.rollback().files == Snapshot.open().files
