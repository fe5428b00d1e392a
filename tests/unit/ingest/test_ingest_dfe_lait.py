"""LAIT reader: periods, suppression, the England trap, the whole national tool."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from support.ingest import Read, bundled, live, same, take

from csp_dash.ingest.context import Base
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.readers import dfe_lait
from csp_dash.ingest.release.merge import merge

COLUMNS = ("Short Desc", "Data item", "Years", "LA and Regions", "Values", "LA Number", "Region")
NUMBERS = {"Tower Hamlets": "211.0", "Hackney": "204.0", "Newham": "316.0"}
TH = "E09000030"


def row(kind: str, years: str, area: str, value: str) -> list[str]:
    return [kind, "NA", years, area, value, NUMBERS.get(area, "999.0"), "Inner London"]


def read(folder: Path, rows: list[list[str]], name: str = "any name.csv", base: Base | None = None) -> Read:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([list(COLUMNS), *rows])
    return take(dfe_lait, folder, path, base=base)


def test_england_is_never_taken_and_a_dash_is_null_not_zero(tmp_path: Path) -> None:
    """Quirk 29."""
    rows = [
        ["FirstYJS", "NULL", "2016", "England", "3071", "970.0", "NA"],
        row("FirstYJS", "2016", "Tower Hamlets", "666"),
        row("ReoffYO", "2023", "Tower Hamlets", "-"),
        row("ReoffYO15-17", "2018", "Tower Hamlets", "36.020000000000003"),
        row("YJS_Caution-Sentence10-17_YO", "2024-25", "London", "-"),
    ]
    got = read(tmp_path, rows, "lait.csv")
    facts = got["dfe_lait"].facts.set_index("series")
    assert 3071 not in facts["numerator"].tolist()
    assert facts.loc["fte_rate", "numerator"] == 666
    assert facts.loc["youth_reoffending_15_17", "numerator"] == 36.02
    hidden = facts[facts["flag"] == "suppressed"]
    assert len(hidden) == 2
    assert hidden["numerator"].isna().all()
    assert got.account("lait.csv") == (5, 4, 0, 1)


def test_periods(tmp_path: Path) -> None:
    rows = [
        row("FirstYJS", "2020", "Tower Hamlets", "1"),
        row("ReoffYO", "2020", "Tower Hamlets", "1"),
        row("YJS_Caution-Sentence10-17_YO", "2024-25", "Tower Hamlets", "24.9"),
    ]
    facts = read(tmp_path, rows)["dfe_lait"].facts.set_index("series")
    spans = {series: (facts.loc[series, "start"], facts.loc[series, "finish"]) for series in facts.index}
    assert spans["fte_rate"] == (date(2020, 1, 1), date(2020, 12, 31))
    assert spans["youth_reoffending_10_14"] == (date(2019, 4, 1), date(2020, 3, 31))
    assert spans["youth_cautioned_sentenced_rate"] == (date(2024, 4, 1), date(2025, 3, 31))


def test_the_national_tool_has_other_places_and_topics_which_are_accounted_for(tmp_path: Path) -> None:
    rows = [
        row("FirstYJS", "2020", "Tower Hamlets", "349"),
        row("FirstYJS", "2020", "Lambeth", "300"),
        ["FirstYJS", "NA", "2020", "Leeds", "300", "383.0", "Yorkshire and The Humber"],
        row("KS4_Attainment8", "2020", "Tower Hamlets", "47.9"),
    ]
    got = read(tmp_path, rows, "whole.csv")
    assert got.account("whole.csv") == (4, 1, 0, 3)
    assert "KS4_Attainment8" in got.note("whole.csv")
    assert set(got["dfe_lait"].facts["area"]) == {TH}


def test_a_file_on_other_topics_alone_gives_nothing_and_says_so(tmp_path: Path) -> None:
    got = read(tmp_path, [row("Jokes", "2020", "London", "1")], "jokes.csv")
    assert got.taken == {} and "Jokes" in got.note("jokes.csv")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (row("FirstYJS", "2020", "Narnia", "1"), "line 2, column 'LA and Regions': 'Narnia'"),
        (["FirstYJS", "NA", "2020", "Twr Hamlets", "1", "211.0", ""], "'Twr Hamlets' has the number of Tower Hamlets"),
        (row("FirstYJS", "2020", "London", "many"), "line 2, column 'Values': 'many'"),
        (row("FirstYJS", "2020", "London", ""), "column 'Values': ''"),
        (row("FirstYJS", "2020", "London", "-4"), "'-4'"),
        (row("ReoffYO", "2020", "London", "101"), "more than the rate is out of"),
        (row("FirstYJS", "20", "London", "1"), "column 'Years': '20'"),
        (row("FirstYJS", "2020-22", "London", "1"), "'2020-22'"),
    ],
)
def test_refusals(tmp_path: Path, bad: list[str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read(tmp_path, [bad])


def test_two_figures_for_one_place_and_year_are_refused(tmp_path: Path) -> None:
    rows = [row("FirstYJS", "2020", "London", "1"), row("FirstYJS", "2020", "London", "2")]
    with pytest.raises(BadInput, match="line 3 gives a second"):
        read(tmp_path, rows)


def test_a_file_of_the_borough_alone_leaves_its_neighbours_in_the_release(tmp_path: Path) -> None:
    whole = [row("FirstYJS", "2020", "Tower Hamlets", "349"), row("FirstYJS", "2020", "Hackney", "300")]
    base = live(tmp_path / "live", "dfe_lait", read(tmp_path, whole, "a.csv")["dfe_lait"].facts)
    cut = read(tmp_path, [row("FirstYJS", "2020", "Tower Hamlets", "350")], "b.csv", base)["dfe_lait"]
    facts = merge([cut], base).facts["dfe_lait"]
    assert facts.set_index("area")["numerator"].to_dict() == {TH: 350, "E09000012": 300}


def test_official_youth(official: Path, tmp_path: Path) -> None:
    got = take(dfe_lait, tmp_path, official / "09_other")
    facts = got["dfe_lait"].facts
    assert len(facts) == 140 - 28  # rows of the file, less one England row a series and year
    assert got.account("DfE_LAIT_youth_justice_TH_London_England.csv") == (140, 112, 0, 28)
    here = facts[(facts["area"] == TH) & (facts["series"] == "fte_rate")]
    assert here["numerator"].tolist() == [666, 472, 385, 374, 349, 267, 156, 127, 96]
    assert facts["numerator"].max() == 666  # no sum of regional rates
    caution = facts[(facts["area"] == TH) & (facts["series"] == "youth_cautioned_sentenced_rate")]
    assert (caution["numerator"].item(), caution["denominator"].item()) == (24.9, 10_000)
    assert same(facts, bundled("dfe_lait"))
