"""How large a panel is taken to be."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from csp_dash.domain.filters import Filters
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.tile import Tile, tile
from csp_dash.panels.trends import trend
from csp_dash.panels.wards import ward_map
from csp_dash.ui.sizes import size_of


@dataclass(frozen=True, slots=True)
class Slotted:
    text: str


@dataclass(frozen=True)
class Open:
    text: str


def test_a_size_is_that_of_all_parts():
    text = "x" * 10_000
    for whole in ([text], (text,), {text: 1}, {1: text}, {text}, Slotted(text), Open(text), [[{1: (Open(text),)}]]):
        assert sys.getsizeof(text) < size_of(whole) < sys.getsizeof(text) + 2_000, whole


def test_a_part_that_is_there_twice_counts_once():
    text = "x" * 10_000
    assert size_of([text, text, Open(text)]) < 12_000
    ring: list[object] = [text]
    ring.append(ring)
    assert size_of(ring) < 12_000


def test_tables_and_arrays_count_by_their_content():
    assert size_of(np.zeros(10_000)) >= 80_000
    assert size_of(np.array(["x" * 1000 + str(number) for number in range(10)], dtype=object)) > 10_000
    assert size_of(pd.DataFrame({"a": np.zeros(10_000), "b": ["x" * 100] * 10_000})) > 1_000_000
    assert size_of(pd.Series(np.zeros(10_000))) >= 80_000


def test_what_a_function_keeps_counts_and_the_release_that_it_asks_does_not(data: Dataset):
    """A table under a figure is made when it is asked for, from what is kept for it until then."""
    frame = pd.DataFrame({"a": np.zeros(10_000)})
    assert size_of(lambda: (frame, data)) >= 80_000
    assert size_of(lambda: data) < 1_000 and size_of(lambda: data.catalogue) < 1_000


@pytest.mark.parametrize("build", [tile, trend.trend, ward_map.ward_map])
def test_the_size_of_a_panel_is_near_the_memory_that_it_takes(data: Dataset, build: object):
    """What the catalogue or the release holds anyway is there before, as on a server."""
    build(data, Filters(indicator="burglary"))  # type: ignore[operator]
    gc.collect()
    tracemalloc.start()
    try:
        kept = [build(data, Filters(indicator="burglary", period=period)) for period in ("24m", "since")]  # type: ignore[operator]
        gc.collect()
        courses = sum(size_of(item.course) for item in kept if isinstance(item, Tile))  # kept with its release, once
        sizes, before = sum(map(size_of, kept)) - courses, tracemalloc.get_traced_memory()[0]
        del kept
        gc.collect()
        freed = before - tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert 0.5 * freed < sizes < 2 * freed + 10_000, "a tile shares much of the little that it holds"
