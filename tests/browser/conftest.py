"""One browser and one warm server for the whole session; a fresh tab for every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import FLAGS, Watch, chromium, server
from playwright.sync_api import Browser, Page, expect, sync_playwright

expect.set_options(timeout=20_000)  # a busy machine is no fault


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def ready(own_settings: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes a cache folder with the database in it, so that a cold server is cold in all else."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("served")
        for made in own_settings.glob("*.duckdb"):
            shutil.copy(made, folder)
        return folder

    return make


@pytest.fixture(scope="session")
def warm(ready: Callable[[], Path]) -> Iterator[str]:
    with server(ready()) as address:
        yield address


@pytest.fixture
def tab(browser: Browser) -> Iterator[Callable[..., tuple[Page, Watch]]]:
    """Opens a tab of a new visitor: size, colour scheme. What went wrong in it is checked at the end."""
    opened = []

    def make(width: int = 1366, height: int = 768, **options: Any) -> tuple[Page, Watch]:
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **options)
        page, watch = context.new_page(), Watch()
        page.set_default_timeout(20_000)
        watch.on(context, page)
        opened.append((context, watch))
        return page, watch

    yield make
    for context, watch in opened:
        context.close()
        watch.check()
