"""The next plan can be declared beside today's: its dates, priorities, boards and targets are its own everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import second_plan

from csp_dash.analytics.target import Standing
from csp_dash.catalogue import CatalogueError
from csp_dash.catalogue.loader import HERE, read
from csp_dash.domain.enums import Compare
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month, Span
from csp_dash.domain.settings import Settings
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan import answers
from csp_dash.panels.plan.changes_since import changes_since
from csp_dash.panels.plan.ended import Part, ended
from csp_dash.panels.plan.targets import targets
from csp_dash.panels.selection import select
from csp_dash.panels.tile import tile
from csp_dash.warehouse import Snapshot

TERM, BASE = Span(Month(2022, 4), Month(2025, 3)), Span(Month(2021, 4), Month(2022, 3))


def opened(folder: Path, first: str, last: str, base_first: str, base_last: str) -> Dataset:
    plan = second_plan.declare(folder / "plan", first, last, base_first, base_last)
    return Dataset(Snapshot.open(), read(HERE, plan), Settings(cache=str(folder)))


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A plan for April 2022 to March 2025 whose measures start from 2021/22."""
    return opened(tmp_path_factory.mktemp("over"), "2022-04", "2025-03", "2021-04", "2022-03")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A plan that goes on for years after the newest figures."""
    return opened(tmp_path_factory.mktemp("running"), "2025-04", "2029-03", "2023-04", "2024-03")


def test_the_filters_have_its_dates(over: Dataset):
    assert over.words.period("plan").label == "Plan period, 2022-25"
    assert over.words.period("base").label == "2021/22, before the plan"
    assert over.words.comparison(Compare.BASELINE).label == "The baseline, mostly 2021/22"
    assert over.words.boards == {"made_up_board": "Made-up Board"}
    assert select(over, Filters("burglary", period="plan")).span == TERM
    assert select(over, Filters("burglary", period="base")).span == BASE
    assert select(over, Filters("burglary", period="since")).span == Span(TERM.first, Month(2026, 3))
    question = select(over, Filters("burglary", compare=Compare.BASELINE))
    assert question.before == BASE
    assert "on 2021/22" in tile(over, Filters("burglary", compare=Compare.BASELINE)).sentence
    assert "April 2022 to March 2025" in Filters(period="plan").sentence("Tower Hamlets", over.words)


def test_its_priorities_answer(over: Dataset):
    assert list(over.catalogue.priorities) == ["streets", "borough"]
    assert answers.headlines(over, over.catalogue.priorities["streets"]) == ("burglary",)
    told = answers.answer(over, Filters(), "streets", "#measures")
    assert "burglary" in told.lower() and told.endswith(".")
    found = changes_since(over, Filters(board="made_up_board"))
    assert len(found.turned) + len(found.neither) > 0 and "measures changed state" in found.answer


def test_how_it_ended(over: Dataset):
    found = ended(over, Filters())
    streets = found.groups[0][1]
    assert found.answer.startswith("The plan ended in March 2025. Of its 2 outcomes, the figures show ")
    outcome, target = streets
    assert (outcome.text, target.text) == ("Fewer made-up harms of Streets.", "Burglaries, at most: 5%.")
    assert [one.baseline for one in outcome.shown] == ["2021/22", "2021/22"]
    assert {one.period for one in outcome.shown} == {"12 months to March 2025"}
    expected = {}
    for slug in second_plan.STREETS:
        rows = over.series(over.catalogue.indicators[slug], ("E09000030",)).set_index("start")["numerator"]
        last, base = rows["2024-04-01":"2025-03-01"].sum(), rows["2021-04-01":"2022-03-01"].sum()  # type: ignore[misc]
        expected[slug] = (f"{base:,.0f}", f"{last:,.0f}")
    assert {one.indicator.slug: (one.start, one.end) for one in outcome.shown} == expected
    assert target.standing is targets(over, Filters())[0].standing is Standing.MET
    assert (
        "that would be 2,630. In the 12 months to March 2025 it was 2,409 (" in targets(over, Filters())[0].readings[0]
    )
    assert all(one.part is not Part.ASIDE for one in outcome.shown)
    assert found.promises.startswith("The plan also names 4 pieces of work")


def test_a_plan_that_runs_is_not_judged(running: Dataset):
    found = ended(running, Filters())
    assert found.answer == (
        "The plan runs to March 2029 and the figures to March 2026, so it cannot be told yet how it ended."
    )
    assert {one.standing for one in found.rows if one.kind == "Outcome"} == {Standing.UNKNOWN}
    assert running.words.period("plan").label == "Plan period, 2025-29"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('last  = "2025-03"', 'last  = "2021-03"', "'last' comes before 'first'"),
        ('last  = "2022-03"', 'last  = "2022-09"', "'baseline' should end before the plan begins"),
        ("[term.baseline]", "[term.base]", "'baseline' is missing"),
        ('indicator = "burglary"\npriority', 'indicator = "burglery"\npriority', "unknown indicator 'burglery'"),
    ],
)
def test_wrong_dates_and_places_are_refused(tmp_path: Path, old: str, new: str, fault: str):
    plan = second_plan.declare(tmp_path / "plan", "2022-04", "2025-03", "2021-04", "2022-03")
    path = plan / "plan.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=fault):
        read(HERE, plan)
