"""Sentences: grammar, numbers, and that they follow their inputs."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_dash.analytics import alt_text, narrate
from csp_dash.analytics.compare import Against, Change, Window, change
from csp_dash.analytics.control_chart import Record
from csp_dash.analytics.intervals import RateRatio, rate_ratio
from csp_dash.analytics.rates import Rate
from csp_dash.domain import wording
from csp_dash.domain.enums import Direction, Kind
from csp_dash.domain.periods import Month, Span

NOW = Span(Month(2025, 4), Month(2026, 3))
BEFORE = NOW.before()


def between(
    now: float, before: float, kind: Kind = Kind.COUNT, base: float | None = None, dispersion: float = 1.0
) -> Change:
    pair = Window(NOW, now, 1, 12, 12), Window(BEFORE, before, 1, 12, 12)
    return change(*pair, kind=kind, base=base, dispersion=dispersion)


PART = change(Window(NOW, 4, None, 9, 12), Window(BEFORE, 4, None, 12, 12))


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
    assert wording.percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.001, "-0.001"),
        (0.0004, "0.0004"),
        (0.07, "0.07"),
        (0.0949, "0.095"),
        (1.5, "1.5"),
        (0.25, "0.25"),
        (12.34, "12.3"),
        (104.5, "104"),
        (2, "2"),
    ],
)
def test_rate(value: float, text: str) -> None:
    assert wording.rate(value) == text


def test_numbers() -> None:
    assert wording.number(34657) == "34,657"
    assert wording.number(-0.0) == "0"
    assert wording.number(-1200) == "-1,200"
    assert wording.points(1) == "1 percentage point"
    assert wording.points(-18) == "18 percentage points"
    assert [wording.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 21, 112)] == [
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
    assert wording.singular(unit) == one
    assert wording.counted(1, unit) == f"1 {one}"
    assert wording.counted(2, unit) == f"2 {unit}"
    assert wording.counted(0, unit) == f"no {unit}"


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
    assert wording.plural(subject) is many


def test_lists() -> None:
    assert [wording.listed(names) for names in ([], ["A"], ["A", "B"], ["A", "B & C", "D"])] == [
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
    assert narrate.tile(between(10, 0)) == ("Was none the year before (now 10): more than chance would explain.")
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


def wards(**values: float) -> pd.DataFrame:
    return pd.DataFrame({"area": list(values), "value": list(values.values())})


NAMES = {"a": "Whitechapel", "b": "Spitalfields & Banglatown", "c": "Weavers", "d": "Poplar", "e": "Bow East"}


def test_map_titles() -> None:
    assert alt_text.map_title(wards(a=9, b=8, c=7, d=1), NAMES) == (
        "Whitechapel, Spitalfields & Banglatown and Weavers have the highest rates"
    )
    assert alt_text.map_title(wards(a=9, b=8, c=7, d=7, e=7), NAMES) == (
        "Whitechapel and Spitalfields & Banglatown have the highest rates"
    )
    assert alt_text.map_title(wards(a=9, b=7, c=7, d=7, e=1), NAMES, measure="counts") == (
        "Whitechapel has the highest count"
    )
    assert alt_text.map_title(wards(a=0, b=0), NAMES, unit="fires") == "No ward has any fires"
    assert alt_text.map_title(wards(a=3, b=3), NAMES) == "Every ward has the same figure"
    assert alt_text.map_title(wards(a=3, b=math.nan), NAMES) == "Whitechapel is the only ward with a figure"
    assert alt_text.map_title(wards(a=math.nan), NAMES) == "No data for this choice"


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
    one = alt_text.trend_alt(
        "Burglary", "Weavers", trend_frame(20), unit="offences a month", finding="Burglary fell 8%"
    )
    assert one == (
        "Line chart: Burglary, Weavers, offences a month, April 2010 to March 2012. "
        "The 12-month average stands at 20. Burglary fell 8%."
    )
    other = alt_text.trend_alt("Burglary", "Poplar", trend_frame(30, missing=2), unit="offences a month")
    assert "Poplar" in other and "30" in other and "2 months are missing" in other and "June 2010" in other
    assert alt_text.trend_alt("B", "P", trend_frame(1, missing=24), unit="u").endswith("No data for this choice.")


def test_map_bars_and_lines_alt() -> None:
    told = alt_text.map_alt("Burglary", wards(a=9.5, b=1.0), NAMES, measure="per 1,000 residents", period=NOW.words)
    assert "Highest: Whitechapel, 9.5. Lowest: Spitalfields & Banglatown, 1." in told
    bars = pd.DataFrame({"label": ["Hackney", "Newham"], "value": [5.0, 9.0]})
    told = alt_text.bars_alt("Burglary", bars, measure="offences", period="2019/20", chosen="Hackney")
    assert told == "Bar chart: Burglary, offences, 2019/20, 2 bars. Highest: Newham, 9. Hackney: lowest, 5."
    ends = {"Tower Hamlets": 65.0, "London": 68.0, "Nowhere": None}
    assert alt_text.lines_alt("Trust", ends, measure="%", period="2020").endswith("Tower Hamlets 65 and London 68.")


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


# ---- how large a change would have to be


def test_what_would_be_more_than_chance() -> None:
    for now, before, dispersion in ((937, 966, 1.0), (937, 966, 3.0), (40, 41, 1.5)):
        found = between(now, before, dispersion=dispersion)
        words = narrate.within_chance(found)
        low, high = (
            int(part.split(" ")[0].replace(",", "")) for part in (words.split(" to ")[1], words.split(" to ")[2])
        )
        assert words == f"A fall to {low:,} or a rise to {high:,} would be more than chance."

        def p(count: int, base: float = before, phi: float = dispersion) -> float:
            return rate_ratio(count, base, dispersions=(phi, phi)).p_value

        assert p(low) < 0.05 <= p(low + 1) and p(high) < 0.05 <= p(high - 1)
    assert narrate.within_chance(between(937, 966)) == "A fall to 880 or a rise to 1,056 would be more than chance."


def test_few_or_scattered_events_can_only_be_seen_to_rise() -> None:
    assert narrate.within_chance(between(3, 3)) == "It would have to reach 12 before chance could be ruled out."
    assert narrate.within_chance(between(9, 9, dispersion=2)).startswith("It would have to reach ")


def test_nothing_is_said_of_chance_where_there_is_no_count_to_fall_from() -> None:
    assert narrate.within_chance(PART) == ""
    assert narrate.within_chance(between(5, 0)) == ""
    assert narrate.within_chance(between(0.6, 0.5, Kind.PROPORTION, 400)) == ""
    assert narrate.within_chance(between(200, 250, Kind.RATE)) == ""


# ---- beside another place


@pytest.mark.parametrize(
    ("found", "kind", "words"),
    [
        (
            Against(7.5, 6.0, ratio=1.25, low=1.1, high=1.4, p_value=0.001),
            Kind.COUNT,
            "7.5 per 1,000 residents here and 6 in London: 25% higher here, more than chance would explain.",
        ),
        (
            Against(6.0, 7.5, ratio=0.8, low=0.6, high=1.1, p_value=0.2),
            Kind.COUNT,
            "6 per 1,000 residents here and 7.5 in London: 20% lower here, chance alone could explain it.",
        ),
        (
            Against(65, 70, points=-5, low=-10, high=-0.3, p_value=0.04),
            Kind.PROPORTION,
            "65% here and 70% in London: 5 percentage points lower here, more than chance would explain.",
        ),
        (Against(71, 70, points=1), Kind.PROPORTION, "71% here and 70% in London: 1 percentage point higher here."),
        (
            Against(2.3, 1.0, ratio=2.3, low=1.2, high=4, p_value=0.01, few=True),
            Kind.COUNT,
            "2.3 per 1,000 residents here and 1 in London: higher here, more than chance would explain.",
        ),
        (Against(200.5, 401), Kind.RATE, "200 here and 401 in London: 50% lower here."),
        (Against(6.0, 6.0, ratio=1, low=0.8, high=1.2, p_value=1), Kind.COUNT, "6 per 1,000 residents here and 6 in London: the same."),
        (Against(60, 60, points=0, p_value=1), Kind.PROPORTION, "60% here and 60% in London: the same."),
        (Against(0.2, 0.0, ratio=math.inf, p_value=0.5), Kind.COUNT, "0.2 per 1,000 residents here and 0 in London."),
        (
            Against(refusal="There is nothing left to compare with."),
            Kind.COUNT,
            "London: not compared. There is nothing left to compare with.",
        ),
        (Against(), Kind.RATE, "London: no figures to compare with."),
    ],
)  # fmt: skip
def test_a_figure_beside_another_places(found: Against, kind: Kind, words: str) -> None:
    assert narrate.held("London", found, kind) == words


def test_two_shares_that_differ_are_not_written_alike() -> None:
    found = change(Window(NOW, 309, 1000, 12, 12), Window(BEFORE, 306, 1000, 12, 12), kind=Kind.PROPORTION)
    assert narrate.both(found) == "from 30.6% to 30.9%"
    odd = change(Window(NOW, 175, 1000, 12, 12), Window(BEFORE, 77, 1000, 12, 12), kind=Kind.PROPORTION)
    assert narrate.both(odd) == "from 7.7% to 17.5%" and narrate.movement(odd) == "up 9.8 percentage points"
    even = change(Window(NOW, 500, 1000, 12, 12), Window(BEFORE, 300, 1000, 12, 12), kind=Kind.PROPORTION)
    assert narrate.both(even) == "from 30% to 50%"


def test_a_share_published_as_a_number_keeps_its_sign_and_moves_in_points() -> None:
    found = change(Window(NOW, 26.8, None, 12, 12), Window(BEFORE, 30.8, None, 12, 12), kind=Kind.RATE, in_percent=True)
    assert narrate.both(found) == "from 30.8% to 26.8%" and narrate.movement(found) == "down 4 percentage points"


def test_a_rate_that_ends_at_none_has_its_unit_before_it() -> None:
    rate = Rate(120_000, 1000)
    found = change(Window(NOW, 0, None, 12, 12), Window(BEFORE, 40, None, 12, 12), rate=rate)
    assert narrate.both(found) == "from 0.33 per 1,000 residents to none"


def test_a_place_without_figures_begins_its_sentence_and_a_rate_has_its_own_base() -> None:
    assert narrate.held("similar boroughs", Against(), Kind.COUNT) == "Similar boroughs: no figures to compare with."
    rate = Against(12, 10, ratio=1.2, p_value=0.3)
    assert "12 per 100,000 residents here" in narrate.held("London", rate, Kind.COUNT, "per 100,000 residents").replace(
        "12.0", "12"
    )


@pytest.mark.parametrize(
    ("p_value", "words"), [(0.0499, "the gap is more than chance would explain"), (0.0501, "chance alone could explain the gap")]
)  # fmt: skip
def test_places_that_moved_apart_or_not(p_value: float, words: str) -> None:
    gap = RateRatio(0.9, 0.8, 1.0, p_value)
    told = narrate.apart("London", between(2864, 3113), between(5, 5), gap)
    assert told == f"It is down 8% here and unchanged in London; {words}."


# ---- odds and signs


@pytest.mark.parametrize(
    ("p_value", "words"),
    [
        (0.0, "fewer than 1 in 1,000 cases"),
        (0.00099, "fewer than 1 in 1,000 cases"),
        (0.001, "about 1 in 1,000 cases"),
        (0.0094, "about 9 in 1,000 cases"),
        (0.0095, "about 1 in 100 cases"),
        (0.03, "about 3 in 100 cases"),
        (0.049, "about 5 in 100 cases"),
        (0.5, "about 50 in 100 cases"),
        (1.0, "about 100 in 100 cases"),
    ],
)
def test_odds(p_value: float, words: str) -> None:
    assert wording.odds(p_value) == words


@given(st.floats(0, 1))
def test_odds_are_near_the_probability_and_never_nought(p_value: float) -> None:
    words = wording.odds(p_value)
    assert " 0 in " not in words
    if p_value >= 0.001:
        count, of = (float(part.replace(",", "")) for part in (words.split(" ")[1], words.split(" ")[3]))
        assert count / of == pytest.approx(p_value, rel=0.5, abs=0.0051)


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.5, "+2.5"), (-13.0, "−13"), (0, "0"), (-0.0, "0"), (0.04, "+0.04"), (-0.012, "−0.012"), (None, "no figure"), (100.04, "+100")],
)  # fmt: skip
def test_signed(value: float | None, text: str) -> None:
    assert wording.signed(value) == text


# ---- why a measure has its state


def test_the_reasons_of_a_count() -> None:
    told = narrate.reasons(between(2864, 3113), Direction.LOWER, signals="None of the latest 12 months lies beyond.")
    assert told == [
        "The two counts were compared with an exact test (binomial, given their sum); chance alone would part them this "
        "far in about 1 in 1,000 cases.",
        "The true change is likely (95%) to lie between −12.6% and −3.2%.",
        "A fall to 2,959 or a rise to 3,271 would be more than chance.",
        "None of the latest 12 months lies beyond.",
        "Lower is better, as declared for this measure.",
    ]


def test_scatter_is_told_where_it_widened_the_test() -> None:
    for dispersion, seasonal in ((2.44, True), (2.44, False), (1.04, True), (1.0, False)):
        text = " ".join(narrate.reasons(between(90, 140, dispersion=dispersion), Direction.HIGHER, seasonal=seasonal))
        assert ("scatter 2.4 times as much as pure chance" in text) is (dispersion > 2)
        assert ("(season taken out)" in text) is (dispersion > 2 and seasonal)
        assert text.endswith("Higher is better, as declared for this measure.")


def test_the_reasons_of_a_share() -> None:
    told = narrate.reasons(between(0.65, 0.83, Kind.PROPORTION, 400), Direction.HIGHER)
    assert told == [
        "The two shares were compared with a two-proportion test; chance alone would part them this far in fewer than 1 "
        "in 1,000 cases.",
        "The true change is likely (95%) to lie between −23.9 and −12.1 points.",
        "Higher is better, as declared for this measure.",
    ]


def test_reasons_without_a_test_a_base_or_a_direction() -> None:
    assert narrate.reasons(None, Direction.LOWER) == ["There is no earlier period to compare with."]
    assert narrate.reasons(PART, Direction.LOWER) == [PART.refusal]
    untested = narrate.reasons(between(200, 250, Kind.RATE), Direction.AMBIGUOUS)
    assert untested == [
        "The figure was published without the number of cases behind it, so no test is possible.",
        "No direction is better in itself, so it is never marked as better or worse.",
    ]
    from_none = narrate.reasons(between(10, 0), Direction.LOWER)
    assert len(from_none) == 3 and "between +4 and +10 in number" in " ".join(from_none)


# ---- two measures read together


def together(reports: Change | None, outcome: Change | None, better: Direction = Direction.HIGHER) -> str:
    return narrate.together("reports of hate crime", reports, "trust in the police", outcome, better)


ROSE, FELL, SAME = between(200, 140), between(90, 140), between(141, 140)
BETTER, WORSE, STILL = (between(share, 0.65, Kind.PROPORTION, 400) for share in (0.83, 0.45, 0.66))


@pytest.mark.parametrize(
    ("reports", "outcome", "words"),
    [
        (ROSE, BETTER, "rose, while trust in the police improved. That fits the welcome reading of a rise; it does not prove it."),
        (ROSE, WORSE, "rose, while trust in the police got worse. That fits the worrying reading of a rise; it does not prove it."),
        (FELL, BETTER, "fell, while trust in the police improved. That fits the reassuring reading of a fall, that there is less of it; it does not prove it."),
        (FELL, WORSE, "fell, while trust in the police got worse. That fits the worrying reading of a fall, that less of it comes to light; it does not prove it."),
        (ROSE, STILL, "rose, while trust in the police shows no detectable change: neither reading is favoured."),
        (FELL, STILL, "fell, while trust in the police shows no detectable change: neither reading is favoured."),
    ],
)  # fmt: skip
def test_both_readings_beside_an_outcome(reports: Change, outcome: Change, words: str) -> None:
    assert together(reports, outcome) == f"Reports of hate crime {words}"


def test_an_outcome_that_should_fall_is_read_the_other_way() -> None:
    worse, better = together(ROSE, ROSE, Direction.LOWER), together(ROSE, FELL, Direction.LOWER)
    assert "trust in the police rose. That fits the worrying reading" in worse
    assert "trust in the police fell. That fits the welcome reading" in better
    assert together(ROSE, BETTER, Direction.AMBIGUOUS).endswith("neither reading is favoured.")


def test_what_does_not_move_needs_no_reading() -> None:
    for outcome in (BETTER, WORSE, STILL):
        assert (
            together(SAME, outcome)
            == "Reports of hate crime show no detectable change, so neither reading is favoured."
        )


def test_what_cannot_be_read_together_says_why() -> None:
    assert together(ROSE, None) == (
        "There are no open figures of outcomes or confidence to set it against, so neither reading can be checked."
    )
    assert together(None, BETTER) == "The two cannot be read together. One of them has no figures."
    assert together(PART, BETTER) == f"The two cannot be read together. {PART.refusal}"
    assert together(ROSE, PART) == f"The two cannot be read together. {PART.refusal}"
    untested = between(0.65, 0.5, Kind.PROPORTION)
    assert together(ROSE, untested) == (
        "The two cannot be read together. One was published without the number of cases behind it."
    )


def test_a_wider_test_changes_the_words_of_tile_and_title() -> None:
    plain, wide = between(2864, 3113), between(2864, 3113, dispersion=4)
    assert narrate.tile(plain).endswith("more than chance would explain.")
    assert narrate.tile(wide).endswith("chance alone could explain it.")
    assert narrate.trend_title("Burglary", wide) == "Burglary: no detectable change in the year to March 2026"
    assert "within chance" not in narrate.trend_sentence("Burglary", plain)


def test_what_a_period_is_compared_with_is_said_unless_it_is_simply_the_year_before() -> None:
    rose = between(200, 140)
    assert narrate.when(rose) == "in the year to March 2026"
    for now, before, words in (
        (
            Span(Month(2026, 3), Month(2026, 3)),
            Span(Month(2025, 3), Month(2025, 3)),
            "in March 2026, on the same month a year before",
        ),
        (
            Span(Month(2026, 4), Month(2026, 8)),
            Span(Month(2025, 4), Month(2025, 8)),
            "in April 2026 to August 2026, on the same months a year before",
        ),
        (NOW, Span(Month(2019, 4), Month(2020, 3)), "in the year to March 2026, on 2019/20"),
    ):
        found = change(Window(now, 200.0, None, 1, 1), Window(before, 140.0, None, 1, 1))
        assert narrate.when(found) == words
        assert narrate.trend_title("Burglary", found) == f"Burglary rose 43% {words}"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (between(1071, 1000), "+7.1%"),
        (between(840, 1000), "\u221216%"),
        (between(1000, 1000), "unchanged"),
        (between(3, 8), "was 8"),
        (between(0, 0), "unchanged"),
        (between(60, 0), "was none"),
        (None, ""),
        (PART, ""),
    ],
)
def test_a_movement_in_brief(found: Change | None, said: str):
    assert narrate.brief(found) == said


def test_shares_move_by_points_in_brief():
    was, now = Window(BEFORE, 100, 1000, 12, 12), Window(NOW, 198, 1000, 12, 12)
    assert narrate.brief(change(now, was, kind=Kind.PROPORTION)) == "+9.8 pts"
    assert (
        narrate.brief(change(replace(was, span=NOW), replace(now, span=BEFORE), kind=Kind.PROPORTION))
        == "\u22129.8 pts"
    )
    whole = Window(NOW, 120, 1000, 12, 12)
    assert narrate.brief(change(whole, was, kind=Kind.PROPORTION)) == "+2 pts"


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_movement_in_brief_goes_the_way_that_the_figures_went(now: int, before: int):
    said = narrate.brief(between(now, before))
    assert said in ("unchanged",) or said.startswith("was ") or said.startswith("+") is (now > before)
    assert (said == "unchanged") is (now == before)
