"""Texts of files, of their names and of operators stand on the page as they are: nothing in them is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from screens import TABLES, check, elements, open_all, visit, words
from support import releases as new_release

from csp_dash.ui import cache
from csp_dash.warehouse import ReleaseInfo, Releases, SnapshotError

NASTY = "**b** [go](https://example.org) ![i](https://example.org/x) <b>h</b> :red[s] :material/home: $x$ `c` ~~d~~ www.example.org"
LIVE = re.compile(r"(?<!\\)(\*\*b|\[go|!\[i|<b>h|:red|:material/home|\$x|`c|~~d|www\.example|https:/)")


OF_THE_RELEASE = ("standing", "sources", "changes", "files")
"""Parts of the methods page that tell what is in a release."""


def texts(at: Any) -> Iterator[str]:
    """What Streamlit reads as Markdown: texts, labels, and the heads and cells of tables that are no grids."""
    for element in elements(at):
        if element.type == "table":
            yield from (str(cell) for cell in element.value.to_numpy().ravel())
            yield from map(str, element.value.columns)
        elif element.type not in TABLES:
            for name in ("body", "label", "help"):
                text = getattr(getattr(element, "proto", None), name, None)
                if isinstance(text, str):
                    yield text


def release(folder: Path) -> Releases:
    """A release whose files, notes, reasons and operator say such things."""
    kept = Releases(folder)
    tables = new_release.story()
    for name, columns in {
        "intake": ("file", "note", "title"),
        "rejected": ("file", "reason", "column", "value"),
    }.items():
        for column in columns:
            tables[name][column] = tables[name][column] + f" {NASTY}"
    with kept.making() as new:
        new_release.write(new, tables=tables)
        about = ReleaseInfo(
            made="2026-05-19T08:05:00+00:00", took_in=(), accepted={"stub_month": NASTY}, preferred={NASTY: NASTY}
        )
        kept.publish(new, about)
    return kept


@pytest.mark.usefixtures("cold")
def test_what_a_release_tells_of_its_files_is_no_markup(tmp_path: Path):
    release(tmp_path)
    told = []
    for part in OF_THE_RELEASE:
        at = open_all(visit("methods", part=part))
        check(at)
        told += texts(at)
    assert sum("example" in text for text in told) > 5, "these texts are on the page"
    assert [text for text in told if "example" in text and LIVE.search(text)] == []


@pytest.mark.usefixtures("public")
def test_the_public_is_not_told_what_a_partner_called_a_file(tmp_path: Path):
    release(tmp_path)
    text = "\n".join(words(open_all(visit("methods", part=part))) for part in OF_THE_RELEASE)
    assert "ward.csv" in text and "council.xlsx" not in text and "Partner return 1" in text


@pytest.mark.usefixtures("cold")
def test_why_it_cannot_start_is_no_markup(monkeypatch: pytest.MonkeyPatch):
    def damaged(*_: object) -> None:
        raise SnapshotError(f"The file {NASTY} is missing.")

    monkeypatch.setattr(cache, "open_store", damaged)
    at = visit("overview")
    assert "example" in at.error[0].value and not LIVE.search(at.error[0].value)
