"""Rough sleeping reader: the workbook with its titles and notes, the plain table, refusals."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from support.ingest import Read, bundled, same, take
from support.ods_files import Cell, ods

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.readers import mhclg_rough_sleeping

GOOD = """Local authority ONS code,Local authority,Region,Region ONS code,2010,2011
---,---,England,E92000001,1768.0,2181.0
---,---,London,E12000007,415.0,446.0
---,---,Rest of England,-,1353.0,1735.0
E09000001,City of London,London,E12000007,20.0,18.0
E09000007,Camden,London,E12000007,1,2
E09000012,Hackney,London,E12000007,8.0,14.0
E09000025,Newham,London,E12000007,7.0,10.0
E09000030 ,Tower Hamlets,London,E12000007,11.0,9.0
"""
AREAS = {"E09000001", "E09000012", "E09000025", "E09000030", "E12000007"}


def read(folder: Path, text: str, name: str = "any name.csv") -> Read:
    (folder / name).write_text(text, encoding="utf-8")
    return take(mhclg_rough_sleeping, folder, folder / name)


def test_one_night_a_year_for_boroughs_and_london_only(tmp_path: Path) -> None:
    got = read(tmp_path, GOOD, "night.csv")
    facts = got["mhclg_rough_sleeping"].facts
    assert set(facts["area"]) == AREAS
    assert facts[facts["area"] == "E12000007"]["numerator"].tolist() == [415, 446]
    assert set(facts["start"]) == set(facts["finish"]) == {date(2010, 11, 30), date(2011, 11, 30)}
    assert set(facts["flag"]) == {"single_night"}
    assert got.account("night.csv") == (8, 5, 0, 3)


def test_a_workbook_with_titles_marks_on_years_and_notes_below(tmp_path: Path) -> None:
    """Quirk 30: the header is in row 4."""
    book = Workbook()
    sheet = book.active
    lines = [line.split(",") for line in GOOD.splitlines()]
    lines[0][-1] = "2011 [r]"
    for row in (["Table 1: Total"], ["England, autumn"], [], *lines, [], ["Contact:", "somebody"]):
        sheet.append(row)
    book.create_sheet("Export Summary")
    book.save(tmp_path / "night.xlsx")
    got = take(mhclg_rough_sleeping, tmp_path, tmp_path / "night.xlsx")
    assert set(got["mhclg_rough_sleeping"].facts["area"]) == AREAS
    assert got["mhclg_rough_sleeping"].facts["finish"].max() == date(2011, 11, 30)
    assert got.account("night.xlsx") == (9, 5, 0, 4)


def cells(text: str) -> list[list[Cell]]:
    """Rows of text, numbers as numbers."""
    rows = [line.split(",") for line in text.splitlines()]
    return [[float(cell) if cell.replace(".", "").isdigit() else cell for cell in row] for row in rows]


@pytest.mark.parametrize("year", ["2011 [note 4]", "2011 [r]", "2011"])
def test_an_open_document_with_tables_that_have_the_same_header(tmp_path: Path, year: str) -> None:
    """As published since autumn 2023: the rates, and words for how people were counted, are no counts of people."""
    total = cells(GOOD)
    total[0] = [f"{cell} [note 2]" if cell == "Local authority" else cell for cell in [*total[0][:-1], year]]
    rates = cells(GOOD.replace("11.0,9.0", "3.25,2.5"))
    approach = cells(GOOD.replace("11.0,9.0", "Estimate,Count"))
    titles: list[list[Cell]] = [["Estimated number of people sleeping rough"], ["[x] = Not Available."], []]
    rows = {"Cover": titles, "Table_5_Rates": [*titles, *rates], "Table_1_Total": [*titles, *total], "Table_3_Approach": approach}  # fmt: skip
    (tmp_path / "night.ods").write_bytes(ods(rows))
    got = take(mhclg_rough_sleeping, tmp_path, tmp_path / "night.ods")
    assert same(got["mhclg_rough_sleeping"].facts, read(tmp_path, GOOD)["mhclg_rough_sleeping"].facts)
    assert got.account("night.ods, sheet 'Table_1_Total'") == (8, 5, 0, 3)
    for unused in ("Table_5_Rates", "Table_3_Approach"):
        assert got.account(f"night.ods, sheet '{unused}'") == (8, 4, 0, 4)
        assert "No measure uses it." in got.note(f"night.ods, sheet '{unused}'")


def test_an_open_document_of_autumn_2025(tmp_path: Path) -> None:
    header = "Local Authority Code,Local Authority Name,Region Code,Region Name,2010,2011"
    marked = GOOD.replace("---,---", "[z],[z]").replace("11.0,9.0", "11.0,[x]").splitlines()[1:]
    swapped = [re.sub(r",([^,]*),([^,]*),([^,]*,[^,]*)$", r",\2,\1,\3", line) for line in marked]
    (tmp_path / "night.ods").write_bytes(ods({"Table_1_Total": cells("\n".join([header, *swapped]))}))
    facts = take(mhclg_rough_sleeping, tmp_path, tmp_path / "night.ods")["mhclg_rough_sleeping"].facts
    assert set(facts["area"]) == AREAS and facts["numerator"].isna().sum() == 1
    assert facts[facts["area"] == "E12000007"]["numerator"].tolist() == [415, 446]


def test_the_columns_of_autumn_2025(tmp_path: Path) -> None:
    header = "Local Authority Code,Local Authority Name,Region Code,Region Name,2010,2011"
    marks = "[z],England,[z],England"
    lines = [
        line.replace("---,---,London,E12000007", "[z],[z],E12000007,London").replace("---,---,England,E92000001", marks)
        for line in GOOD.splitlines()[1:]
    ]
    text = "\n".join([header, *(line.replace(",London,E12000007,", ",E12000007,London,") for line in lines)]) + "\n"
    got = read(tmp_path, text, "night.csv")
    assert same(got["mhclg_rough_sleeping"].facts, read(tmp_path, GOOD)["mhclg_rough_sleeping"].facts)


def test_codes_and_names_under_each_others_headers(tmp_path: Path) -> None:
    """The tables of autumn 2024 were first published so."""
    swapped = []
    for line in GOOD.splitlines()[1:]:
        code, name, rest = line.split(",", 2)
        swapped.append(f"{name},{code},{rest}")
    got = read(tmp_path, "\n".join([GOOD.splitlines()[0], *swapped]) + "\n", "night.csv")
    assert same(got["mhclg_rough_sleeping"].facts, read(tmp_path, GOOD)["mhclg_rough_sleeping"].facts)
    assert "each other's headers" in got.note("night.csv")


def test_a_withheld_count_is_null(tmp_path: Path) -> None:
    facts = read(tmp_path, GOOD.replace("11.0,9.0", "11.0,[x]"))["mhclg_rough_sleeping"].facts
    hidden = facts[facts["flag"] == "suppressed"]
    assert hidden["area"].tolist() == ["E09000030"] and hidden["numerator"].isna().all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace("11.0,9.0", "11.0,"), "line 9, column '2011': ''"),
        (GOOD.replace("11.0,9.0", "11.0,9.5"), "'9.5' is not a count"),
        (GOOD.replace("E09000025", "E09000099"), "'E09000099' is the code of no London authority"),
        (GOOD.replace("E09000012", "E09000030"), "stands in two rows"),
        (GOOD.replace(",2010,2011", ",Change,Rate"), "no column that is a year"),
        (GOOD.replace(",2010,2011", ",2010,2010 [r]"), "the year 2010 twice"),
    ],
)
def test_refusals(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read(tmp_path, text)


def test_a_table_without_the_borough_gives_nothing(tmp_path: Path) -> None:
    text = "\n".join(line for line in GOOD.splitlines() if "Tower" not in line) + "\n"
    got = read(tmp_path, text, "elsewhere.csv")
    assert got.taken == {} and got.account("elsewhere.csv") == (7, 0, 0, 7)
    assert "None of its rows is of Tower Hamlets" in got.note("elsewhere.csv")


def test_official_rough_sleeping(official: Path, tmp_path: Path) -> None:
    got = take(mhclg_rough_sleeping, tmp_path, official / "09_other")
    taken = got["mhclg_rough_sleeping"]
    here = taken.facts[taken.facts["area"] == "E09000030"]
    # MHCLG snapshot, Table 1, row Tower Hamlets, 2010 to 2022
    assert here["numerator"].tolist() == [11, 9, 7, 4, 6, 12, 11, 21, 10, 17, 40, 28, 21]
    assert len(taken.inputs) == 2  # the workbook and the table made from it say the same
    assert got.account("MHCLG_Rough_sleeping_snapshot_2022.xlsx, sheet 'Table 1 Total'")[1:] == (5, 0, 322)
    assert "No measure uses it." in got.note("MHCLG_Rough_sleeping_snapshot_2022.xlsx, sheet 'Table 5 Rates'")
    assert got.account("MHCLG_rough_sleeping_snapshot_2010-2022_TH.csv") == (15, 5, 0, 10)
    assert {(row.series, row.first, row.last) for row in taken.coverage} == {("*", "2010-11", "2022-11")}
    assert same(taken.facts, bundled("mhclg_rough_sleeping"))
