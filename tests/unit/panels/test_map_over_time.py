"""A ward map through time: one scale for every step, missing months never a zero, the last step the map itself."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from urllib.parse import unquote

import pandas as pd
import pytest
from support.independent_counts import CHECKED, Second
from support.pictures import plotly

from csp_dash.domain.enums import Frequency, Kind, Measure, Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.periods import Month, Span
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards import map_over_time
from csp_dash.panels.wards.choropleth import by_ward, ward_frame
from csp_dash.panels.wards.map_over_time import LENGTH, Grain, moment, steps, years

GRAINS = pytest.mark.parametrize("grain", list(Grain))
MISSING = Month(2023, 9)


def at(view: Filters, span: Span) -> Filters:
    return replace(view, period="custom", first=span.first, last=span.last)


@GRAINS
@pytest.mark.parametrize("slug", CHECKED)
def test_every_step_is_the_sum_of_its_months(data: Dataset, second: Second, slug: str, grain: Grain):
    found = steps(data, Filters(indicator=slug), grain)
    months = second.months(slug)
    assert len(found.spans) == len(found.values) and len(set(found.spans)) == len(found.spans) > 5
    assert list(found.spans) == sorted(found.spans, key=lambda span: str(span.last))
    for span, (_, row) in zip(found.spans, found.values.iterrows(), strict=True):
        assert span.months == LENGTH[grain]
        inside = months.loc[str(span.first) : str(span.last)]
        if len(inside) < span.months or inside.isna().any(axis=None):
            assert row.isna().all(), f"{span} has a missing month, so it has no sum"
        else:
            assert row.sort_index().tolist() == inside.sum().tolist(), span


@GRAINS
def test_a_missing_month_is_never_a_zero(data: Dataset, grain: Grain):
    """police.uk has no September 2023."""
    found = steps(data, Filters(indicator="asb"), grain)
    for span, (_, row) in zip(found.spans, found.values.iterrows(), strict=True):
        if span.first <= MISSING <= span.last:
            assert row.isna().all()
    assert found.values.min(axis=None) > 0
    if grain is Grain.MONTH:
        near = {str(span.last) for span in found.spans}
        assert {"2023-08", "2023-10"} <= near
    shown = moment(data, at(Filters(indicator="asb"), Span(Month(2023, 10), Month(2023, 12))), Grain.QUARTER)
    assert not shown.empty, "what is beside the gap is shown"


@pytest.mark.parametrize("slug", ["burglary", "asb", "stop_search"])
def test_quarters_are_those_of_the_calendar(data: Dataset, slug: str):
    found = steps(data, Filters(indicator=slug), Grain.QUARTER)
    assert {span.first.month for span in found.spans} == {1, 4, 7, 10}
    assert all(span.months == 3 for span in found.spans)


def test_the_last_year_is_the_ward_map_of_every_measure(data: Dataset):
    seen = 0
    for slug, item in data.catalogue.indicators.items():
        have = data.have(item, AreaKind.WARD)
        if have is None or item.kind is not Kind.COUNT or item.frequency is not Frequency.MONTH:
            continue
        for measure in Measure:
            view = Filters(indicator=slug, measure=measure)
            mapped = ward_frame(data, by_ward(data, view)).set_index("area")["value"].astype(float)
            if mapped.isna().any() or (measure is Measure.RATE and item.trust is Trust.ILLUSTRATIVE):
                continue
            found = steps(data, view, Grain.YEAR)
            assert found.spans[-1] == Span(have.span.last.plus(-11), have.span.last), slug
            assert found.values.iloc[-1][mapped.index].tolist() == pytest.approx(mapped.tolist()), slug
            seen += 1
    assert seen > 20


@GRAINS
@pytest.mark.parametrize("measure", list(Measure))
def test_the_classes_are_the_same_at_every_step(data: Dataset, grain: Grain, measure: Measure):
    view = Filters(indicator="burglary", measure=measure)
    found = steps(data, view, grain)
    legends = set()
    for place in (0, len(found.spans) // 2, len(found.spans) - 1):
        picture = moment(data, at(view, found.spans[place]), grain)
        legends.add(picture.legend)
        fills = {trace.fillcolor for trace in plotly(picture.figure).data if trace.fill == "toself"}
        row = found.values.iloc[place]
        assert {found.classes.colour(float(value)) for value in row} <= fills
        assert not {colour for colour, _ in picture.legend} & fills - {found.classes.colour(float(v)) for v in row}
        told = pd.read_csv(io.StringIO(picture.evidence.csv)).set_index("area")["value"]
        assert told.sort_index().tolist() == pytest.approx(row.sort_index().tolist(), abs=5.1e-5)
        assert map_over_time.label(found.spans[place]) in picture.caption + picture.alt
    assert len(legends) == 1 and len(next(iter(legends))) > 3
    colours = {found.classes.colour(value) for value in found.values.to_numpy().ravel()}
    assert len(colours) == len(found.classes.colours), "every class is used somewhere"


def test_a_step_is_called_by_its_months():
    assert map_over_time.label(Span(Month(2025, 4), Month(2026, 3))) == "12 months to March 2026"
    assert map_over_time.label(Span(Month(2026, 3), Month(2026, 3))) == "March 2026"
    quarter = map_over_time.label(Span(Month(2026, 1), Month(2026, 3)))
    assert quarter.startswith("Jan") and "Mar" in quarter and quarter.endswith("2026")


@pytest.mark.parametrize("slug", ["burglary", "asb", "stop_search", "vawg_offences"])
def test_years_end_in_the_newest_month(data: Dataset, slug: str):
    picture = years(data, Filters(indicator=slug))
    have = data.have(data.catalogue.indicators[slug], AreaKind.WARD)
    assert have is not None
    rows = pd.read_csv(io.StringIO(picture.evidence.csv))
    ends = sorted(rows["to"].unique())
    assert 1 <= len(ends) <= map_over_time.YEARS and ends[-1] == str(have.span.last.last_day)
    assert {end[5:7] for end in ends} == {f"{have.span.last.month:02}"}
    assert len(rows) == 20 * len(ends)
    captions = re.findall(r">\s*to (\w+ \d{4})", unquote(picture.figure))
    assert captions == [Month.parse(end[:7]).short for end in ends], "one small map each, oldest first"
    found = steps(data, Filters(indicator=slug), Grain.YEAR)
    last = rows[rows["to"] == ends[-1]].set_index("area")["value"].sort_index()
    assert last.tolist() == pytest.approx(found.values.iloc[-1].sort_index().tolist())


def test_sixteen_years_of_burglary(data: Dataset):
    rows = pd.read_csv(io.StringIO(years(data, Filters(indicator="burglary")).evidence.csv))
    assert rows["to"].nunique() == 16 and rows["to"].min() == "2011-03-31"


def test_made_up_years_say_so_and_have_no_finding(data: Dataset, second: Second):
    view = Filters(indicator="nox_sightings", measure=Measure.RATE)
    assert not map_over_time.rated(data, view)
    for picture in (years(data, view), *(moment(data, view, grain) for grain in Grain)):
        assert "llustrative" in picture.title and "highest" not in picture.title
        assert not [name for name in second.names.values() if name in picture.title]
        assert picture.evidence.filename.startswith("illustrative-")
        rows = pd.read_csv(io.StringIO(picture.evidence.csv))
        assert len(rows) and rows["trust"].str.contains("Illustrative").all()


def test_the_title_names_the_wards_of_its_step(data: Dataset, second: Second):
    span = Span(Month(2012, 4), Month(2013, 3))
    picture = moment(data, at(Filters(indicator="burglary"), span), Grain.YEAR)
    counts = second.counts("burglary", "2012-04", "2013-03")
    named = {code for code, name in second.names.items() if name in picture.title}
    assert named and named == set(counts.nlargest(len(named)).index)


@pytest.mark.parametrize("slug", ["pas_trust", "stop_search_found", "hate_total"])
def test_a_measure_without_ward_counts_has_no_steps(data: Dataset, slug: str):
    for grain in Grain:
        assert not steps(data, Filters(indicator=slug), grain).spans
    assert years(data, Filters(indicator=slug)).empty
