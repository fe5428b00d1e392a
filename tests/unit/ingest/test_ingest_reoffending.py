"""Proven reoffending reader: totals, cohorts, withheld figures, refusals. The columns are those that others quote."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from support.ingest import Read, take

from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.files.detected import Detected
from csp_dash.ingest.files.source_file import SourceFile
from csp_dash.ingest.readers import moj_reoffending

HEADER = ["Cohort", "Adult / Juvenile", "Category", "Geography", "offenders", "reoffenders", "reoffences"]
TH, LONDON = "E09000030", "E12000007"
YEAR = "Apr 2019 to Mar 2020"


def row(
    place: str = "Tower Hamlets",
    offenders: str = "1,600",
    reoffenders: str = "400",
    cohort: str = YEAR,
    age: str = "Adult",
    category: str = "UTLA total",
) -> list[str]:
    return [cohort, age, category, place, offenders, reoffenders, "0"]


def read(folder: Path, *rows: list[str], name: str = "tool.csv") -> Read:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([HEADER, *rows])
    found = Detected(
        str(path), "moj_reoffending", "Proven reoffending", columns=tuple(HEADER), mark=",", encoding="utf-8"
    )
    return take(moj_reoffending, folder, ready=[SourceFile(found, path)])


def test_adults_of_a_cohort_and_those_who_offended_again(tmp_path: Path) -> None:
    got = read(
        tmp_path,
        row(),
        row("London", "50000", "12000", category="Region total"),
        row("London", "49000", "12500", category="Probation region total"),
        row(category="LA total"),
        row("England and Wales", "400000", "100000", category="Total"),
        row("Leeds", "9000", "3000"),
        row(age="Juvenile", offenders="90", reoffenders="30"),
        row(category="11 or more previous offences", offenders="500", reoffenders="250"),
        row(cohort="Jan 2020 to Mar 2020", offenders="300", reoffenders="70"),
    )
    facts = got["moj_reoffending"].facts.set_index("area")
    assert facts[["numerator", "denominator"]].to_dict("index") == {
        TH: {"numerator": 400, "denominator": 1600},
        LONDON: {"numerator": 12_000, "denominator": 50_000},
    }
    assert (facts.loc[TH, "start"], facts.loc[TH, "finish"]) == (date(2019, 4, 1), date(2020, 3, 31))
    assert set(facts["vintage"]) == {"2020-03"} and set(facts["series"]) == {"adult_reoffending"}
    assert got.account("tool.csv") == (9, 4, 0, 5)
    assert "Juvenile" in got.note("tool.csv") and "Jan 2020 to Mar 2020" in got.note("tool.csv")


@pytest.mark.parametrize("text", ["Apr 2019 to Mar 2020", "April 2019 - March 2020", "1 April 2019 to 31 March 2020"])
def test_cohorts_as_they_are_written(tmp_path: Path, text: str) -> None:
    facts = read(tmp_path, row(cohort=text))["moj_reoffending"].facts
    assert facts["finish"].tolist() == [date(2020, 3, 31)]


def test_a_cohort_that_ends_in_february_of_a_leap_year(tmp_path: Path) -> None:
    facts = read(tmp_path, row(cohort="Mar 2019 to Feb 2020"))["moj_reoffending"].facts
    assert facts["finish"].tolist() == [date(2020, 2, 29)]


def test_a_withheld_figure_is_null(tmp_path: Path) -> None:
    (fact,) = read(tmp_path, row(reoffenders="*"))["moj_reoffending"].facts.to_dict("records")
    assert pd.isna(fact["numerator"]) and pd.isna(fact["denominator"]) and fact["flag"] == "suppressed"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row(offenders="many")], "line 2, column 'offenders': 'many'"),
        ([row(offenders="")], "column 'offenders': ''"),
        ([row(reoffenders="1700")], "'1700' is more than there are offenders"),
        ([row(cohort="2019")], "column 'Cohort': '2019'"),
        ([row(), row(reoffenders="410")], "line 3 gives a second, other total of Tower Hamlets"),
    ],
)
def test_refusals(tmp_path: Path, rows: list[list[str]], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read(tmp_path, *rows)


def test_a_file_of_elsewhere_and_one_without_rows_give_nothing(tmp_path: Path) -> None:
    got = read(tmp_path, row("Leeds"))
    assert got.taken == {} and got.account("tool.csv") == (1, 0, 0, 1)
    assert read(tmp_path).taken == {}
