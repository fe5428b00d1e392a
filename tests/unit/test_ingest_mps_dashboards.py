"""Hate and special categories, knife crime and VAWG: small samples of the official shape, then the files themselves."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from csp_dash.ingest import mps_dashboards as dash
from csp_dash.ingest.facts import BadInput, Taken

TH, LONDON = "E09000030", "E12000007"
HATE_FILE = "MPS Monthly Crime Other Crime Borough Level Off Type.csv"
KNIFE_FILE = "MPS_MonthlyCrimeDashboard_KnifeCrime_x.parquet"


def place(folder: Path, name: str, text: str) -> Path:
    path = folder / dash.FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def hate(folder: Path, *rows: str, months: str = "201004,201005") -> Path:
    return place(folder, HATE_FILE, "\n".join([f"Borough,MajorText,MinorText,{months}", *rows]) + "\n")


def knife(folder: Path, *rows: tuple[str, str, str | None, str, str, int]) -> Path:
    """Rows: area_type, borough_snt, area_code, crime_subtype, measure, count; all of March 2024."""
    names = ["area_type", "borough_snt", "area_code", "crime_subtype", "measure", "count"]
    frame = pd.DataFrame(rows, columns=names).assign(month_year=pd.Timestamp("2024-03-01"))
    path = folder / dash.FOLDER / KNIFE_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path)
    return path


def vawg(folder: Path, *rows: str) -> None:
    header = "bcu_location,borough_name,ward_name_clean_2,recorded_date_months,date_committed_from_date_months,count"
    for word in ("offences", "victims"):
        place(folder, f"TH_MPS_vawg-{word}_x.csv", "\n".join([header, *rows]) + "\n")


def pick(taken: Taken, series: str, area: str, first: str, last: str) -> float:
    """Sum from one month to another (YYYY-MM)."""
    facts = taken.facts[(taken.facts["series"] == series) & (taken.facts["area"] == area)]
    months = pd.to_datetime(facts["start"]).dt.strftime("%Y-%m")
    return float(facts.loc[months.between(first, last), "numerator"].sum())


def test_hate_airport_counts_in_london_only(tmp_path: Path) -> None:
    hate(tmp_path, "Tower Hamlets,Hate,Islamophobic,2,0", "Aviation Security(SO18),Hate,Islamophobic,1,0")
    taken = dash.read_hate_special(tmp_path)
    figures = taken.facts.set_index("area")["numerator"].to_dict()
    assert figures == {TH: 2, LONDON: 3}  # May is zero everywhere: left out, declared
    assert taken.coverage[0].last == "2010-05"
    assert taken.coverage[0].zero_fill


def test_hate_tno_is_victim_and_state_based(tmp_path: Path) -> None:
    hate(tmp_path, "Tower Hamlets,Special,TNO State Based,2,3", "Tower Hamlets,Special,TNO Victim Based,10,10")
    assert pick(dash.read_hate_special(tmp_path), "tno", TH, "2010-04", "2010-05") == 25


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Tower Hamlets,Hate,Misogyny,1,1", "Hate / Misogyny' is unknown"),
        ("Gotham,Hate,Islamophobic,1,1", "'Gotham' is no London borough"),
        ("Tower Hamlets,Hate,Islamophobic,1,", "is not a count"),
        ("Tower Hamlets,Hate,Islamophobic,1,-2", "'-2' is not a count"),
        ("Tower Hamlets,Hate,Islamophobic,1,1\nTower Hamlets,Hate,Islamophobic,1,1", "twice"),
    ],
)
def test_hate_refuses(tmp_path: Path, row: str, said: str) -> None:
    hate(tmp_path, row)
    with pytest.raises(BadInput) as caught:
        dash.read_hate_special(tmp_path)
    assert said in str(caught.value)


def test_hate_unknown_header_and_missing_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No file matches"):
        dash.read_hate_special(tmp_path)
    place(tmp_path, HATE_FILE, "Place,Major,Minor,201004\nx,y,z,1\n")
    with pytest.raises(BadInput, match="no column borough"):
        dash.read_hate_special(tmp_path)


def test_knife_codes_are_stripped_and_boroughs_are_their_own_rows(tmp_path: Path) -> None:
    snt = "Safer Neighbourhood Teams"
    knife(
        tmp_path,
        ("Borough", "Tower Hamlets", "E09000030", "Knife Crime", "Offences", 10),
        ("Borough", "Other / NK", None, "Knife Crime", "Offences", 4),
        (snt, "Tower Hamlets Whitechapel", "E05009336 ", "Knife Crime", "Offences", 3),
        (snt, "Hackney Whitechapel", "E05009336", "Knife Crime", "Offences", 1),
        (snt, "Brent Kilburn", "E05013509", "Knife Crime", "Offences", 5),
        ("Borough", "Tower Hamlets", "E09000030", "Knife Crime", "Positive Outcomes", 2),
    )
    facts = dash.read_knife(tmp_path).facts
    offences = facts[facts["series"] == "knife_offences"].set_index("area")["numerator"].to_dict()
    assert offences == {TH: 10, LONDON: 14, "E05009336": 4}
    assert facts[facts["series"] == "knife_positive_outcomes"].set_index("area")["numerator"][TH] == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("Borough", "x", "E09000030", "Sword Crime", "Offences", 1), "Sword Crime / Offences"),
        (("Borough", "x", "E09000099", "Knife Crime", "Offences", 1), "'E09000099' is unknown"),
        (("Ward", "x", "E05009336", "Knife Crime", "Offences", 1), "unknown area_type 'Ward'"),
        (("Borough", "x", "E09000030", "Knife Crime", "Offences", -1), "'-1' is not a count"),
    ],
)
def test_knife_refuses(tmp_path: Path, row: tuple[str, str, str, str, str, int], said: str) -> None:
    knife(tmp_path, row)
    with pytest.raises(BadInput) as caught:
        dash.read_knife(tmp_path)
    assert said in str(caught.value)


def test_vawg_without_ward_counts_in_the_borough(tmp_path: Path) -> None:
    vawg(
        tmp_path,
        "Central East,Tower Hamlets,St. Dunstan's,2014-01-01,2013-12-01,2",
        "Central East,Tower Hamlets,St Dunstans,2014-01-01,2014-01-01,1",
        "Central East,Tower Hamlets,,2014-01-01,,4",
    )
    facts = dash.read_vawg(tmp_path).facts
    assert facts[facts["series"] == "vawg_offences"].set_index("area")["numerator"].to_dict() == {"E05009329": 3, TH: 7}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x,Tower Hamlets,Atlantis,2014-01-01,2014-01-01,1", "'atlantis' is unknown"),
        ("x,Tower Hamlets,Weavers,January,2014-01-01,1", "is no date"),
        ("x,Tower Hamlets,Weavers,2014-01-01,2014-01-01,few", "'few' is not a count"),
        ("x,Hackney,Weavers,2014-01-01,2014-01-01,1", "no row of Tower Hamlets"),
    ],
)
def test_vawg_refuses(tmp_path: Path, row: str, said: str) -> None:
    vawg(tmp_path, row)
    with pytest.raises(BadInput) as caught:
        dash.read_vawg(tmp_path)
    assert said in str(caught.value)


def test_two_files_for_one_source_are_refused(tmp_path: Path) -> None:
    path = hate(tmp_path, "Tower Hamlets,Hate,Islamophobic,2,0")
    path.with_name(HATE_FILE.replace(".csv", " (1).csv")).write_bytes(path.read_bytes())
    with pytest.raises(BadInput, match="2 files match"):
        dash.read_hate_special(tmp_path)


def test_every_ward_has_a_name() -> None:
    assert set(dash.WARD_NAMES.values()) == set(dash.WARDS)


# --- the official files --------------------------------------------------------------------------


@cache
def real() -> dict[str, Taken]:
    given = os.environ.get("CSP_DASH_OFFICIAL")
    folder = Path(given) if given else Path(__file__).resolve().parents[3] / "shared" / "data"
    if not (folder / dash.FOLDER).is_dir():
        pytest.skip("the official files are not here")
    return {taken.source: taken for taken in dash.read(folder)}


def test_real_hate_special_2020_21_and_2019_20() -> None:
    """MPS Monthly Crime Other Crime Borough Level Off Type_201004-202105.csv, rows of Tower Hamlets added up."""
    taken = real()["mps_hate_special"]
    expected = {"hate_racist_religious": 1031, "hate_homophobic": 175, "hate_faith": 124, "hate_islamophobic": 62}
    expected |= {"hate_transgender": 12, "domestic_abuse": 4057, "knife_crime": 473}
    assert {name: pick(taken, name, TH, "2020-04", "2021-03") for name in expected} == expected
    assert pick(taken, "tno", TH, "2019-04", "2020-03") == 30935 + 3588
    assert pick(taken, "homicide", LONDON, "2019-04", "2020-03") == 149
    assert taken.facts["series"].nunique() == 24
    assert taken.facts["area"].nunique() == 33


def test_real_knife_borough_is_above_the_sum_of_its_wards() -> None:
    """MPS_MonthlyCrimeDashboard_KnifeCrime_202203-202602.parquet: Tower Hamlets 687 offences in 2024/25, wards 664."""
    taken = real()["mps_knife"]
    assert pick(taken, "knife_offences", TH, "2024-04", "2025-03") == 687
    wards = sum(pick(taken, "knife_offences", ward, "2024-04", "2025-03") for ward in dash.WARDS)
    assert wards == 664
    assert pick(taken, "knife_positive_outcomes", TH, "2024-04", "2025-03") == 59
    assert pick(taken, "knife_offences", LONDON, "2022-03", "2026-02") == 57709


def test_real_vawg_totals() -> None:
    """TH_MPS_vawg-offences: 61,873 in all, 6,168 recorded in 2023; TH_MPS_vawg-victims: 58,713."""
    taken = real()["mps_vawg"]
    assert pick(taken, "vawg_offences", TH, "2014-01", "2026-02") == 61873
    assert pick(taken, "vawg_offences", TH, "2023-01", "2023-12") == 6168
    assert pick(taken, "vawg_victims", TH, "2014-01", "2026-02") == 58713
    assert pd.to_datetime(taken.facts["start"]).nunique() == 146
