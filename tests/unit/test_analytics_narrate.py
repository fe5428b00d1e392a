"""Sentences: grammar, numbers, and that they follow their inputs."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from csp_dash.analytics import narrate
from csp_dash.analytics.compare import Change, Window, change
from csp_dash.analytics.signal import Record
from csp_dash.domain.months import Month, Span
from csp_dash.domain.words import Direction, Kind

NOW = Span(Month(2025, 4), Month(2026, 3))
BEFORE = NOW.before()


def between(now: float, before: float, kind: Kind = Kind.COUNT, base: float | None = None) -> Change:
    return change(Window(NOW, now, 1, 12, 12), Window(BEFORE, before, 1, 12, 12), kind=kind, base=base)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0%"),
        (-0.0, "0%"),
        (-0.01, "less than 0.1%"),
        (0.32, "0.3%"),
        (-3.04, "3%"),
        (8.04, "8%"),
        (8.06, "8.1%"),
        (9.96, "10%"),
        (25.4, "25%"),
        (126.4, "126%"),
        (1234.5, "1,230%"),
    ],
)
def test_percent(value: float, text: str) -> None:
    assert narrate.percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.001, "0"), (1.5, "1.5"), (0.25, "0.25"), (12.34, "12.3"), (104.5, "104"), (2, "2")],
)
def test_rate(value: float, text: str) -> None:
    assert narrate.rate(value) == text


def test_numbers() -> None:
    assert narrate.number(34657) == "34,657"
    assert narrate.number(-0.0) == "0"
    assert narrate.number(-1200) == "-1,200"
    assert narrate.points(1) == "1 percentage point"
    assert narrate.points(-18) == "18 percentage points"
    assert [narrate.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 21, 112)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "21st",
        "112th",
    ]


@pytest.mark.parametrize(
    ("unit", "one"),
    [
        ("offences", "offence"),
        ("burglaries", "burglary"),
        ("young people", "young person"),
        ("fires", "fire"),
        ("searches", "search"),
        ("children", "child"),
        ("map points", "map point"),
        ("premises", "premises"),
    ],
)
def test_singular(unit: str, one: str) -> None:
    assert narrate.singular(unit) == one
    assert narrate.counted(1, unit) == f"1 {one}"
    assert narrate.counted(2, unit) == f"2 {unit}"
    assert narrate.counted(0, unit) == f"no {unit}"


@pytest.mark.parametrize(
    ("subject", "many"),
    [
        ("Burglary", False),
        ("Theft from the person", False),
        ("Antisocial behaviour reports", True),
        ("Dwelling fires", True),
        ("Violence against women and girls", False),
        ("Victims of domestic abuse", True),
        ("Young people", True),
        ("Stop and search", False),
    ],
)
def test_plural(subject: str, many: bool) -> None:
    assert narrate.plural(subject) is many


def test_lists() -> None:
    assert [narrate.listed(names) for names in ([], ["A"], ["A", "B"], ["A", "B & C", "D"])] == [
        "",
        "A",
        "A and B",
        "A, B & C and D",
    ]


def test_tile() -> None:
    assert narrate.tile(between(2864, 3113)) == (
        "Down 8% on the year before (from 3,113 to 2,864): more than chance would explain."
    )
    assert narrate.tile(between(937, 966)) == (
        "Down 3% on the year before (from 966 to 937): chance alone could explain it."
    )
    assert narrate.tile(between(5, 5)) == "Unchanged from the year before (5)."
    assert narrate.tile(between(10, 0)) == (
        "Up from none on the year before (from 0 to 10): more than chance would explain."
    )
    assert narrate.tile(None) == "There is no earlier period to compare with."
    part = change(Window(NOW, 4, None, 9, 12), Window(BEFORE, 4, None, 12, 12))
    assert narrate.tile(part) == part.refusal


def test_a_longer_reach_names_its_period() -> None:
    baseline = Span(Month(2019, 4), Month(2020, 3))
    found = change(Window(NOW, 90, None, 12, 12), Window(baseline, 140, None, 12, 12))
    assert narrate.tile(found).startswith("Down 36% on 2019/20 (from 140 to 90)")


def test_no_sentence_says_minus_zero() -> None:
    for now in (100_000, 99_999, 100_001):
        words = narrate.tile(between(now, 100_000)) + narrate.trend_title("Burglary", between(now, 100_000))
        assert "-0" not in words and "0%" not in words.replace("less than 0.1%", "")


def test_trend_titles() -> None:
    fell, same = between(2864, 3113), between(937, 966)
    assert narrate.trend_title("Burglary", fell) == "Burglary fell 8% in the year to March 2026"
    assert narrate.trend_title("Burglary", same) == "Burglary: no detectable change in the year to March 2026"
    assert narrate.trend_title("Thefts", between(300, 140)) == (
        "Thefts rose to more than double in the year to March 2026"
    )
    assert narrate.trend_title("Thefts", between(30, 0)) == "Thefts rose from none to 30 in the year to March 2026"
    assert narrate.trend_title("Burglary", fell, place="Weavers").startswith("Burglary in Weavers fell")


def test_records_come_first_and_agree_in_number() -> None:
    record = Record("lowest", NOW, 2864, Span(Month(2015, 7), Month(2016, 6)), Span(Month(2010, 4), Month(2011, 3)))
    fell = between(2864, 3113)
    assert narrate.trend_title("Burglary", fell, record=record) == "Burglary is at its lowest since 2016"
    assert narrate.trend_title("Dwelling fires", fell, record=record) == "Dwelling fires are at their lowest since 2016"
    assert narrate.record_sentence(record) == "The lowest 12-month total since the 12 months to June 2016."
    ever = Record("highest", NOW, 99, None, Span(Month(2010, 4), Month(2011, 3)))
    assert (
        narrate.trend_title("Theft", None, record=ever) == "Theft is at its highest in figures that begin in April 2010"
    )
    assert "lowest" not in narrate.trend_title("Burglary", between(3113, 2864), record=record)
    tiny = Record("lowest", NOW, 2, None, Span(Month(2010, 4), Month(2011, 3)))
    assert "lowest" not in narrate.trend_title("Homicide", fell, record=tiny)


def test_trend_sentence() -> None:
    assert narrate.trend_sentence("Burglary", between(2864, 3113)) == (
        "Burglary fell 8% (from 3,113 to 2,864) in the year to March 2026; more than chance would explain."
    )


def test_meaning_follows_the_direction() -> None:
    rose, same = between(200, 140), between(141, 140)
    assert narrate.meaning(Direction.LOWER, rose) == "A change for the worse."
    assert narrate.meaning(Direction.HIGHER, rose) == "A change for the better."
    both = narrate.meaning(Direction.AMBIGUOUS, rose, ("more hatred", "more trust to report."))
    assert both == "A rise may mean more hatred; it may also mean more trust to report."
    assert "worse" not in narrate.meaning(Direction.AMBIGUOUS, rose)
    assert narrate.meaning(Direction.LOWER, same) == ""
    assert narrate.meaning(Direction.LOWER, None) == ""


def wards(**values: float) -> pd.DataFrame:
    return pd.DataFrame({"area": list(values), "value": list(values.values())})


NAMES = {"a": "Whitechapel", "b": "Spitalfields & Banglatown", "c": "Weavers", "d": "Poplar", "e": "Bow East"}


def test_map_titles() -> None:
    assert narrate.map_title(wards(a=9, b=8, c=7, d=1), NAMES) == (
        "Whitechapel, Spitalfields & Banglatown and Weavers have the highest rates"
    )
    assert narrate.map_title(wards(a=9, b=8, c=7, d=7, e=7), NAMES) == (
        "Whitechapel and Spitalfields & Banglatown have the highest rates"
    )
    assert narrate.map_title(wards(a=9, b=7, c=7, d=7, e=1), NAMES, measure="counts") == (
        "Whitechapel has the highest count"
    )
    assert narrate.map_title(wards(a=0, b=0), NAMES, unit="fires") == "No ward has any fires"
    assert narrate.map_title(wards(a=3, b=3), NAMES) == "Every ward has the same figure"
    assert narrate.map_title(wards(a=3, b=math.nan), NAMES) == "Whitechapel is the only ward with a figure"
    assert narrate.map_title(wards(a=math.nan), NAMES) == "No data for this choice"


def trend_frame(value: float, missing: int = 0) -> pd.DataFrame:
    starts = pd.date_range("2010-04-01", periods=24, freq="MS")
    return pd.DataFrame(
        {
            "start": starts,
            "value": value,
            "smooth": value,
            "signal": False,
            "rule": "",
            "missing": [n < missing for n in range(24)],
            "lower": math.nan,
            "centre": math.nan,
            "upper": math.nan,
        }
    )


def test_trend_alt_follows_its_inputs() -> None:
    one = narrate.trend_alt("Burglary", "Weavers", trend_frame(20), unit="offences", finding="Burglary fell 8%")
    assert one == (
        "Line chart: Burglary, Weavers, offences a month, April 2010 to March 2012. "
        "The 12-month average stands at 20. Burglary fell 8%."
    )
    other = narrate.trend_alt("Burglary", "Poplar", trend_frame(30, missing=2), unit="offences")
    assert "Poplar" in other and "30" in other and "2 months are missing" in other and "June 2010" in other
    assert narrate.trend_alt("B", "P", trend_frame(1, missing=24), unit="u").endswith("No data for this choice.")


def test_map_bars_and_lines_alt() -> None:
    alt = narrate.map_alt("Burglary", wards(a=9.5, b=1.0), NAMES, measure="per 1,000 residents", period=NOW.words)
    assert "Highest: Whitechapel, 9.5. Lowest: Spitalfields & Banglatown, 1." in alt
    bars = pd.DataFrame({"label": ["Hackney", "Newham"], "value": [5.0, 9.0]})
    alt = narrate.bars_alt("Burglary", bars, measure="offences", period="2019/20", chosen="Hackney")
    assert alt == "Bar chart: Burglary, offences, 2019/20, 2 bars. Highest: Newham, 9. Hackney is 2nd, 5."
    ends = {"Tower Hamlets": 65.0, "London": 68.0, "Nowhere": None}
    assert narrate.lines_alt("Trust", ends, measure="%", period="2020").endswith("Tower Hamlets 65 and London 68.")


def test_signals_sentence() -> None:
    frame = trend_frame(10).assign(upper=12.0, lower=8.0)
    assert narrate.signals_sentence(frame) == "None of the latest 12 months lies beyond the usual range."
    frame.loc[[20, 21], ["value", "rule"]] = [15.0, "beyond"]
    assert narrate.signals_sentence(frame) == "Of the latest 12 months, 2 were above the usual range."
    frame.loc[22, ["value", "rule"]] = [5.0, "beyond"]
    assert narrate.signals_sentence(frame) == (
        "Of the latest 12 months, 2 were above the usual range and 1 was below it."
    )
    assert narrate.signals_sentence(trend_frame(10)) == ""


def test_survey() -> None:
    found = between(0.65, 0.83, Kind.PROPORTION, 400)
    assert narrate.survey("Agree", found.now, found, base=400) == (
        "Agree: 65% in the year to March 2026 (between 60% and 70% allowing for chance; about 400 interviews), "
        "down 18 percentage points on the year before: more than chance would explain."
    )
    assert "chance cannot be judged" in narrate.survey("Agree", found.now, between(0.65, 0.83, Kind.PROPORTION))
    assert narrate.survey("Agree", Window(NOW, None)) == "Agree: there is no figure for the year to March 2026."
