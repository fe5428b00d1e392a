"""How the plan ended: the declared rule, worked out by hand from the release's own figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from csp_dash.analytics.compare import Window, change
from csp_dash.analytics.target import Standing
from csp_dash.domain.enums import Direction, Kind
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month, Span
from csp_dash.domain.plan import Outcome
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan import ended as panel
from csp_dash.panels.plan.ended import OUTCOME, TARGET, Ended, Part, Row, Shown, ended
from csp_dash.panels.plan.targets import targets

BASE, LAST = Span(Month(2019, 4), Month(2020, 3)), Span(Month(2023, 4), Month(2024, 3))


@pytest.fixture(scope="module")
def found(data: Dataset) -> Ended:
    return ended(data, Filters())


def row(found: Ended, text: str) -> Row:
    return next(one for one in found.rows if one.text.startswith(text))


def test_every_outcome_and_target_has_one_row(data: Dataset, found: Ended):
    outcomes = [one for priority in data.catalogue.priorities.values() for one in priority.outcomes]
    assert [one.text for one in found.rows if one.kind == OUTCOME] == [one.text for one in outcomes]
    aims = [one for one in found.rows if one.kind == TARGET]
    assert len(aims) == len(data.catalogue.targets) == 4
    standings = {f"{one.target.title}: {one.target.words}.": one.standing for one in targets(data, Filters())}
    assert {one.text: one.standing for one in aims} == standings
    assert all(one.why for one in found.rows), "whatever the verdict, it says why"


def test_every_verdict_is_met_missed_or_cannot_be_judged(found: Ended):
    assert {one.standing for one in found.rows} <= {Standing.MET, Standing.MISSED, Standing.UNKNOWN}
    assert found.answer == (
        "The plan ended in March 2024. Of its 29 outcomes, the figures show none as met and 5 as missed; 24 cannot be judged,"
        " 18 of them for want of an open figure. Of its 4 targets, they show none as met and 1 as missed; 3 cannot be judged."
    )
    assert sum(one.silent for one in found.rows) == 18


def test_theft_for_gain_was_missed_though_burglary_fell(data: Dataset, found: Ended):
    one = row(found, "Less burglary")
    parts = {shown.indicator.slug: shown.part for shown in one.shown}
    assert one.standing is Standing.MISSED
    assert {slug for slug, part in parts.items() if part is Part.AGAINST} >= {"theft_from_person", "shoplifting"}
    assert parts["burglary"] is Part.FOR and parts["robbery_personal"] is Part.CHANCE
    for shown in one.shown:
        item = shown.indicator
        for span, told in ((BASE, shown.start), (LAST, shown.end)):
            rows = data.series(item, ("E09000030",))
            inside = (rows["start"] >= str(span.first.first_day)) & (rows["start"] <= str(span.last.last_day))
            assert told == f"{rows.loc[inside, 'numerator'].sum():,.0f}", item.slug


def test_a_rise_that_is_surprising_alone_is_not_among_several(found: Ended):
    shown = row(found, "Less burglary").shown
    other = next(one for one in shown if one.indicator.slug == "other_theft")
    tested = sum(one.part is not Part.ASIDE for one in shown)
    assert other.p_value is not None and 0.05 / tested < other.p_value < 0.05
    assert other.part is Part.CHANCE and other.why.endswith(f"among {tested} measures.")


@pytest.mark.parametrize(
    ("text", "slug", "why"),
    [
        ("Fewer people become victims of", "knife_offences", "Its comparable figures begin after the plan did."),
        (
            "Fewer people become victims of",
            "knife_positive_outcomes",
            "It counts something else than the outcome names.",
        ),
        ("Fewer people become victims of", "weapons_possession", "A rise can be read two ways."),
        ("Fewer people become victims of", "gun_crime_to_2021", "There is no figure for the year to March 2024."),
        ("Fewer people enter", "youth_fte", panel.UNTESTED),
        ("Local communities", "public_order", "The plan does not say which way it should go."),
    ],
)
def test_measures_that_cannot_judge_are_shown_with_why(found: Ended, text: str, slug: str, why: str):
    shown = next(one for one in row(found, text).shown if one.indicator.slug == slug)
    assert (shown.part, shown.why) == (Part.ASIDE, why)


def test_an_outcome_with_a_target_is_as_its_target(found: Ended):
    for text in (
        "The share of residents",
        "One recorded hate crime",
        "Fifteen recorded rapes",
        "The partnership faces",
    ):
        place = [one.text.startswith(text) for one in found.rows].index(True)
        outcome, aim = found.rows[place], found.rows[place + 1]
        assert aim.kind == TARGET and aim.standing is outcome.standing and "target decides" in outcome.why


def test_no_cause_is_claimed_and_the_rule_is_said(found: Ended):
    assert "the plan may have had no part in it" in found.rule
    assert found.promises.startswith("The plan also names 46 pieces of work")


def shown(data: Dataset, *parts: tuple[Part, float]) -> tuple[Shown, ...]:
    item = data.catalogue.indicators["burglary"]
    return tuple(Shown(item, "2019/20", "100", "50", "2023/24", "down 50%", part, "", p) for part, p in parts)


LOWER = Outcome(id="x", text="Less of it.", page=1, direction=Direction.LOWER, measures="Nothing open.")


@pytest.mark.parametrize(
    ("parts", "standing"),
    [
        ((), Standing.UNKNOWN),
        (((Part.ASIDE, 0.001),), Standing.UNKNOWN),
        (((Part.FOR, 0.04),), Standing.MET),
        (((Part.FOR, 0.04), (Part.FOR, 0.04)), Standing.MET),
        (((Part.FOR, 0.04), (Part.CHANCE, 0.2)), Standing.UNKNOWN),
        (((Part.FOR, 0.001), (Part.AGAINST, 0.001)), Standing.MISSED),
        (((Part.FOR, 0.001), (Part.AGAINST, 0.04)), Standing.UNKNOWN),
        (((Part.AGAINST, 0.04),), Standing.MISSED),
        (((Part.AGAINST, 0.04), (Part.ASIDE, 0.9)), Standing.MISSED),
    ],
)
def test_the_rule(data: Dataset, parts: tuple[tuple[Part, float], ...], standing: Standing):
    assert panel._judge(LOWER, panel._strict(shown(data, *parts)))[0] is standing


def test_what_a_measure_says(data: Dataset):
    question = panel.select(data, Filters("burglary"))

    def part(before: float, now: float, direction: Direction = Direction.LOWER) -> Part:
        windows = (Window(LAST, now, periods=12, expected=12), Window(BASE, before, periods=12, expected=12))
        item = replace(question.indicator, direction=direction)
        outcome = replace(LOWER, direction=direction)
        return panel._part(data, replace(question, indicator=item), outcome, change(*windows, kind=Kind.COUNT))[0]

    assert part(400, 200) is Part.FOR and part(200, 400) is Part.AGAINST and part(200, 210) is Part.CHANCE
    assert part(200, 400, Direction.HIGHER) is Part.FOR


def test_the_public_reads_the_same(public_data: Dataset, found: Ended):
    told = ended(public_data, Filters())
    assert told.answer == found.answer
    assert not any("llustrative" in one.why or "llustrative" in shown.why for one in told.rows for shown in one.shown)
