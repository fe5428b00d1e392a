"""What is said of a change is as true as its figures: every measure, place and period, and the answer of every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from itertools import pairwise

import pandas as pd
import pytest
from support.walk import BOROUGH, WARD, WARDS, Said, said, shown, views

from csp_dash.analytics.target import Standing
from csp_dash.catalogue import Catalogue, load
from csp_dash.domain.enums import Compare, Direction, Measure, Trust
from csp_dash.domain.filters import Filters
from csp_dash.panels import verdict
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.plan import answers, targets
from csp_dash.panels.themes import paired_measures
from csp_dash.panels.tile import tile
from csp_dash.panels.trends import comparisons
from csp_dash.panels.trends.trend import trend, wall
from csp_dash.panels.wards import ward_profile

CATALOGUE = load()
SLUGS = [slug for slug, item in CATALOGUE.indicators.items() if item.counts_in_headlines]
PRESENT = re.compile(r"\b(is|are) at (its|their)\b|\b(Improving|Worsening|Rising|Falling)\b")
PERCENT_MOVED = re.compile(r"\b(?:[Uu]p|[Dd]own|rose|fell)(?: by)? [\d.,]+(?:%| percentage)")


def walked(data: Dataset, slug: str) -> Iterator[Said]:
    periods = ("12m", "1m", "plan", "custom")
    for view in views(data, slugs=[slug], places=(BOROUGH, WARD), periods=periods, measures=(Measure.COUNT,)):
        yield from said(data, view, ("tile", "trend") if view.period == "12m" else ("tile",))


@pytest.mark.grid(14)
@pytest.mark.parametrize("slug", SLUGS)
def test_no_percentage_moves_on_few_and_the_past_is_told_as_past(data: Dataset, slug: str) -> None:
    last = {}
    for one in walked(data, slug):
        where = one.where
        if one.panel == "tile":
            last[one.view] = one.made
            found = one.made.change
            if found is not None and found.few and not found.refusal:
                assert not PERCENT_MOVED.search(one.made.sentence), where
        held = last[one.view]
        if held.change is not None and held.change.few and one.panel == "trend":
            told = f"{one.made.title} {one.made.sentence}"
            assert not PERCENT_MOVED.search(told), (where, told)
        if held.change is not None and held.change.now.few:
            assert re.search(r"\d+ of \d+", held.figure), where
        if held.ends:
            for text in one.texts:
                assert not PRESENT.search(text), (where, text)
            assert held.ends in held.state.label or held.state.letter == "?", where


@pytest.mark.grid(14)
@pytest.mark.parametrize("slug", SLUGS)
def test_tile_title_evidence_board_and_comparisons_give_one_verdict(data: Dataset, slug: str) -> None:
    for view in views(data, slugs=[slug], periods=("12m",), measures=(Measure.COUNT,)):
        one = tile(data, view)
        found = one.change
        if found is None or found.refusal or not found.tested:
            assert one.state.tone in ("unknown", "past"), view
            continue
        rose = found.absolute is not None and found.absolute > 0
        for picture in (trend(data, view), wall(data, view)) if view.wards == BOROUGH else (trend(data, view),):
            if not found.detectable:
                assert "no detectable change" in picture.title, (view, picture.title)
                assert one.state.word.endswith(("No detectable change", "no detectable change")), view
            else:
                assert "no detectable change" not in picture.title, (view, picture.title)
                other = "fell" if rose else "rose"
                assert f" {other} " not in picture.title, (view, picture.title)
                assert ("highest" if not rose else "lowest") not in picture.title, (view, picture.title)
                wanted = {"A", "D", "", "E"}
                assert one.state.letter in wanted, view
                item = CATALOGUE.indicators[slug]
                if item.direction is not Direction.AMBIGUOUS and one.state.letter != "E":
                    assert (one.state.letter == "A") is (rose is (item.direction is Direction.HIGHER)), view
        if view.wards == BOROUGH:
            ways = comparisons.comparisons(data, view).ways
            like = [way for way in ways if way.change is not None and way.change.before.span == found.before.span]
            assert like, view
            assert {(way.state, way.sentence) for way in like if way.change.now.span == found.now.span} == {
                (one.state, one.sentence)
            }, view


def test_a_change_against_the_level_before_the_plan_says_so_everywhere(data: Dataset) -> None:
    """Theft from the person fell and is far above 2019/20; knife outcomes come back; VAWG fell at a break."""
    for slug, words in (
        ("theft_from_person", "till 61% above 2019/20"),
        ("knife_positive_outcomes", "fter 21% in the 12 months to February 2023"),
        ("vawg_offences", "before a break in the figures"),
    ):
        view = Filters(indicator=slug)
        one = tile(data, view)
        assert words in one.sentence and words in trend(data, view).title and words in wall(data, view).title
    told = 0
    for view in views(data, slugs=SLUGS, places=(BOROUGH, WARD), periods=("12m",), measures=(Measure.COUNT,)):
        one = tile(data, view)
        base = tile(data, replace(view, compare=Compare.BASELINE)).change
        found = one.change
        if not found or not base or found.refusal or base.refusal or one.ends or not found.detectable:
            continue
        against = (found.absolute or 0) * (base.absolute or 0) < 0 and base.before.span != found.before.span
        assert against is bool(re.search(r"Still .* (above|below) |After .* in ", one.sentence)), (view, one.sentence)
        told += against
    assert told >= 4


@pytest.mark.grid(4)
@pytest.mark.parametrize("wards", [BOROUGH, WARD, WARDS, ("E05009317",), ("E05009335",)])
@pytest.mark.parametrize("period", ["12m", "24m"])
def test_every_measure_that_is_worse_is_named_or_counted_in_the_answer(
    data: Dataset, wards: tuple[str, ...], period: str
) -> None:
    for priority in data.catalogue.priorities.values():
        view = Filters(wards=wards, period=period)
        text = answers.answer(data, view, priority.slug, "#measures")
        real = [data.catalogue.indicators[slug] for slug in priority.indicators]
        real = [item for item in real if item.counts_in_headlines and data.shows(item) and data.have(item)]
        going = [item for item in real if verdict.live(data, item)]
        tiles = [tile(data, replace(view, indicator=item.slug)) for item in going or real]
        worse = [one.indicator.short for one in tiles if one.state.letter == "D" or "got worse" in one.state.word]
        if len(worse) > answers.MOST:
            assert re.search(rf"\[{len(worse)} of \d+ measures got worse\]\(#measures\)", text), text
        else:
            for name in worse:
                assert name.lower() in text.lower().split(" got worse")[0], (priority.slug, name, text)
        assert ("got worse" in text) is bool(worse), text


def test_the_answers_of_today_name_what_got_worse(data: Dataset) -> None:
    asked = Filters()
    assert answers.answer(data, asked, "neighbourhood_crime", "").startswith("Shoplifting got worse; ")
    violence = answers.answer(data, asked, "violence", "")
    assert "violence without injury" in violence.split(" got worse")[0]


def test_no_headline_has_ended_while_a_live_measure_of_its_outcome_goes_on(data: Dataset) -> None:
    known = data.catalogue.indicators
    for priority in data.catalogue.priorities.values():
        chosen = answers.headlines(data, priority)
        assert chosen and set(chosen) <= set(priority.indicators) and len(chosen) <= len(priority.headlines)
        alive = {known[slug].place.outcome for slug in priority.indicators if verdict.live(data, known[slug])}
        for slug in chosen:
            assert verdict.live(data, known[slug]) or known[slug].place.outcome not in alive, slug
        declared = [slug for slug in chosen if slug in priority.headlines]
        assert all(priority.headlines.index(a) < priority.headlines.index(b) for a, b in pairwise(declared))
    on_the_board = {screen.indicator for screen in answers.screens(data) if screen.kind == "trend"}
    assert not on_the_board & {"hate_homophobic", "hate_faith", "stop_search_found", "deliberate_fires"}


def test_all_violence_stands_in_every_ward_s_profile(data: Dataset) -> None:
    for ward in data.wards:
        lines = {line.indicator.slug: line for line in ward_profile.profile(data, Filters(wards=(ward,)))}
        assert "violence_all" in lines
        for slug, line in lines.items():
            assert line.verdict.state == tile(data, Filters(indicator=slug, wards=(ward,))).state, (ward, slug)


def test_the_export_of_comparisons_has_no_percentage_on_few(data: Dataset) -> None:
    few = 0
    for view in views(data, slugs=SLUGS, places=(WARD,), periods=("12m",), measures=(Measure.COUNT,)):
        if data.catalogue.indicators[view.indicator].kind != "count":
            continue
        rows = pd.read_csv(StringIO(comparisons.comparisons(data, view).csv))
        small = rows[["now", "before"]].min(axis=1) < 30
        assert rows.loc[small, "percent"].isna().all(), view
        assert set(rows.loc[small & rows["p_value"].notna(), "interval_in"]) <= {"number"}, view
        few += int(small.sum())
    assert few > 20


def test_every_measure_shown_is_walked(data: Dataset) -> None:
    assert set(shown(data)) - set(SLUGS) <= {
        slug for slug, item in data.catalogue.indicators.items() if item.trust is Trust.ILLUSTRATIVE
    }


@pytest.mark.grid(6)
@pytest.mark.parametrize(
    "slug", [slug for slug in SLUGS if CATALOGUE.indicators[slug].direction is Direction.AMBIGUOUS]
)
def test_readings_fit_the_measure_and_the_direction(data: Dataset, slug: str) -> None:
    item = CATALOGUE.indicators[slug]
    assert len(item.falls) == 2 and not set(item.falls) & set(item.readings)
    for view in views(data, slugs=[slug], periods=("12m", "1m", "plan"), measures=(Measure.COUNT,)):
        one = tile(data, view)
        rose = one.change is not None and (one.change.absolute or 0) > 0
        wrong, right = (item.falls, item.readings) if rose else (item.readings, item.falls)
        told = f"{one.reading} {' '.join(paired_measures.pair(data, view).readings) if item.pair else ''}"
        if one.reading:
            assert all(text in one.reading for text in right), view
            assert not any(text in one.reading for text in wrong), view
        assert "reported" not in told or slug != "stop_search"


def test_a_part_has_the_direction_of_the_measure_that_holds_it(catalogue: Catalogue) -> None:
    """Stalking and the violence without injury that contains it serve one outcome, and cannot disagree in kind."""
    held = 0
    items = [item for item in catalogue.indicators.values() if item.counts_in_headlines]
    for whole in items:
        for part in items:
            if part is whole or part.place.outcome != whole.place.outcome or part.kind is not whole.kind:
                continue
            mine, its = (one.feed("ward") for one in (part, whole))
            if mine and its and mine.source == its.source and set(mine.series) < set(its.series):
                assert part.direction is whole.direction, (part.slug, whole.slug)
                held += 1
    assert held >= 3


def test_a_target_that_is_due_is_met_missed_or_cannot_be_judged(data: Dataset) -> None:
    for one in targets.targets(data, Filters()):
        assert data.newest >= one.target.due and one.standing not in (Standing.ON, Standing.OFF), one.target.figure
        said = {re.findall(r"\*\*(.+?)\*\*", line)[-1] for line in one.readings if "**" in line}
        if len(said) == 1:
            assert one.standing.word.lower() == said.pop(), "where all readings agree, that is the verdict"
    fair = next(one for one in targets.targets(data, Filters()) if one.target.indicator == "pas_fair_treatment")
    assert fair.standing is Standing.MISSED and "December 2023" in fair.readings[0]
