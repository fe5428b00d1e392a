"""What a file is, by its content; what is wrong with it, in a sentence."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from csp_dash.__main__ import main
from csp_dash.ingest.recognise import HEAD, Found, formats, recognise

STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n,2026-03,A force,A force,-0.05,51.5,On or near A Street,E01004201,Here,Burglary,,\n"
)
WARD = "MajorText,MinorText,WardName,WardCode,LookUp_BoroughName,202404,202405\nBURGLARY,HOME,A,E05009317,Tower Hamlets,1,2\n"


def one(folder: Path, raw: bytes | str, name: str = "x.bin") -> Found:
    path = folder / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    (found,) = recognise([path])
    assert bool(found.format) is not bool(found.problem)
    return found


def header(columns: tuple[str, ...], months: bool) -> str:
    return ",".join([*columns, *(("202401", "202402") if months else ())])


@pytest.mark.parametrize("form", [form for form in formats() if not form.shapes], ids=lambda form: form.id)
def test_every_vintage_of_a_header_is_known_whatever_the_files_name(tmp_path: Path, form):
    for columns in form.headers:
        row = ["2024-02-01" if column == form.month else "x" for column in columns]
        if form.where:
            row[columns.index(form.where[0])] = form.where[1].split("|")[0]
        rows = "\n".join([header(columns, form.months), ",".join([*row, *(["1", "2"] if form.months else [])])])
        assert one(tmp_path, rows).format == form.id, columns


def test_formats_have_names_of_their_own():
    assert len({form.id for form in formats()}) == len(formats()) >= 25
    assert all(form.headers and form.title and form.publisher for form in formats())


def test_the_period_is_told(tmp_path: Path):
    assert one(tmp_path, WARD).period == "2024-04 to 2024-05"
    assert one(tmp_path, STREET).period == "from 2026-03"


def test_a_borough_file_is_no_ward_file_and_hate_is_told_from_other_crime(tmp_path: Path):
    head = "Borough,MajorText,MinorText,201004,201005\n"
    assert one(tmp_path, head + "Camden,Burglary,Home,1,2\n").format == "mps_borough"
    assert one(tmp_path, head + "Camden,Hate,Faith,1,2\n").format == "mps_monthly_other"
    assert one(tmp_path, WARD).format == "mps_ward"


def test_case_spaces_marks_and_line_ends_do_not_matter(tmp_path: Path):
    changed = STREET.replace("Crime ID", "crime_id").replace("LSOA code", "Lsoa  Code").replace("\n", "\r\n")
    assert one(tmp_path, "\ufeff".encode() + changed.encode()).format == "police_uk_street"
    found = one(
        tmp_path, 'Date;Survey;Borough;Measure;Proportion;MPS\n31/3/2015;PAS;Camden;"""Good Job"" local";0,56;0,6\n'
    )
    assert found.format == "pas" and not found.note


def test_other_encodings_are_read_and_told(tmp_path: Path):
    found = one(tmp_path, STREET.encode("utf-16"))
    assert found.format == "police_uk_street" and "UTF-16" in found.note
    found = one(tmp_path, STREET.replace("A Street", "King’s Café").encode("cp1252"))
    assert found.format == "police_uk_street" and "Windows-1252" in found.note


def test_a_letter_that_the_cut_goes_through_is_no_fault(tmp_path: Path):
    line = ",2026-03,A,A,-0.05,51.5,é,E01004201,Here,Burglary,,\n"
    whole = STREET + line * 4000
    for shift in range(3):
        assert not one(tmp_path, (whole.replace("Burglary,,", "Burglary,," + "x" * shift, 1)).encode()).note
    assert len(whole.encode()) > HEAD


def test_a_workbook_with_a_title_above_its_header(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.append(["Contents"])
    sheet = book.create_sheet("Table 1")
    for row in (
        ["Rough sleeping in England"],
        [],
        ["Local authority ONS code", "Local authority", "Region", "2024"],
        ["E09000030", "A", "London", 3],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    book.save(tmp_path / "some.data")
    (found,) = recognise([tmp_path / "some.data"])
    assert found.format == "rough_sleeping" and "row 3" in found.note


def test_zips_folders_and_gz_are_looked_into(tmp_path: Path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("deep/ward.csv", WARD)
    with zipfile.ZipFile(tmp_path / "archive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("2026-03/street.csv", STREET)
        archive.writestr("2026-03/inner.zip", inner.getvalue())
        archive.writestr("readme.txt", "words")
    (tmp_path / "packed").write_bytes(gzip.compress(WARD.encode()))
    (tmp_path / ".hidden").write_text("nothing")
    found = recognise([tmp_path])
    assert [item.format for item in found] == ["police_uk_street", "mps_ward", "mps_ward"]
    assert len(found) == 3 and not any(item.problem for item in found)
    assert found[1].path.endswith("archive.zip!2026-03/inner.zip!deep/ward.csv")


def test_outlines_by_what_they_carry(tmp_path: Path):
    shape = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"WD24CD":"E05009317","WD24NM":"A"},"geometry":null}]}'
    assert one(tmp_path, shape).format == "ward_outlines"
    assert "without outlines" in one(tmp_path, '{"crimes": []}').problem


def locked() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("a.csv", STREET)
    changed = bytearray(raw.getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[changed.index(mark) + place] |= 1
    return bytes(changed)


def bomb() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 80_000_000)
    return raw.getvalue()


def whole_zip() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("a.csv", STREET)
    return raw.getvalue()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", ["empty", "Download"]),
        (b"<!DOCTYPE html><html><body>503</body></html>", ["web page", "Download"]),
        (whole_zip()[:-30], ["cut short or damaged"]),
        (gzip.compress(WARD.encode() * 50)[:40], ["cut short or damaged"]),
        (bomb(), ["zip bomb"]),
        (locked(), ["password"]),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, [".xls", "save it as .xlsx"]),
        (b"\x00\x01\x02\xff" * 500, ["no text"]),
        (b"a,b,c\n1,2,3\n", ["no format that is known"]),
        (
            STREET.replace("Crime type", "Offence type").encode(),
            ["Street-level crime", "'Crime type'", "'Offence type'"],
        ),
        (STREET.replace("Longitude,", "").encode(), ["'Longitude'"]),
    ],
)
def test_bad_input_is_a_sentence_that_says_what_to_do(tmp_path: Path, raw: bytes, says: list[str]):
    found = one(tmp_path, raw, "given.csv")
    assert found.problem.startswith("given.csv ") and found.problem.endswith(".") and "Traceback" not in found.problem
    for words in says:
        assert words in found.problem, found.problem


def test_a_header_without_rows_is_told(tmp_path: Path):
    assert "no rows" in one(tmp_path, STREET.splitlines()[0] + "\n").note


def test_what_is_not_there_or_may_not_be_read(tmp_path: Path):
    (found,) = recognise([tmp_path / "nowhere.csv"])
    assert "nowhere.csv cannot be read" in found.problem
    assert recognise([tmp_path]) == []


def test_the_command_says_each_file_and_fails_where_one_is_not_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "a").write_text(STREET)
    assert main(["recognise", str(tmp_path)]) == 0
    assert "Street-level crime" in capsys.readouterr().out
    (tmp_path / "b").write_text("a,b\n1,2\n")
    assert main(["recognise", str(tmp_path)]) == 2
    assert "1 of 2 files recognised" in capsys.readouterr().out


def test_the_official_files_at_hand_are_known(official: Path):
    found = recognise([official])
    assert len(found) > 500
    assert [item.path for item in found if item.problem] == []
