"""The app in this process: its caches are those of the setting that a test runs under."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The hosted public instance."""
    monkeypatch.setenv("CSP_DASH_PROFILE", "public")
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def cold() -> Iterator[None]:
    """A server on which nothing has run yet."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()
