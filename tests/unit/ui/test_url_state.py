"""A choice in a part of a page that runs by itself: it is written to the address, and read by what runs next."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from csp_dash.domain.filters import Filters
from csp_dash.panels.dataset import Dataset
from csp_dash.ui import url_state

WHITECHAPEL = "E05009336"


class Address(dict[str, list[str]]):
    """The address bar; `written` counts the entries of its history."""

    written = 0

    def get_all(self, name: str) -> list[str]:
        return self[name]

    def from_dict(self, params: dict[str, list[str]]) -> None:
        self.clear()
        self.update(params)
        self.written += 1


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A session, its address and the run that is on: which part of the page asked for it, and whether Back did."""
    told = SimpleNamespace(
        address=Address(), context=SimpleNamespace(is_history_navigation=False, fragment_ids_this_run=[]), part=None
    )
    shown = SimpleNamespace(session_state={}, query_params=told.address)
    monkeypatch.setattr(url_state, "st", shown)
    monkeypatch.setattr(url_state, "get_script_run_ctx", lambda: told.context)
    monkeypatch.setattr(url_state, "ThreadState", SimpleNamespace(get=lambda: SimpleNamespace(fragment_id=told.part)))
    return told


def start(run: SimpleNamespace, data: Dataset, **params: list[str]) -> Filters:
    """A run of the whole page, to its end."""
    run.address.update(params)
    view, _ = url_state.read("violence", data.words)
    url_state.drawn()
    run.address.written = 0
    return view


def test_a_choice_in_a_part_is_one_entry_and_is_what_the_part_reads(run: SimpleNamespace, data: Dataset):
    start(run, data, ward=[WHITECHAPEL])
    run.context.fragment_ids_this_run, run.part = ["detail"], "detail"
    url_state.choose(indicator="homicide")
    assert dict(run.address) == {"indicator": ["homicide"], "ward": [WHITECHAPEL]} and run.address.written == 1
    assert url_state.present() == Filters(indicator="homicide", wards=(WHITECHAPEL,))
    url_state.choose(lens="map")
    assert run.address.written == 2 and url_state.present().lens == "map", "the second choice stands on the first"
    url_state.choose(lens="map")
    assert run.address.written == 2, "no entry for what is so already"


def test_a_part_that_the_browser_has_not_told_of_its_choice_keeps_it(run: SimpleNamespace, data: Dataset):
    """The browser asks for the next run with the address that it had before it heard of the choice."""
    start(run, data)
    run.context.fragment_ids_this_run, run.part = ["detail"], "detail"
    url_state.choose(indicator="homicide")
    run.address.clear()
    assert url_state.present().indicator == "homicide"
    view, _ = url_state.read("violence", data.words)
    assert view.indicator == "homicide" and dict(run.address) == {"indicator": ["homicide"]}


@pytest.mark.parametrize(
    ("parts", "part", "back", "meant"),
    [
        ([], None, False, True),  # the whole page runs
        (["detail"], "detail", False, True),  # the part that holds the control
        (["clock"], None, False, False),  # a timer's run: the browser sends the controls' values as it has them
        (["clock"], "detail", False, False),
        ([], None, True, False),  # Back
        (["detail"], "detail", True, False),
    ],
)
def test_only_what_a_reader_chose_is_a_choice(
    run: SimpleNamespace, data: Dataset, parts: list[str], part: Any, back: bool, meant: bool
):
    start(run, data)
    run.context.fragment_ids_this_run, run.context.is_history_navigation, run.part = parts, back, part
    url_state.choose(indicator="homicide")
    assert (dict(run.address) == {"indicator": ["homicide"]}) is meant


def test_back_returns_to_the_former_measure(run: SimpleNamespace, data: Dataset):
    start(run, data)
    url_state.choose(indicator="homicide")
    run.address.clear()
    run.context.is_history_navigation = True
    view, _ = url_state.read("violence", data.words)
    assert view.indicator == "" and dict(run.address) == {}
