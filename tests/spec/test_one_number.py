"""One law over every room: headline = chart = map = table = export = command line, on the bundled release."""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd
import pytest
from support.pictures import plotly

from csp_dash.catalogue import Catalogue, load
from csp_dash.domain.enums import Frequency, Kind, Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import TOWER_HAMLETS, AreaKind
from csp_dash.domain.periods import Month, Span
from csp_dash.maps.deck_map import AREAS
from csp_dash.panels import answer
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.evidence import Evidence
from csp_dash.panels.plan import plan_checks
from csp_dash.panels.selection import select
from csp_dash.panels.tile import tile
from csp_dash.panels.trends import trend
from csp_dash.panels.wards import map_over_time, ranking, ward_map

WHITECHAPEL, WEAVERS = "E05009336", "E05009335"
MEASURED = [slug for slug, item in load().indicators.items() if item.measured]
COUNTED = [
    "total_offences", "burglary", "violence_with_injury", "asb", "theft_from_person", "robbery_personal", "drug_offences",
    "knife_offences", "vawg_offences", "dwelling_fires", "stop_search", "hate_homophobic", "sexual_offences", "homicide",
]  # fmt: skip
IN_WARDS = [
    "burglary",
    "asb",
    "violence_with_injury",
    "knife_offences",
    "vawg_offences",
    "drug_offences",
    "vehicle_crime",
]


def exported(evidence: Evidence) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(evidence.csv))


def read(text: str) -> float:
    """The number of a cell as it is shown."""
    return float(str(text).replace(",", "").replace("%", "").split()[0])


def dots(figure: Any) -> list[float]:
    """The months of a trend chart, as they are drawn."""
    longest = max((trace for trace in figure.data if "markers" in (trace.mode or "")), key=lambda trace: len(trace.x))
    return [float(number) for number in longest.y]


def drawn_wards(figure: Any) -> dict[str, str]:
    """What a ward map says of each ward when it is pointed at, by code."""
    spec = json.loads(figure.to_json())
    if "layers" in spec:
        layer = next(layer for layer in spec["layers"] if layer["id"] == AREAS)
        return {item["properties"]["code"]: item["properties"]["label"] for item in layer["data"]["features"]}
    pointed = [trace for trace in figure.data if trace.legendgroup]
    return {
        trace.legendgroup: trace.hovertemplate.split("<br>")[1].removesuffix("<extra></extra>") for trace in pointed
    }


def command(data: Dataset, slug: str, area: str, span: Any, measure: str | None = None) -> dict[str, Any]:
    return answer.value(data, slug, area, str(span.first), str(span.last), measure)


def own_period(data: Dataset, slug: str) -> Span | None:
    """The newest period of a survey, a yearly figure or a one-night count, which stands for no other; None for months."""
    item = data.catalogue.indicators[slug]
    if item.frequency is Frequency.MONTH:
        return None
    newest = data.series(item, (TOWER_HAMLETS,)).dropna(subset=["numerator"]).iloc[-1]
    return Span(Month.of(newest["start"]), Month.of(newest["finish"]))


@pytest.mark.grid(12)
@pytest.mark.parametrize("slug", MEASURED)
def test_the_headline_is_what_the_command_line_says(data: Dataset, slug: str):
    view = Filters(indicator=slug)
    question = select(data, view)
    if question.kind is not AreaKind.BOROUGH:
        pytest.skip("has no borough figure, so no headline")
    assert question.span is not None
    found = tile(data, view)
    if found.number is None:
        with pytest.raises(answer.NoAnswer):
            command(data, slug, TOWER_HAMLETS, question.span)
    else:
        said = command(data, slug, TOWER_HAMLETS, own_period(data, slug) or question.span)
        assert said["value"] == pytest.approx(found.number, abs=5e-5)
        assert read(found.figure) == pytest.approx(found.number, rel=0.01, abs=0.5), "what is written large"


@pytest.mark.grid(16)
@pytest.mark.parametrize("ward", [None, WHITECHAPEL], ids=["borough", "ward"])
@pytest.mark.parametrize("slug", COUNTED)
def test_a_count_is_the_same_in_headline_chart_table_and_export(data: Dataset, slug: str, ward: str | None):
    view = Filters(indicator=slug, wards=(ward,) if ward else ())
    question = select(data, view)
    number = tile(data, view).number
    assert number is not None and question.span is not None
    picture = trend.trend(data, view)
    rows = exported(picture.evidence)
    last = rows[(rows["from"] >= str(question.span.first.first_day)) & (rows["to"] <= str(question.span.last.last_day))]
    assert len(last) == 12
    assert last["numerator"].sum() == number
    assert last["value"].sum() == number
    assert sum(dots(plotly(picture.figure))[-12:]) == number
    assert sum(read(text) for text in picture.evidence.table.iloc[-12:, -1]) == number
    assert question.have is not None
    assert set(rows["release"]) == {data.release} and set(rows["source"]) == {question.have.source}


@pytest.mark.grid(12)
@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("slug", IN_WARDS)
def test_a_ward_has_one_figure_on_map_in_table_export_and_headline(data: Dataset, slug: str, measure: Measure):
    view = Filters(indicator=slug, measure=measure)
    found = ward_map.ward_map(data, view)
    picture = found.picture
    rows = exported(picture.evidence).set_index("area")
    assert sorted(rows.index) == sorted(data.wards)
    drawn = drawn_wards(plotly(picture.figure))
    assert sorted(drawn) == sorted(data.wards)
    assert drawn_wards(ward_map.to_zoom(data, view).figure) == drawn, "both maps say the same"
    table = dict(zip(picture.evidence.table["Ward"], picture.evidence.table.iloc[:, -1], strict=True))
    beside = dict(zip(found.codes, found.table[ward_map.HEADS[found.shaded.shade]], strict=True))
    taken = {
        item["properties"]["code"]: item["properties"]["value"]
        for item in json.loads(ward_map.geojson(data, view))["features"]
    }
    for ward in data.wards:
        assert read(table[data.names[ward]]) == read(drawn[ward]), "table and map are rounded alike"
        assert read(drawn[ward]) == pytest.approx(rows.loc[ward, "value"], rel=0.06, abs=0.006)
        assert beside[ward] == pytest.approx(rows.loc[ward, "value"], abs=0.005001), "the table to sort beside the map"
        assert taken[ward] == pytest.approx(rows.loc[ward, "value"], abs=1e-9), "the file to take away"
    for ward in (rows.index[0], WHITECHAPEL, rows.index[-1]):
        number = tile(data, Filters(indicator=slug, wards=(ward,), measure=measure)).number
        assert number is not None
        assert rows.loc[ward, "value"] == pytest.approx(number, abs=5e-5)
        if measure is Measure.COUNT:
            assert read(drawn[ward]) == number
    span = select(data, Filters(indicator=slug, wards=(WEAVERS,))).span
    said = command(data, slug, WEAVERS, span, measure.value)
    assert said["value"] == pytest.approx(rows.loc[WEAVERS, "value"], abs=5e-5)


@pytest.mark.grid(6)
@pytest.mark.parametrize("slug", IN_WARDS)
def test_the_map_through_time_ends_with_the_figures_of_the_map(data: Dataset, slug: str):
    for measure in Measure:
        view = Filters(indicator=slug, measure=measure)
        rows = exported(ward_map.ward_map(data, view).picture.evidence).set_index("area")["value"]
        last = exported(map_over_time.moment(data, view, map_over_time.Grain.YEAR).evidence).set_index("area")["value"]
        assert last.sort_index().to_dict() == pytest.approx(rows.sort_index().to_dict(), abs=1.01e-4)


@pytest.mark.parametrize("wards", [(WEAVERS, WHITECHAPEL), ("E05009317", "E05009325", WHITECHAPEL)])
def test_several_wards_are_the_sum_of_their_figures(data: Dataset, wards: tuple[str, ...]):
    each = [tile(data, Filters(indicator="burglary", wards=(ward,))).number for ward in wards]
    together = tile(data, Filters(indicator="burglary", wards=wards))
    assert together.number == sum(number or 0 for number in each)
    picture = trend.trend(data, Filters(indicator="burglary", wards=wards))
    assert exported(picture.evidence)["numerator"].iloc[-12:].sum() == together.number


@pytest.mark.parametrize("slug", ["pas_trust", "pas_relied_on", "knife_positive_outcomes", "stop_search_found"])
def test_a_share_is_the_same_everywhere(data: Dataset, slug: str):
    view = Filters(indicator=slug)
    picture = trend.trend(data, view)
    rows = exported(picture.evidence)
    number = tile(data, view).number
    monthly = data.catalogue.indicators[slug].frequency is Frequency.MONTH
    last = rows.iloc[-12:] if monthly else rows.iloc[-1:]
    assert number == pytest.approx(100 * last["numerator"].sum() / last["denominator"].sum())
    if not monthly:
        assert last["value"].iloc[0] == pytest.approx(number)
        drawn = [trace for trace in plotly(picture.figure).data if trace.y is not None and list(trace.y) == [number]]
        assert drawn, "the end of the line is marked with the headline's figure"
        assert read(picture.evidence.table.iloc[-1, -1]) == pytest.approx(number, abs=0.5)


def test_a_rate_is_offences_over_residents(data: Dataset):
    view = Filters(indicator="burglary", measure=Measure.RATE)
    count = tile(data, Filters(indicator="burglary")).number
    assert count is not None
    rate = tile(data, view)
    assert rate.number == pytest.approx(1000 * count / 310_300)  # residents at the 2021 Census, as published
    assert "per 1,000 residents" in rate.unit
    among = exported(ranking.boroughs(data, Filters(indicator="burglary")).evidence).set_index("area")
    assert among.loc[TOWER_HAMLETS, "value"] == pytest.approx(rate.number, abs=5e-5)
    months = exported(trend.trend(data, view).evidence)["value"].iloc[-12:]
    assert months.sum() == pytest.approx(rate.number, abs=1e-3)


@pytest.mark.grid(12)
@pytest.mark.parametrize("slug", MEASURED)
def test_the_table_and_the_export_of_a_trend_hold_the_same_rows(data: Dataset, slug: str):
    evidence = trend.trend(data, Filters(indicator=slug)).evidence
    rows = exported(evidence)
    assert len(rows) == len(evidence.table) > 0
    known = rows["value"].notna()
    column = [name for name in evidence.table.columns if name != "Standing"][-1]
    words = evidence.table[column]
    for text, numerator, denominator in zip(
        words[~known.to_numpy()], rows.loc[~known, "numerator"], rows.loc[~known, "denominator"], strict=True
    ):  # a share of few cases is told as its cases, and has no percentage to export
        few = not pd.isna(denominator) and denominator < 30
        assert text == (f"{numerator:.0f} of {denominator:.0f}" if few else "no figure"), (slug, text)
    for text, value in zip(words[known.to_numpy()], rows.loc[known, "value"], strict=True):
        assert read(text) == pytest.approx(value, rel=0.06, abs=0.5), (slug, text, value)


def test_the_claims_checked_on_the_plan_page_are_the_command_lines_numbers(data: Dataset, catalogue: Catalogue):
    found = plan_checks.lines(data)
    assert len(found) == len(catalogue.checks) >= 12
    for line, declared in zip(found, catalogue.checks, strict=True):
        if declared.measure == "level" and line.now is not None:
            said = answer.value(data, declared.indicator, TOWER_HAMLETS, declared.first, declared.last)
            assert said["value"] == line.now
            assert catalogue.indicators[declared.indicator].kind is not Kind.PROPORTION
