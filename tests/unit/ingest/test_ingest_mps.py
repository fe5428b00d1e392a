"""Ward and borough recorded crime: on small samples of the official shape, and on the official files themselves."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from openpyxl import Workbook
from support import ROOT

from csp_dash.catalogue import load
from csp_dash.domain.geography import BOROUGHS, WARDS
from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.corrections import Correction
from csp_dash.ingest.files.extract import Extract
from csp_dash.ingest.files.ledger import Ledger
from csp_dash.ingest.files.normalise import folded
from csp_dash.ingest.files.source_file import entries
from csp_dash.ingest.readers import mps_recorded_crime
from csp_dash.ingest.readers.mps_unlocated import judge
from csp_dash.ingest.release.merge import merge
from csp_dash.warehouse import Snapshot

FOLDER = "04_mps_recorded_crime"
WHITECHAPEL = "E05009336"
TH, HACKNEY, LONDON = "E09000030", "E09000012", "E12000007"
UPPER = ("MajorText", "MinorText", "BoroughName")
TITLE = ("MajorText", "MinorText", "LookUp_BoroughName")
OLDEST = ("Borough", "Major Category", "Minor Category")
WARD = ("MajorText", "MinorText", "WardName", "WardCode", "LookUp_BoroughName")
PERSON = "VIOLENCE AGAINST THE PERSON"
STALKING = (PERSON, "STALKING AND HARASSMENT")
Row = tuple[object, ...]


@dataclass
class Read:
    """What a run took, by source, and its ledger."""

    taken: dict[str, Extract]
    context: Context

    def __getitem__(self, source: str) -> Extract:
        return self.taken[source]

    def note(self, name: str) -> str:
        told = self.context.ledger.intake().set_index("file")["note"]
        return str(told[next(file for file in told.index if file.endswith(name))])


def take(*paths: Path, base: Base | None = None, corrections: tuple[Correction, ...] = ()) -> Read:
    """Read files or folders as an ingest does. Every row must be accounted for."""
    good, others = entries(paths)
    assert not [other for other in others if other.problem]
    context = Context(load(), ROOT / "geo", ROOT / "nowhere", base, Ledger(corrections))
    mine = [entry for entry in good if entry.format in mps_recorded_crime.FORMATS]
    taken = mps_recorded_crime.read(mine, context)
    context.ledger.close(mine)
    return Read({item.source: item for item in taken}, context)


def live(folder: Path, read: Read) -> Base:
    """What was read, as if it were the live release."""
    for item in read.taken.values():
        path = folder / "live" / "data" / "facts" / f"{item.source}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        item.facts.to_parquet(path)
    return Base(SimpleNamespace(path=(folder / "live").joinpath))  # type: ignore[arg-type]


def vintage(path: Path) -> mps_recorded_crime.Vintage:
    (entry,), _ = entries([path])
    read = mps_recorded_crime.read_vintage(entry, Context(load(), ROOT / "geo", ROOT / "nowhere"))
    assert read is not None
    return read


def months(first: str, count: int) -> list[str]:
    """`count` month columns from `first` (YYYYMM)."""
    return pd.period_range(f"{first[:4]}-{first[4:]}", periods=count, freq="M").strftime("%Y%m").tolist()


def write(folder: Path, name: str, header: tuple[str, ...], columns: list[str], rows: list[Row]) -> Path:
    """A wide CSV of the official shape. Boroughs, or wards, that no row is of are added with no crime."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8-sig") as handle:
        csv.writer(handle).writerows([(*header, *columns), *rows, *everywhere(header, columns, rows)])
    return path


def everywhere(header: tuple[str, ...], columns: list[str], rows: list[Row]) -> list[Row]:
    """A row without crime for every borough, or ward, that the rows leave out."""
    one = dict(zip(header, rows[0], strict=False))
    column = "WardCode" if "WardCode" in header else header[0] if header == OLDEST else header[2]
    every = WARDS if column == "WardCode" else BOROUGHS
    named = {str(dict(zip(header, row, strict=False))[column]).strip() for row in rows}
    here = {"LookUp_BoroughName": "Tower Hamlets"} if column == "WardCode" else {}
    lacking = [place for place in every if place not in named]
    return [(*({**one, **here, column: place}[cell] for cell in header), *([0] * len(columns))) for place in lacking]


def ward_row(major: str, minor: str, code: str, *counts: int) -> Row:
    return (major, minor, "Some name", code, "Tower Hamlets", *counts)


def sample(folder: Path) -> Path:
    """A borough and a ward file, both 202404-202405, in the newest style."""
    two = months("202404", 2)
    write(
        folder,
        "borough.csv",
        UPPER,
        two,
        [
            (*STALKING, "Tower Hamlets", 5, 6),
            (*STALKING, "Unknown", 1, 0),
            (PERSON, "HOMICIDE", "Tower Hamlets", 0, 1),
            ("THEFT", "SHOPLIFTING", "Hackney ", 7, 8),
        ],
    )
    write(
        folder,
        "ward.csv",
        WARD,
        two,
        [
            ward_row(*STALKING, f"{WHITECHAPEL} ", 5, 6),
            ward_row(PERSON, "HOMICIDE", "E05009317", 0, 1),
            ("THEFT", "SHOPLIFTING", "Bow East", "E05009367", "Hackney", 7, 8),
        ],
    )
    return folder


def pick(taken: Extract, series: str, area: str, month: str) -> float:
    """The figure of a month, 0 when its row was left out."""
    facts = taken.facts
    rows = facts[(facts["series"] == series) & (facts["area"] == area)]
    rows = rows[pd.to_datetime(rows["start"]).dt.strftime("%Y-%m") == month]
    assert len(rows) <= 1
    return float(rows["numerator"].sum())


def labels(taken: Extract) -> dict[str, str]:
    """The label of each month."""
    month = taken.facts["start"].astype(str).str[:7]
    return {str(at): str(label) for at, label in taken.facts.groupby(month)["vintage"].max().items()}


def test_newest_style_gives_wards_boroughs_and_london(tmp_path: Path) -> None:
    read = take(sample(tmp_path))
    assert set(read.taken) == {"mps_ward", "mps_borough", "mps_borough_whole"}
    ward, borough = read["mps_ward"], read["mps_borough"]
    assert pick(ward, "stalking_harassment", WHITECHAPEL, "2024-05") == 6
    assert set(ward.facts["area"]) == {WHITECHAPEL, "E05009317"}
    assert pick(borough, "shoplifting", HACKNEY, "2024-04") == 7
    assert pick(borough, "stalking_harassment", LONDON, "2024-04") == 6  # 5 here and 1 of unknown place
    assert set(borough.facts["area"]) == {TH, HACKNEY, LONDON}
    assert set(borough.facts["vintage"]) == {"2024-05"}
    days = borough.facts[["start", "finish"]].astype(str).drop_duplicates().sort_values("start").values.tolist()
    assert days == [["2024-04-01", "2024-04-30"], ["2024-05-01", "2024-05-31"]]


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    """Other boroughs' wards are out of area; rows of a borough file all count, those of no borough in London."""
    told = take(sample(tmp_path)).context.ledger.intake().set_index("file")
    assert told.loc["ward.csv", ["rows", "accepted", "out_of_area"]].tolist() == [21, 20, 1]
    assert told.loc["borough.csv", ["rows", "accepted", "out_of_area"]].tolist() == [34, 34, 0]


def test_zero_rows_are_left_out_and_declared(tmp_path: Path) -> None:
    taken = take(sample(tmp_path)).taken
    for one in taken.values():
        assert (one.facts["numerator"] > 0).all()
        assert all(cover.zero_fill and cover.missing == () for cover in one.coverage)
    assert [(c.area_kind, c.first, c.last) for c in taken["mps_borough"].coverage] == [
        ("borough", "2024-04", "2024-05"),
        ("region", "2024-04", "2024-05"),
    ]


def test_a_missing_month_is_declared_missing(tmp_path: Path) -> None:
    sample(tmp_path)
    write(tmp_path, "later.csv", UPPER, ["202407"], [(*STALKING, "Tower Hamlets", 5)])
    assert take(tmp_path)["mps_borough"].coverage[0].missing == ("2024-06",)


def test_each_header_vintage_is_read(tmp_path: Path) -> None:
    """Quirks 18 and 19: headers and categories changed four times."""
    one = ["202001"]
    oldest = write(tmp_path, "a.csv", OLDEST, one, [("Camden", "Burglary", "Burglary - Residential", 3)])
    title = write(tmp_path, "b.csv", TITLE, one, [("Burglary", "Domestic Burglary", "Camden", 3)])
    unsplit = write(tmp_path, "c.csv", UPPER, one, [("BURGLARY", "BURGLARY IN A DWELLING", "Camden", 3)])
    split = write(
        tmp_path, "d.csv", UPPER, one, [("BURGLARY", "DOMESTIC BURGLARY", "Camden", 3), (*STALKING, "Camden", 4)]
    )
    read = [vintage(path) for path in (oldest, title, unsplit, split)]
    assert [one.style for one in read] == ["title_2008", "title_2020", "upper_unsplit", "upper_split"]
    for item in read:
        rows = item.counts[(item.counts["series"] == "burglary_residential_unsplit") & (item.counts["n"] > 0)]
        assert rows.set_index("area")["n"].to_dict() == {"E09000007": 3, LONDON: 3}


@pytest.mark.parametrize("name", ["LookUp_BoroughName", "BoroughName"])
def test_groups_and_subgroups_are_the_categories_of_2026(tmp_path: Path, name: str) -> None:
    header = ("Group", "SubGroup", name)
    path = write(tmp_path, "x.csv", header, ["202604"], [(*STALKING, "Camden", 4)])
    assert (vintage(path).grain, vintage(path).style) == ("borough", "upper_split")
    wards = [(*STALKING, "a name", ward, "Tower Hamlets", 3) for ward in WARDS]
    path = write(tmp_path, "y.csv", ("Group", "SubGroup", "WardName", "WardCode", name), ["202604"], wards)
    assert (vintage(path).grain, vintage(path).totals().to_dict()) == ("ward", {"2026-04": 60})


def test_lower_case_parquet_header_is_read(tmp_path: Path) -> None:
    path = tmp_path / "recorded-crime-ward-historical.parquet"
    row = {"wardname": "x", "wardcode": WHITECHAPEL, "majortext": "THEFT", "minortext": "SHOPLIFTING"}
    rows = [row | {"wardcode": ward, "202001": 2 * (ward == WHITECHAPEL)} for ward in WARDS]
    pd.DataFrame(rows).assign(lookup_boroughname="Tower Hamlets").to_parquet(path)
    read = vintage(path)
    assert (read.grain, read.totals().to_dict()) == ("ward", {"2020-01": 2})


def test_columns_in_any_order_other_names_and_case(tmp_path: Path) -> None:
    """Title Case in the newest categories, another order, a column that is not known, and no borough at all."""
    header = ("Minor Category", "Ward Code", "202404", "Ward Name", "Major Category", "Notes")
    stalking = ("Stalking and Harassment", "e05009336 ", 4, "Whitechapel", "Violence against the Person", "")
    theft = [("Theft from the Person", ward, 1, "x", "Theft", "") for ward in (*WARDS, "E05009367")]
    path = tmp_path / "x.csv"
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([header, stalking, *theft])
    read = take(path)
    assert pick(read["mps_ward"], "stalking_harassment", WHITECHAPEL, "2024-04") == 4
    assert pick(read["mps_ward"], "theft_from_person", WHITECHAPEL, "2024-04") == 1
    table = read["mps_ward"].tables["vintage_total"]
    assert set(table["area"]) == {TH}  # without boroughs nobody knows whether all of London is in it


def test_windows_1252_bom_crlf_gz_and_semicolons(tmp_path: Path) -> None:
    rows = write(tmp_path, "x.csv", WARD, ["202404"], [ward_row(*STALKING, WHITECHAPEL, 4)]).read_text("utf-8-sig")
    rows = rows.replace("Some name", "St Katharine’s")
    (tmp_path / "x.csv").write_bytes(rows.encode("cp1252"))
    (tmp_path / "y.csv.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + rows.replace(",", ";").encode()))
    read = take(tmp_path)
    assert pick(read["mps_ward"], "stalking_harassment", WHITECHAPEL, "2024-04") == 4
    assert len(read["mps_ward"].inputs) == 1
    assert "Windows-1252" in read.note("x.csv")


def test_a_workbook_with_a_title_above_its_table(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    rows: list[Row] = [(*STALKING, "Tower Hamlets", 5)]
    for row in [["MPS recorded crime"], [], [*UPPER, 202404], *rows, *everywhere(UPPER, ["202404"], rows)]:
        sheet.append(row)
    sheet["D7"] = "many"
    book.save(tmp_path / "bad.xlsx")
    with pytest.raises(BadInput, match=r"bad\.xlsx, sheet 'Sheet', line 7, column '202404': 'many' is not a count"):
        take(tmp_path / "bad.xlsx")
    sheet["D7"] = 1.0
    book.save(tmp_path / "good.xlsx")
    assert pick(take(tmp_path / "good.xlsx")["mps_borough"], "stalking_harassment", TH, "2024-04") == 5


@pytest.mark.parametrize(("text", "count"), [("1,122", 1122), ("12.0", 12), ("0", 0)])
def test_counts_with_marks_of_thousands_are_counts(tmp_path: Path, text: str, count: int) -> None:
    rows: list[Row] = [(*STALKING, "Tower Hamlets", text)]
    path = write(tmp_path, "x.csv", UPPER, ["202404"], [*rows, *everywhere(UPPER, ["202404"], rows)])
    assert pick(take(path)["mps_borough"], "stalking_harassment", TH, "2024-04") == count


def test_a_file_with_a_header_only_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(",".join([*UPPER, "202404"]) + "\n")
    read = take(tmp_path)
    assert read.taken == {}
    assert "no rows" in read.note("x.csv")


def test_files_of_other_boroughs_are_out_of_area(tmp_path: Path) -> None:
    row = ("THEFT", "SHOPLIFTING", "Bow East", "E05009367", "Hackney", 7)
    for name, header, cells in (("w.csv", WARD, row), ("b.csv", UPPER, ("THEFT", "SHOPLIFTING", "Hackney", 1))):
        with (tmp_path / name).open("w", newline="") as handle:
            csv.writer(handle).writerows([(*header, "202404"), cells])
    read = take(tmp_path)
    assert read.taken == {}
    assert read.context.ledger.intake()["out_of_area"].tolist() == [1, 1]
    assert "None of its rows is of Tower Hamlets" in read.note("b.csv")


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        (UPPER, [(*STALKING, "Tower Hamlets", 1), (*STALKING, "Hackney", 1)], "holds 2 of the 32 boroughs"),
        (WARD, [ward_row(*STALKING, WHITECHAPEL, 1)], "holds 1 of the 20 wards"),
    ],
)
def test_a_part_of_a_file_is_refused(tmp_path: Path, header: tuple[str, ...], rows: list[Row], said: str) -> None:
    """What it leaves out would seem to be zero."""
    with (tmp_path / "cut.csv").open("w", newline="") as handle:
        csv.writer(handle).writerows([(*header, "202404"), *rows])
    with pytest.raises(BadInput, match=said):
        take(tmp_path)


def test_newest_vintage_wins_a_month_but_a_stub_never_does(tmp_path: Path) -> None:
    """Quirk 20: the stub is a first month under a fifth of its neighbours, whatever the file is called."""
    sample(tmp_path)
    write(tmp_path, "new.csv", UPPER, months("202405", 3), [(*STALKING, "Tower Hamlets", 1, 50, 60)])
    read = take(tmp_path)
    taken = read["mps_borough"]
    assert pick(taken, "stalking_harassment", TH, "2024-05") == 6
    assert pick(taken, "stalking_harassment", TH, "2024-06") == 50
    table = taken.tables["vintage_total"]
    row = table[(table["vintage"] == "2024-07") & (table["series"] == "tno") & (table["area"] == TH)].iloc[0]
    assert (row["fy"], row["months"], row["total"]) == ("2024/25", 2, 110)
    assert "2024-05 has 1 offences in Tower Hamlets: it is no whole month" in read.note("new.csv")


def test_a_stub_is_known_from_the_live_release(tmp_path: Path) -> None:
    """Quirk 20, with nothing in the file itself to know it by."""
    base = live(tmp_path, take(write(tmp_path, "a.csv", UPPER, ["202404"], [(*STALKING, "Tower Hamlets", 100)])))
    stub = write(tmp_path, "b.csv", UPPER, ["202404"], [(*STALKING, "Tower Hamlets", 19)])
    assert set(take(stub, base=base).taken) == {"mps_borough"}  # its yearly totals, and no facts
    assert take(stub, base=base)["mps_borough"].facts.empty
    assert not take(stub)["mps_borough"].facts.empty


def test_a_full_first_month_of_the_newest_vintage_does_win(tmp_path: Path) -> None:
    """Quirk 21: a cell that was restated comes from the newest file."""
    sample(tmp_path)
    write(tmp_path, "new.csv", UPPER, months("202405", 2), [(*STALKING, "Tower Hamlets", 9, 9)])
    assert pick(take(tmp_path)["mps_borough"], "stalking_harassment", TH, "2024-05") == 9


def test_a_coarser_style_never_replaces_a_finer_one(tmp_path: Path) -> None:
    sample(tmp_path)
    rows: list[Row] = [(PERSON, "VIOLENCE WITHOUT INJURY", "Tower Hamlets", 20, 20, 20)]
    write(tmp_path, "coarse.csv", UPPER, months("202404", 3), rows)
    taken = take(tmp_path)["mps_borough"]
    assert pick(taken, "stalking_harassment", TH, "2024-05") == 6
    assert pick(taken, "violence_without_injury_with_stalking", TH, "2024-05") == 0
    assert pick(taken, "violence_without_injury_with_stalking", TH, "2024-06") == 20


def test_a_coarser_style_leaves_the_live_release_what_it_has_finer(tmp_path: Path) -> None:
    base = live(tmp_path, take(sample(tmp_path)))
    rows: list[Row] = [(PERSON, "VIOLENCE WITHOUT INJURY", "Tower Hamlets", 20, 20, 20)]
    read = take(write(tmp_path, "coarse.csv", UPPER, months("202404", 3), rows), base=base)
    assert labels(read["mps_borough"]) == {"2024-06": "2024-06"}
    assert [(c.first, c.last) for c in read["mps_borough"].coverage] == [("2024-06", "2024-06")] * 2
    assert "stay as they are" in read.note("coarse.csv")
    assert labels(read["mps_borough_whole"])["2024-05"] == "2024-06"  # counted alike in both styles: the newest counts


def test_a_finer_style_replaces_a_live_coarser_one_of_a_later_file(tmp_path: Path) -> None:
    """It takes over the later label, so that the merge takes it and no older edition of the coarse file undoes it."""
    rows: list[Row] = [(PERSON, "VIOLENCE WITHOUT INJURY", "Tower Hamlets", 20, 20, 20)]
    coarse = write(tmp_path / "old", "coarse.csv", UPPER, months("202404", 3), rows)
    base = live(tmp_path, take(coarse))
    read = take(sample(tmp_path / "new"), base=base)
    assert labels(read["mps_borough"]) == {"2024-04": "2024-06", "2024-05": "2024-06"}
    assert pick(read["mps_borough"], "stalking_harassment", TH, "2024-05") == 6


def test_a_file_of_today_says_nothing_of_the_old_months_of_the_whole_series(tmp_path: Path) -> None:
    new = write(tmp_path, "new.csv", UPPER, months("202312", 4), [(*STALKING, "Tower Hamlets", 9, 9, 9, 9)])
    read = take(new)
    assert sorted(labels(read["mps_borough"])) == ["2023-12", "2024-01", "2024-02", "2024-03"]
    assert sorted(labels(read["mps_borough_whole"])) == ["2024-02", "2024-03"]
    old = write(tmp_path, "old.csv", TITLE, months("202312", 2), [("Theft", "Shoplifting", "Tower Hamlets", 8, 8)])
    whole = take(old, new)["mps_borough_whole"]
    assert labels(whole) == {"2023-12": "2024-01", "2024-01": "2024-01", "2024-02": "2024-03", "2024-03": "2024-03"}


def test_title_case_weapons_keep_their_split(tmp_path: Path) -> None:
    sample(tmp_path)
    major = "Possession of Weapons"
    rows: list[Row] = [
        (major, "Possession of Article with Blade or Point", "Tower Hamlets", 3),
        (major, "Possession of Firearm with Intent", "Tower Hamlets", 1),
        (major, "Possession of Firearms Offences", "Tower Hamlets", 2),
        ("Theft", "Shoplifting", "Tower Hamlets", 4),
    ]
    write(tmp_path, "old.csv", TITLE, ["201904"], rows)
    read = take(tmp_path)
    names = ("possession_blade", "possession_firearm_all")
    assert [pick(read["mps_borough_2024"], name, TH, "2019-04") for name in names] == [3, 3]
    assert pick(read["mps_borough_whole"], "weapons_possession", TH, "2019-04") == 6
    assert pick(read["mps_borough_whole"], "tno", TH, "2019-04") == 10


def test_thin_months_and_early_splits_are_flagged(tmp_path: Path) -> None:
    """100 offences in the old vintage, 80 in the new: more than 9% fewer."""
    sample(tmp_path)
    write(tmp_path, "old.csv", TITLE, ["202305"], [("Theft", "Shoplifting", "Tower Hamlets", 100)])
    thin: list[Row] = [
        ("THEFT", "SHOPLIFTING", "Tower Hamlets", 78),
        ("BURGLARY", "RES BURGLARY OF A HOME", "Tower Hamlets", 2),
        (*STALKING, "Unknown", 20),
    ]
    new = write(tmp_path, "new.csv", UPPER, ["202305"], thin)
    with pytest.raises(BadInput, match=r"both reach to 2023-05, and differ for .* \(borough files\)"):
        take(tmp_path)
    two: list[Row] = [("Theft", "Shoplifting", "Tower Hamlets", 100, 100)]
    old = write(tmp_path, "old.csv", TITLE, months("202305", 2), two)

    def flags(*reads: Read) -> pd.Series:
        """What May's flags come to in a release of all that was read."""
        whole = {source: item.facts for read in reads for source, item in read.taken.items()}
        judge(whole)
        facts = whole["mps_borough"]
        found = facts[pd.to_datetime(facts["start"]).dt.month == 5].set_index(["area", "series"])["flag"]
        return found[[str(at[0]) in (TH, LONDON) for at in found.index]]

    base = live(tmp_path / "before", take(old))
    for found in (flags(take(old, new)), flags(take(old), take(new, base=base))):  # beside the old file, or after it
        assert found[TH, "shoplifting"] == "many_unlocated"
        assert found[TH, "burglary_home"] == "split_incomplete"
    assert pd.isna(flags(take(new))[TH, "shoplifting"])


def test_of_two_files_that_end_alike_the_fuller_counts(tmp_path: Path) -> None:
    large = write(
        tmp_path,
        "a.csv",
        WARD,
        ["202404"],
        [ward_row(*STALKING, ward, 2) for ward in WARDS]
        + [("THEFT", "SHOPLIFTING", "Bow East", "E05009367", "Hackney", 7)],
    )
    small = write(tmp_path, "b.csv", WARD, ["202404"], [ward_row(*STALKING, ward, 2) for ward in WARDS])
    for paths in ((large, small), (small, large)):
        read = take(*paths)
        assert [entry.short for entry in read["mps_ward"].inputs] == ["a.csv"]
        assert read.note("b.csv") == "All its figures stand in a.csv too."
    write(tmp_path, "b.csv", WARD, ["202404"], [ward_row(*STALKING, ward, 3) for ward in WARDS])
    with pytest.raises(BadInput, match=r"a\.csv and b\.csv both reach to 2024-04, and differ for .* \(ward files\)"):
        take(tmp_path)


def test_a_declared_correction_is_applied_and_told(tmp_path: Path) -> None:
    fix = Correction("mps_borough", {"BoroughName": "Tower Hamlets"}, "202404", "12", "a slip", "2026-11-24")
    path = write(tmp_path, "x.csv", UPPER, ["202404"], [(*STALKING, "Tower Hamlets", "1?")])
    read = take(path, corrections=(fix,))
    assert pick(read["mps_borough"], "stalking_harassment", TH, "2024-04") == 12
    assert "Corrected once: '202404' is 12 (a slip)." in read.note("x.csv")


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        (UPPER, [("THEFT", "THEFT OF COMETS", "Camden", 1)], "line 2: the category 'THEFT / THEFT OF COMETS' is not in mps_categories.csv"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden", "many")], "line 2, column '202404': 'many' is not a count"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden", -1)], "'-1' is not a count"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden", "1.5")], "'1.5' is not a count"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden", "1,5")], "'1,5' is not a count"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden", "11,22")], "'11,22' is not a count"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden", "")], "'' is not a count"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden", "9" * 20)], "is not a count from 0 to 10,000,000"),
        (UPPER, [("", "SHOPLIFTING", "Camden", 1)], "line 2 names no category. If cells are merged"),
        (UPPER, [("Total", "", "", 1)], "line 2 names no category"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden")], "line 2 has 3 columns, not 4. The file is damaged or cut short"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden", 1)] * 2, "line 3: it holds two rows for Camden / THEFT / SHOPLIFTING"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Gotham", 1)], "line 2, column 'borough': 'Gotham' is no London borough"),
        (WARD, [ward_row("THEFT", "SHOPLIFTING", "E05000575", 1)], "line 2: Tower Hamlets has a ward code 'E05000575'"),
    ],
)  # fmt: skip
def test_bad_files_are_refused(tmp_path: Path, header: tuple[str, ...], rows: list[Row], said: str) -> None:
    path = write(tmp_path, "bad.csv", header, ["202404"], rows)
    with pytest.raises(BadInput) as caught:
        vintage(path)
    assert said in str(caught.value)
    assert "bad.csv" in str(caught.value)


@pytest.mark.parametrize("columns", [["202404", "202406"], ["202405", "202404"], ["202404", "202404"]])
def test_bad_month_columns_are_refused(tmp_path: Path, columns: list[str]) -> None:
    rows: list[Row] = [("THEFT", "SHOPLIFTING", "Camden", *([1] * len(columns)))]
    with pytest.raises(BadInput, match="month columns"):
        vintage(write(tmp_path, "bad.csv", UPPER, columns, rows))


def test_a_month_that_is_still_to_come_is_refused(tmp_path: Path) -> None:
    ahead = f"{pd.Timestamp.today() + pd.DateOffset(months=1):%Y%m}"
    with pytest.raises(BadInput, match=f"has a column for {ahead}, a month that is still to come"):
        vintage(write(tmp_path, "bad.csv", UPPER, [ahead], [("THEFT", "SHOPLIFTING", "Camden", 1)]))


@pytest.mark.parametrize(
    ("header", "columns"), [(("A", "B", "C"), ["202404"]), (UPPER, []), (UPPER, ["202413"]), (UPPER[1:], ["202404"])]
)
def test_what_is_no_such_table_is_not_recognised_as_one(
    tmp_path: Path, header: tuple[str, ...], columns: list[str]
) -> None:
    with (tmp_path / "bad.csv").open("w", newline="") as handle:
        csv.writer(handle).writerows([(*header, *columns), ("THEFT", "SHOPLIFTING", "Camden", 1)])
    good, others = entries([tmp_path])
    assert good == []
    assert others[0].problem


def test_files_of_one_kind_are_enough(tmp_path: Path) -> None:
    """An ingest gives what its files give; a damaged file is refused."""
    sample(tmp_path)
    assert set(take(tmp_path / "borough.csv").taken) == {"mps_borough", "mps_borough_whole"}
    assert set(take(tmp_path / "ward.csv").taken) == {"mps_ward"}
    whole = gzip.compress(
        b"\n".join([b"MajorText,MinorText,BoroughName,202404", *[b"%d,b,c,1" % n for n in range(50_000)]])
    )
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match=r"cut\.csv\.gz cannot be read"):
        take(tmp_path)


def test_a_copy_that_others_melted_is_accounted_for(tmp_path: Path) -> None:
    head = "WardName,WardCode,MajorText,MinorText,LookUp_BoroughName,m,n\n"
    (tmp_path / "long.csv").write_text(head + f"Whitechapel,{WHITECHAPEL},THEFT,SHOPLIFTING,Tower Hamlets,202404,3\n")
    read = take(tmp_path)
    assert read.taken == {}
    assert read.context.ledger.intake()["out_of_area"].tolist() == [1]
    assert "no figures are taken" in read.note("long.csv")


def test_boroughs_that_are_none_count_in_london_only(tmp_path: Path) -> None:
    """Quirk 23: the airports under three names, and offences of unknown place."""
    none = [
        "Aviation Security (SO18)",
        "Aviation Security(SO18)",
        "London Heathrow and London City Airports",
        "Unknown",
    ]
    rows: list[Row] = [(*STALKING, name, 1) for name in none]
    read = take(write(tmp_path, "x.csv", UPPER, ["202404"], [(*STALKING, "Tower Hamlets", 5), *rows]))
    assert read["mps_borough"].facts.set_index("area")["numerator"].to_dict() == {TH: 5, LONDON: 9}


def test_ward_names_do_not_matter(tmp_path: Path) -> None:
    """Quirks 24 and 25: two styles of names, names that other boroughs have too, spaces after codes."""
    names = ["St. Peter's", "St Peter's (Tower Hamlets)"]
    rows: list[Row] = [
        (*STALKING, names[0], "E05009331", "Tower Hamlets", 2),
        ("THEFT", "SHOPLIFTING", names[1], "E05009331 ", "Tower Hamlets", 3),
        (*STALKING, "St Peter's", "E05000376", "Islington", 9),
    ]
    facts = take(write(tmp_path, "x.csv", WARD, ["202404"], rows))["mps_ward"].facts
    assert facts.groupby("area")["numerator"].sum().to_dict() == {"E05009331": 5}


def test_financial_years() -> None:
    assert [mps_recorded_crime.financial_year(m) for m in ("2020-03", "2020-04", "2000-01")] == [
        "2019/20",
        "2020/21",
        "1999/00",
    ]


def test_the_declared_table_is_sound() -> None:
    """Every style but the oldest places each category in a series; no row twice; slugs are slugs."""
    with mps_recorded_crime.CATEGORIES.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    keys = [(row["style"], folded(row["major"]), folded(row["minor"])) for row in rows]
    same = {
        key: {(row["series"], row["detail"]) for row, k in zip(rows, keys, strict=True) if k == key} for key in keys
    }
    assert all(len(meant) == 1 for meant in same.values())  # however it is spelt, a category means one thing
    assert len({(row["style"], row["major"], row["minor"]) for row in rows}) == len(rows)
    assert {row["style"] for row in rows} == set(mps_recorded_crime.STYLE_RANK)
    for row in rows:
        assert row["series"].replace("_", "").isalnum() or (row["style"] == "title_2008" and row["note"])
    finest = {row["series"] for row in rows if row["style"] == "upper_split"}
    assert len(finest) == 33
    assert mps_recorded_crime.FINEST_SERIES in finest
    for name, parts in mps_recorded_crime.ROLLUPS.items():
        assert name == "burglary_residential" or name not in finest
        assert set(parts) <= finest


# --- the official files --------------------------------------------------------------------------


@cache
def real(folder: Path) -> Read:
    return take(folder / FOLDER)


def total(official: Path, vintage: str, series: str, area: str, fy: str) -> int:
    """A financial-year total of a borough file from the table vintage_total."""
    table = real(official)["mps_borough"].tables["vintage_total"]
    for column, value in {"vintage": vintage, "series": series, "area": area, "fy": fy}.items():
        table = table[table[column] == value]
    return int(table["total"].item())


def test_real_rows_add_up(official: Path) -> None:
    """Every row of every file is accounted for (the ledger is closed in `take`), and none of a published table is rejected."""
    told = real(official).context.ledger.intake()
    assert len(told) == 19
    assert (told["rows"] > 0).all()
    assert told["rejected"].sum() == 0
    assert told.groupby("format")["rows"].sum().to_dict() == {"mps_borough": 15_095, "mps_ward": 117_251, "mps_ward_long": 77_175}  # fmt: skip
    assert told.groupby("format")["accepted"].sum().to_dict() == {"mps_borough": 15_095, "mps_ward": 3_638, "mps_ward_long": 0}  # fmt: skip


def test_real_figures_are_those_of_the_bundled_release(official: Path) -> None:
    """The snapshot in the checkout was made from these files."""
    whole = {source: item.facts for source, item in real(official).taken.items()}
    judge(whole)
    for source, facts in whole.items():
        bundled = pd.read_parquet(ROOT / "data" / "facts" / f"{source}.parquet")
        keys = ["series", "area", "start", "numerator", "flag", "vintage"]
        ours, theirs = (frame[keys].astype(str).sort_values(keys, ignore_index=True) for frame in (facts, bundled))
        pd.testing.assert_frame_equal(ours, theirs)


def test_real_newest_files_alone_change_nothing(official: Path) -> None:
    """Quirk 21, taken in again after the release that was made from them: no figure moves, and no old month is touched."""
    folder = official / FOLDER / "raw_csv"
    newest = [next(folder.glob("borough_24m_202404-*")), next(folder.glob("ward_25m_*"))]
    base = Base(Snapshot.open(ROOT))
    read = take(*newest, base=base)
    assert min(labels(read["mps_borough_whole"])) == "2024-04"
    assert min(labels(read["mps_ward"])) == "2024-04"  # 2024-03 is a stub
    merged = merge(read.taken.values(), base)
    judge(merged.facts)
    for source in read.taken:
        ours, bundled = merged.facts[source], base.facts(source)
        keys = ["series", "area", "start", "numerator", "flag"]
        same = (frame[keys].astype(str).sort_values(keys, ignore_index=True) for frame in (ours, bundled))
        pd.testing.assert_frame_equal(*same)


def test_real_older_and_coarser_files_change_nothing(official: Path) -> None:
    """ward_24m_202304-202503 does not split stalking, borough_hist_201004-202311 is superseded."""
    folder = official / FOLDER / "raw_csv"
    base = Base(Snapshot.open(ROOT))
    read = take(next(folder.glob("ward_24m_202304*")), next(folder.glob("borough_hist_201004-202311*")), base=base)
    assert read["mps_ward"].facts.empty
    merged = merge(read.taken.values(), base)
    assert len(merged.kept) == 2 * 164  # boroughs and London, April 2010 to November 2023
    for source in ("mps_ward", "mps_borough", "mps_borough_whole"):
        keys = ["series", "area", "start", "numerator", "vintage"]
        same = (frame[keys].astype(str).sort_values(keys, ignore_index=True) for frame in (merged.facts[source], base.facts(source)))  # fmt: skip
        pd.testing.assert_frame_equal(*same)


def test_real_192_months_without_a_gap(official: Path) -> None:
    taken = real(official)
    for source in ("mps_ward", "mps_borough"):
        for cover in taken[source].coverage:
            assert (cover.first, cover.last, cover.missing) == ("2010-04", "2026-03", ())
    assert set(taken["mps_ward"].facts["area"]) == set(WARDS)
    assert set(taken["mps_borough"].facts["area"]) == {*BOROUGHS.values(), LONDON}
    assert pd.to_datetime(taken["mps_ward"].facts["start"]).nunique() == 192


def test_real_stub_months_give_way(official: Path) -> None:
    """ward_25m_202403-202603 holds 2 offences of Tower Hamlets for 202403, parquet recorded-crime-ward 2,773."""
    facts = real(official)["mps_ward"].facts
    march = facts[facts["start"].astype(str) == "2024-03-01"]
    assert (march["numerator"].sum(), set(march["vintage"])) == (2773, {"2026-02"})


def test_real_cells_read_off_the_files(official: Path) -> None:
    taken = real(official)
    # borough_24m_202404-202603.csv: Tower Hamlets, theft from the person; column sum; rows 'Unknown' hold 1,390
    assert pick(taken["mps_borough"], "theft_from_person", TH, "2024-04") == 307
    facts = taken["mps_borough"].facts
    april = facts[(facts["start"].astype(str) == "2024-04-01") & (facts["area"] == LONDON)]
    assert april["numerator"].sum() == 75425
    # ward_25m_202403-202603: Whitechapel, shoplifting
    assert pick(taken["mps_ward"], "shoplifting", WHITECHAPEL, "2024-05") == 13
    # borough_hist_201004-202403.csv: Tower Hamlets, domestic burglary, first month
    assert pick(taken["mps_borough"], "burglary_residential_unsplit", TH, "2010-04") == 90


def test_real_burglary_split_adds_up_in_the_month_of_change(official: Path) -> None:
    """borough_hist_201004-202403.csv, Tower Hamlets 202304: 83 domestic + 12 home + 12 unconnected."""
    borough = real(official)["mps_borough"]
    names = ("burglary_residential_unsplit", "burglary_home", "burglary_unconnected")
    assert [pick(borough, name, TH, "2023-04") for name in names] == [83, 12, 12]
    assert [pick(borough, name, TH, "2023-08") for name in names] == [0, 81, 65]


def test_real_stalking_split_adds_up(official: Path) -> None:
    """Tower Hamlets 202404-06: ward_24m_202304-202503 says 1,771 violence without injury, and 293 residential
    burglaries; ward_24m_202401-202512 says 1,184 + 584 stalking (3 moved elsewhere), and 163 + 130."""
    folder = official / FOLDER / "raw_csv"
    spring = ["2024-04", "2024-05", "2024-06"]

    def sums(name: str) -> dict[str, int]:
        (path,) = folder.glob(name)
        counts = vintage(path).counts
        counts = counts[counts["area"].isin(WARDS) & counts["month"].isin(spring)]
        return {str(key): int(n) for key, n in counts.groupby("series")["n"].sum().items()}

    old, new = sums("ward_24m_202304*"), sums("ward_24m_202401*")
    assert old["violence_without_injury_with_stalking"] == 1771
    assert (new["violence_without_injury"], new["stalking_harassment"]) == (1184, 584)
    assert old["burglary_residential_unsplit"] == 293
    assert (new["burglary_home"], new["burglary_unconnected"]) == (163, 130)


def test_real_vintages_disagree_as_measured(official: Path) -> None:
    """Tower Hamlets 2019/20: 34,693 in borough_hist_201004-202201.csv, 33,056 in borough_hist_201004-202403.csv."""
    assert total(official, "2022-01", "tno", TH, "2019/20") == 34693
    assert total(official, "2024-03", "tno", TH, "2019/20") == 33056
    assert total(official, "2026-03", "tno", TH, "2024/25") == 36465
    # borough_hist_200801-201612: 2008/09 in all, and rape
    assert total(official, "2016-12", "tno", TH, "2008/09") == 27712
    assert total(official, "2016-12", "rape", TH, "2008/09") == 52
    # Rape: 366 in the old files, 264 in the new, because offences without a ward left the borough
    assert total(official, "2022-01", "rape", TH, "2019/20") == 366
    assert total(official, "2024-03", "rape", TH, "2019/20") == 264


def test_real_categories_agree_across_styles_for_london(official: Path) -> None:
    """London holds every row, so old and new files must agree on it: within 1% a year from 2015/16."""
    table = real(official)["mps_borough"].tables["vintage_total"]
    table = table[(table["area"] == LONDON) & table["fy"].between("2015/16", "2020/21")]
    old = table[table["vintage"] == "2022-01"].query("months == 12").set_index(["series", "fy"])["total"]
    new = table[table["vintage"] == "2024-03"].query("months == 12").set_index(["series", "fy"])["total"]
    both = pd.concat([old, new], axis=1, keys=["old", "new"]).dropna()
    both = both[both["old"] > 200]
    assert len(set(both.index.get_level_values("series"))) >= 27
    assert ((both["new"] / both["old"] - 1).abs() < 0.01).all()


def test_real_march_2020_is_flagged(official: Path) -> None:
    """borough_hist_201004-202201.csv: 2,503 offences in 202003; borough_hist_201004-202403.csv: 2,022."""
    for source, area in (("mps_borough", TH), ("mps_ward", WHITECHAPEL)):
        whole = {name: item.facts for name, item in real(official).taken.items()}
        judge(whole)
        facts = whole[source]
        rows = facts[(facts["area"] == area) & (facts["start"].astype(str) == "2020-03-01")]
        assert set(rows["flag"]) == {"many_unlocated"}


def test_real_old_weapons_split(official: Path) -> None:
    """borough_hist_201004-202201.csv, Tower Hamlets 202003: 5 blades, 1 + 1 firearms, 8 other."""
    old = real(official)["mps_borough_2024"]
    names = ("possession_blade", "possession_firearm_all", "possession_other_weapon")
    assert [pick(old, name, TH, "2020-03") for name in names] == [5, 2, 8]
    whole = real(official)["mps_borough_whole"]
    assert [pick(whole, name, TH, "2020-03") for name in ("weapons_possession", "tno")] == [15, 2503]


def test_real_wards_against_an_independent_melt(official: Path) -> None:
    """TH_ward_month_minor_201004-202603_long.csv.gz differs only where our newer vintage restates a month."""
    folder = official
    known = {
        key[1:]: meaning.series for key, meaning in mps_recorded_crime.categories().items() if key[0] == "upper_split"
    }
    path = folder / FOLDER / "TH_ward_month_minor_201004-202603_long.csv.gz"
    long = pd.read_csv(path, dtype={"m": str})
    long["series"] = [
        known[folded(major), folded(minor)] for major, minor in zip(long["MajorText"], long["MinorText"], strict=True)
    ]
    theirs = long.groupby(["series", "WardCode", "m"])["n"].sum()
    facts = real(official)["mps_ward"].facts
    month = pd.to_datetime(facts["start"]).dt.strftime("%Y%m")
    ours = facts.set_index([facts["series"], facts["area"], month])["numerator"]
    both = pd.concat([theirs, ours], axis=1, keys=["theirs", "ours"]).fillna(0)
    differ = both[both["theirs"] != both["ours"]]
    assert len(differ) == 140
    assert (differ["ours"] - differ["theirs"]).sum() == -47
    assert min(at[2] for at in differ.index) == "202402"


def test_real_whole_boroughs_splice_without_a_gap(official: Path) -> None:
    """2019/20 as in borough_hist_201004-202201.csv, 2024/25 as in borough_24m_202404-202603.csv."""
    whole = real(official)["mps_borough_whole"]
    facts = whole.facts[(whole.facts["series"] == "tno") & (whole.facts["area"] == TH)]
    month = pd.to_datetime(facts["start"]).dt.strftime("%Y-%m")
    assert len(facts) == 192
    assert facts["numerator"][month.between("2019-04", "2020-03")].sum() == 34693
    assert facts["numerator"][month.between("2024-04", "2025-03")].sum() == 36465


def test_real_borough_codes_are_those_of_ons(official: Path) -> None:
    path = official / "01_boundaries" / "london_boroughs_ONS_LAD22_BGC.geojson"
    outlines = json.loads(path.read_text(encoding="utf-8"))["features"]
    codes = {one["properties"]["LAD22NM"]: one["properties"]["LAD22CD"] for one in outlines}
    assert {name: code for name, code in codes.items() if name != "City of London"} == BOROUGHS


def test_real_wards_fall_short_of_their_borough(official: Path) -> None:
    """Quirk 22: 202404 to 202603, 0.4% to 14% under; 3,136 against 3,658 in 202408."""
    read = real(official)
    ward, borough = read["mps_ward"].facts, read["mps_borough"].facts
    borough = borough[borough["area"] == TH]
    sums = pd.concat(
        [frame.groupby(frame["start"].astype(str))["numerator"].sum() for frame in (ward, borough)],
        axis=1,
        keys=["w", "b"],
    ).loc["2024-04-01":"2026-03-01"]  # type: ignore[misc]
    assert len(sums) == 24
    short = 1 - sums["w"] / sums["b"]
    assert short.between(0.004, 0.145).all()
    assert sums.loc["2024-08-01"].tolist() == [3136, 3658]
