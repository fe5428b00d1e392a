"""The checks that a database must pass before it is used: each finds what it is there to find."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from support import ROOT
from support import releases as new_release

from csp_dash import queries
from csp_dash.catalogue import Catalogue, load
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.indicator import Feed
from csp_dash.warehouse import CheckFailed, ReleaseInfo, Snapshot, SnapshotError, Warehouse, database
from csp_dash.warehouse.connection import connect

CHECKS = ROOT / "csp_dash" / "warehouse" / "sql" / "checks"


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


# --- a release that is being made ----------------------------------------------------------------

LOWER = "-- A figure fell.\nselect l.area, l.numerator as was, o.numerator as now from live.fact l join fact o using (source, series, area, start, finish) where o.numerator < l.numerator;\n"
ALWAYS = "-- Something is wrong.\nselect * from (values ('a', 1.5), ('b', 2), ('c', 3), ('d', 4), ('e', 5), ('f', 6), ('g', 7)) as x(area, n);\n"
NEVER = "-- Nothing is wrong. It may say live.fact here.\nselect 1 where false;\n"


@pytest.fixture
def checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for checks of the test's own, in the place of the real ones."""
    folder = tmp_path / "checks"
    folder.mkdir()
    monkeypatch.setattr("csp_dash.warehouse.checks._checks", lambda: sorted(folder.glob("*.sql")))
    return folder


def test_every_failing_check_is_told_with_where_and_how_to_accept_it(
    catalogue: Catalogue, warehouse: Warehouse, tmp_path: Path, checks: Path
):
    (checks / "fell.sql").write_text(LOWER)
    (checks / "wrong.sql").write_text(ALWAYS)
    (checks / "never.sql").write_text(NEVER)
    new_release.write(tmp_path / "new", more=-10)
    with pytest.raises(CheckFailed) as caught:
        database(Snapshot.open(tmp_path / "new"), catalogue, tmp_path / "cache", live=warehouse.path)
    fell, wrong = caught.value.failures
    assert (fell.name, fell.sentence, fell.rows) == ("fell", "A figure fell", 2)
    assert "area E09000030, was 2965, now 2955" in fell.examples
    assert (wrong.rows, len(wrong.examples), wrong.examples[0]) == (7, 5, "area a, n 1.5")
    start, *lines, end = str(caught.value).splitlines()
    assert len(lines) == 2 and "live release stays" in end and start
    assert "and 2 more" in lines[1] and '--accept wrong --because "..."' in lines[1]
    assert not list((tmp_path / "cache").glob("*.duckdb"))


def test_accepted_checks_are_skipped_now_and_whenever_the_database_is_made_again(
    catalogue: Catalogue, warehouse: Warehouse, tmp_path: Path, checks: Path
):
    (checks / "fell.sql").write_text(LOWER)
    (checks / "wrong.sql").write_text(ALWAYS)
    new_release.write(tmp_path / "new", more=-10)
    snapshot, cache = Snapshot.open(tmp_path / "new"), tmp_path / "cache"
    with pytest.raises(CheckFailed) as caught:
        database(snapshot, catalogue, cache, live=warehouse.path, accepted=frozenset({"wrong"}))
    assert [failure.name for failure in caught.value.failures] == ["fell"]
    both = frozenset({"wrong", "fell"})
    made = database(snapshot, catalogue, cache, live=warehouse.path, accepted=both)
    with pytest.raises(CheckFailed):
        database(snapshot, catalogue, cache, live=warehouse.path)  # that it was made before accepts nothing
    made.unlink()
    with pytest.raises(CheckFailed) as caught:
        database(snapshot, catalogue, cache)
    assert [failure.name for failure in caught.value.failures] == ["wrong"], "nothing is compared when made again"
    assert "--accept" not in str(caught.value)
    (snapshot.root / "release.json").write_text(ReleaseInfo(accepted={"wrong": "It is right."}).to_json())
    assert database(snapshot, catalogue, cache) == made


def test_a_first_release_is_compared_with_nothing(catalogue: Catalogue, tmp_path: Path, checks: Path):
    (checks / "fell.sql").write_text(LOWER)
    (checks / "new.sql").write_text(
        "-- A source is new.\nselect distinct source from fact where source not in (select source from live.fact);\n"
    )
    with pytest.raises(CheckFailed) as caught:
        database(Snapshot.open(), catalogue, tmp_path / "cache", being_made=True)
    assert [failure.name for failure in caught.value.failures] == ["new"]
    assert database(Snapshot.open(), catalogue, tmp_path / "cache")


def test_a_check_that_is_not_there_cannot_be_accepted(catalogue: Catalogue, tmp_path: Path):
    with pytest.raises(SnapshotError, match=r"no check 'orphans' to accept.*orphan_area"):
        database(Snapshot.open(), catalogue, tmp_path, being_made=True, accepted=frozenset({"orphans"}))


# --- narrow tables -------------------------------------------------------------------------------


def test_narrow_tables_are_there_with_their_shape_whatever_the_release_has(catalogue: Catalogue, tmp_path: Path):
    points = pd.DataFrame(
        {"lon": [-0.05, -0.05], "lat": [51.5, 51.5], "street": ["A Street"] * 2, "lsoa": ["E01004307"] * 2,
         "ward": ["E05009333"] * 2, "month": ["2015-12", "2016-01"], "n": [2, 3]}
    )  # fmt: skip
    own = pd.DataFrame({"word": ["kept"]})
    new_release.write(tmp_path / "new", tables={"snap_point": points, "of_its_own": own})
    absent = ("lsoa_month", "outcome", "postcode", "return_detail", "intake", "rejected", "release_change")
    for name in absent:
        (tmp_path / "new" / "data" / "tables" / f"{name}.parquet").unlink(missing_ok=True)
    new_release.sign(tmp_path / "new")
    made = Warehouse(database(Snapshot.open(tmp_path / "new"), catalogue, tmp_path / "cache"))
    with connect(made.path) as connection:
        rows = connection.execute("select month, year, n from snap_point order by month").fetchall()
        assert rows == [("2015-12", 2015, 2), ("2016-01", 2016, 3)]
        assert connection.execute("from of_its_own").fetchall() == [("kept",)]
        for name in absent:
            assert connection.execute(f"select count(*) from {name}").fetchone() == (0,), name
    assert queries.snap_points(made, first_year=2016, last_year=2016)["n"].sum() == 3


def test_a_table_of_another_shape_is_a_sentence(catalogue: Catalogue, tmp_path: Path):
    new_release.write(tmp_path / "new", tables={"stop_search": pd.DataFrame({"colour": ["red"]})})
    with pytest.raises(SnapshotError, match=r"stop_search\.parquet has no column 'ethnicity'"):
        database(Snapshot.open(tmp_path / "new"), catalogue, tmp_path / "cache")
