"""What every test shares: the release on the bundled snapshot, opened once, in a folder of the test session."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import wraps
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings
from support.independent_counts import Second

from csp_dash.catalogue import Catalogue, load
from csp_dash.domain.settings import Settings
from csp_dash.panels.dataset import Dataset
from csp_dash.warehouse import Snapshot, Warehouse, build, database, declared

ROOT = Path(__file__).parents[1]
pytest_plugins = ["support.grids"]
settings.register_profile("patient", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same files and declarations make the same database: it is made once in a run and copied after that.

    Only the making is shared, by content: every check of a database runs on each copy.
    """
    real = build._make
    folder = tmp_path_factory.getbasetemp()
    shared = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "databases"
    shared.mkdir(exist_ok=True)

    @wraps(real)
    def make(path: Path, snapshot: Snapshot, catalogue: Catalogue) -> None:
        files = {name: hashlib.sha256(snapshot.path(name).read_bytes()).hexdigest() for name in snapshot.files}
        content = repr((sorted(files.items()), snapshot.release, build.fingerprint(catalogue)))
        known = shared / f"{hashlib.sha256(content.encode()).hexdigest()}.duckdb"
        if not known.exists():
            real(path, snapshot, catalogue)
            beside = Path(tempfile.mkdtemp(dir=shared)) / "new"
            shutil.copyfile(path, beside)
            beside.replace(known)
        else:
            shutil.copyfile(known, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "_make", make)
        yield


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, made_once: None) -> Iterator[Path]:
    """Tests do not see the settings of the shell. The folder that is returned holds the database of the test session.

    The app reads a copy of its own, as it does in a process of its own.
    """
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("CSP_DASH_")}
    official = kept.get("CSP_DASH_OFFICIAL")
    if official:
        os.environ["CSP_DASH_OFFICIAL"] = official
    cache = tmp_path_factory.mktemp("cache")
    bundled = Snapshot.open(ROOT)
    made = database(bundled, declared(bundled, load()), cache)
    app = tmp_path_factory.mktemp("app-cache")
    shutil.copy(made, app)
    os.environ["CSP_DASH_CACHE"] = str(app)
    yield cache
    for name in [name for name in os.environ if name.startswith("CSP_DASH_")]:
        del os.environ[name]
    os.environ.update(kept)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="session")
def data(catalogue: Catalogue, own_settings: Path) -> Dataset:
    """The real release, as a partner's instance sees it."""
    return Dataset(Snapshot.open(ROOT), catalogue, Settings(cache=str(own_settings)))


@pytest.fixture(scope="session")
def warehouse(data: Dataset) -> Warehouse:
    return data.warehouse


@pytest.fixture(scope="session")
def official() -> Path:
    """The folder of official files, or skip."""
    folder = Path(os.environ.get("CSP_DASH_OFFICIAL", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the official files are not here; set CSP_DASH_OFFICIAL to their folder")
    return folder


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
