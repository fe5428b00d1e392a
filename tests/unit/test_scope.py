"""A figure always says whose it is, of which period, in which measure: over every measure, place, period and panel."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pandas as pd
import pytest
import walk

from csp_dash.analytics import wording
from csp_dash.domain.filters import PERIODS, Filters
from csp_dash.domain.words import BOROUGH, AreaKind, Compare, Frequency, Kind, Measure, Trust
from csp_dash.packs import groups, map_time, night, ranks, strands, volume_harm, ward_map
from csp_dash.packs.asked import asked
from csp_dash.packs.comparisons import Comparisons
from csp_dash.packs.data import Data
from csp_dash.packs.map_time import Grain
from csp_dash.packs.pair import Pair, pair
from csp_dash.packs.picture import Picture
from csp_dash.packs.tile import Tile, tile
from csp_dash.packs.trend import trend

RESIDENTS = 310_300  # of the borough at the 2021 Census, as published
PLACES = (walk.BOROUGH, walk.WARD, walk.WARDS)
WHOLE_BOROUGH = ("moved by ward", "boroughs", "borough map", "below the ward")
"""Panels that show the borough whichever ward is asked for."""


def pictures(made: object) -> Iterator[Picture]:
    if isinstance(made, Picture):
        yield made
    elif is_dataclass(made) and not isinstance(made, type):
        for field in fields(made):
            yield from pictures(getattr(made, field.name))


def check(data: Data, said: walk.Said, place: str) -> int:
    """That a panel names a place wherever it stands: in its face, its alt text, its export."""
    made = said.made
    if isinstance(made, Tile):
        assert place in made.title and place in made.subject, said.where
        return 1
    if isinstance(made, Pair):
        assert place in made.title and place in made.first.title, said.where
        assert made.first.change is None or place in made.reading or "cannot be read" in made.reading, said.where
        return 1
    if isinstance(made, Comparisons):
        assert place in made.title, said.where
        assert set(pd.read_csv(io.StringIO(made.csv))["area_name"]) == {place}, said.where
        return 1
    seen = 0
    for picture in pictures(made):
        assert place in picture.title + picture.caption or picture.empty, (said.where, picture.title)
        assert place in picture.alt or picture.empty, (said.where, picture.alt)
        if picture.evidence.csv.count("\n") > 1:
            exported = pd.read_csv(io.StringIO(picture.evidence.csv))
            assert {"area", "area_name"} & set(exported), said.where
        seen += 1
    return seen


def test_what_is_of_another_area_than_the_one_asked_for_names_it(data: Data):
    seen = 0
    for view in walk.views(data, places=PLACES, periods=("12m", "plan"), measures=(Measure.COUNT,)):
        question = asked(data, view)
        assert bool(question.whose) is (question.areas != (view.wards or (BOROUGH,)))
        if question.whose:
            assert not data.have(question.indicator, AreaKind.WARD) or not view.wards
            for said in walk.said(
                data, view, walk.PANELS if view.wards == walk.WARD and view.period == "12m" else walk.FIRST
            ):
                seen += check(data, said, question.place)
        elif view.wards == walk.WARD and view.period == "12m":
            for said in walk.said(data, view, WHOLE_BOROUGH):
                seen += check(data, said, "Tower Hamlets")
    assert seen > 200


def test_a_panel_of_what_was_asked_for_is_not_named_twice(data: Data):
    for slug in walk.shown(data):
        view = Filters(slug)
        if not asked(data, view).whose:
            assert tile(data, view).title == data.catalogue.indicators[slug].short


@pytest.mark.parametrize("build", [groups.groups, night.night, ranks.ranks, strands.strands, volume_harm.volume_harm])
def test_a_panel_of_a_page_names_the_borough(data: Data, build: walk.Builder):
    for wards in PLACES:
        for period in ("12m", "plan"):
            view = Filters("stop_search", wards, period=period)
            assert check(data, walk.Said(build.__name__, view, build(data, view)), "Tower Hamlets")


def figure(text: str) -> float:
    return float(text.replace(",", "").rstrip("%"))


NUMBER = r"\d[\d,.]*(?![\d,.]*\d)"
BARE = re.compile(
    rf"\bfrom {NUMBER} to {NUMBER}(?! per [\d,]+ residents)|\breach {NUMBER}(?! per)|\brise to {NUMBER}(?! per)"
)


def test_a_rate_speaks_in_rates_and_of_a_year(data: Data):
    seen = 0
    for view in walk.views(data, places=PLACES, periods=("12m", "1m", "plan", "custom"), measures=(Measure.RATE,)):
        question = asked(data, view)
        made = tile(data, view)
        months = question.span.months if question.span else 12
        a_year = "" if months == 12 else " a year"
        assert made.unit == f"{question.indicator.unit} per {question.indicator.per:,} residents{a_year}", view
        if made.number is None:
            continue
        count = tile(data, Filters(view.indicator, view.wards, period=view.period, first=view.first, last=view.last))
        people = data.people_of(question.areas)
        assert count.number is not None and people
        rate = question.indicator.per * count.number / people * 12 / months
        assert made.number == pytest.approx(rate)
        assert made.figure == wording.rate(rate)
        said = [made.sentence, *made.reasons]
        if view.period == "plan" or view.wards == walk.WARDS:
            picture = trend(data, view)
            said += [picture.title, picture.sentence]
            assert "per 1,000 residents a month" in picture.caption and "per 1,000 residents a month" in picture.alt
            assert set(pd.read_csv(io.StringIO(picture.evidence.csv))["unit"]) == {question.unit_a_month}
        for text in said:
            assert not BARE.search(text), (view, text)
        seen += 1
    assert seen > 200


def test_a_map_of_rates_over_a_period_that_is_no_year_says_so(data: Data):
    seen = 0
    for view in walk.views(data, places=(walk.BOROUGH,), periods=("12m", "plan", "1m"), measures=(Measure.RATE,)):
        if data.have(data.catalogue.indicators[view.indicator], AreaKind.WARD) is None:
            continue
        made = ward_map.ward_map(data, view)
        if made.picture.empty or made.picture.indicator.trust is Trust.ILLUSTRATIVE:
            continue
        year = view.period == "12m"
        exported = pd.read_csv(io.StringIO(made.picture.evidence.csv))
        assert (" a year" in made.picture.caption) is not year and (" a year" in made.picture.alt) is not year
        assert ("yearly" in made.picture.title) is (not year and "highest" in made.picture.title), made.picture.title
        assert set(exported["unit"].str.endswith(" a year")) == {not year}
        assert all(" a year" in label for _, label in made.picture.legend if label != "no data") is not year
        seen += 1
    assert seen > 60


def test_a_chosen_period_has_its_own_figure_in_tile_title_label_and_alt(data: Data):
    seen = 0
    for view in walk.views(data, places=(walk.WARD,), periods=sorted({*PERIODS, "custom"} - {"12m"})):
        item = data.catalogue.indicators[view.indicator]
        question = asked(data, view)
        if item.frequency is not Frequency.MONTH or item.trust is Trust.ILLUSTRATIVE or question.span is None:
            continue
        made, picture = tile(data, view), trend(data, view)
        newest = question.have and question.span.months == 12 and question.span.last == question.have.span.last
        if made.number is None or newest:
            continue
        assert made.figure in picture.alt and question.period in picture.alt, (view, picture.alt)
        assert made.figure in picture.caption and question.period in picture.caption, view
        assert "12-month average stands" not in picture.alt
        level = made.number
        if item.kind is not Kind.PROPORTION:
            level /= 12 if view.measure is Measure.RATE else question.span.months
        label = next(note.text for note in picture.figure.layout.annotations if question.span.last.short in note.text)
        assert figure(re.findall(r"<b>([\d,.]+)", label)[0]) == pytest.approx(level, rel=0.06, abs=0.6), (view, label)
        seen += 1
    assert seen > 200


@pytest.mark.parametrize("compare", [Compare.LONDON, Compare.SIMILAR])
def test_what_is_compared_with_another_place_shows_it(data: Data, compare: Compare):
    name = "London" if compare is Compare.LONDON else "imilar boroughs"
    for view in walk.views(data, places=PLACES, periods=("12m",), compares=(compare,)):
        if data.catalogue.indicators[view.indicator].trust is Trust.ILLUSTRATIVE:
            continue
        assert name in tile(data, view).words, view
    drawn = trend(data, Filters("burglary", compare=compare))
    assert name in str(drawn.figure.to_json()) and not BARE.search(drawn.sentence), "beside another place, all is rates"


def test_a_pair_shows_the_figures_of_today(data: Data):
    seen = 0
    for view in walk.views(data, places=(walk.WARD,), measures=(Measure.COUNT,)):
        item = data.catalogue.indicators[view.indicator]
        if not item.pair or not item.counts_in_headlines:
            continue
        found = pair(data, view)
        assert "nothing to explain" not in found.reading
        if found.second is None:
            continue
        own = tile(data, view)
        halves = (found.first, found.second)
        assert own.number is None or found.first == own, "the tile that the page has"
        assert len({half.number is None for half in halves}) == 1, view.to_params()
        spans = {half.change.now.span for half in halves if half.change and not half.change.refusal}
        if len(spans) > 1 and "cannot be read" not in found.reading:
            assert "Their months differ" in found.reading
            assert all(span.long_words in found.reading for span in spans)
        seen += 1
    assert seen > 80


@pytest.mark.parametrize("measure", list(Measure))
def test_the_same_months_have_the_same_classes_wherever_they_are_drawn(data: Data, measure: Measure):
    seen = 0
    for view in walk.views(data, places=(walk.BOROUGH,), periods=("12m", "1m", "base"), measures=(measure,)):
        item = data.catalogue.indicators[view.indicator]
        if item.kind is not Kind.COUNT or data.have(item, AreaKind.WARD) is None or item.trust is Trust.ILLUSTRATIVE:
            continue
        made = ward_map.ward_map(data, view)
        question = made.shaded.question
        assert question.span is not None
        grain = Grain.MONTH if view.period == "1m" else Grain.YEAR
        steps = map_time.steps(data, view, grain)
        if made.picture.empty or question.span not in steps.spans:
            continue
        at = Filters(
            view.indicator, measure=measure, period="custom", first=question.span.first, last=question.span.last
        )
        step = map_time.moment(data, at, grain)
        assert [chip for chip in made.picture.legend if chip[1] != "no data"] == list(step.legend), view.to_params()
        wall = ward_map.wall(data, view)
        if measure is Measure.RATE:
            assert wall.legend == made.picture.legend
        seen += 1
    assert seen > 60
