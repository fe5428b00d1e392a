"""An instance with a partner's return, attacked: all that it publishes of the measure as equations, solved for what is withheld."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import walk
from support.grids import sample

from csp_dash.catalogue import Catalogue
from csp_dash.domain.enums import Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS
from csp_dash.domain.settings import Settings
from csp_dash.ingest import pipeline
from csp_dash.ingest.geography.place_names import wards
from csp_dash.panels import answer
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.themes import contribution
from csp_dash.panels.wards import ward_map
from csp_dash.warehouse import Releases

SLUG = "pspo_breaches"
MONTHS = [str(month) for month in pd.period_range("2024-04", "2026-03", freq="M")]
SECRET = "E05009336"
"""The ward that the partner withholds: each month at first, then one month alone."""


def count(code: str, at: int) -> int:
    return 2 if code == SECRET else 6 + (at + int(code[-2:])) % 7


def lines() -> Iterator[str]:
    yield "indicator,period,area_code,area_name,count,note"
    for at, month in enumerate(MONTHS):
        hidden = at < 12 or at == 20
        for code in wards():
            yield f"{SLUG},{month},{code},,{'<5' if code == SECRET and hidden else count(code, at)},"
        yield f"{SLUG},{month},{TOWER_HAMLETS},,{sum(count(code, at) for code in wards())},"


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Dataset:
    folder, files = tmp_path_factory.mktemp("returned"), tmp_path_factory.mktemp("files")
    (files / "breaches.csv").write_text("\n".join(lines()) + "\n", encoding="utf-8")
    pipeline.ingest([files], catalogue, Releases(folder), say=lambda told: None, today=date(2026, 4, 20))
    return Dataset(Releases(folder).live(), catalogue, Settings(cache=str(folder)))


Sum = tuple[frozenset[tuple[str, str]], float]
"""Cells (ward and month) that are known to add up to a number."""


def cells(places: tuple[str, ...], first: str, last: str) -> frozenset[tuple[str, str]]:
    inside = [month for month in MONTHS if first <= month <= last]
    return frozenset((code, month) for code in places for month in inside)


def published(data: Dataset) -> Iterator[Sum]:
    """Every count that a panel's CSV, a map's GeoJSON, the command or the parts of a change give, with the cells that it is a sum of."""
    item = data.catalogue.indicators[SLUG]
    periods = ("1m", "12m", "custom")
    views = walk.views(data, slugs=[SLUG], periods=periods, measures=(Measure.COUNT,))
    for view in sample(views, 3, "views of a return"):
        for said in walk.said(data, view):
            yield from _in_csv(data, said.made)
            if said.panel == "moved by ward":
                _no_rest(said.made)
        yield from _in_geojson(ward_map.geojson(data, view))
    every = data.wards
    for first in range(len(MONTHS)):
        for last in [first + length - 1 for length in (1, 11, 12) if first + length <= len(MONTHS)]:
            for code in (TOWER_HAMLETS, *every):
                try:
                    found = answer.value(data, item.slug, code, MONTHS[first], MONTHS[last])
                except answer.NoAnswer:
                    continue
                places = every if code == TOWER_HAMLETS else (code,)
                yield cells(places, MONTHS[first], MONTHS[last]), float(found["numerator"])


def _in_csv(data: Dataset, made: Any) -> Iterator[Sum]:
    text = getattr(getattr(made, "evidence", None), "csv", "") or getattr(made, "csv", "")
    rows = pd.read_csv(io.StringIO(text)) if text else pd.DataFrame()
    if not {"area", "from", "to", "numerator"} <= set(rows):
        return
    for row in rows.dropna(subset=["numerator"]).to_dict("records"):
        codes = str(row["area"]).split("+")
        places = data.wards if codes == [TOWER_HAMLETS] else tuple(codes)
        if set(places) <= set(data.wards) and row.get("periods", 1) == row.get("expected", 1):
            yield cells(places, str(row["from"])[:7], str(row["to"])[:7]), float(row["numerator"])


def _in_geojson(text: bytes) -> Iterator[Sum]:
    for feature in json.loads(text)["features"]:
        told = feature["properties"]
        if told["numerator"] is not None:
            yield cells((told["code"],), told["from"], told["to"]), float(told["numerator"])


def _no_rest(picture: Any) -> None:
    labels = set(pd.read_csv(io.StringIO(picture.evidence.csv))["label"]) if not picture.empty else set()
    assert contribution.NO_WARD not in labels, picture.caption


def test_no_figure_that_is_withheld_follows_from_all_that_is_published(returned: Dataset):
    known = list(dict.fromkeys(published(returned)))
    names = {cell: at for at, cell in enumerate((code, month) for code in returned.wards for month in MONTHS)}
    single = {next(iter(found)) for found, _ in known if len(found) == 1}
    secret = set(names) - single
    assert len(known) > 600 and {(SECRET, month) for month in (*MONTHS[:12], MONTHS[20])} <= secret
    assert len(secret) == 26, "one more for each"
    columns = {cell: at for at, cell in enumerate(sorted(secret))}
    rows = {frozenset(cell for cell in found if cell in columns) for found, _ in known} - {frozenset()}
    matrix = np.zeros((len(rows), len(columns)))
    for at, row in enumerate(rows):
        matrix[at, [columns[cell] for cell in row]] = 1
    rank = np.linalg.matrix_rank(matrix)
    told = [
        cell
        for cell, at in columns.items()
        if np.linalg.matrix_rank(np.vstack([matrix, np.eye(len(columns))[at]])) == rank
    ]
    assert rank >= 13 and told == []
    one_less = np.vstack([matrix, np.eye(len(columns))[columns[SECRET, MONTHS[0]]]])
    assert np.linalg.matrix_rank(one_less) == rank + 1, "and one figure more would tell its neighbour"


def test_what_is_left_of_a_change_has_no_row_while_a_ward_has_no_figure(returned: Dataset):
    for period in ("1m", "12m"):
        found = contribution.by_ward(returned, Filters(indicator=SLUG, period=period))
        assert contribution.NO_WARD not in found.evidence.csv
