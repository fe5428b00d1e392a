"""What several unit tests of the panels share: a second way to every number, and a public instance."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from second_count import Second

from csp_dash.catalogue import Catalogue
from csp_dash.domain.settings import Settings
from csp_dash.panels.dataset import Dataset
from csp_dash.warehouse import Snapshot

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def second() -> Second:
    """The files of the release, read with pandas alone."""
    return Second(ROOT)


@pytest.fixture(scope="session")
def public_data(catalogue: Catalogue, own_settings: Path) -> Dataset:
    """The real release, as the hosted public instance sees it."""
    settings = Settings.read({"CSP_DASH_PROFILE": "public", "CSP_DASH_CACHE": str(own_settings)})
    return Dataset(Snapshot.open(ROOT), catalogue, settings)


@pytest.fixture(scope="session")
def ward_codes(second: Second) -> tuple[str, ...]:
    frame: pd.DataFrame = second.areas
    return tuple(frame.loc[frame["kind"] == "ward", "code"])
