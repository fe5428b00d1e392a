"""Below the ward: small areas are the table's counts, what is missing is said, what is sensitive is not shown."""

from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
import pytest
from support.independent_counts import NEWEST, Second
from support.pictures import plotly

from csp_dash.analytics import hotspots, palette
from csp_dash.analytics.hotspots import hot_spots
from csp_dash.catalogue import Catalogue, load
from csp_dash.domain.enums import Trust
from csp_dash.domain.filters import Filters
from csp_dash.domain.geography import AreaKind
from csp_dash.domain.periods import Month
from csp_dash.domain.settings import Settings
from csp_dash.panels.dataset import Dataset
from csp_dash.panels.wards import point_density, small_areas
from csp_dash.panels.wards.small_areas import below_ward, shown

SERIES = {
    slug: (item.small_areas.series, item.small_areas.name)
    for slug, item in load().indicators.items()
    if item.small_areas
}

SLUGS = pytest.mark.parametrize("slug", ["asb", "burglary", "weapons_possession"])


def told(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text))


@SLUGS
def test_counts_are_those_of_the_table(data: Dataset, second: Second, slug: str):
    found = below_ward(data, Filters(indicator=slug))
    counts = second.lsoa(SERIES[slug][0], *NEWEST)
    rows = told(found.counts.evidence.csv).set_index("area")["value"]
    assert set(rows.index) == set(data.places.lsoa_outlines.codes) and len(rows) == 169
    assert rows.sort_index().tolist() == counts.reindex(sorted(rows.index), fill_value=0).tolist()
    assert rows.sum() == counts.sum() > 0, "no offence is lost in an area that is not drawn"


def test_small_areas_add_up_to_their_wards(data: Dataset, second: Second):
    rows = told(below_ward(data, Filters(indicator="asb")).counts.evidence.csv)
    by_ward = rows.groupby(rows["area"].map(data.parents))["value"].sum()
    # The wards of police.uk's own files are the sums of its small areas by best fit.
    assert by_ward.sort_index().tolist() == second.counts("asb", *NEWEST).sort_index().tolist()


@SLUGS
def test_half_is_in_as_few_areas_as_a_sort_says(data: Dataset, second: Second, slug: str):
    found = below_ward(data, Filters(indicator=slug))
    counts = second.lsoa(SERIES[slug][0], *NEWEST).sort_values(ascending=False)
    half = next(n for n in range(1, 170) if 2 * counts.iloc[:n].sum() >= counts.sum())
    assert f"in {half} of the borough's 169 small areas" in found.counts.title
    assert f"{100 * half / 169:.0f}% of small areas" in found.concentration.title
    drawn = next(trace for trace in plotly(found.concentration.figure).data if trace.fill == "tozeroy")
    assert drawn.y[half] >= 50 > drawn.y[half - 1] and drawn.x[half] == pytest.approx(100 * half / 169, abs=0.01)


@SLUGS
def test_what_is_said_of_a_small_area_is_its_count(data: Dataset, second: Second, slug: str):
    found = below_ward(data, Filters(indicator=slug)).counts
    counts = second.lsoa(SERIES[slug][0], *NEWEST)
    pointed = next(trace for trace in plotly(found.figure).data if trace.hovertext is not None)
    for code, text in zip(data.places.lsoa_outlines.codes, pointed.hovertext, strict=True):
        number = text.split("<br>")[1].split(" ")[0]
        assert ({"no": "0"}.get(number) or number).replace(",", "") == str(int(counts.get(code, 0)))
    assert found.legend and not found.empty and small_areas.PLACED in found.remark


@SLUGS
def test_hot_spots_are_the_engines(data: Dataset, second: Second, slug: str):
    found = below_ward(data, Filters(indicator=slug)).hot
    values = second.lsoa(SERIES[slug][0], *NEWEST).reindex(data.places.lsoa_outlines.codes, fill_value=0.0).to_dict()
    tested = hot_spots(values, data.places.lsoa_links, permutations=9_999).frame.set_index("area")
    rows = told(found.evidence.csv).set_index("area")
    assert rows["z"].sort_index().tolist() == pytest.approx(tested["z"].sort_index().tolist(), abs=1e-6)
    assert rows["q"].sort_index().tolist() == pytest.approx(tested["q"].sort_index().tolist(), abs=1e-6)
    hot = set(tested.index[tested["kind"] == hotspots.HOT])
    assert set(rows.index[rows["course"].isin([hotspots.NEW, hotspots.PERSISTENT])]) == hot
    fills = {trace.fillcolor for trace in plotly(found.figure).data if trace.fill == "toself"}
    assert bool(fills & set(palette.RISES)) is bool(hot)
    assert f"{len(hot) or 'no'} small area" in found.title


def test_months_that_are_missing_are_said(data: Dataset):
    view = Filters(indicator="asb", period="custom", first=Month(2023, 7), last=Month(2024, 6))
    found = below_ward(data, view)
    for picture in (found.counts, found.hot, found.concentration):
        assert "11 of 12 months" in picture.caption and not picture.empty
    whole = below_ward(data, Filters(indicator="asb"))
    assert "months," not in whole.counts.caption and " of 12 months" not in whole.counts.caption


@pytest.mark.parametrize(("first", "last"), [(Month(1995, 1), Month(1995, 12)), (Month(2023, 9), Month(2023, 9))])
def test_a_period_without_any_figure_is_empty_and_says_so(data: Dataset, first: Month, last: Month):
    found = below_ward(data, Filters(indicator="asb", period="custom", first=first, last=last))
    for picture in (found.counts, found.hot, found.concentration):
        assert picture.empty and not any(word in picture.title for word in ("half of", "lie in", "lies in"))
    assert told(found.counts.evidence.csv)["value"].isna().all(), "a month that is missing is no zero"


def test_the_ward_of_a_view_changes_nothing_below_it(data: Dataset):
    one = below_ward(data, Filters(indicator="burglary", wards=("E05009336",)))
    other = below_ward(data, Filters(indicator="burglary"))
    assert one.counts.evidence.csv == other.counts.evidence.csv and one.counts.title == other.counts.title


def test_one_hot_spot_takes_a_singular_verb(data: Dataset):
    view = Filters(indicator="asb", period="custom", first=Month(2023, 7), last=Month(2024, 6))
    title = below_ward(data, view).hot.title
    assert "1 small area lie " not in title


# --- what may be shown ---------------------------------------------------------------------------


def test_a_public_instance_shows_nothing_sensitive_below_the_ward(data: Dataset, public_data: Dataset):
    for slug, item in data.catalogue.indicators.items():
        if slug in SERIES:
            assert shown(data, item)
        hidden = item.sensitive or slug == "violence_all" or slug not in SERIES
        assert shown(public_data, item) is not hidden, slug
    assert "violence_all" in SERIES and shown(public_data, data.catalogue.indicators["burglary"])


def test_sensitive_small_areas_are_held_back_where_they_are_read(public_data: Dataset):
    """Not only where the page leaves the way of looking out: the figures themselves do not leave the pack."""
    found = below_ward(public_data, Filters(indicator="violence_all"))
    for picture in (found.counts, found.hot, found.concentration):
        assert picture.empty
        frame = told(picture.evidence.csv)
        assert "value" not in frame or frame["value"].isna().all()


def test_a_public_instance_shows_no_sensitive_measure_in_wards_or_below(public_data: Dataset):
    for item in public_data.catalogue.indicators.values():
        for kind in (AreaKind.WARD, AreaKind.LSOA):
            if item.sensitive or item.trust is Trust.ILLUSTRATIVE:
                assert public_data.have(item, kind) is None, item.slug
                assert not public_data.shows(item, kind)
    settings = Settings.read({"CSP_DASH_PROFILE": "public"})
    assert not settings.shows(Trust.OFFICIAL, True, AreaKind.LSOA) and not settings.shows(
        Trust.OFFICIAL, True, AreaKind.WARD
    )
    assert settings.shows(Trust.OFFICIAL, True, AreaKind.BOROUGH) and settings.shows(
        Trust.OFFICIAL, False, AreaKind.LSOA
    )
    assert Settings.read({}).shows(Trust.OFFICIAL, True, AreaKind.LSOA), "a partner sees them"


def test_a_measure_that_is_declared_sensitive_is_hidden_whatever_its_name(public_data: Dataset, catalogue: Catalogue):
    assert not shown(public_data, replace(catalogue.indicators["burglary"], sensitive=True))


def test_every_series_is_one_of_the_table_and_of_the_catalogue(catalogue: Catalogue, second: Second):
    table = pd.read_parquet(second.root / "data" / "tables" / "lsoa_month.parquet")
    assert {series for series, _ in SERIES.values()} <= set(table["series"])
    assert set(SERIES) <= set(catalogue.indicators)
    assert not [slug for slug in SERIES if catalogue.indicators[slug].sensitive]
    assert not [slug for slug in SERIES if catalogue.indicators[slug].trust is Trust.ILLUSTRATIVE]
    assert point_density.SOURCE in catalogue.sources
