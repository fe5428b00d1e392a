"""What changed since a month: states then are those that figures to that month give, and an earlier release is held against."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from support import releases as new_release

from csp_dash.analytics.state import State
from csp_dash.catalogue import Catalogue
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month
from csp_dash.domain.settings import Settings
from csp_dash.ingest.facts import day_text
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan import changes_since as panel
from csp_dash.panels.plan.changes_since import TURNS, Changes, Row, changes_since, choices, month_of
from csp_dash.panels.plan.since_release import since_release
from csp_dash.panels.tile import tile
from csp_dash.panels.verdict import live
from csp_dash.warehouse import ReleaseInfo, Releases, Snapshot

THEN = Month(2025, 9)
BURGLARY = ("mps_borough_whole", "2025-06-01")


def short_release(folder: Path) -> None:
    """The bundled snapshot as it would be with no figure after THEN."""
    new_release.write(folder, more=0)
    for path in sorted((folder / "data" / "facts").glob("*.parquet")):
        facts = pd.read_parquet(path)
        facts = facts[day_text(facts["start"]) <= str(THEN.last_day)]
        facts.to_parquet(path, index=False)
    coverage = pd.read_csv(folder / "data" / "coverage.csv", dtype=str, keep_default_na=False)
    coverage = coverage[coverage["first"] <= str(THEN)]
    coverage["last"] = coverage["last"].clip(upper=str(THEN))
    coverage.to_csv(folder / "data" / "coverage.csv", index=False)
    new_release.sign(folder)
    path = folder / "data" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["release"] = f"{THEN}-short"
    path.write_text(json.dumps(manifest), encoding="utf-8")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two releases: one to September 2025, and after it the bundled figures with one of them revised."""
    folder = tmp_path_factory.mktemp("two-releases")
    kept = Releases(folder)
    with kept.making() as new:
        short_release(new)
        kept.publish(new, ReleaseInfo(made="2025-11-01T08:00:00+00:00"))
    with kept.making() as new:
        new_release.write(new)
        path = new / "data" / "facts" / f"{BURGLARY[0]}.parquet"
        facts = pd.read_parquet(path)
        at = (facts["series"] == "burglary_residential") & facts["area"].isin([new_release.AREA, new_release.LONDON])
        at &= day_text(facts["start"]) == BURGLARY[1]
        facts.loc[at, "numerator"] += 7
        facts.to_parquet(path, index=False)
        new_release.sign(new)
        kept.publish(new, ReleaseInfo(made="2026-05-19T08:00:00+00:00"))
    return folder


def rows(found: Changes) -> list[Row]:
    return [*found.turned, *found.neither, *found.still_worse, *found.same]


def test_every_live_measure_stands_in_one_place(data: Dataset):
    found = changes_since(data, Filters(since=THEN))
    slugs = [row.indicator.slug for row in rows(found)]
    assert sorted(slugs) == sorted(slug for slug, item in data.catalogue.indicators.items() if live(data, item))
    for row in rows(found):
        now = tile(data, Filters(row.indicator.slug))
        assert (row.now, row.state) == (now.figure, now.state), row.indicator.slug
        assert bool(row.turn) is (row.was.word != row.state.word)


def test_states_then_are_those_of_a_release_that_ends_there(data: Dataset, cache: Path, catalogue: Catalogue):
    releases = Releases(cache)
    then = Dataset(releases.get(f"{THEN}-short"), catalogue, Settings(cache=str(cache)))
    assert then.newest == THEN
    told = {row.indicator.slug: row for row in rows(changes_since(data, Filters(since=THEN)))}
    for slug, row in told.items():
        own = tile(then, Filters(slug))
        assert (row.then, row.was) == (own.figure, own.state), slug
    assert len({row.was.word for row in told.values()}) > 3


def test_the_worst_turns_come_first_and_the_answer_names_them(data: Dataset):
    found = changes_since(data, Filters(since=THEN))
    order = list(TURNS)
    assert [order.index(row.turn) for row in found.turned] == sorted(order.index(row.turn) for row in found.turned)
    assert found.turned[0].state.tone == "bad" and found.turned[0].was.tone != "bad"
    number = len(found.turned) + len(found.neither)
    counted = f"Since September 2025, {number} of {len(rows(found))} measures changed state: all violence and violence "
    assert found.answer.startswith(counted)
    assert f"{len(found.neither)} others turned neither better nor worse" in found.answer and len(found.neither) >= 5
    assert "none turned worse" not in found.answer
    assert all(row.state.tone == "bad" for row in found.still_worse)
    assert not any(row.state.tone == "bad" for row in (*found.same, *found.neither)), "what is worse is never folded"


def test_three_months_back_unless_told_and_the_nearest_month_that_there_is(data: Dataset):
    assert month_of(data, Filters()) == (data.newest.plus(-3), "")
    late, told = month_of(data, Filters(since=Month(2031, 1)))
    assert late == data.newest.plus(-1) and "nothing can have changed since January 2031" in told
    early, told = month_of(data, Filters(since=Month(1999, 1)))
    assert early == choices(data)[-1] and told.endswith(f"Shown is what changed since {early.words}.")
    found = changes_since(data, Filters(since=Month(1999, 1)))
    assert found.since == early and any(row.was.word != "Cannot tell" for row in rows(found))


def test_a_board_sees_its_own_measures(data: Dataset):
    for board in data.words.boards:
        found = changes_since(data, Filters(board=board))
        assert {row.indicator.place.board for row in rows(found)} <= {board}
        if not rows(found):
            assert found.answer == "No measure here has figures that go on, so none can have changed state."
    assert len(rows(changes_since(data, Filters(board="neighbourhood_asb")))) >= 12


def state(word: str, tone: str = "neutral") -> State:
    return State("X", word, "", tone)


@pytest.mark.parametrize(
    ("was", "now", "turn"),
    [
        (state("Improving", "good"), state("Worsening", "bad"), "worse"),
        (state("Cannot tell", "unknown"), state("Worsening", "bad"), "found"),
        (state("Improving", "good"), state("No detectable change"), "lost"),
        (state("Worsening", "bad"), state("No detectable change"), "over"),
        (state("Worsening", "bad"), state("Improving", "good"), "better"),
        (state("No detectable change"), state("Rising"), "up"),
        (state("Rising"), state("No detectable change"), "settled"),
        (state("Improving", "good"), state("Cannot tell", "unknown"), "unknown"),
        (state("Cannot tell", "unknown"), state("Improving", "good"), "known"),
        (state("Falling"), state("Falling"), ""),
    ],
)
def test_how_a_state_turns(was: State, now: State, turn: str):
    assert panel._turn(was, now) == turn


def test_new_months_and_ended_series_are_counted(data: Dataset):
    found = changes_since(data, Filters(since=Month(2025, 12)))
    ends = [have.span.last.month for row in rows(found) if (have := data.have(row.indicator))]
    assert found.months == (
        f"New months: Jan to Mar 2026 for {ends.count(3)} measures and Jan to Feb 2026 for {ends.count(2)} measures."
    )
    assert found.series == ("Series that count as ended, with no figure for more than 12 months: first-time entrants.",)


def test_the_earlier_release_is_the_one_that_a_reader_had_then(cache: Path, catalogue: Catalogue):
    data = Dataset(Releases(cache).live(), catalogue, Settings(cache=str(cache)))
    found = since_release(data, Filters(since=THEN))
    assert found is not None and found.release == f"{THEN}-short"
    assert f"Against release {found.release}" in found.sentence
    revised = found.revised.set_index("Measure")
    assert revised.loc["Burglary", "Period"] == "June 2025"
    was, now = (int(revised.loc["Burglary", name]) for name in ("Was", "Is"))
    assert now == was + 7
    assert set(revised.index) == {"Burglary", "Home burglary"}
    assert len(found.csv.splitlines()) == 1 + len(revised)
    going = [
        have.span.last for item in data.catalogue.indicators.values() if live(data, item) and (have := data.have(item))
    ]
    months = sum(last - THEN for last in going)
    assert f"{months} figures of {len(going)} measures are new" in found.sentence
    before = since_release(data, Filters(since=THEN.plus(-1)))
    assert before is not None and before.release == Snapshot.open().release, "none ends by then: the oldest"
    assert "no figure is new" in before.sentence


def test_the_bundled_release_has_none_before_it(data: Dataset):
    assert since_release(data, Filters()) is None
    assert data.snapshot.release == Snapshot.open().release


def test_a_view_of_wards_or_rates_changes_nothing(data: Dataset):
    """The page tells of the borough in counts, whatever the rest of the address asks for."""
    plain = changes_since(data, Filters())
    assert changes_since(data, replace(Filters(), wards=("E05009336",), period="1m")) == plain
