"""LAIT reader: periods, suppression, the England trap."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import pytest

from csp_dash.ingest import youth
from csp_dash.ingest.facts import BadInput, Taken

OFFICIAL = Path(os.environ.get("CSP_DASH_OFFICIAL", Path(__file__).resolve().parents[3] / "shared" / "data"))
needs_official = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official files are not here")
TH = "E09000030"


def write(folder: Path, rows: list[list[str]]) -> Path:
    path = folder / "09_other" / "DfE_LAIT_youth_justice_TH_London_England.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([list(youth.COLUMNS), *rows])
    return folder


def row(kind: str, years: str, area: str, value: str) -> list[str]:
    return [kind, "NA", years, area, value, "211.0", "Inner London"]


def read(folder: Path) -> Taken:
    (taken,) = youth.read(folder)
    return taken


def test_england_is_never_taken_and_a_dash_is_null_not_zero(tmp_path: Path) -> None:
    rows = [
        row("FirstYJS", "2016", "England", "3071"),
        row("FirstYJS", "2016", "Tower Hamlets", "666"),
        row("ReoffYO", "2023", "Tower Hamlets", "-"),
        row("ReoffYO15-17", "2018", "Tower Hamlets", "36.020000000000003"),
        row("YJS_Caution-Sentence10-17_YO", "2024-25", "London", "-"),
    ]
    facts = read(write(tmp_path, rows)).facts.set_index("series")
    assert 3071 not in facts["numerator"].tolist()
    assert facts.loc["fte_rate", "numerator"] == 666
    assert facts.loc["youth_reoffending_15_17", "numerator"] == 36.02
    hidden = facts[facts["flag"] == "suppressed"]
    assert len(hidden) == 2
    assert hidden["numerator"].isna().all()


def test_periods(tmp_path: Path) -> None:
    rows = [
        row("FirstYJS", "2020", "Tower Hamlets", "1"),
        row("ReoffYO", "2020", "Tower Hamlets", "1"),
        row("YJS_Caution-Sentence10-17_YO", "2024-25", "Tower Hamlets", "24.9"),
    ]
    facts = read(write(tmp_path, rows)).facts.set_index("series")
    spans = {series: (facts.loc[series, "start"], facts.loc[series, "finish"]) for series in facts.index}
    assert spans["fte_rate"] == (date(2020, 1, 1), date(2020, 12, 31))
    assert spans["youth_reoffending_10_14"] == (date(2019, 4, 1), date(2020, 3, 31))
    assert spans["youth_cautioned_sentenced_rate"] == (date(2024, 4, 1), date(2025, 3, 31))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (row("Jokes", "2020", "London", "1"), "Jokes"),
        (row("FirstYJS", "2020", "Narnia", "1"), "Narnia"),
        (row("FirstYJS", "2020", "London", "many"), "'many'"),
        (row("FirstYJS", "20", "London", "1"), "'20'"),
        (row("FirstYJS", "2020-22", "London", "1"), "'2020-22'"),
    ],
)
def test_refusals(tmp_path: Path, bad: list[str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        youth.read(write(tmp_path, [bad]))


@needs_official
def test_official_youth() -> None:
    facts = read(OFFICIAL).facts
    assert len(facts) == 140 - 28  # rows of the file, less one England row a series and year
    here = facts[(facts["area"] == TH) & (facts["series"] == "fte_rate")]
    assert here["numerator"].tolist() == [666, 472, 385, 374, 349, 267, 156, 127, 96]
    assert facts["numerator"].max() == 666  # no sum of regional rates
    caution = facts[(facts["area"] == TH) & (facts["series"] == "youth_cautioned_sentenced_rate")]
    assert (caution["numerator"].item(), caution["denominator"].item()) == (24.9, 10_000)
