"""A share of several groups is all their cases over all their people, where every group gives both, and nothing otherwise."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest
from support import ROOT

SQL = ROOT / "csp_dash" / "warehouse" / "sql" / "observation.sql"
TH, LONDON = "E09000030", "E12000007"
GROUPS = ("opiate", "other", "alcohol")
Row = tuple[str, str, float | None, float | None, str | None]


def figures(rows: list[Row], groups: tuple[str, ...] = GROUPS) -> dict[str, tuple[float | None, float | None]]:
    """area -> (numerator, denominator), from facts of 2021: group, area, numerator, denominator, flag."""
    facts = pd.DataFrame(rows, columns=["series", "area", "numerator", "denominator", "flag"])
    facts = facts.assign(source="tips", start="2021-01-01", finish="2021-12-31", vintage="2021-12")
    with duckdb.connect() as connection:
        connection.register("facts", facts)
        connection.execute(
            "create table fact as select * replace (start::date as start, finish::date as finish, numerator::double as"
            " numerator, denominator::double as denominator, flag::varchar as flag) from facts"
        )
        connection.execute(
            "create table area as select * from (values ('E09000030', 'borough'), ('E12000007', 'region')) as a(code, kind)"
        )
        connection.execute(
            "create table coverage (source text, series text, area_kind text, first date, last date, missing date[],"
            " zero_fill boolean)"
        )
        feeds = [("share", kind, "tips", name, "numerator") for name in groups for kind in ("borough", "region")]
        connection.register(
            "feeds", pd.DataFrame(feeds, columns=["indicator", "area_kind", "source", "series", "role"])
        )
        connection.execute("create table feed as from feeds")
        connection.execute(SQL.read_text(encoding="utf-8"))
        found = connection.execute("select area, numerator, denominator from observation").fetchall()
    return {area: (numerator, denominator) for area, numerator, denominator in found}


def row(group: str, area: str, numerator: float | None, denominator: float | None, flag: str | None = None) -> Row:
    return (group, area, numerator, denominator, flag)


HERE = [row("opiate", TH, 100, 1600), row("other", TH, 120, 300), row("alcohol", TH, 200, 500)]


def test_all_groups_give_the_pooled_share_and_not_the_mean_of_their_shares() -> None:
    assert figures(HERE) == {TH: (420, 2400)}


def test_london_is_pooled_from_its_own_groups() -> None:
    london = [row(group, LONDON, 10 * cases, 10 * people) for group, _, cases, people, _ in HERE if cases and people]
    assert figures([*HERE, *london]) == {TH: (420, 2400), LONDON: (4200, 24000)}


@pytest.mark.parametrize("lacking", range(3))
def test_a_place_that_lacks_a_group_has_no_figure(lacking: int) -> None:
    london = [row(group, LONDON, 10, 100) for group in GROUPS]
    assert figures([*HERE[:lacking], *HERE[lacking + 1 :], *london]) == {LONDON: (30, 300)}


def test_a_percentage_without_its_cases_cannot_be_pooled() -> None:
    alone = row("alcohol", TH, 0.4, 1, "published_proportion")
    assert figures([*HERE[:2], alone]) == {}
    assert figures([alone], groups=("alcohol",)) == {TH: (0.4, 1)}


def test_a_group_that_is_withheld_withholds_the_whole() -> None:
    assert figures([*HERE[:2], row("alcohol", TH, None, 1, "suppressed")]) == {TH: (None, None)}


def test_counts_of_several_groups_are_added_up_as_they_are() -> None:
    assert figures([row("opiate", TH, 3, None), row("other", TH, 4, None)]) == {TH: (7, None)}
