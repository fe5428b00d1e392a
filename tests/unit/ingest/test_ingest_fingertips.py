"""Fingertips reader: the counts behind a percentage, what is not used, refusals."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from support.ingest import Read, take

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.readers import fingertips

#: As the service writes it.
HEADER = [
    "Indicator ID",
    "Indicator Name",
    "Parent Code",
    "Parent Name",
    "Area Code",
    "Area Name",
    "Area Type",
    "Sex",
    "Age",
    "Category Type",
    "Category",
    "Time period",
    "Value",
    "Lower CI 95.0 limit",
    "Upper CI 95.0 limit",
    "Lower CI 99.8 limit",
    "Upper CI 99.8 limit",
    "Count",
    "Denominator",
    "Value note",
    "Recent Trend",
    "Compared to England value or percentiles",
    "Compared to parent value or percentiles",
    "Time period Sortable",
    "New data",
    "Compared to goal",
    "Time period range",
]
OPIATE = "Successful completion of drug treatment: opiate users"
TH = "E09000030"


def row(**cells: str) -> dict[str, str]:
    usual = {
        "Indicator ID": "90244",
        "Indicator Name": OPIATE,
        "Parent Code": "E92000001",
        "Area Code": TH,
        "Area Name": "Tower Hamlets",
        "Sex": "Persons",
        "Age": "18+ yrs",
        "Time period": "2021",
        "Value": "6.25",
        "Count": "100",
        "Denominator": "1600",
    }
    return usual | {name.replace("_", " "): cell for name, cell in cells.items()}


def read(folder: Path, *rows: dict[str, str], name: str = "any.csv", header: list[str] = HEADER) -> Read:
    with (folder / name).open("w", newline="", encoding="utf-8-sig") as handle:
        writer = csv.DictWriter(handle, header, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return take(fingertips, folder, folder / name)


def test_counts_are_taken_rather_than_the_rounded_percentage(tmp_path: Path) -> None:
    facts = read(tmp_path, row(Value="6.2500000001"))["fingertips"].facts
    (fact,) = facts.to_dict("records")
    assert (fact["series"], fact["area"]) == ("treatment_completion_opiate", TH)
    assert (fact["numerator"], fact["denominator"]) == (100, 1600)
    assert (fact["start"], fact["finish"], fact["vintage"]) == (date(2021, 1, 1), date(2021, 12, 31), "2021-12")
    assert pd.isna(fact["flag"])


def test_a_percentage_alone_is_a_published_proportion_and_a_blank_is_withheld(tmp_path: Path) -> None:
    rows = (row(Count="", Denominator=""), row(Time_period="2022", Value="", Count="", Denominator=""))
    first, second = read(tmp_path, *rows)["fingertips"].facts.to_dict("records")
    assert (first["numerator"], first["denominator"], first["flag"]) == (0.0625, 1, "published_proportion")
    assert pd.isna(second["numerator"]) and second["flag"] == "suppressed"


@pytest.mark.parametrize(
    ("name", "series"),
    [
        ("Successful completion of drug treatment - opiate users", "treatment_completion_opiate"),
        ("Successful completion of drug treatment: non-opiate users", "treatment_completion_non_opiate"),
        ("Successful completion of alcohol treatment", "treatment_completion_alcohol"),
    ],
)
def test_the_three_indicators_under_their_names_old_and_new(tmp_path: Path, name: str, series: str) -> None:
    assert set(read(tmp_path, row(Indicator_Name=name))["fingertips"].facts["series"]) == {series}


@pytest.mark.parametrize(
    ("text", "start", "finish"),
    [
        ("2022", date(2022, 1, 1), date(2022, 12, 31)),
        ("2022/23", date(2022, 4, 1), date(2023, 3, 31)),
        ("2022 Q3", date(2022, 7, 1), date(2022, 9, 30)),
    ],
)
def test_periods(tmp_path: Path, text: str, start: date, finish: date) -> None:
    (fact,) = read(tmp_path, row(Time_period=text))["fingertips"].facts.to_dict("records")
    assert (fact["start"], fact["finish"]) == (start, finish)


def test_other_indicators_places_sexes_and_breakdowns_are_accounted_for(tmp_path: Path) -> None:
    got = read(
        tmp_path,
        row(),
        row(Parent_Code="E12000007"),  # the same figure, asked for with another group
        row(Area_Code="E12000007", Count="10000", Denominator="160000"),
        row(Area_Code="E92000001"),
        row(Area_Code="E08000035"),
        row(Sex="Male", Value="5", Count="50", Denominator="1000"),
        row(Category_Type="Deprivation deciles", Category="Most deprived"),
        row(Indicator_Name="Life expectancy at birth", Value="81"),
        name="tips.csv",
    )
    assert got.account("tips.csv") == (8, 3, 0, 5)
    assert "Life expectancy" in got.note("tips.csv")
    assert set(got["fingertips"].facts["area"]) == {TH, "E12000007"} and len(got["fingertips"].facts) == 2


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"Value": "many"}, "line 2, column 'Value': 'many'"),
        ({"Value": "101", "Count": "", "Denominator": ""}, "a number from 0 to 100"),
        ({"Value": "62.5"}, "not the percentage of Count and Denominator"),
        ({"Denominator": "-5"}, "column 'Denominator': '-5'"),
        ({"Time_period": "2019 - 21"}, "column 'Time period': '2019 - 21'"),
        ({"Time_period": "2022/24"}, "'2022/24'"),
    ],
)
def test_refusals(tmp_path: Path, cells: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read(tmp_path, row(**cells))


def test_two_figures_for_one_place_and_period_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="line 3 gives a second"):
        read(tmp_path, row(), row(Value="5", Count="80"))


def test_a_table_without_the_two_counts_is_read(tmp_path: Path) -> None:
    short = [name for name in HEADER if name not in ("Count", "Denominator", "Category Type")]
    (fact,) = read(tmp_path, row(), header=short)["fingertips"].facts.to_dict("records")
    assert fact["numerator"] == 0.0625


def test_a_header_and_no_rows_gives_nothing(tmp_path: Path) -> None:
    assert read(tmp_path).taken == {}
