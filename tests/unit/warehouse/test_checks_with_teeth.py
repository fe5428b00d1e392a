"""Every check that stands between files and the screen: it finds what it is for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd
import pytest
from support import ROOT

CHECKS = ROOT / "csp_dash" / "warehouse" / "sql" / "checks"
TH, OTHER, LONDON, WARD, WARD2 = "E09000030", "E09000012", "E12000007", "E05009317", "E05009318"
Fact = tuple[str, str, str, str, float]


class Stage:
    """A database of a few facts beside a live one."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        connection.execute("attach ':memory:' as live")
        connection.execute("attach ':memory:' as made")
        connection.execute("use made")
        areas = pd.DataFrame(
            [(TH, "borough"), (OTHER, "borough"), (LONDON, "region"), (WARD, "ward"), (WARD2, "ward")],
            columns=["code", "kind"],
        )
        connection.register("areas", areas)
        for name in ("made", "live"):
            connection.execute(f"create table {name}.main.area as from areas")
            connection.execute(
                f"create table {name}.main.fact (source text, series text, area text, start date, finish date, numerator double,"
                " denominator double, flag text)"
            )
            connection.execute(
                f"create table {name}.main.observation (indicator text, area text, start date, finish date, numerator double,"
                " denominator double, source text)"
            )
            connection.execute(f"create table {name}.main.feed (indicator text, source text)")

    def put(self, facts: list[Fact], where: str = "made", indicator: str = "burglary", flag: str | None = None) -> None:
        """Facts of (source, series, area, month, figure); each an observation of one indicator too."""
        for source, series, area, month, n in facts:
            day = f"{month}-01"
            self.connection.execute(
                f"insert into {where}.main.fact values ($1, $2, $3, $4::date, last_day($4::date), $5, null, $6)",
                [source, series, area, day, n, flag],
            )
            self.connection.execute(
                f"insert into {where}.main.observation values ($1, $2, $3::date, last_day($3::date), $4, null, $5)",
                [indicator, area, day, n, source],
            )
            self.connection.execute(f"insert into {where}.main.feed values ($1, $2)", [indicator, source])

    def found(self, check: str) -> list[tuple[object, ...]]:
        text = (CHECKS / f"{check}.sql").read_text(encoding="utf-8")
        assert text.startswith("-- ") and text.splitlines()[0].endswith((".", ":"))
        return self.connection.execute(text).fetchall()


@pytest.fixture
def stage() -> Iterator[Stage]:
    with duckdb.connect() as connection:
        yield Stage(connection)


def months(source: str, figures: dict[str, float], area: str = TH, series: str = "a") -> list[Fact]:
    return [(source, series, area, month, n) for month, n in figures.items()]


STEADY = {"2024-01": 200.0, "2024-02": 210.0, "2024-03": 190.0}


@pytest.mark.parametrize(("month", "at"), [("2023-12", "first"), ("2024-04", "last")])
def test_a_stub_at_either_end(stage: Stage, month: str, at: str):
    stage.put(months("s", {**STEADY, month: 2.0}))
    assert [row[2] for row in stage.found("stub_month")] == [month], at


def test_the_last_month_of_a_longer_source_was_judged_before(stage: Stage):
    year = {f"2023-{month:02d}": 200.0 for month in range(1, 13)}
    stage.put(months("s", {**year, "2024-01": 2.0}))
    assert stage.found("stub_month") == []
    stage.put(months("s", {"2022-12": 2.0}))
    assert [row[2] for row in stage.found("stub_month")] == ["2022-12"]


def test_a_low_month_between_is_no_stub(stage: Stage):
    stage.put(months("s", {**STEADY, "2024-02": 2.0}))
    assert stage.found("stub_month") == []


def test_wards_above_their_borough(stage: Stage):
    stage.put([("s", "a", TH, "2024-01", 10.0), ("s", "a", WARD, "2024-01", 6.0), ("s", "a", WARD2, "2024-01", 4.0)])
    assert stage.found("ward_sum_above_borough") == []
    stage.put([("s", "a", WARD, "2024-02", 6.0), ("s", "a", WARD2, "2024-02", 5.0), ("s", "a", TH, "2024-02", 10.0)])
    assert [row[1:] for row in stage.found("ward_sum_above_borough")] == [("2024-02", 11.0, 10.0)]


def test_two_sources_may_differ_a_little(stage: Stage):
    stage.put([("b", "a", TH, "2024-01", 100.0), ("w", "a", WARD, "2024-01", 114.0)])
    assert stage.found("ward_sum_above_borough") == []
    stage.put([("b", "a", TH, "2024-02", 100.0), ("w", "a", WARD, "2024-02", 116.0)])
    assert len(stage.found("ward_sum_above_borough")) == 1


def test_the_total_that_the_force_publishes_elsewhere(stage: Stage):
    stage.put(
        [
            ("mps_hate_special", "tno_victim", TH, "2020-01", 900.0),
            ("mps_hate_special", "tno_state", TH, "2020-01", 100.0),
        ]
    )
    stage.put([("mps_borough_whole", "tno", TH, "2020-01", 1059.0)])
    assert stage.found("not_the_publishers_total") == []
    stage.put(
        [
            ("mps_hate_special", "tno_victim", OTHER, "2020-01", 1000.0),
            ("mps_borough_whole", "tno", OTHER, "2020-01", 1061.0),
        ]
    )
    assert stage.found("not_the_publishers_total") == [(OTHER, "2020-01", 1061.0, 1000.0)]


def test_boroughs_above_london(stage: Stage):
    stage.put([("s", "a", TH, "2024-01", 5.0), ("s", "a", OTHER, "2024-01", 5.0), ("s", "a", LONDON, "2024-01", 10.0)])
    assert stage.found("parts_above_london") == []
    stage.put([("s", "b", TH, "2024-01", 5.0), ("s", "b", LONDON, "2024-01", 4.0)])
    assert [row[1] for row in stage.found("parts_above_london")] == ["b"]


def test_a_settled_month_that_moves(stage: Stage):
    year = {f"2023-{month:02d}": 200.0 for month in range(1, 13)} | {"2024-01": 200.0, "2024-02": 200.0}
    stage.put(months("s", year), "live")
    stage.put(months("s", {**year, "2023-01": 221.0, "2023-06": 150.0}))
    assert [row[1] for row in stage.found("settled_month_moved")] == ["2023-01"], "2023-06 is not settled yet"


def test_a_month_that_is_lost(stage: Stage):
    stage.put(months("s", STEADY), "live")
    stage.put(months("s", {month: n for month, n in STEADY.items() if month != "2024-02"}))
    found = stage.found("month_lost")
    assert len(found) == 1 and found[0][:2] == ("burglary", "borough") and str(found[0][2]) == "2024-02-01"


def test_figures_of_a_source_that_is_used_no_more_are_no_loss(stage: Stage):
    stage.put(months("made_up", STEADY), "live")
    stage.put(months("return", {"2024-02": 5.0}))
    assert stage.found("month_lost") == []


def test_a_source_that_reaches_less_far_or_is_gone(stage: Stage):
    stage.put([*months("s", STEADY), *months("t", STEADY)], "live")
    stage.put(months("s", {"2024-01": 200.0, "2024-02": 210.0}))
    assert [row[0] for row in stage.found("older_than_live")] == ["s", "t"]


def test_made_up_figures_that_are_gone_are_no_loss(stage: Stage):
    stage.put(months("made_up", STEADY), "live", flag="illustrative")
    stage.put(months("s", STEADY), "live")
    stage.put(months("s", STEADY))
    assert stage.found("older_than_live") == []


@pytest.mark.parametrize("check", ["settled_month_moved", "month_lost", "older_than_live"])
def test_a_first_release_has_nothing_to_be_held_against(stage: Stage, check: str):
    stage.put(months("s", STEADY))
    assert stage.found(check) == []
