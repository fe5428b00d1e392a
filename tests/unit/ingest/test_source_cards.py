"""Source cards of a release: when their files were taken in, and which they are."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from csp_dash.catalogue import Catalogue
from csp_dash.catalogue.release_view import supplied
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.detected import Detected
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.release import source_cards

RETURN = "return_hate_referrals"
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 9)


def entry(name: str) -> SourceFile:
    return SourceFile(Detected(name, "pas", "A table"), Path(name), name.ljust(64, "0"))


@pytest.fixture
def holding(catalogue: Catalogue) -> Catalogue:
    """The catalogue of a release with a return."""
    return supplied(catalogue, {RETURN: frozenset({"hate_referrals"})})


def write(folder: Path, holding: Catalogue, source: str, *names: str, before: Path | None, today: date) -> Path:
    source_cards.write(folder, source, holding, None, [entry(name) for name in names], before, today)
    return folder / f"{source}.toml"


def test_a_return_says_when_it_was_taken_in(tmp_path: Path, holding: Catalogue):
    first = write(tmp_path / "1", holding, RETURN, "a", before=tmp_path / "none.toml", today=MAY)
    assert source_cards.retrieved(first) == MAY
    same = write(tmp_path / "2", holding, RETURN, "a", before=first, today=JUNE)
    assert source_cards.retrieved(same) == MAY, "nothing was taken in that was not there"
    more = write(tmp_path / "3", holding, RETURN, "b", before=first, today=JUNE)
    assert source_cards.retrieved(more) == JUNE
    assert [row["file"] for row in tomllib.loads(more.read_text())["input"]] == ["a", "b"]


def test_a_whole_release_has_the_day_that_a_source_declares_and_a_newer_file_its_own(
    tmp_path: Path, holding: Catalogue
):
    made = write(tmp_path / "1", holding, "mps_ward", "a", before=None, today=MAY)
    assert source_cards.retrieved(made) == holding.sources["mps_ward"].retrieved
    later = write(tmp_path / "2", holding, "mps_ward", "b", before=made, today=JUNE)
    assert source_cards.retrieved(later) == JUNE


def test_a_card_that_is_not_there_tells_no_day(tmp_path: Path):
    assert source_cards.retrieved(tmp_path / "none.toml") is None


def test_figures_of_a_source_that_nobody_declared_are_refused(tmp_path: Path, holding: Catalogue):
    with pytest.raises(BadInput, match=r"catalogue/sources/made\.toml"):
        write(tmp_path, holding, "made", "a", before=None, today=MAY)
