"""Workbooks: every known sheet of one, and OpenDocument ones with all that befalls them."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from support import ods_files as books
from support.ingest import take
from support.ods_files import Cell, cell, ods, ods_of, row, table

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files import opendocument
from csp_dash.ingest.files.detect import lines, recognise
from csp_dash.ingest.files.formats import Unreadable
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile, entries
from csp_dash.ingest.files.tables import frame
from csp_dash.ingest.files.workbooks import opened
from csp_dash.ingest.readers import mps_dashboards

PAS: list[Cell] = ["Date", "Survey", "Borough", "Measure", "Proportion", "MPS"]
GOOD: list[list[Cell]] = [["Public Attitude Survey"], [], PAS, [date(2015, 3, 31), "PAS", "Barnet", "x", 0.5, 1.0]]
VICTIMS: list[Cell] = ["borough_name", "ward_name_clean_2", "recorded_date_months", "count"]


def written(folder: Path, body: bytes, name: str = "book") -> Path:
    (folder / name).write_bytes(body)
    return folder / name


def one(path: Path) -> SourceFile:
    (entry,), others = entries([path])
    assert others == []
    return entry


def xlsx(folder: Path, sheets: books.Sheets, name: str = "book") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for cells in rows:
            sheet.append(list(cells))
    book.save(folder / name)
    return folder / name


def either(folder: Path, kind: str, sheets: books.Sheets) -> Path:
    return xlsx(folder, sheets) if kind == "xlsx" else written(folder, ods(sheets))


def values(tables: str) -> list[list[str]]:
    """The rows of the sheet "A"."""
    return list(opened(io.BytesIO(ods_of(tables))).rows("A"))


# --- every sheet -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_every_sheet_that_is_known_is_a_table_of_its_own(tmp_path: Path, kind: str) -> None:
    homicides: list[list[Cell]] = [["Count of Victims", "Age Group", "Recorded Date", "Homicide Offence Type"]]
    either(tmp_path, kind, {"Guide": [["Words"]], "Survey": GOOD, "Notes": [["a", "b"]], "Killed": homicides})
    found = recognise([tmp_path])
    assert [(item.sheet, item.format, item.header) for item in found] == [
        ("Survey", "pas", 2),
        ("Killed", "mps_homicide", 0),
    ]
    assert lines(found)[0].startswith(f"{tmp_path / 'book'}, sheet 'Survey': ")
    assert lines(found)[-1] == "1 of 1 files recognised."
    taken, others = entries([tmp_path])
    assert others == [] and len(set(taken)) == 2
    assert [entry.name for entry in taken] == ["book, sheet 'Survey'", "book, sheet 'Killed'"]
    assert {entry.file for entry in taken} == {"book"} and len({entry.sha256 for entry in taken}) == 1
    assert frame(taken[0], Ledger())["line"].tolist() == [4]


def test_no_known_sheet_is_told_by_the_one_that_comes_nearest(tmp_path: Path) -> None:
    xlsx(tmp_path, {"Guide": [["Words"]], "Survey": [[*PAS[:-1], "London"]], "Notes": [["a", "b"]]})
    (found,) = recognise([tmp_path])
    assert "line 1 has no column 'MPS'" in found.problem and found.damaged


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_sheet_that_comes_near_is_told_beside_one_that_is_known(tmp_path: Path, kind: str) -> None:
    near: list[list[Cell]] = [[*PAS[:-1], "London"]]
    path = either(tmp_path, kind, {"Notes": [["a", "b"]], "Survey": GOOD, "Later": near})
    told = lines(recognise([path]))
    assert len(told) == 3 and told[-1] == "1 of 1 files recognised."
    assert told[1].startswith(f"{path}, sheet 'Later': Not a known table. It looks like")
    assert "line 1 has no column 'MPS'" in told[1]
    (taken,), (other,) = entries([path])
    assert taken.found.sheet == "Survey" and other.sheet == "Later" and not other.problem


def test_a_copy_of_a_workbook_counts_once_sheet_by_sheet(tmp_path: Path) -> None:
    body = ods({"One": GOOD, "Two": GOOD})
    for name in ("a", "b"):
        written(tmp_path, body, name)
    taken, others = entries([tmp_path])
    assert [entry.name for entry in taken] == ["a, sheet 'One'", "a, sheet 'Two'"]
    assert [other.title for other in others] == [f"The same bytes as a, sheet '{name}'" for name in ("One", "Two")]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_offences_and_victims_of_one_workbook_are_both_taken(tmp_path: Path, kind: str) -> None:
    rows = [
        VICTIMS,
        ["Tower Hamlets", "Weavers", date(2024, 1, 1), 3.0],
        ["Camden", "Bloomsbury", date(2024, 1, 1), 5.0],
    ]
    victims = [VICTIMS, ["Tower Hamlets", "Weavers", date(2024, 1, 1), 2.0]]
    sheets: books.Sheets = {"Offence count location": rows, "Victim count by location": victims}
    read = take(mps_dashboards, tmp_path, either(tmp_path, kind, sheets))
    facts = read["mps_vawg"].facts
    here = facts[facts["area"] == "E09000030"].set_index("series")["numerator"]
    assert here.to_dict() == {"vawg_offences": 3, "vawg_victims": 2}
    assert read.account("book, sheet 'Offence count location'") == (2, 1, 0, 1)
    assert read.account("book, sheet 'Victim count by location'") == (1, 1, 0, 0)


# --- OpenDocument ----------------------------------------------------------------------------------


def test_a_cell_is_text_as_it_is_in_a_workbook_of_excel(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [*GOOD, [date(2016, 3, 31), "PAS", "Bexley", None, 3.0, 0.25], [], ["x", "y", "", "z"]]
    plain = frame(one(xlsx(tmp_path, {"A": rows}, "a")), Ledger())
    assert frame(one(written(tmp_path, ods({"A": rows}), "b")), Ledger()).equals(plain)
    assert plain["line"].tolist() == [4, 5, 7] and plain["Date"].tolist() == ["2015-03-31", "2016-03-31", "x"]
    assert plain["Proportion"].tolist() == ["0.5", "3", ""]


def test_repeats_merges_comments_drawings_and_breaks() -> None:
    comment = "<office:annotation><text:p>a comment</text:p></office:annotation>"
    drawing = "<draw:frame><draw:text-box><text:p>a shape</text:p></draw:text-box></draw:frame>"
    texts = '<text:p>one<text:s text:c="2"/><text:span>[note 4]</text:span></text:p><text:p>two</text:p>'
    cells = (
        f'<table:table-cell office:value-type="string">{comment}{drawing}{texts}</table:table-cell>'
        "<table:covered-table-cell><text:p>hidden</text:p></table:covered-table-cell>"
        '<table:table-cell table:number-columns-repeated="2" office:value-type="percentage" office:value="0.5"><text:p>50%</text:p></table:table-cell>'
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p></table:table-cell>'
        '<table:table-cell office:value-type="date" office:date-value="2024-03-01T10:30:00"/>'
    )
    rows = row([]) + f"<table:table-row>{cells}</table:table-row>" + row([], 3) + row(["x"], 2)
    assert values(table("Z", row(["no"])) + table("A", rows)) == [
        [],
        ["one  [note 4]\ntwo", "", "0.5", "0.5", "True", "2024-03-01 10:30:00"],
        [],
        [],
        [],
        ["x"],
        ["x"],
    ]


@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        ('office:value-type="string" office:string-value="" table:formula="of:=#REF!"', "#REF!"),
        ('office:value-type="float" office:value="0" table:formula="of:=1/0"', "#DIV/0!"),
    ],
)
def test_an_error_in_a_cell_is_told_as_it_stands(wrong: str, shown: str) -> None:
    assert values(
        table("A", row(["a"]).replace('office:value-type="string" ><text:p>a', f"{wrong}><text:p>{shown}"))
    ) == [[shown]]


def test_a_formula_without_a_saved_value_is_refused_by_its_cell_where_it_is_needed(tmp_path: Path) -> None:
    formula = '<table:table-cell table:formula="of:=1/2"/>'
    rows = "".join(map(row, GOOD[:3]))
    last = "".join(map(cell, ["31/3/2015", "PAS", "Barnet", "x"]))
    needed = ods_of(table("A", f"{rows}<table:table-row>{last}{formula}</table:table-row>"))
    with pytest.raises(BadInput, match="book, sheet 'A', cell E4 holds a formula without a saved value"):
        frame(one(written(tmp_path, needed)), Ledger())
    above = ods_of(table("A", f"<table:table-row>{formula}</table:table-row>{rows}{row(GOOD[3])}"))
    assert frame(one(written(tmp_path, above)), Ledger())["MPS"].tolist() == ["1"]


@pytest.mark.parametrize("tables", [
    table("A", row(["a"], 2_000_000_000)),
    table("A", row(["a"]) + row([], 2_000_000_000) + row(["b"])),
    table("A", row(["a"] * 200, 1_048_576)),
], ids=["a row two thousand million times", "as many blank ones", "a wide row to the last"])  # fmt: skip
def test_repeats_that_no_table_has_are_refused(tables: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opendocument, "MOST_CELLS", 100_000)
    with pytest.raises(Unreadable, match="may be a bomb"):
        values(tables)


def test_a_row_of_more_columns_than_any_program_has_is_refused() -> None:
    wide = cell("a", more='table:number-columns-repeated="2000000000"')
    with pytest.raises(Unreadable, match="more than 16,384 columns"):
        values(table("A", f"<table:table-row>{wide}</table:table-row>"))


def test_a_bomb_is_refused_with_its_name_wherever_it_lies(tmp_path: Path) -> None:
    rows, bomb = "".join(map(row, GOOD)), row(["x"], 2_000_000_000)
    for tables in (table("A", rows + bomb), table("A", rows) + table("B", bomb)):
        assert "book repeats its cells" in recognise([written(tmp_path, ods_of(tables))])[-1].problem
    entry = one(written(tmp_path, ods_of(table("A", rows + row(GOOD[3], 60) + bomb))))
    with pytest.raises(BadInput, match=r"book, sheet 'A' repeats its cells .* bomb"):
        frame(entry, Ledger())


def test_what_a_sheet_says_to_repeat_costs_no_memory(tmp_path: Path) -> None:
    """A million rows of cells that are written once, and twenty columns of them; in a process of its own, to be measured."""
    rows = "".join(map(row, GOOD[:3])) + row(["31/3/2015", "PAS", "Barnet", "x", 0.5, 1.0], 1_000_000)
    path = written(tmp_path, ods_of(table("A", rows)))
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom csp_dash.ingest.files.source_file import entries\n"
        "from csp_dash.ingest.files.ledger import Ledger\nfrom csp_dash.ingest.files.tables import batches\n"
        "(entry,), _ = entries([Path(sys.argv[1])])\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "rows = sum(batch.num_rows for batch in batches(entry, Ledger()))\n"
        "print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    told = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    rows_read, kilobytes = map(int, told.stdout.split())
    assert rows_read == 1_000_000 and kilobytes < 150_000


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (ods({"A": GOOD})[:-60], "cut short or damaged"),
        (ods_of(table("A", row(["a"])) + "<broken"), "cut short or damaged"),
        (books.zipped({"mimetype": books.ODS}), "cut short or damaged"),
        (ods_of("", manifest="<encryption-data/>"), "locked with a password"),
        (ods({"A": [["a", "b"]]}), "no format that is known"),
        (ods({}), "has no sheets"),
        (ods_of("", kind="application/vnd.oasis.opendocument.presentation"), "save it as .xlsx, .ods or CSV"),
        (books.zipped({"xl/workbook.bin": b"\x83\x01\x00"}), "save it as .xlsx, .ods or CSV"),
        (ods_of(table("A", "<table:table-row/>" * 9_000_000)), "zip bomb"),
    ],
    ids=["cut", "broken", "no content", "locked", "unknown", "no sheet", "slides", "binary Excel", "zip bomb"],
)
def test_what_cannot_be_read_is_told_in_a_sentence(tmp_path: Path, body: bytes, says: str) -> None:
    (found,) = recognise([written(tmp_path, body)])
    assert says in found.problem and found.problem.startswith("book ") and found.problem.endswith(".")


def test_damage_below_what_is_looked_at_is_told_with_the_file(tmp_path: Path) -> None:
    rows = "".join(map(row, GOOD)) + row(GOOD[3]) * 20_000
    (found, *others) = recognise([written(tmp_path, ods_of(table("A", rows) + "</broken>"))])
    assert [item.problem.split(" (")[0] for item in others] == [
        "book is cut short or damaged"
    ] and found.format == "pas"


def test_words_in_an_open_document_are_a_document(tmp_path: Path) -> None:
    (found,) = recognise([written(tmp_path, ods_of("", kind="application/vnd.oasis.opendocument.text"))])
    assert found.format == "document"


def test_a_workbook_in_a_zip(tmp_path: Path) -> None:
    entry = one(written(tmp_path, books.zipped({"in/survey.ods": ods({"A": GOOD})}), "sent.zip"))
    assert entry.name == "sent.zip!in/survey.ods, sheet 'A'" and len(frame(entry, Ledger())) == 1


def test_a_publication_without_anything_on_the_borough_is_told_why(tmp_path: Path) -> None:
    cover: list[list[Cell]] = [["Modern Slavery: National Referral Mechanism and Duty to Notify statistics UK"]]
    tables: list[list[Cell]] = [["First responder", "2025 Q1"], ["Metropolitan Police Service", 300]]
    path = tmp_path / "tables.ods"
    path.write_bytes(ods({"Cover": cover, "Table_1": tables}))
    (found,) = recognise([path])
    assert (found.format, found.problem, found.publisher) == ("document", "", "Home Office")
    assert "name police forces" in found.note and "template nrm_referrals" in found.note


def test_a_workbook_that_only_comes_near_is_still_refused(tmp_path: Path) -> None:
    path = tmp_path / "tables.ods"
    path.write_bytes(ods({"Cover": [["Something else"]], "Table_1": [["First responder", "2025 Q1"], ["A", 1]]}))
    (found,) = recognise([path])
    assert found.problem
