"""Fire readers: official figures, zero months, wrong codes, old wards."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from csp_dash.ingest import fires
from csp_dash.ingest.facts import BadInput, Taken
from csp_dash.ingest.police_uk import BOROUGH, WARDS

OFFICIAL = Path(os.environ.get("CSP_DASH_OFFICIAL", Path(__file__).resolve().parents[3] / "shared" / "data"))
needs_official = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official files are not here")


def dwellings(
    folder: Path, rows: list[tuple[str, str, str | None]], columns: tuple[str, ...] = ("date", "borough", "ward")
) -> Path:
    path = folder / "06_lfb" / "LFB_dwelling_fires_london_2009-2024_reduced.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows, columns=list(columns)).to_parquet(path)
    return folder


def atlas(folder: Path, wards: int = 17, value: str = "2.0") -> Path:
    path = folder / "06_lfb" / "TH_ward_atlas_deliberate_fires_2005-2014_OLD_wards.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    header = ["Codes", "New Code", "Borough", "Names", "Fires; Deliberate Fires; 2005", "Fires; Deliberate Fires; 2006"]
    header.append("Fires; Deliberate Fires per 1,000 population; 2005")
    body = [["00BG", f"E050005{i}", "Tower Hamlets", f"café {i}", value, "1.0", "9.9"] for i in range(wards)]
    with path.open("w", newline="", encoding="latin-1") as handle:
        csv.writer(handle).writerows([header, *body])
    return folder


def figure(taken: Taken, area: str, start: date) -> float:
    facts = taken.facts
    return float(facts[(facts["area"] == area) & (facts["start"] == start)]["numerator"].item())


def test_dwelling_fires_by_ward_borough_and_london(tmp_path: Path) -> None:
    rows: list[tuple[str, str, str | None]] = [
        ("2020-01-31", BOROUGH, WARDS[0]),
        ("2020-01-01", BOROUGH, WARDS[1]),
        ("2020-01-01", "E09000012", None),
        ("2020-03-01", BOROUGH, WARDS[0]),
    ]
    taken = fires.read_dwellings(dwellings(tmp_path, rows))
    january = date(2020, 1, 1)
    assert [figure(taken, area, january) for area in (WARDS[0], BOROUGH, "E09000012", "E12000007")] == [1, 2, 1, 3]
    assert {c.area_kind for c in taken.coverage} == {"ward", "borough", "region"}
    assert all(c.missing == ("2020-02",) and c.zero_fill for c in taken.coverage)  # no fire in all London: no data


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [
        ([("2020-01-01", BOROUGH, "E05000575")], ("date", "borough", "ward"), "today's twenty"),
        ([("2020-01-01", "TOWER HAMLETS", WARDS[0])], ("date", "borough", "ward"), "TOWER HAMLETS"),
        ([("yesterday", BOROUGH, WARDS[0])], ("date", "borough", "ward"), "not a date"),
        ([("2020-01-01", BOROUGH, WARDS[0])], ("DateOfCall", "borough", "ward"), "lacks the columns date"),
    ],
)
def test_bad_dwelling_files(
    tmp_path: Path, rows: list[tuple[str, str, str | None]], columns: tuple[str, ...], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        fires.read_dwellings(dwellings(tmp_path, rows, columns))


def test_old_wards_are_a_table_and_only_their_sum_is_a_fact(tmp_path: Path) -> None:
    taken = fires.read_atlas(atlas(tmp_path))
    assert set(taken.facts["area"]) == {BOROUGH}
    assert taken.facts["numerator"].tolist() == [34, 17]
    assert set(taken.facts["flag"]) == {"old_wards"}
    assert taken.facts["finish"].tolist() == [date(2005, 12, 31), date(2006, 12, 31)]
    assert len(taken.tables["old_ward_fires"]) == 34
    assert not set(taken.tables["old_ward_fires"]["ward_code"]) & set(WARDS)


def test_bad_atlas(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds 16"):
        fires.read_atlas(atlas(tmp_path, wards=16))
    with pytest.raises(BadInput, match="blank or not a whole number"):
        fires.read_atlas(atlas(tmp_path, value="n/a"))


@needs_official
def test_official_fires() -> None:
    dwelling, old = fires.read(OFFICIAL)
    facts = dwelling.facts
    # LFB_dwelling_fires_london parquet: 90,146 rows; TH_LFB_dwelling_fires csv: 3,816 rows, 313 of 2009
    assert facts[facts["area"] == "E12000007"]["numerator"].sum() == 90_146
    assert facts[facts["area"] == BOROUGH]["numerator"].sum() == 3816
    assert facts[facts["area"].isin(WARDS)]["numerator"].sum() == 3816
    first_year = facts[(facts["area"] == BOROUGH) & (facts["finish"] <= date(2009, 12, 31))]
    assert first_year["numerator"].sum() == 313
    assert (dwelling.coverage[0].first, dwelling.coverage[0].last, dwelling.coverage[0].missing) == (
        "2009-01",
        "2024-08",
        (),
    )
    # Ward Atlas csv, column 2005 of the 17 wards added up by hand
    assert (
        figure(old, BOROUGH, date(2005, 1, 1))
        == 79 + 94 + 101 + 48 + 100 + 153 + 124 + 163 + 69 + 126 + 114 + 116 + 71 + 73 + 58 + 90 + 54
    )
    assert figure(old, BOROUGH, date(2014, 1, 1)) == 335
