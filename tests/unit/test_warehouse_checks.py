"""The checks that a database must pass before it is used: each finds what it is there to find."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from csp_dash.catalogue import load
from csp_dash.domain.catalogue import Feed
from csp_dash.domain.words import AreaKind
from csp_dash.warehouse import Snapshot, SnapshotError, database

CHECKS = Path(__file__).parents[2] / "csp_dash" / "warehouse" / "sql" / "checks"


def test_a_series_that_no_source_holds_is_named(tmp_path: Path):
    catalogue = load()
    burglary = replace(catalogue.indicators["burglary"], feeds=(Feed((AreaKind.WARD,), "mps_ward", ("burglery",)),))
    wrong = replace(catalogue, indicators={**catalogue.indicators, "burglary": burglary})
    with pytest.raises(SnapshotError, match="burglery"):
        database(Snapshot.open(), wrong, tmp_path)
    assert not list(tmp_path.glob("*.duckdb")), "nothing half-built is left"


@pytest.mark.parametrize(
    ("check", "rows"),
    [
        ("orphan_area", "insert into fact values ('x', 's', 'E99', '2020-01-01', 1)"),
        ("negative_figure", "insert into observation values ('i', 'E1', '2020-01-01', -1, null)"),
        ("duplicate_observation", "insert into observation select 'i', 'E1', date '2020-01-01', 1, 1 from range(2)"),
        (
            "gap_not_declared",
            "insert into coverage values ('x', '*', 'ward', '2020-01-01', '2020-03-01', [date '2020-02-01'], true);"
            "insert into fact values ('x', 's', 'E1', '2020-01-01', 1)",
        ),
    ],
)
def test_each_check_finds_its_fault_and_only_that(check: str, rows: str):
    with duckdb.connect() as connection:
        connection.execute(
            "create table fact (source text, series text, area text, start date, numerator double);"
            "create table area (code text);"
            "create table observation (indicator text, area text, start date, numerator double, denominator double);"
            "create table coverage (source text, series text, area_kind text, first date, last date,"
            " missing date[], zero_fill boolean);"
            "insert into area values ('E1')"
        )
        text = (CHECKS / f"{check}.sql").read_text(encoding="utf-8")
        assert connection.execute(text).fetchall() == []
        connection.execute(rows)
        found = connection.execute(text).fetchall()
        assert len(found) == 1, found
