"""Files of an ingest: opened again wherever they lie, as rows of text with their lines, and every row accounted for."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files import tables
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile, entries
from csp_dash.ingest.files.tables import batches, frame

HEADER = "Date,Survey,Borough,Measure,Proportion,MPS"
ROWS = [f'31/3/{year},PAS,Tower Hamlets,"""Good Job"" local","0,5{year % 10}","0,61"' for year in range(2015, 2023)]
TEXT = "\n".join([HEADER, *ROWS]) + "\n"


def one(path: Path) -> SourceFile:
    taken, others = entries([path])
    assert [other.problem for other in others] == [] and len(taken) == 1
    return taken[0]


def written(folder: Path, body: bytes | str, name: str = "a.csv") -> SourceFile:
    path = folder / name
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return one(path)


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in members.items():
            made.writestr(name, body)
    return path


def test_a_table_is_rows_of_text_with_their_lines(tmp_path: Path):
    rows = frame(written(tmp_path, TEXT), Ledger())
    assert rows["line"].tolist() == list(range(2, 10))
    assert rows.loc[0].to_dict() == {
        "Date": "31/3/2015", "Survey": "PAS", "Borough": "Tower Hamlets", "Measure": '"Good Job" local',
        "Proportion": "0,55", "MPS": "0,61", "line": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.encode("utf-16"),
        TEXT.rstrip("\n").encode(),
    ],
    ids=["byte-order mark", "CRLF", "UTF-16", "no last line end"],
)
def test_encodings_and_line_ends_make_no_difference(tmp_path: Path, body: bytes):
    rows = frame(written(tmp_path, body), Ledger())
    assert len(rows) == len(ROWS) and rows["Date"].tolist()[-1] == "31/3/2022" and rows.columns[0] == "Date"


def test_semicolons_part_columns(tmp_path: Path):
    rows = ["31/03/2015;PAS;Tower Hamlets;Good Job;0,55;0,61"] * 3
    found = frame(written(tmp_path, "\r\n".join([HEADER.replace(",", ";"), *rows])), Ledger())
    assert found["Proportion"].tolist() == ["0,55"] * 3


@pytest.mark.parametrize("wrong", ["31/3/2016,PAS,Tower", "31/3/2016,PAS,Tower Hamlets,Good Job,0.5,0.6,more,and more"])
def test_a_row_with_other_columns_is_rejected_and_the_lines_below_keep_their_numbers(tmp_path: Path, wrong: str):
    ledger = Ledger()
    entry = written(tmp_path, "\n".join([HEADER, ROWS[0], wrong, "", *ROWS[1:3], ",,,,,", wrong, ROWS[3]]))
    rows = frame(entry, ledger)
    assert rows["line"].tolist() == [2, 5, 6, 9]
    ledger.count(entry, rows=len(rows), accepted=len(rows))
    ledger.close([entry])
    told = ledger.rejected()
    assert told["line"].tolist() == [3, 8] and told["reason"].str.contains("columns, not 6").all()
    assert ledger.intake().iloc[0][["rows", "accepted", "rejected", "out_of_area"]].tolist() == [6, 4, 2, 0]


def test_letters_that_are_not_utf8_are_read_as_windows_1252_and_told(tmp_path: Path):
    ledger = Ledger()
    filler = [ROWS[0]] * 3000  # beyond what is looked at to recognise the file
    body = "\n".join([HEADER, *filler]).encode() + b"\n31/3/2016,PAS,St Peter\x92s,Good Job,0.5,0.6\n"
    rows = frame(written(tmp_path, body), ledger)
    assert rows["Borough"].iloc[-1] == "St Peter’s"
    assert "line 3002" in ledger.intake()["note"].iloc[0]


def test_a_letter_cut_in_two_by_a_block_is_whole(tmp_path: Path):
    row = "31/3/2016,PAS,Zoë’s,Good Job,0.5,0.6"
    rows = frame(written(tmp_path, "\n".join([HEADER, *[row] * 150_000])), Ledger())
    assert len(rows) == 150_000 and set(rows["Borough"]) == {"Zoë’s"}


def packed(folder: Path, kind: str) -> Path:
    body = TEXT.encode()
    path = folder / f"a.{kind}"
    if kind == "csv.gz":
        path.write_bytes(gzip.compress(body))
    elif kind == "csv.xz":
        path.write_bytes(lzma.compress(body))
    elif kind == "zip":
        archive(path, {"inner/a.csv": body})
    elif kind == "zip.zip":
        archive(path, {"outer.zip": archive(folder / "inner.bin", {"inner/a.csv": body}).read_bytes()})
        (folder / "inner.bin").unlink()
    else:
        raw = io.BytesIO()
        with tarfile.open(fileobj=raw, mode="w") as made:
            info = tarfile.TarInfo("inner/a.csv")
            info.size = len(body)
            made.addfile(info, io.BytesIO(body))
        pack = {"tar": bytes, "tar.gz": gzip.compress, "tar.xz": lzma.compress}[kind]
        path.write_bytes(pack(raw.getvalue()))
    return path


@pytest.mark.parametrize("kind", ["csv.gz", "csv.xz", "zip", "zip.zip", "tar", "tar.gz", "tar.xz"])
def test_archives_are_read_as_they_stand(tmp_path: Path, kind: str):
    path = packed(tmp_path, kind)
    before = sorted(tmp_path.rglob("*"))
    for _ in range(2):  # an entry can be opened again
        rows = frame(one(path), Ledger())
        assert rows["Date"].tolist() == [row.split(",")[0] for row in ROWS]
    assert sorted(tmp_path.rglob("*")) == before, "nothing was unpacked to the disk"


def test_a_parquet_file_is_rows_of_text_too(tmp_path: Path):
    table = pd.DataFrame({"month_year": pd.to_datetime(["2024-01-01"]), "area_type": ["Borough"], "borough_snt": ["a"],
        "area_name": ["a"], "area_code": [None], "crime_type": ["a"], "crime_subtype": ["a"], "measure": ["a"], "count": [3]})  # fmt: skip
    table.to_parquet(tmp_path / "a.parquet")
    for path in (
        tmp_path / "a.parquet",
        archive(tmp_path / "a.zip", {"a.parquet": (tmp_path / "a.parquet").read_bytes()}),
    ):
        row = frame(one(path), Ledger()).iloc[0]
        assert row["count"] == "3" and row["area_code"] == "" and row["month_year"].startswith("2024-01-01")
        assert row["line"] == 1


def workbook(folder: Path, cells: list[list[object]], merge: str = "") -> SourceFile:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in cells:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    book.save(folder / "a.xlsx")
    return one(folder / "a.xlsx")


def test_a_sheet_with_titles_above_is_read_from_its_header_on(tmp_path: Path):
    cells: list[list[object]] = [
        ["Public Attitude Survey"],
        [],
        [*HEADER.split(",")],
        ["31/3/2015", "PAS", "Barnet", "x", 0.5, 1],
    ]
    row = frame(workbook(tmp_path, cells, merge="A1:F1"), Ledger()).iloc[0]
    assert row["Borough"] == "Barnet" and row["Proportion"] == "0.5" and row["MPS"] == "1" and row["line"] == 4


def test_a_formula_without_a_saved_value_is_refused_by_its_cell(tmp_path: Path):
    cells: list[list[object]] = [[*HEADER.split(",")], ["31/3/2015", "PAS", "Barnet", "x", "=1/2", 1]]
    with pytest.raises(BadInput, match="cell E2 holds a formula"):
        frame(workbook(tmp_path, cells), Ledger())


def test_a_header_and_no_rows_is_an_empty_table(tmp_path: Path):
    assert len(frame(written(tmp_path, HEADER + "\n"), Ledger())) == 0


def test_a_file_that_breaks_off_is_refused_with_its_name(tmp_path: Path):
    body = gzip.compress("\n".join([HEADER, *[f"{row}{at}" for at, row in enumerate(ROWS * 20_000)]]).encode())
    path = tmp_path / "a.csv.gz"
    path.write_bytes(body[: len(body) * 3 // 4])
    taken, others = entries([path])
    assert taken or "damaged" in others[0].problem
    with pytest.raises(BadInput, match=r"a\.csv\.gz"):
        frame(taken[0], Ledger())


def test_a_stream_does_not_hold_the_whole_file(tmp_path: Path):
    entry = written(tmp_path, "\n".join([HEADER, *ROWS * 60_000]))
    sizes = [batch.num_rows for batch in batches(entry, Ledger())]
    assert sum(sizes) == len(ROWS) * 60_000 and len(sizes) > 4


def test_a_table_that_is_far_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 5)
    with pytest.raises(BadInput, match="more than 5 rows"):
        frame(written(tmp_path, TEXT), Ledger())


def test_the_same_bytes_count_once(tmp_path: Path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(TEXT)
    taken, others = entries([tmp_path])
    assert [entry.name for entry in taken] == ["a.csv"]
    assert others[0].title == "The same bytes as a.csv" and not others[0].problem


def test_rows_that_do_not_add_up_are_a_fault_of_the_reader(tmp_path: Path):
    ledger, entry = Ledger(), written(tmp_path, TEXT)
    ledger.count(entry, rows=8, accepted=7)
    with pytest.raises(AssertionError, match="8 rows read"):
        ledger.close([entry])


def test_too_many_wrong_rows_refuse_the_file_and_the_first_is_named(tmp_path: Path):
    ledger, entry = Ledger(), written(tmp_path, TEXT)
    ledger.reject(entry, pd.DataFrame({"line": [7, 4, 9], "column": "Date", "value": "x", "reason": "is no date"}))
    ledger.refuse_if_mostly_wrong(entry, concerned=100, malformed=3)
    with pytest.raises(BadInput, match="line 4, column 'Date'"):
        ledger.refuse_if_mostly_wrong(entry, concerned=8, malformed=3)


def test_every_official_table_gives_as_many_rows_as_a_plain_reader_counts(official: Path):
    taken, _ = entries([official / "03_police_uk" / "city_of_london_street", official / "05_hate_knife_da_pas"])
    assert len(taken) > 50
    for entry in taken:
        rows = frame(entry, Ledger())
        assert entry.found.rows is None or len(rows) == entry.found.rows, entry.name
