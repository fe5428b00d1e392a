"""Text from outside is never markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_dash.ui.components import MARKUP, plain

NASTY = (
    "**bold** _it_ ~~gone~~ `code` [a link](https://example.org) ![seen](https://example.org/x.png) <b>b</b> <script>x</script>"
    " :red[stop] :red-badge[x] :material/home: :smile: $x^2$ www.example.org a@example.org | a | b | # head"
)
MARKS = (
    r"\*", r"`", r"\[", r"\]", "<", ">", r"\$", "~", r":(?=[A-Za-z/])", "@", "#", r"\|", r"(?<=www)\.", r"(?<![A-Za-z0-9])_",
)  # fmt: skip


def unescaped(text: str) -> list[str]:
    bare = re.sub(r"\\[^A-Za-z0-9\s]", "", text)
    return [mark for mark in MARKS if re.search(mark, bare)]


def test_every_mark_of_markdown_is_told_apart() -> None:
    assert len(unescaped(NASTY)) == len(MARKS) and unescaped(plain(NASTY)) == []


@pytest.mark.parametrize("begin", ["- x", "+ x", "# x", "> x", "1. x", "12) x", "= x", "---"])
def test_no_text_begins_a_list_a_heading_or_a_quotation(begin: str) -> None:
    assert re.match(r"\\|\d+\\", plain(begin))


@given(st.text())
def test_nothing_is_lost_but_space(text: str) -> None:
    shown = re.sub(r"\\([^A-Za-z0-9\s])", r"\1", plain(text))
    assert shown == " ".join(text.split()) and "\n" not in plain(text)


def test_figures_names_and_settings_stand_as_they_are() -> None:
    for text in (
        "-14 (-3%)",
        "1,204",
        "St Paul's",
        "CSP_DASH_PROFILE is 'x'.",
        "return_nox_sightings.csv: 3 rows",
        "12:30",
    ):
        assert not MARKUP.search(text) and plain(text) == text
