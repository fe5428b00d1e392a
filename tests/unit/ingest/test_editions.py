"""Which edition gives a figure, and where two that are alike disagree."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest

from csp_dash.ingest.editions import LIVE, chosen, refuse_differences
from csp_dash.ingest.errors import BadInput

COLUMNS = ["month", "rank", "edition", "file", "n"]


def rows(*given: tuple[str, int, str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(list(given), columns=COLUMNS)


@pytest.mark.parametrize(
    ("editions", "file"),
    [
        ([("2024-01", 1, "2024-02", 0, 1.0), ("2024-01", 0, "2024-03", 1, 2.0)], 0),
        ([("2024-01", 0, "2024-02", 0, 1.0), ("2024-01", 0, "2024-03", 1, 2.0)], 1),
        ([("2024-01", 0, "2024-03", 0, 1.0), ("2024-01", 0, "2024-03", 1, 2.0)], 1),
        ([("2024-01", 0, "2024-03", LIVE, 1.0), ("2024-01", 0, "2024-03", 0, 2.0)], 0),
        ([("2024-01", 0, "2024-04", LIVE, 1.0), ("2024-01", 0, "2024-03", 0, 2.0)], LIVE),
    ],
    ids=[
        "rank before age",
        "the newest",
        "of two alike the last",
        "a file before the live release",
        "not an older file",
    ],
)
def test_one_edition_gives_a_unit(editions: list[tuple[str, int, str, int, float]], file: int):
    assert chosen(rows(*editions), ["month"])["file"].tolist() == [file]


@pytest.mark.parametrize(
    ("editions", "file"),
    [
        ([("", 638, LIVE), ("", 593, 0)], LIVE),
        ([("", 638, LIVE), ("", 640, 0)], 0),
        ([("", 638, LIVE), ("", 638, 0)], 0),
        ([("2022-09", 638, LIVE), ("", 593, 0)], LIVE),
        ([("2022-09", 638, LIVE), ("", 640, 0)], 0),
        ([("2022-09", 638, LIVE), ("2022-10", 593, 0)], 0),
        ([("2022-09", 638, LIVE), ("2022-08", 700, 0)], LIVE),
        ([("2022-09", 638, LIVE), ("2022-08", 700, 0), ("", 650, 1)], 1),
    ],
    ids=[
        "fewer rows",
        "more rows",
        "as many: the file",
        "fewer, and one is known",
        "more, and one is known",
        "fewer, but known to be newer",
        "more, but known to be older",
        "an older one gives way before rows count",
    ],
)
def test_rows_decide_where_an_age_is_not_known(editions: list[tuple[str, int, int]], file: int):
    frame = pd.DataFrame(editions, columns=["edition", "rows", "file"]).assign(month="2022-07")
    assert chosen(frame, ["month"])["file"].tolist() == [file]
    first = frame.assign(rank=[0, *[1] * (len(frame) - 1)]).iloc[[0, 1]]
    assert chosen(first, ["month"])["file"].tolist() == [0], "a rank comes before both"


def test_a_unit_is_taken_whole_and_units_do_not_mix():
    frame = rows(
        ("2024-01", 0, "2024-02", 0, 1.0),
        ("2024-02", 0, "2024-02", 0, 2.0),
        ("2024-02", 0, "2024-02", 0, 3.0),
        ("2024-02", 0, "2024-01", 1, 4.0),
    )
    assert chosen(frame, ["month"])["n"].tolist() == [1.0, 2.0, 3.0]
    assert chosen(frame[:0], ["month"]).empty


@dataclass(frozen=True)
class File:
    name: str


FILES = [File("a.csv"), File("b.csv"), File("c.csv")]


def refuse(frame: pd.DataFrame) -> None:
    refuse_differences(frame, ["month"], ["n"], FILES, lambda row: f"month {row['month']}")


def test_two_files_alike_that_differ_are_named_with_the_figure():
    frame = rows(
        ("2024-02", 0, "2024-03", 0, 2.0),
        ("2024-01", 0, "2024-03", 0, 1.0),
        ("2024-01", 0, "2024-03", 2, 9.0),
        ("2024-01", 0, "2024-02", 1, 5.0),
    )
    with pytest.raises(BadInput) as caught:
        refuse(frame)
    assert str(caught.value) == (
        "a.csv and c.csv both reach to 2024-03, and differ for month 2024-01. Keep the one downloaded last."
    )
    assert set(caught.value.faults) == {FILES[0], FILES[2]}
    refuse(frame.drop(index=2))


def test_every_pair_of_files_that_differ_is_named_at_once():
    frame = rows(*(("2024-01", 0, edition, file, float(file)) for edition in ("2024-03", "2024-04") for file in (0, 1)))
    frame.loc[frame["edition"] == "2024-04", "file"] += 1
    with pytest.raises(BadInput) as caught:
        refuse(frame)
    assert set(caught.value.faults) == set(FILES) and str(caught.value).count("differ for month 2024-01") == 2


def test_two_figures_that_are_withheld_are_alike():
    none = float("nan")
    frame = rows(("2024-01", 0, "2024-03", 0, none), ("2024-01", 0, "2024-03", 1, none))
    refuse(frame)
    with pytest.raises(BadInput, match=r"a.csv and b.csv"):
        refuse(frame.assign(n=[none, 0.0]))


def test_a_figure_that_is_needed_and_lacking_is_a_difference():
    frame = rows(("2024-01", 0, "2024-03", 0, 1.0))
    refuse(frame)
    with pytest.raises(BadInput, match="differ for month 2024-01"):
        refuse(frame.assign(needed=2))
