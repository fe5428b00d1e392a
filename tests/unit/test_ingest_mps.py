"""Ward and borough recorded crime: on small samples of the official shape, and on the official files themselves."""

from __future__ import annotations

import csv
import gzip
import json
import os
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from csp_dash.ingest import mps
from csp_dash.ingest.facts import BadInput, Taken

WHITECHAPEL = "E05009336"
TH, HACKNEY, LONDON = "E09000030", "E09000012", "E12000007"
UPPER = ("MajorText", "MinorText", "BoroughName")
TITLE = ("MajorText", "MinorText", "LookUp_BoroughName")
OLDEST = ("Borough", "Major Category", "Minor Category")
WARD = ("MajorText", "MinorText", "WardName", "WardCode", "LookUp_BoroughName")
PERSON = "VIOLENCE AGAINST THE PERSON"


def months(first: str, count: int) -> list[str]:
    """`count` month columns from `first` (YYYYMM)."""
    return pd.period_range(f"{first[:4]}-{first[4:]}", periods=count, freq="M").strftime("%Y%m").tolist()


def write(folder: Path, name: str, header: tuple[str, ...], columns: list[str], rows: list[tuple[object, ...]]) -> Path:
    """A wide CSV of the official shape under 04_mps_recorded_crime/raw_csv."""
    path = folder / mps.FOLDER / "raw_csv" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8-sig") as handle:
        csv.writer(handle).writerows([(*header, *columns), *rows])
    return path


def ward_row(major: str, minor: str, code: str, *counts: int) -> tuple[object, ...]:
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
            (PERSON, "STALKING AND HARASSMENT", "Tower Hamlets", 5, 6),
            (PERSON, "STALKING AND HARASSMENT", "Unknown", 1, 0),
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
            ward_row(PERSON, "STALKING AND HARASSMENT", f"{WHITECHAPEL} ", 5, 6),
            ward_row(PERSON, "HOMICIDE", "E05009317", 0, 1),
            ("THEFT", "SHOPLIFTING", "Bow East", "E05009367", "Hackney", 7, 8),
        ],
    )
    return folder


def by_source(folder: Path) -> dict[str, Taken]:
    return {taken.source: taken for taken in mps.read(folder)}


def pick(taken: Taken, series: str, area: str, month: str) -> float:
    """The figure of a month, 0 when its row was left out."""
    facts = taken.facts
    rows = facts[(facts["series"] == series) & (facts["area"] == area)]
    rows = rows[pd.to_datetime(rows["start"]).dt.strftime("%Y-%m") == month]
    assert len(rows) <= 1
    return float(rows["numerator"].sum())


def test_newest_style_gives_wards_boroughs_and_london(tmp_path: Path) -> None:
    taken = by_source(sample(tmp_path))
    assert set(taken) == {"mps_ward", "mps_borough", "mps_borough_whole"}
    ward, borough = taken["mps_ward"], taken["mps_borough"]
    assert pick(ward, "stalking_harassment", WHITECHAPEL, "2024-05") == 6
    assert set(ward.facts["area"]) == {WHITECHAPEL, "E05009317"}
    assert pick(borough, "shoplifting", HACKNEY, "2024-04") == 7
    assert pick(borough, "stalking_harassment", LONDON, "2024-04") == 6  # 5 here and 1 of unknown place
    assert set(borough.facts["area"]) == {TH, HACKNEY, LONDON}
    assert set(borough.facts["vintage"]) == {"2024-05"}
    days = borough.facts[["start", "finish"]].astype(str).drop_duplicates().sort_values("start").values.tolist()
    assert days == [["2024-04-01", "2024-04-30"], ["2024-05-01", "2024-05-31"]]


def test_zero_rows_are_left_out_and_declared(tmp_path: Path) -> None:
    taken = by_source(sample(tmp_path))
    for one in taken.values():
        assert (one.facts["numerator"] > 0).all()
        assert all(cover.zero_fill and cover.missing == () for cover in one.coverage)
    assert [(c.area_kind, c.first, c.last) for c in taken["mps_borough"].coverage] == [
        ("borough", "2024-04", "2024-05"),
        ("region", "2024-04", "2024-05"),
    ]


def test_a_missing_month_is_declared_missing(tmp_path: Path) -> None:
    sample(tmp_path)
    write(tmp_path, "later.csv", UPPER, ["202407"], [(PERSON, "STALKING AND HARASSMENT", "Tower Hamlets", 5)])
    assert by_source(tmp_path)["mps_borough"].coverage[0].missing == ("2024-06",)


def test_each_header_vintage_is_read(tmp_path: Path) -> None:
    one = ["202001"]
    oldest = write(tmp_path, "a.csv", OLDEST, one, [("Camden", "Burglary", "Burglary - Residential", 3)])
    title = write(tmp_path, "b.csv", TITLE, one, [("Burglary", "Domestic Burglary", "Camden", 3)])
    unsplit = write(tmp_path, "c.csv", UPPER, one, [("BURGLARY", "BURGLARY IN A DWELLING", "Camden", 3)])
    split = write(
        tmp_path,
        "d.csv",
        UPPER,
        one,
        [("BURGLARY", "DOMESTIC BURGLARY", "Camden", 3), (PERSON, "STALKING AND HARASSMENT", "Camden", 4)],
    )
    read = [mps.read_vintage(path) for path in (oldest, title, unsplit, split)]
    assert [vintage.style for vintage in read] == ["title_2008", "title_2020", "upper_unsplit", "upper_split"]
    for vintage in read:
        rows = vintage.counts[(vintage.counts["series"] == "burglary_residential_unsplit")]
        assert rows.set_index("area")["n"].to_dict() == {"E09000007": 3, LONDON: 3}


def test_lower_case_parquet_header_is_read(tmp_path: Path) -> None:
    folder = tmp_path / mps.FOLDER / "parquet_fenneh"
    folder.mkdir(parents=True)
    path = folder / "recorded-crime-ward-historical.parquet"
    row = {"wardname": "x", "wardcode": WHITECHAPEL, "majortext": "THEFT", "minortext": "SHOPLIFTING"}
    pd.DataFrame([row | {"lookup_boroughname": "Tower Hamlets", "202001": 2}]).to_parquet(path)
    vintage = mps.read_vintage(path)
    assert (vintage.grain, vintage.totals(WHITECHAPEL).to_dict()) == ("ward", {"2020-01": 2})


def test_newest_vintage_wins_a_month_but_a_stub_never_does(tmp_path: Path) -> None:
    """The stub is a first month under a fifth of its neighbours, whatever the file is called."""
    sample(tmp_path)
    stalking = (PERSON, "STALKING AND HARASSMENT")
    write(tmp_path, "new.csv", UPPER, months("202405", 3), [(*stalking, "Tower Hamlets", 1, 50, 60)])
    taken = by_source(tmp_path)["mps_borough"]
    assert pick(taken, "stalking_harassment", TH, "2024-05") == 6
    assert pick(taken, "stalking_harassment", TH, "2024-06") == 50
    table = taken.tables["vintage_total"]
    row = table[(table["vintage"] == "2024-07") & (table["series"] == "tno") & (table["area"] == TH)].iloc[0]
    assert (row["fy"], row["months"], row["total"]) == ("2024/25", 2, 110)


def test_a_full_first_month_of_the_newest_vintage_does_win(tmp_path: Path) -> None:
    sample(tmp_path)
    write(tmp_path, "new.csv", UPPER, months("202405", 2), [(PERSON, "STALKING AND HARASSMENT", "Tower Hamlets", 9, 9)])
    assert pick(by_source(tmp_path)["mps_borough"], "stalking_harassment", TH, "2024-05") == 9


def test_a_coarser_style_never_replaces_a_finer_one(tmp_path: Path) -> None:
    sample(tmp_path)
    rows = [(PERSON, "VIOLENCE WITHOUT INJURY", "Tower Hamlets", 40, 40, 40)]
    write(tmp_path, "coarse.csv", UPPER, months("202404", 3), rows)
    taken = by_source(tmp_path)["mps_borough"]
    assert pick(taken, "stalking_harassment", TH, "2024-05") == 6
    assert pick(taken, "violence_without_injury_with_stalking", TH, "2024-05") == 0
    assert pick(taken, "violence_without_injury_with_stalking", TH, "2024-06") == 40


def test_title_case_weapons_keep_their_split(tmp_path: Path) -> None:
    sample(tmp_path)
    major = "Possession of Weapons"
    rows = [
        (major, "Possession of Article with Blade or Point", "Tower Hamlets", 3),
        (major, "Possession of Firearm with Intent", "Tower Hamlets", 1),
        (major, "Possession of Firearms Offences", "Tower Hamlets", 2),
        ("Theft", "Shoplifting", "Tower Hamlets", 4),
    ]
    write(tmp_path, "old.csv", TITLE, ["201904"], rows)
    old = by_source(tmp_path)["mps_borough_2024"]
    figures = {name: pick(old, name, TH, "2019-04") for name in ("possession_blade", "possession_firearm_all")}
    assert figures == {"possession_blade": 3, "possession_firearm_all": 3}
    whole = by_source(tmp_path)["mps_borough_whole"]
    assert pick(whole, "weapons_possession", TH, "2019-04") == 6
    assert pick(whole, "tno", TH, "2019-04") == 10


def test_thin_months_and_early_splits_are_flagged(tmp_path: Path) -> None:
    """100 offences in the old vintage, 80 in the new: more than 9% fewer."""
    sample(tmp_path)
    write(tmp_path, "old.csv", TITLE, ["202305"], [("Theft", "Shoplifting", "Tower Hamlets", 100)])
    new = [
        ("THEFT", "SHOPLIFTING", "Tower Hamlets", 78),
        ("BURGLARY", "RES BURGLARY OF A HOME", "Tower Hamlets", 2),
        (PERSON, "STALKING AND HARASSMENT", "Unknown", 20),
    ]
    write(tmp_path, "new.csv", UPPER, ["202305"], new)
    with pytest.raises(BadInput, match="both borough files that end in 2023-05"):
        mps.read(tmp_path)
    two = [("Theft", "Shoplifting", "Tower Hamlets", 100, 100)]
    write(tmp_path, "old.csv", TITLE, months("202305", 2), two)
    facts = by_source(tmp_path)["mps_borough"].facts
    flags = facts[pd.to_datetime(facts["start"]).dt.month == 5].set_index(["area", "series"])["flag"]
    flags = flags[[str(at[0]) in (TH, LONDON) for at in flags.index]]
    assert flags[TH, "shoplifting"] == "many_unlocated"
    assert flags[TH, "burglary_home"] == "split_incomplete"


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        (("A", "B", "C"), [("x", "y", "z", 1)], "unknown header"),
        (UPPER, [("THEFT", "THEFT OF COMETS", "Camden", 1)], "THEFT OF COMETS' is not in mps_categories.csv"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden", "many")], "'many' is not a count"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden", -1)], "'-1' is not a count"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden", "1.5")], "'1.5' is not a count"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden")], "damaged or cut short"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Camden", 1)] * 2, "two rows for Camden / THEFT / SHOPLIFTING"),
        (UPPER, [("THEFT", "SHOPLIFTING", "Gotham", 1)], "'Gotham' is no London borough"),
        (WARD, [ward_row("THEFT", "SHOPLIFTING", "E05000575", 1)], "ward code 'E05000575'"),
    ],
)
def test_bad_files_are_refused(
    tmp_path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]], said: str
) -> None:
    path = write(tmp_path, "bad.csv", header, ["202404"], rows)
    with pytest.raises(BadInput) as caught:
        mps.read_vintage(path)
    assert said in str(caught.value)
    assert "bad.csv" in str(caught.value)


@pytest.mark.parametrize("columns", [[], ["202404", "202406"], ["202413"]])
def test_bad_month_columns_are_refused(tmp_path: Path, columns: list[str]) -> None:
    rows = [("THEFT", "SHOPLIFTING", "Camden", *([1] * len(columns)))]
    with pytest.raises(BadInput, match="month columns"):
        mps.read_vintage(write(tmp_path, "bad.csv", UPPER, columns, rows))


def test_missing_and_damaged_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No file matches"):
        mps.read(tmp_path)
    sample(tmp_path)
    (tmp_path / mps.FOLDER / "raw_csv" / "ward.csv").unlink()
    with pytest.raises(BadInput, match="No MPS ward-level file"):
        mps.read(tmp_path)
    whole = gzip.compress(b"MajorText,MinorText,BoroughName,202404\n" * 500)
    (tmp_path / mps.FOLDER / "raw_csv" / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match=r"cut\.csv\.gz cannot be read"):
        mps.read(tmp_path)


def test_financial_years() -> None:
    assert [mps.financial_year(m) for m in ("2020-03", "2020-04", "2000-01")] == ["2019/20", "2020/21", "1999/00"]


def test_the_declared_table_is_sound() -> None:
    """Every style but the oldest places each category in a series; no row twice; slugs are slugs."""
    with mps.CATEGORIES.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    keys = [(row["style"], row["major"], row["minor"]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert {row["style"] for row in rows} == set(mps.STYLE_RANK)
    for row in rows:
        assert row["series"].replace("_", "").isalnum() or (row["style"] == "title_2008" and row["note"])
    finest = {row["series"] for row in rows if row["style"] == "upper_split"}
    assert len(finest) == 33
    for name, parts in mps.ROLLUPS.items():
        assert name == "burglary_residential" or name not in finest
        assert set(parts) <= finest


# --- the official files --------------------------------------------------------------------------


def official() -> Path:
    """The folder of official files, or skip."""
    given = os.environ.get("CSP_DASH_OFFICIAL")
    folder = Path(given) if given else Path(__file__).resolve().parents[3] / "shared" / "data"
    if not (folder / mps.FOLDER).is_dir():
        pytest.skip("the official files are not here")
    return folder


@cache
def real(folder: Path) -> dict[str, Taken]:
    return by_source(folder)


def total(source: str, vintage: str, series: str, area: str, fy: str) -> int:
    """A financial-year total from the table vintage_total."""
    table = real(official())["mps_borough"].tables["vintage_total"]
    for column, value in {"source": source, "vintage": vintage, "series": series, "area": area, "fy": fy}.items():
        table = table[table[column] == value]
    return int(table["total"].item())


def test_real_192_months_without_a_gap() -> None:
    taken = real(official())
    for source in ("mps_ward", "mps_borough"):
        for cover in taken[source].coverage:
            assert (cover.first, cover.last, cover.missing) == ("2010-04", "2026-03", ())
    assert set(taken["mps_ward"].facts["area"]) == set(mps.WARDS)
    assert set(taken["mps_borough"].facts["area"]) == {*mps.BOROUGHS.values(), LONDON}
    assert pd.to_datetime(taken["mps_ward"].facts["start"]).nunique() == 192


def test_real_stub_months_give_way() -> None:
    """ward_25m_202403-202603 holds 2 offences of Tower Hamlets for 202403, parquet recorded-crime-ward 2,773."""
    facts = real(official())["mps_ward"].facts
    march = facts[facts["start"].astype(str) == "2024-03-01"]
    assert (march["numerator"].sum(), set(march["vintage"])) == (2773, {"2026-02"})


def test_real_cells_read_off_the_files() -> None:
    taken = real(official())
    # borough_24m_202404-202603.csv: Tower Hamlets, theft from the person; column sum; rows 'Unknown' hold 1,390
    assert pick(taken["mps_borough"], "theft_from_person", TH, "2024-04") == 307
    facts = taken["mps_borough"].facts
    april = facts[(facts["start"].astype(str) == "2024-04-01") & (facts["area"] == LONDON)]
    assert april["numerator"].sum() == 75425
    # ward_25m_202403-202603: Whitechapel, shoplifting
    assert pick(taken["mps_ward"], "shoplifting", WHITECHAPEL, "2024-05") == 13
    # borough_hist_201004-202403.csv: Tower Hamlets, domestic burglary, first month
    assert pick(taken["mps_borough"], "burglary_residential_unsplit", TH, "2010-04") == 90


def test_real_burglary_split_adds_up_in_the_month_of_change() -> None:
    """borough_hist_201004-202403.csv, Tower Hamlets 202304: 83 domestic + 12 home + 12 unconnected."""
    borough = real(official())["mps_borough"]
    names = ("burglary_residential_unsplit", "burglary_home", "burglary_unconnected")
    assert [pick(borough, name, TH, "2023-04") for name in names] == [83, 12, 12]
    assert [pick(borough, name, TH, "2023-08") for name in names] == [0, 81, 65]


def test_real_stalking_split_adds_up() -> None:
    """Tower Hamlets 202404-06: ward_24m_202304-202503 says 1,771 violence without injury, and 293 residential
    burglaries; ward_24m_202401-202512 says 1,184 + 584 stalking (3 moved elsewhere), and 163 + 130."""
    folder = official() / mps.FOLDER / "raw_csv"
    spring = ["2024-04", "2024-05", "2024-06"]

    def sums(name: str) -> dict[str, int]:
        (path,) = folder.glob(name)
        counts = mps.read_vintage(path).counts
        counts = counts[counts["area"].isin(mps.WARDS) & counts["month"].isin(spring)]
        return {str(key): int(n) for key, n in counts.groupby("series")["n"].sum().items()}

    old, new = sums("ward_24m_202304*"), sums("ward_24m_202401*")
    assert old["violence_without_injury_with_stalking"] == 1771
    assert (new["violence_without_injury"], new["stalking_harassment"]) == (1184, 584)
    assert old["burglary_residential_unsplit"] == 293
    assert (new["burglary_home"], new["burglary_unconnected"]) == (163, 130)


def test_real_vintages_disagree_as_measured() -> None:
    """Tower Hamlets 2019/20: 34,693 in borough_hist_201004-202201.csv, 33,056 in borough_hist_201004-202403.csv."""
    assert total("mps_borough", "2022-01", "tno", TH, "2019/20") == 34693
    assert total("mps_borough", "2024-03", "tno", TH, "2019/20") == 33056
    assert total("mps_borough", "2026-03", "tno", TH, "2024/25") == 36465
    # borough_hist_200801-201612: 2008/09 in all, and rape
    assert total("mps_borough", "2016-12", "tno", TH, "2008/09") == 27712
    assert total("mps_borough", "2016-12", "rape", TH, "2008/09") == 52
    # Rape: 366 in the old files, 264 in the new, because offences without a ward left the borough
    assert total("mps_borough", "2022-01", "rape", TH, "2019/20") == 366
    assert total("mps_borough", "2024-03", "rape", TH, "2019/20") == 264


def test_real_categories_agree_across_styles_for_london() -> None:
    """London holds every row, so old and new files must agree on it: within 1% a year from 2015/16."""
    table = real(official())["mps_borough"].tables["vintage_total"]
    table = table[(table["area"] == LONDON) & table["fy"].between("2015/16", "2020/21")]
    old = table[table["vintage"] == "2022-01"].query("months == 12").set_index(["series", "fy"])["total"]
    new = table[table["vintage"] == "2024-03"].query("months == 12").set_index(["series", "fy"])["total"]
    both = pd.concat([old, new], axis=1, keys=["old", "new"]).dropna()
    both = both[both["old"] > 200]
    assert len(set(both.index.get_level_values("series"))) >= 27
    assert ((both["new"] / both["old"] - 1).abs() < 0.01).all()


def test_real_march_2020_is_flagged() -> None:
    """borough_hist_201004-202201.csv: 2,503 offences in 202003; borough_hist_201004-202403.csv: 2,022."""
    for source, area in (("mps_borough", TH), ("mps_ward", WHITECHAPEL)):
        facts = real(official())[source].facts
        rows = facts[(facts["area"] == area) & (facts["start"].astype(str) == "2020-03-01")]
        assert set(rows["flag"]) == {"many_unlocated"}


def test_real_old_weapons_split() -> None:
    """borough_hist_201004-202201.csv, Tower Hamlets 202003: 5 blades, 1 + 1 firearms, 8 other."""
    old = real(official())["mps_borough_2024"]
    names = ("possession_blade", "possession_firearm_all", "possession_other_weapon")
    assert [pick(old, name, TH, "2020-03") for name in names] == [5, 2, 8]
    whole = real(official())["mps_borough_whole"]
    assert [pick(whole, name, TH, "2020-03") for name in ("weapons_possession", "tno")] == [15, 2503]


def test_real_wards_against_an_independent_melt() -> None:
    """TH_ward_month_minor_201004-202603_long.csv.gz differs only where our newer vintage restates a month."""
    folder = official()
    known = {key[1:]: meaning.series for key, meaning in mps.categories().items() if key[0] == "upper_split"}
    path = folder / mps.FOLDER / "TH_ward_month_minor_201004-202603_long.csv.gz"
    long = pd.read_csv(path, dtype={"m": str})
    long["series"] = [known[pair] for pair in zip(long["MajorText"], long["MinorText"], strict=True)]
    theirs = long.groupby(["series", "WardCode", "m"])["n"].sum()
    facts = real(folder)["mps_ward"].facts
    month = pd.to_datetime(facts["start"]).dt.strftime("%Y%m")
    ours = facts.set_index([facts["series"], facts["area"], month])["numerator"]
    both = pd.concat([theirs, ours], axis=1, keys=["theirs", "ours"]).fillna(0)
    differ = both[both["theirs"] != both["ours"]]
    assert len(differ) == 140
    assert (differ["ours"] - differ["theirs"]).sum() == -47
    assert min(at[2] for at in differ.index) == "202402"


def test_real_whole_boroughs_splice_without_a_gap() -> None:
    """2019/20 as in borough_hist_201004-202201.csv, 2024/25 as in borough_24m_202404-202603.csv."""
    whole = by_source(official())["mps_borough_whole"]
    facts = whole.facts[(whole.facts["series"] == "tno") & (whole.facts["area"] == TH)]
    month = pd.to_datetime(facts["start"]).dt.strftime("%Y-%m")
    assert len(facts) == 192
    assert facts["numerator"][month.between("2019-04", "2020-03")].sum() == 34693
    assert facts["numerator"][month.between("2024-04", "2025-03")].sum() == 36465


def test_real_borough_codes_are_those_of_ons() -> None:
    path = official() / "01_boundaries" / "london_boroughs_ONS_LAD22_BGC.geojson"
    outlines = json.loads(path.read_text(encoding="utf-8"))["features"]
    codes = {one["properties"]["LAD22NM"]: one["properties"]["LAD22CD"] for one in outlines}
    assert {name: code for name, code in codes.items() if name != "City of London"} == mps.BOROUGHS
