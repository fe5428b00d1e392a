"""Two measures on one map, and how ranks move with what is counted by: thirds, colours, correlations, ranks."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from scipy.stats import spearmanr
from support.independent_counts import CHECKED, NEWEST, Second
from support.pictures import plotly

from csp_dash.analytics import palette
from csp_dash.analytics.bivariate import bivariate
from csp_dash.domain.enums import Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards import bivariate_map, rank_changes

PAIRED = [
    (slug, other) for slug in ("burglary", "asb", "burglary_home") for other in bivariate_map.SECONDS if slug != other
]


def rate(second: Second, slug: str) -> pd.Series:
    return (1000 * second.counts(slug, *NEWEST) / second.residents).sort_index()


def other_values(second: Second, name: str) -> pd.Series:
    if name == "deprivation":
        return second.measure("imd2019_score").sort_index()
    if name == "density":
        return (second.residents / second.land).sort_index()
    return rate(second, name)


@pytest.mark.parametrize(("slug", "other"), PAIRED)
def test_each_ward_has_the_colour_of_its_thirds(data: Dataset, second: Second, slug: str, other: str):
    x, y = rate(second, slug), other_values(second, other)
    found = bivariate_map.two_at_once(data, Filters(indicator=slug), other)
    csv = pd.read_csv(io.StringIO(found.picture.evidence.csv)).set_index("area")
    assert csv["value"].sort_index().tolist() == pytest.approx(x.tolist(), abs=1e-3)
    assert csv["other"].sort_index().tolist() == pytest.approx(y.tolist(), rel=1e-3)
    made = bivariate(x.to_dict(), y.to_dict())
    for place, values in ((0, x), (1, y)):
        cells = {code: cell[place] for code, cell in made.cells.items() if cell}
        sizes = [list(cells.values()).count(level) for level in range(3)]
        assert sum(sizes) == 20 and all(6 <= size <= 8 for size in sizes), "thirds"
        by_third = [values[[code for code in cells if cells[code] == level]] for level in range(3)]
        assert by_third[0].max() < by_third[1].min() and by_third[1].max() < by_third[2].min()
    drawn = {trace.fillcolor for trace in plotly(found.picture.figure).data if trace.fill == "toself"}
    wanted = {palette.BIVARIATE[cell[1]][cell[0]] for cell in made.cells.values() if cell}
    assert wanted == drawn & {colour for row in palette.BIVARIATE for colour in row}
    top = {second.names[code] for code, cell in made.cells.items() if cell == (2, 2)}
    assert {name for name in second.names.values() if name in found.picture.title} == top
    assert (found.columns, found.rows) == (made.x_labels, made.y_labels)


@pytest.mark.parametrize(("slug", "other"), PAIRED)
def test_the_correlation_is_scipys(data: Dataset, second: Second, slug: str, other: str):
    found = bivariate_map.two_at_once(data, Filters(indicator=slug), other)
    wanted = spearmanr(rate(second, slug), other_values(second, other))
    said = found.picture.sentence
    assert f"Spearman {wanted.statistic:+.2f}" in said
    if abs(wanted.pvalue - 0.05) > 0.01:
        assert ("tend to be" in said) is bool(wanted.pvalue < 0.05)
        if wanted.pvalue < 0.05:
            assert ("same wards" in said) is bool(wanted.statistic > 0)


def test_the_key_has_the_colours_of_the_map_with_the_highest_on_top(data: Dataset):
    found = bivariate_map.two_at_once(data, Filters(indicator="burglary"), "deprivation")
    drawn = bivariate_map.KEY
    assert len(drawn) == len(found.rows) == 3 and all(len(row) == len(found.columns) == 3 for row in drawn)
    assert drawn[0] == palette.BIVARIATE[2] and drawn[-1] == palette.BIVARIATE[0]
    assert len({colour for row in drawn for colour in row}) == 9


def test_a_measure_is_not_set_beside_itself(data: Dataset):
    assert "asb" not in bivariate_map.seconds(data, Filters(indicator="asb"))
    assert set(bivariate_map.seconds(data, Filters(indicator="burglary"))) == set(bivariate_map.SECONDS)
    for second in bivariate_map.SECONDS:
        found = bivariate_map.two_at_once(data, Filters(indicator="burglary"), second)
        assert not found.picture.empty and found.down == bivariate_map.SECONDS[second].name


def test_too_little_to_compare_is_said_and_not_drawn(data: Dataset, second: Second):
    view = Filters(indicator="asb", period="custom", first=Month(1995, 1), last=Month(1995, 12))
    found = bivariate_map.two_at_once(data, view, "density")
    assert found.picture.empty and found.picture.sentence and "Spearman" not in found.picture.sentence
    assert not [name for name in second.names.values() if name in found.picture.title]


# --- ranks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", CHECKED)
def test_ranks_are_those_of_a_sort(data: Dataset, second: Second, slug: str):
    picture = rank_changes.rank_moves(data, Filters(indicator=slug, measure=Measure.RATE))
    counts = second.counts(slug, *NEWEST)
    values = {"Count": counts, "Rate per 1,000 residents": counts / second.residents, "Per km²": counts / second.land}
    if slug == "burglary_home":
        values["Per 1,000 households"] = counts / second.homes
    table = picture.evidence.table.set_index("Ward")
    assert set(table.columns) == set(values)
    raw = pd.read_csv(io.StringIO(picture.evidence.csv)).set_index("area")
    for name, numbers in values.items():
        wanted = numbers.rank(ascending=False, method="min").astype(int)
        assert {second.names[code]: rank for code, rank in wanted.items()} == table[name].to_dict()
        assert raw[f"{name}, rank"].astype(int).sort_index().tolist() == wanted.sort_index().tolist()
    assert table["Count"].is_monotonic_increasing
    counted, rated = (
        values[name].rank(ascending=False, method="min") for name in ("Count", "Rate per 1,000 residents")
    )
    moved = (counted - rated).abs()
    told = {name for name in second.names.values() if name in picture.title}
    if moved.max() >= rank_changes.FAR:
        assert told and told <= {second.names[code] for code in moved.index[moved == moved.max()]}
        (code,) = [code for code, name in second.names.items() if name in told]
        assert str(int(counted[code])) in picture.title and str(int(rated[code])) in picture.title
    else:
        assert not told and "same order" in picture.title


def test_the_lines_of_the_ranks_end_where_the_ranks_are(data: Dataset, second: Second):
    picture = rank_changes.rank_moves(data, Filters(indicator="burglary", wards=("E05009336",)))
    lines = [trace for trace in plotly(picture.figure).data if trace.mode == "lines+markers"]
    assert len(lines) == 20
    counts = second.counts("burglary", *NEWEST)
    ranks = counts.rank(ascending=False, method="min").astype(int)
    for trace in lines:
        (code,) = [code for code, name in second.names.items() if f"<b>{name}</b>" in trace.hovertemplate]
        assert f"Count: {ranks[code]}" in trace.hovertemplate
        tied = (ranks == ranks[code]).sum()
        assert ranks[code] <= trace.y[0] <= ranks[code] + tied - 1, "those that share a rank stand one below another"
    assert len({trace.y[0] for trace in lines}) == 20
    assert sum(trace.line.color == palette.ORANGE for trace in lines) == 1, "the chosen ward"


def test_ranks_of_a_measure_without_a_choice_of_ways_are_not_drawn(data: Dataset):
    for slug in ("nox_sightings", "pas_trust"):
        picture = rank_changes.rank_moves(data, Filters(indicator=slug))
        assert picture.empty
        assert picture.evidence.filename.startswith("illustrative-") is (slug == "nox_sightings")
