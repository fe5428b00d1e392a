"""Public Attitude Survey reader: the plan's two figures, both export layouts, refusals."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest

from csp_dash.ingest import survey
from csp_dash.ingest.facts import BadInput, Taken

OFFICIAL = Path(os.environ.get("CSP_DASH_OFFICIAL", Path(__file__).resolve().parents[3] / "shared" / "data"))
needs_official = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official files are not here")
COMMA = "Date,Survey,Borough,Measure,Proportion,MPS,,,,\n"
TH = "E09000030"


def write(folder: Path, text: str) -> Path:
    path = folder / "05_hate_knife_da_pas" / "PAS_Dashboard_Borough_201412-202312.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return folder


def read(folder: Path) -> Taken:
    (taken,) = survey.read(folder)
    return taken


def value(taken: Taken, series: str, area: str, finish: date) -> float:
    facts = taken.facts
    return float(
        facts[(facts["series"] == series) & (facts["area"] == area) & (facts["finish"] == finish)]["numerator"].item()
    )


def test_decimal_comma_unpadded_date_and_rolling_year(tmp_path: Path) -> None:
    text = COMMA + '31/3/2017,PAS,Tower Hamlets,Relied on to be there,"0,83","0,79",,,,\n'
    taken = read(write(tmp_path, text))
    assert len(taken.facts) == 2
    row = taken.facts[taken.facts["area"] == TH].iloc[0]
    assert (row["start"], row["finish"]) == (date(2016, 4, 1), date(2017, 3, 31))
    assert (row["numerator"], row["denominator"], row["flag"]) == (0.83, 1, "published_proportion")
    assert value(taken, "pas_relied_on", "E12000007", date(2017, 3, 31)) == 0.79


def test_semicolons_crlf_padded_dates_and_quoted_measure(tmp_path: Path) -> None:
    text = (
        "Date;Survey;Borough;Measure;Proportion;MPS\r\n"
        '30/06/2016;PAS;City of Westminster;"""Good Job"" local";0,7;0,67\r\n'
        '30/06/2016;PAS;Richmond Upon Thames;"""Good Job"" local";0,71;0,67\r\n'
        '30/09/2016;PAS;Richmond upon Thames;"""Good Job"" local";0,72;0,66\r\n'
    )
    taken = read(write(tmp_path, text))
    assert value(taken, "pas_good_job", "E09000033", date(2016, 6, 30)) == 0.7
    assert (taken.facts["area"] == "E09000027").sum() == 2
    assert taken.facts[taken.facts["area"] == TH].empty
    june = taken.facts[taken.facts["finish"] == date(2016, 6, 30)]
    assert set(june["start"]) == {date(2015, 7, 1)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (COMMA + '31/3/2017,PAS,Tower Hamlets,Smiles,"0,83","0,79",,,,\n', "smiles"),
        (COMMA + '31/3/2017,PAS,Narnia,Trust MPS,"0,83","0,79",,,,\n', "narnia"),
        (COMMA + '31/3/2017,PAS,Tower Hamlets,Trust MPS,"83","0,79",,,,\n', "'83'"),
        (COMMA + '15/3/2017,PAS,Tower Hamlets,Trust MPS,"0,83","0,79",,,,\n', "last day of a quarter"),
        (COMMA.replace("MPS", "Met") + '31/3/2017,PAS,Tower Hamlets,Trust MPS,"0,83","0,79",,,,\n', "unknown header"),
        (
            COMMA
            + '31/3/2017,PAS,Tower Hamlets,Trust MPS,"0,83","0,79",,,,\n'
            + '31/3/2017,PAS,Hackney,Trust MPS,"0,8","0,78",,,,\n',
            "one London figure",
        ),
    ],
)
def test_refusals(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        survey.read(write(tmp_path, text))


def test_missing_file(tmp_path: Path) -> None:
    (tmp_path / "05_hate_knife_da_pas").mkdir()
    with pytest.raises(BadInput, match="PAS_Dashboard"):
        survey.read(tmp_path)


@needs_official
def test_official_survey() -> None:
    taken = read(OFFICIAL)
    # PAS_Dashboard_Borough_201412-202312.csv, rows 31/3/2017 and 30/9/2020, Tower Hamlets
    assert value(taken, "pas_relied_on", TH, date(2017, 3, 31)) == 0.83
    assert value(taken, "pas_relied_on", TH, date(2020, 9, 30)) == 0.65
    assert value(taken, "pas_fair_treatment", TH, date(2020, 9, 30)) == 0.71
    assert value(taken, "pas_relied_on", "E12000007", date(2020, 9, 30)) == 0.67
    assert len(taken.facts) == 9312 + 8 * 37 - 5  # 'Trust MPS' starts five quarters late
    assert taken.facts["area"].nunique() == 33
    assert taken.facts["finish"].nunique() == 37
    first = {c.series: c.first for c in taken.coverage if c.area_kind == "borough"}
    assert (first["pas_relied_on"], first["pas_trust"]) == ("2014-01", "2015-04")


@needs_official
def test_borough_codes_agree_with_the_official_boundaries() -> None:
    frame = gpd.read_file(OFFICIAL / "01_boundaries" / "london_boroughs_ONS_LAD22_BGC.geojson")
    text = [[str(cell) for cell in row] for row in frame.drop(columns="geometry").to_numpy()]
    codes = {cell.lower(): next(c for c in row if c.startswith("E09")) for row in text for cell in row}
    assert all(codes[name] == code for name, code in survey.BOROUGHS.items() if name != "city of westminster")
