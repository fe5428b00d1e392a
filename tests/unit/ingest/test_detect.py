"""What a file is, by its content; what is wrong with it, in a sentence."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import lzma
import os
import random
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csp_dash.cli.main import main
from csp_dash.ingest.files.detect import recognise
from csp_dash.ingest.files.detected import Detected
from csp_dash.ingest.files.formats import formats
from csp_dash.ingest.files.sniffers import HEAD

STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n,2026-03,A force,A force,-0.05,51.5,On or near A Street,E01004201,Here,Burglary,,\n"
)
WARD = "MajorText,MinorText,WardName,WardCode,LookUp_BoroughName,202404,202405\nBURGLARY,HOME,A,E05009317,Tower Hamlets,1,2\n"


def one(folder: Path, raw: bytes | str, name: str = "x.bin") -> Detected:
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
        columns = tuple(column.replace("##", "24") for column in columns)
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
    assert one(tmp_path, STREET).period == "2026-03"
    line = STREET.splitlines()[1]
    long = STREET + f"{line}\n" * 3000 + line.replace("2026-03", "2026-05").replace("On or", '"On\n""or"') + "\n"
    found = one(tmp_path, long)
    assert len(long) > 2 * HEAD and found.period == "2026-03 to 2026-05" and found.rows == 3002
    assert one(tmp_path, gzip.compress(long.encode())).period == "from 2026-03"
    homicides = "Count of Victims,Age Group,Recorded Date,Homicide Offence Type\n1,25 to 34,Jan-03,Murder\n1,1 to 9,Jun-23,Murder\n"
    assert one(tmp_path, homicides).period == "2003-01 to 2023-06"
    snapshot = "Local authority ONS code,Local authority,Region,2010,2011,2012\nE09000030,Tower Hamlets,London,1,2,3\n"
    assert one(tmp_path, snapshot).period == "2010 to 2012"


def test_a_borough_file_is_no_ward_file_and_hate_is_told_from_other_crime(tmp_path: Path):
    head = "Borough,MajorText,MinorText,201004,201005\n"
    assert one(tmp_path, head + "Camden,Burglary,Home,1,2\n").format == "mps_borough"
    assert one(tmp_path, head + "Camden,Hate,Faith,1,2\n").format == "mps_monthly_other"
    assert one(tmp_path, WARD).format == "mps_ward"


def test_case_spaces_marks_and_line_ends_do_not_matter(tmp_path: Path):
    changed = STREET.replace("Crime ID", "crime_id").replace("LSOA code", "Lsoa  Code").replace("\n", "\r\n")
    assert one(tmp_path, "\ufeff".encode() + changed.encode()).format == "police_uk_street"
    found = one(
        tmp_path,
        'Date;Survey;Borough;Measure;Proportion;MPS\n31/3/2015;PAS;Tower Hamlets;"""Good Job"" local";0,56;0,6\n',
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
    assert [item.format for item in found] == ["police_uk_street", "mps_ward", "document", "mps_ward"]
    assert not any(item.problem for item in found)
    assert found[1].path.endswith("archive.zip!2026-03/inner.zip!deep/ward.csv")


def test_outlines_by_what_they_carry(tmp_path: Path):
    shape = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"WD24CD":"E05009317","WD24NM":"A"},"geometry":null}]}'
    assert one(tmp_path, shape).format == "ward_outlines"
    assert "without outlines" in one(tmp_path, '{"crimes": []}').problem


def test_the_finest_area_is_what_an_outline_outlines(tmp_path: Path):
    """Outlines of small areas carry the codes of their borough too."""
    carried = {"LAD22CD": "E09000030", "lsoa21cd": "E01004201"}
    feature = {"type": "Feature", "geometry": None, "properties": carried}
    assert one(tmp_path, json.dumps({"type": "FeatureCollection", "features": [feature]})).format == "lsoa_outlines"
    far = {"type": "Topology", "arcs": [[i, i] for i in range(20_000)], "objects": {"a": {"geometries": [feature]}}}
    assert len(json.dumps(far)) > 2 * HEAD
    assert one(tmp_path, json.dumps(far)).format == "lsoa_outlines"
    assert one(tmp_path, zipped({"a.json": json.dumps(far).encode()})).format == "lsoa_outlines"
    del carried["lsoa21cd"]
    assert one(tmp_path, json.dumps({"type": "FeatureCollection", "features": [feature]})).format == "borough_outlines"


def test_a_shapefile_is_known_by_the_table_beside_it(tmp_path: Path):
    def table(*columns: str) -> bytes:
        ends = b"".join(name.encode().ljust(11, b"\0") + b"C" + bytes(20) for name in columns)
        return (
            b"\x03\x7e\x01\x01"
            + (7).to_bytes(4, "little")
            + (33 + len(ends)).to_bytes(2, "little")
            + bytes(22)
            + ends
            + b"\r"
        )

    parts = {
        "in/a.shp": b"\0\0\x27\x0a",
        "in/a.shx": b"\0\0\x27\x0a",
        "in/a.DBF": table("WD24CD", "WD24NM"),
        "in/a.prj": b"x",
    }
    found = one(tmp_path, zipped(parts))
    assert (found.format, found.rows) == ("ward_outlines", 7) and found.path.endswith("!in/a.shp")
    del parts["in/a.DBF"]
    assert ".dbf" in one(tmp_path, zipped(parts)).problem
    assert "shapefile" in one(tmp_path, b"\0\0\x27\x0a" + bytes(200)).problem


def test_postcodes_are_told_from_a_lookup_that_has_the_same_codes(tmp_path: Path):
    head = "pcd7,pcd8,pcds,dointr,doterm,oa21cd,lad26cd,wd26cd,lsoa21cd,msoa21cd,lat,long\n"
    assert one(tmp_path, head).format == "postcodes"
    assert one(tmp_path, "LSOA21CD,LSOA21NM,WD27CD,WD27NM,LAD27CD\n").format == "lookup_lsoa_ward"


def test_a_file_of_another_borough_is_told_and_one_of_all_boroughs_is_not(tmp_path: Path):
    assert not one(tmp_path, WARD).note
    assert "Hackney" in one(tmp_path, WARD.replace("Tower Hamlets", "Hackney")).note
    assert not one(tmp_path, WARD + WARD.splitlines()[1].replace("Tower Hamlets", "Hackney") + "\n").note
    two = WARD.replace("Tower Hamlets", "Hackney") + WARD.splitlines()[1].replace("Tower Hamlets", "Camden")
    assert "Camden, Hackney" in one(tmp_path, two).note
    many = [f"BURGLARY,HOME,A,E05000001,{name},1,2\n" * 2500 for name in ("Barking", "Camden", "Sutton")]
    assert not one(tmp_path, WARD.splitlines()[0] + "\n" + "".join(many)).note  # its middle was not read
    street = STREET.replace(",Here,", ",Newham 012A,")
    assert "Newham" in one(tmp_path, street).note
    assert not one(tmp_path, street.replace("Newham", "Tower Hamlets")).note


def test_a_header_of_merged_cells_is_found(tmp_path: Path):
    book = openpyxl.Workbook()
    for row in (
        ["Recorded crime"],
        ["MajorText", "MinorText", "BoroughName", "Offences", None],
        [None, None, None, "202401", "202402"],
        ["BURGLARY", "HOME", "Tower Hamlets", 3, 4],
    ):
        book.active.append(row)
    for cells in ("A1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2"):
        book.active.merge_cells(cells)
    book.save(tmp_path / "x")
    (found,) = recognise([tmp_path / "x"])
    assert (found.format, found.period, found.rows) == ("mps_borough", "2024-01 to 2024-02", 1)
    assert found.note == "Its header is in row 3." and found.name == f"{tmp_path / 'x'}, sheet 'Sheet'"


def test_one_bad_member_does_not_hide_the_others(tmp_path: Path):
    whole = zipped({"a.csv": (STREET * 200).encode(), "b.csv": WARD.encode(), "c.csv": b""})
    broken = bytearray(whole)
    broken[60:90] = b"\xff" * 30
    (tmp_path / "x").write_bytes(broken)
    assert [item.format for item in recognise([tmp_path / "x"])] == ["", "mps_ward", ""]
    for mode in ("w", "w:gz", "w:xz"):
        raw = io.BytesIO()
        with tarfile.open(fileobj=raw, mode=mode) as archive:
            for name, body in (("readme.txt", b"words"), ("a.csv", b"no,data\n1,2\n"), ("b.csv", STREET.encode())):
                member = tarfile.TarInfo(name)
                member.size = len(body)
                archive.addfile(member, io.BytesIO(body))
        (tmp_path / "x").write_bytes(raw.getvalue())
        assert [item.format for item in recognise([tmp_path / "x"])] == ["document", "", "police_uk_street"], mode
    assert one(tmp_path, lzma.compress(STREET.encode())).format == "police_uk_street"


def test_content_decides_and_a_text_without_a_table_is_a_document(tmp_path: Path):
    assert one(tmp_path, STREET, "README.md").format == "police_uk_street"
    assert one(tmp_path, "# Words\n\nand more words, of no table\n", "README.md").format == "document"
    assert "no format" in one(tmp_path, "# Words\n\nand more words, of no table\n", "words.csv").problem
    assert one(tmp_path, b"%PDF-1.7\n\xe2\xe3", "a.csv").format == "document"


def test_folders_with_loops_pipes_and_caches(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_text(STREET)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "b").write_text(STREET)
    (tmp_path / "in" / "again").symlink_to(tmp_path)  # a folder in itself
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")  # would wait for ever if it were opened
    found = {Path(item.path).name: item for item in recognise([tmp_path])}
    assert sorted(found) == ["a", "loop", "pipe"] and found["a"].format == "police_uk_street"
    assert all("cannot be read" in found[name].problem for name in ("loop", "pipe"))


def test_the_size_of_a_file_costs_neither_memory_nor_time(tmp_path: Path):
    with (tmp_path / "x").open("wb") as handle:
        handle.write(STREET.encode() + STREET.splitlines()[1].encode() * 2000)
        handle.truncate(5_000_000_000)  # a hole on disk
    recognise([tmp_path / "x"])
    tracemalloc.start()
    (found,) = recognise([tmp_path / "x"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.format == "police_uk_street" and found.rows is None and peak < 5_000_000


def zipped(members: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return raw.getvalue()


def workbook() -> bytes:
    book, raw = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Local authority ONS code", "Local authority", "Region", "2024"])
    book.save(raw)
    return raw.getvalue()


def tar_bomb() -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:xz") as archive:
        member = tarfile.TarInfo("a.csv")
        member.size = 60_000_000
        archive.addfile(member, io.BytesIO(bytes(member.size)))
    return raw.getvalue()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 5), cut=st.floats(0, 1), seed=st.integers(0, 999))
def test_a_damaged_file_is_never_a_traceback(tmp_path: Path, which: int, cut: float, seed: int):
    samples = [STREET.encode(), workbook(), zipped({"a.csv": STREET.encode(), "b.zip": zipped({"c": WARD.encode()})})]
    samples += [gzip.compress(WARD.encode() * 9), lzma.compress(WARD.encode()), STREET.encode("utf-16")]
    raw = bytearray(samples[which])
    dice = random.Random(seed)
    for _ in range(dice.randrange(6)):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    path = tmp_path / "x"
    path.write_bytes(raw[: max(1, int(len(raw) * cut))] if seed % 2 else raw)
    for found in recognise([path]):
        assert bool(found.format) is not bool(found.problem)
        assert "\n" not in found.problem and (not found.problem or found.problem.endswith("."))


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
        (b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), ["password"]),
        (zipped({"xl/workbook.xml": b"<a/>", "xl/big.xml": bytes(80_000_000)}), ["zip bomb"]),
        (zipped({"xl/workbook.xml": b"<<<", "[Content_Types].xml": b"<<<"}), ["cut short or damaged"]),
        (
            zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""}),
            ["cut short or damaged"],
        ),
        (zipped({}), ["nothing in it"]),
        (gzip.compress(gzip.compress(WARD.encode())), ["packed twice"]),
        (b"<!-- 1 -->\n<HTML><body>503</body></HTML>", ["error message", "Download"]),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', ["error message"]),
        (b'{"type":"FeatureCollection","properties":' + b'{"a":' * 9000, ["cut short or damaged"]),
        (b"MajorText,MinorText,BoroughName\nA,B,Camden\n", ["borough level", "line 1", "202404"]),
        (
            ("A title\n\n" + STREET.replace("Crime type", "Offence type")).encode(),
            ["line 3 has no column 'Crime type'"],
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, [".xls", "save it as .xlsx"]),
        (b"\x00\x01\x02\xff" * 500, ["no text"]),
        (b"a,b,c\n1,2,3\n", ["no format that is known"]),
        (
            STREET.replace("Crime type", "Offence type").encode(),
            ["Street-level crime", "'Crime type'", "'Offence type'"],
        ),
        (STREET.replace("Longitude,", "").encode(), ["'Longitude'"]),
    ],
    ids=map(str, itertools.count()),  # packed bytes as a name would differ from second to second
)
def test_bad_input_is_a_sentence_that_says_what_to_do(tmp_path: Path, raw: bytes, says: list[str]):
    found = one(tmp_path, raw, "given.csv")
    assert found.problem.startswith("given.csv ") and found.problem.endswith(".") and "Traceback" not in found.problem
    for words in says:
        assert words in found.problem, found.problem


@pytest.mark.parametrize(
    ("raw", "says"),
    [(zipped({"a.zip": zipped({"b.zip": zipped({"c": WARD.encode()})})}), "zip in a zip"), (tar_bomb(), "bomb")],
)
def test_archives_in_archives_and_bombs_are_left(tmp_path: Path, raw: bytes, says: str):
    path = tmp_path / "x"
    path.write_bytes(raw)
    assert says in recognise([path])[-1].problem


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
    """What each file is, against the folder that it lies in; its rows, against a second count."""
    found = recognise([official])
    assert [item.path for item in found if item.problem] == []
    kinds: dict[str, set[str]] = {}
    for item in found:
        kinds.setdefault(Path(item.path.split("!")[0]).relative_to(official).as_posix(), set()).add(item.format)
    expected = {
        "03_police_uk/met_street_burglary_TH/": "police_uk_street",
        "03_police_uk/city_of_london_street/": "police_uk_street",
        "03_police_uk/met_outcomes_burglary_TH/": "police_uk_outcomes",
        "03_police_uk/met_stop_and_search_TH/": "police_uk_stop_and_search",
        "04_mps_recorded_crime/raw_csv/borough_": "mps_borough",
        "04_mps_recorded_crime/raw_csv/ward_": "mps_ward",
        "01_boundaries/lbth": "ward_outlines",
        "01_boundaries/London-wards": "ward_outlines",
        "01_boundaries/London_Borough": "borough_outlines",
        "01_boundaries/london_boroughs": "borough_outlines",
        "02_lsoa_lookups/lbth": "lsoa_outlines",
        "05_hate_knife_da_pas/MPS_Homicides": "mps_homicide",
        "05_hate_knife_da_pas/MPS Monthly Crime Other": "mps_monthly_other",
        "07_population_imd/TH_IMD2019": "imd_2019",
    }
    for start, kind in expected.items():
        mine = {file: kinds[file] for file in kinds if file.startswith(start)}
        assert mine and all(told == {kind} for told in mine.values()), mine
    told = [item for item in found if item.path.endswith(".csv") and "!" not in item.path]
    assert len(told) > 450
    for item in told:
        with Path(item.path).open(newline="", encoding="utf-8") as handle:
            assert item.rows == sum(1 for row in csv.reader(handle)) - 1, item.path
    assert sum(item.rows or 0 for item in found if item.path.endswith(".parquet")) > 1_000_000
