"""The smallest pieces of sentences, for any number, unit, list and place; and the detectors that walk over all texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.checks.words import fault_of

from csp_dash.catalogue import load
from csp_dash.domain import wording
from csp_dash.domain.periods import Month, Span
from csp_dash.domain.quoted import ordinal, stated

CATALOGUE = load()
UNITS = sorted({item.unit for item in CATALOGUE.indicators.values()})
SINGULAR = """Burglary|Theft from the person|Vehicle crime|All violence against the person|Stalking and harassment|Arson|Rape
|Violence against women and girls|Burglary, business and community|Homicide|Knife crime with injury|Possession of drugs
|Racially or religiously aggravated fear, alarm or distress|Antisocial behaviour reported to the police"""
PLURAL = """Drug offences|Residents who trust the Metropolitan Police|Stops and searches that led to action|Fires in homes
|Violence without injury, stalking and harassment|People sleeping rough on one autumn night|Total recorded offences
|Children entering the youth justice system for the first time|Ward Panels that are active|Hate crimes with a positive outcome
|Public order offences|Deliberate fires since 2015"""


def titles(text: str) -> list[str]:
    return [title.strip() for title in text.split("|")]


def test_titles_take_the_verb_that_fits() -> None:
    known = {item.title for item in CATALOGUE.indicators.values()}
    assert {*titles(SINGULAR), *titles(PLURAL)} <= known
    assert [title for title in titles(SINGULAR) if wording.plural(title)] == []
    assert [title for title in titles(PLURAL) if not wording.plural(title)] == []
    assert wording.agree("Drug offences", "shows", "show") == "show"
    assert wording.agree("Burglary", "shows", "show") == "shows"
    assert wording.agree(["Burglary", "Arson"], "shows", "show") == "show"


@given(st.floats(0, 1e7), st.sampled_from(UNITS))
def test_a_figure_with_its_unit(value: float, unit: str) -> None:
    text = wording.counted(value, unit)
    assert fault_of(text) is None or unit.startswith("percent")
    assert text.startswith("no ") is (value == 0)
    written = wording.of(wording.number(value), unit)
    assert (written.startswith(wording.number(value)) and fault_of(written) is None) or unit.startswith("percent")
    assert wording.of(wording.NO_FIGURE, unit) == wording.NO_FIGURE


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.startswith("percent")])
def test_a_share_has_its_sign_once(unit: str) -> None:
    assert wording.of("26.8%", unit) == f"26.8% {unit.removeprefix('percent ')}"


@given(st.floats(1e-6, 1e6))
def test_a_rate_that_is_not_nothing_is_not_written_as_nothing(value: float) -> None:
    text = wording.rate(value)
    assert float(text.replace(",", "")) == pytest.approx(value, rel=0.06, abs=5e-7) and text != "0"


@given(st.lists(st.integers(0, 30).map(float), min_size=1, max_size=33), st.data())
def test_a_rank_is_told_from_the_nearer_end(values: list[float], data: st.DataObject) -> None:
    mine = data.draw(st.sampled_from(values))
    text = wording.rank(mine, values)
    above, below = sum(value > mine for value in values), sum(value < mine for value in values)
    if len(values) > 1 and not above and not below:
        assert text == "the same as all others"
        return
    place = int(found[1]) if (found := re.search(r"(\d+)(st|nd|rd|th)", text)) else 1
    assert text.endswith("lowest") is (below < above)
    assert place == min(above, below) + 1 <= (len(values) + 1) // 2
    assert text.startswith("joint") is (values.count(mine) > 1)


@given(st.integers(2010 * 12, 2030 * 12), st.integers(1, 60))
def test_a_period_never_runs_from_a_month_to_itself(start: int, months: int) -> None:
    first = Month(start // 12, start % 12 + 1)
    span = Span(first, first.plus(months - 1))
    for words in (span.words, span.long_words):
        assert fault_of(f"In {words} it rose.") is None
        assert words.count(span.last.words) <= 1


@given(st.lists(st.sampled_from(["Bow East", "Poplar", "Whitechapel", "Weavers", "Shadwell"]), unique=True))
def test_names_are_joined_as_a_person_would(names: list[str]) -> None:
    text = wording.listed(names)
    assert text.count(" and ") == (len(names) > 1) and text.count(", ") == max(0, len(names) - 2)
    assert [text.index(name) for name in names] == sorted(text.index(name) for name in names)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("All violence", "all violence"),
        ("CCTV incidents", "CCTV incidents"),
        ("Islamophobic hate crime", "Islamophobic hate crime"),
        ("Prevent sessions", "Prevent sessions"),
        ("Community Triggers", "Community Triggers"),
        ("Council ASB cases", "council ASB cases"),
    ],
)
def test_a_title_inside_a_sentence(text: str, inside: str) -> None:
    assert wording.inside(text) == inside


def test_the_plans_figures_are_written_as_figures() -> None:
    assert stated("5412", "attendees") == "5,412 attendees"
    assert stated("24", "rank") == "24th"
    assert stated("-20", "percent") == "−20%"
    assert stated("53", "percent of respondents") == "53% of respondents"
    assert stated("37603", "GBP") == "£37,603"
    assert stated("10-18", "years") == "10 to 18 years"
    for figure in CATALOGUE.figures.values():
        assert fault_of(figure.words) is None, figure.id
        assert "rank" not in figure.words and "percent" not in figure.words.split(" (")[0], figure.id


@given(st.integers(1, 10_000))
def test_ordinals(place: int) -> None:
    assert re.fullmatch(r"\d*(1st|2nd|3rd|[04-9]th|1[123]th)", ordinal(place))


@given(st.floats(-1e6, 1e6))
def test_a_signed_number_has_its_comma(value: float) -> None:
    assert fault_of(f"{wording.signed(value)}%") is None


def test_no_declared_text_speaks_to_its_maker_or_breaks_the_grammar() -> None:
    texts = [
        *(item.plain for item in CATALOGUE.indicators.values()),
        *(item.holder for item in CATALOGUE.indicators.values()),
        *(event.text for event in CATALOGUE.events.values()),
        *(board.note for board in CATALOGUE.boards.values()),
        *(check.why for check in CATALOGUE.checks),
        *(found.text for found in CATALOGUE.contradictions.values()),
        *(contact.note for contact in CATALOGUE.contacts),
        *(outcome.measures for priority in CATALOGUE.priorities.values() for outcome in priority.outcomes),
    ]
    assert len(texts) > 250
    assert [fault for fault in map(fault_of, texts) if fault] == []


@pytest.mark.parametrize(
    "wrong",
    [
        "Drug offences shows no change.",
        "In 1 months the force is missing.",
        "December 2025 to December 2025",
        "17th highest of the 20 wards",
        "St Paul'S Way",
        "26.8 of young offenders aged 15 to 17",
        "no figure offences",
        "5412 attendees",
        "the largest part of it is All violence (+20), against it Theft (-3)",
        "That is our reading.",
        "1 offences",
        "32% a month",
        "Rank among the 0 wards",
    ],
)
def test_the_detectors_see_what_they_are_for(wrong: str) -> None:
    assert fault_of(wrong) is not None
