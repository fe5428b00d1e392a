"""Files that cannot be right, through the command line: a sentence that says what, where and what to do, and nothing lost."""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from support import sample_files as shapes

from csp_dash.cli.main import main
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files import source_file, tables
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.source_file import SourceFile, entries
from csp_dash.ingest.files.tables import frame
from csp_dash.panels.dataset import Dataset
from csp_dash.warehouse import Releases

NEXT = {"202603": ("2026-03", 1.0), "202604": ("2026-03", 1.02)}
KINDS = ("Anti-social behaviour", "Burglary", "Robbery", "Drugs", "Public order", "Vehicle crime")
PAGE = "<!doctype html><html><body>503 Service unavailable</body></html>"
LSOA = "E01004201"

Make = Callable[[Path], "Path | list[Path]"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory, data: Dataset) -> Path:
    """A cache folder that refused files share: they must leave it as it is."""
    folder = tmp_path_factory.mktemp("bad-input-cache")
    shutil.copy(data.warehouse.path, folder)
    return folder


# --- files as publishers make them, and what befalls them ------------------------------------------


def borough(folder: Path, name: str = "crime.csv") -> Path:
    return shapes.mps_borough(folder / name, NEXT)


def street(folder: Path, name: str = "street.csv", month: str = "2026-04", lsoa: str = LSOA) -> Path:
    return shapes.street(folder / name, month, [(kind, lsoa) for kind in KINDS * 300])


def lines(path: Path, change: Callable[[list[str]], list[str]], end: str = "\n") -> Path:
    """The file with its lines changed."""
    path.write_text("\n".join(change(path.read_text(encoding="utf-8").splitlines())) + end, encoding="utf-8")
    return path


def at(number: int, old: str, new: str) -> Callable[[list[str]], list[str]]:
    """A change of one line, counted from 1."""

    def change(rows: list[str]) -> list[str]:
        assert old in rows[number - 1]
        return [row.replace(old, new, 1) if place == number else row for place, row in enumerate(rows, 1)]

    return change


def last_cell(number: int, value: str) -> Callable[[list[str]], list[str]]:
    def change(rows: list[str]) -> list[str]:
        rows[number - 1] = f"{rows[number - 1].rsplit(',', 1)[0]},{value}"
        return rows

    return change


def raw(folder: Path, body: bytes | str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return path


def zipped(path: Path, members: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in members.items():
            made.writestr(name, body)
    return path


def book(folder: Path, change: Callable[[list[list[object]]], None] = lambda rows: None) -> Path:
    """The borough file as a workbook."""
    frame = pd.read_csv(borough(folder, "made.csv"))
    (folder / "made.csv").unlink()
    rows: list[list[object]] = [list(frame.columns), *frame.astype(object).to_numpy().tolist()]
    change(rows)
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(folder / "crime.xlsx")
    return folder / "crime.xlsx"


def set_cell(row: int, column: int, value: object) -> Callable[[list[list[object]]], None]:
    def change(rows: list[list[object]]) -> None:
        rows[row - 1][column - 1] = value

    return change


def parts(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A workbook with the files inside it changed."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    return zipped(path, dict(members))


def half_a_sheet(members: dict[str, bytes]) -> None:
    name = "xl/worksheets/sheet1.xml"
    members[name] = members[name][: len(members[name]) // 2]


def cut(path: Path, share: float) -> Path:
    body = path.read_bytes()
    path.write_bytes(body[: int(len(body) * share)])
    return path


def cut_zip(folder: Path) -> Path:
    return cut(zipped(folder / "sent.zip", {"a.csv": borough(folder, "made.csv").read_bytes()}), 0.5)


def other_bytes_in_zip(folder: Path) -> Path:
    path = zipped(folder / "sent.zip", {"street.csv": street(folder, "made.csv").read_bytes()})
    body = bytearray(path.read_bytes())
    body[len(body) // 2 : len(body) // 2 + 40] = b"\xff" * 40
    path.write_bytes(body)
    return path


def packed_unusually(folder: Path) -> Path:
    """As Windows packs large files: Deflate64."""
    path = zipped(folder / "sent.zip", {"street.csv": shapes.STREET})
    body = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = body.index(mark) + place
        body[start : start + 2] = (9).to_bytes(2, "little")
    path.write_bytes(body)
    return path


def gz_bomb(folder: Path) -> Path:
    body = street(folder, "made.csv").read_bytes()[:5_000].rpartition(b"\n")[0]
    return raw(folder, gzip.compress(body + b"\n,2026-04,,,,,,,,,," * 1_000_000), "street.csv.gz")


def with_zeros(path: Path, start: int, count: int) -> Path:
    body = bytearray(path.read_bytes())
    body[start : start + count] = bytes(count)
    path.write_bytes(body)
    return path


def without_column(path: Path, name: str) -> Path:
    pd.read_csv(path).drop(columns=name).to_csv(path, index=False)
    return path


def half_wrong_dates(rows: list[str]) -> list[str]:
    forms = ("Mer-26", "14/04/2026", "2026-04")
    return [rows[0], *(row.replace(",2026-04,", f",{forms[place % 3]},") for place, row in enumerate(rows[1:]))]


def revised(folder: Path) -> list[Path]:
    other = shapes.mps_borough(folder / "again.csv", {**NEXT, "202604": ("2026-03", 1.1)})
    return [borough(folder), other]


def loop(folder: Path) -> Path:
    (folder / "again").symlink_to(folder / "again")
    return folder


def broken_name(folder: Path) -> Path:
    path = borough(folder)
    path.rename(folder / os.fsdecode(b"caf\xe9.csv"))
    return folder


def many_columns(folder: Path) -> Path:
    months = ",".join(f"{1900 + at // 12}{at % 12 + 1:02d}" for at in range(10_000))
    return raw(folder, f"MajorText,MinorText,BoroughName,{months}\nA,B,Camden{',1' * 10_000}\n")


def title(folder: Path) -> Path:
    """Without its header, and with rows of titles."""
    return lines(borough(folder), lambda rows: ["MPS recorded crime", "", *rows[1:]])


BAD: list[tuple[str, Make, list[str]]] = [
    ("a truncated zip", cut_zip, ["sent.zip", "cut short or damaged", "Download"]),
    ("a zip with other bytes", other_bytes_in_zip, ["sent.zip!street.csv", "cannot be read to its end", "Download"]),
    ("a zip packed unusually", packed_unusually, ["street.csv is packed in a way", "Unpack it"]),
    ("a truncated gz", lambda d: cut(raw(d, gzip.compress(street(d).read_bytes()), "a.csv.gz"), 0.7), ["a.csv.gz", "Download"]),
    ("a zip bomb", lambda d: zipped(d / "sent.zip", {"a.csv": shapes.STREET + "0" * 80_000_000}), ["sent.zip", "zip bomb"]),
    ("a gz bomb", gz_bomb, ["street.csv.gz", "may be a bomb"]),
    ("a web page", lambda d: raw(d, PAGE), ["a.csv is a web page", "Download"]),
    ("a table in HTML", lambda d: raw(d, b"<html><body><table><tr><th>count</th></tr></table></body></html>", "a.xls"), ["a.xls is a table saved as a web page (HTML)", "save it as .xlsx"]),
    ("a workbook in XML", lambda d: raw(d, b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "a.xls"), ["a.xls is a workbook in the old XML form", "save it as .xlsx"]),
    ("a workbook in MHTML", lambda d: raw(d, b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n", "a.xls"), ["a.xls is a workbook saved as a web archive", "save it as .xlsx"]),
    ("crimes of the police API", lambda d: raw(d, b'[{"category":"burglary","location_type":"Force","outcome_status":{"category":"x","date":"2026-04"},"month":"2026-04"}]', "a.json"), ["a.json is JSON of the police API (street-level crimes)", "CSV files of data.police.uk/data", "fetch police_uk"]),
    ("searches of the police API", lambda d: raw(d, b'[ {"datetime":"2026-04-01","object_of_search":"x"}]', "a.json"), ["police API (stop and searches)", "data.police.uk/data"]),
    ("outcomes of the police API", lambda d: raw(d, b'[{"category":{"code":"x"},"date":"2026-04","crime":{"category":"burglary","location_type":"Force","month":"2026-04"}}]', "a.json"), ["police API (outcomes of crimes)", "data.police.uk/data"]),
    ("other JSON", lambda d: raw(d, b'[{"a": 1}]', "a.json"), ["a.json is JSON without outlines", "as CSV"]),
    ("a web page at the end", lambda d: lines(street(d), lambda rows: [*rows, PAGE], end=""), ["street.csv breaks off in line 1802", "cut short"]),
    ("nothing", lambda d: raw(d, b""), ["a.csv is empty", "Download"]),
    ("blank lines", lambda d: raw(d, b"\n\n  \n"), ["a.csv is of no format", "right file"]),
    ("another code page", lambda d: raw(d, borough(d, "b").read_text().encode("cp037")), ["a.csv", "no format that is known"]),
    ("no header", title, ["crime.csv", "no format that is known"]),
    ("a column missing", lambda d: without_column(borough(d), "MinorText"), ["line 1 has no column 'MinorText'", "Put the column back"]),
    ("a column renamed", lambda d: lines(borough(d), at(1, "MinorText", "Minor Offence")), ["'MinorText'", "'Minor Offence'"]),
    ("a month twice", lambda d: lines(borough(d), at(1, "202604", "202603")), ["crime.csv", "month columns skip, repeat"]),
    ("a month that is to come", lambda d: lines(borough(d), lambda rows: [rows[0].replace("202603,202604", "206203,206204"), *rows[1:]]), ["crime.csv", "206204", "still to come"]),
    ("a cell of words", lambda d: lines(borough(d), last_cell(8, "n/a")), ["crime.csv, line 8, column '202604'", "'n/a'"]),
    ("a figure below zero", lambda d: lines(borough(d), last_cell(8, "-4")), ["line 8, column '202604'", "'-4'"]),
    ("a figure that no count can be", lambda d: lines(borough(d), last_cell(8, "9" * 23)), ["line 8, column '202604'", "10,000,000"]),
    ("a total below", lambda d: lines(borough(d), lambda rows: [*rows, "Total,,,9,9"]), ["crime.csv, line 901 names no category", "take the row out"]),
    ("a note below", lambda d: lines(borough(d), lambda rows: [*rows, "Source: the force"]), ["line 901 has 1 column, not 5"]),
    ("cut in a row", lambda d: cut(borough(d), 0.5), ["crime.csv", "breaks off in line", "cut short", "Download"]),
    ("records cut in a row", lambda d: raw(d, street(d, "s").read_text().rsplit(",", 5)[0]), ["a.csv breaks off in line 1801", "Download"]),
    ("only Tower Hamlets", lambda d: shapes.mps_borough(d / "a.csv", NEXT, areas=(shapes.TOWER_HAMLETS,)), ["a.csv holds 1 of the 32 boroughs", "take the whole file"]),
    ("dates that are no months", lambda d: lines(street(d), half_wrong_dates), ["street.csv", "1,200 of 1,800", "line 2, column 'Month'", "'Mer-26'"]),
    ("months that are to come", lambda d: street(d, month="2062-04"), ["street.csv", "line 2, column 'Month'", "still to come"]),
    ("American dates", lambda d: shapes.pas(d / "a.csv", "3/31/2026", 0.6), ["a.csv, line 2, column 'Date'", "'3/31/2026'"]),
    ("two of one month", revised, ["crime.csv and again.csv", "differ", "Keep the one downloaded last"]),
    ("a quotation mark that stays open", lambda d: lines(street(d), at(1500, "On or near", '"On or near')), ["street.csv, line 1500", "quotation mark", "Put it right"]),
    ("a far quotation mark closes it", lambda d: lines(lines(street(d), at(500, "On or", '"On or')), at(900, "Street", 'Street"')), ["street.csv, line 500", "quotation mark"]),
    ("all rows longer than the header", lambda d: lines(street(d), lambda rows: [rows[0], *(f"{row}," for row in rows[1:])]), ["street.csv", "line 2", "13 columns, not 12"]),
    ("ten thousand columns", many_columns, ["a.csv begins with a line of more than", "Download"]),
    ("a workbook cut short", lambda d: cut(book(d), 0.6), ["crime.xlsx is cut short or damaged", "Download"]),
    ("half a sheet", lambda d: parts(book(d), half_a_sheet), ["crime.xlsx is a workbook that cannot be read to its end", "save it anew"]),
    ("a formula without a value", lambda d: book(d, set_cell(6, 5, "=SUM(D2:D3)")), ["crime.xlsx, sheet 'Sheet', cell E6", "formula", "save it"]),
    ("an error in a cell", lambda d: book(d, set_cell(6, 5, "#REF!")), ["crime.xlsx, sheet 'Sheet', line 6, column '202604'", "'#REF!'"]),
    ("cells merged with those above", lambda d: book(d, set_cell(3, 1, None)), ["crime.xlsx, sheet 'Sheet', line 3 names no category", "unmerge"]),
    ("a workbook with a password", lambda d: raw(d, b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "a.xlsx"), ["a.xlsx is locked with a password", "Unlock"]),
    ("a link to itself", loop, ["again cannot be read", "Look at its path"]),
    ("no ordinary file", lambda d: [os.mkfifo(d / "pipe"), d / "pipe"][1:], ["pipe cannot be read", "no ordinary file"]),  # type: ignore[list-item,func-returns-value]
    ("a folder named like a file", lambda d: [(d / "a.csv").mkdir(), d / "a.csv"][1:], ["None of these files"]),  # type: ignore[list-item,func-returns-value]
    ("a name of broken letters", broken_name, ["has a name that cannot be written down", "Rename it"]),
    ("a name with a line break", lambda d: borough(d, "a\nb.csv"), ["has a name that cannot be written down", "Rename it"]),
    ("not there", lambda d: d / "nothing.csv", ["There is no file or folder", "nothing.csv"]),
]  # fmt: skip


@pytest.mark.parametrize(("make", "says"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_cannot_be_right_is_refused_in_a_sentence(
    make: Make,
    says: list[str],
    tmp_path: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("CSP_DASH_CACHE", str(cache))
    releases = Releases(cache)
    before = releases.live_name(), [item.name for item in releases.all()]
    made = make(tmp_path)
    assert main(["ingest", *map(str, made if isinstance(made, list) else [made])]) == 2
    out, told = capsys.readouterr()
    assert out == "" and told.endswith(".\n") and not re.search(r"Traceback|Error\b|Errno|/site-packages/", told)
    for words in says:
        assert words in told, told
    assert (releases.live_name(), [item.name for item in releases.all()]) == before
    assert not list(releases.folder.glob(".making-*"))


@pytest.mark.parametrize("start", [5_000, 200_000], ids=["near the top", "further down"])
def test_zero_bytes_are_told_with_their_line(start: int, tmp_path: Path):
    path = with_zeros(street(tmp_path), start, 60)
    line = path.read_bytes()[:start].count(b"\n") + 1
    with pytest.raises(BadInput, match=f"street.csv has zero bytes in line {line}, .* Download it again."):
        taken, others = entries([path])
        if not taken:
            raise BadInput(others[0].problem)
        frame(taken[0], Ledger())


def test_a_file_that_may_not_be_read_is_told(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    path = borough(tmp_path)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    monkeypatch.setenv("CSP_DASH_CACHE", str(cache))
    assert main(["ingest", str(path)]) == 2
    assert "crime.csv cannot be read (Permission denied). Look at its path and rights." in capsys.readouterr().err


# --- what is odd, and still read -------------------------------------------------------------------


def one(path: Path) -> SourceFile:
    taken, others = entries([path])
    assert [other.problem for other in others if other.problem] == [] and len(taken) == 1
    return taken[0]


ODD_NAMES = ["wow! new!.csv", "Straße — données ’ 犯罪.csv", "n" * 250 + ".csv", "o'neil \"x\".csv", "100%.csv", "crime.pdf", "-x.csv"]  # fmt: skip


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_do_not_matter(tmp_path: Path, name: str):
    entry = one(borough(tmp_path, name))
    assert (entry.name, entry.short, entry.format, entry.inside) == (name, name, "mps_borough", ())
    assert len(frame(entry, Ledger())) == 899


def test_a_name_may_hold_the_mark_that_parts_names_in_archives(tmp_path: Path):
    folder = tmp_path / "sent! again"
    folder.mkdir()
    body = borough(tmp_path, "made").read_bytes()
    inner = zipped(tmp_path / "made.zip", {"deep/in!ner.csv": body}).read_bytes()
    zipped(folder / "out!er.zip", {"in!side.zip": inner, "page!.csv": PAGE})
    with tarfile.open(folder / "a!b.tar", "w") as made:
        member = tarfile.TarInfo("c!d.csv")
        member.size = len(street(tmp_path).read_bytes())
        made.addfile(member, io.BytesIO((tmp_path / "street.csv").read_bytes()))
    taken, others = entries([folder])
    assert [(entry.name, entry.inside) for entry in taken] == [
        ("a!b.tar!c!d.csv", ("c!d.csv",)),
        ("out!er.zip!in!side.zip!deep/in!ner.csv", ("in!side.zip", "deep/in!ner.csv")),
    ]
    assert [len(frame(entry, Ledger())) for entry in taken] == [1800, 899]
    assert [(other.file, other.inside) for other in others] == [(str(folder / "out!er.zip"), ("page!.csv",))]
    assert others[0].problem.startswith("page!.csv is a web page")


def semicolons(path: Path) -> Path:
    pd.read_csv(path).to_csv(path, sep=";", index=False)
    return path


def recoded(path: Path, encoding: str, end: str = "\n") -> Path:
    path.write_bytes(path.read_text(encoding="utf-8").replace("\n", end).encode(encoding))
    return path


def wrong_size(members: dict[str, bytes]) -> None:
    """As some programs write it: the sheet says that it is one cell."""
    name = "xl/worksheets/sheet1.xml"
    members[name], changes = re.subn(rb'<dimension ref="[^"]*" ?/>', b'<dimension ref="A1"/>', members[name])
    assert changes == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: semicolons(borough(folder)),
        lambda folder: recoded(borough(folder), "utf-8", "\r\n"),
        lambda folder: recoded(borough(folder), "utf-8", "\r"),
        lambda folder: recoded(borough(folder), "utf-8-sig", "\r\n"),
        lambda folder: recoded(borough(folder), "utf-16"),
        lambda folder: lines(borough(folder), lambda rows: ["MPS recorded crime", "", *rows]),
        lambda folder: book(folder, lambda rows: rows.insert(0, ["MPS recorded crime"])),
        lambda folder: parts(book(folder), wrong_size),
    ],
    ids=["semicolons", "Windows", "old Mac", "byte-order mark", "UTF-16", "title", "title in a sheet", "wrong size of sheet"],
)  # fmt: skip
def test_the_same_table_however_it_was_saved(tmp_path: Path, make: Callable[[Path], Path]):
    (tmp_path / "plain").mkdir()
    plain = frame(one(borough(tmp_path / "plain")), Ledger())
    rows = frame(one(make(tmp_path)), Ledger())
    assert len(rows) == 899 and rows.drop(columns="line").equals(plain.drop(columns="line"))


def test_what_office_and_windows_leave_beside_files_is_passed_over(tmp_path: Path):
    borough(tmp_path)
    for name in ("~$crime.xlsx", "Thumbs.db", "desktop.ini", ".DS_Store"):
        raw(tmp_path, b"\x05user" + bytes(160), name)
    taken, others = entries([tmp_path])
    assert [entry.name for entry in taken] == ["crime.csv"] and others == []


def test_a_row_over_several_lines_leaves_the_lines_of_those_below_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tables, "BLOCK", 1 << 16)
    path = street(tmp_path)
    lines(
        path,
        lambda rows: [
            *rows[:300],
            rows[300].replace("A Street", '"A\n\nStreet"'),
            *rows[301:900],
            "too,few",
            *rows[900:],
        ],
    )
    path.write_text(path.read_text().replace('On or near "A', '"On or near A'), encoding="utf-8")
    ledger = Ledger()
    rows = frame(one(path), ledger)
    assert rows["line"].tolist()[299:302] == [301, 304, 305] and rows["line"].iloc[-1] == 1804
    assert rows["Location"].iloc[299] == "On or near A\n\nStreet"
    assert ledger.rejected()["line"].tolist() == [903]


def test_a_note_with_a_line_end_is_no_cut(tmp_path: Path):
    path = lines(street(tmp_path), lambda rows: [*rows, "Source: the police"])
    ledger = Ledger()
    assert len(frame(one(path), ledger)) == 1800 and len(ledger.rejected()) == 1


def test_rows_of_another_table_are_not_kept_by_the_thousand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tables, "MOST_MALFORMED", 100)
    entry = one(lines(street(tmp_path), lambda rows: [*rows[:2], *(f"{row}," for row in rows[2:])]))
    with pytest.raises(BadInput, match=r"1,799 rows have more or fewer columns .* line 3, which has 13 columns"):
        frame(entry, Ledger())


# --- files that change -----------------------------------------------------------------------------


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path):
    path = street(tmp_path)
    entry = one(path)
    with path.open("a", encoding="utf-8") as more:
        more.write(path.read_text().splitlines()[1] + "\n")
    with pytest.raises(BadInput, match=r"street\.csv was changed while it was being read\. Wait until"):
        frame(entry, Ledger())
    entry = one(path)
    with pytest.raises(BadInput, match="was changed"), entry.opened() as handle:
        handle.read(10)
        path.write_text(shapes.STREET + "\n")
    entry = one(path)
    path.unlink()
    with pytest.raises(BadInput, match="was changed"):
        frame(entry, Ledger())


def test_a_file_that_is_gone_before_it_is_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = street(tmp_path)
    known = source_file.recognise

    def recognised(paths: list[Path]) -> object:
        found = known(paths)
        path.unlink()
        return found

    monkeypatch.setattr(source_file, "recognise", recognised)
    taken, (other,) = entries([path])
    assert not taken and other.damaged and other.problem.startswith("street.csv cannot be read any more (No such file")


# --- large files -----------------------------------------------------------------------------------


def test_a_large_file_of_other_places_costs_little_memory(tmp_path: Path):
    """Rows of other places are passed by: what is held does not grow with them."""
    import tracemalloc  # noqa: PLC0415  for this test alone

    import pyarrow as pa  # noqa: PLC0415

    path = street(tmp_path, lsoa="E01000001")
    body = path.read_bytes().partition(b"\n")[2]
    with path.open("ab") as more:
        for _ in range(150):
            more.write(body)
    entry = one(path)
    assert path.stat().st_size > 50_000_000
    tracemalloc.start()
    before = pa.total_allocated_bytes()
    most = rows = 0
    for batch in tables.batches(entry, Ledger()):
        rows += batch.num_rows
        most = max(most, pa.total_allocated_bytes() - before)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == 1800 * 151 and most < 60_000_000 and peak < 60_000_000
