"""Recorded crime by small area: on small samples of the official shape, and on the official files themselves."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from support import ROOT

from csp_dash.catalogue import load
from csp_dash.ingest.context import Base, Context
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.source_file import entries
from csp_dash.ingest.readers import mps_lsoa
from csp_dash.ingest.release.merge import merge
from csp_dash.warehouse import Snapshot

FILE = "04_mps_recorded_crime/TH_lsoa_wide_202402-202602.csv"
LONDON_FILE = "04_mps_recorded_crime/parquet_fenneh/recorded-crime-lsoa.parquet"
HEADER = ("lsoa_code", "lsoa_name", "borough", "major_category", "minor_category")
CODES = sorted(Context(load(), ROOT / "geo", ROOT / "nowhere").lsoa_wards)
STALKING = ("VIOLENCE AGAINST THE PERSON", "STALKING AND HARASSMENT")
Row = tuple[object, ...]


def take(*paths: Path, base: Base | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table that is taken, and the intake. Every row must be accounted for."""
    good, others = entries(paths)
    assert not [other for other in others if other.problem]
    context = Context(load(), ROOT / "geo", ROOT / "nowhere", base)
    taken = mps_lsoa.read(good, context)
    context.ledger.close(good)
    told = context.ledger.intake()
    if not taken:
        return pd.DataFrame(columns=list(mps_lsoa.COLUMNS)), told
    assert taken[0].facts.empty
    assert taken[0].coverage == []
    return taken[0].tables["lsoa_month"], told


def live(folder: Path, table: pd.DataFrame) -> Base:
    """A table as if it were the live release's."""
    path = folder / "live" / "data" / "tables" / "lsoa_month.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(path)
    return Base(SimpleNamespace(path=(folder / "live").joinpath))  # type: ignore[arg-type]


def write(folder: Path, name: str, months: list[str], rows: list[Row], header: tuple[str, ...] = HEADER) -> Path:
    """A wide CSV of the official shape, with a theft a month in each small area."""
    path = folder / name
    every = [
        (code, f"Tower Hamlets {code[-4:]}", "E09000030", "THEFT", "OTHER THEFT", *[1] * len(months)) for code in CODES
    ]
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([(*header, *months), *every, *rows])
    return path


def row(code: str, *counts: object, borough: str = "E09000030", pair: tuple[str, str] = STALKING) -> Row:
    return (code, "a name", borough, *pair, *counts)


def test_small_areas_of_the_borough_are_kept(tmp_path: Path) -> None:
    """Codes with spaces, other boroughs, offences without a small area."""
    rows = [row(f"{CODES[0]} ", 3, 0), row("E01000006", 9, 9, borough="E09000002"), row("", 5, 5)]
    table, told = take(write(tmp_path, "x.csv", ["202404", "202405"], rows))
    stalking = table[table["series"] == "stalking_harassment"]
    assert stalking[["source", "lsoa", "n"]].values.tolist() == [["mps_lsoa", CODES[0], 3]]
    assert stalking["start"].astype(str).tolist() == ["2024-04-01"]
    assert table["ward"].notna().all()
    assert told[["rows", "accepted", "out_of_area"]].values.tolist() == [[len(CODES) + 3, len(CODES) + 1, 2]]


def test_title_case_names_of_the_header_and_names_of_boroughs(tmp_path: Path) -> None:
    header = ("LSOA Code", "LSOA Name", "Borough", "Major Category", "Minor Category")
    pair = ("Violence Against the Person", "Stalking and Harassment")
    path = write(tmp_path, "x.csv", ["202404"], [row(CODES[0], 3, borough="Tower Hamlets", pair=pair)], header)
    table, _ = take(path)
    assert table.loc[table["series"] == "stalking_harassment", "n"].tolist() == [3]


def test_groups_and_subgroups_are_the_categories_of_2026(tmp_path: Path) -> None:
    header = ("LSOA Code", "LSOA Name", "LookUp_BoroughName", "Group", "SubGroup")
    table, _ = take(write(tmp_path, "x.csv", ["202604"], [row(CODES[0], 3, borough="Tower Hamlets")], header))
    assert table.loc[table["series"] == "stalking_harassment", "n"].tolist() == [3]


def test_a_stub_is_passed_over(tmp_path: Path) -> None:
    """Quirk 20: the first month holds 1 offence."""
    path = write(tmp_path, "x.csv", ["202402", "202403", "202404"], [row(CODES[0], 0, 2000, 2000)])
    table, told = take(path)
    assert set(table["start"].astype(str)) == {"2024-03-01", "2024-04-01"}
    assert "2024-02 is no whole month" in told["note"].iloc[0]
    base = live(tmp_path, table)
    assert take(write(tmp_path, "y.csv", ["202404"], []), base=base)[0].empty


def test_the_file_that_reaches_furthest_gives_a_month(tmp_path: Path) -> None:
    old = write(tmp_path, "old.csv", ["202403", "202404"], [row(CODES[0], 7, 7)])
    new = write(tmp_path, "new.csv", ["202404", "202405"], [row(CODES[0], 8, 8)])
    table, _ = take(new, old)
    stalking = table[table["series"] == "stalking_harassment"].sort_values("start")
    assert stalking["n"].tolist() == [7, 8, 8]
    base = live(tmp_path, take(new)[0])
    later, _ = take(old, base=base)  # an older file gives only what the live table lacks
    assert set(later["start"].astype(str)) == {"2024-03-01"}


def test_of_two_that_end_alike_the_fuller_counts(tmp_path: Path) -> None:
    small = write(tmp_path, "a.csv", ["202404"], [row(CODES[0], 7)])
    write(tmp_path, "b.csv", ["202404"], [row(CODES[0], 7), row(CODES[1], 2)])
    table, told = take(tmp_path)
    assert table.loc[table["series"] == "stalking_harassment", "n"].tolist() == [7, 2]
    assert told.set_index("file").loc["a.csv", "note"] == "All its figures stand in b.csv too."
    write(tmp_path, "a.csv", ["202404"], [row(CODES[0], 8)])
    with pytest.raises(
        BadInput, match=r"a\.csv and b\.csv both reach to 2024-04, and differ for .* \(files of small areas\)"
    ):
        take(small, tmp_path / "b.csv")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row(CODES[0], "few")], "'few' is not a count"),
        ([row("E01999999", 1)], "'E01999999' is given as a small area of Tower Hamlets"),
        (
            [row(CODES[0], 1, pair=("THEFT", "THEFT OF COMETS"))],
            "'THEFT / THEFT OF COMETS' is not in mps_categories.csv",
        ),
        ([row(CODES[0], 1)] * 2, "two rows for"),
        ([(CODES[0], "x", "E09000030", *STALKING)], "has 5 columns, not 6"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, rows: list[Row], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        take(write(tmp_path, "bad.csv", ["202404"], rows))
    assert said in str(caught.value)
    assert f"bad.csv, line {len(CODES) + 2 + (said == 'two rows for')}" in str(caught.value)


def test_a_cut_of_a_few_small_areas_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "cut.csv").open("w", newline="") as handle:
        csv.writer(handle).writerows([(*HEADER, "202404"), row(CODES[0], 1)])
    with pytest.raises(BadInput, match="names 1 small areas of Tower Hamlets"):
        take(tmp_path)


def test_files_without_rows_or_of_other_boroughs_give_nothing(tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text(",".join([*HEADER, "202404"]) + "\n")
    with (tmp_path / "other.csv").open("w", newline="") as handle:
        csv.writer(handle).writerows([(*HEADER, "202404"), row("E01000006", 9, borough="E09000002")])
    table, told = take(tmp_path)
    assert table.empty
    assert told["out_of_area"].tolist() == [0, 1]


# --- the official files --------------------------------------------------------------------------


def test_real_files_agree_and_add_up(official: Path) -> None:
    """The cut for Tower Hamlets is a part of London's; 68,528 offences from March 2024 to February 2026."""
    table, told = take(official / LONDON_FILE, official / FILE)
    sums = told.groupby("file")[["rows", "accepted", "out_of_area"]].sum().values.tolist()
    assert sorted(sums) == [[3812, 3812, 0], [105620, 3812, 101808]]
    wide = pd.read_csv(official / FILE)
    assert table["n"].sum() == wide.filter(regex=r"^\d{6}$").drop(columns="202402").to_numpy().sum() == 68528
    assert table["lsoa"].nunique() == 169
    assert table["series"].nunique() == 28
    starts = table["start"].astype(str)
    assert (starts.min(), starts.max(), starts.nunique()) == ("2024-03-01", "2026-02-01", 24)
    # TH_lsoa_wide: E01004198, burglary of homes, August 2025
    mine = wide[(wide["lsoa_code"] == "E01004198") & (wide["minor_category"] == "RES BURGLARY OF A HOME")]
    ours = table[(table["lsoa"] == "E01004198") & (table["series"] == "burglary_home") & (starts == "2025-08-01")]
    assert ours["n"].sum() == mine["202508"].sum()


def test_real_table_joins_the_others_of_the_live_release(official: Path) -> None:
    """Rows of police.uk stay."""
    base = Base(Snapshot.open(ROOT))
    before = base.table("lsoa_month")
    before = before[before["source"] != "mps_lsoa"]
    good, _ = entries([official / FILE])
    merged = merge(mps_lsoa.read(good, Context(load(), ROOT / "geo", ROOT / "nowhere", base)), base)
    sums = merged.tables["lsoa_month"].groupby("source")["n"].sum().to_dict()
    assert sums == before.groupby("source")["n"].sum().to_dict() | {"mps_lsoa": 68528}
