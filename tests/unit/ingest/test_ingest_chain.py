"""People met sleeping rough over a year: the annual workbook, made here to the shape that others quote."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support.ingest import Read, figure, take
from support.ods_files import Cell, ods

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.detect import recognise
from csp_dash.ingest.readers import chain

TH, LONDON = "E09000030", "E12000007"
TITLE: list[Cell] = ["Table P1: people seen rough sleeping, by area"]
HEADER: list[Cell] = ["Area", "2022/23", "2023/24 [note 1]"]
ROWS: list[list[Cell]] = [
    ["City of London", 482, 656],
    ["Tower Hamlets", 381, 460],
    ["Bus route", 90, 101],
    ["Greater London Authority", 10053, 11993],
    ["Note: some people were seen in several boroughs"],
]


def read(folder: Path, *rows: list[Cell], header: list[Cell] = HEADER) -> Read:
    path = folder / "annual.ods"
    flows: list[list[Cell]] = [["Area", "Flow", "Stock"], ["Tower Hamlets", 1, 2]]
    path.write_bytes(ods({"Contents": [["What is in here"]], "P1": [TITLE, header, *rows], "P2": flows}))
    return take(chain, folder, path)


def test_the_first_table_of_the_workbook_gives_people_by_financial_year(tmp_path: Path) -> None:
    got = read(tmp_path, *ROWS)
    facts = got["chain"].facts
    assert set(facts["area"]) == {"E09000001", TH, LONDON} and len(facts) == 6
    assert figure(got["chain"], "rough_sleeping_chain", TH, date(2024, 3, 31)) == 460
    assert figure(got["chain"], "rough_sleeping_chain", LONDON, date(2023, 3, 31)) == 10_053
    assert set(facts["vintage"]) == {"2024-03"}
    assert got.account("annual.ods, sheet 'P1'") == (5, 3, 0, 2)


def test_other_tables_of_areas_in_the_workbook_are_only_counted(tmp_path: Path) -> None:
    flows: list[list[Cell]] = [["Area", "Flow", "Stock"], ["Tower Hamlets", 1, 2], ["Greater London Authority", 5, 6]]
    new: list[list[Cell]] = [HEADER, ["Tower Hamlets", 7, 8], ["Greater London Authority", 70, 80]]
    path = tmp_path / "annual.ods"
    path.write_bytes(ods({"P0": flows, "P1": [TITLE, HEADER, *ROWS], "P2": new}))
    got = take(chain, tmp_path, path)
    assert figure(got["chain"], "rough_sleeping_chain", TH, date(2024, 3, 31)) == 460
    assert figure(got["chain"], "rough_sleeping_chain", LONDON, date(2024, 3, 31)) == 11_993
    for sheet in ("P0", "P2"):
        assert got.account(f"annual.ods, sheet '{sheet}'") == (2, 2, 0, 0)
        assert "No measure uses it." in got.note(f"annual.ods, sheet '{sheet}'")


def test_a_figure_that_is_withheld_is_none(tmp_path: Path) -> None:
    facts = read(tmp_path, ["Tower Hamlets", "[x]", 460], ROWS[3])["chain"].facts
    mine = facts[facts["area"] == TH].sort_values("finish")
    assert list(mine["numerator"].isna()) == [True, False] and list(mine["flag"].fillna("")) == ["suppressed", ""]


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        ([["Tower Hamlets", 381, 460], ["Tower Hamlets", 1, 2]], HEADER, "stands in two rows"),
        ([["Tower Hamlets", 381, "many"]], HEADER, "'many' is not a count of 0 or more"),
        ([["Tower Hamlets", 381, 460]], ["Area", "Flow", "Stock"], "has no column that is a year, such as 2023/24"),
        ([["Tower Hamlets", 381, 460]], ["Area", "2022/23", "2022-23"], "has a year twice, or one that is none"),
        ([["Tower Hamlets", 381, 460]], ["Area", "2022/23", "2023/25"], "has a year twice, or one that is none"),
    ],
)
def test_a_table_that_is_not_as_it_should_be_is_refused(
    tmp_path: Path, rows: list[list[Cell]], header: list[Cell], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        read(tmp_path, *rows, ROWS[3], header=header)


def test_another_table_of_areas_is_not_taken_for_it(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("Area,2022/23\nTower Hamlets,5\nLeeds,6\n")
    (found,) = recognise([path])
    assert found.format != "chain"
