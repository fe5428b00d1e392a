"""The app in this process: its caches are those of the setting that a test runs under."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner

from csp_dash.ui import cache


@pytest.fixture(scope="session", autouse=True)
def scanned_once() -> Iterator[None]:
    """Streamlit looks through every installed package for components at each new session: once is enough here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests)
        )
        yield


@pytest.fixture
def cold(own_settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server on which nothing has run yet, with a database of its own."""
    for made in own_settings.glob("*.duckdb"):
        shutil.copy(made, tmp_path)
    monkeypatch.setenv("CSP_DASH_CACHE", str(tmp_path))
    cache.forget()
    yield
    cache.forget()


@pytest.fixture
def public(cold: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hosted public instance."""
    monkeypatch.setenv("CSP_DASH_PROFILE", "public")
